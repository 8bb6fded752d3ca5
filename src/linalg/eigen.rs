//! Eigenvalues and eigenvectors of symmetric matrices.

use super::{EigenSolver, Job, Vector};

/// A = Σ λᵢ vᵢ vᵢᵀ with λ ascending and vᵢ orthonormal; each vector's entry of largest size is positive.
#[derive(Clone, Debug, PartialEq)]
pub struct SymmetricEigen {
    /// λ₁ ≤ … ≤ λₙ.
    pub values: Vector,
    /// The eigenvectors in the order of the values.
    pub vectors: Vec<Vector>,
}

/// Eigenvalues (ascending) and the unit eigenvector of the smaller one of [[a, b], [b, c]].
/// Relative error a few units in the last place of the larger eigenvalue.
pub fn symmetric_eigen_2x2(a: f64, b: f64, c: f64) -> ([f64; 2], [f64; 2]) {
    let mean = 0.5 * a + 0.5 * c;
    let half = 0.5 * a - 0.5 * c;
    let spread = super::norm(&[half, b]);
    if spread == 0.0 {
        return ([mean, mean], [1.0, 0.0]);
    }
    // The eigenvector of mean − spread: of the two formulas the one without cancellation.
    let (vx, vy) = if half > 0.0 { (-b, half + spread) } else { (spread - half, -b) };
    let length = super::norm(&[vx, vy]);
    let (vx, vy) = (vx / length, vy / length);
    let sign = if (vx.abs() >= vy.abs() && vx < 0.0) || (vx.abs() < vy.abs() && vy < 0.0) { -1.0 } else { 1.0 };
    ([mean - spread, mean + spread], [sign * vx, sign * vy])
}

/// The eigenvalues of a symmetric matrix (`n * n` numbers, row by row), ascending.
pub fn symmetric_eigenvalues(a: &[f64], n: usize) -> Vector {
    match n {
        0 => Vector::new(),
        1 => Vector::from_slice(a),
        2 => Vector::from_slice(&symmetric_eigen_2x2(a[0], 0.5 * (a[1] + a[2]), a[3]).0),
        _ => symmetric_eigen(a, n).values,
    }
}

/// All eigenvalues and eigenvectors of a symmetric matrix (`n * n` numbers, row by row; the upper and the
/// lower triangle are averaged). Householder tridiagonalisation and implicit QL, backward stable ([`EigenSolver`]);
/// a matrix with a non-finite entry has NaN eigenvalues and the coordinate axes as vectors.
pub fn symmetric_eigen(a: &[f64], n: usize) -> SymmetricEigen {
    let axis = |i: usize| -> Vector { (0..n).map(|j| f64::from(u8::from(i == j))).collect() };
    if !super::all_finite(a) {
        return SymmetricEigen { values: Vector::from_elem(f64::NAN, n), vectors: (0..n).map(axis).collect() };
    }
    match n {
        0 => SymmetricEigen { values: Vector::new(), vectors: Vec::new() },
        1 => SymmetricEigen { values: Vector::from_slice(a), vectors: vec![axis(0)] },
        2 => {
            let (values, [x, y]) = symmetric_eigen_2x2(a[0], 0.5 * (a[1] + a[2]), a[3]);
            let other = if x.abs() > y.abs() { [-y, x] } else { [y, -x] };
            SymmetricEigen {
                values: Vector::from_slice(&values),
                vectors: vec![Vector::from_slice(&[x, y]), Vector::from_slice(&other)],
            }
        }
        _ => {
            let pairs = EigenSolver::new(a.to_vec(), n, true).finish().unwrap_or_default();
            let vectors = pairs.vectors.chunks_exact(n).map(Vector::from_slice).collect();
            SymmetricEigen { values: pairs.values.into(), vectors }
        }
    }
}

/// −H⁺g: the step of Newton's method on ∇f = 0, without the directions whose eigenvalue is 10⁻¹⁴ of the largest. `hessian` is
/// symmetric, `n * n` numbers row by row.
pub fn newton_step(gradient: &[f64], hessian: &[f64], n: usize) -> Vector {
    let eigen = symmetric_eigen(hessian, n);
    let largest = eigen.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let mut step = Vector::from_elem(0.0, n);
    for (value, vector) in eigen.values.iter().zip(&eigen.vectors) {
        if value.abs() > 1e-14 * largest {
            super::axpy(-super::dot(vector, gradient) / value, vector, &mut step);
        }
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Rng, dot, mat_vec, norm};

    #[test]
    fn reconstructs_random_matrices() {
        let mut rng = Rng::new(3);
        for n in 1..9 {
            let mut a = vec![0.0; n * n];
            for i in 0..n {
                for j in 0..=i {
                    a[i * n + j] = rng.normal();
                    a[j * n + i] = a[i * n + j];
                }
            }
            let eigen = symmetric_eigen(&a, n);
            let mut product = vec![0.0; n];
            for (value, v) in eigen.values.iter().zip(&eigen.vectors) {
                mat_vec(&a, v, &mut product);
                let residual: Vector = product.iter().zip(v).map(|(p, e)| p - value * e).collect();
                assert!(norm(&residual) < 1e-13 * n as f64, "n = {n}: residual {}", norm(&residual));
                assert!((norm(v) - 1.0).abs() < 1e-14);
            }
            assert!(eigen.vectors.iter().enumerate().all(|(i, v)| eigen.vectors[..i].iter().all(|w| dot(v, w).abs() < 1e-13)));
            assert!(eigen.values.windows(2).all(|w| w[0] <= w[1]));
        }
    }

    #[test]
    fn entries_of_all_sizes_have_finite_eigenvalues() {
        let mut rng = Rng::new(11);
        for trial in 0..400 {
            let n = 3 + trial % 8;
            let sizes: Vec<f64> = (0..n).map(|_| libm::pow(10.0, -150.0 * rng.uniform())).collect();
            let mut a = vec![0.0; n * n];
            for i in 0..n {
                for j in 0..=i {
                    a[i * n + j] = rng.normal() * sizes[i] * sizes[j];
                    a[j * n + i] = a[i * n + j];
                }
            }
            let eigen = symmetric_eigen(&a, n);
            let largest = a.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            let mut product = vec![0.0; n];
            for (value, v) in eigen.values.iter().zip(&eigen.vectors) {
                mat_vec(&a, v, &mut product);
                let residual: Vector = product.iter().zip(v).map(|(p, e)| (p - value * e) / largest).collect();
                assert!(norm(&residual) < 1e-12 && (norm(v) - 1.0).abs() < 1e-13, "{sizes:?}");
            }
        }
    }

    #[test]
    fn two_by_two_survives_extreme_scales() {
        for scale in [1e-300, 1e-8, 1.0, 1e8, 1e150] {
            let ([low, high], [x, y]) = symmetric_eigen_2x2(scale, 0.0, -2.0 * scale);
            assert!((low / scale + 2.0).abs() < 1e-14 && (high / scale - 1.0).abs() < 1e-14);
            assert!(x.abs() < 1e-14 && (y - 1.0).abs() < 1e-14);
        }
        assert_eq!(symmetric_eigen_2x2(3.0, 0.0, 3.0).0, [3.0, 3.0]);
        assert!(symmetric_eigen(&[f64::NAN; 4], 2).values[0].is_nan());
    }
}
