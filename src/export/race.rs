//! Races and sweeps as JSON and as tables.

use super::csv::number;
use crate::measure::race::{Axis, BandPoint, Gate, Quantity, Race, Standing, Sweep, SweepCurve};
use crate::optim::Setting;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// A race as it is written.
#[derive(Serialize)]
struct RaceJson<'a> {
    start: &'a [f64],
    steps: u64,
    /// f*, where there is one: `gap` is f − f* then, else f.
    floor: Option<f64>,
    target: Option<f64>,
    saddle: Option<&'a Gate>,
    axis: &'static str,
    /// Whether another run of the program gives the same abscissas.
    axis_is_reproducible: bool,
    methods: Vec<EntrantJson<'a>>,
}

#[derive(Serialize)]
struct EntrantJson<'a> {
    method: &'static str,
    parameters: BTreeMap<&'static str, Setting>,
    #[serde(flatten)]
    standing: Standing,
    ends: Vec<End<'a>>,
    gap: Vec<BandPoint>,
    gradient: Vec<BandPoint>,
}

/// The end of a run.
#[derive(Serialize)]
struct End<'a> {
    seed: u64,
    status: &'static str,
    message: String,
    x: &'a [f64],
    f: f64,
    gradient_norm: f64,
    lambda_min: f64,
    steps: u32,
    backpropagations: u32,
    escaped_at: Option<u32>,
}

/// Writes a race as one JSON object: what it is measured against, and for each method its row of the table, the end of every
/// run, and the bands of f − f* and ‖∇f‖ against `axis`. Numbers that are not finite are null.
///
/// # Errors
/// Those of the writer.
pub fn write_json(mut out: impl Write, race: &Race, axis: Axis) -> std::io::Result<()> {
    let landmarks = race.landmarks();
    let methods = race.standings().into_iter().map(|standing| {
        let entrant = standing.entrant;
        let setup = &race.entrants()[entrant].setup;
        let ends = race.outcomes(entrant).map(|run| End {
            seed: run.seed,
            status: run.status.id(),
            message: run.status.message(),
            x: &run.x,
            f: run.f,
            gradient_norm: run.gradient_norm,
            lambda_min: run.lambda_min,
            steps: run.cost.steps,
            backpropagations: run.cost.backpropagations,
            escaped_at: run.escaped,
        });
        EntrantJson {
            method: setup.method.id,
            parameters: super::json::parameters(setup),
            ends: ends.collect(),
            gap: race.band(entrant, Quantity::Gap, axis),
            gradient: race.band(entrant, Quantity::Gradient, axis),
            standing,
        }
    });
    let first = race.entrants().first().map(|e| &e.setup);
    let file = RaceJson {
        start: first.map_or(&[], |setup| &setup.start),
        steps: first.map_or(0, |setup| setup.budget),
        floor: race.floor(),
        target: landmarks.target,
        saddle: landmarks.gate.as_ref(),
        axis: axis.id(),
        axis_is_reproducible: axis != Axis::Seconds,
        methods: methods.collect(),
    };
    serde_json::to_writer(&mut out, &file).map_err(std::io::Error::other)?;
    writeln!(out)?;
    out.flush()
}

/// Writes rows of the table, a line each. A number that is not finite is an empty field; the states are counted as
/// `minimum:97 strict_saddle:3`.
///
/// # Errors
/// Those of the writer.
pub fn write_csv(mut out: impl Write, race: &Race, rows: &[Standing]) -> std::io::Result<()> {
    writeln!(
        out,
        "name,method,runs,states,lambda_min,f_median,f_q10,f_q25,f_q75,f_q90,gradient_norm,reached,steps_to_target,\
         gradients_to_target,products_to_target,backpropagations_to_target,escaped,escape_time,seconds_per_step"
    )?;
    for row in rows {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for state in &row.states {
            match counts.iter_mut().find(|(id, _)| *id == state.status.id()) {
                Some((_, count)) => *count += state.count,
                None => counts.push((state.status.id(), state.count)),
            }
        }
        let states: Vec<String> = counts.iter().map(|(id, count)| format!("{id}:{count}")).collect();
        let count = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
        let to = row.to_target;
        let mut fields = vec![row.name.clone(), race.entrants()[row.entrant].setup.method.id.to_owned(), row.runs.to_string()];
        fields.extend([states.join(" "), number(row.lambda_min)]);
        fields.extend([row.f.median, row.f.q10, row.f.q25, row.f.q75, row.f.q90, row.gradient_norm].map(number));
        fields.push(count(row.reached));
        fields.extend([to.steps, to.gradients, to.products, to.backpropagations].map(number));
        fields.push(count(row.escaped));
        fields.extend([row.escape_time, row.seconds_per_step].map(number));
        writeln!(out, "{}", fields.join(","))?;
    }
    out.flush()
}

/// Writes a sweep as one JSON object: for each method its step lengths with the quantiles of f at the ends.
///
/// # Errors
/// Those of the writer.
pub fn write_sweep_json(mut out: impl Write, sweep: &Sweep) -> std::io::Result<()> {
    #[derive(Serialize)]
    struct File {
        floor: Option<f64>,
        methods: Vec<SweepCurve>,
    }
    let file = File { floor: sweep.floor(), methods: sweep.curves() };
    serde_json::to_writer(&mut out, &file).map_err(std::io::Error::other)?;
    writeln!(out)?;
    out.flush()
}

/// Writes a sweep as a table, a line for each step length of each method.
///
/// # Errors
/// Those of the writer.
pub fn write_sweep_csv(mut out: impl Write, sweep: &Sweep) -> std::io::Result<()> {
    writeln!(out, "name,parameter,factor,value,runs,diverged,f_median,f_q10,f_q25,f_q75,f_q90")?;
    for curve in sweep.curves() {
        for point in &curve.points {
            let head = format!("{},{},{},{}", curve.name, curve.parameter, point.factor, point.value);
            let f = [point.f.median, point.f.q10, point.f.q25, point.f.q75, point.f.q90].map(number).join(",");
            writeln!(out, "{head},{},{},{f}", point.runs, point.diverged)?;
        }
    }
    out.flush()
}
