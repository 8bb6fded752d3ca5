//! Scenes as files.

/// The name under which a scene is saved.
pub const SCENE_FILE: &str = "saddlescope-scene.json";

/// Reads a scene from JSON or from a link.
///
/// # Errors
/// One sentence.
pub fn read(text: &str) -> Result<crate::scene::Scene, String> {
    let text = text.trim();
    let scene = if text.starts_with('{') { crate::scene::Scene::from_json(text) } else { crate::scene::from_link(text) };
    scene.map_err(|error| super::session::sentence(&error.to_string()))
}

/// Writes the scene into the folder that the program was started in; never over another file. Returns what to say.
#[cfg(not(target_arch = "wasm32"))]
pub fn save(json: &str) -> String {
    let stem = SCENE_FILE.trim_end_matches(".json");
    for number in 1..1000 {
        let name = if number == 1 { SCENE_FILE.to_owned() } else { format!("{stem}-{number}.json") };
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&name) {
            Ok(mut file) => {
                return match std::io::Write::write_all(&mut file, json.as_bytes()) {
                    Ok(()) => format!("Saved as {name}. Drop the file on the window to open it."),
                    Err(error) => format!("{name} could not be written: {error}."),
                };
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return format!("{name} could not be written: {error}."),
        }
    }
    "The scene was not saved: this folder holds a thousand of them.".to_owned()
}

/// A link to the scene: of this page in the browser, the bare fragment on the desktop.
#[cfg(not(target_arch = "wasm32"))]
pub fn link(scene: &crate::scene::Scene) -> String {
    crate::scene::to_link(scene)
}
