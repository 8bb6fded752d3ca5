//! Long computations beside the frames: on a thread of their own, and in the browser in slices of the frames.

use crate::linalg::Job;
use eframe::egui;

/// What work on a job brings to the window.
pub trait Work: Send + 'static {
    /// What the window takes.
    type News: Send + 'static;

    /// Does a piece of work of about a millisecond; returns news if there are some, the latest whole ones.
    fn work(&mut self) -> Option<Self::News>;

    /// Whether everything is done.
    fn is_done(&self) -> bool;

    /// The share that is done, from 0 to 1.
    fn progress(&self) -> f64;
}

/// A [`Job`] whose output is the news, at its end.
pub struct Whole<J: Job> {
    job: Option<J>,
}

impl<J: Job> Whole<J> {
    /// Nothing done yet.
    pub fn new(job: J) -> Self {
        Self { job: Some(job) }
    }
}

impl<J: Job + 'static> Work for Whole<J>
where
    J::Output: Send + 'static,
{
    type News = J::Output;

    fn work(&mut self) -> Option<J::Output> {
        if self.job.as_mut()?.advance() {
            return None;
        }
        self.job.take()?.into_output()
    }

    fn is_done(&self) -> bool {
        self.job.is_none()
    }

    fn progress(&self) -> f64 {
        self.job.as_ref().map_or(1.0, Job::progress)
    }
}

/// Work that goes on beside the frames. Dropped, it stops within a piece.
#[cfg(not(target_arch = "wasm32"))]
pub struct Background<W: Work> {
    shared: std::sync::Arc<Shared<W::News>>,
}

#[cfg(not(target_arch = "wasm32"))]
struct Shared<N> {
    latest: std::sync::Mutex<Option<N>>,
    stop: std::sync::atomic::AtomicBool,
    done: std::sync::atomic::AtomicBool,
    /// In thousandths.
    progress: std::sync::atomic::AtomicU32,
}

#[cfg(not(target_arch = "wasm32"))]
impl<W: Work> Background<W> {
    /// Begins; the window is woken for news and at the end. `None` where the system gives no thread.
    pub fn new(ctx: &egui::Context, name: &str, mut work: W) -> Option<Self> {
        use std::sync::atomic::Ordering::{Relaxed, Release};
        let shared = std::sync::Arc::new(Shared {
            latest: std::sync::Mutex::new(None),
            stop: false.into(),
            done: false.into(),
            progress: 0.into(),
        });
        let (theirs, ctx) = (std::sync::Arc::clone(&shared), ctx.clone());
        let run = move || {
            while !work.is_done() && !theirs.stop.load(Relaxed) {
                if let Some(news) = work.work() {
                    *theirs.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(news);
                    ctx.request_repaint();
                }
                theirs.progress.store((1000.0 * work.progress()) as u32, Relaxed);
            }
            theirs.done.store(true, Release);
            ctx.request_repaint();
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(run).ok()?;
        Some(Self { shared })
    }

    /// The latest news since the last question.
    pub fn take(&mut self, _ctx: &egui::Context) -> Option<W::News> {
        self.shared.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }

    /// Whether everything is done; news may still wait.
    pub fn is_done(&self) -> bool {
        self.shared.done.load(std::sync::atomic::Ordering::Acquire)
    }

    /// The share that is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        f64::from(self.shared.progress.load(std::sync::atomic::Ordering::Relaxed)) / 1000.0
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl<W: Work> Drop for Background<W> {
    fn drop(&mut self) {
        self.shared.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Work that goes on in slices of the frames.
#[cfg(target_arch = "wasm32")]
pub struct Background<W: Work> {
    work: W,
}

/// Least and most milliseconds that all works together have in a frame, and their share of a frame's time between.
#[cfg(target_arch = "wasm32")]
const BUDGET: [f64; 2] = [6.0, 16.0];
#[cfg(target_arch = "wasm32")]
const SHARE: f64 = 0.4;

#[cfg(target_arch = "wasm32")]
thread_local! {
    /// The frame, and what of its budget is left.
    static LEFT: std::cell::Cell<(u64, f64)> = const { std::cell::Cell::new((u64::MAX, 0.0)) };
}

/// Time for the next work of this frame: half of what is left of the budget.
#[cfg(target_arch = "wasm32")]
fn slice(ctx: &egui::Context) -> std::time::Duration {
    let (frame, dt) = (ctx.cumulative_frame_nr(), ctx.input(|input| f64::from(input.unstable_dt)));
    let left = match LEFT.get() {
        (of, left) if of == frame => left,
        _ => (1e3 * SHARE * dt).clamp(BUDGET[0], BUDGET[1]),
    };
    LEFT.set((frame, 0.5 * left));
    std::time::Duration::from_secs_f64(5e-4 * left)
}

#[cfg(target_arch = "wasm32")]
impl<W: Work> Background<W> {
    /// Nothing done yet.
    pub fn new(ctx: &egui::Context, _name: &str, work: W) -> Option<Self> {
        ctx.request_repaint();
        Some(Self { work })
    }

    /// Works for a slice of the frame; returns the latest news.
    pub fn take(&mut self, ctx: &egui::Context) -> Option<W::News> {
        let end = web_time::Instant::now() + slice(ctx);
        let mut latest = None;
        while !self.work.is_done() && web_time::Instant::now() < end {
            latest = self.work.work().or(latest);
        }
        if !self.work.is_done() {
            ctx.request_repaint();
        }
        latest
    }

    /// Whether everything is done.
    pub fn is_done(&self) -> bool {
        self.work.is_done()
    }

    /// The share that is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        self.work.progress()
    }
}
