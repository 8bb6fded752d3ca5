//! Records of steps that were replayed: at once where that is quick, else beside the frames.

use crate::linalg::Job;
use crate::optim::{Counts, Step};
use crate::run::Replay;
use crate::ui::background::{Background, Whole};
use eframe::egui;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Replayed records that are kept, and the numbers that they may hold: 64 MB.
const MOST_RECORDS: usize = 512;
const MOST_NUMBERS: usize = 8_000_000;
/// Vectors of a record, about.
const VECTORS: usize = 8;

/// A record with the counts after it.
pub type Record = Rc<(Step, Counts)>;

/// Records of a run.
#[derive(Default)]
pub(super) struct Records {
    known: BTreeMap<u64, Option<Record>>,
    /// Steps whose replay is long, as they were asked for since the last frame, with the first of them.
    wishes: Vec<u64>,
    next: Option<(u64, Replay)>,
    running: Option<(u64, Background<Whole<Replay>>)>,
}

impl Records {
    /// What is known of a step; `Some(None)` where it cannot be made again.
    pub fn get(&self, step: u64) -> Option<Option<Record>> {
        self.known.get(&step).cloned()
    }

    /// Replays at once.
    pub fn now(&mut self, step: u64, replay: Replay, dim: usize) -> Option<Record> {
        let record = replay.finish().map(Rc::new);
        self.keep(step, record.clone(), dim);
        record
    }

    /// Replays beside the frames, one step at a time.
    pub fn later(&mut self, step: u64, replay: Replay) {
        self.wishes.push(step);
        if self.next.is_none() {
            self.next = Some((step, replay));
        }
    }

    /// Takes what has come in, and begins what was asked for; what nobody asks for any more is dropped. Once a frame.
    pub fn follow(&mut self, ctx: &egui::Context, dim: usize) {
        let wishes = std::mem::take(&mut self.wishes);
        let next = self.next.take();
        if let Some((step, work)) = &mut self.running {
            let step = *step;
            let news = work.take();
            if news.is_some() || work.is_over() {
                self.keep(step, news.map(Rc::new), dim);
                self.running = None;
                ctx.request_repaint();
            } else if !wishes.is_empty() && !wishes.contains(&step) {
                self.running = None;
            }
        }
        if let Some((step, replay)) = next.filter(|(step, _)| self.running.is_none() && !self.known.contains_key(step)) {
            match Background::new(ctx, "replay", Whole::new(replay)) {
                Some(work) => self.running = Some((step, work)),
                None => self.keep(step, None, dim),
            }
        }
    }

    /// Whether a record is on its way.
    pub fn is_waiting(&self) -> bool {
        self.running.is_some() || self.next.is_some()
    }

    fn keep(&mut self, step: u64, record: Option<Record>, dim: usize) {
        let most = (MOST_NUMBERS / (VECTORS * dim.max(1))).clamp(8, MOST_RECORDS);
        while self.known.len() >= most {
            // The one that is farthest from this step.
            let (first, last) = (self.known.keys().next().copied(), self.known.keys().next_back().copied());
            let far = first.into_iter().chain(last).max_by_key(|at| at.abs_diff(step));
            far.map(|at| self.known.remove(&at));
        }
        self.known.insert(step, record);
    }
}
