//! How the noise along extreme eigenvectors depends on the width and the depth of a network.

use super::{GradientNoise, NoiseJob};
use crate::linalg::{EndsJob, EndsOptions, Goal, Job, Operator, Rng};
use crate::measure::spectrum::{MatrixJob, MatrixKind, MatrixOperator, SpectrumError, SpectrumJob, Subject};
use crate::problem::Objective;
use crate::problem::network::{Architecture, Network};
use std::sync::Arc;

/// Most weights for which every eigenvector is found, in 200 MB; beyond, those at both ends, by Lanczos.
const MOST_EXACT: usize = 3600;
/// How exact these are, relative to the largest, and what they may cost.
const ENDS: EndsOptions = EndsOptions { bottom: 1, top: 1, goal: Goal::Residuals, tolerance: 1e-4, most_products: 600, seed: 0 };

/// One network of a study.
#[derive(Clone, Debug)]
pub struct StudyCase {
    /// The network on its samples.
    pub network: Arc<Network>,
    /// At how many random points it is looked at.
    pub points: usize,
    /// Of the points.
    pub seed: u64,
}

/// What a network has shown: medians over its points; a number that is not finite counts as above all others.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyRow {
    /// Units of its layers.
    pub widths: Vec<usize>,
    /// d: its weights, biases left out.
    pub dim: usize,
    /// 1/d.
    pub isotropic: f64,
    /// E ⟨∇fᵢ/‖∇fᵢ‖, v⟩² at the smallest eigenvalue.
    pub at_lowest: f64,
    /// The same at the largest.
    pub at_highest: f64,
    /// λ_min.
    pub lowest: f64,
    /// λ_max.
    pub highest: f64,
    /// Correlation of |λ| and the share over negative eigenvalues; NaN where not all of them were found.
    pub correlation: f64,
    /// Slope of log E⟨∇fᵢ, v⟩² over log |λ| there; NaN likewise.
    pub slope: f64,
    /// Points that are in.
    pub points: usize,
    /// At how many of them Lanczos spent its products before both eigenvectors had converged.
    pub unconverged: usize,
}

/// Fills in a table (Daneshmand, Kohler, Lucchi, Hofmann 2018, Fig. 3 to 5), a row for each case, as a [`Job`].
///
/// The published networks have no biases. Here biases are held at 0 and left out: weights are N(0, 1), the Hessian and the gradients are
/// restricted to the weights, which gives exactly the numbers of the network without biases.
pub struct NoiseStudy {
    cases: Vec<StudyCase>,
    most_exact: usize,
    case: usize,
    unconverged: usize,
    rng: Rng,
    kept: Vec<usize>,
    w: Vec<f64>,
    stage: Stage,
    measured: Vec<[f64; 6]>,
    rows: Vec<StudyRow>,
}

enum Stage {
    Draw,
    Spectrum(Box<SpectrumJob>),
    Ends(Box<EndsJob<Weights>>),
    Noise(Box<NoiseJob>),
    Done,
}

/// The Hessian restricted to the weights.
struct Weights {
    hessian: MatrixOperator,
    kept: Vec<usize>,
    /// v and H v with the biases.
    whole: [Vec<f64>; 2],
}

impl Operator for Weights {
    fn dim(&self) -> usize {
        self.kept.len()
    }

    fn multiply(&mut self, v: &[f64], product: &mut [f64]) {
        let [whole, image] = &mut self.whole;
        for (k, v) in self.kept.iter().zip(v) {
            whole[*k] = *v;
        }
        self.hessian.multiply(whole, image);
        for (k, p) in self.kept.iter().zip(product) {
            *p = image[*k];
        }
    }
}

/// The places of the weights in the parameter vector: all but the biases.
pub fn noise_study_weights(architecture: &Architecture) -> Vec<usize> {
    architecture.layers().flat_map(|layer| layer.weights).collect()
}

impl NoiseStudy {
    /// A study of these networks.
    pub fn new(cases: Vec<StudyCase>) -> Self {
        Self {
            cases,
            most_exact: MOST_EXACT,
            case: 0,
            unconverged: 0,
            rng: Rng::new(0),
            kept: Vec::new(),
            w: Vec::new(),
            stage: Stage::Draw,
            measured: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// As it is, with every eigenvector for up to so many weights, which takes 16 bytes times their square.
    #[must_use]
    pub fn with_most_exact(self, most_exact: usize) -> Self {
        Self { most_exact, ..self }
    }

    fn draw(&mut self) -> Result<Stage, SpectrumError> {
        let Some(case) = self.cases.get(self.case) else { return Ok(Stage::Done) };
        if self.measured.len() >= case.points {
            self.case += 1;
            self.unconverged = 0;
            self.measured.clear();
            return Ok(Stage::Draw);
        }
        let net = &case.network;
        if self.measured.is_empty() {
            self.rng = Rng::new(case.seed);
            self.kept = noise_study_weights(net.architecture());
        }
        self.w = vec![0.0; net.dim()];
        for k in &self.kept {
            self.w[*k] = self.rng.normal();
        }
        let subject = Subject::Network(Arc::clone(net));
        if self.kept.len() > self.most_exact {
            let hessian = MatrixOperator::new(subject, self.w.clone(), MatrixKind::Hessian)?;
            let whole = [vec![0.0; self.w.len()], vec![0.0; self.w.len()]];
            let weights = Weights { hessian, kept: self.kept.clone(), whole };
            return Ok(Stage::Ends(Box::new(EndsJob::new(weights, ENDS, &[]))));
        }
        let samples = subject.samples();
        let matrix = MatrixJob::new(subject, self.w.clone(), MatrixKind::Hessian)?.restricted(self.kept.clone())?;
        Ok(Stage::Spectrum(Box::new(SpectrumJob::of(matrix, MatrixKind::Hessian, samples, true))))
    }

    fn listen(&mut self, values: &[f64], vectors: Vec<f64>) -> Result<Stage, SpectrumError> {
        let Some(case) = self.cases.get(self.case) else { return Ok(Stage::Done) };
        let subject = Subject::Network(Arc::clone(&case.network));
        let job = NoiseJob::restricted(subject, self.w.clone(), values, vectors, Some(self.kept.clone()))?;
        Ok(Stage::Noise(Box::new(job)))
    }

    /// Leaves a point whose numbers are not finite.
    fn skip(&mut self) -> Stage {
        self.note(None);
        Stage::Draw
    }

    /// Takes what was measured at a point; `None` where its numbers are not finite.
    fn note(&mut self, noise: Option<&GradientNoise>) {
        let Some(case) = self.cases.get(self.case) else { return };
        self.measured.push(noise.and_then(numbers).unwrap_or([f64::NAN; 6]));
        let median = |column: usize| {
            let mut values: Vec<f64> = self.measured.iter().map(|row| row[column]).collect();
            values.sort_by(f64::total_cmp);
            let half = values.len() / 2;
            if values.len() % 2 == 1 { values[half] } else { 0.5 * (values[half - 1] + values[half]) }
        };
        let row = StudyRow {
            widths: case.network.architecture().widths().to_vec(),
            dim: self.kept.len(),
            isotropic: 1.0 / self.kept.len().max(1) as f64,
            at_lowest: median(0),
            at_highest: median(1),
            lowest: median(2),
            highest: median(3),
            correlation: median(4),
            slope: median(5),
            points: self.measured.len(),
            unconverged: self.unconverged,
        };
        match self.rows.last_mut() {
            Some(last) if self.measured.len() > 1 => *last = row,
            _ => self.rows.push(row),
        }
    }
}

/// The shares at both ends of the spectrum, the ends, the correlation and the slope.
fn numbers(noise: &GradientNoise) -> Option<[f64; 6]> {
    let (first, last) = (noise.along.first()?, noise.along.last()?);
    let [correlation, slope] = if noise.along.len() == noise.dim { [noise.correlation(), noise.slope()] } else { [f64::NAN; 2] };
    Some([first.share, last.share, first.eigenvalue, last.eigenvalue, correlation, slope])
}

impl Job for NoiseStudy {
    type Output = Vec<StudyRow>;

    fn advance(&mut self) -> bool {
        // What a job asks of a network holds for each: its points have its dimension, and it has samples.
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Draw => self.draw().unwrap_or(Stage::Done),
            Stage::Spectrum(mut job) => {
                if job.advance() {
                    Stage::Spectrum(job)
                } else {
                    // A matrix that is not finite has no vectors.
                    let spectrum = job.into_output().filter(|spectrum| !spectrum.vectors.is_empty());
                    let next = spectrum.map(|spectrum| self.listen(&spectrum.values, spectrum.vectors));
                    next.and_then(Result::ok).unwrap_or_else(|| self.skip())
                }
            }
            Stage::Ends(mut job) => {
                if job.advance() {
                    Stage::Ends(job)
                } else {
                    let ends = job.into_output().unwrap_or_default();
                    self.unconverged += usize::from(!ends.converged);
                    self.listen(&ends.values(), ends.vectors()).unwrap_or_else(|_| self.skip())
                }
            }
            Stage::Noise(mut job) => {
                if job.advance() {
                    Stage::Noise(job)
                } else {
                    self.note(job.output());
                    Stage::Draw
                }
            }
            Stage::Done => Stage::Done,
        };
        !matches!(self.stage, Stage::Done)
    }

    /// The share of the points, weighted with the work of each network.
    fn progress(&self) -> f64 {
        let cost = |case: &StudyCase| {
            let n = case.network.dim() as f64;
            if n > self.most_exact as f64 { n * 1e5 } else { n * n * n }
        };
        let total: f64 = self.cases.iter().map(|c| cost(c) * c.points as f64).sum();
        let before: f64 = self.cases.iter().take(self.case).map(|c| cost(c) * c.points as f64).sum();
        let inside = match &self.stage {
            Stage::Draw | Stage::Done => 0.0,
            Stage::Spectrum(job) => 0.9 * job.progress(),
            Stage::Ends(job) => 0.9 * job.progress(),
            Stage::Noise(job) => 0.9 + 0.1 * job.progress(),
        };
        let here = self.cases.get(self.case).map_or(0.0, |c| cost(c) * (self.measured.len() as f64 + inside));
        if matches!(self.stage, Stage::Done) || total == 0.0 { 1.0 } else { ((before + here) / total).min(1.0) }
    }

    /// The rows so far; the last one grows by points.
    fn output(&self) -> Option<&Vec<StudyRow>> {
        Some(&self.rows)
    }

    fn into_output(self) -> Option<Vec<StudyRow>> {
        Some(self.rows)
    }
}
