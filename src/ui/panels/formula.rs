//! The formula field in the top bar, and what else makes a function of the user's own: parameters, dimension, samples and
//! the picture's box.

use super::{Context, faint_ui, heading_ui};
use crate::formula::{FormulaError, MAX_TEXT, Remedy};
use crate::problem::{ProblemError, landscape, landscapes};
use crate::scene::{ProblemSpec, Scene, SceneError};
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button};
use crate::ui::number;
use crate::ui::session::{Fault, sentence};
use eframe::egui::text::LayoutJob;
use eframe::egui::{self, DragValue, FontSelection, RichText, Slider, SliderClamping, Stroke, TextEdit, TextFormat, Ui};
use std::sync::Arc;

/// Changes that one text is offered at most.
const MOST_REMEDIES: usize = 12;
/// Most variables of the slider; a scene may have more.
const MOST_DIM: usize = 1000;
/// Largest number of a picture's box.
const FARTHEST: f64 = 1e9;

/// What is typed, and what is wrong with it.
#[derive(Default)]
pub struct FormulaMemory {
    text: String,
    shown: Option<String>,
    fault: Option<Fault>,
    offer: Vec<Remedy>,
    /// What was wrong with the last change of dimension, samples or box, and the problem that stayed.
    refused: Option<(ProblemSpec, String)>,
}

impl FormulaMemory {
    /// What is wrong with the formula as it stands in the field.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Asks for an edit if the problem can be opened with it, else says why not.
    fn ask(&mut self, context: &Context<'_>, edit: Edit, out: &mut Vec<Command>) {
        self.refused = match tried(context.scene, edit.clone()) {
            Ok(()) => {
                out.push(Command::Edit(edit));
                None
            }
            Err(error) => Some((context.scene.problem.clone(), sentence(&error.to_string()))),
        };
    }
}

/// The formula as text that compiles while it is typed.
pub fn formula_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    memory: &mut FormulaMemory,
    width: f32,
    out: &mut Vec<Command>,
) -> egui::Rect {
    let current = &*context.session.problem().text();
    let id = egui::Id::unique("formula field");
    let focused = ui.ctx().memory(|m| m.has_focus(id));
    if memory.shown.as_deref() != Some(current) {
        memory.text = current.to_owned();
        memory.shown = Some(current.to_owned());
        memory.fault = None;
        memory.offer.clear();
    }
    let error_color = ui.visuals().error_fg_color;
    let underlined = memory.fault.as_ref().and_then(|fault| fault.at.clone());
    let mut layouter =
        |ui: &Ui, text: &dyn egui::TextBuffer, _wrap: f32| layout(ui, text.as_str(), underlined.clone(), error_color);
    let output = TextEdit::singleline(&mut memory.text)
        .id(id)
        .desired_width(width)
        .hint_text("f(x, y) = …")
        .margin(egui::Margin::symmetric(8, 6))
        .char_limit(MAX_TEXT)
        .layouter(&mut layouter)
        .show(ui);
    let response = output.response.response;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Formula"));
    if response.changed() {
        memory.offer.clear();
        match tried(context.scene, Edit::Formula(memory.text.clone())) {
            Ok(()) => {
                memory.fault = None;
                memory.shown = Some(memory.text.clone());
                out.push(Command::Edit(Edit::Formula(memory.text.clone())));
            }
            Err(error) => {
                memory.fault = Some(Fault::of(&error));
                memory.offer = remedies(context.scene, &memory.text, error);
            }
        }
    }
    if focused && ui.input(|i| i.key_pressed(egui::Key::Escape)) {
        memory.fault = None;
        memory.offer.clear();
        memory.text = current.to_owned();
    }
    let mut accepted = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    let rect = response.rect;
    let fault = memory.fault.as_ref().or(context.session.fault());
    if let Some(fault) = fault {
        ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.5, error_color), egui::StrokeKind::Inside);
        let at = rect.left_bottom() + egui::vec2(0.0, 4.0);
        let area = egui::Area::new(egui::Id::unique("formula fault")).order(egui::Order::Foreground).fixed_pos(at);
        area.interactable(!memory.offer.is_empty()).show(ui.ctx(), |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(rect.width().max(280.0));
                ui.label(RichText::new(&fault.message).color(error_color));
                if !memory.offer.is_empty() {
                    let button = egui::Button::new(offered(&memory.offer)).fill(ui.visuals().selection.bg_fill);
                    let button = ui.add(button);
                    accepted |= button.on_hover_text("The formula is taken with this change (Enter)").clicked();
                }
            });
        });
    } else {
        response
            .on_hover_text("The function as text: + − * / ^, sin, exp, abs, if(c, a, b), sum(i, 1, n, …); click to change it");
    }
    if accepted && !memory.offer.is_empty() {
        memory.fault = None;
        out.push(Command::Edit(Edit::Remedied(memory.text.clone(), std::mem::take(&mut memory.offer))));
    }
    rect
}

/// Opens the problem as it would be after an edit.
fn tried(scene: &Scene, edit: Edit) -> Result<(), SceneError> {
    let mut tried = scene.clone();
    edit.apply(&mut tried);
    tried.validate()?;
    tried.problem.open().map(drop)
}

/// The changes with which a text that cannot be read can be; none where something else is wrong with it.
fn remedies(scene: &Scene, text: &str, error: SceneError) -> Vec<Remedy> {
    let (mut found, mut error) = (Vec::new(), error);
    while let SceneError::Problem(ProblemError::Formula(FormulaError { remedy: Some(remedy), .. })) = error {
        if found.contains(&remedy) || found.len() == MOST_REMEDIES {
            break;
        }
        found.push(remedy);
        match tried(scene, Edit::Remedied(text.to_owned(), found.clone())) {
            Ok(()) => return found,
            Err(next) => error = next,
        }
    }
    Vec::new()
}

/// "Make a and b parameters, with n = 3".
fn offered(remedies: &[Remedy]) -> String {
    let names: Vec<&str> =
        remedies.iter().filter_map(|r| if let Remedy::Parameter(name) = r { Some(name.as_str()) } else { None }).collect();
    let dim = remedies.iter().rev().find_map(|r| if let Remedy::Dimension(n) = r { Some(*n) } else { None });
    let made = match names.as_slice() {
        [] => None,
        [one] => Some(format!("Make {one} a parameter")),
        [others @ .., last] => Some(format!("Make {} and {last} parameters", others.join(", "))),
    };
    match (made, dim) {
        (Some(made), Some(n)) => format!("{made}, with n = {n}"),
        (Some(made), None) => made,
        (None, n) => format!("Take n = {}", n.unwrap_or_default()),
    }
}

fn layout(ui: &Ui, text: &str, underlined: Option<std::ops::Range<usize>>, color: egui::Color32) -> Arc<egui::Galley> {
    let plain = TextFormat {
        font_id: FontSelection::Default.resolve(ui.style()),
        color: ui.visuals().text_color(),
        ..Default::default()
    };
    let marked = TextFormat { underline: Stroke::new(2.0, color), color, ..plain.clone() };
    let at = underlined.unwrap_or(0..0);
    let boundary = |i: usize| (0..=i.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let (from, to) = (boundary(at.start), boundary(at.end).max(boundary(at.start)));
    let mut job = LayoutJob::default();
    for (part, format) in [(&text[..from], &plain), (&text[from..to], &marked), (&text[to..], &plain)] {
        if !part.is_empty() {
            job.append(part, 0.0, format.clone());
        }
    }
    if text.is_empty() {
        job.append("", 0.0, plain);
    }
    job.wrap.max_width = f32::INFINITY;
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// Parameters, dimension, samples and box of a function of the user's own; `shown` is the box that the map shows.
pub fn own_formula_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    memory: &mut FormulaMemory,
    shown: Option<[f64; 4]>,
    out: &mut Vec<Command>,
) {
    let ProblemSpec::Formula { parameters, table, dim, domain, .. } = &context.scene.problem else { return };
    if parameters.is_empty() {
        faint_ui(ui, "A new name in the formula, such as a in x^2 + a*y^2, can become a parameter with a slider.");
    }
    for (name, value) in parameters {
        ui.push_id(name, |ui| parameter_ui(ui, context, name, *value, out));
    }
    ui.horizontal(|ui| {
        let mut n = *dim;
        let label = ui.label("n =");
        let drag = DragValue::new(&mut n).range(1..=MOST_DIM).speed(0.05);
        let about = "Dimension: the variables are x, y, z up to three, and x1 to xn";
        if ui.add(drag).labelled_by(label.id).on_hover_text(about).changed() {
            memory.ask(context, Edit::Dim(n), out);
        }
        samples_ui(ui, context, memory, table.as_deref(), out);
    });
    domain_ui(ui, context, memory, *domain, shown, out);
    match &memory.refused {
        Some((problem, message)) if *problem == context.scene.problem => {
            ui.add(egui::Label::new(RichText::new(message).color(ui.visuals().error_fg_color)).wrap());
        }
        _ => memory.refused = None,
    }
}

fn parameter_ui(ui: &mut Ui, context: &Context<'_>, name: &str, current: f64, out: &mut Vec<Command>) {
    let Some([low, high]) = context.scene.problem.range(name) else { return };
    ui.spacing_mut().slider_width = (ui.available_width() - 104.0).clamp(48.0, 240.0);
    let mut value = current;
    let slider = Slider::new(&mut value, low..=high)
        .text(name)
        .clamping(SliderClamping::Edits)
        .custom_formatter(|v, _| number::short(v, 4))
        .custom_parser(number::parse);
    if ui.add(slider).on_hover_text("A parameter of the formula").changed() {
        out.push(Command::Edit(Edit::ProblemParameter(name.to_owned(), value)));
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut range = [low, high];
        let mut changed = false;
        for (end, word) in ["from", "to"].into_iter().enumerate() {
            let label = ui.label(RichText::new(word).small().weak());
            let bounds = if end == 0 { -FARTHEST..=high } else { low..=FARTHEST };
            let drag = number_drag(&mut range[end]).range(bounds).speed(0.01 * (high - low));
            let about = format!("Where the slider of {name} {}", if end == 0 { "begins" } else { "ends" });
            changed |= ui.add(drag).labelled_by(label.id).on_hover_text(about).changed();
        }
        if changed && range[0] < range[1] {
            out.push(Command::Edit(Edit::Range(name.to_owned(), range)));
        }
        if !context.session.problem().formula().is_some_and(|problem| problem.formula().mentions(name))
            && icon_button(ui, Icon::Cross, &format!("Remove {name}"), "The formula does not use this parameter: remove it")
                .clicked()
        {
            out.push(Command::Edit(Edit::RemoveParameter(name.to_owned())));
        }
    });
}

fn number_drag(value: &mut f64) -> DragValue<'_> {
    DragValue::new(value).custom_formatter(|v, _| number::short(v, 5)).custom_parser(number::parse)
}

fn samples_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut FormulaMemory, table: Option<&str>, out: &mut Vec<Command>) {
    let name = |id: &str| landscape(id).map_or_else(|_| id.to_owned(), |entry| entry.name.clone());
    let current = table.map_or_else(|| "no samples".to_owned(), |id| format!("samples of {}", name(id)));
    let mut chosen = None;
    let combo =
        egui::ComboBox::from_id_salt("samples").selected_text(current.clone()).width(ui.available_width() - 8.0).truncate();
    let response = combo.show_ui(ui, |ui| {
        if ui.selectable_label(table.is_none(), "no samples").clicked() {
            chosen = Some(None);
        }
        for (entry, samples) in landscapes().iter().filter_map(|entry| Some((entry, entry.table.as_ref()?))) {
            let (columns, _) = samples.columns_and_rows(entry.dim.default_dim());
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let text = format!("{} ({})", entry.name, names.join(", "));
            if ui.selectable_label(table == Some(&entry.id), text).clicked() {
                chosen = Some(Some(entry.id.clone()));
            }
        }
    });
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Samples; now {current}")));
    response
        .response
        .on_hover_text("The samples that mean(…) runs over: the formula is then a finite sum with stochastic gradients");
    if let Some(table) = chosen {
        memory.ask(context, Edit::Samples(table), out);
    }
}

fn domain_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    memory: &mut FormulaMemory,
    domain: [f64; 4],
    shown: Option<[f64; 4]>,
    out: &mut Vec<Command>,
) {
    heading_ui(ui, "Picture");
    let mut changed = domain;
    for (axis, ends) in [["x from", "to"], ["y from", "to"]].into_iter().enumerate() {
        ui.horizontal(|ui| {
            let [low, high] = [domain[2 * axis], domain[2 * axis + 1]];
            for (end, word) in ends.into_iter().enumerate() {
                let label = ui.label(word);
                let bounds = if end == 0 { -FARTHEST..=high } else { low..=FARTHEST };
                let drag = number_drag(&mut changed[2 * axis + end]).range(bounds).speed(0.005 * (high - low));
                ui.add(drag)
                    .labelled_by(label.id)
                    .on_hover_text("The box that the map shows at first, and in which starts are sought");
            }
        });
    }
    let about = "The box becomes what the map shows now";
    let usable = shown.is_some_and(|shown| shown != domain);
    if ui
        .add_enabled(usable, egui::Button::new("Use the current view").fill(ui.visuals().extreme_bg_color))
        .on_hover_text(about)
        .clicked()
    {
        changed = shown.unwrap_or(domain);
    }
    if changed != domain && changed[0] < changed[1] && changed[2] < changed[3] {
        memory.ask(context, Edit::Domain(changed), out);
    }
}
