//! Critical points on the map: the catalogue's where they hold, else what the search finds while the window lives on.

use crate::measure::{CriticalSearch, PointReport};
use crate::problem::{Kind, Objective, Plane, Problem};
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// Time for the search in a frame.
const SLICE: Duration = Duration::from_millis(2);
/// Starts between two looks at the clock.
const STARTS: usize = 4;
/// Beyond this dimension nothing is searched: a slice of time would not reach far.
const LARGEST: usize = 8;

/// One critical point as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// In the plane.
    pub at: [f64; 2],
    /// How far from the plane it is.
    pub distance: f64,
    /// Its kind.
    pub kind: Kind,
    /// Whether it is one of a continuum.
    pub family: bool,
    /// f there.
    pub value: f64,
    /// Eigenvalues of the Hessian, ascending, where they are known.
    pub eigenvalues: Vec<f64>,
}

/// The marks of a problem.
#[derive(Default)]
pub struct CriticalMarks {
    problem: Option<Arc<Problem>>,
    search: Option<CriticalSearch>,
    marks: Vec<Mark>,
}

impl CriticalMarks {
    /// Follows the problem; returns whether the search goes on.
    pub fn follow(&mut self, problem: &Arc<Problem>, plane: &Plane) -> bool {
        if !self.problem.as_ref().is_some_and(|known| Arc::ptr_eq(known, problem)) {
            self.begin(problem, plane);
        }
        let Some(search) = &mut self.search else { return false };
        let (end, before) = (Instant::now() + SLICE, search.found().len());
        let mut done = false;
        while !done && Instant::now() < end {
            done = search.advance(&**problem, STARTS);
        }
        if done || search.found().len() != before {
            let family = |p: &PointReport| Mark { family: p.family, ..mark(&p.x, p.kind, p.value, p.eigenvalues.clone(), plane) };
            let marks = search.found().iter().map(family);
            self.marks = marks.collect();
        }
        if done {
            self.search = None;
        }
        !done
    }

    fn begin(&mut self, problem: &Arc<Problem>, plane: &Plane) {
        *self = Self { problem: Some(Arc::clone(problem)), ..Self::default() };
        if problem.critical_points_hold() {
            let known = problem.critical_points().iter();
            self.marks = known.map(|p| mark(&p.x, p.kind, p.f, p.eigenvalues.clone().unwrap_or_default(), plane)).collect();
        } else if problem.dim() <= LARGEST {
            self.search = Some(CriticalSearch::new(&problem.bounds()));
        }
    }

    /// What is known by now.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }
}

fn mark(x: &[f64], kind: Kind, value: f64, eigenvalues: Vec<f64>, plane: &Plane) -> Mark {
    let (at, distance) = plane.project(x);
    Mark { at, distance, kind, family: false, value, eigenvalues }
}
