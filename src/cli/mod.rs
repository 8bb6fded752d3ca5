//! The headless commands: everything that the window computes, as JSON on standard output.
//!
//! May import every room but `render` and `ui`. Arguments become a [`Scene`](crate::scene::Scene) or a call of the core;
//! nothing is computed here. Exit status: 0 done, 1 the computation ended badly, 2 bad input in one sentence.

mod arguments;
mod commands;
mod network;
mod noise;
mod output;
mod preset;
mod problem;
mod progress;
mod scenes;
mod slice;
mod spectrum;
mod states;
mod training;
mod values;

pub use arguments::{Arguments, Command};

use crate::export::scene::RenderError;
use crate::formula::FormulaError;
use crate::measure::spectrum::SpectrumError;
use crate::optim::SettingsError;
use crate::problem::ProblemError;
use crate::scene::SceneError;
use clap::{CommandFactory, FromArgMatches};
use std::any::TypeId;
use std::process::ExitCode;

/// Why a command was not carried out; each message is one sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The words of the command do not fit together.
    #[error("{0}")]
    Usage(String),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file is there already.
    #[error("{0} is there already; add --force to overwrite it")]
    Exists(String),
    /// The output stream broke.
    #[error("the output could not be written: {0}")]
    Output(#[from] std::io::Error),
    /// A scene is wrong.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// A picture cannot be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A problem is wrong.
    #[error(transparent)]
    Problem(#[from] ProblemError),
    /// A formula is wrong.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// There is no such matrix here.
    #[error(transparent)]
    Spectrum(#[from] SpectrumError),
    /// A method or its settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// What numbers of the command line are.
const NUMBERS: [fn() -> TypeId; 7] = [
    TypeId::of::<f64>,
    TypeId::of::<u16>,
    TypeId::of::<u32>,
    TypeId::of::<u64>,
    TypeId::of::<usize>,
    TypeId::of::<training::Steps>,
    TypeId::of::<noise::Units>,
];

/// Reads the words of the command line. Where they are wrong, or ask for help, everything is said already and the exit
/// status is returned.
///
/// # Errors
/// The exit status: 0 after help, 2 after one sentence about what is wrong.
pub fn parse() -> Result<Arguments, ExitCode> {
    // "-1" is a number wherever one is wanted, and gets the sentence about it.
    let number = |word: clap::Arg| {
        let of = word.get_value_parser().type_id();
        let is_number = NUMBERS.iter().any(|number| of == number()) && word.get_action().takes_values();
        if is_number { word.allow_hyphen_values(true) } else { word }
    };
    let command = Arguments::command().mut_subcommands(|command| command.mut_args(number));
    let parsed = command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    parsed.map_err(|error| {
        if error.use_stderr() {
            let text = error.to_string();
            let ends = |line: &str| line.starts_with("Usage") || line.starts_with("For more information");
            let words: Vec<&str> = text.lines().map(str::trim).take_while(|l| !ends(l)).filter(|l| !l.is_empty()).collect();
            let said = words
                .join(" ")
                .replace(" tip: ", "; ")
                .replace("invalid digit found in string", "it must be a whole number from 0 on");
            refuse(&said.trim_start_matches("error: "))
        } else {
            print!("{error}");
            ExitCode::SUCCESS
        }
    })
}

/// Says in one sentence what is wrong; the exit status of bad input.
pub fn refuse(message: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("saddlescope: {message}");
    ExitCode::from(2)
}

/// Carries out a command; messages go to standard error.
pub fn run(command: &Command) -> ExitCode {
    match commands::dispatch(command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(CliError::Output(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => refuse(&error),
    }
}
