//! Hessian and Gauss-Newton matrix of a chunk, whole.
//!
//! The R-operator is run once for each unit, not for each parameter: ∂z/∂W[o,i] of a layer is its input aᵢ at unit o and 0 at
//! the others, and the same for every weight of a unit but for that factor. With R for the derivative by z of unit (l, o),
//!
//! ∂²L/∂W_l[o,i] ∂W_m[o′,i′] = Σₛ a_{l−1,i} (R δ_{m,o′} · a_{m−1,i′} + δ_{m,o′} · R a_{m−1,i′}),  m ≥ l,
//!
//! where a bias has a = 1, and R a_{l−1} = 0. So the sums over samples, one for each entry, are matrix products.

use crate::architecture::Layer;
use crate::buffer::Buffer;
use crate::finish::{Bent, Beside, Times};
use crate::lanes::Machine;
use crate::pass::{At, Matrix, Scratch, State, multiply, product_of};
use crate::products::{self, Start};
use std::ops::Range;

/// Room for products and for `State::matrix`.
#[derive(Clone, Debug, Default)]
pub struct Room {
    pub(crate) scratch: Scratch,
    /// R δ of each layer.
    delta: Vec<Buffer>,
    /// a_{l−1} and a row of ones.
    left: Buffer,
    /// The bracket for each i′, the bias last.
    right: Buffer,
    /// The sums for each i and i′.
    block: Buffer,
}

/// The parameter of unit `o` that weighs input `i`, or its bias.
#[inline(always)]
fn place(layer: &Layer, o: usize, i: usize) -> usize {
    if i < layer.inputs { layer.weights.start + o * layer.inputs + i } else { layer.bias.start + o }
}

impl State {
    /// H ← H + t A after [`bend`](State::bend) in the rows of some units, A the matrix summed over the samples; `hessian` is n × n.
    /// Only the entries of a unit with itself and with later ones are written; [`complete`] writes the others.
    #[inline(always)]
    pub(crate) fn matrix<M: Machine>(
        &self,
        machine: M,
        at: &At<'_>,
        (matrix, units): (Matrix, Range<usize>),
        room: &mut Room,
        hessian: &mut [f64],
    ) {
        let samples = at.chunk.samples;
        room.scratch.fit(at.layers, samples);
        room.delta.resize_with(at.layers.len(), Buffer::default);
        let mut before = 0;
        for l in 0..at.layers.len() {
            let first = before;
            before += at.layers[l].outputs;
            if units.end <= first || units.start >= before {
                continue;
            }
            let input = self.input(at, l);
            room.left.fit(input.len() + samples);
            room.left[..input.len()].copy_from_slice(input);
            room.left[input.len()..].fill(1.0);
            for o in (0..at.layers[l].outputs).filter(|o| units.contains(&(first + o))) {
                self.along(machine, at, [l, o], matrix, room);
                for m in l..at.layers.len() {
                    self.blocks(machine, at, [l, o, m], matrix, room, hessian);
                }
            }
        }
    }

    /// R z, R a and R δ of the layers from `l` on, R the derivative by z of unit `o` of layer `l`.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn along<M: Machine>(&self, machine: M, at: &At<'_>, [l, o]: [usize; 2], matrix: Matrix, room: &mut Room) {
        let (samples, layers) = (at.chunk.samples, at.layers);
        let (Room { scratch: Scratch { rz, ra, .. }, delta, .. }, own) = (room, o * samples..(o + 1) * samples);
        rz[l].fill(0.0);
        rz[l][own.clone()].fill(1.0);
        ra[l].fill(0.0);
        ra[l][own.clone()].copy_from_slice(&self.layers[l].first[own.clone()]);
        for m in l + 1..layers.len() {
            let layer = &layers[m];
            if m == l + 1 {
                let weights = at.w[layer.weights.start..layer.weights.end].iter().skip(o).step_by(layer.inputs);
                for (row, weight) in rz[m].chunks_exact_mut(samples).zip(weights) {
                    for (z, a) in row.iter_mut().zip(&ra[l][own.clone()]) {
                        *z = weight * a;
                    }
                }
                product_of(&mut ra[m], &rz[m], &self.layers[m].first);
            } else {
                let (below, here) = ra.split_at_mut(m);
                let mut finish = Beside { by: &self.layers[m].first, out: &mut here[0] };
                let (pairs, sides) = ([[At::weights(layer, at.w), &below[m - 1]]], [layer.inputs, samples]);
                products::multiply::<M, _, false, 1>(machine, pairs, Start::Zero, &mut finish, &mut rz[m], sides);
            }
        }
        for m in (l..layers.len()).rev() {
            let (here, above) = delta.split_at_mut(m + 1);
            let now = &mut here[m];
            now.fit(layers[m].outputs * samples);
            let (part, hessian) = (&self.layers[m], matrix == Matrix::Hessian);
            if let Some(above) = above.first() {
                let layer = &layers[m + 1];
                let (pairs, sides) = ([[At::weights(layer, at.w), above]], [layer.inputs, samples]);
                if hessian {
                    let mut finish = Bent { by: &part.first, bend: &part.bend, along: &rz[m] };
                    products::multiply::<M, _, true, 1>(machine, pairs, Start::Zero, &mut finish, now, sides);
                } else {
                    let mut finish = Times { by: &part.first };
                    products::multiply::<M, _, true, 1>(machine, pairs, Start::Zero, &mut finish, now, sides);
                }
            } else {
                now.copy_from_slice(&ra[m]);
                at.loss.product(&self.curvature, now, samples);
                part.bent(now, &rz[m], hessian);
            }
        }
    }

    /// The entries of the unit (l, o) with the units of layer `m` from itself on.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn blocks<M: Machine>(
        &self,
        machine: M,
        at: &At<'_>,
        [l, o, m]: [usize; 3],
        matrix: Matrix,
        room: &mut Room,
        hessian: &mut [f64],
    ) {
        let (samples, n) = (at.chunk.samples, at.w.len());
        let (of, with) = (&at.layers[l], &at.layers[m]);
        let (rows, columns) = (of.inputs + 1, with.inputs + 1);
        let Room { scratch, delta, left, right, block } = room;
        right.fit(columns * samples);
        block.fit(rows * columns);
        for unit in if m == l { o } else { 0 }..with.outputs {
            let rd = &delta[m][unit * samples..][..samples];
            let (weighed, bias) = right.split_at_mut(with.inputs * samples);
            bias.copy_from_slice(rd);
            let inputs = self.input(at, m).chunks_exact(samples);
            if m > l && matrix == Matrix::Hessian {
                let d = &self.layers[m].delta[unit * samples..][..samples];
                for ((row, a), ra) in weighed.chunks_exact_mut(samples).zip(inputs).zip(scratch.ra[m - 1].chunks_exact(samples)) {
                    for s in 0..samples {
                        row[s] = rd[s] * a[s] + d[s] * ra[s];
                    }
                }
            } else {
                for (row, a) in weighed.chunks_exact_mut(samples).zip(inputs) {
                    row.copy_from_slice(a);
                    multiply(row, rd);
                }
            }
            block.fill(0.0);
            products::outer(machine, block, at.t, [[left, right]], [columns, samples]);
            for (i, row) in block.chunks_exact(columns).enumerate() {
                let line = &mut hessian[place(of, o, i) * n..][..n];
                line[place(with, unit, with.inputs)] += row[with.inputs];
                for (h, b) in line[place(with, unit, 0)..].iter_mut().zip(&row[..with.inputs]) {
                    *h += b;
                }
            }
        }
    }
}

/// Writes the entries of the rows of some units that `State::matrix` leaves out, as H is symmetric, and adds `l2` to their diagonal.
pub fn complete(layers: &[Layer], units: Range<usize>, l2: f64, hessian: &mut [f64]) {
    let n = hessian.len().isqrt();
    let all = || layers.iter().flat_map(|layer| (0..layer.outputs).map(move |o| (layer, o)));
    for (later, (layer, o)) in all().enumerate().skip(units.start).take(units.end - units.start) {
        for i in 0..=layer.inputs {
            let row = place(layer, o, i);
            hessian[row * n + row] += l2;
            for (earlier, (other, unit)) in all().take(later + 1).enumerate() {
                for j in 0..=if earlier == later { i } else { other.inputs } {
                    let column = place(other, unit, j);
                    hessian[row * n + column] = hessian[column * n + row];
                }
            }
        }
    }
}
