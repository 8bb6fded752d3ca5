//! How the window is opened.

use crate::scene::{Scene, from_link};

/// What the window opens with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Launch {
    /// The scene from a file, a link or arguments; `None`: the one that was open last, or the first screen.
    pub scene: Option<Scene>,
    /// A sentence to show at first: why the scene that was asked for could not be read.
    pub notice: Option<String>,
    /// Whether what was stored by the last session is left alone.
    pub fresh: bool,
}

impl Launch {
    /// A launch with the scene of a link (or of a URL's fragment), or with a sentence about what is wrong with it.
    pub fn from_link(text: &str) -> Self {
        match from_link(text) {
            Ok(scene) => Self { scene: Some(scene), ..Self::default() },
            Err(error) => Self { notice: Some(super::session::sentence(&error.to_string())), ..Self::default() },
        }
    }
}

/// Why there is no window; one sentence for the terminal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UiError {
    /// Nothing to open a window on.
    #[error("the window needs a display, and there is none here; \"saddlescope render\" draws pictures without one")]
    NoDisplay,
    /// No graphics device that can draw.
    #[error(
        "the window needs a driver for Vulkan, Metal, DirectX 12 or OpenGL, and none works here; \"saddlescope render\" draws \
         pictures without one"
    )]
    NoDriver,
    /// The first screen could not be made.
    #[error("the window cannot be opened: {0}")]
    NoScreen(String),
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`UiError`] without a display, without a usable graphics driver, or with a broken catalogue.
#[cfg(not(target_arch = "wasm32"))]
pub fn run_native(launch: Launch) -> Result<(), UiError> {
    let viewport = eframe::egui::ViewportBuilder::default()
        .with_title("saddlescope")
        .with_app_id("saddlescope")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([320.0, 320.0]);
    let options = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Wgpu, ..Default::default() };
    eframe::run_native("saddlescope", options, Box::new(|cc| Ok(Box::new(super::App::new(cc, launch)?)))).map_err(|error| {
        match error {
            eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => UiError::NoDisplay,
            eframe::Error::Wgpu(_) => UiError::NoDriver,
            error => UiError::NoScreen(error.to_string()),
        }
    })
}
