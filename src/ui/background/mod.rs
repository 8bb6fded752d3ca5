//! Long computations beside the frames: on a thread of their own, and on a page between its frames.

#[cfg(target_arch = "wasm32")]
mod between;
mod pace;
#[cfg(not(target_arch = "wasm32"))]
mod thread;

#[cfg(target_arch = "wasm32")]
pub use between::Background;
pub use pace::Pace;
#[cfg(not(target_arch = "wasm32"))]
pub use thread::Background;

use crate::linalg::Job;
use std::collections::VecDeque;

/// What work on a job brings to the window.
pub trait Work: Send + 'static {
    /// What the window takes.
    type News: Send + 'static;

    /// News that wait at most, each of which is taken: then the work rests until one is. `None` where newer news replace older ones.
    const WAITING: Option<usize> = None;

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

/// The news of a work that wait to be taken.
struct Mailbox<W: Work> {
    waiting: VecDeque<W::News>,
}

impl<W: Work> Mailbox<W> {
    fn new() -> Self {
        Self { waiting: VecDeque::new() }
    }

    fn put(&mut self, news: W::News) {
        if W::WAITING.is_none() {
            self.waiting.clear();
        }
        self.waiting.push_back(news);
    }

    fn is_full(&self) -> bool {
        W::WAITING.is_some_and(|most| self.waiting.len() >= most)
    }

    fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn take(&mut self) -> Option<W::News> {
        self.waiting.pop_front()
    }
}
