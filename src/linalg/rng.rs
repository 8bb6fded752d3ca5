//! The one random generator: portable, seeded, serializable.

use rand_xoshiro::rand_core::{Rng as _, SeedableRng};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};
use serde::{Deserialize, Serialize};

/// xoshiro256++ (Blackman, Vigna 2018), seeded by SplitMix64, with the few distributions that optimizers need.
/// The distributions use IEEE operations and `libm` only, so a seed gives the same stream on every platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rng(Xoshiro256PlusPlus);

impl Rng {
    /// The stream that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Uniform on [0, 1), 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Standard normal, Box-Muller: √(−2 ln(1−a)) cos(2π b).
    pub fn normal(&mut self) -> f64 {
        let (a, b) = (self.uniform(), self.uniform());
        box_muller(a, b)
    }

    /// Uniform on 0..n (`n` ≥ 1), without bias (Lemire 2019).
    pub fn below(&mut self, n: usize) -> usize {
        let n = n.max(1) as u64;
        loop {
            let [high, low] = wide_product(self.0.next_u64(), n);
            // The remainder is less than n: it is seldom asked for.
            if low >= n || low >= n.wrapping_neg() % n {
                return high as usize;
            }
        }
    }

    /// Fills `out` with independent standard normals.
    pub fn fill_normal(&mut self, out: &mut [f64]) {
        for v in out {
            *v = self.normal();
        }
    }

    /// A point uniform in the ball of radius `r`: r U^{1/d} u/‖u‖ with u normal.
    pub fn fill_ball(&mut self, r: f64, out: &mut [f64]) {
        self.fill_sphere(1.0, out);
        let length = r * libm::pow(self.uniform(), 1.0 / out.len().max(1) as f64);
        for v in out {
            *v *= length;
        }
    }

    /// A point uniform on the sphere of radius `r`.
    pub fn fill_sphere(&mut self, r: f64, out: &mut [f64]) {
        loop {
            self.fill_normal(out);
            let length = super::norm(out);
            if length > 0.0 || out.is_empty() {
                for v in out {
                    *v *= r / length;
                }
                return;
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014) with the distributions of the published data sets, which are defined by it.
#[derive(Clone, Debug)]
pub struct SplitMix(SplitMix64);

impl SplitMix {
    /// The stream that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(SplitMix64::from_seed(seed.to_le_bytes()))
    }

    /// Uniform on [0, 1), 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Standard normal, Box-Muller: √(−2 ln(1−a)) cos(2π b).
    pub fn normal(&mut self) -> f64 {
        let (a, b) = (self.uniform(), self.uniform());
        box_muller(a, b)
    }
}

/// x n = high · 2⁶⁴ + low; up to n = 2³² without a product of 128 bits, which WebAssembly does not have.
fn wide_product(x: u64, n: u64) -> [u64; 2] {
    if n >> 32 == 0 {
        let carried = ((x & 0xFFFF_FFFF) * n) >> 32;
        return [((x >> 32) * n + carried) >> 32, x.wrapping_mul(n)];
    }
    let wide = u128::from(x) * u128::from(n);
    [(wide >> 64) as u64, wide as u64]
}

fn box_muller(a: f64, b: f64) -> f64 {
    (-2.0 * libm::log(1.0 - a)).sqrt() * libm::cos(2.0 * std::f64::consts::PI * b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_two_words_are_exact() {
        let mut words = Xoshiro256PlusPlus::seed_from_u64(1);
        for n in [1, 3, 250, 0xFFFF_FFFF, 1 << 32, u64::MAX] {
            for x in (0..100).map(|_| words.next_u64()).chain([0, 1, 0xFFFF_FFFF, 1 << 32, u64::MAX]) {
                let wide = u128::from(x) * u128::from(n);
                assert_eq!(wide_product(x, n), [(wide >> 64) as u64, wide as u64], "{x} · {n}");
            }
        }
    }
}
