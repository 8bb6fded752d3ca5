//! The study of the noise over widths and depths as JSON and as a table.

use super::csv::number;
use crate::measure::noise::{Planned, StudyRow};
use serde::Serialize;
use std::io::Write;

/// A network as it is written.
#[derive(Serialize)]
struct Line<'a> {
    network: &'a str,
    series: &'static str,
    layers: &'a [usize],
    d: usize,
    isotropic: f64,
    at_lambda_min: f64,
    at_lambda_max: f64,
    lambda_min: f64,
    lambda_max: f64,
    correlation: f64,
    slope: f64,
    points: usize,
    unconverged: usize,
}

fn lines<'a>(planned: &'a [Planned], rows: &'a [StudyRow]) -> impl Iterator<Item = Line<'a>> {
    planned.iter().zip(rows).map(|(planned, row)| Line {
        network: &planned.name,
        series: if planned.wide { "width" } else { "depth" },
        layers: &row.widths,
        d: row.dim,
        isotropic: row.isotropic,
        at_lambda_min: row.at_lowest,
        at_lambda_max: row.at_highest,
        lambda_min: row.lowest,
        lambda_max: row.highest,
        correlation: row.correlation,
        slope: row.slope,
        points: row.points,
        unconverged: row.unconverged,
    })
}

/// Writes an array with an object for each network: its `layers`, its weights `d`, E⟨∇fᵢ/‖∇fᵢ‖, v⟩² at both ends of the spectrum beside the
/// `isotropic` 1/d, the correlation of |λ| and that share over negative eigenvalues, the log-log slope of E⟨∇fᵢ, v⟩² there, medians over
/// `points`, and at how many of them Lanczos has not converged. Numbers that are not finite are null.
///
/// # Errors
/// Those of the writer.
pub fn write_json(mut out: impl Write, planned: &[Planned], rows: &[StudyRow]) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut out, &lines(planned, rows).collect::<Vec<_>>()).map_err(std::io::Error::other)?;
    writeln!(out)?;
    out.flush()
}

/// The same as a table, a line for each network; a number that is not finite is an empty field.
///
/// # Errors
/// Those of the writer.
pub fn write_csv(mut out: impl Write, planned: &[Planned], rows: &[StudyRow]) -> std::io::Result<()> {
    writeln!(
        out,
        "network,layers,d,isotropic,at_lambda_min,at_lambda_max,lambda_min,lambda_max,correlation,slope,points,unconverged"
    )?;
    for line in lines(planned, rows) {
        let layers: Vec<String> = line.layers.iter().map(ToString::to_string).collect();
        let shares = [line.isotropic, line.at_lambda_min, line.at_lambda_max];
        let values = [line.lambda_min, line.lambda_max, line.correlation, line.slope];
        let numbers: Vec<String> = shares.into_iter().chain(values).map(number).collect();
        let (name, layers, numbers) = (line.network, layers.join("-"), numbers.join(","));
        writeln!(out, "{name},{layers},{},{numbers},{},{}", line.d, line.points, line.unconverged)?;
    }
    out.flush()
}
