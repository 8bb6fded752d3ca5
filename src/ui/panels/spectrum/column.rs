//! A column of the heat map: how many eigenvalues there are in each of its rows.

use super::over_time::TimeColumn;
use super::picture::smooth;
use crate::view::{Bins, SpectralAxis};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rows of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Eigenvalues in each, the lowest first.
    pub counts: Vec<f64>,
    /// Up to which coordinate on either side of 0 signs are not told.
    unsure: f64,
}

impl Rows {
    /// Of a column: all eigenvalues where they are known, else what the density has of them between the followed ends.
    fn of(column: &TimeColumn, axis: &SpectralAxis, bins: &Bins) -> Self {
        let Some(density) = &column.density else {
            // The followed ends alone are no picture of the whole.
            let all = if column.reach.is_none() { &column.values[..] } else { &[] };
            return Self { counts: bins.counts(all.iter().map(|v| axis.coordinate(*v))), unsure: 0.0 };
        };
        let middles: Vec<f64> = (0..bins.count).map(|row| bins.middle(row)).collect();
        let (mut counts, _) = smooth(density, axis, bins, &middles);
        if let (Some(lowest), Some(highest)) = (column.values.first(), column.values.last()) {
            let [low, high] = [lowest, highest].map(|v| axis.coordinate(*v));
            let beyond = |middle: f64| middle < low - 0.5 * bins.width || middle > high + 0.5 * bins.width;
            counts.iter_mut().zip(&middles).filter(|(_, middle)| beyond(**middle)).for_each(|(count, _)| *count = 0.0);
        }
        Self { counts, unsure: axis.coordinate(-density.negative().below) }
    }

    /// −1, 0 or 1: the sign of the eigenvalues in the row around a coordinate; 0 where it is not told.
    pub fn sign(&self, middle: f64, width: f64) -> f64 {
        if middle.abs() < (0.6 * width).max(self.unsure) { 0.0 } else { middle.signum() }
    }
}

/// The rows of all columns, which are kept as long as the axis is.
#[derive(Default)]
pub struct AllRows {
    axis: Option<SpectralAxis>,
    /// By steps, with the eigenvalues that they are of.
    rows: BTreeMap<u64, (Arc<[f64]>, Rows)>,
}

impl AllRows {
    /// Makes what is not there yet.
    pub fn follow(&mut self, columns: &[TimeColumn], axis: &SpectralAxis, bins: &Bins) {
        let mut old = std::mem::take(&mut self.rows);
        if self.axis.replace(*axis) != Some(*axis) {
            old.clear();
        }
        for column in columns {
            let kept = old.remove(&column.step).filter(|(of, _)| Arc::ptr_eq(of, &column.values));
            let made = || (Arc::clone(&column.values), Rows::of(column, axis, bins));
            self.rows.insert(column.step, kept.unwrap_or_else(made));
        }
    }

    /// The most eigenvalues in a row, at least one.
    pub fn top(&self) -> f64 {
        self.rows.values().flat_map(|(_, rows)| &rows.counts).copied().fold(1.0, f64::max)
    }

    /// The rows at the column nearest to a step.
    pub fn nearest(&self, step: f64) -> Option<&Rows> {
        let distance = |(of, _): &(&u64, &(Arc<[f64]>, Rows))| (**of as f64 - step).abs();
        let after = self.rows.range(step.max(0.0).ceil() as u64..).next();
        let before = self.rows.range(..step.max(0.0).ceil() as u64).next_back();
        let nearest = before.into_iter().chain(after).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.map(|(_, (_, rows))| rows)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::measure::spectrum::{Quadrature, SpectralDensity};
    use crate::ui::panels::spectrum::over_time::Reach;

    fn column(step: u64, values: &[f64], nodes: &[f64]) -> TimeColumn {
        let weights = vec![1.0 / nodes.len() as f64; nodes.len()];
        let probe = Quadrature { nodes: nodes.to_vec(), weights, trace: 0.0 };
        let density = SpectralDensity { dim: 1000, probes: vec![probe], products: nodes.len() };
        let reach = Some(Reach { residual: 1e-9, converged: true });
        TimeColumn { step, values: values.into(), reach, density: Some(Arc::new(density)) }
    }

    #[test]
    fn nothing_is_beyond_the_ends_and_no_sign_nearer_to_0_than_the_nodes_tell_it() {
        let nodes = [-0.12, -0.1, -2e-3, 1e-4, 0.5, 2.0, 9.0];
        let column = column(3, &[-0.12, 9.0], &nodes);
        let axis = SpectralAxis::around([-10.0, 100.0].into_iter(), true);
        let bins = Bins { low: axis.range[0], width: (axis.range[1] - axis.range[0]) / 96.0, count: 96 };
        let rows = Rows::of(&column, &axis, &bins);
        let mut counted = 0.0;
        for (row, count) in rows.counts.iter().enumerate() {
            let middle = bins.middle(row);
            let value = axis.value(middle);
            if *count > 0.0 {
                let [low, high] = [-0.12, 9.0].map(|v| axis.coordinate(v));
                assert!(middle >= low - 0.5 * bins.width && middle <= high + 0.5 * bins.width, "{value}");
            }
            let told = rows.sign(middle, bins.width);
            assert!(if value.abs() < 1.9e-3 { told == 0.0 } else { told == value.signum() || value.abs() < 2.3e-3 }, "{value}");
            counted += count;
        }
        assert!((counted - 1000.0).abs() < 100.0, "{counted}");
    }

    #[test]
    fn rows_are_made_once_and_the_nearest_is_found() {
        let columns = [column(0, &[-1.0, 1.0], &[-1.0, 0.5, 1.0]), column(10, &[-2.0, 2.0], &[-2.0, 1.0, 2.0])];
        let axis = SpectralAxis::around([-2.0, 2.0].into_iter(), true);
        let bins = axis.bins(40);
        let mut all = AllRows::default();
        assert!(all.nearest(3.0).is_none() && all.top() == 1.0);
        all.follow(&columns, &axis, &bins);
        let place = all.nearest(4.0).unwrap().counts.as_ptr();
        all.follow(&columns, &axis, &bins);
        assert_eq!(all.nearest(-1.0).unwrap().counts.as_ptr(), place);
        assert_eq!(all.nearest(5.1), all.nearest(99.0));
        assert_ne!(all.nearest(4.9), all.nearest(5.1));
        // The followed ends alone, and another axis.
        let ends = TimeColumn { density: None, ..columns[0].clone() };
        all.follow(&[ends], &SpectralAxis::around([-2.0, 3.0].into_iter(), true), &bins);
        assert!(all.nearest(0.0).unwrap().counts.iter().all(|count| *count == 0.0));
    }
}
