//! Adam.

use super::moments::{BETA1, BETA2, EPSILON, Moments};
use super::{BATCH_SIZE, Machine, Preconditioned, Rule, scheduled, step_length};
use crate::linalg::Vector;
use crate::optim::{Family, Method, Requirement};

/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², x ← x − η m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
pub(in crate::optim) const ADAM: Method = Method {
    id: "adam",
    name: "Adam",
    family: Family::FirstOrder,
    formula: "x ← x − η m̂/(√v̂ + ε)",
    summary: "Momentum in the ellipsoid of recent squared gradients, both corrected for their start at zero.",
    source: "Kingma, Ba 2015, Algorithm 1",
    parameters: scheduled![step_length(0.1, 1e-3, "Kingma, Ba 2015"), BETA1, BETA2, EPSILON, BATCH_SIZE],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| Machine::boxed(start, values, Adam(Moments::new(values, start.len()))),
};

#[derive(Clone)]
struct Adam(Moments);

impl Rule for Adam {
    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.0.m]
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        self.0.update(gradient);
        Preconditioned::diagonal(step_size, self.0.corrected_m(), self.0.root(&self.0.v))
    }
}
