//! Gradient descent.

use super::{Machine, Preconditioned, Rule, gradient_step, scheduled};
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
    parameters: scheduled![gradient_step(1.0, 1e-3, "Nesterov 2004, §1.2.3: 1/ℓ")],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| Machine::boxed(start, values, GradientDescent),
};

#[derive(Clone)]
struct GradientDescent;

impl Rule for GradientDescent {
    fn models_f(&self) -> bool {
        true
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        Preconditioned::plain(step_size, copy(gradient))
    }
}
