//! Many small pictures of one size in one texture.

use crate::view::{ColorMap, Theme};
use eframe::egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, pos2};

/// Small pictures of one size.
#[derive(Default)]
pub(super) struct Atlas {
    handle: Option<TextureHandle>,
    tile: [usize; 2],
    columns: usize,
    size: [usize; 2],
    /// How far in a picture is read, in pixels, so that no neighbour shines in.
    inset: f32,
}

impl Atlas {
    /// Takes other pictures of `tile` (width, height) pixels, one after another.
    pub fn set(&mut self, ctx: &Context, tile: [usize; 2], pixels: &[Color32], options: TextureOptions) {
        let area = (tile[0] * tile[1]).max(1);
        let count = pixels.len().div_ceil(area).max(1);
        let columns = (count as f64).sqrt().ceil() as usize;
        let size = [columns * tile[0], count.div_ceil(columns) * tile[1]];
        let mut image = ColorImage::filled(size, Color32::TRANSPARENT);
        for (k, picture) in pixels.chunks(area).enumerate() {
            let (left, top) = (k % columns * tile[0], k / columns * tile[1]);
            for (y, row) in picture.chunks(tile[0]).enumerate() {
                image.pixels[(top + y) * size[0] + left..][..row.len()].copy_from_slice(row);
            }
        }
        match &mut self.handle {
            Some(handle) => handle.set(image, options),
            None => self.handle = Some(ctx.load_texture("network", image, options)),
        }
        (self.tile, self.columns, self.size) = (tile, columns, size);
        self.inset = if options == TextureOptions::LINEAR { 0.5 } else { 0.01 };
    }

    /// The texture and the part of it that holds the `k`-th picture.
    pub fn picture(&self, k: usize) -> Option<(TextureId, Rect)> {
        let handle = self.handle.as_ref()?;
        let columns = self.columns.max(1);
        let corner = [k % columns * self.tile[0], k / columns * self.tile[1]];
        let at = |x: f32, y: f32| pos2(x / self.size[0] as f32, y / self.size[1] as f32);
        let (left, top) = (corner[0] as f32, corner[1] as f32);
        let (right, bottom) = (left + self.tile[0] as f32, top + self.tile[1] as f32);
        let inset = self.inset;
        Some((handle.id(), Rect::from_min_max(at(left + inset, top + inset), at(right - inset, bottom - inset))))
    }
}

/// Colours of numbers from −1 to 1, about a neutral 0.
pub(super) struct Shades([Color32; ColorMap::TEXELS]);

impl Shades {
    /// For a theme.
    pub fn new(theme: Theme) -> Self {
        Self(ColorMap::Diverging.texels(theme).map(|[r, g, b, _]| Color32::from_rgb(r, g, b)))
    }

    /// The colour of `v`; what is no number is neutral.
    pub fn at(&self, v: f64) -> Color32 {
        let t = if v.is_nan() { 0.5 } else { 0.5 + 0.5 * v.clamp(-1.0, 1.0) };
        self.0[(t * (ColorMap::TEXELS - 1) as f64).round() as usize]
    }
}
