//! Gradient noise that a function without samples is given.

use crate::linalg::{Vector, symmetric_eigen, zeros};
use crate::problem::Objective;
use serde::{Deserialize, Serialize};

/// ĝ = ∇f(x) + ζ with E ζ = 0 and E ‖ζ‖² = n σ²: what stands for sampling where f is no finite sum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// How ζ lies in space.
    pub shape: NoiseShape,
    /// σ ≥ 0, the root mean square of a coordinate of ζ.
    pub strength: f64,
}

/// How gradient noise lies in space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoiseShape {
    /// Cov ζ = σ² I: the same in every direction.
    Isotropic,
    /// Cov ζ = σ² n |∇²f| / tr |∇²f|: the second moment along an eigenvector is proportional to |λ|, as it is found for
    /// networks (Daneshmand, Kohler, Lucchi, Hofmann 2018, Section 5). Where ∇²f = 0 it is isotropic.
    Curvature,
}

impl Noise {
    /// σ = 0.
    pub const NONE: Self = Self { shape: NoiseShape::Isotropic, strength: 0.0 };

    /// Adds ζ to the gradient of `objective` at x: `standard` ~ N(0, I/b), b the batch size. The Hessian of the
    /// curvature shape is part of the noise and asked without being counted.
    pub(super) fn add(&self, objective: &dyn Objective, x: &[f64], standard: &[f64], gradient: &mut [f64]) {
        match self.shape {
            NoiseShape::Isotropic => self.add_scaled(standard, gradient),
            NoiseShape::Curvature => {
                let colored = color(objective, x, standard);
                self.add_scaled(colored.as_deref().unwrap_or(standard), gradient);
            }
        }
    }

    fn add_scaled(&self, direction: &[f64], gradient: &mut [f64]) {
        for (g, d) in gradient.iter_mut().zip(direction) {
            *g += self.strength * d;
        }
    }
}

/// (n |H| / tr |H|)^½ u; none where the Hessian vanishes or is not finite.
fn color(objective: &dyn Objective, x: &[f64], u: &[f64]) -> Option<Vector> {
    let n = x.len();
    let mut hessian = zeros(n * n);
    objective.hessian(x, &mut hessian);
    let eigen = symmetric_eigen(&hessian, n);
    let trace = eigen.values.iter().fold(0.0, |sum, v| sum + v.abs());
    if !(trace > 0.0 && trace.is_finite()) {
        return None;
    }
    let mut out = zeros(n);
    for (value, vector) in eigen.values.iter().zip(&eigen.vectors) {
        let weight = (value.abs() * n as f64 / trace).sqrt() * crate::linalg::dot(vector, u);
        out.iter_mut().zip(vector).for_each(|(o, v)| *o += weight * v);
    }
    Some(out)
}
