//! A function on a plane, with the paths of runs in it, as JSON and as a table.

use super::csv::number;
use super::json::RunHead;
use crate::measure::SliceKind;
use crate::measure::interpolation::Interpolation;
use crate::measure::plane_grid::PlaneGrid;
use crate::measure::slice::Along;
use crate::problem::Cut;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::io::Write;

/// A slice as it is written.
pub struct SliceFile<'a> {
    /// `done`, `not_finite` or `budget_spent`.
    pub status: &'static str,
    /// The same as a sentence.
    pub message: &'static str,
    /// n.
    pub parameters: usize,
    /// Along what a network is cut.
    pub kind: Option<SliceKind>,
    /// The same in numbers.
    pub along: Option<Along>,
    /// The place among `runs` and the step of the iterate through which the plane goes.
    pub through: Option<(usize, u64)>,
    /// f at the plane's origin.
    pub f: f64,
    /// The plane.
    pub cut: &'a Cut,
    /// The values on it.
    pub grid: &'a PlaneGrid,
    /// The values on the straight line from the start of the path to its end.
    pub line: Option<Line>,
    /// The paths.
    pub runs: Vec<RunPath>,
}

/// The values on a line.
#[derive(Serialize)]
pub struct Line {
    alpha: Vec<f64>,
    f: Vec<f64>,
    /// The largest rise on it, where it does not fall all the way.
    rise: Option<Rise>,
}

#[derive(Serialize)]
struct Rise {
    from: f64,
    to: f64,
    by: f64,
}

/// The path of a run.
#[derive(Serialize)]
pub struct RunPath {
    /// Of which run.
    #[serde(flatten)]
    pub run: RunHead,
    /// Some of its steps.
    pub path: Vec<PathPoint>,
}

/// An iterate beside a plane.
#[derive(Serialize)]
pub struct PathPoint {
    /// The step.
    pub k: u64,
    /// The coordinates of its foot.
    pub u: f64,
    /// The same.
    pub v: f64,
    /// How far it is from the plane.
    pub distance: f64,
    /// f there.
    pub f: f64,
    /// f at the foot.
    pub f_in_plane: f64,
}

impl Line {
    /// Of an interpolation.
    pub fn of(found: &Interpolation) -> Self {
        let alpha = (0..found.losses.len()).map(|place| found.alpha(place)).collect();
        let rise = found.rise().map(|(from, to, by)| Rise { from, to, by });
        Self { alpha, f: found.losses.clone(), rise }
    }
}

impl Serialize for SliceFile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", self.status)?;
        map.serialize_entry("message", self.message)?;
        map.serialize_entry("parameters", &self.parameters)?;
        map.serialize_entry("kind", &self.kind)?;
        map.serialize_entry("run", &self.through.map(|(run, _)| run))?;
        map.serialize_entry("step", &self.through.map(|(_, step)| step))?;
        map.serialize_entry("f", &self.f)?;
        match self.along {
            Some(Along::Random(seed)) => map.serialize_entry("slice_seed", &seed)?,
            Some(Along::Path(shares)) => map.serialize_entry("captured", &shares)?,
            Some(Along::Eigenvectors { values, residuals, converged }) => {
                map.serialize_entry("eigenvalues", &values)?;
                map.serialize_entry("residuals", &residuals)?;
                map.serialize_entry("converged", &converged)?;
            }
            Some(Along::Line) | None => {}
        }
        map.serialize_entry("origin", &self.cut.plane.origin)?;
        map.serialize_entry("a", &self.cut.plane.a)?;
        map.serialize_entry("b", &self.cut.plane.b)?;
        map.serialize_entry("u", &self.grid.u)?;
        map.serialize_entry("v", &self.grid.v)?;
        let rows: Vec<&[f64]> = self.grid.values.chunks(self.grid.u.len().max(1)).collect();
        map.serialize_entry("values", &rows)?;
        if let Some(line) = &self.line {
            map.serialize_entry("line", line)?;
        }
        map.serialize_entry("runs", &self.runs)?;
        map.end()
    }
}

/// Writes one JSON object: `status` and `message`; the plane { origin + u a + v b } with orthonormal a and b (b = 0 in one variable) and `f` at
/// its origin, the iterate after `step` trials of the `run` of that place; `u`, `v` and the `values`, of which a row has one v; along what it
/// goes (`kind`; `slice_seed` of random directions, `captured`: which share of the path's squared distances from the origin each direction has,
/// `eigenvalues` with their `residuals`); `runs`: for each run its `path`: `k`, the coordinates `u`, `v` of its foot in the plane, its
/// `distance` from it, `f` and `f_in_plane`, which is f at the foot; for the kind line the values on the `line` from the start (alpha = 0) to
/// the end with their largest `rise`, null where they fall all the way. Numbers that are not finite are null.
///
/// # Errors
/// Those of the writer.
pub fn write_json(mut out: impl Write, file: &SliceFile<'_>) -> std::io::Result<()> {
    serde_json::to_writer(&mut out, file).map_err(std::io::Error::other)?;
    writeln!(out)?;
    out.flush()
}

/// Writes the table `u, v, value`; a value that is not finite is an empty field.
///
/// # Errors
/// Those of the writer.
pub fn write_csv(mut out: impl Write, grid: &PlaneGrid) -> std::io::Result<()> {
    writeln!(out, "u,v,value")?;
    for (v, row) in grid.v.iter().zip(grid.values.chunks(grid.u.len().max(1))) {
        for (u, value) in grid.u.iter().zip(row) {
            writeln!(out, "{},{},{}", number(*u), number(*v), number(*value))?;
        }
    }
    out.flush()
}
