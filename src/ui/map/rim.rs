//! What frames the map: axes with ticks, the colour bar, the legend of the tint.

use super::super::theme::color;
use super::paint::{self, faded};
use crate::view::{ColorMap, MapStyle, Theme, Tick, Ticks, Tint, ValueScale, View, ticks};
use eframe::egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// Points between two ticks, across and up.
const TICK_SPACING: [f32; 2] = [90.0, 64.0];
/// Length of a tick, and the least room between one of the axis up and its number.
const TICK: f32 = 4.0;
const TICK_GAP: f32 = 8.0;
/// Height of the strip in which the labels of the lower axis stand.
pub const LOWER_STRIP: f32 = 24.0;
/// Width of the strip in which those of the axis up stand.
pub const LEFT_STRIP: f32 = 44.0;
/// Room that the numbers of the lower axis leave to its name.
const NAME: f32 = 24.0;
/// Width of the colour bar.
const BAR_WIDTH: f32 = 12.0;
/// Smaller maps have no colour bar, and even smaller ones no axes.
const SMALLEST_FOR_BAR: [f32; 2] = [300.0, 240.0];
const SMALLEST_FOR_AXES: [f32; 2] = [140.0, 100.0];

/// Draws ticks and their labels inside the rim of the map, those of the axis up below `top`, where the map's switches end.
pub fn axes(painter: &Painter, rect: Rect, top: f32, view: &View, names: [&str; 2], theme: Theme) {
    if rect.width() < SMALLEST_FOR_AXES[0] || rect.height() < SMALLEST_FOR_AXES[1] {
        return;
    }
    let (ink, casing) = (color(theme.ink()), color(theme.casing()));
    let font = FontId::proportional(12.0);
    let [[u0, u1], [v0, v1]] = view.bounds();
    let mark = |from: Pos2, to: Pos2| {
        painter.line_segment([from, to], Stroke::new(3.0, casing.gamma_multiply(0.7)));
        painter.line_segment([from, to], Stroke::new(1.2, ink));
    };
    let count = |length: f32, spacing: f32| ((length / spacing) as usize).clamp(2, 14);
    let at = |tick: &Tick| view.px_from_world([tick.value, view.center[1]])[0] as f32;
    let free = |x: f32| (rect.left() + LEFT_STRIP..rect.right() - NAME).contains(&x);
    // Two numbers say the scale; one does not.
    let first = count(rect.width(), TICK_SPACING[0]);
    let told = |found: &Ticks| found.ticks.iter().filter(|tick| free(at(tick))).count() > 1;
    let across = (first..first + 3).map(|count| ticks(u0, u1, count)).find(told).unwrap_or_else(|| ticks(u0, u1, first));
    for tick in &across.ticks {
        let x = at(tick);
        if free(x) {
            mark(pos2(x, rect.bottom()), pos2(x, rect.bottom() - TICK));
            paint::text(painter, pos2(x, rect.bottom() - 6.0), Align2::CENTER_BOTTOM, &tick.label, font.clone(), ink, casing);
        }
    }
    let up = ticks(v0, v1, count(rect.height(), TICK_SPACING[1]));
    let place = |value: f64| view.px_from_world([view.center[0], value])[1] as f32;
    let inside = |tick: &&Tick| (top + 32.0..rect.bottom() - 28.0).contains(&place(tick.value));
    let width = |tick: &Tick| painter.layout_no_wrap(tick.label.clone(), font.clone(), ink).size().x;
    // The numbers end together, away from the ticks: a tick beside a number reads as its sign.
    let end = rect.left() + TICK + TICK_GAP + up.ticks.iter().filter(inside).map(width).fold(0.0, f32::max);
    for tick in up.ticks.iter().filter(inside) {
        let y = place(tick.value);
        mark(pos2(rect.left(), y), pos2(rect.left() + TICK, y));
        paint::text(painter, pos2(end, y), Align2::RIGHT_CENTER, &tick.label, font.clone(), ink, casing);
    }
    let name = |at: Pos2, align: Align2, name: &str, offset: &str| {
        let text = if offset.is_empty() { name.to_owned() } else { format!("{name}  {offset}") };
        paint::text(painter, at, align, &text, FontId::proportional(14.0), ink, casing);
    };
    name(rect.right_bottom() + vec2(-8.0, -5.0), Align2::RIGHT_BOTTOM, names[0], &across.offset);
    name(pos2(rect.left() + 8.0, top + 4.0), Align2::LEFT_TOP, names[1], &up.offset);
}

/// Draws the colour bar at the upper right with `value` marked on it, and below it the legend of the tint.
/// Returns the rectangle that both take.
pub fn color_bar(painter: &Painter, rect: Rect, scale: &ValueScale, style: &MapStyle, value: Option<f64>) -> Rect {
    if rect.width() < SMALLEST_FOR_BAR[0] || rect.height() < SMALLEST_FOR_BAR[1] {
        return Rect::NOTHING;
    }
    let theme = style.theme;
    let (ink, casing) = (color(theme.ink()), color(theme.casing()));
    let height = (0.36 * rect.height()).min(220.0);
    let bar = Rect::from_min_size(pos2(rect.right() - 12.0 - BAR_WIDTH, rect.top() + 34.0), vec2(BAR_WIDTH, height));
    painter.rect_filled(bar.expand(2.0), 2.0, casing.gamma_multiply(0.8));
    painter.add(gradient(bar, style.colors, theme));
    let at = |t: f64| bar.bottom() - t.clamp(0.0, 1.0) as f32 * bar.height();
    if style.contours {
        for t in level_positions(scale) {
            painter.hline(bar.x_range(), at(t), Stroke::new(1.0, faded(theme.ink(), 0.35)));
        }
    }
    let at_name = pos2(bar.right() + 2.0, rect.top() + 8.0);
    let name = paint::text(painter, at_name, Align2::RIGHT_TOP, scale.name(), FontId::proportional(12.0), ink, casing);
    let mut taken = bar.expand(4.0).union(name);
    let count = ((height / 30.0) as usize).clamp(2, 7);
    for tick in scale.bar_ticks(count) {
        let y = at(tick.value);
        painter.hline(bar.left() - 4.0..=bar.left(), y, Stroke::new(1.2, ink));
        let text = paint::text(
            painter,
            pos2(bar.left() - 7.0, y),
            Align2::RIGHT_CENTER,
            &tick.label,
            FontId::proportional(12.0),
            ink,
            casing,
        );
        taken = taken.union(text);
    }
    if let Some(t) = value.map(|f| scale.position(f)).filter(|t| t.is_finite()) {
        let tip = pos2(bar.left() + 1.0, at(t));
        let points = vec![tip, tip + vec2(-8.0, -5.0), tip + vec2(-8.0, 5.0)];
        painter.add(Shape::convex_polygon(points, ink, Stroke::new(1.5, casing)));
    }
    if style.tint == Tint::Curvature {
        taken = taken.union(tint_legend(painter, pos2(rect.right() - 12.0, bar.bottom() + 16.0), theme));
    }
    taken
}

/// The colours from below to above.
fn gradient(bar: Rect, colors: ColorMap, theme: Theme) -> Shape {
    const STRIPS: u32 = 48;
    let mut mesh = Mesh::default();
    for i in 0..=STRIPS {
        let t = f64::from(i) / f64::from(STRIPS);
        let y = bar.bottom() - t as f32 * bar.height();
        let ink = color(colors.color(theme, t));
        mesh.colored_vertex(pos2(bar.left(), y), ink);
        mesh.colored_vertex(pos2(bar.right(), y), ink);
        if i > 0 {
            let k = 2 * i;
            mesh.add_triangle(k - 2, k - 1, k);
            mesh.add_triangle(k - 1, k + 1, k);
        }
    }
    Shape::mesh(mesh)
}

/// Where the emphasised levels are on the bar.
fn level_positions(scale: &ValueScale) -> Vec<f64> {
    let (low, high) = (scale.level_coordinate(scale.low), scale.level_coordinate(scale.high));
    if !(low.is_finite() && high.is_finite() && high - low < 500.0) {
        return Vec::new();
    }
    // q is linear in t.
    let first = (low / 5.0).ceil() as i64;
    (first..).map(|k| (5.0 * k as f64 - low) / (high - low)).take_while(|t| *t <= 1.0).filter(|t| *t > 0.0).collect()
}

fn tint_legend(painter: &Painter, right_top: Pos2, theme: Theme) -> Rect {
    let names = ["convex", "saddle-like", "concave", "nearly singular"];
    let (ink, casing) = (color(theme.ink()), color(theme.casing()));
    let mut taken = Rect::from_min_max(right_top, right_top);
    for (i, (name, tint)) in names.iter().zip(theme.curvature_tints()).enumerate() {
        let swatch = Rect::from_min_size(right_top + vec2(-BAR_WIDTH, 18.0 * i as f32), vec2(BAR_WIDTH, BAR_WIDTH));
        painter.rect_filled(swatch.expand(1.5), 2.0, casing);
        painter.rect_filled(swatch, 1.0, color(tint));
        let at = pos2(swatch.left() - 7.0, swatch.center().y);
        let text = paint::text(painter, at, Align2::RIGHT_CENTER, name, FontId::proportional(12.0), ink, casing);
        taken = taken.union(text).union(swatch);
    }
    taken
}

/// A translucent ground for text over the map.
pub fn card(painter: &Painter, rect: Rect, fill: Color32) {
    painter.rect_filled(rect, 6.0, fill.gamma_multiply(0.9));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Camera, Viewport};
    use eframe::egui;

    #[test]
    fn no_tick_reads_as_the_sign_of_its_number() {
        let rect = Rect::from_min_size(Pos2::ZERO, vec2(800.0, 640.0));
        let view = Camera::fit([[-2.0, 2.0]; 2], true).view(Viewport { min_px: [0.0; 2], size_px: [800.0, 640.0] });
        let input = egui::RawInput { screen_rect: Some(rect), ..egui::RawInput::default() };
        let mut drawn =
            egui::Context::default().run_ui(input, |ui| axes(ui.painter(), rect, 0.0, &view, ["x", "y"], Theme::Light));
        drawn.textures_delta.clear();
        let (mut ends, mut clear) = (Vec::new(), f32::INFINITY);
        for clipped in &drawn.shapes {
            let Shape::Text(text) = &clipped.shape else { continue };
            if text.pos.x > 60.0 || text.galley.text() == "y" {
                continue;
            }
            ends.push(text.pos.x + text.galley.size().x);
            clear = clear.min(text.pos.x);
        }
        let (first, last) = ends.iter().fold((f32::INFINITY, 0.0_f32), |(low, high), end| (low.min(*end), high.max(*end)));
        // The halo about a number is drawn beside it.
        assert!(ends.len() > 40 && last - first < 3.0, "the numbers end between {first} and {last}");
        assert!(clear >= TICK + TICK_GAP - 1.5, "a number begins at {clear}");
    }
}
