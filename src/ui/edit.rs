//! Changes of the document: what undo takes back.

use crate::formula::Remedy;
use crate::optim::{Noise, Setting, Settings};
use crate::problem::{FormulaProblem, NetworkSpec, Objective, Problem};
use crate::scene::{ForkSpec, MethodSpec, ProblemSpec, Scene, SliceSpec, SubproblemSpec, ViewSpec};
use std::collections::BTreeMap;

/// A change of the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Another problem; start, camera and playback begin anew.
    Problem(ProblemSpec),
    /// The formula as it is typed.
    Formula(String),
    /// The formula with what makes its unknown names known.
    Remedied(String, Vec<Remedy>),
    /// A parameter of the problem.
    ProblemParameter(String, f64),
    /// The ends of the slider of a typed formula's parameter.
    Range(String, [f64; 2]),
    /// A parameter of a typed formula goes.
    RemoveParameter(String),
    /// The picture's box of a typed formula.
    Domain([f64; 4]),
    /// The entry over whose samples a typed formula runs.
    Samples(Option<String>),
    /// All its parameters back to their defaults.
    ResetParameters,
    /// The dimension.
    Dim(usize),
    /// The network, its data or its initial weights; the methods begin anew.
    Network(Box<NetworkSpec>),
    /// Where and along what a network's loss is cut.
    Slice(Option<SliceSpec>),
    /// x₀; `None`: the landscape's own.
    Start(Option<Vec<f64>>),
    /// The seed.
    Seed(u64),
    /// Noise of the gradients of a problem without samples; `None`: what suits the landscape.
    Noise(Option<Noise>),
    /// Trials of each method.
    Steps(u64),
    /// ε_g: where ‖∇f‖ is at most this a run ends.
    Tolerance(f64),
    /// One more method at the end of the list.
    AddMethod(MethodSpec),
    /// A new method at the end of the list that goes on from the one at this place, after this step, with these coordinates
    /// set to other values; by the same method, or by another one with its defaults.
    Fork(usize, u64, BTreeMap<usize, f64>, Option<&'static str>),
    /// The method at this place goes.
    RemoveMethod(usize),
    /// Whether it runs and is drawn.
    Enable(usize, bool),
    /// A parameter of the method at this place; `None`: its default.
    Setting(usize, String, Option<Setting>),
    /// All its parameters.
    Settings(usize, Settings),
    /// How the map is seen, but for the camera.
    View(ViewSpec),
    /// The subproblem that the anatomy shows; `None`: the one of the shown step.
    Subproblem(Option<SubproblemSpec>),
    /// Another document.
    Scene(Box<Scene>),
}

impl Edit {
    /// Edits with the same key in one gesture are one entry of the history.
    pub(super) fn key(&self) -> EditKey {
        match self {
            Self::Formula(_) => EditKey::Formula,
            Self::ProblemParameter(name, _) => EditKey::Name(usize::MAX, name.clone()),
            Self::Range(name, _) => EditKey::Range(name.clone()),
            Self::Domain(_) => EditKey::Domain,
            Self::Setting(index, name, _) => EditKey::Name(*index, name.clone()),
            Self::Settings(index, _) => EditKey::Settings(*index),
            Self::Start(_) => EditKey::Start,
            Self::Seed(_) => EditKey::Seed,
            Self::Noise(_) => EditKey::Noise,
            Self::Steps(_) => EditKey::Steps,
            Self::Tolerance(_) => EditKey::Tolerance,
            Self::Dim(_) => EditKey::Dim,
            Self::Network(_) => EditKey::Network,
            Self::Subproblem(_) => EditKey::Subproblem,
            _ => EditKey::Apart,
        }
    }

    /// Applies the change. Places beyond the list of methods change nothing.
    pub(super) fn apply(self, scene: &mut Scene) {
        match self {
            Self::Problem(problem) => {
                scene.problem = problem;
                scene.start = None;
                scene.view.camera = None;
                scene.view.slice = None;
            }
            Self::Formula(text) => edit_formula(scene, text),
            Self::Remedied(text, remedies) => {
                edit_formula(scene, text);
                for remedy in remedies {
                    match remedy {
                        Remedy::Parameter(name) => set_parameter(&mut scene.problem, name, 1.0),
                        Remedy::Dimension(n) => Self::Dim(n).apply(scene),
                    }
                }
            }
            Self::ProblemParameter(name, value) => set_parameter(&mut scene.problem, name, value),
            Self::Range(name, range) => {
                if let ProblemSpec::Formula { ranges, .. } = &mut scene.problem {
                    ranges.insert(name, range);
                }
            }
            Self::RemoveParameter(name) => {
                if let ProblemSpec::Formula { parameters, ranges, .. } = &mut scene.problem {
                    parameters.remove(&name);
                    ranges.remove(&name);
                }
            }
            Self::Domain(shown) => {
                keep_start(scene);
                if let ProblemSpec::Formula { domain, .. } = &mut scene.problem {
                    *domain = shown;
                    scene.view.camera = None;
                }
            }
            Self::Samples(source) => {
                if let ProblemSpec::Formula { table, .. } = &mut scene.problem {
                    *table = source;
                }
            }
            Self::ResetParameters => drop(parameters(&mut scene.problem).map(BTreeMap::clear)),
            Self::Dim(n) => {
                match &mut scene.problem {
                    ProblemSpec::Landscape { dim, .. } => *dim = Some(n),
                    ProblemSpec::Formula { dim, .. } => *dim = n,
                    ProblemSpec::Network(_) => {}
                }
                scene.start = None;
                scene.view.camera = None;
            }
            Self::Network(spec) => {
                let before = std::mem::replace(&mut scene.problem, ProblemSpec::Network(spec));
                if let (ProblemSpec::Network(old), ProblemSpec::Network(new)) = (&before, &scene.problem)
                    && (old.layers != new.layers || old.init != new.init || old.seed != new.seed)
                {
                    scene.start = None;
                    scene.view.camera = None;
                    // Coordinates that were set by hand mean other weights now.
                    for spec in &mut scene.methods {
                        spec.fork = None;
                    }
                }
            }
            Self::Slice(slice) => {
                scene.view.slice = slice;
                scene.view.camera = None;
            }
            Self::Start(start) => scene.start = start,
            Self::Seed(seed) => scene.seed = seed,
            Self::Noise(noise) => scene.noise = noise,
            Self::Steps(steps) => scene.steps = steps,
            Self::Tolerance(gradient) => scene.stop.gradient = gradient,
            Self::AddMethod(spec) => scene.methods.push(spec),
            Self::Fork(index, step, moved, other) if index < scene.methods.len() => {
                let (origin, stream) = (scene.methods[index].clone(), scene.stream(index));
                let spec = other.map_or_else(|| origin.clone(), MethodSpec::new);
                let fork = Some(Box::new(ForkSpec { origin, stream, step, moved }));
                scene.methods.push(MethodSpec { enabled: true, fork, ..spec });
            }
            Self::RemoveMethod(index) if index < scene.methods.len() => {
                scene.methods.remove(index);
                let chosen = &mut scene.playback.selected;
                *chosen = chosen.map(|i| if i > index { i - 1 } else { i });
            }
            Self::Enable(index, on) => {
                if let Some(spec) = scene.methods.get_mut(index) {
                    spec.enabled = on;
                }
            }
            Self::Setting(index, name, value) => {
                if let Some(spec) = scene.methods.get_mut(index) {
                    match value {
                        Some(value) => spec.settings.insert(name, value),
                        None => spec.settings.remove(&name),
                    };
                }
            }
            Self::Settings(index, settings) => {
                if let Some(spec) = scene.methods.get_mut(index) {
                    spec.settings = settings;
                }
            }
            Self::View(view) => scene.view = ViewSpec { camera: scene.view.camera, ..view },
            Self::Subproblem(subproblem) => scene.view.subproblem = subproblem,
            Self::Scene(other) => *scene = *other,
            Self::RemoveMethod(_) | Self::Fork(..) => {}
        }
    }
}

fn edit_formula(scene: &mut Scene, text: String) {
    if let ProblemSpec::Formula { text: old, .. } = &mut scene.problem {
        *old = text;
        return;
    }
    keep_start(scene);
    let opened = scene.problem.open().ok();
    let opened = opened.as_ref().and_then(Problem::formula);
    let entry = opened.and_then(FormulaProblem::landscape);
    let mut formula = ProblemSpec::formula(&text);
    if let (ProblemSpec::Formula { parameters, ranges, table, dim, domain, .. }, Some(problem)) = (&mut formula, opened) {
        parameters.extend(problem.parameter_names().iter().cloned().zip(problem.parameter_values().iter().copied()));
        ranges.extend(entry.iter().flat_map(|e| &e.parameters).map(|p| (p.name.clone(), [p.min, p.max])));
        *table = entry.filter(|e| e.table.is_some()).map(|e| e.id.clone());
        (*dim, *domain) = (problem.dim(), problem.domain());
    }
    scene.problem = formula;
}

/// The start that the problem gave stays where it is while the problem departs from it.
fn keep_start(scene: &mut Scene) {
    if scene.start.is_none() {
        scene.start = scene.problem.open().ok().and_then(|problem| problem.starts().into_iter().next());
    }
}

/// A typed formula's slider keeps its ends while its value moves.
fn set_parameter(problem: &mut ProblemSpec, name: String, value: f64) {
    let Some(known) = parameters(problem) else { return };
    known.entry(name.clone()).or_insert(value);
    let range = problem.range(&name);
    if let (ProblemSpec::Formula { ranges, .. }, Some(range)) = (&mut *problem, range) {
        ranges.entry(name.clone()).or_insert(range);
    }
    if let Some(known) = parameters(problem) {
        known.insert(name, value);
    }
}

fn parameters(problem: &mut ProblemSpec) -> Option<&mut BTreeMap<String, f64>> {
    match problem {
        ProblemSpec::Landscape { parameters, .. } | ProblemSpec::Formula { parameters, .. } => Some(parameters),
        ProblemSpec::Network(_) => None,
    }
}

/// What makes two edits the same gesture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EditKey {
    Formula,
    Name(usize, String),
    Settings(usize),
    Range(String),
    Domain,
    Start,
    Seed,
    Noise,
    Steps,
    Tolerance,
    Dim,
    Network,
    Subproblem,
    Apart,
}
