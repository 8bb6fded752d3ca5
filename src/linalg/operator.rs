//! Symmetric matrices that are known by their products.

/// A symmetric matrix A : ℝⁿ → ℝⁿ that can be multiplied with.
pub trait Operator: Send {
    /// n.
    fn dim(&self) -> usize;

    /// Writes A v to `product`, both of n numbers.
    fn multiply(&mut self, v: &[f64], product: &mut [f64]);

    /// How many vectors are best multiplied together: more than one only where a product has a part that serves them all. What is
    /// done with each of them leaves the caches meanwhile.
    fn at_once(&self) -> usize {
        1
    }

    /// Writes A v for each row v of `vectors`, n numbers each, to the same row of `products`.
    fn multiply_block(&mut self, vectors: &[f64], products: &mut [f64]) {
        let n = self.dim().max(1);
        for (v, product) in vectors.chunks_exact(n).zip(products.chunks_exact_mut(n)) {
            self.multiply(v, product);
        }
    }
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
