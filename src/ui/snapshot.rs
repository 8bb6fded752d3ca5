//! The state of the window as a plain value, for tests and for the page's scripts.

use serde::{Deserialize, Serialize};

/// What the window shows, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Version of this value.
    pub version: u32,
    /// Frames drawn since the start.
    pub frame: u64,
    /// Identifier of the landscape; `None` for a formula of the user's.
    pub landscape: Option<String>,
    /// The formula.
    pub formula: String,
    /// x₀.
    pub start: Vec<f64>,
    /// Whether the playback runs.
    pub playing: bool,
    /// Whether runs are still computed.
    pub computing: bool,
    /// The step that is shown.
    pub step: u64,
    /// Steps of the longest run.
    pub steps: u64,
    /// The methods that run.
    pub runs: Vec<RunSnapshot>,
    /// What is wrong, as it is shown.
    pub error: Option<String>,
    /// The map: [left, top, width, height] in points of the page.
    pub map_rect_px: [f32; 4],
    /// Where the start is drawn.
    pub start_px: Option<[f32; 2]>,
    /// The formula field: [left, top, width, height].
    pub formula_field_px: [f32; 4],
}

/// One run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunSnapshot {
    /// Identifier of the method.
    pub method: String,
    /// How it stands.
    pub status: String,
    /// Trials made.
    pub steps: u64,
}

/// The recording of every run of a scene, as the command line writes it; `None` where the scene cannot be opened.
pub fn trace(scene: &crate::scene::Scene) -> Option<String> {
    let mut runs: Vec<_> = scene.open().ok()?.runs.into_iter().flatten().collect();
    for run in &mut runs {
        run.advance(u64::MAX);
    }
    let mut bytes = Vec::new();
    crate::export::json::write_runs(&mut bytes, &runs).ok()?;
    String::from_utf8(bytes).ok()
}
