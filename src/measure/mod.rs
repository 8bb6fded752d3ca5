//! Measurements on objectives and on methods: critical points and their index, races.
//!
//! May import `formula`, `linalg`, `problem`, `optim` and `run`. Nothing here is counted against a run, and nothing here draws.

mod critical_points;
mod point;
pub mod race;

pub use critical_points::{CriticalSearch, critical_points};
pub use point::{PointReport, classify};
