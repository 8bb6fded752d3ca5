//! Adam with decoupled weight decay.

use super::moments::{BETA1, BETA2, EPSILON, Moments};
use super::{BATCH_SIZE, Machine, Preconditioned, Rule, scheduled, step_length};
use crate::linalg::{Vector, copy};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Loshchilov, Hutter 2019, Algorithm 2";

/// x ← (1 − ηλ)x, then the step of Adam for the gradient before that: its region is around (1 − ηλ)x.
pub(in crate::optim) const ADAMW: Method = Method {
    id: "adamw",
    name: "AdamW",
    family: Family::FirstOrder,
    formula: "x ← (1 − ηλ) x − η m̂/(√v̂ + ε)",
    summary: "Adam that also pulls towards the origin, by the same share of x in every coordinate.",
    source: SOURCE,
    parameters: scheduled![
        step_length(0.1, 1e-3, SOURCE),
        BETA1,
        BETA2,
        EPSILON,
        Parameter {
            name: "weight_decay",
            symbol: "λ",
            default: Default::Fixed(1e-2),
            span: Span::Linear { min: 0.0, max: 1.0 },
            meaning: "share of x that a step takes away, per unit of η",
            source: SOURCE,
        },
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let rule = AdamW { moments: Moments::new(values, start.len()), weight_decay: values.number("weight_decay") };
        Machine::boxed(start, values, rule)
    },
};

#[derive(Clone)]
struct AdamW {
    moments: Moments,
    /// λ.
    weight_decay: f64,
}

impl Rule for AdamW {
    fn center(&self, x: &[f64], step_size: f64) -> Option<Vector> {
        let mut center = copy(x);
        center.iter_mut().for_each(|v| *v *= 1.0 - step_size * self.weight_decay);
        Some(center)
    }

    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.moments.m]
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        self.moments.update(gradient);
        Preconditioned::diagonal(step_size, self.moments.corrected_m(), self.moments.root(&self.moments.v))
    }
}
