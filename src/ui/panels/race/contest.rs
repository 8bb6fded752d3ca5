//! The computation behind the panel: looks for the saddle, then races, a slice of time a frame or on threads.

use super::RaceView;
use super::bands::BandCache;
use crate::export::race::{write_csv, write_json, write_sweep_csv, write_sweep_json};
use crate::linalg::Vector;
use crate::measure::race::{Entrant, Landmarks, Progress, Race, Standing, Survey, Sweep, SweepCurve};
use crate::problem::{Objective, Problem};
use crate::ui::command::SaveAs;
use crate::ui::panels::Context;
use crate::ui::session::sentence;
use std::sync::{Arc, LazyLock};
use web_time::Instant;

/// Time for a race in a frame, in seconds.
const SLICE: f64 = 3e-3;
/// Starts of the search for critical points between two looks at the clock.
const STARTS: usize = 4;
/// Seconds between two looks at the results of a race that goes on.
const PAUSE: f64 = 0.2;

/// What the panel keeps from frame to frame.
#[derive(Default)]
pub struct RaceMemory {
    stage: Stage,
    race: Option<(Field, Race)>,
    sweep: Option<(Field, Sweep)>,
    fault: Option<String>,
    rows: Vec<Standing>,
    curves: Vec<SweepCurve>,
    seen: Option<(usize, usize, f64)>,
    pub(super) bands: BandCache,
}

/// What is being computed.
#[derive(Default)]
enum Stage {
    #[default]
    Idle,
    Survey(Box<(Survey, Field, bool)>),
    Race,
    Sweep,
}

/// Who races, and where.
#[derive(Clone)]
pub(super) struct Field {
    problem: Arc<Problem>,
    start: Vector,
    entrants: Vec<Entrant>,
    /// The place in the scene of each entrant: its colour and dash.
    series: Vec<usize>,
    /// Which runs of the session these are; they are others as soon as the scene changes.
    key: Vec<(usize, u64)>,
    seeds: usize,
}

/// Seconds since the first question.
fn seconds() -> f64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGIN.elapsed().as_secs_f64()
}

impl Field {
    fn of(context: &Context<'_>) -> Self {
        let lanes = context.session.lanes().iter().enumerate();
        let running = || lanes.clone().filter_map(|(index, lane)| Some((index, lane, lane.run()?)));
        Self {
            problem: Arc::clone(context.session.problem()),
            start: Vector::from_slice(context.session.start()),
            entrants: running()
                .map(|(_, lane, run)| Entrant { name: lane.name().to_owned(), setup: run.setup().clone() })
                .collect(),
            series: running().map(|(index, ..)| index).collect(),
            key: running().map(|(index, lane, _)| (index, lane.generation())).collect(),
            seeds: context.preferences.race.seeds,
        }
    }

    fn landmarks(&self, survey: &Survey) -> Landmarks {
        Landmarks::new(survey.points(), &self.start, self.problem.value(&self.start), self.problem.scales().radius)
    }

    fn objective(&self) -> Arc<dyn Objective> {
        Arc::<Problem>::clone(&self.problem)
    }
}

impl RaceMemory {
    /// Starts a race of the scene's methods, or their sweep over step lengths.
    pub(super) fn start(&mut self, context: &Context<'_>, sweep: bool) {
        self.cancel();
        let field = Field::of(context);
        self.fault = field.entrants.is_empty().then(|| "No method runs: choose some in Methods.".to_owned());
        if self.fault.is_none() {
            self.stage = Stage::Survey(Box::new((Survey::new(&field.problem), field, sweep)));
        }
    }

    /// Ends what is being computed; what is known stays.
    pub(super) fn cancel(&mut self) {
        match self.stage {
            Stage::Race => self.race.iter_mut().for_each(|(_, race)| race.cancel()),
            Stage::Sweep => self.sweep.iter_mut().for_each(|(_, sweep)| sweep.cancel()),
            Stage::Idle | Stage::Survey(_) => {}
        }
        self.stage = Stage::Idle;
        self.seen = None;
    }

    /// Goes on for a slice of time; returns whether something is left.
    pub fn work(&mut self) -> bool {
        let until = seconds() + SLICE;
        let progress = match &mut self.stage {
            Stage::Idle => return false,
            Stage::Survey(stage) => {
                let (survey, field, _) = &mut **stage;
                let mut done = false;
                while !done && seconds() < until {
                    done = survey.advance(&field.problem, STARTS);
                }
                if done && let Stage::Survey(stage) = std::mem::take(&mut self.stage) {
                    self.set_off(*stage);
                }
                return true;
            }
            Stage::Race => self.race.as_mut().map(|(_, race)| race.work(until)),
            Stage::Sweep => self.sweep.as_mut().map(|(_, sweep)| sweep.work(until)),
        };
        if progress.is_none_or(|progress| progress.is_done()) {
            self.stage = Stage::Idle;
            self.seen = None;
        }
        true
    }

    fn set_off(&mut self, (survey, field, sweep): (Survey, Field, bool)) {
        let landmarks = field.landmarks(&survey);
        let begun = if sweep {
            Sweep::new(field.objective(), &field.entrants, field.seeds, landmarks, seconds).map(|sweep| {
                self.stage = Stage::Sweep;
                self.sweep = Some((field, sweep));
            })
        } else {
            Race::new(field.objective(), field.entrants.clone(), field.seeds, landmarks, seconds).map(|race| {
                self.stage = Stage::Race;
                self.race = Some((field, race));
                self.bands = BandCache::default();
            })
        };
        self.fault = begun.err().map(|error| sentence(&error.to_string()));
        #[cfg(not(target_arch = "wasm32"))]
        {
            let threads = std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1)).max(1);
            match self.stage {
                Stage::Race => self.race.iter_mut().for_each(|(_, race)| race.spawn(threads)),
                Stage::Sweep => self.sweep.iter_mut().for_each(|(_, sweep)| sweep.spawn(threads)),
                Stage::Idle | Stage::Survey(_) => {}
            }
        }
    }

    /// How far what is being computed is; `None` when nothing is.
    pub(super) fn progress(&self) -> Option<(&'static str, Progress)> {
        match self.stage {
            Stage::Idle => None,
            Stage::Survey(_) => Some(("Looking for saddles", Progress { finished: 0, runs: 1, share: 0.0 })),
            Stage::Race => self.race.as_ref().map(|(_, race)| ("Racing", race.progress())),
            Stage::Sweep => self.sweep.as_ref().map(|(_, sweep)| ("Varying the step size", sweep.progress())),
        }
    }

    /// Makes table and curves anew where runs have ended since; not more often than five times a second. Results of runs that
    /// no longer exist are still shown.
    pub(super) fn refresh(&mut self, now: f64) {
        let finished = |progress: Option<Progress>| progress.map_or(0, |progress| progress.finished);
        let race = finished(self.race.as_ref().map(|(_, race)| race.progress()));
        let sweep = finished(self.sweep.as_ref().map(|(_, sweep)| sweep.progress()));
        let current = self.seen.is_some_and(|(a, b, then)| (a, b) == (race, sweep) || now < then + PAUSE);
        if !current {
            self.seen = Some((race, sweep, now));
            self.rows = self.race.as_ref().map_or_else(Vec::new, |(_, race)| race.standings());
            self.curves = self.sweep.as_ref().map_or_else(Vec::new, |(_, sweep)| sweep.curves());
        }
    }

    /// The last race, with the place in the scene of each entrant.
    pub(super) fn race(&self) -> Option<(&Race, &[usize])> {
        self.race.as_ref().map(|(field, race)| (race, field.series.as_slice()))
    }

    /// The last race and the cache of its bands.
    pub(super) fn race_and_bands(&mut self) -> Option<(&Race, &[usize], &mut BandCache)> {
        self.race.as_ref().map(|(field, race)| (race, field.series.as_slice(), &mut self.bands))
    }

    /// The last sweep, with the place in the scene of each entrant.
    pub(super) fn sweep(&self) -> Option<(&Sweep, &[SweepCurve], &[usize])> {
        self.sweep.as_ref().map(|(field, sweep)| (sweep, self.curves.as_slice(), field.series.as_slice()))
    }

    /// The rows of the table.
    pub(super) fn rows(&self) -> &[Standing] {
        &self.rows
    }

    /// What is to be said about what is shown: a fault, that the scene is another one by now, or who is left out.
    pub(super) fn remark(&self, context: &Context<'_>) -> Option<String> {
        if let Some(fault) = &self.fault {
            return Some(fault.clone());
        }
        let (field, what) = match context.preferences.race.picture {
            super::Picture::StepSizes => (&self.sweep.as_ref()?.0, "sweep"),
            _ => (&self.race.as_ref()?.0, "race"),
        };
        let now = Field::of(context);
        let changed =
            (field.key != now.key).then(|| format!("The scene has changed since this {what}: start another one to follow."));
        let left_out = || self.sweep.as_ref().filter(|_| what == "sweep").and_then(|(_, sweep)| sweep.left_out());
        changed.or_else(left_out)
    }

    /// A file of what is known.
    ///
    /// # Errors
    /// One sentence.
    pub fn file(&self, what: SaveAs, view: &RaceView) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let written = match (what, &self.race, &self.sweep) {
            (SaveAs::RaceCsv, Some((_, race)), _) => {
                let mut rows = race.standings();
                crate::measure::race::sort(&mut rows, view.column, view.descending);
                write_csv(&mut bytes, race, &rows)
            }
            (SaveAs::RaceJson, Some((_, race)), _) => write_json(&mut bytes, race, view.axis),
            (SaveAs::SweepCsv, _, Some((_, sweep))) => write_sweep_csv(&mut bytes, sweep),
            (SaveAs::SweepJson, _, Some((_, sweep))) => write_sweep_json(&mut bytes, sweep),
            _ => return Err("There is nothing to save yet: start a race first.".to_owned()),
        };
        written.map(|()| bytes).map_err(|error| sentence(&error.to_string()))
    }
}
