//! The subproblem on a growing Krylov space.

use super::{LARGE, Solution, exact, largest};
use crate::linalg::{Metric, Vector, axpy, dot};
use crate::optim::{Exit, Path, StepError};

/// A new direction this small, relative to T, is rounding: the space is invariant.
const INVARIANT: f64 = 1e-14;

/// The generalized Lanczos trust-region method (Gould, Lucidi, Roma, Toint 1999): an M-orthonormal Lanczos basis Q of H started at
/// M⁻¹g, and the exact solution of the tridiagonal subproblem min γ₀h₁ + ½hᵀTh over ‖h‖ ≤ Δ; s = Qh.
///
/// Stops when ‖(H + λM)s + g‖_{M⁻¹} = γₖ₊₁|hₖ| ≤ `tolerance` · ‖g‖_{M⁻¹}, after `limit` products, or when the basis spans the whole space; the basis
/// is orthogonalized twice against all of itself. What g does not reach is not seen: at g = 0 the step is zero, and in the hard case it
/// stays in the space of g.
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
) -> Result<Solution, StepError> {
    let unit = largest(g);
    if unit <= LARGE {
        return krylov(g, &mut product, metric, radius, tolerance, limit);
    }
    let scaled: Vector = g.iter().map(|v| v / unit).collect();
    let mut ratio = |v: &[f64], hv: &mut [f64]| {
        product(v, hv)?;
        hv.iter_mut().for_each(|e| *e *= radius / unit);
        Ok(())
    };
    Ok(krylov(&scaled, &mut ratio, metric, 1.0, tolerance, limit)?.rescaled(radius, radius * unit))
}

fn krylov(
    g: &[f64],
    product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    metric: &Metric,
    radius: f64,
    tolerance: f64,
    limit: usize,
) -> Result<Solution, StepError> {
    let n = g.len();
    let factor = metric.factor(n);
    let mut t = Vector::from_slice(g);
    let mut y = Vector::from_slice(g);
    factor.solve(&mut y);
    let first = dot(&t, &y).max(0.0).sqrt();
    if first * first < f64::MIN_POSITIVE {
        return Ok(Solution::zero(n));
    }
    // Rows of the basis: qₖ and M qₖ; T's diagonal and off-diagonal.
    let (mut basis, mut duals): (Vec<Vector>, Vec<Vector>) = (Vec::new(), Vec::new());
    let (mut diagonal, mut off): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let (mut gamma, mut path) = (first, Path::new());
    loop {
        let q: Vector = y.iter().map(|v| v / gamma).collect();
        let w: Vector = t.iter().map(|v| v / gamma).collect();
        product(&q, &mut t)?;
        diagonal.push(dot(&q, &t));
        basis.push(q);
        duals.push(w);
        for _ in 0..2 {
            for (q, w) in basis.iter().zip(&duals) {
                axpy(-dot(q, &t), w, &mut t);
            }
        }
        y.copy_from_slice(&t);
        factor.solve(&mut y);
        gamma = dot(&t, &y).max(0.0).sqrt();

        let k = basis.len();
        let mut tridiagonal = vec![0.0; k * k];
        for i in 0..k {
            tridiagonal[i * k + i] = diagonal[i];
            if i > 0 {
                tridiagonal[i * k + i - 1] = off[i - 1];
                tridiagonal[(i - 1) * k + i] = off[i - 1];
            }
        }
        let mut linear = vec![0.0; k];
        linear[0] = first;
        let small = exact(&linear, &tridiagonal, &Metric::Sphere, radius);
        let mut step = Vector::from_elem(0.0, n);
        basis.iter().zip(&small.step).for_each(|(q, h)| axpy(*h, q, &mut step));
        path.push(Vector::from_slice(&step));
        let last = small.step.last().copied().unwrap_or(0.0);
        let size = diagonal.iter().chain(&off).fold(0.0_f64, |m, e| m.max(e.abs()));
        let done = k == n || gamma <= INVARIANT * size || gamma * last.abs() <= tolerance * first;
        if done || k >= limit {
            let exit = if done { small.exit } else { Exit::IterationLimit };
            return Ok(Solution { step, path, exit, products: k, ..small });
        }
        off.push(gamma);
    }
}
