//! Quantiles over seeds.

use serde::Serialize;

/// The quantiles that bands show: the middle half and the middle eighty per cent around the median.
pub const QUANTILES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// The q-quantile of ascending values, linear between order statistics (Hyndman and Fan 1996, type 7); NaN of none. Where
/// a neighbour is infinite there is no line to it, and the quantile is the upper neighbour.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q.clamp(0.0, 1.0) * last as f64;
    let below = place as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let t = place - below as f64;
    if t == 0.0 || low == high {
        low
    } else if low.is_infinite() || high.is_infinite() {
        high
    } else {
        low + t * (high - low)
    }
}

/// The five [`QUANTILES`] of values over runs; NaN counts as +∞.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The 10 % quantile.
    pub q10: f64,
    /// The 25 % quantile.
    pub q25: f64,
    /// The median.
    pub median: f64,
    /// The 75 % quantile.
    pub q75: f64,
    /// The 90 % quantile.
    pub q90: f64,
}

impl Summary {
    /// Of these values, in any order.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        Self::of_mut(&mut values)
    }

    /// As [`of`](Self::of), sorting in place.
    pub fn of_mut(values: &mut [f64]) -> Self {
        values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = f64::INFINITY);
        values.sort_unstable_by(f64::total_cmp);
        let [q10, q25, median, q75, q90] = QUANTILES.map(|q| quantile(values, q));
        Self { q10, q25, median, q75, q90 }
    }

    /// The quantiles in ascending order.
    pub fn quantiles(&self) -> [f64; 5] {
        [self.q10, self.q25, self.median, self.q75, self.q90]
    }
}
