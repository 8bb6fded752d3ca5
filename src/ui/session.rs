//! The live part of the window: the problem and a run for each method, rebuilt only where the scene changed and
//! advanced in slices of time.

use super::curves::{Curves, Quantity};
use crate::linalg::Vector;
use crate::optim::{Method, method};
use crate::problem::{FormulaProblem, Landscape, Objective, Plane, ProblemError, landscape};
use crate::run::{Grown, Growth, Run};
use crate::scene::{MethodSpec, ProblemSpec, Scene, SceneError};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// Trials that a run makes at most before the clock is looked at again.
const LARGEST_CHUNK: u64 = 256;
/// Time that a chunk should take.
const CHUNK_TIME: Duration = Duration::from_micros(400);

/// The live part of a scene.
pub struct Session {
    spec: ProblemSpec,
    problem: Arc<FormulaProblem>,
    plane: Plane,
    start: Vector,
    fault: Option<Fault>,
    lanes: Vec<Lane>,
    generation: u64,
    known_minimum: f64,
}

/// What is wrong with what the user asked for; the last good problem stays in sight.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// One sentence.
    pub message: String,
    /// The bytes of the formula that are meant.
    pub at: Option<Range<usize>>,
}

impl Fault {
    /// What an error says.
    pub fn of(error: &SceneError) -> Self {
        let at = match error {
            SceneError::Problem(ProblemError::Formula(error)) => Some(error.at.clone()),
            _ => None,
        };
        Self { at, message: sentence(&error.to_string()) }
    }
}

/// A method of the scene with its run.
pub struct Lane {
    spec: MethodSpec,
    name: String,
    /// What leads to the run of a fork.
    growth: Option<Growth>,
    run: Option<Run>,
    curves: Curves,
    fault: Option<String>,
    generation: u64,
    chunk: u64,
    done: bool,
}

impl Session {
    /// Opens a scene.
    ///
    /// # Errors
    /// [`SceneError`] where its problem cannot be opened.
    pub fn open(scene: &Scene) -> Result<Self, SceneError> {
        let problem = Arc::new(scene.problem.open()?);
        let start = scene.start_for(&problem)?;
        let mut session = Self {
            spec: scene.problem.clone(),
            plane: problem.plane(),
            known_minimum: known_minimum(&problem),
            problem,
            start,
            fault: None,
            lanes: Vec::new(),
            generation: 0,
        };
        session.rebuild(scene, false);
        Ok(session)
    }

    /// Follows the scene: rebuilds what its changes touch. What cannot be opened is said in [`Session::fault`], and what
    /// was there before stays.
    pub fn follow(&mut self, scene: &Scene) {
        let mut renewed = false;
        if scene.problem != self.spec {
            match scene.problem.open() {
                Ok(problem) => {
                    self.problem = Arc::new(problem);
                    self.plane = self.problem.plane();
                    self.known_minimum = known_minimum(&self.problem);
                    self.fault = None;
                    renewed = true;
                }
                Err(error) => self.fault = Some(Fault::of(&error)),
            }
            self.spec = scene.problem.clone();
        }
        match scene.start_for(&self.problem) {
            Ok(start) => {
                renewed |= start != self.start;
                self.start = start;
            }
            Err(_) if self.start.len() == self.problem.dim() => {}
            Err(_) => {
                self.start = default_start(&self.problem);
                renewed = true;
            }
        }
        self.rebuild(scene, renewed);
    }

    fn rebuild(&mut self, scene: &Scene, renewed: bool) {
        let mut old: Vec<Option<Lane>> = std::mem::take(&mut self.lanes).into_iter().map(Some).collect();
        for (index, spec) in scene.methods.iter().enumerate() {
            let kept = old.iter_mut().find(|lane| {
                !renewed && lane.as_ref().is_some_and(|lane| lane.spec == *spec && lane.still_fits(scene, index, &self.problem))
            });
            let lane = match kept.and_then(Option::take) {
                Some(lane) => lane,
                None => self.lane(scene, index),
            };
            self.lanes.push(lane);
        }
        for (lane, name) in self.lanes.iter_mut().zip(scene.method_names()) {
            lane.name = name;
        }
    }

    fn lane(&mut self, scene: &Scene, index: usize) -> Lane {
        self.generation += 1;
        let spec = scene.methods[index].clone();
        let growth = spec.enabled.then(|| scene.growth(index, &self.problem, &self.start)).transpose();
        let mut lane = Lane {
            spec,
            name: String::new(),
            growth: None,
            run: None,
            curves: Curves::new(),
            fault: growth.as_ref().err().map(|error| sentence(&error.to_string())),
            generation: self.generation,
            chunk: 8,
            done: !matches!(growth, Ok(Some(_))),
        };
        lane.grow(growth.ok().flatten(), 0);
        lane
    }

    /// Advances runs and their curves for about `slice`; returns whether work is left.
    pub fn work(&mut self, slice: Duration) -> bool {
        let end = Instant::now() + slice;
        loop {
            let mut left = false;
            for lane in self.lanes.iter_mut().filter(|lane| !lane.done) {
                lane.advance();
                left |= !lane.done;
                if Instant::now() >= end {
                    return self.is_working();
                }
            }
            if !left {
                return false;
            }
        }
    }

    /// Whether some run is not at its end.
    pub fn is_working(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.done)
    }

    /// How much of all steps is computed, in [0, 1].
    pub fn progress(&self) -> f64 {
        let runs = || self.lanes.iter().filter_map(|lane| lane.run.as_ref().map(|run| (lane, run)));
        let total: u64 = runs().map(|(lane, run)| if lane.done { run.len() } else { run.setup().budget }).sum();
        let made: u64 = runs().map(|(_, run)| run.len()).sum();
        if total == 0 { 1.0 } else { made as f64 / total as f64 }
    }

    /// The last problem that could be opened.
    pub fn problem(&self) -> &Arc<FormulaProblem> {
        &self.problem
    }

    /// The catalogue's entry, where the problem is one.
    pub fn landscape(&self) -> Option<&'static Landscape> {
        match &self.spec {
            ProblemSpec::Landscape { id, .. } => landscape(id).ok(),
            ProblemSpec::Formula { .. } => None,
        }
    }

    /// The plane that the map shows.
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// x₀.
    pub fn start(&self) -> &[f64] {
        &self.start
    }

    /// What is wrong with the problem that the scene asks for.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The methods in the scene's order.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// Steps of the longest run so far.
    pub fn longest(&self) -> u64 {
        self.lanes.iter().filter_map(Lane::run).map(Run::len).max().unwrap_or(0)
    }

    /// f*: the lowest value that the catalogue knows or a run has seen.
    pub fn lowest(&self) -> f64 {
        self.lanes.iter().map(|lane| lane.curves.lowest()).fold(self.known_minimum, f64::min)
    }
}

impl Lane {
    fn still_fits(&self, scene: &Scene, index: usize, problem: &FormulaProblem) -> bool {
        let Some(run) = self.run.as_ref().or(self.growth.as_ref().map(Growth::run)) else {
            return self.fault.is_none();
        };
        let setup = run.setup();
        let random = self.spec.lineage().any(|spec| method(&spec.id).is_ok_and(|m| m.random));
        let seed_fits = || setup.seed == scene.seed.wrapping_add(scene.stream(index));
        let chance_fits = !random || seed_fits() && setup.noise == scene.noise_on(problem);
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

    fn advance(&mut self) {
        if let Some(growth) = self.growth.take() {
            self.grow(Some(growth), LARGEST_CHUNK);
            return;
        }
        let Some(run) = &mut self.run else {
            self.done = true;
            return;
        };
        let begin = Instant::now();
        let made = run.advance(self.chunk);
        let left = self.curves.extend(run, self.chunk as usize);
        self.done = made < self.chunk && !left;
        let spent = begin.elapsed();
        if spent < CHUNK_TIME / 2 {
            self.chunk = (2 * self.chunk).min(LARGEST_CHUNK);
        } else if spent > CHUNK_TIME {
            self.chunk = (self.chunk / 2).max(1);
        }
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
}

fn default_start(problem: &FormulaProblem) -> Vector {
    problem.starts().first().map_or_else(|| Vector::from_elem(0.0, problem.dim()), |x| Vector::from_slice(x))
}

fn known_minimum(problem: &FormulaProblem) -> f64 {
    problem.critical_points().iter().map(|p| p.f).filter(|f| f.is_finite()).fold(f64::INFINITY, f64::min)
}

/// A message with a capital letter and a full stop.
pub fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let mut text: String = characters.next().map(|c| c.to_uppercase().chain(characters).collect()).unwrap_or_default();
    if !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}
