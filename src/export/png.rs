//! The picture that the window shows, made without it: map, axes, colour bar, layers and legend as PNG.

use super::canvas::Canvas;
use super::text::{self, Align};
use crate::view::{
    Camera, Frame, Layer, MapStyle, Rgb, Stroke, Surface, ValueScale, View, Viewport, clip_segment, series_dash, shade, ticks,
};
use tiny_skia::{Mask, PathBuilder, Pixmap, Rect, Transform};

/// Everything in a picture.
pub struct Picture<'a> {
    /// The function of the map.
    pub surface: &'a dyn Surface,
    /// What is in view.
    pub camera: Camera,
    /// The landscape's plot box: the unit in which relief measures slopes.
    pub domain: [[f64; 2]; 2],
    /// The colours and levels of values.
    pub scale: ValueScale,
    /// What the map shows.
    pub style: MapStyle,
    /// What is over the map, from below to above.
    pub layers: Vec<Layer>,
    /// A line above the map; empty for none.
    pub title: String,
    /// Names of the axes; empty for none.
    pub axes: [String; 2],
    /// Name and series of each method, as in the legend.
    pub legend: Vec<(String, usize)>,
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The size is none that a picture can have.
    #[error("a picture of {0} x {1} pixels cannot be made; each side must be from 1 to {MAX_SIDE} pixels")]
    Size(u32, u32),
    /// The encoder failed.
    #[error("the picture could not be encoded: {0}")]
    Encoding(String),
}

/// Type is as large as on a slide: 16 pixels in a picture 1000 pixels wide and 800 high.
fn type_zoom(width: u32, height: u32) -> f64 {
    (f64::from(width) / 1000.0).min(f64::from(height) / 800.0).clamp(0.5, 6.0)
}

/// The longest side of a picture in pixels.
pub const MAX_SIDE: u32 = 8192;

impl Picture<'_> {
    /// The picture in a size of `width` × `height` pixels, as the bytes of a PNG file.
    ///
    /// # Errors
    /// [`PictureError`] for a size of zero or beyond [`MAX_SIDE`].
    pub fn png(&self, width: u32, height: u32) -> Result<Vec<u8>, PictureError> {
        let pixmap = self.pixmap(width, height)?;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let rgb: Vec<u8> = pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
        let write = |mut writer: png::Writer<_>| writer.write_image_data(&rgb);
        encoder.write_header().and_then(write).map_err(|e| PictureError::Encoding(e.to_string()))?;
        Ok(bytes)
    }

    /// The picture as opaque pixels.
    ///
    /// # Errors
    /// As [`png`](Self::png).
    pub fn pixmap(&self, width: u32, height: u32) -> Result<Pixmap, PictureError> {
        let sane = (1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height);
        let pixmap = if sane { Pixmap::new(width, height) } else { None };
        let Some(pixmap) = pixmap else { return Err(PictureError::Size(width, height)) };
        let zoom = type_zoom(width, height) as f32;
        let theme = self.style.theme;
        let mut canvas = Canvas { pixmap, zoom, casing: theme.casing(), clip: None };
        let [r, g, b] = theme.ground();
        canvas.pixmap.fill(tiny_skia::Color::from_rgba8(r, g, b, 255));

        let view = self.view(width, height);
        let map = view.viewport;
        self.draw_map(&mut canvas.pixmap, &view);
        canvas.clip = clip(&canvas.pixmap, map);
        for layer in &self.layers {
            canvas.layer(layer, &view);
        }
        self.draw_legend(&mut canvas, &view);
        canvas.clip = None;
        self.draw_axes(&mut canvas, &view);
        self.draw_color_bar(&mut canvas, map);
        if !self.title.is_empty() {
            canvas.text(
                &self.title,
                [map.min_px[0] as f32, map.min_px[1] as f32 - 12.0 * zoom],
                17.0,
                Align::Start,
                theme.ink(),
                false,
            );
        }
        Ok(canvas.pixmap)
    }

    /// The map's part of a picture of this size, and what it shows.
    pub fn view(&self, width: u32, height: u32) -> View {
        self.camera.view(self.map_viewport(f64::from(width), f64::from(height), type_zoom(width, height)))
    }

    fn map_viewport(&self, width: f64, height: f64, zoom: f64) -> Viewport {
        let (left, right) = (76.0 * zoom, 112.0 * zoom);
        let (top, bottom) = (if self.title.is_empty() { 18.0 } else { 44.0 } * zoom, 58.0 * zoom);
        let (w, h) = (width - left - right, height - top - bottom);
        // A picture too small for text is all map.
        if w < 40.0 || h < 40.0 {
            return Viewport { min_px: [0.0; 2], size_px: [width, height] };
        }
        Viewport { min_px: [left.floor(), top.floor()], size_px: [w.floor(), h.floor()] }
    }

    fn draw_map(&self, pixmap: &mut Pixmap, view: &View) {
        let frame = Frame::new(self.surface, view, &self.scale);
        let half = self.domain.map(|[low, high]| 0.5 * (high - low));
        let shading = frame.shading(view, &self.scale, &self.style, half, false);
        let texels = self.style.colors.texels(self.style.theme);
        let Viewport { min_px, size_px } = view.viewport;
        let stride = pixmap.width() as usize * 4;
        let [left, top] = min_px.map(|v| v as usize);
        let [columns, rows] = size_px.map(|v| v as usize);
        for row in 0..rows {
            let line = (top + row) * stride + left * 4;
            let Some(pixels) = pixmap.data_mut().get_mut(line..line + columns * 4) else { return };
            for (column, pixel) in pixels.chunks_exact_mut(4).enumerate() {
                let [u, v] = view.world_from_px([min_px[0] + column as f64 + 0.5, min_px[1] + row as f64 + 0.5]);
                let color = shade(&frame.sample(self.surface, u, v), &shading, &texels);
                for (byte, c) in pixel.iter_mut().zip(color) {
                    *byte = (c * 255.0).round() as u8;
                }
                pixel[3] = 255;
            }
        }
    }

    fn draw_axes(&self, canvas: &mut Canvas, view: &View) {
        let Viewport { min_px: [x0, y0], size_px: [w, h] } = view.viewport;
        let (ink, faint, zoom) = (self.style.theme.ink(), self.style.theme.faint_ink(), canvas.zoom);
        let (left, right, top, bottom) = (x0 as f32, (x0 + w) as f32, y0 as f32, (y0 + h) as f32);
        let [[u0, u1], [v0, v1]] = view.bounds();
        let count = |length: f64, px: f64| ((length / (px * f64::from(zoom))) as usize).clamp(2, 12);
        let horizontal = ticks(u0, u1, count(w, 95.0));
        for tick in &horizontal.ticks {
            let x = view.px_from_world([tick.value, view.center[1]])[0] as f32;
            line(canvas, [x, bottom], [x, bottom + 5.0 * zoom], faint);
            canvas.text(&tick.label, [x, bottom + 22.0 * zoom], 14.0, Align::Middle, ink, false);
        }
        let vertical = ticks(v0, v1, count(h, 75.0));
        for tick in &vertical.ticks {
            let y = view.px_from_world([view.center[0], tick.value])[1] as f32;
            line(canvas, [left - 5.0 * zoom, y], [left, y], faint);
            canvas.text(&tick.label, [left - 9.0 * zoom, y + 5.0 * zoom], 14.0, Align::End, ink, false);
        }
        let corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
        for i in 0..4 {
            line(canvas, corners[i], corners[(i + 1) % 4], faint);
        }
        let middle = 0.5 * (left + right);
        canvas.text(&self.axes[0], [middle, bottom + 45.0 * zoom], 16.0, Align::Middle, ink, false);
        canvas.upward_text(&self.axes[1], [left - 54.0 * zoom, 0.5 * (top + bottom)], 16.0, ink);
        canvas.text(&horizontal.offset, [right, bottom + 42.0 * zoom], 12.0, Align::End, faint, false);
        canvas.text(&vertical.offset, [left + 8.0 * zoom, top + 18.0 * zoom], 12.0, Align::Start, ink, true);
    }

    fn draw_color_bar(&self, canvas: &mut Canvas, map: Viewport) {
        let (zoom, theme) = (canvas.zoom, self.style.theme);
        let (left, width) = ((map.min_px[0] + map.size_px[0]) as f32 + 20.0 * zoom, 16.0 * zoom);
        let (top, height) = (map.min_px[1] as f32, map.size_px[1] as f32);
        let rows = height as usize;
        for row in 0..rows {
            let t = 1.0 - (row as f64 + 0.5) / rows as f64;
            canvas.rectangle(left, top + row as f32, width, 1.0, self.style.colors.color(theme, t), 1.0);
        }
        canvas.text(self.scale.name(), [left, top - 12.0 * zoom], 13.0, Align::Start, theme.ink(), false);
        let count = (height / (42.0 * zoom)) as usize;
        for tick in self.scale.bar_ticks(count.clamp(2, 12)) {
            let y = top + height * (1.0 - tick.value as f32);
            line(canvas, [left + width, y], [left + width + 4.0 * zoom, y], theme.faint_ink());
            canvas.text(&tick.label, [left + width + 8.0 * zoom, y + 5.0 * zoom], 13.0, Align::Start, theme.ink(), false);
        }
    }

    fn draw_legend(&self, canvas: &mut Canvas, view: &View) {
        let map = view.viewport;
        if self.legend.is_empty() {
            return;
        }
        let (zoom, theme) = (canvas.zoom, self.style.theme);
        let widest = self.legend.iter().map(|(name, _)| text::width(name, 15.0 * zoom)).fold(0.0, f32::max);
        let (row, pad) = (24.0 * zoom, 12.0 * zoom);
        let (width, height) = (widest + 2.0 * pad + 48.0 * zoom, self.legend.len() as f32 * row + pad);
        let (x0, y0) = (map.min_px[0] as f32 + pad, map.min_px[1] as f32 + pad);
        let (x1, y1) = (x0 + map.size_px[0] as f32 - width - 2.0 * pad, y0 + map.size_px[1] as f32 - height - 2.0 * pad);
        // The emptiest corner, the upper right one where all are as empty.
        let corners = [[x1, y0], [x0, y0], [x1, y1], [x0, y1]];
        let ink = |[x, y]: &[f32; 2]| {
            let rect = [[*x, *y], [x + width, y + height]].map(|p| p.map(f64::from));
            self.layers.iter().map(|layer| ink_within(layer, view, rect)).sum::<f64>()
        };
        let [left, top] = corners.into_iter().min_by(|a, b| ink(a).total_cmp(&ink(b))).unwrap_or(corners[0]);
        canvas.rectangle(left, top, width, height, theme.ground(), 0.86);
        for (index, (name, series)) in self.legend.iter().enumerate() {
            let y = top + 0.5 * pad + (index as f32 + 0.5) * row;
            let stroke =
                Stroke { color: theme.series(*series), opacity: 1.0, width_px: 2.6, dash: series_dash(*series), casing: None };
            segment(canvas, [left + pad, y], [left + pad + 38.0 * zoom, y], &stroke);
            canvas.text(name, [left + pad + 48.0 * zoom, y + 5.0 * zoom], 15.0, Align::Start, theme.ink(), false);
        }
    }
}

/// Pixels of lines and of marks of a layer in a rectangle, about.
fn ink_within(layer: &Layer, view: &View, [low, high]: [[f64; 2]; 2]) -> f64 {
    /// A mark counts as much as a line of so many pixels.
    const MARK: f64 = 60.0;
    let inside = |p: [f64; 2]| (0..2).all(|i| (low[i]..=high[i]).contains(&p[i]));
    let length = |a: [f64; 2], b: [f64; 2]| -> f64 {
        let Some([a, b]) = clip_segment(view.px_from_world(a), view.px_from_world(b), view, 0.0) else { return 0.0 };
        let at = |t: f64| [0, 1].map(|i| a[i] + t * (b[i] - a[i]));
        let whole = ((b[0] - a[0]).powi(2) + (b[1] - a[1]).powi(2)).sqrt();
        whole / 16.0 * (0..16).filter(|k| inside(at((f64::from(*k) + 0.5) / 16.0))).count() as f64
    };
    match layer {
        Layer::Path { points, .. } => points.windows(2).map(|pair| length(pair[0], pair[1])).sum(),
        Layer::Region { outline, .. } => outline.iter().zip(outline.iter().cycle().skip(1)).map(|(a, b)| length(*a, *b)).sum(),
        Layer::Segments { segments, .. } => segments.iter().map(|[a, b]| length(*a, *b)).sum(),
        Layer::Marker(mark) if inside(view.px_from_world(mark.at)) => MARK,
        Layer::Label(label) if inside(view.px_from_world(label.at)) => MARK,
        Layer::Marker(_) | Layer::Label(_) => 0.0,
    }
}

fn line(canvas: &mut Canvas, from: [f32; 2], to: [f32; 2], color: Rgb) {
    segment(canvas, from, to, &Stroke { color, opacity: 1.0, width_px: 1.2, dash: &[], casing: None });
}

fn segment(canvas: &mut Canvas, from: [f32; 2], to: [f32; 2], stroke: &Stroke) {
    let mut builder = PathBuilder::new();
    builder.move_to(from[0], from[1]);
    builder.line_to(to[0], to[1]);
    if let Some(path) = builder.finish() {
        canvas.stroke(&path, stroke);
    }
}

fn clip(pixmap: &Pixmap, map: Viewport) -> Option<Mask> {
    let mut mask = Mask::new(pixmap.width(), pixmap.height())?;
    let [[x, y], [w, h]] = [map.min_px, map.size_px].map(|p| p.map(|v| v as f32));
    let path = PathBuilder::from_rect(Rect::from_xywh(x, y, w, h)?);
    mask.fill_path(&path, tiny_skia::FillRule::Winding, true, Transform::identity());
    Some(mask)
}
