//! The spectrum over the steps of runs.

use super::report::Report;
use super::{SpectrumArgs, check, table};
use crate::cli::CliError;
use crate::cli::arguments::Format;
use crate::cli::training::{LINE_HEADS, line_begin};
use crate::export::json::RunHead;
use serde::Serialize;

/// A run with its spectra.
#[derive(Serialize)]
struct RunSpectra {
    #[serde(flatten)]
    run: RunHead,
    spectra: Vec<Column>,
}

/// The spectrum at a step.
#[derive(Serialize)]
struct Column {
    k: u64,
    #[serde(flatten)]
    report: Report,
}

#[derive(Serialize)]
struct File {
    runs: Vec<RunSpectra>,
}

/// The spectra over the runs that are asked for; `Ok(false)`: they are written, and not all are what was asked for.
pub(super) fn over_runs(arguments: &SpectrumArgs) -> Result<bool, CliError> {
    let training = arguments.place.training.train(&arguments.problem, |problem| check(arguments, problem))?;
    let chosen = arguments.place.chosen(&training.stage)?;
    let found = chosen.look(super::FINDING, |_, k, x, warm, tell| {
        Ok(Column { k, report: Report::new(arguments, &training.stage.problem, x, warm, tell)? })
    })?;
    let file = File { runs: found.into_iter().map(|(run, spectra)| RunSpectra { run, spectra }).collect() };
    let numbered = || file.runs.iter().enumerate();
    let columns = || numbered().flat_map(|(place, run)| run.spectra.iter().map(move |column| (place, run, column)));
    let bad: Vec<_> = columns().filter(|(_, _, column)| !column.report.is_good()).collect();
    if let Some((_, run, Column { k, report })) = bad.first() {
        eprintln!(
            "{} of {} spectra are not what was asked for; {} at step {k}: {}",
            bad.len(),
            chosen.all,
            run.run.method(),
            report.message
        );
    }
    match arguments.format {
        Format::Json => arguments.output.json(&file)?,
        Format::Csv => {
            let lines = columns().map(|(place, run, Column { k, report })| (line_begin(place, &run.run, *k), report));
            arguments.output.write(|out| table(out, LINE_HEADS, lines))?;
        }
    }
    Ok(bad.is_empty())
}
