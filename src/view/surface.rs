//! What can be drawn as a map: a function of two plane coordinates.

use crate::linalg::{Vector, dot};
use crate::problem::{Objective, Plane};

/// Up to this dimension the whole Hessian costs no more than two products.
const SMALL: usize = 4;

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

    /// A bound of the error that f32 makes in f at center + offset, where offsets are exact to four units of `extent`; `None`
    /// where none is known.
    fn single_precision_error(&self, _center: [f64; 2], _offset: [f64; 2], _extent: [f64; 2]) -> Option<f64> {
        None
    }
}

/// The restriction (u, v) ↦ f(origin + u a + v b) of an objective to a plane.
#[derive(Clone, Copy)]
pub struct Slice<'a> {
    /// f.
    pub objective: &'a dyn Objective,
    /// The plane, of the objective's dimension.
    pub plane: &'a Plane,
}

impl Surface for Slice<'_> {
    fn single_precision_error(&self, center: [f64; 2], offset: [f64; 2], extent: [f64; 2]) -> Option<f64> {
        let origin = self.plane.point(center[0], center[1]);
        self.objective.single_precision_error([&origin, &self.plane.a, &self.plane.b], offset, extent)
    }

    fn value(&self, u: f64, v: f64) -> f64 {
        self.objective.value(&self.plane.point(u, v))
    }

    fn jet(&self, u: f64, v: f64) -> Jet {
        let Plane { a, b, .. } = self.plane;
        let x = self.plane.point(u, v);
        let n = x.len();
        let mut gradient = Vector::from_elem(0.0, n);
        let (value, hessian) = if n <= SMALL {
            let mut full = Vector::from_elem(0.0, n * n);
            let value = self.objective.value_gradient_hessian(&x, &mut gradient, &mut full);
            (value, self.plane.restrict(&full))
        } else {
            let (mut along_a, mut along_b) = (gradient.clone(), gradient.clone());
            self.objective.hessian_vector(&x, a, &mut along_a);
            self.objective.hessian_vector(&x, b, &mut along_b);
            (self.objective.value_gradient(&x, &mut gradient), [dot(&along_a, a), dot(&along_a, b), dot(&along_b, b)])
        };
        Jet { value, gradient: self.plane.project_vector(&gradient), hessian }
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
