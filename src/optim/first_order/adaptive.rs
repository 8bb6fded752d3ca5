//! The rule that Adagrad and RMSProp with the full matrix share.

use super::{Preconditioned, Rule};
use crate::linalg::copy;
use crate::optim::second_moment::{Epsilon, SecondMoment};

/// A ← w₀A + w₁ggᵀ (or its diagonal), x ← x − η A^{−½}g with ε in its place.
#[derive(Clone)]
pub(super) struct Adaptive {
    /// w₀ and w₁.
    pub weights: [f64; 2],
    /// ε and where it stands.
    pub epsilon: Epsilon,
    /// A.
    pub moment: SecondMoment,
}

impl Rule for Adaptive {
    fn models_f(&self) -> bool {
        true
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        self.moment.update(self.weights[0], self.weights[1], gradient);
        let (metric, direction) = self.moment.preconditioned(self.epsilon, gradient);
        Preconditioned { step_size, linear: copy(gradient), metric, direction }
    }
}

/// The choice `epsilon_place`.
pub(super) fn placed(place: &str, epsilon: f64) -> Epsilon {
    if place == "inside" { Epsilon::Inside(epsilon) } else { Epsilon::Outside(epsilon) }
}
