//! The matrix products of a layer, for a chunk of samples.
//!
//! Matrices of weights are outputs × inputs by rows; activations are units × samples by rows, the number of samples a
//! multiple of [`LANES`]. Registers hold samples. A sum over units goes from the first to the last; a sum over samples is one
//! sum for each of the [`LANES`], and then these by halves: the bits are the same at every register width.

use super::lanes::{LANES, sum};
use pulp::Simd;

/// Outputs, or inputs, whose sums are held in registers together.
const TILE: usize = 4;
/// Numbers of activations that are gone through again and again while they are in the first cache: 24 KB.
const BLOCK: usize = 3072;

/// Where sums over units begin.
#[derive(Clone, Copy)]
pub(super) enum Start<'a> {
    /// At 0.
    Zero,
    /// At b.
    Bias(&'a [f64]),
    /// At what stands in the result.
    Keep,
}

/// Whether there are registers for tiles of 4 × 4. Browsers on x86 have half of those that WebAssembly's model has.
#[inline(always)]
const fn is_wide<S: Simd>() -> bool {
    S::REGISTER_COUNT >= 32 && !cfg!(target_arch = "wasm32")
}

/// out = W a, or Wᵀ a for `TRANSPOSED`; W has `inputs` columns.
#[inline(always)]
pub(super) fn multiply<S: Simd, const TRANSPOSED: bool>(
    simd: S,
    (w, inputs): (&[f64], usize),
    a: &[f64],
    start: Start<'_>,
    out: &mut [f64],
    samples: usize,
) {
    let registers = samples / S::F64_LANES;
    let (rows, depth) = (out.len() / samples, a.len() / samples);
    let ((a, _), (out, _)) = (S::as_simd_f64s(a), S::as_mut_simd_f64s(out));
    let block = if depth * samples <= BLOCK { depth } else { (BLOCK / samples).max(8) };
    let (mut p, mut start) = (0, start);
    while p < depth {
        let end = (p + block).min(depth);
        let part = (w, inputs, [p, end]);
        let mut row = 0;
        while row + TILE <= rows {
            strip::<S, TRANSPOSED, TILE>(simd, part, a, start, out, [registers, row]);
            row += TILE;
        }
        while row < rows {
            strip::<S, TRANSPOSED, 1>(simd, part, a, start, out, [registers, row]);
            row += 1;
        }
        (p, start) = (end, Start::Keep);
    }
}

/// `O` rows of the result.
#[inline(always)]
fn strip<S: Simd, const TRANSPOSED: bool, const O: usize>(
    simd: S,
    part: (&[f64], usize, [usize; 2]),
    a: &[S::f64s],
    start: Start<'_>,
    out: &mut [S::f64s],
    [registers, row]: [usize; 2],
) {
    let mut r = 0;
    if is_wide::<S>() {
        while r + 4 <= registers {
            tile::<S, TRANSPOSED, O, 4>(simd, part, a, start, out, [registers, row, r]);
            r += 4;
        }
    }
    while r + 2 <= registers {
        tile::<S, TRANSPOSED, O, 2>(simd, part, a, start, out, [registers, row, r]);
        r += 2;
    }
    if S::F64_LANES == LANES && r < registers {
        tile::<S, TRANSPOSED, O, 1>(simd, part, a, start, out, [registers, row, r]);
    }
}

#[inline(always)]
fn tile<S: Simd, const TRANSPOSED: bool, const O: usize, const R: usize>(
    simd: S,
    (w, inputs, [p, end]): (&[f64], usize, [usize; 2]),
    a: &[S::f64s],
    start: Start<'_>,
    out: &mut [S::f64s],
    [registers, row, r]: [usize; 3],
) {
    let mut acc = [[simd.splat_f64s(0.0); R]; O];
    match start {
        Start::Zero => {}
        Start::Bias(bias) => {
            for (acc, b) in acc.iter_mut().zip(&bias[row..][..O]) {
                *acc = [simd.splat_f64s(*b); R];
            }
        }
        Start::Keep => {
            for k in 0..O {
                acc[k].copy_from_slice(&out[(row + k) * registers + r..][..R]);
            }
        }
    }
    if TRANSPOSED {
        for p in p..end {
            let (x, weights) = (&a[p * registers + r..][..R], &w[p * inputs + row..][..O]);
            for k in 0..O {
                add_scaled(simd, &mut acc[k], weights[k], x);
            }
        }
    } else {
        let mut rows: [&[f64]; O] = [&[]; O];
        for k in 0..O {
            rows[k] = &w[(row + k) * inputs + p..][..end - p];
        }
        for i in 0..end - p {
            let x = &a[(p + i) * registers + r..][..R];
            for k in 0..O {
                add_scaled(simd, &mut acc[k], rows[k][i], x);
            }
        }
    }
    for k in 0..O {
        out[(row + k) * registers + r..][..R].copy_from_slice(&acc[k]);
    }
}

#[inline(always)]
fn add_scaled<S: Simd, const R: usize>(simd: S, acc: &mut [S::f64s; R], weight: f64, x: &[S::f64s]) {
    let weight = simd.splat_f64s(weight);
    for j in 0..R {
        acc[j] = simd.add_f64s(acc[j], simd.mul_f64s(weight, x[j]));
    }
}

/// G ← G + t Σ d aᵀ over the pairs (d, a) and over samples; G is outputs × `inputs`.
#[inline(always)]
pub(super) fn outer<S: Simd, const P: usize>(
    simd: S,
    gradient: &mut [f64],
    t: f64,
    pairs: [[&[f64]; 2]; P],
    [inputs, samples]: [usize; 2],
) {
    let mut parts: [[&[S::f64s]; 2]; P] = [[&[]; 2]; P];
    for (part, pair) in parts.iter_mut().zip(pairs) {
        *part = pair.map(|side| S::as_simd_f64s(side).0);
    }
    let registers = samples / S::F64_LANES;
    let outputs = gradient.len() / inputs;
    let block = if P * inputs * samples <= BLOCK { inputs } else { (BLOCK / (P * samples)).next_multiple_of(TILE) };
    let mut begin = 0;
    while begin < inputs {
        let end = (begin + block).min(inputs);
        let mut o = 0;
        while o + TILE <= outputs {
            outer_strip::<S, P, TILE>(simd, gradient, t, parts, [inputs, registers, o, begin, end]);
            o += TILE;
        }
        while o < outputs {
            outer_strip::<S, P, 1>(simd, gradient, t, parts, [inputs, registers, o, begin, end]);
            o += 1;
        }
        begin = end;
    }
}

#[inline(always)]
fn outer_strip<S: Simd, const P: usize, const O: usize>(
    simd: S,
    gradient: &mut [f64],
    t: f64,
    parts: [[&[S::f64s]; 2]; P],
    [inputs, registers, o, begin, end]: [usize; 5],
) {
    let mut i = begin;
    if is_wide::<S>() {
        while i + 4 <= end {
            outer_tile::<S, P, O, 4>(simd, gradient, t, parts, [inputs, registers, o, i]);
            i += 4;
        }
    }
    while i + 2 <= end {
        outer_tile::<S, P, O, 2>(simd, gradient, t, parts, [inputs, registers, o, i]);
        i += 2;
    }
    if i < end {
        outer_tile::<S, P, O, 1>(simd, gradient, t, parts, [inputs, registers, o, i]);
    }
}

#[inline(always)]
fn outer_tile<S: Simd, const P: usize, const O: usize, const I: usize>(
    simd: S,
    gradient: &mut [f64],
    t: f64,
    parts: [[&[S::f64s]; 2]; P],
    [inputs, registers, o, i]: [usize; 4],
) {
    let groups = LANES / S::F64_LANES;
    let mut sums = [[[0.0; LANES]; I]; O];
    for group in 0..groups {
        let mut acc = [[simd.splat_f64s(0.0); I]; O];
        for [d, a] in parts {
            let (mut ds, mut inputs_of): ([&[S::f64s]; O], [&[S::f64s]; I]) = ([&[]; O], [&[]; I]);
            for k in 0..O {
                ds[k] = &d[(o + k) * registers..][..registers];
            }
            for j in 0..I {
                inputs_of[j] = &a[(i + j) * registers..][..registers];
            }
            let mut r = group;
            while r < registers {
                for k in 0..O {
                    for j in 0..I {
                        acc[k][j] = simd.add_f64s(acc[k][j], simd.mul_f64s(ds[k][r], inputs_of[j][r]));
                    }
                }
                r += groups;
            }
        }
        for k in 0..O {
            for j in 0..I {
                S::as_mut_simd_f64s(&mut sums[k][j]).0[group] = acc[k][j];
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
pub(super) fn row_sums(gradient: &mut [f64], t: f64, d: &[f64], samples: usize) {
    for (g, row) in gradient.iter_mut().zip(d.chunks_exact(samples)) {
        let mut acc = [0.0; LANES];
        for lane in row.chunks_exact(LANES) {
            for l in 0..LANES {
                acc[l] += lane[l];
            }
        }
        *g += t * sum(acc);
    }
}

#[cfg(test)]
mod tests {
    use super::super::lanes::vectorized;
    use super::*;
    use pulp::{Scalar, WithSimd};

    struct All<'a> {
        w: &'a [f64],
        a: &'a [f64],
        d: &'a [f64],
        dims: [usize; 3],
    }

    impl WithSimd for All<'_> {
        type Output = [Vec<f64>; 3];

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            let [outputs, inputs, samples] = self.dims;
            let (w, a, d) = (self.w, self.a, self.d);
            let mut forward = vec![0.5; outputs * samples];
            multiply::<S, false>(simd, (w, inputs), a, Start::Bias(&d[..outputs]), &mut forward, samples);
            let mut backward = vec![0.5; inputs * samples];
            multiply::<S, true>(simd, (w, inputs), d, Start::Keep, &mut backward, samples);
            let mut gradient = vec![0.5; outputs * inputs];
            outer(simd, &mut gradient, 0.7, [[d, a], [d, a]], [inputs, samples]);
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
            assert_eq!(all().with_simd(Scalar), widest, "{dims:?}");
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                assert_eq!(Simd::vectorize(simd, all()), widest, "{dims:?}");
            }
            let close = |ours: f64, right: f64| assert!((ours - right).abs() < 1e-12, "{dims:?}: {ours} against {right}");
            for s in 0..samples {
                for o in 0..outputs {
                    let right: f64 = (0..inputs).map(|i| w[o * inputs + i] * a[i * samples + s]).sum();
                    close(widest[0][o * samples + s], d[o] + right);
                }
                for i in 0..inputs {
                    let right: f64 = (0..outputs).map(|o| w[o * inputs + i] * d[o * samples + s]).sum();
                    close(widest[1][i * samples + s], 0.5 + right);
                }
            }
            for o in 0..outputs {
                for i in 0..inputs {
                    let right: f64 = (0..samples).map(|s| d[o * samples + s] * a[i * samples + s]).sum();
                    close(widest[2][o * inputs + i], 0.5 + 0.7 * 2.0 * right);
                }
            }
        }
    }
}
