//! The layers of a view put to pixels.

use super::text::{self, Align};
use crate::view::{Label, Layer, Marker, MarkerShape, Rgb, Sketch, Stroke, View, clip_segment};
use tiny_skia::{FillRule, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, Rect, StrokeDash, Transform};

/// A pixmap on which sizes in pixels are multiplied by `zoom`.
pub(super) struct Canvas {
    pub pixmap: Pixmap,
    pub zoom: f32,
    pub casing: Rgb,
    /// What is drawn outside of it is cut off.
    pub clip: Option<Mask>,
}

impl Canvas {
    pub fn layer(&mut self, layer: &Layer, view: &View) {
        match layer {
            Layer::Path { points, stroke, dot_px } => {
                let mut sketch = Sketch::new(*view, 0.4, f64::from(2.6 * dot_px * self.zoom));
                points.iter().for_each(|point| sketch.push(*point));
                if let Some(path) = polylines(&sketch.lines(), false) {
                    self.stroke(&path, stroke);
                }
                if *dot_px > 0.0 {
                    for [x, y] in sketch.spots().iter().map(|spot| spot.px) {
                        if let Some(dot) = PathBuilder::from_circle(x, y, dot_px * self.zoom) {
                            self.fill(&dot, stroke.color, stroke.opacity);
                        }
                    }
                }
            }
            Layer::Region { outline, stroke, fill } => {
                let px: Vec<[f64; 2]> = outline.iter().map(|p| view.px_from_world(*p)).collect();
                // Beyond this the rasterizer's fixed-point numbers end: such a boundary is drawn by its visible segments.
                if px.iter().flatten().all(|v| v.abs() < 1e4) {
                    if let Some(path) = polylines(&[px], true) {
                        self.fill(&path, stroke.color, *fill);
                        self.stroke(&path, stroke);
                    }
                } else {
                    let ends = px.iter().zip(px.iter().cycle().skip(1));
                    let visible: Vec<Vec<[f64; 2]>> =
                        ends.filter_map(|(a, b)| clip_segment(*a, *b, view, 8.0)).map(|s| s.to_vec()).collect();
                    if let Some(path) = polylines(&visible, false) {
                        self.stroke(&path, stroke);
                    }
                }
            }
            Layer::Segments { segments, stroke } => {
                let px = segments.iter().map(|s| s.map(|p| view.px_from_world(p)));
                let visible: Vec<Vec<[f64; 2]>> =
                    px.filter_map(|[a, b]| clip_segment(a, b, view, 8.0)).map(|s| s.to_vec()).collect();
                if let Some(path) = polylines(&visible, false) {
                    self.stroke(&path, stroke);
                }
            }
            Layer::Marker(marker) => self.marker(marker, view),
            Layer::Label(Label { at, offset_px, text, color }) => {
                let [x, y] = view.px_from_world(*at);
                if clip_segment([x, y], [x, y], view, 50.0).is_some() {
                    let at = [x as f32 + offset_px[0] * self.zoom, y as f32 + offset_px[1] * self.zoom];
                    self.text(text, at, 13.0, Align::Start, *color, true);
                }
            }
        }
    }

    fn marker(&mut self, marker: &Marker, view: &View) {
        let [x, y] = view.px_from_world(marker.at);
        if clip_segment([x, y], [x, y], view, 20.0).is_none() {
            return;
        }
        let (x, y, r) = (x as f32, y as f32, marker.radius_px * self.zoom);
        let path = match marker.shape {
            MarkerShape::Circle | MarkerShape::Disc | MarkerShape::Ring => PathBuilder::from_circle(x, y, r),
            MarkerShape::Triangle => polygon(&[[x, y - 1.15 * r], [x + r, y + 0.75 * r], [x - r, y + 0.75 * r]]),
            MarkerShape::Diamond => polygon(&[[x, y - 1.2 * r], [x + 1.2 * r, y], [x, y + 1.2 * r], [x - 1.2 * r, y]]),
            MarkerShape::Cross => cross(x, y, r),
        };
        let Some(path) = path else { return };
        let outline = Stroke { color: marker.outline, opacity: 1.0, width_px: 1.6, dash: &[], casing: None };
        match marker.shape {
            // A filled form with its outline beneath: the outline takes nothing from the form.
            MarkerShape::Cross | MarkerShape::Disc | MarkerShape::Triangle | MarkerShape::Diamond => {
                self.stroke(&path, &Stroke { width_px: 3.0, ..outline });
                self.fill(&path, marker.fill.unwrap_or(marker.outline), 1.0);
            }
            _ => {
                if let Some(fill) = marker.fill {
                    self.fill(&path, fill, 1.0);
                }
                self.stroke(&path, &outline);
            }
        }
        if marker.shape == MarkerShape::Ring
            && let Some(dot) = PathBuilder::from_circle(x, y, 0.4 * r)
        {
            self.fill(&dot, marker.outline, 1.0);
        }
    }

    pub fn text(&mut self, text: &str, at: [f32; 2], size_px: f32, align: Align, color: Rgb, halo: bool) {
        if let Some(path) = text::outline(text, at, size_px * self.zoom, align, true) {
            if halo {
                let casing = self.casing;
                self.stroke(&path, &Stroke { color: casing, opacity: 0.85, width_px: 3.0, dash: &[], casing: None });
            }
            self.fill(&path, color, 1.0);
        }
    }

    pub fn upward_text(&mut self, text: &str, at: [f32; 2], size_px: f32, color: Rgb) {
        if let Some(path) = text::outline(text, at, size_px * self.zoom, Align::Middle, false) {
            self.fill(&path, color, 1.0);
        }
    }

    pub fn fill(&mut self, path: &Path, color: Rgb, opacity: f32) {
        if opacity > 0.0 {
            self.pixmap.fill_path(path, &paint(color, opacity), FillRule::Winding, Transform::identity(), self.clip.as_ref());
        }
    }

    pub fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32, color: Rgb, opacity: f32) {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            self.pixmap.fill_rect(rect, &paint(color, opacity), Transform::identity(), self.clip.as_ref());
        }
    }

    pub fn stroke(&mut self, path: &Path, stroke: &Stroke) {
        let mut line = tiny_skia::Stroke {
            width: (stroke.width_px + 2.2) * self.zoom,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..tiny_skia::Stroke::default()
        };
        if let Some(casing) = stroke.casing {
            let paint = paint(casing, 0.8 * stroke.opacity);
            self.pixmap.stroke_path(path, &paint, &line, Transform::identity(), self.clip.as_ref());
        }
        line.width = stroke.width_px * self.zoom;
        if !stroke.dash.is_empty() {
            line.line_cap = LineCap::Butt;
            line.dash = StrokeDash::new(stroke.dash.iter().map(|d| d * self.zoom).collect(), 0.0);
        }
        self.pixmap.stroke_path(path, &paint(stroke.color, stroke.opacity), &line, Transform::identity(), self.clip.as_ref());
    }
}

fn paint(color: Rgb, opacity: f32) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(color[0], color[1], color[2], (255.0 * opacity.clamp(0.0, 1.0)).round() as u8);
    paint
}

fn polygon(points: &[[f32; 2]]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (index, [x, y]) in points.iter().enumerate() {
        if index == 0 { builder.move_to(*x, *y) } else { builder.line_to(*x, *y) }
    }
    builder.close();
    builder.finish()
}

fn cross(x: f32, y: f32, r: f32) -> Option<Path> {
    let (long, thin) = (r * 1.1, r * 0.38);
    let corner = [[thin, 0.0], [long, long - thin], [long - thin, long], [0.0, thin]];
    let turn = |[a, b]: [f32; 2], quarter: usize| match quarter {
        0 => [a, b],
        1 => [-b, a],
        2 => [-a, -b],
        _ => [b, -a],
    };
    let points: Vec<[f32; 2]> = (0..4).flat_map(|q| corner.map(|c| turn(c, q))).map(|[a, b]| [x + a, y + b]).collect();
    polygon(&points)
}

fn polylines<T: Copy + Into<f64>>(lines: &[Vec<[T; 2]>], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for line in lines {
        for (index, [x, y]) in line.iter().enumerate() {
            let (x, y): (f64, f64) = ((*x).into(), (*y).into());
            let (x, y) = (x as f32, y as f32);
            if index == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
        }
        if closed {
            builder.close();
        }
    }
    builder.finish()
}
