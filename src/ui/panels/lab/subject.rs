//! What is looked at in a network: over the input plane or line, on images, or on the samples of a table.

use crate::problem::data::Targets;
use crate::problem::network::{Loss, Rows};
use crate::problem::{NetworkProblem, Problem};
use std::sync::Arc;

/// Images that are shown at most.
pub(super) const MOST_SHOWN: usize = 24;
/// Samples over which activations are averaged.
const SAMPLES: usize = 400;
/// Points of a curve over the only input.
const CURVE: usize = 241;
/// How much wider than its samples the plane is.
const MARGIN: f64 = 1.1;

/// What a network is looked at on.
pub(super) struct Subject {
    problem: Arc<Problem>,
    /// The table of inputs for which activations are asked.
    pub inputs: Arc<Rows>,
    /// What these inputs are.
    pub kind: Kind,
    /// What the outputs say.
    pub reading: Reading,
    /// Whether outputs are logits of targets from 0 to 1, which are shown as σ(z).
    pub squashes: bool,
}

/// What the inputs of a subject are.
pub(super) enum Kind {
    /// A grid over the input plane.
    Plane(Grid),
    /// Points of the only input from its first to its last one, evenly.
    Line([f64; 2]),
    /// Images among the samples.
    Images {
        /// Height and width.
        shape: [usize; 2],
        /// The place of each row of the inputs among the samples of the data.
        samples: Vec<usize>,
        /// The darkest and the brightest pixel.
        range: [f64; 2],
    },
    /// Samples of a table.
    Table {
        /// The place of each row of the inputs among the samples of the data.
        samples: Vec<usize>,
    },
}

/// A square grid over the input plane, row by row from below.
pub(super) struct Grid {
    /// Points in a row.
    pub side: usize,
    /// The middle of the square.
    pub center: [f64; 2],
    /// Half its side.
    pub half: f64,
}

/// What the outputs of a network say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reading {
    /// The logit of class 1 of two.
    Logit,
    /// Two classes by the sign.
    Sign,
    /// A number in this range.
    Value([f64; 2]),
    /// A score for each class; whether a softmax makes probabilities of them.
    Classes(bool),
    /// The input again.
    Reconstruction,
}

impl Grid {
    /// The point in column `i` and row `j`, which may lie between those of the grid.
    pub fn plane_from_grid(&self, [i, j]: [f64; 2]) -> [f64; 2] {
        let at = |c: f64, k: f64| c + self.half * (2.0 * (k + 0.5) / self.side as f64 - 1.0);
        [at(self.center[0], i), at(self.center[1], j)]
    }
}

impl Reading {
    fn of(problem: &NetworkProblem) -> Self {
        let spec = problem.spec();
        let outputs = problem.network().targets().width;
        match (&problem.data().targets, spec.loss) {
            _ if spec.reconstruct => Self::Reconstruction,
            (Targets::Classes { .. }, Loss::Bce) if outputs == 1 => Self::Logit,
            (Targets::Classes { .. }, Loss::Mse) if outputs == 1 => Self::Sign,
            (Targets::Classes { .. }, loss) => Self::Classes(loss == Loss::CrossEntropy),
            (Targets::Values(rows), _) if problem.data().image.is_some() && rows.width == problem.data().inputs.width => {
                Self::Reconstruction
            }
            (Targets::Values(rows), _) => Self::Value(range(&rows.values)),
        }
    }

    /// From −1 to 1 what one output says: the side and how sure, or where in its range.
    pub fn level(self, z: f64) -> f64 {
        match self {
            Self::Logit => 2.0 / (1.0 + libm::exp(-z)) - 1.0,
            Self::Value([low, high]) if low < 0.0 && high > 0.0 => z / high.max(-low),
            Self::Value([low, high]) => (2.0 * z - low - high) / (high - low).max(f64::MIN_POSITIVE),
            _ => z,
        }
        .clamp(-1.0, 1.0)
    }

    /// The probabilities, or the scores, of the classes.
    pub fn scores(self, z: &[f64]) -> Vec<f64> {
        match self {
            Self::Classes(true) => {
                let top = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let powers: Vec<f64> = z.iter().map(|z| libm::exp(z - top)).collect();
                let sum: f64 = powers.iter().sum();
                powers.iter().map(|p| p / sum).collect()
            }
            Self::Logit => vec![0.5 * (1.0 - self.level(z[0])), 0.5 * (1.0 + self.level(z[0]))],
            Self::Sign => vec![-z[0], z[0]],
            _ => z.to_vec(),
        }
    }

    /// The class of these outputs.
    pub fn class(self, z: &[f64]) -> Option<usize> {
        match self {
            Self::Logit | Self::Sign => Some(usize::from(z[0] > 0.0)),
            Self::Classes(_) => Some(top(z)),
            Self::Value(_) | Self::Reconstruction => None,
        }
    }
}

/// Outputs as they are shown: σ(z) where they are logits of numbers from 0 to 1.
pub(super) fn squash(squashes: bool, outputs: &mut [f64]) {
    if squashes {
        outputs.iter_mut().for_each(|z| *z = 1.0 / (1.0 + libm::exp(-*z)));
    }
}

/// The place of the largest number.
pub(super) fn top(z: &[f64]) -> usize {
    z.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(k, _)| k)
}

impl Subject {
    /// What to look at in this problem; `None` where it is no network.
    pub fn new(problem: &Arc<Problem>) -> Option<Self> {
        let network = problem.network()?;
        let data = network.data();
        let parameters = network.network().architecture().parameters();
        let (inputs, kind) = if data.inputs.width == 2 {
            let grid = grid(&data.inputs, if parameters <= 3000 { 96 } else { 48 });
            let points = (0..grid.side * grid.side).flat_map(|k| {
                let (i, j) = (k % grid.side, k / grid.side);
                grid.plane_from_grid([i as f64, j as f64])
            });
            (Rows { width: 2, values: points.collect() }, Kind::Plane(grid))
        } else if data.inputs.width == 1 {
            let [low, high] = range(&data.inputs.values);
            let half = if high > low { 0.5 * MARGIN * (high - low) } else { 1.0 };
            let ends = [-half, half].map(|side| 0.5 * (low + high) + side);
            let at = |k: usize| ends[0] + (ends[1] - ends[0]) * k as f64 / (CURVE - 1) as f64;
            (Rows { width: 1, values: (0..CURVE).map(at).collect() }, Kind::Line(ends))
        } else {
            let samples = samples(data.len(), data.train);
            let values = samples.iter().flat_map(|i| data.inputs.row(*i)).copied().collect();
            let kind = match data.image {
                Some(shape) => Kind::Images { shape, samples, range: range(&data.inputs.values) },
                None => Kind::Table { samples },
            };
            (Rows { width: data.inputs.width, values }, kind)
        };
        let reading = Reading::of(network);
        let squashes = network.spec().loss == Loss::Bce && matches!(reading, Reading::Value(_) | Reading::Reconstruction);
        Some(Self { problem: Arc::clone(problem), inputs: Arc::new(inputs), kind, reading, squashes })
    }

    /// The sign of an output as it is shown.
    pub fn output(&self) -> &'static str {
        if self.squashes { "σ(z)" } else { "z" }
    }

    /// Whether it is about this problem.
    pub fn is_of(&self, problem: &Arc<Problem>) -> bool {
        Arc::ptr_eq(&self.problem, problem)
    }
}

/// Test samples first, then training samples; both from the first on.
fn samples(count: usize, train: usize) -> Vec<usize> {
    (train..count).take(SAMPLES / 2).chain(0..train).take(SAMPLES).collect()
}

fn range(values: &[f64]) -> [f64; 2] {
    values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(*v), high.max(*v)])
}

/// The square about the points.
fn grid(points: &Rows, side: usize) -> Grid {
    let column = |k: usize| range(&points.values.iter().copied().skip(k).step_by(2).collect::<Vec<_>>());
    let sides = [column(0), column(1)];
    let half = sides.iter().map(|[low, high]| 0.5 * (high - low)).fold(0.0, f64::max);
    let half = if half > 0.0 && half.is_finite() { MARGIN * half } else { 1.0 };
    Grid { side, center: sides.map(|[low, high]| 0.5 * (low + high)), half }
}
