//! The noise of stochastic gradients along eigenvectors of the Hessian: a meter of correlated negative curvature, CNC.
//!
//! Daneshmand, Kohler, Lucchi, Hofmann (2018) assume E⟨∇f_z(w), v⟩² ≥ γ along the eigenvector v of the smallest eigenvalue. Here it is
//! measured, exactly, from the gradients of all samples; `study` does it over widths and depths, `half_spaces` has the bound that is proved.

mod half_spaces;
mod plan;
mod study;

pub use half_spaces::{HalfSpaceRatio, half_space_bound, half_space_ratios};
pub use plan::{Planned, StudyPlan};
pub use study::{NoiseStudy, StudyCase, StudyRow, noise_study_weights};

use super::spectrum::{MatrixKind, SpectrumError, Subject};
use crate::linalg::lanes::products;
use crate::linalg::{Job, dot};

/// Numbers of vectors times gradients that a slice works on.
const WORK: usize = 6_000_000;
/// Gradients that are looked at together.
const GRADIENTS: usize = 8;
/// Eigenvalues above −10⁻⁶ max |λ| do not count as negative in correlations.
const RELATIVE_ZERO: f64 = 1e-6;

/// The gradient along one eigenvector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseAlong {
    /// λ.
    pub eigenvalue: f64,
    /// ⟨∇f, v⟩.
    pub mean: f64,
    /// Var ⟨∇fᵢ, v⟩ over the samples i: that of one sample.
    pub variance: f64,
    /// E ⟨∇fᵢ/‖∇fᵢ‖, v⟩²: the share of the direction v in the gradients of samples. A zero gradient counts as 0.
    pub share: f64,
}

impl NoiseAlong {
    /// E ⟨g_B, v⟩² = ⟨∇f, v⟩² + Var/B for the mean g_B of B gradients drawn with replacement.
    pub fn second_moment(&self, batch: usize) -> f64 {
        self.mean * self.mean + self.variance / batch.max(1) as f64
    }
}

/// The noise of stochastic gradients at a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GradientNoise {
    /// In the order of the eigenpairs that were given.
    pub along: Vec<NoiseAlong>,
    /// d, the dimension of the vectors.
    pub dim: usize,
    /// m.
    pub samples: usize,
    /// ‖∇f‖².
    pub gradient_square: f64,
    /// E ‖∇fᵢ − ∇f‖².
    pub variance: f64,
}

impl GradientNoise {
    /// E ‖g_B‖² = ‖∇f‖² + E ‖∇fᵢ − ∇f‖²/B.
    pub fn total(&self, batch: usize) -> f64 {
        self.gradient_square + self.variance / batch.max(1) as f64
    }

    /// E ‖g_B‖²/d: the second moment along v of noise that has no direction.
    pub fn isotropic(&self, batch: usize) -> f64 {
        self.total(batch) / self.dim.max(1) as f64
    }

    /// 1/d: the share of v in a direction uniform on the sphere.
    pub fn isotropic_share(&self) -> f64 {
        1.0 / self.dim.max(1) as f64
    }

    /// Pearson's correlation of |λ| and the share over the negative eigenvalues; NaN for fewer than two.
    pub fn correlation(&self) -> f64 {
        line(self.negative().map(|a| (a.eigenvalue.abs(), a.share))).correlation
    }

    /// The slope of log E⟨∇fᵢ, v⟩² over log |λ| over the negative eigenvalues; NaN for fewer than two.
    pub fn slope(&self) -> f64 {
        let log = |v: f64| libm::log10(v.max(f64::MIN_POSITIVE));
        line(self.negative().map(|a| (log(a.eigenvalue.abs()), log(a.second_moment(1))))).slope
    }

    /// How many of the lowest eigenvectors are measured, where they are not known to be all those of negative eigenvalues:
    /// [`correlation`](Self::correlation) and [`slope`](Self::slope) are then over these only.
    pub fn bottom(&self) -> Option<usize> {
        let negative = self.along.iter().filter(|a| a.eigenvalue < 0.0).count();
        // Of as many from both ends.
        let lowest = self.along.len() / 2;
        (self.along.len() < self.dim && negative >= lowest).then_some(lowest)
    }

    /// The eigenvalues below −10⁻⁶ max |λ|.
    fn negative(&self) -> impl Iterator<Item = &NoiseAlong> + Clone {
        let largest = self.along.iter().fold(0.0_f64, |m, a| m.max(a.eigenvalue.abs()));
        self.along.iter().filter(move |a| a.eigenvalue < -RELATIVE_ZERO * largest)
    }
}

struct Line {
    correlation: f64,
    slope: f64,
}

fn line(points: impl Iterator<Item = (f64, f64)> + Clone) -> Line {
    let count = points.clone().count() as f64;
    let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), p| (x + p.0 / count, y + p.1 / count));
    let [xx, xy, yy] = points.fold([0.0; 3], |[xx, xy, yy], p| {
        let (u, v) = (p.0 - x, p.1 - y);
        [xx + u * u, xy + u * v, yy + v * v]
    });
    Line { correlation: xy / (xx * yy).sqrt(), slope: xy / xx }
}

/// Measures [`GradientNoise`] from the gradients of all samples, as a [`Job`]; [`output`](Job::output) is there at the end.
pub struct NoiseJob {
    subject: Subject,
    w: Vec<f64>,
    kept: Option<Vec<usize>>,
    vectors: Vec<f64>,
    /// The samples whose gradients are at work, from here on.
    sample: usize,
    /// The vector that comes next.
    next: usize,
    gradients: Vec<f64>,
    /// 1/‖∇fᵢ‖² of each of them, 0 for a zero gradient.
    shrink: Vec<f64>,
    /// Mean gradient, and the sum of squares around it.
    mean: Vec<f64>,
    square: f64,
    done: bool,
    noise: GradientNoise,
}

impl NoiseJob {
    /// At `w`, along the rows of `vectors` (d numbers each, orthonormal), with their eigenvalues.
    ///
    /// # Errors
    /// [`SpectrumError`] for a point or vectors of another dimension, and for a function without samples.
    pub fn new(subject: Subject, w: Vec<f64>, values: &[f64], vectors: Vec<f64>) -> Result<Self, SpectrumError> {
        Self::restricted(subject, w, values, vectors, None)
    }

    /// As [`new`](Self::new), with the vectors and the gradients in the coordinates `kept` only.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn restricted(
        subject: Subject,
        w: Vec<f64>,
        values: &[f64],
        vectors: Vec<f64>,
        kept: Option<Vec<usize>>,
    ) -> Result<Self, SpectrumError> {
        subject.check(&w, MatrixKind::Fisher)?;
        if kept.as_ref().is_some_and(|kept| kept.iter().any(|k| *k >= w.len())) {
            return Err(SpectrumError::BadCoordinates(w.len()));
        }
        let dim = kept.as_ref().map_or(w.len(), Vec::len);
        if vectors.len() != dim * values.len() {
            return Err(SpectrumError::BadVectors { values: values.len(), dim, given: vectors.len() });
        }
        let along = values.iter().map(|value| NoiseAlong { eigenvalue: *value, mean: 0.0, variance: 0.0, share: 0.0 });
        let noise = GradientNoise { along: along.collect(), dim, samples: subject.samples(), ..GradientNoise::default() };
        Ok(Self {
            subject,
            w,
            kept,
            vectors,
            sample: 0,
            next: 0,
            gradients: Vec::new(),
            shrink: Vec::new(),
            mean: vec![0.0; dim],
            square: 0.0,
            done: dim == 0,
            noise,
        })
    }

    /// The gradients of the next samples.
    fn load(&mut self) {
        let n = self.w.len();
        let batch: Vec<usize> = (self.sample..self.noise.samples.min(self.sample + GRADIENTS)).collect();
        self.gradients.resize(n * batch.len(), 0.0);
        self.subject.sample_gradients(&self.w, &batch, &mut self.gradients);
        if let Some(kept) = &self.kept {
            let rows = self.gradients.chunks_exact(n);
            self.gradients = rows.flat_map(|row| kept.iter().map(|k| row[*k])).collect();
        }
        self.shrink.clear();
        // Welford's recurrence for the mean and the squares around it.
        for (i, gradient) in batch.iter().zip(self.gradients.chunks_exact(self.noise.dim)) {
            let square = dot(gradient, gradient);
            self.shrink.push(if square > 0.0 { 1.0 / square } else { 0.0 });
            let count = (i + 1) as f64;
            for (mean, g) in self.mean.iter_mut().zip(gradient) {
                let change = g - *mean;
                *mean += change / count;
                self.square += change * (g - *mean);
            }
        }
    }
}

impl Job for NoiseJob {
    type Output = GradientNoise;

    fn advance(&mut self) -> bool {
        if self.done {
            return false;
        }
        if self.next == 0 {
            self.load();
        }
        let (d, count) = (self.noise.dim, self.shrink.len());
        let last = self.noise.along.len().min(self.next + (WORK / (d * count)).max(1));
        let mut along = vec![0.0; (last - self.next) * count];
        products(&self.gradients, &self.vectors[self.next * d..last * d], d, &mut along);
        for (direction, along) in self.noise.along[self.next..last].iter_mut().zip(along.chunks_exact(count)) {
            for (k, a) in along.iter().enumerate() {
                let change = a - direction.mean;
                direction.mean += change / (self.sample + k + 1) as f64;
                direction.variance += change * (a - direction.mean);
                direction.share += a * a * self.shrink[k];
            }
        }
        self.next = last;
        if last == self.noise.along.len() {
            self.next = 0;
            self.sample += count;
            if self.sample >= self.noise.samples {
                let m = self.noise.samples as f64;
                for direction in &mut self.noise.along {
                    direction.variance /= m;
                    direction.share /= m;
                }
                self.noise.gradient_square = dot(&self.mean, &self.mean);
                self.noise.variance = self.square / m;
                self.done = true;
            }
        }
        !self.done
    }

    fn progress(&self) -> f64 {
        let part = self.next as f64 / self.noise.along.len().max(1) as f64 * self.shrink.len() as f64;
        if self.done { 1.0 } else { (self.sample as f64 + part) / self.noise.samples as f64 }
    }

    fn output(&self) -> Option<&GradientNoise> {
        self.done.then_some(&self.noise)
    }

    fn into_output(self) -> Option<GradientNoise> {
        self.done.then_some(self.noise)
    }
}
