//! One chunk of samples through the network: value, gradient, products.
//!
//! Back-propagation, Pearlmutter's R-operator (1994) for Hessian-vector products and its linear part for Gauss-Newton products
//! (Schraudolph 2002). What a product needs of the point is kept from the gradient's pass: a product at a known point costs two gradients.

use super::architecture::Layer;
use super::chunk::Chunk;
use super::{Loss, kernels};

/// What is known of a chunk at a point. Buffers are units × samples, one for each layer.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// z of the layers whose σ″ needs it; empty else.
    z: Vec<Vec<f64>>,
    /// a = σ(z).
    a: Vec<Vec<f64>>,
    /// σ′(z).
    first: Vec<Vec<f64>>,
    /// ∂L/∂a.
    pull: Vec<Vec<f64>>,
    /// ∂L/∂z = ∂L/∂a · σ′(z).
    delta: Vec<Vec<f64>>,
    /// ∂L/∂a · σ″(z).
    bend: Vec<Vec<f64>>,
    /// What ∇²L needs of the outputs.
    curvature: Vec<f64>,
}

/// Room for a product: R z and R a of each layer, and two rows of deltas.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    rz: Vec<Vec<f64>>,
    ra: Vec<Vec<f64>>,
    now: Vec<f64>,
    before: Vec<f64>,
}

/// Which matrix is multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matrix {
    /// ∇²f.
    Hessian,
    /// Jᵀ ∇²L J.
    GaussNewton,
}

/// What a pass is about.
pub(super) struct At<'a> {
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

/// A parameter of a layer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    /// W[output, input].
    Weight {
        /// Row.
        output: usize,
        /// Column.
        input: usize,
    },
    /// b[output].
    Bias {
        /// Row.
        output: usize,
    },
}

impl Layer {
    /// Its parameters with their places in the parameter vector.
    pub(super) fn units(&self) -> impl Iterator<Item = (usize, Unit)> + '_ {
        let weights = (0..self.outputs).flat_map(|output| (0..self.inputs).map(move |input| Unit::Weight { output, input }));
        let biases = (0..self.outputs).map(|output| Unit::Bias { output });
        (self.weights.start..).zip(weights.chain(biases))
    }
}

fn fit(buffers: &mut Vec<Vec<f64>>, layers: &[Layer], samples: usize) {
    buffers.resize(layers.len(), Vec::new());
    for (buffer, layer) in buffers.iter_mut().zip(layers) {
        buffer.resize(layer.outputs * samples, 0.0);
    }
}

impl State {
    /// Forward: returns Σ L over the samples.
    #[inline(always)]
    pub fn forward(&mut self, at: &At<'_>) -> f64 {
        let At { layers, w, chunk, .. } = *at;
        let samples = chunk.samples;
        for buffers in [&mut self.a, &mut self.first, &mut self.pull, &mut self.delta] {
            fit(buffers, layers, samples);
        }
        self.z.resize(layers.len(), Vec::new());
        for (l, layer) in layers.iter().enumerate() {
            let (before, here) = self.a.split_at_mut(l);
            let input = before.last().map_or(&chunk.x, |a| a);
            let a = &mut here[0];
            kernels::forward(&w[layer.weights.clone()], Some(&w[layer.bias.clone()]), input, a, samples, false);
            if layer.activation == super::Activation::Gelu {
                self.z[l].clone_from(a);
            }
            layer.activation.apply(a, &mut self.first[l]);
        }
        let (Some(output), Some(pull)) = (self.a.last(), self.pull.last_mut()) else { return 0.0 };
        self.curvature.resize(output.len(), 0.0);
        at.loss.evaluate(output, &chunk.y, [samples, chunk.valid], pull, &mut self.curvature)
    }

    /// Backward after [`forward`](Self::forward): G ← G + t Σ ∇L.
    #[inline(always)]
    pub fn backward(&mut self, at: &At<'_>, gradient: &mut [f64]) {
        let At { layers, w, chunk, t, .. } = *at;
        let samples = chunk.samples;
        for (l, layer) in layers.iter().enumerate().rev() {
            let (below, here) = self.pull.split_at_mut(l);
            let delta = &mut self.delta[l];
            delta.iter_mut().zip(&here[0]).zip(&self.first[l]).for_each(|((d, p), s)| *d = p * s);
            let input = if l == 0 { &chunk.x } else { &self.a[l - 1] };
            kernels::outer(&mut gradient[layer.weights.clone()], t, delta, input, samples);
            kernels::row_sums(&mut gradient[layer.bias.clone()], t, delta, samples);
            if let Some(below) = below.last_mut() {
                kernels::backward(&w[layer.weights.clone()], delta, below, samples, false);
            }
        }
    }

    /// What Hessian products need beside [`backward`](Self::backward).
    #[inline(always)]
    pub fn bend(&mut self, at: &At<'_>) {
        fit(&mut self.bend, at.layers, at.chunk.samples);
        for (l, layer) in at.layers.iter().enumerate() {
            layer.activation.second(&self.z[l], &self.a[l], &self.first[l], &mut self.bend[l]);
            multiply(&mut self.bend[l], &self.pull[l]);
        }
    }

    /// Writes ∇fₛ of sample `s` of the chunk to `gradient`, after [`backward`](Self::backward).
    pub fn sample_gradient(&self, at: &At<'_>, s: usize, gradient: &mut [f64]) {
        let samples = at.chunk.samples;
        for (l, layer) in at.layers.iter().enumerate() {
            let input = self.input(at, l);
            for o in 0..layer.outputs {
                let delta = self.delta[l][o * samples + s];
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
        self.a.last().map_or(&[], |a| a)
    }

    /// P ← P + t A v after [`bend`](Self::bend), A the matrix summed over the samples.
    #[inline(always)]
    pub fn product(&self, at: &At<'_>, v: &[f64], matrix: Matrix, scratch: &mut Scratch, product: &mut [f64]) {
        let samples = at.chunk.samples;
        scratch.fit(at.layers, samples);
        for (l, layer) in at.layers.iter().enumerate() {
            let rz = &mut scratch.rz[l];
            kernels::forward(&v[layer.weights.clone()], Some(&v[layer.bias.clone()]), self.input(at, l), rz, samples, false);
            if l > 0 {
                kernels::forward(&at.w[layer.weights.clone()], None, &scratch.ra[l - 1], rz, samples, true);
            }
            scratch.ra[l].copy_from_slice(rz);
            multiply(&mut scratch.ra[l], &self.first[l]);
        }
        self.pull_back(at, Some(v), matrix, 0, scratch, product);
    }

    /// As [`product`](Self::product) with the unit vector of the weight or bias `unit` of layer `l`, for the entries of the
    /// layers from `l` on only: the rest of the column follows from symmetry.
    #[inline(always)]
    pub fn column(&self, at: &At<'_>, (l, unit): (usize, Unit), matrix: Matrix, scratch: &mut Scratch, column: &mut [f64]) {
        let samples = at.chunk.samples;
        scratch.fit(at.layers, samples);
        let (output, tangent) = match unit {
            Unit::Weight { output, input } => (output, Some(&self.input(at, l)[input * samples..][..samples])),
            Unit::Bias { output } => (output, None),
        };
        scratch.rz[l].fill(0.0);
        let row = &mut scratch.rz[l][output * samples..][..samples];
        match tangent {
            Some(a) => row.copy_from_slice(a),
            None => row.fill(1.0),
        }
        scratch.ra[l].fill(0.0);
        let (ra, first) = (&mut scratch.ra[l][output * samples..][..samples], &self.first[l][output * samples..][..samples]);
        ra.copy_from_slice(row);
        multiply(ra, first);
        for (above, layer) in at.layers.iter().enumerate().skip(l + 1) {
            let rz = &mut scratch.rz[above];
            if above == l + 1 {
                let ra = &scratch.ra[l][output * samples..][..samples];
                let weights = at.w[layer.weights.clone()].iter().skip(output).step_by(layer.inputs);
                for (row, weight) in rz.chunks_exact_mut(samples).zip(weights) {
                    row.iter_mut().zip(ra).for_each(|(z, a)| *z = weight * a);
                }
            } else {
                kernels::forward(&at.w[layer.weights.clone()], None, &scratch.ra[above - 1], rz, samples, false);
            }
            scratch.ra[above].copy_from_slice(rz);
            multiply(&mut scratch.ra[above], &self.first[above]);
        }
        self.pull_back(at, None, matrix, l, scratch, column);
    }

    /// The backward half of a product, down to layer `last`; `v` is `None` where it has no part above that layer.
    #[inline(always)]
    fn pull_back(&self, at: &At<'_>, v: Option<&[f64]>, matrix: Matrix, last: usize, scratch: &mut Scratch, product: &mut [f64]) {
        let (samples, hessian) = (at.chunk.samples, matrix == Matrix::Hessian);
        let Scratch { rz, ra, now, before } = scratch;
        let Some(top) = ra.last() else { return };
        now.clone_from(top);
        at.loss.product(&self.curvature, now, samples);
        for l in (last..at.layers.len()).rev() {
            let layer = &at.layers[l];
            let (weights, bias) = (layer.weights.clone(), layer.bias.clone());
            multiply(now, &self.first[l]);
            if hessian {
                now.iter_mut().zip(&self.bend[l]).zip(&rz[l]).for_each(|((n, b), z)| *n += b * z);
            }
            kernels::outer(&mut product[weights.clone()], at.t, now, self.input(at, l), samples);
            kernels::row_sums(&mut product[bias], at.t, now, samples);
            if l > last {
                before.resize(layer.inputs * samples, 0.0);
                kernels::backward(&at.w[weights.clone()], now, before, samples, false);
                if hessian {
                    kernels::outer(&mut product[weights.clone()], at.t, &self.delta[l], &ra[l - 1], samples);
                    if let Some(v) = v {
                        kernels::backward(&v[weights], &self.delta[l], before, samples, true);
                    }
                }
                std::mem::swap(now, before);
            }
        }
    }

    fn input<'s>(&'s self, at: &At<'s>, l: usize) -> &'s [f64] {
        if l == 0 { &at.chunk.x } else { &self.a[l - 1] }
    }
}

impl Scratch {
    fn fit(&mut self, layers: &[Layer], samples: usize) {
        fit(&mut self.rz, layers, samples);
        fit(&mut self.ra, layers, samples);
    }
}

#[inline(always)]
fn multiply(a: &mut [f64], b: &[f64]) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a *= b);
}
