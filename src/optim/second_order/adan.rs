//! The regularized Newton method that finds its constant.

use super::regularized_newton::{SOURCE, change};
use super::spectral::{Divisor, Local, Proposal, Trial, ahead, conclude};
use crate::linalg::{Vector, copy, dot, norm, zeros};
use crate::optim::trust::rounding;
use crate::optim::{Default, Family, Method, Optimizer, Oracle, Parameter, Requirement, Span, Step, StepError};

/// Doublings of H_c in one step: the step is then below the rounding of x.
const DOUBLINGS: usize = 120;

/// AdaN doubles H_c until ‖∇f(x⁺)‖ ≤ 2λr and f(x⁺) ≤ f(x) − ⅔λr² with λ = √(H_c‖g‖) and r = ‖x⁺ − x‖; AdaN+ takes the
/// largest H_c that the last step has shown.
pub(in crate::optim) const ADAN: Method = Method {
    id: "adan",
    name: "AdaN",
    family: Family::SecondOrder,
    formula: "x ← x − (H + √(Hc‖g‖) I)⁻¹g, Hc halved, then doubled until the step is good",
    summary: "Regularized Newton without a constant to set; a method for convex functions, which saddles can attract.",
    source: SOURCE,
    parameters: &[
        change(1.0),
        Parameter {
            name: "variant",
            symbol: "Hc by",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["line_search", "plus"] },
            meaning: "line_search: AdaN, doubles Hc until the step is good; plus: AdaN+, measures Hc from the last step",
            source: SOURCE,
        },
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let plus = values.choice("variant") == "plus";
        Box::new(AdaN { x: copy(start), change: values.number("hessian_change"), plus, last: None, known: None })
    },
};

#[derive(Clone)]
struct AdaN {
    x: Vector,
    change: f64,
    plus: bool,
    /// Of the last step s: the gradient g + Hs that its model expected, and ‖s‖².
    last: Option<(Vector, f64)>,
    /// f(x) and ∇f(x) where the search has asked them.
    known: Option<(f64, Vector)>,
}

impl AdaN {
    /// AdaN+: one step with the measured H_c.
    fn measured(&mut self, here: &Local) -> Trial {
        if let Some((expected, square)) = &self.last {
            let error: Vector = here.g.iter().zip(expected).map(|(g, e)| g - e).collect();
            self.change = (0.5 * self.change).max(norm(&error) / square);
        }
        let proposal = here.divide(Divisor::Regularized { change: self.change, guard: false });
        let Proposal { step, .. } = &proposal;
        let square = dot(step, step);
        if square > 0.0 {
            let bent = here.combine(here.eigen.values.iter().zip(&here.eigen.vectors).map(|(l, v)| l * dot(v, step)));
            self.last = Some((ahead(&here.g, 1.0, &bent), square));
        }
        Trial {
            predicted: here.promise(step),
            actual: f64::NAN,
            accepted: true,
            geometry: here.geometry(&self.x, &proposal, vec![1.0]),
            step: proposal.step,
        }
    }

    /// AdaN: doubles H_c until the step passes. The last trial's gradient is kept for the next step.
    fn searched(&mut self, here: &Local, oracle: &mut Oracle<'_>) -> Trial {
        self.change *= 0.5;
        let mut slope = zeros(self.x.len());
        let mut rounds = 0;
        loop {
            let proposal = here.divide(Divisor::Regularized { change: self.change, guard: false });
            let (lambda, r) = (here.regularization(self.change), norm(&proposal.step));
            let f = oracle.gradient_before_products(&ahead(&self.x, 1.0, &proposal.step), &mut slope).unwrap_or(f64::NAN);
            let actual = here.f - f;
            let falls = actual + rounding(here.f) >= 2.0 / 3.0 * lambda * r * r;
            let accepted = falls && norm(&slope) <= 2.0 * lambda * r;
            if !accepted && rounds < DOUBLINGS {
                rounds += 1;
                self.change *= 2.0;
                continue;
            }
            self.known = accepted.then_some((f, slope));
            return Trial {
                predicted: here.promise(&proposal.step),
                actual,
                accepted,
                geometry: here.geometry(&self.x, &proposal, vec![1.0]),
                step: proposal.step,
            };
        }
    }
}

impl Optimizer for AdaN {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let here = match self.known.take() {
            Some((f, g)) => Local::with_gradient(&self.x, f, g, oracle)?,
            None => Local::at(&self.x, oracle)?,
        };
        let trial = if self.plus || here.gradient_norm == 0.0 { self.measured(&here) } else { self.searched(&here, oracle) };
        Ok(conclude(&mut self.x, here.f, here.gradient_norm, trial))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        (self.last, self.known) = (None, None);
    }
}
