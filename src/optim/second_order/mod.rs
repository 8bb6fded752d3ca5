//! Methods that see curvature.
//!
//! May import `linalg`, the contract of `optim` and its `subproblem` solvers. One method a file.

mod tr;

pub(super) use tr::TR;
