//! The cubic subproblem: minimize m(s) = ⟨g, s⟩ + ½ sᵀHs + (σ/3)‖s‖³ over all s.

use super::exact::{ORTHOGONAL, SAME_SPACE, SINGULAR, hard};
use super::krylov::Krylov;
use super::lanczos::{Curvature, grow};
use super::{LARGE, Solution, largest};
use crate::linalg::{Metric, Vector, axpy, dot, norm, symmetric_eigen, zeros};
use crate::optim::{Exit, Path, StepError};

/// The global minimizer by eigenvalues (Nesterov, Polyak 2006, Section 5; Cartis, Gould, Toint 2011, Theorem 3.1): (H + λI)s = −g
/// with λ = σ‖s‖ and H + λI ⪰ 0. `h` is symmetric, `n * n` numbers row by row; σ > 0.
///
/// With λ = max(0, −λ₁) + μ the root of ‖s(λ)‖ = λ/σ is found by Newton's method on 1/‖s‖ − σ/λ, a concave function of μ: from the
/// left it climbs monotonically. In the hard case (g orthogonal to the bottom eigenspace and ‖s(−λ₁)‖ < −λ₁/σ) the step is completed by an
/// eigenvector as in [`exact`](super::exact); the path then holds the step of least norm first. The norm is the radius of the ball ‖s‖ = λ/σ
/// on which the step lies.
pub fn cubic(g: &[f64], h: &[f64], sigma: f64) -> Solution {
    let unit = largest(g).max(largest(h)).max(sigma);
    if unit > LARGE {
        let scaled = |v: &[f64]| -> Vector { v.iter().map(|e| e / unit).collect() };
        return cubic(&scaled(g), &scaled(h), sigma / unit).rescaled(1.0, unit);
    }
    let n = g.len();
    if n == 0 {
        return Solution::zero(0);
    }
    let eigen = symmetric_eigen(h, n);
    let c: Vector = eigen.vectors.iter().map(|q| dot(q, g)).collect();
    let back = |u: &[f64]| {
        let mut s = zeros(n);
        eigen.vectors.iter().zip(u).for_each(|(q, ui)| axpy(*ui, q, &mut s));
        s
    };
    let largest = eigen.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let lowest = eigen.values[0];
    let shift = if lowest < -SINGULAR * largest { -lowest } else { 0.0 };
    // What the smallest eigenvalues are above −shift.
    let a: Vector = eigen.values.iter().map(|l| (l + shift).max(0.0)).collect();
    let mut u = zeros(n);
    if c.iter().all(|v| *v == 0.0) && shift == 0.0 {
        return Solution::zero(n);
    }
    if shift > 0.0 {
        let bottom = a.iter().take_while(|v| **v <= SAME_SPACE * largest).count();
        let short = norm(&c[..bottom]);
        let orthogonal = short <= ORTHOGONAL * norm(&c) || sigma * short < f64::MIN_POSITIVE;
        if orthogonal && point(&c, &a, 0.0, bottom, &mut u) <= shift / sigma {
            let step = back(&hard(&c, &u, bottom, shift / sigma));
            let path = [back(&u), step.clone()].into_iter().collect();
            return solution(g, step, shift, path, Exit::HardCase);
        }
    }
    let mut mu = (0..n).fold(0.0_f64, |m, i| m.max(left(a[i], shift, sigma * c[i].abs())));
    let mut length = point(&c, &a, mu, 0, &mut u);
    for _ in 0..200 {
        let lambda = shift + mu;
        let ratio = sigma * length / lambda;
        let slope = u.iter().zip(&a).fold(0.0, |sum, (ui, ai)| if *ui == 0.0 { sum } else { sum + ui * ui / (ai + mu) });
        let next = mu + (ratio - 1.0) / (slope / (length * length) + ratio / lambda);
        if !(ratio - 1.0 > f64::EPSILON && next > mu) {
            break;
        }
        mu = next;
        length = point(&c, &a, mu, 0, &mut u);
    }
    let step = back(&u);
    let path = [step.clone()].into_iter().collect();
    solution(g, step, shift + mu, path, Exit::Interior)
}

/// The minimizer on a growing Krylov space: [`cubic`] of the tridiagonal projection (Cartis, Gould, Toint 2011, Section 6.2).
///
/// Stops at ‖∇m(s)‖ ≤ ‖g‖ min{κ, ‖s‖/max(1, σ)}, after `limit` products, or when the basis spans the whole space. Where the space of g is
/// exhausted before, it goes on as [`lanczos`](super::lanczos) does.
///
/// # Errors
/// Those of `product`.
pub fn cubic_lanczos(
    g: &[f64],
    mut product: impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    sigma: f64,
    kappa: f64,
    limit: usize,
) -> Result<Solution, StepError> {
    let unit = largest(g);
    let tolerance = |length: f64| kappa.min(length / sigma.max(1.0));
    if unit <= LARGE {
        return krylov(g, &mut product, sigma, tolerance, limit);
    }
    // The same minimizer, with the model in units of max|gᵢ|.
    let scaled: Vector = g.iter().map(|v| v / unit).collect();
    let mut ratio = |v: &[f64], hv: &mut [f64]| {
        product(v, hv)?;
        hv.iter_mut().for_each(|e| *e /= unit);
        Ok(())
    };
    Ok(krylov(&scaled, &mut ratio, sigma / unit, tolerance, limit)?.rescaled(1.0, unit))
}

fn krylov(
    g: &[f64],
    product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    sigma: f64,
    tolerance: impl Fn(f64) -> f64,
    limit: usize,
) -> Result<Solution, StepError> {
    let mut basis = Krylov::new(g, &Metric::Sphere);
    let mut path = Path::new();
    let found = grow(&mut basis, limit, Curvature::Seen, product, |basis| {
        let small = cubic(&basis.linear(), &basis.projected(), sigma);
        let step = basis.lift(&small.step);
        path.push(step.clone());
        let residual = basis.gamma() * small.step.last().map_or(0.0, |h| h.abs());
        let converged = residual <= basis.first() * tolerance(small.norm);
        (Solution { step, products: basis.len(), ..small }, converged)
    })?;
    Ok(match found {
        Some((solution, true)) => Solution { path, ..solution },
        Some((solution, false)) => Solution { path, exit: Exit::IterationLimit, ..solution },
        None => Solution::zero(g.len()),
    })
}

/// −m(s) = −½⟨g, s⟩ + ⅙λ‖s‖² at a solution.
fn solution(g: &[f64], step: Vector, lambda: f64, path: Path, exit: Exit) -> Solution {
    let length = norm(&step);
    let model_decrease = lambda * length * length / 6.0 - 0.5 * dot(g, &step);
    Solution { step, multiplier: lambda, model_decrease, norm: length, exit, path, products: 0 }
}

/// uᵢ = −cᵢ/(aᵢ + μ), 0 below index `from` and where cᵢ = 0; returns ‖u‖.
fn point(c: &[f64], a: &[f64], mu: f64, from: usize, u: &mut [f64]) -> f64 {
    for (i, ui) in u.iter_mut().enumerate() {
        *ui = if i < from || c[i] == 0.0 { 0.0 } else { -c[i] / (a[i] + mu) };
    }
    norm(u)
}

/// The root μ ≥ 0 of (a + μ)(shift + μ) = b, or 0: with one term alone ‖s‖ ≥ λ/σ up to here.
fn left(a: f64, shift: f64, b: f64) -> f64 {
    let room = b - a * shift;
    if room > 0.0 { 2.0 * room / (a + shift + ((a - shift) * (a - shift) + 4.0 * b).sqrt()) } else { 0.0 }
}
