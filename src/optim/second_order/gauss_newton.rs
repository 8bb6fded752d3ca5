//! The Gauss-Newton method.

use super::newton::LINE_SEARCH;
use super::spectral::{Direct, Divisor, Trial, armijo, conclude};
use super::truncated::{self, PRODUCTS, SOLVER, Truncated};
use crate::linalg::{Vector, all_finite, copy, dot};
use crate::optim::{Family, Method, Optimizer, Oracle, Requirement, Step, StepError};

/// s = −G⁻¹g, of least norm where G is singular: the residuals are taken as linear. With `cg` G is known by its products only:
/// 1 + k backpropagations a step of k products.
pub(in crate::optim) const GAUSS_NEWTON: Method = Method {
    id: "gauss_newton",
    name: "Gauss-Newton",
    family: Family::SecondOrder,
    formula: "x ← x − G⁻¹g with G = Jᵀ∇²L J",
    summary: "Leaves the curvature of the residuals out: its matrix is never indefinite, and saddles are not seen as such.",
    source: "Nocedal, Wright 2006, §10.3; Schraudolph 2002; Martens 2010",
    parameters: &[LINE_SEARCH, SOLVER, PRODUCTS],
    random: false,
    escapes: false,
    requires: Requirement::GaussNewton,
    preset: None,
    build: |values, start| {
        let (x, search) = (copy(start), values.choice("line_search") == "armijo");
        match values.choice("solver") {
            "cg" => Box::new(ByProducts { x, search, limit: values.integer("products") }),
            _ => Box::new(Direct { x, divisor: Divisor::Shifted(0.0), search, residuals: true }),
        }
    },
};

/// The method with conjugate gradients.
#[derive(Clone)]
struct ByProducts {
    x: Vector,
    search: bool,
    limit: usize,
}

impl Optimizer for ByProducts {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let here = truncated::look(&self.x, oracle)?;
        let Truncated { step, predicted } = truncated::solve(&self.x, &here, 0.0, self.limit, oracle)?;
        let slope = dot(&here.g, &step);
        let (tried, actual, accepted) =
            if self.search && slope < 0.0 { armijo(&self.x, &here, &step, oracle) } else { (vec![1.0], f64::NAN, true) };
        let t = tried.last().copied().unwrap_or(1.0);
        let geometry = truncated::geometry(&step, tried);
        let step: Vector = step.iter().map(|s| t * s).collect();
        if !all_finite(&step) {
            return Err(StepError::NotFinite { what: "Gauss-Newton step", at: copy(&self.x) });
        }
        // −m(ts) = −t⟨g, s⟩ − ½t²sᵀGs with −½sᵀGs = −m(s) + ⟨g, s⟩.
        let predicted = t * t * (predicted + slope) - t * slope;
        let trial = Trial { step, accepted, predicted, actual, geometry };
        Ok(conclude(&mut self.x, here.f, here.gradient_norm, trial))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
