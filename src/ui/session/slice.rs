//! The plane through a network's weights that the scene asks for.

use super::Lane;
use crate::linalg::Vector;
use crate::measure::slice::{Along, directions};
use crate::measure::spectrum::{Ends, EndsJob, MatrixOperator};
use crate::measure::{NetworkSlice, SliceKind};
use crate::problem::{Cut, NetworkProblem, Objective, Problem};
use crate::scene::SliceSpec;
use crate::ui::background::{Background, Whole};
use crate::ui::number;
use eframe::egui;
use std::sync::Arc;

/// Follows what the scene asks for.
#[derive(Default)]
pub struct Slicer {
    key: Option<Key>,
    search: Option<Search>,
    words: Option<String>,
}

/// Eigenvectors that are looked for, and where.
struct Search {
    at: Vector,
    kind: SliceKind,
    /// Through which iterate.
    through: String,
    work: Background<Whole<EndsJob<MatrixOperator>>>,
}

/// What a plane depends on.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    spec: Option<SliceSpec>,
    generation: u64,
    /// Rows of the run that a plane of the path was made from.
    rows: usize,
}

impl Slicer {
    /// Forgets everything: another problem.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// The plane, where it is another one than before.
    pub fn follow(
        &mut self,
        ctx: &egui::Context,
        problem: &Arc<Problem>,
        lanes: &[Lane],
        spec: Option<SliceSpec>,
    ) -> Option<Cut> {
        let network = problem.network()?;
        if let Some(found) = self.found(network) {
            return Some(found);
        }
        let Some(spec) = spec else {
            let key = Key { spec: None, generation: 0, rows: 0 };
            if self.key.replace(key) == Some(key) {
                return None;
            }
            self.words = Some("random directions through the start".to_owned());
            return Some(problem.cut());
        };
        let lane = lanes.get(spec.method)?;
        let run = lane.run()?;
        let of_path = spec.kind.is_of_path();
        // A plane through a step waits for it, one of the path for its end.
        if !lane.is_done() && (of_path || run.len() < spec.step) {
            return None;
        }
        let rows = if of_path { run.trace().rows().len() } else { 0 };
        let key = Key { spec: Some(spec), generation: lane.generation(), rows };
        if self.key.replace(key) == Some(key) {
            return None;
        }
        self.search = None;
        let at = lane.position(spec.step)?;
        let through = format!("through step {} of {}", number::count(spec.step.min(run.len())), lane.name());
        if spec.kind.needs_eigenvectors() {
            self.search(ctx, network, at, spec.kind, through);
            return None;
        }
        // A path that stays at its start has no plane of its own.
        let slice = NetworkSlice::new(network, at, spec.kind, spec.seed, Some(run));
        let slice = slice.unwrap_or_else(|| NetworkSlice::random(network, at, spec.seed));
        self.words = Some(words(&slice.along, &through, lane.name()));
        Some(slice.cut)
    }

    /// What the plane is, in words.
    pub fn words(&self) -> Option<&str> {
        self.words.as_deref()
    }

    /// Whether eigenvectors are still looked for.
    pub fn is_busy(&self) -> bool {
        self.search.is_some()
    }

    fn search(&mut self, ctx: &egui::Context, network: &NetworkProblem, at: &[f64], kind: SliceKind, through: String) {
        if let Some(job) = directions(network.network(), at, kind) {
            let work = Background::new(ctx, "slice directions", Whole::new(job));
            self.search = work.map(|work| Search { at: Vector::from_slice(at), kind, through, work });
        }
    }

    /// The plane of eigenvectors that have been found.
    fn found(&mut self, network: &NetworkProblem) -> Option<Cut> {
        let Search { at, kind, through, work } = self.search.as_mut()?;
        let ends: Option<Ends> = work.take();
        let slice = ends.and_then(|ends| NetworkSlice::of_eigenvectors(network.network(), at, *kind, &ends));
        let cut = slice.map(|slice| {
            self.words = Some(words(&slice.along, through, ""));
            slice.cut
        });
        if work.is_over() {
            self.search = None;
        }
        cut
    }
}

/// Along what a plane goes that lies through a point or, of a path, of this method.
fn words(along: &Along, through: &str, name: &str) -> String {
    match along {
        Along::Random(_) => format!("random directions {through}"),
        Along::Path(shares) => {
            let [u, v] = shares.map(|share| number::short(100.0 * share, 3));
            format!("components of the path of {name} with {u} % and {v} % of it")
        }
        Along::Line => format!("from the start to the end of {name}"),
        Along::Eigenvectors { values, converged, .. } => {
            let [across, up] = values.map(|value| number::significant(value, 3));
            let exact = if *converged { "" } else { ", not converged" };
            format!("eigenvectors of λ = {across} and {up}{exact}, {through}")
        }
    }
}

/// How far a point is from a plane, and f at its foot.
pub fn foot(problem: &Problem, cut: &Cut, x: &[f64]) -> (f64, f64) {
    let ([u, v], distance) = cut.plane.project(x);
    (distance, problem.value(&cut.plane.point(u, v)))
}
