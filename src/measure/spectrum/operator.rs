//! Matrices of an objective that are multiplied with.

use super::{MatrixKind, SpectrumError, Subject};
use crate::linalg::lanes::{add_rows, products};
use crate::linalg::{Operator, axpy};
use crate::problem::network::Curvature;

/// Most numbers of gradients that an operator keeps: 32 MB.
const MOST_KEPT: usize = 4_000_000;

/// Vectors for which a network goes through its samples together.
const BLOCK: usize = 4;

/// A matrix of an objective at a point as an [`Operator`], never built.
pub struct MatrixOperator {
    subject: Subject,
    w: Vec<f64>,
    kind: MatrixKind,
    /// Gradients of all samples, where they fit.
    gradients: Vec<f64>,
}

impl MatrixOperator {
    /// The matrix `kind` at `w`.
    ///
    /// # Errors
    /// [`SpectrumError`] for a point of another dimension and a matrix that the function does not have.
    pub fn new(subject: Subject, w: Vec<f64>, kind: MatrixKind) -> Result<Self, SpectrumError> {
        subject.check(&w, kind)?;
        Ok(Self { subject, w, kind, gradients: Vec::new() })
    }

    /// F v = (1/m) Σ ∇fᵢ ⟨∇fᵢ, v⟩.
    fn fisher(&mut self, v: &[f64], product: &mut [f64]) {
        let (n, m) = (self.w.len().max(1), self.subject.samples());
        let keeps = n.saturating_mul(m) <= MOST_KEPT;
        let at_once = if keeps { m } else { (MOST_KEPT / n).clamp(1, m) };
        product.fill(0.0);
        let mut batch: Vec<usize> = Vec::with_capacity(at_once);
        for first in (0..m).step_by(at_once) {
            let count = at_once.min(m - first);
            if !keeps || self.gradients.is_empty() {
                batch.clear();
                batch.extend(first..first + count);
                self.gradients.resize(n * count, 0.0);
                self.subject.sample_gradients(&self.w, &batch, &mut self.gradients);
            }
            let mut along = vec![0.0; count];
            products(&self.gradients, v, n, &mut along);
            along.iter_mut().for_each(|a| *a /= m as f64);
            add_rows(&along, &self.gradients, n, product);
        }
    }
}

impl Operator for MatrixOperator {
    fn dim(&self) -> usize {
        self.w.len()
    }

    fn multiply(&mut self, v: &[f64], product: &mut [f64]) {
        match (self.kind, self.subject.gauss_newton()) {
            _ if matches!(self.subject, Subject::Network(_)) => self.multiply_block(v, product),
            (MatrixKind::Fisher, _) => self.fisher(v, product),
            (MatrixKind::GaussNewton, Some(residuals)) => residuals.gauss_newton_vector(&self.w, v, product),
            (MatrixKind::Rest, Some(residuals)) => {
                let mut linear = vec![0.0; v.len()];
                residuals.gauss_newton_vector(&self.w, v, &mut linear);
                residuals.hessian_vector(&self.w, v, product);
                axpy(-1.0, &linear, product);
            }
            _ => self.subject.objective().hessian_vector(&self.w, v, product),
        }
    }

    /// Where a network does not keep the states of its samples, it goes forward and back for each block anew.
    fn at_once(&self) -> usize {
        match &self.subject {
            Subject::Network(net) if !net.keeps_states() => BLOCK,
            _ => 1,
        }
    }

    /// A network serves all vectors in one pass over its samples.
    fn multiply_block(&mut self, vectors: &[f64], products: &mut [f64]) {
        if let Subject::Network(net) = &self.subject {
            let curvature = match self.kind {
                MatrixKind::Hessian | MatrixKind::Rest => Curvature::Hessian,
                MatrixKind::GaussNewton => Curvature::GaussNewton,
                MatrixKind::Fisher => Curvature::Fisher,
            };
            net.products(&self.w, vectors, curvature, products);
            if self.kind == MatrixKind::Rest {
                let mut linear = vec![0.0; vectors.len()];
                net.products(&self.w, vectors, Curvature::GaussNewton, &mut linear);
                axpy(-1.0, &linear, products);
            }
            return;
        }
        let n = self.w.len().max(1);
        for (v, product) in vectors.chunks_exact(n).zip(products.chunks_exact_mut(n)) {
            self.multiply(v, product);
        }
    }
}
