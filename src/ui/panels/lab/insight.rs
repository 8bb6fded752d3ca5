//! What is asked of a network at one point of a run: the activations of its units over a table of inputs, computed beside the frames.

use super::subject::{Subject, squash};
use crate::problem::network::{Network, Rows};
use crate::ui::background::{Background, Work};
use crate::ui::session::Lane;
use eframe::egui;
use std::sync::Arc;

/// Multiplications of a piece of work.
const PIECE: usize = 400_000;
/// Most rows of a piece.
const MOST_ROWS: usize = 1024;

/// A row of a lane's trace.
pub(super) type Key = (u64, usize);

/// What is known of the network at a row.
pub(super) struct Insight {
    /// Where it is.
    pub key: Key,
    /// The weights.
    pub w: Vec<f64>,
    /// The subject's inputs, then the activations of each layer for them, a row an input; the outputs as they are shown.
    pub layers: Vec<Rows>,
    /// The mean of each unit, by layers.
    pub means: Vec<Vec<f64>>,
    /// The largest |a| of each layer.
    pub reach: Vec<f64>,
}

/// The insight that is there, and the one that is under way.
#[derive(Default)]
pub(super) struct Insights {
    latest: Option<Insight>,
    pending: Option<(Key, Background<Looking>)>,
}

impl Insights {
    /// Whether something is under way.
    pub fn is_busy(&self) -> bool {
        self.pending.as_ref().is_some_and(|(_, work)| !work.is_done())
    }

    /// The latest whole insight; one for the lane at `step` is begun where there is none. `None` before the first.
    pub fn follow(
        &mut self,
        ctx: &egui::Context,
        subject: &Subject,
        network: &Arc<Network>,
        lane: &Lane,
        step: u64,
    ) -> Option<&Insight> {
        if let Some((_, work)) = &mut self.pending {
            if let Some(news) = work.take() {
                self.latest = Some(news);
                self.pending = None;
            } else if work.is_over() {
                self.pending = None;
            }
        }
        let (key, w) = at(lane, step)?;
        if w.len() == network.architecture().parameters()
            && self.pending.is_none()
            && self.latest.as_ref().is_none_or(|insight| insight.key != key)
        {
            let work = Looking::new(key, network, w, subject);
            self.pending = Background::new(ctx, "network panel", work).map(|work| (key, work));
        }
        self.latest.as_ref()
    }
}

/// The row of `lane` that is shown at `step`, and its weights.
pub(super) fn at(lane: &Lane, step: u64) -> Option<(Key, &[f64])> {
    let trace = lane.run()?.trace();
    let row = trace.row_of(step.max(trace.first()))?.min(trace.rows().len().checked_sub(1)?);
    Some(((lane.generation(), row), trace.position(row)))
}

/// An insight that is being made.
pub(super) struct Looking {
    key: Key,
    network: Arc<Network>,
    w: Vec<f64>,
    inputs: Arc<Rows>,
    squashes: bool,
    rows: usize,
    layers: Vec<Rows>,
}

impl Looking {
    fn new(key: Key, network: &Arc<Network>, w: &[f64], subject: &Subject) -> Self {
        let layers = network.architecture().layers().map(|layer| Rows { width: layer.outputs, values: Vec::new() }).collect();
        let (network, inputs) = (Arc::clone(network), Arc::clone(&subject.inputs));
        Self { key, network, w: w.to_vec(), inputs, squashes: subject.squashes, rows: 0, layers }
    }

    fn finish(&mut self) -> Insight {
        let mut layers = vec![(*self.inputs).clone()];
        layers.append(&mut self.layers);
        if let Some(outputs) = layers.last_mut() {
            squash(self.squashes, &mut outputs.values);
        }
        let mean = |rows: &Rows| {
            let mut sums = vec![0.0; rows.width];
            for row in rows.values.chunks_exact(rows.width) {
                sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += v);
            }
            sums.iter_mut().for_each(|sum| *sum /= rows.len().max(1) as f64);
            sums
        };
        let means = layers.iter().map(mean).collect();
        let reach = layers.iter().map(|rows| rows.values.iter().fold(0.0_f64, |top, v| top.max(v.abs()))).collect();
        Insight { key: self.key, w: std::mem::take(&mut self.w), layers, means, reach }
    }
}

impl Work for Looking {
    type News = Insight;

    fn work(&mut self) -> Option<Insight> {
        let count = (PIECE / self.w.len().max(1)).clamp(1, MOST_ROWS).min(self.inputs.len() - self.rows);
        let width = self.inputs.width;
        let values = self.inputs.values[self.rows * width..][..count * width].to_vec();
        let made = self.network.activations(&self.w, &Rows { width, values });
        for (layer, rows) in self.layers.iter_mut().zip(made) {
            layer.values.extend(rows.values);
        }
        self.rows += count;
        self.is_done().then(|| self.finish())
    }

    fn is_done(&self) -> bool {
        self.rows >= self.inputs.len()
    }

    fn progress(&self) -> f64 {
        self.rows as f64 / self.inputs.len().max(1) as f64
    }
}
