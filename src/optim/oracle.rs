//! The one door to the function: counts what is asked and owns the run's random stream.

use super::StepError;
use crate::linalg::{Rng, Vector, copy, mat_vec, zeros};
use crate::problem::Objective;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// What a run has asked of its objective since the start.
///
/// One backpropagation is one gradient on one batch; a Hessian-vector product is one more; a dense Hessian is
/// `n` products (Kohler, Adolphs, Lucchi 2019: 1 + k for a trust-region step of k products).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// f(x), whole sum.
    pub value: u64,
    /// ∇f(x), whole sum.
    pub gradient: u64,
    /// ∇²f(x) v, whole sum.
    pub hessian_vector: u64,
    /// ∇²f(x), whole sum.
    pub hessian: u64,
    /// ∇fᵢ(x), counted per sample.
    pub sample_gradient: u64,
    /// ∇²fᵢ(x) v, counted per sample.
    pub sample_hessian_vector: u64,
    /// See the type.
    pub backpropagations: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        self.gradient += other.gradient;
        self.hessian_vector += other.hessian_vector;
        self.hessian += other.hessian;
        self.sample_gradient += other.sample_gradient;
        self.sample_hessian_vector += other.sample_hessian_vector;
        self.backpropagations += other.backpropagations;
    }
}

/// The objective as an optimizer sees it.
///
/// Counted is what a method asks, not how it is answered: where the objective has jets ([`Objective::has_jets`]) all that
/// a second-order method asks at one point comes from one sweep; those of the iterate and of the trial are remembered.
pub struct Oracle<'a> {
    objective: &'a dyn Objective,
    has_jets: bool,
    counts: Counts,
    rng: Rng,
    here: Sweep,
    trial: Sweep,
}

/// Value, gradient and Hessian at one point; no point at first.
#[derive(Default)]
struct Sweep {
    at: Vector,
    f: f64,
    gradient: Vector,
    hessian: Vector,
}

impl Sweep {
    #[inline]
    fn is_at(&self, x: &[f64]) -> bool {
        let same = |a: &f64, b: &f64| a.to_bits() == b.to_bits();
        match (&self.at[..], x) {
            ([a, b], [c, d]) => same(a, c) && same(b, d),
            (at, x) => at.len() == x.len() && at.iter().zip(x).all(|(a, b)| same(a, b)),
        }
    }

    fn go(&mut self, objective: &dyn Objective, x: &[f64]) {
        if self.at.len() != x.len() {
            (self.gradient, self.hessian) = (zeros(x.len()), zeros(x.len() * x.len()));
        }
        self.at = copy(x);
        self.f = objective.value_gradient_hessian(x, &mut self.gradient, &mut self.hessian);
    }
}

impl<'a> Oracle<'a> {
    /// The door to `objective` with the given random stream; `counts` is zero for a new run.
    pub fn new(objective: &'a dyn Objective, rng: Rng, counts: Counts) -> Self {
        Self { objective, has_jets: objective.has_jets(), counts, rng, here: Sweep::default(), trial: Sweep::default() }
    }

    /// What has been asked so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The run's random stream.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    /// Gives the random stream back, to go on later.
    pub fn into_parts(self) -> (Rng, Counts) {
        (self.rng, self.counts)
    }

    /// n.
    pub fn dim(&self) -> usize {
        self.objective.dim()
    }

    /// m of a finite sum; `None` for a plain function.
    pub fn samples(&self) -> Option<usize> {
        self.objective.finite_sum().map(|sum| sum.samples())
    }

    /// f(x), which may be non-finite: a trial point may be outside the domain.
    pub fn value(&mut self, x: &[f64]) -> f64 {
        self.counts.value += 1;
        self.objective.value(x)
    }

    /// Writes ∇f(x); returns f(x), which comes with it at no count.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where the gradient is not finite.
    pub fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64, StepError> {
        self.counts.gradient += 1;
        self.counts.backpropagations += 1;
        let f = self.objective.value_gradient(x, gradient);
        finite(gradient, "gradient", x)?;
        Ok(f)
    }

    /// As [`value`](Self::value), for a trial point at which a second-order method goes on when it is good: an objective
    /// with jets gives the derivatives with it.
    pub fn trial_value(&mut self, x: &[f64]) -> f64 {
        if !self.has_jets {
            return self.value(x);
        }
        self.counts.value += 1;
        if !self.trial.is_at(x) {
            self.trial.go(self.objective, x);
        }
        self.trial.f
    }

    /// As [`gradient`](Self::gradient), for a method that goes on to ask products with the Hessian at the same point.
    ///
    /// # Errors
    /// As [`gradient`](Self::gradient).
    pub fn gradient_before_products(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64, StepError> {
        if !self.has_jets {
            return self.gradient(x, gradient);
        }
        self.counts.gradient += 1;
        self.counts.backpropagations += 1;
        let known = self.sweep(x);
        gradient.copy_from_slice(&known.gradient);
        finite(gradient, "gradient", x)?;
        Ok(known.f)
    }

    #[inline]
    fn sweep(&mut self, x: &[f64]) -> &Sweep {
        if !self.here.is_at(x) {
            self.arrive(x);
        }
        &self.here
    }

    fn arrive(&mut self, x: &[f64]) {
        if self.trial.is_at(x) {
            std::mem::swap(&mut self.here, &mut self.trial);
        } else {
            self.here.go(self.objective, x);
        }
    }

    /// Writes ∇²f(x) v.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where the product is not finite.
    #[inline]
    pub fn hessian_vector(&mut self, x: &[f64], v: &[f64], product: &mut [f64]) -> Result<(), StepError> {
        self.counts.hessian_vector += 1;
        self.counts.backpropagations += 1;
        if self.has_jets {
            mat_vec(&self.sweep(x).hessian, v, product);
        } else {
            self.objective.hessian_vector(x, v, product);
        }
        finite(product, "Hessian", x)
    }

    /// Writes ∇²f(x), row by row.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where an entry is not finite.
    pub fn hessian(&mut self, x: &[f64], hessian: &mut [f64]) -> Result<(), StepError> {
        self.counts.hessian += 1;
        self.counts.backpropagations += self.dim() as u64;
        self.objective.hessian(x, hessian);
        finite(hessian, "Hessian", x)
    }

    /// Writes ∇f(x) and ∇²f(x) and returns f(x); counted as a gradient and a Hessian.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where an entry is not finite.
    pub fn gradient_hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64, StepError> {
        self.counts.gradient += 1;
        self.counts.hessian += 1;
        self.counts.backpropagations += 1 + self.dim() as u64;
        let f = if self.has_jets {
            let known = self.sweep(x);
            gradient.copy_from_slice(&known.gradient);
            hessian.copy_from_slice(&known.hessian);
            known.f
        } else {
            self.objective.value_gradient_hessian(x, gradient, hessian)
        };
        finite(gradient, "gradient", x)?;
        finite(hessian, "Hessian", x)?;
        Ok(f)
    }

    /// Writes the mean gradient over a batch and returns its value. A plain function has one component: itself.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where the gradient is not finite.
    pub fn sample_gradient(&mut self, x: &[f64], batch: &[usize], gradient: &mut [f64]) -> Result<f64, StepError> {
        let Some(sum) = self.objective.finite_sum() else {
            return self.gradient(x, gradient);
        };
        self.counts.sample_gradient += batch.len() as u64;
        self.counts.backpropagations += 1;
        let f = sum.batch_value_gradient(x, batch, gradient);
        finite(gradient, "gradient", x)?;
        Ok(f)
    }

    /// Writes the mean Hessian-vector product over a batch.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where the product is not finite.
    pub fn sample_hessian_vector(&mut self, x: &[f64], batch: &[usize], v: &[f64], product: &mut [f64]) -> Result<(), StepError> {
        let Some(sum) = self.objective.finite_sum() else {
            return self.hessian_vector(x, v, product);
        };
        self.counts.sample_hessian_vector += batch.len() as u64;
        self.counts.backpropagations += 1;
        sum.batch_hessian_vector(x, batch, v, product);
        finite(product, "Hessian", x)
    }
}

#[inline]
fn finite(values: &[f64], what: &'static str, x: &[f64]) -> Result<(), StepError> {
    if crate::linalg::all_finite(values) { Ok(()) } else { Err(not_finite(what, x)) }
}

#[cold]
fn not_finite(what: &'static str, x: &[f64]) -> StepError {
    StepError::NotFinite { what, at: Vector::from_slice(x) }
}
