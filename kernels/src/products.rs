//! The matrix products of a layer, for a chunk of samples.
//!
//! Matrices of weights are outputs × inputs by rows; activations are units × samples by rows, the number of samples a multiple of
//! the register's width. Registers hold samples. A sum over units goes from the first to the last; a sum over samples is one sum for
//! each of the [`LANES`], and then these by halves: the bits are the same at every register width, as those that only fill a register up
//! add zeros.
//!
//! In WebAssembly, where no function is compiled for another machine than its caller, the large ones are not inlined: browsers
//! keep no numbers in registers in huge functions.

use crate::finish::{Finish, load, store};
use crate::lanes::{LANES, Machine, sum};

/// Outputs, or inputs, whose sums are held in registers together.
const TILE: usize = 4;
/// Numbers of activations that are gone through again and again while they are in the first cache: 32 KB.
const BLOCK: usize = 4096;

/// Where sums over units begin.
#[derive(Clone, Copy)]
pub(crate) enum Start<'a> {
    /// At 0.
    Zero,
    /// At b.
    Bias(&'a [f64]),
    /// At what stands in the result.
    Keep,
}

/// out = Σ W a over the pairs (W, a), or Σ Wᵀ a for `TRANSPOSED`; W has `inputs` columns. What `finish` makes of the sums is stored.
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn multiply<M: Machine, F: Finish, const TRANSPOSED: bool, const P: usize>(
    machine: M,
    pairs: [[&[f64]; 2]; P],
    start: Start<'_>,
    finish: &mut F,
    out: &mut [f64],
    [inputs, samples]: [usize; 2],
) {
    let (rows, depth) = (out.len() / samples, pairs[0][1].len() / samples);
    let block = if P * depth * samples <= BLOCK { depth } else { (BLOCK / (P * samples)).max(8) };
    let (mut p, mut start) = (0, start);
    while p < depth {
        let end = (p + block).min(depth);
        let part = Terms { pairs, inputs, samples, range: [p, end], last: end == depth };
        let mut row = 0;
        while row + TILE <= rows {
            strip::<M, F, TRANSPOSED, P, TILE>(machine, part, start, finish, out, row);
            row += TILE;
        }
        while row < rows {
            strip::<M, F, TRANSPOSED, P, 1>(machine, part, start, finish, out, row);
            row += 1;
        }
        (p, start) = (end, Start::Keep);
    }
}

/// Some terms of the sums of a product.
#[derive(Clone, Copy)]
struct Terms<'a, const P: usize> {
    pairs: [[&'a [f64]; 2]; P],
    inputs: usize,
    samples: usize,
    /// From which term on, and up to which.
    range: [usize; 2],
    /// Whether they are the last.
    last: bool,
}

/// `O` rows of the result.
#[inline(always)]
fn strip<M: Machine, F: Finish, const TRANSPOSED: bool, const P: usize, const O: usize>(
    machine: M,
    part: Terms<'_, P>,
    start: Start<'_>,
    finish: &mut F,
    out: &mut [f64],
    row: usize,
) {
    let mut s = 0;
    if M::MANY {
        while s + 4 * M::WIDTH <= part.samples {
            tile::<M, F, TRANSPOSED, P, O, 4>(machine, part, start, finish, out, [row, s]);
            s += 4 * M::WIDTH;
        }
    }
    while s + 2 * M::WIDTH <= part.samples {
        tile::<M, F, TRANSPOSED, P, O, 2>(machine, part, start, finish, out, [row, s]);
        s += 2 * M::WIDTH;
    }
    if s < part.samples {
        tile::<M, F, TRANSPOSED, P, O, 1>(machine, part, start, finish, out, [row, s]);
    }
}

#[inline(always)]
fn tile<M: Machine, F: Finish, const TRANSPOSED: bool, const P: usize, const O: usize, const R: usize>(
    machine: M,
    Terms { pairs, inputs, samples, range: [first, end], last }: Terms<'_, P>,
    start: Start<'_>,
    finish: &mut F,
    out: &mut [f64],
    [row, s]: [usize; 2],
) {
    let mut acc = [[machine.splat(0.0); R]; O];
    match start {
        Start::Zero => {}
        Start::Bias(bias) => {
            for (acc, b) in acc.iter_mut().zip(&bias[row..][..O]) {
                *acc = [machine.splat(*b); R];
            }
        }
        Start::Keep => {
            for k in 0..O {
                acc[k] = load(machine, &out[(row + k) * samples + s..]);
            }
        }
    }
    // One call each: in a loop over pairs compilers leave the sums in memory.
    add_terms::<M, TRANSPOSED, O, R>(machine, pairs[0], [inputs, samples, row, s, first, end], &mut acc);
    if P > 1 {
        add_terms::<M, TRANSPOSED, O, R>(machine, pairs[P - 1], [inputs, samples, row, s, first, end], &mut acc);
    }
    for (k, sums) in acc.into_iter().enumerate() {
        let place = (row + k) * samples + s;
        let sums = if last { finish.finish(machine, sums, place) } else { sums };
        store(machine, sums, &mut out[place..]);
    }
}

/// The terms of one pair.
#[inline(always)]
fn add_terms<M: Machine, const TRANSPOSED: bool, const O: usize, const R: usize>(
    machine: M,
    [w, a]: [&[f64]; 2],
    [inputs, samples, row, s, first, end]: [usize; 6],
    acc: &mut [[M::Register; R]; O],
) {
    if TRANSPOSED {
        for p in first..end {
            let (x, weights) = (load(machine, &a[p * samples + s..]), &w[p * inputs + row..][..O]);
            for k in 0..O {
                add_scaled(machine, &mut acc[k], weights[k], &x);
            }
        }
    } else {
        let mut rows: [&[f64]; O] = [&[]; O];
        for k in 0..O {
            rows[k] = &w[(row + k) * inputs + first..][..end - first];
        }
        for i in 0..end - first {
            let x = load(machine, &a[(first + i) * samples + s..]);
            for k in 0..O {
                add_scaled(machine, &mut acc[k], rows[k][i], &x);
            }
        }
    }
}

#[inline(always)]
fn add_scaled<M: Machine, const R: usize>(machine: M, acc: &mut [M::Register; R], weight: f64, x: &[M::Register; R]) {
    let weight = machine.splat(weight);
    for j in 0..R {
        acc[j] = machine.add(acc[j], machine.multiply(weight, x[j]));
    }
}

/// G ← G + t Σ d aᵀ, the sum over samples; G is outputs × `inputs`.
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn outer<M: Machine>(machine: M, gradient: &mut [f64], t: f64, pair: [&[f64]; 2], [inputs, samples]: [usize; 2]) {
    let outputs = gradient.len() / inputs;
    let block = if inputs * samples <= BLOCK { inputs } else { (BLOCK / samples).next_multiple_of(TILE) };
    let mut begin = 0;
    while begin < inputs {
        let end = (begin + block).min(inputs);
        let mut o = 0;
        while o + TILE <= outputs {
            outer_strip::<M, TILE>(machine, gradient, t, pair, [inputs, samples, o, begin, end]);
            o += TILE;
        }
        while o < outputs {
            outer_strip::<M, 1>(machine, gradient, t, pair, [inputs, samples, o, begin, end]);
            o += 1;
        }
        begin = end;
    }
}

#[inline(always)]
fn outer_strip<M: Machine, const O: usize>(
    machine: M,
    gradient: &mut [f64],
    t: f64,
    pair: [&[f64]; 2],
    [inputs, samples, o, begin, end]: [usize; 5],
) {
    let mut i = begin;
    if M::MANY {
        while i + 4 <= end {
            outer_tile::<M, O, 4>(machine, gradient, t, pair, [inputs, samples, o, i]);
            i += 4;
        }
    }
    while i + 2 <= end {
        outer_tile::<M, O, 2>(machine, gradient, t, pair, [inputs, samples, o, i]);
        i += 2;
    }
    if i < end {
        outer_tile::<M, O, 1>(machine, gradient, t, pair, [inputs, samples, o, i]);
    }
}

#[inline(always)]
fn outer_tile<M: Machine, const O: usize, const I: usize>(
    machine: M,
    gradient: &mut [f64],
    t: f64,
    [d, a]: [&[f64]; 2],
    [inputs, samples, o, i]: [usize; 4],
) {
    let (lines, rest) = (samples / LANES, samples % LANES);
    let mut ds: [(&[[f64; LANES]], &[f64]); O] = [(&[], &[]); O];
    let mut inputs_of: [(&[[f64; LANES]], &[f64]); I] = [(&[], &[]); I];
    for k in 0..O {
        let (whole, tail) = d[(o + k) * samples..][..samples].as_chunks();
        ds[k] = (&whole[..lines], tail);
    }
    for j in 0..I {
        let (whole, tail) = a[(i + j) * samples..][..samples].as_chunks();
        inputs_of[j] = (&whole[..lines], tail);
    }
    let mut sums = [[[0.0; LANES]; I]; O];
    for group in (0..LANES).step_by(M::WIDTH) {
        let mut acc = [[machine.splat(0.0); I]; O];
        for line in 0..lines {
            let mut x = [machine.splat(0.0); I];
            for j in 0..I {
                x[j] = machine.load(&inputs_of[j].0[line][group..]);
            }
            for k in 0..O {
                let delta = machine.load(&ds[k].0[line][group..]);
                for j in 0..I {
                    acc[k][j] = machine.add(acc[k][j], machine.multiply(delta, x[j]));
                }
            }
        }
        if group < rest {
            for k in 0..O {
                let delta = machine.load(&ds[k].1[group..]);
                for j in 0..I {
                    acc[k][j] = machine.add(acc[k][j], machine.multiply(delta, machine.load(&inputs_of[j].1[group..])));
                }
            }
        }
        for k in 0..O {
            for j in 0..I {
                machine.store(acc[k][j], &mut sums[k][j][group..]);
            }
        }
    }
    for k in 0..O {
        let row = &mut gradient[(o + k) * inputs + i..][..I];
        for j in 0..I {
            row[j] += t * sum(sums[k][j]);
        }
    }
}

/// b ← b + t d 1, the sum over samples.
#[inline(always)]
pub(crate) fn row_sums(gradient: &mut [f64], t: f64, d: &[f64], samples: usize) {
    for (g, row) in gradient.iter_mut().zip(d.chunks_exact(samples)) {
        let mut acc = [0.0; LANES];
        let (lines, rest) = row.as_chunks::<LANES>();
        for line in lines {
            for l in 0..LANES {
                acc[l] += line[l];
            }
        }
        acc.iter_mut().zip(rest).for_each(|(acc, d)| *acc += d);
        *g += t * sum(acc);
    }
}

#[cfg(test)]
mod tests {
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
            outer(machine, &mut gradient, 0.7, [d, a], sides);
            [forward, backward, gradient]
        }
    }

    /// Numbers without a pattern.
    fn numbers(n: usize, seed: f64) -> Vec<f64> {
        (0..n).map(|i| libm::sin(seed + 12.9898 * i as f64)).collect()
    }

    #[test]
    fn products_are_those_of_the_definition_and_have_the_same_bits_at_every_width() {
        for dims in [[1, 1, 8], [4, 2, 16], [7, 5, 24], [10, 32, 128], [5, 70, 128], [3, 9, 8]] {
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
                    let right: f64 = (0..samples).map(|s| d[o * samples + s] * a[i * samples + s]).sum();
                    close(widest[2][o * inputs + i], 0.5 + 0.7 * right);
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
            let (a, d) = (fill(a), fill(d));
            let (mut forward, sides) = (vec![0.0; outputs * samples], [inputs, samples]);
            multiply::<M, _, false, 1>(machine, [[w, &a]], Start::Bias(&w[..outputs]), &mut Plain, &mut forward, sides);
            let mut gradient = vec![0.5; outputs * inputs];
            outer(machine, &mut gradient, 0.7, [&d, &a], sides);
            let mut sums = vec![0.25; outputs];
            row_sums(&mut sums, 0.3, &d, samples);
            [forward.chunks_exact(samples).flat_map(|row| row[..valid].to_vec()).collect(), gradient, sums]
        }
    }

    #[test]
    fn what_fills_a_register_up_changes_no_bit() {
        for dims in [[3, 2, 1], [4, 5, 10], [9, 8, 13], [2, 7, 22], [5, 4, 127]] {
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
}
