//! The subproblem on a growing Krylov space.

use super::krylov::Krylov;
use super::{LARGE, Solution, exact, largest};
use crate::linalg::{Metric, Vector};
use crate::optim::{Exit, Path, StepError};

/// Up to so many directions the projected problem is solved at each; beyond at every eighth of their number.
const EACH: usize = 32;

/// What is asked of the curvature that the Krylov space of g may not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curvature {
    /// Nothing, unless the space is exhausted.
    Seen,
    /// Where the residual is small the basis goes on, until the smallest Ritz value beside the space of g has settled.
    Probed,
}

/// The generalized Lanczos trust-region method (Gould, Lucidi, Roma, Toint 1999): an M-orthonormal Lanczos basis Q of H started at
/// M⁻¹g, and the exact solution of the tridiagonal subproblem min γ₀h₁ + ½hᵀTh over ‖h‖ ≤ Δ; s = Qh.
///
/// Stops when ‖(H + λM)s + g‖_{M⁻¹} = γₖ₊₁|hₖ| ≤ `tolerance` · ‖g‖_{M⁻¹}, after `limit` products, or when the basis spans the whole space.
/// Where the space of g is exhausted before (the hard case, or g = 0) the basis goes on from a random direction that is
/// M-orthogonal to it, until the smallest Ritz value there has converged: negative curvature that g does not reach is found.
///
/// On the space that it has seen, s is the global minimizer: with the whole space, or after an exhausted one, it has the decrease of
/// the eigenpoint, ½|λ_min|Δ² for M = I, and else that of the smallest Ritz value. With [`Curvature::Probed`] a basis that has
/// converged before goes on from a random direction, too, until the smallest Ritz value of H on the complement of the space of g has
/// settled: s then has the eigenpoint's decrease wherever the whole space is reached (two variables: one product more), and beyond up to what
/// couples the two parts, if `limit` leaves room. That costs the products of a second basis, on convex models for nothing. A trust-region method leaves a saddle without it: the tolerance is relative to g,
/// so what hides behind a large part of g is what is left of g once that part is gone, and at g = 0 the basis begins at a random direction.
///
/// # Errors
/// Those of `product`.
pub fn lanczos(
    g: &[f64],
    mut product: impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    metric: &Metric,
    radius: f64,
    tolerance: f64,
    limit: usize,
    curvature: Curvature,
) -> Result<Solution, StepError> {
    let unit = largest(g);
    if unit <= LARGE {
        return krylov(g, &mut product, metric, radius, tolerance, limit, curvature);
    }
    let scaled: Vector = g.iter().map(|v| v / unit).collect();
    let mut ratio = |v: &[f64], hv: &mut [f64]| {
        product(v, hv)?;
        hv.iter_mut().for_each(|e| *e *= radius / unit);
        Ok(())
    };
    Ok(krylov(&scaled, &mut ratio, metric, 1.0, tolerance, limit, curvature)?.rescaled(radius, radius * unit))
}

fn krylov(
    g: &[f64],
    product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    metric: &Metric,
    radius: f64,
    tolerance: f64,
    limit: usize,
    curvature: Curvature,
) -> Result<Solution, StepError> {
    let mut basis = Krylov::new(g, metric);
    let mut path = Path::new();
    grow(&mut basis, limit, curvature, product, |basis| {
        let small = exact(&basis.linear(), &basis.projected(), &Metric::Sphere, radius);
        let step = basis.lift(&small.step);
        path.push(step.clone());
        let residual = basis.gamma() * small.step.last().map_or(0.0, |h| h.abs());
        let converged = residual <= tolerance * basis.first();
        (Solution { step, products: basis.len(), ..small }, converged)
    })
    .map(|found| match found {
        Some((solution, true)) => Solution { path, ..solution },
        Some((solution, false)) => Solution { path, exit: Exit::IterationLimit, ..solution },
        None => Solution::zero(g.len()),
    })
}

/// Grows `basis` until `solve` says that its solution has converged, and the curvature that g does not reach is seen too; or
/// until `limit` products. The last solution, and whether it is final; none without a product.
pub(super) fn grow<S>(
    basis: &mut Krylov<'_>,
    limit: usize,
    curvature: Curvature,
    product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    mut solve: impl FnMut(&Krylov<'_>) -> (S, bool),
) -> Result<Option<(S, bool)>, StepError> {
    let n = basis.dim();
    let limit = limit.min(n);
    let mut last = None;
    while basis.len() < limit {
        basis.grow(product)?;
        let (k, exhausted) = (basis.len(), basis.is_invariant());
        if k > EACH && k % (k / 8) != 0 && !exhausted && k < limit {
            continue;
        }
        let (solution, converged) = solve(basis);
        let done = k == n
            || if basis.is_beyond_gradient() {
                basis.has_bottom()
            } else {
                converged && !exhausted && curvature == Curvature::Seen
            };
        last = Some((solution, done));
        if done {
            break;
        }
        if exhausted || converged && !basis.is_beyond_gradient() {
            basis.restart();
        }
    }
    Ok(last)
}
