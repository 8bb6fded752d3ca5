//! The rooms of saddlescope that compute: formulas, networks, methods, runs and what is measured along them.
//!
//! The lower half of the stack of rooms under `src/`, and a crate of its own so that the page, which is compiled for size, has it compiled
//! for speed. The crate `saddlescope` shows the same rooms under its own name, with the rooms above them.

pub mod formula;
pub mod linalg;
pub mod measure;
pub mod optim;
pub mod problem;
pub mod run;
