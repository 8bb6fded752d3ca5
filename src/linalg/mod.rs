//! Small dense linear algebra: vectors, metrics, eigenvalues, seeded random numbers.
//!
//! Imports nothing of this crate: it knows neither objectives nor optimizers.
//! Everything here is deterministic to the bit on every platform: IEEE operations in a fixed order and
//! transcendental functions from `libm`.

mod eigen;
mod factor;
mod metric;
mod rng;

pub use eigen::{SymmetricEigen, symmetric_eigen, symmetric_eigen_2x2, symmetric_eigenvalues};
pub use factor::Factor;
pub use metric::{Metric, MetricError};
pub use rng::Rng;

use smallvec::SmallVec;

/// A vector of ℝⁿ. Up to four numbers live inline: on two-dimensional landscapes nothing is allocated
/// in a step. A symmetric matrix of order `n` is stored in the same type, row by row (`n * n` numbers).
pub type Vector = SmallVec<[f64; 4]>;

/// ⟨a, b⟩ = Σ aᵢ bᵢ, summed from left to right.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (p, q)| sum + p * q)
}

/// ‖a‖₂. Scaled where the plain sum of squares would overflow or underflow.
pub fn norm(a: &[f64]) -> f64 {
    let plain = dot(a, a);
    if plain.is_normal() || plain == 0.0 && a.iter().all(|v| *v == 0.0) {
        return plain.sqrt();
    }
    let largest = a.iter().fold(0.0_f64, |m, v| if v.is_nan() { f64::NAN } else { m.max(v.abs()) });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * a.iter().fold(0.0, |sum, v| sum + (v / largest) * (v / largest)).sqrt()
}

/// y ← y + a x.
pub fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (yi, xi) in y.iter_mut().zip(x) {
        *yi += a * xi;
    }
}

/// y = A x for a square matrix stored row by row.
pub fn mat_vec(a: &[f64], x: &[f64], y: &mut [f64]) {
    let n = x.len();
    for (row, yi) in a.chunks_exact(n.max(1)).zip(y.iter_mut()) {
        *yi = dot(row, x);
    }
}

/// Whether every entry is finite.
pub fn all_finite(a: &[f64]) -> bool {
    a.iter().all(|v| v.is_finite())
}
