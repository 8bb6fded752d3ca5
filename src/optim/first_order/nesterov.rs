//! Nesterov's momentum.

use super::{BATCH_SIZE, Machine, Preconditioned, Rule, gradient_step, momentum, scheduled};
use crate::linalg::{Vector, zeros};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Nesterov 1983";

/// Library form: b ← μₜb + g, x ← x − η(g + μₜ₊₁b).
/// Velocity form (Sutskever, Martens, Dahl, Hinton 2013): v ← μₜv − η∇f(x + μₜv), x ← x + v.
/// The library's iterate is the look-ahead point x + μₜ₊₁v of the velocity form.
///
/// μₜ = μ, or for convex functions μₜ = (aₜ₋₁ − 1)/aₜ with aₜ = (1 + √(1 + 4aₜ₋₁²))/2 and a₀ = 1.
pub(in crate::optim) const NESTEROV: Method = Method {
    id: "nesterov",
    name: "Nesterov momentum",
    family: Family::FirstOrder,
    formula: "b ← μ b + g,  x ← x − η (g + μ b)",
    summary: "Momentum that looks ahead: brakes earlier than the heavy ball.",
    source: SOURCE,
    parameters: scheduled![
        gradient_step(0.3, 1e-3, SOURCE),
        momentum(SOURCE),
        Parameter {
            name: "momentum_schedule",
            symbol: "μₜ",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["constant", "convex"] },
            meaning: "constant: μ; convex: μₜ = (aₜ₋₁ − 1)/aₜ, which rises from 0 to 1 as 1 − 3/t",
            source: SOURCE,
        },
        Parameter {
            name: "form",
            symbol: "form",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["library", "velocity"] },
            meaning: "library: the gradient is asked at x; velocity: at the look-ahead point x + μv",
            source: "Sutskever, Martens, Dahl, Hinton 2013",
        },
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let convex = values.choice("momentum_schedule") == "convex";
        let rule = Nesterov {
            momentum: if convex { 0.0 } else { values.number("momentum") },
            convex: convex.then(|| next_a(1.0)),
            velocity_form: values.choice("form") == "velocity",
            memory: zeros(start.len()),
        };
        Machine::boxed(start, values, rule)
    },
};

/// aₜ₊₁ from aₜ. With a₀ = 1 the first μ is 0.
fn next_a(a: f64) -> f64 {
    0.5 * (1.0 + (1.0 + 4.0 * a * a).sqrt())
}

#[derive(Clone)]
struct Nesterov {
    /// μₜ of the step to come.
    momentum: f64,
    /// aₜ of the step to come, for the convex schedule.
    convex: Option<f64>,
    velocity_form: bool,
    /// b, or v of the velocity form.
    memory: Vector,
}

impl Rule for Nesterov {
    fn probe(&self, x: &[f64]) -> Option<Vector> {
        self.velocity_form.then(|| x.iter().zip(&self.memory).map(|(xi, vi)| xi + self.momentum * vi).collect())
    }

    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.memory]
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        let (eta, mu) = (step_size, self.momentum);
        if let Some(a) = &mut self.convex {
            let next = next_a(*a);
            self.momentum = (*a - 1.0) / next;
            *a = next;
        }
        let ahead = self.momentum;
        let linear = self.memory.iter_mut().zip(gradient).map(|(memory, g)| {
            if self.velocity_form {
                *memory = mu * *memory - eta * g;
                -*memory / eta
            } else {
                *memory = mu * *memory + g;
                g + ahead * *memory
            }
        });
        Preconditioned::plain(eta, linear.collect())
    }
}
