//! The spectrum over the steps of runs.

use super::report::Report;
use super::{SpectrumArgs, check, table};
use crate::cli::CliError;
use crate::cli::arguments::Format;
use crate::cli::progress::Progress;
use crate::cli::training::Chosen;
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
    let training = arguments.training.train(&arguments.problem, |problem| check(arguments, problem))?;
    let Chosen { runs, all } = arguments.steps.of(&training.stage)?;
    let mut progress = Progress::new(super::FINDING);
    let mut done = 0;
    let mut file = File { runs: Vec::new() };
    for (run, steps) in runs {
        let (mut warm, mut spectra) = (Vec::new(), Vec::new());
        for (k, x) in steps.iter().copied().zip(run.iterates(steps.iter().copied())) {
            let mut tell = |share: f64| progress.say((done as f64 + share) / all as f64);
            let report = Report::new(arguments, &training.stage.problem, &x, &mut warm, &mut tell)?;
            spectra.push(Column { k, report });
            done += 1;
        }
        file.runs.push(RunSpectra { run: RunHead::of(run), spectra });
    }
    drop(progress);
    let numbered = || file.runs.iter().enumerate();
    let columns = || numbered().flat_map(|(place, run)| run.spectra.iter().map(move |column| (place, run, column)));
    let bad: Vec<_> = columns().filter(|(_, _, column)| !column.report.is_good()).collect();
    if let Some((_, run, Column { k, report })) = bad.first() {
        eprintln!(
            "{} of {all} spectra are not what was asked for; {} at step {k}: {}",
            bad.len(),
            run.run.method(),
            report.message
        );
    }
    match arguments.format {
        Format::Json => arguments.output.json(&file)?,
        Format::Csv => {
            let before = |place: usize, run: &RunSpectra, k: u64| format!("{place},{},{},{k},", run.run.method(), run.run.seed());
            let lines = columns().map(|(place, run, Column { k, report })| (before(place, run, *k), report));
            arguments.output.write(|out| table(out, "run,method,seed,k,", lines))?;
        }
    }
    Ok(bad.is_empty())
}
