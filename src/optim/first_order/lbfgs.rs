//! BFGS with limited memory.

use super::bfgs::{is_convex, multiple_of_identity, update};
use super::gradient_step;
use super::line_search::{Condition, LENGTH, LineSearch, c2};
use super::searched::{Direction, Searched, Taken};
use crate::linalg::{Metric, Vector, axpy, copy, dot};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};
use std::collections::VecDeque;

const SOURCE: &str = "Nocedal, Wright 2006, Algorithms 7.4 and 7.5";

/// x ← x − αHg with α of the strong Wolfe conditions and H of the last m pairs (s, y), applied by the two-loop recursion
/// from γI, γ = sᵀy/yᵀy of the newest pair (equation 7.20), η before there is one.
///
/// A pair with yᵀs ≤ 10⁻⁸‖y‖‖s‖ is not kept. The region is that of B = H⁻¹, made where its n² numbers are no more than
/// the 2mn of the pairs; the record of a larger problem is the line.
pub(in crate::optim) const LBFGS: Method = Method {
    id: "lbfgs",
    name: "L-BFGS",
    family: Family::FirstOrder,
    formula: "x ← x − α H g,  H from the last m pairs (s, y)",
    summary: "BFGS that remembers its last steps in the place of a matrix: fit for a million variables.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1.0, SOURCE),
        Parameter {
            name: "memory",
            symbol: "m",
            default: Default::Fixed(10.0),
            span: Span::Integer { min: 1, max: 100 },
            meaning: "pairs of steps and gradient changes that are kept",
            source: SOURCE,
        },
        c2(0.9),
        LENGTH,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let memory = Pairs {
            first: values.number("step_size"),
            most: values.integer("memory"),
            dense: start.len() <= 2 * values.integer("memory"),
            pairs: VecDeque::new(),
        };
        Searched::boxed(start, LineSearch::new(values, Condition::Wolfe), memory)
    },
};

#[derive(Clone)]
struct Pairs {
    /// η.
    first: f64,
    /// m.
    most: usize,
    /// Whether the matrix B is made for the record.
    dense: bool,
    /// (s, y), the oldest first.
    pairs: VecDeque<(Vector, Vector)>,
}

impl Pairs {
    fn gamma(&self) -> f64 {
        self.pairs.back().map_or(self.first, |(s, y)| dot(s, y) / dot(y, y))
    }
}

impl Direction for Pairs {
    fn direction(&mut self, gradient: &[f64]) -> Vector {
        let mut q = copy(gradient);
        let mut weights = Vec::with_capacity(self.pairs.len());
        for (s, y) in self.pairs.iter().rev() {
            let weight = dot(s, &q) / dot(s, y);
            axpy(-weight, y, &mut q);
            weights.push(weight);
        }
        let gamma = self.gamma();
        q.iter_mut().for_each(|v| *v *= gamma);
        for ((s, y), weight) in self.pairs.iter().zip(weights.iter().rev()) {
            axpy(weight - dot(y, &q) / dot(s, y), s, &mut q);
        }
        q.iter_mut().for_each(|v| *v = -*v);
        q
    }

    fn first_length(&self, _slope: f64, _t: u64) -> f64 {
        1.0
    }

    fn learn(&mut self, taken: &Taken) {
        if is_convex(&taken.step, &taken.change) {
            if self.pairs.len() == self.most {
                self.pairs.pop_front();
            }
            self.pairs.push_back((copy(&taken.step), copy(&taken.change)));
        }
    }

    fn forget(&mut self) {
        self.pairs.clear();
    }

    fn metric(&self, n: usize) -> Option<Metric> {
        let scale = 1.0 / self.gamma();
        if self.pairs.is_empty() {
            return Some(Metric::Diagonal(Vector::from_elem(scale, n)));
        }
        self.dense.then(|| {
            let mut b = multiple_of_identity(scale, n);
            self.pairs.iter().for_each(|(s, y)| update(&mut b, s, y));
            Metric::Full(b)
        })
    }
}
