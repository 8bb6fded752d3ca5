//! Text as outlines, from the font in `assets/fonts`.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};
use tiny_skia::{Path, PathBuilder};

/// DejaVu Sans with Latin, Greek and the signs of mathematics.
pub const FONT: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans-subset.ttf");

/// Where a text stands relative to its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

/// A text's width in pixels at `size_px`; characters that the font lacks have none.
pub fn width(text: &str, size_px: f32) -> f32 {
    let Ok(font) = FontRef::new(FONT) else { return 0.0 };
    let metrics = font.glyph_metrics(Size::new(size_px), LocationRef::default());
    text.chars().filter_map(|c| font.charmap().map(c)).filter_map(|glyph| metrics.advance_width(glyph)).sum()
}

/// The outline of a text whose baseline is at `at`, turned by a quarter anticlockwise if `upright` is false.
pub fn outline(text: &str, at: [f32; 2], size_px: f32, align: Align, upright: bool) -> Option<Path> {
    let font = FontRef::new(FONT).ok()?;
    let (charmap, glyphs) = (font.charmap(), font.outline_glyphs());
    let metrics = font.glyph_metrics(Size::new(size_px), LocationRef::default());
    let shift = match align {
        Align::Start => 0.0,
        Align::Middle => 0.5,
        Align::End => 1.0,
    };
    let mut pen = Pen { path: PathBuilder::new(), origin: at, advance: -shift * width(text, size_px), upright };
    for glyph in text.chars().filter_map(|c| charmap.map(c)) {
        if let Some(shape) = glyphs.get(glyph) {
            shape.draw(DrawSettings::unhinted(Size::new(size_px), LocationRef::default()), &mut pen).ok()?;
        }
        pen.advance += metrics.advance_width(glyph).unwrap_or(0.0);
    }
    pen.path.finish()
}

struct Pen {
    path: PathBuilder,
    origin: [f32; 2],
    advance: f32,
    upright: bool,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let along = x + self.advance;
        if self.upright { (self.origin[0] + along, self.origin[1] - y) } else { (self.origin[0] - y, self.origin[1] - along) }
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (self.at(cx, cy), self.at(x, y));
        self.path.quad_to(cx, cy, x, y);
    }
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let ((ax, ay), (bx, by), (x, y)) = (self.at(ax, ay), self.at(bx, by), self.at(x, y));
        self.path.cubic_to(ax, ay, bx, by, x, y);
    }
    fn close(&mut self) {
        self.path.close();
    }
}
