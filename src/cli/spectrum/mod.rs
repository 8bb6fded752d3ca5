//! `spectrum`: the curvature of a loss at a point, or over the steps of a run.

mod over;
mod report;

use super::CliError;
use super::arguments::{Format, Output};
use super::network::point;
use super::problem::ProblemArgs;
use super::progress::Progress;
use super::training::PlaceArgs;
use crate::export::csv::number;
use crate::measure::spectrum::{MatrixKind, Subject};
use crate::problem::{Objective, Problem};
use clap::{Args, ValueEnum};
use report::Report;
use std::io::Write;
use std::sync::Arc;

/// Most parameters of which all eigenvalues are found.
const MOST_DENSE: usize = 6000;
/// What takes its time.
pub(super) const FINDING: &str = "finding eigenvalues";

/// The arguments of `spectrum`.
#[derive(Debug, Args)]
pub struct SpectrumArgs {
    /// The network, or a landscape or formula.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// At a point, or over a run.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// All eigenvalues, a few from both ends, or the density by stochastic Lanczos quadrature.
    #[arg(long, value_enum, default_value_t = How::Exact)]
    pub method: How,
    /// Eigenvalues from each end, for lanczos.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub top: u16,
    /// Which matrix: hessian, ggn (Gauss-Newton), fisher (the empirical one, of the samples' gradients), or rest (Hessian less
    /// Gauss-Newton).
    #[arg(long, default_value = "hessian", value_parser = matrix)]
    pub matrix: MatrixKind,
    /// ‖A v − λ v‖ of lanczos, relative to the largest eigenvalue.
    #[arg(long, default_value_t = 1e-6)]
    pub tolerance: f64,
    /// Random vectors of slq, and of the trace of lanczos.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub probes: u16,
    /// Lanczos steps of slq.
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub lanczos_steps: u16,
    /// Seed of the random vectors.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// What to write; a table has the eigenvalues with their residuals, or the density with its error.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

/// How a spectrum is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum How {
    /// All eigenvalues of the dense matrix.
    Exact,
    /// A few from both ends, of ggn and fisher from the top, with products only. The trace is an estimate with its error; index_fraction is
    /// null where more than --top eigenvalues are negative.
    Lanczos,
    /// The density, with products only. index_fraction is the share below index_below, nearer to 0 signs are not told, and index_error its
    /// standard error.
    Slq,
}

fn matrix(name: &str) -> Result<MatrixKind, String> {
    let names = || MatrixKind::ALL.map(word).join(", ");
    MatrixKind::ALL.into_iter().find(|kind| word(*kind) == name).ok_or_else(|| format!("the matrices are {}", names()))
}

/// The matrix as a word of the command line.
fn word(kind: MatrixKind) -> &'static str {
    if kind == MatrixKind::GaussNewton { "ggn" } else { kind.name() }
}

/// The problem and the point that are meant.
pub(super) fn opened(problem: &ProblemArgs, at: Option<&str>) -> Result<(Arc<Problem>, Vec<f64>), CliError> {
    let scene = problem.scene()?;
    let opened = Arc::new(scene.problem.open()?);
    let x = match at {
        None => scene.start_for(&opened)?.to_vec(),
        Some(text) => point(text, &opened)?,
    };
    opened.check_point(&x)?;
    Ok((opened, x))
}

/// Refuses what would take too long, before anything is computed.
fn check(arguments: &SpectrumArgs, problem: &Arc<Problem>) -> Result<(), CliError> {
    if !(arguments.tolerance > 0.0 && arguments.tolerance < 1.0) {
        return Err(CliError::Usage(format!("--tolerance is {}; it must be between 0 and 1", arguments.tolerance)));
    }
    let n = problem.dim();
    if arguments.method == How::Exact && n > MOST_DENSE {
        return Err(CliError::Usage(format!(
            "{n} parameters are too many for all eigenvalues, which take up to {MOST_DENSE}; take --method lanczos or slq"
        )));
    }
    Ok(Subject::from(problem).check(&vec![0.0; n], arguments.matrix)?)
}

/// `spectrum`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn spectrum(arguments: &SpectrumArgs) -> Result<bool, CliError> {
    if arguments.place.is_of_runs()? {
        return over::over_runs(arguments);
    }
    let (problem, x) = opened(&arguments.problem, arguments.place.at.as_deref())?;
    check(arguments, &problem)?;
    let mut progress = Progress::new(FINDING);
    let report = Report::new(arguments, &problem, &x, &mut Vec::new(), &mut |share| progress.say(share))?;
    drop(progress);
    if !report.is_good() {
        eprintln!("{}", report.message);
    }
    match arguments.format {
        Format::Json => arguments.output.json(&report)?,
        Format::Csv => arguments.output.write(|out| table(out, "", [(String::new(), &report)].into_iter()))?,
    }
    Ok(report.is_good())
}

/// The eigenvalues with their residuals, or the density with its error, a line each, behind the fields of each report, which stand under
/// `heads`; empty fields are not finite.
fn table<'a>(mut out: impl Write, heads: &str, reports: impl Iterator<Item = (String, &'a Report)>) -> std::io::Result<()> {
    let field = |v: &f64| number(*v);
    let mut headed = false;
    for (before, report) in reports {
        let mut head = |names: &str| if std::mem::replace(&mut headed, true) { Ok(()) } else { writeln!(out, "{heads}{names}") };
        if let Some(density) = &report.density {
            head("at,density,error")?;
            for ((at, value), error) in density.at.iter().zip(&density.density).zip(&density.error) {
                writeln!(out, "{before}{},{},{}", field(at), field(value), field(error))?;
            }
        } else {
            head("eigenvalue,residual")?;
            for (value, residual) in report.eigenvalues.iter().flatten().zip(&report.residuals) {
                writeln!(out, "{before}{},{}", field(value), field(residual))?;
            }
        }
    }
    out.flush()
}
