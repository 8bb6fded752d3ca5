//! Methods that see curvature.
//!
//! May import `linalg`, the contract of `optim` and its `subproblem` solvers. One method a file.

mod tr;

use super::Method;

/// The methods of this family, in the order in which the window lists them.
pub(super) const METHODS: &[Method] = &[tr::TR];
