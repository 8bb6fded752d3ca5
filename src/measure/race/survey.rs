//! The critical points that a race is measured against, looked for in slices of time.

use crate::measure::{CriticalSearch, PointReport, classify};
use crate::problem::{Objective, Problem};

/// Beyond this dimension nothing is searched: a slice of time would not reach far.
const LARGEST: usize = 8;

/// The catalogue's critical points where they hold; else what a [`CriticalSearch`] finds in up to eight dimensions.
#[derive(Clone, Debug)]
pub struct Survey {
    search: Option<CriticalSearch>,
    points: Vec<PointReport>,
}

impl Survey {
    /// At its beginning.
    pub fn new(problem: &Problem) -> Self {
        let holds = problem.critical_points_hold();
        let known = problem.critical_points().iter().filter(|point| point.x.len() == problem.dim());
        let search = (!holds && problem.dim() <= LARGEST).then(|| CriticalSearch::new(&problem.bounds()));
        Self { search, points: known.map(|point| classify(problem, &point.x)).collect() }
    }

    /// Makes the next `starts` starts of the search; true when nothing is left.
    pub fn advance(&mut self, problem: &Problem, starts: usize) -> bool {
        if self.search.as_mut().is_none_or(|search| search.advance(problem, starts)) {
            self.points.extend(self.search.take().map(CriticalSearch::into_found).unwrap_or_default());
        }
        self.search.is_none()
    }

    /// The share of the search that is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        self.search.as_ref().map_or(1.0, CriticalSearch::progress)
    }

    /// What was found.
    pub fn points(&self) -> &[PointReport] {
        &self.points
    }
}
