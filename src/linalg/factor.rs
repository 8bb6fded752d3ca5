//! M = C Cᵀ: the change of variables in which an ellipsoid is a ball.

use super::{Metric, Vector};

/// A factor C of a metric M = C Cᵀ: z = Cᵀ s turns ‖s‖_M into ‖z‖₂.
pub enum Factor<'a> {
    /// C = I.
    Sphere,
    /// C = diag(√mᵢ); holds the mᵢ.
    Diagonal(&'a [f64]),
    /// C lower triangular (Cholesky), `n * n` numbers row by row.
    Cholesky(Vector),
}

impl Metric {
    /// The factor of this metric, as an `n`-dimensional matrix. Where a full matrix is not positive definite
    /// ([`validate`](Self::validate)) the factor holds NaN.
    #[inline]
    pub fn factor(&self, n: usize) -> Factor<'_> {
        match self {
            Metric::Sphere => Factor::Sphere,
            Metric::Diagonal(m) => Factor::Diagonal(m),
            Metric::Full(m) => Factor::Cholesky(cholesky(m, n)),
        }
    }
}

fn cholesky(m: &[f64], n: usize) -> Vector {
    let mut c = Vector::from_elem(0.0, n * n);
    for i in 0..n {
        for j in 0..=i {
            let rest = m[i * n + j] - super::dot(&c[i * n..i * n + j], &c[j * n..j * n + j]);
            c[i * n + j] = if i == j { rest.sqrt() } else { rest / c[j * n + j] };
        }
    }
    c
}

impl Factor<'_> {
    /// v ← C⁻¹ v. For a gradient g of s this is the gradient in z, and ‖C⁻¹ g‖₂ = ‖g‖_{M⁻¹}.
    #[inline]
    pub fn forward(&self, v: &mut [f64]) {
        match self {
            Factor::Sphere => {}
            Factor::Diagonal(m) => v.iter_mut().zip(*m).for_each(|(vi, mi)| *vi /= mi.sqrt()),
            Factor::Cholesky(c) => {
                let n = v.len();
                for i in 0..n {
                    v[i] = (v[i] - super::dot(&c[i * n..i * n + i], &v[..i])) / c[i * n + i];
                }
            }
        }
    }

    /// v ← C⁻ᵀ v: from z back to s.
    #[inline]
    pub fn backward(&self, v: &mut [f64]) {
        match self {
            Factor::Sphere | Factor::Diagonal(_) => self.forward(v),
            Factor::Cholesky(c) => {
                let n = v.len();
                for i in (0..n).rev() {
                    let rest = (i + 1..n).fold(v[i], |sum, j| sum - c[j * n + i] * v[j]);
                    v[i] = rest / c[i * n + i];
                }
            }
        }
    }

    /// v ← M⁻¹ v.
    #[inline]
    pub fn solve(&self, v: &mut [f64]) {
        match self {
            Factor::Sphere => {}
            Factor::Diagonal(m) => v.iter_mut().zip(*m).for_each(|(vi, mi)| *vi /= mi),
            Factor::Cholesky(_) => {
                self.forward(v);
                self.backward(v);
            }
        }
    }

    /// C⁻¹ H C⁻ᵀ for a symmetric H of order `n`, row by row: the Hessian in z.
    pub fn congruence(&self, h: &[f64], n: usize) -> Vector {
        let mut scaled = super::copy(h);
        match self {
            Factor::Sphere => {}
            Factor::Diagonal(m) => {
                for (i, row) in scaled.chunks_exact_mut(n.max(1)).enumerate() {
                    for (hij, mj) in row.iter_mut().zip(*m) {
                        *hij /= m[i].sqrt() * mj.sqrt();
                    }
                }
            }
            Factor::Cholesky(_) => {
                for _ in 0..2 {
                    scaled.chunks_exact_mut(n.max(1)).for_each(|row| self.forward(row));
                    for i in 0..n {
                        for j in 0..i {
                            scaled.swap(i * n + j, j * n + i);
                        }
                    }
                }
            }
        }
        scaled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Rng, dot, mat_vec, norm};

    #[test]
    fn factors_random_metrics() {
        let mut rng = Rng::new(11);
        for n in 1..7 {
            let mut root = vec![0.0; n * n];
            rng.fill_normal(&mut root);
            let gram =
                |i: usize, j: usize| dot(&root[i * n..(i + 1) * n], &root[j * n..(j + 1) * n]) + f64::from(u8::from(i == j));
            let m: Vector = (0..n * n).map(|k| gram(k / n, k % n)).collect();
            let metric = Metric::Full(m.clone());
            let factor = metric.factor(n);
            let mut v = vec![0.0; n];
            rng.fill_normal(&mut v);
            let mut solved = v.clone();
            factor.solve(&mut solved);
            let mut back = vec![0.0; n];
            mat_vec(&m, &solved, &mut back);
            assert!(back.iter().zip(&v).all(|(a, b)| (a - b).abs() < 1e-12));
            let mut dual = v.clone();
            factor.forward(&mut dual);
            assert!((norm(&dual) - dot(&v, &solved).sqrt()).abs() < 1e-12);
            let unit = factor.congruence(&m, n);
            assert!((0..n * n).all(|k| (unit[k] - f64::from(u8::from(k / n == k % n))).abs() < 1e-12));
        }
    }
}
