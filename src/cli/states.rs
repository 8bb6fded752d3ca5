//! The table method × landscape of the states in which runs end.

use super::CliError;
use super::arguments::{StatesArgs, TableFormat};
use super::commands::{seconds, threads};
use crate::measure::race::{Landmarks, Race};
use crate::optim::methods;
use crate::problem::{Objective, landscapes};
use crate::run::Status;
use crate::scene::{MethodSpec, ProblemSpec, Scene};
use serde::Serialize;
use std::io::Write;
use std::sync::Arc;

/// How one method ended on one landscape.
#[derive(Serialize)]
struct End {
    landscape: &'static str,
    method: &'static str,
    #[serde(flatten)]
    status: Status,
    f: f64,
    steps: u32,
}

/// Runs every method with its defaults from the default start of every landscape and writes where each ends.
pub(super) fn states(arguments: &StatesArgs) -> Result<(), CliError> {
    let mut ends = Vec::new();
    for entry in landscapes() {
        ends.extend(ends_on(&entry.id, arguments)?);
    }
    match arguments.format {
        TableFormat::Json => arguments.output.json(&ends),
        TableFormat::Csv => arguments.output.write(|out| write_csv(out, &ends)),
        TableFormat::Markdown => arguments.output.write(|out| write_markdown(out, &ends, arguments.steps)),
    }
}

fn ends_on(landscape: &'static str, arguments: &StatesArgs) -> Result<Vec<End>, CliError> {
    let spec = ProblemSpec::landscape(landscape);
    let problem = spec.open()?;
    let fitting = methods().iter().filter(|m| m.requires.check(&problem).is_ok());
    let methods = fitting.map(|m| MethodSpec::new(m.id)).collect();
    let scene = Scene { methods, steps: arguments.steps, seed: arguments.seed, ..Scene::bare(spec) };
    let stage = scene.open()?;
    let entrants = stage.entrants(&scene.method_names());
    let objective: Arc<dyn Objective> = stage.problem;
    let mut race = Race::new(objective, entrants, 1, Landmarks::default(), seconds)?;
    race.finish(threads());
    let ends = (0..race.entrants().len()).flat_map(|entrant| {
        let method = race.entrants()[entrant].setup.method.id;
        let end = move |status: &Status, f, steps| End { landscape, method, status: status.clone(), f, steps };
        race.outcomes(entrant).map(move |run| end(&run.status, run.f, run.cost.steps))
    });
    Ok(ends.collect())
}

fn write_csv(mut out: impl Write, ends: &[End]) -> std::io::Result<()> {
    writeln!(out, "landscape,method,status,lambda_min,f,steps")?;
    for end in ends {
        let number = |v: Option<f64>| v.filter(|v| v.is_finite()).map_or_else(String::new, |v| format!("{v:e}"));
        let (lambda_min, f) = (number(end.status.lambda_min()), number(Some(end.f)));
        writeln!(out, "{},{},{},{lambda_min},{f},{}", end.landscape, end.method, end.status.id(), end.steps)?;
    }
    out.flush()
}

fn write_markdown(mut out: impl Write, ends: &[End], steps: u64) -> std::io::Result<()> {
    writeln!(out, "# Where methods end\n")?;
    writeln!(
        out,
        "Every method with its defaults from the default start of every landscape, {steps} steps at most, one seed. \
         **min**: a minimum; **saddle**: at rest at a strict saddle, or hovering over it; **flat**: a singular Hessian; **max**: a maximum; **div**: diverged; \
         **still**: no longer moves; **…**: steps spent; **end**: by its own rule, **end <0** where λ_min < 0; empty: the method does not apply.\n"
    )?;
    let mut columns: Vec<&str> = Vec::new();
    for end in ends {
        if !columns.contains(&end.landscape) {
            columns.push(end.landscape);
        }
    }
    writeln!(out, "| |{}", columns.iter().map(|name| format!(" {name} |")).collect::<String>())?;
    writeln!(out, "|---|{}", "---|".repeat(columns.len()))?;
    for method in methods() {
        let cell = |landscape: &&str| {
            let end = ends.iter().find(|end| end.method == method.id && end.landscape == *landscape);
            format!(" {} |", end.map_or("", |end| sign(&end.status)))
        };
        writeln!(out, "| {} |{}", method.id, columns.iter().map(cell).collect::<String>())?;
    }
    out.flush()
}

fn sign(status: &Status) -> &'static str {
    match status {
        Status::Minimum { .. } => "min",
        Status::StrictSaddle { .. } => "saddle",
        Status::Degenerate { .. } => "flat",
        Status::Maximum { .. } => "max",
        Status::Diverged { .. } => "div",
        Status::Stalled { .. } => "still",
        Status::BudgetSpent { .. } => "…",
        Status::Finished { .. } if status.ended_at_negative_curvature() => "end <0",
        Status::Finished { .. } | Status::Running => "end",
    }
}
