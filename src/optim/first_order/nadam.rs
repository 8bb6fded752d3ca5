//! Adam with Nesterov's momentum.

use super::moments::{BETA1, BETA2, EPSILON, Moments};
use super::{BATCH_SIZE, Machine, Preconditioned, Rule, scheduled, step_length};
use crate::linalg::{Vector, copy};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Dozat 2016";

/// μₜ = β₁(1 − ½·0.96^(tψ)), Pₜ = Πμᵢ, x ← x − η [(1−μₜ)/(1−Pₜ) g + μₜ₊₁/(1−Pₜμₜ₊₁) m]/(√v̂ + ε) with m and v as in Adam.
pub(in crate::optim) const NADAM: Method = Method {
    id: "nadam",
    name: "NAdam",
    family: Family::FirstOrder,
    formula: "x ← x − η [(1−μₜ)/(1−Pₜ) g + μₜ₊₁/(1−Pₜμₜ₊₁) m]/(√v̂ + ε)",
    summary: "Adam whose momentum looks ahead, with a weight that warms up.",
    source: SOURCE,
    parameters: scheduled![
        step_length(0.1, 2e-3, SOURCE),
        BETA1,
        BETA2,
        EPSILON,
        Parameter {
            name: "momentum_decay",
            symbol: "ψ",
            default: Default::Fixed(4e-3),
            span: Span::Linear { min: 0.0, max: 1.0 },
            meaning: "how fast the weight μₜ of the momentum rises from β₁/2 to β₁",
            source: SOURCE,
        },
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let rule = NAdam {
            moments: Moments::new(values, start.len()),
            momentum_decay: values.number("momentum_decay"),
            t: 0.0,
            product: 1.0,
        };
        Machine::boxed(start, values, rule)
    },
};

#[derive(Clone)]
struct NAdam {
    moments: Moments,
    /// ψ.
    momentum_decay: f64,
    t: f64,
    /// Pₜ.
    product: f64,
}

impl NAdam {
    fn weight(&self, t: f64) -> f64 {
        self.moments.beta1 * (1.0 - 0.5 * libm::pow(0.96, t * self.momentum_decay))
    }
}

impl Rule for NAdam {
    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.moments.m]
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        self.moments.update(gradient);
        self.t += 1.0;
        let (now, next) = (self.weight(self.t), self.weight(self.t + 1.0));
        self.product *= now;
        let (of_gradient, of_momentum) = ((1.0 - now) / (1.0 - self.product), next / (1.0 - self.product * next));
        let mut linear = copy(gradient);
        linear.iter_mut().zip(&self.moments.m).for_each(|(l, m)| *l = of_gradient * *l + of_momentum * m);
        Preconditioned::diagonal(step_size, linear, self.moments.root(&self.moments.v))
    }
}
