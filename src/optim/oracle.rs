//! The one door to the function: counts what is asked and owns the run's random stream.

use super::spares::Spares;
use super::{Noise, StepError};
use crate::linalg::{Rng, Vector, assign, copy, mat_vec, zeros};
use crate::problem::Objective;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
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
    noise: Noise,
    counts: Counts,
    rng: Rng,
    here: Sweep,
    trial: Sweep,
    pub(super) spares: Spares,
}

/// One random component of the objective: it can be asked at several points, as variance reduction needs it.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// The mean of these components of a finite sum; an index may repeat.
    Batch(SmallVec<[usize; 16]>),
    /// The whole function with [`Noise`] on its gradient, made of these normal numbers of variance 1/b.
    Noisy {
        /// ~ N(0, I/b).
        standard: Vector,
        /// b.
        size: usize,
    },
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
            (self.at, self.gradient, self.hessian) = (copy(x), zeros(x.len()), zeros(x.len() * x.len()));
        }
        assign(x, &mut self.at);
        self.f = objective.value_gradient_hessian(x, &mut self.gradient, &mut self.hessian);
    }
}

impl<'a> Oracle<'a> {
    /// The door to `objective` with the given random stream; `counts` is zero for a new run.
    pub fn new(objective: &'a dyn Objective, rng: Rng, counts: Counts) -> Self {
        Self {
            objective,
            has_jets: objective.has_jets(),
            noise: Noise::NONE,
            counts,
            rng,
            here: Sweep::default(),
            trial: Sweep::default(),
            spares: Spares::default(),
        }
    }

    /// The same door with `noise` on the stochastic gradients of a function without samples.
    #[must_use]
    pub fn with_noise(self, noise: Noise) -> Self {
        Self { noise, ..self }
    }

    /// What has been asked so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The backpropagations among [`counts`](Self::counts).
    #[inline]
    pub fn backpropagations(&self) -> u64 {
        self.counts.backpropagations
    }

    /// Charges the backpropagations since there were `before` by another rule: as many as `charge`.
    pub fn recount(&mut self, before: u64, charge: u64) {
        self.counts.backpropagations = before + charge;
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

    /// Whether gradients can be sampled: of a finite sum, or of a plain function with noise.
    pub fn samples_gradients(&self) -> bool {
        self.noise.strength > 0.0 || self.samples().is_some()
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
        assign(&known.gradient, gradient);
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
            assign(&known.gradient, gradient);
            assign(&known.hessian, hessian);
            known.f
        } else {
            self.objective.value_gradient_hessian(x, gradient, hessian)
        };
        finite(gradient, "gradient", x)?;
        finite(hessian, "Hessian", x)?;
        Ok(f)
    }

    /// Writes G(x) v with Gauss-Newton's matrix; counted as a product with the Hessian.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where the product is not finite, [`StepError::Finished`] where f is no loss of residuals.
    pub fn gauss_newton_vector(&mut self, x: &[f64], v: &[f64], product: &mut [f64]) -> Result<(), StepError> {
        self.counts.hessian_vector += 1;
        self.counts.backpropagations += 1;
        self.objective.gauss_newton().ok_or(NO_RESIDUALS)?.gauss_newton_vector(x, v, product);
        finite(product, "Gauss-Newton matrix", x)
    }

    /// Writes G(x), row by row; counted as n products with the Hessian.
    ///
    /// # Errors
    /// As [`gauss_newton_vector`](Self::gauss_newton_vector).
    pub fn gauss_newton_matrix(&mut self, x: &[f64], matrix: &mut [f64]) -> Result<(), StepError> {
        self.counts.hessian_vector += self.dim() as u64;
        self.counts.backpropagations += self.dim() as u64;
        self.objective.gauss_newton().ok_or(NO_RESIDUALS)?.gauss_newton_matrix(x, matrix);
        finite(matrix, "Gauss-Newton matrix", x)
    }

    /// Draws a component: `size` indices with replacement from a finite sum, or the noise of a plain function.
    pub fn draw(&mut self, size: usize) -> Sample {
        let size = size.max(1);
        if let Some(samples) = self.samples() {
            let mut batch = self.spare_batch();
            batch.extend((0..size).map(|_| self.rng.below(samples)));
            return Sample::Batch(batch);
        }
        let mut standard = self.zeros(self.dim());
        if self.noise.strength > 0.0 {
            self.rng.fill_normal(&mut standard);
            let scale = 1.0 / (size as f64).sqrt();
            standard.iter_mut().for_each(|u| *u *= scale);
        }
        Sample::Noisy { standard, size }
    }

    /// The value of a component; the noise of a plain function is on its gradient only.
    pub fn sample_value(&mut self, x: &[f64], sample: &Sample) -> f64 {
        match (sample, self.objective.finite_sum()) {
            (Sample::Batch(batch), Some(sum)) => {
                self.counts.value += 1;
                sum.batch_value(x, batch)
            }
            _ => self.value(x),
        }
    }

    /// Writes the gradient of a component and returns its value. Counted: a sample gradient for each member of the
    /// batch, and one backpropagation.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where the gradient is not finite.
    pub fn sample_gradient(&mut self, x: &[f64], sample: &Sample, gradient: &mut [f64]) -> Result<f64, StepError> {
        self.counts.backpropagations += 1;
        self.counts.sample_gradient += sample.len() as u64;
        let f = match (sample, self.objective.finite_sum()) {
            (Sample::Batch(batch), Some(sum)) => sum.batch_value_gradient(x, batch, gradient),
            (Sample::Batch(_), None) => self.objective.value_gradient(x, gradient),
            (Sample::Noisy { standard, .. }, _) => {
                let f = self.objective.value_gradient(x, gradient);
                self.noise.add(self.objective, x, standard, gradient);
                f
            }
        };
        finite(gradient, "gradient", x)?;
        Ok(f)
    }

    /// Writes ∇²f_z(x) v of a component; that of a plain function has no noise.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where the product is not finite.
    pub fn sample_hessian_vector(&mut self, x: &[f64], sample: &Sample, v: &[f64], product: &mut [f64]) -> Result<(), StepError> {
        self.counts.backpropagations += 1;
        self.counts.sample_hessian_vector += sample.len() as u64;
        match (sample, self.objective.finite_sum()) {
            (Sample::Batch(batch), Some(sum)) => sum.batch_hessian_vector(x, batch, v, product),
            _ => self.objective.hessian_vector(x, v, product),
        }
        finite(product, "Hessian", x)
    }
}

const NO_RESIDUALS: StepError = StepError::Finished("the function is no loss of residuals: it has no Gauss-Newton matrix");

impl Sample {
    /// b.
    pub fn len(&self) -> usize {
        match self {
            Self::Batch(batch) => batch.len(),
            Self::Noisy { size, .. } => *size,
        }
    }

    /// Whether there is nothing in the batch.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
