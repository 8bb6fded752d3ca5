//! Products against their definition, and their bits at every register width.

use super::*;
use crate::finish::Plain;
use crate::lanes::{Dispatched, Work, vectorized};
use pulp::{Scalar, Simd, WithSimd};

struct All<'a> {
    w: &'a [f64],
    a: &'a [f64],
    d: &'a [f64],
    dims: [usize; 3],
}

impl Work for All<'_> {
    type Output = [Vec<f64>; 3];

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) -> Self::Output {
        let [outputs, inputs, samples] = self.dims;
        let (w, a, d) = (self.w, self.a, self.d);
        let mut forward = vec![0.5; outputs * samples];
        let sides = [inputs, samples];
        multiply::<M, _, false, 1>(machine, [[w, a]], Start::Bias(&d[..outputs]), &mut Plain, &mut forward, sides);
        let mut backward = vec![0.5; inputs * samples];
        multiply::<M, _, true, 2>(machine, [[w, d], [w, d]], Start::Keep, &mut Plain, &mut backward, sides);
        let mut gradient = vec![0.5; outputs * inputs];
        outer(machine, &mut gradient, 0.7, [[d, a]], sides);
        let (e, b) = (turned(d), turned(a));
        outer(machine, &mut gradient, 0.1, [[d, a], [&e, &b]], sides);
        [forward, backward, gradient]
    }
}

/// Other numbers.
fn turned(numbers: &[f64]) -> Vec<f64> {
    numbers.iter().rev().copied().collect()
}

/// Numbers without a pattern.
fn numbers(n: usize, seed: f64) -> Vec<f64> {
    (0..n).map(|i| libm::sin(seed + 12.9898 * i as f64)).collect()
}

#[test]
fn products_are_those_of_the_definition_and_have_the_same_bits_at_every_width() {
    for dims in [[1, 1, 8], [4, 2, 16], [7, 5, 24], [10, 32, 128], [5, 70, 128], [3, 9, 8], [37, 141, 72], [141, 38, 128]] {
        let [outputs, inputs, samples] = dims;
        let (w, a, d) = (numbers(outputs * inputs, 1.0), numbers(inputs * samples, 2.0), numbers(outputs * samples, 3.0));
        let all = || All { w: &w, a: &a, d: &d, dims };
        let widest = vectorized(all());
        assert_eq!(Dispatched(all()).with_simd(Scalar), widest, "{dims:?}");
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            assert_eq!(Simd::vectorize(simd, Dispatched(all())), widest, "{dims:?}");
        }
        let close = |ours: f64, right: f64| assert!((ours - right).abs() < 1e-12, "{dims:?}: {ours} against {right}");
        for s in 0..samples {
            for o in 0..outputs {
                let right: f64 = (0..inputs).map(|i| w[o * inputs + i] * a[i * samples + s]).sum();
                close(widest[0][o * samples + s], d[o] + right);
            }
            for i in 0..inputs {
                let right: f64 = (0..outputs).map(|o| w[o * inputs + i] * d[o * samples + s]).sum();
                close(widest[1][i * samples + s], 0.5 + 2.0 * right);
            }
        }
        for o in 0..outputs {
            for i in 0..inputs {
                let sum = |d: &[f64], a: &[f64]| -> f64 { (0..samples).map(|s| d[o * samples + s] * a[i * samples + s]).sum() };
                close(widest[2][o * inputs + i], 0.5 + 0.8 * sum(&d, &a) + 0.1 * sum(&turned(&d), &turned(&a)));
            }
        }
    }
}

/// As [`All`], of samples that are filled up with zeros to whole registers of the machine: without the filling.
struct Filled<'a>(All<'a>);

impl Work for Filled<'_> {
    type Output = [Vec<f64>; 3];

    #[inline(always)]
    fn run<M: Machine>(self, machine: M) -> Self::Output {
        let All { w, a, d, dims: [outputs, inputs, valid] } = self.0;
        let samples = valid.next_multiple_of(M::WIDTH);
        let fill = |rows: &[f64]| -> Vec<f64> {
            rows.chunks_exact(valid).flat_map(|row| (0..samples).map(|s| row.get(s).copied().unwrap_or(0.0))).collect()
        };
        let full = [d, a];
        let (a, d) = (fill(a), fill(d));
        let (mut forward, sides) = (vec![0.0; outputs * samples], [inputs, samples]);
        multiply::<M, _, false, 1>(machine, [[w, &a]], Start::Bias(&w[..outputs]), &mut Plain, &mut forward, sides);
        let mut both = vec![0.0; outputs * samples];
        multiply::<M, _, false, 2>(machine, [[w, &a], [w, &a]], Start::Zero, &mut Plain, &mut both, sides);
        let mut gradient = vec![0.5; outputs * inputs];
        outer(machine, &mut gradient, 0.7, [[&d, &a]], sides);
        outer(machine, &mut gradient, 0.1, [[&d, &a], [&fill(&turned(full[0])), &fill(&turned(full[1]))]], sides);
        let mut sums = vec![0.25; outputs];
        row_sums(&mut sums, 0.3, &d, samples);
        let valid_of = |rows: Vec<f64>| rows.chunks_exact(samples).flat_map(|row| row[..valid].to_vec()).collect();
        [valid_of(forward), valid_of(both), [gradient, sums].concat()]
    }
}

#[test]
fn what_fills_a_register_up_changes_no_bit() {
    for dims in [[3, 2, 1], [4, 300, 10], [9, 8, 13], [2, 7, 22], [5, 4, 127], [41, 70, 76], [23, 190, 77]] {
        let [outputs, inputs, samples] = dims;
        let (w, a, d) = (numbers(outputs * inputs, 4.0), numbers(inputs * samples, 5.0), numbers(outputs * samples, 6.0));
        let all = || Filled(All { w: &w, a: &a, d: &d, dims });
        let widest = vectorized(all());
        assert_eq!(Dispatched(all()).with_simd(Scalar), widest, "{dims:?}");
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            assert_eq!(Simd::vectorize(simd, Dispatched(all())), widest, "{dims:?}");
        }
    }
}
