//! The global minimizer of the subproblem.

use super::{LARGE, Solution, cholesky, largest};
use crate::linalg::{Metric, Vector, axpy, copy, dot, norm, symmetric_eigen, symmetric_eigen_2x2, zeros};
use crate::optim::{Exit, Path};
use smallvec::smallvec;

/// Eigenvalues this small, relative to the largest, count as zero: what rounding leaves of a singular matrix.
pub(super) const SINGULAR: f64 = 1e-14;
/// Eigenvalues this close, relative to the largest, belong to one eigenspace.
pub(super) const SAME_SPACE: f64 = 1e-12;
/// A component of the gradient in the bottom eigenspace this small, relative to the gradient, makes the hard case.
pub const ORTHOGONAL: f64 = 1e-13;

/// Up to so many variables the eigenvalues are asked at once; beyond, Cholesky factors come first.
const FEW: usize = 16;

/// The global minimizer (Moré, Sorensen 1983; Conn, Gould, Toint 2000, §7.3): s solves the problem iff (H + λM)s = −g,
/// H + λM ⪰ 0, λ ≥ 0, λ(Δ − ‖s‖_M) = 0 and ‖s‖_M ≤ Δ. `h` is symmetric, `n * n` numbers row by row.
///
/// In z = Cᵀs with M = CCᵀ and C⁻¹HC⁻ᵀ = QΛQᵀ the secular equation ‖z(λ)‖ = Δ is solved by Newton's method on 1/‖z‖ − 1/Δ,
/// which climbs monotonically to the root from its left.
///
/// With more than 16 variables the same iteration goes by Cholesky factors of H + λM, and eigenvalues are asked only where the hard case may
/// be near.
///
/// In the hard case (g orthogonal to the bottom eigenspace and ‖z(−λ₁)‖ ≤ Δ) an eigenvector q of λ₁ completes the step, on
/// the side to which what is left of −g points; where nothing is left, along +q with q's entry of largest size positive.
/// The path then holds the step of least norm before the solution. At g = 0 on a strict saddle the step follows
/// the bottom eigenvector to the boundary.
pub fn exact(g: &[f64], h: &[f64], metric: &Metric, radius: f64) -> Solution {
    exact_observed(g, h, metric, radius, |_| ())
}

/// As [`exact`], telling `seen` every multiplier λ at which the iteration looks, in order; none where it needs no iteration.
pub fn exact_observed(g: &[f64], h: &[f64], metric: &Metric, radius: f64, mut seen: impl FnMut(f64)) -> Solution {
    let unit = largest(g).max(largest(h));
    if unit > LARGE {
        let scaled = |v: &[f64]| -> Vector { v.iter().map(|e| e / unit).collect() };
        return solve(&scaled(g), &scaled(h), metric, radius, |l| seen(l * unit)).rescaled(1.0, unit);
    }
    solve(g, h, metric, radius, seen)
}

#[inline]
fn solve(g: &[f64], h: &[f64], metric: &Metric, radius: f64, mut seen: impl FnMut(f64)) -> Solution {
    let n = g.len();
    let factor = metric.factor(n);
    let mut linear = copy(g);
    factor.forward(&mut linear);
    linear.iter_mut().for_each(|v| *v /= radius);
    let scaled = factor.congruence(h, n);
    match n {
        0 => Solution::zero(0),
        1 => assemble(&linear, secular(&linear, &scaled, zeros(1), seen), radius, |u| {
            let mut s: Vector = smallvec![u[0] * radius];
            factor.backward(&mut s);
            s
        }),
        2 => {
            let (values, [x, y]) = symmetric_eigen_2x2(scaled[0], 0.5 * (scaled[1] + scaled[2]), scaled[3]);
            let [p, q] = if x.abs() > y.abs() { [-y, x] } else { [y, -x] };
            let c = [x * linear[0] + y * linear[1], p * linear[0] + q * linear[1]];
            assemble(&c, secular(&c, &values, [0.0; 2], seen), radius, |u| {
                let mut s = copy(&[(x * u[0] + p * u[1]) * radius, (y * u[0] + q * u[1]) * radius]);
                factor.backward(&mut s);
                s
            })
        }
        _ => {
            if n > FEW
                && let Some((u, multiplier, exit)) = cholesky::newton(&linear, &scaled, &mut seen)
            {
                return assemble(&linear, Root { u, least: None, multiplier, exit }, radius, |u| {
                    let mut s: Vector = u.iter().map(|ui| ui * radius).collect();
                    factor.backward(&mut s);
                    s
                });
            }
            let eigen = symmetric_eigen(&scaled, n);
            let c: Vector = eigen.vectors.iter().map(|q| dot(q, &linear)).collect();
            assemble(&c, secular(&c, &eigen.values, zeros(n), seen), radius, |u| {
                let mut s = Vector::from_elem(0.0, n);
                eigen.vectors.iter().zip(u).for_each(|(q, ui)| axpy(ui * radius, q, &mut s));
                factor.backward(&mut s);
                s
            })
        }
    }
}

/// Coordinates in the eigenbasis: an array of known length where there are few variables.
pub(super) trait Coordinates: Clone + AsRef<[f64]> + AsMut<[f64]> {}
impl<V: Clone + AsRef<[f64]> + AsMut<[f64]>> Coordinates for V {}

/// The solution in the eigenbasis, in units of the radius: z = Δu.
struct Root<V> {
    u: V,
    /// In the hard case the solution of least norm.
    least: Option<V>,
    multiplier: f64,
    exit: Exit,
}

/// From u to s by `back`, with the decrease −m(s) = ½Δ²(−⟨c, u⟩ + λ‖u‖²), a sum of terms that are not negative.
#[inline]
fn assemble<V: Coordinates>(c: &V, root: Root<V>, radius: f64, back: impl Fn(&[f64]) -> Vector) -> Solution {
    let u = root.u.as_ref();
    let step = back(u);
    let mut path = Path::new();
    if let Some(least) = &root.least {
        path.push(back(least.as_ref()));
    }
    path.push(copy(&step));
    let length = norm(u);
    Solution {
        step,
        multiplier: root.multiplier,
        model_decrease: 0.5 * radius * radius * (root.multiplier * length * length - dot(c.as_ref(), u)),
        norm: radius * length,
        exit: root.exit,
        path,
        products: 0,
    }
}

/// uᵢ = −cᵢ/(lᵢ + shift + μ), 0 below index `from` and where cᵢ = 0; returns ‖u‖.
#[inline]
fn point<V: Coordinates>(c: &V, l: &V, shift: f64, mu: f64, from: usize, u: &mut V) -> f64 {
    for (i, (ui, (ci, li))) in u.as_mut().iter_mut().zip(c.as_ref().iter().zip(l.as_ref())).enumerate() {
        *ui = if i < from || *ci == 0.0 { 0.0 } else { -ci / (li + shift + mu) };
    }
    norm(u.as_ref())
}

/// min ⟨c, u⟩ + ½ Σ lᵢuᵢ² over ‖u‖ ≤ 1, with `l` ascending; `u` is of their length.
///
/// The unknown is μ = λ − max(0, −l₁), which keeps its digits when λ is close to −l₁. The iteration starts at
/// max |cᵢ| − (lᵢ + shift), where every |uᵢ| ≤ 1 and ‖u‖ ≥ 1: nothing overflows.
#[inline]
fn secular<V: Coordinates>(c: &V, l: &V, mut u: V, mut seen: impl FnMut(f64)) -> Root<V> {
    let (lows, parts) = (l.as_ref(), c.as_ref());
    let largest = lows.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let definite = lows[0] > SINGULAR * largest;
    let shift = (-lows[0]).max(0.0);
    if definite && point(c, l, 0.0, 0.0, 0, &mut u) <= 1.0 {
        return Root { u, least: None, multiplier: 0.0, exit: Exit::Interior };
    }
    if !definite {
        let bottom = lows.iter().take_while(|v| *v - lows[0] <= SAME_SPACE * largest).count();
        if norm(&parts[..bottom]) <= ORTHOGONAL * norm(parts) && point(c, l, shift, 0.0, bottom, &mut u) <= 1.0 {
            return completed(c, u, bottom, shift);
        }
    }
    let mut mu = parts.iter().zip(lows).fold(0.0_f64, |m, (ci, li)| m.max(ci.abs() - (li + shift)));
    let mut length = point(c, l, shift, mu, 0, &mut u);
    seen(shift + mu);
    if length < 1.0 {
        // Only where c₁ = 0 and the bottom eigenvalues differ by rounding.
        if shift > 0.0 {
            return completed(c, u, 1, shift + mu);
        }
        return Root { u, least: None, multiplier: mu, exit: Exit::Interior };
    }
    for _ in 0..100 {
        let terms = u.as_ref().iter().zip(lows);
        let slope = terms.fold(0.0, |sum, (ui, li)| if *ui == 0.0 { sum } else { sum + ui * ui / (li + shift + mu) });
        let next = mu + (length - 1.0) * length * length / slope;
        if !(length - 1.0 > f64::EPSILON && next > mu) {
            break;
        }
        mu = next;
        length = point(c, l, shift, mu, 0, &mut u);
        seen(shift + mu);
    }
    u.as_mut().iter_mut().for_each(|v| *v /= length);
    Root { u, least: None, multiplier: shift + mu, exit: Exit::Boundary }
}

fn completed<V: Coordinates>(c: &V, least: V, bottom: usize, multiplier: f64) -> Root<V> {
    Root { u: hard(c.as_ref(), &least, bottom, 1.0), least: Some(least), multiplier, exit: Exit::HardCase }
}

/// The hard case: `least` is completed to the length `radius` along the axis, among the first `bottom`, on which |c| is largest.
pub(super) fn hard<V: Coordinates>(c: &[f64], least: &V, bottom: usize, radius: f64) -> V {
    let axis = (1..bottom).fold(0, |best, i| if c[i].abs() > c[best].abs() { i } else { best });
    let mut completed = least.clone();
    let u = completed.as_mut();
    u[axis] = 0.0;
    let length = norm(u);
    let rest = (radius - length).max(0.0).sqrt() * (radius + length).sqrt();
    u[axis] = if c[axis] > 0.0 { -rest } else { rest };
    completed
}
