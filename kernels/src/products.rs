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
use crate::packed;

/// Outputs, or inputs, whose sums are held in registers together.
pub(crate) const TILE: usize = 4;
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
    if packed::fits::<M, P>([rows, depth, samples]) {
        packed::multiply::<M, F, TRANSPOSED, P>(machine, pairs, start, finish, out, [inputs, samples]);
        return;
    }
    let block = block(P, depth, samples);
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

/// Terms that are added while their activations are in the first cache. Of two pairs, those of a block come one after the other, so that
/// the order of sums is the block's: it is the same whatever fills registers up.
pub(crate) fn block(pairs: usize, depth: usize, samples: usize) -> usize {
    let numbers = pairs * samples.next_multiple_of(LANES);
    if numbers * depth <= BLOCK { depth } else { (BLOCK / numbers).max(8) }
}

/// Some terms of the sums of a product.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a, const P: usize> {
    pub pairs: [[&'a [f64]; 2]; P],
    pub inputs: usize,
    pub samples: usize,
    /// From which term on, and up to which.
    pub range: [usize; 2],
    /// Whether they are the last.
    pub last: bool,
}

/// `O` rows of the result.
#[inline(always)]
pub(crate) fn strip<M: Machine, F: Finish, const TRANSPOSED: bool, const P: usize, const O: usize>(
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
pub(crate) fn tile<M: Machine, F: Finish, const TRANSPOSED: bool, const P: usize, const O: usize, const R: usize>(
    machine: M,
    Terms { pairs, inputs, samples, range: [first, end], last }: Terms<'_, P>,
    start: Start<'_>,
    finish: &mut F,
    out: &mut [f64],
    [row, s]: [usize; 2],
) {
    const { assert!(P == 1 || P == 2) };
    let mut acc = begun::<M, O, R>(machine, start, out, [samples, row, s]);
    // One call each: in a loop over pairs compilers leave the sums in memory.
    add_terms::<M, TRANSPOSED, O, R>(machine, pairs[0], [inputs, samples, row, s, first, end], &mut acc);
    if P > 1 {
        add_terms::<M, TRANSPOSED, O, R>(machine, pairs[P - 1], [inputs, samples, row, s, first, end], &mut acc);
    }
    conclude::<M, F, O, R>(machine, acc, last, finish, out, [samples, row, s]);
}

/// Where the sums of a tile begin.
#[inline(always)]
pub(crate) fn begun<M: Machine, const O: usize, const R: usize>(
    machine: M,
    start: Start<'_>,
    out: &[f64],
    [samples, row, s]: [usize; 3],
) -> [[M::Register; R]; O] {
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
    acc
}

/// Stores the sums of a tile; the `last` ones are finished.
#[inline(always)]
pub(crate) fn conclude<M: Machine, F: Finish, const O: usize, const R: usize>(
    machine: M,
    acc: [[M::Register; R]; O],
    last: bool,
    finish: &mut F,
    out: &mut [f64],
    [samples, row, s]: [usize; 3],
) {
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
pub(crate) fn add_scaled<M: Machine, const R: usize>(machine: M, acc: &mut [M::Register; R], weight: f64, x: &[M::Register; R]) {
    let weight = machine.splat(weight);
    for j in 0..R {
        acc[j] = machine.add(acc[j], machine.multiply(weight, x[j]));
    }
}

/// G ← G + t Σ d aᵀ, the sum over samples and over the pairs (d, a); G is outputs × `inputs`.
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn outer<M: Machine, const P: usize>(
    machine: M,
    gradient: &mut [f64],
    t: f64,
    pairs: [[&[f64]; 2]; P],
    [inputs, samples]: [usize; 2],
) {
    let outputs = gradient.len() / inputs;
    let block = if P * inputs * samples <= BLOCK { inputs } else { (BLOCK / (P * samples)).next_multiple_of(TILE) };
    let mut begin = 0;
    while begin < inputs {
        let end = (begin + block).min(inputs);
        let mut o = 0;
        while o + TILE <= outputs {
            outer_strip::<M, P, TILE>(machine, gradient, t, pairs, [inputs, samples, o, begin, end]);
            o += TILE;
        }
        while o < outputs {
            outer_strip::<M, P, 1>(machine, gradient, t, pairs, [inputs, samples, o, begin, end]);
            o += 1;
        }
        begin = end;
    }
}

#[inline(always)]
fn outer_strip<M: Machine, const P: usize, const O: usize>(
    machine: M,
    gradient: &mut [f64],
    t: f64,
    pairs: [[&[f64]; 2]; P],
    [inputs, samples, o, begin, end]: [usize; 5],
) {
    let deltas = rows::<P, O>(pairs, 0, [o, samples]);
    let mut i = begin;
    if M::MANY {
        while i + 4 <= end {
            let activations = rows::<P, 4>(pairs, 1, [i, samples]);
            outer_tile(machine, &mut gradient[o * inputs + i..], t, (&deltas, &activations), [inputs, samples]);
            i += 4;
        }
    }
    while i + 2 <= end {
        let activations = rows::<P, 2>(pairs, 1, [i, samples]);
        outer_tile(machine, &mut gradient[o * inputs + i..], t, (&deltas, &activations), [inputs, samples]);
        i += 2;
    }
    if i < end {
        let activations = rows::<P, 1>(pairs, 1, [i, samples]);
        outer_tile(machine, &mut gradient[o * inputs + i..], t, (&deltas, &activations), [inputs, samples]);
    }
}

/// The numbers of a row for the samples: lines of [`LANES`], and what is left.
type Row<'a> = (&'a [[f64; LANES]], &'a [f64]);

/// `N` rows from `first` on of one `side` of each pair.
#[inline(always)]
fn rows<const P: usize, const N: usize>(pairs: [[&[f64]; 2]; P], side: usize, [first, samples]: [usize; 2]) -> [[Row<'_>; N]; P] {
    let mut rows: [[Row<'_>; N]; P] = [[(&[], &[]); N]; P];
    for p in 0..P {
        for k in 0..N {
            let (whole, tail) = pairs[p][side][(first + k) * samples..][..samples].as_chunks();
            rows[p][k] = (&whole[..samples / LANES], tail);
        }
    }
    rows
}

#[inline(always)]
fn outer_tile<M: Machine, const P: usize, const O: usize, const I: usize>(
    machine: M,
    gradient: &mut [f64],
    t: f64,
    (deltas, activations): (&[[Row<'_>; O]; P], &[[Row<'_>; I]; P]),
    [inputs, samples]: [usize; 2],
) {
    let group = |first: usize| group_sums::<M, P, O, I>(machine, deltas, activations, [samples, first * M::WIDTH]);
    let add = |a: [[M::Register; I]; O], b: [[M::Register; I]; O]| {
        let mut sums = a;
        for k in 0..O {
            for j in 0..I {
                sums[k][j] = machine.add(a[k][j], b[k][j]);
            }
        }
        sums
    };
    // Lanes by halves, as `sum` adds them: first those that lie in different registers.
    let sums = match LANES / M::WIDTH {
        1 => group(0),
        2 => add(group(0), group(1)),
        4 => add(add(group(0), group(2)), add(group(1), group(3))),
        _ => add(add(add(group(0), group(4)), add(group(2), group(6))), add(add(group(1), group(5)), add(group(3), group(7)))),
    };
    for k in 0..O {
        let row = &mut gradient[k * inputs..][..I];
        for j in 0..I {
            let mut v = [0.0; LANES];
            machine.store(sums[k][j], &mut v);
            row[j] += t * match M::WIDTH {
                1 => v[0],
                2 => v[0] + v[1],
                4 => (v[0] + v[2]) + (v[1] + v[3]),
                _ => sum(v),
            };
        }
    }
}

/// The sums of the samples whose places among the lanes are `first` and those after it in a register.
#[inline(always)]
fn group_sums<M: Machine, const P: usize, const O: usize, const I: usize>(
    machine: M,
    deltas: &[[Row<'_>; O]; P],
    activations: &[[Row<'_>; I]; P],
    place: [usize; 2],
) -> [[M::Register; I]; O] {
    const { assert!(P == 1 || P == 2) };
    let mut acc = [[machine.splat(0.0); I]; O];
    // One call each, as in `tile`.
    add_samples::<M, O, I>(machine, &deltas[0], &activations[0], place, &mut acc);
    if P > 1 {
        add_samples::<M, O, I>(machine, &deltas[P - 1], &activations[P - 1], place, &mut acc);
    }
    acc
}

/// Adds the samples whose places among the lanes are `first` and those after it in a register.
#[inline(always)]
fn add_samples<M: Machine, const O: usize, const I: usize>(
    machine: M,
    deltas: &[Row<'_>; O],
    activations: &[Row<'_>; I],
    [samples, first]: [usize; 2],
    acc: &mut [[M::Register; I]; O],
) {
    let (lines, rest) = (samples / LANES, samples % LANES);
    for line in 0..lines {
        let mut x = [machine.splat(0.0); I];
        for j in 0..I {
            x[j] = machine.load(&activations[j].0[line][first..]);
        }
        for k in 0..O {
            let delta = machine.load(&deltas[k].0[line][first..]);
            for j in 0..I {
                acc[k][j] = machine.add(acc[k][j], machine.multiply(delta, x[j]));
            }
        }
    }
    if first < rest {
        for k in 0..O {
            let delta = machine.load(&deltas[k].1[first..]);
            for j in 0..I {
                acc[k][j] = machine.add(acc[k][j], machine.multiply(delta, machine.load(&activations[j].1[first..])));
            }
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
mod tests;
