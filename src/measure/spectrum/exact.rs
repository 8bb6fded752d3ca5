//! All eigenvalues of a matrix of an objective.

use super::{DenseMatrix, DiagonalShare, MatrixJob, MatrixKind, SpectrumError, Subject};
use super::{least_squares_share, wigner_share};
use crate::linalg::lanes::{products, sums};
use crate::linalg::{EigenSolver, Eigenpairs, Job, norm};

/// Eigenvalues of at most this part of the largest count as 0.
const RELATIVE_ZERO: f64 = 1e-10;
/// Numbers of the matrix that a slice adds up.
const SUMMED: usize = 600_000;
/// Numbers times vectors whose residuals a slice finds.
const RESIDUALS: usize = 6_000_000;

/// How many eigenvalues are negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// λ < −tolerance: the index of a critical point.
    pub negative: usize,
    /// |λ| ≤ tolerance.
    pub zero: usize,
    /// λ > tolerance.
    pub positive: usize,
    /// negative/n.
    pub fraction: f64,
    /// What counts as 0.
    pub tolerance: f64,
}

impl Index {
    /// Of `values` with |λ| ≤ `tolerance` counted as 0; `None` takes 10⁻¹⁰ max |λ|.
    pub fn of(values: &[f64], tolerance: Option<f64>) -> Self {
        let tolerance = tolerance.unwrap_or_else(|| RELATIVE_ZERO * largest(values));
        let count = |sign: f64| values.iter().filter(|v| sign * **v > tolerance).count();
        let (negative, positive) = (count(-1.0), count(1.0));
        let zero = values.iter().filter(|v| v.abs() <= tolerance).count();
        Self { negative, zero, positive, fraction: negative as f64 / values.len().max(1) as f64, tolerance }
    }
}

/// max |λ|; NaN where one is.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m: f64, v| if v.is_nan() { *v } else { m.max(v.abs()) })
}

/// ‖A v − λ v‖ of the eigenvalues: how far the next eigenvalue of A may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Residuals {
    /// Computed for each pair; at least n ε max |λ|, as rounding leaves that much.
    Each(Vec<f64>),
    /// n ε ‖A‖_F for all of them, without vectors: the error of a backward stable method (Higham 2002, §19.3).
    Bound(f64),
}

impl Residuals {
    /// That of eigenvalue `k`; NaN where there is none.
    pub fn of(&self, k: usize) -> f64 {
        match self {
            Self::Each(each) => each.get(k).copied().unwrap_or(f64::NAN),
            Self::Bound(bound) => *bound,
        }
    }

    /// The largest.
    pub fn worst(&self) -> f64 {
        match self {
            Self::Each(each) => each.iter().copied().fold(0.0, f64::max),
            Self::Bound(bound) => *bound,
        }
    }
}

/// The spectrum of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// Of which matrix.
    pub kind: MatrixKind,
    /// λ₁ ≤ … ≤ λₙ; NaN where the matrix is not finite.
    pub values: Vec<f64>,
    /// vₖ as row k of n × n numbers; empty where they were not asked for.
    pub vectors: Vec<f64>,
    /// How exact the values are.
    pub residuals: Residuals,
    /// Σ Aᵢᵢ.
    pub trace: f64,
    /// How much stands on the diagonal.
    pub diagonal: DiagonalShare,
}

impl Spectrum {
    /// max |λ|.
    pub fn largest(&self) -> f64 {
        largest(&self.values)
    }

    /// The signs of the eigenvalues, with |λ| ≤ `tolerance` counted as 0; `None` takes 10⁻¹⁰ max |λ|.
    pub fn index(&self, tolerance: Option<f64>) -> Index {
        Index::of(&self.values, tolerance)
    }

    /// max |λ| / min |λ|, infinite for a matrix with an eigenvalue 0.
    pub fn condition(&self) -> f64 {
        self.largest() / self.values.iter().fold(f64::INFINITY, |m, v| m.min(v.abs()))
    }

    /// Eigenvector `k`, where there are vectors.
    pub fn vector(&self, k: usize) -> Option<&[f64]> {
        let n = self.values.len();
        self.vectors.get(k * n..(k + 1) * n)
    }
}

/// Builds the matrix and finds its spectrum, as a [`Job`].
pub struct SpectrumJob {
    kind: MatrixKind,
    samples: usize,
    vectors: bool,
    stage: Stage,
    /// Σ Aᵢᵢ, Σ |Aᵢᵢ|, Σ |Aᵢⱼ| and Σ Aᵢⱼ² of the rows that are through.
    sums: [f64; 4],
    /// Shares of the time: the matrix, the eigenvalues.
    shares: [f64; 2],
}

enum Stage {
    Matrix(MatrixJob),
    /// The row that comes next.
    Sums(DenseMatrix, usize),
    Solve(Box<EigenSolver>),
    Residuals(DenseMatrix, Eigenpairs, Vec<f64>),
    Done(Option<Spectrum>),
}

impl SpectrumJob {
    /// The spectrum of `kind` at `w`, with the eigenvectors where `vectors` asks for them.
    ///
    /// # Errors
    /// [`SpectrumError`] for a point of another dimension and a matrix that the function does not have.
    pub fn new(subject: Subject, w: Vec<f64>, kind: MatrixKind, vectors: bool) -> Result<Self, SpectrumError> {
        let samples = subject.samples();
        Ok(Self::of(MatrixJob::new(subject, w, kind)?, kind, samples, vectors))
    }

    /// The spectrum of the matrix that a job builds.
    pub(crate) fn of(matrix: MatrixJob, kind: MatrixKind, samples: usize, vectors: bool) -> Self {
        let solving = if vectors { 0.7 } else { 0.25 };
        Self { kind, samples, vectors, stage: Stage::Matrix(matrix), sums: [0.0; 4], shares: [1.0 - solving, solving] }
    }

    fn sum(&mut self, matrix: DenseMatrix, first: usize) -> Stage {
        let n = matrix.dim;
        let last = n.min(first + SUMMED / n.max(1) + 1);
        for i in first..last {
            let row = &matrix.entries[i * n..][..n];
            let [size, square] = sums(row);
            let parts = [row[i], row[i].abs(), size, square];
            self.sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        if last < n {
            return Stage::Sums(matrix, last);
        }
        Stage::Solve(Box::new(EigenSolver::new(matrix.entries, n, self.vectors)))
    }

    fn spectrum(&self, pairs: Eigenpairs, residuals: Residuals) -> Stage {
        let n = pairs.values.len();
        let [trace, on_diagonal, total, _] = self.sums;
        let diagonal = DiagonalShare {
            share: on_diagonal / total,
            wigner: wigner_share(n, 1.0),
            least_squares: least_squares_share(n, self.samples),
        };
        let Eigenpairs { values, vectors } = pairs;
        Stage::Done(Some(Spectrum { kind: self.kind, values, vectors, residuals, trace, diagonal }))
    }

    fn residuals(&self, matrix: DenseMatrix, pairs: Eigenpairs, mut known: Vec<f64>) -> Stage {
        let n = matrix.dim;
        let first = known.len();
        let last = n.min(first + (RESIDUALS / (n * n).max(1)).max(4));
        let vectors = &pairs.vectors[first * n..last * n];
        let mut images = vec![0.0; vectors.len()];
        products(&matrix.entries, vectors, n, &mut images);
        for (k, (image, v)) in images.chunks_exact_mut(n).zip(vectors.chunks_exact(n)).enumerate() {
            image.iter_mut().zip(v).for_each(|(a, v)| *a -= pairs.values[first + k] * v);
            known.push(norm(image));
        }
        if last < n {
            return Stage::Residuals(matrix, pairs, known);
        }
        let rounding = n as f64 * f64::EPSILON * largest(&pairs.values);
        let floored = |residual: f64| if residual < rounding { rounding } else { residual };
        self.spectrum(pairs, Residuals::Each(known.into_iter().map(floored).collect()))
    }
}

impl Job for SpectrumJob {
    type Output = Spectrum;

    fn advance(&mut self) -> bool {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done(None)) {
            Stage::Matrix(mut job) => {
                if job.advance() {
                    Stage::Matrix(job)
                } else {
                    Stage::Sums(job.into_output().unwrap_or_default(), 0)
                }
            }
            Stage::Sums(matrix, first) => self.sum(matrix, first),
            Stage::Solve(mut solver) => {
                if solver.advance() {
                    Stage::Solve(solver)
                } else {
                    let (pairs, entries) = solver.into_parts().unwrap_or_default();
                    let dim = pairs.values.len();
                    if pairs.vectors.is_empty() {
                        self.spectrum(pairs, Residuals::Bound(dim as f64 * f64::EPSILON * self.sums[3].sqrt()))
                    } else {
                        Stage::Residuals(DenseMatrix { dim, entries }, pairs, Vec::new())
                    }
                }
            }
            Stage::Residuals(matrix, pairs, known) => self.residuals(matrix, pairs, known),
            Stage::Done(spectrum) => Stage::Done(spectrum),
        };
        !matches!(self.stage, Stage::Done(_))
    }

    fn progress(&self) -> f64 {
        let [building, solving] = self.shares;
        match &self.stage {
            Stage::Matrix(job) => building * job.progress(),
            Stage::Sums(..) => building,
            Stage::Solve(solver) => building + 0.9 * solving * solver.progress(),
            Stage::Residuals(matrix, _, known) => {
                building + solving * (0.9 + 0.1 * known.len() as f64 / matrix.dim.max(1) as f64)
            }
            Stage::Done(_) => 1.0,
        }
    }

    fn output(&self) -> Option<&Spectrum> {
        if let Stage::Done(spectrum) = &self.stage { spectrum.as_ref() } else { None }
    }

    fn into_output(self) -> Option<Spectrum> {
        if let Stage::Done(spectrum) = self.stage { spectrum } else { None }
    }
}
