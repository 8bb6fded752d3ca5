//! From function values to colours and contour levels.

use super::ticks::{Tick, nice_step, number, power_of_ten, spread, ticks};
use crate::problem::ColorScale;
use serde::{Deserialize, Serialize};

/// How values are spread over the colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleKind {
    /// t = (f − low) / (high − low).
    Linear,
    /// t = w(f − low) / w(high − low) with w(z) = sign(z) ln(1 + |z|/knee).
    Log,
    /// Linear up to a chosen value, or the 80 % quantile; what is above has the last colour.
    Clip,
}

/// The map from f to the colour position t ∈ [0, 1] and to the contour coordinate q, whose integers are the levels.
///
/// It belongs to a landscape and its parameters: panning and zooming leave it as it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueScale {
    /// The kind.
    pub kind: ScaleKind,
    /// The value of t = 0.
    pub low: f64,
    /// The value of t = 1; greater than `low`.
    pub high: f64,
    /// Where the logarithm begins to bend; positive.
    pub knee: f64,
}

/// How finely the contour levels are subdivided: 2^(`halvings` + `blend`) times the scale's own levels, the
/// finest of them faded in by `blend`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Levels {
    /// Whole halvings of the level distance.
    pub halvings: u32,
    /// In [0, 1): how far the next halving has come.
    pub blend: f64,
}

/// Levels between t = 0 and t = 1, about.
const LEVELS: f64 = 24.0;
/// Levels are halved where fewer than this are in view.
const FEWEST_IN_VIEW: f64 = 7.0;

impl Default for ValueScale {
    fn default() -> Self {
        Self { kind: ScaleKind::Linear, low: 0.0, high: 1.0, knee: 1.0 }
    }
}

impl ValueScale {
    /// The scale of the finite ones of `values`, a coarse grid over the domain. Where no kind is asked for it is linear,
    /// or, where half of the area has less than a quarter of the range, logarithmic with the median at t = 0.45.
    pub fn from_values(values: &[f64], kind: Option<ScaleKind>) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.abs() < 1e300).collect();
        sorted.sort_by(f64::total_cmp);
        let (Some(&low), Some(&last)) = (sorted.first(), sorted.last()) else { return Self::default() };
        let quantile = |p: f64| sorted[((sorted.len() - 1) as f64 * p).round() as usize];
        let room = |high: f64| if high > low { high } else { low + low.abs().max(1.0) };
        let high = room(if quantile(0.995) > low { quantile(0.995) } else { last });
        let share = (quantile(0.5) - low) / (high - low);
        match kind {
            None if share < 0.25 => {
                Self { kind: ScaleKind::Log, low, high: room(last), knee: equalizing_knee(share) * (high - low) }
            }
            None | Some(ScaleKind::Linear) => Self { kind: ScaleKind::Linear, low, high, knee: high - low },
            Some(ScaleKind::Clip) => Self { kind: ScaleKind::Clip, low, high: room(quantile(0.8)), knee: high - low },
            Some(ScaleKind::Log) => {
                let high = room(last);
                Self { kind: ScaleKind::Log, low, high, knee: (quantile(0.03) - low).max(1e-6 * (high - low)) }
            }
        }
    }

    /// The scale that a landscape asks for, from its values on a coarse grid.
    pub fn of_landscape(values: &[f64], color: ColorScale) -> Self {
        match color {
            ColorScale::Linear => Self::from_values(values, None),
            ColorScale::Log => Self::from_values(values, Some(ScaleKind::Log)),
            ColorScale::Clip(high) => {
                let scale = Self::from_values(values, Some(ScaleKind::Clip));
                if high > scale.low && high.is_finite() { Self { high, ..scale } } else { scale }
            }
        }
    }

    /// What the colour bar is named: f, and how it is spread where that is not evenly.
    pub fn name(&self) -> &'static str {
        match self.kind {
            ScaleKind::Linear => "f",
            ScaleKind::Log => "f, log scale",
            ScaleKind::Clip => "f, cut off above",
        }
    }

    /// w(f − low): what is linear in t.
    fn warp(&self, f: f64) -> f64 {
        let z = f - self.low;
        match self.kind {
            ScaleKind::Log => libm::copysign(libm::log1p(z.abs() / self.knee), z),
            _ => z,
        }
    }

    /// w(f + df − low) − w(f − low), without the cancellation of the two.
    pub fn warp_difference(&self, f: f64, df: f64) -> f64 {
        let z = f - self.low;
        match self.kind {
            ScaleKind::Log if z * (z + df) > 0.0 || z == 0.0 => {
                let side = if z == 0.0 { df } else { z };
                let size = libm::copysign(df, df * side);
                libm::copysign(1.0, side) * libm::log1p(size / (self.knee + z.abs()))
            }
            ScaleKind::Log => self.warp(f + df) - self.warp(f),
            _ => df,
        }
    }

    /// dt per unit of w.
    pub fn color_gain(&self) -> f64 {
        1.0 / self.warp(self.high)
    }

    /// dq per unit of w, before any halving.
    pub fn level_gain(&self) -> f64 {
        match self.kind {
            ScaleKind::Log => LEVELS * self.color_gain(),
            _ => 1.0 / self.level_step(),
        }
    }

    fn level_step(&self) -> f64 {
        let (mantissa, exponent) = nice_step((self.high - self.low) / LEVELS);
        mantissa * power_of_ten(exponent)
    }

    /// t of f: 0 at `low`, 1 at `high`, beyond them outside [0, 1]; NaN where f is.
    pub fn position(&self, f: f64) -> f64 {
        self.warp(f) * self.color_gain()
    }

    /// f at t: the inverse of [`position`](Self::position).
    pub fn value(&self, t: f64) -> f64 {
        let w = t / self.color_gain();
        match self.kind {
            ScaleKind::Log => self.low + libm::copysign(self.knee * libm::expm1(w.abs()), w),
            _ => self.low + w,
        }
    }

    /// The contour coordinate q: levels are where it is an integer, round values of f on a linear scale and
    /// even steps of t on a logarithmic one, one of them 0 where 0 is well inside, and none the least value; every fifth is emphasised.
    pub fn level_coordinate(&self, f: f64) -> f64 {
        match self.kind {
            ScaleKind::Log => self.warp(f) * self.level_gain() + self.level_offset(),
            _ => f / self.level_step(),
        }
    }

    fn level_offset(&self) -> f64 {
        let zero = self.position(0.0);
        if (0.5 / LEVELS..1.0).contains(&zero) { -zero * LEVELS } else { 0.5 }
    }

    /// dq/df at f, before any halving.
    pub fn level_slope(&self, f: f64) -> f64 {
        let slope = if self.kind == ScaleKind::Log { 1.0 / (self.knee + (f - self.low).abs()) } else { 1.0 };
        slope * self.level_gain()
    }

    /// How the levels are subdivided in a view whose values are `reference + differences`: not at all as long as
    /// enough of them are in view.
    pub fn levels(&self, reference: f64, differences: &[f64]) -> Levels {
        let mut q: Vec<f64> = differences.iter().map(|d| self.warp_difference(reference, *d) * self.level_gain()).collect();
        q.retain(|v| v.is_finite());
        q.sort_by(f64::total_cmp);
        let rank = |p: f64| q.get((q.len().saturating_sub(1) as f64 * p).round() as usize).copied().unwrap_or(0.0);
        let range = rank(0.97) - rank(0.03);
        if range <= 0.0 {
            return Levels::default();
        }
        let halvings = libm::log2(FEWEST_IN_VIEW / range).clamp(0.0, 120.0);
        Levels { halvings: halvings.floor() as u32, blend: halvings.fract() }
    }

    /// Ticks of the colour bar, about `count`, `value` being t: round values of f spread over the bar, from near its one end to near
    /// the other.
    pub fn bar_ticks(&self, count: usize) -> Vec<Tick> {
        let mut round = if self.kind == ScaleKind::Log { Vec::new() } else { ticks(self.low, self.high, count).ticks };
        round.iter_mut().for_each(|tick| tick.label = number(tick.value, 4));
        if round.len() < 3 {
            round = spread(count, true, |t| self.value(t), |f| self.position(f));
        }
        round.into_iter().map(|tick| Tick { value: self.position(tick.value), ..tick }).collect()
    }
}

/// The knee, as a share of the range, at which the value at `share` of the range has t = 0.45: bisection in its logarithm.
fn equalizing_knee(share: f64) -> f64 {
    let (mut low, mut high) = (-12.0, 2.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        let knee = libm::exp10(middle);
        if libm::log1p(share / knee) / libm::log1p(1.0 / knee) > 0.45 {
            low = middle;
        } else {
            high = middle;
        }
    }
    libm::exp10(0.5 * (low + high)).max(1e-6)
}
