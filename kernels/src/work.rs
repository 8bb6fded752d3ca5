//! All chunks of a sum through the network, in the machine's widest registers.
//!
//! Each kind of work is dispatched for itself, and so a function of its own: in one that holds them all compilers no longer keep
//! the sums of a product in registers.

use crate::Loss;
use crate::architecture::Layer;
use crate::chunk::Chunk;
use crate::dense::Room;
use crate::lanes::{Machine, Work, vectorized};
use crate::pass::{At, Matrix, Scratch, State};
use std::ops::Range;

/// A question about the chunks at a point.
pub struct Task<'a> {
    /// The network.
    pub layers: &'a [Layer],
    /// What its outputs cost.
    pub loss: Loss,
    /// Its parameters.
    pub w: &'a [f64],
    /// The samples.
    pub chunks: &'a [Chunk],
    /// The weight of each of them: 1/m.
    pub t: f64,
    /// One for each chunk, or one for all of them in turn.
    pub states: &'a mut [State],
    /// Whether the states are those of the point.
    pub known: bool,
    /// Whether they hold what Hessian products need.
    pub bent: bool,
    /// Room for the answer.
    pub room: &'a mut Room,
    /// What is asked.
    pub question: Question<'a>,
}

/// What is asked about the chunks.
pub enum Question<'a> {
    /// Σ L only.
    Value,
    /// Adds t Σ ∇L.
    Gradient(&'a mut [f64]),
    /// Writes ∇L of each sample, a row each.
    Rows(&'a mut [f64]),
    /// Adds t Σ A v for each row v of `vectors`.
    Products {
        /// A.
        matrix: Matrix,
        /// Rows v.
        vectors: &'a [f64],
        /// Rows A v.
        products: &'a mut [f64],
    },
    /// Adds t Σ ⟨∇f, v⟩ ∇f for each row v of `vectors`.
    Fisher {
        /// Of the gradients.
        l2: f64,
        /// Rows v.
        vectors: &'a [f64],
        /// Rows F v.
        products: &'a mut [f64],
    },
    /// Adds the rows of some units of t Σ A, but for what [`complete`](crate::complete) writes.
    Matrix {
        /// A.
        matrix: Matrix,
        /// Of all layers, numbered from the first on.
        units: Range<usize>,
        /// n × n numbers.
        hessian: &'a mut [f64],
    },
}

impl Task<'_> {
    /// Answers the question; returns Σ L over all samples, or 0 where the states were known.
    pub fn answer(self) -> f64 {
        let Self { layers, loss, w, chunks, t, states, known, bent, room, mut question } = self;
        let (mut total, mut row) = (0.0, 0);
        let one_for_all = states.len() < chunks.len();
        for (index, chunk) in chunks.iter().enumerate() {
            let at = At { layers, loss, w, chunk, t };
            let state = &mut states[if one_for_all { 0 } else { index }];
            if !known {
                let wanted = match &mut question {
                    Question::Value => Wanted::Value,
                    Question::Gradient(gradient) => Wanted::Gradient(gradient),
                    _ => Wanted::State,
                };
                total += vectorized(Through { at, state, wanted });
            }
            match &mut question {
                Question::Value | Question::Gradient(_) => {}
                Question::Rows(rows) => {
                    for s in 0..chunk.valid {
                        state.sample_gradient(&at, s, &mut rows[row * w.len()..][..w.len()]);
                        row += 1;
                    }
                }
                Question::Products { matrix, vectors, products } => {
                    if !bent {
                        vectorized(Bend { at, state });
                    }
                    let by = By::Matrix(*matrix);
                    vectorized(Products { at, state, by, vectors, scratch: &mut room.scratch, products });
                }
                Question::Fisher { l2, vectors, products } => {
                    let by = By::Gradients { l2: *l2 };
                    vectorized(Products { at, state, by, vectors, scratch: &mut room.scratch, products });
                }
                Question::Matrix { matrix, units, hessian } => {
                    if !bent {
                        vectorized(Bend { at, state });
                    }
                    vectorized(Dense { at, state, matrix: *matrix, units: units.clone(), room, hessian });
                }
            }
        }
        total
    }
}

/// What a pass through the network is to leave.
enum Wanted<'a> {
    Value,
    Gradient(&'a mut [f64]),
    State,
}

/// Forward, and backward where more than the value is wanted.
struct Through<'a> {
    at: At<'a>,
    state: &'a mut State,
    wanted: Wanted<'a>,
}

impl Work for Through<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) -> f64 {
        let total = self.state.forward(machine, &self.at);
        let gradient = match self.wanted {
            Wanted::Value => return total,
            Wanted::Gradient(gradient) => Some(gradient),
            Wanted::State => None,
        };
        self.state.backward(machine, &self.at, gradient);
        total
    }
}

/// What Hessian products need of the state.
struct Bend<'a> {
    at: At<'a>,
    state: &'a mut State,
}

impl Work for Bend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<M: Machine>(self, _: M) {
        self.state.bend(&self.at);
    }
}

/// By what vectors are multiplied.
#[derive(Clone, Copy)]
enum By {
    Matrix(Matrix),
    Gradients { l2: f64 },
}

/// Adds the products with some rows.
struct Products<'a> {
    at: At<'a>,
    state: &'a State,
    by: By,
    vectors: &'a [f64],
    scratch: &'a mut Scratch,
    products: &'a mut [f64],
}

impl Work for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) {
        let n = self.at.w.len();
        for (v, product) in self.vectors.chunks_exact(n).zip(self.products.chunks_exact_mut(n)) {
            match self.by {
                By::Matrix(matrix) => self.state.product(machine, &self.at, v, matrix, self.scratch, product),
                By::Gradients { l2 } => self.state.fisher(machine, &self.at, (v, l2), self.scratch, product),
            }
        }
    }
}

/// Adds the rows of some units.
struct Dense<'a> {
    at: At<'a>,
    state: &'a State,
    matrix: Matrix,
    units: Range<usize>,
    room: &'a mut Room,
    hessian: &'a mut [f64],
}

impl Work for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) {
        self.state.matrix(machine, &self.at, (self.matrix, self.units), self.room, self.hessian);
    }
}
