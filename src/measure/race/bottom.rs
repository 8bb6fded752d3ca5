//! The smallest eigenvalue of the Hessian at the end of a run.

use crate::linalg::{EndsJob, EndsOptions, FnOperator, Goal, Job, symmetric_eigenvalues, zeros};
use crate::problem::Objective;
use std::sync::Arc;

/// Up to this dimension it comes from the dense Hessian, beyond by Lanczos.
const LARGEST_DENSE: usize = 64;
/// Both ends to 10⁻⁶ max |λ|, or no value.
const ENDS: EndsOptions = EndsOptions { bottom: 1, top: 1, goal: Goal::Values, tolerance: 1e-6, most_products: 400, seed: 0 };
/// Products of a slice.
const SLICE: usize = 8;

type Product = Box<dyn FnMut(&[f64], &mut [f64]) + Send>;

/// The search for λ_min.
pub(super) enum Bottom {
    /// Found, or NaN.
    Found(f64),
    /// By products of the Hessian.
    Lanczos(Box<EndsJob<FnOperator<Product>>>),
}

impl Bottom {
    /// At `x`; `by_products` says whether it is looked for in many variables too.
    pub fn new(objective: &Arc<dyn Objective>, x: &[f64], by_products: bool) -> Self {
        let n = x.len();
        if n <= LARGEST_DENSE {
            let mut hessian = zeros(n * n);
            objective.hessian(x, &mut hessian);
            return Self::Found(symmetric_eigenvalues(&hessian, n).first().copied().unwrap_or(f64::NAN));
        }
        if !by_products {
            return Self::Found(f64::NAN);
        }
        let (objective, x) = (Arc::clone(objective), x.to_vec());
        let product: Product = Box::new(move |v, product| objective.hessian_vector(&x, v, product));
        Self::Lanczos(Box::new(EndsJob::new(FnOperator::new(n, product), ENDS, &[])))
    }

    /// Does a slice of the work; false once there is nothing to do.
    pub fn advance(&mut self) -> bool {
        let Self::Lanczos(job) = self else { return false };
        if (0..SLICE).all(|_| job.advance()) {
            return true;
        }
        let ends = job.output().filter(|ends| ends.converged);
        *self = Self::Found(ends.and_then(|ends| ends.bottom.first()).map_or(f64::NAN, |pair| pair.value));
        false
    }

    /// λ_min; NaN where it is not known.
    pub fn value(&self) -> f64 {
        if let Self::Found(value) = self { *value } else { f64::NAN }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::network::{Activation, Loss};
    use crate::problem::{NetworkProblem, NetworkSpec};

    #[test]
    fn in_many_variables_it_is_that_of_the_dense_hessian() {
        let spec = NetworkSpec::on_set(&[2, 8, 8, 1], Activation::Tanh, Loss::Mse, "moons");
        let problem = NetworkProblem::new(&spec).unwrap();
        let (n, x) = (problem.dim(), problem.start().to_vec());
        assert!(n > LARGEST_DENSE);
        let mut hessian = vec![0.0; n * n];
        problem.hessian(&x, &mut hessian);
        let values = symmetric_eigenvalues(&hessian, n);
        let objective: Arc<dyn Objective> = Arc::new(problem);
        let mut bottom = Bottom::new(&objective, &x, true);
        assert!(bottom.value().is_nan());
        while bottom.advance() {}
        let largest = values[n - 1].abs().max(values[0].abs());
        assert!(values[0] < 0.0 && (bottom.value() - values[0]).abs() <= 1e-4 * largest, "{} {}", bottom.value(), values[0]);
        assert!(Bottom::new(&objective, &x, false).value().is_nan());
    }
}
