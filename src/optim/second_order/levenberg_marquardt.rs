//! The Levenberg-Marquardt method.

use super::spectral::{Divisor, Local, Trial, conclude};
use super::truncated::{self, PRODUCTS, SOLVER, Truncated};
use crate::linalg::{Vector, copy};
use crate::optim::trust::judge;
use crate::optim::{Default, Family, Method, Optimizer, Oracle, Parameter, Requirement, Span, Step, StepError};

const SOURCE: &str = "Martens 2010, Section 4.1";
/// λ stays below this: the step is then below the rounding of x.
const LARGEST: f64 = 1e100;

/// s = −(G + λI)⁻¹g, taken where f falls; with ρ = (f(x) − f(x+s))/(−⟨g, s⟩ − ½sᵀGs) the damping goes by λ ← ⅔λ for ρ > ¾ and
/// λ ← 3/2 λ for ρ < ¼. With `cg` G is known by its products only; a rejected trial asks them anew for its new damping.
pub(in crate::optim) const LEVENBERG_MARQUARDT: Method = Method {
    id: "levenberg_marquardt",
    name: "Levenberg-Marquardt",
    family: Family::SecondOrder,
    formula: "x ← x − (G + λI)⁻¹g if f falls;  λ ← ⅔λ if ρ > ¾, 3/2 λ if ρ < ¼",
    summary: "Gauss-Newton with a damping that trusts the linear residuals as far as they have proved right.",
    source: "Levenberg 1944; Marquardt 1963; Martens 2010, Section 4.1",
    parameters: &[
        Parameter {
            name: "damping",
            symbol: "λ₀",
            default: Default::Curvature { times: 0.1, plain: 1.0 },
            span: Span::Log { min: 1e-12, max: 1e12 },
            meaning: "first damping, added to every eigenvalue of G",
            source: SOURCE,
        },
        factor("shrink", "λ ↓", 2.0 / 3.0, 0.01, 0.99, "factor of the damping after a step with ρ > 3/4"),
        factor("grow", "λ ↑", 1.5, 1.01, 100.0, "factor of the damping after a trial with ρ < 1/4"),
        SOLVER,
        PRODUCTS,
    ],
    random: false,
    escapes: false,
    requires: Requirement::GaussNewton,
    preset: None,
    build: |values, start| {
        let factors = [values.number("shrink"), values.number("grow")];
        let limit = (values.choice("solver") == "cg").then(|| values.integer("products"));
        Box::new(LevenbergMarquardt { x: copy(start), damping: values.number("damping"), factors, limit, here: None })
    },
};

const fn factor(name: &'static str, symbol: &'static str, value: f64, min: f64, max: f64, meaning: &'static str) -> Parameter {
    Parameter { name, symbol, default: Default::Fixed(value), span: Span::Log { min, max }, meaning, source: SOURCE }
}

#[derive(Clone)]
struct LevenbergMarquardt {
    x: Vector,
    damping: f64,
    factors: [f64; 2],
    /// Most products of conjugate gradients; none for the dense matrix.
    limit: Option<usize>,
    /// Kept over rejected trials.
    here: Option<Local>,
}

impl Optimizer for LevenbergMarquardt {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let here = match self.here.take() {
            Some(here) => here,
            None if self.limit.is_some() => truncated::look(&self.x, oracle)?,
            None => Local::of_residuals(&self.x, oracle)?,
        };
        let (step, predicted, geometry) = if let Some(limit) = self.limit {
            let Truncated { step, predicted } = truncated::solve(&self.x, &here, self.damping, limit, oracle)?;
            let geometry = truncated::geometry(&step, vec![1.0]);
            (step, predicted, geometry)
        } else {
            let proposal = here.divide(Divisor::Shifted(self.damping));
            let geometry = here.geometry(&self.x, &proposal, vec![1.0]);
            (copy(&proposal.step), here.promise(&proposal.step), geometry)
        };
        let found = judge(f64::MIN_POSITIVE, &self.x, here.f, &step, predicted, |point| oracle.value(point));
        let [shrink, grow] = self.factors;
        if found.ratio > 0.75 {
            self.damping *= shrink;
        } else if !found.still && (found.ratio < 0.25 || found.ratio.is_nan()) {
            self.damping = (self.damping * grow).min(LARGEST);
        }
        let (f, gradient_norm) = (here.f, here.gradient_norm);
        if !found.taken {
            self.here = Some(here);
        }
        let accepted = found.taken || found.still;
        let trial = Trial { step, accepted, predicted, actual: found.actual, geometry };
        Ok(conclude(&mut self.x, f, gradient_norm, trial))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        self.here = None;
    }
}
