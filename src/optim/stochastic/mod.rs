//! Methods that draw random numbers: sampled gradients and kicks that leave saddles.
//!
//! May import `linalg`, the contract of `optim` and the plain step of `first_order`. One method a file. Every random
//! number comes from the oracle's stream.

mod pgd;
mod sgd;

use super::Method;

/// The methods of this family, in the order in which the window lists them.
pub(super) const METHODS: &[Method] = &[sgd::SGD, pgd::PGD];
