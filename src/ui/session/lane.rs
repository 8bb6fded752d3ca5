//! A method of the scene with its run and its curves.

use super::records::{Record, Records};
use super::sentence;
use super::worker::{Training, WAITING, Way};
use crate::optim::{Method, method};
use crate::problem::Problem;
use crate::run::{Grown, Growth, Run};
use crate::scene::{MethodSpec, Scene};
use crate::ui::background::{Background, Pace};
use crate::ui::curves::{Curves, Quantity};
use eframe::egui;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// Trials that a run makes at most before the clock is looked at again.
const LARGEST_CHUNK: u64 = 256;
/// Time that a chunk should take.
const CHUNK_TIME: Duration = Duration::from_micros(400);
/// Time that the replay of a step may take on the frame's thread.
const REPLAY_TIME: f64 = 3e-3;

/// A method of the scene with its run.
pub struct Lane {
    spec: MethodSpec,
    name: String,
    problem: Arc<Problem>,
    /// What leads to the run of a fork.
    growth: Option<Growth>,
    run: Option<Run>,
    curves: Curves,
    fault: Option<String>,
    generation: u64,
    pace: Pace,
    done: bool,
    /// Seconds and trials spent on the run so far.
    spent: (f64, u64),
    records: RefCell<Records>,
    /// Where the problem is a network: the run and the way to it, beside the frames.
    training: Option<Background<Training>>,
    way: Option<Background<Way>>,
}

impl Lane {
    pub(super) fn new(scene: &Scene, index: usize, problem: &Arc<Problem>, start: &[f64], generation: u64) -> Self {
        let spec = scene.methods[index].clone();
        let growth = spec.enabled.then(|| scene.growth(index, problem, start)).transpose();
        let mut lane = Self {
            spec,
            name: String::new(),
            problem: Arc::clone(problem),
            growth: None,
            run: None,
            curves: Curves::new(problem),
            fault: growth.as_ref().err().map(|error| sentence(&error.to_string())),
            generation,
            pace: if problem.network().is_some() { Pace::new(1, 1, CHUNK_TIME) } else { Pace::new(8, LARGEST_CHUNK, CHUNK_TIME) },
            done: !matches!(growth, Ok(Some(_))),
            spent: (0.0, 0),
            records: RefCell::default(),
            training: None,
            way: None,
        };
        lane.grow(growth.ok().flatten(), 0);
        lane
    }

    pub(super) fn rename(&mut self, name: String) {
        self.name = name;
    }

    pub(super) fn still_fits(&self, scene: &Scene, index: usize, problem: &Problem) -> bool {
        let Some(run) = self.run.as_ref().or(self.growth.as_ref().map(Growth::run)) else {
            return self.fault.is_none();
        };
        let setup = run.setup();
        let random = self.spec.lineage().any(|spec| method(&spec.id).is_ok_and(|m| m.draws(&spec.settings)));
        let seed_fits = || setup.seed == scene.seed.wrapping_add(scene.stream(index));
        let chance_fits = !random || seed_fits() && setup.noise == scene.noise_on(problem.scales());
        chance_fits && setup.budget == scene.steps && setup.rules == scene.stop
    }

    /// Makes up to `trials` trials on the way to the run.
    fn grow(&mut self, growth: Option<Growth>, trials: u64) {
        match growth.map(|growth| growth.advance(trials)) {
            None => {}
            Some(Ok(Grown::Whole(run))) => self.run = Some(run),
            Some(Ok(Grown::Partly(growth))) => self.growth = Some(growth),
            Some(Err(error)) => (self.fault, self.done) = (Some(sentence(&error.to_string())), true),
        }
    }

    /// Makes some trials, or takes over what was made beside the frames; returns whether there was something to do at once.
    pub(super) fn advance(&mut self, ctx: &egui::Context) -> bool {
        match (self.problem.network().is_some(), self.growth.is_some()) {
            (true, true) => self.follow_way(ctx),
            (true, false) => self.follow_training(ctx),
            (false, true) => {
                let growth = self.growth.take();
                self.grow(growth, LARGEST_CHUNK);
                true
            }
            (false, false) => {
                self.advance_here();
                true
            }
        }
    }

    /// The way to a fork of a network is made beside the frames.
    fn follow_way(&mut self, ctx: &egui::Context) -> bool {
        if self.way.is_none() {
            self.way = self.growth.as_ref().and_then(|growth| Background::new(ctx, "fork", Way::new(growth)));
        }
        let Some(way) = &mut self.way else {
            // Nothing is beside the frames: they have to do.
            let growth = self.growth.take();
            self.grow(growth, 1);
            return true;
        };
        let Some(grown) = way.take() else { return false };
        (self.growth, self.way) = (None, None);
        match grown {
            Ok(run) => self.run = Some(run),
            Err(error) => (self.fault, self.done) = (Some(sentence(&error.to_string())), true),
        }
        true
    }

    fn follow_training(&mut self, ctx: &egui::Context) -> bool {
        let Some(run) = &mut self.run else {
            self.done = true;
            return false;
        };
        if self.training.is_none() {
            self.training = Background::new(ctx, "training", Training::new(run, &self.problem));
        }
        let Some(training) = &mut self.training else {
            // Nothing is beside the frames: they have to do.
            self.advance_here();
            return true;
        };
        let mut took = false;
        for message in std::iter::from_fn(|| training.take()).take(WAITING) {
            (self.spent, self.done, took) = (message.spent, message.done, true);
            message.absorb(run, &mut self.curves);
        }
        if self.done {
            self.training = None;
        }
        took
    }

    fn advance_here(&mut self) {
        let Some(run) = &mut self.run else {
            self.done = true;
            return;
        };
        let begin = Instant::now();
        let chunk = self.pace.amount();
        let made = run.advance(chunk);
        let trials = begin.elapsed();
        let left = self.curves.extend(run, chunk as usize);
        self.done = made < chunk && !left;
        self.spent = (self.spent.0 + trials.as_secs_f64(), self.spent.1 + made);
        self.pace.took(begin.elapsed());
    }

    /// What the scene says.
    pub fn spec(&self) -> &MethodSpec {
        &self.spec
    }

    /// The registry's entry.
    pub fn method(&self) -> Option<&'static Method> {
        method(&self.spec.id).ok()
    }

    /// A short name that no other lane has.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The run; `None` where the method is off or its settings are wrong.
    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// What is wrong with the settings.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The curves as far as they are computed.
    pub fn curves(&self) -> &Curves {
        &self.curves
    }

    /// Changes whenever the run is another one.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether the run and its curves are complete.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The row of the trace for `step`, clipped to what is computed; `None` before anything is, and before a fork.
    pub fn row(&self, step: u64) -> Option<usize> {
        let run = self.run.as_ref()?;
        let last = self.curves.len().checked_sub(1)?;
        Some(run.trace().row_of(step.min(run.len()))?.min(last))
    }

    /// `quantity` at `step`.
    pub fn at(&self, quantity: Quantity, step: u64) -> Option<f64> {
        let row = self.row(step)?;
        Some(self.curves.at(self.run.as_ref()?, quantity, row))
    }

    /// The iterate of the last row at or before `step`: the iterate itself until the trace is thinned.
    pub fn position(&self, step: u64) -> Option<&[f64]> {
        let trace = self.run.as_ref()?.trace();
        let row = trace.row_of(step.max(trace.first()))?.min(trace.rows().len().checked_sub(1)?);
        Some(trace.position(row))
    }

    /// The record of a step with the counts after it: replayed at once where that is quick, else beside the frames, and there when
    /// it is asked for again. `None` where there is none, or not yet.
    pub fn record(&self, step: u64) -> Option<Record> {
        let run = self.run.as_ref()?;
        let records = &mut *self.records.borrow_mut();
        if let Some(known) = records.get(step) {
            return known;
        }
        let replay = run.replay(step)?;
        let cost = replay.steps() as f64 * self.spent.0 / self.spent.1.max(1) as f64;
        if cost <= REPLAY_TIME {
            return records.now(step, replay, run.trace().dim());
        }
        records.later(step, replay);
        None
    }

    /// Goes on with the replay that is beside the frames.
    pub(super) fn follow_replay(&mut self, ctx: &egui::Context) {
        if let Some(run) = &self.run {
            self.records.get_mut().follow(ctx, run.trace().dim());
        }
    }

    /// Whether a record is on its way.
    pub fn is_replaying(&self) -> bool {
        self.records.borrow().is_waiting()
    }
}
