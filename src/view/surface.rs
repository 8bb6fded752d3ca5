//! What can be drawn as a map: a function of two plane coordinates.

use crate::linalg::{Vector, axpy, dot};
use crate::problem::Objective;

/// Value, gradient and Hessian (uu, uv, vv) of a function of the plane coordinates (u, v).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Jet {
    /// f.
    pub value: f64,
    /// (∂f/∂u, ∂f/∂v).
    pub gradient: [f64; 2],
    /// (∂²f/∂u², ∂²f/∂u∂v, ∂²f/∂v²).
    pub hessian: [f64; 3],
}

/// A function of two coordinates with derivatives; NaN or infinite outside its domain.
pub trait Surface: Sync {
    /// f(u, v).
    fn value(&self, u: f64, v: f64) -> f64;

    /// f, ∇f and ∇²f at (u, v).
    fn jet(&self, u: f64, v: f64) -> Jet;
}

/// The restriction (u, v) ↦ f(origin + u a + v b) of an objective to a plane.
pub struct Plane<'a> {
    /// f.
    pub objective: &'a dyn Objective,
    /// The point of u = v = 0; its length is the objective's dimension, as of `a` and `b`.
    pub origin: &'a [f64],
    /// The direction of u.
    pub a: &'a [f64],
    /// The direction of v.
    pub b: &'a [f64],
}

impl Plane<'_> {
    fn point(&self, u: f64, v: f64) -> Vector {
        let mut x = Vector::from_slice(self.origin);
        axpy(u, self.a, &mut x);
        axpy(v, self.b, &mut x);
        x
    }
}

impl Surface for Plane<'_> {
    fn value(&self, u: f64, v: f64) -> f64 {
        self.objective.value(&self.point(u, v))
    }

    fn jet(&self, u: f64, v: f64) -> Jet {
        let x = self.point(u, v);
        let n = x.len();
        let mut gradient = Vector::from_elem(0.0, n);
        let (mut along_a, mut along_b) = (gradient.clone(), gradient.clone());
        let value = if n <= 8 {
            let mut hessian = vec![0.0; n * n];
            let value = self.objective.value_gradient_hessian(&x, &mut gradient, &mut hessian);
            crate::linalg::mat_vec(&hessian, self.a, &mut along_a);
            crate::linalg::mat_vec(&hessian, self.b, &mut along_b);
            value
        } else {
            self.objective.hessian_vector(&x, self.a, &mut along_a);
            self.objective.hessian_vector(&x, self.b, &mut along_b);
            self.objective.value_gradient(&x, &mut gradient)
        };
        Jet {
            value,
            gradient: [dot(&gradient, self.a), dot(&gradient, self.b)],
            hessian: [dot(&along_a, self.a), dot(&along_a, self.b), dot(&along_b, self.b)],
        }
    }
}

/// f on an `n` × `n` grid over [u₀, u₁] × [v₀, v₁], edges included: what a [`ValueScale`](super::ValueScale) is made from.
pub fn rectangle_values(surface: &dyn Surface, bounds: [[f64; 2]; 2], n: usize) -> Vec<f64> {
    let at = |[low, high]: [f64; 2], i: usize| {
        let s = if n > 1 { i as f64 / (n - 1) as f64 } else { 0.5 };
        low + (high - low) * s
    };
    (0..n).flat_map(|j| (0..n).map(move |i| (i, j))).map(|(i, j)| surface.value(at(bounds[0], i), at(bounds[1], j))).collect()
}
