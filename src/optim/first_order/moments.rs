//! The two moments that Adam and its relatives share.

use super::{decay, epsilon};
use crate::linalg::{Vector, copy, zeros};
use crate::optim::{Parameter, Values};

/// β₁.
pub(super) const BETA1: Parameter = decay("beta1", "β₁", 0.9, "weight of past gradients in the momentum", "Kingma, Ba 2015");

/// β₂.
pub(super) const BETA2: Parameter = decay("beta2", "β₂", 0.999, "weight of past squared gradients", "Kingma, Ba 2015");

/// ε.
pub(super) const EPSILON: Parameter = epsilon(1e-8, "Kingma, Ba 2015");

/// m ← β₁m + (1−β₁)g and v ← β₂v + (1−β₂)g², elementwise, from zero.
#[derive(Clone)]
pub(super) struct Moments {
    pub beta1: f64,
    beta2: f64,
    epsilon: f64,
    /// β₁ᵗ and β₂ᵗ.
    powers: [f64; 2],
    /// m.
    pub m: Vector,
    /// v.
    pub v: Vector,
}

impl Moments {
    /// From [`BETA1`], [`BETA2`] and [`EPSILON`], in ℝⁿ.
    pub fn new(values: &Values<'_>, n: usize) -> Self {
        Self {
            beta1: values.number("beta1"),
            beta2: values.number("beta2"),
            epsilon: values.number("epsilon"),
            powers: [1.0, 1.0],
            m: zeros(n),
            v: zeros(n),
        }
    }

    /// Takes a gradient in.
    pub fn update(&mut self, gradient: &[f64]) {
        let (b1, b2) = (self.beta1, self.beta2);
        self.powers = [self.powers[0] * b1, self.powers[1] * b2];
        for ((m, v), g) in self.m.iter_mut().zip(&mut self.v).zip(gradient) {
            *m = b1 * *m + (1.0 - b1) * g;
            *v = b2 * *v + (1.0 - b2) * g * g;
        }
    }

    /// m̂ = m/(1−β₁ᵗ).
    pub fn corrected_m(&self) -> Vector {
        let mut corrected = copy(&self.m);
        corrected.iter_mut().for_each(|m| *m /= 1.0 - self.powers[0]);
        corrected
    }

    /// v̂ = v/(1−β₂ᵗ).
    pub fn corrected_v(&self) -> Vector {
        let mut corrected = copy(&self.v);
        corrected.iter_mut().for_each(|v| *v /= 1.0 - self.powers[1]);
        corrected
    }

    /// √w/√(1−β₂ᵗ) + ε for an uncorrected second moment w.
    pub fn root(&self, w: &[f64]) -> Vector {
        let correction = (1.0 - self.powers[1]).sqrt();
        let mut root = copy(w);
        root.iter_mut().for_each(|w| *w = w.sqrt() / correction + self.epsilon);
        root
    }

    /// √w + ε for a corrected second moment w.
    pub fn root_of_corrected(&self, w: &[f64]) -> Vector {
        let mut root = copy(w);
        root.iter_mut().for_each(|w| *w = w.sqrt() + self.epsilon);
        root
    }
}
