//! Adagrad with a diagonal matrix.

use super::adaptive::{Adaptive, placed};
use super::{BATCH_SIZE, Machine, epsilon, epsilon_place, scheduled, step_length};
use crate::optim::second_moment::SecondMoment;
use crate::optim::{Family, Method, Requirement};

const SOURCE: &str = "Duchi, Hazan, Singer 2011";

/// G ← G + g², x ← x − η g/(√G + ε), elementwise.
pub(in crate::optim) const ADAGRAD: Method = Method {
    id: "adagrad",
    name: "Adagrad",
    family: Family::FirstOrder,
    formula: "G ← G + g²,  x ← x − η g/(√G + ε)",
    summary: "Searches an ellipsoid along the axes, long where gradients have been small; its steps shrink for ever.",
    source: SOURCE,
    parameters: scheduled![
        step_length(0.5, 1e-2, SOURCE),
        epsilon(1e-10, SOURCE),
        epsilon_place("Kohler, Adolphs, Lucchi 2020"),
        BATCH_SIZE
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let rule = Adaptive {
            weights: [1.0, 1.0],
            epsilon: placed(values.choice("epsilon_place"), values.number("epsilon")),
            moment: SecondMoment::new(start.len(), false, 0.0),
        };
        Machine::boxed(start, values, rule)
    },
};
