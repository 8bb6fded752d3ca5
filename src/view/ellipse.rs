//! Trust regions in the plane: { s : sᵀ M s ≤ Δ² } and the model's contours in it.

use super::contour::contours_mapped;
use crate::linalg::symmetric_eigen_2x2;

/// The ellipse { center + s : sᵀ M s ≤ Δ² } of a plane; M comes from [`Plane::restrict`](crate::problem::Plane::restrict).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// Its centre.
    pub center: [f64; 2],
    /// The semi-axes as vectors, the longer first; `s = cos φ · axes[0] + sin φ · axes[1]` is its boundary.
    pub axes: [[f64; 2]; 2],
}

impl Ellipse {
    /// From M = [[m₁₁, m₁₂], [m₁₂, m₂₂]] and Δ. `None` unless M is positive definite and everything is finite.
    pub fn new(center: [f64; 2], m: [f64; 3], radius: f64) -> Option<Self> {
        let ([low, high], [x, y]) = symmetric_eigen_2x2(m[0], m[1], m[2]);
        let finite = center.iter().chain(&m).all(|v| v.is_finite()) && radius.is_finite() && radius > 0.0;
        if !finite || low <= 0.0 {
            return None;
        }
        let (long, short) = (radius / low.sqrt(), radius / high.sqrt());
        let axes = [[x * long, y * long], [-y * short, x * short]];
        axes.iter().flatten().all(|v| v.is_finite()).then_some(Self { center, axes })
    }

    /// The point `center + r (cos φ · axes[0] + sin φ · axes[1])`; on the boundary for r = 1.
    pub fn point(&self, r: f64, angle: f64) -> [f64; 2] {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        [0, 1].map(|i| self.center[i] + r * (cos * self.axes[0][i] + sin * self.axes[1][i]))
    }

    /// The boundary as a closed polygon of `count` points; an error of a 1/count²-th of the size.
    pub fn polygon(&self, count: usize) -> Vec<[f64; 2]> {
        (0..count).map(|i| self.point(1.0, std::f64::consts::TAU * i as f64 / count as f64)).collect()
    }
}

/// Contours of m(s) = gᵀs + ½ sᵀHs in the ellipse: (level, segments) in plane coordinates, `hessian` being (uu, uv, vv).
/// The `count` levels are quadratic between the least and the largest value: even steps of s where the model is a bowl.
pub fn model_contours(ellipse: &Ellipse, gradient: [f64; 2], hessian: [f64; 3], count: usize) -> Vec<(f64, Vec<[[f64; 2]; 2]>)> {
    cubic_contours(ellipse, gradient, hessian, 0.0, count)
}

/// As [`model_contours`], of m(s) = gᵀs + ½ sᵀHs + (σ/3)‖s‖³.
pub fn cubic_contours(
    ellipse: &Ellipse,
    gradient: [f64; 2],
    hessian: [f64; 3],
    sigma: f64,
    count: usize,
) -> Vec<(f64, Vec<[[f64; 2]; 2]>)> {
    const RINGS: usize = 16;
    const SECTORS: usize = 96;
    let point = |ring: f64, sector: f64| ellipse.point(ring / RINGS as f64, std::f64::consts::TAU * sector / SECTORS as f64);
    let model = |p: [f64; 2]| {
        let s = [p[0] - ellipse.center[0], p[1] - ellipse.center[1]];
        let curved = [hessian[0] * s[0] + hessian[1] * s[1], hessian[1] * s[0] + hessian[2] * s[1]];
        let square = s[0] * s[0] + s[1] * s[1];
        let quadratic = gradient[0] * s[0] + gradient[1] * s[1] + 0.5 * (s[0] * curved[0] + s[1] * curved[1]);
        quadratic + sigma / 3.0 * square * square.sqrt()
    };
    let values: Vec<f64> =
        (0..=RINGS).flat_map(|r| (0..=SECTORS).map(move |s| (r, s))).map(|(r, s)| model(point(r as f64, s as f64))).collect();
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    if !(low < high && (high - low).is_finite()) {
        return Vec::new();
    }
    let levels = (1..=count).map(|i| i as f64 / (count + 1) as f64).map(|t| low + (high - low) * t * t);
    levels.map(|level| (level, contours_mapped(SECTORS + 1, RINGS + 1, &values, level, |s, r| point(r, s)))).collect()
}
