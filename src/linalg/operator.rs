//! Symmetric matrices that are known by their products.

/// A symmetric matrix A : ℝⁿ → ℝⁿ that can be multiplied with.
pub trait Operator: Send {
    /// n.
    fn dim(&self) -> usize;

    /// Writes A v to `product`, both of n numbers.
    fn multiply(&mut self, v: &[f64], product: &mut [f64]);
}

/// An [`Operator`] that is a closure.
pub struct FnOperator<F> {
    dim: usize,
    product: F,
}

impl<F: FnMut(&[f64], &mut [f64]) + Send> FnOperator<F> {
    /// Of dimension `dim`; `product(v, out)` writes A v to `out`.
    pub fn new(dim: usize, product: F) -> Self {
        Self { dim, product }
    }
}

impl<F: FnMut(&[f64], &mut [f64]) + Send> Operator for FnOperator<F> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn multiply(&mut self, v: &[f64], product: &mut [f64]) {
        (self.product)(v, product);
    }
}
