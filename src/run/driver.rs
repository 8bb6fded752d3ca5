//! The driver: advances a method on an objective, records it, and knows when to stop.

use super::growth::Fork;
use super::hover;
use super::status::{self, Status, StopRules};
use super::trace::{Growing, Keyframe, Trace};
use crate::linalg::{Rng, Vector, dot, exceeds};
use crate::optim::{Counts, Method, Noise, Oracle, Phase, Settings, SettingsError, Step, StepError};
use crate::problem::{Objective, Scales};
use std::sync::Arc;

/// Everything that determines a run, but the objective.
#[derive(Clone)]
pub struct Setup {
    /// The method.
    pub method: &'static Method,
    /// What differs from its defaults.
    pub settings: Settings,
    /// The landscape's scales, for the defaults.
    pub scales: Option<Scales>,
    /// x₀.
    pub start: Vector,
    /// Noise of the stochastic gradients of a function without samples.
    pub noise: Noise,
    /// Seed of the run's random stream.
    pub seed: u64,
    /// Trials after which the run ends.
    pub budget: u64,
    /// When it ends before.
    pub rules: StopRules,
}

/// A recording of one method on one objective, which can still grow.
#[derive(Clone)]
pub struct Run {
    objective: Arc<dyn Objective>,
    setup: Setup,
    now: Keyframe,
    status: Status,
    trace: Trace,
}

impl Run {
    /// The run at its start.
    ///
    /// # Errors
    /// [`SettingsError`] where the settings do not fit the method.
    pub fn new(objective: Arc<dyn Objective>, setup: Setup) -> Result<Self, SettingsError> {
        setup.method.check(&setup.settings, &*objective)?;
        let optimizer = setup.method.start(&setup.settings, setup.scales, &setup.start)?;
        let (rng, counts) = (Rng::new(setup.seed), Counts::default());
        let now = Keyframe { step: 0, optimizer, rng, counts, unmoved: 0, next_look: 0 };
        Ok(Self::from_keyframe(objective, setup, now))
    }

    fn from_keyframe(objective: Arc<dyn Objective>, setup: Setup, now: Keyframe) -> Self {
        let start = objective.value(now.optimizer.position());
        let status = if start.is_finite() {
            Status::Running
        } else {
            Status::Diverged { reason: format!("f is {start} at the start point") }
        };
        let trace = Trace::new(now.clone());
        Self { objective, setup, now, status, trace }
    }

    pub(super) fn now(&self) -> &Keyframe {
        &self.now
    }

    pub(super) fn replace(&mut self, now: Keyframe, status: Status, grown: Growing) {
        (self.now, self.status) = (now, status);
        self.trace.absorb(grown);
    }

    /// The setup.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The objective, for looking without being counted.
    pub fn objective(&self) -> &Arc<dyn Objective> {
        &self.objective
    }

    /// The last step so far: trials made, those before a fork included.
    pub fn len(&self) -> u64 {
        self.now.step
    }

    /// The step of the run that is nearest to `step`.
    pub fn nearest(&self, step: u64) -> u64 {
        step.min(self.len()).max(self.trace.first())
    }

    /// Whether no trial was made yet.
    pub fn is_empty(&self) -> bool {
        self.now.step == self.trace.first()
    }

    /// How the run stands.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The recording.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// What the run has asked so far.
    pub fn counts(&self) -> Counts {
        self.now.counts
    }

    /// What had been asked before the first row: nothing, but for a fork.
    pub fn first_counts(&self) -> Counts {
        self.trace.keyframe_before(self.trace.first()).counts
    }

    /// Whether it has drawn a random number: if not, another seed gives the same run.
    pub fn has_drawn(&self) -> bool {
        self.now.rng != Rng::new(self.setup.seed)
    }

    /// The latest iterate.
    pub fn position(&self) -> &[f64] {
        self.now.optimizer.position()
    }

    /// Makes up to `trials` more trials; returns how many were made. Fewer than asked means that the run has ended.
    pub fn advance(&mut self, trials: u64) -> u64 {
        self.advance_watched(trials, |_, _| {})
    }

    /// As [`advance`](Self::advance); `watch` is shown each record with the counts after it.
    pub fn advance_watched(&mut self, trials: u64, mut watch: impl FnMut(&Step, Counts)) -> u64 {
        let first = self.now.step;
        if self.status != Status::Running {
            return 0;
        }
        let last = first.saturating_add(trials).min(self.setup.budget);
        let objective = Arc::clone(&self.objective);
        let mut oracle = Oracle::new(&*objective, self.now.rng.clone(), self.now.counts).with_noise(self.setup.noise);
        while self.now.step < last && self.status == Status::Running {
            let keyframe = self.trace.next_keyframe();
            while self.now.step < last.min(keyframe) && self.status == Status::Running {
                // Read in place: a record is some hundred bytes.
                let mut made = self.now.optimizer.step(&mut oracle);
                match &mut made {
                    Ok(record) => {
                        self.now.step += 1;
                        self.trace.push(self.now.step, record, oracle.counts());
                        watch(record, oracle.counts());
                        self.after_step(record);
                        oracle.recycle(record);
                    }
                    Err(error) => self.after_error(error),
                }
            }
            if self.now.step >= keyframe {
                (self.now.rng, self.now.counts) = (oracle.rng().clone(), oracle.counts());
                self.trace.push_keyframe(self.now.clone());
            }
        }
        (self.now.rng, self.now.counts) = oracle.into_parts();
        if self.status == Status::Running && self.now.step >= self.setup.budget {
            self.status = self.at_the_end();
        }
        self.now.step - first
    }

    #[inline]
    fn after_step(&mut self, record: &Step) {
        if exceeds(&record.x, self.setup.rules.far) {
            self.status = Status::Diverged {
                reason: if dot(&record.x, &record.x).is_finite() {
                    format!("‖x‖ exceeded {:e}", self.setup.rules.far)
                } else {
                    "the iterate is no longer finite".to_owned()
                },
            };
            return;
        }
        if record.x != record.from {
            self.now.unmoved = 0;
        } else if record.phase == Phase::Descent {
            self.now.unmoved += 1;
            if self.now.unmoved >= self.setup.rules.rest {
                let gradient_norm = self.gradient_norm();
                let stationary = self.setup.rules.stationary(&*self.objective, &record.x);
                self.status = stationary.unwrap_or(Status::Stalled { gradient_norm });
            }
        }
        if record.gradient_norm <= self.setup.rules.gradient && self.now.step >= self.now.next_look {
            self.look(record);
        }
    }

    /// The gradient that the method saw was small: ends the run at a minimum or at a degenerate point. At a saddle
    /// or a maximum the method has its chance to leave; it is looked at again after twice the time.
    fn look(&mut self, record: &Step) {
        match self.setup.rules.stationary(&*self.objective, &record.x) {
            Some(end @ (Status::Minimum { .. } | Status::Degenerate { .. })) => self.status = end,
            Some(_) => self.now.next_look = self.now.step + self.now.step / 8 + 1,
            None => {}
        }
    }

    fn after_error(&mut self, error: &StepError) {
        let stationary = self.setup.rules.stationary(&*self.objective, self.now.optimizer.position());
        self.status = match (error, stationary) {
            (StepError::Finished(_), Some(status)) => status,
            (StepError::Finished(reason), None) => {
                let end = status::end(&*self.objective, self.now.optimizer.position());
                Status::Finished { reason: (*reason).to_owned(), end }
            }
            (StepError::NotFinite { .. }, _) => Status::Diverged { reason: error.to_string() },
        };
    }

    fn at_the_end(&self) -> Status {
        let stationary = self.setup.rules.stationary(&*self.objective, self.position());
        let hovering = || {
            let oracle = Oracle::new(&*self.objective, self.now.rng.clone(), self.now.counts).with_noise(self.setup.noise);
            hover::over_saddle(&self.setup.rules, &*self.objective, self.now.optimizer.clone(), oracle)
        };
        stationary.or_else(hovering).unwrap_or_else(|| Status::BudgetSpent { gradient_norm: self.gradient_norm() })
    }

    fn gradient_norm(&self) -> f64 {
        let mut gradient = Vector::from_elem(0.0, self.objective.dim());
        self.objective.value_gradient(self.position(), &mut gradient);
        crate::linalg::norm(&gradient)
    }

    /// The state after `step` trials (at most [`len`](Self::len)), replayed from the keyframe before it.
    fn state(&self, step: u64) -> Keyframe {
        let step = step.min(self.now.step);
        if step == self.now.step {
            return self.now.clone();
        }
        self.replayed(self.trace.keyframe_before(step).clone(), step)
    }

    /// The state after `step` trials, made from an earlier one.
    pub(super) fn replayed(&self, mut state: Keyframe, step: u64) -> Keyframe {
        let mut oracle = Oracle::new(&*self.objective, state.rng.clone(), state.counts).with_noise(self.setup.noise);
        while state.step < step
            && let Ok(record) = &mut state.optimizer.step(&mut oracle)
        {
            oracle.recycle(record);
            state.step += 1;
        }
        (state.rng, state.counts) = oracle.into_parts();
        state
    }

    /// The iterate after `step` trials.
    pub fn iterate(&self, step: u64) -> Vector {
        let step = step.clamp(self.trace.first(), self.now.step);
        self.kept(step).map_or_else(|| Vector::from_slice(self.state(step).optimizer.position()), Vector::from_slice)
    }

    /// The iterate after `step` trials, where it needs no replay.
    pub(super) fn kept(&self, step: u64) -> Option<&[f64]> {
        if step == self.now.step {
            return Some(self.position());
        }
        let row = self.trace.row_of(step).filter(|row| self.trace.step_of(*row) == step && *row < self.trace.rows().len());
        row.map(|row| self.trace.position(row))
    }

    /// The record of trial `step` and the counts after it; `None` up to the first row and beyond the end.
    pub fn record(&self, step: u64) -> Option<(Step, Counts)> {
        if step <= self.trace.first() || step > self.now.step {
            return None;
        }
        let mut before = self.state(step - 1);
        let mut oracle = Oracle::new(&*self.objective, before.rng, before.counts).with_noise(self.setup.noise);
        let record = before.optimizer.step(&mut oracle).ok()?;
        Some((record, oracle.counts()))
    }

    /// Every record in order with the counts after it, replayed once from the first row on.
    pub fn records(&self) -> impl Iterator<Item = (Step, Counts)> + '_ {
        let mut state = self.trace.keyframe_before(self.trace.first()).clone();
        let mut oracle = Oracle::new(&*self.objective, state.rng, state.counts).with_noise(self.setup.noise);
        (self.trace.first()..self.now.step).map_while(move |_| {
            let record = state.optimizer.step(&mut oracle).ok()?;
            Some((record, oracle.counts()))
        })
    }

    /// A run that goes on from this one's state after `fork.step` trials; its steps and counts go on from there, too. With the same
    /// settings and nothing moved it repeats what follows to the bit; else the method starts anew at that iterate with the same
    /// random stream. Coordinates beyond n are not moved.
    ///
    /// # Errors
    /// [`SettingsError`] where the settings do not fit the method.
    pub fn fork(&self, fork: &Fork) -> Result<Self, SettingsError> {
        let Fork { step, method, settings, moved } = fork;
        method.check(settings, &*self.objective)?;
        let step = (*step).clamp(self.trace.first(), self.now.step);
        let begin = self.trace.keyframe_before(step).clone();
        let mut past = Self::from_keyframe(Arc::clone(&self.objective), self.setup.clone(), begin);
        past.advance(step - past.now.step);
        let (mut setup, mut state) = (past.setup, past.now);
        setup.start = Vector::from_slice(state.optimizer.position());
        let same = method.id == setup.method.id && *settings == setup.settings && moved.is_empty();
        if !same {
            for (index, value) in moved {
                if let Some(coordinate) = setup.start.get_mut(*index) {
                    *coordinate = *value;
                }
            }
            (setup.method, setup.settings) = (method, settings.clone());
            state.optimizer = method.start(&setup.settings, setup.scales, &setup.start)?;
            (state.unmoved, state.next_look) = (0, 0);
        }
        let mut fork = Self::from_keyframe(Arc::clone(&self.objective), setup, state);
        if same && step == self.now.step {
            fork.status = self.status.clone();
        }
        Ok(fork)
    }
}
