//! The start point: a handle that can be dragged, moved by arrow keys, or set where the map is clicked.
//!
//! A click on something that explains itself (a step, a critical point, the handle) leaves the start, and so does one that
//! only closes a menu or ends typing; a double click or a long press sets it wherever it is.

use super::super::command::{Command, Edit};
use super::super::number::vector;
use super::super::theme::color;
use super::{gestures, paint};
use crate::problem::Plane;
use crate::view::{MarkerShape, Theme, View};
use eframe::egui::{self, CursorIcon, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo, vec2};

/// Side of the square in which the handle is caught, in points.
const CATCH: f32 = 32.0;
/// Largest coordinate that a scene takes.
const FARTHEST: f64 = 1e9;

/// The handle between frames.
#[derive(Default)]
pub struct StartHandle {
    /// From the pointer to the start, while it is dragged.
    grip: [f64; 2],
    /// Whether a menu was open or a text was typed before the button went down.
    busy: bool,
}

impl StartHandle {
    /// Reads the pointer and the keys; returns the start in this frame, the handle's response, and asks for the edit.
    /// `explained` says whether something at a place on screen answers a click itself.
    #[allow(clippy::too_many_arguments, reason = "where the start is, and everything that moves it")]
    pub fn interact(
        &mut self,
        ui: &Ui,
        map: &Response,
        view: &View,
        plane: &Plane,
        start: &[f64],
        explained: impl Fn(Pos2) -> bool,
        out: &mut Vec<Command>,
    ) -> (Vec<f64>, Response) {
        let (world, _) = plane.project(start);
        let px = view.px_from_world(world);
        let shown = paint::visible(view, world, 0.0);
        let at = if shown { paint::point(view, world) } else { Pos2::ZERO };
        let size = if shown { CATCH } else { 0.0 };
        let area = Rect::from_center_size(at, vec2(size, size)).intersect(map.rect);
        let sense = if shown { Sense::drag() | Sense::FOCUSABLE } else { Sense::hover() };
        let response = ui.interact(area, map.id.with("start"), sense).on_hover_cursor(CursorIcon::Grab);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Start point"));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_description(format!("At {}; drag it, or move it by the arrow keys", vector(start, 4)));
        });
        let mut moved = None;
        if response.drag_started() {
            let press = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
            self.grip = [px[0] - f64::from(press.x), px[1] - f64::from(press.y)];
        }
        if response.dragged()
            && let Some(pointer) = response.interact_pointer_pos()
        {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            moved = Some(view.world_from_px([f64::from(pointer.x) + self.grip[0], f64::from(pointer.y) + self.grip[1]]));
        }
        if response.has_focus() {
            gestures::keep_arrows(ui, response.id);
            let step = if ui.input(|input| input.modifiers.shift) { 10.0 } else { 1.0 };
            let [dx, dy] = gestures::arrows(ui);
            if dx != 0.0 || dy != 0.0 {
                moved = Some([world[0] + step * dx * view.world_per_px[0], world[1] + step * dy * view.world_per_px[1]]);
            }
        }
        if let Some(pointer) = map.interact_pointer_pos().or(map.hover_pos()) {
            let free = || !self.busy && !area.contains(pointer) && !explained(pointer);
            if map.double_clicked() || map.long_touched() || map.clicked() && free() {
                moved = Some(view.world_from_px([f64::from(pointer.x), f64::from(pointer.y)]));
            }
        }
        if !ui.input(|input| input.pointer.any_down() || input.pointer.any_released()) {
            self.busy = ui.ctx().text_edit_focused() || egui::Popup::is_any_open(ui.ctx());
        }
        let Some(target) = moved else { return (start.to_vec(), response) };
        let x = start_at(plane, start, target.map(|c| c.clamp(-FARTHEST, FARTHEST)));
        if x != start && x.iter().all(|v| v.is_finite() && v.abs() <= FARTHEST) {
            out.push(Command::Edit(Edit::Start(Some(x.clone()))));
            return (x, response);
        }
        (start.to_vec(), response)
    }
}

/// The start moved within the plane to `target`; what it has off the plane it keeps.
fn start_at(plane: &Plane, start: &[f64], target: [f64; 2]) -> Vec<f64> {
    let (from, distance) = plane.project(start);
    if distance == 0.0 || plane.dim() <= 2 {
        return plane.point(target[0], target[1]).to_vec();
    }
    let (du, dv) = (target[0] - from[0], target[1] - from[1]);
    start.iter().zip(plane.a.iter().zip(&plane.b)).map(|(x, (a, b))| x + du * a + dv * b).collect()
}

/// Draws the handle, larger with arrows around it where it can be caught.
pub fn draw(at: Pos2, response: &Response, theme: Theme, out: &mut Vec<Shape>) {
    let (ink, casing) = (color(theme.ink()), color(theme.casing()));
    let caught = response.hovered() || response.dragged() || response.has_focus();
    let radius = if caught { 9.0 } else { 7.5 };
    paint::symbol(MarkerShape::Ring, at, radius + 1.6, Some(casing), casing, out);
    paint::symbol(MarkerShape::Ring, at, radius, Some(casing), ink, out);
    if caught {
        for d in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
            let tip = at + (radius + 9.0) * d;
            let points = vec![tip, tip - 5.0 * d + 4.0 * d.rot90(), tip - 5.0 * d - 4.0 * d.rot90()];
            out.push(Shape::convex_polygon(points, ink, Stroke::new(1.5, casing)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_keeps_what_it_has_off_the_plane() {
        let plane = Plane::coordinates(4);
        let x = start_at(&plane, &[1.0, 2.0, 3.0, 4.0], [-0.5, 0.25]);
        assert_eq!(x, vec![-0.5, 0.25, 3.0, 4.0]);
        assert_eq!(start_at(&Plane::coordinates(2), &[1.5, 1e-8], [0.125, -0.25]), vec![0.125, -0.25]);
    }
}
