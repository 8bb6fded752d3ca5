//! Optimizers as step machines that explain themselves.
//!
//! May import `formula`, `linalg` and `problem`. An optimizer sees the objective only through the counted
//! [`Oracle`]; each [`Optimizer::step`] makes one trial and returns a [`Step`] that says what happened and in
//! which geometry. What is drawn is that record: nothing here computes for the display's sake.
//!
//! One method a file, one entry in [`methods`]; the folders are the families. `lookahead`, which is put around any other
//! method, stands above them.

pub mod first_order;
mod lookahead;
mod method;
mod nested;
mod noise;
mod oracle;
mod parameter;
mod preset;
mod schedule;
mod second_moment;
pub mod second_order;
mod spares;
mod step;
pub mod stochastic;
pub mod subproblem;
mod trust;

pub use crate::problem::Scales;
pub use method::{Family, Method, Requirement, SettingsError, Values, method, methods};
pub use noise::{Noise, NoiseShape};
pub use oracle::{Counts, Oracle, Sample};
pub use parameter::{Default, Parameter, Setting, Settings, Span};
pub use preset::{ASSUMPTIONS, Assumption, Assumptions, Preset};
pub use step::{Cubic, Exit, Geometry, Path, Phase, Region, Step, Verdict};

/// A step machine. One call of [`step`](Self::step) is one trial, accepted or not; the machine keeps its iterate.
pub trait Optimizer: Send {
    /// The current iterate x.
    fn position(&self) -> &[f64];

    /// Makes one trial from [`position`](Self::position).
    ///
    /// # Errors
    /// [`StepError`] where no step can be made at all; the machine is then as it was before the call.
    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError>;

    /// A machine in the same state: the root of a fork, the keyframe of a trace.
    fn boxed_clone(&self) -> Box<dyn Optimizer>;

    /// Moves the iterate to `x` for a method around this one. What was known at the old iterate is forgotten: derivatives, a
    /// search around it and what it found, a certificate. What was accumulated stays: momenta, accumulators of a metric, the radius or
    /// the regularization, counts of steps, and what holds at another point, such as the gradient at a snapshot.
    fn relocate(&mut self, x: &[f64]);

    /// What carries past gradients on as a direction, for a method around this one, which may change it.
    fn momenta(&mut self) -> Vec<&mut crate::linalg::Vector> {
        Vec::new()
    }
}

impl Clone for Box<dyn Optimizer> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}

/// Why an optimizer cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StepError {
    /// The function has no finite value, gradient or curvature where it is needed.
    #[error("the {what} is not finite at ({})", shown(.at))]
    NotFinite {
        /// "function value", "gradient" or "Hessian".
        what: &'static str,
        /// Where.
        at: crate::linalg::Vector,
    },
    /// The method has ended by its own rule.
    #[error("{0}")]
    Finished(&'static str),
}

/// Coordinates of a point that a sentence has room for.
const MOST_SHOWN: usize = 4;

/// A point in a sentence.
fn shown(at: &[f64]) -> String {
    let coordinates: Vec<String> = at.iter().take(MOST_SHOWN).map(|v| format!("{v:.4}")).collect();
    coordinates.join(", ") + if at.len() > MOST_SHOWN { ", …" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_of_many_coordinates_is_cut_in_a_sentence() {
        let said = |n| StepError::NotFinite { what: "gradient", at: vec![0.5; n].into() }.to_string();
        assert_eq!(said(2), "the gradient is not finite at (0.5000, 0.5000)");
        assert_eq!(said(4), "the gradient is not finite at (0.5000, 0.5000, 0.5000, 0.5000)");
        assert_eq!(said(7084), "the gradient is not finite at (0.5000, 0.5000, 0.5000, 0.5000, …)");
    }
}
