//! The spectrum over the steps of a run, found beside the frames from coarse to fine.

use super::place::MOST_EXACT;
use crate::linalg::{Job, all_finite};
use crate::measure::spectrum::{EndsJob, EndsOptions, MatrixKind, MatrixOperator, SpectrumJob, Subject};
use crate::run::Trace;
use crate::ui::background::Work;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use web_time::Instant;

/// Intervals between columns, of a small matrix and of one whose ends only are found.
const INTERVALS: [usize; 2] = [256, 64];
/// Time between two partial results.
const TOLD: Duration = Duration::from_millis(250);
/// Smallest and largest eigenvalues of a large matrix that are followed.
const FOLLOWED: [usize; 2] = [3, 5];
/// How exact they are, relative to the largest.
const TOLERANCE: f64 = 1e-3;
/// Products that a column costs at most.
const PRODUCTS: usize = 100;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeRequest {
    /// Of the run.
    pub generation: u64,
    /// Its steps.
    pub steps: u64,
    /// The matrix.
    pub kind: MatrixKind,
}

/// The eigenvalues at a step.
#[derive(Clone, Debug)]
pub struct TimeColumn {
    /// The step.
    pub step: u64,
    /// Ascending; all of a small matrix, the followed ones of a large one.
    pub values: Arc<[f64]>,
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
    Ends(Box<EndsJob<MatrixOperator>>),
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
    /// Over the rows of a trace. It waits while there is something `urgent`.
    pub fn new(subject: Subject, kind: MatrixKind, trace: &Trace, urgent: &Arc<AtomicUsize>) -> Self {
        let small = trace.dim() <= MOST_EXACT;
        let last = trace.rows().len().saturating_sub(1);
        let intervals = INTERVALS[usize::from(!small)].min(last).max(1);
        let places = coarse_to_fine(intervals).into_iter().map(|i| {
            let row = i * last / intervals;
            (trace.step_of(row), trace.position(row).to_vec())
        });
        let mut places: VecDeque<(u64, Vec<f64>)> = places.collect();
        if last == 0 {
            places.truncate(1);
        }
        let known = OverTime { columns: Vec::new(), planned: places.len(), exact: small };
        Self { subject, kind, places, stage: None, warm: Vec::new(), known, told: Instant::now(), urgent: Arc::clone(urgent) }
    }

    fn begin(&mut self) -> Option<()> {
        let (step, w) = self.places.pop_front()?;
        if !all_finite(&w) {
            self.note(step, Vec::new());
            return None;
        }
        let stage = if self.known.exact {
            SpectrumJob::new(self.subject.clone(), w, self.kind, false).ok().map(|job| Stage::Exact(Box::new(job)))
        } else {
            let [bottom, top] = FOLLOWED;
            let options = EndsOptions { bottom, top, tolerance: TOLERANCE, most_products: PRODUCTS, seed: 0 };
            let operator = MatrixOperator::new(self.subject.clone(), w, self.kind).ok();
            operator.map(|operator| Stage::Ends(Box::new(EndsJob::new(operator, options, &self.warm))))
        };
        self.stage = Some((step, stage?));
        Some(())
    }

    fn note(&mut self, step: u64, mut values: Vec<f64>) {
        values.retain(|v| v.is_finite());
        values.sort_by(f64::total_cmp);
        let at = self.known.columns.partition_point(|column| column.step < step);
        self.known.columns.insert(at, TimeColumn { step, values: values.into() });
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
                self.note(step, job.into_output().map(|spectrum| spectrum.values).unwrap_or_default());
            }
            Stage::Ends(mut job) => {
                if job.advance() {
                    self.stage = Some((step, Stage::Ends(job)));
                    return None;
                }
                let ends = job.into_output().unwrap_or_default();
                self.note(step, ends.bottom.iter().chain(&ends.top).map(|pair| pair.value).collect());
                self.warm = ends.vectors();
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
            Stage::Ends(job) => job.progress(),
        });
        (self.known.columns.len() as f64 + inside) / self.known.planned.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
