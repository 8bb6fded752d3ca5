//! Why momentum works: the modes of gradient descent, heavy ball and Nesterov's method on the quadratic that f is near a
//! critical point (Goh 2017).

mod decay;
mod diagram;

use super::{Context, faint_ui};
use crate::linalg::Vector;
use crate::measure::momentum::{Linearization, Mode, Optimum, Regime, Scheme};
use crate::optim::{Setting, Settings};
use crate::problem::Objective;
use crate::ui::command::{Command, Edit};
use crate::ui::number;
use crate::ui::session::Lane;
use eframe::egui::{self, RichText, Ui, vec2};

/// Above this dimension the eigenvectors are not asked.
const MOST_VARIABLES: usize = 64;
/// Modes that are drawn.
const MOST_MODES: usize = 6;
/// Below this width the two pictures stand under one another.
const NARROW: f32 = 560.0;

/// The linearization of the last run that was seen, and the picture of the plane.
#[derive(Default)]
pub struct MomentumMemory {
    seen: Option<Seen>,
    diagram: diagram::DiagramMemory,
}

struct Seen {
    generation: u64,
    steps: u64,
    linear: Option<Linearization>,
    decays: Vec<decay::Decay>,
}

/// What is drawn of one lane.
struct View<'a> {
    index: usize,
    lane: &'a Lane,
    scheme: Scheme,
    step_size: f64,
    momentum: f64,
    linear: &'a Linearization,
    /// Places of the drawn modes among the eigenvalues, no eigenvalue twice.
    modes: Vec<usize>,
}

impl View<'_> {
    fn curvature(&self, mode: usize) -> f64 {
        self.linear.curvatures[mode]
    }

    fn mode(&self, mode: usize) -> Mode {
        self.scheme.mode(self.step_size * self.curvature(mode), self.momentum)
    }

    /// The edit that gives the lane these parameters, within what is allowed.
    fn edit(&self, step_size: f64, momentum: f64) -> Option<Edit> {
        let method = self.lane.method()?;
        let mut settings: Settings = self.lane.spec().settings.clone();
        for (name, value) in [("step_size", step_size), ("momentum", momentum)] {
            if let Some(parameter) = method.parameters.iter().find(|p| p.name == name) {
                let (min, max) = parameter.span.limits();
                settings.insert(name.to_owned(), Setting::Number(value.clamp(min, max)));
            }
        }
        Some(Edit::Settings(self.index, settings))
    }
}

/// Draws the panel.
pub fn momentum_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut MomentumMemory, out: &mut Vec<Command>) {
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 8 }).show(ui, |ui| {
        if let Err(reason) = draw(ui, context, memory, out) {
            faint_ui(ui, reason);
            others_ui(ui, context, out);
        }
    });
}

/// The picture, or the sentence that says why there is none.
fn draw(ui: &mut Ui, context: &Context<'_>, memory: &mut MomentumMemory, out: &mut Vec<Command>) -> Result<(), String> {
    let index = context.selected().ok_or("No method runs: switch one on in the list of methods.")?;
    let lane = &context.session.lanes()[index];
    let (scheme, step_size, momentum) = parameters(context, lane)?;
    let MomentumMemory { seen, diagram } = memory;
    let (linear, decays) = linearization(context, lane, seen)?;
    let mut modes: Vec<usize> = Vec::new();
    for mode in 0..linear.curvatures.len() {
        let new =
            |other: &usize| (linear.curvatures[mode] - linear.curvatures[*other]).abs() > 1e-6 * linear.curvatures[mode].abs();
        if modes.iter().all(new) {
            modes.push(mode);
        }
    }
    if modes.len() > MOST_MODES {
        // The extreme ones tell what happens.
        modes.drain(MOST_MODES / 2..modes.len() - MOST_MODES / 2);
    }
    let view = View { index, lane, scheme, step_size, momentum, linear, modes };
    head_ui(ui, &view, out);
    let space = ui.available_size();
    if space.x < NARROW {
        let half = vec2(space.x, 0.5 * space.y - 4.0);
        ui.allocate_ui(half, |ui| diagram::diagram_ui(ui, &view, diagram, out));
        ui.allocate_ui(half, |ui| decay::decay_ui(ui, context, &view, decays));
    } else {
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(0.56 * space.x, space.y), |ui| diagram::diagram_ui(ui, &view, diagram, out));
            ui.allocate_ui(vec2(ui.available_width(), space.y), |ui| decay::decay_ui(ui, context, &view, decays));
        });
    }
    Ok(())
}

/// The scheme of a lane with its η and μ; else a sentence.
fn parameters(context: &Context<'_>, lane: &Lane) -> Result<(Scheme, f64, f64), String> {
    let method = lane.method().ok_or("This method is not known.")?;
    let scheme = Scheme::of_method(method.id)
        .ok_or_else(|| format!("{} has no fixed modes. Gradient descent, heavy ball and Nesterov momentum have.", method.name))?;
    let scales = Some(context.session.problem().scales());
    let values = method.resolve(&lane.spec().settings, scales).map_err(|error| error.to_string())?;
    let varies = [("schedule", "constant"), ("line_search", "none"), ("momentum_schedule", "constant")];
    let declared = |name: &str| method.parameters.iter().any(|p| p.name == name);
    if varies.iter().any(|(name, still)| declared(name) && values.choice(name) != *still) || values.number("warmup") > 0.0 {
        return Err(format!(
            "{} changes its step from one iteration to the next here: modes belong to a fixed one.",
            method.name
        ));
    }
    let momentum = if declared("momentum") { values.number("momentum") } else { 0.0 };
    Ok((scheme, values.number("step_size"), momentum))
}

/// The linearization at the critical point near the end of the lane's run, and the coordinates of the run in it.
fn linearization<'a>(
    context: &Context<'_>,
    lane: &Lane,
    seen: &'a mut Option<Seen>,
) -> Result<(&'a Linearization, &'a [decay::Decay]), String> {
    let problem = context.session.problem();
    if problem.dim() > MOST_VARIABLES {
        return Err(format!("Modes are shown for up to {MOST_VARIABLES} variables."));
    }
    let run = lane.run().ok_or("This method does not run.")?;
    if seen.as_ref().is_none_or(|seen| (seen.generation, seen.steps) != (lane.generation(), run.len())) {
        let reach = problem.bounds().iter().map(|[low, high]| high - low).fold(0.0, f64::max);
        let end = run.position();
        let distance = |p: &Vector| p.iter().zip(end).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        let mut known: Vec<Vector> = problem.critical_points().iter().map(|p| Vector::from_slice(&p.x)).collect();
        known.retain(|p| p.len() == end.len());
        known.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        let starts = [Vector::from_slice(end), Vector::from_slice(context.session.start())];
        let linear = starts.iter().chain(&known).find_map(|x| Linearization::near(&**problem, x, reach));
        let decays = linear.as_ref().map(|linear| decay::decays(run, linear)).unwrap_or_default();
        *seen = Some(Seen { generation: lane.generation(), steps: run.len(), linear, decays });
    }
    let seen = seen.as_ref().and_then(|seen| Some((seen.linear.as_ref()?, &*seen.decays)));
    seen.ok_or_else(|| "There is no critical point near the end of this run: nothing to linearise at.".to_owned())
}

/// What is seen, and the best parameters.
fn head_ui(ui: &mut Ui, view: &View<'_>, out: &mut Vec<Command>) {
    let at = number::vector(&view.linear.at, 3);
    let what = if view.linear.exact { format!("f is quadratic about {at}") } else { format!("linearised at {at}") };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(view.lane.name()).family(crate::ui::theme::strong_family()));
        ui.label(what);
        if let Some(best) = view.linear.optimum(view.scheme) {
            best_ui(ui, view, best, out);
        }
    });
}

fn best_ui(ui: &mut Ui, view: &View<'_>, best: Optimum, out: &mut Vec<Command>) {
    let momentum = if view.scheme == Scheme::GradientDescent {
        String::new()
    } else {
        format!(", μ = {}", number::short(best.momentum, 3))
    };
    let text = format!("Best: η = {}{momentum}", number::short(best.step_size, 3));
    let about = format!(
        "Set the parameters with which the slowest mode of positive curvature falls fastest: by {} at each step",
        number::short(best.rate, 3)
    );
    if ui.button(text).on_hover_text(about).clicked() {
        out.extend(view.edit(best.step_size, best.momentum).map(Command::Edit));
    }
}

/// Lanes that have modes, to choose.
fn others_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    for (index, lane) in context.session.lanes().iter().enumerate() {
        let has_modes = lane.run().is_some() && parameters(context, lane).is_ok();
        if has_modes && ui.button(lane.name()).on_hover_text("Choose this method and show its modes").clicked() {
            out.push(Command::Select(index));
        }
    }
}

/// A word for how a mode goes.
fn regime_name(regime: Regime) -> &'static str {
    match regime {
        Regime::Monotone => "falls",
        Regime::Alternating => "alternates",
        Regime::Oscillating => "oscillates",
        Regime::Critical => "critically damped",
        Regime::Overdamped => "overdamped",
        Regime::Divergent => "diverges",
    }
}
