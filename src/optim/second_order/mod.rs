//! Methods that see curvature.
//!
//! May import `linalg`, the contract of `optim` and its `subproblem` solvers. One method a file.

mod adan;
mod arc;
mod damped_newton;
mod gauss_newton;
mod levenberg_marquardt;
mod newton;
mod part;
mod regularized_newton;
mod saddle_free_newton;
mod spectral;
mod storm;
mod subsampled_arc;
mod tr;
mod truncated;

use super::Method;

/// The methods of this family, in the order in which the window lists them.
pub(super) const METHODS: &[Method] = &[
    newton::NEWTON,
    damped_newton::DAMPED_NEWTON,
    saddle_free_newton::SADDLE_FREE_NEWTON,
    gauss_newton::GAUSS_NEWTON,
    levenberg_marquardt::LEVENBERG_MARQUARDT,
    regularized_newton::REGULARIZED_NEWTON,
    adan::ADAN,
    arc::ARC,
    subsampled_arc::SUBSAMPLED_ARC,
    tr::TR,
    storm::STORM,
];
