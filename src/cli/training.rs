//! A run along which something is looked at: the methods of a scene, or one method on the problem.

use super::CliError;
use super::arguments::PROBLEM_WORDS;
use super::problem::ProblemArgs;
use super::progress::Progress;
use super::scenes::{NOTHING_RUNS, Trials, load, method_with};
use super::values::wholes;
use crate::export::json::RunHead;
use crate::problem::Problem;
use crate::run::{Run, Status};
use crate::scene::{Scene, Stage};
use clap::Args;
use std::sync::Arc;

/// Steps between two looks at the clock.
const CHUNK: u64 = 16;

/// A run along which something is looked at.
#[derive(Debug, Args)]
pub struct TrainingArgs {
    /// A scene file or link, whose methods are run, instead of a problem.
    #[arg(value_name = "SCENE.json|LINK", conflicts_with_all = PROBLEM_WORDS, conflicts_with_all = ["run", "start", "steps", "noise", "run_seed"])]
    pub scene: Option<String>,
    /// A method that runs first, with what differs from its defaults. How it ends is said; the exit status is that of what is looked at.
    #[arg(long, value_name = "ID[:NAME=VALUE,..]")]
    pub run: Option<String>,
    /// The start point of the run; the problem's own without.
    #[arg(long, allow_hyphen_values = true, value_name = "X,Y", requires = "run")]
    pub start: Option<String>,
    /// Steps of the run.
    #[arg(long, value_parser = super::values::whole, requires = "run")]
    pub steps: Option<u64>,
    /// Seed of the run's random stream.
    #[arg(long, value_parser = super::values::whole, requires = "run")]
    pub run_seed: Option<u64>,
    /// Noise of the stochastic gradients of a problem without samples: isotropic:STRENGTH or curvature:STRENGTH.
    #[arg(long, value_name = "SHAPE:STRENGTH", value_parser = super::values::noise, requires = "run")]
    pub noise: Option<crate::optim::Noise>,
}

/// Where something is looked at: at a point, or at steps of runs.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// A file of weights, or a point such as "1,2"; the start without.
    #[arg(long, allow_hyphen_values = true, value_name = "FILE.json|X,Y", conflicts_with_all = ["scene", "run"])]
    pub at: Option<String>,
    /// What runs instead.
    #[command(flatten)]
    pub training: TrainingArgs,
    /// At so many equally spaced steps of a run, the first and the last among them; 65 without.
    #[arg(long, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    pub columns: Option<u64>,
    /// At these steps of a run instead.
    #[arg(long, value_name = "K,K,…", value_parser = steps, conflicts_with = "columns")]
    pub at_steps: Option<Steps>,
}

/// Steps of a run.
#[derive(Clone, Debug)]
pub struct Steps(Vec<u64>);

fn steps(text: &str) -> Result<Steps, String> {
    wholes(text, 0..=u64::MAX).map(Steps)
}

/// Runs, and their steps that are looked at.
pub(super) struct Chosen<'a> {
    pub runs: Vec<(&'a Run, Vec<u64>)>,
    /// Steps of all of them together.
    pub all: usize,
}

impl PlaceArgs {
    /// Whether it is at steps of runs; steps without a run are refused.
    pub(super) fn is_of_runs(&self) -> Result<bool, CliError> {
        if self.training.is_asked() || self.columns.is_none() && self.at_steps.is_none() {
            return Ok(self.training.is_asked());
        }
        Err(CliError::Usage("--columns and --at-steps are those of a run: add --run ID, or name a scene".to_owned()))
    }

    /// The steps of the runs of a stage that are meant; how the runs have ended is said.
    pub(super) fn chosen<'a>(&self, stage: &'a Stage) -> Result<Chosen<'a>, CliError> {
        let asked = self.at_steps.as_ref().map(|steps| &steps.0[..]);
        let runs: Vec<_> =
            stage.runs.iter().flatten().map(|run| (run, steps_of(run, asked, self.columns.unwrap_or(65)))).collect();
        let all: usize = runs.iter().map(|(_, steps)| steps.len()).sum();
        if runs.is_empty() {
            return Err(CliError::Usage(NOTHING_RUNS.to_owned()));
        }
        if all == 0 {
            let first = runs.iter().map(|(run, _)| run.trace().first()).min().unwrap_or_default();
            let last = runs.iter().map(|(run, _)| run.len()).max().unwrap_or_default();
            return Err(CliError::Usage(format!("--at-steps names no step of these runs, which have steps {first} to {last}")));
        }
        say_ends(stage.runs.iter().flatten());
        for step in asked.unwrap_or_default() {
            if !runs.iter().any(|(_, steps)| steps.contains(step)) {
                eprintln!("no run has a step {step}");
            }
        }
        Ok(Chosen { runs, all })
    }
}

/// The names of what a line of a table begins with.
pub(super) const LINE_HEADS: &str = "run,method,seed,k,";

impl Chosen<'_> {
    /// What `look` finds at each step of each run, in their order. It hears of the run, the step, the iterate, what it may keep from step to step, and
    /// whom to tell the share that is done.
    pub(super) fn look<T>(
        &self,
        what: &'static str,
        mut look: impl FnMut(&Run, u64, &[f64], &mut Vec<f64>, &mut dyn FnMut(f64)) -> Result<T, CliError>,
    ) -> Result<Vec<(RunHead, Vec<T>)>, CliError> {
        let mut progress = Progress::new(what);
        let mut done = 0.0;
        let mut all = Vec::with_capacity(self.runs.len());
        for (run, steps) in &self.runs {
            let (mut kept, mut found) = (Vec::new(), Vec::with_capacity(steps.len()));
            for (k, x) in steps.iter().copied().zip(run.iterates(steps.iter().copied())) {
                let mut tell = |share: f64| progress.say((done + share) / self.all as f64);
                found.push(look(run, k, &x, &mut kept, &mut tell)?);
                done += 1.0;
            }
            all.push((RunHead::of(run), found));
        }
        Ok(all)
    }
}

/// What a line of a table about a step begins with, under [`LINE_HEADS`].
pub(super) fn line_begin(place: usize, run: &RunHead, k: u64) -> String {
    format!("{place},{},{},{k},", run.method(), run.seed())
}

/// A scene whose methods have run.
pub(super) struct Training {
    /// The scene.
    pub scene: Scene,
    /// Its problem, and the runs at their ends.
    pub stage: Stage,
}

impl TrainingArgs {
    /// Whether something is to be run.
    pub(super) fn is_asked(&self) -> bool {
        self.scene.is_some() || self.run.is_some()
    }

    /// The scene whose methods run.
    fn scene(&self, problem: &ProblemArgs) -> Result<Scene, CliError> {
        if let Some(source) = &self.scene {
            return load(source);
        }
        let mut scene = problem.scene()?;
        if let Some(text) = &self.run {
            scene.methods = vec![method_with(text, "--run")?];
            let trials = Trials { start: self.start.clone(), steps: self.steps, seed: self.run_seed, noise: self.noise };
            trials.apply(&mut scene, problem.batch)?;
        }
        Ok(scene)
    }

    /// Runs the methods to their ends, where `check` has nothing against the problem.
    pub(super) fn train(
        &self,
        problem: &ProblemArgs,
        check: impl FnOnce(&Arc<Problem>) -> Result<(), CliError>,
    ) -> Result<Training, CliError> {
        let scene = self.scene(problem)?;
        let mut stage = scene.open()?;
        check(&stage.problem)?;
        let count = stage.runs.iter().flatten().count();
        let mut progress = Progress::new("running");
        for (i, run) in stage.runs.iter_mut().flatten().enumerate() {
            while *run.status() == Status::Running {
                run.advance(CHUNK);
                let share = run.len() as f64 / run.setup().budget.max(1) as f64;
                progress.say((i as f64 + share) / count as f64);
            }
        }
        Ok(Training { scene, stage })
    }
}

/// Says how the runs have ended.
pub(super) fn say_ends<'a>(runs: impl IntoIterator<Item = &'a Run>) {
    for run in runs {
        eprintln!("{} after {} steps: {}", run.setup().method.name, run.len(), run.status().message());
    }
}

/// The steps of a run at which it is looked at: those that are asked for, else `count` of them, equally spaced, its first and its last among
/// them.
pub(super) fn steps_of(run: &Run, asked: Option<&[u64]>, count: u64) -> Vec<u64> {
    let (first, last) = (run.trace().first(), run.len());
    let mut steps: Vec<u64> = match asked {
        Some(asked) => asked.iter().copied().filter(|step| (first..=last).contains(step)).collect(),
        None => {
            let intervals = (count.max(2) - 1).min((last - first).max(1));
            let at = |i: u64| first + (u128::from(last - first) * u128::from(i) / u128::from(intervals)) as u64;
            (0..=intervals).map(at).collect()
        }
    };
    steps.sort_unstable();
    steps.dedup();
    steps
}
