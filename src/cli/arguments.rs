//! The words of the command line, declared.

use super::CliError;
use super::noise::NoiseArgs;
use super::problem::ProblemArgs;
use super::scenes::{Trials, load};
use super::slice::SliceArgs;
use super::spectrum::SpectrumArgs;
use super::values::{axis, real, solver};
use crate::measure::race::{Axis, MOST_SEEDS};
use crate::optim::subproblem::Solver;
use crate::scene::Scene;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// See how optimizers move on loss landscapes.
///
/// Without a command the window opens, on a scene file or a link if one is given.
#[derive(Debug, Parser)]
#[command(name = "saddlescope", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What to do without a window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// A scene file or a link to open in the window.
    #[arg(value_name = "SCENE.json|LINK")]
    pub scene: Option<String>,
}

/// A headless command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a registry: what there is, and what each entry takes.
    List {
        /// Which registry.
        what: Registry,
        /// Where the output goes.
        #[command(flatten)]
        output: Output,
    },
    /// Value, gradient, Hessian, eigenvalues and kind of a point.
    Eval {
        /// The problem.
        #[command(flatten)]
        problem: ProblemArgs,
        /// The point, such as "1,2", or a file of weights.
        #[arg(long, allow_hyphen_values = true, value_name = "X,Y|FILE.json")]
        at: String,
        /// Where the output goes.
        #[command(flatten)]
        output: Output,
    },
    /// All critical points that multi-start Newton finds in a box.
    CriticalPoints {
        /// The problem.
        #[command(flatten)]
        problem: ProblemArgs,
        /// What to write.
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        /// Where the output goes.
        #[command(flatten)]
        output: Output,
    },
    /// Run the methods of a scene, or one method on a problem, and write every step; those of a network with its loss and accuracy on the
    /// test samples and its accuracy on the training samples.
    Run(Box<RunArgs>),
    /// Run methods with many seeds and write what can be said of them: a table, and curves over the seeds.
    Race(Box<RaceArgs>),
    /// Write where methods end for steps from a thousandth to a thousand times their default length.
    Sweep(Box<FieldArgs>),
    /// Run every method with its defaults on every landscape and write the states in which they end.
    States(StatesArgs),
    /// Eigenvalues of the Hessian, of the Gauss-Newton or of the Fisher matrix at a point or over a run, or their density.
    Spectrum(Box<SpectrumArgs>),
    /// The second moment of the stochastic gradient along each eigenvector of the Hessian, beside isotropic noise; or how it depends on the
    /// width and the depth of a network.
    Noise(Box<NoiseArgs>),
    /// The values of a function on the plane that the map shows, of a network on one along what is asked for, and the path of runs in it.
    Slice(Box<SliceArgs>),
    /// Solve one trust-region or cubic subproblem.
    Subproblem(SubproblemArgs),
    /// Write the picture that the window would show.
    Render {
        /// The scene file or link.
        #[arg(value_name = "SCENE.json|LINK")]
        scene: String,
        /// The step to show instead of the scene's own.
        #[arg(long)]
        step: Option<u64>,
        /// Width and height in pixels.
        #[arg(long, default_value = "1600x1000", value_name = "WxH")]
        size: String,
        /// Draw on a dark ground.
        #[arg(long)]
        dark: bool,
        /// Where the output goes.
        #[command(flatten)]
        output: Output,
    },
}

/// What names a problem: beside a scene, which has its own, it would do nothing.
pub(super) const PROBLEM_WORDS: [&str; 21] = [
    "landscape",
    "formula",
    "table",
    "dim",
    "parameters",
    "batch",
    "domain",
    "layers",
    "activation",
    "loss",
    "l2",
    "data",
    "label",
    "samples",
    "data_noise",
    "data_seed",
    "test",
    "standardize",
    "autoencoder",
    "init",
    "init_seed",
];

/// The arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A scene file or link, instead of a problem and a method.
    #[arg(value_name = "SCENE.json|LINK", conflicts_with_all = PROBLEM_WORDS, conflicts_with_all = ["method", "preset", "settings", "start", "steps", "seed", "noise"])]
    pub scene: Option<String>,
    /// The problem.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// The method's identifier.
    #[arg(long, required_unless_present = "scene")]
    pub method: Option<String>,
    /// The parameters of the method's paper, for these assumptions; those that are not named are estimated. --set goes before.
    #[arg(long, value_name = "NAME=VALUE,…", num_args = 0..=1, default_missing_value = "")]
    pub preset: Option<String>,
    /// A parameter of the method; as often as needed.
    #[arg(long = "set", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub settings: Vec<String>,
    /// Start, steps and seed.
    #[command(flatten)]
    pub trials: Trials,
    /// Write the weights at the end of a network's run to this file, which --init and --at read.
    #[arg(long, value_name = "FILE.json")]
    pub weights: Option<PathBuf>,
    /// What to write.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

/// The arguments of `race`.
#[derive(Debug, Args)]
pub struct RaceArgs {
    /// Who races, and where.
    #[command(flatten)]
    pub field: FieldArgs,
    /// Against what the curves are drawn; seconds are measured and differ each time.
    #[arg(long, default_value = "steps", value_parser = axis)]
    pub axis: Axis,
}

/// Methods on a problem, with seeds.
#[derive(Debug, Args)]
pub struct FieldArgs {
    /// A scene file or link, instead of a problem and methods.
    #[arg(value_name = "SCENE.json|LINK", conflicts_with_all = PROBLEM_WORDS, conflicts_with_all = ["method", "start", "steps", "seed", "noise"])]
    pub scene: Option<String>,
    /// The problem.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// A method, with what differs from its defaults; as often as needed.
    #[arg(long, value_name = "ID[:NAME=VALUE,..]", required_unless_present = "scene")]
    pub method: Vec<String>,
    /// Start, steps and seed.
    #[command(flatten)]
    pub trials: Trials,
    /// Seeds of each method that draws random numbers.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=MOST_SEEDS as i64))]
    pub seeds: u16,
    /// What to write.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

/// The arguments of `states`.
#[derive(Debug, Args)]
pub struct StatesArgs {
    /// Trials.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub steps: u64,
    /// Seed of the random streams.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// What to write.
    #[arg(long, value_enum, default_value_t = TableFormat::Json)]
    pub format: TableFormat,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

/// The arguments of `subproblem`.
#[derive(Debug, Args)]
pub struct SubproblemArgs {
    /// g, such as "1,0.5".
    #[arg(long, allow_hyphen_values = true)]
    pub gradient: String,
    /// H by rows, such as "1,0;0,-2".
    #[arg(long, allow_hyphen_values = true)]
    pub hessian: String,
    /// M by rows, or its diagonal; the identity without.
    #[arg(long, allow_hyphen_values = true)]
    pub metric: Option<String>,
    /// The radius, in the M-norm.
    #[arg(long, allow_hyphen_values = true, value_parser = real)]
    pub radius: Option<f64>,
    /// The weight of the cubic term, for the solver cubic instead of a metric and a radius.
    #[arg(long, allow_hyphen_values = true, value_parser = real, conflicts_with_all = ["radius", "metric"])]
    pub sigma: Option<f64>,
    /// Which solver: exact, steihaug, lanczos, cauchy, dogleg, or cubic.
    #[arg(long, default_value = "exact", value_parser = solver)]
    pub solver: SubproblemSolver,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

/// Which subproblem is solved, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubproblemSolver {
    /// In a ball or an ellipsoid.
    Region(Solver),
    /// With a cubic term.
    Cubic,
}

/// Where the output goes.
#[derive(Debug, Args)]
pub struct Output {
    /// A file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Overwrite files that are there.
    #[arg(long)]
    pub force: bool,
}

/// A registry.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Registry {
    /// The catalogue of objectives.
    Landscapes,
    /// The optimizers.
    Methods,
    /// The data sets that networks learn.
    Datasets,
}

/// The shape of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON.
    Json,
    /// Comma-separated values.
    Csv,
}

/// The shape of a table that can also be a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// JSON.
    Json,
    /// Comma-separated values.
    Csv,
    /// A table of Markdown, methods by landscapes.
    Markdown,
}

impl Command {
    /// Where its output goes.
    pub(super) fn output(&self) -> &Output {
        match self {
            Self::List { output, .. }
            | Self::Eval { output, .. }
            | Self::CriticalPoints { output, .. }
            | Self::Render { output, .. } => output,
            Self::Run(arguments) => &arguments.output,
            Self::Race(arguments) => &arguments.field.output,
            Self::Sweep(arguments) => &arguments.output,
            Self::States(arguments) => &arguments.output,
            Self::Spectrum(arguments) => &arguments.output,
            Self::Noise(arguments) => &arguments.output,
            Self::Slice(arguments) => &arguments.output,
            Self::Subproblem(arguments) => &arguments.output,
        }
    }
}

impl Arguments {
    /// The scene that the window opens on, where one is named.
    ///
    /// # Errors
    /// [`CliError`] in one sentence for a file or link that holds none.
    pub fn scene(&self) -> Result<Option<Scene>, CliError> {
        self.scene.as_deref().map(load).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_scene_every_word_of_a_problem_is_refused() {
        let command = ProblemArgs::augment_args(clap::Command::new("problem"));
        let mut declared: Vec<&str> = command.get_arguments().map(|argument| argument.get_id().as_str()).collect();
        let mut refused = PROBLEM_WORDS.to_vec();
        declared.sort_unstable();
        refused.sort_unstable();
        assert_eq!(declared, refused);
    }
}
