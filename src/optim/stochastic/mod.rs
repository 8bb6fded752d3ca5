//! Methods that draw random numbers: sampled gradients and kicks that leave saddles.
//!
//! May import `linalg`, the contract of `optim` and the plain step of `first_order`. One method a file. Every random
//! number comes from the oracle's stream.

mod pgd;
mod sgd;

pub(super) use pgd::PGD;
pub(super) use sgd::SGD;
