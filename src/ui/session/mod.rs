//! The live part of the window: the problem and a run for each method, rebuilt only where the scene changed and
//! advanced in slices of time.

mod lane;
mod records;
mod slice;
mod worker;

pub use lane::Lane;
pub use records::Record;

use crate::linalg::Vector;
use crate::problem::data::{DataError, DataSet, data_set};
use crate::problem::{Cut, Landscape, NetworkProblemError, Objective, Plane, Problem, ProblemError};
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
    awaited: Option<&'static DataSet>,
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
    /// Opens a scene. Where its images are not loaded yet they are [awaited](Self::awaited).
    ///
    /// # Errors
    /// [`SceneError`] where its problem cannot be opened.
    pub fn open(scene: &Scene) -> Result<Self, SceneError> {
        let problem = match scene.problem.open() {
            Err(error) if awaited(&error).is_some() => {
                let mut session = Self::open(&Scene::default())?;
                session.follow(scene);
                return Ok(session);
            }
            opened => Arc::new(opened?),
        };
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
            awaited: None,
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
            self.awaited = None;
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
                Err(error) => (self.awaited, self.fault) = (awaited(&error), Some(Fault::of(&error))),
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

    /// The data set whose images must be loaded before the scene can be opened.
    pub fn awaited(&self) -> Option<&'static DataSet> {
        self.awaited
    }

    /// The images of a set have come, or a sentence says why they have not: then they are not asked for again before the scene asks
    /// for something else.
    pub fn take_images(&mut self, scene: &Scene, set: &str, lost: Option<String>) {
        if self.awaited.is_none_or(|awaited| awaited.id != set) {
            return;
        }
        self.awaited = None;
        match lost {
            Some(message) => self.fault = Some(Fault { message, at: None }),
            None => {
                // Another problem than the one that was tried: it is tried again.
                self.spec = Scene::default().problem;
                self.follow(scene);
            }
        }
    }

    /// Advances runs and their curves for about `slice`, and takes over what was made beside the frames; returns whether work is left.
    pub fn work(&mut self, ctx: &egui::Context, slice: Duration) -> bool {
        if self.awaited.is_some() {
            return false;
        }
        let end = Instant::now() + slice;
        loop {
            let mut busy = false;
            for lane in self.lanes.iter_mut().filter(|lane| !lane.is_done()) {
                busy |= lane.advance(ctx);
                if Instant::now() >= end {
                    return self.is_working();
                }
            }
            if !busy {
                return self.is_working();
            }
        }
    }

    /// Whether some run is not at its end, or cannot begin yet.
    pub fn is_working(&self) -> bool {
        self.awaited.is_some() || self.lanes.iter().any(|lane| !lane.is_done())
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

    /// What the plane through a network's weights is, in words.
    pub fn slice_words(&self) -> Option<&str> {
        self.slicer.words()
    }

    /// Goes on with the replays that are beside the frames.
    pub fn replay(&mut self, ctx: &egui::Context) {
        self.lanes.iter_mut().for_each(|lane| lane.follow_replay(ctx));
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

/// The set whose images are not loaded yet, where that is the error.
fn awaited(error: &SceneError) -> Option<&'static DataSet> {
    match error {
        SceneError::Network(NetworkProblemError::Data(DataError::NotLoaded { set, .. })) => data_set(set).ok(),
        _ => None,
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::NetworkSpec;
    use crate::problem::data::held_back;
    use crate::problem::network::{Activation, Loss};
    use crate::scene::MethodSpec;

    fn digits() -> Scene {
        let spec = NetworkSpec::on_set(&[100, 3, 10], Activation::Tanh, Loss::CrossEntropy, "mnist");
        Scene { methods: vec![MethodSpec::new("gd")], steps: 3, ..Scene::bare(ProblemSpec::Network(Box::new(spec))) }
    }

    #[test]
    fn a_scene_waits_for_its_images_and_then_opens() {
        let scene = digits();
        held_back::set(true);
        let mut session = Session::open(&scene).unwrap();
        assert_eq!(session.awaited().map(|set| set.id), Some("mnist"));
        assert!(session.is_working() && !session.work(&egui::Context::default(), Duration::from_secs(1)));
        session.take_images(&scene, "fashion", None);
        assert!(session.awaited().is_some(), "another set does not help");
        held_back::set(false);
        session.take_images(&scene, "mnist", None);
        assert!(session.awaited().is_none() && session.fault().is_none());
        assert_eq!(session.start(), Session::open(&scene).unwrap().start());
    }

    #[test]
    fn images_that_do_not_come_are_said_and_asked_for_again_only_by_another_scene() {
        let mut scene = digits();
        let mut session = Session::open(&Scene::default()).unwrap();
        held_back::set(true);
        session.follow(&scene);
        let before = Arc::clone(session.problem());
        session.take_images(&scene, "mnist", Some("They are lost.".to_owned()));
        session.follow(&scene);
        assert!(session.awaited().is_none());
        assert_eq!(session.fault().map(|fault| fault.message.as_str()), Some("They are lost."));
        assert!(Arc::ptr_eq(&before, session.problem()), "the last good problem stays");
        if let ProblemSpec::Network(spec) = &mut scene.problem {
            spec.seed += 1;
        }
        session.follow(&scene);
        assert!(session.awaited().is_some());
        held_back::set(false);
    }
}
