//! Files made from a scene and its runs: JSON and CSV of the numbers, pictures of the map.
//!
//! May import every room above `render`; knows neither egui nor wgpu, so that the headless program writes what
//! the window shows.

mod canvas;
pub mod csv;
pub mod json;
pub mod png;
pub mod race;
pub mod scene;
pub mod slice;
pub mod study;
mod text;

pub use text::FONT;
