//! What is said of the spectrum at one point.

use super::{How, SpectrumArgs, word};
use crate::cli::CliError;
use crate::cli::progress::finish_telling;
use crate::linalg::{all_finite, norm};
use crate::measure::spectrum::{
    Band, DensityJob, DensityOptions, DiagonalShare, EndsJob, EndsOptions, Index, MatrixKind, MatrixOperator, SpectrumJob,
    estimate_trace,
};
use crate::problem::{Objective, Problem};
use serde::Serialize;
use std::sync::Arc;

/// Points of the grid on which a density is written.
const GRID: usize = 201;

/// The spectrum at a point.
#[derive(Serialize)]
pub(super) struct Report {
    /// `done`, `not_finite` or `budget_spent`, and what that means here.
    pub status: &'static str,
    pub message: String,
    parameters: usize,
    samples: Option<usize>,
    matrix: &'static str,
    loss: f64,
    gradient_norm: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eigenvalues: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub density: Option<Density>,
    pub residuals: Vec<f64>,
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
pub(super) struct Density {
    pub at: Vec<f64>,
    pub density: Vec<f64>,
    pub error: Vec<f64>,
    sigma: f64,
}

impl Report {
    /// The spectrum at `x`, which is found as `arguments` say; `tell` hears the share that is done. Lanczos begins from the vectors in `warm`,
    /// where there are any, and leaves there those that it has found.
    pub fn new(
        arguments: &SpectrumArgs,
        problem: &Arc<Problem>,
        x: &[f64],
        warm: &mut Vec<f64>,
        tell: &mut dyn FnMut(f64),
    ) -> Result<Self, CliError> {
        let begin = std::time::Instant::now();
        let mut gradient = vec![0.0; x.len()];
        let loss = problem.value_gradient(x, &mut gradient);
        let mut report = Self {
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
        if all_finite(x) {
            report.look(arguments, problem, x, warm, tell)?;
        }
        report.seconds = begin.elapsed().as_secs_f64();
        report.conclude();
        Ok(report)
    }

    /// Whether it is what was asked for.
    pub fn is_good(&self) -> bool {
        self.status == "done"
    }

    fn look(
        &mut self,
        arguments: &SpectrumArgs,
        problem: &Arc<Problem>,
        x: &[f64],
        warm: &mut Vec<f64>,
        tell: &mut dyn FnMut(f64),
    ) -> Result<(), CliError> {
        let operator = || MatrixOperator::new(problem.into(), x.to_vec(), arguments.matrix);
        match arguments.method {
            How::Exact => {
                let job = SpectrumJob::new(problem.into(), x.to_vec(), arguments.matrix, true)?;
                let found = finish_telling(job, tell);
                let Some(found) = found else { return Err(CliError::Usage("the spectrum could not be found".to_owned())) };
                self.index_fraction = Some(found.index(None).fraction);
                self.trace = Some(found.trace);
                let DiagonalShare { share, wigner, least_squares } = found.diagonal;
                // A zero matrix has no shares.
                self.diagonal_share = share.is_finite().then_some(Share { share, wigner, least_squares });
                self.residuals = (0..found.values.len()).map(|k| found.residuals.of(k)).collect();
                self.eigenvalues = Some(found.values);
            }
            How::Lanczos => {
                let k = usize::from(arguments.top);
                // What has no negative eigenvalue has at its bottom what is 0 up to rounding.
                let signed = !matches!(arguments.matrix, MatrixKind::GaussNewton | MatrixKind::Fisher);
                let bottom = if signed { k } else { 0 };
                let options = EndsOptions {
                    bottom,
                    top: k,
                    tolerance: arguments.tolerance,
                    seed: arguments.seed,
                    ..EndsOptions::default()
                };
                let ends = finish_telling(EndsJob::new(operator()?, options, warm), tell).unwrap_or_default();
                *warm = ends.vectors();
                // Where the ends meet in the middle, each eigenvalue is written once.
                let top = ends.top.iter().take(x.len() - ends.bottom.len());
                let mut pairs: Vec<(f64, f64)> = ends.bottom.iter().chain(top).map(|p| (p.value, p.residual)).collect();
                pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
                let (values, residuals): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
                let fraction = if signed { index_fraction(&values, k, x.len()) } else { Some(0.0) };
                self.index_fraction = fraction.filter(|_| ends.converged);
                (self.eigenvalues, self.residuals) = (Some(values), residuals);
                let trace = estimate_trace(&mut operator()?, arguments.probes.into(), arguments.seed);
                (self.trace, self.trace_error) = (Some(trace.value), Some(trace.error).filter(|e| e.is_finite()));
                (self.converged, self.products) = (Some(ends.converged), Some(ends.products + usize::from(arguments.probes)));
            }
            How::Slq => {
                let options = DensityOptions {
                    probes: arguments.probes.into(),
                    steps: usize::from(arguments.lanczos_steps),
                    seed: arguments.seed,
                };
                let density = finish_telling(DensityJob::new(operator()?, options), tell).unwrap_or_default();
                let trace = density.trace();
                (self.trace, self.trace_error) = (Some(trace.value), Some(trace.error).filter(|e| e.is_finite()));
                self.products = Some(density.products);
                if let Some([low, high]) = density.range() {
                    let width = (high - low).max(1e-12);
                    let sigma = 0.01 * width;
                    let at: Vec<f64> =
                        (0..GRID).map(|i| low - 0.05 * width + 1.1 * width * i as f64 / (GRID - 1) as f64).collect();
                    let Band { mean, error } = density.density(&at, sigma);
                    let negative = density.negative();
                    self.index_fraction = Some(negative.share);
                    self.index_below = Some(negative.below);
                    self.index_error = Some(negative.error).filter(|e| e.is_finite());
                    self.density = Some(Density { at, density: mean, error, sigma });
                }
            }
        }
        Ok(())
    }

    /// Says how it ended.
    fn conclude(&mut self) {
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
    }
}

/// The share of negative eigenvalues, where `values` has the `k` smallest and the `k` largest of `n` and all negative ones are among them.
fn index_fraction(values: &[f64], k: usize, n: usize) -> Option<f64> {
    let Index { negative, tolerance, .. } = Index::of(values, None);
    (values.len() == n || values.get(k - 1).is_some_and(|v| *v >= -tolerance)).then_some(negative as f64 / n as f64)
}
