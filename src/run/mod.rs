//! Runs: a method on an objective as a recording.
//!
//! May import `formula`, `linalg`, `problem` and `optim`. A [`Run`] is deterministic from its [`Setup`]; it can be
//! advanced, read at any step, and forked. Nothing here knows a picture.

mod driver;
mod growth;
mod hover;
mod part;
mod replay;
mod status;
mod trace;

pub use driver::{Run, Setup};
pub use growth::{Fork, Grown, Growth};
pub use part::{Mark, Part};
pub use replay::Replay;
pub use status::{End, Status, StopRules};
pub use trace::{Row, Trace};
