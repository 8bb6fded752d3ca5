//! Curves over seeds against a budget, and histograms of escape times.

use super::Race;
use super::outcome::{Cost, Outcome, Sample};
use super::quantile::Summary;
use serde::{Deserialize, Serialize};

/// Points of a band at most.
const POINTS: usize = 400;

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// f − f*, f* from [`Race::floor`]; f where there is none.
    #[default]
    Gap,
    /// ‖∇f‖ of the whole function.
    Gradient,
    /// ‖x − x_s‖, the distance from the saddle to be left.
    Distance,
}

/// Against what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Trials.
    #[default]
    Steps,
    /// Gradients of components ([`Cost::gradients`]).
    Gradients,
    /// Hessian-vector products of components ([`Cost::products`]).
    Products,
    /// Gradients and products on one batch.
    Backpropagations,
    /// Steps times the measured time of one: not reproducible.
    Seconds,
}

/// The quantiles over seeds where a budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BandPoint {
    /// The budget, in the unit of the axis.
    pub at: f64,
    /// Over the runs.
    #[serde(flatten)]
    pub over_seeds: Summary,
}

/// Runs counted by when they escaped.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// The first step of each bin, and of the one after the last.
    pub edges: Vec<f64>,
    /// Runs in each bin.
    pub counts: Vec<usize>,
    /// Runs that had not escaped when they ended.
    pub never: usize,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Gap, Self::Gradient, Self::Distance];

    fn of(self, sample: &Sample, floor: f64) -> f64 {
        match self {
            Self::Gap => sample.f - floor,
            Self::Gradient => f64::from(sample.gradient_norm),
            Self::Distance => f64::from(sample.distance),
        }
    }
}

impl Axis {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Steps, Self::Gradients, Self::Products, Self::Backpropagations, Self::Seconds];

    /// The name in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Gradients => "gradients",
            Self::Products => "products",
            Self::Backpropagations => "backpropagations",
            Self::Seconds => "seconds",
        }
    }

    /// What a run had spent; `pace` is the time of a step.
    pub fn of(self, cost: &Cost, pace: f64) -> f64 {
        match self {
            Self::Steps => f64::from(cost.steps),
            Self::Gradients => f64::from(cost.gradients),
            Self::Products => f64::from(cost.products),
            Self::Backpropagations => f64::from(cost.backpropagations),
            Self::Seconds => f64::from(cost.steps) * pace,
        }
    }
}

impl Race {
    /// The curve of `quantity` against `axis` over an entrant's runs that have ended.
    ///
    /// Each run is a step function of the budget: its value at a budget is that of its last recorded state that cost no more.
    /// A run that has ended keeps its last value, one that diverged counts as +∞ from its end on. The band ends where the first
    /// run was cut off by the number of steps: what it would do with more is not known. The budgets are the costs of all
    /// recorded states, thinned to 400.
    pub fn band(&self, entrant: usize, quantity: Quantity, axis: Axis) -> Vec<BandPoint> {
        let runs: Vec<&Outcome> = self.outcomes(entrant).collect();
        let pace = self.pace(entrant).unwrap_or(f64::NAN);
        let floor = self.floor().unwrap_or(0.0);
        let cost = |sample: &Sample| axis.of(&sample.cost, pace);
        let limit = runs.iter().filter(|run| run.cut).map(|run| axis.of(&run.cost, pace)).fold(f64::INFINITY, f64::min);
        let mut budgets: Vec<f64> = runs.iter().flat_map(|run| run.samples.iter().map(cost)).filter(|b| *b <= limit).collect();
        budgets.sort_unstable_by(f64::total_cmp);
        budgets.dedup();
        let budgets = thinned(&budgets);
        let mut places = vec![0; runs.len()];
        let mut values = vec![0.0; runs.len()];
        let mut band = Vec::with_capacity(budgets.len());
        for at in budgets {
            for ((run, place), value) in runs.iter().zip(&mut places).zip(&mut values) {
                while run.samples.get(*place + 1).is_some_and(|next| cost(next) <= at) {
                    *place += 1;
                }
                let lost = run.has_diverged() && *place + 1 == run.samples.len();
                *value = if lost { f64::INFINITY } else { quantity.of(&run.samples[*place], floor) };
            }
            band.push(BandPoint { at, over_seeds: Summary::of_mut(&mut values) });
        }
        band
    }

    /// Escape times of every entrant's runs in `bins` bins of equal width from 0 to the latest escape of all; empty
    /// where there is no saddle to leave.
    pub fn escapes(&self, bins: usize) -> Vec<Histogram> {
        if self.landmarks().gate.is_none() {
            return Vec::new();
        }
        let entrants = 0..self.entrants().len();
        let latest = entrants.clone().flat_map(|i| self.outcomes(i).filter_map(|run| run.escaped)).max().unwrap_or(0);
        let bins = bins.max(1);
        let width = (u64::from(latest) + 1).div_ceil(bins as u64);
        let histogram = |entrant: usize| {
            let mut counts = vec![0; bins];
            let mut never = 0;
            for run in self.outcomes(entrant) {
                match run.escaped {
                    Some(step) => counts[(u64::from(step) / width) as usize] += 1,
                    None => never += 1,
                }
            }
            Histogram { edges: (0..=bins).map(|i| (i as u64 * width) as f64).collect(), counts, never }
        };
        entrants.map(histogram).collect()
    }
}

/// At most [`POINTS`] of the values, evenly by place, the ends kept.
fn thinned(values: &[f64]) -> Vec<f64> {
    if values.len() <= POINTS {
        return values.to_vec();
    }
    (0..POINTS).map(|i| values[i * (values.len() - 1) / (POINTS - 1)]).collect()
}
