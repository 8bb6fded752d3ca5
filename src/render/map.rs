//! The long-lived half of the map: pipelines by formula, data by map on screen.

use super::frame::{MapFrame, Source};
use super::program::{MapProgram, field_shader};
use super::textures::{MapData, layout};
use std::collections::HashMap;

/// Pipelines kept: typing a formula makes a new one at every key.
const KEPT: usize = 16;

/// Draws [`MapFrame`]s into targets of one format.
pub struct MapRenderer {
    format: wgpu::TextureFormat,
    layout: wgpu::BindGroupLayout,
    field: wgpu::RenderPipeline,
    formulas: Vec<Compiled>,
    maps: HashMap<u64, (MapData, Option<String>)>,
}

struct Compiled {
    wgsl: String,
    /// `None` where the device refused the shader.
    pipeline: Option<wgpu::RenderPipeline>,
}

impl MapRenderer {
    /// A renderer for targets of `format`, single-sampled, without depth.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let layout = layout(device);
        let field = pipeline(device, &layout, &field_shader(), "fs_map", &[format]);
        Self { format, layout, field, formulas: Vec::new(), maps: HashMap::new() }
    }

    /// Brings the map called `id` up to `frame`; compiles its formula where it is new. A shader that the device
    /// refuses is reported by [`MapProgram::failure`], and nothing is drawn until a frame without it comes.
    pub fn prepare(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, id: u64, frame: &MapFrame) {
        let key = match &frame.source {
            Source::Formula(program) => {
                self.compile(device, program);
                Some(program.key().to_owned())
            }
            Source::Field(_) => None,
        };
        let (data, kept_key) = self.maps.entry(id).or_insert_with(|| (MapData::new(device, queue, &self.layout, frame), None));
        data.update(device, queue, &self.layout, frame, self.format.is_srgb());
        *kept_key = key;
    }

    /// Draws the map called `id` over the pass's viewport.
    pub fn paint(&self, pass: &mut wgpu::RenderPass<'_>, id: u64) {
        let Some((data, key)) = self.maps.get(&id) else { return };
        let pipeline = match key {
            None => Some(&self.field),
            Some(key) => self.formulas.iter().find(|c| c.wgsl == *key).and_then(|c| c.pipeline.as_ref()),
        };
        if let Some(pipeline) = pipeline {
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &data.bind_group, &[]);
            pass.draw(0..3, 0..1);
        }
    }

    /// Forgets the map called `id`.
    pub fn forget(&mut self, id: u64) {
        self.maps.remove(&id);
    }

    fn compile(&mut self, device: &wgpu::Device, program: &MapProgram) {
        if let Some(at) = self.formulas.iter().position(|c| c.wgsl == program.key()) {
            // Most recent last.
            let found = self.formulas.remove(at);
            if found.pipeline.is_none() {
                program.fail("the graphics device refused the formula's shader".to_owned());
            }
            self.formulas.push(found);
            return;
        }
        let made = checked(device, program, || pipeline(device, &self.layout, &program.shader(), "fs_map", &[self.format]));
        if self.formulas.len() >= KEPT {
            self.formulas.remove(0);
        }
        self.formulas.push(Compiled { wgsl: program.key().to_owned(), pipeline: made });
    }
}

/// What `make` makes; `None` where the device finds an error in it at once. A browser finds it later: then the
/// program fails and what was made draws nothing.
pub(super) fn checked<T>(device: &wgpu::Device, program: &MapProgram, make: impl FnOnce() -> T) -> Option<T> {
    let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
    let made = make();
    let outcome = scope.pop();
    #[cfg(target_arch = "wasm32")]
    {
        let program = program.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(error) = outcome.await {
                program.fail(error.to_string());
            }
        });
        Some(made)
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let mut outcome = std::pin::pin!(outcome);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match outcome.as_mut().poll(&mut context) {
            std::task::Poll::Ready(Some(error)) => {
                program.fail(error.to_string());
                None
            }
            _ => Some(made),
        }
    }
}

pub(super) fn pipeline(
    device: &wgpu::Device,
    bind_group_layout: &wgpu::BindGroupLayout,
    shader: &str,
    fragment: &str,
    formats: &[wgpu::TextureFormat],
) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("map"),
        source: wgpu::ShaderSource::Wgsl(shader.into()),
    });
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("map"),
        bind_group_layouts: &[Some(bind_group_layout)],
        immediate_size: 0,
    });
    let targets: Vec<Option<wgpu::ColorTargetState>> = formats
        .iter()
        .map(|format| Some(wgpu::ColorTargetState { format: *format, blend: None, write_mask: wgpu::ColorWrites::ALL }))
        .collect();
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("map"),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vs_map"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(fragment),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            targets: &targets,
        }),
        multiview_mask: None,
        cache: None,
    })
}
