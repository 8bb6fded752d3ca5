//! Adaptive cubic regularization.

use super::part::Part;
use super::spectral::{Trial, conclude};
use crate::linalg::{Vector, copy, norm, zeros};
use crate::optim::subproblem::{self, Solution};
use crate::optim::trust::judge;
use crate::optim::{Cubic, Default, Family, Geometry, Method, Optimizer, Oracle, Parameter, Requirement, Span, Step, StepError};

const SOURCE: &str = "Cartis, Gould, Toint 2011, Adaptive cubic regularisation methods, part I";
/// Products with the Hessian in one subproblem.
pub(super) const MOST_PRODUCTS: usize = 50;
/// σ stays above this.
const SMALLEST_SIGMA: f64 = 1e-16;
/// σ stays below this: the step is then below the rounding of x.
const LARGEST_SIGMA: f64 = 1e100;

/// s minimizes gᵀs + ½sᵀHs + (σ/3)‖s‖³; ρ = (f(x) − f(x+s))/(−m(s)) decides on the step and σ (Cartis, Gould, Toint 2011,
/// Algorithm 2.1).
pub(in crate::optim) const ARC: Method = Method {
    id: "arc",
    name: "Adaptive cubic regularization",
    family: Family::SecondOrder,
    formula: "x ← x + argmin { gᵀs + ½ sᵀHs + σ/3 ‖s‖³ } if ρ ≥ η₁",
    summary: "Bounds f from above by a cubic model: O(ε^(−3/2)) steps to a small gradient, and out of every strict saddle.",
    source: SOURCE,
    parameters: &[SIGMA, ETA1, ETA2, SOLVER, KAPPA],
    random: false,
    escapes: true,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let rules = Rules {
            eta1: values.number("eta1"),
            eta2: values.number("eta2"),
            lanczos: values.choice("solver") == "lanczos",
            kappa: values.number("kappa"),
        };
        Box::new(Arc { x: copy(start), sigma: values.number("sigma"), rules, here: None })
    },
};

/// σ₀.
pub(super) const SIGMA: Parameter = Parameter {
    name: "sigma",
    symbol: "σ₀",
    default: Default::HessianChange { times: 1.0, plain: 1.0 },
    span: Span::Log { min: 1e-12, max: 1e12 },
    meaning: "first weight of the cubic term; half the Lipschitz constant of the Hessian bounds f from above",
    source: SOURCE,
};

/// η₁.
pub(super) const ETA1: Parameter = Parameter {
    name: "eta1",
    symbol: "η₁",
    default: Default::Fixed(0.1),
    span: Span::Linear { min: 0.0, max: 1.0 },
    meaning: "smallest ratio of actual to predicted decrease at which a step is taken",
    source: SOURCE,
};

/// η₂.
pub(super) const ETA2: Parameter = Parameter {
    name: "eta2",
    symbol: "η₂",
    default: Default::Fixed(0.9),
    span: Span::Linear { min: 0.0, max: 1.0 },
    meaning: "ratio above which σ falls",
    source: SOURCE,
};

/// How the cubic model is minimized.
pub(super) const SOLVER: Parameter = Parameter {
    name: "solver",
    symbol: "s",
    default: Default::Fixed(0.0),
    span: Span::Choice { options: &["exact", "lanczos"] },
    meaning: "exact takes the eigenvalues of the dense Hessian; lanczos its products with vectors",
    source: SOURCE,
};

/// κ.
pub(super) const KAPPA: Parameter = Parameter {
    name: "kappa",
    symbol: "κ",
    default: Default::Fixed(0.1),
    span: Span::Log { min: 1e-16, max: 1.0 },
    meaning: "lanczos stops at ‖∇m‖ ≤ ‖g‖ min(κ, ‖s‖/max(1, σ))",
    source: SOURCE,
};

#[derive(Clone, Copy)]
struct Rules {
    eta1: f64,
    eta2: f64,
    lanczos: bool,
    kappa: f64,
}

/// What is known at the iterate, kept over rejected trials; `h` is empty for the Lanczos solver.
#[derive(Clone)]
struct Local {
    f: f64,
    g: Vector,
    h: Vector,
}

#[derive(Clone)]
struct Arc {
    x: Vector,
    sigma: f64,
    rules: Rules,
    here: Option<Local>,
}

/// The record's geometry of a cubic step from x.
pub(super) fn geometry(x: &[f64], g: &[f64], sigma: f64, solution: &Solution) -> Geometry {
    Geometry::Cubic(Cubic {
        center: copy(x),
        linear: copy(g),
        sigma,
        step: copy(&solution.step),
        path: solution.path.clone(),
        multiplier: solution.multiplier,
        exit: solution.exit,
    })
}

impl Arc {
    fn look(&self, oracle: &mut Oracle<'_>) -> Result<Local, StepError> {
        let n = self.x.len();
        let mut g = zeros(n);
        let mut h = zeros(if self.rules.lanczos { 0 } else { n * n });
        let f = Part::derivatives([&Part::Whole; 2], &self.x, &mut g, &mut h, oracle)?;
        Ok(Local { f, g, h })
    }
}

impl Optimizer for Arc {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let here = match self.here.take() {
            Some(here) => here,
            None => self.look(oracle)?,
        };
        let Rules { eta1, eta2, lanczos, kappa } = self.rules;
        let (x, gradient_norm) = (&self.x, norm(&here.g));
        let solution = if lanczos {
            let product = |v: &[f64], hv: &mut [f64]| oracle.hessian_vector(x, v, hv);
            subproblem::cubic_lanczos(&here.g, product, self.sigma, kappa, MOST_PRODUCTS)?
        } else {
            subproblem::cubic(&here.g, &here.h, self.sigma)
        };
        let predicted = solution.model_decrease;
        let found = judge(eta1, x, here.f, &solution.step, predicted, |point| oracle.trial_value(point));
        let geometry = geometry(x, &here.g, self.sigma, &solution);
        if found.taken && found.ratio > eta2 {
            self.sigma = self.sigma.min(gradient_norm).max(SMALLEST_SIGMA);
        } else if !found.taken && !found.still {
            self.sigma = (2.0 * self.sigma).min(LARGEST_SIGMA);
        }
        let f = here.f;
        if !found.taken {
            self.here = Some(here);
        }
        let accepted = found.taken || found.still;
        let trial = Trial { step: solution.step, accepted, predicted, actual: found.actual, geometry };
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
