//! Networks as problems of scenes and of the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod commands;
mod problems;

use saddlescope::problem::NetworkSpec;
use saddlescope::problem::network::{Activation, Loss};

fn small() -> NetworkSpec {
    NetworkSpec::on_set(&[2, 4, 1], Activation::Tanh, Loss::Mse, "circles")
}
