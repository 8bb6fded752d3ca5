//! `noise`: the noise of stochastic gradients along the eigenvectors of the Hessian.

use super::CliError;
use super::arguments::{Format, Output};
use super::problem::ProblemArgs;
use super::progress::finish;
use super::spectrum::{FINDING, opened};
use super::values::wholes;
use crate::export;
use crate::linalg::all_finite;
use crate::measure::noise::{GradientNoise, NoiseJob, NoiseStudy, StudyPlan, StudyRow};
use crate::measure::spectrum::{EndsJob, EndsOptions, MatrixKind, MatrixOperator, SpectrumJob, Subject};
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
    /// The dependence of the noise on the width and the depth of networks instead, on up to 250 samples of this one's data, with its loss and
    /// the activation of its first hidden layer, at random weights: a row for each network, medians over its points.
    #[arg(long, conflicts_with_all = ["at", "top", "batch", "l2", "init", "init_seed"])]
    pub study: bool,
    /// Widths of one hidden layer of a study; 4,8,16,32,64 without.
    #[arg(long, requires = "study", value_name = "N,N,…", value_parser = units)]
    pub widths: Option<Units>,
    /// Depths of a study, of hidden layers of ten units; 1,2,4,8,16 without.
    #[arg(long, requires = "study", value_name = "N,N,…", value_parser = units)]
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

#[derive(Serialize)]
struct Along {
    eigenvalue: f64,
    second_moment: f64,
    isotropic: f64,
    share: f64,
    isotropic_share: f64,
}

/// What takes its time.
const MEASURING: &str = "measuring the noise";

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

/// `noise --study`; `Ok(false)`: it is written, and is not what was asked for.
fn study(arguments: &NoiseArgs) -> Result<bool, CliError> {
    let problem = arguments.problem.open()?;
    let Some(network) = problem.network() else {
        return Err(CliError::Usage("--study looks at networks: name one with --layers and --data".to_owned()));
    };
    if network.network().architecture().widths().len() < 3 {
        return Err(CliError::Usage(
            "--study takes the activation of the first hidden layer: name a network that has one".to_owned(),
        ));
    }
    let series = |asked: &Option<Units>, unasked: [usize; 5]| {
        asked.as_ref().map_or_else(|| unasked.to_vec(), |Units(asked)| asked.clone())
    };
    let widths = series(&arguments.widths, StudyPlan::WIDTHS);
    let depths = series(&arguments.depths, StudyPlan::DEPTHS);
    let StudyPlan { planned, left_out, samples, cases } = StudyPlan::new(network, &widths, &depths);
    if !left_out.is_empty() {
        let most = StudyPlan::MOST_PARAMETERS;
        eprintln!("more than {most} parameters, left out: {}", left_out.join(", "));
    }
    if planned.is_empty() {
        return Err(CliError::Usage("no network of this study is small enough: take smaller widths and depths".to_owned()));
    }
    let rows = finish(NoiseStudy::new(cases), MEASURING).unwrap_or_default();
    arguments.output.write(|out| match arguments.format {
        Format::Json => export::study::write_json(out, &planned, &rows),
        Format::Csv => export::study::write_csv(out, &planned, &rows),
    })?;
    let unconverged: usize = rows.iter().map(|row| row.unconverged).sum();
    if unconverged > 0 {
        eprintln!("at {unconverged} points the products were spent before both eigenvectors had converged");
    }
    let infinite = |row: &StudyRow| ![row.at_lowest, row.at_highest, row.lowest, row.highest].iter().all(|v| v.is_finite());
    let lost: Vec<&str> =
        planned.iter().zip(&rows).filter(|(_, row)| infinite(row)).map(|(planned, _)| planned.name.as_str()).collect();
    if !lost.is_empty() {
        eprintln!("the Hessian or the gradients of the samples are not finite: {}", lost.join(", "));
    }
    eprintln!("{} networks on {samples} samples, weights N(0, 1) without biases", rows.len());
    Ok(unconverged == 0 && lost.is_empty() && rows.len() == planned.len())
}

/// `noise`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn noise(arguments: &NoiseArgs) -> Result<bool, CliError> {
    if arguments.study {
        return study(arguments);
    }
    let (problem, x) = opened(&arguments.problem, arguments.at.as_deref())?;
    let batch = arguments.problem.batch.unwrap_or(1) as usize;
    let subject = Subject::from(&problem);
    subject.check(&x, MatrixKind::Fisher)?;
    let mut good = true;
    let (values, vectors) = if x.len() <= MOST_EXACT {
        let found = finish(SpectrumJob::new(subject.clone(), x.clone(), MatrixKind::Hessian, true)?, FINDING);
        found.map(|s| (s.values, s.vectors)).unwrap_or_default()
    } else {
        let k = usize::from(arguments.top);
        let options = EndsOptions { bottom: k, top: k, ..EndsOptions::default() };
        let operator = MatrixOperator::new(subject.clone(), x.clone(), MatrixKind::Hessian)?;
        let ends = finish(EndsJob::new(operator, options, &[]), FINDING).unwrap_or_default();
        if !ends.converged {
            good = false;
            eprintln!("{} products are spent before every eigenvalue has converged", ends.products);
        }
        let mut pairs: Vec<_> = ends.bottom.into_iter().chain(ends.top).collect();
        pairs.sort_by(|a, b| a.value.total_cmp(&b.value));
        (pairs.iter().map(|p| p.value).collect(), pairs.iter().flat_map(|p| p.vector.iter().copied()).collect())
    };
    let noise = if all_finite(&values) {
        finish(NoiseJob::new(subject, x, &values, vectors)?, MEASURING).unwrap_or_default()
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
