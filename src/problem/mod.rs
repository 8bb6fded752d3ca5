//! Objectives: what optimizers minimize.
//!
//! May import `formula` and `linalg`. Holds the catalogue of landscapes, finite sums over sample tables and
//! plane slices; never an optimizer, never a picture.

pub mod data;
mod error;
mod formula_problem;
mod kind;
mod landscape;
pub mod network;
mod network_problem;
mod plane;
#[allow(clippy::module_inception, reason = "the problem of the room")]
mod problem;
mod scales;
mod table;

pub use error::ProblemError;
pub use formula_problem::FormulaProblem;
pub use kind::Kind;
pub use landscape::{ColorScale, CriticalPoint, Dimension, Landscape, LandscapeParameter, ParameterScale, landscape, landscapes};
pub use network_problem::{NetworkProblem, NetworkProblemError, NetworkSpec, Quality};
pub use plane::Plane;
pub use problem::{Cut, Problem};
pub use scales::estimate_scales;
pub(crate) use scales::sample_points;
pub use table::{Column, SampleTable};

use serde::{Deserialize, Serialize};

/// f : ℝⁿ → ℝ, twice differentiable almost everywhere, in f64.
///
/// Points outside the domain of f give NaN or an infinity, never a panic. Slices have the length [`dim`](Self::dim)
/// (matrices its square, row by row); implementations may assume it.
pub trait Objective: Send + Sync {
    /// n.
    fn dim(&self) -> usize;

    /// f(x).
    fn value(&self, x: &[f64]) -> f64;

    /// Writes ∇f(x) to `gradient` and returns f(x).
    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64;

    /// Writes ∇²f(x) v to `product`.
    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]);

    /// Writes ∇²f(x) to `hessian`, `n * n` numbers row by row, symmetric. Default: n products.
    fn hessian(&self, x: &[f64], hessian: &mut [f64]) {
        let n = self.dim();
        let mut unit = vec![0.0; n];
        for i in 0..n {
            unit[i] = 1.0;
            self.hessian_vector(x, &unit, &mut hessian[i * n..(i + 1) * n]);
            unit[i] = 0.0;
        }
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
                hessian[i * n + j] = mean;
                hessian[j * n + i] = mean;
            }
        }
    }

    /// Writes ∇f(x) and ∇²f(x) and returns f(x): for formulas cheaper than the two calls.
    fn value_gradient_hessian(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        let value = self.value_gradient(x, gradient);
        self.hessian(x, hessian);
        value
    }

    /// Whether [`value_gradient_hessian`](Self::value_gradient_hessian) is one sweep, which costs about as much as one
    /// Hessian-vector product.
    fn has_jets(&self) -> bool {
        false
    }

    /// A bound of the error that f32 makes in f(origin + u a + v b), for the plane [origin, a, b] and (u, v) = `at` known to four
    /// units of `extent`; `None` where none is known at the cost of a few values.
    fn single_precision_error(&self, _plane: [&[f64]; 3], _at: [f64; 2], _extent: [f64; 2]) -> Option<f64> {
        None
    }

    /// A bound, in the Frobenius norm, of the rounding errors with which ∇²f(x) comes; `None` where none is known.
    fn hessian_error(&self, _x: &[f64]) -> Option<f64> {
        None
    }

    /// How good x is on the training and on the test samples of a network; nothing for another function.
    fn qualities(&self, _x: &[f64]) -> [Option<Quality>; 2] {
        [None; 2]
    }

    /// The same objective as a convex loss of residuals, where it is one.
    fn gauss_newton(&self) -> Option<&dyn GaussNewton> {
        None
    }

    /// The same objective as f = (1/m) Σ fᵢ, where it is one.
    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        None
    }
}

/// f = (1/m) Σᵢ fᵢ over `samples()` components.
pub trait FiniteSum: Objective {
    /// m ≥ 1.
    fn samples(&self) -> usize;

    /// (1/|B|) Σ_{i∈B} fᵢ(x); indices in `batch` are below [`samples`](Self::samples) and may repeat.
    fn batch_value(&self, x: &[f64], batch: &[usize]) -> f64;

    /// Writes (1/|B|) Σ_{i∈B} ∇fᵢ(x) to `gradient` and returns the batch's value.
    fn batch_value_gradient(&self, x: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64;

    /// Writes (1/|B|) Σ_{i∈B} ∇²fᵢ(x) v to `product`.
    fn batch_hessian_vector(&self, x: &[f64], batch: &[usize], v: &[f64], product: &mut [f64]);
}

/// f = L ∘ r with a convex loss L: the Gauss-Newton matrix G = Jᵀ ∇²L J, J the Jacobian of r, is positive semidefinite and
/// leaves the curvature of r out of the Hessian (Schraudolph 2002).
pub trait GaussNewton: Objective {
    /// Writes G(x) v to `product`.
    fn gauss_newton_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]);

    /// Writes G(x) to `matrix`, `n * n` numbers row by row, symmetric.
    fn gauss_newton_matrix(&self, x: &[f64], matrix: &mut [f64]);
}

/// What a landscape suggests to methods.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scales {
    /// A step size η for x ← x − η∇f(x): about 1/ℓ with ℓ the largest curvature along the way.
    pub step_size: f64,
    /// A length in x that is neither tiny nor across the whole picture.
    pub radius: f64,
}
