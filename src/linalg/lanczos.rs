//! A few eigenvalues from both ends of a matrix that is known by its products.

use super::lanes::{add_rows, products};
use super::{EigenSolver, Eigenpairs, Job, Operator, Rng, all_finite, norm};

/// Directions beyond the wanted ones before the basis is made small again.
const ROOM: usize = 60;
/// Most numbers of a basis: 240 MB.
const MOST_NUMBERS: usize = 30_000_000;
/// Weight of the random direction beside the vectors of a warm start.
const NOVELTY: f64 = 0.1;

/// What is wanted of [`EndsJob`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndsOptions {
    /// Smallest eigenvalues.
    pub bottom: usize,
    /// Largest eigenvalues.
    pub top: usize,
    /// A pair has converged when ‖A v − θ v‖ ≤ tolerance · max |θ|.
    pub tolerance: f64,
    /// Products after which the job ends with what it has.
    pub most_products: usize,
    /// Of the start vector.
    pub seed: u64,
}

impl Default for EndsOptions {
    /// Five from each end to 10⁻⁶ within 2,000 products.
    fn default() -> Self {
        Self { bottom: 5, top: 5, tolerance: 1e-6, most_products: 2000, seed: 0 }
    }
}

/// An approximate eigenpair.
#[derive(Clone, Debug, PartialEq)]
pub struct RitzPair {
    /// θ.
    pub value: f64,
    /// ‖A v − θ v‖: some eigenvalue is no further from θ. Exact but for the rounding of the basis, about n ε ‖A‖.
    pub residual: f64,
    /// v of length 1; empty while the job runs.
    pub vector: Vec<f64>,
}

/// The ends of a spectrum. Where more pairs are wanted than there are, each end has all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ends {
    /// The smallest eigenvalues, ascending.
    pub bottom: Vec<RitzPair>,
    /// The largest eigenvalues, descending.
    pub top: Vec<RitzPair>,
    /// Products so far.
    pub products: usize,
    /// Whether each of the pairs has converged.
    pub converged: bool,
}

impl Ends {
    /// Every value, in the order of [`vectors`](Self::vectors).
    pub fn values(&self) -> Vec<f64> {
        self.bottom.iter().chain(&self.top).map(|pair| pair.value).collect()
    }

    /// Every vector, one after the other: the warm start of the next call.
    pub fn vectors(&self) -> Vec<f64> {
        self.bottom.iter().chain(&self.top).flat_map(|pair| pair.vector.iter().copied()).collect()
    }
}

/// The Lanczos method with full reorthogonalization and thick restarts (Wu, Simon 2000), a product a slice.
///
/// Where the space is invariant before enough pairs are there (a zero matrix, multiple eigenvalues) it goes on from a fresh random
/// direction. Of a multiple eigenvalue that is found before the space is invariant, only one copy is sure to be seen.
/// A product that is not finite ends the job with NaN.
pub struct EndsJob<A> {
    operator: A,
    options: EndsOptions,
    rng: Rng,
    /// Most directions of the basis.
    capacity: usize,
    /// Orthonormal rows: `size` of them multiplied, and the one that comes next.
    basis: Vec<f64>,
    size: usize,
    /// Qᵀ A Q, capacity × capacity.
    projected: Vec<f64>,
    /// max |θ| so far.
    scale: f64,
    next_look: usize,
    best: f64,
    done: bool,
    ends: Ends,
}

impl<A: Operator> EndsJob<A> {
    /// Starts from a random direction, or near the span of `warm`: vectors of n numbers, such as [`Ends::vectors`] of a matrix
    /// nearby. What does not fit n or is not finite is not used.
    pub fn new(operator: A, options: EndsOptions, warm: &[f64]) -> Self {
        let n = operator.dim();
        let wanted = (options.bottom + options.top).min(n);
        let capacity = (2 * wanted + ROOM).min(MOST_NUMBERS / n.max(1)).max(wanted + 5).min(n);
        let mut rng = Rng::new(options.seed);
        let mut start = vec![0.0; n];
        if n > 0 {
            rng.fill_sphere(1.0, &mut start);
            if warm.len().is_multiple_of(n) && !warm.is_empty() && all_finite(warm) {
                let weight = 1.0 / ((warm.len() / n) as f64).sqrt();
                start.iter_mut().for_each(|s| *s *= NOVELTY);
                add_rows(&vec![weight; warm.len() / n], warm, n, &mut start);
            }
            let length = norm(&start);
            start.iter_mut().for_each(|s| *s /= length);
            if !all_finite(&start) {
                rng.fill_sphere(1.0, &mut start);
            }
        }
        Self {
            operator,
            options,
            rng,
            capacity,
            basis: start,
            size: 0,
            projected: vec![0.0; capacity * capacity],
            scale: 0.0,
            next_look: wanted.max(1),
            best: 0.0,
            done: n == 0 || wanted == 0,
            ends: Ends { converged: n == 0 || wanted == 0, ..Ends::default() },
        }
    }

    /// The operator.
    pub fn operator(&self) -> &A {
        &self.operator
    }

    /// Makes the rest of `v` orthogonal to the first `count` directions, twice; returns what was taken off along each.
    fn orthogonalize(&self, v: &mut [f64], count: usize) -> Vec<f64> {
        let n = v.len();
        let rows = &self.basis[..count * n];
        let (mut total, mut along) = (vec![0.0; count], vec![0.0; count]);
        for _ in 0..2 {
            products(rows, v, n, &mut along);
            along.iter_mut().zip(&mut total).for_each(|(a, t)| {
                *t += *a;
                *a = -*a;
            });
            add_rows(&along, rows, n, v);
        }
        total
    }

    /// A unit vector orthogonal to the first `count` directions.
    fn fresh(&mut self, count: usize) -> Vec<f64> {
        let mut v = vec![0.0; self.operator.dim()];
        for _ in 0..20 {
            self.rng.fill_sphere(1.0, &mut v);
            self.orthogonalize(&mut v, count);
            let length = norm(&v);
            if length > 1e-3 / (v.len() as f64).sqrt() {
                v.iter_mut().for_each(|x| *x /= length);
                self.orthogonalize(&mut v, count);
                let length = norm(&v);
                v.iter_mut().for_each(|x| *x /= length);
                break;
            }
        }
        v
    }

    /// The eigenpairs of Qᵀ A Q.
    fn small(&self) -> Eigenpairs {
        let k = self.size;
        let s: Vec<f64> = (0..k * k).map(|e| self.projected[e / k * self.capacity + e % k]).collect();
        EigenSolver::new(s, k, true).finish().unwrap_or_default()
    }

    /// Places of the wanted pairs among `size`: the smallest ones, and the largest from the top.
    fn wanted(&self) -> [Vec<usize>; 2] {
        let k = self.size;
        [(0..self.options.bottom.min(k)).collect(), (0..self.options.top.min(k)).map(|t| k - 1 - t).collect()]
    }

    /// Looks at the pairs; β is the length of what the basis leaves.
    fn look(&mut self, beta: f64, last: bool) -> Eigenpairs {
        let (n, k) = (self.operator.dim(), self.size);
        let small = self.small();
        self.scale = small.values.iter().fold(0.0, |m, v| m.max(v.abs()));
        let allowed = self.options.tolerance.max(4.0 * f64::EPSILON) * self.scale;
        let wanted = self.wanted();
        let residual = |i: usize| small.vector(i).map_or(f64::NAN, |y| beta * y[k - 1].abs());
        let enough = k >= (self.options.bottom + self.options.top).min(n);
        let converged = enough && wanted.iter().flatten().all(|i| residual(*i) <= allowed);
        let worst = wanted.iter().flatten().map(|i| residual(*i)).fold(0.0, f64::max) / self.scale;
        if enough && worst.is_finite() {
            let digits = libm::log10(worst.max(1e-16)) / libm::log10(self.options.tolerance.clamp(1e-16, 0.5));
            self.best = self.best.max(digits.clamp(0.0, 1.0));
        }
        self.done = converged || last;
        let pair = |i: usize| {
            let mut vector = Vec::new();
            if let (true, Some(y)) = (self.done, small.vector(i)) {
                vector = vec![0.0; n];
                add_rows(y, &self.basis[..k * n], n, &mut vector);
            }
            RitzPair { value: small.values[i], residual: residual(i), vector }
        };
        let [bottom, top] = wanted.map(|places| places.into_iter().map(pair).collect());
        self.ends = Ends { bottom, top, products: self.ends.products, converged };
        small
    }

    /// Keeps the Ritz vectors nearest to the ends only: the basis is small again, and S is diagonal.
    fn restart(&mut self, small: &Eigenpairs) {
        let (n, k) = (self.operator.dim(), self.size);
        let wanted = self.options.bottom + self.options.top;
        let more = k.saturating_sub(wanted) / 3;
        let low = (self.options.bottom + more / 2).min(k - 1);
        let high = (self.options.top + more - more / 2).min(k - 1 - low);
        let kept: Vec<usize> = (0..low).chain(k - high..k).collect();
        let mut basis = vec![0.0; kept.len() * n];
        self.projected.fill(0.0);
        for (row, i) in kept.iter().enumerate() {
            if let Some(y) = small.vector(*i) {
                add_rows(y, &self.basis[..k * n], n, &mut basis[row * n..][..n]);
            }
            self.projected[row * self.capacity + row] = small.values[*i];
        }
        self.basis = basis;
        self.size = kept.len();
    }

    fn fail(&mut self) {
        let nan = |count: usize| vec![RitzPair { value: f64::NAN, residual: f64::NAN, vector: Vec::new() }; count];
        let [bottom, top] = [self.options.bottom, self.options.top].map(|k| nan(k.min(self.operator.dim())));
        self.ends = Ends { bottom, top, products: self.ends.products, converged: false };
        self.done = true;
    }
}

impl<A: Operator> Job for EndsJob<A> {
    type Output = Ends;

    fn advance(&mut self) -> bool {
        if self.done {
            return false;
        }
        let n = self.operator.dim();
        let mut next = vec![0.0; n];
        self.operator.multiply(&self.basis[self.size * n..][..n], &mut next);
        self.ends.products += 1;
        if !all_finite(&next) {
            self.fail();
            return false;
        }
        let along = self.orthogonalize(&mut next, self.size + 1);
        for (i, h) in along.iter().enumerate() {
            self.projected[self.size * self.capacity + i] = *h;
            self.projected[i * self.capacity + self.size] = *h;
        }
        self.size += 1;
        self.scale = self.scale.max(norm(&along));
        let complete = self.size == n;
        let mut beta = if complete { 0.0 } else { norm(&next) };
        if beta <= 1e-14 * (n as f64).sqrt() * self.scale {
            beta = 0.0;
        }
        let (full, spent) = (self.size == self.capacity, self.ends.products >= self.options.most_products);
        if self.size >= self.next_look || full || beta == 0.0 || spent {
            let small = self.look(beta, complete || spent);
            self.next_look = self.size + (self.size / 6).max(3);
            if self.done {
                return false;
            }
            if full {
                self.restart(&small);
                self.next_look = self.size + (self.capacity - self.size) / 2;
            }
        }
        if beta == 0.0 {
            next = self.fresh(self.size);
        } else {
            next.iter_mut().for_each(|x| *x /= beta);
        }
        self.basis.truncate(self.size * n);
        self.basis.extend_from_slice(&next);
        true
    }

    /// The digits that are found, or the share of the products if that is more.
    fn progress(&self) -> f64 {
        let spent = self.ends.products as f64 / self.options.most_products.max(1) as f64;
        if self.done { 1.0 } else { self.best.max(spent).min(0.99) }
    }

    fn output(&self) -> Option<&Ends> {
        (self.done || self.ends.products > 0).then_some(&self.ends)
    }

    fn into_output(self) -> Option<Ends> {
        Some(self.ends)
    }
}
