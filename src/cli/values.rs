//! Values as words: numbers, matrices, names.

use super::CliError;
use super::arguments::SubproblemSolver;
use crate::linalg::Metric;
use crate::measure::race::Axis;
use crate::optim::subproblem::Solver;
use crate::optim::{Noise, NoiseShape};
use std::ops::RangeInclusive;

pub(super) fn solver(name: &str) -> Result<SubproblemSolver, String> {
    if name == "cubic" {
        return Ok(SubproblemSolver::Cubic);
    }
    let names = || Solver::ALL.map(Solver::name).join(", ");
    let found = Solver::ALL.into_iter().find(|s| s.name() == name).map(SubproblemSolver::Region);
    found.ok_or_else(|| format!("the solvers are {} and cubic", names()))
}

/// A whole number, for a word of the command line.
pub(super) fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("it must be a whole number from 0 to {}", u64::MAX))
}

/// A number, for a word of the command line.
pub(super) fn real(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| "it must be a number".to_owned())
}

pub(super) fn axis(name: &str) -> Result<Axis, String> {
    let names = || Axis::ALL.map(Axis::id).join(", ");
    Axis::ALL.into_iter().find(|a| a.id() == name).ok_or_else(|| format!("the axes are {}", names()))
}

pub(super) fn noise(text: &str) -> Result<Noise, String> {
    let wrong = || "noise is isotropic:STRENGTH or curvature:STRENGTH with a strength from 0 on".to_owned();
    let (shape, strength) = text.split_once(':').ok_or_else(wrong)?;
    let shape = match shape {
        "isotropic" => NoiseShape::Isotropic,
        "curvature" => NoiseShape::Curvature,
        _ => return Err(wrong()),
    };
    let strength = strength.parse().ok().filter(|v: &f64| v.is_finite() && *v >= 0.0).ok_or_else(wrong)?;
    Ok(Noise { shape, strength })
}

/// Comma-separated whole numbers in a range, for a word of the command line.
pub(super) fn wholes(text: &str, range: RangeInclusive<u64>) -> Result<Vec<u64>, String> {
    let one = |word: &str| word.trim().parse().ok().filter(|v| range.contains(v));
    let to = if *range.end() == u64::MAX { "on".to_owned() } else { format!("to {}", range.end()) };
    let wrong = || format!("it must be whole numbers from {} {to}, such as 4,8,16", range.start());
    text.split(',').map(|word| one(word).ok_or_else(wrong)).collect()
}

/// Comma-separated numbers.
pub(super) fn numbers(text: &str, what: &str) -> Result<Vec<f64>, CliError> {
    text.split(',').map(|t| number(t.trim(), what)).collect()
}

/// A square matrix by rows "a,b;c,d".
pub(super) fn matrix(text: &str, what: &str, n: usize) -> Result<Vec<f64>, CliError> {
    let rows: Vec<Vec<f64>> = text.split(';').map(|row| numbers(row, what)).collect::<Result<_, _>>()?;
    if rows.len() != n || rows.iter().any(|r| r.len() != n) {
        return Err(CliError::Usage(format!("{what} must have {n} rows of {n} numbers, as the gradient has {n}")));
    }
    let flat: Vec<f64> = rows.concat();
    if (0..n).any(|i| (0..i).any(|j| flat[i * n + j] != flat[j * n + i])) {
        return Err(CliError::Usage(format!("{what} must be symmetric")));
    }
    Ok(flat)
}

/// A metric: a matrix by rows, or a diagonal.
pub(super) fn metric(text: Option<&str>, n: usize) -> Result<Metric, CliError> {
    let metric = match text {
        None => Metric::Sphere,
        Some(text) if !text.contains(';') && n > 1 => Metric::Diagonal(numbers(text, "--metric")?.into()),
        Some(text) => Metric::Full(matrix(text, "--metric", n)?.into()),
    };
    metric.validate(n).map_err(|e| CliError::Usage(format!("--metric: {e}")))?;
    Ok(metric)
}

pub(super) fn number(text: &str, what: &str) -> Result<f64, CliError> {
    match text.parse::<f64>() {
        Ok(v) if v.is_finite() => Ok(v),
        _ => Err(CliError::Usage(format!("{what}: \"{text}\" is no finite number"))),
    }
}

pub(super) fn pairs(list: &[String], what: &str) -> Result<Vec<(String, String)>, CliError> {
    list.iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
            _ => Err(CliError::Usage(format!("{what} takes name=value, not \"{pair}\""))),
        })
        .collect()
}

/// A box in these two coordinates.
pub(super) fn domain(text: &str, what: &str, [x, y]: [&str; 2]) -> Result<[f64; 4], CliError> {
    let wrong = || {
        let takes = format!("{x}0:{x}1,{y}0:{y}1 with {x}0 < {x}1 and {y}0 < {y}1");
        CliError::Usage(format!("{what} takes {takes}, not \"{text}\""))
    };
    let sides: Vec<f64> = text
        .split([',', ':'])
        .map(|t| t.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(wrong))
        .collect::<Result<_, _>>()?;
    match sides[..] {
        [x0, x1, y0, y1] if x0 < x1 && y0 < y1 => Ok([x0, x1, y0, y1]),
        _ => Err(wrong()),
    }
}
