//! Nesterov's momentum.

use super::{Machine, Preconditioned, Rule, gradient_step, momentum};
use crate::linalg::Vector;
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Nesterov 1983";

/// Library form: b ← μb + g, x ← x − η(g + μb).
/// Velocity form (Sutskever, Martens, Dahl, Hinton 2013): v ← μv − η∇f(x + μv), x ← x + v.
/// The library's iterate is the look-ahead point x + μv of the velocity form.
pub(in crate::optim) const NESTEROV: Method = Method {
    id: "nesterov",
    name: "Nesterov momentum",
    family: Family::FirstOrder,
    formula: "b ← μ b + g,  x ← x − η (g + μ b)",
    summary: "Momentum that looks ahead: brakes earlier than the heavy ball.",
    source: SOURCE,
    parameters: &[
        gradient_step(0.3, 1e-3, SOURCE),
        momentum(SOURCE),
        Parameter {
            name: "form",
            symbol: "form",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["library", "velocity"] },
            meaning: "library: the gradient is asked at x; velocity: at the look-ahead point x + μv",
            source: "Sutskever, Martens, Dahl, Hinton 2013",
        },
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let rule = Nesterov {
            step_size: values.number("step_size"),
            momentum: values.number("momentum"),
            velocity_form: values.choice("form") == "velocity",
            memory: Vector::from_elem(0.0, start.len()),
        };
        Machine::boxed(start, rule)
    },
};

#[derive(Clone)]
struct Nesterov {
    step_size: f64,
    momentum: f64,
    velocity_form: bool,
    /// b, or v of the velocity form.
    memory: Vector,
}

impl Rule for Nesterov {
    const MODELS_F: bool = false;

    fn probe(&self, x: &[f64]) -> Option<Vector> {
        self.velocity_form.then(|| x.iter().zip(&self.memory).map(|(xi, vi)| xi + self.momentum * vi).collect())
    }

    fn precondition(&mut self, gradient: &[f64]) -> Preconditioned {
        let (eta, mu) = (self.step_size, self.momentum);
        let linear = self.memory.iter_mut().zip(gradient).map(|(memory, g)| {
            if self.velocity_form {
                *memory = mu * *memory - eta * g;
                -*memory / eta
            } else {
                *memory = mu * *memory + g;
                g + mu * *memory
            }
        });
        Preconditioned::plain(eta, linear.collect())
    }
}
