//! The curves of a run: f, ‖∇f‖, λ_min, Δ and ρ at each row of its trace, and what of them a small plot can show.

mod look;
mod sketch;

pub use look::{Look, Looker, is_looked_at};

use crate::problem::{Kind, Problem};
use crate::run::{Row, Run, Status};
use sketch::Sketch;
use std::sync::Arc;

/// What is drawn against steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// f − f*.
    Gap,
    /// ‖∇f‖.
    Gradient,
    /// The smallest eigenvalue of the Hessian.
    LambdaMin,
    /// Δ.
    Radius,
    /// ρ = actual/predicted.
    Ratio,
    /// The loss on the test samples.
    TestLoss,
    /// The share of training samples that are classified right.
    Accuracy,
    /// The share of test samples that are classified right.
    TestAccuracy,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Gap,
        Self::Gradient,
        Self::LambdaMin,
        Self::Radius,
        Self::Ratio,
        Self::TestLoss,
        Self::Accuracy,
        Self::TestAccuracy,
    ];

    /// Whether it is known of this problem.
    pub fn is_known(self, problem: &Problem) -> bool {
        let network = problem.network();
        let (classes, tested) = network.map_or((false, false), |n| (n.has_classes(), !n.test()[0].is_empty()));
        match self {
            Self::TestLoss => tested,
            Self::Accuracy => classes,
            Self::TestAccuracy => tested && classes,
            Self::LambdaMin => network.is_none(),
            _ => true,
        }
    }

    /// The sign by which it goes, for a network or a formula.
    pub fn symbol(self, network: bool) -> &'static str {
        match self {
            Self::Gap if network => "loss",
            Self::Gap => "f − f*",
            Self::Gradient => "‖∇f‖",
            Self::LambdaMin => "λₘᵢₙ",
            Self::Radius => "Δ",
            Self::Ratio => "ρ",
            Self::TestLoss => "test loss",
            Self::Accuracy => "accuracy",
            Self::TestAccuracy => "test accuracy",
        }
    }

    /// What it says, for a network or a formula.
    pub fn meaning(self, network: bool) -> &'static str {
        match self {
            Self::Gap if network => "Mean loss of the training samples, with its l2 term",
            Self::Gap => "Distance to the lowest value that is known or was seen",
            Self::Gradient => "Norm of the gradient at the iterate, zero at every critical point",
            Self::LambdaMin => {
                "Smallest eigenvalue of the Hessian at the iterate: below zero there is a way down along which the slope may vanish"
            }
            Self::Radius => "Radius of the trust region, or of a random kick, in its own norm",
            Self::Ratio => "Actual over predicted decrease: 1 where the model told the truth",
            Self::TestLoss => "Mean loss on samples that no method has seen",
            Self::Accuracy => "Share of the training samples that are classified right",
            Self::TestAccuracy => "Share of the test samples that are classified right",
        }
    }

    /// Whether its axis is logarithmic.
    pub fn is_log(self) -> bool {
        matches!(self, Self::Gap | Self::Gradient | Self::Radius | Self::TestLoss)
    }
}

/// The computed columns of a run's trace, in step with it.
pub struct Curves {
    problem: Arc<Problem>,
    looker: Looker,
    stride: u64,
    /// f at each row; NaN where it was not looked.
    pub values: Vec<f64>,
    /// ‖∇f‖ at each row; NaN where it was not looked.
    pub gradients: Vec<f64>,
    /// λ_min at each row; NaN in large dimensions.
    pub lambdas: Vec<f64>,
    /// λ_max at each row; NaN in large dimensions.
    tops: Vec<f64>,
    /// Test loss, accuracy and test accuracy at each row, of networks.
    qualities: [Vec<f64>; 3],
    /// The largest finite ‖∇f‖ up to each row.
    steepest: Vec<f64>,
    /// One more than the last row up to each row at which λ_min < 0; 0 where there is none.
    after_negative: Vec<u32>,
    sketches: [Sketch; 8],
    lowest: f64,
}

impl Curves {
    /// No rows yet.
    pub fn new(problem: &Arc<Problem>) -> Self {
        Self {
            problem: Arc::clone(problem),
            looker: Looker::new(problem),
            stride: 1,
            values: Vec::new(),
            gradients: Vec::new(),
            lambdas: Vec::new(),
            tops: Vec::new(),
            qualities: Default::default(),
            steepest: Vec::new(),
            after_negative: Vec::new(),
            sketches: Default::default(),
            lowest: f64::INFINITY,
        }
    }

    /// Rows computed.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing is computed yet.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The lowest finite f so far.
    pub fn lowest(&self) -> f64 {
        self.lowest
    }

    /// The rows at which a small plot of `quantity` touches its curve, in order.
    pub fn sketch(&self, quantity: Quantity) -> impl Iterator<Item = usize> + '_ {
        self.sketches[quantity as usize].rows()
    }

    /// The largest finite ‖∇f‖ up to a row.
    pub fn steepest(&self, row: usize) -> f64 {
        self.steepest[row]
    }

    /// The first row after the last one up to `row` at which λ_min < 0.
    pub fn after_negative(&self, row: usize) -> Option<usize> {
        let first = self.after_negative[row] as usize;
        (first > 0).then_some(first)
    }

    /// The critical point that the ends of the spectrum at a row speak of, where λ_min < 0: a saddle where some curvature is
    /// positive, a maximum where all of it is negative.
    pub fn negative_kind(&self, row: usize) -> Kind {
        match Kind::of_critical_point(&[self.lambdas[row], self.tops[row]]).0 {
            Kind::Saddle => Kind::Saddle,
            Kind::Maximum => Kind::Maximum,
            _ => Kind::Degenerate,
        }
    }

    /// `quantity` at a row, or at the last one before it that was looked at; f itself for the gap.
    pub fn at(&self, run: &Run, quantity: Quantity, row: usize) -> f64 {
        match quantity {
            Quantity::Gap => self.seen(&self.values, row),
            Quantity::Gradient => self.seen(&self.gradients, row),
            Quantity::LambdaMin => self.lambdas[row],
            Quantity::Radius => run.trace().rows()[row].radius,
            Quantity::Ratio => run.trace().rows()[row].ratio,
            Quantity::TestLoss => self.seen(&self.qualities[0], row),
            Quantity::Accuracy => self.seen(&self.qualities[1], row),
            Quantity::TestAccuracy => self.seen(&self.qualities[2], row),
        }
    }

    /// f and ‖∇f‖ at a row, where it was looked at.
    pub fn seen_at(&self, row: usize) -> Option<[f64; 2]> {
        let seen = [*self.values.get(row)?, *self.gradients.get(row)?];
        (!seen[0].is_nan()).then_some(seen)
    }

    fn seen(&self, column: &[f64], row: usize) -> f64 {
        if self.problem.network().is_none() {
            return column[row];
        }
        column[..=row].iter().rev().copied().find(|v| !v.is_nan()).unwrap_or(f64::NAN)
    }

    /// Looks at up to `count` more rows; returns whether rows are left.
    pub fn extend(&mut self, run: &Run, count: usize) -> bool {
        self.keep_step(run);
        let trace = run.trace();
        let end = trace.rows().len();
        let (mut left, network) = (count, self.problem.network().is_some());
        while left > 0 && self.len() < end {
            let row = self.len();
            let last = row + 1 == end;
            let look = if !network || is_looked_at(row) || last && *run.status() != Status::Running {
                left -= 1;
                self.looker.look(&self.problem, trace.position(row))
            } else if last {
                // It may be the end, which is looked at whichever row it is: it waits until that is known.
                break;
            } else {
                Look::NOTHING
            };
            self.push(look, &trace.rows()[row]);
        }
        self.len() < end
    }

    /// Takes over what was seen elsewhere at some steps; rows in between stay empty. The last row waits for its look, which comes if it
    /// is the end, or for the row after it.
    pub fn take(&mut self, run: &Run, looks: &[(u64, Look)]) {
        self.keep_step(run);
        let trace = run.trace();
        let mut looks = looks.iter().peekable();
        while self.len() < trace.rows().len() {
            let row = self.len();
            let step = trace.step_of(row);
            while looks.next_if(|(at, _)| *at < step).is_some() {}
            let look = match looks.next_if(|(at, _)| *at == step) {
                Some((_, look)) => *look,
                None if row + 1 == trace.rows().len() => break,
                None => Look::NOTHING,
            };
            self.push(look, &trace.rows()[row]);
        }
    }

    fn keep_step(&mut self, run: &Run) {
        if self.stride != run.trace().stride() {
            self.thin(run.trace().stride(), run.trace().rows());
        }
    }

    fn push(&mut self, look: Look, data: &Row) {
        self.values.push(look.f);
        self.gradients.push(look.slope);
        self.lambdas.push(look.ends[0]);
        self.tops.push(look.ends[1]);
        self.qualities.iter_mut().zip(look.qualities).for_each(|(column, v)| column.push(v));
        if look.f < self.lowest {
            self.lowest = look.f;
        }
        self.summarize(self.values.len() - 1, data);
    }

    /// What follows from a row's numbers and the rows before.
    fn summarize(&mut self, row: usize, data: &Row) {
        let (steepest, negative) = row.checked_sub(1).map_or((0.0, 0), |p| (self.steepest[p], self.after_negative[p]));
        self.steepest.push(if self.gradients[row].is_finite() { self.gradients[row].max(steepest) } else { steepest });
        self.after_negative.push(if self.lambdas[row] < 0.0 { u32::try_from(row + 1).unwrap_or(u32::MAX) } else { negative });
        let [test, accuracy, test_accuracy] = [0, 1, 2].map(|k| self.qualities[k][row]);
        let seen =
            [self.values[row], self.gradients[row], self.lambdas[row], data.radius, data.ratio, test, accuracy, test_accuracy];
        for (sketch, v) in self.sketches.iter_mut().zip(seen) {
            sketch.push(row, v);
        }
    }

    /// The trace dropped every second row, perhaps several times: so do the columns.
    fn thin(&mut self, stride: u64, rows: &[Row]) {
        let factor = usize::try_from(stride / self.stride.max(1)).unwrap_or(1).max(1);
        let plain = [&mut self.values, &mut self.gradients, &mut self.lambdas, &mut self.tops];
        for column in plain.into_iter().chain(&mut self.qualities) {
            *column = column.iter().copied().step_by(factor).collect();
            column.truncate(rows.len());
        }
        self.stride = stride;
        self.sketches = Default::default();
        self.steepest.clear();
        self.after_negative.clear();
        for (row, data) in rows.iter().enumerate().take(self.values.len()) {
            self.summarize(row, data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::NetworkSpec;
    use crate::problem::network::{Activation, Loss};
    use crate::scene::{MethodSpec, ProblemSpec, Scene};

    #[test]
    fn the_end_of_a_network_s_run_is_seen_whichever_row_it_is() {
        let spec = NetworkSpec::on_set(&[2, 3, 1], Activation::Tanh, Loss::Mse, "circles");
        let scene =
            Scene { steps: 135, methods: vec![MethodSpec::new("gd")], ..Scene::bare(ProblemSpec::Network(Box::new(spec))) };
        let opened = scene.open().unwrap();
        let (problem, mut run) = (opened.problem, opened.runs.into_iter().flatten().next().unwrap());
        while run.advance(100) > 0 {}
        let last = run.trace().rows().len() - 1;
        assert!(!is_looked_at(last) && *run.status() != Status::Running);
        let mut here = Curves::new(&problem);
        while here.extend(&run, 50) {}
        let seen = here.seen_at(last).unwrap();
        assert_eq!(here.len(), last + 1);
        // The look comes after the row.
        let mut elsewhere = Curves::new(&problem);
        elsewhere.take(&run, &[]);
        assert_eq!(elsewhere.len(), last);
        let look = Looker::new(&problem).look(&problem, run.trace().position(last));
        elsewhere.take(&run, &[(run.trace().step_of(last), look)]);
        assert_eq!((elsewhere.seen_at(last), elsewhere.len()), (Some(seen), last + 1));
        assert_eq!(elsewhere.lowest(), seen[0]);
    }
}
