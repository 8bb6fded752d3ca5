//! `slice`: a function on a plane, and the path of runs in it.

use super::CliError;
use super::arguments::{Format, Output};
use super::commands::threads;
use super::problem::ProblemArgs;
use super::progress::finish;
use super::spectrum::opened;
use super::training::{Training, TrainingArgs, steps_of};
use super::values::domain;
use crate::export;
use crate::export::slice::{Line, PathPoint, RunPath, SliceFile};
use crate::linalg::all_finite;
use crate::measure::interpolation::InterpolationJob;
use crate::measure::plane_grid::PlaneGridJob;
use crate::measure::slice::Along;
use crate::measure::{NetworkSlice, SliceKind};
use crate::problem::{Cut, Objective, Problem};
use crate::run::Run;
use clap::Args;
use std::sync::Arc;

/// The arguments of `slice`.
#[derive(Debug, Args)]
pub struct SliceArgs {
    /// The network, or a landscape or formula, which has one plane, that of its picture.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// A file of weights, or a point such as "1,2", through which the plane goes; the start without.
    #[arg(long, allow_hyphen_values = true, value_name = "FILE.json|X,Y", conflicts_with_all = ["scene", "run"])]
    pub at: Option<String>,
    /// What runs, where the plane goes through a step of a run or along its path.
    #[command(flatten)]
    pub training: TrainingArgs,
    /// Along what a network is cut: random (filters as long as those of the weights), path (its two principal components), line (from its start to its
    /// end), top (the eigenvectors of the two largest eigenvalues), negative (of the smallest and the largest one). The scene's own
    /// without, or random.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<SliceKind>,
    /// Through which step of the run; the scene's own without, or the last one, through which the planes of a path always go.
    #[arg(long, value_name = "K", conflicts_with = "at")]
    pub step: Option<u64>,
    /// Seed of random directions; the network's own without.
    #[arg(long, value_name = "SEED")]
    pub slice_seed: Option<u64>,
    /// Nodes along each side of the grid.
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u16).range(2..=2001))]
    pub grid: u16,
    /// The box in the coordinates of the plane; that which the map shows without.
    #[arg(long = "box", allow_hyphen_values = true, value_name = "U0:U1,V0:V1")]
    pub bounds: Option<String>,
    /// Points of each path, equally spaced steps from the first to the last.
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    pub points: u64,
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

/// What is cut, and where.
struct Place {
    problem: Arc<Problem>,
    at: Vec<f64>,
    kind: Option<SliceKind>,
    seed: Option<u64>,
    runs: Vec<Run>,
    /// The run and the step through which the plane goes.
    through: Option<(usize, u64)>,
}

impl Place {
    fn of(arguments: &SliceArgs) -> Result<Self, CliError> {
        if !arguments.training.is_asked() {
            let (problem, at) = opened(&arguments.problem, arguments.at.as_deref())?;
            return Ok(Self { problem, at, kind: arguments.kind, seed: arguments.slice_seed, runs: Vec::new(), through: None });
        }
        let Training { scene, stage } = arguments.training.train(&arguments.problem, |_| Ok(()))?;
        let spec = scene.view.slice;
        let runs = |index: usize| stage.runs.get(index).is_some_and(Option::is_some);
        let wanted = spec.map(|spec| spec.method).filter(|method| runs(*method)).or_else(|| scene.chosen(runs));
        let place = wanted.map_or(0, |index| stage.runs[..index].iter().flatten().count());
        let all: Vec<Run> = stage.runs.into_iter().flatten().collect();
        let run = &all[place];
        let kind = arguments.kind.or(spec.map(|spec| spec.kind));
        // A plane of the path goes through its end.
        let of_path = kind.is_some_and(SliceKind::is_of_path);
        let step = arguments.step.or(spec.map(|spec| spec.step)).filter(|_| !of_path).unwrap_or(u64::MAX);
        let step = step.clamp(run.trace().first(), run.len());
        Ok(Self {
            problem: stage.problem,
            at: run.iterate(step).to_vec(),
            kind,
            seed: arguments.slice_seed.or(spec.and_then(|spec| spec.seed)),
            runs: all,
            through: Some((place, step)),
        })
    }

    /// The plane with its box, and along what it goes.
    fn cut(&self) -> Result<(Cut, Option<(SliceKind, Along)>), CliError> {
        let refused = |sentence: String| Err(CliError::Usage(sentence));
        let Some(network) = self.problem.network() else {
            if self.kind.is_some() || self.seed.is_some() {
                return refused("--kind and --slice-seed cut the loss of a network; this problem has one plane".to_owned());
            }
            return Ok((self.problem.cut(), None));
        };
        let kind = self.kind.unwrap_or_default();
        let run = self.through.map(|(index, _)| &self.runs[index]);
        if run.is_none() && kind.is_of_path() {
            return refused(format!("--kind {} needs a path: add --run ID, or name a scene", kind.id()));
        }
        if !all_finite(&self.at) {
            return refused("the weights at this step are not finite: take --step of an earlier one".to_owned());
        }
        match NetworkSlice::new(network, &self.at, kind, self.seed, run) {
            Some(NetworkSlice { cut, along }) => Ok((cut, Some((kind, along)))),
            None if kind.is_of_path() => refused("the path stays at its start or is not finite: it spans no plane".to_owned()),
            None => refused("the eigenvectors at these weights span no plane".to_owned()),
        }
    }
}

/// `slice`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn slice(arguments: &SliceArgs) -> Result<bool, CliError> {
    let bounds = arguments.bounds.as_deref().map(|text| domain(text, "--box", ["u", "v"])).transpose()?;
    let place = Place::of(arguments)?;
    let (mut cut, along) = place.cut()?;
    cut.domain = bounds.unwrap_or(cut.domain);
    let objective: Arc<dyn Objective> = Arc::<Problem>::clone(&place.problem);
    let job = PlaneGridJob::new(Arc::clone(&objective), cut.clone(), arguments.grid.into(), threads());
    let grid = finish(job, "computing values").unwrap_or_default();
    let paths = place.runs.iter().map(|run| path(run, &place.problem, &cut, arguments.points)).collect();
    let kind = along.map(|(kind, _)| kind);
    let line = place.through.filter(|_| kind == Some(SliceKind::Line)).and_then(|(index, _)| {
        let run = &place.runs[index];
        let job = InterpolationJob::new(objective, &run.iterate(run.trace().first()), run.position());
        finish(job, "computing values")
    });
    let file = SliceFile {
        parameters: place.problem.dim(),
        kind,
        along: along.map(|(_, along)| along),
        run: place.through.map(|(index, _)| index),
        step: place.through.map(|(_, step)| step),
        f: place.problem.value(&place.at),
        cut: &cut,
        grid: &grid,
        line: line.as_ref().map(Line::of),
        runs: paths,
    };
    arguments.output.write(|out| match arguments.format {
        Format::Json => export::slice::write_json(out, &file),
        Format::Csv => export::slice::write_csv(out, &grid),
    })?;
    if let Some(Along::Eigenvectors { converged: false, .. }) = file.along {
        eprintln!("the products are spent before both eigenvectors have converged: see the residuals");
        return Ok(false);
    }
    Ok(true)
}

/// The path of a run in the plane, with its distance from it, and f at its points and at their feet.
fn path<'a>(run: &'a Run, problem: &Problem, cut: &Cut, points: u64) -> RunPath<'a> {
    let point = |k: u64| {
        let x = run.iterate(k);
        let ([u, v], distance) = cut.plane.project(&x);
        PathPoint { k, u, v, distance, f: problem.value(&x), f_in_plane: problem.value(&cut.plane.point(u, v)) }
    };
    RunPath { run, path: steps_of(run, None, points).into_iter().map(point).collect() }
}
