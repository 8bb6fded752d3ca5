//! The spectra at a step, found beside the frames: all eigenvalues of a small matrix; of a large one its ends, then its density.

use crate::linalg::Job;
use crate::measure::spectrum::{
    DensityJob, DensityOptions, Ends, EndsJob, EndsOptions, MatrixKind, MatrixOperator, SpectralDensity, Spectrum, SpectrumJob,
    Subject,
};
use crate::ui::background::Work;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use web_time::Instant;

/// Time between two partial results.
const TOLD: Duration = Duration::from_millis(200);
/// Eigenvalues from each end of a large matrix.
pub const ENDS: usize = 5;
/// Probes and Lanczos steps of a density.
const DENSITY: DensityOptions = DensityOptions { probes: 8, steps: 60, seed: 0 };
/// The same while the playback runs.
const LIVE_DENSITY: DensityOptions = DensityOptions { probes: 3, steps: 40, seed: 0 };

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Of the run.
    pub generation: u64,
    /// The step.
    pub step: u64,
    /// The matrices, the first of them in the foreground.
    pub kinds: Vec<MatrixKind>,
    /// Whether all eigenvalues are wanted; else the ends.
    pub exact: bool,
    /// Whether the playback runs: then densities of large matrices are found with fewer products.
    pub live: bool,
}

/// What is known of a matrix.
#[derive(Clone, Debug)]
pub enum Found {
    /// Everything.
    Exact(Arc<Spectrum>),
    /// The ends and the density, as far as they have come.
    Large(Arc<Ends>, Option<Arc<SpectralDensity>>),
}

impl Found {
    /// The known eigenvalues, ascending.
    pub fn values(&self) -> Vec<f64> {
        match self {
            Self::Exact(spectrum) => spectrum.values.clone(),
            Self::Large(ends, _) => {
                let mut values = ends.values();
                values.sort_by(f64::total_cmp);
                values
            }
        }
    }
}

/// What is known of each matrix that was asked for.
pub type AllFound = Vec<(MatrixKind, Found)>;

/// Says that something more urgent is at work, until it is dropped.
pub struct Hold(Arc<AtomicUsize>);

impl Hold {
    /// One more.
    pub fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Stage {
    Exact(Box<SpectrumJob>),
    Ends(Box<EndsJob<MatrixOperator>>),
    Density(Box<DensityJob<MatrixOperator>>),
}

/// Finds the spectra of a request.
pub struct SpectrumWork {
    subject: Subject,
    w: Vec<f64>,
    /// Vectors near those of the ends, by matrix.
    warm: Vec<(MatrixKind, Vec<f64>)>,
    plan: VecDeque<(MatrixKind, Task)>,
    planned: usize,
    /// Of densities.
    options: DensityOptions,
    /// Whether only what is complete is told.
    whole: bool,
    stage: Option<(MatrixKind, Stage)>,
    found: AllFound,
    told: Instant,
    _hold: Hold,
}

#[derive(Clone, Copy, PartialEq)]
enum Task {
    Exact,
    Ends,
    Density,
}

impl SpectrumWork {
    /// The spectra of `request` at `w`; what was found nearby is where the search for the ends of large matrices begins.
    pub fn new(subject: Subject, w: Vec<f64>, request: &Request, near: Option<&AllFound>, hold: Hold) -> Self {
        let small = request.exact;
        let mut plan = VecDeque::new();
        for kind in &request.kinds {
            plan.push_back((*kind, if small { Task::Exact } else { Task::Ends }));
        }
        if !small {
            plan.extend(request.kinds.iter().map(|kind| (*kind, Task::Density)));
        }
        let warm = near.into_iter().flatten().filter_map(|(kind, found)| match found {
            Found::Large(ends, _) => Some((*kind, ends.vectors())),
            Found::Exact(_) => None,
        });
        let (warm, planned) = (warm.collect(), plan.len());
        let options = if request.live { LIVE_DENSITY } else { DENSITY };
        // While the playback runs, a density stays in sight until the next is there.
        let whole = request.live && near.is_some();
        Self {
            subject,
            w,
            warm,
            plan,
            planned,
            options,
            whole,
            stage: None,
            found: Vec::new(),
            told: Instant::now(),
            _hold: hold,
        }
    }

    fn begin(&mut self) -> Option<()> {
        let (kind, task) = self.plan.pop_front()?;
        let stage = if task == Task::Exact {
            SpectrumJob::new(self.subject.clone(), self.w.clone(), kind, true).ok().map(|job| Stage::Exact(Box::new(job)))
        } else {
            let operator = MatrixOperator::new(self.subject.clone(), self.w.clone(), kind).ok();
            operator.map(|operator| {
                if task == Task::Density {
                    return Stage::Density(Box::new(DensityJob::new(operator, self.options)));
                }
                let warm = self.warm.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, vectors)| vectors);
                let options = EndsOptions { bottom: ENDS, top: ENDS, most_products: 600, ..EndsOptions::default() };
                Stage::Ends(Box::new(EndsJob::new(operator, options, warm)))
            })
        };
        self.stage = stage.map(|stage| (kind, stage));
        Some(())
    }

    fn note(&mut self, kind: MatrixKind, found: Found) -> AllFound {
        match self.found.iter_mut().find(|(of, _)| *of == kind) {
            Some((_, known)) => *known = found,
            None => self.found.push((kind, found)),
        }
        self.told = Instant::now();
        self.found.clone()
    }

    fn ends_of(&self, kind: MatrixKind) -> Arc<Ends> {
        let known = self.found.iter().find(|(of, _)| *of == kind);
        match known {
            Some((_, Found::Large(ends, _))) => Arc::clone(ends),
            _ => Arc::default(),
        }
    }
}

impl Work for SpectrumWork {
    type News = AllFound;

    fn work(&mut self) -> Option<AllFound> {
        let Some((kind, stage)) = self.stage.take() else {
            self.begin()?;
            return None;
        };
        let tells = self.told.elapsed() > TOLD;
        let (found, left) = match stage {
            Stage::Exact(mut job) => {
                let left = job.advance();
                let found = if left { None } else { job.output().cloned().map(|s| Found::Exact(Arc::new(s))) };
                (found, left.then_some(Stage::Exact(job)))
            }
            Stage::Ends(mut job) => {
                let left = job.advance();
                let found = (tells || !left).then(|| job.output().cloned()).flatten();
                (found.map(|ends| Found::Large(Arc::new(ends), None)), left.then_some(Stage::Ends(job)))
            }
            Stage::Density(mut job) => {
                let left = job.advance();
                let known = (tells || !left).then(|| job.output().filter(|d| !d.probes.is_empty()).cloned()).flatten();
                let found = known.map(|density| Found::Large(self.ends_of(kind), Some(Arc::new(density))));
                (found, left.then_some(Stage::Density(job)))
            }
        };
        self.stage = left.map(|stage| (kind, stage));
        let known = found.map(|found| self.note(kind, found));
        if self.whole { self.is_done().then(|| self.found.clone()).filter(|found| !found.is_empty()) } else { known }
    }

    fn is_done(&self) -> bool {
        self.stage.is_none() && self.plan.is_empty()
    }

    fn progress(&self) -> f64 {
        let now = self.stage.as_ref().map(|(_, stage)| match stage {
            Stage::Exact(job) => job.progress(),
            Stage::Ends(job) => job.progress(),
            Stage::Density(job) => job.progress(),
        });
        let begun = self.planned - self.plan.len();
        let done = begun.saturating_sub(usize::from(now.is_some())) as f64 + now.unwrap_or(0.0);
        done / self.planned.max(1) as f64
    }
}
