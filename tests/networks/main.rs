//! Networks as problems of scenes and of the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod along_runs;
mod commands;
mod files;
mod problems;

use saddlescope::problem::NetworkSpec;
use saddlescope::problem::network::{Activation, Loss};
use serde_json::Value;
use std::process::{Command, Output};

fn small() -> NetworkSpec {
    NetworkSpec::on_set(&[2, 4, 1], Activation::Tanh, Loss::Mse, "circles")
}

fn saddlescope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_saddlescope")).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = saddlescope(arguments);
    assert!(output.status.code() != Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(arguments: &[&str]) -> String {
    let output = saddlescope(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {message}");
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    message
}
