//! The whole function, or a batch of it.

use crate::optim::{Oracle, Sample, StepError};

/// Batches stay below this size.
pub(super) const MOST_SAMPLES: f64 = 1e6;

/// The size of a first batch: what was set, or for 0 a twentieth of the samples, 1 where there are none.
pub(super) fn first_batch(set: usize, oracle: &Oracle<'_>) -> usize {
    if set > 0 { set } else { oracle.samples().map_or(1, |samples| samples.div_ceil(20)) }
}

/// Of what a sub-sampled quantity is asked.
#[derive(Clone)]
pub(super) enum Part {
    /// f.
    Whole,
    /// A random component of f.
    Batch(Sample),
}

impl Part {
    /// A batch of `size`; f itself for 0, and where a finite sum has no more samples.
    pub fn draw(size: usize, oracle: &mut Oracle<'_>) -> Self {
        if size == 0 || oracle.samples().is_some_and(|samples| size >= samples) {
            Self::Whole
        } else {
            Self::Batch(oracle.draw(size))
        }
    }

    /// The value at a trial point.
    #[inline]
    pub fn value(&self, x: &[f64], oracle: &mut Oracle<'_>) -> f64 {
        match self {
            Self::Whole => oracle.trial_value(x),
            Self::Batch(sample) => oracle.sample_value(x, sample),
        }
    }

    /// Writes the gradient; returns the value, which must be finite.
    #[inline]
    pub fn gradient(&self, x: &[f64], gradient: &mut [f64], oracle: &mut Oracle<'_>) -> Result<f64, StepError> {
        let f = match self {
            Self::Whole => oracle.gradient_before_products(x, gradient)?,
            Self::Batch(sample) => oracle.sample_gradient(x, sample, gradient)?,
        };
        finite(f, x)
    }

    /// Writes the Hessian times v.
    #[inline]
    pub fn product(&self, x: &[f64], v: &[f64], product: &mut [f64], oracle: &mut Oracle<'_>) -> Result<(), StepError> {
        match self {
            Self::Whole => oracle.hessian_vector(x, v, product),
            Self::Batch(sample) => oracle.sample_hessian_vector(x, sample, v, product),
        }
    }

    /// Writes the Hessian row by row; that of a batch by n products, of which the two triangles are averaged.
    fn hessian(&self, x: &[f64], hessian: &mut [f64], oracle: &mut Oracle<'_>) -> Result<(), StepError> {
        let Self::Batch(_) = self else { return oracle.hessian(x, hessian) };
        let n = x.len();
        let mut unit = crate::linalg::zeros(n);
        for i in 0..n {
            unit[i] = 1.0;
            self.product(x, &unit, &mut hessian[i * n..(i + 1) * n], oracle)?;
            unit[i] = 0.0;
        }
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
                (hessian[i * n + j], hessian[j * n + i]) = (mean, mean);
            }
        }
        Ok(())
    }

    /// Writes the gradient of one part and, unless `h` is empty, the Hessian of another; returns the value of the first.
    #[inline]
    pub fn derivatives(
        [gradient, hessian]: [&Self; 2],
        x: &[f64],
        g: &mut [f64],
        h: &mut [f64],
        oracle: &mut Oracle<'_>,
    ) -> Result<f64, StepError> {
        if h.is_empty() {
            return gradient.gradient(x, g, oracle);
        }
        if let (Self::Whole, Self::Whole) = (gradient, hessian) {
            let f = oracle.gradient_hessian(x, g, h)?;
            return finite(f, x);
        }
        let f = gradient.gradient(x, g, oracle)?;
        hessian.hessian(x, h, oracle)?;
        Ok(f)
    }
}

fn finite(f: f64, x: &[f64]) -> Result<f64, StepError> {
    if f.is_finite() { Ok(f) } else { Err(StepError::NotFinite { what: "function value", at: crate::linalg::copy(x) }) }
}
