//! Layers of a view as the toolkit's shapes.

use super::super::theme::color;
use crate::view::{self, Layer, Marker, MarkerShape, Rgb, View, clip_segment, dashes};
use eframe::egui::epaint::{PathShape, PathStroke};
use eframe::egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use std::f32::consts::TAU;
use std::sync::Arc;

/// How much wider than its line a casing is, in points.
pub const CASING_PX: f32 = 2.4;
/// Opacity of a casing under an opaque line.
pub const CASING_OPACITY: f32 = 0.8;

/// A colour with an opacity.
pub fn faded(rgb: Rgb, opacity: f32) -> Color32 {
    color(rgb).gamma_multiply(opacity.clamp(0.0, 1.0))
}

/// A plane point on screen.
pub fn point(view: &View, world: [f64; 2]) -> Pos2 {
    let [x, y] = view.px_from_world(world);
    pos2(x as f32, y as f32)
}

/// Whether a point is on screen or within `margin` of it.
pub fn visible(view: &View, world: [f64; 2], margin: f64) -> bool {
    let px = view.px_from_world(world);
    px.iter().all(|v| v.is_finite()) && clip_segment(px, px, view, margin).is_some()
}

/// Adds the shapes of a layer.
pub fn layer(layer: &Layer, view: &View, out: &mut Vec<Shape>) {
    match layer {
        Layer::Path { points, stroke, dot_px } => {
            let mut lines = Vec::new();
            for pair in points.windows(2) {
                join(&mut lines, view.px_from_world(pair[0]), view.px_from_world(pair[1]), view);
            }
            stroked(&lines, stroke, out);
            if *dot_px > 0.0 {
                let at = points.iter().filter(|p| visible(view, **p, 8.0));
                out.extend(at.map(|p| Shape::circle_filled(point(view, *p), *dot_px, faded(stroke.color, stroke.opacity))));
            }
        }
        Layer::Region { outline, stroke, fill } => region(outline, stroke, *fill, view, out),
        Layer::Segments { segments, stroke } => {
            let mut lines = Vec::new();
            for [a, b] in segments {
                join(&mut lines, view.px_from_world(*a), view.px_from_world(*b), view);
            }
            stroked(&lines, stroke, out);
        }
        Layer::Marker(mark) => marker(mark, view, out),
        // The window places names itself, where there is room.
        Layer::Label(_) => {}
    }
}

/// Text with a casing that parts it from the map; returns the rectangle that it takes.
pub fn text(painter: &Painter, at: Pos2, align: Align2, text: &str, font: FontId, ink: Color32, casing: Color32) -> Rect {
    block(painter, at, align, painter.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER), ink, casing)
}

/// The same of text that is laid out.
pub fn block(painter: &Painter, at: Pos2, align: Align2, galley: Arc<Galley>, ink: Color32, casing: Color32) -> Rect {
    let rect = align.anchor_size(at, galley.size());
    let halo = casing.gamma_multiply(0.55);
    for k in 0..8 {
        let (sin, cos) = (TAU * k as f32 / 8.0).sin_cos();
        painter.galley(rect.min + 1.4 * vec2(cos, sin), galley.clone(), halo);
    }
    painter.galley(rect.min, galley, ink);
    rect
}

/// Appends a segment to polylines, clipped to the view.
fn join(lines: &mut Vec<Vec<[f32; 2]>>, from: [f64; 2], to: [f64; 2], view: &View) {
    if !from.iter().chain(&to).all(|v| v.is_finite()) {
        return;
    }
    let Some([p, q]) = clip_segment(from, to, view, 16.0) else { return };
    let (p, q) = (p.map(|v| v as f32), q.map(|v| v as f32));
    match lines.last_mut() {
        Some(line) if line.last() == Some(&p) => line.push(q),
        _ => lines.push(vec![p, q]),
    }
}

/// Polylines in pixels with casing and dashes.
pub fn stroked(lines: &[Vec<[f32; 2]>], stroke: &view::Stroke, out: &mut Vec<Shape>) {
    let to_points = |line: &[[f32; 2]]| line.iter().map(|[x, y]| pos2(*x, *y)).collect::<Vec<Pos2>>();
    if let Some(casing) = stroke.casing {
        let wide = Stroke::new(stroke.width_px + CASING_PX, faded(casing, CASING_OPACITY * stroke.opacity));
        out.extend(lines.iter().map(|line| Shape::line(to_points(line), wide)));
    }
    let thin = Stroke::new(stroke.width_px, faded(stroke.color, stroke.opacity));
    for line in lines {
        let mut phase = 0.0;
        out.extend(dashes(line, stroke.dash, &mut phase).iter().map(|dash| Shape::line(to_points(dash), thin)));
    }
}

fn region(outline: &[[f64; 2]], stroke: &view::Stroke, fill: f32, view: &View, out: &mut Vec<Shape>) {
    let px: Vec<[f64; 2]> = outline.iter().map(|p| view.px_from_world(*p)).collect();
    if px.len() < 3 || !px.iter().flatten().all(|v| v.is_finite()) {
        return;
    }
    if fill > 0.0 {
        let inside = clipped(px.clone(), view);
        if inside.len() >= 3 {
            let points = inside.iter().map(|p| pos2(p[0] as f32, p[1] as f32)).collect();
            out.push(Shape::Path(PathShape::convex_polygon(points, faded(stroke.color, fill), PathStroke::NONE)));
        }
    }
    let mut lines = Vec::new();
    for (a, b) in px.iter().zip(px.iter().cycle().skip(1)) {
        join(&mut lines, *a, *b, view);
    }
    stroked(&lines, stroke, out);
}

/// A convex polygon cut to the viewport and a margin (Sutherland and Hodgman 1974).
fn clipped(mut polygon: Vec<[f64; 2]>, view: &View) -> Vec<[f64; 2]> {
    const MARGIN: f64 = 16.0;
    for axis in 0..2 {
        let low = view.viewport.min_px[axis] - MARGIN;
        let high = view.viewport.min_px[axis] + view.viewport.size_px[axis] + MARGIN;
        for (edge, sign) in [(low, 1.0), (high, -1.0)] {
            let inside = |p: &[f64; 2]| sign * (p[axis] - edge) >= 0.0;
            let mut kept = Vec::with_capacity(polygon.len() + 2);
            for (a, b) in polygon.iter().zip(polygon.iter().cycle().skip(1)) {
                if inside(a) {
                    kept.push(*a);
                }
                if inside(a) != inside(b) {
                    let s = (edge - a[axis]) / (b[axis] - a[axis]);
                    let mut p = [a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1])];
                    p[axis] = edge;
                    kept.push(p);
                }
            }
            polygon = kept;
        }
    }
    polygon
}

/// A mark: its outline first, so that it takes nothing from the form.
pub fn marker(mark: &Marker, view: &View, out: &mut Vec<Shape>) {
    if visible(view, mark.at, 20.0) {
        symbol(mark.shape, point(view, mark.at), mark.radius_px, mark.fill.map(color), color(mark.outline), out);
    }
}

/// The form of a mark at a place on screen.
pub fn symbol(shape: MarkerShape, c: Pos2, r: f32, fill: Option<Color32>, outline: Color32, out: &mut Vec<Shape>) {
    let inside = fill.unwrap_or(outline);
    let mut polygon = |points: Vec<Pos2>| {
        out.push(Shape::closed_line(points.clone(), Stroke::new(3.6, outline)));
        out.push(Shape::Path(PathShape::convex_polygon(points, inside, PathStroke::NONE)));
    };
    match shape {
        MarkerShape::Circle => {
            out.push(Shape::circle_filled(c, r + 1.2, outline));
            if let Some(fill) = fill {
                out.push(Shape::circle_filled(c, r - 0.8, fill));
            }
        }
        MarkerShape::Disc => {
            out.push(Shape::circle_filled(c, r + 1.8, outline));
            out.push(Shape::circle_filled(c, r, inside));
        }
        MarkerShape::Ring => {
            out.push(Shape::circle_filled(c, r + 1.2, inside));
            out.push(Shape::circle_stroke(c, r, Stroke::new(2.0, outline)));
            out.push(Shape::circle_filled(c, 0.4 * r, outline));
        }
        MarkerShape::Triangle => polygon(vec![c + vec2(0.0, -1.15 * r), c + vec2(r, 0.75 * r), c + vec2(-r, 0.75 * r)]),
        MarkerShape::Diamond => {
            polygon(vec![c + vec2(0.0, -1.2 * r), c + vec2(1.2 * r, 0.0), c + vec2(0.0, 1.2 * r), c + vec2(-1.2 * r, 0.0)]);
        }
        MarkerShape::Cross => {
            for (width, reach, ink) in [(0.5 * r + 3.6, r + 1.8, outline), (0.5 * r, r, inside)] {
                let stroke = Stroke::new(width, ink);
                for d in [vec2(reach, reach), vec2(reach, -reach)] {
                    out.push(Shape::line_segment([c - 0.9 * d, c + 0.9 * d], stroke));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Camera, Ellipse, Viewport, outline};

    #[test]
    fn regions_of_any_size_are_cut_to_the_screen() {
        let view = Camera::new([0.0; 2], [1.0; 2], true).view(Viewport { min_px: [0.0; 2], size_px: [300.0, 200.0] });
        for size in [1e-9, 1e-2, 1.0, 1e3, 1e9] {
            let ellipse = Ellipse::new([0.3 * size, 0.0], [1.0, 0.0, 4.0], size).expect("an ellipse");
            let px = outline(&ellipse, &view).iter().map(|p| view.px_from_world(*p)).collect();
            let cut = clipped(px, &view);
            assert!(cut.iter().all(|p| (-17.0..=317.0).contains(&p[0]) && (-17.0..=217.0).contains(&p[1])), "{size}: {cut:?}");
            assert!(!cut.is_empty());
        }
    }
}
