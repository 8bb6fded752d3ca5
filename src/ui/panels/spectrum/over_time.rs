//! The spectrum over the steps of a run, found beside the frames from coarse to fine.

use super::place::{MOST_ASKED, MOST_EXACT};
use crate::linalg::{Job, all_finite};
use crate::measure::spectrum::{
    DensityJob, DensityOptions, Ends, EndsJob, EndsOptions, Goal, MatrixKind, MatrixOperator, SpectralDensity, SpectrumJob,
    Subject,
};
use crate::run::Trace;
use crate::ui::background::Work;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use web_time::Instant;

/// Intervals between columns, of a small matrix and of a large one.
const INTERVALS: [usize; 2] = [256, 64];
/// Time between two partial results.
const TOLD: Duration = Duration::from_millis(250);
/// Smallest and largest eigenvalues of a large matrix that are followed.
const FOLLOWED: [usize; 2] = [3, 5];
/// How exact they are, relative to the largest.
const TOLERANCE: f64 = 1e-6;
/// Products that a column costs at most.
pub const PRODUCTS: usize = 200;

/// The density of a large matrix at a column.
pub const DENSITY: DensityOptions = DensityOptions { probes: 3, steps: 40, seed: 0 };
/// Most variables of a density at each column.
const MOST_DENSITY: usize = 50_000;

/// In so many parts a run that is still computed is followed.
const PARTS: u64 = 16;

/// Whether all eigenvalues of a matrix of n rows are found at each step: of small ones, and where `all` are asked for.
pub fn is_exact(n: usize, all: bool) -> bool {
    n <= MOST_EXACT || all && n <= MOST_ASKED
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeRequest {
    /// Of the run.
    pub generation: u64,
    /// The matrix.
    pub kind: MatrixKind,
    /// Whether all eigenvalues are wanted; else the ends.
    pub exact: bool,
    /// Up to this step.
    pub upto: u64,
    /// The last step of the axis: the run's, or while it is computed the one it may come to.
    pub last: u64,
}

impl TimeRequest {
    /// What there is to follow of a run of `len` steps out of `budget`; while it is computed it is followed part by part.
    pub fn new(generation: u64, kind: MatrixKind, exact: bool, [len, budget]: [u64; 2], done: bool) -> Self {
        let part = (budget / PARTS).max(1);
        let (upto, last) = if done { (len, len) } else { (len / part * part, budget) };
        Self { generation, kind, exact, upto, last }
    }

    /// Whether the run, the matrix and what is wanted of it are the same.
    pub fn continues(&self, of: &Self) -> bool {
        (self.generation, self.kind, self.exact) == (of.generation, of.kind, of.exact)
    }
}

/// The eigenvalues at a step.
#[derive(Clone, Debug)]
pub struct TimeColumn {
    /// The step.
    pub step: u64,
    /// Ascending; all of a small matrix, the followed ones of a large one.
    pub values: Arc<[f64]>,
    /// How exact the followed ones of a large matrix are.
    pub reach: Option<Reach>,
    /// How all of a large matrix lie.
    pub density: Option<Arc<SpectralDensity>>,
}

/// How far Lanczos came at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The largest ‖A v − θ v‖: an eigenvalue is no further from θ.
    pub residual: f64,
    /// Whether every value is as exact as was wanted within the products of a column.
    pub converged: bool,
}

impl Reach {
    fn of(ends: &Ends) -> Self {
        let residual = ends.bottom.iter().chain(&ends.top).map(|pair| pair.residual).fold(0.0, f64::max);
        Self { residual, converged: ends.converged }
    }
}

/// What is known by now.
#[derive(Clone, Debug, Default)]
pub struct OverTime {
    /// In the order of steps.
    pub columns: Vec<TimeColumn>,
    /// Columns that there will be.
    pub planned: usize,
    /// Whether every column has all eigenvalues.
    pub exact: bool,
}

impl OverTime {
    /// The column nearest to a step.
    pub fn nearest(&self, step: f64) -> Option<&TimeColumn> {
        let distance = |column: &TimeColumn| (column.step as f64 - step).abs();
        let after = self.columns.partition_point(|column| (column.step as f64) < step);
        let near = self.columns[after.saturating_sub(1)..].iter().take(2);
        near.min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// Of the columns at which the products did not suffice, how many they are and their largest residual.
    pub fn unconverged(&self) -> Option<(usize, f64)> {
        let missed = self.columns.iter().filter_map(|column| column.reach).filter(|reach| !reach.converged);
        missed.fold(None, |worst, reach| {
            let (count, residual) = worst.unwrap_or((0, 0.0_f64));
            Some((count + 1, residual.max(reach.residual)))
        })
    }

    /// Whether how all eigenvalues lie is known at some step.
    pub fn has_densities(&self) -> bool {
        self.columns.iter().any(|column| column.density.is_some())
    }

    /// λ_min or λ_max over the steps.
    pub fn extreme(&self, largest: bool) -> impl Iterator<Item = (u64, f64)> + '_ {
        self.columns.iter().filter_map(move |column| {
            let value = if largest { column.values.last() } else { column.values.first() };
            value.map(|value| (column.step, *value))
        })
    }
}

enum Stage {
    Exact(Box<SpectrumJob>),
    Ends(Box<EndsJob<MatrixOperator>>, Vec<f64>),
    Density(Box<DensityJob<MatrixOperator>>, Vec<f64>, Reach),
}

/// Finds the columns.
pub struct TimeWork {
    subject: Subject,
    kind: MatrixKind,
    /// Steps with their iterates, those that come first in front.
    places: VecDeque<(u64, Vec<f64>)>,
    stage: Option<(u64, Stage)>,
    warm: Vec<f64>,
    known: OverTime,
    told: Instant,
    /// How much that is more urgent is at work.
    urgent: Arc<AtomicUsize>,
}

impl TimeWork {
    /// Over the rows of a trace, those in `known` left out. It waits while there is something `urgent`.
    pub fn new(
        subject: Subject,
        request: &TimeRequest,
        trace: &Trace,
        known: Option<&OverTime>,
        urgent: &Arc<AtomicUsize>,
    ) -> Self {
        let small = trace.dim() <= MOST_EXACT;
        let mut known = known.cloned().unwrap_or(OverTime { columns: Vec::new(), planned: 0, exact: request.exact });
        let first = trace.first();
        let range = request.last.saturating_sub(first);
        let intervals = INTERVALS[usize::from(!small)].min(usize::try_from(range).unwrap_or(usize::MAX)).max(1);
        let mut seen: BTreeSet<u64> = known.columns.iter().map(|column| column.step).collect();
        let rows = coarse_to_fine(intervals).into_iter().filter_map(|i| {
            let step = first + (u128::from(range) * i as u128 / intervals as u128) as u64;
            trace.row_of(step).filter(|row| step <= request.upto && *row < trace.rows().len())
        });
        let places = rows.filter(|row| seen.insert(trace.step_of(*row)));
        let places: VecDeque<(u64, Vec<f64>)> = places.map(|row| (trace.step_of(row), trace.position(row).to_vec())).collect();
        known.planned = known.columns.len() + places.len();
        let (told, urgent) = (Instant::now(), Arc::clone(urgent));
        Self { subject, kind: request.kind, places, stage: None, warm: Vec::new(), known, told, urgent }
    }

    fn begin(&mut self) -> Option<()> {
        let (step, w) = self.places.pop_front()?;
        if !all_finite(&w) {
            self.note(step, Vec::new(), None, None);
            return None;
        }
        let stage = if self.known.exact {
            SpectrumJob::new(self.subject.clone(), w, self.kind, false).ok().map(|job| Stage::Exact(Box::new(job)))
        } else {
            let [bottom, top] = FOLLOWED;
            let options = EndsOptions { bottom, top, goal: Goal::Values, tolerance: TOLERANCE, most_products: PRODUCTS, seed: 0 };
            let operator = MatrixOperator::new(self.subject.clone(), w.clone(), self.kind).ok();
            operator.map(|operator| Stage::Ends(Box::new(EndsJob::new(operator, options, &self.warm)), w))
        };
        self.stage = Some((step, stage?));
        Some(())
    }

    /// The density at `w`, after the ends; none where it would take too long.
    fn density(&self, w: Vec<f64>) -> Option<Box<DensityJob<MatrixOperator>>> {
        if w.len() > MOST_DENSITY {
            return None;
        }
        let operator = MatrixOperator::new(self.subject.clone(), w, self.kind).ok();
        operator.map(|operator| Box::new(DensityJob::new(operator, DENSITY)))
    }

    fn note(&mut self, step: u64, mut values: Vec<f64>, reach: Option<Reach>, density: Option<SpectralDensity>) {
        values.retain(|v| v.is_finite());
        values.sort_by(f64::total_cmp);
        let at = self.known.columns.partition_point(|column| column.step < step);
        self.known.columns.insert(at, TimeColumn { step, values: values.into(), reach, density: density.map(Arc::new) });
    }
}

/// 0 to `intervals`, the ends first and the finest divisions last.
fn coarse_to_fine(intervals: usize) -> Vec<usize> {
    let mut order = vec![0, intervals];
    let mut seen = vec![false; intervals + 1];
    (seen[0], seen[intervals]) = (true, true);
    let mut stride = intervals.next_power_of_two() / 2;
    while stride > 0 {
        for i in (stride..intervals).step_by(stride) {
            if !std::mem::replace(&mut seen[i], true) {
                order.push(i);
            }
        }
        stride /= 2;
    }
    order
}

impl Work for TimeWork {
    type News = Arc<OverTime>;

    fn work(&mut self) -> Option<Arc<OverTime>> {
        if self.urgent.load(Ordering::Relaxed) > 0 {
            #[cfg(not(target_arch = "wasm32"))]
            std::thread::sleep(Duration::from_millis(4));
            return None;
        }
        let Some((step, stage)) = self.stage.take() else {
            self.begin();
            return self.is_done().then(|| Arc::new(self.known.clone()));
        };
        match stage {
            Stage::Exact(mut job) => {
                if job.advance() {
                    self.stage = Some((step, Stage::Exact(job)));
                    return None;
                }
                self.note(step, job.into_output().map(|spectrum| spectrum.values).unwrap_or_default(), None, None);
            }
            Stage::Ends(mut job, w) => {
                if job.advance() {
                    self.stage = Some((step, Stage::Ends(job, w)));
                    return None;
                }
                let ends = job.into_output().unwrap_or_default();
                self.warm = ends.vectors();
                match self.density(w) {
                    Some(job) => {
                        self.stage = Some((step, Stage::Density(job, ends.values(), Reach::of(&ends))));
                        return None;
                    }
                    None => self.note(step, ends.values(), Some(Reach::of(&ends)), None),
                }
            }
            Stage::Density(mut job, ends, reach) => {
                if job.advance() {
                    self.stage = Some((step, Stage::Density(job, ends, reach)));
                    return None;
                }
                let density = job.into_output().filter(|density| !density.probes.is_empty());
                self.note(step, ends, Some(reach), density);
            }
        }
        let tells = self.is_done() || self.told.elapsed() > TOLD;
        tells.then(|| {
            self.told = Instant::now();
            Arc::new(self.known.clone())
        })
    }

    fn is_done(&self) -> bool {
        self.stage.is_none() && self.places.is_empty()
    }

    fn progress(&self) -> f64 {
        let inside = self.stage.as_ref().map_or(0.0, |(_, stage)| match stage {
            Stage::Exact(job) => job.progress(),
            Stage::Ends(job, w) if w.len() > MOST_DENSITY => job.progress(),
            Stage::Ends(job, _) => 0.5 * job.progress(),
            Stage::Density(job, ..) => 0.5 + 0.5 * job.progress(),
        });
        (self.known.columns.len() as f64 + inside) / self.known.planned.max(1) as f64
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::scene::{MethodSpec, ProblemSpec, Scene};

    #[test]
    fn columns_that_did_not_converge_are_counted() {
        let column = |step, reach| TimeColumn { step, values: Arc::from([0.0]), reach, density: None };
        let reach = |residual, converged| Some(Reach { residual, converged });
        let mut over = OverTime { columns: vec![column(0, None), column(1, reach(1e-7, true))], planned: 2, exact: false };
        assert_eq!(over.unconverged(), None);
        over.columns.extend([column(2, reach(1e-3, false)), column(3, reach(1e-4, false))]);
        assert_eq!(over.unconverged(), Some((2, 1e-3)));
    }

    #[test]
    fn a_large_matrix_has_its_ends_and_its_density_at_every_column() {
        let mut scene = Scene::bare(ProblemSpec::formula("x^2 + 4 y^2"));
        scene.methods = vec![MethodSpec::new("gd")];
        scene.steps = 4;
        let mut stage = scene.open().unwrap();
        let run = stage.runs[0].as_mut().unwrap();
        run.advance(4);
        let request = TimeRequest::new(1, MatrixKind::Hessian, false, [run.len(), 4], true);
        let mut work = TimeWork::new((&stage.problem).into(), &request, run.trace(), None, &Arc::default());
        let found = std::iter::from_fn(|| Some(work.work())).take(1000).flatten().last().unwrap();
        assert_eq!(found.columns.iter().map(|column| column.step).collect::<Vec<_>>(), (0..=run.len()).collect::<Vec<_>>());
        assert!(found.has_densities() && found.unconverged().is_none() && work.progress() == 1.0);
        for column in &found.columns {
            assert!((column.values[0] - 2.0).abs() < 1e-12 && (column.values.last().unwrap() - 8.0).abs() < 1e-12);
            let density = column.density.as_ref().unwrap();
            let [low, high] = density.range().unwrap();
            assert!((low - 2.0).abs() < 1e-12 && (high - 8.0).abs() < 1e-12 && density.probes.len() == DENSITY.probes);
        }
    }

    #[test]
    fn columns_come_from_coarse_to_fine_and_each_once() {
        for intervals in [1, 2, 3, 7, 64, 200, 256] {
            let mut order = coarse_to_fine(intervals);
            assert_eq!(order[..2], [0, intervals]);
            order.sort_unstable();
            order.dedup();
            assert_eq!(order, (0..=intervals).collect::<Vec<_>>());
        }
        assert_eq!(coarse_to_fine(8), [0, 8, 4, 2, 6, 1, 3, 5, 7]);
    }
}
