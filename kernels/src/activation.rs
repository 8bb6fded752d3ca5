//! Activation functions with their first two derivatives.

use crate::lanes;
use serde::{Deserialize, Serialize};

/// σ : ℝ → ℝ, applied to each unit of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// z.
    Identity,
    /// tanh z.
    Tanh,
    /// 1/(1 + e^{−z}).
    Sigmoid,
    /// max(z, 0); σ′(0) = 0.
    Relu,
    /// z for z > 0, else z/100 (Maas, Hannun, Ng 2013).
    LeakyRelu,
    /// ln(1 + e^z).
    Softplus,
    /// z Φ(z), Φ the normal distribution function (Hendrycks, Gimpel 2016).
    Gelu,
}

/// Slope of the leaky ReLU below zero.
const LEAK: f64 = 0.01;

impl Activation {
    /// Every activation.
    pub const ALL: [Self; 7] =
        [Self::Identity, Self::Tanh, Self::Sigmoid, Self::Relu, Self::LeakyRelu, Self::Softplus, Self::Gelu];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Relu => "relu",
            Self::LeakyRelu => "leaky_relu",
            Self::Softplus => "softplus",
            Self::Gelu => "gelu",
        }
    }

    /// Replaces z in `a` by σ(z) and writes σ′(z) to `first`.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn apply(self, a: &mut [f64], first: &mut [f64]) {
        match self {
            Self::Identity => first.fill(1.0),
            Self::Tanh => each(a, first, |z| {
                let t = lanes::tanh(z);
                (t, 1.0 - t * t)
            }),
            Self::Sigmoid => each(a, first, |z| {
                let s = lanes::sigmoid(z);
                (s, s * (1.0 - s))
            }),
            Self::Relu => each(a, first, |z| if z > 0.0 { (z, 1.0) } else { (0.0 * z, 0.0) }),
            Self::LeakyRelu => each(a, first, |z| if z > 0.0 { (z, 1.0) } else { (LEAK * z, LEAK) }),
            Self::Softplus => each(a, first, |z| (softplus(z), lanes::sigmoid(z))),
            Self::Gelu => each(a, first, |z| {
                let (below, density) = lanes::normal(z);
                (z * below, below + z * density)
            }),
        }
    }

    /// Whether σ″ needs z and ∂L/∂a: the others know it from σ(z) and σ′(z).
    pub(crate) fn remembers(self) -> bool {
        self == Self::Gelu
    }

    /// Writes ∂L/∂a · σ″(z) to `bend`, of a = σ(z), δ = ∂L/∂a · σ′(z) and σ′(z); where the activation
    /// [remembers](Self::remembers), of z and ∂L/∂a.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn bend(self, [z, pull]: [&[f64]; 2], [a, first, delta]: [&[f64]; 3], bend: &mut [f64]) {
        match self {
            Self::Identity | Self::Relu | Self::LeakyRelu => bend.fill(0.0),
            Self::Tanh => of(bend, delta, a, |d, t| -2.0 * t * d),
            Self::Sigmoid => of(bend, delta, a, |d, t| d * (1.0 - 2.0 * t)),
            Self::Softplus => of(bend, delta, first, |d, s| d * (1.0 - s)),
            Self::Gelu => of(bend, pull, z, |p, z| p * (lanes::density(z) * (2.0 - z * z))),
        }
    }
}

#[inline(always)]
fn each(a: &mut [f64], first: &mut [f64], f: impl Fn(f64) -> (f64, f64)) {
    for (z, d) in a.iter_mut().zip(first) {
        (*z, *d) = f(*z);
    }
}

#[inline(always)]
fn of(out: &mut [f64], a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = f(*a, *b);
    }
}

/// ln(1 + e^z) = max(z, 0) + ln(1 + e^{−|z|}).
#[inline(always)]
pub(crate) fn softplus(z: f64) -> f64 {
    (if z > 0.0 { z } else { 0.0 }) + lanes::ln_1p(lanes::exp(-z.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// σ, σ′ and σ″ at one point.
    fn at(activation: Activation, z: f64) -> [f64; 3] {
        let (mut a, mut first, mut second) = ([z], [0.0], [0.0]);
        activation.apply(&mut a, &mut first);
        activation.bend([&[z], &[1.0]], [&a, &first, &first], &mut second);
        [a[0], first[0], second[0]]
    }

    #[test]
    fn derivatives_are_those_of_the_function() {
        for activation in Activation::ALL {
            for i in -40..40 {
                let z = 0.1 * f64::from(i) + 0.05;
                let h = 1e-5;
                let [below, here, above] = [z - h, z, z + h].map(|z| at(activation, z));
                for order in 0..2 {
                    let difference = (above[order] - below[order]) / (2.0 * h);
                    assert!((difference - here[order + 1]).abs() < 1e-9, "{activation:?} order {order} at {z}");
                }
            }
        }
    }

    #[test]
    fn nothing_hides_a_nan() {
        for activation in Activation::ALL {
            let [value, ..] = at(activation, f64::NAN);
            assert!(value.is_nan(), "{activation:?}");
        }
    }
}
