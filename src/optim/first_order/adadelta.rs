//! Adadelta.

use super::{BATCH_SIZE, Machine, Preconditioned, Rule, decay, epsilon, scheduled};
use crate::linalg::{Vector, copy, zeros};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Zeiler 2012, Algorithm 1";

/// v ← ρv + (1−ρ)g², d = √(u+ε)/√(v+ε) g, u ← ρu + (1−ρ)d², x ← x − ηd, elementwise.
pub(in crate::optim) const ADADELTA: Method = Method {
    id: "adadelta",
    name: "Adadelta",
    family: Family::FirstOrder,
    formula: "d = √(u+ε)/√(v+ε) g,  x ← x − η d,  u ← ρ u + (1−ρ) d²",
    summary: "RMSProp that takes its step length from its own past steps: it starts slowly and finds its pace.",
    source: SOURCE,
    parameters: scheduled![
        Parameter {
            name: "step_size",
            symbol: "η",
            default: Default::Length { times: 10.0, plain: 1.0 },
            span: Span::Log { min: 1e-10, max: 1e6 },
            meaning: "multiple of the step that the method finds itself; the first steps are η√ε/√(1−ρ) long",
            source: SOURCE,
        },
        decay("rho", "ρ", 0.9, "weight of past squared gradients and past squared steps", SOURCE),
        epsilon(1e-6, SOURCE),
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let zero = zeros(start.len());
        let rule = Adadelta { rho: values.number("rho"), epsilon: values.number("epsilon"), v: zero.clone(), u: zero };
        Machine::boxed(start, values, rule)
    },
};

#[derive(Clone)]
struct Adadelta {
    rho: f64,
    epsilon: f64,
    v: Vector,
    u: Vector,
}

impl Rule for Adadelta {
    fn models_f(&self) -> bool {
        true
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        let (keep, new, epsilon) = (self.rho, 1.0 - self.rho, self.epsilon);
        let mut m = copy(gradient);
        for (((v, u), g), m) in self.v.iter_mut().zip(&mut self.u).zip(gradient).zip(&mut m) {
            *v = keep * *v + new * g * g;
            *m = (*v + epsilon).sqrt() / (*u + epsilon).sqrt();
            let d = g / *m;
            *u = keep * *u + new * d * d;
        }
        Preconditioned::diagonal(step_size, copy(gradient), m)
    }
}
