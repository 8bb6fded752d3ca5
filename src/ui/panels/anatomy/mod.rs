//! The anatomy of a trust-region subproblem: the picture in step coordinates, the secular function, the case in words and
//! what each solver answers; of the step that is shown, or of one that is set by hand.

mod handles;
mod numbers;
mod picture;
mod secular;
mod solvers;

use super::{Context, faint_ui, heading_ui};
use crate::linalg::Metric;
use crate::problem::Objective;
use crate::scene::{SUBPROBLEM_PRESETS, SubproblemSpec};
use crate::ui::command::{Command, Edit};
use crate::ui::session::sentence;
use crate::ui::{number, theme};
use crate::view::anatomy::{Anatomy, CubicAnswer, MOST_VARIABLES, Subproblem, Taken};
use eframe::egui::{self, RichText, Ui, vec2};

/// Panels narrower than this, or than this share of their height, have the picture above the rest.
const NARROW: f32 = 560.0;
const HIGH: f32 = 0.75;
/// The height that the rest takes there.
const TOLD: f32 = 480.0;
/// Room for the bar that scrolls the rest, and the most that the rest takes of the width.
const BAR: f32 = 12.0;
const MOST_TOLD: f32 = 0.7;

/// What is shown, and how it is looked at.
#[derive(Default)]
pub struct AnatomyMemory {
    key: Option<Key>,
    shown: Option<Result<Shown, String>>,
    canvas: picture::Canvas,
    toggles: solvers::Toggles,
    /// λ at which s(λ) is read off; `None`: at the root.
    lambda: Option<f64>,
    /// Whether 1/‖s‖ − 1/Δ is plotted in place of ‖s‖.
    reciprocal: bool,
    /// What was last set by hand.
    hand: Option<SubproblemSpec>,
    /// The width of the table of answers when it was drawn last.
    table: f32,
}

/// What the anatomy was made for.
#[derive(Clone, Copy, PartialEq)]
enum Key {
    Start,
    Step(u64, u64),
    Hand(SubproblemSpec),
}

/// A subproblem taken apart.
struct Shown {
    anatomy: Anatomy,
    /// The step of the method, with its place in the list and its name.
    taken: Option<(Taken, usize, String)>,
    /// The answer of cubic regularization, where a hand has asked for it.
    cubic: Option<CubicAnswer>,
}

/// Draws the panel.
pub fn anatomy_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut AnatomyMemory, out: &mut Vec<Command>) {
    memory.follow(context);
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 8, top: 4, bottom: 4 }).show(ui, |ui| {
        source_ui(ui, context, memory, out);
        let room = ui.available_size();
        if room.x < NARROW || room.x < HIGH * room.y {
            egui::ScrollArea::vertical().id_salt("anatomy").auto_shrink([false, false]).show(ui, |ui| {
                let width = ui.available_width();
                // Where both have room both are in sight, else the picture with the first words.
                let beside = room.y - TOLD;
                let height = if beside > 0.7 * width { beside } else { room.y - 48.0 }.clamp(0.5 * width, 0.95 * width);
                picture::picture_ui(ui, context, memory, vec2(width, height), out);
                told_ui(ui, context, memory, out);
            });
            return;
        }
        let size = ui.available_size();
        // The table is seen whole; the picture has what is left.
        let told = (0.42 * size.x).clamp(260.0, 420.0).max((memory.table + BAR).min(MOST_TOLD * size.x));
        ui.horizontal_top(|ui| {
            picture::picture_ui(ui, context, memory, vec2(size.x - told - 12.0, size.y), out);
            ui.vertical(|ui| {
                egui::ScrollArea::vertical().id_salt("anatomy").auto_shrink([false, false]).show(ui, |ui| {
                    told_ui(ui, context, memory, out);
                });
            });
        });
    });
}

/// Which subproblem: the step's, or a hand's.
fn source_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut AnatomyMemory, out: &mut Vec<Command>) {
    let by_hand = context.scene.view.subproblem;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 6.0;
        let step = egui::Button::selectable(by_hand.is_none(), "This step");
        if ui.add(step).on_hover_text("The subproblem of the chosen method's step that is shown").clicked() {
            out.push(Command::Edit(Edit::Subproblem(None)));
        }
        let hand = egui::Button::selectable(by_hand.is_some(), "By hand");
        if ui.add(hand).on_hover_text("A subproblem whose gradient, curvature and region you drag").clicked() {
            let spec = memory.hand.unwrap_or(SUBPROBLEM_PRESETS[2].spec);
            out.push(Command::Edit(Edit::Subproblem(Some(spec))));
        }
        let copy = ui.button("From this step").on_hover_text("Take the step's subproblem into your hands, to change it");
        if copy.clicked() {
            out.push(match of_step(context) {
                Ok(Some(shown)) => Command::Edit(Edit::Subproblem(Some(spec_of(&shown)))),
                Ok(None) => Command::Notice("The start: no step was made yet.".to_owned()),
                Err(message) => Command::Notice(message),
            });
        }
        if by_hand.is_some() {
            ui.add_space(8.0);
            for preset in &SUBPROBLEM_PRESETS {
                let button = egui::Button::selectable(by_hand == Some(preset.spec), RichText::new(preset.name).small());
                if ui.add(button).on_hover_text(preset.about).clicked() {
                    memory.lambda = None;
                    out.push(Command::Edit(Edit::Subproblem(Some(preset.spec))));
                }
            }
        }
    });
}

/// The words, the secular function, the table, and the numbers of the hand.
fn told_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut AnatomyMemory, out: &mut Vec<Command>) {
    let AnatomyMemory { shown, toggles, lambda, reciprocal, table, .. } = memory;
    if let Some(Ok(shown)) = shown {
        heading_ui(ui, shown.anatomy.case.name());
        for words in shown.anatomy.words() {
            ui.add(egui::Label::new(number::unbroken(&words)).wrap());
        }
        if shown.taken.as_ref().is_some_and(|(taken, ..)| !taken.same_model) {
            faint_ui(ui, "The method's own Hessian was another one, sampled or replaced: drawn is the one of f.");
        }
        let sigma = shown.taken.as_ref().and_then(|(taken, ..)| taken.sigma);
        if let Some(sigma) = sigma {
            let text = format!(
                "A cubic model with σ = {}: its minimizer is that of the quadratic part in the ball ‖s‖ = λ/σ.",
                short(sigma)
            );
            ui.add(egui::Label::new(text).wrap());
        }
        if shown.anatomy.problem.gradient.len() > 2 {
            faint_ui(ui, shown.anatomy.section.directions.text());
        }
        // The line λ/σ belongs to lengths in the Euclidean norm.
        let sphere = matches!(shown.anatomy.problem.metric, Metric::Sphere);
        let sigma = sigma.or(shown.cubic.as_ref().map(|cubic| cubic.sigma).filter(|_| sphere));
        secular::secular_ui(ui, &shown.anatomy.secular, sigma, lambda, reciprocal);
        let width = solvers::table_ui(ui, shown, toggles);
        if (width - *table).abs() > 0.5 {
            *table = width;
            ui.ctx().request_repaint();
        }
    }
    if let Some(spec) = context.scene.view.subproblem {
        numbers::numbers_ui(ui, spec, out);
    }
}

impl AnatomyMemory {
    fn follow(&mut self, context: &Context<'_>) {
        let key = match context.scene.view.subproblem {
            Some(spec) => Key::Hand(spec),
            None => match context.selected().map(|index| &context.session.lanes()[index]) {
                Some(lane) => Key::Step(lane.generation(), lane.run().map_or(0, |run| context.step.min(run.len()))),
                None => Key::Start,
            },
        };
        if self.key == Some(key) {
            return;
        }
        let of_hand = |key: Option<Key>| matches!(key, Some(Key::Hand(_)));
        if of_hand(self.key) != of_hand(Some(key)) {
            self.lambda = None;
        }
        self.key = Some(key);
        self.shown = match key {
            Key::Hand(spec) => {
                self.hand = Some(spec);
                let anatomy = Anatomy::new(Subproblem::by_hand(&spec)).map_err(|error| sentence(&error.to_string()));
                Some(anatomy.map(|anatomy| Shown { cubic: spec.sigma.map(|sigma| anatomy.cubic(sigma)), anatomy, taken: None }))
            }
            _ => of_step(context).transpose(),
        };
    }
}

/// The subproblem of the shown step; `None` at the start.
fn of_step(context: &Context<'_>) -> Result<Option<Shown>, String> {
    let Some(index) = context.selected() else { return Ok(None) };
    let lane = &context.session.lanes()[index];
    let n = context.session.problem().dim();
    if n > MOST_VARIABLES {
        return Err(format!("A subproblem is taken apart in up to {MOST_VARIABLES} variables; this one has {n}."));
    }
    let Some((run, record)) = lane.run().and_then(|run| Some((run, lane.record(context.step.min(run.len()))?))) else {
        return Ok(None);
    };
    let (anatomy, taken) = Anatomy::of_step(&record.0, &**run.objective()).map_err(|error| sentence(&error.to_string()))?;
    Ok(Some(Shown { anatomy, taken: Some((taken, index, lane.name().to_owned())), cubic: None }))
}

/// The subproblem in the plane that is shown, as numbers of a hand.
fn spec_of(shown: &Shown) -> SubproblemSpec {
    let picture = shown.anatomy.picture();
    let spec = SubproblemSpec::from_parts(picture.gradient, picture.hessian, picture.metric, picture.radius);
    SubproblemSpec { sigma: shown.taken.as_ref().and_then(|(taken, ..)| taken.sigma), ..spec }.bounded()
}

/// The colour of a solver or a method in the order of the palette.
fn ink(ui: &Ui, series: usize) -> egui::Color32 {
    theme::series(ui.visuals(), series)
}

/// A number of the picture.
fn short(v: f64) -> String {
    number::short(v, 3)
}
