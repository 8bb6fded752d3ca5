//! What each command does.

use super::CliError;
use super::arguments::{Command, FieldArgs, Format, Output, RaceArgs, Registry, RunArgs, SubproblemArgs, SubproblemSolver};
use super::network::point;
use super::noise::noise;
use super::problem::ProblemArgs;
use super::progress::Progress;
use super::scenes::{NOTHING_RUNS, load};
use super::slice::slice;
use super::spectrum::spectrum;
use super::states::states;
use super::training::say_ends;
use super::values::{matrix, metric, numbers};
use crate::export;
use crate::linalg::{Vector, all_finite};
use crate::measure::race::{Entrant, Landmarks, Race, Survey, Sweep};
use crate::measure::{CriticalSearch, PointReport, classify};
use crate::optim::subproblem::cubic;
use crate::optim::{Exit, methods};
use crate::problem::data::data_sets;
use crate::problem::network::weights_to_json;
use crate::problem::{Objective, landscapes};
use crate::run::{Run, Status};
use crate::scene::Scene;
use crate::view::Theme;
use serde::Serialize;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

/// Carries out a command. `Ok(false)`: the output is written, and the computation ended badly.
pub(super) fn dispatch(command: &Command) -> Result<bool, CliError> {
    // What cannot be written is said before the work.
    command.output().check()?;
    match command {
        Command::List { what, output } => match what {
            Registry::Landscapes => output.json(&landscapes())?,
            Registry::Methods => output.json(&methods())?,
            Registry::Datasets => output.json(&data_sets())?,
        },
        Command::Eval { problem, at, output } => eval(problem, at, output)?,
        Command::CriticalPoints { problem, format, output } => {
            let opened = problem.open()?;
            let mut search = CriticalSearch::new(&problem.bounds_of(&opened)?);
            let mut progress = Progress::new("looking for critical points");
            while !search.advance(&opened, STARTS) {
                progress.say(search.progress());
            }
            drop(progress);
            let found = search.into_found();
            match format {
                Format::Json => output.json(&found)?,
                Format::Csv => output.write(|out| export::csv::write_points(out, opened.dim(), &found))?,
            }
        }
        Command::Run(arguments) => return run(arguments),
        Command::Race(arguments) => race(arguments)?,
        Command::Sweep(arguments) => sweep(arguments)?,
        Command::States(arguments) => states(arguments)?,
        Command::Spectrum(arguments) => return spectrum(arguments),
        Command::Noise(arguments) => return noise(arguments),
        Command::Slice(arguments) => return slice(arguments),
        Command::Subproblem(arguments) => return solve(arguments),
        Command::Render { scene, step, size, dark, output } => {
            let theme = if *dark { Theme::Dark } else { Theme::Light };
            render(load(scene)?, *step, size, theme, output)?;
        }
    }
    Ok(true)
}

/// Starts of a search for critical points between two looks at the clock.
const STARTS: usize = 4;

/// Most variables of a Hessian that is written.
const MOST_WRITTEN: usize = 1500;

fn eval(problem: &ProblemArgs, at: &str, output: &Output) -> Result<(), CliError> {
    let problem = problem.open()?;
    let x = point(at, &problem)?;
    problem.check_point(&x)?;
    if x.len() > MOST_WRITTEN {
        return Err(CliError::Usage(format!(
            "eval writes the whole Hessian of up to {MOST_WRITTEN} variables; this problem has {}: take spectrum",
            x.len()
        )));
    }
    let report = classify(&problem, &x);
    let smooth = all_finite(&report.gradient) && all_finite(&report.hessian);
    let missing = match (report.value.is_finite(), smooth) {
        (true, true) => None,
        (true, false) => Some("the function has a value here, but no finite derivatives".to_owned()),
        (false, _) => Some("the function has no finite value or derivatives here".to_owned()),
    };
    let kink = || problem.formula().and_then(|formula| formula.kink(&x));
    let hidden = |error: f64| format!("rounding hides curvature here: the eigenvalues are known to ±{error:.1e} only");
    let message = missing.or_else(kink).or_else(|| report.eigenvalue_error.map(hidden));
    if let Some(message) = &message {
        eprintln!("{message}.");
    }
    output.json(&Evaluated { report, message })
}

/// What `eval` writes.
#[derive(Serialize)]
struct Evaluated {
    #[serde(flatten)]
    report: PointReport,
    /// Why the derivatives are not to be trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

fn run(arguments: &RunArgs) -> Result<bool, CliError> {
    let scene = arguments.scene()?;
    let stage = scene.open()?;
    let network = stage.problem.network().map(|problem| Arc::clone(problem.network()));
    let mut runs: Vec<Run> = stage.runs.into_iter().flatten().collect();
    let out = arguments.output.out.as_ref().map(|path| arguments.output.place(path)).transpose()?;
    let file = match (&arguments.weights, &network, &runs[..]) {
        (None, ..) => None,
        (Some(_), None, _) => {
            return Err(CliError::Usage("--weights writes the weights of a network, and this problem is none".to_owned()));
        }
        (Some(path), Some(network), [_]) => {
            let place = arguments.output.place(path)?;
            if out.is_some_and(|out| out == place) {
                return Err(CliError::Usage(format!("--weights and --out are the same file {}: name two", path.display())));
            }
            Some((path, network))
        }
        (Some(_), Some(_), all) => {
            return Err(CliError::Usage(format!("--weights writes the weights of one run, and the scene has {}", all.len())));
        }
    };
    for run in &mut runs {
        run.advance(u64::MAX);
    }
    if runs.is_empty() {
        return Err(CliError::Usage(NOTHING_RUNS.to_owned()));
    }
    arguments.output.write(|out| match arguments.format {
        Format::Json => export::json::write_runs(out, &runs),
        Format::Csv => export::csv::write_runs(out, &runs),
    })?;
    say_ends(&runs);
    if let (Some((path, network)), Some(run)) = (file, runs.first()) {
        if !all_finite(run.position()) {
            eprintln!("the weights at the end are not finite: {} is not written", path.display());
            return Ok(false);
        }
        let text = weights_to_json(run.position(), network.architecture());
        arguments.output.write_file(path, |out| writeln!(out, "{text}"))?;
    }
    Ok(!runs.iter().any(|run| run.status().is_bad()))
}

/// The methods of a scene as entrants, and what they are measured against.
struct Field {
    objective: Arc<dyn Objective>,
    entrants: Vec<Entrant>,
    landmarks: Landmarks,
}

fn field(arguments: &FieldArgs) -> Result<Field, CliError> {
    let scene = arguments.scene()?;
    let stage = scene.open()?;
    let mut survey = Survey::new(&stage.problem);
    let mut progress = Progress::new("looking for critical points");
    while !survey.advance(&stage.problem, STARTS) {
        progress.say(survey.progress());
    }
    drop(progress);
    let landmarks = stage.landmarks(survey.points());
    let entrants = stage.entrants(&scene.method_names());
    if entrants.is_empty() {
        return Err(CliError::Usage(NOTHING_RUNS.to_owned()));
    }
    Ok(Field { objective: stage.problem, entrants, landmarks })
}

fn race(arguments: &RaceArgs) -> Result<(), CliError> {
    let Field { objective, entrants, landmarks } = field(&arguments.field)?;
    let mut race = Race::new(objective, entrants, arguments.field.seeds.into(), landmarks, seconds)?;
    race.finish(threads());
    arguments.field.output.write(|out| match arguments.field.format {
        Format::Json => export::race::write_json(out, &race, arguments.axis),
        Format::Csv => export::race::write_csv(out, &race, &race.standings()),
    })?;
    for row in race.standings() {
        let name = |status: &Status| if matches!(status, Status::Finished { .. }) { status.words() } else { status.id() };
        let states: Vec<String> = row.states.iter().map(|state| format!("{} {}", state.count, name(&state.status))).collect();
        eprintln!("{}: f {} (median of {}); {}", row.name, short(row.f.median), row.runs, states.join(", "));
    }
    Ok(())
}

fn sweep(arguments: &FieldArgs) -> Result<(), CliError> {
    let Field { objective, entrants, landmarks } = field(arguments)?;
    let mut sweep = Sweep::new(objective, &entrants, arguments.seeds.into(), landmarks, seconds)?;
    if let Some(sentence) = sweep.left_out() {
        eprintln!("{sentence}");
    }
    sweep.finish(threads());
    arguments.output.write(|out| match arguments.format {
        Format::Json => export::race::write_sweep_json(out, &sweep),
        Format::Csv => export::race::write_sweep_csv(out, &sweep),
    })
}

/// A number for a sentence: with a power of ten where it would be long.
fn short(v: f64) -> String {
    let plain = v == 0.0 || !v.is_finite() || (1e-4..1e6).contains(&v.abs());
    if plain { format!("{}", (v * 1e9).round() / 1e9) } else { format!("{v:.4e}") }
}

pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Seconds since the program's first question.
pub(super) fn seconds() -> f64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGIN.elapsed().as_secs_f64()
}

fn solve(arguments: &SubproblemArgs) -> Result<bool, CliError> {
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
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'static str>,
    }
    let g = numbers(&arguments.gradient, "--gradient")?;
    let h = matrix(&arguments.hessian, "--hessian", g.len())?;
    let metric = metric(arguments.metric.as_deref(), g.len())?;
    let positive = |name: &str, value: Option<f64>| match value {
        Some(v) if v > 0.0 && v.is_finite() => Ok(v),
        Some(v) => Err(CliError::Usage(format!("{name} is {v}; it must be a positive number"))),
        None => Err(CliError::Usage(format!("this solver needs {name}, a positive number"))),
    };
    let (solution, on_boundary) = match arguments.solver {
        SubproblemSolver::Cubic => (cubic(&g, &h, positive("--sigma", arguments.sigma)?), false),
        SubproblemSolver::Region(solver) => {
            let radius = positive("--radius", arguments.radius)?;
            let solution = solver.solve(&g, &h, &metric, radius);
            let on_boundary = solution.norm >= radius * (1.0 - 1e-10);
            (solution, on_boundary)
        }
    };
    let finite = all_finite(&solution.step) && solution.model_decrease.is_finite();
    let message = (!finite).then_some("the numbers leave the range of a double: scale the problem");
    if let Some(message) = message {
        eprintln!("{message}.");
    }
    arguments.output.json(&Answer {
        on_boundary,
        hard_case: solution.exit == Exit::HardCase,
        step: solution.step,
        multiplier: solution.multiplier,
        model_decrease: solution.model_decrease,
        norm: solution.norm,
        path: solution.path.into_iter().collect(),
        exit: solution.exit,
        message,
    })?;
    Ok(finite)
}

fn render(mut scene: Scene, step: Option<u64>, size: &str, theme: Theme, output: &Output) -> Result<(), CliError> {
    let side = |text: &str| text.parse::<u32>().ok().filter(|v| (1..=export::png::MAX_SIDE).contains(v));
    let Some((width, height)) = size.split_once('x').and_then(|(w, h)| Some((side(w)?, side(h)?))) else {
        return Err(CliError::Usage(format!(
            "--size takes WIDTHxHEIGHT in pixels from 1 to {}, not \"{size}\"",
            export::png::MAX_SIDE
        )));
    };
    let Some(path) = &output.out else {
        return Err(CliError::Usage("render writes a picture: name it with --out FILE.png".to_owned()));
    };
    if path.extension().is_none_or(|e| !e.eq_ignore_ascii_case("png")) {
        return Err(CliError::Usage(format!("{}: the picture's name must end in .png", path.display())));
    }
    scene.playback.step = step.unwrap_or(scene.playback.step);
    let picture = export::scene::png(&scene, width, height, theme)?;
    if let Some(note) = &picture.note {
        eprintln!("{note}.");
    }
    output.write(|out| out.write_all(&picture.png))
}
