//! Where a spectrum is taken: the weights of the chosen method at the shown step.

use crate::linalg::all_finite;
use crate::measure::spectrum::Subject;
use crate::problem::{FiniteSum, Objective};
use crate::ui::number;
use crate::ui::panels::Context;
use crate::ui::session::Lane;

/// Most variables in which every eigenvalue is found unasked; beyond, the ends and the density.
pub const MOST_EXACT: usize = 600;
/// Most variables in which every eigenvalue is found where it is asked for.
pub const MOST_ASKED: usize = 3000;

/// A row of a run.
pub struct Place<'a> {
    /// The method.
    pub lane: &'a Lane,
    /// The step of the row: the shown one, or the last recorded one before it.
    pub step: u64,
    /// The iterate.
    pub w: &'a [f64],
    /// What the matrices are of.
    pub subject: Subject,
}

impl<'a> Place<'a> {
    /// The place that the context shows; else a sentence.
    pub fn of(context: &Context<'a>) -> Result<Self, String> {
        let problem = context.session.problem();
        if problem.network().is_none() && problem.dim() > MOST_EXACT {
            return Err(format!("Spectra are shown of networks, and of formulas in up to {MOST_EXACT} variables."));
        }
        let index = context.selected().ok_or("No method runs: switch one on in the list of methods.")?;
        let lane = &context.session.lanes()[index];
        let trace = lane.run().ok_or("This method does not run.")?.trace();
        let last = trace.rows().len().checked_sub(1).ok_or("This method has no steps yet.")?;
        let row = trace.row_of(context.step.max(trace.first())).map_or(last, |row| row.min(last));
        let (step, w) = (trace.step_of(row), trace.position(row));
        if !all_finite(w) {
            return Err(format!("The iterate of {} at step {step} is not finite: it has no matrices.", lane.name()));
        }
        Ok(Self { lane, step, w, subject: problem.into() })
    }

    /// "step 600 of GD", and of which row where the trace has no such step.
    pub fn words(&self, context: &Context<'_>) -> String {
        let step = number::count(self.step);
        let name = self.lane.name();
        let shown = context.step.min(self.lane.run().map_or(0, crate::run::Run::len));
        if self.step == shown {
            format!("step {step} of {name}")
        } else {
            format!("step {step} of {name}, the last that is recorded before step {}", number::count(shown))
        }
    }

    /// "all 250 training samples"; nothing for a plain function.
    pub fn samples(&self) -> Option<String> {
        let m = self.subject.objective().finite_sum().map(FiniteSum::samples)?;
        let kind = if matches!(self.subject, Subject::Network(_)) { "training samples" } else { "samples" };
        Some(format!("all {} {kind}", number::count(m as u64)))
    }
}

/// In which layers, or along which variables, an eigenvector is: its largest shares of ‖v‖² = 1.
pub fn shares(subject: &Subject, v: &[f64]) -> String {
    let percent = |share: f64| format!("{} %", number::short(100.0 * share, 2));
    if let Subject::Network(net) = subject {
        let layers = net.architecture().layers().enumerate().map(|(l, layer)| {
            let share = v[layer.weights.start..layer.bias.end].iter().map(|x| x * x).sum();
            format!("layer {} {}", l + 1, percent(share))
        });
        return layers.collect::<Vec<_>>().join(", ");
    }
    let mut order: Vec<usize> = (0..v.len()).collect();
    order.sort_by(|a, b| v[*b].abs().total_cmp(&v[*a].abs()));
    let names = |i: usize| match (v.len(), i) {
        (1..=3, i) => ["x", "y", "z"][i].to_owned(),
        _ => format!("x[{}]", i + 1),
    };
    order.into_iter().take(3).map(|i| format!("{} {}", names(i), percent(v[i] * v[i]))).collect::<Vec<_>>().join(", ")
}
