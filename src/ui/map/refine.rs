//! Fields in the making: on a thread of their own, and in the browser in slices of the frames.

use crate::problem::{Plane, Problem};
use crate::view::{Field, Sampling, Slice};
use eframe::egui;
use std::sync::Arc;

/// Nodes between two looks at the clock, or at whether the field is still wanted.
const NODES: usize = 64;

/// Finer and finer fields of one view of a problem. Dropped, it stops.
#[cfg(not(target_arch = "wasm32"))]
pub struct Refinement {
    latest: Arc<std::sync::Mutex<Option<Field>>>,
    stop: Arc<std::sync::atomic::AtomicBool>,
}

#[cfg(not(target_arch = "wasm32"))]
impl Refinement {
    /// Begins to sample; the window is woken for each field. `None` where the system gives no thread.
    pub fn new(ctx: &egui::Context, problem: &Arc<Problem>, plane: &Plane, mut sampling: Sampling) -> Option<Self> {
        let refinement = Self { latest: Arc::default(), stop: Arc::default() };
        let (latest, stop) = (Arc::clone(&refinement.latest), Arc::clone(&refinement.stop));
        let (ctx, problem, plane) = (ctx.clone(), Arc::clone(problem), plane.clone());
        let sample = move || {
            while !sampling.is_done() && !stop.load(std::sync::atomic::Ordering::Relaxed) {
                if let Some(field) = sampling.advance(&Slice { objective: &*problem, plane: &plane }, NODES) {
                    *latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(field);
                    ctx.request_repaint();
                }
            }
        };
        std::thread::Builder::new().name("map field".to_owned()).spawn(sample).ok()?;
        Some(refinement)
    }

    /// The latest field since the last question.
    pub fn take(&mut self, _ctx: &egui::Context) -> Option<Field> {
        self.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Drop for Refinement {
    fn drop(&mut self) {
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Finer and finer fields of one view of a problem.
#[cfg(target_arch = "wasm32")]
pub struct Refinement {
    problem: Arc<Problem>,
    plane: Plane,
    sampling: Sampling,
}

#[cfg(target_arch = "wasm32")]
impl Refinement {
    /// Nothing sampled yet.
    pub fn new(ctx: &egui::Context, problem: &Arc<Problem>, plane: &Plane, sampling: Sampling) -> Option<Self> {
        ctx.request_repaint();
        Some(Self { problem: Arc::clone(problem), plane: plane.clone(), sampling })
    }

    /// Samples for a slice of the frame; returns the latest field that became complete.
    pub fn take(&mut self, ctx: &egui::Context) -> Option<Field> {
        let end = web_time::Instant::now() + std::time::Duration::from_millis(4);
        let mut latest = None;
        while !self.sampling.is_done() && web_time::Instant::now() < end {
            latest = self.sampling.advance(&Slice { objective: &*self.problem, plane: &self.plane }, NODES).or(latest);
        }
        if !self.sampling.is_done() {
            ctx.request_repaint();
        }
        latest
    }
}
