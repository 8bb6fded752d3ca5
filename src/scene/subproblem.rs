//! A trust-region subproblem that a hand has set: gradient, eigenvalues and rotation of H, radius and axes of the region.

use crate::linalg::{Metric, Vector, symmetric_eigen_2x2};
use serde::{Deserialize, Serialize};

/// Largest size of its numbers.
pub const LARGEST: f64 = 1e9;
/// Least radius, least eigenvalue of M and least σ.
pub const LEAST: f64 = 1e-9;

/// min gᵀs + ½ sᵀHs over ‖s‖_M ≤ Δ in the plane, in the numbers that are dragged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubproblemSpec {
    /// g.
    pub gradient: [f64; 2],
    /// The eigenvalues of H, in any order.
    pub eigenvalues: [f64; 2],
    /// The angle from the first coordinate to the eigenvector of the first eigenvalue, in radians.
    #[serde(default)]
    pub rotation: f64,
    /// Δ.
    pub radius: f64,
    /// The eigenvalues of M: the region's semi-axes are Δ/√mᵢ.
    #[serde(default = "sphere")]
    pub metric: [f64; 2],
    /// The angle of M's first eigenvector, in radians.
    #[serde(default)]
    pub metric_rotation: f64,
    /// σ of a cubic model that is minimized beside it; `None`: none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma: Option<f64>,
}

/// A subproblem worth looking at.
pub struct SubproblemPreset {
    /// What it shows.
    pub name: &'static str,
    /// Why it is worth seeing.
    pub about: &'static str,
    /// The numbers.
    pub spec: SubproblemSpec,
}

/// The cases of the subproblem, from the tame to the hard.
pub const SUBPROBLEM_PRESETS: [SubproblemPreset; 7] = [
    preset("Interior", "The Newton step fits into the region", [1.0, 0.9], [2.0, 0.7], 0.35, 2.0),
    preset("Boundary", "The Newton step is too long: the solution bends towards the gradient", [1.0, 0.9], [3.0, 0.5], 0.35, 1.0),
    preset("Indefinite", "The model has no minimum: the boundary holds the step", [0.8, 0.5], [1.5, -1.0], 0.5, 1.0),
    preset("Hard case", "The gradient says nothing about the way down: two solutions", [1.0, 0.0], [1.5, -1.0], 0.0, 1.0),
    preset("Near hard", "A hundredth of the gradient decides between two far solutions", [1.0, 0.01], [1.5, -1.0], 0.0, 1.0),
    preset("Degenerate", "A flat direction: a chord of minimizers", [1.0, 0.0], [1.5, 0.0], 0.0, 1.0),
    preset("Saddle", "No gradient at all: only curvature shows a way", [0.0, 0.0], [1.5, -1.0], 0.4, 1.0),
];

const fn preset(
    name: &'static str,
    about: &'static str,
    gradient: [f64; 2],
    eigenvalues: [f64; 2],
    rotation: f64,
    radius: f64,
) -> SubproblemPreset {
    let spec = SubproblemSpec { gradient, eigenvalues, rotation, radius, metric: sphere(), metric_rotation: 0.0, sigma: None };
    SubproblemPreset { name, about, spec }
}

const fn sphere() -> [f64; 2] {
    [1.0, 1.0]
}

impl SubproblemSpec {
    /// From g, [h₁₁, h₁₂, h₂₂], [m₁₁, m₁₂, m₂₂] and Δ; numbers out of bounds become the nearest that are allowed.
    pub fn from_parts(gradient: [f64; 2], hessian: [f64; 3], metric: [f64; 3], radius: f64) -> Self {
        let angle = |v: [f64; 2]| libm::atan2(v[1], v[0]);
        let (eigenvalues, v) = symmetric_eigen_2x2(hessian[0], hessian[1], hessian[2]);
        let (m, w) = symmetric_eigen_2x2(metric[0], metric[1], metric[2]);
        Self { gradient, eigenvalues, rotation: angle(v), radius, metric: m, metric_rotation: angle(w), sigma: None }.bounded()
    }

    /// The nearest subproblem whose numbers are allowed; 0 in place of a NaN.
    #[must_use]
    pub fn bounded(self) -> Self {
        let number = |v: f64| if v.is_nan() { 0.0 } else { v.clamp(-LARGEST, LARGEST) };
        Self {
            gradient: self.gradient.map(number),
            eigenvalues: self.eigenvalues.map(number),
            rotation: number(self.rotation),
            radius: number(self.radius).max(LEAST),
            metric: self.metric.map(|m| number(m).max(LEAST)),
            metric_rotation: number(self.metric_rotation),
            sigma: self.sigma.map(|sigma| number(sigma).max(LEAST)),
        }
    }

    /// H, row by row.
    pub fn hessian(&self) -> Vector {
        rotated(self.eigenvalues, self.rotation)
    }

    /// M.
    pub fn metric(&self) -> Metric {
        let full = rotated(self.metric, self.metric_rotation);
        match full[..] {
            [1.0, 0.0, _, 1.0] => Metric::Sphere,
            [a, 0.0, _, d] => Metric::Diagonal(Vector::from_slice(&[a, d])),
            _ => Metric::Full(full),
        }
    }
}

/// R diag(values) Rᵀ with R the rotation by `angle`, symmetric to the bit.
fn rotated([p, q]: [f64; 2], angle: f64) -> Vector {
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let off = (p - q) * sin * cos;
    Vector::from_slice(&[p * cos * cos + q * sin * sin, off, off, p * sin * sin + q * cos * cos])
}
