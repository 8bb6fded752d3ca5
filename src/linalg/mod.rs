//! Linear algebra: vectors, metrics, eigenvalues of dense matrices and of products, seeded random numbers.
//!
//! Imports nothing of this crate: it knows neither objectives nor optimizers.
//! Everything here is deterministic to the bit on every platform: IEEE operations in a fixed order and
//! transcendental functions from `libm`.

mod eigen;
mod ends;
mod factor;
mod job;
mod lanczos;
pub(crate) mod lanes;
mod metric;
mod operator;
mod rng;
mod solver;

pub use eigen::{SymmetricEigen, newton_step, symmetric_eigen, symmetric_eigen_2x2, symmetric_eigenvalues};
pub use ends::{Ends, EndsOptions, Goal, RitzPair};
pub use factor::Factor;
pub use job::Job;
pub use lanczos::EndsJob;
pub use metric::{Metric, MetricError};
pub use operator::{FnOperator, Operator};
pub use rng::{Rng, SplitMix};
pub use solver::{EigenSolver, Eigenpairs};

use smallvec::SmallVec;

/// A vector of ℝⁿ. Up to four numbers live inline: on two-dimensional landscapes nothing is allocated
/// in a step. A symmetric matrix of order `n` is stored in the same type, row by row (`n * n` numbers).
pub type Vector = SmallVec<[f64; 4]>;

/// A copy of `a`; in the plane it costs two loads.
#[inline]
pub fn copy(a: &[f64]) -> Vector {
    match *a {
        [x, y] => Vector::from_buf_and_len([x, y, 0.0, 0.0], 2),
        [a, b, c, d] => Vector::from_buf_and_len([a, b, c, d], 4),
        _ => Vector::from_slice(a),
    }
}

/// y ← x, of one length; in the plane without a call.
#[inline]
pub fn assign(x: &[f64], y: &mut [f64]) {
    match (x, &mut *y) {
        ([a, b], [p, q]) => (*p, *q) = (*a, *b),
        ([a, b, c, d], [p, q, r, s]) => (*p, *q, *r, *s) = (*a, *b, *c, *d),
        (x, y) => y.copy_from_slice(x),
    }
}

/// a + b.
#[inline]
pub fn sum(a: &[f64], b: &[f64]) -> Vector {
    match (a, b) {
        ([p, q], [u, v]) => copy(&[p + u, q + v]),
        _ => a.iter().zip(b).map(|(p, q)| p + q).collect(),
    }
}

/// 0 ∈ ℝⁿ.
#[inline]
pub fn zeros(n: usize) -> Vector {
    if n <= 4 { Vector::from_buf_and_len([0.0; 4], n) } else { Vector::from_elem(0.0, n) }
}

/// ⟨a, b⟩ = Σ aᵢ bᵢ, summed from left to right.
#[inline]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (p, q)| sum + p * q)
}

/// ‖a‖₂. Scaled where the plain sum of squares would overflow or underflow.
#[inline]
pub fn norm(a: &[f64]) -> f64 {
    let plain = dot(a, a);
    if plain.is_normal() { plain.sqrt() } else { scaled_norm(a) }
}

#[cold]
fn scaled_norm(a: &[f64]) -> f64 {
    let largest = a.iter().fold(0.0_f64, |m, v| if v.is_nan() { f64::NAN } else { m.max(v.abs()) });
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * a.iter().fold(0.0, |sum, v| sum + (v / largest) * (v / largest)).sqrt()
}

/// Whether ‖a‖ is above `bound`, or not a number: a sum in any order tells where it is not close.
#[inline]
pub fn exceeds(a: &[f64], bound: f64) -> bool {
    if a.len() > 8 {
        let mut lanes = [0.0; 8];
        for part in a.chunks(lanes.len()) {
            for (lane, v) in lanes.iter_mut().zip(part) {
                *lane += v * v;
            }
        }
        if lanes.iter().sum::<f64>() < 0.5 * bound * bound {
            return false;
        }
    }
    let square = dot(a, a);
    square.is_nan() || square > bound * bound
}

/// y ← y + a x.
#[inline]
pub fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (yi, xi) in y.iter_mut().zip(x) {
        *yi += a * xi;
    }
}

/// y = A x for a square matrix stored row by row.
#[inline]
pub fn mat_vec(a: &[f64], x: &[f64], y: &mut [f64]) {
    if let ([a, b, c, d], [u, v], [p, q]) = (a, x, &mut *y) {
        (*p, *q) = (dot(&[*a, *b], &[*u, *v]), dot(&[*c, *d], &[*u, *v]));
        return;
    }
    let n = x.len();
    for (i, yi) in y.iter_mut().enumerate().take(n) {
        *yi = dot(&a[i * n..(i + 1) * n], x);
    }
}

/// Whether every entry is finite.
#[inline]
pub fn all_finite(a: &[f64]) -> bool {
    // Sixteen at a time without a branch between them.
    a.chunks(16).all(|part| part.iter().fold(true, |finite, v| finite & v.is_finite()))
}
