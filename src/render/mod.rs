//! The map on the GPU: one fragment shader made from the formula, and one for sampled fields.
//!
//! May import every room but `ui` and `cli`. What a pixel means is decided in `view`; here it is only put on the
//! device. Nothing needs more than WebGL2 has: no compute, no storage buffers.
//!
//! Long-lived things (pipelines, textures) are in the [`MapRenderer`], which the window keeps in egui's callback
//! resources ([`install`]); what changes with a frame is the [`MapFrame`], handed over with [`map_callback`].

mod callback;
mod frame;
mod map;
mod offscreen;
mod program;
mod textures;

pub use callback::{install, map_callback};
pub use frame::{MapFrame, MapInput};
pub use map::MapRenderer;
pub use offscreen::{Probe, picture, probe};
pub use program::{MapProgram, field_shader};
