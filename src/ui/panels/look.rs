//! What the objective says at the shown iterate: at once where that is quick, else beside the frames.

use crate::linalg::{norm, symmetric_eigenvalues};
use crate::problem::{FiniteSum, Objective, Problem};
use crate::ui::background::Work;
use std::sync::Arc;

/// Above this dimension no eigenvalues are asked for.
pub(super) const MOST_EIGENVALUES: usize = 400;
/// Up to so many variables of a formula, or weights times samples of a network, a frame does not feel it.
const QUICK: [usize; 2] = [64, 250_000];
/// Weights times samples of a piece of work.
const PIECE: usize = 400_000;

/// What the objective says at a point; asked by the display, never counted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    /// f.
    pub f: f64,
    /// ‖∇f‖.
    pub slope: f64,
    /// Of the Hessian, ascending; of formulas only.
    pub eigenvalues: Vec<f64>,
}

/// A look that is being taken.
pub(super) struct Looking {
    problem: Arc<Problem>,
    x: Vec<f64>,
    /// Sums over the samples that were looked at.
    f: f64,
    gradient: Vec<f64>,
    sample: usize,
    done: bool,
}

/// Whether a look is quick enough for a frame.
pub(super) fn is_quick(problem: &Problem) -> bool {
    let n = problem.dim();
    problem.network().map_or(n <= QUICK[0], |network| n.saturating_mul(network.network().samples()) <= QUICK[1])
}

impl Looking {
    /// At `x`; nothing is done yet.
    pub fn new(problem: &Arc<Problem>, x: &[f64]) -> Self {
        Self { problem: Arc::clone(problem), x: x.to_vec(), f: 0.0, gradient: vec![0.0; x.len()], sample: 0, done: false }
    }

    /// The look, at once.
    pub fn finish(mut self) -> Option<Look> {
        loop {
            let look = self.work();
            if look.is_some() || self.done {
                return look;
            }
        }
    }

    fn at_once(&mut self) -> Look {
        let n = self.x.len();
        let f = self.problem.value_gradient(&self.x, &mut self.gradient);
        let eigenvalues = if n <= MOST_EIGENVALUES {
            let mut hessian = vec![0.0; n * n];
            self.problem.hessian(&self.x, &mut hessian);
            symmetric_eigenvalues(&hessian, n).to_vec()
        } else {
            Vec::new()
        };
        Look { f, slope: norm(&self.gradient), eigenvalues }
    }
}

impl Work for Looking {
    type News = Look;

    /// A network's mean over all samples is that of the means over batches, weighted with their sizes.
    fn work(&mut self) -> Option<Look> {
        if self.done {
            return None;
        }
        let problem = Arc::clone(&self.problem);
        let Some(network) = problem.network().map(|network| network.network()) else {
            self.done = true;
            return Some(self.at_once());
        };
        let all = network.samples();
        let count = (PIECE / self.x.len().max(1)).clamp(1, all.max(1)).min(all - self.sample);
        let batch: Vec<usize> = (self.sample..self.sample + count).collect();
        let mut gradient = vec![0.0; self.x.len()];
        let share = count as f64 / all.max(1) as f64;
        self.f += share * network.batch_value_gradient(&self.x, &batch, &mut gradient);
        self.gradient.iter_mut().zip(&gradient).for_each(|(sum, g)| *sum += share * g);
        self.sample += count;
        self.done = self.sample >= all;
        self.done.then(|| Look { f: self.f, slope: norm(&self.gradient), eigenvalues: Vec::new() })
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn progress(&self) -> f64 {
        if self.done {
            1.0
        } else {
            self.sample as f64 / self.problem.network().map_or(1, |n| n.network().samples()).max(1) as f64
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::network::{Activation, Loss};
    use crate::problem::{NetworkProblem, NetworkSpec};

    #[test]
    fn pieces_give_the_loss_and_the_gradient_of_all_samples() {
        let mut spec = NetworkSpec::on_set(&[100, 40, 10], Activation::Tanh, Loss::CrossEntropy, "mnist");
        (spec.l2, spec.data.samples) = (0.01, Some(1000));
        let problem = Arc::new(Problem::from(NetworkProblem::new(&spec).unwrap()));
        assert!(!is_quick(&problem));
        let x = problem.starts().remove(0);
        let mut gradient = vec![0.0; x.len()];
        let f = problem.value_gradient(&x, &mut gradient);
        let mut looking = Looking::new(&problem, &x);
        let mut pieces = 0;
        let look = loop {
            pieces += 1;
            if let Some(look) = looking.work() {
                break look;
            }
        };
        assert!(pieces > 5 && looking.is_done() && looking.work().is_none());
        assert!((look.f - f).abs() < 1e-12 * f && (look.slope - norm(&gradient)).abs() < 1e-12 * norm(&gradient));
        assert_eq!(Looking::new(&problem, &x).finish(), Some(look));
    }
}
