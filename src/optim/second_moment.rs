//! Sums of squared gradients and the ellipsoids that they make.

use crate::linalg::{Metric, Vector, dot, symmetric_eigen, symmetric_eigen_2x2};

/// Ratio of the largest to the smallest eigenvalue of a full second moment, as far as M = A^½ is kept positive definite
/// in floating point.
const CONDITION: f64 = 1e24;

/// The second moment A = Σ wₜ gₜgₜᵀ of gradients, or its diagonal.
#[derive(Clone, Debug)]
pub(super) enum SecondMoment {
    /// The n diagonal entries.
    Diagonal(Vector),
    /// `n * n` numbers row by row.
    Full(Vector),
}

/// Where ε stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Epsilon {
    /// A^½ + ε.
    Outside(f64),
    /// (A + ε)^½.
    Inside(f64),
    /// max(A, ε)^½, for accumulators that start at ε.
    Floor(f64),
}

impl Epsilon {
    /// The root of one eigenvalue of A.
    pub fn root(self, a: f64) -> f64 {
        match self {
            Epsilon::Outside(epsilon) => a.sqrt() + epsilon,
            Epsilon::Inside(epsilon) => (a + epsilon).sqrt(),
            Epsilon::Floor(epsilon) => a.max(epsilon).sqrt(),
        }
    }
}

impl SecondMoment {
    /// A = `initial` I in ℝⁿ.
    pub fn new(n: usize, full: bool, initial: f64) -> Self {
        if full {
            Self::Full((0..n * n).map(|k| if k / n == k % n { initial } else { 0.0 }).collect())
        } else {
            Self::Diagonal(Vector::from_elem(initial, n))
        }
    }

    /// A ← keep · A + weight · ggᵀ.
    pub fn update(&mut self, keep: f64, weight: f64, g: &[f64]) {
        match self {
            Self::Diagonal(a) => a.iter_mut().zip(g).for_each(|(ai, gi)| *ai = keep * *ai + weight * gi * gi),
            Self::Full(a) => {
                for (row, gi) in a.chunks_exact_mut(g.len().max(1)).zip(g) {
                    row.iter_mut().zip(g).for_each(|(aij, gj)| *aij = keep * *aij + weight * (gi * gj));
                }
            }
        }
    }

    /// M = A^½ with ε in its place.
    pub fn metric(&self, epsilon: Epsilon) -> Metric {
        match self {
            Self::Diagonal(a) => Metric::Diagonal(a.iter().map(|v| epsilon.root(*v)).collect()),
            Self::Full(a) => Metric::Full(spectral(a, root_of(a, epsilon), &[]).0),
        }
    }

    /// M and M⁻¹v.
    pub fn preconditioned(&self, epsilon: Epsilon, v: &[f64]) -> (Metric, Vector) {
        match self {
            Self::Diagonal(a) => {
                let m: Vector = a.iter().map(|e| epsilon.root(*e)).collect();
                let direction = v.iter().zip(&m).map(|(vi, mi)| vi / mi).collect();
                (Metric::Diagonal(m), direction)
            }
            Self::Full(a) => {
                let (m, direction) = spectral(a, root_of(a, epsilon), v);
                (Metric::Full(m), direction)
            }
        }
    }
}

/// The eigenvalue map λ → √λ of A with ε, with a floor that keeps the condition of the result below 10¹².
fn root_of(a: &[f64], epsilon: Epsilon) -> impl Fn(f64) -> f64 {
    let n = libm::round((a.len() as f64).sqrt()) as usize;
    let trace: f64 = (0..n).fold(0.0, |sum, i| sum + a[i * n + i]);
    move |value| epsilon.root(value.max(trace / CONDITION))
}

/// φ(A) and φ(A)⁻¹v of a symmetric A for φ on its eigenvalues; an empty `v` gives an empty product.
fn spectral(a: &[f64], phi: impl Fn(f64) -> f64, v: &[f64]) -> (Vector, Vector) {
    if let [p, q, r, s] = *a {
        let (values, [x, y]) = symmetric_eigen_2x2(p, 0.5 * (q + r), s);
        let [low, high] = values.map(&phi);
        // The second eigenvector is (−y, x).
        let cross = (low - high) * x * y;
        let m = Vector::from_slice(&[low * x * x + high * y * y, cross, cross, low * y * y + high * x * x]);
        let direction = if let [v0, v1] = *v {
            let (along, across) = ((x * v0 + y * v1) / low, (x * v1 - y * v0) / high);
            Vector::from_slice(&[x * along - y * across, y * along + x * across])
        } else {
            Vector::new()
        };
        return (m, direction);
    }
    let n = libm::round((a.len() as f64).sqrt()) as usize;
    let eigen = symmetric_eigen(a, n);
    let mut m = Vector::from_elem(0.0, n * n);
    let mut direction = Vector::from_elem(0.0, v.len());
    for (value, axis) in eigen.values.iter().zip(&eigen.vectors) {
        let value = phi(*value);
        for (row, ai) in m.chunks_exact_mut(n).zip(axis) {
            crate::linalg::axpy(value * ai, axis, row);
        }
        if !v.is_empty() {
            crate::linalg::axpy(dot(axis, v) / value, axis, &mut direction);
        }
    }
    (m, direction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Rng, mat_vec, norm};

    /// M² = A + εI and M (M⁻¹v) = v, from one gradient (rank one) to many.
    #[test]
    fn full_roots_square_to_the_moment() {
        let mut rng = Rng::new(8);
        for n in 1..6 {
            let mut moment = SecondMoment::new(n, true, 0.0);
            let mut sum = vec![0.0; n * n];
            for round in 0..4 {
                let mut g = vec![0.0; n];
                rng.fill_normal(&mut g);
                moment.update(0.5, 2.0, &g);
                for i in 0..n {
                    for j in 0..n {
                        sum[i * n + j] = 0.5 * sum[i * n + j] + 2.0 * g[i] * g[j];
                    }
                }
                let (metric, direction) = moment.preconditioned(Epsilon::Inside(1e-4), &g);
                assert_eq!(metric, moment.metric(Epsilon::Inside(1e-4)));
                assert_eq!(metric.validate(n), Ok(()));
                let m = metric.to_matrix(n);
                for i in 0..n {
                    let mut square = vec![0.0; n];
                    mat_vec(&m, &m[i * n..(i + 1) * n], &mut square);
                    for j in 0..n {
                        let expected = sum[i * n + j] + if i == j { 1e-4 } else { 0.0 };
                        assert!((square[j] - expected).abs() < 1e-13 * norm(&sum), "n = {n}, round {round}");
                    }
                }
                let mut back = vec![0.0; n];
                metric.apply(&direction, &mut back);
                assert!(back.iter().zip(&g).all(|(a, b)| (a - b).abs() < 1e-11 * norm(&g)), "n = {n}, round {round}");
            }
        }
    }

    #[test]
    fn epsilon_stands_where_it_should() {
        let mut moment = SecondMoment::new(2, false, 0.0);
        moment.update(1.0, 1.0, &[3.0, 0.0]);
        let diagonal = |epsilon| moment.metric(epsilon).to_matrix(2).as_slice().to_vec();
        assert_eq!(diagonal(Epsilon::Outside(0.25)), [3.25, 0.0, 0.0, 0.25]);
        assert_eq!(diagonal(Epsilon::Inside(16.0)), [5.0, 0.0, 0.0, 4.0]);
        assert_eq!(diagonal(Epsilon::Floor(4.0)), [3.0, 0.0, 0.0, 2.0]);
    }

    /// Huge gradients along one axis leave a matrix that can still be factored.
    #[test]
    fn a_full_metric_stays_positive_definite() {
        for g in [[1e12, 1.0], [1e20, 1e20], [1e-30, 0.0], [3e8, -4e8]] {
            let mut moment = SecondMoment::new(2, true, 0.0);
            moment.update(1.0, 1.0, &g);
            let (metric, direction) = moment.preconditioned(Epsilon::Inside(1e-16), &g);
            let mut v = g;
            metric.factor(2).solve(&mut v);
            assert!(crate::linalg::all_finite(&v) && crate::linalg::all_finite(&direction), "{g:?}");
        }
    }
}
