//! RMSProp with a diagonal matrix.

use super::adaptive::placed;
use super::{BATCH_SIZE, Machine, Preconditioned, Rule, decay, epsilon, epsilon_place, scheduled, step_length};
use crate::linalg::{Metric, Vector, copy, zeros};
use crate::optim::second_moment::Epsilon;
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Tieleman, Hinton 2012";

/// v ← αv + (1−α)g², x ← x − η g/(√v + ε), elementwise.
///
/// Centered (Graves 2013): a ← αa + (1−α)g and v − a² in the place of v. With momentum: b ← μb + g/(√v + ε), x ← x − ηb.
pub(in crate::optim) const RMSPROP: Method = Method {
    id: "rmsprop",
    name: "RMSProp",
    family: Family::FirstOrder,
    formula: "v ← α v + (1−α) g²,  x ← x − η g/(√v + ε)",
    summary: "Searches an ellipsoid along the axes, long where recent gradients are small: it reaches along a saddle's exit.",
    source: SOURCE,
    parameters: scheduled![
        step_length(0.05, 1e-2, SOURCE),
        decay("alpha", "α", 0.99, "weight of past squared gradients", SOURCE),
        epsilon(1e-8, SOURCE),
        epsilon_place("Kohler, Adolphs, Lucchi 2020"),
        decay("momentum", "μ", 0.0, "share of the last preconditioned steps that is kept", "Graves 2013"),
        Parameter {
            name: "centered",
            symbol: "v − a²",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["no", "yes"] },
            meaning: "yes: the square of the mean gradient a is taken from v, which leaves the variance",
            source: "Graves 2013, equations 38-45",
        },
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let zero = zeros(start.len());
        let rule = RmsProp {
            alpha: values.number("alpha"),
            epsilon: placed(values.choice("epsilon_place"), values.number("epsilon")),
            momentum: values.number("momentum"),
            v: zero.clone(),
            mean: (values.choice("centered") == "yes").then(|| zero.clone()),
            b: zero,
        };
        Machine::boxed(start, values, rule)
    },
};

#[derive(Clone)]
struct RmsProp {
    alpha: f64,
    epsilon: Epsilon,
    momentum: f64,
    v: Vector,
    /// a, if centered.
    mean: Option<Vector>,
    b: Vector,
}

impl Rule for RmsProp {
    fn models_f(&self) -> bool {
        self.momentum == 0.0
    }

    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.b]
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        let (keep, new) = (self.alpha, 1.0 - self.alpha);
        for (v, g) in self.v.iter_mut().zip(gradient) {
            *v = keep * *v + new * g * g;
        }
        let mut m = copy(&self.v);
        if let Some(mean) = &mut self.mean {
            for ((m, a), g) in m.iter_mut().zip(mean).zip(gradient) {
                *a = keep * *a + new * g;
                *m = (*m - *a * *a).max(0.0);
            }
        }
        m.iter_mut().for_each(|m| *m = self.epsilon.root(*m));
        if self.momentum == 0.0 {
            return Preconditioned::diagonal(step_size, copy(gradient), m);
        }
        // s = −ηb minimizes ⟨Mb, s⟩.
        let mut linear = copy(gradient);
        for (((b, g), m), l) in self.b.iter_mut().zip(gradient).zip(&m).zip(&mut linear) {
            *b = self.momentum * *b + g / m;
            *l = *b * m;
        }
        Preconditioned { step_size, linear, metric: Metric::Diagonal(m), direction: copy(&self.b) }
    }
}
