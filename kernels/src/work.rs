//! All chunks of a sum through the network, in the machine's widest registers: one dispatch for each question.

use crate::Loss;
use crate::architecture::Layer;
use crate::chunk::Chunk;
use crate::dense::Room;
use crate::lanes::{Machine, Work, vectorized};
use crate::pass::{At, Matrix, State};
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
        vectorized(self)
    }
}

impl Work for Task<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) -> f64 {
        let Self { layers, loss, w, chunks, t, states, known, bent, room, mut question } = self;
        let (mut total, mut row) = (0.0, 0);
        let one_for_all = states.len() < chunks.len();
        for (index, chunk) in chunks.iter().enumerate() {
            let at = At { layers, loss, w, chunk, t };
            let state = &mut states[if one_for_all { 0 } else { index }];
            if !known {
                total += state.forward(machine, &at);
                match &mut question {
                    Question::Value => continue,
                    Question::Gradient(gradient) => state.backward(machine, &at, Some(gradient)),
                    _ => state.backward(machine, &at, None),
                }
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
                        state.bend(&at);
                    }
                    for (v, product) in vectors.chunks_exact(w.len()).zip(products.chunks_exact_mut(w.len())) {
                        state.product(machine, &at, v, *matrix, &mut room.scratch, product);
                    }
                }
                Question::Fisher { l2, vectors, products } => {
                    for (v, product) in vectors.chunks_exact(w.len()).zip(products.chunks_exact_mut(w.len())) {
                        state.fisher(machine, &at, (v, *l2), &mut room.scratch, product);
                    }
                }
                Question::Matrix { matrix, units, hessian } => {
                    if !bent {
                        state.bend(&at);
                    }
                    state.matrix(machine, &at, (*matrix, units.clone()), room, hessian);
                }
            }
        }
        total
    }
}
