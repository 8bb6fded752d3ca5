//! `slice`: a function on a plane, and the path of runs in it.

use super::CliError;
use super::arguments::{Format, Output};
use super::commands::threads;
use super::problem::ProblemArgs;
use super::progress::{Progress, finish};
use super::spectrum::{FINDING, opened};
use super::training::{TrainingArgs, say_ends, steps_of};
use super::values::domain;
use crate::export;
use crate::export::json::RunHead;
use crate::export::slice::{Line, PathPoint, RunPath, SliceFile};
use crate::linalg::all_finite;
use crate::measure::interpolation::InterpolationJob;
use crate::measure::plane_grid::PlaneGridJob;
use crate::measure::slice::{Along, directions};
use crate::measure::{NetworkSlice, SliceKind};
use crate::problem::{Cut, NetworkProblem, Objective, Problem};
use crate::run::Run;
use crate::scene::SliceSpec;
use clap::Args;
use std::sync::Arc;

/// What takes its time.
const COMPUTING: &str = "computing values";

/// The arguments of `slice`.
#[derive(Debug, Args)]
pub struct SliceArgs {
    /// The network, or a landscape or formula.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// A file of weights, or a point such as "1,2,3" of three variables or more, through which the plane goes; without, that of the map.
    #[arg(long, allow_hyphen_values = true, value_name = "FILE.json|X,Y,Z", conflicts_with_all = ["scene", "run"])]
    pub at: Option<String>,
    /// What runs, where the plane goes through a step of a run or along its path.
    #[command(flatten)]
    pub training: TrainingArgs,
    /// Along what a network is cut: random (filters as long as those of the weights), path (its two principal components), line (from its start
    /// to its end), top (the eigenvectors of the two largest eigenvalues), negative (of the smallest and the largest one). Without: the scene's
    /// own, or random. A landscape or formula has the plane of its map.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<SliceKind>,
    /// Through which step of the run; without, the scene's own, or the last one of --run. Planes of a path go through its end, and lines from
    /// its start.
    #[arg(long, value_name = "K")]
    pub step: Option<u64>,
    /// Seed of random directions; the network's own without.
    #[arg(long, value_name = "SEED")]
    pub slice_seed: Option<u64>,
    /// Nodes along each side of the grid; one variable has one row.
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u16).range(2..=2001))]
    pub grid: u16,
    /// The box in the coordinates of the plane; without, the domain of the plane.
    #[arg(long = "box", allow_hyphen_values = true, value_name = "U0:U1,V0:V1", conflicts_with = "domain")]
    pub bounds: Option<String>,
    /// Points of each path, equally spaced steps from the first to the last; 101 without.
    #[arg(long, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    pub points: Option<u64>,
    /// What to write: JSON, or the table of u, v and the value.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

fn kind(name: &str) -> Result<SliceKind, String> {
    let names = || SliceKind::ALL.map(|(kind, ..)| kind.id()).join(", ");
    let found = SliceKind::ALL.into_iter().map(|(kind, ..)| kind).find(|kind| kind.id() == name);
    found.ok_or_else(|| format!("the kinds are {}", names()))
}

fn refused<T>(sentence: &str) -> Result<T, CliError> {
    Err(CliError::Usage(sentence.to_owned()))
}

impl SliceArgs {
    /// Refuses options that have nothing to act on.
    fn check(&self, problem: &Problem) -> Result<(), CliError> {
        let of_path = self.kind.is_some_and(SliceKind::is_of_path);
        let runs = self.training.is_asked();
        match problem.network() {
            None if self.kind.is_some() || self.slice_seed.is_some() => {
                refused("--kind and --slice-seed cut the loss of a network; this problem has one plane, that of its map")
            }
            None if problem.dim() <= 2 && (self.at.is_some() || self.step.is_some()) => {
                refused("in two variables or one the plane is the whole space: leave --at and --step out")
            }
            _ if self.step.is_some() && !runs => refused("--step is that of a run: add --run ID, or name a scene"),
            _ if self.points.is_some() && !runs => refused("--points are those of a path: add --run ID, or name a scene"),
            _ if of_path && !runs => refused("a plane of a path needs one: add --run ID, or name a scene"),
            _ if of_path && self.step.is_some() => refused("a plane of a path goes through its end: leave --step out"),
            _ if self.slice_seed.is_some() && self.kind.is_some_and(|kind| kind != SliceKind::Random) => {
                refused("--slice-seed is that of random directions: leave --kind out")
            }
            _ => Ok(()),
        }
    }
}

/// What is cut, and through what.
struct Place {
    problem: Arc<Problem>,
    runs: Vec<Run>,
    /// Along what a network is cut.
    kind: SliceKind,
    seed: Option<u64>,
    /// The point through which the plane goes; that of the map without.
    at: Option<Vec<f64>>,
    /// The run and its step that `at` is of, or that the plane is along.
    through: Option<(usize, u64)>,
}

impl Place {
    fn of(arguments: &SliceArgs) -> Result<Self, CliError> {
        let (kind, seed) = (arguments.kind, arguments.slice_seed);
        if !arguments.training.is_asked() {
            let (problem, at) = opened(&arguments.problem, arguments.at.as_deref())?;
            arguments.check(&problem)?;
            let at = Some(at).filter(|_| arguments.at.is_some() || problem.network().is_some());
            return Ok(Self { problem, runs: Vec::new(), kind: kind.unwrap_or_default(), seed, at, through: None });
        }
        let training = arguments.training.train(&arguments.problem, |problem| arguments.check(problem))?;
        let (scene, stage) = (training.scene, training.stage);
        let is_network = stage.problem.network().is_some();
        let spec = scene.view.slice.filter(|_| is_network);
        let runs = |index: usize| stage.runs.get(index).is_some_and(Option::is_some);
        let index = spec.map(|spec: SliceSpec| spec.method).or_else(|| scene.chosen(runs));
        let kind = kind.or(spec.map(|spec| spec.kind));
        // As the map does, which without a slice of its own shows the plane through the start.
        let unasked = arguments.training.scene.is_some() && kind.is_none() && arguments.step.is_none();
        let all = |runs: Vec<Option<Run>>| runs.into_iter().flatten().collect();
        if unasked || !is_network && arguments.step.is_none() {
            let (at, problem) = (is_network.then(|| stage.start.to_vec()), stage.problem);
            return Ok(Self { problem, runs: all(stage.runs), kind: kind.unwrap_or_default(), seed, at, through: None });
        }
        let Some(index) = index.filter(|index| runs(*index)) else {
            return refused("the method through which the scene's plane goes is switched off, and no other runs: switch one on");
        };
        let place = stage.runs[..index].iter().flatten().count();
        let run = stage.runs[index].as_ref();
        let (kind, (first, last)) = (kind.unwrap_or_default(), run.map_or((0, 0), |run| (run.trace().first(), run.len())));
        let own = if arguments.training.scene.is_some() { scene.playback.step } else { last };
        let wanted = arguments.step.or(spec.map(|spec| spec.step)).unwrap_or(own);
        let step = match kind {
            SliceKind::Path => last,
            SliceKind::Line => first,
            _ => run.map_or(0, |run| run.nearest(wanted)),
        };
        if arguments.step.is_some_and(|asked| asked != step) {
            eprintln!("the run has steps {first} to {last}: the plane goes through step {step}");
        }
        let at = run.map(|run| run.iterate(step).to_vec());
        let seed = seed.or(spec.and_then(|spec| spec.seed));
        Ok(Self { problem: stage.problem, runs: all(stage.runs), kind, seed, at, through: Some((place, step)) })
    }

    /// The plane with its box, and along what it goes.
    fn cut(&self) -> Result<(Cut, Option<Along>), CliError> {
        let finite = self.at.as_ref().is_none_or(|at| all_finite(at));
        if !finite {
            return refused("the point at this step is not finite: take --step of an earlier one");
        }
        match (self.problem.network(), &self.at) {
            (Some(network), Some(at)) => {
                let NetworkSlice { cut, along } = self.cut_network(network, at)?;
                Ok((cut, Some(along)))
            }
            (None, Some(at)) => {
                let Cut { plane, domain } = self.problem.cut();
                Ok((Cut { plane: plane.through(at), domain }, None))
            }
            (_, None) => Ok((self.problem.cut(), None)),
        }
    }

    fn cut_network(&self, network: &NetworkProblem, at: &[f64]) -> Result<NetworkSlice, CliError> {
        let kind = self.kind;
        let run = self.through.map(|(index, _)| &self.runs[index]);
        let found = if kind.needs_eigenvectors() {
            let ends = directions(network.network(), at, kind).and_then(|job| finish(job, FINDING));
            ends.and_then(|ends| NetworkSlice::of_eigenvectors(network.network(), at, kind, &ends))
        } else {
            NetworkSlice::new(network, at, kind, self.seed, run)
        };
        match found {
            Some(slice) => Ok(slice),
            None if kind.is_of_path() => refused("the path stays at its start or is not finite: it spans no plane"),
            None => refused("the eigenvectors at these weights span no plane, or its numbers are not finite"),
        }
    }
}

/// `slice`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn slice(arguments: &SliceArgs) -> Result<bool, CliError> {
    let bounds = match (&arguments.bounds, &arguments.problem.domain) {
        (Some(text), _) => Some(domain(text, "--box", ["u", "v"])?),
        (None, Some(text)) => Some(domain(text, "--domain", ["x", "y"])?),
        _ => None,
    };
    let place = Place::of(arguments)?;
    let (mut cut, along) = place.cut()?;
    cut.domain = bounds.unwrap_or(cut.domain);
    let objective: Arc<dyn Objective> = Arc::<Problem>::clone(&place.problem);
    let job = PlaneGridJob::new(Arc::clone(&objective), cut.clone(), arguments.grid.into(), threads());
    let grid = finish(job, COMPUTING).unwrap_or_default();
    let f = place.problem.value(&cut.plane.origin);
    let (mut paths, mut line) = (Vec::new(), None);
    if arguments.format == Format::Json {
        paths = place.runs.iter().map(|run| path(run, &place.problem, &cut, arguments.points.unwrap_or(101))).collect();
        let run = place.through.filter(|_| along == Some(Along::Line)).map(|(index, _)| &place.runs[index]);
        let job = run.map(|run| InterpolationJob::new(objective, &run.iterate(run.trace().first()), run.position()));
        line = job.and_then(|job| finish(job, COMPUTING)).as_ref().map(Line::of);
    }
    let (status, message) = match along {
        _ if !f.is_finite() => ("not_finite", "The function is not finite at the point through which the plane goes."),
        _ if !grid.values.iter().any(|v| v.is_finite()) => ("not_finite", "The function is finite nowhere on the grid."),
        Some(Along::Eigenvectors { converged: false, .. }) => {
            ("budget_spent", "The products are spent before both eigenvectors have converged: see the residuals.")
        }
        _ => ("done", "The slice is found."),
    };
    say_ends(&place.runs);
    if status != "done" {
        eprintln!("{message}");
    }
    let file = SliceFile {
        status,
        message,
        parameters: place.problem.dim(),
        kind: along.map(|_| place.kind),
        along,
        through: place.through,
        f,
        cut: &cut,
        grid: &grid,
        line,
        runs: paths,
    };
    arguments.output.write(|out| match arguments.format {
        Format::Json => export::slice::write_json(out, &file),
        Format::Csv => export::slice::write_csv(out, &grid),
    })?;
    Ok(status == "done")
}

/// The path of a run in the plane, with its distance from it, and f at its points and at their feet.
fn path(run: &Run, problem: &Problem, cut: &Cut, points: u64) -> RunPath {
    let steps = steps_of(run, None, points);
    let mut progress = Progress::new("following the path");
    let mut path = Vec::with_capacity(steps.len());
    for (k, x) in steps.iter().zip(run.iterates(steps.iter().copied())) {
        let ([u, v], distance) = cut.plane.project(&x);
        let (f, f_in_plane) = (problem.value(&x), problem.value(&cut.plane.point(u, v)));
        path.push(PathPoint { k: *k, u, v, distance, f, f_in_plane });
        progress.say(path.len() as f64 / steps.len() as f64);
    }
    RunPath { run: RunHead::of(run), path }
}
