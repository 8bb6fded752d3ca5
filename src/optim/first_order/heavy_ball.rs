//! The heavy ball.

use super::{BATCH_SIZE, Machine, Preconditioned, Rule, gradient_step, momentum, scheduled};
use crate::linalg::{Vector, copy, zeros};
use crate::optim::{Family, Method, Requirement};

const SOURCE: &str = "Polyak 1964";

/// b ← μb + g, x ← x − ηb; the first b is g.
pub(in crate::optim) const HEAVY_BALL: Method = Method {
    id: "heavy_ball",
    name: "Heavy ball",
    family: Family::FirstOrder,
    formula: "b ← μ b + g,  x ← x − η b",
    summary: "Keeps its momentum: damps zigzags across a valley, runs along it, overshoots.",
    source: SOURCE,
    parameters: scheduled![gradient_step(0.3, 1e-3, SOURCE), momentum(SOURCE), BATCH_SIZE],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        Machine::boxed(start, values, HeavyBall { momentum: values.number("momentum"), b: zeros(start.len()) })
    },
};

#[derive(Clone)]
struct HeavyBall {
    momentum: f64,
    b: Vector,
}

impl Rule for HeavyBall {
    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.b]
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        for (b, g) in self.b.iter_mut().zip(gradient) {
            *b = self.momentum * *b + g;
        }
        Preconditioned::plain(step_size, copy(&self.b))
    }
}
