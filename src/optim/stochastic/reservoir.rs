//! One of many, each as likely, without keeping them.

use crate::linalg::Rng;

/// Keeps one of the values that it was offered, each with the same probability (Vitter 1985, Algorithm R for one place).
#[derive(Clone)]
pub(super) struct Reservoir<T> {
    kept: Option<T>,
    seen: usize,
}

impl<T> Default for Reservoir<T> {
    fn default() -> Self {
        Self { kept: None, seen: 0 }
    }
}

impl<T: Clone> Reservoir<T> {
    /// Takes `value` with probability 1/k, if it is the k-th.
    pub fn offer(&mut self, value: &T, rng: &mut Rng) {
        self.seen += 1;
        if rng.below(self.seen) == 0 {
            self.kept = Some(value.clone());
        }
    }

    /// What is kept; none before the first offer.
    pub fn kept(&self) -> Option<&T> {
        self.kept.as_ref()
    }
}
