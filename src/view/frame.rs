//! What one picture of the map is computed relative to, and in which precision.

use super::camera::View;
use super::field::Field;
use super::scale::{Levels, ValueScale};
use super::shade::{MapStyle, Sample, Shading};
use super::surface::{Jet, Surface};

/// The local frame of a view: the reference value that differences are taken to, the subdivision of the levels
/// that the view needs, and whether f32 and f64 resolve what is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    center: [f64; 2],
    jet: Jet,
    taylor: bool,
    noise: f64,
    bend: f64,
    /// How the contour levels are subdivided.
    pub levels: Levels,
    /// Whether a formula evaluated in f32 draws lines within a tenth of a pixel; otherwise differences come
    /// from [`sample`](Self::sample).
    pub single_precision: bool,
}

/// Points of the coarse grid per axis.
const COARSE: usize = 17;
/// Levels per pixel below which a place counts as flat.
const LEAST_RATE: f64 = 3e-4;
/// Unit roundoffs.
const UNIT_F32: f64 = 1.0 / (1u64 << 24) as f64;
const UNIT_F64: f64 = 0.5 * f64::EPSILON;

impl Frame {
    /// The frame of `view`, from a coarse grid of derivatives.
    pub fn new(surface: &dyn Surface, view: &View, scale: &ValueScale) -> Self {
        Self::with_jets(surface, view, scale).0
    }

    /// The frame with the field of its coarse grid: a first picture at no further cost.
    pub fn with_field(surface: &dyn Surface, view: &View, scale: &ValueScale) -> (Self, Field) {
        let (frame, offsets, jets) = Self::with_jets(surface, view, scale);
        let mut field = Field::with_nodes(view, [COARSE; 2]);
        offsets.iter().zip(&jets).for_each(|(d, jet)| field.push(frame.relative(jet, *d)));
        (frame, field)
    }

    fn with_jets(surface: &dyn Surface, view: &View, scale: &ValueScale) -> (Self, Vec<[f64; 2]>, Vec<Jet>) {
        let half = view.half();
        let offset = |i: usize, axis: usize| half[axis] * (2.0 * i as f64 / (COARSE - 1) as f64 - 1.0);
        let offsets: Vec<[f64; 2]> =
            (0..COARSE).flat_map(|j| (0..COARSE).map(move |i| [i, j])).map(|[i, j]| [offset(i, 0), offset(j, 1)]).collect();
        let at = |d: [f64; 2]| surface.jet(view.center[0] + d[0], view.center[1] + d[1]);
        let jets: Vec<Jet> = offsets.iter().map(|d| at(*d)).collect();
        let regular = |j: &Jet| j.value.is_finite() && j.gradient.iter().chain(&j.hessian).all(|v| v.is_finite());
        let middle = jets[jets.len() / 2];
        let jet = if regular(&middle) {
            middle
        } else {
            // Without derivatives at the centre only the value of some regular point serves as reference.
            let value = jets.iter().map(|j| j.value).find(|v| v.is_finite()).unwrap_or(0.0);
            Jet { value, ..Jet::default() }
        };
        let mut frame = Self {
            center: view.center,
            jet,
            taylor: false,
            noise: 0.0,
            bend: f64::INFINITY,
            levels: Levels::default(),
            single_precision: true,
        };
        let magnitude = jets.iter().map(|j| j.value.abs()).filter(|v| v.is_finite()).fold(0.0, f64::max);
        let spread = jets.iter().map(|j| (j.value - jet.value).abs()).filter(|v| v.is_finite()).fold(0.0, f64::max);
        if regular(&middle) {
            frame.bend = frame.bend_of(&offsets, &jets);
        }
        frame.taylor = spread < 1e6 * 8.0 * UNIT_F64 * magnitude && frame.bend < 1e-2;
        let differences: Vec<f64> = offsets
            .iter()
            .zip(&jets)
            .map(|(d, j)| if frame.taylor { frame.quadratic(*d) } else { j.value - jet.value })
            .collect();
        frame.levels = scale.levels(jet.value, &differences);

        // Rounding in f32: by the bound of the formula, else of the sums behind f and of the coordinates, which move f by |∇f||x|.
        let sums = 8.0 * (magnitude + 0.01 * (scale.high - scale.low).min(1e300));
        let reach = [0, 1].map(|i| view.center[i].abs() + half[i]);
        let estimate = |j: &Jet| UNIT_F32 * (sums + 2.0 * (j.gradient[0].abs() * reach[0] + j.gradient[1].abs() * reach[1]));
        // Where a level line is within some screens' reach, the pixels by which the error moves it.
        let halved = libm::exp2(f64::from(frame.levels.halvings));
        let per_px = |j: &Jet| (j.gradient[0] * view.world_per_px[0]).abs() + (j.gradient[1] * view.world_per_px[1]).abs();
        let lined = |j: &Jet| per_px(j) * scale.level_slope(j.value) * halved > LEAST_RATE;
        // Bounds cost more than jets: every second node along both axes.
        let second = |k: usize| (k % COARSE).is_multiple_of(2) && (k / COARSE).is_multiple_of(2);
        let probed = (0..jets.len()).filter(|k| second(*k) && lined(&jets[*k]));
        let bound =
            |k: usize| surface.single_precision_error(view.center, offsets[k], half).unwrap_or_else(|| estimate(&jets[k]));
        let mut displaced: Vec<f64> = probed.map(|k| bound(k) / per_px(&jets[k])).filter(|v| !v.is_nan()).collect();
        displaced.sort_by(f64::total_cmp);
        frame.single_precision = displaced.get(displaced.len() * 3 / 4).is_none_or(|p| *p < 0.1);
        frame.noise = UNIT_F32 * sums;
        (frame, offsets, jets)
    }

    /// The value of f that differences are taken to.
    pub fn reference(&self) -> f64 {
        self.jet.value
    }

    /// What [`shade`](super::shade()) needs at a plane point. Where the view is so small that f64 values are all
    /// alike to a millionth of their rounding and f is quadratic, differences come from the derivatives at the centre.
    pub fn sample(&self, surface: &dyn Surface, u: f64, v: f64) -> Sample {
        let (difference, gradient, hessian) = self.local(surface, [u - self.center[0], v - self.center[1]]);
        Sample { difference: difference as f32, gradient: gradient.map(|g| g as f32), hessian: hessian.map(|h| h as f32) }
    }

    /// Difference, gradient and Hessian at the centre + d.
    pub(super) fn local(&self, surface: &dyn Surface, d: [f64; 2]) -> (f64, [f64; 2], [f64; 3]) {
        if self.taylor {
            return (self.quadratic(d), self.linear(d), self.jet.hessian);
        }
        self.relative(&surface.jet(self.center[0] + d[0], self.center[1] + d[1]), d)
    }

    /// Difference, gradient and Hessian at the centre + d, where `jet` is that of the surface.
    fn relative(&self, jet: &Jet, d: [f64; 2]) -> (f64, [f64; 2], [f64; 3]) {
        if self.taylor {
            (self.quadratic(d), self.linear(d), self.jet.hessian)
        } else {
            (jet.value - self.jet.value, jet.gradient, jet.hessian)
        }
    }

    /// The constants of the picture. `f32_formula` says that f is evaluated in f32 rather than by [`sample`](Self::sample).
    pub fn shading(
        &self,
        view: &View,
        scale: &ValueScale,
        style: &MapStyle,
        domain_half: [f64; 2],
        f32_formula: bool,
    ) -> Shading {
        let noise =
            if f32_formula { self.noise } else { 8.0 * UNIT_F64 * self.jet.value.abs() * f64::from(u8::from(!self.taylor)) };
        Shading::new(view, scale, self.levels, style, self.jet.value, noise, domain_half)
    }

    fn quadratic(&self, d: [f64; 2]) -> f64 {
        let g = self.jet.gradient;
        let [a, b, c] = self.jet.hessian;
        g[0] * d[0] + g[1] * d[1] + 0.5 * (a * d[0] * d[0] + 2.0 * b * d[0] * d[1] + c * d[1] * d[1])
    }

    fn linear(&self, d: [f64; 2]) -> [f64; 2] {
        let [a, b, c] = self.jet.hessian;
        [self.jet.gradient[0] + a * d[0] + b * d[1], self.jet.gradient[1] + b * d[0] + c * d[1]]
    }

    /// How far the gradient is from linear over the view, relative to its largest size: 0 for a quadratic function.
    pub fn bend(&self) -> f64 {
        self.bend
    }

    fn bend_of(&self, offsets: &[[f64; 2]], jets: &[Jet]) -> f64 {
        let size = |g: [f64; 2]| g[0].abs() + g[1].abs();
        let (mut bend, mut largest) = (0.0, 0.0);
        for (d, j) in offsets.iter().zip(jets) {
            let linear = self.linear(*d);
            let away = size([j.gradient[0] - linear[0], j.gradient[1] - linear[1]]);
            if !away.is_finite() {
                return f64::INFINITY;
            }
            bend = f64::max(bend, away);
            largest = f64::max(largest, size(j.gradient));
        }
        if largest > 0.0 { bend / largest } else { f64::INFINITY }
    }
}
