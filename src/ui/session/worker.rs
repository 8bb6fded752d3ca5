//! A run that grows on a thread of its own, and the numbers of its curves with it; before it the way to a fork.

use crate::optim::SettingsError;
use crate::problem::Problem;
use crate::run::{Grown, Growth, Part, Run, Status};
use crate::ui::curves::{Curves, Look, Looker, is_looked_at};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// Time between two parts.
const PART_TIME: Duration = Duration::from_millis(12);
/// Trials between two looks at the clock, at most.
const LARGEST_CHUNK: u64 = 4096;
/// Parts that wait for a frame at most; then the thread waits.
const WAITING: usize = 4;

/// A thread at work on a run. Dropped, it stops within a chunk.
pub struct Worker {
    parts: Receiver<Message>,
    spent: (f64, u64),
    done: bool,
}

struct Message {
    part: Part,
    looks: Vec<(u64, Look)>,
    /// Seconds and trials.
    spent: (f64, u64),
    done: bool,
}

impl Worker {
    /// Goes on with `run`; `None` where the system gives no thread.
    pub fn start(run: &Run, problem: &Arc<Problem>) -> Option<Self> {
        let (sender, parts) = sync_channel(WAITING);
        let (run, problem) = (run.clone(), Arc::clone(problem));
        std::thread::Builder::new().name("training".to_owned()).spawn(move || work(run, &problem, &sender)).ok()?;
        Some(Self { parts, spent: (0.0, 0), done: false })
    }

    /// Takes over what has come in; returns whether there was something.
    pub fn take(&mut self, run: &mut Run, curves: &mut Curves) -> bool {
        let mut took = false;
        // As many parts as can wait, so that a frame has an end.
        for _ in 0..WAITING {
            match self.parts.try_recv() {
                Ok(message) => {
                    run.absorb(message.part);
                    curves.take(run, &message.looks);
                    (self.spent, self.done, took) = (message.spent, message.done, true);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.done = true;
                    break;
                }
            }
        }
        took
    }

    /// Seconds that the trials took, and how many they were.
    pub fn spent(&self) -> (f64, u64) {
        self.spent
    }

    /// Whether all has come in.
    pub fn is_done(&self) -> bool {
        self.done
    }
}

fn work(mut run: Run, problem: &Problem, sender: &SyncSender<Message>) {
    let mut looker = Looker::new(problem);
    let mut mark = run.mark();
    let mut looked = run.trace().first();
    let (mut chunk, mut spent) = (1, (0.0, 0));
    // The start has a row already.
    let mut looks = vec![(looked, looker.look(problem, run.trace().position(0)))];
    loop {
        let begin = Instant::now();
        let mut done = false;
        while begin.elapsed() < PART_TIME && !done {
            let before = Instant::now();
            let made = run.advance(chunk);
            spent.0 += before.elapsed().as_secs_f64();
            spent.1 += made;
            let trace = run.trace();
            done = *run.status() != Status::Running;
            for row in trace.row_of(looked).map_or(0, |row| row + 1)..trace.rows().len() {
                let (step, last) = (trace.step_of(row), row + 1 == trace.rows().len());
                if step > looked && (is_looked_at(row) || last && done) {
                    looks.push((step, looker.look(problem, trace.position(row))));
                } else if last {
                    // It may be the end, which is looked at whichever row it is: it waits until that is known.
                    break;
                }
                looked = looked.max(step);
            }
            let time = before.elapsed();
            if 4 * time < PART_TIME {
                chunk = (2 * chunk).min(LARGEST_CHUNK);
            } else if time > PART_TIME {
                chunk = (chunk / 2).max(1);
            }
            if time > PART_TIME {
                break;
            }
        }
        let message = Message { part: run.since(&mut mark), looks: std::mem::take(&mut looks), spent, done };
        if sender.send(message).is_err() || done {
            return;
        }
    }
}

/// A thread at work on the way to a fork. Dropped, it stops within a trial.
pub struct Grower {
    grown: Receiver<Result<Grown, SettingsError>>,
    stop: Arc<AtomicBool>,
}

impl Grower {
    /// Goes on with `growth`; `None` where the system gives no thread.
    pub fn start(growth: &Growth) -> Option<Self> {
        let (sender, grown) = sync_channel(1);
        let stop = Arc::new(AtomicBool::new(false));
        let (mut growth, stopped) = (growth.clone(), Arc::clone(&stop));
        let grow = move || {
            while !stopped.load(Ordering::Relaxed) {
                match growth.advance(1) {
                    Ok(Grown::Partly(further)) => growth = further,
                    end => return drop(sender.send(end)),
                }
            }
        };
        std::thread::Builder::new().name("fork".to_owned()).spawn(grow).ok()?;
        Some(Self { grown, stop })
    }

    /// The run, once it is there.
    pub fn take(&self) -> Option<Result<Grown, SettingsError>> {
        self.grown.try_recv().ok()
    }
}

impl Drop for Grower {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
