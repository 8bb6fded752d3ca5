//! Which networks a study of width and depth looks at.

use super::StudyCase;
use crate::problem::network::{Activation, Architecture, Network, Rows};
use crate::problem::{NetworkProblem, Objective};
use std::sync::Arc;

/// Units of the hidden layers of the series of depths.
const UNITS: usize = 10;
/// Samples of a study.
const SAMPLES: usize = 250;

/// A network of a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Whether it is of the series of widths, of one hidden layer; else of that of depths.
    pub wide: bool,
    /// "width 8" or "depth 2".
    pub name: String,
}

/// The networks of a study.
pub struct StudyPlan {
    /// One for each case.
    pub planned: Vec<Planned>,
    /// Names of networks that are too large.
    pub left_out: Vec<String>,
    /// Samples.
    pub samples: usize,
    /// The networks and their points.
    pub cases: Vec<StudyCase>,
}

impl StudyPlan {
    /// Widths of one hidden layer that are looked at unasked.
    pub const WIDTHS: [usize; 5] = [4, 8, 16, 32, 64];
    /// Depths, of hidden layers of ten units, that are looked at unasked.
    pub const DEPTHS: [usize; 5] = [1, 2, 4, 8, 16];
    /// Networks with more parameters are left out: they would take minutes.
    pub const MOST_PARAMETERS: usize = 20_000;

    /// Networks of these widths and depths on the first 250 training samples of `problem`, with the activation of its first hidden layer (tanh where
    /// it has none) and its loss.
    pub fn new(problem: &NetworkProblem, widths: &[usize], depths: &[usize]) -> Self {
        let network = problem.network();
        let shape = network.architecture().widths();
        let (inputs, outputs) = (shape.first().copied().unwrap_or(1), shape.last().copied().unwrap_or(1));
        let samples = network.inputs().len().min(SAMPLES);
        let part = |rows: &Rows| Rows { width: rows.width, values: rows.values[..samples * rows.width].to_vec() };
        let (x, y) = (part(network.inputs()), part(network.targets()));
        let activation = if shape.len() > 2 { problem.spec().activations[0] } else { Activation::Tanh };
        let mut plan = Self { planned: Vec::new(), left_out: Vec::new(), samples, cases: Vec::new() };
        let wide = widths.iter().map(|width| (true, format!("width {width}"), vec![*width]));
        let deep = depths.iter().map(|depth| (false, format!("depth {depth}"), vec![UNITS; *depth]));
        for (wide, name, hidden) in wide.chain(deep) {
            let layers: Vec<usize> = std::iter::once(inputs).chain(hidden).chain([outputs]).collect();
            let shape = Architecture::new(&layers, &[activation]).ok();
            let shape = shape.filter(|shape| shape.parameters() <= Self::MOST_PARAMETERS);
            let network = shape.and_then(|shape| Network::new(shape, network.loss(), 0.0, x.clone(), y.clone()).ok());
            let Some(network) = network else {
                plan.left_out.push(name);
                continue;
            };
            let points = match network.dim() {
                0..=600 => 4,
                601..=1200 => 2,
                _ => 1,
            };
            plan.cases.push(StudyCase { network: Arc::new(network), points, seed: 0 });
            plan.planned.push(Planned { wide, name });
        }
        plan
    }
}
