//! `noise`: the noise of stochastic gradients along the eigenvectors of the Hessian, at a point or over the steps of runs.

mod over;
mod study;

use super::CliError;
use super::arguments::{Format, Output};
use super::problem::ProblemArgs;
use super::progress::{Progress, finish_telling};
use super::spectrum::opened;
use super::training::PlaceArgs;
use super::values::wholes;
use crate::linalg::all_finite;
use crate::measure::noise::{GradientNoise, NoiseAlong, NoiseJob};
use crate::measure::spectrum::{EndsJob, EndsOptions, MatrixKind, MatrixOperator, SpectrumError, SpectrumJob, Subject};
use crate::problem::{Objective, Problem};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::sync::Arc;

/// Up to this many parameters `noise` looks along all eigenvectors.
const MOST_EXACT: usize = 2000;

/// The arguments of `noise`.
#[derive(Debug, Args)]
pub struct NoiseArgs {
    /// A network, or a finite sum; --batch is 1 without, or that of the method that runs.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// At a point, or over a run.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Eigenvalues from each end beyond 2,000 parameters.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub top: u16,
    /// The dependence of the noise on the width and the depth of networks instead, on up to 250 samples of this one's data, with its loss and
    /// the activation of its first hidden layer, at random weights: a row for each network, medians over its points.
    #[arg(long, conflicts_with_all = ["at", "top", "batch", "l2", "init", "init_seed", "scene", "run", "columns", "at_steps"])]
    pub study: bool,
    /// Widths of one hidden layer of a study; 4,8,16,32,64 without.
    #[arg(long, requires = "study", conflicts_with_all = ["scene", "run"], value_name = "N,N,…", value_parser = units)]
    pub widths: Option<Units>,
    /// Depths of a study, of hidden layers of ten units; 1,2,4,8,16 without.
    #[arg(long, requires = "study", conflicts_with_all = ["scene", "run"], value_name = "N,N,…", value_parser = units)]
    pub depths: Option<Units>,
    /// What to write.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Where the output goes.
    #[command(flatten)]
    pub output: Output,
}

/// Widths or depths.
#[derive(Clone, Debug)]
pub struct Units(Vec<usize>);

/// More of them nobody waits for.
const MOST_UNITS: u64 = 10_000;

fn units(text: &str) -> Result<Units, String> {
    Ok(Units(wholes(text, 1..=MOST_UNITS)?.into_iter().map(|v| v as usize).collect()))
}

/// What takes its time.
const MEASURING: &str = "measuring the noise";

/// What is said where there is nothing to measure.
const NOT_FINITE: &str = "the Hessian or the gradients of the samples are not finite at this point";

/// What is measured, where there are samples.
fn sampled(problem: &Arc<Problem>) -> Result<Subject, CliError> {
    if problem.finite_sum().is_none() {
        return Err(CliError::Usage(
            "the noise is that of the gradients of samples, and this function has no samples: take a network, or a finite sum"
                .to_owned(),
        ));
    }
    Ok(Subject::from(problem))
}

/// The noise along an eigenvector.
#[derive(Serialize)]
struct Along {
    eigenvalue: f64,
    second_moment: f64,
    isotropic: f64,
    share: f64,
    isotropic_share: f64,
}

/// The noise at a point.
struct Found {
    noise: GradientNoise,
    /// The products that were spent before every eigenvalue had converged.
    spent: Option<usize>,
}

impl Found {
    /// At `x`; `tell` hears the share that is done. Lanczos begins from the vectors in `warm`, where there are any, and leaves there those that
    /// it has found.
    fn at(subject: &Subject, x: &[f64], top: u16, warm: &mut Vec<f64>, tell: &mut dyn FnMut(f64)) -> Result<Self, SpectrumError> {
        let mut spent = None;
        let mut finding = |share: f64| tell(0.5 * share);
        let (values, vectors) = if !all_finite(x) {
            (Vec::new(), Vec::new())
        } else if x.len() <= MOST_EXACT {
            let found = finish_telling(SpectrumJob::new(subject.clone(), x.to_vec(), MatrixKind::Hessian, true)?, &mut finding);
            found.map(|s| (s.values, s.vectors)).unwrap_or_default()
        } else {
            let k = usize::from(top);
            let options = EndsOptions { bottom: k, top: k, ..EndsOptions::default() };
            let operator = MatrixOperator::new(subject.clone(), x.to_vec(), MatrixKind::Hessian)?;
            let ends = finish_telling(EndsJob::new(operator, options, warm), &mut finding).unwrap_or_default();
            *warm = ends.vectors();
            spent = Some(ends.products).filter(|_| !ends.converged);
            let mut pairs: Vec<_> = ends.bottom.into_iter().chain(ends.top).collect();
            pairs.sort_by(|a, b| a.value.total_cmp(&b.value));
            (pairs.iter().map(|p| p.value).collect(), pairs.iter().flat_map(|p| p.vector.iter().copied()).collect())
        };
        let noise = if all_finite(&values) {
            let job = NoiseJob::new(subject.clone(), x.to_vec(), &values, vectors)?;
            finish_telling(job, &mut |share| tell(0.5 + 0.5 * share)).unwrap_or_default()
        } else {
            GradientNoise::default()
        };
        Ok(Self { noise, spent })
    }

    fn is_finite(&self) -> bool {
        let along = &self.noise.along;
        !along.is_empty() && along.iter().all(|a| a.second_moment(1).is_finite() && a.share.is_finite())
    }

    /// What it is not, or the noise in one line.
    fn summary(&self, batch: usize) -> String {
        let noise = &self.noise;
        if !self.is_finite() {
            return NOT_FINITE.to_owned();
        }
        let (correlation, slope) = (noise.correlation(), noise.slope());
        let over = match noise.bottom() {
            Some(lowest) => format!("those of the {lowest} lowest λ that are below 0"),
            None => "λ < 0".to_owned(),
        };
        let trend = match (correlation.is_finite(), slope.is_finite()) {
            (true, true) => {
                format!("correlation of |λ| with the share over {over}: {correlation:.3}, log-log slope of E⟨g, v⟩² {slope:.3}")
            }
            (false, true) => format!("over {over} all shares are equal, log-log slope of E⟨g, v⟩² {slope:.3}"),
            _ => "fewer than two different negative eigenvalues, over which nothing can be correlated".to_owned(),
        };
        format!("{} samples, batches of {batch}: E‖g‖² = {:.4e}; {trend}", noise.samples, noise.total(batch))
    }

    /// What was spent, if that was too little.
    fn shortage(&self) -> Option<String> {
        self.spent.map(|products| format!("{products} products are spent before every eigenvalue has converged"))
    }

    /// How it ended, and what is wrong with it.
    fn status(&self) -> (&'static str, Option<String>) {
        match self.shortage() {
            _ if !self.is_finite() => ("not_finite", Some(NOT_FINITE.to_owned())),
            Some(shortage) => ("budget_spent", Some(shortage)),
            None => ("done", None),
        }
    }

    fn rows(&self, batch: usize) -> Vec<Along> {
        let noise = &self.noise;
        let row = |along: &NoiseAlong| Along {
            eigenvalue: along.eigenvalue,
            second_moment: along.second_moment(batch),
            isotropic: noise.isotropic(batch),
            share: along.share,
            isotropic_share: noise.isotropic_share(),
        };
        noise.along.iter().map(row).collect()
    }
}

/// `noise`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn noise(arguments: &NoiseArgs) -> Result<bool, CliError> {
    if arguments.place.is_of_runs()? {
        return over::over_runs(arguments);
    }
    if arguments.study {
        return study::study(arguments);
    }
    let (problem, x) = opened(&arguments.problem, arguments.place.at.as_deref())?;
    let batch = arguments.problem.batch.unwrap_or(1) as usize;
    let subject = sampled(&problem)?;
    let mut progress = Progress::new(MEASURING);
    let found = Found::at(&subject, &x, arguments.top, &mut Vec::new(), &mut |share| progress.say(share))?;
    drop(progress);
    if let Some(shortage) = found.shortage() {
        eprintln!("{shortage}");
    }
    eprintln!("{}", found.summary(batch));
    let rows = found.rows(batch);
    match arguments.format {
        Format::Json => arguments.output.json(&rows)?,
        Format::Csv => arguments.output.write(|out| table(out, "", [(String::new(), &rows[..])].into_iter()))?,
    }
    Ok(found.spent.is_none() && found.is_finite())
}

/// A line for each eigenvector, behind the fields of each point, which stand under `heads`.
fn table<'a>(mut out: impl Write, heads: &str, points: impl Iterator<Item = (String, &'a [Along])>) -> std::io::Result<()> {
    writeln!(out, "{heads}eigenvalue,second_moment,isotropic,share,isotropic_share")?;
    for (before, rows) in points {
        for row in rows {
            let numbers = [row.eigenvalue, row.second_moment, row.isotropic, row.share, row.isotropic_share];
            writeln!(out, "{before}{}", numbers.map(crate::export::csv::number).join(","))?;
        }
    }
    out.flush()
}
