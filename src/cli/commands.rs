//! What each command does.

use super::CliError;
use super::arguments::{Command, Format, Output, ProblemArgs, Registry, RunArgs, SubproblemArgs, matrix, metric, numbers};
use crate::export;
use crate::linalg::Vector;
use crate::measure::{classify, critical_points};
use crate::optim::{Exit, methods};
use crate::problem::landscapes;
use crate::run::Run;
use crate::scene::Scene;
use serde::Serialize;

/// Carries out a command. `Ok(false)`: the output is written, and the computation ended badly.
pub(super) fn dispatch(command: &Command) -> Result<bool, CliError> {
    match command {
        Command::List { what, output } => match what {
            Registry::Landscapes => output.json(&landscapes())?,
            Registry::Methods => output.json(&methods())?,
        },
        Command::Eval { problem, at, output } => eval(problem, at, output)?,
        Command::CriticalPoints { problem, output } => {
            let opened = problem.open()?;
            output.json(&critical_points(&opened, &problem.bounds_of(&opened)?))?;
        }
        Command::Run(arguments) => return run(arguments),
        Command::Subproblem(arguments) => solve(arguments)?,
    }
    Ok(true)
}

fn eval(problem: &ProblemArgs, at: &str, output: &Output) -> Result<(), CliError> {
    let problem = problem.open()?;
    let x = numbers(at, "--at")?;
    problem.check_point(&x)?;
    output.json(&classify(&problem, &x))
}

fn run(arguments: &RunArgs) -> Result<bool, CliError> {
    let runs = race(&arguments.scene()?)?;
    let out = arguments.output.open()?;
    match arguments.format {
        Format::Json => export::json::write_runs(out, &runs)?,
        Format::Csv => export::csv::write_runs(out, &runs)?,
    }
    for run in &runs {
        eprintln!("{} after {} steps: {}", run.setup().method.name, run.len(), run.status().message());
    }
    Ok(!runs.iter().any(|run| run.status().is_bad()))
}

/// All runs of a scene, to their ends.
fn race(scene: &Scene) -> Result<Vec<Run>, CliError> {
    let mut runs: Vec<Run> = scene.open()?.runs.into_iter().flatten().collect();
    for run in &mut runs {
        run.advance(u64::MAX);
    }
    Ok(runs)
}

fn solve(arguments: &SubproblemArgs) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct Answer {
        step: Vector,
        multiplier: f64,
        model_decrease: f64,
        norm: f64,
        on_boundary: bool,
        hard_case: bool,
        path: Vec<Vector>,
        exit: Exit,
    }
    let g = numbers(&arguments.gradient, "--gradient")?;
    let h = matrix(&arguments.hessian, "--hessian", g.len())?;
    let metric = metric(arguments.metric.as_deref(), g.len())?;
    let radius = arguments.radius;
    if !(radius > 0.0 && radius.is_finite()) {
        return Err(CliError::Usage(format!("--radius is {radius}; it must be a positive number")));
    }
    let solution = arguments.solver.solve(&g, &h, &metric, radius);
    let on_boundary = solution.norm >= radius * (1.0 - 1e-10);
    arguments.output.json(&Answer {
        on_boundary,
        hard_case: solution.exit == Exit::HardCase,
        step: solution.step,
        multiplier: solution.multiplier,
        model_decrease: solution.model_decrease,
        norm: solution.norm,
        path: solution.path.into_iter().collect(),
        exit: solution.exit,
    })
}
