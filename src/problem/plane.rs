//! Two-dimensional slices of ℝⁿ.

use super::Objective;
use crate::linalg::{Vector, axpy, dot, norm, symmetric_eigen};
use serde::{Deserialize, Serialize};

/// The plane { origin + u a + v b } with orthonormal a, b: what a picture of an n-dimensional landscape shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// The point shown at (u, v) = (0, 0).
    pub origin: Vector,
    /// The direction of u, of length 1.
    pub a: Vector,
    /// The direction of v, of length 1, orthogonal to `a`.
    pub b: Vector,
}

impl Plane {
    /// The plane of the first two coordinates through 0: the whole of ℝ². On the line b = 0.
    pub fn coordinates(n: usize) -> Self {
        let axis = |i: usize| -> Vector { (0..n).map(|j| f64::from(u8::from(i == j))).collect() };
        Self { origin: Vector::from_elem(0.0, n), a: axis(0), b: axis(1) }
    }

    /// The same directions through another point.
    #[must_use]
    pub fn through(self, origin: &[f64]) -> Self {
        Self { origin: Vector::from_slice(origin), ..self }
    }

    /// The plane through `origin` spanned by two directions (Gram-Schmidt makes them orthonormal).
    /// `None` where lengths differ, a number is not finite, or the directions are parallel to 10⁻¹⁰.
    pub fn spanned(origin: &[f64], first: &[f64], second: &[f64]) -> Option<Self> {
        let finite = [origin, first, second].iter().all(|v| v.len() == origin.len() && crate::linalg::all_finite(v));
        let (length, full) = (norm(first), norm(second));
        if !finite || length == 0.0 || full == 0.0 || !length.is_finite() || !full.is_finite() {
            return None;
        }
        let a: Vector = first.iter().map(|v| v / length).collect();
        let mut b: Vector = second.iter().map(|v| v / full).collect();
        for _ in 0..2 {
            axpy(-dot(&a, &b), &a, &mut b);
        }
        let rest = norm(&b);
        if rest < 1e-10 {
            return None;
        }
        b.iter_mut().for_each(|v| *v /= rest);
        Some(Self { origin: Vector::from_slice(origin), a, b })
    }

    /// The plane through `center` along the eigenvectors of the largest (u) and the smallest (v) eigenvalue of
    /// ∇²f(center): through a saddle, the plane in which it is seen best. In ℝ² the coordinates themselves.
    pub fn of_curvature(objective: &dyn Objective, center: &[f64]) -> Self {
        let n = objective.dim();
        if n <= 2 {
            return Self::coordinates(n);
        }
        let mut hessian = vec![0.0; n * n];
        objective.hessian(center, &mut hessian);
        let eigen = symmetric_eigen(&hessian, n);
        Self::spanned(center, &eigen.vectors[n - 1], &eigen.vectors[0]).unwrap_or_else(|| Self::coordinates(n))
    }

    /// n.
    pub fn dim(&self) -> usize {
        self.origin.len()
    }

    /// origin + u a + v b.
    pub fn point(&self, u: f64, v: f64) -> Vector {
        let mut x = self.origin.clone();
        axpy(u, &self.a, &mut x);
        axpy(v, &self.b, &mut x);
        x
    }

    /// (u, v) of the nearest point of the plane to `x`, and the distance of `x` from it.
    pub fn project(&self, x: &[f64]) -> ([f64; 2], f64) {
        let offsets = || x.iter().zip(&self.origin).map(|(p, o)| p - o).zip(self.a.iter().zip(&self.b));
        let (u, v) = offsets().fold((0.0, 0.0), |(u, v), (offset, (a, b))| (u + offset * a, v + offset * b));
        let rest = || offsets().map(|(offset, (a, b))| offset - u * a - v * b);
        let square = rest().fold(0.0, |sum, r| sum + r * r);
        // Where squares overflow or underflow the norm does not.
        let distance = if square.is_normal() { f64::sqrt(square) } else { norm(&rest().collect::<Vector>()) };
        ([u, v], distance)
    }

    /// (a·w, b·w): a vector such as a gradient or a step, as it is seen in the plane.
    pub fn project_vector(&self, w: &[f64]) -> [f64; 2] {
        [dot(w, &self.a), dot(w, &self.b)]
    }

    /// [aᵀHa, aᵀHb, bᵀHb] of a symmetric matrix H (`n * n` numbers, row by row): the Hessian of the slice.
    pub fn restrict(&self, matrix: &[f64]) -> [f64; 3] {
        self.restrict_products(|v, product| crate::linalg::mat_vec(matrix, v, product))
    }

    /// As [`restrict`](Self::restrict), for a symmetric matrix that is known by its products: `multiply(v, product)`.
    pub fn restrict_products(&self, mut multiply: impl FnMut(&[f64], &mut [f64])) -> [f64; 3] {
        let mut image = Vector::from_elem(0.0, self.dim());
        multiply(&self.a, &mut image);
        let (aa, ba) = (dot(&self.a, &image), dot(&self.b, &image));
        multiply(&self.b, &mut image);
        [aa, 0.5 * (ba + dot(&self.a, &image)), dot(&self.b, &image)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::Rng;

    #[test]
    fn projection_inverts_the_plane_and_measures_the_rest() {
        let mut rng = Rng::new(5);
        for n in 2..7 {
            let mut draw = || (0..n).map(|_| rng.normal()).collect::<Vector>();
            let plane = Plane::spanned(&draw(), &draw(), &draw()).expect("independent directions");
            let normal = draw();
            let ([u, v], _) = plane.project(&plane.point(1.25, -0.5));
            assert!((u - 1.25).abs() < 1e-14 && (v + 0.5).abs() < 1e-14);
            let mut x = plane.point(0.75, 2.0);
            let mut away = normal;
            axpy(-dot(&away, &plane.a), &plane.a.clone(), &mut away);
            axpy(-dot(&away, &plane.b), &plane.b.clone(), &mut away);
            axpy(1.0, &away, &mut x);
            let ([u, v], distance) = plane.project(&x);
            assert!((u - 0.75).abs() < 1e-13 && (v - 2.0).abs() < 1e-13 && (distance - norm(&away)).abs() < 1e-13);
        }
    }

    #[test]
    fn parallel_or_broken_directions_span_no_plane() {
        assert_eq!(Plane::spanned(&[0.0; 3], &[1.0, 2.0, 3.0], &[-2.0, -4.0, -6.0]), None);
        assert_eq!(Plane::spanned(&[0.0; 3], &[0.0; 3], &[1.0, 0.0, 0.0]), None);
        assert_eq!(Plane::spanned(&[f64::NAN; 2], &[1.0, 0.0], &[0.0, 1.0]), None);
        assert_eq!(Plane::spanned(&[0.0; 2], &[1.0, 0.0], &[0.0, 1.0, 0.0]), None);
    }

    #[test]
    fn restriction_is_the_hessian_in_the_plane() {
        let plane = Plane::spanned(&[0.0; 3], &[0.0, 1.0, 1.0], &[1.0, 0.0, 0.0]).expect("a plane");
        let matrix = [1.0, 2.0, 3.0, 2.0, 5.0, 7.0, 3.0, 7.0, 11.0];
        let [aa, ab, bb] = plane.restrict(&matrix);
        assert!((aa - 15.0).abs() < 1e-13 && (ab - 5.0 / 2.0_f64.sqrt()).abs() < 1e-13 && (bb - 1.0).abs() < 1e-15);
    }
}
