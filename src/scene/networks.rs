//! The registry of network scenes: what the laboratory offers to begin with.

use super::{Scene, SceneError, migrate};
use serde::Deserialize;
use serde_json::Value;
use std::sync::LazyLock;

/// One entry of `assets/networks.json`: a network on its data with the methods that train it.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkEntry {
    /// The identifier.
    pub id: String,
    /// The name in the window.
    pub name: String,
    /// One line: why it is worth seeing.
    pub why: String,
    /// Author and year.
    pub source: String,
    /// The scene.
    pub scene: Scene,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    name: String,
    why: String,
    source: String,
    scene: Value,
}

static ENTRIES: LazyLock<Result<Vec<NetworkEntry>, SceneError>> = LazyLock::new(|| {
    let raw: Vec<Raw> =
        serde_json::from_str(include_str!("../../assets/networks.json")).map_err(|e| SceneError::Unreadable(e.to_string()))?;
    let open = |raw: Raw| {
        let scene: Scene = serde_json::from_value(migrate::to_current(raw.scene)?)
            .map_err(|e| SceneError::Unreadable(format!("{}: {e}", raw.id)))?;
        scene.validate()?;
        Ok(NetworkEntry { id: raw.id, name: raw.name, why: raw.why, source: raw.source, scene })
    };
    raw.into_iter().map(open).collect()
});

/// Every entry, in the order in which the window lists them; none where the file cannot be read, which a test excludes.
pub fn networks() -> &'static [NetworkEntry] {
    ENTRIES.as_ref().map_or(&[], Vec::as_slice)
}

/// What is wrong with the file of entries, if anything is.
pub fn networks_fault() -> Option<&'static SceneError> {
    ENTRIES.as_ref().err()
}
