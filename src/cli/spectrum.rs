//! `spectrum`: the curvature of a loss at a point.

use super::CliError;
use super::arguments::{Format, Output};
use super::network::weights;
use super::problem::ProblemArgs;
use super::values::numbers;
use crate::linalg::{Job, all_finite, norm};
use crate::measure::spectrum::{
    Band, DensityJob, DensityOptions, DiagonalShare, EndsJob, EndsOptions, MatrixKind, MatrixOperator, Residuals, SpectrumJob,
    Subject, estimate_trace,
};
use crate::problem::{Objective, Problem};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::Write;
use std::sync::Arc;

/// Points of the grid on which a density is written.
const GRID: usize = 201;

/// The arguments of `spectrum`.
#[derive(Debug, Args)]
pub struct SpectrumArgs {
    /// The network, or a landscape or formula.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// A file of weights, or a point such as "1,2"; the start without.
    #[arg(long, allow_hyphen_values = true, value_name = "FILE.json|X,Y")]
    pub at: Option<String>,
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

#[derive(Serialize)]
struct Report {
    /// `done`, `not_finite` or `budget_spent`, and what that means here.
    status: &'static str,
    message: String,
    parameters: usize,
    samples: Option<usize>,
    matrix: &'static str,
    loss: f64,
    gradient_norm: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    eigenvalues: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    density: Option<Density>,
    residuals: Vec<f64>,
    index_fraction: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index_below: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index_error: Option<f64>,
    trace: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_error: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagonal_share: Option<Share>,
    #[serde(skip_serializing_if = "Option::is_none")]
    converged: Option<bool>,
    products: Option<usize>,
    seconds: f64,
}

#[derive(Serialize)]
struct Share {
    share: f64,
    wigner: f64,
    least_squares: f64,
}

#[derive(Serialize)]
struct Density {
    at: Vec<f64>,
    density: Vec<f64>,
    error: Vec<f64>,
    sigma: f64,
}

/// The problem and the point that are meant.
pub(super) fn opened(problem: &ProblemArgs, at: Option<&str>) -> Result<(Arc<Problem>, Vec<f64>), CliError> {
    let scene = problem.scene()?;
    let opened = Arc::new(scene.problem.open()?);
    let x = match (at, opened.network()) {
        (None, _) => scene.start_for(&opened)?.to_vec(),
        (Some(path), Some(network)) => weights(path, network.network().architecture())?,
        (Some(text), None) => numbers(text, "--at")?,
    };
    opened.check_point(&x)?;
    Ok((opened, x))
}

pub(super) fn subject(problem: &Arc<Problem>) -> Subject {
    match problem.network() {
        Some(network) => Arc::clone(network.network()).into(),
        None => {
            let objective: Arc<dyn Objective> = Arc::<Problem>::clone(problem);
            objective.into()
        }
    }
}

/// `spectrum`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn spectrum(arguments: &SpectrumArgs) -> Result<bool, CliError> {
    let (problem, x) = opened(&arguments.problem, arguments.at.as_deref())?;
    if !(arguments.tolerance > 0.0 && arguments.tolerance < 1.0) {
        return Err(CliError::Usage(format!("--tolerance is {}; it must be between 0 and 1", arguments.tolerance)));
    }
    let begin = std::time::Instant::now();
    let mut gradient = vec![0.0; x.len()];
    let loss = problem.value_gradient(&x, &mut gradient);
    let mut report = Report {
        status: "done",
        message: String::new(),
        parameters: x.len(),
        samples: problem.finite_sum().map(|sum| sum.samples()),
        matrix: word(arguments.matrix),
        loss,
        gradient_norm: norm(&gradient),
        eigenvalues: None,
        density: None,
        residuals: Vec::new(),
        index_fraction: None,
        index_below: None,
        index_error: None,
        trace: None,
        trace_error: None,
        diagonal_share: None,
        converged: None,
        products: None,
        seconds: 0.0,
    };
    let operator = || MatrixOperator::new(subject(&problem), x.clone(), arguments.matrix);
    match arguments.method {
        How::Exact => {
            if x.len() > MOST_DENSE {
                return Err(CliError::Usage(format!(
                    "{} parameters are too many for all eigenvalues, which take up to {MOST_DENSE}; take --method lanczos or slq",
                    x.len()
                )));
            }
            let found = SpectrumJob::new(subject(&problem), x.clone(), arguments.matrix, true)?.finish();
            let Some(found) = found else { return Err(CliError::Usage("the spectrum could not be found".to_owned())) };
            report.index_fraction = Some(found.index(None).fraction);
            report.trace = Some(found.trace);
            let DiagonalShare { share, wigner, least_squares } = found.diagonal;
            // A zero matrix has no shares.
            report.diagonal_share = share.is_finite().then_some(Share { share, wigner, least_squares });
            report.residuals = match found.residuals {
                Residuals::Each(each) => each,
                Residuals::Bound(bound) => vec![bound; found.values.len()],
            };
            report.eigenvalues = Some(found.values);
        }
        How::Lanczos => {
            let k = usize::from(arguments.top);
            // What has no negative eigenvalue has at its bottom what is 0 up to rounding.
            let signed = !matches!(arguments.matrix, MatrixKind::GaussNewton | MatrixKind::Fisher);
            let bottom = if signed { k } else { 0 };
            let options =
                EndsOptions { bottom, top: k, tolerance: arguments.tolerance, seed: arguments.seed, ..EndsOptions::default() };
            let ends = EndsJob::new(operator()?, options, &[]).finish().unwrap_or_default();
            // Where the ends meet in the middle, each eigenvalue is written once.
            let top = ends.top.iter().take(x.len() - ends.bottom.len());
            let mut pairs: Vec<(f64, f64)> = ends.bottom.iter().chain(top).map(|p| (p.value, p.residual)).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (values, residuals): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let fraction = if signed { index_fraction(&values, k, x.len()) } else { Some(0.0) };
            report.index_fraction = fraction.filter(|_| ends.converged);
            (report.eigenvalues, report.residuals) = (Some(values), residuals);
            let trace = estimate_trace(&mut operator()?, arguments.probes.into(), arguments.seed);
            (report.trace, report.trace_error) = (Some(trace.value), Some(trace.error).filter(|e| e.is_finite()));
            (report.converged, report.products) = (Some(ends.converged), Some(ends.products));
        }
        How::Slq => {
            let options = DensityOptions {
                probes: arguments.probes.into(),
                steps: usize::from(arguments.lanczos_steps),
                seed: arguments.seed,
            };
            let density = DensityJob::new(operator()?, options).finish().unwrap_or_default();
            let trace = density.trace();
            (report.trace, report.trace_error) = (Some(trace.value), Some(trace.error).filter(|e| e.is_finite()));
            report.products = Some(density.products);
            if let Some([low, high]) = density.range() {
                let width = (high - low).max(1e-12);
                let sigma = 0.01 * width;
                let at: Vec<f64> = (0..GRID).map(|i| low - 0.05 * width + 1.1 * width * i as f64 / (GRID - 1) as f64).collect();
                let Band { mean, error } = density.density(&at, sigma);
                let negative = density.negative();
                report.index_fraction = Some(negative.share);
                report.index_below = Some(negative.below);
                report.index_error = Some(negative.error).filter(|e| e.is_finite());
                report.density = Some(Density { at, density: mean, error, sigma });
            }
        }
    }
    report.seconds = begin.elapsed().as_secs_f64();
    let good = report.conclude();
    if !good {
        eprintln!("{}", report.message);
    }
    match arguments.format {
        Format::Json => arguments.output.json(&report)?,
        Format::Csv => arguments.output.write(|out| report.table(out))?,
    }
    Ok(good)
}

/// The share of negative eigenvalues, where `values` has the `k` smallest and the `k` largest of `n` and all negative ones are among them.
fn index_fraction(values: &[f64], k: usize, n: usize) -> Option<f64> {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let negative = values.iter().filter(|v| **v < -1e-10 * largest).count();
    (values.len() == n || values.get(k - 1).is_some_and(|v| *v >= -1e-10 * largest)).then_some(negative as f64 / n as f64)
}

impl Report {
    /// Says how it ended; returns whether well.
    fn conclude(&mut self) -> bool {
        let finite = |values: Option<&[f64]>| values.is_none_or(all_finite);
        let density = self.density.as_ref();
        let whole = finite(self.eigenvalues.as_deref())
            && all_finite(&self.residuals)
            && finite(density.map(|d| &d.density[..]))
            && [Some(self.loss), Some(self.gradient_norm), self.trace].into_iter().flatten().all(f64::is_finite)
            && (self.eigenvalues.is_some() || density.is_some());
        (self.status, self.message) = match self.converged {
            _ if !whole => ("not_finite", "The loss, its gradient or its matrix is not finite at this point.".to_owned()),
            Some(false) => {
                let spent = self.products.unwrap_or_default();
                ("budget_spent", format!("{spent} products are spent before every eigenvalue has converged: see the residuals."))
            }
            _ => ("done", "The spectrum is found.".to_owned()),
        };
        self.status == "done"
    }

    /// The eigenvalues with their residuals, or the density with its error, a line each; empty fields are not finite.
    fn table(&self, out: impl Write) -> std::io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        let field = |v: f64| if v.is_finite() { v.to_string() } else { String::new() };
        let mut line = |fields: &[String]| writer.write_record(fields).map_err(std::io::Error::other);
        if let Some(Density { at, density, error, .. }) = &self.density {
            line(&["at", "density", "error"].map(str::to_owned))?;
            for ((at, density), error) in at.iter().zip(density).zip(error) {
                line(&[at, density, error].map(|v| field(*v)))?;
            }
        } else {
            line(&["eigenvalue", "residual"].map(str::to_owned))?;
            for (value, residual) in self.eigenvalues.iter().flatten().zip(&self.residuals) {
                line(&[value, residual].map(|v| field(*v)))?;
            }
        }
        writer.flush()
    }
}

/// Most parameters of which all eigenvalues are found.
const MOST_DENSE: usize = 6000;
