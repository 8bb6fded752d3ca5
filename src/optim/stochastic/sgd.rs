//! Stochastic gradient descent.

use crate::linalg::{Vector, norm};
use crate::optim::first_order::{Preconditioned, descend, gradient_step};
use crate::optim::{Default, Family, Method, Optimizer, Oracle, Parameter, Requirement, Span, Step, StepError};

const SOURCE: &str = "Robbins, Monro 1951";

/// x ← x − η (1/b) Σ_{i∈B} ∇fᵢ(x) with b indices drawn with replacement.
///
/// A plain function has no samples: there the scene's [`Noise`](crate::optim::Noise) stands for sampling, divided by √b.
pub(in crate::optim) const SGD: Method = Method {
    id: "sgd",
    name: "Stochastic gradient descent",
    family: Family::Stochastic,
    formula: "x ← x − η ĝ,  E ĝ = g",
    summary: "Gradient descent on a sampled gradient: its noise pushes it off saddles and keeps it from settling.",
    source: SOURCE,
    parameters: &[
        gradient_step(0.5, 1e-3, SOURCE),
        Parameter {
            name: "batch_size",
            symbol: "b",
            default: Default::Fixed(1.0),
            span: Span::Integer { min: 1, max: 1_000_000 },
            meaning: "samples a step, drawn with replacement; without samples the noise is divided by √b",
            source: SOURCE,
        },
    ],
    random: true,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        Box::new(StochasticGradient {
            x: Vector::from_slice(start),
            step_size: values.number("step_size"),
            batch_size: values.integer("batch_size"),
        })
    },
};

#[derive(Clone)]
struct StochasticGradient {
    x: Vector,
    step_size: f64,
    batch_size: usize,
}

impl Optimizer for StochasticGradient {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let mut gradient = Vector::from_elem(0.0, self.x.len());
        let sample = oracle.draw(self.batch_size);
        let f = oracle.sample_gradient(&self.x, &sample, &mut gradient)?;
        let length = norm(&gradient);
        let (region, _) = Preconditioned::plain(self.step_size, gradient).region(&self.x);
        Ok(descend(&mut self.x, f, length, f64::NAN, region))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
