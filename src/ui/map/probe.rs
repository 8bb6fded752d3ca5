//! What is under the pointer: an iterate, a critical point, or the landscape itself.

use super::super::number::{point as rounded_point, short, significant};
use super::super::theme::{self, color};
use super::critical::Mark;
use super::paint;
use super::paths::LanePath;
use super::rim;
use crate::linalg::symmetric_eigen_2x2;
use crate::problem::Kind;
use crate::view::{Jet, Theme, View};
use eframe::egui::{self, Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// How near the pointer must come to a mark, in points.
const REACH: f32 = 11.0;
/// Length of the glyph's gradient arrow and of its eigen-directions.
const ARROW: f32 = 34.0;
const AXIS: f32 = 24.0;

/// A step marker under the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Whose.
    pub lane: usize,
    /// The step.
    pub step: u64,
    /// The row of the trace.
    pub row: usize,
    /// Where, on screen.
    pub at: Pos2,
}

/// The nearest shown marker: `paths` with the last row that each shows.
pub fn nearest_step<'a>(paths: impl Iterator<Item = (usize, &'a LanePath, usize)>, view: &View, pointer: Pos2) -> Option<Hit> {
    let mut best: Option<(f32, Hit)> = None;
    let mut offer = |lane: usize, path: &LanePath, row: usize, at: Pos2| {
        let distance = at.distance(pointer);
        if distance <= REACH && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, Hit { lane, step: path.step(row), row, at }));
        }
    };
    for (lane, path, last) in paths {
        for spot in path.spots(last) {
            offer(lane, path, spot.index as usize, pos2(spot.px[0], spot.px[1]));
        }
        if let Some(world) = path.at(last) {
            offer(lane, path, last, paint::point(view, world));
        }
    }
    best.map(|(_, hit)| hit)
}

/// The critical point under the pointer.
pub fn nearest_mark<'a>(marks: &'a [Mark], view: &View, pointer: Pos2) -> Option<&'a Mark> {
    let distance = |mark: &Mark| paint::point(view, mark.at).distance(pointer);
    let near = marks.iter().filter(|mark| distance(mark) <= REACH);
    near.min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// The lines that say what the landscape is at a point of the plane.
pub fn landscape_lines(jet: &Jet, at: [f64; 2], view: &View, names: [&str; 2]) -> Vec<String> {
    let [hx, hy] = view.half();
    let rounded = |v: f64, half: f64| {
        // As many digits as pixels can tell apart.
        let digits = libm::ceil(libm::log10((v.abs() / half).max(1e-9))) + 3.0;
        if v.abs() < 1e-3 * half { "0".to_owned() } else { short(v, digits.clamp(1.0, 15.0) as usize) }
    };
    let mut lines = vec![format!("({}, {}) = ({}, {})", names[0], names[1], rounded(at[0], hx), rounded(at[1], hy))];
    if !jet.value.is_finite() {
        lines.push("f is not defined here".to_owned());
        return lines;
    }
    let slope = crate::linalg::norm(&jet.gradient);
    let ([low, high], _) = symmetric_eigen_2x2(jet.hessian[0], jet.hessian[1], jet.hessian[2]);
    lines.push(format!("f = {}", significant(jet.value, 4)));
    lines.push(format!("‖∇f‖ = {}", significant(slope, 3)));
    if low.is_finite() && high.is_finite() {
        lines.push(format!("λ = {}, {}", significant(low, 3), significant(high, 3)));
        lines.push(region_of(low, high).to_owned());
    }
    lines
}

/// The kind of a region by the eigenvalues of the Hessian.
fn region_of(low: f64, high: f64) -> &'static str {
    let zero = 1e-9 * low.abs().max(high.abs());
    if low > zero {
        "convex here"
    } else if high < -zero {
        "concave here"
    } else if low < -zero && high > zero {
        "saddle-like here"
    } else {
        "flat in some direction here"
    }
}

/// The lines that say what a critical point is.
pub fn mark_lines(mark: &Mark, view: &View) -> Vec<String> {
    let kind = mark.kind.to_string();
    let mut characters = kind.chars();
    let title: String = characters.next().map(|c| c.to_uppercase().chain(characters).collect()).unwrap_or_default();
    let mut lines = vec![
        format!("{title} at {}", rounded_point(&mark.at, 3, 1e-9 * view.half()[0])),
        format!("f = {}", significant(mark.value, 4)),
    ];
    if !mark.eigenvalues.is_empty() {
        let shown: Vec<String> = mark.eigenvalues.iter().take(4).map(|v| significant(*v, 3)).collect();
        let more = if mark.eigenvalues.len() > 4 { ", …" } else { "" };
        lines.push(format!("λ = {}{more}", shown.join(", ")));
    }
    if mark.family {
        lines.push("one of a continuum of critical points".to_owned());
    } else if mark.kind == Kind::Degenerate {
        lines.push("the Hessian is singular".to_owned());
    }
    if mark.distance > 1e-9 {
        lines.push(format!("{} away from this plane", significant(mark.distance, 3)));
    }
    lines
}

/// Draws lines on a card in the lower left corner; returns its rectangle.
pub fn readout(ui: &egui::Ui, painter: &Painter, rect: Rect, lines: &[String]) -> Rect {
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let font = FontId::proportional(12.0);
    let galleys: Vec<_> =
        lines.iter().map(|line| painter.layout_no_wrap(line.clone(), font.clone(), Color32::PLACEHOLDER)).collect();
    let row = galleys.iter().map(|g| g.size().y).fold(0.0, f32::max) + 2.0;
    let width = galleys.iter().map(|g| g.size().x).fold(0.0, f32::max);
    let size = vec2(width + 16.0, row * lines.len() as f32 + 10.0);
    let card = Rect::from_min_size(pos2(rect.left() + 44.0, rect.bottom() - rim::LOWER_STRIP - 4.0 - size.y), size);
    if !rect.contains_rect(card) {
        return Rect::NOTHING;
    }
    rim::card(painter, card, ui.visuals().window_fill);
    for (i, galley) in galleys.into_iter().enumerate() {
        let at = card.min + vec2(8.0, 5.0 + row * i as f32);
        painter.galley(at, galley, if i == 0 { weak } else { ink });
    }
    card
}

/// −∇f and the eigen-directions at the pointer: solid where f curves up, dashed where it curves down.
pub fn glyph(jet: &Jet, at: Pos2, view: &View, theme: Theme, out: &mut Vec<Shape>) {
    let (ink, casing) = (color(theme.ink()), color(theme.casing()));
    let ([low, high], [x, y]) = symmetric_eigen_2x2(jet.hessian[0], jet.hessian[1], jet.hessian[2]);
    let on_screen = |v: [f64; 2]| {
        let d = vec2((v[0] / view.world_per_px[0]) as f32, -(v[1] / view.world_per_px[1]) as f32);
        d.normalized()
    };
    if low.is_finite() && high.is_finite() {
        let tints = theme.curvature_tints();
        for (value, direction) in [(low, [x, y]), (high, [-y, x])] {
            let d = on_screen(direction);
            let tint = color(tints[if value >= 0.0 { 0 } else { 1 }]);
            for side in [-1.0, 1.0] {
                let ends = [at + side * 5.0 * d, at + side * AXIS * d];
                out.push(Shape::line_segment(ends, Stroke::new(4.8, casing.gamma_multiply(0.85))));
                if value >= 0.0 {
                    out.push(Shape::line_segment(ends, Stroke::new(2.6, tint)));
                } else {
                    out.extend(Shape::dashed_line(&ends, Stroke::new(2.6, tint), 5.0, 2.5));
                }
            }
        }
    }
    let slope = crate::linalg::norm(&jet.gradient);
    if slope > 0.0 && slope.is_finite() {
        let d = on_screen(jet.gradient.map(|g| -g / slope));
        let tip = at + ARROW * d;
        let barb = |side: f32| tip - 8.0 * d + side * 4.5 * d.rot90();
        for (width, tone) in [(4.2, casing.gamma_multiply(0.85)), (2.0, ink)] {
            let stroke = Stroke::new(width, tone);
            out.push(Shape::line_segment([at, tip], stroke));
            out.push(Shape::line(vec![barb(1.0), tip, barb(-1.0)], stroke));
        }
    }
}

/// The tag of a step marker: whose, which step, f there.
pub fn step_tag(ui: &egui::Ui, painter: &Painter, rect: Rect, hit: &Hit, name: &str, value: f64, distance: f32) {
    let mut text = format!("{name} · step {} · f = {}", hit.step, significant(value, 4));
    if distance > 0.0 {
        text.push_str(&format!(" · {} off the plane", significant(f64::from(distance), 2)));
    }
    let galley = painter.layout_no_wrap(text, FontId::proportional(12.0), ui.visuals().text_color());
    let size = galley.size() + vec2(12.0, 8.0);
    let mut card = Align2::LEFT_BOTTOM.anchor_size(hit.at + vec2(10.0, -10.0), size);
    card = card.translate(vec2((rect.right() - 4.0 - card.right()).min(0.0), (rect.top() + 4.0 - card.top()).max(0.0)));
    rim::card(painter, card, ui.visuals().window_fill);
    painter.galley(card.min + vec2(6.0, 4.0), galley, Color32::PLACEHOLDER);
    let tone = theme::series(ui.visuals(), hit.lane);
    painter.circle_stroke(hit.at, 8.0, Stroke::new(4.4, color(theme::theme_of(ui.visuals()).casing())));
    painter.circle_stroke(hit.at, 8.0, Stroke::new(2.2, tone));
}
