//! One chunk of samples through the network: value, gradient, products.
//!
//! Back-propagation, Pearlmutter's R-operator (1994) for Hessian-vector products and its linear part for Gauss-Newton products
//! (Schraudolph 2002). What a product needs of the point is kept from the gradient's pass: a product at a known point costs two
//! gradients, one at a new point two thirds of a gradient more, as the weights' gradient is left out.

use crate::Loss;
use crate::architecture::Layer;
use crate::buffer::Buffer;
use crate::chunk::Chunk;
use crate::finish::{Bent, Beside, Plain, Times};
use crate::lanes::Machine;
use crate::products::{self, Start};

/// What is known of a chunk at a point.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// One for each layer.
    pub(crate) layers: Vec<Part>,
    /// What ∇²L needs of the outputs.
    pub(crate) curvature: Buffer,
}

/// What is known of a layer: buffers of units × samples.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    /// z where the activation remembers it; empty else.
    z: Buffer,
    /// ∂L/∂a, likewise.
    pull: Buffer,
    /// a = σ(z).
    pub a: Buffer,
    /// σ′(z).
    pub first: Buffer,
    /// ∂L/∂z = ∂L/∂a · σ′(z).
    pub delta: Buffer,
    /// ∂L/∂a · σ″(z).
    pub bend: Buffer,
}

/// Room for a product: R z and R a of each layer, and two rows of deltas.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    pub rz: Vec<Buffer>,
    pub ra: Vec<Buffer>,
    pub now: Buffer,
    pub before: Buffer,
}

/// Which matrix is multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matrix {
    /// ∇²f.
    Hessian,
    /// Jᵀ ∇²L J.
    GaussNewton,
}

/// Which matrix of curvature is multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curvature {
    /// ∇²f.
    Hessian,
    /// Jᵀ ∇²L J + l2.
    GaussNewton,
    /// (1/m) Σ ∇fᵢ ∇fᵢᵀ, the second moment of the gradients of samples: the empirical Fisher matrix.
    Fisher,
}

/// What a pass is about.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    /// The network.
    pub layers: &'a [Layer],
    /// What its outputs cost.
    pub loss: Loss,
    /// Its parameters.
    pub w: &'a [f64],
    /// The samples.
    pub chunk: &'a Chunk,
    /// The weight of each of them: 1/m.
    pub t: f64,
}

impl At<'_> {
    /// W of a layer in `v`, which stands like the parameters.
    #[inline(always)]
    pub fn weights<'v>(layer: &Layer, v: &'v [f64]) -> &'v [f64] {
        &v[layer.weights.start..layer.weights.end]
    }

    /// b of a layer in `v`.
    #[inline(always)]
    fn bias<'v>(layer: &Layer, v: &'v [f64]) -> &'v [f64] {
        &v[layer.bias.start..layer.bias.end]
    }
}

impl State {
    /// Forward: returns Σ L over the samples.
    #[inline(always)]
    pub(crate) fn forward<M: Machine>(&mut self, machine: M, at: &At<'_>) -> f64 {
        let At { layers, w, chunk, .. } = *at;
        let samples = chunk.samples;
        if self.layers.len() != layers.len() {
            self.layers.resize_with(layers.len(), Part::default);
        }
        for (l, layer) in layers.iter().enumerate() {
            let (before, here) = self.layers.split_at_mut(l);
            let part = &mut here[0];
            let size = layer.outputs * samples;
            for buffer in [&mut part.a, &mut part.first, &mut part.delta] {
                buffer.fit(size);
            }
            let input: &[f64] = before.last().map_or(&chunk.x, |part| &part.a);
            let (pairs, start) = ([[At::weights(layer, w), input]], Start::Bias(At::bias(layer, w)));
            products::multiply::<M, _, false, 1>(machine, pairs, start, &mut Plain, &mut part.a, [layer.inputs, samples]);
            if layer.activation.remembers() {
                part.z.fit(size);
                part.pull.fit(size);
                part.z.copy_from_slice(&part.a);
            }
            layer.activation.apply(&mut part.a, &mut part.first);
        }
        let Some(Part { a, delta, .. }) = self.layers.last_mut() else { return 0.0 };
        self.curvature.fit(a.len());
        at.loss.evaluate(a, &chunk.y, [samples, chunk.valid], delta, &mut self.curvature)
    }

    /// Backward after [`forward`](Self::forward), which leaves ∂L/∂a of the last layer in its δ: G ← G + t Σ ∇L; without `gradient`
    /// only what products need.
    #[inline(always)]
    pub(crate) fn backward<M: Machine>(&mut self, machine: M, at: &At<'_>, mut gradient: Option<&mut [f64]>) {
        let At { layers, w, chunk, t, .. } = *at;
        let samples = chunk.samples;
        if let Some((Part { first, pull, delta, .. }, layer)) = self.layers.last_mut().zip(layers.last()) {
            if layer.activation.remembers() {
                pull.copy_from_slice(delta);
            }
            multiply(delta, first);
        }
        for l in (0..layers.len()).rev() {
            let layer = &layers[l];
            let (below, here) = self.layers.split_at_mut(l);
            let (delta, sides) = (&here[0].delta, [layer.inputs, samples]);
            if let Some(gradient) = &mut gradient {
                let input: &[f64] = below.last().map_or(&chunk.x, |part| &part.a);
                let (weights, bias) = gradient[layer.weights.start..layer.bias.end].split_at_mut(layer.weights.len());
                products::outer(machine, weights, t, [[delta, input]], sides);
                products::row_sums(bias, t, delta, samples);
            }
            if let Some(below) = below.last_mut() {
                let pairs = [[At::weights(layer, w), delta]];
                if layers[l - 1].activation.remembers() {
                    let mut finish = Beside { by: &below.first, out: &mut below.delta };
                    products::multiply::<M, _, true, 1>(machine, pairs, Start::Zero, &mut finish, &mut below.pull, sides);
                } else {
                    let mut finish = Times { by: &below.first };
                    products::multiply::<M, _, true, 1>(machine, pairs, Start::Zero, &mut finish, &mut below.delta, sides);
                }
            }
        }
    }

    /// What Hessian products need beside [`backward`](Self::backward).
    #[inline(always)]
    pub(crate) fn bend(&mut self, at: &At<'_>) {
        for (part, layer) in self.layers.iter_mut().zip(at.layers) {
            let Part { z, pull, a, first, delta, bend } = part;
            bend.fit(a.len());
            layer.activation.bend([z, pull], [a, first, delta], bend);
        }
    }

    /// Writes ∇fₛ of sample `s` of the chunk to `gradient`, after [`backward`](Self::backward).
    pub(crate) fn sample_gradient(&self, at: &At<'_>, s: usize, gradient: &mut [f64]) {
        let samples = at.chunk.samples;
        for (l, layer) in at.layers.iter().enumerate() {
            let input = self.input(at, l);
            for o in 0..layer.outputs {
                let delta = self.layers[l].delta[o * samples + s];
                gradient[layer.bias.start + o] = delta;
                let row = &mut gradient[layer.weights.start + o * layer.inputs..][..layer.inputs];
                for (g, a) in row.iter_mut().zip(input.iter().skip(s).step_by(samples)) {
                    *g = delta * a;
                }
            }
        }
    }

    /// The outputs of the network, outputs × samples.
    pub fn outputs(&self) -> &[f64] {
        self.layers.last().map_or(&[], |part| &part.a)
    }

    /// P ← P + t A v after [`bend`](Self::bend), A the matrix summed over the samples.
    #[inline(always)]
    pub(crate) fn product<M: Machine>(
        &self,
        machine: M,
        at: &At<'_>,
        v: &[f64],
        matrix: Matrix,
        scratch: &mut Scratch,
        product: &mut [f64],
    ) {
        let At { layers, w, chunk, t, loss } = *at;
        let (samples, hessian) = (chunk.samples, matrix == Matrix::Hessian);
        scratch.fit(layers, samples);
        let Scratch { rz, ra, now, before } = scratch;
        for l in 0..layers.len() {
            let (layer, (below, here)) = (&layers[l], ra.split_at_mut(l));
            let (start, sides) = (Start::Bias(At::bias(layer, v)), [layer.inputs, samples]);
            let mut finish = Beside { by: &self.layers[l].first, out: &mut here[0] };
            let moved = [At::weights(layer, v), self.input(at, l)];
            if let Some(below) = below.last() {
                let pairs = [moved, [At::weights(layer, w), below]];
                products::multiply::<M, _, false, 2>(machine, pairs, start, &mut finish, &mut rz[l], sides);
            } else {
                products::multiply::<M, _, false, 1>(machine, [moved], start, &mut finish, &mut rz[l], sides);
            }
        }
        let Some(((top, part), z)) = ra.last().zip(self.layers.last()).zip(rz.last()) else { return };
        now.fit(top.len());
        now.copy_from_slice(top);
        loss.product(&self.curvature, now, samples);
        part.bent(now, z, hessian);
        for l in (0..layers.len()).rev() {
            let (layer, part, sides) = (&layers[l], &self.layers[l], [layers[l].inputs, samples]);
            let (weights, bias) = product[layer.weights.start..layer.bias.end].split_at_mut(layer.weights.len());
            products::row_sums(bias, t, now, samples);
            let moved = [&**now, self.input(at, l)];
            if l > 0 && hessian {
                products::outer(machine, weights, t, [moved, [&part.delta, &ra[l - 1]]], sides);
            } else {
                products::outer(machine, weights, t, [moved], sides);
            }
            if l > 0 {
                before.fit(layer.inputs * samples);
                let (below, moved) = (&self.layers[l - 1], [At::weights(layer, w), now]);
                if hessian {
                    let mut finish = Bent { by: &below.first, bend: &below.bend, along: &rz[l - 1] };
                    let pairs = [moved, [At::weights(layer, v), &part.delta]];
                    products::multiply::<M, _, true, 2>(machine, pairs, Start::Zero, &mut finish, before, sides);
                } else {
                    let mut finish = Times { by: &below.first };
                    products::multiply::<M, _, true, 1>(machine, [moved], Start::Zero, &mut finish, before, sides);
                }
                std::mem::swap(now, before);
            }
        }
    }

    /// P ← P + t Σ ⟨∇fₛ, v⟩ ∇fₛ over the samples after [`backward`](Self::backward), ∇fₛ = ∇Lₛ + l2 w. As ∇Lₛ has the blocks δ aᵀ,
    /// ⟨∇Lₛ, v⟩ is the sum of ⟨δ, V a⟩ over the layers: no gradient of a sample is written.
    #[inline(always)]
    pub(crate) fn fisher<M: Machine>(
        &self,
        machine: M,
        at: &At<'_>,
        (v, l2): (&[f64], f64),
        scratch: &mut Scratch,
        product: &mut [f64],
    ) {
        let At { layers, w, chunk, t, .. } = *at;
        let samples = chunk.samples;
        scratch.fit(layers, samples);
        let Scratch { rz, now: along, before: weighed, .. } = scratch;
        along.fit(samples);
        along.fill(0.0);
        for (l, layer) in layers.iter().enumerate() {
            let (pairs, start) = ([[At::weights(layer, v), self.input(at, l)]], Start::Bias(At::bias(layer, v)));
            products::multiply::<M, _, false, 1>(machine, pairs, start, &mut Plain, &mut rz[l], [layer.inputs, samples]);
            for (z, delta) in rz[l].chunks_exact(samples).zip(self.layers[l].delta.chunks_exact(samples)) {
                for ((along, z), d) in along.iter_mut().zip(z).zip(delta) {
                    *along += z * d;
                }
            }
        }
        if l2 != 0.0 {
            let decay = l2 * w.iter().zip(v).map(|(w, v)| w * v).sum::<f64>();
            along[..chunk.valid].iter_mut().for_each(|a| *a += decay);
            let weight = t * l2 * along[..chunk.valid].iter().sum::<f64>();
            product.iter_mut().zip(w).for_each(|(p, w)| *p += weight * w);
        }
        for (l, layer) in layers.iter().enumerate() {
            let delta = &self.layers[l].delta;
            weighed.fit(delta.len());
            for (row, delta) in weighed.chunks_exact_mut(samples).zip(delta.chunks_exact(samples)) {
                product_of(row, delta, along);
            }
            let (weights, bias) = product[layer.weights.start..layer.bias.end].split_at_mut(layer.weights.len());
            products::outer(machine, weights, t, [[weighed, self.input(at, l)]], [layer.inputs, samples]);
            products::row_sums(bias, t, weighed, samples);
        }
    }

    /// What layer `l` reads.
    #[inline(always)]
    pub(crate) fn input<'s>(&'s self, at: &At<'s>, l: usize) -> &'s [f64] {
        if l == 0 { &at.chunk.x } else { &self.layers[l - 1].a }
    }
}

impl Part {
    /// R ∂L/∂z of R ∂L/∂a in `now`: · σ′, and in the Hessian + ∂L/∂a · σ″ · R z.
    #[inline(always)]
    pub(crate) fn bent(&self, now: &mut [f64], rz: &[f64], hessian: bool) {
        multiply(now, &self.first);
        if hessian {
            for ((n, b), z) in now.iter_mut().zip(self.bend.iter()).zip(rz) {
                *n += b * z;
            }
        }
    }
}

impl Scratch {
    #[inline(always)]
    pub(crate) fn fit(&mut self, layers: &[Layer], samples: usize) {
        for buffers in [&mut self.rz, &mut self.ra] {
            buffers.resize_with(layers.len(), Buffer::default);
            for (buffer, layer) in buffers.iter_mut().zip(layers) {
                buffer.fit(layer.outputs * samples);
            }
        }
    }
}

/// a ← a b, entry by entry.
#[inline(always)]
pub(crate) fn multiply(a: &mut [f64], b: &[f64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a *= b;
    }
}

/// out = a b, entry by entry.
#[inline(always)]
pub(crate) fn product_of(out: &mut [f64], a: &[f64], b: &[f64]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a * b;
    }
}
