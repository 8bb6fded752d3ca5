//! Oja's method for the smallest eigenvalue of a Hessian that is seen through samples.

use super::search::{Finder, Look, Outcome, Reference};
use super::trial::batch;
use crate::linalg::{Vector, copy, dot, zeros};
use crate::optim::{Oracle, Phase, StepError};

/// w₀ uniform on the sphere; w ← (I − η∇²f_z(x))w, normalized, T times; then wᵀ∇²f_B(x)w with m fresh samples (all where there
/// are no more). Repeated, the w with the smallest quotient is kept (Oja 1982; Allen-Zhu, Li 2017).
///
/// Each repetition asks T products of one component with a vector and one product of m components (or of the whole).
#[derive(Clone, Debug)]
pub struct Oja {
    /// η, about √(log(n/p)/T)/ℓ.
    pub step_size: f64,
    /// T, of the order ℓ² log(n/p)/δ² for vᵀ∇²f v ≤ λ_min + δ.
    pub length: usize,
    /// Repetitions, of the order log 1/p.
    pub attempts: usize,
    /// m, of the order ℓ²/δ².
    pub test_samples: usize,
    state: State,
}

/// An approximate eigenvector with its Rayleigh quotient.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigenpair {
    /// vᵀ∇²f v on the test samples.
    pub value: f64,
    /// The unit vector v.
    pub vector: Vector,
}

#[derive(Clone, Debug, Default)]
struct State {
    w: Vector,
    steps: usize,
    attempt: usize,
    best: Option<Eigenpair>,
}

/// What one product showed.
#[derive(Clone, Debug)]
pub struct OjaLook {
    /// w.
    pub direction: Vector,
    /// wᵀ∇²f_z w of the sample, or of the test's batch.
    pub curvature: f64,
    /// Whether it was the test of a repetition.
    pub tested: bool,
    /// The result, after the last test.
    pub result: Option<Eigenpair>,
}

impl Oja {
    /// With these parameters; [`begin`](Self::begin) comes first.
    pub fn new(step_size: f64, length: usize, attempts: usize, test_samples: usize) -> Self {
        Self { step_size, length, attempts, test_samples, state: State::default() }
    }

    /// Starts anew in dimension `dim`.
    pub fn begin(&mut self, dim: usize, oracle: &mut Oracle<'_>) {
        self.state = State { w: zeros(dim), ..State::default() };
        oracle.rng().fill_sphere(1.0, &mut self.state.w);
    }

    /// The next product at `x`.
    ///
    /// # Errors
    /// [`StepError::NotFinite`] where it is not finite.
    pub fn advance(&mut self, x: &[f64], oracle: &mut Oracle<'_>) -> Result<OjaLook, StepError> {
        let direction = copy(&self.state.w);
        let mut product = zeros(x.len());
        if self.state.steps < self.length {
            let sample = oracle.draw(1);
            oracle.sample_hessian_vector(x, &sample, &direction, &mut product)?;
            let turned: Vector = direction.iter().zip(&product).map(|(w, h)| w - self.step_size * h).collect();
            if let Some(w) = super::search::unit(&turned) {
                self.state.w = w;
            }
            self.state.steps += 1;
            return Ok(OjaLook { curvature: dot(&direction, &product), direction, tested: false, result: None });
        }
        match batch(oracle, self.test_samples) {
            Some(sample) => oracle.sample_hessian_vector(x, &sample, &direction, &mut product)?,
            None => oracle.hessian_vector(x, &direction, &mut product)?,
        }
        let value = dot(&direction, &product);
        if self.state.best.as_ref().is_none_or(|best| value < best.value) {
            self.state.best = Some(Eigenpair { value, vector: copy(&direction) });
        }
        self.state.attempt += 1;
        self.state.steps = 0;
        oracle.rng().fill_sphere(1.0, &mut self.state.w);
        let result = if self.state.attempt >= self.attempts { self.state.best.clone() } else { None };
        Ok(OjaLook { curvature: value, direction, tested: true, result })
    }

    /// The whole: from [`begin`](Self::begin) to the result.
    ///
    /// # Errors
    /// As [`advance`](Self::advance).
    pub fn minimum_eigenpair(&mut self, x: &[f64], oracle: &mut Oracle<'_>) -> Result<Eigenpair, StepError> {
        self.begin(x.len(), oracle);
        loop {
            if let Some(result) = self.advance(x, oracle)?.result {
                return Ok(result);
            }
        }
    }
}

/// Oja's method as a search: a direction counts where its quotient is at most −δ/2.
#[derive(Clone)]
pub(super) struct OjaSearch {
    pub oja: Oja,
    /// δ.
    pub curvature: f64,
    /// The length at which a direction is shown: that of the step along it.
    pub shown: f64,
}

impl Finder for OjaSearch {
    fn begin(&mut self, x: &[f64], oracle: &mut Oracle<'_>) {
        self.oja.begin(x.len(), oracle);
    }

    fn look(&mut self, x: &[f64], _: &Reference, oracle: &mut Oracle<'_>) -> Result<Look, StepError> {
        let OjaLook { direction, curvature, tested, result } = self.oja.advance(x, oracle)?;
        let outcome = match result {
            None => Outcome::Searching,
            Some(best) if best.value <= -0.5 * self.curvature => Outcome::Found(best.vector, best.value),
            Some(_) => Outcome::Nothing,
        };
        let trial = direction.iter().map(|w| self.shown * w).collect();
        let phase = if tested { Phase::Certification } else { Phase::Search };
        Ok(Look { trial, curvature, phase, outcome })
    }
}
