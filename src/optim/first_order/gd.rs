//! Gradient descent.

use super::{Machine, Preconditioned, Rule, gradient_step};
use crate::linalg::copy;
use crate::optim::{Family, Method, Requirement};

/// x ← x − η∇f(x).
pub(in crate::optim) const GD: Method = Method {
    id: "gd",
    name: "Gradient descent",
    family: Family::FirstOrder,
    formula: "x ← x − η g",
    summary: "The steepest way down in a ball of radius η‖g‖; rests at any critical point, saddles too.",
    source: "Cauchy 1847",
    parameters: &[gradient_step(1.0, 1e-3, "Nesterov 2004, §1.2.3: 1/ℓ")],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| Machine::boxed(start, GradientDescent { step_size: values.number("step_size") }),
};

#[derive(Clone)]
struct GradientDescent {
    step_size: f64,
}

impl Rule for GradientDescent {
    const MODELS_F: bool = true;

    fn precondition(&mut self, gradient: &[f64]) -> Preconditioned {
        Preconditioned::plain(self.step_size, copy(gradient))
    }
}
