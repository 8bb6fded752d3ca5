//! `spectrum` and `noise`: the curvature of a loss at a point, and the noise of its stochastic gradients along it.

use super::CliError;
use super::arguments::{Format, Output, ProblemArgs};
use super::network::weights;
use super::values::numbers;
use crate::linalg::{Job, norm};
use crate::measure::noise::{GradientNoise, NoiseJob};
use crate::measure::spectrum::{
    Band, DensityJob, DensityOptions, DiagonalShare, EndsJob, EndsOptions, MatrixKind, MatrixOperator, Residuals, SpectrumJob,
    Subject,
};
use crate::problem::{Objective, Problem};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::sync::Arc;

/// Up to this many parameters `noise` looks along all eigenvectors.
const MOST_EXACT: usize = 2000;
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
    /// Eigenvalues from each end, of lanczos.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub top: u16,
    /// Which matrix.
    #[arg(long, default_value = "hessian", value_parser = matrix)]
    pub matrix: MatrixKind,
    /// ‖A v − λ v‖ of lanczos, relative to the largest eigenvalue.
    #[arg(long, default_value_t = 1e-6)]
    pub tolerance: f64,
    /// Random vectors of slq.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub probes: u16,
    /// Lanczos steps of slq.
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub lanczos_steps: u16,
    /// Seed of the random vectors.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

/// The arguments of `noise`.
#[derive(Debug, Args)]
pub struct NoiseArgs {
    /// A network, or a finite sum.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// A file of weights, or a point such as "1,2"; the start without.
    #[arg(long, allow_hyphen_values = true, value_name = "FILE.json|X,Y")]
    pub at: Option<String>,
    /// Samples of a gradient.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub batch: u32,
    /// Eigenvalues from each end beyond 2,000 parameters.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub top: u16,
    /// What to write.
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
    /// A few from both ends, with products only.
    Lanczos,
    /// The density, with products only.
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
fn opened(problem: &ProblemArgs, at: Option<&str>) -> Result<(Arc<Problem>, Vec<f64>), CliError> {
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

fn subject(problem: &Arc<Problem>) -> Subject {
    match problem.network() {
        Some(network) => Arc::clone(network.network()).into(),
        None => {
            let objective: Arc<dyn Objective> = Arc::<Problem>::clone(problem);
            objective.into()
        }
    }
}

/// `spectrum`.
pub(super) fn spectrum(arguments: &SpectrumArgs) -> Result<(), CliError> {
    let (problem, x) = opened(&arguments.problem, arguments.at.as_deref())?;
    if !(arguments.tolerance > 0.0 && arguments.tolerance < 1.0) {
        return Err(CliError::Usage(format!("--tolerance is {}; it must be between 0 and 1", arguments.tolerance)));
    }
    let begin = std::time::Instant::now();
    let mut gradient = vec![0.0; x.len()];
    let loss = problem.value_gradient(&x, &mut gradient);
    let mut report = Report {
        parameters: x.len(),
        samples: problem.finite_sum().map(|sum| sum.samples()),
        matrix: word(arguments.matrix),
        loss,
        gradient_norm: norm(&gradient),
        eigenvalues: None,
        density: None,
        residuals: Vec::new(),
        index_fraction: None,
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
            report.diagonal_share = Some(Share { share, wigner, least_squares });
            report.residuals = match found.residuals {
                Residuals::Each(each) => each,
                Residuals::Bound(bound) => vec![bound; found.values.len()],
            };
            report.eigenvalues = Some(found.values);
        }
        How::Lanczos => {
            let k = usize::from(arguments.top);
            let options =
                EndsOptions { bottom: k, top: k, tolerance: arguments.tolerance, seed: arguments.seed, ..EndsOptions::default() };
            let ends = EndsJob::new(operator()?, options, &[]).finish().unwrap_or_default();
            let mut pairs: Vec<(f64, f64)> = ends.bottom.iter().chain(&ends.top).map(|p| (p.value, p.residual)).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            // Where the ends meet in the middle, each eigenvalue is written once.
            pairs.truncate(if 2 * k > x.len() { x.len() } else { pairs.len() });
            (report.eigenvalues, report.residuals) =
                (Some(pairs.iter().map(|p| p.0).collect()), pairs.iter().map(|p| p.1).collect());
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
            (report.trace, report.trace_error) = (Some(trace.value), Some(trace.error));
            report.products = Some(density.products);
            if let Some([low, high]) = density.range() {
                let width = (high - low).max(1e-12);
                let sigma = 0.01 * width;
                let at: Vec<f64> = (0..GRID).map(|i| low - 0.05 * width + 1.1 * width * i as f64 / (GRID - 1) as f64).collect();
                let Band { mean, error } = density.density(&at, sigma);
                report.index_fraction = density.cumulative(&[0.0], 0.0).mean.first().copied();
                report.density = Some(Density { at, density: mean, error, sigma });
            }
        }
    }
    report.seconds = begin.elapsed().as_secs_f64();
    arguments.output.json(&report)
}

/// Most parameters of which all eigenvalues are found.
const MOST_DENSE: usize = 6000;

#[derive(Serialize)]
struct Along {
    eigenvalue: f64,
    second_moment: f64,
    isotropic: f64,
    share: f64,
    isotropic_share: f64,
}

/// `noise`.
pub(super) fn noise(arguments: &NoiseArgs) -> Result<(), CliError> {
    let (problem, x) = opened(&arguments.problem, arguments.at.as_deref())?;
    let batch = arguments.batch as usize;
    let (values, vectors) = if x.len() <= MOST_EXACT {
        let found = SpectrumJob::new(subject(&problem), x.clone(), MatrixKind::Hessian, true)?.finish();
        found.map(|s| (s.values, s.vectors)).unwrap_or_default()
    } else {
        let k = usize::from(arguments.top);
        let options = EndsOptions { bottom: k, top: k, ..EndsOptions::default() };
        let operator = MatrixOperator::new(subject(&problem), x.clone(), MatrixKind::Hessian)?;
        let ends = EndsJob::new(operator, options, &[]).finish().unwrap_or_default();
        let mut pairs: Vec<_> = ends.bottom.into_iter().chain(ends.top).collect();
        pairs.sort_by(|a, b| a.value.total_cmp(&b.value));
        (pairs.iter().map(|p| p.value).collect(), pairs.iter().flat_map(|p| p.vector.iter().copied()).collect())
    };
    let noise: GradientNoise = NoiseJob::new(subject(&problem), x, &values, vectors)?.finish().unwrap_or_default();
    let rows: Vec<Along> = noise
        .along
        .iter()
        .map(|along| Along {
            eigenvalue: along.eigenvalue,
            second_moment: along.second_moment(batch),
            isotropic: noise.isotropic(batch),
            share: along.share,
            isotropic_share: noise.isotropic_share(),
        })
        .collect();
    eprintln!(
        "{} samples, batches of {batch}: E‖g‖² = {:.4e}, correlation of |λ| with the share over λ < 0: {:.3}, log-log slope {:.3}",
        noise.samples,
        noise.total(batch),
        noise.correlation(),
        noise.slope()
    );
    match arguments.format {
        Format::Json => arguments.output.json(&rows),
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(arguments.output.open()?);
            for row in &rows {
                writer.serialize(row).map_err(std::io::Error::other)?;
            }
            Ok(writer.flush()?)
        }
    }
}
