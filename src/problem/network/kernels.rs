//! The three matrix products of a layer, for a chunk of samples.
//!
//! Matrices of weights are outputs × inputs by rows; activations are units × samples by rows, the number of samples a
//! multiple of [`LANES`]. Vector lanes are samples, so that the order of every sum is the same at every register width.

use super::lanes::{LANES, sum};

/// Outputs, or inputs, whose sums are held in registers together.
const TILE: usize = 4;

/// out = W a, with the bias b added, or 0 for none. `out` is overwritten, or added to where `keep`.
#[inline(always)]
pub(super) fn forward(w: &[f64], bias: Option<&[f64]>, a: &[f64], out: &mut [f64], samples: usize, keep: bool) {
    let outputs = out.len() / samples;
    let inputs = a.len() / samples;
    let mut o = 0;
    while o + TILE <= outputs {
        forward_rows::<TILE>(w, bias, a, out, [samples, inputs, o], keep);
        o += TILE;
    }
    while o < outputs {
        forward_rows::<1>(w, bias, a, out, [samples, inputs, o], keep);
        o += 1;
    }
}

#[inline(always)]
fn forward_rows<const O: usize>(
    w: &[f64],
    bias: Option<&[f64]>,
    a: &[f64],
    out: &mut [f64],
    [samples, inputs, o]: [usize; 3],
    keep: bool,
) {
    let mut s = 0;
    while s + 4 * LANES <= samples {
        forward_tile::<O, 4>(w, bias, a, out, [samples, inputs, o, s], keep);
        s += 4 * LANES;
    }
    while s < samples {
        forward_tile::<O, 1>(w, bias, a, out, [samples, inputs, o, s], keep);
        s += LANES;
    }
}

#[inline(always)]
fn forward_tile<const O: usize, const S: usize>(
    w: &[f64],
    bias: Option<&[f64]>,
    a: &[f64],
    out: &mut [f64],
    [samples, inputs, o, s]: [usize; 4],
    keep: bool,
) {
    let mut acc = [[[0.0; LANES]; S]; O];
    let rows: [&[f64]; O] = std::array::from_fn(|k| &w[(o + k) * inputs..][..inputs]);
    for (i, row) in a.chunks_exact(samples).enumerate() {
        let x = lanes::<S>(row, s);
        for k in 0..O {
            add_scaled(&mut acc[k], rows[k][i], &x);
        }
    }
    for k in 0..O {
        let b = bias.map_or(0.0, |b| b[o + k]);
        let target = &mut out[(o + k) * samples + s..][..S * LANES];
        for (t, v) in target.iter_mut().zip(acc[k].as_flattened()) {
            *t = if keep { *t + v } else { v + b };
        }
    }
}

/// out = Wᵀ d, added to `out` where `keep`.
#[inline(always)]
pub(super) fn backward(w: &[f64], d: &[f64], out: &mut [f64], samples: usize, keep: bool) {
    let inputs = out.len() / samples;
    let mut i = 0;
    while i + TILE <= inputs {
        backward_rows::<TILE>(w, d, out, [samples, inputs, i], keep);
        i += TILE;
    }
    while i < inputs {
        backward_rows::<1>(w, d, out, [samples, inputs, i], keep);
        i += 1;
    }
}

#[inline(always)]
fn backward_rows<const I: usize>(w: &[f64], d: &[f64], out: &mut [f64], [samples, inputs, i]: [usize; 3], keep: bool) {
    let mut s = 0;
    while s + 4 * LANES <= samples {
        backward_tile::<I, 4>(w, d, out, [samples, inputs, i, s], keep);
        s += 4 * LANES;
    }
    while s < samples {
        backward_tile::<I, 1>(w, d, out, [samples, inputs, i, s], keep);
        s += LANES;
    }
}

#[inline(always)]
fn backward_tile<const I: usize, const S: usize>(
    w: &[f64],
    d: &[f64],
    out: &mut [f64],
    [samples, inputs, i, s]: [usize; 4],
    keep: bool,
) {
    let mut acc = [[[0.0; LANES]; S]; I];
    for (row, delta) in w.chunks_exact(inputs).zip(d.chunks_exact(samples)) {
        let x = lanes::<S>(delta, s);
        let weights = &row[i..][..I];
        for k in 0..I {
            add_scaled(&mut acc[k], weights[k], &x);
        }
    }
    for k in 0..I {
        let target = &mut out[(i + k) * samples + s..][..S * LANES];
        for (t, v) in target.iter_mut().zip(acc[k].as_flattened()) {
            *t = if keep { *t + v } else { *v };
        }
    }
}

/// G ← G + t d aᵀ, the sum over samples; `gradient` is outputs × inputs.
#[inline(always)]
pub(super) fn outer(gradient: &mut [f64], t: f64, d: &[f64], a: &[f64], samples: usize) {
    let (outputs, inputs) = (d.len() / samples, a.len() / samples);
    let mut o = 0;
    while o < outputs {
        let wide = o + TILE <= outputs;
        let mut i = 0;
        while i < inputs {
            let deep = i + TILE <= inputs;
            match (wide, deep) {
                (true, true) => outer_tile::<TILE, TILE>(gradient, t, d, a, [samples, inputs, o, i]),
                (true, false) => outer_tile::<TILE, 1>(gradient, t, d, a, [samples, inputs, o, i]),
                (false, true) => outer_tile::<1, TILE>(gradient, t, d, a, [samples, inputs, o, i]),
                (false, false) => outer_tile::<1, 1>(gradient, t, d, a, [samples, inputs, o, i]),
            }
            i += if deep { TILE } else { 1 };
        }
        o += if wide { TILE } else { 1 };
    }
}

#[inline(always)]
fn outer_tile<const O: usize, const I: usize>(
    gradient: &mut [f64],
    t: f64,
    d: &[f64],
    a: &[f64],
    [samples, inputs, o, i]: [usize; 4],
) {
    let mut acc = [[[0.0; LANES]; I]; O];
    let ds: [&[f64]; O] = std::array::from_fn(|k| &d[(o + k) * samples..][..samples]);
    let inputs_of: [&[f64]; I] = std::array::from_fn(|k| &a[(i + k) * samples..][..samples]);
    let mut s = 0;
    while s < samples {
        let x: [[f64; LANES]; I] = std::array::from_fn(|k| lanes::<1>(inputs_of[k], s)[0]);
        for k in 0..O {
            let delta = lanes::<1>(ds[k], s)[0];
            for j in 0..I {
                for l in 0..LANES {
                    acc[k][j][l] += delta[l] * x[j][l];
                }
            }
        }
        s += LANES;
    }
    for k in 0..O {
        for j in 0..I {
            gradient[(o + k) * inputs + i + j] += t * sum(acc[k][j]);
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

#[inline(always)]
fn lanes<const S: usize>(row: &[f64], s: usize) -> [[f64; LANES]; S] {
    let row = &row[s..][..S * LANES];
    std::array::from_fn(|k| std::array::from_fn(|l| row[k * LANES + l]))
}

#[inline(always)]
fn add_scaled<const S: usize>(acc: &mut [[f64; LANES]; S], w: f64, x: &[[f64; LANES]; S]) {
    for k in 0..S {
        for l in 0..LANES {
            acc[k][l] += w * x[k][l];
        }
    }
}
