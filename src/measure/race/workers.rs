//! Threads that work off a race. Which thread makes a run, and when, changes nothing in it.

use super::lane::{Finished, Lane};
use super::{CHUNK, Course};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Threads at work; dropping it stops them within a few steps.
pub(super) struct Workers {
    shared: Arc<Shared>,
    results: Receiver<(usize, Option<Finished>)>,
}

struct Shared {
    course: Arc<Course>,
    next: AtomicUsize,
    steps: AtomicU64,
    stop: AtomicBool,
}

impl Workers {
    pub fn start(course: &Arc<Course>, threads: usize) -> Self {
        let (sender, results) = channel();
        let shared = Arc::new(Shared {
            course: Arc::clone(course),
            next: AtomicUsize::new(0),
            steps: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        for _ in 0..threads.min(course.jobs.len()) {
            let (shared, sender) = (Arc::clone(&shared), sender.clone());
            std::thread::spawn(move || shared.work(&sender));
        }
        Self { shared, results }
    }

    /// Steps made, the whole budget of each run that has ended.
    pub fn steps(&self) -> u64 {
        self.shared.steps.load(Ordering::Relaxed)
    }

    /// What has come in.
    pub fn take(&self) -> Vec<(usize, Option<Finished>)> {
        self.results.try_iter().collect()
    }

    /// The next that comes in; `None` once every thread has ended.
    pub fn wait(&self) -> Option<(usize, Option<Finished>)> {
        self.results.recv().ok()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn work(&self, sender: &Sender<(usize, Option<Finished>)>) {
        let course = &*self.course;
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = course.jobs.get(index) else { return };
            let mut lane = Lane::start(course, *job);
            let mut counted = 0;
            while let Some(running) = &mut lane {
                let ended = running.advance(course, CHUNK);
                self.steps.fetch_add(running.steps() - counted, Ordering::Relaxed);
                counted = running.steps();
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
                if ended {
                    break;
                }
            }
            self.steps.fetch_add(course.entrants[job.entrant].setup.budget - counted, Ordering::Relaxed);
            if sender.send((index, lane.map(|lane| lane.finish(course)))).is_err() {
                return;
            }
        }
    }
}
