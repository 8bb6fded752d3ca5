//! Sets over one variable, for which the output of a network is a curve.

use super::{Data, Draw, Targets};
use crate::linalg::Rng;
use crate::problem::network::Rows;
use std::f64::consts::PI;

/// y = sin(2πx) + noise with x even in [0, 1] (Bishop 2006, Section 1.1).
pub(super) fn sine(draw: &Draw) -> Data {
    let mut rng = Rng::new(draw.seed);
    let (mut inputs, mut values) = (Vec::with_capacity(draw.samples), Vec::with_capacity(draw.samples));
    for _ in 0..draw.samples {
        let x = rng.uniform();
        inputs.push(x);
        values.push(libm::sin(2.0 * PI * x) + draw.noise * rng.normal());
    }
    let rows = |values| Rows { width: 1, values };
    Data { inputs: rows(inputs), targets: Targets::Values(rows(values)), train: draw.samples, image: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lie_about_the_sine_by_the_noise() {
        let data = sine(&Draw { samples: 4000, noise: 0.3, seed: 2 });
        let Targets::Values(values) = &data.targets else { panic!("values") };
        assert!(data.inputs.values.iter().all(|x| (0.0..1.0).contains(x)));
        let rest = |(x, y): (&f64, &f64)| y - (2.0 * PI * x).sin();
        let rests: Vec<f64> = data.inputs.values.iter().zip(&values.values).map(rest).collect();
        let deviation = (rests.iter().map(|r| r * r).sum::<f64>() / 4000.0).sqrt();
        // Three standard errors of a deviation of 0.3 from 4,000 samples.
        assert!((deviation - 0.3).abs() < 3.0 * 0.3 / (2.0_f64 * 4000.0).sqrt(), "{deviation}");
        assert!(rests.iter().sum::<f64>().abs() / 4000.0 < 3.0 * 0.3 / 4000.0_f64.sqrt());
    }
}
