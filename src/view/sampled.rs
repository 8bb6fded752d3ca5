//! A surface that is known at the nodes of a grid: what a slice through a network's weights is drawn from.

use super::surface::{Jet, Slice, Surface};
use crate::problem::{Objective, Plane};
use std::sync::Arc;

/// Nodes a side of the grids, each of which has the nodes of the one before.
const SIDES: [usize; 5] = [9, 17, 33, 65, 129];

/// f at the nodes of a grid over a box, cubic in between (Catmull, Rom 1974); NaN outside.
#[derive(Clone, Debug, PartialEq)]
pub struct SampledSurface {
    bounds: [[f64; 2]; 2],
    side: usize,
    values: Vec<f64>,
}

impl SampledSurface {
    /// [u₀, u₁] × [v₀, v₁].
    pub fn bounds(&self) -> [[f64; 2]; 2] {
        self.bounds
    }

    /// Nodes a side.
    pub fn side(&self) -> usize {
        self.side
    }

    /// f at the nodes, from the bottom up.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// f at the nodes of the grid of `side` nodes a side that this one was refined from; at all nodes where it is no finer.
    pub fn nodes(&self, side: usize) -> Vec<f64> {
        let stride = (self.side - 1).checked_div(side.saturating_sub(1)).unwrap_or(1).max(1);
        let rows = self.values.chunks_exact(self.side).step_by(stride);
        rows.flat_map(|row| row.iter().step_by(stride).copied()).collect()
    }

    /// The value at a node, continued quadratically beyond the rim.
    fn node(&self, i: isize, j: isize) -> f64 {
        let last = self.side as isize - 1;
        let at = |i: isize, j: isize| self.values[j as usize * self.side + i as usize];
        let along = |i: isize, j: isize| match i {
            _ if i < 0 => 3.0 * at(0, j) - 3.0 * at(1, j) + at(2, j),
            _ if i > last => 3.0 * at(last, j) - 3.0 * at(last - 1, j) + at(last - 2, j),
            _ => at(i, j),
        };
        match j {
            _ if j < 0 => 3.0 * along(i, 0) - 3.0 * along(i, 1) + along(i, 2),
            _ if j > last => 3.0 * along(i, last) - 3.0 * along(i, last - 1) + along(i, last - 2),
            _ => along(i, j),
        }
    }
}

/// Weights of the four nodes around t ∈ [0, 1] for the value, the first and the second derivative.
fn catmull_rom(t: f64) -> [[f64; 4]; 3] {
    let (t2, t3) = (t * t, t * t * t);
    [
        [-0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1.0, -1.5 * t3 + 2.0 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2],
        [-1.5 * t2 + 2.0 * t - 0.5, 4.5 * t2 - 5.0 * t, -4.5 * t2 + 4.0 * t + 0.5, 1.5 * t2 - t],
        [-3.0 * t + 2.0, 9.0 * t - 5.0, -9.0 * t + 4.0, 3.0 * t - 1.0],
    ]
}

impl Surface for SampledSurface {
    fn value(&self, u: f64, v: f64) -> f64 {
        self.jet(u, v).value
    }

    fn jet(&self, u: f64, v: f64) -> Jet {
        let last = (self.side - 1) as f64;
        let cell = self.bounds.map(|[low, high]| (high - low) / last);
        let at = [(u - self.bounds[0][0]) / cell[0], (v - self.bounds[1][0]) / cell[1]];
        // A rounding beyond the rim is the rim.
        if !at.iter().all(|a| (-1e-9..=last + 1e-9).contains(a)) {
            return Jet { value: f64::NAN, gradient: [f64::NAN; 2], hessian: [f64::NAN; 3] };
        }
        let corner = at.map(|a| a.floor().clamp(0.0, last - 1.0));
        let (wu, wv) = (catmull_rom(at[0] - corner[0]), catmull_rom(at[1] - corner[1]));
        let mut sums = [[0.0; 3]; 3];
        for (dj, row) in (-1..3).enumerate() {
            let mut along = [0.0; 3];
            for (di, column) in (-1..3).enumerate() {
                let f = self.node(corner[0] as isize + column, corner[1] as isize + row);
                (0..3).for_each(|k| along[k] += wu[k][di] * f);
            }
            for (k, sum) in sums.iter_mut().enumerate() {
                (0..3).for_each(|l| sum[l] += wv[k][dj] * along[l]);
            }
        }
        Jet {
            value: sums[0][0],
            gradient: [sums[0][1] / cell[0], sums[1][0] / cell[1]],
            hessian: [sums[0][2] / (cell[0] * cell[0]), sums[1][1] / (cell[0] * cell[1]), sums[2][0] / (cell[1] * cell[1])],
        }
    }
}

/// Finer and finer grids of a slice, node by node.
pub struct SliceSampling {
    objective: Arc<dyn Objective>,
    plane: Plane,
    bounds: [[f64; 2]; 2],
    stage: usize,
    values: Vec<f64>,
    next: usize,
}

impl SliceSampling {
    /// Nothing sampled yet of the box `bounds` of the plane.
    pub fn new(objective: Arc<dyn Objective>, plane: Plane, bounds: [[f64; 2]; 2]) -> Self {
        let side = SIDES[0];
        Self { objective, plane, bounds, stage: 0, values: vec![f64::NAN; side * side], next: 0 }
    }

    /// Samples the next node; returns a grid that has become complete.
    pub fn advance(&mut self) -> Option<SampledSurface> {
        let side = *SIDES.get(self.stage)?;
        let (i, j) = (self.next % side, self.next / side);
        // Every second node in both directions is known from the grid before.
        if self.stage == 0 || i % 2 == 1 || j % 2 == 1 {
            let at = |[low, high]: [f64; 2], k: usize| low + (high - low) * k as f64 / (side - 1) as f64;
            let slice = Slice { objective: &*self.objective, plane: &self.plane };
            self.values[self.next] = slice.value(at(self.bounds[0], i), at(self.bounds[1], j));
        }
        self.next += 1;
        if self.next < self.values.len() {
            return None;
        }
        self.stage += 1;
        self.next = 0;
        let finished = std::mem::take(&mut self.values);
        if let Some(finer) = SIDES.get(self.stage) {
            self.values = vec![f64::NAN; finer * finer];
            for j in 0..side {
                for i in 0..side {
                    self.values[2 * j * finer + 2 * i] = finished[j * side + i];
                }
            }
        }
        Some(SampledSurface { bounds: self.bounds, side, values: finished })
    }

    /// Whether the finest grid was returned.
    pub fn is_done(&self) -> bool {
        self.stage >= SIDES.len()
    }

    /// The share that is done.
    pub fn progress(&self) -> f64 {
        let cost = |side: usize| (side * side) as f64;
        let before: f64 = SIDES[..self.stage].last().map_or(0.0, |side| cost(*side));
        let part = self.next as f64 / self.values.len().max(1) as f64;
        let now = SIDES.get(self.stage).map_or(0.0, |side| (cost(*side) - before) * part);
        (before + now) / cost(SIDES[SIDES.len() - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f = x² − 3xy + y³/2 over ℝ².
    struct Cubic;

    impl Objective for Cubic {
        fn dim(&self) -> usize {
            2
        }

        fn value(&self, x: &[f64]) -> f64 {
            x[0] * x[0] - 3.0 * x[0] * x[1] + 0.5 * x[1] * x[1] * x[1]
        }

        fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
            gradient.copy_from_slice(&[2.0 * x[0] - 3.0 * x[1], -3.0 * x[0] + 1.5 * x[1] * x[1]]);
            self.value(x)
        }

        fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
            product.copy_from_slice(&[2.0 * v[0] - 3.0 * v[1], -3.0 * v[0] + 3.0 * x[1] * v[1]]);
        }
    }

    #[test]
    fn grids_are_nested_and_close_to_the_function() {
        let bounds = [[-1.0, 1.0], [-2.0, 2.0]];
        let plane = Plane::coordinates(2);
        let mut sampling = SliceSampling::new(Arc::new(Cubic), plane.clone(), bounds);
        let mut grids = Vec::new();
        while !sampling.is_done() {
            grids.extend(sampling.advance());
            assert!((0.0..=1.0).contains(&sampling.progress()));
        }
        assert_eq!(grids.iter().map(SampledSurface::side).collect::<Vec<_>>(), SIDES);
        assert!(grids[2..].iter().all(|grid| grid.nodes(33) == grids[2].values()));
        assert_eq!(grids[0].nodes(33), grids[0].values());
        let exact = Slice { objective: &Cubic, plane: &plane };
        let mut last = f64::INFINITY;
        for grid in &grids {
            let mut worst = 0.0_f64;
            for k in 0..50 {
                let (u, v) = (-0.9 + 0.036 * f64::from(k), -1.7 + 0.07 * f64::from(k));
                let (ours, theirs) = (grid.jet(u, v), exact.jet(u, v));
                worst = worst.max((ours.value - theirs.value).abs());
                let h = 4.0 / (grid.side() - 1) as f64;
                assert!((ours.gradient[1] - theirs.gradient[1]).abs() <= 2.0 * h * h, "{} {ours:?} {theirs:?}", grid.side());
                assert!((ours.gradient[0] - theirs.gradient[0]).abs() < 1e-9);
            }
            assert!(worst < last || worst < 1e-12, "{} {worst}", grid.side());
            last = worst;
            // Every node is the function itself.
            assert!((grid.value(-1.0, 2.0) - Cubic.value(&[-1.0, 2.0])).abs() < 1e-12);
        }
        assert!(last < 1e-4 && grids[0].value(1.1, 0.0).is_nan());
    }
}
