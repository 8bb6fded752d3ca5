//! The table of a race: a row a method.

use super::Race;
use super::outcome::{Cost, Outcome};
use super::quantile::Summary;
use crate::run::Status;
use serde::{Deserialize, Serialize};

/// What can be said of a method after a race. Medians are over its runs; what some run never did counts as +∞ there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Its place among the entrants.
    #[serde(skip)]
    pub entrant: usize,
    /// Its name.
    pub name: String,
    /// Runs that have ended.
    pub runs: usize,
    /// f at the ends.
    pub f: Summary,
    /// Median of ‖∇f‖ at the ends.
    pub gradient_norm: f64,
    /// Median of the smallest eigenvalue at the ends.
    pub lambda_min: f64,
    /// Runs that reached the target; `None` where there is none.
    pub reached: Option<usize>,
    /// Medians of what that took.
    pub to_target: Medians,
    /// Runs that escaped; `None` where there is no saddle to leave.
    pub escaped: Option<usize>,
    /// Median of the escape times, in steps.
    pub escape_time: f64,
    /// How the runs ended, the most frequent first.
    pub states: Vec<StateCount>,
    /// Measured seconds of a step: not reproducible; NaN before they are known.
    pub seconds_per_step: f64,
}

/// Medians in the units of the budget.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Medians {
    /// Trials.
    pub steps: f64,
    /// Gradients of components.
    pub gradients: f64,
    /// Products of components.
    pub products: f64,
    /// Gradients and products on one batch.
    pub backpropagations: f64,
}

/// Runs that ended in one state; those that ended by their method's own rule at negative curvature are counted apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateCount {
    /// The state, as the first of these runs had it.
    #[serde(flatten)]
    pub status: Status,
    /// Runs.
    pub count: usize,
}

/// A column of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The order of the entrants.
    #[default]
    Method,
    /// The most frequent state at the end: minima first.
    State,
    /// Median of f at the ends.
    F,
    /// 10 % quantile of f at the ends.
    F10,
    /// 90 % quantile of f at the ends.
    F90,
    /// Median of ‖∇f‖ at the ends.
    Gradient,
    /// Median of λ_min at the ends.
    LambdaMin,
    /// Median of the steps to the target.
    Steps,
    /// Median of the gradients to the target.
    Gradients,
    /// Median of the products to the target.
    Products,
    /// Median of the backpropagations to the target.
    Backpropagations,
    /// Runs that escaped.
    Escaped,
    /// Median of the escape times.
    EscapeTime,
    /// Time of a step.
    Seconds,
}

impl Column {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 14] = [
        Self::Method,
        Self::State,
        Self::F,
        Self::F10,
        Self::F90,
        Self::Gradient,
        Self::LambdaMin,
        Self::Steps,
        Self::Gradients,
        Self::Products,
        Self::Backpropagations,
        Self::Escaped,
        Self::EscapeTime,
        Self::Seconds,
    ];

    /// The number by which rows are sorted; that of [`State`](Self::State) is a rank.
    pub fn of(self, row: &Standing) -> f64 {
        match self {
            Self::Method => row.entrant as f64,
            Self::State => row.states.first().map_or(f64::NAN, |state| rank(&state.status)),
            Self::F => row.f.median,
            Self::F10 => row.f.q10,
            Self::F90 => row.f.q90,
            Self::Gradient => row.gradient_norm,
            Self::LambdaMin => row.lambda_min,
            Self::Steps => row.to_target.steps,
            Self::Gradients => row.to_target.gradients,
            Self::Products => row.to_target.products,
            Self::Backpropagations => row.to_target.backpropagations,
            Self::Escaped => row.escaped.map_or(f64::NAN, |n| n as f64 / row.runs.max(1) as f64),
            Self::EscapeTime => row.escape_time,
            Self::Seconds => row.seconds_per_step,
        }
    }
}

fn rank(status: &Status) -> f64 {
    match status {
        Status::Minimum { .. } => 0.0,
        Status::Finished { .. } if status.ended_at_negative_curvature() => 3.0,
        Status::Finished { .. } => 1.0,
        Status::Degenerate { .. } => 2.0,
        Status::StrictSaddle { .. } => 3.0,
        Status::Maximum { .. } => 4.0,
        Status::BudgetSpent { .. } => 5.0,
        Status::Stalled { .. } => 6.0,
        Status::Diverged { .. } => 7.0,
        Status::Running => 8.0,
    }
}

/// Sorts rows by a column; numbers that are not finite stay at the end either way, and ties stay in the order of the entrants.
pub fn sort(rows: &mut [Standing], column: Column, descending: bool) {
    rows.sort_by(|a, b| {
        let (p, q) = (column.of(a), column.of(b));
        let known = q.is_finite().cmp(&p.is_finite());
        let order = if descending { q.total_cmp(&p) } else { p.total_cmp(&q) };
        known.then(order).then(a.entrant.cmp(&b.entrant))
    });
}

impl Race {
    /// The row of every entrant of which a run has ended, in their order.
    pub fn standings(&self) -> Vec<Standing> {
        (0..self.entrants().len()).filter_map(|entrant| self.standing(entrant)).collect()
    }

    fn standing(&self, entrant: usize) -> Option<Standing> {
        let runs = || self.outcomes(entrant);
        let count = runs().count();
        if count == 0 {
            return None;
        }
        let median = |number: &dyn Fn(&Outcome) -> f64| Summary::of(runs().map(number)).median;
        let spent = |unit: fn(&Cost) -> u32| median(&|run| run.reached.as_ref().map_or(f64::INFINITY, |c| f64::from(unit(c))));
        let counted = |known: bool, done: fn(&Outcome) -> bool| known.then(|| runs().filter(|run| done(run)).count());
        Some(Standing {
            entrant,
            name: self.entrants()[entrant].name.clone(),
            runs: count,
            f: Summary::of(runs().map(|run| run.f)),
            gradient_norm: median(&|run| run.gradient_norm),
            lambda_min: median(&|run| run.lambda_min),
            reached: counted(self.landmarks().target.is_some(), |run| run.reached.is_some()),
            to_target: Medians {
                steps: spent(|c| c.steps),
                gradients: spent(|c| c.gradients),
                products: spent(|c| c.products),
                backpropagations: spent(|c| c.backpropagations),
            },
            escaped: counted(self.landmarks().gate.is_some(), |run| run.escaped.is_some()),
            escape_time: median(&|run| run.escaped.map_or(f64::INFINITY, f64::from)),
            states: states(runs()),
            seconds_per_step: self.pace(entrant).unwrap_or(f64::NAN),
        })
    }
}

fn states<'a>(runs: impl Iterator<Item = &'a Outcome>) -> Vec<StateCount> {
    let mut states: Vec<StateCount> = Vec::new();
    for run in runs {
        let key = |status: &Status| (status.id(), status.ended_at_negative_curvature());
        match states.iter_mut().find(|state| key(&state.status) == key(&run.status)) {
            Some(state) => state.count += 1,
            None => states.push(StateCount { status: run.status.clone(), count: 1 }),
        }
    }
    states.sort_by(|a, b| b.count.cmp(&a.count).then(rank(&a.status).total_cmp(&rank(&b.status))));
    states
}
