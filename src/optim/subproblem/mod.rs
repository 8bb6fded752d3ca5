//! The trust-region subproblem: minimize m(s) = ⟨g, s⟩ + ½ sᵀHs over ‖s‖_M ≤ Δ; and the cubic one, over all s with (σ/3)‖s‖³ added.
//!
//! May import `linalg` and the records of `optim`; knows no objective and keeps no state. One solver a file, each
//! returns a [`Solution`]. A metric must be positive definite ([`Metric::validate`](crate::linalg::Metric::validate)),
//! Δ positive and finite, g and H finite and of matching size.

mod cauchy;
mod cholesky;
mod cubic;
mod dogleg;
mod exact;
mod krylov;
mod lanczos;
mod steihaug;

pub use cauchy::cauchy;
pub use cubic::{cubic, cubic_lanczos};
pub use dogleg::dogleg;
pub use exact::{ORTHOGONAL, exact, exact_observed};
pub(super) use krylov::Krylov;
pub use lanczos::{Curvature, lanczos};
pub use steihaug::{Stop, forcing_tolerance, steihaug, steihaug_until};

use super::{Exit, Path, StepError};
use crate::linalg::{Metric, Vector, mat_vec, norm, zeros};
use smallvec::smallvec;

/// A step of a subproblem solver.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// s.
    pub step: Vector,
    /// λ ≥ 0 of (H + λM)s = −g; NaN where the solver does not find it.
    pub multiplier: f64,
    /// −m(s) ≥ 0.
    pub model_decrease: f64,
    /// ‖s‖_M.
    pub norm: f64,
    /// How the solver ended.
    pub exit: Exit,
    /// The points it went through, the step last.
    pub path: Path,
    /// Products with H that it took; 0 for a dense solver.
    pub products: usize,
}

impl Solution {
    /// s = 0: nothing to do, or nothing known.
    fn zero(n: usize) -> Self {
        Self {
            step: zeros(n),
            multiplier: 0.0,
            model_decrease: 0.0,
            norm: 0.0,
            exit: Exit::ZeroGradient,
            path: Path::new(),
            products: 0,
        }
    }

    /// The first point of the path as the solution: in the hard case the step of least norm, inside the region.
    pub fn shortest(&self, metric: &Metric) -> Self {
        let Some(step) = self.path.first().cloned() else { return self.clone() };
        let norm = metric.norm(&step);
        let path = smallvec![step.clone()];
        Self { step, norm, path, exit: Exit::Interior, ..*self }
    }

    /// The solution in other units: s in units of `length`, the model in units of `value`.
    fn rescaled(mut self, length: f64, value: f64) -> Self {
        self.step.iter_mut().chain(self.path.iter_mut().flatten()).for_each(|v| *v *= length);
        self.norm *= length;
        self.model_decrease *= value;
        self.multiplier *= value / length / length;
        self
    }
}

/// The solvers by name, for a dense Hessian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// [`exact`].
    Exact,
    /// [`steihaug`].
    Steihaug,
    /// [`lanczos`].
    Lanczos,
    /// [`cauchy`].
    Cauchy,
    /// [`dogleg`].
    Dogleg,
}

impl Solver {
    /// Every solver.
    pub const ALL: [Self; 5] = [Self::Exact, Self::Steihaug, Self::Lanczos, Self::Cauchy, Self::Dogleg];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Steihaug => "steihaug",
            Self::Lanczos => "lanczos",
            Self::Cauchy => "cauchy",
            Self::Dogleg => "dogleg",
        }
    }

    /// Solves the subproblem with the Hessian `h`, `n * n` numbers row by row; the iterative solvers to a relative
    /// residual of 10⁻¹² within 2n products; [`lanczos`] probes the curvature.
    pub fn solve(self, g: &[f64], h: &[f64], metric: &Metric, radius: f64) -> Solution {
        let product = |v: &[f64], hv: &mut [f64]| -> Result<(), StepError> {
            mat_vec(h, v, hv);
            Ok(())
        };
        let limit = 2 * g.len();
        let solved = match self {
            Self::Exact => return exact(g, h, metric, radius),
            Self::Dogleg => return dogleg(g, h, metric, radius),
            Self::Steihaug => steihaug(g, product, metric, radius, 1e-12 * norm(g), limit),
            Self::Lanczos => lanczos(g, product, metric, radius, 1e-12, limit, Curvature::Probed),
            Self::Cauchy => cauchy(g, product, metric, radius),
        };
        solved.unwrap_or_else(|_| Solution::zero(g.len()))
    }
}

/// Numbers above this are scaled down first, so that their squares do not overflow.
const LARGE: f64 = 1e60;

fn largest(v: &[f64]) -> f64 {
    v.iter().fold(0.0, |m, e| m.max(e.abs()))
}
