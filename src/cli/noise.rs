//! `noise`: the noise of stochastic gradients along the eigenvectors of the Hessian.

use super::CliError;
use super::arguments::{Format, Output};
use super::problem::ProblemArgs;
use super::spectrum::{opened, subject};
use crate::linalg::{Job, all_finite};
use crate::measure::noise::{GradientNoise, NoiseJob};
use crate::measure::spectrum::{EndsJob, EndsOptions, MatrixKind, MatrixOperator, SpectrumJob};
use clap::Args;
use serde::Serialize;

/// Up to this many parameters `noise` looks along all eigenvectors.
const MOST_EXACT: usize = 2000;

/// The arguments of `noise`.
#[derive(Debug, Args)]
pub struct NoiseArgs {
    /// A network, or a finite sum; --batch is 1 without.
    #[command(flatten)]
    pub problem: ProblemArgs,
    /// A file of weights, or a point such as "1,2"; the start without.
    #[arg(long, allow_hyphen_values = true, value_name = "FILE.json|X,Y")]
    pub at: Option<String>,
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

#[derive(Serialize)]
struct Along {
    eigenvalue: f64,
    second_moment: f64,
    isotropic: f64,
    share: f64,
    isotropic_share: f64,
}

/// What is said where there is nothing to measure.
const NOT_FINITE: &str = "the Hessian or the gradients of the samples are not finite at this point";

/// The noise in one line.
fn summary(noise: &GradientNoise, batch: usize) -> String {
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

/// `noise`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn noise(arguments: &NoiseArgs) -> Result<bool, CliError> {
    let (problem, x) = opened(&arguments.problem, arguments.at.as_deref())?;
    let batch = arguments.problem.batch.unwrap_or(1) as usize;
    subject(&problem).check(&x, MatrixKind::Fisher)?;
    let mut good = true;
    let (values, vectors) = if x.len() <= MOST_EXACT {
        let found = SpectrumJob::new(subject(&problem), x.clone(), MatrixKind::Hessian, true)?.finish();
        found.map(|s| (s.values, s.vectors)).unwrap_or_default()
    } else {
        let k = usize::from(arguments.top);
        let options = EndsOptions { bottom: k, top: k, ..EndsOptions::default() };
        let operator = MatrixOperator::new(subject(&problem), x.clone(), MatrixKind::Hessian)?;
        let ends = EndsJob::new(operator, options, &[]).finish().unwrap_or_default();
        if !ends.converged {
            good = false;
            eprintln!("{} products are spent before every eigenvalue has converged", ends.products);
        }
        let mut pairs: Vec<_> = ends.bottom.into_iter().chain(ends.top).collect();
        pairs.sort_by(|a, b| a.value.total_cmp(&b.value));
        (pairs.iter().map(|p| p.value).collect(), pairs.iter().flat_map(|p| p.vector.iter().copied()).collect())
    };
    let noise = if all_finite(&values) {
        NoiseJob::new(subject(&problem), x, &values, vectors)?.finish().unwrap_or_default()
    } else {
        GradientNoise::default()
    };
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
    let finite = !rows.is_empty() && rows.iter().all(|row| row.second_moment.is_finite() && row.share.is_finite());
    eprintln!("{}", if finite { summary(&noise, batch) } else { NOT_FINITE.to_owned() });
    match arguments.format {
        Format::Json => arguments.output.json(&rows)?,
        Format::Csv => arguments.output.write(|out| {
            let mut writer = csv::Writer::from_writer(out);
            for row in &rows {
                writer.serialize(row).map_err(std::io::Error::other)?;
            }
            writer.flush()
        })?,
    }
    Ok(good && finite)
}
