//! The spectrum of the Hessian and of its relatives at the shown step, and over the steps of the run.

mod column;
mod heat;
mod moment;
mod numbers;
mod over_time;
mod picture;
mod place;
mod work;

pub(super) use moment::{caption, pointer, sign_color, subscripted};
pub(super) use numbers::number_ui;
use place::MOST_ASKED;
pub(super) use place::{MOST_EXACT, Place};
pub(super) use work::Hold;

use super::{Context, faint_ui};
use crate::measure::spectrum::MatrixKind;
use crate::ui::command::Command;
use crate::ui::icons::{Icon, icon_button};
use crate::ui::pursuit::Pursuit;
use crate::ui::{number, theme};
use eframe::egui::{self, RichText, Ui};
use over_time::{TimeRequest, TimeWork, is_exact};
use picture::Picture;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use work::{Request, SpectrumWork};

/// Below this height, in points, one of the two pictures is shown.
const BOTH_HEIGHT: f32 = 460.0;
/// Least height of what is shown, in points: it is scrolled where there is less room.
const LEAST_HEIGHT: f32 = 200.0;

/// What a picture depends on: the number of the measurement, whether the axis is logarithmic, the matrices.
type PictureKey = (u64, bool, Vec<MatrixKind>);

/// What the panel keeps.
pub struct SpectrumMemory {
    /// The matrices, the first of them in the foreground.
    kinds: Vec<MatrixKind>,
    log: bool,
    /// Whether all eigenvalues of a larger matrix are wanted.
    all: bool,
    /// Whether the run is shown rather than the step, where there is room for one.
    run: bool,
    now: Pursuit<Request, SpectrumWork>,
    over_time: Pursuit<TimeRequest, TimeWork>,
    heat: heat::HeatMemory,
    picture: Option<(PictureKey, Option<Picture>)>,
    /// How much is at work that the computation over time waits for.
    urgent: Arc<AtomicUsize>,
    chosen: Option<Chosen>,
}

/// An eigenvalue of the Hessian that was clicked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    generation: u64,
    step: u64,
    value: f64,
}

impl Default for SpectrumMemory {
    fn default() -> Self {
        Self {
            kinds: vec![MatrixKind::Hessian],
            log: true,
            all: false,
            run: false,
            now: Pursuit::default(),
            over_time: Pursuit::default(),
            heat: heat::HeatMemory::default(),
            picture: None,
            urgent: Arc::default(),
            chosen: None,
        }
    }
}

impl SpectrumMemory {
    /// Whether the spectra of the shown step are on their way.
    pub fn is_busy(&self) -> bool {
        self.now.is_busy()
    }

    /// The eigenvalue that was clicked at this place, if one was.
    pub(super) fn chosen(&self, place: &Place<'_>) -> Option<f64> {
        let fits = |chosen: &Chosen| (chosen.generation, chosen.step) == (place.lane.generation(), place.step);
        self.chosen.filter(fits).map(|chosen| chosen.value)
    }

    /// What more urgent work counts itself in.
    pub(super) fn urgent(&self) -> &Arc<AtomicUsize> {
        &self.urgent
    }
}

/// Draws the panel.
pub fn spectrum_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut SpectrumMemory, out: &mut Vec<Command>) {
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 4 }).show(ui, |ui| {
        match Place::of(context) {
            Ok(place) => draw(ui, context, &place, memory, out),
            Err(reason) => drop(faint_ui(ui, reason)),
        }
    });
}

fn draw(ui: &mut Ui, context: &Context<'_>, place: &Place<'_>, memory: &mut SpectrumMemory, out: &mut Vec<Command>) {
    // What this function does not have is not asked for.
    memory.kinds.retain(|kind| has(place, *kind).is_ok());
    if memory.kinds.is_empty() {
        memory.kinds.push(MatrixKind::Hessian);
    }
    let n = place.w.len();
    let request = Request {
        generation: place.lane.generation(),
        step: place.step,
        kinds: memory.kinds.clone(),
        exact: is_exact(n, memory.all),
        live: context.playing,
    };
    follow(ui, context, place, &request, memory);
    let both = ui.available_height() >= BOTH_HEIGHT;
    controls_ui(ui, place, &request, both, memory);
    egui::ScrollArea::vertical().id_salt("spectrum").auto_shrink([false, false]).show(ui, |ui| {
        let height = (ui.available_height() - 4.0).max(LEAST_HEIGHT);
        let bottom = ui.cursor().top() + height;
        if both || !memory.run {
            now_ui(ui, context, place, memory, if both { 0.48 * height } else { height }, both);
        }
        if both || memory.run {
            over_time_ui(ui, context, place, memory, bottom, out);
        }
    });
}

fn has(place: &Place<'_>, kind: MatrixKind) -> Result<(), String> {
    place.subject.check(place.w, kind).map_err(|error| error.to_string())
}

/// Takes what has come in and begins what is wanted now.
fn follow(ui: &Ui, context: &Context<'_>, place: &Place<'_>, request: &Request, memory: &mut SpectrumMemory) {
    let urgent = Arc::clone(&memory.urgent);
    // While the playback runs each computation comes to its end; a wish of a hand that is slow to fulfil gives way to the next one.
    let keeps = |running: &Request| {
        running.generation == request.generation
            && running.kinds == request.kinds
            && running.exact == request.exact
            && (request.exact || request.live)
    };
    memory.now.follow(ui.ctx(), "spectrum", request, keeps, |found| {
        let near = found.filter(|(of, _)| of.generation == request.generation).map(|(_, found)| found);
        Some(SpectrumWork::new(place.subject.clone(), place.w.to_vec(), request, near, Hold::new(&urgent)))
    });
    let (Some(run), Some(wanted)) = (place.lane.run(), time_request(context, place, request.kinds[0], request.exact)) else {
        return;
    };
    if is_stopped(memory, &wanted) {
        return;
    }
    // A part of a run that is still computed is the beginning of what is wanted next.
    let keeps = |running: &TimeRequest| wanted.continues(running);
    memory.over_time.follow(ui.ctx(), "spectrum over time", &wanted, keeps, |found| {
        let known = found.filter(|(of, _)| wanted.continues(of)).map(|(_, known)| &**known);
        Some(TimeWork::new(place.subject.clone(), &wanted, run.trace(), known, &urgent))
    });
}

/// Whether this was cancelled over time, at any part of the run.
fn is_stopped(memory: &SpectrumMemory, wanted: &TimeRequest) -> bool {
    memory.over_time.refused().is_some_and(|of| wanted.continues(of))
}

/// What is to be known over the steps; nothing of a run that has hardly begun.
fn time_request(context: &Context<'_>, place: &Place<'_>, kind: MatrixKind, exact: bool) -> Option<TimeRequest> {
    let (len, done) = (place.lane.run()?.len(), place.lane.is_done());
    let request = TimeRequest::new(place.lane.generation(), kind, exact, [len, context.scene.steps], done);
    (done || request.upto > 0).then_some(request)
}

fn controls_ui(ui: &mut Ui, place: &Place<'_>, request: &Request, both: bool, memory: &mut SpectrumMemory) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        if !both {
            for (run, name, about) in [
                (false, "this step", "The spectrum at the shown step"),
                (true, "the run", "The spectrum over the steps of the run"),
            ] {
                let button = egui::Button::selectable(memory.run == run, RichText::new(name).small());
                if ui.add(button).on_hover_text(about).clicked() {
                    memory.run = run;
                }
            }
            ui.add_space(8.0);
        }
        for kind in MatrixKind::ALL {
            let (name, about) = (numbers::short_name(kind), numbers::kind_name(kind).1);
            let on = memory.kinds.contains(&kind);
            let available = has(place, kind);
            let button = egui::Button::selectable(on, RichText::new(name).small());
            let response = ui.add_enabled(available.is_ok(), button);
            let response = match &available {
                Ok(()) => {
                    response.on_hover_text(format!("{about}. Click: show or hide; the first that is shown has the numbers"))
                }
                Err(reason) => response.on_disabled_hover_text(crate::ui::session::sentence(reason)),
            };
            if response.clicked() {
                toggle(&mut memory.kinds, kind);
            }
        }
        ui.add_space(8.0);
        let about = "Equal decades on either side of 0; else a linear axis";
        if ui.add(egui::Button::selectable(memory.log, RichText::new("log").small())).on_hover_text(about).clicked() {
            memory.log = !memory.log;
        }
        if (MOST_EXACT + 1..=MOST_ASKED).contains(&place.w.len()) {
            let about = "Every eigenvalue of the whole matrix at each step, rather than the ends and a density: seconds";
            if ui.add(egui::Button::selectable(memory.all, RichText::new("all").small())).on_hover_text(about).clicked() {
                memory.all = !memory.all;
            }
        }
        ui.add_space(8.0);
        if memory.now.is_busy() && place.w.len() > MOST_EXACT {
            progress_ui(ui, "spectrum at this step", &mut memory.now);
        } else if memory.now.is_refused(request)
            && ui.button(RichText::new("Go on").small()).on_hover_text("Find the spectrum of this step after all").clicked()
        {
            memory.now.resume();
        }
    });
}

/// Shows or hides a matrix; one stays.
fn toggle(kinds: &mut Vec<MatrixKind>, kind: MatrixKind) {
    match kinds.iter().position(|of| *of == kind) {
        Some(at) if kinds.len() > 1 => drop(kinds.remove(at)),
        Some(_) => {}
        None => kinds.push(kind),
    }
    kinds.sort_by_key(|kind| MatrixKind::ALL.iter().position(|of| of == kind));
}

/// How far a computation is, and what stops it.
pub(super) fn progress_ui<R: Clone + PartialEq, W: crate::ui::background::Work>(
    ui: &mut Ui,
    what: &str,
    pursuit: &mut Pursuit<R, W>,
) {
    let Some(share) = pursuit.progress() else { return };
    let percent = number::short(libm::floor(100.0 * share), 3);
    ui.add(egui::ProgressBar::new(share as f32).desired_width(72.0).desired_height(6.0));
    ui.add_space(4.0);
    ui.label(RichText::new(format!("{what}: {percent} %")).small().weak());
    if icon_button(ui, Icon::Cross, &format!("Cancel the {what}"), "Stop; what is found stays").clicked() {
        pursuit.cancel();
    }
}

/// The numbers and the picture of the shown step.
fn now_ui(ui: &mut Ui, context: &Context<'_>, place: &Place<'_>, memory: &mut SpectrumMemory, height: f32, roomy: bool) {
    let bottom = ui.cursor().top() + height;
    let SpectrumMemory { kinds, log, now, picture, chosen, .. } = memory;
    let generation = place.lane.generation();
    let Some((request, found)) = now.found().filter(|(request, _)| request.generation == generation) else {
        let why = if now.progress().is_some() { "The eigenvalues are on their way." } else { "No eigenvalues yet." };
        faint_ui(ui, why);
        ui.add_space(height - 24.0);
        return;
    };
    let key = (now.version(), *log, kinds.clone());
    if picture.as_ref().is_none_or(|(of, _)| *of != key) {
        *picture = Some((key, Picture::of(found, kinds, *log)));
    }
    let Some(first) = kinds.iter().find_map(|kind| found.iter().find(|(of, _)| of == kind)) else {
        faint_ui(ui, "The eigenvalues are on their way.");
        ui.add_space(height - 24.0);
        return;
    };
    let words = if request.step == place.step {
        place.words(context)
    } else {
        format!("step {} of {}, the next is on its way", number::count(request.step), place.lane.name())
    };
    numbers::numbers_ui(ui, &words, place, first.0, &first.1, roomy);
    let Some((_, Some(picture))) = picture else {
        faint_ui(ui, "The matrix is not finite at this step.");
        ui.add_space((bottom - ui.cursor().top()).max(0.0));
        return;
    };
    let here = chosen.filter(|chosen| (chosen.generation, chosen.step) == (generation, request.step)).map(|c| c.value);
    let height = bottom - ui.cursor().top();
    if let Some(value) = moment::moment_ui(ui, picture, found, place, here, height) {
        *chosen = (here != Some(value)).then_some(Chosen { generation, step: request.step, value });
    }
}

/// The picture over the steps.
fn over_time_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    place: &Place<'_>,
    memory: &mut SpectrumMemory,
    bottom: f32,
    out: &mut Vec<Command>,
) {
    let (kind, exact) = (memory.kinds[0], is_exact(place.w.len(), memory.all));
    let request = time_request(context, place, kind, exact);
    let fits = |of: &TimeRequest| (of.generation, of.kind, of.exact) == (place.lane.generation(), kind, exact);
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new(format!("Over the run of {}", place.lane.name())).family(theme::strong_family()));
        let known = memory.over_time.found().filter(|(of, _)| fits(of)).map(|(_, known)| known);
        let how = match known.and_then(|known| known.unconverged().map(|missed| (missed, known.columns.len()))) {
            _ if exact => "deeper colour: more eigenvalues".to_owned(),
            None => "3 smallest and 5 largest eigenvalues by Lanczos, to 10⁻⁶ of the largest".to_owned(),
            Some(((missed, residual), columns)) => format!(
                "3 smallest and 5 largest eigenvalues by Lanczos; at {missed} of {columns} steps not converged after {} products, \
                 residuals ≤ {}",
                over_time::PRODUCTS,
                number::short(residual, 1)
            ),
        };
        let samples = place.samples().map(|samples| format!("{samples}, ")).unwrap_or_default();
        let density = match known.filter(|known| known.has_densities()) {
            Some(_) => format!("; deeper colour: more eigenvalues, grey: signs not told, by quadrature with {} random vectors", over_time::DENSITY.probes),
            None => String::new(),
        };
        faint_ui(ui, format!("{}, {samples}{how}{density}", numbers::kind_name(kind).0));
        if memory.over_time.progress().is_some() {
            progress_ui(ui, "spectrum over the run", &mut memory.over_time);
        } else if request.as_ref().is_some_and(|request| is_stopped(memory, request))
            && ui.button(RichText::new("Go on").small()).on_hover_text("Find the spectra over the run after all").clicked()
        {
            memory.over_time.resume();
        }
    });
    let Some((_, known)) = memory.over_time.found().filter(|(of, known)| fits(of) && !known.columns.is_empty()) else {
        faint_ui(ui, "The first steps are on their way.");
        return;
    };
    let known = Arc::clone(known);
    let version = memory.over_time.version();
    let height = bottom - ui.cursor().top();
    heat::heat_ui(ui, context, place, &known, version, &mut memory.heat, height, out);
}
