//! Methods that draw random numbers: sampled gradients and kicks that leave saddles.
//!
//! May import `linalg`, the contract of `optim` and the records of `first_order`. One method a file. Every random
//! number comes from the oracle's stream.
