//! Measurements on objectives: critical points and their index.
//!
//! May import `formula`, `linalg` and `problem`. Nothing here is counted against a run, and nothing here draws.

mod critical_points;
mod point;

pub use critical_points::{CriticalSearch, critical_points};
pub use point::{PointReport, classify};
