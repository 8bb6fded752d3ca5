//! The map among egui's shapes.

use super::frame::MapFrame;
use super::map::MapRenderer;
use eframe::egui::{PaintCallback, PaintCallbackInfo, Rect};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, RenderState, ScreenDescriptor};

/// Puts the renderer where callbacks find it: once, at the start of the program.
pub fn install(state: &RenderState) {
    let renderer = MapRenderer::new(&state.device, state.target_format);
    state.renderer.write().callback_resources.insert(renderer);
}

/// The shape that draws `frame` in `rect`. `id` tells maps that are on screen at once apart.
pub fn map_callback(rect: Rect, id: u64, frame: MapFrame) -> PaintCallback {
    Callback::new_paint_callback(rect, MapCallback { id, frame })
}

struct MapCallback {
    id: u64,
    frame: MapFrame,
}

impl CallbackTrait for MapCallback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(renderer) = resources.get_mut::<MapRenderer>() {
            renderer.prepare(device, queue, self.id, &self.frame);
        }
        Vec::new()
    }

    fn paint(&self, _info: PaintCallbackInfo, pass: &mut wgpu::RenderPass<'static>, resources: &CallbackResources) {
        if let Some(renderer) = resources.get::<MapRenderer>() {
            renderer.paint(pass, self.id);
        }
    }
}
