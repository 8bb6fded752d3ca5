//! What is seen at a row of a trace.

use crate::linalg::{norm, symmetric_eigenvalues};
use crate::problem::{Objective, Problem, Quality};

/// Above this dimension λ_min is not computed for every row.
const LARGEST_SPECTRUM: usize = 64;

/// What is seen at a row.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub(super) f: f64,
    pub(super) slope: f64,
    /// λ_min and λ_max.
    pub(super) ends: [f64; 2],
    /// Test loss, accuracy and test accuracy.
    pub(super) qualities: [f64; 3],
}

impl Look {
    /// Not looked.
    pub(super) const NOTHING: Self = Self { f: f64::NAN, slope: f64::NAN, ends: [f64::NAN; 2], qualities: [f64::NAN; 3] };
}

/// Room for looking.
pub struct Looker {
    gradient: Vec<f64>,
    hessian: Vec<f64>,
}

impl Looker {
    /// For a problem of this dimension.
    pub fn new(problem: &Problem) -> Self {
        let n = problem.dim();
        let dense = n <= LARGEST_SPECTRUM && problem.network().is_none();
        Self { gradient: vec![0.0; n], hessian: vec![0.0; if dense { n * n } else { 0 }] }
    }

    /// f and ‖∇f‖.
    pub fn value_and_slope(&mut self, problem: &Problem, x: &[f64]) -> (f64, f64) {
        let f = problem.value_gradient(x, &mut self.gradient);
        (f, norm(&self.gradient))
    }

    /// f, ‖∇f‖ and the ends of the spectrum of a formula in few variables; f, ‖∇f‖ and the qualities of a network.
    pub fn look(&mut self, problem: &Problem, x: &[f64]) -> Look {
        if problem.network().is_some() {
            let (f, slope) = self.value_and_slope(problem, x);
            let [train, test] = problem.qualities(x);
            let accuracy = |quality: Option<Quality>| quality.and_then(|q| q.accuracy).unwrap_or(f64::NAN);
            let qualities = [test.map_or(f64::NAN, |q| q.loss), accuracy(train), accuracy(test)];
            return Look { f, slope, ends: [f64::NAN; 2], qualities };
        }
        if self.hessian.is_empty() {
            let (f, slope) = self.value_and_slope(problem, x);
            return Look { f, slope, ..Look::NOTHING };
        }
        let f = problem.value_gradient_hessian(x, &mut self.gradient, &mut self.hessian);
        let eigenvalues = symmetric_eigenvalues(&self.hessian, x.len());
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        let ends = [end(eigenvalues.first()), end(eigenvalues.last())];
        Look { f, slope: norm(&self.gradient), ends, ..Look::NOTHING }
    }
}

/// Whether a row of a network's run is looked at: 64 rows in each octave, and all of the first.
pub fn is_looked_at(row: usize) -> bool {
    row < 128 || row.is_multiple_of((1 << row.ilog2()) / 64)
}
