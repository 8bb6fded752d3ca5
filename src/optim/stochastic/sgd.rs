//! Stochastic gradient descent.

use super::parameters::batch_size;
use super::trial::{plain_step, sampled};
use crate::linalg::{Rng, Vector, copy};
use crate::optim::first_order::gradient_step;
use crate::optim::schedule::{Schedule, scheduled};
use crate::optim::{Default, Family, Method, Optimizer, Oracle, Parameter, Phase, Requirement, Span, Step, StepError};

const SOURCE: &str = "Robbins, Monro 1951";

/// x ← x − η (1/b) Σ_{i∈B} ∇fᵢ(x) with b indices drawn with replacement, or taken in turn from a permutation that is drawn
/// anew for each epoch; there the last batch of an epoch has what is left. A step asks |B| component gradients.
///
/// A plain function has no samples: there the scene's [`Noise`](crate::optim::Noise) stands for sampling, divided by √b.
pub(in crate::optim) const SGD: Method = Method {
    id: "sgd",
    name: "Stochastic gradient descent",
    family: Family::Stochastic,
    formula: "x ← x − η ĝ,  E ĝ = g",
    summary: "Gradient descent on a sampled gradient: its noise pushes it off saddles and keeps it from settling.",
    source: SOURCE,
    parameters: scheduled![
        gradient_step(0.5, 1e-3, SOURCE),
        batch_size("b", 1.0, "samples a step; without samples the noise is divided by √b", SOURCE),
        Parameter {
            name: "sampling",
            symbol: "B",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["replacement", "reshuffle"] },
            meaning: "batches drawn with replacement, or each sample once an epoch in an order drawn anew",
            source: "Bertsekas 2011, incremental gradient methods",
        },
    ],
    random: true,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        Box::new(StochasticGradient {
            x: copy(start),
            schedule: Schedule::new(values),
            t: 0,
            batch_size: values.integer("batch_size"),
            epoch: (values.choice("sampling") == "reshuffle").then(Vec::new),
        })
    },
};

#[derive(Clone)]
struct StochasticGradient {
    x: Vector,
    schedule: Schedule,
    t: u64,
    batch_size: usize,
    /// The indices of this epoch that are left, the next one last; `None`: with replacement.
    epoch: Option<Vec<usize>>,
}

/// Writes a permutation of 0..m, each as likely as the others (Fisher, Yates).
fn permute(order: &mut Vec<usize>, m: usize, rng: &mut Rng) {
    order.clear();
    order.extend(0..m);
    for i in (1..m).rev() {
        order.swap(i, rng.below(i + 1));
    }
}

impl Optimizer for StochasticGradient {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let sample = match (&mut self.epoch, oracle.samples()) {
            (Some(left), Some(samples)) => {
                if left.is_empty() {
                    permute(left, samples, oracle.rng());
                }
                oracle.batch(left.drain(left.len().saturating_sub(self.batch_size)..))
            }
            _ => oracle.draw(self.batch_size),
        };
        let (f, linear) = sampled(oracle, &self.x, &sample)?;
        oracle.give_back(sample);
        let step_size = self.schedule.at(self.t);
        self.t += 1;
        Ok(plain_step(oracle, &mut self.x, step_size, linear, f, Phase::Descent))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
