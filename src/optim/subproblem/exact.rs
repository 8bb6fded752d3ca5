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

fn solve(g: &[f64], h: &[f64], metric: &Metric, radius: f64, mut seen: impl FnMut(f64)) -> Solution {
    let n = g.len();
    let factor = metric.factor(n);
    let mut dual = copy(g);
    factor.forward(&mut dual);
    let scaled = factor.congruence(h, n);
    let mut linear = dual;
    linear.iter_mut().for_each(|v| *v /= radius);
    match n {
        0 => Solution::zero(0),
        1 => assemble(&linear, &secular(&linear, &scaled, seen), radius, |u| {
            let mut s: Vector = smallvec![u[0] * radius];
            factor.backward(&mut s);
            s
        }),
        2 => {
            let (values, [x, y]) = symmetric_eigen_2x2(scaled[0], 0.5 * (scaled[1] + scaled[2]), scaled[3]);
            let [p, q] = if x.abs() > y.abs() { [-y, x] } else { [y, -x] };
            let c = [x * linear[0] + y * linear[1], p * linear[0] + q * linear[1]];
            assemble(&c, &secular(&c, &values, seen), radius, |u| {
                let mut s = copy(&[(x * u[0] + p * u[1]) * radius, (y * u[0] + q * u[1]) * radius]);
                factor.backward(&mut s);
                s
            })
        }
        _ => {
            if n > FEW
                && let Some((u, multiplier, exit)) = cholesky::newton(&linear, &scaled, &mut seen)
            {
                return assemble(&linear, &Root { u, least: None, multiplier, exit }, radius, |u| {
                    let mut s: Vector = u.iter().map(|ui| ui * radius).collect();
                    factor.backward(&mut s);
                    s
                });
            }
            let eigen = symmetric_eigen(&scaled, n);
            let c: Vector = eigen.vectors.iter().map(|q| dot(q, &linear)).collect();
            assemble(&c, &secular(&c, &eigen.values, seen), radius, |u| {
                let mut s = Vector::from_elem(0.0, n);
                eigen.vectors.iter().zip(u).for_each(|(q, ui)| axpy(ui * radius, q, &mut s));
                factor.backward(&mut s);
                s
            })
        }
    }
}

/// The solution in the eigenbasis, in units of the radius: z = Δu.
struct Root {
    u: Vector,
    /// In the hard case the solution of least norm.
    least: Option<Vector>,
    multiplier: f64,
    exit: Exit,
}

/// From u to s by `back`, with the decrease −m(s) = ½Δ²(−⟨c, u⟩ + λ‖u‖²), a sum of terms that are not negative.
fn assemble(c: &[f64], root: &Root, radius: f64, back: impl Fn(&[f64]) -> Vector) -> Solution {
    let step = back(&root.u);
    let mut path = Path::new();
    path.extend(root.least.as_ref().map(|u| back(u)));
    path.push(copy(&step));
    let length = norm(&root.u);
    Solution {
        step,
        multiplier: root.multiplier,
        model_decrease: 0.5 * radius * radius * (root.multiplier * length * length - dot(c, &root.u)),
        norm: radius * length,
        exit: root.exit,
        path,
        products: 0,
    }
}

/// uᵢ = −cᵢ/(lᵢ + shift + μ), 0 below index `from` and where cᵢ = 0; returns ‖u‖.
fn point(c: &[f64], l: &[f64], shift: f64, mu: f64, from: usize, u: &mut [f64]) -> f64 {
    for (i, ui) in u.iter_mut().enumerate() {
        *ui = if i < from || c[i] == 0.0 { 0.0 } else { -c[i] / (l[i] + shift + mu) };
    }
    norm(u)
}

/// min ⟨c, u⟩ + ½ Σ lᵢuᵢ² over ‖u‖ ≤ 1, with `l` ascending.
///
/// The unknown is μ = λ − max(0, −l₁), which keeps its digits when λ is close to −l₁. The iteration starts at
/// max |cᵢ| − (lᵢ + shift), where every |uᵢ| ≤ 1 and ‖u‖ ≥ 1: nothing overflows.
fn secular(c: &[f64], l: &[f64], mut seen: impl FnMut(f64)) -> Root {
    let largest = l.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let definite = l[0] > SINGULAR * largest;
    let shift = (-l[0]).max(0.0);
    let mut u = zeros(c.len());
    if definite && point(c, l, 0.0, 0.0, 0, &mut u) <= 1.0 {
        return Root { u, least: None, multiplier: 0.0, exit: Exit::Interior };
    }
    if !definite {
        let bottom = l.iter().take_while(|v| *v - l[0] <= SAME_SPACE * largest).count();
        if norm(&c[..bottom]) <= ORTHOGONAL * norm(c) && point(c, l, shift, 0.0, bottom, &mut u) <= 1.0 {
            return completed(c, u, bottom, shift);
        }
    }
    let mut mu = (0..c.len()).fold(0.0_f64, |m, i| m.max(c[i].abs() - (l[i] + shift)));
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
        let slope = u.iter().zip(l).fold(0.0, |sum, (ui, li)| if *ui == 0.0 { sum } else { sum + ui * ui / (li + shift + mu) });
        let next = mu + (length - 1.0) * length * length / slope;
        if !(length - 1.0 > f64::EPSILON && next > mu) {
            break;
        }
        mu = next;
        length = point(c, l, shift, mu, 0, &mut u);
        seen(shift + mu);
    }
    u.iter_mut().for_each(|v| *v /= length);
    Root { u, least: None, multiplier: shift + mu, exit: Exit::Boundary }
}

fn completed(c: &[f64], least: Vector, bottom: usize, multiplier: f64) -> Root {
    Root { u: hard(c, &least, bottom, 1.0), least: Some(least), multiplier, exit: Exit::HardCase }
}

/// The hard case: `least` is completed to the length `radius` along the axis, among the first `bottom`, on which |c| is largest.
pub(super) fn hard(c: &[f64], least: &[f64], bottom: usize, radius: f64) -> Vector {
    let axis = (1..bottom).fold(0, |best, i| if c[i].abs() > c[best].abs() { i } else { best });
    let mut u = Vector::from_slice(least);
    u[axis] = 0.0;
    let length = norm(&u);
    let rest = (radius - length).max(0.0).sqrt() * (radius + length).sqrt();
    u[axis] = if c[axis] > 0.0 { -rest } else { rest };
    u
}
