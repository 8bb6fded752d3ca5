//! The binary of saddlescope: the headless commands, or the window.

use std::process::ExitCode;

fn main() -> ExitCode {
    match saddlescope::cli::parse() {
        Err(status) => status,
        Ok(arguments) => match &arguments.command {
            Some(command) => saddlescope::cli::run(command),
            None => match arguments.scene() {
                Err(error) => saddlescope::cli::refuse(&error),
                Ok(_) => saddlescope::cli::refuse(&"this build has no window; see saddlescope --help for the commands"),
            },
        },
    }
}
