//! The values of a function on a grid in a plane.

use crate::linalg::Job;
use crate::problem::{Cut, Objective};
use std::sync::Arc;

/// f(origin + u a + v b) at the nodes of a grid, its edges among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaneGrid {
    /// u of the columns, ascending.
    pub u: Vec<f64>,
    /// v of the rows, ascending.
    pub v: Vec<f64>,
    /// Row by row, `u.len()` values each.
    pub values: Vec<f64>,
}

/// Finds a [`PlaneGrid`], a row for each thread a slice.
pub struct PlaneGridJob {
    objective: Arc<dyn Objective>,
    cut: Cut,
    threads: usize,
    found: PlaneGrid,
}

impl PlaneGridJob {
    /// `side` times `side` values over the box of a cut, at least 2 times 2; in one variable one row, v = 0.
    pub fn new(objective: Arc<dyn Objective>, cut: Cut, side: usize, threads: usize) -> Self {
        let side = side.max(2);
        let between = |low: f64, high: f64| {
            let at = |i: usize| i as f64 / (side - 1) as f64;
            (0..side).map(|i| (1.0 - at(i)) * low + at(i) * high).collect()
        };
        let [u0, u1, v0, v1] = cut.domain;
        let v = if cut.plane.dim() < 2 { vec![0.0] } else { between(v0, v1) };
        let found = PlaneGrid { u: between(u0, u1), values: Vec::with_capacity(side * v.len()), v };
        Self { objective, cut, threads: threads.max(1), found }
    }

    fn row(&self, v: f64) -> Vec<f64> {
        self.found.u.iter().map(|u| self.objective.value(&self.cut.plane.point(*u, v))).collect()
    }

    fn rows(&self) -> usize {
        self.found.values.len() / self.found.u.len()
    }
}

impl Job for PlaneGridJob {
    type Output = PlaneGrid;

    fn advance(&mut self) -> bool {
        let rows: Vec<f64> = self.found.v.iter().copied().skip(self.rows()).take(self.threads).collect();
        let values = match rows[..] {
            [] => Vec::new(),
            [v] => self.row(v),
            _ => std::thread::scope(|scope| {
                let job = &*self;
                let threads: Vec<_> = rows.iter().map(|v| scope.spawn(move || job.row(*v))).collect();
                let nothing = || vec![f64::NAN; job.found.u.len()];
                threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|_| nothing())).collect()
            }),
        };
        self.found.values.extend(values);
        self.rows() < self.found.v.len()
    }

    fn progress(&self) -> f64 {
        self.rows() as f64 / self.found.v.len() as f64
    }

    fn output(&self) -> Option<&PlaneGrid> {
        (self.rows() == self.found.v.len()).then_some(&self.found)
    }

    fn into_output(self) -> Option<PlaneGrid> {
        (self.rows() == self.found.v.len()).then_some(self.found)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::{FormulaProblem, Plane};

    #[test]
    fn a_grid_has_the_values_of_the_plane_with_any_number_of_threads() {
        let problem = FormulaProblem::from_text("x^2 + 3 y - x y", None, &Default::default(), None).unwrap();
        let objective: Arc<dyn Objective> = Arc::new(problem);
        let plane = Plane::spanned(&[1.0, 2.0], &[1.0, 1.0], &[1.0, -1.0]).unwrap();
        let cut = Cut { plane: plane.clone(), domain: [-1.0, 2.0, 0.0, 3.0] };
        let grids = [1, 3, 8].map(|threads| PlaneGridJob::new(Arc::clone(&objective), cut.clone(), 7, threads).finish().unwrap());
        assert!(grids[0] == grids[1] && grids[0] == grids[2]);
        let grid = &grids[0];
        assert_eq!((grid.u[0], grid.u[6], grid.v[0], grid.v[6], grid.values.len()), (-1.0, 2.0, 0.0, 3.0, 49));
        assert_eq!(grid.values[2 * 7 + 5], objective.value(&plane.point(grid.u[5], grid.v[2])));
    }
}
