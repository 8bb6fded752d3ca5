//! The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno.

use super::gradient_step;
use super::line_search::{Condition, LENGTH, LineSearch, c2};
use super::searched::{Direction, Searched, Taken};
use crate::linalg::{Metric, Vector, axpy, dot, mat_vec, norm};
use crate::optim::{Family, Method, Requirement};

const SOURCE: &str = "Nocedal, Wright 2006, Algorithm 6.1";

/// B ← B − B s sᵀB/(sᵀBs) + y yᵀ/(yᵀs), x ← x − α B⁻¹g with α of the strong Wolfe conditions, which keep yᵀs > 0.
///
/// B starts at I/η; before its first update it is (yᵀy/yᵀs) I (equation 6.20). An update with yᵀs ≤ 10⁻⁸‖y‖‖s‖, which
/// only a search cut short can leave, is skipped. A step solves with B itself, of which the region is made: n³/3 operations.
pub(in crate::optim) const BFGS: Method = Method {
    id: "bfgs",
    name: "BFGS",
    family: Family::FirstOrder,
    formula: "x ← x − α B⁻¹g,  B s = y",
    summary: "Learns the curvature from gradients alone: its ellipsoid turns into that of Newton's method.",
    source: SOURCE,
    parameters: &[gradient_step(1.0, 1.0, SOURCE), c2(0.9), LENGTH],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let secant = Secant { first: values.number("step_size"), matrix: None };
        Searched::boxed(start, LineSearch::new(values, Condition::Wolfe), secant)
    },
};

#[derive(Clone)]
struct Secant {
    /// η.
    first: f64,
    /// B, from the first update on.
    matrix: Option<Vector>,
}

/// Whether a pair tells a positive curvature along s.
pub(super) fn is_convex(s: &[f64], y: &[f64]) -> bool {
    dot(s, y) > 1e-8 * norm(s) * norm(y)
}

/// B ← B − B s sᵀB/(sᵀBs) + y yᵀ/(yᵀs) (Nocedal, Wright 2006, equation 6.19).
pub(super) fn update(b: &mut [f64], s: &[f64], y: &[f64]) {
    let n = s.len();
    let mut bs = Vector::from_elem(0.0, n);
    mat_vec(b, s, &mut bs);
    let (curvature, change) = (dot(s, &bs), dot(s, y));
    for (i, row) in b.chunks_exact_mut(n.max(1)).enumerate() {
        axpy(-bs[i] / curvature, &bs, row);
        axpy(y[i] / change, y, row);
    }
}

/// `scale` I.
pub(super) fn multiple_of_identity(scale: f64, n: usize) -> Vector {
    (0..n * n).map(|k| if k / n == k % n { scale } else { 0.0 }).collect()
}

impl Direction for Secant {
    fn direction(&mut self, gradient: &[f64]) -> Vector {
        let mut p: Vector = gradient.iter().map(|g| -g).collect();
        match &self.matrix {
            None => p.iter_mut().for_each(|v| *v *= self.first),
            Some(b) => Metric::Full(b.clone()).factor(p.len()).solve(&mut p),
        }
        p
    }

    fn first_length(&self, _slope: f64, _t: u64) -> f64 {
        1.0
    }

    fn learn(&mut self, taken: &Taken) {
        let (s, y) = (&taken.step, &taken.change);
        if is_convex(s, y) {
            let b = self.matrix.get_or_insert_with(|| multiple_of_identity(dot(y, y) / dot(s, y), s.len()));
            update(b, s, y);
        }
    }

    fn forget(&mut self) {
        self.matrix = None;
    }

    fn metric(&self, n: usize) -> Option<Metric> {
        let scaled = || Metric::Diagonal(Vector::from_elem(1.0 / self.first, n));
        Some(self.matrix.clone().map_or_else(scaled, Metric::Full))
    }
}
