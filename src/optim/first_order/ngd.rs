//! Normalized gradient descent.

use super::{BATCH_SIZE, Machine, Preconditioned, Rule, scheduled, step_length};
use crate::linalg::{copy, norm};
use crate::optim::{Family, Method, Requirement};

const SOURCE: &str = "Nesterov 1984; Hazan, Levy, Shalev-Shwartz 2015";

/// x ← x − η g/‖g‖; at g = 0 there is no step.
pub(in crate::optim) const NGD: Method = Method {
    id: "ngd",
    name: "Normalized gradient descent",
    family: Family::FirstOrder,
    formula: "x ← x − η g/‖g‖",
    summary: "Steps of one length, on plateaus and cliffs alike; it circles a minimum at that distance.",
    source: SOURCE,
    parameters: scheduled![step_length(0.05, 1e-2, SOURCE), BATCH_SIZE],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| Machine::boxed(start, values, Normalized),
};

#[derive(Clone)]
struct Normalized;

impl Rule for Normalized {
    fn models_f(&self) -> bool {
        true
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        let length = norm(gradient);
        // A quotient beyond all numbers stands for one that takes a denormal gradient to length η at most.
        let multiple = if length > 0.0 { (step_size / length).min(f64::MAX) } else { step_size };
        Preconditioned::plain(multiple, copy(gradient))
    }
}
