//! Fields in the making, beside the frames.

use crate::problem::{Plane, Problem};
use crate::ui::background::Work;
use crate::view::{Field, Sampling, Slice};
use std::sync::Arc;

/// Nodes between two looks at whether the field is still wanted.
const NODES: usize = 128;

/// Finer and finer fields of one view of a problem.
pub struct Refinement {
    problem: Arc<Problem>,
    plane: Plane,
    sampling: Sampling,
}

impl Refinement {
    /// Nothing sampled yet.
    pub fn new(problem: &Arc<Problem>, plane: &Plane, sampling: Sampling) -> Self {
        Self { problem: Arc::clone(problem), plane: plane.clone(), sampling }
    }
}

impl Work for Refinement {
    type News = Field;

    fn work(&mut self) -> Option<Field> {
        self.sampling.advance(&Slice { objective: &*self.problem, plane: &self.plane }, NODES)
    }

    fn is_done(&self) -> bool {
        self.sampling.is_done()
    }

    fn progress(&self) -> f64 {
        self.sampling.progress()
    }
}
