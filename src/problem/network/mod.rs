//! Multilayer perceptrons: value, gradient, per-sample gradients, Hessian and Gauss-Newton products and matrices, exact in f64.
//!
//! May import `linalg` and the contract of `problem`. The arithmetic is the crate `saddlescope-kernels`; `model` is the objective
//! made of it, `init` the weights to begin with, `inspect` what single units do.

mod init;
mod inspect;
mod model;

pub use init::{Init, WeightsError, is_weights_file, weights_from_json, weights_to_json};
pub use model::Network;
pub use saddlescope_kernels::{Activation, Architecture, ArchitectureError, Curvature, Layer, Loss, MOST_PARAMETERS, Rows};

/// Why a network cannot be put on its samples.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// A sample is too short or too long.
    #[error("the {what} of a sample are {given} numbers; the network takes {expected}")]
    BadWidth {
        /// "inputs" or "targets".
        what: &'static str,
        /// Width of the layer.
        expected: usize,
        /// Width of the row.
        given: usize,
    },
    /// No samples, or not as many targets as inputs.
    #[error("there are {inputs} inputs and {targets} targets; a network needs at least one sample, and a target for each")]
    BadCount {
        /// Rows of inputs.
        inputs: usize,
        /// Rows of targets.
        targets: usize,
    },
    /// No weight decay.
    #[error("l2 = {0} is not allowed; it must be a finite number from 0 on")]
    BadL2(f64),
}
