//! The trace of a matrix from its products.

use super::density::mean_and_error;
use super::{Operator, TraceEstimate};
use crate::linalg::{Rng, dot};

/// Up to this order the trace is summed exactly, a product a coordinate.
const MOST_EXACT: usize = 64;
/// Vectors that are multiplied together.
const BLOCK: usize = 8;

/// tr A: exact, with the error 0, up to order 64; beyond the mean of zᵀ A z over `probes` vectors z uniform on {−1, 1}ⁿ, which has
/// no bias (Hutchinson 1990), with its standard error. Not finite where a product is not.
pub fn estimate_trace(operator: &mut impl Operator, probes: usize, seed: u64) -> TraceEstimate {
    let n = operator.dim();
    if n == 0 {
        return TraceEstimate { value: 0.0, error: 0.0 };
    }
    let exact = n <= MOST_EXACT;
    let count = if exact { n } else { probes.max(1) };
    let mut rng = Rng::new(seed);
    let mut forms = Vec::with_capacity(count);
    let (mut vectors, mut products) = (Vec::new(), Vec::new());
    while forms.len() < count {
        let block = BLOCK.min(count - forms.len());
        vectors.clear();
        for k in 0..block {
            let unit = forms.len() + k;
            let entry = |i: usize| if exact { f64::from(u8::from(i == unit)) } else { [-1.0, 1.0][rng.below(2)] };
            vectors.extend((0..n).map(entry));
        }
        products.resize(block * n, 0.0);
        operator.multiply_block(&vectors, &mut products);
        forms.extend(vectors.chunks_exact(n).zip(products.chunks_exact(n)).map(|(z, a)| dot(z, a)));
    }
    if exact {
        return TraceEstimate { value: forms.iter().sum(), error: 0.0 };
    }
    let (value, error) = mean_and_error(forms.iter().copied());
    TraceEstimate { value, error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::FnOperator;

    fn with_ones(n: usize) -> impl Operator {
        FnOperator::new(n, |v: &[f64], product: &mut [f64]| {
            let sum: f64 = v.iter().sum();
            for (i, (p, v)) in product.iter_mut().zip(v).enumerate() {
                *p = i as f64 * v + sum;
            }
        })
    }

    /// diag(0 … n − 1) + 1 1ᵀ has the trace n (n + 1)/2; zᵀ A z has the variance of (Σ z)², 2 n (n − 1).
    #[test]
    fn small_traces_are_exact_and_large_ones_have_an_error() {
        let small = estimate_trace(&mut with_ones(20), 3, 0);
        assert!((small.value - 210.0).abs() < 1e-12 && small.error == 0.0);
        let (n, probes) = (300.0_f64, 400.0_f64);
        let large = estimate_trace(&mut with_ones(300), 400, 1);
        let error = (2.0 * n * (n - 1.0) / probes).sqrt();
        assert!((large.error / error - 1.0).abs() < 0.3 && (large.value - n * (n + 1.0) / 2.0).abs() < 4.0 * error, "{large:?}");
        assert!(estimate_trace(&mut FnOperator::new(99, |_: &[f64], p: &mut [f64]| p.fill(f64::NAN)), 2, 0).value.is_nan());
    }
}
