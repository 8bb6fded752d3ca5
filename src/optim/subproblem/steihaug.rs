//! Conjugate gradients that stop at the boundary.

use super::{LARGE, Solution, largest};
use crate::linalg::{Metric, Vector, assign, axpy, copy, dot, norm, zeros};
use crate::optim::{Exit, Path, StepError};

/// The tolerance on ‖r‖₂ at which truncated conjugate gradients may stop: ‖g‖₂ min{κ, ‖g‖₂^θ}.
/// With θ > 0 the outer iteration converges superlinearly (Conn, Gould, Toint 2000, §7.5.1).
pub fn forcing_tolerance(gradient_norm: f64, kappa: f64, theta: f64) -> f64 {
    let power = if theta == 0.5 { gradient_norm.sqrt() } else { libm::pow(gradient_norm, theta) };
    gradient_norm * kappa.min(power)
}

/// When truncated conjugate gradients stop inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    /// At ‖g + Hs‖₂ ≤ this.
    Residual(f64),
    /// Where the last product has added at most this share to the decrease of the model (the released code of Kohler, Adolphs,
    /// Lucchi 2020).
    Decrease(f64),
}

/// [`steihaug_until`] the residual is at most `tolerance`.
///
/// # Errors
/// Those of `product`.
pub fn steihaug(
    g: &[f64],
    product: impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    metric: &Metric,
    radius: f64,
    tolerance: f64,
    limit: usize,
) -> Result<Solution, StepError> {
    steihaug_until(g, product, metric, radius, Stop::Residual(tolerance), limit)
}

/// Preconditioned Steihaug-Toint conjugate gradients (Steihaug 1983; Conn, Gould, Toint 2000, Algorithm 7.5.1).
///
/// `product` writes H p; it is asked at most `limit` times. Ends inside by `stop`, else on the
/// boundary, where the path leaves the region or meets a direction of curvature pᵀHp ≤ 0. At g = 0 (or ‖g‖²_{M⁻¹} below
/// the smallest normal number) the step is zero whatever H: a strict saddle is not left.
///
/// # Errors
/// Those of `product`.
pub fn steihaug_until(
    g: &[f64],
    mut product: impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    metric: &Metric,
    radius: f64,
    stop: Stop,
    limit: usize,
) -> Result<Solution, StepError> {
    let unit = largest(g);
    if unit <= LARGE {
        return match g.len() {
            2 => conjugate_gradients([0.0; 2], g, &mut product, metric, radius, stop, limit),
            n => conjugate_gradients(zeros(n), g, &mut product, metric, radius, stop, limit),
        };
    }
    // t = s/Δ and the model in units of Δ·max|gᵢ|.
    let scaled: Vector = g.iter().map(|v| v / unit).collect();
    let mut ratio = |v: &[f64], hv: &mut [f64]| {
        product(v, hv)?;
        hv.iter_mut().for_each(|e| *e *= radius / unit);
        Ok(())
    };
    let stop = match stop {
        Stop::Residual(tolerance) => Stop::Residual(tolerance / unit),
        share @ Stop::Decrease(_) => share,
    };
    let solution = conjugate_gradients(zeros(g.len()), &scaled, &mut ratio, metric, 1.0, stop, limit)?;
    Ok(solution.rescaled(radius, radius * unit))
}

/// The algorithm in vectors like `zero`: arrays of known length where there are few variables.
fn conjugate_gradients<V: Clone + AsRef<[f64]> + AsMut<[f64]>>(
    zero: V,
    g: &[f64],
    product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    metric: &Metric,
    radius: f64,
    stop: Stop,
    limit: usize,
) -> Result<Solution, StepError> {
    let n = g.len();
    let factor = metric.factor(n);
    let mut r = zero.clone();
    assign(g, r.as_mut());
    let mut v = r.clone();
    factor.solve(v.as_mut());
    let mut rv = dot(r.as_ref(), v.as_ref());
    if rv < f64::MIN_POSITIVE {
        return Ok(Solution::zero(n));
    }
    let mut p = v.clone();
    p.as_mut().iter_mut().for_each(|e| *e = -*e);
    let mut hp = zero.clone();
    let mut s = zero.clone();
    // ‖s‖²_M, ⟨s, p⟩_M and ‖p‖²_M, by products with M: by recurrence they would drift, and the step would leave the region.
    let mut dual = zero;
    let (mut ss, mut sp, mut pp) = (0.0, 0.0, rv);
    let (mut decrease, mut path) = (0.0, Path::new());
    for products in 1..=limit {
        product(p.as_ref(), hp.as_mut())?;
        let curvature = dot(p.as_ref(), hp.as_ref());
        let alpha = rv / curvature;
        let next = ss + alpha * (2.0 * sp + alpha * pp);
        let inside = curvature > 0.0 && next < radius * radius;
        if !inside {
            let room = (radius * radius - ss).max(0.0);
            let tau = room / (sp + norm(&[sp, pp.sqrt() * room.sqrt()]));
            axpy(tau, p.as_ref(), s.as_mut());
            decrease += tau * (rv - 0.5 * tau * curvature);
            path.push(copy(s.as_ref()));
            let exit = if curvature > 0.0 { Exit::Boundary } else { Exit::NegativeCurvature };
            let step = copy(s.as_ref());
            return Ok(Solution { step, multiplier: f64::NAN, model_decrease: decrease, norm: radius, exit, path, products });
        }
        axpy(alpha, p.as_ref(), s.as_mut());
        axpy(alpha, hp.as_ref(), r.as_mut());
        let before = decrease;
        decrease += 0.5 * alpha * rv;
        ss = next;
        path.push(copy(s.as_ref()));
        let converged = match stop {
            Stop::Residual(tolerance) => norm(r.as_ref()) <= tolerance,
            Stop::Decrease(share) => products > 1 && decrease - before <= share * before || norm(r.as_ref()) == 0.0,
        };
        if converged || products == limit {
            let exit = if converged { Exit::Interior } else { Exit::IterationLimit };
            let step = copy(s.as_ref());
            return Ok(Solution { step, multiplier: 0.0, model_decrease: decrease, norm: ss.sqrt(), exit, path, products });
        }
        assign(r.as_ref(), v.as_mut());
        factor.solve(v.as_mut());
        let previous = std::mem::replace(&mut rv, dot(r.as_ref(), v.as_ref()));
        let beta = rv / previous;
        for (pi, vi) in p.as_mut().iter_mut().zip(v.as_ref()) {
            *pi = beta * *pi - vi;
        }
        metric.apply(s.as_ref(), dual.as_mut());
        ss = dot(s.as_ref(), dual.as_ref());
        sp = dot(p.as_ref(), dual.as_ref());
        metric.apply(p.as_ref(), dual.as_mut());
        pp = dot(p.as_ref(), dual.as_ref());
    }
    Ok(Solution { exit: Exit::IterationLimit, ..Solution::zero(n) })
}
