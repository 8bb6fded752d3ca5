//! The slice through a network's weights, sampled beside the frames.

use crate::problem::{Cut, Objective, Problem};
use crate::ui::background::{Background, Work};
use crate::view::{SampledSurface, SliceSampling, View};
use eframe::egui;
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// Time of a piece of work.
const PIECE: Duration = Duration::from_millis(1);
/// How much wider than the view the sampled box is.
const MARGIN: f64 = 1.1;
/// The share of the box that a view must fill, or the box is sampled anew.
const LEAST_SHARE: f64 = 0.4;

/// What is known of a slice by now.
#[derive(Default)]
pub struct SliceGround {
    sampling: Option<([[f64; 2]; 2], Background<Sampling>)>,
    surface: Option<Arc<SampledSurface>>,
}

struct Sampling(SliceSampling);

impl Work for Sampling {
    type News = SampledSurface;

    fn work(&mut self) -> Option<SampledSurface> {
        let end = Instant::now() + PIECE;
        while !self.0.is_done() {
            if let Some(grid) = self.0.advance() {
                return Some(grid);
            }
            if Instant::now() >= end {
                break;
            }
        }
        None
    }

    fn is_done(&self) -> bool {
        self.0.is_done()
    }

    fn progress(&self) -> f64 {
        self.0.progress()
    }
}

impl SliceGround {
    /// Follows the view; returns whether a finer or another grid has come in.
    pub fn follow(&mut self, ctx: &egui::Context, problem: &Arc<Problem>, cut: &Cut, view: &View) -> bool {
        let seen = view.bounds();
        let fits = |bounds: &[[f64; 2]; 2]| {
            bounds.iter().zip(seen).all(|(b, s)| b[0] <= s[0] && s[1] <= b[1] && s[1] - s[0] >= LEAST_SHARE * (b[1] - b[0]))
        };
        if !self.sampling.as_ref().is_some_and(|(bounds, _)| fits(bounds)) {
            let bounds = seen.map(|[low, high]| {
                let (middle, half) = (0.5 * (low + high), 0.5 * MARGIN * (high - low));
                [middle - half, middle + half]
            });
            let objective: Arc<dyn Objective> = Arc::<Problem>::clone(problem);
            let sampling = Sampling(SliceSampling::new(objective, cut.plane.clone(), bounds));
            self.sampling = Background::new(ctx, "slice", sampling).map(|work| (bounds, work));
        }
        let news = self.sampling.as_mut().and_then(|(_, work)| work.take());
        let came = news.is_some();
        if let Some(surface) = news {
            self.surface = Some(Arc::new(surface));
        }
        came
    }

    /// The finest grid that is there.
    pub fn surface(&self) -> Option<&Arc<SampledSurface>> {
        self.surface.as_ref()
    }

    /// Whether finer grids are on their way.
    pub fn is_busy(&self) -> bool {
        self.sampling.as_ref().is_some_and(|(_, work)| !work.is_done())
    }
}
