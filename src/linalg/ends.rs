//! The ends of a spectrum: what can be asked for, and what is found.

/// What is wanted of [`EndsJob`](super::EndsJob).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndsOptions {
    /// Smallest eigenvalues.
    pub bottom: usize,
    /// Largest eigenvalues.
    pub top: usize,
    /// What is to be small in a pair that has converged.
    pub goal: Goal,
    /// How small, relative to max |θ|.
    pub tolerance: f64,
    /// Products after which the job ends with what it has.
    pub most_products: usize,
    /// Of the start vector.
    pub seed: u64,
}

/// What is to be small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Residuals r = ‖A v − θ v‖: some eigenvalue is within r of θ, and v is as good.
    Residuals,
    /// The error of θ, which is r²/δ with δ the distance to the nearest other eigenvalue (Kato 1949, Temple 1928), here to the
    /// nearest other Ritz value less its residual; or r where that is less. Takes fewer products, and leaves vectors to √.
    Values,
}

impl Default for EndsOptions {
    /// Five from each end with residuals of 10⁻⁶ within 2,000 products.
    fn default() -> Self {
        Self { bottom: 5, top: 5, goal: Goal::Residuals, tolerance: 1e-6, most_products: 2000, seed: 0 }
    }
}

/// An approximate eigenpair.
#[derive(Clone, Debug, PartialEq)]
pub struct RitzPair {
    /// θ.
    pub value: f64,
    /// ‖A v − θ v‖: some eigenvalue is no further from θ. At least n ε max |θ|, as rounding leaves that much.
    pub residual: f64,
    /// v of length 1; empty while the job runs.
    pub vector: Vec<f64>,
}

/// The ends of a spectrum. Where more pairs are wanted than there are, each end has all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ends {
    /// The smallest eigenvalues, ascending.
    pub bottom: Vec<RitzPair>,
    /// The largest eigenvalues, descending.
    pub top: Vec<RitzPair>,
    /// Products so far.
    pub products: usize,
    /// Whether each of the pairs has converged to the [`Goal`].
    pub converged: bool,
}

impl Ends {
    /// Every value, in the order of [`vectors`](Self::vectors).
    pub fn values(&self) -> Vec<f64> {
        self.bottom.iter().chain(&self.top).map(|pair| pair.value).collect()
    }

    /// Every vector, one after the other: the warm start of the next call.
    pub fn vectors(&self) -> Vec<f64> {
        self.bottom.iter().chain(&self.top).flat_map(|pair| pair.vector.iter().copied()).collect()
    }
}
