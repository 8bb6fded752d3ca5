//! Races: methods × seeds on one landscape, and what can be said of them fairly.
//!
//! A [`Race`] is worked off in slices of time, or on worker threads where there are threads. Each run is a
//! [`Run`](crate::run::Run), deterministic from its setup and its seed, so that neither the slices nor the number of threads
//! changes a bit of the result. Of a run only an [`Outcome`] is kept: the state at a few hundred steps, and at its end.

mod bands;
mod bottom;
mod entrant;
mod landmarks;
mod lane;
mod outcome;
mod quantile;
mod standing;
mod survey;
mod sweep;
#[cfg(not(target_arch = "wasm32"))]
mod workers;

pub use bands::{Axis, BandPoint, Histogram, Quantity};
pub use entrant::{Entrant, MOST_SEEDS};
pub use landmarks::{Gate, Landmarks};
pub use outcome::{Cost, Outcome, Sample};
pub use quantile::{QUANTILES, Summary, quantile};
pub use standing::{Column, Standing, StateCount, sort};
pub use survey::Survey;
pub use sweep::{Sweep, SweepCurve, SweepPoint, step_parameter};

use crate::optim::SettingsError;
use crate::problem::Objective;
use lane::{Finished, Lane};
use outcome::Grid;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Seconds since some moment: the caller's clock. Nothing but the time of a step depends on it.
pub type Clock = fn() -> f64;

/// Steps between two looks at the clock.
const CHUNK: u64 = 64;

/// Methods × seeds on one landscape.
pub struct Race {
    course: Arc<Course>,
    outcomes: Vec<Vec<Option<Outcome>>>,
    paces: Vec<Option<f64>>,
    next: usize,
    lane: Option<Lane>,
    finished: usize,
    spent: u64,
    #[cfg(not(target_arch = "wasm32"))]
    workers: Option<workers::Workers>,
}

/// What the runs of a race share.
struct Course {
    objective: Arc<dyn Objective>,
    entrants: Vec<Entrant>,
    landmarks: Landmarks,
    grid: Grid,
    /// Whether its table tells the time of a step, and λ_min of many variables; that of a sweep does not.
    timed: bool,
    clock: Clock,
    jobs: Vec<Job>,
    /// Of each entrant, whether one run is all: it draws no random number. What is skipped for that is never shown.
    settled: Vec<AtomicBool>,
}

/// One run: of which method, with which of its seeds.
#[derive(Clone, Copy)]
struct Job {
    entrant: usize,
    repetition: usize,
}

/// How far a race is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Runs at their end.
    pub finished: usize,
    /// All runs.
    pub runs: usize,
    /// Share of the steps, from 0 to 1; a run that ends early counts whole.
    pub share: f64,
}

impl Progress {
    /// Whether nothing is left.
    pub fn is_done(&self) -> bool {
        self.finished == self.runs
    }
}

impl Race {
    /// The race of `entrants`, each random one with `seeds` seeds (from 1 to [`MOST_SEEDS`]); a method that draws no random
    /// number runs once.
    ///
    /// # Errors
    /// [`SettingsError`] where the settings of an entrant do not fit its method, or its method not the objective.
    pub fn new(
        objective: Arc<dyn Objective>,
        entrants: Vec<Entrant>,
        seeds: usize,
        landmarks: Landmarks,
        clock: Clock,
    ) -> Result<Self, SettingsError> {
        let runs: usize = entrants.iter().map(|e| e.repetitions(seeds)).sum();
        let longest = entrants.iter().map(|e| e.setup.budget).max().unwrap_or(0);
        Self::on(objective, entrants, seeds, landmarks, Grid::fitting(runs, longest), true, clock)
    }

    fn on(
        objective: Arc<dyn Objective>,
        entrants: Vec<Entrant>,
        seeds: usize,
        landmarks: Landmarks,
        grid: Grid,
        timed: bool,
        clock: Clock,
    ) -> Result<Self, SettingsError> {
        for entrant in &entrants {
            entrant.run(&objective, 0)?;
        }
        let repetitions: Vec<usize> = entrants.iter().map(|e| e.repetitions(seeds)).collect();
        // All methods with their first seed, then with the second: what is shown early is fair already.
        let jobs = (0..repetitions.iter().copied().max().unwrap_or(0))
            .flat_map(|repetition| (0..entrants.len()).map(move |entrant| Job { entrant, repetition }))
            .filter(|job| job.repetition < repetitions[job.entrant])
            .collect();
        Ok(Self {
            outcomes: repetitions.iter().map(|n| vec![None; *n]).collect(),
            paces: vec![None; entrants.len()],
            course: Arc::new(Course {
                settled: entrants.iter().map(|_| AtomicBool::new(false)).collect(),
                objective,
                entrants,
                landmarks,
                grid,
                timed,
                clock,
                jobs,
            }),
            next: 0,
            lane: None,
            finished: 0,
            spent: 0,
            #[cfg(not(target_arch = "wasm32"))]
            workers: None,
        })
    }

    /// Goes on until the clock reads `until`, at least by a few steps. Where workers are at it, takes in what they have done.
    pub fn work(&mut self, until: f64) -> Progress {
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(workers) = &self.workers {
            for (job, finished) in workers.take() {
                self.take_in(job, finished);
            }
            return self.progress();
        }
        let course = Arc::clone(&self.course);
        while self.next < course.jobs.len() {
            let job = self.next;
            if self.lane.is_none() {
                self.lane = Lane::start(&course, course.jobs[job]);
            }
            let ended = self.lane.as_mut().is_none_or(|lane| lane.advance(&course, CHUNK));
            if ended {
                self.next += 1;
                let finished = self.lane.take().map(|lane| lane.finish(&course));
                self.take_in(job, finished);
            }
            if (course.clock)() >= until {
                break;
            }
        }
        self.progress()
    }

    fn take_in(&mut self, job: usize, finished: Option<Finished>) {
        let Job { entrant, repetition } = self.course.jobs[job];
        self.finished += 1;
        self.spent += self.course.entrants[entrant].setup.budget;
        if let Some(Finished { outcome, pace }) = finished {
            self.outcomes[entrant][repetition] = Some(outcome);
            self.paces[entrant] = self.paces[entrant].or(pace);
        }
    }

    /// Hands all runs to `threads` threads; [`work`](Self::work) then only takes in what they have done. They end with
    /// the race, or soon after it is dropped.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn spawn(&mut self, threads: usize) {
        if self.workers.is_none() && self.next == 0 && self.lane.is_none() {
            self.workers = Some(workers::Workers::start(&self.course, threads.max(1)));
        }
    }

    /// Works to the end on as many threads, the caller waiting.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn finish(&mut self, threads: usize) {
        self.spawn(threads);
        while let Some((job, finished)) = self.workers.as_ref().and_then(workers::Workers::wait) {
            self.take_in(job, finished);
        }
    }

    /// Ends it where it is; what is known stays.
    pub fn cancel(&mut self) {
        (self.next, self.lane) = (self.course.jobs.len(), None);
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(workers) = self.workers.take() {
            for (job, finished) in workers.take() {
                self.take_in(job, finished);
            }
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let jobs = &self.course.jobs;
        let whole: u64 = jobs.iter().map(|job| self.course.entrants[job.entrant].setup.budget).sum();
        let made = self.spent + self.lane.as_ref().map_or(0, Lane::steps);
        #[cfg(not(target_arch = "wasm32"))]
        let made = self.workers.as_ref().map_or(made, |workers| made.max(workers.steps()));
        let share = if whole == 0 { 1.0 } else { (made as f64 / whole as f64).min(1.0) };
        Progress { finished: self.finished, runs: jobs.len(), share }
    }

    /// The methods.
    pub fn entrants(&self) -> &[Entrant] {
        &self.course.entrants
    }

    /// The objective.
    pub fn objective(&self) -> &Arc<dyn Objective> {
        &self.course.objective
    }

    /// What is known of the landscape.
    pub fn landmarks(&self) -> &Landmarks {
        &self.course.landmarks
    }

    /// Runs of an entrant that have ended, in the order of their seeds; only the first where that drew no random number.
    pub fn outcomes(&self, entrant: usize) -> impl Iterator<Item = &Outcome> + Clone {
        let all = &self.outcomes[entrant];
        let settled = all.first().and_then(Option::as_ref).is_some_and(|first| !first.random);
        all[..if settled { 1 } else { all.len() }].iter().flatten()
    }

    /// Seconds of a step of this method alone, without recording and looking: measured, so never the same twice. `None`
    /// before its first run has ended.
    pub fn pace(&self, entrant: usize) -> Option<f64> {
        self.paces[entrant]
    }

    /// f*: the lowest critical value, or the lowest value that a run has seen below it. `None` where a run fell below
    /// every critical value and diverged: then f may have no lower bound, and f itself is what can be compared.
    pub fn floor(&self) -> Option<f64> {
        let all = || self.outcomes.iter().flatten().flatten();
        let seen = all().map(|o| o.lowest).fold(f64::INFINITY, f64::min);
        let known = self.course.landmarks.lowest.unwrap_or(f64::INFINITY);
        let unbounded = seen < known && all().any(Outcome::has_diverged);
        let floor = known.min(seen);
        (floor.is_finite() && !unbounded).then_some(floor)
    }
}
