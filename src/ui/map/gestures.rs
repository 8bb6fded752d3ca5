//! Pointer, touch and keys over the map.

use crate::scene::{CAMERA_EXTENT as EXTENT, CameraSpec};
use crate::view::{Camera, View, Viewport};
use eframe::egui::{self, EventFilter, Key, Rect, Response, Ui};

/// Points of scrolling that double the scale.
const SCROLL_DOUBLING: f64 = 240.0;
/// Part of the map that an arrow key moves by.
const KEY_PAN: f64 = 0.1;
/// Factor of the keys + and −.
const KEY_ZOOM: f64 = 1.25;

/// The rectangle as a viewport.
pub fn viewport(rect: Rect) -> Viewport {
    Viewport {
        min_px: [f64::from(rect.left()), f64::from(rect.top())],
        size_px: [f64::from(rect.width()), f64::from(rect.height())],
    }
}

/// What a scene says for a camera in a viewport.
pub fn spec(camera: &Camera, viewport: Viewport) -> CameraSpec {
    let view = camera.view(viewport);
    let [width, height] = view.viewport.size_px;
    let center = camera.center().map(|c| c.clamp(-EXTENT[1], EXTENT[1]));
    CameraSpec { center, extent: (view.world_per_px[0] * width.min(height)).clamp(EXTENT[0], EXTENT[1]) }
}

/// What was done to the camera in this frame.
pub enum Move {
    /// Nothing.
    Stay,
    /// It stands elsewhere.
    To(Camera),
    /// Back to the whole landscape.
    Whole,
}

/// Reads drags, wheel, pinch and, where the map has the keyboard, keys.
pub fn camera_move(ui: &Ui, response: &Response, camera: Camera, viewport: Viewport) -> Move {
    let mut moved = camera;
    let fingers = ui.input(|input| input.multi_touch()).filter(|touch| response.rect.contains(touch.start_pos));
    if let Some(touch) = fingers {
        moved.pan(viewport, [f64::from(touch.translation_delta.x), f64::from(touch.translation_delta.y)]);
        moved.zoom_at(viewport, [f64::from(touch.center_pos.x), f64::from(touch.center_pos.y)], f64::from(touch.zoom_delta));
    } else {
        if response.dragged() {
            let delta = response.drag_delta();
            moved.pan(viewport, [f64::from(delta.x), f64::from(delta.y)]);
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|input| (f64::from(input.smooth_scroll_delta().y), f64::from(input.zoom_delta())));
            let factor = pinch * libm::exp2(scroll / SCROLL_DOUBLING);
            if factor != 1.0 {
                moved.zoom_at(viewport, [f64::from(pointer.x), f64::from(pointer.y)], factor);
            }
        }
    }
    if response.has_focus() {
        keep_arrows(ui, response.id);
        if ui.input(|input| input.key_pressed(Key::Num0)) {
            return Move::Whole;
        }
        let [width, height] = viewport.size_px;
        let [dx, dy] = arrows(ui);
        moved.pan(viewport, [-KEY_PAN * width * dx, KEY_PAN * height * dy]);
        let pressed = |key: Key| ui.input(|input| input.key_pressed(key));
        let middle = [viewport.min_px[0] + 0.5 * width, viewport.min_px[1] + 0.5 * height];
        if pressed(Key::Plus) || pressed(Key::Equals) {
            moved.zoom_at(viewport, middle, KEY_ZOOM);
        }
        if pressed(Key::Minus) {
            moved.zoom_at(viewport, middle, 1.0 / KEY_ZOOM);
        }
    }
    if moved == camera { Move::Stay } else { Move::To(within(moved, viewport, camera)) }
}

/// A camera that a scene can say; `before` where `moved` cannot be.
fn within(moved: Camera, viewport: Viewport, before: Camera) -> Camera {
    let extent = |view: View| view.world_per_px[0] * view.viewport.size_px[0].min(view.viewport.size_px[1]);
    let sane = (EXTENT[0]..=EXTENT[1]).contains(&extent(moved.view(viewport)));
    let near = moved.center().iter().all(|c| c.abs() <= EXTENT[1]);
    if sane && near { moved } else { before }
}

/// While the widget has the keyboard, arrow keys are its own.
pub fn keep_arrows(ui: &Ui, id: egui::Id) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
}

/// How often the arrow keys were pressed: to the right and upwards.
pub fn arrows(ui: &Ui) -> [f64; 2] {
    let count = |key: Key| ui.input(|input| input.num_presses(key)) as f64;
    [count(Key::ArrowRight) - count(Key::ArrowLeft), count(Key::ArrowUp) - count(Key::ArrowDown)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::scene_camera;

    #[test]
    fn a_camera_survives_the_scene() {
        let viewport = Viewport { min_px: [3.0, 5.0], size_px: [640.0, 400.0] };
        let mut moved = scene_camera(None, [[-2.0, 2.0], [-1.0, 3.0]]);
        moved.zoom_at(viewport, [100.0, 50.0], 7.5);
        moved.pan(viewport, [31.0, -8.0]);
        let read = scene_camera(Some(&spec(&moved, viewport)), [[-2.0, 2.0], [-1.0, 3.0]]);
        let (a, b) = (moved.view(viewport), read.view(viewport));
        assert_eq!(a.center, b.center);
        assert!((a.world_per_px[0] / b.world_per_px[0] - 1.0).abs() < 1e-14);
    }

    #[test]
    fn extents_stay_within_what_a_scene_may_say() {
        let viewport = Viewport { min_px: [0.0; 2], size_px: [1.0, 1.0] };
        for extent in [1e-300, 1e-12, 1.0, 1e9, 1e300, f64::NAN, -1.0] {
            let given = CameraSpec { center: [1e300, f64::NAN], extent };
            let said = spec(&scene_camera(Some(&given), [[0.0, 1.0]; 2]), viewport);
            assert!((EXTENT[0]..=EXTENT[1]).contains(&said.extent), "{extent}: {said:?}");
            assert!(said.center.iter().all(|c| c.abs() <= 1e9));
        }
    }
}
