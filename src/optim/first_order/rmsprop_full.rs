//! RMSProp with the full matrix.

use super::adaptive::Adaptive;
use super::{BATCH_SIZE, Machine, decay, epsilon, scheduled, step_length};
use crate::optim::second_moment::{Epsilon, SecondMoment};
use crate::optim::{Family, Method, Requirement};

const SOURCE: &str = "Kohler, Adolphs, Lucchi 2020";

/// S ← βS + (1−β)ggᵀ, x ← x − η (S + εI)^{−½} g, S₀ = 0.
pub(in crate::optim) const RMSPROP_FULL: Method = Method {
    id: "rmsprop_full",
    name: "RMSProp, full matrix",
    family: Family::FirstOrder,
    formula: "S ← β S + (1−β) g gᵀ,  x ← x − η (S + εI)^(−½) g",
    summary: "RMSProp whose ellipsoid turns with the recent gradients.",
    source: SOURCE,
    parameters: scheduled![
        step_length(0.05, 1e-2, "Tieleman, Hinton 2012"),
        decay("beta", "β", 0.9, "weight of past gradients in the matrix", SOURCE),
        epsilon(1e-8, SOURCE),
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let beta = values.number("beta");
        let rule = Adaptive {
            weights: [beta, 1.0 - beta],
            epsilon: Epsilon::Inside(values.number("epsilon")),
            moment: SecondMoment::new(start.len(), true, 0.0),
        };
        Machine::boxed(start, values, rule)
    },
};
