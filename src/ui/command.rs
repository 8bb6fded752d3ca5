//! What panels ask for. They read the scene and emit these; the window applies them at one place.

use super::curves::Quantity;
pub use super::edit::Edit;
use super::panels::race::RaceView;
use crate::scene::{CameraSpec, ViewSpec};

/// One wish of a panel, a key, or the browser.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A change of the document; can be undone.
    Edit(Edit),
    /// Takes the last edit back.
    Undo,
    /// Makes it again.
    Redo,
    /// Where the camera looks; `None`: the whole landscape.
    Camera(Option<CameraSpec>),
    /// Enlarges the map about its middle by this factor.
    Zoom(f64),
    /// Starts or pauses the playback.
    TogglePlay,
    /// Shows this step (the last one where there are fewer).
    GoTo(u64),
    /// So many steps on, or back.
    StepBy(i64),
    /// Steps a second.
    Speed(f64),
    /// Whether the playback starts over at the end.
    ToggleRepeat,
    /// The next seed.
    Reseed,
    /// Turns a switch of the map.
    ToggleView(ViewFlag),
    /// The images of this data set have come, or a sentence says why not.
    Images(&'static str, Option<String>),
    /// Shows or hides the method at this place of the list.
    ToggleMethod(usize),
    /// Chooses the method that the step card tells of.
    Select(usize),
    /// Light or dark.
    ToggleTheme,
    /// Large type or not.
    TogglePresenter,
    /// Opens or closes the help sheet.
    ToggleHelp,
    /// Panels back to where they were.
    ResetLayout,
    /// Brings a panel into sight, by its identifier.
    ShowPanel(&'static str),
    /// Shows or hides a panel, by its identifier.
    TogglePanel(&'static str),
    /// Against what curves are drawn.
    PlotAxis(PlotAxis),
    /// Draws a curve or no longer.
    ToggleCurve(Quantity),
    /// What of a race is shown, and with how many seeds the next one runs.
    Race(RaceView),
    /// A link to this moment, to the clipboard.
    CopyLink,
    /// Something to a file.
    Save(SaveAs),
    /// A scene or samples from a file.
    Open,
    /// A scene from JSON or a link, as it was dropped, pasted or opened.
    Load(String),
    /// A file of samples, as it was dropped or opened.
    Samples(SampleFile),
    /// Says something for some seconds.
    Notice(String),
}

/// A file of samples: CSV, or IDX images or labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveAs {
    /// The scene, as JSON that opens again.
    Scene,
    /// The map as it is seen, as a picture.
    Picture,
    /// Every step of every run, one a line.
    Csv,
    /// The same with the geometry of each step.
    Json,
    /// The weights of the chosen method's network at the shown step.
    Weights,
    /// The table of the last race.
    RaceCsv,
    /// The last race: table, ends and bands.
    RaceJson,
    /// The last sweep, a step length a line.
    SweepCsv,
    /// The last sweep.
    SweepJson,
    /// The last study of gradient noise over widths and depths.
    NoiseCsv,
}

impl SaveAs {
    /// Those of the scene, with their labels and what they are for; [`Weights`](Self::Weights) are those of networks.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Scene, "Save the scene", "JSON that the window, the page and the command line open again (Ctrl S)"),
        (Self::Picture, "Save the picture", "The map at this step with axes, colour bar and legend, as PNG"),
        (Self::Csv, "Save the runs as a table", "Every step of every run, one a line, as CSV"),
        (Self::Json, "Save the runs as JSON", "Every step of every run with its geometry, as the command line writes it"),
        (
            Self::Weights,
            "Save the weights",
            "Those of the chosen method at this step, as JSON: opened again they are the start, and the command line reads them",
        ),
    ];

    /// The file's name.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Scene => "saddlescope-scene.json",
            Self::Picture => "saddlescope.png",
            Self::Csv => "saddlescope-runs.csv",
            Self::Json => "saddlescope-runs.json",
            Self::Weights => "saddlescope-weights.json",
            Self::RaceCsv => "saddlescope-race.csv",
            Self::RaceJson => "saddlescope-race.json",
            Self::SweepCsv => "saddlescope-sweep.csv",
            Self::SweepJson => "saddlescope-sweep.json",
            Self::NoiseCsv => "saddlescope-noise.csv",
        }
    }
}

/// The switches of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewFlag {
    /// Contour lines.
    Contours,
    /// Shaded relief.
    Relief,
    /// Tint of the regions by the signs of the Hessian's eigenvalues.
    CurvatureTint,
    /// Trust regions of the current step.
    Regions,
    /// The model's contours inside the region.
    ModelContours,
    /// Markers at the iterates and the rejected trials.
    StepMarkers,
    /// Marks at the critical points.
    CriticalPoints,
}

impl ViewFlag {
    /// All of them with their labels and what they show.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Contours, "Contours", "Lines of equal value; they crowd where f is steep"),
        (Self::Relief, "Relief", "Shading as if light fell on the surface from the upper left"),
        (Self::CurvatureTint, "Curvature", "Tint by the signs of the Hessian's eigenvalues: convex, saddle-like, concave"),
        (Self::Regions, "Trust regions", "The ball or ellipsoid in which the current step was sought"),
        (Self::ModelContours, "Model", "Contours of the model that the current step minimizes, inside its region"),
        (Self::StepMarkers, "Steps", "A dot at each iterate, a cross at the end of a dotted line for each rejected trial"),
        (
            Self::CriticalPoints,
            "Critical points",
            "Minima (discs), saddles (crosses), maxima (triangles), degenerate points (diamonds)",
        ),
    ];

    /// The switch in a view.
    pub fn of(self, view: &mut ViewSpec) -> &mut bool {
        match self {
            Self::Contours => &mut view.contours,
            Self::Relief => &mut view.relief,
            Self::CurvatureTint => &mut view.curvature_tint,
            Self::Regions => &mut view.regions,
            Self::ModelContours => &mut view.model_contours,
            Self::StepMarkers => &mut view.step_markers,
            Self::CriticalPoints => &mut view.critical_points,
        }
    }
}

/// Against what curves are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlotAxis {
    /// Trials.
    #[default]
    Steps,
    /// Gradients and Hessian-vector products on one batch.
    Backpropagations,
    /// Function values asked.
    Values,
}

impl PlotAxis {
    /// All of them, with their labels.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Steps, "steps"), (Self::Backpropagations, "backpropagations"), (Self::Values, "function values")];
}
