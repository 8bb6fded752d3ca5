//! The step card: what the chosen method did in the shown step, in which geometry, and why it was accepted.

use super::look::{self, Look, Looking, MOST_EIGENVALUES};
use super::methods::methods_menu_ui;
use super::problem::coordinate;
use super::{Context, faint_ui};
use crate::linalg::Metric;
use crate::optim::{Counts, Cubic, Exit, Geometry, Phase, Region, Step, Verdict};
use crate::run::Run;
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button, inline_icon, swatch};
use crate::ui::pursuit::Pursuit;
use crate::ui::session::{Lane, Record};
use crate::ui::{number, standing, theme};
use crate::view::color::series_dash;
use eframe::egui::{self, RichText, Ui};

/// Coordinates smaller than this, in units of the landscape's length, read 0.
const NEGLIGIBLE: f64 = 1e-30;

/// A run and a step of it; whether it is the step itself, or a row before it.
type Key = (u64, u64, bool);

/// The step that was computed last.
#[derive(Default)]
pub struct CardMemory {
    step: Option<(u64, u64)>,
    record: Option<Record>,
    at: Option<Key>,
    x: Vec<f64>,
    next_radius: Option<f64>,
    /// What the objective says at x, once it is there.
    look: Option<Look>,
    looking: Pursuit<Key, Looking>,
}

/// Draws the card.
pub fn step_card_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut CardMemory, out: &mut Vec<Command>) {
    ui.spacing_mut().interact_size.y = 18.0;
    ui.spacing_mut().item_spacing.y = 4.0;
    let Some(index) = context.selected() else {
        faint_ui(ui, "No method runs: switch one on under Methods.");
        return;
    };
    let lane = &context.session.lanes()[index];
    let Some(run) = lane.run() else { return };
    let step = context.step.min(run.len());
    memory.refresh(ui.ctx(), context, lane, run, step);
    chooser_ui(ui, context, index, out);
    told_ui(ui, context, lane, run, memory, out);
    go_on_ui(ui, context, index, out);
}

fn told_ui(ui: &mut Ui, context: &Context<'_>, lane: &Lane, run: &Run, memory: &CardMemory, out: &mut Vec<Command>) {
    let (icon, color, text) = standing::standing(lane, context.step, ui.visuals());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        inline_icon(ui, icon, color);
        let whole = if context.step >= run.len() && lane.is_done() { standing::message(run.status()) } else { text };
        ui.label(RichText::new(number::unbroken(&whole)).color(color));
    });
    let x = &memory.x;
    let said = |value: fn(&Look) -> f64, digits| {
        memory.look.as_ref().map_or("…".to_owned(), |look| number::significant(value(look), digits))
    };
    egui::Grid::new("iterate").num_columns(2).min_row_height(16.0).spacing([12.0, 4.0]).show(ui, |ui| {
        let point = if x.len() <= 3 {
            (0..x.len()).map(|i| coordinate(i, x.len())).collect::<Vec<_>>().join(", ")
        } else {
            "x".to_owned()
        };
        // So far below the size of the picture a coordinate is nothing but rounding.
        let text = number::point(x, 4, NEGLIGIBLE * context.session.problem().scales().radius);
        row(ui, &point, text, &format!("The iterate at this step: {}", number::vector(x, 10)));
        row(ui, "f", said(|look| look.f, 5), "The value at the iterate");
        row(ui, "‖∇f‖", said(|look| look.slope, 3), "Norm of the gradient at the iterate");
        if let Some(look) = memory.look.as_ref().filter(|look| !look.eigenvalues.is_empty()) {
            row(
                ui,
                "λ",
                eigenvalues(&look.eigenvalues),
                "Eigenvalues of the Hessian at the iterate: all positive in a valley, one below zero at a saddle",
            );
        }
    });
    let Some((record, counts)) = memory.record.as_deref() else {
        let step = context.step.min(run.len());
        let words = match (step > run.trace().first(), run.trace().first() > 0) {
            (true, _) if lane.is_replaying() => "This step is being made again …",
            (true, _) => "This step cannot be made again.",
            (false, true) => "Here it takes over from another run.",
            (false, false) => "The start: no step was made yet.",
        };
        faint_ui(ui, words);
        return;
    };
    ui.add_space(4.0);
    ui.label(RichText::new(verdict(record)).family(theme::strong_family()));
    ui.label(reason(record));
    egui::Grid::new("trial").num_columns(2).min_row_height(16.0).spacing([12.0, 4.0]).show(ui, |ui| {
        row(ui, "‖s‖", number::significant(crate::linalg::norm(&record.trial), 3), "Euclidean length of the trial step");
        if let Geometry::TrustRegion(region) = &record.geometry
            && !matches!(region.metric, Metric::Sphere)
        {
            let mut image = vec![0.0; region.step.len()];
            region.metric.apply(&region.step, &mut image);
            let length = crate::linalg::dot(&region.step, &image).max(0.0).sqrt();
            row(ui, "‖s‖ in M", number::significant(length, 3), "Length of the step in the norm of the region, √(sᵀMs)");
        }
        if !record.predicted.is_nan() {
            row(ui, "predicted", number::significant(record.predicted, 3), "Decrease that the model promised, −m(s)");
        }
        if !record.actual.is_nan() {
            row(ui, "actual", number::significant(record.actual, 3), "Decrease that was found, f(x) − f(x + s)");
        }
        if !record.ratio().is_nan() {
            row(ui, "ρ", number::significant(record.ratio(), 3), "Actual over predicted decrease");
        }
        geometry_rows(ui, &record.geometry, memory.next_radius);
        row(
            ui,
            "counts",
            counts_text(counts),
            "Asked so far: values, gradients, Hessian-vector products, Hessians; and backpropagations in all",
        );
    });
    if matches!(record.geometry, Geometry::TrustRegion(_) | Geometry::Cubic(_)) {
        let link = ui.link("Open in Anatomy").on_hover_text("The subproblem of this step taken apart: what every solver answers");
        if link.clicked() {
            out.push(Command::Edit(Edit::Subproblem(None)));
            out.push(Command::ShowPanel("anatomy"));
        }
    }
}

impl CardMemory {
    /// Whether the objective is still asked.
    pub fn is_busy(&self) -> bool {
        self.looking.is_busy()
    }

    fn refresh(&mut self, ctx: &egui::Context, context: &Context<'_>, lane: &Lane, run: &Run, step: u64) {
        let problem = context.session.problem();
        if self.step != Some((lane.generation(), step)) {
            self.record = lane.record(step);
            // What is on its way is asked for again in the next frame.
            self.step = Some((lane.generation(), step)).filter(|_| self.record.is_some() || !lane.is_replaying());
            let radius = |step: &Step| match &step.geometry {
                Geometry::TrustRegion(region) => Some(region.radius),
                Geometry::Cubic(cubic) => Some(cubic.sigma),
                _ => None,
            };
            let quick = step < run.len() && problem.network().is_none();
            self.next_radius = if quick { lane.record(step + 1).and_then(|record| radius(&record.0)) } else { None };
        }
        let row = run.trace().row_of(step).filter(|row| run.trace().step_of(*row) == step && *row < run.trace().rows().len());
        let key = (lane.generation(), step, self.record.is_some() || row.is_some());
        if self.at != Some(key) {
            let x = match (&self.record, lane.position(step)) {
                (Some(record), _) => &record.0.x[..],
                (None, Some(x)) => x,
                (None, None) => return,
            };
            self.at = Some(key);
            self.x = x.to_vec();
            self.look = match row.filter(|_| problem.network().is_some()).and_then(|row| lane.curves().seen_at(row)) {
                Some([f, slope]) => Some(Look { f, slope, eigenvalues: Vec::new() }),
                None => look::is_quick(problem).then(|| Looking::new(problem, x).finish()).flatten(),
            };
        }
        if self.look.is_none() {
            let Self { looking, x, .. } = self;
            looking.follow(ctx, "step card", &key, |_| false, |_| Some(Looking::new(problem, x)));
            self.look = looking.found().filter(|(of, _)| *of == key).map(|(_, look)| look.clone());
        }
    }
}

fn chooser_ui(ui: &mut Ui, context: &Context<'_>, index: usize, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        swatch(ui, theme::series(ui.visuals(), index), series_dash(index));
        let text = RichText::new(context.session.lanes()[index].name()).font(theme::heading());
        let combo = egui::ComboBox::from_id_salt("method of the card").selected_text(text).width(120.0).show_ui(ui, |ui| {
            for (other, lane) in context.session.lanes().iter().enumerate().filter(|(_, lane)| lane.run().is_some()) {
                if ui.add(egui::Button::selectable(other == index, lane.name())).clicked() {
                    out.push(Command::Select(other));
                }
            }
        });
        combo.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Method of the step card"));
        combo.response.on_hover_text("The method that this card tells of");
        let step = shown_step(context, index);
        let about = format!("Fork here: a new line that goes on from step {step}, for other parameters");
        if icon_button(ui, Icon::Fork, "Fork here", &about).clicked() {
            fork(context, index, step, None, out);
        }
    });
}

/// The way on with another method.
fn go_on_ui(ui: &mut Ui, context: &Context<'_>, index: usize, out: &mut Vec<Command>) {
    let step = shown_step(context, index);
    let menu = methods_menu_ui(ui, "Go on with another method", |method| fork(context, index, step, Some(method.id), out));
    menu.on_hover_text(format!("A new line that goes on from step {step} with a method of the list"));
}

/// The step of the run of `index` that is shown.
fn shown_step(context: &Context<'_>, index: usize) -> u64 {
    context.session.lanes()[index].run().map_or(0, |run| run.nearest(context.step))
}

fn fork(context: &Context<'_>, index: usize, step: u64, method: Option<&'static str>, out: &mut Vec<Command>) {
    out.push(Command::Edit(Edit::Fork(index, step, Default::default(), method)));
    out.push(Command::Select(context.scene.methods.len()));
}

fn row(ui: &mut Ui, name: &str, value: String, about: &str) {
    ui.label(RichText::new(name).weak()).on_hover_text(about);
    ui.add(egui::Label::new(value).wrap()).on_hover_text(about);
    ui.end_row();
}

fn eigenvalues(values: &[f64]) -> String {
    match values {
        [] => "–".to_owned(),
        [first, .., last] if values.len() > 3 => {
            let negative = values.iter().filter(|v| **v < 0.0).count();
            format!("{} … {}, {negative} below 0", number::significant(*first, 3), number::significant(*last, 3))
        }
        few => few.iter().map(|v| number::significant(*v, 3)).collect::<Vec<_>>().join(", "),
    }
}

fn verdict(step: &Step) -> String {
    let verdict = match step.verdict {
        Verdict::Accepted => "accepted",
        Verdict::Rejected => "rejected",
    };
    match (step.phase, step.verdict) {
        (Phase::Descent, _) => format!("Step, {verdict}"),
        (Phase::Perturbation, _) => format!("Random kick, {verdict}"),
        (Phase::Snapshot, _) => "Snapshot of the gradient".to_owned(),
        (Phase::Search, Verdict::Accepted) => "Negative curvature, followed".to_owned(),
        (Phase::Search, Verdict::Rejected) => "Search for negative curvature".to_owned(),
        (Phase::Certification, _) => "Check of what was found".to_owned(),
    }
}

fn reason(step: &Step) -> String {
    let ratio = step.ratio();
    if step.predicted.abs() <= f64::EPSILON * step.f.abs() {
        return "The promise is below the rounding of f: nothing is left to be judged.".to_owned();
    }
    match (step.verdict, ratio.is_nan()) {
        (Verdict::Accepted, false) if ratio >= 0.9 => "The model told the truth: f fell as promised.".to_owned(),
        (Verdict::Accepted, false) => format!("f fell by {} of what the model promised.", percent(ratio)),
        (Verdict::Rejected, false) if step.actual < 0.0 => {
            "f would have risen: the region shrinks, the iterate stays.".to_owned()
        }
        (Verdict::Rejected, false) => {
            format!("f would have fallen by only {} of the promise: the region shrinks.", percent(ratio))
        }
        (Verdict::Accepted, true) => "This method takes every step; it does not look at f.".to_owned(),
        (Verdict::Rejected, true) if step.phase == Phase::Search => "A look beside the iterate, which stays.".to_owned(),
        (Verdict::Rejected, true) => "The iterate stays.".to_owned(),
    }
}

fn percent(ratio: f64) -> String {
    format!("{} %", number::short(100.0 * ratio, 2))
}

fn geometry_rows(ui: &mut Ui, geometry: &Geometry, next_radius: Option<f64>) {
    match geometry {
        Geometry::Point => {}
        Geometry::Line { direction, tried } => {
            row(ui, "direction", number::vector(direction, 3), "The direction that was searched");
            row(
                ui,
                "tried",
                tried.iter().map(|t| number::short(*t, 3)).collect::<Vec<_>>().join(", "),
                "Multiples of the direction, in order",
            );
        }
        Geometry::TrustRegion(region) => region_rows(ui, region, next_radius),
        Geometry::Cubic(cubic) => cubic_rows(ui, cubic, next_radius),
        Geometry::Perturbation { radius } => {
            row(
                ui,
                "radius",
                number::significant(*radius, 3),
                "Radius of the ball that the kick is drawn from, or the root mean square length of a normal one",
            );
        }
        Geometry::NegativeCurvature { direction, curvature } => {
            row(ui, "curvature", number::significant(*curvature, 3), "vᵀ∇²f v along the direction that is looked at or followed");
            row(ui, "direction", number::vector(direction, 3), "Unit vector v");
        }
    }
}

fn region_rows(ui: &mut Ui, region: &Region, next_radius: Option<f64>) {
    let (symbol, text) = match next_radius {
        Some(next) if next != region.radius && region.second_order => {
            ("Δ, next", format!("{} → {}", number::significant(region.radius, 3), number::significant(next, 3)))
        }
        _ => ("Δ", number::significant(region.radius, 3)),
    };
    row(ui, symbol, text, "Radius of the region in its own norm, in this step and the next");
    let n = region.center.len();
    let shape = match region.metric {
        Metric::Sphere => "ball".to_owned(),
        Metric::Full(_) if n > MOST_EIGENVALUES => "ellipsoid".to_owned(),
        Metric::Diagonal(_) | Metric::Full(_) => {
            let [soft, stiff] = region.metric.extremes(n).map(|v| number::significant(region.radius / v.sqrt(), 2));
            format!("ellipsoid {stiff} to {soft}")
        }
    };
    row(ui, "region", shape, "Shape of the region; semi-axes in the units of x");
    row(
        ui,
        "model",
        if region.second_order { "quadratic" } else { "linear" }.to_owned(),
        "The model of f that was minimized in the region",
    );
    row(ui, "ended", exit(region.exit).to_owned(), "How the solver of the model ended");
    if !region.multiplier.is_nan() {
        row(
            ui,
            "multiplier",
            number::significant(region.multiplier, 3),
            "λ of the constraint ‖s‖ ≤ Δ: zero where the minimizer is inside",
        );
    }
}

fn cubic_rows(ui: &mut Ui, cubic: &Cubic, next_sigma: Option<f64>) {
    let sigma = number::significant(cubic.sigma, 3);
    let (symbol, text) = match next_sigma {
        Some(next) if next != cubic.sigma => ("σ, next", format!("{sigma} → {}", number::significant(next, 3))),
        _ => ("σ", sigma),
    };
    row(ui, symbol, text, "Weight of the cubic term of the model, in this step and the next");
    row(ui, "ball", number::significant(cubic.radius(), 3), "‖s‖ = λ/σ: the ball on which the minimizer of the cubic model lies");
    row(ui, "model", "cubic".to_owned(), "gᵀs + ½ sᵀHs + σ/3 ‖s‖³, minimized over the whole space");
    let ended = match cubic.exit {
        Exit::Interior => "at the minimizer",
        other => exit(other),
    };
    row(ui, "ended", ended.to_owned(), "How the solver of the model ended");
    if !cubic.multiplier.is_nan() {
        row(ui, "multiplier", number::significant(cubic.multiplier, 3), "λ = σ‖s‖ of (H + λI)s = −g");
    }
}

/// How the solver of a model ended, in words.
pub fn exit(exit: Exit) -> &'static str {
    match exit {
        Exit::Interior => "inside",
        Exit::Boundary => "on the boundary",
        Exit::NegativeCurvature => "negative curvature, to the boundary",
        Exit::HardCase => "hard case",
        Exit::ZeroGradient => "zero gradient",
        Exit::IterationLimit => "iteration limit",
    }
}

fn counts_text(counts: &Counts) -> String {
    let mut parts = Vec::new();
    for (count, unit) in [
        (counts.value, "f"),
        (counts.gradient + counts.sample_gradient, "∇f"),
        (counts.hessian_vector + counts.sample_hessian_vector, "∇²f·v"),
        (counts.hessian, "∇²f"),
    ] {
        if count > 0 {
            parts.push(format!("{} {unit}", number::count(count)));
        }
    }
    parts.push(format!("{} backprop.", number::count(counts.backpropagations)));
    parts.join(", ")
}
