//! Steps s = −B⁻¹g with B a function of the curvature matrix, and the ellipsoids whose boundary they reach.

use crate::linalg::{Metric, SymmetricEigen, Vector, all_finite, axpy, copy, dot, norm, symmetric_eigen, zeros};
use crate::optim::trust::rounding;
use crate::optim::{Exit, Geometry, Optimizer, Oracle, Path, Phase, Region, Step, StepError, Verdict};

/// An eigenvalue of B this small, relative to the largest, is rounding: its direction is left alone, and no ellipsoid is drawn.
const SINGULAR: f64 = 1e-14;
/// The share of the slope that a line search asks for (Armijo 1966; Nocedal, Wright 2006, §3.1).
const ARMIJO: f64 = 1e-4;
/// Halvings of a line search: the step is then below the rounding of x.
const HALVINGS: usize = 60;

/// f and ∇f at an iterate, and a curvature matrix there, the Hessian or Gauss-Newton's, by its eigenvalues: V diag(λ) Vᵀ.
#[derive(Clone)]
pub(super) struct Local {
    pub f: f64,
    pub g: Vector,
    pub gradient_norm: f64,
    pub eigen: SymmetricEigen,
    /// ⟨vᵢ, g⟩.
    pub along: Vector,
}

/// The matrix that divides the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Divisor {
    /// H + λI.
    Shifted(f64),
    /// |H| + λI.
    Absolute(f64),
    /// H + √(H_c‖g‖) I; with the guard at least √(H_c‖g‖) on every eigenvalue.
    Regularized {
        /// H_c, half the Lipschitz constant of the Hessian.
        change: f64,
        guard: bool,
    },
}

/// s = −B⁻¹g, and the eigenvalues b of B = V diag(b) Vᵀ.
pub(super) struct Proposal {
    pub b: Vector,
    pub step: Vector,
}

impl Local {
    /// Asks value, gradient and Hessian at x.
    pub fn at(x: &[f64], oracle: &mut Oracle<'_>) -> Result<Self, StepError> {
        let n = x.len();
        let (mut g, mut h) = (zeros(n), zeros(n * n));
        let f = oracle.gradient_hessian(x, &mut g, &mut h)?;
        Self::new(x, f, g, &h)
    }

    /// Asks value, gradient and Gauss-Newton's matrix at x.
    pub fn of_residuals(x: &[f64], oracle: &mut Oracle<'_>) -> Result<Self, StepError> {
        let (mut g, mut matrix) = (zeros(x.len()), zeros(x.len() * x.len()));
        let f = oracle.gradient(x, &mut g)?;
        oracle.gauss_newton_matrix(x, &mut matrix)?;
        Self::new(x, f, g, &matrix)
    }

    /// Asks the Hessian at x, where the gradient is known.
    pub fn with_gradient(x: &[f64], f: f64, g: Vector, oracle: &mut Oracle<'_>) -> Result<Self, StepError> {
        let mut h = zeros(x.len() * x.len());
        oracle.hessian(x, &mut h)?;
        Self::new(x, f, g, &h)
    }

    /// From what is known at x.
    pub fn new(x: &[f64], f: f64, g: Vector, matrix: &[f64]) -> Result<Self, StepError> {
        if !f.is_finite() {
            return Err(StepError::NotFinite { what: "function value", at: copy(x) });
        }
        let eigen = symmetric_eigen(matrix, x.len());
        let along = eigen.vectors.iter().map(|v| dot(v, &g)).collect();
        Ok(Self { f, gradient_norm: norm(&g), g, eigen, along })
    }

    /// V w.
    pub fn combine(&self, w: impl Iterator<Item = f64>) -> Vector {
        let mut out = zeros(self.g.len());
        self.eigen.vectors.iter().zip(w).for_each(|(v, wi)| axpy(wi, v, &mut out));
        out
    }

    /// √(H_c‖g‖) of the regularized Newton method.
    pub fn regularization(&self, change: f64) -> f64 {
        (change * self.gradient_norm).sqrt()
    }

    /// s = −B⁻¹g, of least norm where B is singular.
    pub fn divide(&self, divisor: Divisor) -> Proposal {
        let lowest = self.eigen.values.first().copied().unwrap_or(0.0);
        let b: Vector = match divisor {
            Divisor::Shifted(shift) => self.eigen.values.iter().map(|l| l + shift).collect(),
            Divisor::Absolute(shift) => self.eigen.values.iter().map(|l| l.abs() + shift).collect(),
            Divisor::Regularized { change, guard } => {
                let shift = self.regularization(change) + if guard { (-lowest).max(0.0) } else { 0.0 };
                self.eigen.values.iter().map(|l| l + shift).collect()
            }
        };
        let least = SINGULAR * b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let step = self.combine(self.along.iter().zip(&b).map(|(c, bi)| if bi.abs() <= least { 0.0 } else { -c / bi }));
        Proposal { b, step }
    }

    /// −m(s) = −⟨g, s⟩ − ½sᵀHs where that is a decrease; NaN where the model promises none.
    pub fn promise(&self, s: &[f64]) -> f64 {
        let bend = self.eigen.values.iter().zip(&self.eigen.vectors).fold(0.0, |sum, (l, v)| {
            let component = dot(v, s);
            sum + l * component * component
        });
        let decrease = -dot(&self.g, s) - 0.5 * bend;
        if decrease >= 0.0 { decrease } else { f64::NAN }
    }

    /// How t s came about, from x. Where B is positive definite: t s minimizes ⟨g, ·⟩ in the ellipsoid of B with radius
    /// t‖g‖_{B⁻¹} (Kohler, Adolphs, Lucchi 2020, Lemma 1). Else there is no ellipsoid: a line, or nothing where s = 0.
    pub fn geometry(&self, x: &[f64], proposal: &Proposal, tried: Vec<f64>) -> Geometry {
        let Proposal { b, step } = proposal;
        let t = tried.last().copied().unwrap_or(1.0);
        let largest = b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        if !b.iter().all(|v| *v > 2.0 * SINGULAR * largest) {
            let still = step.iter().all(|s| *s == 0.0);
            return if still { Geometry::Point } else { Geometry::Line { direction: copy(step), tried } };
        }
        let n = x.len();
        let mut matrix = zeros(n * n);
        for (v, bi) in self.eigen.vectors.iter().zip(b) {
            for (row, vi) in matrix.chunks_exact_mut(n.max(1)).zip(v) {
                axpy(bi * vi, v, row);
            }
        }
        let dual = self.along.iter().zip(b).fold(0.0, |sum, (c, bi)| sum + c * c / bi).sqrt();
        let path: Path = tried.iter().map(|t| step.iter().map(|s| t * s).collect()).collect();
        Geometry::TrustRegion(Region {
            center: copy(x),
            metric: Metric::Full(matrix),
            radius: t * dual,
            linear: copy(&self.g),
            second_order: false,
            step: step.iter().map(|s| t * s).collect(),
            path,
            exit: if dual == 0.0 { Exit::ZeroGradient } else { Exit::Boundary },
            multiplier: 1.0 / t,
        })
    }
}

/// A trial that has been judged.
pub(super) struct Trial {
    pub step: Vector,
    pub accepted: bool,
    pub predicted: f64,
    pub actual: f64,
    pub geometry: Geometry,
}

/// Moves x if the trial was accepted, and records it.
pub(super) fn conclude(x: &mut Vector, f: f64, gradient_norm: f64, trial: Trial) -> Step {
    let from = copy(x);
    if trial.accepted {
        axpy(1.0, &trial.step, x);
    }
    Step {
        from,
        trial: trial.step,
        x: copy(x),
        verdict: if trial.accepted { Verdict::Accepted } else { Verdict::Rejected },
        phase: Phase::Descent,
        f,
        gradient_norm,
        predicted: trial.predicted,
        actual: trial.actual,
        geometry: trial.geometry,
    }
}

/// x + t s.
pub(super) fn ahead(x: &[f64], t: f64, s: &[f64]) -> Vector {
    x.iter().zip(s).map(|(xi, si)| xi + t * si).collect()
}

/// x ← x − t B⁻¹g with t = 1, or by an Armijo search with halving where s is a direction of descent.
#[derive(Clone)]
pub(super) struct Direct {
    pub x: Vector,
    pub divisor: Divisor,
    /// Whether to search along s.
    pub search: bool,
    /// Whether the curvature is Gauss-Newton's, not the Hessian.
    pub residuals: bool,
}

impl Direct {
    /// At `start`.
    pub fn boxed(start: &[f64], divisor: Divisor, search: bool) -> Box<dyn Optimizer> {
        Box::new(Self { x: copy(start), divisor, search, residuals: false })
    }
}

/// Halves t until f(x + ts) ≤ f(x) + 10⁻⁴ t ⟨g, s⟩: the lengths tried and the last decrease; whether it was enough.
pub(super) fn armijo(x: &[f64], here: &Local, s: &[f64], oracle: &mut Oracle<'_>) -> (Vec<f64>, f64, bool) {
    let slope = dot(&here.g, s);
    let (mut tried, mut t) = (Vec::new(), 1.0);
    loop {
        tried.push(t);
        let actual = here.f - oracle.trial_value(&ahead(x, t, s));
        if actual + rounding(here.f) >= -ARMIJO * t * slope {
            return (tried, actual, true);
        }
        if tried.len() > HALVINGS {
            return (tried, actual, false);
        }
        t *= 0.5;
    }
}

impl Optimizer for Direct {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let here = if self.residuals { Local::of_residuals(&self.x, oracle)? } else { Local::at(&self.x, oracle)? };
        let proposal = here.divide(self.divisor);
        let (tried, actual, accepted) = if self.search && dot(&here.g, &proposal.step) < 0.0 {
            armijo(&self.x, &here, &proposal.step, oracle)
        } else {
            (vec![1.0], f64::NAN, true)
        };
        let t = tried.last().copied().unwrap_or(1.0);
        let step: Vector = proposal.step.iter().map(|s| t * s).collect();
        if !all_finite(&step) {
            return Err(StepError::NotFinite { what: "Newton step", at: copy(&self.x) });
        }
        let trial =
            Trial { predicted: here.promise(&step), actual, accepted, geometry: here.geometry(&self.x, &proposal, tried), step };
        Ok(conclude(&mut self.x, here.f, here.gradient_norm, trial))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
