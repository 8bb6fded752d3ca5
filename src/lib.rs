//! saddlescope: see how optimizers move on loss landscapes.
//!
//! The program is a stack of rooms; each imports only from the rooms above it in this table (a test holds the arrows). Those down to
//! [`measure`] are the crate `saddlescope-core` (`src/core.rs`):
//!
//! | room | what it holds |
//! |---|---|
//! | [`formula`] | text → expression → value, gradient, Hessian, WGSL; knows nothing else |
//! | [`linalg`] | vectors, metrics (norms), eigenvalues, seeded random numbers |
//! | [`problem`] | [`problem::Objective`] and [`problem::FiniteSum`]; the catalogue of landscapes; plane slices |
//! | [`optim`] | the step machine and its record; every method of the registry; trust-region subproblems |
//! | [`run`] | driver, trace with keyframes, stop reasons |
//! | [`measure`] | critical points and their index |
//! | [`scene`] | the document: everything that can be saved, linked and replayed |
//! | [`export`] | JSON, CSV and PNG made from a scene and its run |
//! | [`view`] | camera, picking, ticks, contour levels, colour maps as data: no egui, no wgpu |
//! | `render` | wgpu pipelines, one per shader (feature `gui`) |
//! | `ui` | the window and its panels (feature `gui`) |
//! | `cli` | the headless commands |

#[doc(inline)]
pub use saddlescope_core::{formula, linalg, measure, optim, problem, run};

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod export;
#[cfg(feature = "gui")]
pub mod render;
pub mod scene;
#[cfg(feature = "gui")]
pub mod ui;
pub mod view;
