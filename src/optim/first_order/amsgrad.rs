//! AMSGrad.

use super::moments::{BETA1, BETA2, EPSILON, Moments};
use super::{BATCH_SIZE, Machine, Preconditioned, Rule, scheduled, step_length};
use crate::linalg::{Vector, zeros};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Reddi, Kale, Kumar 2018, Algorithm 2";

/// As Adam with the largest second moment so far: V ← max(V, v), x ← x − η m̂/(√V/√(1−β₂ᵗ) + ε), as PyTorch has it; optax
/// takes the largest corrected one, V ← max(V, v̂), x ← x − η m̂/(√V + ε).
pub(in crate::optim) const AMSGRAD: Method = Method {
    id: "amsgrad",
    name: "AMSGrad",
    family: Family::FirstOrder,
    formula: "V ← max(V, v),  x ← x − η m̂/(√V̂ + ε)",
    summary: "Adam that never forgets a large gradient: its ellipsoid only shrinks.",
    source: SOURCE,
    parameters: scheduled![
        step_length(0.1, 1e-3, SOURCE),
        BETA1,
        BETA2,
        EPSILON,
        Parameter {
            name: "maximum",
            symbol: "max of",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["uncorrected", "corrected"] },
            meaning: "the second moment v itself, as in PyTorch, or corrected for its start at zero, as in optax",
            source: SOURCE,
        },
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let rule = AmsGrad {
            moments: Moments::new(values, start.len()),
            largest: zeros(start.len()),
            corrected: values.choice("maximum") == "corrected",
        };
        Machine::boxed(start, values, rule)
    },
};

#[derive(Clone)]
struct AmsGrad {
    moments: Moments,
    /// V.
    largest: Vector,
    corrected: bool,
}

impl Rule for AmsGrad {
    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.moments.m]
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        let Self { moments, largest, corrected } = self;
        moments.update(gradient);
        let raise = |largest: &mut Vector, v: &[f64]| largest.iter_mut().zip(v).for_each(|(w, v)| *w = w.max(*v));
        let root = if *corrected {
            raise(largest, &moments.corrected_v());
            moments.root_of_corrected(largest)
        } else {
            raise(largest, &moments.v);
            moments.root(largest)
        };
        Preconditioned::diagonal(step_size, moments.corrected_m(), root)
    }
}
