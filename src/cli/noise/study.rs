//! The noise over widths and depths of networks.

use super::{MEASURING, NoiseArgs};
use crate::cli::CliError;
use crate::cli::arguments::Format;
use crate::cli::progress::finish;
use crate::export;
use crate::measure::noise::{NoiseStudy, StudyPlan, StudyRow};

/// `noise --study`; `Ok(false)`: it is written, and is not what was asked for.
pub(super) fn study(arguments: &NoiseArgs) -> Result<bool, CliError> {
    let problem = arguments.problem.open()?;
    let Some(network) = problem.network() else {
        return Err(CliError::Usage("--study looks at networks: name one with --layers and --data".to_owned()));
    };
    if network.network().architecture().widths().len() < 3 {
        return Err(CliError::Usage(
            "--study takes the activation of the first hidden layer: name a network that has one".to_owned(),
        ));
    }
    let series = |asked: &Option<super::Units>, unasked: [usize; 5]| {
        asked.as_ref().map_or_else(|| unasked.to_vec(), |super::Units(asked)| asked.clone())
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
