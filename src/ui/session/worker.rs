//! A network's run that grows beside the frames, and the numbers of its curves with it; before it the way to a fork.

use crate::optim::SettingsError;
use crate::problem::Problem;
use crate::run::{Grown, Growth, Mark, Part, Run, Status};
use crate::ui::background::{Pace, Work};
use crate::ui::curves::{Curves, Look, Looker, is_looked_at};
use std::sync::Arc;
use std::time::Duration;
use web_time::Instant;

/// Time of a piece of work.
const PIECE: Duration = Duration::from_millis(1);
/// Time of work between two parts.
const PART_TIME: Duration = Duration::from_millis(12);
/// Trials between two looks at the clock, at most.
const LARGEST_CHUNK: u64 = 4096;
/// Parts that wait for a frame at most, and that a frame takes over, so that it has an end.
pub const WAITING: usize = 4;

/// A run at work.
pub struct Training {
    run: Run,
    problem: Arc<Problem>,
    looker: Looker,
    /// The end of what was handed on.
    mark: Mark,
    /// The last step whose row was looked at; none before the first piece.
    looked: Option<u64>,
    looks: Vec<(u64, Look)>,
    pace: Pace,
    /// Time of work since the last part.
    since: Duration,
    /// Seconds and trials.
    spent: (f64, u64),
    done: bool,
}

/// What a run has grown by.
pub struct Message {
    part: Part,
    looks: Vec<(u64, Look)>,
    /// Seconds that all trials took, and how many they were.
    pub spent: (f64, u64),
    /// Whether it is at its end.
    pub done: bool,
}

impl Training {
    /// Goes on with `run`.
    pub fn new(run: &Run, problem: &Arc<Problem>) -> Self {
        Self {
            mark: run.mark(),
            run: run.clone(),
            problem: Arc::clone(problem),
            looker: Looker::new(problem),
            looked: None,
            looks: Vec::new(),
            pace: Pace::new(1, LARGEST_CHUNK, PIECE),
            since: Duration::ZERO,
            spent: (0.0, 0),
            done: false,
        }
    }

    /// Looks at the rows that are new. The very last may be the end, which is looked at whichever row it is: it waits until that is
    /// known.
    fn look(&mut self) {
        let trace = self.run.trace();
        let first = self.looked.and_then(|step| trace.row_of(step)).map_or(0, |row| row + 1);
        for row in first..trace.rows().len() {
            let (step, last) = (trace.step_of(row), row + 1 == trace.rows().len());
            if self.looked.is_none_or(|looked| step > looked) && (is_looked_at(row) || last && self.done) {
                self.looks.push((step, self.looker.look(&self.problem, trace.position(row))));
            } else if last {
                break;
            }
            self.looked = self.looked.max(Some(step));
        }
    }
}

impl Work for Training {
    type News = Message;
    const WAITING: Option<usize> = Some(WAITING);

    fn work(&mut self) -> Option<Message> {
        let begin = Instant::now();
        let made = self.run.advance(self.pace.amount());
        self.spent = (self.spent.0 + begin.elapsed().as_secs_f64(), self.spent.1 + made);
        self.done = *self.run.status() != Status::Running;
        self.look();
        let time = begin.elapsed();
        self.pace.took(time);
        self.since += time;
        (self.done || self.since >= PART_TIME).then(|| {
            self.since = Duration::ZERO;
            let (part, looks) = (self.run.since(&mut self.mark), std::mem::take(&mut self.looks));
            Message { part, looks, spent: self.spent, done: self.done }
        })
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn progress(&self) -> f64 {
        self.run.len() as f64 / self.run.setup().budget.max(1) as f64
    }
}

impl Message {
    /// Takes over what the run has grown by.
    pub fn absorb(self, run: &mut Run, curves: &mut Curves) {
        run.absorb(self.part);
        curves.take(run, &self.looks);
    }
}

/// The way to a fork.
pub struct Way {
    growth: Option<Growth>,
    pace: Pace,
}

impl Way {
    /// Goes on with `growth`.
    pub fn new(growth: &Growth) -> Self {
        Self { growth: Some(growth.clone()), pace: Pace::new(1, LARGEST_CHUNK, PIECE) }
    }
}

impl Work for Way {
    type News = Result<Run, SettingsError>;

    fn work(&mut self) -> Option<Self::News> {
        let begin = Instant::now();
        let grown = self.growth.take()?.advance(self.pace.amount());
        self.pace.took(begin.elapsed());
        match grown {
            Ok(Grown::Whole(run)) => Some(Ok(run)),
            Ok(Grown::Partly(growth)) => {
                self.growth = Some(growth);
                None
            }
            Err(error) => Some(Err(error)),
        }
    }

    fn is_done(&self) -> bool {
        self.growth.is_none()
    }

    fn progress(&self) -> f64 {
        self.growth.as_ref().map_or(1.0, |growth| growth.run().len() as f64 / growth.run().setup().budget.max(1) as f64)
    }
}
