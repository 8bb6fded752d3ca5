//! A few eigenvalues from both ends of a matrix that is known by its products.

use super::ends::{Ends, EndsOptions, Goal, RitzPair};
use super::lanes::{add_rows, products};
use super::{EigenSolver, Eigenpairs, Job, Operator, Rng, all_finite, norm};

/// Directions beyond the wanted ones before the basis is made small again.
const ROOM: usize = 60;
/// Most numbers of a basis: 240 MB.
const MOST_NUMBERS: usize = 30_000_000;
/// Weight of the random direction beside the vectors of a warm start.
const NOVELTY: f64 = 0.1;
/// Products after which a search for copies of what is found has seen none: as many in a share of those so far, and at least.
const COPY_SHARE: usize = 4;
const LEAST_COPY_PRODUCTS: usize = 8;

/// Whether a wanted eigenvalue may have copies that are not known.
#[derive(Clone, Debug, PartialEq)]
enum Copies {
    /// They were not looked for.
    Unknown,
    /// They are to be looked for.
    Begin,
    /// They are looked for beside what has converged, until the basis has this size.
    Sought { beside: Ends, until: usize },
    /// There are none, as far as was looked, or it does not matter.
    None,
}

/// The Lanczos method with full reorthogonalization and thick restarts (Wu, Simon 2000), a product a slice.
///
/// Where the space is invariant before enough pairs are there (a zero matrix, multiple eigenvalues) it goes on from a fresh random
/// direction. A direction sees one copy of a multiple eigenvalue. So where more than one pair of an end is wanted and all have converged, a
/// fresh direction orthogonal to them is followed for a quarter of the products so far: if it leads to a value further out than those that are
/// known, the search goes on with it, until there is none. A product that is not finite ends the job with NaN.
pub struct EndsJob<A> {
    operator: A,
    options: EndsOptions,
    rng: Rng,
    /// Most directions of the basis.
    capacity: usize,
    /// Orthonormal rows: `size` of them multiplied, and the one that comes next.
    basis: Vec<f64>,
    size: usize,
    /// Directions that the last restart kept.
    restarted: usize,
    /// Of each direction, the most that its product has outside of the basis and the next direction: what was left over when the search for
    /// copies went on from a fresh direction.
    held: Vec<f64>,
    copies: Copies,
    /// Qᵀ A Q, capacity × capacity.
    projected: Vec<f64>,
    /// max |θ| so far.
    scale: f64,
    next_look: usize,
    /// Size and digits of the last look.
    seen: Option<[f64; 2]>,
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
            restarted: 0,
            held: Vec::new(),
            copies: if options.bottom.max(options.top) > 1 { Copies::Unknown } else { Copies::None },
            projected: vec![0.0; capacity * capacity],
            scale: 0.0,
            next_look: (2 * wanted).max(1),
            seen: None,
            best: 0.0,
            done: n == 0 || wanted == 0,
            ends: Ends { converged: n == 0 || wanted == 0, ..Ends::default() },
        }
    }

    /// Takes what `v` has along the directions from `first` on off it, and adds how much along each to `total`, one number for each.
    /// Where that is much, rounding leaves some: then it is done again.
    fn take_along(&self, first: usize, v: &mut [f64], total: &mut [f64]) {
        let n = v.len();
        let rows = &self.basis[first * n..][..total.len() * n];
        let mut along = vec![0.0; total.len()];
        products(rows, v, n, &mut along);
        along.iter_mut().zip(total).for_each(|(a, t)| {
            *t += *a;
            *a = -*a;
        });
        add_rows(&along, rows, n, v);
    }

    /// Takes what A v has along the directions off it, v being the last of them. Those that A v has a part along are v and the one
    /// before it, or all of them after a restart and where something was held back: these first, then all, as rounding has left some.
    /// Returns how much along the former, the first of which is the second result.
    fn take_off(&self, next: &mut [f64]) -> (Vec<f64>, usize) {
        let mut total = vec![0.0; self.size + 1];
        let first = if self.size == self.restarted || !self.held.is_empty() { 0 } else { self.size - 1 };
        self.take_along(first, next, &mut total[first..]);
        loop {
            let before = norm(next);
            self.take_along(0, next, &mut total);
            // What is left of rounding alone is no direction yet. NaN has not shrunk.
            let shrunk = norm(next) < 0.5 * before;
            if !shrunk || before <= f64::EPSILON * self.scale {
                return (total.split_off(first), first);
            }
        }
    }

    /// A unit vector orthogonal to the first `count` directions.
    fn fresh(&mut self, count: usize) -> Vec<f64> {
        let mut v = vec![0.0; self.operator.dim()];
        for _ in 0..20 {
            self.rng.fill_sphere(1.0, &mut v);
            let mut along = vec![0.0; count];
            self.take_along(0, &mut v, &mut along);
            let length = norm(&v);
            if length > 1e-3 / (v.len() as f64).sqrt() {
                v.iter_mut().for_each(|x| *x /= length);
                (0..2).for_each(|_| self.take_along(0, &mut v, &mut along));
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
        let residual = |y: &[f64]| beta * y[k - 1].abs() + self.held_of(y);
        let residuals: Vec<f64> = (0..k).map(|i| small.vector(i).map_or(f64::NAN, residual)).collect();
        let error = |i: usize| match self.options.goal {
            Goal::Residuals => residuals[i],
            Goal::Values => {
                let to = |j: usize| (small.values[j] - small.values[i]).abs() - residuals[j];
                let apart = (0..k).filter(|j| *j != i).map(to).fold(f64::INFINITY, f64::min);
                if apart > residuals[i] { residuals[i] * (residuals[i] / apart) } else { residuals[i] }
            }
        };
        let enough = k >= (self.options.bottom + self.options.top).min(n);
        let worst = wanted.iter().flatten().map(|i| error(*i)).fold(0.0, |m: f64, e| if e <= m { m } else { e });
        let converged = enough && worst <= allowed;
        let values: Vec<f64> = wanted.iter().flatten().map(|i| small.values[*i]).collect();
        if let Copies::Sought { beside, until } = &mut self.copies {
            let known = beside.values();
            let same = known.len() == values.len() && known.iter().zip(&values).all(|(old, new)| (old - new).abs() <= allowed);
            if same && (k >= *until || beta == 0.0 || last) {
                self.ends = Ends { products: self.ends.products, ..std::mem::take(beside) };
                self.done = true;
                return small;
            }
            if !same {
                self.copies = Copies::Unknown;
            }
        }
        if converged && self.copies == Copies::Unknown && !last {
            self.copies = Copies::Begin;
        }
        let digits = libm::log10((worst / self.scale).max(1e-16)) / libm::log10(self.options.tolerance.clamp(1e-16, 0.5));
        if enough && digits.is_finite() {
            self.best = self.best.max(digits.clamp(0.0, 1.0));
        }
        self.done = converged && self.copies == Copies::None || last;
        self.next_look = k + self.until_next(digits);
        let rounding = n as f64 * f64::EPSILON * self.scale;
        let pair = |i: usize| {
            let mut vector = Vec::new();
            if let (true, Some(y)) = (self.done, small.vector(i)) {
                vector = vec![0.0; n];
                add_rows(y, &self.basis[..k * n], n, &mut vector);
            }
            let residual = if residuals[i] < rounding { rounding } else { residuals[i] };
            RitzPair { value: small.values[i], residual, vector }
        };
        let [bottom, top] = wanted.map(|places| places.into_iter().map(pair).collect());
        self.ends = Ends { bottom, top, products: self.ends.products, converged };
        small
    }

    /// Products until the next look, which costs one or two: where residuals fall, those after which they will do at this pace, if
    /// that is not far; `digits` is the share of the wanted ones that is there.
    fn until_next(&mut self, digits: f64) -> usize {
        let k = self.size as f64;
        let before = self.seen.replace([k, digits]);
        let pace = before.map_or(0.0, |[size, digits_then]| (digits - digits_then) / (k - size));
        let left = libm::ceil((1.0 - digits) / pace);
        let usual = (self.size / 5).max(3);
        if pace > 0.0 && left >= 1.0 { (self.size / 3).min(left as usize).max(1) } else { usual }
    }

    /// Keeps the Ritz vectors nearest to the ends only: the basis is small again.
    fn restart(&mut self, small: &Eigenpairs) {
        let k = self.size;
        let wanted = self.options.bottom + self.options.top;
        let more = k.saturating_sub(wanted) / 3;
        let low = (self.options.bottom + more / 2).min(k - 1);
        let high = (self.options.top + more - more / 2).min(k - 1 - low);
        self.keep(small, low, high, 0.0);
        self.next_look = self.size + (self.capacity - self.size) / 2;
    }

    /// Keeps the wanted pairs only, which have converged, and looks for others beside them; β is the length of what the basis leaves.
    fn begin_to_look_for_copies(&mut self, small: &Eigenpairs, beta: f64) {
        let (n, low) = (self.operator.dim(), self.options.bottom.min(self.size));
        self.keep(small, low, self.options.top.min(self.size - low), beta);
        let mut beside = self.ends.clone();
        let ascending = beside.bottom.iter_mut().chain(beside.top.iter_mut().rev());
        ascending.zip(self.basis.chunks_exact(n)).for_each(|(pair, vector)| pair.vector = vector.to_vec());
        let until = (self.size + (self.ends.products / COPY_SHARE).max(LEAST_COPY_PRODUCTS)).min(self.capacity);
        self.copies = Copies::Sought { beside, until };
        self.next_look = until;
    }

    /// The most that the product of a combination `y` of the directions has of what they held back.
    fn held_of(&self, y: &[f64]) -> f64 {
        y.iter().zip(&self.held).fold(0.0, |sum, (y, held)| sum + y.abs() * held)
    }

    /// Keeps so many Ritz vectors from both ends: S is diagonal. Where the next direction will not be the one that the basis leaves, β is
    /// its length, and is held.
    fn keep(&mut self, small: &Eigenpairs, low: usize, high: usize, beta: f64) {
        let (n, k) = (self.operator.dim(), self.size);
        let kept: Vec<usize> = (0..low).chain(k - high..k).collect();
        let mut basis = vec![0.0; kept.len() * n];
        let mut held = vec![0.0; kept.len()];
        self.projected.fill(0.0);
        for (row, i) in kept.iter().enumerate() {
            if let Some(y) = small.vector(*i) {
                held[row] = beta * y[k - 1].abs() + self.held_of(y);
                add_rows(y, &self.basis[..k * n], n, &mut basis[row * n..][..n]);
            }
            self.projected[row * self.capacity + row] = small.values[*i];
        }
        self.held = if held.iter().any(|h| *h > 0.0) { held } else { Vec::new() };
        self.basis = basis;
        self.size = kept.len();
        self.restarted = self.size;
        self.seen = None;
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
        let (along, first) = self.take_off(&mut next);
        for (i, h) in (first..).zip(&along) {
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
            if self.done {
                return false;
            }
            if self.copies == Copies::Begin {
                self.begin_to_look_for_copies(&small, beta);
                beta = 0.0;
            } else if full {
                self.restart(&small);
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
