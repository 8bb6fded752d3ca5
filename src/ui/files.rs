//! Scenes as files, links and what is dropped on the window.

use super::command::{Command, SampleFile};
#[cfg(not(target_arch = "wasm32"))]
pub use super::dialog::{open, save};
use super::samples;
use crate::scene::{Scene, from_link};
use eframe::egui;
use std::sync::{Arc, Mutex, PoisonError};

/// What to do where no dialog can be opened.
pub const NO_DIALOG: &str = "Drop a scene or samples on the window, or press Ctrl V with its text or a link in the clipboard.";

/// Wishes that arrive between frames: a file that was read, a changed address.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<Vec<Command>>>);

impl Inbox {
    /// Puts a wish in and wakes the window.
    pub fn push(&self, ctx: &egui::Context, command: Command) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(command);
        ctx.request_repaint();
    }

    /// Takes everything out.
    pub fn take(&self) -> Vec<Command> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads a scene from JSON or from a link.
///
/// # Errors
/// One sentence.
pub fn read(text: &str) -> Result<Scene, String> {
    let text = text.trim();
    let scene = if text.starts_with('{') { Scene::from_json(text) } else { from_link(text) };
    scene.map_err(|error| super::session::sentence(&error.to_string()))
}

/// The wish that the bytes of a file of this name are: a scene, or samples.
pub(super) fn read_bytes(name: &str, bytes: Result<Vec<u8>, String>) -> Command {
    let bytes = match bytes {
        Ok(bytes) if samples::is_samples(name, &bytes) => return Command::Samples(SampleFile { name: name.to_owned(), bytes }),
        other => other,
    };
    match bytes.map(String::from_utf8) {
        Ok(Ok(text)) => Command::Load(text),
        Ok(Err(_)) => {
            Command::Notice(format!("{name} is neither a scene or weights (JSON) nor samples (CSV, or IDX images and labels)."))
        }
        Err(error) => Command::Notice(format!("{name} cannot be read: {error}.")),
    }
}

fn file_name(file: &egui::DroppedFileHandle) -> String {
    file.path().file_name().map_or_else(|| "This file".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Reads a dropped file; what comes of it arrives in the inbox.
#[cfg(not(target_arch = "wasm32"))]
pub fn read_dropped(ctx: &egui::Context, inbox: &Inbox, file: &egui::DroppedFileHandle) {
    inbox.push(ctx, read_bytes(&file_name(file), file.bytes()));
}

/// Reads a dropped file; what comes of it arrives in the inbox.
#[cfg(target_arch = "wasm32")]
pub fn read_dropped(ctx: &egui::Context, inbox: &Inbox, file: &egui::DroppedFileHandle) {
    let (ctx, inbox, file) = (ctx.clone(), inbox.clone(), file.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let bytes = file.bytes_async().await;
        inbox.push(&ctx, read_bytes(&file_name(&file), bytes));
    });
}

/// Offers a file as a download.
#[cfg(target_arch = "wasm32")]
pub fn save(ctx: &egui::Context, inbox: &Inbox, name: &str, bytes: &[u8]) {
    let said = match super::web::download(name, bytes) {
        Some(()) => format!("{name} is with your downloads."),
        None => "This browser does not let the page save a file.".to_owned(),
    };
    inbox.push(ctx, Command::Notice(said));
}

/// Asks for a file of a scene or of samples; what comes of it arrives in the inbox.
#[cfg(target_arch = "wasm32")]
pub fn open(ctx: &egui::Context, inbox: &Inbox) {
    if super::web::choose_file(ctx, inbox).is_none() {
        inbox.push(ctx, Command::Notice(NO_DIALOG.to_owned()));
    }
}

/// A link to the scene: what the program takes as its argument and the page after its address.
#[cfg(not(target_arch = "wasm32"))]
pub fn link(scene: &Scene) -> String {
    format!("#{}", crate::scene::to_link(scene))
}

/// A link to the scene: this page's address with the scene in its fragment; the address bar shows it too.
#[cfg(target_arch = "wasm32")]
pub fn link(scene: &Scene) -> String {
    super::web::link(scene)
}
