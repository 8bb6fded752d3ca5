//! Adam.

use super::{Machine, Preconditioned, Rule, decay, epsilon, step_length};
use crate::linalg::{Metric, Vector, copy, zeros};
use crate::optim::{Family, Method, Requirement};

/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², x ← x − η m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
pub(in crate::optim) const ADAM: Method = Method {
    id: "adam",
    name: "Adam",
    family: Family::FirstOrder,
    formula: "x ← x − η m̂/(√v̂ + ε)",
    summary: "Momentum in the ellipsoid of recent squared gradients, both corrected for their start at zero.",
    source: "Kingma, Ba 2015, Algorithm 1",
    parameters: &[
        step_length(0.1, 1e-3, "Kingma, Ba 2015"),
        decay("beta1", "β₁", 0.9, "weight of past gradients in the momentum", "Kingma, Ba 2015"),
        decay("beta2", "β₂", 0.999, "weight of past squared gradients", "Kingma, Ba 2015"),
        epsilon(1e-8, "Kingma, Ba 2015"),
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let zero = zeros(start.len());
        let rule = Adam {
            step_size: values.number("step_size"),
            beta1: values.number("beta1"),
            beta2: values.number("beta2"),
            epsilon: values.number("epsilon"),
            powers: [1.0, 1.0],
            m: zero.clone(),
            v: zero,
        };
        Machine::boxed(start, rule)
    },
};

#[derive(Clone)]
struct Adam {
    step_size: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    /// β₁ᵗ and β₂ᵗ.
    powers: [f64; 2],
    m: Vector,
    v: Vector,
}

impl Rule for Adam {
    const MODELS_F: bool = false;

    fn precondition(&mut self, gradient: &[f64]) -> Preconditioned {
        let (b1, b2) = (self.beta1, self.beta2);
        self.powers = [self.powers[0] * b1, self.powers[1] * b2];
        for ((m, v), g) in self.m.iter_mut().zip(&mut self.v).zip(gradient) {
            *m = b1 * *m + (1.0 - b1) * g;
            *v = b2 * *v + (1.0 - b2) * g * g;
        }
        let (first, root) = (1.0 - self.powers[0], (1.0 - self.powers[1]).sqrt());
        let (mut linear, mut metric) = (copy(&self.m), copy(&self.v));
        linear.iter_mut().for_each(|m| *m /= first);
        metric.iter_mut().for_each(|v| *v = v.sqrt() / root + self.epsilon);
        let mut direction = copy(&linear);
        direction.iter_mut().zip(&metric).for_each(|(l, b)| *l /= b);
        Preconditioned { step_size: self.step_size, linear, metric: Metric::Diagonal(metric), direction }
    }
}
