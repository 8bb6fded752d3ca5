//! The noise over the steps of runs.

use super::{Along, Found, NoiseArgs, sampled, table};
use crate::cli::CliError;
use crate::cli::arguments::Format;
use crate::cli::training::{LINE_HEADS, line_begin};
use crate::export::json::RunHead;
use crate::run::Run;
use serde::Serialize;

/// A run with the noise along it.
#[derive(Serialize)]
struct RunNoise {
    #[serde(flatten)]
    run: RunHead,
    /// Samples of the stochastic gradient.
    batch: usize,
    noise: Vec<Column>,
}

/// The noise at a step.
#[derive(Serialize)]
struct Column {
    k: u64,
    /// `done`, `not_finite` or `budget_spent`.
    status: &'static str,
    along: Vec<Along>,
}

#[derive(Serialize)]
struct File {
    runs: Vec<RunNoise>,
}

/// The noise over the runs that are asked for; `Ok(false)`: it is written, and not all of it is what was asked for.
pub(super) fn over_runs(arguments: &NoiseArgs) -> Result<bool, CliError> {
    let training = arguments.place.training.train(&arguments.problem, |problem| sampled(problem).map(drop))?;
    let chosen = arguments.place.chosen(&training.stage)?;
    let subject = sampled(&training.stage.problem)?;
    let batch_of = |run: &Run| {
        let of_method = run.setup().method.batch(&run.setup().settings);
        arguments.problem.batch.map(|batch| batch as usize).or(of_method).unwrap_or(1)
    };
    let mut bad = Vec::new();
    let found = chosen.look(super::MEASURING, |run, k, x, warm, tell| {
        let found = Found::at(&subject, x, arguments.top, warm, tell)?;
        let (status, wrong) = found.status();
        bad.extend(wrong.map(|wrong| format!("{} at step {k}: {wrong}", run.setup().method.name)));
        Ok(Column { k, status, along: found.rows(batch_of(run)) })
    })?;
    let batches = chosen.runs.iter().map(|(run, _)| batch_of(run));
    let runs = found.into_iter().zip(batches).map(|((run, noise), batch)| RunNoise { run, batch, noise });
    let file = File { runs: runs.collect() };
    if let Some(first) = bad.first() {
        eprintln!("at {} of {} steps the noise is not what was asked for; {first}", bad.len(), chosen.all);
    }
    match arguments.format {
        Format::Json => arguments.output.json(&file)?,
        Format::Csv => {
            let numbered = file.runs.iter().enumerate();
            let points = numbered.flat_map(|(place, run)| {
                run.noise.iter().map(move |column| (line_begin(place, &run.run, column.k), &column.along[..]))
            });
            arguments.output.write(|out| table(out, LINE_HEADS, points))?;
        }
    }
    Ok(bad.is_empty())
}
