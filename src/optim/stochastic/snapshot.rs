//! Gradients corrected by a snapshot: the estimator of variance-reduced methods.

use super::trial::{averaged, batch, sampled};
use crate::linalg::{Vector, copy};
use crate::optim::{Oracle, Sample, StepError};

/// x̃ and μ, the gradient of a large batch there.
#[derive(Clone)]
pub(super) struct Snapshot {
    at: Vector,
    /// μ.
    pub mean: Vector,
}

impl Snapshot {
    /// At `x`, over `size` components, or over all where there are no more; `None`: over all. Returns the batch's value too.
    pub fn take(oracle: &mut Oracle<'_>, x: &[f64], size: Option<usize>) -> Result<(f64, Self), StepError> {
        let batch = size.and_then(|size| batch(oracle, size));
        let (f, mean) = averaged(oracle, x, batch.as_ref())?;
        Ok((f, Self { at: copy(x), mean }))
    }

    /// ν = ∇f_z(x) − ∇f_z(x̃) + μ, which is μ at x̃: E ν = ∇f(x) where μ = ∇f(x̃), and the variance of ν is of the order
    /// ‖x − x̃‖². Two gradients of `sample`.
    pub fn corrected(&self, oracle: &mut Oracle<'_>, x: &[f64], sample: &Sample) -> Result<(f64, Vector), StepError> {
        let (f, mut gradient) = sampled(oracle, x, sample)?;
        let (_, there) = sampled(oracle, &self.at, sample)?;
        gradient.iter_mut().zip(there.iter().zip(&self.mean)).for_each(|(g, (t, m))| *g += m - t);
        Ok((f, gradient))
    }
}
