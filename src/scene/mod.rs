//! The document: one versioned value that says the whole state.
//!
//! May import `formula`, `linalg`, `problem`, `optim`, `run` and `measure`. A [`Scene`] is the saved file, the link, the
//! command-line input and the test fixture. It is plain data; [`Scene::open`] turns it into a [`Stage`] with live runs.

mod check;
mod link;
mod migrate;
mod names;
mod networks;
mod stage;
mod subproblem;

pub use check::{CAMERA_EXTENT, MOST_COORDINATE};
pub use link::{from_link, to_link};
pub use networks::{NetworkEntry, networks, networks_fault};
pub use stage::Stage;
pub use subproblem::{SUBPROBLEM_PRESETS, SubproblemPreset, SubproblemSpec};

use crate::measure::SliceKind;
use crate::optim::{Noise, Settings, SettingsError};
use crate::problem::{NetworkProblemError, NetworkSpec, ProblemError};
use crate::run::StopRules;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version that this program writes.
pub const VERSION: u32 = 3;

/// The whole state of the instrument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// Always [`VERSION`] in memory; older files are migrated while they are read.
    pub version: u32,
    /// What is minimized.
    pub problem: ProblemSpec,
    /// x₀ of every method; `None`: the landscape's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Vec<f64>>,
    /// Seed of the random streams. A method's stream depends on this and on its place in the list.
    #[serde(default)]
    pub seed: u64,
    /// Noise of the stochastic gradients of a problem without samples; `None`: isotropic, of a strength that suits the
    /// landscape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// Trials of each method.
    #[serde(default = "default_steps")]
    pub steps: u64,
    /// The methods that race.
    #[serde(default)]
    pub methods: Vec<MethodSpec>,
    /// When runs end.
    #[serde(default)]
    pub stop: StopRules,
    /// How the map is seen.
    #[serde(default)]
    pub view: ViewSpec,
    /// Where the playback stands.
    #[serde(default)]
    pub playback: Playback,
}

/// What is minimized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ProblemSpec {
    /// An entry of the catalogue.
    Landscape {
        /// Its identifier.
        id: String,
        /// Parameters that differ from the entry's defaults.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        parameters: BTreeMap<String, f64>,
        /// The dimension, where the entry offers a range.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dim: Option<usize>,
    },
    /// A formula that the user typed.
    Formula {
        /// The text.
        text: String,
        /// Values of the names in it that are parameters.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        parameters: BTreeMap<String, f64>,
        /// [min, max] of the sliders of those parameters that have their own.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        ranges: BTreeMap<String, [f64; 2]>,
        /// The catalogue's entry over whose samples `mean` runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table: Option<String>,
        /// n.
        #[serde(default = "two")]
        dim: usize,
        /// The picture's box [x₀, x₁, y₀, y₁].
        #[serde(default = "default_domain")]
        domain: [f64; 4],
    },
    /// The training loss of a network.
    Network(Box<NetworkSpec>),
}

/// A method in the race.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodSpec {
    /// Its identifier.
    pub id: String,
    /// What differs from its defaults on this landscape.
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub settings: Settings,
    /// Whether it runs and is drawn.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Where it goes on from another run; `None`: it begins at x₀.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<Box<ForkSpec>>,
}

/// Where a method takes over from another run: at its state after a step, or at its end where it ends before.
///
/// With the settings of the origin the fork repeats it to the bit; with others the method starts anew at that iterate with the
/// same random stream. The origin is a copy: it stays what it was when its own place in the list changes or goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForkSpec {
    /// The method that is left.
    pub origin: MethodSpec,
    /// The place in the list that the origin's random stream depends on.
    #[serde(default)]
    pub stream: u64,
    /// The step after which it is left.
    pub step: u64,
    /// Coordinates that are set to other values there, by their indices from 0 on: the method then starts anew.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<usize, f64>,
}

/// How the map is seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewSpec {
    /// The camera; `None`: the whole domain.
    pub camera: Option<CameraSpec>,
    /// Contour lines.
    pub contours: bool,
    /// Shaded relief.
    pub relief: bool,
    /// Tint of the regions by the signs of the Hessian's eigenvalues.
    pub curvature_tint: bool,
    /// Trust regions of the current step.
    pub regions: bool,
    /// Also the regions of every n-th step before; 0: none.
    pub region_trail: u32,
    /// The model's contours inside the region.
    pub model_contours: bool,
    /// Markers at the iterates.
    pub step_markers: bool,
    /// Marks at the critical points.
    pub critical_points: bool,
    /// The subproblem that the anatomy shows, set by hand; `None`: the one of the shown step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subproblem: Option<SubproblemSpec>,
    /// Through which point a network's loss is cut, and along what; `None`: through the start along random directions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice: Option<SliceSpec>,
}

/// A plane through the weights of a network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SliceSpec {
    /// Its directions.
    pub kind: SliceKind,
    /// The place of the method in the list through whose iterate it goes.
    #[serde(default)]
    pub method: usize,
    /// The step of that iterate; where the run ends before, its end.
    #[serde(default)]
    pub step: u64,
    /// Of random directions; `None`: that of the network's weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// Where the camera looks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraSpec {
    /// The point in the middle of the map, in the plane's coordinates.
    pub center: [f64; 2],
    /// The length across the map's shorter side.
    pub extent: f64,
}

/// Where the playback stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Playback {
    /// The step that is shown.
    pub step: u64,
    /// Steps a second.
    pub speed: f64,
    /// Whether it starts over at the end.
    pub repeat: bool,
    /// The place of the chosen method in the list: its model and details are drawn; `None`: the first that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected: Option<usize>,
}

impl Default for ViewSpec {
    fn default() -> Self {
        Self {
            camera: None,
            contours: true,
            relief: true,
            curvature_tint: false,
            regions: true,
            region_trail: 0,
            model_contours: false,
            step_markers: true,
            critical_points: true,
            subproblem: None,
            slice: None,
        }
    }
}

impl Default for Playback {
    fn default() -> Self {
        Self { step: 0, speed: 30.0, repeat: false, selected: None }
    }
}

impl Default for Scene {
    /// The first screen: the saddle race.
    fn default() -> Self {
        let method = |id: &str| MethodSpec::new(id);
        let mut region = method("tr");
        region.settings.insert("metric".to_owned(), crate::optim::Setting::Name("rmsprop".to_owned()));
        Self {
            version: VERSION,
            problem: ProblemSpec::landscape("saddle_bounded"),
            start: Some(vec![1.5, 1e-20]),
            seed: 1,
            noise: None,
            steps: 400,
            methods: vec![method("gd"), method("sgd"), method("pgd"), method("rmsprop"), method("adam"), region],
            stop: StopRules::default(),
            view: ViewSpec { region_trail: 5, ..ViewSpec::default() },
            playback: Playback { step: 116, selected: Some(3), ..Playback::default() },
        }
    }
}

impl MethodSpec {
    /// The method with its defaults.
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), settings: Settings::new(), enabled: true, fork: None }
    }
}

impl MethodSpec {
    /// This method, then what it is forked from, and so on.
    pub fn lineage(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |spec| spec.fork.as_deref().map(|fork| &fork.origin))
    }
}

impl ProblemSpec {
    /// An entry of the catalogue with its defaults.
    pub fn landscape(id: &str) -> Self {
        Self::Landscape { id: id.to_owned(), parameters: BTreeMap::new(), dim: None }
    }

    /// [min, max] of the slider of a typed formula's parameter: its own, or as far about its value as that is large, and
    /// at least 1.
    pub fn range(&self, name: &str) -> Option<[f64; 2]> {
        let Self::Formula { parameters, ranges, .. } = self else { return None };
        let value = *parameters.get(name)?;
        let reach = value.abs().max(1.0);
        Some(ranges.get(name).copied().unwrap_or([value - reach, value + reach]))
    }

    /// A formula in x and y on [−3, 3]².
    pub fn formula(text: &str) -> Self {
        Self::Formula {
            text: text.to_owned(),
            parameters: BTreeMap::new(),
            ranges: BTreeMap::new(),
            table: None,
            dim: two(),
            domain: default_domain(),
        }
    }
}

/// What is wrong with a scene; each message is one sentence for the user.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SceneError {
    /// The text is no JSON, or ends too early, or has a field that no scene has.
    #[error("this is no scene: {0}")]
    Unreadable(String),
    /// Written by a later program.
    #[error("this scene has version {found}, and this program reads versions up to {VERSION}: please update it")]
    TooNew {
        /// The file's version.
        found: u64,
    },
    /// The link's fragment is broken.
    #[error("this link holds no scene: {0}")]
    BadLink(&'static str),
    /// A number that cannot be meant.
    #[error("the scene's {what} is {given}; it must be {allowed}")]
    BadNumber {
        /// Which number.
        what: String,
        /// What was given.
        given: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The problem cannot be built.
    #[error(transparent)]
    Problem(#[from] ProblemError),
    /// The network cannot be built, or its data not be read.
    #[error(transparent)]
    Network(#[from] NetworkProblemError),
    /// A method's settings do not fit.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl Scene {
    /// The place of the chosen method among those that run, else of the first of these.
    pub fn chosen(&self, runs: impl Fn(usize) -> bool) -> Option<usize> {
        self.playback.selected.filter(|i| runs(*i)).or_else(|| (0..self.methods.len()).find(|i| runs(*i)))
    }

    /// The problem without any method, at its own start.
    pub fn bare(problem: ProblemSpec) -> Self {
        Self { problem, start: None, seed: 0, methods: Vec::new(), playback: Playback::default(), ..Self::default() }
    }

    /// Reads a scene of this or an older version.
    ///
    /// # Errors
    /// [`SceneError`] in one sentence for broken JSON, unknown fields, later versions and absurd numbers.
    pub fn from_json(text: &str) -> Result<Self, SceneError> {
        let value = serde_json::from_str(text).map_err(|e| SceneError::Unreadable(e.to_string()))?;
        let scene: Self =
            serde_json::from_value(migrate::to_current(value)?).map_err(|e| SceneError::Unreadable(e.to_string()))?;
        scene.validate()?;
        Ok(scene)
    }

    /// The scene as JSON that [`from_json`](Self::from_json) reads back to the same value.
    pub fn to_json(&self) -> String {
        // Maps with string keys and finite numbers: serialization cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

fn default_steps() -> u64 {
    400
}

fn two() -> usize {
    2
}

fn default_domain() -> [f64; 4] {
    [-3.0, 3.0, -3.0, 3.0]
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if takes a reference")]
fn is_true(b: &bool) -> bool {
    *b
}
