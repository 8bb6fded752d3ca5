//! Measurements on objectives and on methods: critical points and their index, what theorems assume, modes of momentum,
//! races, spectra, the noise of gradients along eigenvectors.
//!
//! May import `formula`, `linalg`, `problem`, `optim` and `run`. Nothing here is counted against a run, and nothing here draws.

mod assumptions;
mod critical_points;
pub mod interpolation;
pub mod momentum;
pub mod noise;
pub mod plane_grid;
mod point;
pub mod race;
pub mod slice;
pub mod spectrum;

pub use assumptions::assumptions;
pub use critical_points::{CriticalSearch, critical_points};
pub use point::{PointReport, classify};
pub use slice::{NetworkSlice, SliceKind};
