//! The colour of a pixel of the map, in f32 exactly as `shaders/map.wgsl` computes it.
//!
//! Everything is relative to one value of f, the reference: the difference to it, the gradient and the Hessian
//! of a pixel keep their digits at any zoom, and so do contour lines made from them.

use super::camera::View;
use super::color::{ColorMap, Rgb, Theme};
use super::scale::{Levels, ScaleKind, ValueScale};
use serde::{Deserialize, Serialize};

/// What is tinted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tint {
    /// Nothing.
    #[default]
    Off,
    /// Regions by the signs of the Hessian's eigenvalues ([`Theme::curvature_tints`]).
    Curvature,
}

/// What the map shows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MapStyle {
    /// The ground.
    pub theme: Theme,
    /// The colours of values.
    pub colors: ColorMap,
    /// Contour lines.
    pub contours: bool,
    /// Light from the upper left.
    pub relief: bool,
    /// The tint.
    pub tint: Tint,
}

impl Default for MapStyle {
    fn default() -> Self {
        Self { theme: Theme::Light, colors: ColorMap::Quiet, contours: true, relief: true, tint: Tint::Off }
    }
}

/// f at a pixel, in f32.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// f − reference.
    pub difference: f32,
    /// ∇f in world units.
    pub gradient: [f32; 2],
    /// ∇²f as (uu, uv, vv).
    pub hessian: [f32; 3],
}

/// The constants of a picture, laid out as the uniform block of the shader: rows of four numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shading {
    /// reference − low, knee, 1 for a logarithmic scale, the error of the differences.
    pub value: [f32; 4],
    /// t of the reference, dt/dw, q of the reference modulo 5, dq/dw.
    pub position: [f32; 4],
    /// Opacity of thin lines, of emphasised lines, of the next halving; strength of the relief.
    pub lines: [f32; 4],
    /// World units per pixel; half extents of the landscape, the unit of the relief's slopes.
    pub lengths: [f32; 4],
    /// Line colour; opacity of the tint.
    pub ink: [f32; 4],
    /// Colour where f has no value.
    pub void: [f32; 4],
    /// The four tints.
    pub tints: [[f32; 4]; 4],
}

/// Relative size below which an eigenvalue counts as nearly zero for the tint.
const NEARLY_SINGULAR: [f32; 2] = [0.01, 0.03];
/// Height of the light over the map: the cosine of its angle to the vertical, and its horizontal parts.
const LIGHT: [f32; 3] = [-0.424, 0.424, 0.8];
/// Slope of the relief where t rises by one over the half extent.
const STEEPNESS: f32 = 0.6;

impl Shading {
    /// Numbers of the uniform block.
    pub const FLOATS: usize = 40;

    /// The constants for a view of differences to `reference` that are wrong by up to `noise`;
    /// `domain_half` are the half extents of the landscape's plot box.
    pub fn new(
        view: &View,
        scale: &ValueScale,
        levels: Levels,
        style: &MapStyle,
        reference: f64,
        noise: f64,
        domain_half: [f64; 2],
    ) -> Self {
        let halved = libm::exp2(f64::from(levels.halvings));
        let phase = scale.level_coordinate(reference) * halved;
        let shown = if style.contours { 1.0 } else { 0.0 };
        let dark = style.theme == Theme::Dark;
        let (thin, strong) = if dark { (0.20, 0.42) } else { (0.22, 0.48) };
        Self {
            value: [
                (reference - scale.low) as f32,
                scale.knee as f32,
                if scale.kind == ScaleKind::Log { 1.0 } else { 0.0 },
                noise as f32,
            ],
            position: [
                scale.position(reference) as f32,
                scale.color_gain() as f32,
                (phase - 5.0 * libm::floor(phase / 5.0)) as f32,
                (scale.level_gain() * halved) as f32,
            ],
            lines: [shown * thin, shown * strong, levels.blend as f32, if style.relief { 0.34 } else { 0.0 }],
            lengths: [view.world_per_px[0] as f32, view.world_per_px[1] as f32, domain_half[0] as f32, domain_half[1] as f32],
            ink: rgba(if dark { [255, 255, 255] } else { [22, 30, 48] }, if style.tint == Tint::Off { 0.0 } else { 0.45 }),
            void: rgba(style.theme.void(), 1.0),
            tints: style.theme.curvature_tints().map(|c| rgba(c, 1.0)),
        }
    }

    /// The uniform block.
    pub fn floats(&self) -> [f32; Self::FLOATS] {
        let rows = [self.value, self.position, self.lines, self.lengths, self.ink, self.void];
        let mut all = rows.iter().chain(&self.tints).flatten().copied();
        std::array::from_fn(|_| all.next().unwrap_or(0.0))
    }
}

fn rgba(rgb: Rgb, a: f32) -> [f32; 4] {
    let [r, g, b] = rgb.map(|v| f32::from(v) / 255.0);
    [r, g, b, a]
}

/// The gamma-encoded sRGB colour, each in [0, 1], of a pixel. `texels` is the colour map.
pub fn shade(sample: &Sample, shading: &Shading, texels: &[[u8; 4]; ColorMap::TEXELS]) -> [f32; 3] {
    let [z_ref, knee, logarithmic, noise] = shading.value;
    let [t_ref, t_gain, q_ref, q_gain] = shading.position;
    let [thin, strong, blend, relief] = shading.lines;
    let [px_u, px_v, half_u, half_v] = shading.lengths;
    let df = sample.difference;
    let [gu, gv] = sample.gradient;
    if !(df.is_finite() && gu.is_finite() && gv.is_finite()) {
        return [shading.void[0], shading.void[1], shading.void[2]];
    }

    let mut w = df;
    let mut slope = 1.0;
    if logarithmic > 0.5 {
        let z = z_ref + df;
        let side = if z_ref < 0.0 { -1.0 } else { 1.0 };
        slope = 1.0 / (knee + z.abs());
        if z * side >= 0.0 {
            w = side * log1p(side * df / (knee + z_ref.abs()));
        } else {
            w = -side * (log1p(z.abs() / knee) + log1p(z_ref.abs() / knee));
        }
    }

    let mut color = lookup(t_ref + t_gain * w, texels);

    let tilt_u = gu * half_u * slope * t_gain * STEEPNESS;
    let tilt_v = gv * half_v * slope * t_gain * STEEPNESS;
    let length = (1.0 + tilt_u * tilt_u + tilt_v * tilt_v).sqrt();
    let facing = (LIGHT[2] - tilt_u * LIGHT[0] - tilt_v * LIGHT[1]) / (length * LIGHT[2]);
    let light = if length < 1e18 { 1.0 + relief * (facing.clamp(0.0, 1.25) - 1.0) } else { 1.0 };
    color = color.map(|c| (c * light).clamp(0.0, 1.0));

    if shading.ink[3] > 0.0 {
        color = mix(color, tint(sample.hessian, &shading.tints), shading.ink[3]);
    }

    let q = q_ref + q_gain * w;
    // Levels per pixel; scaled before the squares, which would underflow in a deep zoom.
    let (ru, rv) = (gu * px_u * (slope * q_gain), gv * px_v * (slope * q_gain));
    let rate = (ru * ru + rv * rv).sqrt();
    let coarse = (thin * line(q, rate)).max(strong * line(q / 5.0, rate / 5.0));
    let fine = (thin * line(2.0 * q, 2.0 * rate)).max(strong * line(0.4 * q, 0.4 * rate));
    // Lines that the rounding errors of f displace by half a pixel and more, and those of plateaus, are not drawn.
    let certain = 1.0 - smoothstep(0.25, 0.75, noise * slope * q_gain / rate.max(1e-30));
    let sloped = smoothstep(4e-6, 2e-5, rate);
    let ink = coarse.max(blend * fine) * certain * sloped;
    mix(color, [shading.ink[0], shading.ink[1], shading.ink[2]], ink)
}

/// How much of a pixel a level line covers: q is an integer on it and changes by `rate` per pixel.
/// Lines denser than seven pixels fade and are gone at three: no moiré.
fn line(q: f32, rate: f32) -> f32 {
    let distance = (q - (q + 0.5).floor()).abs() / rate.max(1e-30);
    (1.15 - distance).clamp(0.0, 1.0) * (1.0 - smoothstep(1.0 / 7.0, 1.0 / 3.0, rate))
}

fn tint(hessian: [f32; 3], tints: &[[f32; 4]; 4]) -> [f32; 3] {
    let [a, b, c] = hessian;
    let middle = 0.5 * (a + c);
    let half_difference = 0.5 * (a - c);
    let spread = (half_difference * half_difference + b * b).sqrt();
    let (low, high) = (middle - spread, middle + spread);
    let size = low.abs().max(high.abs());
    let rgb = |k: usize| [tints[k][0], tints[k][1], tints[k][2]];
    if !(size > 0.0 && size < 3e38) {
        return rgb(3);
    }
    let kind = if low > 0.0 {
        rgb(0)
    } else if high < 0.0 {
        rgb(2)
    } else {
        rgb(1)
    };
    mix(rgb(3), kind, smoothstep(NEARLY_SINGULAR[0], NEARLY_SINGULAR[1], low.abs().min(high.abs()) / size))
}

fn lookup(t: f32, texels: &[[u8; 4]; ColorMap::TEXELS]) -> [f32; 3] {
    let last = (ColorMap::TEXELS - 1) as f32;
    let position = t.clamp(0.0, 1.0) * last;
    let index = position.floor().min(last - 1.0);
    let rgb = |i: usize| [0, 1, 2].map(|k| f32::from(texels[i][k]) / 255.0);
    mix(rgb(index as usize), rgb(index as usize + 1), position - index)
}

fn mix(a: [f32; 3], b: [f32; 3], s: f32) -> [f32; 3] {
    [0, 1, 2].map(|k| a[k] * (1.0 - s) + b[k] * s)
}

fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let s = ((x - low) / (high - low)).clamp(0.0, 1.0);
    s * s * (3.0 - 2.0 * s)
}

/// ln(1 + x) for x > −1; by its series where 1 + x would lose the digits of x.
fn log1p(x: f32) -> f32 {
    if x.abs() < 0.03 {
        return x * (1.0 - x * (0.5 - x * (1.0 / 3.0 - x * (0.25 - x * 0.2))));
    }
    libm::logf(1.0 + x)
}
