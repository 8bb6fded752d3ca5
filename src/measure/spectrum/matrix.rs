//! Dense matrices of an objective at a point, built in slices.

use super::{SpectrumError, Subject};
use crate::linalg::Job;
use crate::linalg::lanes::add_rows;
use serde::{Deserialize, Serialize};

/// Parameters times samples whose rows a slice builds.
const WORK: usize = 700_000;
/// Gradients that a slice adds to the Fisher matrix.
const GRADIENTS: usize = 4;
/// Numbers that a slice copies.
const COPIED: usize = 300_000;

/// A symmetric matrix of an objective at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatrixKind {
    /// H = ∇²f.
    Hessian,
    /// G = Jᵀ ∇²L J + l2 (Schraudolph 2002). It equals the Fisher matrix with targets drawn from the model ("true Fisher") for the
    /// squared error, logits and softmax (Martens 2020).
    GaussNewton,
    /// F = (1/m) Σ ∇fᵢ ∇fᵢᵀ: the second moment of the gradients of samples, known as the empirical Fisher matrix. It is not the true one
    /// (Kunstner, Balles, Hennig 2019). Components have their l2 term.
    Fisher,
    /// H − G = (1/m) Σᵢ Σₖ ∂L/∂zₖ ∇²zₖ: the curvature of the network itself, which G leaves out.
    Rest,
}

impl MatrixKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Hessian, Self::GaussNewton, Self::Fisher, Self::Rest];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hessian => "hessian",
            Self::GaussNewton => "gauss_newton",
            Self::Fisher => "fisher",
            Self::Rest => "rest",
        }
    }
}

/// A symmetric matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DenseMatrix {
    /// n.
    pub dim: usize,
    /// n × n numbers by rows.
    pub entries: Vec<f64>,
}

/// Builds a dense matrix, as a [`Job`].
#[derive(Clone)]
pub struct MatrixJob {
    subject: Subject,
    w: Vec<f64>,
    kind: MatrixKind,
    kept: Option<Vec<usize>>,
    /// Rows that are built together: those of a unit of a network, else one.
    granules: Vec<usize>,
    matrix: DenseMatrix,
    /// G, where H − G is wanted.
    second: Vec<f64>,
    stage: Stage,
}

/// Numbers are the granule, the sample or the row that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Rows { second: bool, next: usize },
    Complete { second: bool, next: usize },
    Samples(usize),
    Join(usize),
    Restrict(usize),
    Done,
}

impl MatrixJob {
    /// The matrix `kind` at `w`.
    ///
    /// # Errors
    /// [`SpectrumError`] for a point of another dimension and a matrix that the function does not have.
    pub fn new(subject: Subject, w: Vec<f64>, kind: MatrixKind) -> Result<Self, SpectrumError> {
        subject.check(&w, kind)?;
        let n = w.len();
        let second = vec![0.0; if kind == MatrixKind::Rest { n * n } else { 0 }];
        let stage = match kind {
            _ if n == 0 => Stage::Done,
            MatrixKind::Fisher => Stage::Samples(0),
            _ => Stage::Rows { second: false, next: 0 },
        };
        let granules = match &subject {
            Subject::Network(net) => {
                let layers = net.architecture().layers();
                layers.flat_map(|layer| std::iter::repeat_n(layer.inputs + 1, layer.outputs)).collect()
            }
            Subject::Other(_) => vec![1; n],
        };
        Ok(Self {
            subject,
            w,
            kind,
            kept: None,
            granules,
            matrix: DenseMatrix { dim: n, entries: vec![0.0; n * n] },
            second,
            stage,
        })
    }

    /// The same matrix with the rows and columns `kept` only: the matrix of f with the other coordinates held.
    ///
    /// # Errors
    /// [`SpectrumError::BadCoordinates`] where they do not ascend or are no coordinates.
    pub fn restricted(mut self, kept: Vec<usize>) -> Result<Self, SpectrumError> {
        let n = self.w.len();
        if kept.windows(2).any(|k| k[0] >= k[1]) || kept.last().is_some_and(|k| *k >= n) {
            return Err(SpectrumError::BadCoordinates(n));
        }
        self.kept = Some(kept);
        Ok(self)
    }

    /// The granules from `next` on that a slice with `rows` rows takes.
    fn granules(&self, next: usize, rows: usize) -> usize {
        let mut taken = 0;
        let more = self.granules[next..].iter().take_while(|size| {
            let fits = taken == 0 || taken + **size <= rows;
            taken += **size;
            fits
        });
        next + more.count()
    }

    fn rows(&mut self, second: bool, next: usize) -> Stage {
        let n = self.w.len();
        let last = self.granules(next, WORK / (n * self.subject.samples()).max(1));
        let gauss_newton = second || self.kind == MatrixKind::GaussNewton;
        let out = if second { &mut self.second } else { &mut self.matrix.entries };
        match (&self.subject, self.subject.gauss_newton()) {
            (Subject::Network(net), _) => net.add_units(&self.w, next..last, gauss_newton, out),
            (Subject::Other(objective), residuals) => {
                let mut unit = vec![0.0; n];
                for (p, row) in (next..last).zip(out[next * n..].chunks_exact_mut(n)) {
                    unit[p] = 1.0;
                    match residuals {
                        Some(residuals) if gauss_newton => residuals.gauss_newton_vector(&self.w, &unit, row),
                        _ => objective.hessian_vector(&self.w, &unit, row),
                    }
                    unit[p] = 0.0;
                }
            }
        }
        if last == self.granules.len() { Stage::Complete { second, next: 0 } } else { Stage::Rows { second, next: last } }
    }

    fn complete(&mut self, second: bool, next: usize) -> Stage {
        let n = self.w.len();
        let last = self.granules(next, COPIED / n);
        let out = if second { &mut self.second } else { &mut self.matrix.entries };
        match &self.subject {
            Subject::Network(net) => net.complete_units(next..last, out),
            Subject::Other(_) => {
                for p in next..last {
                    for q in 0..p {
                        let mean = 0.5 * (out[p * n + q] + out[q * n + p]);
                        (out[p * n + q], out[q * n + p]) = (mean, mean);
                    }
                }
            }
        }
        if last < self.granules.len() {
            return Stage::Complete { second, next: last };
        }
        match self.kind {
            MatrixKind::Rest if !second => Stage::Rows { second: true, next: 0 },
            MatrixKind::Rest => Stage::Join(0),
            _ => self.built(),
        }
    }

    /// H − G; or the upper triangle of the Fisher matrix from the lower one.
    fn join(&mut self, first: usize) -> Stage {
        let n = self.w.len();
        let last = n.min(first + COPIED / n + 1);
        if self.kind == MatrixKind::Rest {
            let places = first * n..last * n;
            let part = self.matrix.entries[places.clone()].iter_mut();
            part.zip(&self.second[places]).for_each(|(h, g)| *h -= g);
        } else {
            for i in first..last {
                for j in 0..i {
                    self.matrix.entries[j * n + i] = self.matrix.entries[i * n + j];
                }
            }
        }
        if last < n {
            return Stage::Join(last);
        }
        self.second = Vec::new();
        self.built()
    }

    /// Adds gradients to the lower triangle.
    fn sample(&mut self, first: usize) -> Stage {
        let (n, m) = (self.w.len(), self.subject.samples());
        let batch: Vec<usize> = (first..m.min(first + GRADIENTS)).collect();
        let mut gradients = vec![0.0; n * batch.len()];
        self.subject.sample_gradients(&self.w, &batch, &mut gradients);
        for (i, row) in self.matrix.entries.chunks_exact_mut(n).enumerate() {
            let weights: Vec<f64> = gradients.iter().skip(i).step_by(n).map(|g| g / m as f64).collect();
            add_rows(&weights, &gradients, n, &mut row[..=i]);
        }
        if first + batch.len() < m {
            return Stage::Samples(first + batch.len());
        }
        Stage::Join(0)
    }

    fn built(&self) -> Stage {
        if self.kept.is_some() { Stage::Restrict(0) } else { Stage::Done }
    }

    /// Moves kept numbers to the front: none of them is overwritten before it has moved.
    fn restrict(&mut self, next: usize) -> Stage {
        let (n, Some(kept)) = (self.w.len(), &self.kept) else { return Stage::Done };
        let last = kept.len().min(next + COPIED / n + 1);
        for to in next..last {
            for (column, from) in kept.iter().enumerate() {
                self.matrix.entries[to * kept.len() + column] = self.matrix.entries[kept[to] * n + from];
            }
        }
        if last < kept.len() {
            return Stage::Restrict(last);
        }
        self.matrix.dim = last;
        self.matrix.entries.truncate(last * last);
        Stage::Done
    }
}

impl Job for MatrixJob {
    type Output = DenseMatrix;

    fn advance(&mut self) -> bool {
        self.stage = match self.stage {
            Stage::Rows { second, next } => self.rows(second, next),
            Stage::Complete { second, next } => self.complete(second, next),
            Stage::Samples(first) => self.sample(first),
            Stage::Join(first) => self.join(first),
            Stage::Restrict(next) => self.restrict(next),
            Stage::Done => Stage::Done,
        };
        self.stage != Stage::Done
    }

    fn progress(&self) -> f64 {
        let n = self.w.len().max(1) as f64;
        let granules = self.granules.len().max(1) as f64;
        let second = matches!(self.stage, Stage::Rows { second: true, .. } | Stage::Complete { second: true, .. });
        let part = if self.kind == MatrixKind::Rest { 0.49 } else { 0.98 };
        let before = if second { part } else { 0.0 };
        match self.stage {
            // Rows of the last layers are shorter.
            Stage::Rows { next, .. } => before + 0.98 * part * next as f64 / granules,
            Stage::Complete { next, .. } => before + part * (0.98 + 0.02 * next as f64 / granules),
            Stage::Samples(first) => 0.98 * first as f64 / self.subject.samples() as f64,
            Stage::Join(next) => 0.98 + 0.01 * next as f64 / n,
            Stage::Restrict(next) => 0.99 + 0.01 * next as f64 / n,
            Stage::Done => 1.0,
        }
    }

    fn output(&self) -> Option<&DenseMatrix> {
        (self.stage == Stage::Done).then_some(&self.matrix)
    }

    fn into_output(self) -> Option<DenseMatrix> {
        (self.stage == Stage::Done).then_some(self.matrix)
    }
}
