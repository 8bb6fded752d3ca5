//! The density of a spectrum from products with random vectors.

use super::Operator;
use crate::linalg::lanes::{add_rows, products};
use crate::linalg::{EigenSolver, Job, Rng, all_finite, norm};

/// What [`DensityJob`] draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DensityOptions {
    /// k random vectors.
    pub probes: usize,
    /// Lanczos steps with each: m nodes.
    pub steps: usize,
    /// Of the random vectors.
    pub seed: u64,
}

impl Default for DensityOptions {
    /// Ten probes of 80 steps (Ghorbani, Krishnan, Xiao 2019).
    fn default() -> Self {
        Self { probes: 10, steps: 80, seed: 0 }
    }
}

/// The Gauss quadrature of one probe z, z uniform on {−1, 1}ⁿ: zᵀ f(A) z ≈ n Σⱼ τⱼ f(θⱼ).
#[derive(Clone, Debug, PartialEq)]
pub struct Quadrature {
    /// θ₁ ≤ … ≤ θₘ.
    pub nodes: Vec<f64>,
    /// τⱼ ≥ 0, of sum 1.
    pub weights: Vec<f64>,
    /// zᵀ A z, an estimate of the trace without bias (Hutchinson 1990).
    pub trace: f64,
}

/// A curve with its standard error; the error is NaN for a single probe.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// At each point of the grid.
    pub mean: Vec<f64>,
    /// Standard deviation over probes, divided by √k.
    pub error: Vec<f64>,
}

/// tr A, estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceEstimate {
    /// Mean over the probes.
    pub value: f64,
    /// Its standard error; NaN for a single probe.
    pub error: f64,
}

/// The share of the eigenvalues below a negative number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegativeShare {
    /// t < 0: nearer to 0 the nodes do not tell signs.
    pub below: f64,
    /// (1/n) #{i : λᵢ < t}, estimated.
    pub share: f64,
    /// Its standard error over the probes; NaN for a single one.
    pub error: f64,
}

/// φ(t) = (1/n) Σ δ(t − λᵢ), from the probes that are complete.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpectralDensity {
    /// n.
    pub dim: usize,
    /// One for each probe.
    pub probes: Vec<Quadrature>,
    /// Products so far.
    pub products: usize,
}

impl SpectralDensity {
    /// (1/k) Σ over probes of Σⱼ τⱼ N(t; θⱼ, σ²) at the points t of `grid`: the density seen through a Gaussian of deviation
    /// `sigma` > 0 (Ghorbani, Krishnan, Xiao 2019, Eq. 8).
    pub fn density(&self, grid: &[f64], sigma: f64) -> Band {
        let scale = 1.0 / (sigma * (2.0 * std::f64::consts::PI).sqrt());
        self.band(grid, |t, node| {
            let z = (t - node) / sigma;
            scale * libm::exp(-0.5 * z * z)
        })
    }

    /// tr A with its standard error.
    pub fn trace(&self) -> TraceEstimate {
        let (value, error) = mean_and_error(self.probes.iter().map(|p| p.trace));
        TraceEstimate { value, error }
    }

    /// How many eigenvalues are negative, as far as the quadratures tell it: below the largest distance from 0 to the node before or after
    /// it, and below rounding, n ε max |θ|.
    pub fn negative(&self) -> NegativeShare {
        let of_probe = |nodes: &[f64]| {
            let after = nodes.partition_point(|node| *node < 0.0);
            let around = nodes.get(after.wrapping_sub(1)).into_iter().chain(nodes.get(after));
            around.map(|node| node.abs()).fold(0.0, f64::max)
        };
        let largest = self.range().map_or(0.0, |[low, high]| f64::max(-low, high));
        let rounding = self.dim as f64 * f64::EPSILON * largest;
        let below = -self.probes.iter().map(|probe| of_probe(&probe.nodes)).fold(rounding, f64::max);
        let Band { mean, error } = self.band(&[below], |t, node| f64::from(u8::from(node < t)));
        NegativeShare { below, share: mean[0], error: error[0] }
    }

    /// The smallest and the largest node; `None` before the first probe is complete.
    pub fn range(&self) -> Option<[f64; 2]> {
        let nodes = || self.probes.iter().flat_map(|p| p.nodes.iter().copied());
        (!self.probes.is_empty()).then(|| [nodes().fold(f64::INFINITY, f64::min), nodes().fold(f64::NEG_INFINITY, f64::max)])
    }

    fn band(&self, grid: &[f64], kernel: impl Fn(f64, f64) -> f64) -> Band {
        let at = |t: f64| {
            let of_probe = |p: &Quadrature| p.nodes.iter().zip(&p.weights).map(|(node, weight)| weight * kernel(t, *node)).sum();
            mean_and_error(self.probes.iter().map(of_probe))
        };
        let (mean, error) = grid.iter().map(|t| at(*t)).unzip();
        Band { mean, error }
    }
}

/// The mean and its standard error √(Σ(x − x̄)²/(k(k − 1))).
pub(crate) fn mean_and_error(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let k = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / k;
    let square: f64 = values.map(|v| (v - mean) * (v - mean)).sum();
    (mean, if k > 1.0 { (square / (k * (k - 1.0))).sqrt() } else { f64::NAN })
}

/// Most numbers of the bases of probes that go on together: 240 MB.
const MOST_NUMBERS: usize = 30_000_000;

/// Stochastic Lanczos quadrature (Ubaru, Chen, Saad 2017, Algorithm 1) with full reorthogonalization, in a slice a product with each
/// of the probes that the operator takes [at once](Operator::at_once).
///
/// A product that is not finite ends the job; its probe is left out.
pub struct DensityJob<A> {
    operator: A,
    options: DensityOptions,
    rng: Rng,
    probes: Vec<Probe>,
    done: bool,
    density: SpectralDensity,
}

/// The Lanczos process of one probe.
struct Probe {
    /// Orthonormal rows, the last one not multiplied yet.
    basis: Vec<f64>,
    diagonal: Vec<f64>,
    off: Vec<f64>,
    /// Its quadrature, once it is complete.
    found: Option<Quadrature>,
}

impl<A: Operator> DensityJob<A> {
    /// The density of `operator`. Memory: `options.steps` vectors for each of the probes that go on together.
    pub fn new(operator: A, options: DensityOptions) -> Self {
        let n = operator.dim();
        let mut new = Self {
            operator,
            options: DensityOptions { steps: options.steps.clamp(1, n.max(1)), ..options },
            rng: Rng::new(options.seed),
            probes: Vec::new(),
            done: n == 0 || options.probes == 0,
            density: SpectralDensity { dim: n, ..SpectralDensity::default() },
        };
        new.draw();
        new
    }

    /// The next few probes.
    fn draw(&mut self) {
        let n = self.operator.dim();
        let entry = 1.0 / (n.max(1) as f64).sqrt();
        let room = MOST_NUMBERS / (self.options.steps * n.max(1));
        let count = (self.options.probes - self.density.probes.len()).min(room.clamp(1, self.operator.at_once()));
        self.probes.clear();
        for _ in 0..count {
            let basis = (0..n).map(|_| if self.rng.uniform() < 0.5 { -entry } else { entry }).collect();
            self.probes.push(Probe { basis, diagonal: Vec::new(), off: Vec::new(), found: None });
        }
    }

    /// Takes the probes over that are complete, in their order.
    fn conclude(&mut self) {
        self.density.probes.extend(self.probes.drain(..).filter_map(|probe| probe.found));
        self.done |= self.density.probes.len() >= self.options.probes;
        if !self.done {
            self.draw();
        }
    }
}

impl Probe {
    /// Takes A q of its last row q in; whether it goes on.
    fn extend(&mut self, mut next: Vec<f64>, steps: usize) -> bool {
        let (n, size) = (next.len(), self.diagonal.len());
        let length = norm(&next);
        let mut along = vec![0.0; size + 1];
        let mut alpha = 0.0;
        for _ in 0..2 {
            products(&self.basis, &next, n, &mut along);
            alpha += along[size];
            along.iter_mut().for_each(|a| *a = -*a);
            add_rows(&along, &self.basis, n, &mut next);
        }
        self.diagonal.push(alpha);
        let beta = norm(&next);
        // An invariant space has all that this probe can see.
        if size + 1 == steps || beta <= 1e-14 * (n as f64).sqrt() * length {
            self.found = Some(self.quadrature(n));
            self.basis = Vec::new();
            return false;
        }
        self.off.push(beta);
        self.basis.extend(next.iter().map(|x| x / beta));
        true
    }

    /// The quadrature of the tridiagonal matrix: nodes are its eigenvalues, weights the squares of the first numbers of its
    /// eigenvectors (Golub, Welsch 1969).
    fn quadrature(&self, n: usize) -> Quadrature {
        let k = self.diagonal.len();
        let mut t = vec![0.0; k * k];
        for i in 0..k {
            t[i * k + i] = self.diagonal[i];
            if i + 1 < k {
                t[i * k + i + 1] = self.off[i];
                t[(i + 1) * k + i] = self.off[i];
            }
        }
        let pairs = EigenSolver::new(t, k, true).finish().unwrap_or_default();
        let weights = pairs.vectors.iter().step_by(k.max(1)).map(|y| y * y).collect();
        Quadrature { nodes: pairs.values, weights, trace: self.diagonal[0] * n as f64 }
    }
}

impl<A: Operator> Job for DensityJob<A> {
    type Output = SpectralDensity;

    fn advance(&mut self) -> bool {
        if self.done {
            return false;
        }
        let n = self.operator.dim();
        let going = || self.probes.iter().filter(|probe| probe.found.is_none());
        let vectors: Vec<f64> = going().flat_map(|probe| &probe.basis[probe.basis.len() - n..]).copied().collect();
        let mut images = vec![0.0; vectors.len()];
        self.operator.multiply_block(&vectors, &mut images);
        self.density.products += images.len() / n;
        let mut images = images.chunks_exact(n);
        let mut on = false;
        for probe in self.probes.iter_mut().filter(|probe| probe.found.is_none()) {
            match images.next() {
                Some(image) if all_finite(image) => on |= probe.extend(image.to_vec(), self.options.steps),
                _ => self.done = true,
            }
        }
        if self.done || !on {
            self.conclude();
        }
        !self.done
    }

    fn progress(&self) -> f64 {
        let steps: usize =
            self.probes.iter().map(|p| if p.found.is_some() { self.options.steps } else { p.diagonal.len() }).sum();
        let part = steps as f64 / self.options.steps as f64;
        if self.done { 1.0 } else { ((self.density.probes.len() as f64 + part) / self.options.probes as f64).min(0.99) }
    }

    fn output(&self) -> Option<&SpectralDensity> {
        Some(&self.density)
    }

    fn into_output(self) -> Option<SpectralDensity> {
        Some(self.density)
    }
}
