//! Scales of objectives that nobody has measured yet.

use super::{Objective, Scales};
use crate::linalg::{Rng, Vector, all_finite, norm, symmetric_eigenvalues};

/// Points looked at in the plane: 17 by 17.
const POINTS: usize = 289;
/// Above this dimension curvature is measured along the gradient only.
const DENSE: usize = 32;

/// Scales from a look at the box `bounds` (one [low, high] a coordinate). η = 1/ℓ, where ℓ is the 0.9-quantile of
/// the Hessian's spectral norm over the lower half of a coarse grid, by value: there descent spends its time, and
/// the steep rims of polynomials do not count. In more than two dimensions the points are random; in more than 32
/// the curvature is ‖∇²f ∇f‖/‖∇f‖. The radius is a tenth of the box. Where f has no curvature η is the radius over the median gradient norm.
pub fn estimate_scales(objective: &dyn Objective, bounds: &[[f64; 2]]) -> Scales {
    let n = objective.dim();
    let width = bounds.iter().map(|[low, high]| high - low).fold(f64::INFINITY, f64::min);
    let radius = if width.is_finite() && width > 0.0 { 0.1 * width } else { 1.0 };
    let (mut gradient, mut second) = (vec![0.0; n], vec![0.0; if n <= DENSE { n * n } else { n }]);
    let mut looks = Vec::new();
    for x in sample_points(bounds, n) {
        let (value, curvature) = if n <= DENSE {
            let value = objective.value_gradient_hessian(&x, &mut gradient, &mut second);
            (value, symmetric_eigenvalues(&second, n).iter().fold(0.0_f64, |m, v| m.max(v.abs())))
        } else {
            let value = objective.value_gradient(&x, &mut gradient);
            objective.hessian_vector(&x, &gradient, &mut second);
            let slope = norm(&gradient);
            (value, if slope > 0.0 { norm(&second) / slope } else { 0.0 })
        };
        if value.is_finite() && all_finite(&gradient) && all_finite(&second) {
            looks.push((value, curvature, norm(&gradient)));
        }
    }
    looks.sort_by(|a, b| a.0.total_cmp(&b.0));
    looks.truncate(looks.len().div_ceil(2));
    let curvature = quantile(looks.iter().map(|look| look.1), 0.9);
    let slope = quantile(looks.iter().map(|look| look.2), 0.5);
    let step_size = match (curvature, slope) {
        (Some(curvature), _) if curvature > 1e-9 => 1.0 / curvature,
        (_, Some(slope)) if slope > 1e-9 => radius / slope,
        _ => 1.0,
    };
    Scales { step_size: step_size.clamp(1e-9, 1e9), radius }
}

/// Points of a box to look at: a grid of 17 by 17 in the plane, seeded random ones in other dimensions, fewer where a Hessian is
/// large.
pub(crate) fn sample_points(bounds: &[[f64; 2]], n: usize) -> Vec<Vector> {
    let at = |[low, high]: [f64; 2], t: f64| low + t * (high - low);
    if let [x, y] = *bounds {
        let side = 17;
        let t = |i: usize| (i as f64 + 0.5) / side as f64;
        return (0..POINTS).map(|k| Vector::from_slice(&[at(x, t(k % side)), at(y, t(k / side))])).collect();
    }
    let mut rng = Rng::new(0);
    let count = (4 * POINTS / (n * n).max(1)).clamp(16, POINTS);
    (0..count).map(|_| bounds.iter().map(|b| at(*b, rng.uniform())).collect()).collect()
}

fn quantile(values: impl Iterator<Item = f64>, q: f64) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get((values.len().saturating_sub(1) as f64 * q) as usize).copied()
}
