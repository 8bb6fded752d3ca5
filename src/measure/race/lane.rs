//! One run of a race while it goes on.

use super::bottom::Bottom;
use super::landmarks::Landmarks;
use super::outcome::{Cost, Outcome, Sample};
use super::{Course, Job};
use crate::linalg::{Rng, Vector, norm, zeros};
use crate::optim::{Counts, Noise, Optimizer, Oracle, Step, Verdict};
use crate::run::{Run, Status};
use std::sync::atomic::Ordering;

/// Steps of which the time of one is the mean.
const TIMED_STEPS: u64 = 1024;

/// A run that is recorded; then λ_min at its end is looked for and, for the first seed of a method, it is made once more to be timed.
pub(super) struct Lane {
    entrant: usize,
    run: Run,
    watch: Watch,
    /// Where the state of the run does not tell λ_min.
    bottom: Option<Bottom>,
    timing: Option<Timing>,
}

/// What a lane leaves.
pub(super) struct Finished {
    pub outcome: Outcome,
    /// Seconds of a step.
    pub pace: Option<f64>,
}

impl Lane {
    /// The run of a job at its start; `None` where the first run of its method drew no random number.
    pub fn start(course: &Course, job: Job) -> Option<Self> {
        let entrant = &course.entrants[job.entrant];
        if course.settled[job.entrant].load(Ordering::Relaxed) {
            return None;
        }
        let run = entrant.run(&course.objective, job.repetition).ok()?;
        let watch = Watch::new(course, run.position());
        let timing = (course.timed && job.repetition == 0).then(|| Timing::new(&run)).flatten();
        Some(Self { entrant: job.entrant, run, watch, bottom: None, timing })
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.run.len()
    }

    /// Makes up to `steps` more; true at the end.
    pub fn advance(&mut self, course: &Course, steps: u64) -> bool {
        if *self.run.status() == Status::Running {
            self.run.advance_watched(steps, |step, counts| self.watch.see(course, step, counts));
            return false;
        }
        if self.run.status().lambda_min().is_none() {
            let begin = || Bottom::new(&course.objective, self.run.position(), course.timed);
            if self.bottom.get_or_insert_with(begin).advance() {
                return false;
            }
        }
        let limit = self.run.len().min(TIMED_STEPS);
        self.timing.as_mut().is_none_or(|timing| timing.advance(course, steps, limit))
    }

    /// What it leaves.
    pub fn finish(self, course: &Course) -> Finished {
        let run = self.run;
        let mut watch = self.watch;
        let end = watch.sample(course, run.position(), run.len(), run.counts());
        if watch.samples.last().is_none_or(|last| last.cost.steps != end.cost.steps) {
            watch.samples.push(end);
        }
        let objective = &*course.objective;
        let f = objective.value_gradient(run.position(), &mut watch.gradient);
        let outcome = Outcome {
            seed: run.setup().seed,
            random: run.has_drawn(),
            lambda_min: run.status().lambda_min().or(self.bottom.map(|bottom| bottom.value())).unwrap_or(f64::NAN),
            status: run.status().clone(),
            x: Vector::from_slice(run.position()),
            f,
            gradient_norm: norm(&watch.gradient),
            lowest: watch.samples.iter().map(|s| s.f).filter(|f| f.is_finite()).fold(f64::INFINITY, f64::min),
            cost: end.cost,
            reached: watch.reached,
            escaped: watch.escaped,
            samples: watch.samples,
            cut: run.len() >= run.setup().budget && !matches!(run.status(), Status::Minimum { .. }),
        };
        if !outcome.random {
            course.settled[self.entrant].store(true, Ordering::Relaxed);
        }
        Finished { outcome, pace: self.timing.and_then(|timing| timing.pace()) }
    }
}

/// What looks at each step, uncounted.
struct Watch {
    step: u64,
    due: u64,
    f: f64,
    gradient: Vector,
    samples_of_sum: usize,
    samples: Vec<Sample>,
    escaped: Option<u32>,
    reached: Option<Cost>,
}

impl Watch {
    fn new(course: &Course, start: &[f64]) -> Self {
        let mut watch = Self {
            step: 0,
            due: course.grid.after(0),
            f: f64::NAN,
            gradient: zeros(start.len()),
            samples_of_sum: course.objective.finite_sum().map_or(1, |sum| sum.samples()),
            samples: Vec::new(),
            escaped: None,
            reached: None,
        };
        let first = watch.sample(course, start, 0, Counts::default());
        watch.f = first.f;
        watch.samples.push(first);
        watch.judge(&course.landmarks, Counts::default());
        watch
    }

    fn see(&mut self, course: &Course, step: &Step, counts: Counts) {
        self.step += 1;
        if self.step == self.due {
            let sample = self.sample(course, &step.x, self.step, counts);
            self.f = sample.f;
            self.samples.push(sample);
            self.due = course.grid.after(self.step);
        } else if step.verdict == Verdict::Accepted {
            self.f = course.objective.value(&step.x);
        }
        self.judge(&course.landmarks, counts);
    }

    /// Compares f at the iterate with the landmarks.
    fn judge(&mut self, landmarks: &Landmarks, counts: Counts) {
        let cost = || Cost::new(self.step, &counts, self.gradient.len(), self.samples_of_sum);
        if let Some(gate) = &landmarks.gate {
            self.escaped = (self.f < gate.level).then(|| self.escaped.unwrap_or(cost().steps));
        }
        if self.reached.is_none() && landmarks.target.is_some_and(|target| self.f <= target) {
            self.reached = Some(cost());
        }
    }

    fn sample(&mut self, course: &Course, x: &[f64], step: u64, counts: Counts) -> Sample {
        let f = course.objective.value_gradient(x, &mut self.gradient);
        let offset = |saddle: &[f64]| norm(&x.iter().zip(saddle).map(|(a, b)| a - b).collect::<Vector>());
        Sample {
            f,
            gradient_norm: norm(&self.gradient) as f32,
            distance: course.landmarks.gate.as_ref().map_or(f64::NAN, |gate| offset(&gate.x)) as f32,
            cost: Cost::new(step, &counts, x.len(), self.samples_of_sum),
        }
    }
}

/// The same run once more, bare: no recording, no look.
struct Timing {
    optimizer: Box<dyn Optimizer>,
    rng: Rng,
    counts: Counts,
    noise: Noise,
    steps: u64,
    seconds: f64,
}

impl Timing {
    fn new(run: &Run) -> Option<Self> {
        let setup = run.setup();
        Some(Self {
            optimizer: setup.method.start(&setup.settings, setup.scales, &setup.start).ok()?,
            rng: Rng::new(setup.seed),
            counts: Counts::default(),
            noise: setup.noise,
            steps: 0,
            seconds: 0.0,
        })
    }

    /// Makes up to `steps` more; true once `limit` are made.
    fn advance(&mut self, course: &Course, steps: u64, limit: u64) -> bool {
        let last = (self.steps + steps).min(limit);
        let mut oracle = Oracle::new(&*course.objective, self.rng.clone(), self.counts).with_noise(self.noise);
        let begin = (course.clock)();
        while self.steps < last && self.optimizer.step(&mut oracle).is_ok() {
            self.steps += 1;
        }
        self.seconds += (course.clock)() - begin;
        (self.rng, self.counts) = oracle.into_parts();
        self.steps < last || self.steps >= limit
    }

    fn pace(&self) -> Option<f64> {
        (self.steps > 0).then(|| self.seconds / self.steps as f64)
    }
}
