//! Norms ‖s‖_M = √(sᵀ M s) in which optimizers measure their steps.

use super::{Vector, assign, dot, mat_vec, norm, symmetric_eigen};
use serde::{Deserialize, Serialize};

/// The matrix M of the ellipsoid { s : sᵀ M s ≤ Δ² }, symmetric positive definite, in the units of 1/x².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// M = I: the ball.
    Sphere,
    /// M = diag(m), every mᵢ > 0: an ellipsoid along the axes.
    Diagonal(Vector),
    /// M full, `n * n` numbers row by row.
    Full(Vector),
}

/// Why a matrix is no metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    /// The matrix is not square of the problem's order.
    #[error("the metric must be a square matrix of order {expected}, or {expected} diagonal entries")]
    Shape {
        /// The dimension of the problem.
        expected: usize,
    },
    /// Some eigenvalue is not positive.
    #[error("the metric must be symmetric and positive definite")]
    NotPositiveDefinite,
}

impl Metric {
    /// y = M s.
    #[inline]
    pub fn apply(&self, s: &[f64], y: &mut [f64]) {
        match self {
            Metric::Sphere => assign(s, y),
            Metric::Diagonal(m) => {
                for ((yi, si), mi) in y.iter_mut().zip(s).zip(m) {
                    *yi = mi * si;
                }
            }
            Metric::Full(m) => mat_vec(m, s, y),
        }
    }

    /// ‖s‖_M = √(sᵀ M s).
    pub fn norm(&self, s: &[f64]) -> f64 {
        match self {
            Metric::Sphere => norm(s),
            Metric::Diagonal(m) => s.iter().zip(m).fold(0.0, |sum, (si, mi)| sum + si * si * mi).sqrt(),
            Metric::Full(m) => {
                let mut y = Vector::from_elem(0.0, s.len());
                mat_vec(m, s, &mut y);
                dot(s, &y).max(0.0).sqrt()
            }
        }
    }

    /// The eigenvalues (ascending) and orthonormal eigenvectors of M as an `n`-dimensional matrix.
    /// The ellipsoid of radius Δ has semi-axes Δ/√λᵢ along them.
    pub fn axes(&self, n: usize) -> (Vector, Vec<Vector>) {
        let full = self.to_matrix(n);
        let eigen = symmetric_eigen(&full, n);
        (eigen.values, eigen.vectors)
    }

    /// The smallest and the largest eigenvalue of M.
    pub fn extremes(&self, n: usize) -> [f64; 2] {
        let ends = |values: &[f64]| values.iter().fold([f64::INFINITY, 0.0], |[low, high], v| [low.min(*v), f64::max(high, *v)]);
        match self {
            Metric::Sphere => [1.0; 2],
            Metric::Diagonal(m) => ends(m),
            Metric::Full(m) => ends(&super::symmetric_eigenvalues(m, n)),
        }
    }

    /// M as `n * n` numbers, row by row.
    pub fn to_matrix(&self, n: usize) -> Vector {
        match self {
            Metric::Full(m) => m.clone(),
            _ => {
                let mut full = Vector::from_elem(0.0, n * n);
                for i in 0..n {
                    full[i * n + i] = match self {
                        Metric::Diagonal(m) => m[i],
                        _ => 1.0,
                    };
                }
                full
            }
        }
    }

    /// Checks the shape and that M is positive definite.
    ///
    /// # Errors
    /// [`MetricError`] says which of the two fails.
    pub fn validate(&self, n: usize) -> Result<(), MetricError> {
        let positive = match self {
            Metric::Sphere => true,
            Metric::Diagonal(m) if m.len() != n => return Err(MetricError::Shape { expected: n }),
            Metric::Diagonal(m) => m.iter().all(|v| v.is_finite() && *v > 0.0),
            Metric::Full(m) if m.len() != n * n => return Err(MetricError::Shape { expected: n }),
            Metric::Full(m) => {
                let scale = m.iter().fold(0.0_f64, |s, v| s.max(v.abs()));
                let symmetric = (0..n).all(|i| (0..i).all(|j| (m[i * n + j] - m[j * n + i]).abs() <= 1e-12 * scale));
                symmetric && super::all_finite(m) && symmetric_eigen(m, n).values.iter().all(|v| *v > 0.0)
            }
        };
        if positive { Ok(()) } else { Err(MetricError::NotPositiveDefinite) }
    }
}
