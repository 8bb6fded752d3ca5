//! Spectra of the matrices of an objective: the Hessian, the Gauss-Newton matrix, the Fisher matrix, and what the second leaves of the first.
//!
//! `exact` finds all eigenvalues of the dense matrix, [`EndsJob`] a few from both ends with products only, `density` the shape of the
//! whole spectrum with products only. Each is a [`Job`](crate::linalg::Job): it advances in slices of about a millisecond.
//! Nothing here draws or counts.

mod density;
mod exact;
mod mass;
mod matrix;
mod operator;
mod trace;

pub use crate::linalg::{Ends, EndsJob, EndsOptions, FnOperator, Goal, Operator, RitzPair};
pub use density::{Band, DensityJob, DensityOptions, NegativeShare, Quadrature, SpectralDensity, TraceEstimate};
pub use exact::{Index, Residuals, Spectrum, SpectrumJob};
pub use mass::{DiagonalShare, least_squares_share, wigner_share};
pub use matrix::{DenseMatrix, MatrixJob, MatrixKind};
pub use operator::MatrixOperator;
pub use trace::estimate_trace;

use crate::problem::network::Network;
use crate::problem::{FiniteSum, GaussNewton, Objective, Problem};
use std::sync::Arc;

/// What a spectrum is of.
#[derive(Clone)]
pub enum Subject {
    /// A network: its matrices are built by columns that share what the samples need.
    Network(Arc<Network>),
    /// Any objective: its matrices are built of products.
    Other(Arc<dyn Objective>),
}

/// Why there is no such matrix, or not at this place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpectrumError {
    /// No finite sum.
    #[error("the Fisher matrix is made of the gradients of samples, and this function has no samples")]
    NoSamples,
    /// No residuals.
    #[error("this function is no loss of residuals, so that it has no Gauss-Newton matrix")]
    NoGaussNewton,
    /// A point of another space.
    #[error("the point has {given} coordinates; the function takes {expected}")]
    BadPoint {
        /// Numbers of the point.
        given: usize,
        /// n.
        expected: usize,
    },
    /// Indices of coordinates that are not ascending or that are no coordinates.
    #[error("the coordinates that a matrix is restricted to must ascend and be below {0}")]
    BadCoordinates(usize),
    /// Vectors that do not fit their values.
    #[error("{values} eigenvalues of order {dim} need {values} times {dim} numbers of vectors, not {given}")]
    BadVectors {
        /// Number of values.
        values: usize,
        /// Dimension.
        dim: usize,
        /// Numbers given.
        given: usize,
    },
}

impl Subject {
    /// The objective.
    pub fn objective(&self) -> &dyn Objective {
        match self {
            Self::Network(net) => net.as_ref(),
            Self::Other(objective) => objective.as_ref(),
        }
    }

    /// Checks that there is this matrix at this point.
    pub fn check(&self, w: &[f64], kind: MatrixKind) -> Result<(), SpectrumError> {
        let n = self.objective().dim();
        if w.len() != n {
            return Err(SpectrumError::BadPoint { given: w.len(), expected: n });
        }
        match kind {
            MatrixKind::Fisher if self.sum().is_none() => Err(SpectrumError::NoSamples),
            MatrixKind::GaussNewton | MatrixKind::Rest if self.gauss_newton().is_none() => Err(SpectrumError::NoGaussNewton),
            _ => Ok(()),
        }
    }

    pub(crate) fn sum(&self) -> Option<&dyn FiniteSum> {
        self.objective().finite_sum()
    }

    fn gauss_newton(&self) -> Option<&dyn GaussNewton> {
        self.objective().gauss_newton()
    }

    /// m, 1 where there are no samples.
    pub(crate) fn samples(&self) -> usize {
        self.sum().map_or(1, FiniteSum::samples)
    }

    /// Writes ∇fᵢ(w) of the components in `batch` to `gradients`, n numbers each.
    pub(crate) fn sample_gradients(&self, w: &[f64], batch: &[usize], gradients: &mut [f64]) {
        match self {
            Self::Network(net) => net.sample_gradients(w, batch, gradients),
            Self::Other(objective) => {
                for (i, gradient) in batch.iter().zip(gradients.chunks_exact_mut(w.len().max(1))) {
                    match objective.finite_sum() {
                        Some(sum) => drop(sum.batch_value_gradient(w, &[*i], gradient)),
                        None => drop(objective.value_gradient(w, gradient)),
                    }
                }
            }
        }
    }
}

impl From<Arc<Network>> for Subject {
    fn from(net: Arc<Network>) -> Self {
        Self::Network(net)
    }
}

impl From<&Arc<Problem>> for Subject {
    /// What the matrices of a problem are of: of a network, the network.
    fn from(problem: &Arc<Problem>) -> Self {
        match problem.network() {
            Some(network) => Self::Network(Arc::clone(network.network())),
            None => Self::Other(Arc::<Problem>::clone(problem)),
        }
    }
}

impl From<Arc<dyn Objective>> for Subject {
    fn from(objective: Arc<dyn Objective>) -> Self {
        Self::Other(objective)
    }
}
