//! The switches of the map, over its upper left corner.

use super::super::command::{Command, ViewFlag};
use super::rim;
use crate::scene::ViewSpec;
use eframe::egui::{
    self, Color32, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::f32::consts::TAU;

/// Side of a button.
const SIDE: f32 = 28.0;
/// Smaller maps have no switches.
const SMALLEST: [f32; 2] = [240.0, 120.0];

/// Draws the switches; returns the rectangle that they take.
pub fn toolbar_ui(ui: &mut Ui, rect: Rect, view: &ViewSpec, out: &mut Vec<Command>) -> Rect {
    if rect.width() < SMALLEST[0] || rect.height() < SMALLEST[1] {
        return Rect::NOTHING;
    }
    let count = ViewFlag::ALL.len() + 1;
    let bar = Rect::from_min_size(rect.min + vec2(8.0, 8.0), vec2(count as f32 * SIDE + 4.0, SIDE + 4.0));
    rim::card(ui.painter(), bar, ui.visuals().window_fill);
    let mut bar_ui = ui.new_child(UiBuilder::new().id_salt("map switches").max_rect(bar));
    let mut state = view.clone();
    let mut at = bar.min + vec2(2.0, 2.0);
    for (flag, label, meaning) in ViewFlag::ALL {
        let on = *flag.of(&mut state);
        let place = Rect::from_min_size(at, vec2(SIDE, SIDE));
        if switch(&mut bar_ui, place, label, meaning, Some(on), |painter, rect, ink| icon(flag, painter, rect, ink)).clicked() {
            out.push(Command::ToggleView(flag));
        }
        at.x += SIDE;
    }
    let place = Rect::from_min_size(at, vec2(SIDE, SIDE));
    if switch(&mut bar_ui, place, "Whole landscape", "Show the whole landscape again", None, frame_icon).clicked() {
        out.push(Command::Camera(None));
    }
    bar
}

fn switch(
    ui: &mut Ui,
    rect: Rect,
    label: &str,
    meaning: &str,
    on: Option<bool>,
    paint: impl FnOnce(&Painter, Rect, Color32),
) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(label), Sense::click());
    response.widget_info(|| match on {
        Some(on) => WidgetInfo::selected(egui::Role::Button, true, on, label),
        None => WidgetInfo::labeled(egui::Role::Button, true, label),
    });
    let ground = rect.shrink(1.0);
    if on == Some(true) {
        ui.painter().rect_filled(ground, 4.0, ui.visuals().selection.bg_fill);
    } else if response.hovered() {
        ui.painter().rect_filled(ground, 4.0, ui.visuals().widgets.hovered.weak_bg_fill);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(ground, 4.0, ui.visuals().selection.stroke, StrokeKind::Inside);
    }
    let ink = if on == Some(false) { ui.visuals().weak_text_color() } else { ui.visuals().text_color() };
    paint(ui.painter(), Rect::from_center_size(rect.center(), vec2(18.0, 18.0)), ink);
    response.on_hover_text(format!("{label}: {meaning}"))
}

fn ellipse(rect: Rect, center: (f32, f32), axes: (f32, f32), tilt: f32) -> Vec<Pos2> {
    let (s, c) = tilt.sin_cos();
    let at = |i: u32| {
        let (y, x) = (TAU * i as f32 / 28.0).sin_cos();
        let (x, y) = (axes.0 * x, axes.1 * y);
        place(rect, center.0 + c * x - s * y, center.1 + s * x + c * y)
    };
    (0..28).map(at).collect()
}

/// A point of the unit square, y down.
fn place(rect: Rect, x: f32, y: f32) -> Pos2 {
    rect.min + vec2(x * rect.width(), y * rect.height())
}

fn icon(flag: ViewFlag, painter: &Painter, rect: Rect, ink: Color32) {
    let stroke = Stroke::new(1.4, ink);
    let p = |x: f32, y: f32| place(rect, x, y);
    let closed = |points: Vec<Pos2>| Shape::closed_line(points, stroke);
    let filled = |points: Vec<Pos2>, tone: Color32| Shape::convex_polygon(points, tone, Stroke::NONE);
    let shapes = match flag {
        ViewFlag::Contours => vec![
            closed(ellipse(rect, (0.5, 0.5), (0.46, 0.36), 0.4)),
            closed(ellipse(rect, (0.47, 0.52), (0.29, 0.21), 0.4)),
            closed(ellipse(rect, (0.45, 0.53), (0.12, 0.08), 0.4)),
        ],
        ViewFlag::Relief => vec![
            filled(vec![p(0.42, 0.16), p(0.74, 0.84), p(0.42, 0.84)], ink),
            Shape::line(vec![p(0.04, 0.84), p(0.42, 0.16), p(0.96, 0.84)], stroke),
            Shape::line_segment([p(0.04, 0.84), p(0.96, 0.84)], stroke),
        ],
        ViewFlag::CurvatureTint => vec![
            filled(vec![p(0.06, 0.06), p(0.94, 0.06), p(0.06, 0.94)], ink.gamma_multiply(0.45)),
            closed(vec![p(0.06, 0.06), p(0.94, 0.06), p(0.94, 0.94), p(0.06, 0.94)]),
            Shape::line_segment([p(0.94, 0.06), p(0.06, 0.94)], stroke),
        ],
        ViewFlag::Regions => {
            vec![closed(ellipse(rect, (0.5, 0.5), (0.48, 0.26), -0.5)), Shape::circle_filled(p(0.5, 0.5), 2.0, ink)]
        }
        ViewFlag::ModelContours => vec![
            closed(ellipse(rect, (0.5, 0.5), (0.46, 0.46), 0.0)),
            Shape::line(vec![p(0.2, 0.18), p(0.34, 0.4), p(0.34, 0.62), p(0.2, 0.84)], stroke),
            Shape::line(vec![p(0.48, 0.06), p(0.6, 0.34), p(0.6, 0.68), p(0.48, 0.95)], stroke),
        ],
        ViewFlag::StepMarkers => {
            let points = [p(0.08, 0.16), p(0.34, 0.62), p(0.66, 0.5), p(0.92, 0.86)];
            let mut shapes = vec![Shape::line(points.to_vec(), stroke)];
            shapes.extend(points.map(|at| Shape::circle_filled(at, 2.4, ink)));
            shapes
        }
        ViewFlag::CriticalPoints => vec![
            Shape::circle_filled(p(0.24, 0.28), 3.0, ink),
            filled(vec![p(0.76, 0.08), p(0.96, 0.44), p(0.56, 0.44)], ink),
            Shape::line_segment([p(0.32, 0.62), p(0.62, 0.92)], Stroke::new(2.2, ink)),
            Shape::line_segment([p(0.62, 0.62), p(0.32, 0.92)], Stroke::new(2.2, ink)),
        ],
    };
    painter.extend(shapes);
}

/// The corners of a frame.
fn frame_icon(painter: &Painter, rect: Rect, ink: Color32) {
    for (x, y) in [(0.08, 0.08), (0.92, 0.08), (0.92, 0.92), (0.08, 0.92)] {
        let inward = |v: f32| if v < 0.5 { v + 0.26 } else { v - 0.26 };
        let corner = vec![place(rect, inward(x), y), place(rect, x, y), place(rect, x, inward(y))];
        painter.add(Shape::line(corner, Stroke::new(1.6, ink)));
    }
    painter.circle_filled(pos2(rect.center().x, rect.center().y), 1.8, ink);
}
