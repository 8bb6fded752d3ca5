//! Runs as a table of comma-separated values.

use super::json::rows;
use crate::measure::PointReport;
use crate::run::Run;
use std::io::Write;

/// One line for each step of each run: `method, seed, k, x1 … xn, f, gradient_norm, accepted, predicted, actual`, the
/// counts, the phase, and what [`write_runs`](super::json::write_runs) of JSON says of a network's quality. A number that is not finite
/// is an empty field.
///
/// # Errors
/// Those of the writer.
pub fn write_runs<'a>(mut out: impl Write, runs: impl IntoIterator<Item = &'a Run>) -> std::io::Result<()> {
    let mut headed = false;
    for run in runs {
        for row in rows(run) {
            if !headed {
                headed = true;
                let x: String = (1..=row.x.len()).map(|i| format!("x{i},")).collect();
                let quality: String = row.quality.columns().map(|(name, _)| format!(",{name}")).collect();
                writeln!(
                    out,
                    "method,seed,k,{x}f,gradient_norm,accepted,predicted,actual,value,gradient,hessian_vector,hessian,\
                     sample_gradient,sample_hessian_vector,backpropagations,phase{quality}"
                )?;
            }
            let x: String = row.x.iter().map(|v| number(*v) + ",").collect();
            let quality: String = row.quality.columns().map(|(_, v)| format!(",{}", number(v))).collect();
            let c = row.counts;
            writeln!(
                out,
                "{},{},{},{x}{},{},{},{},{},{},{},{},{},{},{},{},{}{quality}",
                run.setup().method.id,
                run.setup().seed,
                row.k,
                number(row.f),
                number(row.gradient_norm),
                row.accepted,
                number(row.predicted),
                number(row.actual),
                c.value,
                c.gradient,
                c.hessian_vector,
                c.hessian,
                c.sample_gradient,
                c.sample_hessian_vector,
                c.backpropagations,
                row.phase.id()
            )?;
        }
    }
    out.flush()
}

/// One line for each point: `x1 … xn, value, gradient_norm, eigenvalue1 …, kind, index, family`. A number that is not finite is an
/// empty field.
///
/// # Errors
/// Those of the writer.
pub fn write_points(mut out: impl Write, dim: usize, points: &[PointReport]) -> std::io::Result<()> {
    let columns = |name: &str| (1..=dim).map(|i| format!("{name}{i},")).collect::<String>();
    let fields = |numbers: &[f64]| numbers.iter().map(|v| number(*v) + ",").collect::<String>();
    writeln!(out, "{}value,gradient_norm,{}kind,index,family", columns("x"), columns("eigenvalue"))?;
    for point in points {
        let [x, eigenvalues] = [&point.x, &point.eigenvalues].map(|numbers| fields(numbers));
        let [value, slope] = [point.value, point.gradient_norm].map(number);
        writeln!(out, "{x}{value},{slope},{eigenvalues}{},{},{}", point.kind.id(), point.index, point.family)?;
    }
    out.flush()
}

/// A number as a field, short and read back to the same bits; empty where it is not finite.
pub fn number(v: f64) -> String {
    match v.abs() {
        size if !size.is_finite() => String::new(),
        size if size == 0.0 || (1e-5..1e16).contains(&size) => v.to_string(),
        _ => format!("{v:e}"),
    }
}
