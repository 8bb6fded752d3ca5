//! Moré and Sorensen's iteration by Cholesky factors, for many variables.

use crate::linalg::{Factor, Vector, dot, norm};
use crate::optim::Exit;

/// A pivot this small, relative to the largest, leaves the answer to the eigenvalues: the hard case may be near.
const NEARLY_SINGULAR: f64 = 1e-5;
/// Factors after which the answer is left to the eigenvalues.
const MOST_FACTORS: usize = 40;
/// Factors without a λ at which ‖u‖ ≥ 1, after which it is.
const MOST_BLIND: usize = 10;
/// Rows of a factor that are made together.
const ROWS: usize = 32;

/// The minimizer u of ⟨c, u⟩ + ½uᵀAu over ‖u‖ ≤ 1, its multiplier λ, and whether it is inside (Moré, Sorensen 1983, Algorithm 3.14;
/// Conn, Gould, Toint 2000, Algorithm 7.3.4): LLᵀ = A + λI, Lw = u, λ ← λ + (‖u‖ − 1)‖u‖²/‖w‖², held between a λ at which A + λI is not
/// positive definite or ‖u‖ > 1, and one at which ‖u‖ < 1. None where the iteration does not settle on a well-conditioned factor: only then
/// eigenvalues are needed. `a` is symmetric, `n * n` numbers row by row.
pub(super) fn newton(c: &[f64], a: &[f64], mut seen: impl FnMut(f64)) -> Option<(Vector, f64, Exit)> {
    let n = c.len();
    let size = a.chunks_exact(n).map(|row| row.iter().fold(0.0, |sum, v| sum + v.abs())).fold(0.0, f64::max);
    let lowest = (0..n).fold(f64::INFINITY, |m, i| m.min(a[i * n + i]));
    let length = norm(c);
    if length == 0.0 || !(size + length).is_finite() {
        return None;
    }
    let mut lower = (-lowest).max(length - size).max(0.0);
    let mut upper = length + size;
    let between = |lower: f64, upper: f64| (lower * upper).sqrt().max(lower + 0.01 * (upper - lower));
    let mut lambda = if lowest > 0.0 { lower } else { between(lower, upper) };
    let (mut blind, mut settled) = (0, false);
    for _ in 0..MOST_FACTORS {
        seen(lambda);
        let Some((factor, ratio)) = factor(a, n, lambda) else {
            lower = lower.max(lambda);
            lambda = between(lower, upper);
            blind += 1;
            if blind > MOST_BLIND {
                return None;
            }
            continue;
        };
        if ratio < NEARLY_SINGULAR {
            return None;
        }
        let mut u: Vector = c.iter().map(|v| -v).collect();
        factor.solve(&mut u);
        let length = norm(&u);
        if lambda == 0.0 && length <= 1.0 {
            return Some((u, 0.0, Exit::Interior));
        }
        let mut w = u.clone();
        factor.forward(&mut w);
        let next = lambda + (length - 1.0) * length * length / dot(&w, &w);
        if length >= 1.0 {
            // From here on Newton's method climbs monotonically, until rounding stops it.
            if settled && next - lambda <= 4.0 * f64::EPSILON * lambda || length - 1.0 <= 2.0 * f64::EPSILON {
                u.iter_mut().for_each(|v| *v /= length);
                return Some((u, lambda, Exit::Boundary));
            }
            (lower, settled) = (lower.max(lambda), true);
        } else {
            if settled {
                // The climb has passed the root by rounding.
                u.iter_mut().for_each(|v| *v /= length);
                return (1.0 - length <= 1e-12).then_some((u, lambda, Exit::Boundary));
            }
            upper = upper.min(lambda);
            blind += 1;
            if blind > MOST_BLIND {
                return None;
            }
        }
        lambda = if next > lower && next < upper || settled { next } else { between(lower, upper) };
    }
    None
}

/// L of A + λI = LLᵀ, and the ratio of its smallest to its largest squared pivot; none where it is not positive definite. Rows are made
/// [`ROWS`] at a time, so that those above are read that many times less often.
pub(super) fn factor(a: &[f64], n: usize, lambda: f64) -> Option<(Factor<'static>, f64)> {
    let mut l = Vector::from_slice(a);
    (0..n).for_each(|i| l[i * n + i] += lambda);
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    for first in (0..n).step_by(ROWS) {
        let end = n.min(first + ROWS);
        for j in 0..end {
            let (above, rest) = l.split_at_mut((j + 1) * n);
            let done = &mut above[j * n..=j * n + j];
            if j >= first {
                let pivot = done[j] - lanes(&done[..j], &done[..j]);
                if pivot.is_nan() || pivot <= 0.0 {
                    return None;
                }
                (least, most) = (least.min(pivot), most.max(pivot));
                done[j] = pivot.sqrt();
            }
            for i in first.max(j + 1)..end {
                let row = &mut rest[(i - j - 1) * n..][..=j];
                row[j] = (row[j] - lanes(&row[..j], &done[..j])) / done[j];
            }
        }
    }
    Some((Factor::Cholesky(l), least / most))
}

/// ⟨a, b⟩ in eight sums that are added in a fixed order: the same bits everywhere, and a vector register wide.
fn lanes(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (left, right) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail = dot(left.remainder(), right.remainder());
    for (p, q) in left.zip(right) {
        for (sum, (pi, qi)) in sums.iter_mut().zip(p.iter().zip(q)) {
            *sum += pi * qi;
        }
    }
    sums.iter().fold(tail, |total, sum| total + sum)
}
