//! Digits of a 5 by 7 dot-matrix font at random places of a noisy image: image data without a file.

use super::{Data, Draw, Targets};
use crate::linalg::SplitMix;
use crate::problem::network::Rows;

/// Side of the images in pixels.
const SIDE: usize = 10;

/// The digits 0 … 9, seven rows of five dots each.
const FONT: [[u8; 7]; 10] = [
    [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
    [0b01110, 0b10001, 0b00001, 0b00010, 0b00100, 0b01000, 0b11111],
    [0b11111, 0b00010, 0b00100, 0b00010, 0b00001, 0b10001, 0b01110],
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
    [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
    [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
    [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
];

/// Image i shows the digit i mod 10, with N(0, noise²) on every pixel.
pub(super) fn glyphs(draw: &Draw) -> Data {
    let mut random = SplitMix::new(draw.seed);
    let mut values = Vec::with_capacity(draw.samples * SIDE * SIDE);
    for i in 0..draw.samples {
        let mut image = [0.0; SIDE * SIDE];
        let top = (random.uniform() * (SIDE - 7 + 1) as f64) as usize;
        let left = (random.uniform() * (SIDE - 5 + 1) as f64) as usize;
        for (row, dots) in FONT[i % 10].iter().enumerate() {
            for column in 0..5 {
                image[(top + row) * SIDE + left + column] = f64::from(dots >> (4 - column) & 1);
            }
        }
        values.extend(image.map(|pixel| pixel + draw.noise * random.normal()));
    }
    let labels = (0..draw.samples).map(|i| i % 10).collect();
    let inputs = Rows { width: SIDE * SIDE, values };
    Data { inputs, targets: Targets::Classes { labels, count: 10 }, train: draw.samples, image: Some([SIDE, SIDE]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels 0, 1, 149 and 299 and the sum of the reference's `glyph_digits(3, 10, 0.1, 1)`.
    #[test]
    fn images_are_the_reference_ones() {
        let pixels = glyphs(&Draw { samples: 3, noise: 0.1, seed: 1 }).inputs.values;
        let got = [pixels[0], pixels[1], pixels[149], pixels[299], pixels.iter().sum()];
        let want = [-0.2500067493369868, 0.008772246831488636, 0.07041190969359537, 0.02996386717432996, 45.1452499801544];
        for (got, want) in got.iter().zip(want) {
            assert!((got - want).abs() < 1e-12, "{got} against {want}");
        }
    }
}
