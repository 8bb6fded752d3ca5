//! Loss functions of a network's outputs.

use crate::activation::softplus;
use crate::chunk::CHUNK;
use crate::lanes::{self, LANES, sum};
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
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn evaluate(
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
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn product(self, curvature: &[f64], v: &mut [f64], samples: usize) {
        match self {
            Self::Mse | Self::Bce => v.iter_mut().zip(curvature).for_each(|(v, c)| *v *= c),
            Self::CrossEntropy => {
                let mut means = [0.0; CHUNK];
                for (p, v) in curvature.chunks_exact(samples).zip(v.chunks_exact(samples)) {
                    for ((mean, p), v) in means.iter_mut().zip(p).zip(v) {
                        *mean += p * v;
                    }
                }
                for (p, v) in curvature.chunks_exact(samples).zip(v.chunks_exact_mut(samples)) {
                    for ((mean, p), v) in means.iter().zip(p).zip(v) {
                        *v = p * (*v - mean);
                    }
                }
            }
        }
    }

    /// L(z, y) of one sample.
    pub fn value(self, z: &[f64], y: &[f64]) -> f64 {
        let (samples, mut gradient, mut curvature) = (LANES, vec![0.0; z.len() * LANES], vec![0.0; z.len() * LANES]);
        let spread = |v: &[f64]| v.iter().flat_map(|v| [*v; LANES]).collect::<Vec<_>>();
        self.evaluate(&spread(z), &spread(y), [samples, 1], &mut gradient, &mut curvature)
    }

    /// Whether outputs `z` of a sample are right about the target `y` that stands for one of `classes`: one output by its side of 0,
    /// several by the largest. `None` for a regression, whatever its loss: pixels from 0 to 1 are no classes.
    pub fn is_right(self, z: &[f64], y: &[f64], classes: bool) -> Option<bool> {
        let top = |v: &[f64]| v.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(k, _)| k);
        let border = if self == Self::Bce { 0.5 } else { 0.0 };
        classes.then(|| if z.len() == 1 { (z[0] > 0.0) == (y[0] > border) } else { top(z) == top(y) })
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
    let mut values = [0.0; CHUNK];
    let rows = z.chunks_exact(samples).zip(y.chunks_exact(samples));
    for ((z, y), (g, c)) in rows.zip(gradient.chunks_exact_mut(samples).zip(curvature.chunks_exact_mut(samples))) {
        for ((value, (z, y)), (g, c)) in values.iter_mut().zip(z.iter().zip(y)).zip(g.iter_mut().zip(c)) {
            [*value, *g, *c] = f(*z, *y);
        }
        values[valid..samples].fill(0.0);
        for part in values[..samples].chunks(LANES) {
            for (total, value) in totals.iter_mut().zip(part) {
                *total += value;
            }
        }
    }
    sum(totals)
}

/// Numbers of a sample stand `samples` apart: what is found for each sample is gone through row by row.
#[inline(always)]
fn softmax(z: &[f64], y: &[f64], [samples, valid]: [usize; 2], gradient: &mut [f64], p: &mut [f64]) -> f64 {
    let (mut tops, mut scores, mut masses) = ([f64::NEG_INFINITY; CHUNK], [0.0; CHUNK], [0.0; CHUNK]);
    for row in z.chunks_exact(samples) {
        for (top, z) in tops.iter_mut().zip(row) {
            *top = if *z > *top { *z } else { *top };
        }
    }
    for ((z, y), p) in z.chunks_exact(samples).zip(y.chunks_exact(samples)).zip(p.chunks_exact_mut(samples)) {
        for (((p, z), y), (top, score)) in p.iter_mut().zip(z).zip(y).zip(tops.iter().zip(&mut scores)) {
            *p = z - top;
            *score += y * *p;
        }
    }
    for p in p.iter_mut() {
        *p = lanes::exp(*p);
    }
    for p in p.chunks_exact(samples) {
        for (mass, p) in masses.iter_mut().zip(p) {
            *mass += p;
        }
    }
    // The mass of a sample is from 1 to the number of outputs: the product of eight is far from the largest number.
    let mut total = 0.0;
    for (masses, scores) in masses[..valid].chunks(LANES).zip(scores.chunks(LANES)) {
        total += libm::log(masses.iter().product()) - masses.iter().zip(scores).map(|(_, score)| score).sum::<f64>();
    }
    for mass in &mut masses[..samples] {
        *mass = 1.0 / *mass;
    }
    for ((g, y), p) in gradient.chunks_exact_mut(samples).zip(y.chunks_exact(samples)).zip(p.chunks_exact_mut(samples)) {
        for (((g, y), p), share) in g.iter_mut().zip(y).zip(p).zip(&masses) {
            *p *= share;
            *g = *p - y;
        }
    }
    total
}
