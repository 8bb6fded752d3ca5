//! Adagrad with the full matrix.

use super::adaptive::Adaptive;
use super::{BATCH_SIZE, Machine, epsilon, scheduled, step_length};
use crate::optim::second_moment::{Epsilon, SecondMoment};
use crate::optim::{Family, Method, Requirement};

const SOURCE: &str = "Duchi, Hazan, Singer 2011";

/// S ← S + ggᵀ, x ← x − η (S + εI)^{−½} g.
pub(in crate::optim) const ADAGRAD_FULL: Method = Method {
    id: "adagrad_full",
    name: "Adagrad, full matrix",
    family: Family::FirstOrder,
    formula: "S ← S + g gᵀ,  x ← x − η (S + εI)^(−½) g",
    summary: "The ellipsoid turns with the gradients: rotated valleys look like aligned ones.",
    source: SOURCE,
    parameters: scheduled![step_length(0.5, 1e-2, SOURCE), epsilon(1e-8, "Kohler, Adolphs, Lucchi 2020"), BATCH_SIZE],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let rule = Adaptive {
            weights: [1.0, 1.0],
            epsilon: Epsilon::Inside(values.number("epsilon")),
            moment: SecondMoment::new(start.len(), true, 0.0),
        };
        Machine::boxed(start, values, rule)
    },
};
