//! RMSProp with a diagonal matrix.

use super::adaptive::{Adaptive, placed};
use super::{Machine, decay, epsilon, epsilon_place, step_length};
use crate::optim::second_moment::SecondMoment;
use crate::optim::{Family, Method, Requirement};

const SOURCE: &str = "Tieleman, Hinton 2012";

/// v ← αv + (1−α)g², x ← x − η g/(√v + ε), elementwise.
pub(in crate::optim) const RMSPROP: Method = Method {
    id: "rmsprop",
    name: "RMSProp",
    family: Family::FirstOrder,
    formula: "v ← α v + (1−α) g²,  x ← x − η g/(√v + ε)",
    summary: "Searches an ellipsoid along the axes, long where recent gradients are small: it reaches along a saddle's exit.",
    source: SOURCE,
    parameters: &[
        step_length(0.05, 1e-2, SOURCE),
        decay("alpha", "α", 0.99, "weight of past squared gradients", SOURCE),
        epsilon(1e-8, SOURCE),
        epsilon_place("Kohler, Adolphs, Lucchi 2020"),
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let alpha = values.number("alpha");
        let rule = Adaptive {
            step_size: values.number("step_size"),
            weights: [alpha, 1.0 - alpha],
            epsilon: placed(values.choice("epsilon_place"), values.number("epsilon")),
            moment: SecondMoment::new(start.len(), false, 0.0),
        };
        Machine::boxed(start, rule)
    },
};
