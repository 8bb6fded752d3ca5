//! Large matrix products of machines with few registers, from panels.
//!
//! Where a register holds two numbers a tile has few operations for its loads. What a tile reads stands in one piece then, weights and
//! activations as they come: two addresses go on, none is looked for, and no two lines fall on one place in the cache.

use crate::finish::{Finish, load};
use crate::lanes::Machine;
use crate::products::{Start, TILE, Terms, add_scaled, begun, block, conclude, strip, tile};

/// Terms of a panel.
const DEPTH: usize = 128;
/// Strips whose weights are packed together: their panels are read again and again beside one of activations.
const STRIPS: usize = 8;
/// Registers of samples in a tile.
const REGISTERS: usize = 2;
/// Fewer samples, and fewer multiplications, are not worth the packing.
const LEAST_SAMPLES: usize = 32;
const LEAST: usize = 100_000;

/// Whether a product of `rows` sums of `depth` terms for so many samples is made from panels: with more or wider registers loads are few
/// enough.
pub(crate) fn fits<M: Machine, const P: usize>([rows, depth, samples]: [usize; 3]) -> bool {
    let few = !M::MANY && M::WIDTH <= 2;
    few && samples >= LEAST_SAMPLES && rows >= TILE && rows * depth * samples >= LEAST && P * terms::<P>(depth, samples) <= DEPTH
}

/// Terms of each pair in a panel. Of one pair their order is the same in any blocks.
fn terms<const P: usize>(depth: usize, samples: usize) -> usize {
    if P == 1 { DEPTH } else { block(P, depth, samples) }
}

/// As [`products::multiply`](crate::products::multiply), to the bit.
#[inline(always)]
pub(crate) fn multiply<M: Machine, F: Finish, const TRANSPOSED: bool, const P: usize>(
    machine: M,
    pairs: [[&[f64]; 2]; P],
    mut start: Start<'_>,
    finish: &mut F,
    out: &mut [f64],
    [inputs, samples]: [usize; 2],
) {
    let (rows, depth) = (out.len() / samples, pairs[0][1].len() / samples);
    let block = terms::<P>(depth, samples);
    let mut weights = [[[0.0; TILE]; DEPTH]; STRIPS];
    let mut lines = [[machine.splat(0.0); REGISTERS]; DEPTH];
    let whole = samples - samples % (REGISTERS * M::WIDTH);
    let mut p = 0;
    while p < depth {
        let end = (p + block).min(depth);
        let count = P * (end - p);
        let part = Terms { pairs, inputs, samples, range: [p, end], last: end == depth };
        let mut first = 0;
        while first + TILE <= rows {
            let strips = ((rows - first) / TILE).min(STRIPS);
            for (strip, panel) in weights[..strips].iter_mut().enumerate() {
                pack::<TRANSPOSED, P>(part, first + strip * TILE, panel);
            }
            for s in (0..whole).step_by(REGISTERS * M::WIDTH) {
                for (pair, panel) in pairs.iter().zip(lines.chunks_exact_mut(end - p)) {
                    for (line, i) in panel.iter_mut().zip(p..end) {
                        *line = load(machine, &pair[1][i * samples + s..]);
                    }
                }
                for (strip, panel) in weights[..strips].iter().enumerate() {
                    let place = [first + strip * TILE, s];
                    add::<M, F, P>(machine, (&lines[..count], &panel[..count]), part, start, finish, out, place);
                }
            }
            if whole < samples {
                for strip in 0..strips {
                    let place = [first + strip * TILE, whole];
                    tile::<M, F, TRANSPOSED, P, TILE, 1>(machine, part, start, finish, out, place);
                }
            }
            first += strips * TILE;
        }
        for row in first..rows {
            strip::<M, F, TRANSPOSED, P, 1>(machine, part, start, finish, out, row);
        }
        (p, start) = (end, Start::Keep);
    }
}

/// The weights of a strip's terms, those of a term beside each other.
#[inline(always)]
fn pack<const TRANSPOSED: bool, const P: usize>(part: Terms<'_, P>, row: usize, panel: &mut [[f64; TILE]; DEPTH]) {
    let Terms { pairs, inputs, range: [first, end], .. } = part;
    for ([w, _], panel) in pairs.iter().zip(panel.chunks_exact_mut(end - first)) {
        if TRANSPOSED {
            for (weights, p) in panel.iter_mut().zip(first..end) {
                weights.copy_from_slice(&w[p * inputs + row..][..TILE]);
            }
        } else {
            for k in 0..TILE {
                let line = &w[(row + k) * inputs + first..][..end - first];
                panel.iter_mut().zip(line).for_each(|(weights, w)| weights[k] = *w);
            }
        }
    }
}

/// A tile of sums.
#[inline(always)]
fn add<M: Machine, F: Finish, const P: usize>(
    machine: M,
    (lines, weights): (&[[M::Register; REGISTERS]], &[[f64; TILE]]),
    Terms { samples, last, .. }: Terms<'_, P>,
    start: Start<'_>,
    finish: &mut F,
    out: &mut [f64],
    [row, s]: [usize; 2],
) {
    let mut acc = begun::<M, TILE, REGISTERS>(machine, start, out, [samples, row, s]);
    for (x, weights) in lines.iter().zip(weights) {
        for k in 0..TILE {
            add_scaled(machine, &mut acc[k], weights[k], x);
        }
    }
    conclude::<M, F, TILE, REGISTERS>(machine, acc, last, finish, out, [samples, row, s]);
}
