//! Loss functions of a network's outputs.

use super::activation::softplus;
use super::lanes::{self, LANES, sum};
use serde::{Deserialize, Serialize};

/// L(z, y) of the outputs z and the target y of one sample; a network's objective is its mean over samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// ½ ‖z − y‖².
    Mse,
    /// Σₖ ln(1 + e^{zₖ}) − yₖ zₖ: the cross entropy of independent Bernoulli variables with logits z, y ∈ [0, 1].
    Bce,
    /// ln Σₖ e^{zₖ} − Σₖ yₖ zₖ: the cross entropy of the softmax of z, y ≥ 0 with Σ y = 1.
    CrossEntropy,
}

impl Loss {
    /// Every loss.
    pub const ALL: [Self; 3] = [Self::Mse, Self::Bce, Self::CrossEntropy];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mse => "mse",
            Self::Bce => "bce",
            Self::CrossEntropy => "cross_entropy",
        }
    }

    /// Returns Σ L over the first `valid` samples of the chunk; writes ∇L to `gradient` and what [`Loss::product`] needs of
    /// ∇²L to `curvature`, both outputs × samples and 0 at the samples that only fill the chunk.
    #[inline(always)]
    pub(super) fn evaluate(
        self,
        z: &[f64],
        y: &[f64],
        [samples, valid]: [usize; 2],
        gradient: &mut [f64],
        curvature: &mut [f64],
    ) -> f64 {
        let total = match self {
            Self::Mse => each(z, y, [samples, valid], gradient, curvature, |z, y| [0.5 * (z - y) * (z - y), z - y, 1.0]),
            Self::Bce => each(z, y, [samples, valid], gradient, curvature, |z, y| {
                let s = lanes::sigmoid(z);
                [softplus(z) - y * z, s - y, s * (1.0 - s)]
            }),
            Self::CrossEntropy => softmax(z, y, [samples, valid], gradient, curvature),
        };
        if valid < samples {
            for row in gradient.chunks_exact_mut(samples).chain(curvature.chunks_exact_mut(samples)) {
                row[valid..].fill(0.0);
            }
        }
        total
    }

    /// ∇²L v for each sample, in place.
    #[inline(always)]
    pub(super) fn product(self, curvature: &[f64], v: &mut [f64], samples: usize) {
        match self {
            Self::Mse | Self::Bce => v.iter_mut().zip(curvature).for_each(|(v, c)| *v *= c),
            Self::CrossEntropy => {
                for s in (0..samples).step_by(LANES) {
                    let mut mean = [0.0; LANES];
                    for (p, v) in curvature.chunks_exact(samples).zip(v.chunks_exact(samples)) {
                        for l in 0..LANES {
                            mean[l] += p[s + l] * v[s + l];
                        }
                    }
                    for (p, v) in curvature.chunks_exact(samples).zip(v.chunks_exact_mut(samples)) {
                        for l in 0..LANES {
                            v[s + l] = p[s + l] * (v[s + l] - mean[l]);
                        }
                    }
                }
            }
        }
    }

    /// Whether outputs `z` of a sample are right about the target `y`: the largest entry for the softmax, the side of 0 for
    /// logits; `None` for a regression.
    pub fn is_right(self, z: &[f64], y: &[f64]) -> Option<bool> {
        let top = |v: &[f64]| v.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(k, _)| k);
        match self {
            Self::Mse => None,
            Self::Bce => Some(z.iter().zip(y).all(|(z, y)| (*z > 0.0) == (*y > 0.5))),
            Self::CrossEntropy => Some(top(z) == top(y)),
        }
    }
}

/// A loss that is a sum over outputs: `f` gives its value and two derivatives.
#[inline(always)]
fn each(
    z: &[f64],
    y: &[f64],
    [samples, valid]: [usize; 2],
    gradient: &mut [f64],
    curvature: &mut [f64],
    f: impl Fn(f64, f64) -> [f64; 3],
) -> f64 {
    let mut totals = [0.0; LANES];
    let rows = z.chunks_exact(samples).zip(y.chunks_exact(samples));
    for ((z, y), (g, c)) in rows.zip(gradient.chunks_exact_mut(samples).zip(curvature.chunks_exact_mut(samples))) {
        for s in (0..samples).step_by(LANES) {
            let (z, y, g, c) = (&z[s..][..LANES], &y[s..][..LANES], &mut g[s..][..LANES], &mut c[s..][..LANES]);
            let mut values = [0.0; LANES];
            for l in 0..LANES {
                [values[l], g[l], c[l]] = f(z[l], y[l]);
            }
            if valid - s.min(valid) < LANES {
                values[valid - s.min(valid)..].fill(0.0);
            }
            for l in 0..LANES {
                totals[l] += values[l];
            }
        }
    }
    sum(totals)
}

#[inline(always)]
fn softmax(z: &[f64], y: &[f64], [samples, valid]: [usize; 2], gradient: &mut [f64], p: &mut [f64]) -> f64 {
    let mut total = 0.0;
    for s in (0..samples).step_by(LANES) {
        let mut top = [f64::NEG_INFINITY; LANES];
        for row in z.chunks_exact(samples) {
            for l in 0..LANES {
                top[l] = if row[s + l] > top[l] { row[s + l] } else { top[l] };
            }
        }
        let (mut mass, mut score) = ([0.0; LANES], [0.0; LANES]);
        for ((z, y), p) in z.chunks_exact(samples).zip(y.chunks_exact(samples)).zip(p.chunks_exact_mut(samples)) {
            for l in 0..LANES {
                let shifted = z[s + l] - top[l];
                p[s + l] = lanes::exp(shifted);
                mass[l] += p[s + l];
                score[l] += y[s + l] * shifted;
            }
        }
        for ((g, y), p) in gradient.chunks_exact_mut(samples).zip(y.chunks_exact(samples)).zip(p.chunks_exact_mut(samples)) {
            for l in 0..LANES {
                p[s + l] /= mass[l];
                g[s + l] = p[s + l] - y[s + l];
            }
        }
        // The mass of a sample is from 1 to the number of outputs: the product of eight is far from the largest number.
        let mut all = 1.0;
        for l in 0..LANES.min(valid.saturating_sub(s)) {
            all *= mass[l];
            total -= score[l];
        }
        total += libm::log(all);
    }
    total
}
