//! Gradient descent.

use super::line_search::{Condition, LENGTH, LineSearch, c2};
use super::searched::{Direction, Searched, Taken};
use super::{BATCH_SIZE, Machine, Preconditioned, Rule, Schedule, gradient_step, scheduled};
use crate::linalg::{Metric, Vector, copy};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

/// x ← x − η∇f(x), with η as it is set or found by a line search that tries it first.
pub(in crate::optim) const GD: Method = Method {
    id: "gd",
    name: "Gradient descent",
    family: Family::FirstOrder,
    formula: "x ← x − η g",
    summary: "The steepest way down in a ball of radius η‖g‖; rests at any critical point, saddles too.",
    source: "Cauchy 1847",
    parameters: scheduled![
        gradient_step(1.0, 1e-3, "Nesterov 2004, §1.2.3: 1/ℓ"),
        Parameter {
            name: "line_search",
            symbol: "search",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["none", "backtracking", "wolfe"] },
            meaning: "none: every step has size η; backtracking: η is halved until f falls enough; wolfe: it grows, too",
            source: "Nocedal, Wright 2006, Algorithms 3.1 and 3.5",
        },
        c2(0.9),
        LENGTH,
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let steepest = || Steepest { schedule: Schedule::new(values) };
        match values.choice("line_search") {
            "backtracking" => Searched::boxed(start, LineSearch::new(values, Condition::Armijo), steepest()),
            "wolfe" => Searched::boxed(start, LineSearch::new(values, Condition::Wolfe), steepest()),
            _ => Machine::boxed(start, values, GradientDescent),
        }
    },
};

/// −g, tried first at the scheduled step size.
#[derive(Clone)]
struct Steepest {
    schedule: Schedule,
}

impl Direction for Steepest {
    fn direction(&mut self, gradient: &[f64]) -> Vector {
        gradient.iter().map(|g| -g).collect()
    }

    fn first_length(&self, _slope: f64, t: u64) -> f64 {
        self.schedule.at(t)
    }

    fn learn(&mut self, _taken: &Taken) {}

    fn forget(&mut self) {}

    fn metric(&self, _n: usize) -> Option<Metric> {
        Some(Metric::Sphere)
    }
}

#[derive(Clone)]
struct GradientDescent;

impl Rule for GradientDescent {
    fn models_f(&self) -> bool {
        true
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        Preconditioned::plain(step_size, copy(gradient))
    }
}
