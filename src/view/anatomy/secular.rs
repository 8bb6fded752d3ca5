//! The secular equation ‖s(λ)‖_M = Δ.

use super::{Nature, Section};
use crate::linalg::{Metric, Vector, axpy, dot, norm, symmetric_eigen, zeros};
use crate::optim::Exit;
use crate::optim::subproblem::{ORTHOGONAL, exact_observed};

/// Eigenvalues this small, relative to the largest, make Newton's point meaningless.
const SINGULAR: f64 = 1e-13;
/// Eigenvalues this close, relative to the largest, have one pole.
const SAME_POLE: f64 = 1e-12;
/// Points of a trajectory to a tenfold of λ + λ₁.
const POINTS_PER_DECADE: i32 = 32;
/// Points of a trajectory nearer than this, in units of Δ, are one.
const FINEST: f64 = 2e-3;

/// s(λ) = −(H + λM)⁻¹g in the eigenbasis Hvᵢ = λᵢMvᵢ, vᵢᵀMvⱼ = δᵢⱼ: s(λ) = −Σ cᵢ/(λᵢ + λ) vᵢ with cᵢ = gᵀvᵢ,
/// ‖s(λ)‖²_M = Σ cᵢ²/(λᵢ + λ)² (Conn, Gould, Toint 2000, §7.3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Secular {
    /// λ₁ ≤ … ≤ λₙ.
    pub values: Vector,
    /// vᵢ.
    pub vectors: Vec<Vector>,
    /// cᵢ; exactly 0 where g is orthogonal to vᵢ up to rounding.
    pub components: Vector,
    /// Δ.
    pub radius: f64,
    /// λ* of the exact solution.
    pub root: f64,
    /// The multipliers at which the exact solver looked, in order: Newton's method on 1/‖s(λ)‖ − 1/Δ.
    pub iterates: Vec<f64>,
    /// Eigenvalues that are λ₁.
    pub bottom: usize,
}

/// A place where some λᵢ + λ = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pole {
    /// −λᵢ.
    pub at: f64,
    /// Whether ‖s(λ)‖ grows without bound there: g has a part in the eigenspace.
    pub real: bool,
}

impl Secular {
    pub(super) fn new(g: &[f64], h: &[f64], metric: &Metric, radius: f64) -> Self {
        let n = g.len();
        let mut iterates = Vec::new();
        let solution = exact_observed(g, h, metric, radius, |lambda| iterates.push(lambda));
        if solution.exit == Exit::Interior {
            iterates.clear();
        }
        let factor = metric.factor(n);
        let mut dual = Vector::from_slice(g);
        factor.forward(&mut dual);
        let eigen = symmetric_eigen(&factor.congruence(h, n), n);
        let whole = norm(&dual);
        let component = |v: &Vector| Some(dot(v, &dual)).filter(|c| c.abs() > ORTHOGONAL * whole).unwrap_or(0.0);
        let components = eigen.vectors.iter().map(component).collect();
        let mut vectors = eigen.vectors;
        vectors.iter_mut().for_each(|v| factor.backward(v));
        let largest = eigen.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let bottom = eigen.values.iter().take_while(|v| **v - eigen.values[0] <= SAME_POLE * largest).count();
        Self { values: eigen.values, vectors, components, radius, root: solution.multiplier, iterates, bottom }
    }

    /// ‖g‖_{M⁻¹}.
    pub fn dual_norm(&self) -> f64 {
        norm(&self.components)
    }

    /// max(0, −λ₁): the least multiplier at which H + λM has no negative eigenvalue.
    pub fn least(&self) -> f64 {
        (-self.values[0]).max(0.0)
    }

    /// Whether g has no part in the eigenspace of λ₁: the way down is hidden from it.
    pub fn is_orthogonal(&self) -> bool {
        self.components[..self.bottom].iter().all(|c| *c == 0.0)
    }

    /// ‖s(λ)‖_M, infinite at a pole.
    pub fn norm(&self, lambda: f64) -> f64 {
        norm(&self.coordinates(lambda))
    }

    /// 1/‖s(λ)‖_M − 1/Δ: concave and nearly straight, which is why Newton's method is run on it.
    pub fn reciprocal(&self, lambda: f64) -> f64 {
        1.0 / self.norm(lambda) - 1.0 / self.radius
    }

    /// s(λ); of least norm where H + λM is singular and g has no part in its null space.
    pub fn step(&self, lambda: f64) -> Vector {
        let mut s = zeros(self.values.len());
        for (z, v) in self.coordinates(lambda).iter().zip(&self.vectors) {
            axpy(*z, v, &mut s);
        }
        s
    }

    /// The places −λᵢ from left to right, one for each eigenspace.
    pub fn poles(&self) -> Vec<Pole> {
        let largest = self.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let mut poles: Vec<Pole> = Vec::new();
        for (value, c) in self.values.iter().zip(&self.components).rev() {
            let real = *c != 0.0;
            match poles.last_mut() {
                Some(last) if (last.at + value).abs() <= SAME_POLE * largest => last.real |= real,
                _ => poles.push(Pole { at: 0.0 - value, real }),
            }
        }
        poles
    }

    /// ‖s(−λ₁)‖_M without the part in the eigenspace of λ₁: below Δ only that part can reach the boundary.
    pub fn norm_beside(&self) -> f64 {
        let mut z = self.coordinates(-self.values[0]);
        z[..self.bottom].iter_mut().for_each(|v| *v = 0.0);
        norm(&z)
    }

    /// The interval of λ worth a look: 0, −λ₁ and the root with room on both sides, and the other poles that are near.
    pub fn window(&self) -> [f64; 2] {
        let pole = -self.values[0];
        let (mut low, mut high) = (pole.min(0.0), pole.max(self.root).max(0.0));
        if low == high {
            (low, high) = (low - 0.5, high + 0.5);
        }
        let reach = low - 1.5 * (high - low);
        low = self.values.iter().map(|value| -value).filter(|at| *at >= reach).fold(low, f64::min);
        [low - 0.25 * (high - low), high + 0.5 * (high - low)]
    }

    /// −H⁻¹g and what it is of the model; `None` where H is singular.
    pub(super) fn newton(&self) -> Option<(Vector, Nature)> {
        let largest = self.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        if !self.values.iter().all(|v| v.abs() > SINGULAR * largest) {
            return None;
        }
        let negative = self.values.iter().filter(|v| **v < 0.0).count();
        let nature = match negative {
            0 => Nature::Minimizer,
            k if k == self.values.len() => Nature::Maximizer,
            _ => Nature::Saddle,
        };
        let step = self.step(0.0);
        crate::linalg::all_finite(&step).then_some((step, nature))
    }

    /// s(λ) in the plane for λ from ∞ down to max(0, −λ₁), as far as ‖s‖_M ≤ `reach`: every solution from Δ = 0 on. In the
    /// hard case it ends at s(−λ₁) and goes on along ±v₁.
    pub(super) fn trajectory(&self, section: &Section, reach: f64) -> Vec<Vec<[f64; 2]>> {
        let seen: Vec<[f64; 2]> = self.vectors.iter().map(|v| section.coordinates(v)).collect();
        let point = |z: &[f64]| z.iter().zip(&seen).fold([0.0; 2], |p, (z, v)| [p[0] + z * v[0], p[1] + z * v[1]]);
        let (least, whole) = (self.least(), self.dual_norm());
        let mut curve = vec![[0.0; 2]];
        let ratio = libm::pow(10.0, -1.0 / f64::from(POINTS_PER_DECADE));
        // ‖s‖ ≤ ‖c‖/μ with μ = λ − max(0, −λ₁): the first point is near 0, the last one at the end of the curve to rounding.
        let mut mu = whole / (1e-3 * self.radius);
        let mut inside = true;
        let mut last = zeros(self.values.len());
        for _ in 0..16 * POINTS_PER_DECADE {
            if !(inside && mu > 0.0 && mu.is_finite()) {
                break;
            }
            let z = self.coordinates_beyond(least, mu);
            inside = norm(&z) <= reach;
            let moved: Vector = z.iter().zip(&last).map(|(z, l)| z - l).collect();
            if norm(&moved) > FINEST * self.radius {
                curve.push(point(&z));
                last = z;
            }
            mu *= ratio;
        }
        let end = self.coordinates(least);
        let length = norm(&end);
        if !(inside && length <= reach) {
            return vec![curve];
        }
        let fork = point(&end);
        curve.push(fork);
        let mut curves = vec![curve];
        if self.is_orthogonal() && self.values[0] <= 0.0 {
            let rest = (reach * reach - length * length).max(0.0).sqrt();
            curves.extend([1.0, -1.0].map(|side| vec![fork, [0, 1].map(|i| fork[i] + side * rest * seen[0][i])]));
        }
        curves
    }

    fn coordinates(&self, lambda: f64) -> Vector {
        self.coordinates_beyond(lambda, 0.0)
    }

    /// −cᵢ/(λᵢ + least + μ): digits of a small μ beside a large λ are kept.
    fn coordinates_beyond(&self, least: f64, mu: f64) -> Vector {
        let quotient = |(c, l): (&f64, &f64)| if *c == 0.0 { 0.0 } else { -c / (l + least + mu) };
        self.components.iter().zip(&self.values).map(quotient).collect()
    }
}
