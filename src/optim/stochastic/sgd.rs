//! Stochastic gradient descent.

use crate::linalg::{Vector, norm};
use crate::optim::first_order::{Preconditioned, descend, gradient_step};
use crate::optim::{Default, Family, Method, Optimizer, Oracle, Parameter, Span, Step, StepError};
use smallvec::SmallVec;

const SOURCE: &str = "Robbins, Monro 1951";

/// x ← x − η (1/b) Σ_{i∈B} ∇fᵢ(x) with b indices drawn with replacement.
///
/// A plain function has no samples: there the gradient is ∇f(x) + σξ with ξ ~ N(0, I), noise of the same size everywhere
/// and in every direction. A finite sum brings its own noise, and σ is not used.
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
            meaning: "samples a step, drawn with replacement from a finite sum",
            source: SOURCE,
        },
        Parameter {
            name: "noise",
            symbol: "σ",
            default: Default::Gradient { times: 0.1, plain: 0.1 },
            span: Span::Log { min: 1e-12, max: 1e9 },
            meaning: "standard deviation of the noise in each coordinate of the gradient, on functions without samples",
            source: "Ge, Huang, Jin, Yuan 2015",
        },
    ],
    random: true,
    build: |values, start| {
        Box::new(StochasticGradient {
            x: Vector::from_slice(start),
            step_size: values.number("step_size"),
            batch_size: values.integer("batch_size"),
            noise: values.number("noise"),
        })
    },
};

#[derive(Clone)]
struct StochasticGradient {
    x: Vector,
    step_size: f64,
    batch_size: usize,
    noise: f64,
}

impl Optimizer for StochasticGradient {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let mut gradient = Vector::from_elem(0.0, self.x.len());
        let f = if let Some(samples) = oracle.samples() {
            let batch: SmallVec<[usize; 16]> = (0..self.batch_size).map(|_| oracle.rng().below(samples)).collect();
            oracle.sample_gradient(&self.x, &batch, &mut gradient)?
        } else {
            let f = oracle.gradient(&self.x, &mut gradient)?;
            for g in &mut gradient {
                *g += self.noise * oracle.rng().normal();
            }
            f
        };
        let length = norm(&gradient);
        let (region, _) = Preconditioned::plain(self.step_size, gradient).region(&self.x);
        Ok(descend(&mut self.x, f, length, f64::NAN, region))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
