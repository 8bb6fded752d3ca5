//! The live part of the window: the problem and a run for each method, rebuilt only where the scene changed and
//! advanced in slices of time.

mod lane;
mod slice;
#[cfg(not(target_arch = "wasm32"))]
mod worker;

pub use lane::{Lane, Record};

use crate::linalg::Vector;
use crate::problem::{Cut, Landscape, Objective, Plane, Problem, ProblemError};
use crate::run::Run;
use crate::scene::{ProblemSpec, Scene, SceneError};
use eframe::egui;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// The live part of a scene.
pub struct Session {
    spec: ProblemSpec,
    problem: Arc<Problem>,
    cut: Arc<Cut>,
    /// Changes whenever the plane is another one.
    cuts: u64,
    slicer: slice::Slicer,
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
            cut: Arc::new(problem.cut()),
            cuts: 0,
            slicer: slice::Slicer::default(),
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
                    self.cut = Arc::new(self.problem.cut());
                    self.cuts += 1;
                    self.slicer.reset();
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
                !renewed
                    && lane.as_ref().is_some_and(|lane| *lane.spec() == *spec && lane.still_fits(scene, index, &self.problem))
            });
            let lane = match kept.and_then(Option::take) {
                Some(lane) => lane,
                None => self.lane(scene, index),
            };
            self.lanes.push(lane);
        }
        for (lane, name) in self.lanes.iter_mut().zip(scene.method_names()) {
            lane.rename(name);
        }
    }

    fn lane(&mut self, scene: &Scene, index: usize) -> Lane {
        self.generation += 1;
        Lane::new(scene, index, &self.problem, &self.start, self.generation)
    }

    /// Advances runs and their curves for about `slice`, and takes over what threads have made; returns whether work is left.
    pub fn work(&mut self, slice: Duration) -> bool {
        let end = Instant::now() + slice;
        loop {
            let mut busy = false;
            for lane in self.lanes.iter_mut().filter(|lane| !lane.is_done()) {
                busy |= lane.advance();
                if Instant::now() >= end {
                    return self.is_working();
                }
            }
            if !busy {
                return self.is_working();
            }
        }
    }

    /// Whether some run is not at its end.
    pub fn is_working(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.is_done())
    }

    /// How much of all steps is computed, in [0, 1].
    pub fn progress(&self) -> f64 {
        let runs = || self.lanes.iter().filter_map(|lane| lane.run().map(|run| (lane, run)));
        let total: u64 = runs().map(|(lane, run)| if lane.is_done() { run.len() } else { run.setup().budget }).sum();
        let made: u64 = runs().map(|(_, run)| run.len()).sum();
        if total == 0 { 1.0 } else { made as f64 / total as f64 }
    }

    /// The last problem that could be opened.
    pub fn problem(&self) -> &Arc<Problem> {
        &self.problem
    }

    /// The catalogue's entry, where the problem is one.
    pub fn landscape(&self) -> Option<&'static Landscape> {
        self.problem.landscape()
    }

    /// The plane that the map shows.
    pub fn plane(&self) -> &Plane {
        &self.cut.plane
    }

    /// The plane that the map shows, and the box of it that it shows first.
    pub fn cut(&self) -> &Arc<Cut> {
        &self.cut
    }

    /// Changes whenever the plane is another one.
    pub fn cuts(&self) -> u64 {
        self.cuts
    }

    /// Follows the plane that the scene asks for.
    pub fn slice(&mut self, ctx: &egui::Context, scene: &Scene) {
        if let Some(cut) = self.slicer.follow(ctx, &self.problem, &self.lanes, scene.view.slice) {
            self.cut = Arc::new(cut);
            self.cuts += 1;
        }
    }

    /// Whether the directions of a plane are still looked for.
    pub fn is_slicing(&self) -> bool {
        self.slicer.is_busy()
    }

    /// How far a point is from the plane that the map shows, and f at its foot.
    pub fn foot(&self, x: &[f64]) -> (f64, f64) {
        slice::foot(&self.problem, &self.cut, x)
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

    /// f*: the lowest value that the catalogue knows or a run has seen; 0 for a network, whose losses are not below.
    pub fn lowest(&self) -> f64 {
        if self.problem.network().is_some() {
            return 0.0;
        }
        self.lanes.iter().map(|lane| lane.curves().lowest()).fold(self.known_minimum, f64::min)
    }
}

fn default_start(problem: &Problem) -> Vector {
    problem.starts().first().map_or_else(|| Vector::from_elem(0.0, problem.dim()), |x| Vector::from_slice(x))
}

fn known_minimum(problem: &Problem) -> f64 {
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
