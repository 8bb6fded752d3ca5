//! The noise over the steps of runs.

use super::{Along, Found, NoiseArgs, sampled, table};
use crate::cli::CliError;
use crate::cli::arguments::Format;
use crate::cli::progress::Progress;
use crate::export::json::RunHead;
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
    let training = arguments.training.train(&arguments.problem, |problem| sampled(problem).map(drop))?;
    let chosen = arguments.steps.of(&training.stage)?;
    let subject = sampled(&training.stage.problem)?;
    let mut progress = Progress::new(super::MEASURING);
    let (mut done, mut bad) = (0, Vec::new());
    let mut file = File { runs: Vec::new() };
    for (run, steps) in chosen.runs {
        let setup = run.setup();
        let of_method = setup.method.batch(&setup.settings);
        let batch = arguments.problem.batch.map(|batch| batch as usize).or(of_method).unwrap_or(1);
        let (mut warm, mut noise) = (Vec::new(), Vec::new());
        for (k, x) in steps.iter().copied().zip(run.iterates(steps.iter().copied())) {
            let mut tell = |share: f64| progress.say((f64::from(done) + share) / chosen.all as f64);
            let found = Found::at(&subject, &x, arguments.top, &mut warm, &mut tell)?;
            let (status, wrong) = found.status();
            bad.extend(wrong.map(|wrong| format!("{} at step {k}: {wrong}", setup.method.name)));
            noise.push(Column { k, status, along: found.rows(batch) });
            done += 1;
        }
        file.runs.push(RunNoise { run: RunHead::of(run), batch, noise });
    }
    drop(progress);
    if let Some(first) = bad.first() {
        eprintln!("at {} of {} steps the noise is not what was asked for; {first}", bad.len(), chosen.all);
    }
    match arguments.format {
        Format::Json => arguments.output.json(&file)?,
        Format::Csv => {
            let numbered = file.runs.iter().enumerate();
            let points = numbered.flat_map(|(place, run)| {
                let before = move |k: u64| format!("{place},{},{},{k},", run.run.method(), run.run.seed());
                run.noise.iter().map(move |column| (before(column.k), &column.along[..]))
            });
            arguments.output.write(|out| table(out, "run,method,seed,k,", points))?;
        }
    }
    Ok(bad.is_empty())
}
