//! The noise along eigenvectors at a step, and the study over widths and depths, found beside the frames.

use crate::linalg::Job;
use crate::measure::noise::{GradientNoise, NoiseJob, NoiseStudy, StudyCase, StudyRow};
use crate::measure::spectrum::{EndsJob, EndsOptions, MatrixKind, MatrixOperator, SpectrumJob, Subject};
use crate::ui::background::Work;
use crate::ui::panels::spectrum::{Hold, MOST_EXACT};
use std::sync::Arc;

/// Eigenvectors from each end of a large Hessian.
const ENDS: usize = 10;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct NoiseRequest {
    /// Of the run.
    pub generation: u64,
    /// The step.
    pub step: u64,
}

/// What has been measured.
#[derive(Clone, Debug)]
pub struct NoiseFound {
    /// Along eigenvectors, by ascending eigenvalue.
    pub noise: GradientNoise,
    /// Whether along all of them.
    pub exact: bool,
    /// The largest residual of the eigenpairs.
    pub residual: f64,
}

enum Stage {
    Exact(Box<SpectrumJob>),
    Ends(Box<EndsJob<MatrixOperator>>),
    Noise(Box<NoiseJob>, bool, f64),
    Done,
}

/// Finds eigenvectors of the Hessian and measures along them.
pub struct NoiseWork {
    subject: Subject,
    w: Vec<f64>,
    stage: Stage,
    _hold: Hold,
}

impl NoiseWork {
    /// At `w`; `None` where the function has no samples.
    pub fn new(subject: Subject, w: Vec<f64>, hold: Hold) -> Option<Self> {
        subject.objective().finite_sum()?;
        let kind = MatrixKind::Hessian;
        let stage = if w.len() <= MOST_EXACT {
            Stage::Exact(Box::new(SpectrumJob::new(subject.clone(), w.clone(), kind, true).ok()?))
        } else {
            let operator = MatrixOperator::new(subject.clone(), w.clone(), kind).ok()?;
            let limits = EndsOptions { tolerance: 1e-4, most_products: 400, ..EndsOptions::default() };
            let options = EndsOptions { bottom: ENDS, top: ENDS, ..limits };
            Stage::Ends(Box::new(EndsJob::new(operator, options, &[])))
        };
        Some(Self { subject, w, stage, _hold: hold })
    }

    fn listen(&self, values: &[f64], vectors: Vec<f64>, exact: bool, residual: f64) -> Stage {
        let job = NoiseJob::new(self.subject.clone(), self.w.clone(), values, vectors);
        job.map_or(Stage::Done, |job| Stage::Noise(Box::new(job), exact, residual))
    }
}

impl Work for NoiseWork {
    type News = Arc<NoiseFound>;

    fn work(&mut self) -> Option<Arc<NoiseFound>> {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Exact(mut job) => {
                if job.advance() {
                    Stage::Exact(job)
                } else if let Some(spectrum) = job.into_output() {
                    let residual = spectrum.residuals.worst();
                    self.listen(&spectrum.values, spectrum.vectors, true, residual)
                } else {
                    Stage::Done
                }
            }
            Stage::Ends(mut job) => {
                if job.advance() {
                    Stage::Ends(job)
                } else {
                    let ends = job.into_output().unwrap_or_default();
                    let mut pairs: Vec<_> = ends.bottom.iter().chain(&ends.top).collect();
                    pairs.sort_by(|a, b| a.value.total_cmp(&b.value));
                    let values: Vec<f64> = pairs.iter().map(|pair| pair.value).collect();
                    let residual = pairs.iter().map(|pair| pair.residual).fold(0.0, f64::max);
                    let vectors = pairs.iter().flat_map(|pair| pair.vector.iter().copied()).collect();
                    self.listen(&values, vectors, false, residual)
                }
            }
            Stage::Noise(mut job, exact, residual) => {
                if !job.advance() {
                    let noise = job.into_output()?;
                    return Some(Arc::new(NoiseFound { noise, exact, residual }));
                }
                Stage::Noise(job, exact, residual)
            }
            Stage::Done => Stage::Done,
        };
        None
    }

    fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    fn progress(&self) -> f64 {
        match &self.stage {
            Stage::Exact(job) => 0.8 * job.progress(),
            Stage::Ends(job) => 0.8 * job.progress(),
            Stage::Noise(job, ..) => 0.8 + 0.2 * job.progress(),
            Stage::Done => 1.0,
        }
    }
}

/// A study of width and depth.
pub struct StudyWork {
    study: Option<NoiseStudy>,
    told: (usize, usize),
    progress: f64,
}

impl StudyWork {
    /// Over these networks.
    pub fn new(cases: Vec<StudyCase>) -> Self {
        Self { study: Some(NoiseStudy::new(cases)), told: (0, 0), progress: 0.0 }
    }
}

impl Work for StudyWork {
    type News = Vec<StudyRow>;

    fn work(&mut self) -> Option<Vec<StudyRow>> {
        let study = self.study.as_mut()?;
        let left = study.advance();
        self.progress = study.progress();
        let rows = study.output()?;
        let state = (rows.len(), rows.last().map_or(0, |row| row.points));
        let news = (state != self.told || !left).then(|| rows.clone());
        self.told = state;
        if !left {
            self.study = None;
        }
        news
    }

    fn is_done(&self) -> bool {
        self.study.is_none()
    }

    fn progress(&self) -> f64 {
        if self.study.is_none() { 1.0 } else { self.progress }
    }
}
