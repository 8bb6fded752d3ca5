//! The landscape panel, and the picker in the top bar.

use super::{Context, Memory, faint_ui, formula, heading_ui, network};
use crate::optim::{Noise, NoiseShape};
use crate::problem::{Dimension, Kind, Landscape, Objective, ParameterScale, landscapes};
use crate::scene::{MOST_COORDINATE, NetworkEntry, ProblemSpec, Scene, networks};
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button, inline_icon};
use crate::ui::map::Mark;
use crate::ui::session::sentence;
use crate::ui::{number, theme};
use eframe::egui::text::LayoutJob;
use eframe::egui::{self, RichText, Slider, TextEdit, TextFormat, Ui};

/// The landscape picker.
#[derive(Default)]
pub struct ProblemMemory {
    search: String,
}

/// The name of the problem.
pub fn name(context: &Context<'_>) -> &'static str {
    match (context.session.landscape(), &context.scene.problem) {
        (Some(entry), _) => entry.name.as_str(),
        (None, problem @ ProblemSpec::Network(_)) => {
            networks().iter().find(|entry| entry.scene.problem == *problem).map_or("Your network", |entry| entry.name.as_str())
        }
        (None, _) => "Your formula",
    }
}

/// The button that names the landscape and opens the list of all.
pub fn picker_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut ProblemMemory, width: f32, out: &mut Vec<Command>) {
    let button = egui::Button::new(RichText::new(name(context)).family(theme::strong_family()))
        // Room for the chevron, in letters that are not seen.
        .right_text("\u{a0}".repeat(5))
        .fill(ui.visuals().extreme_bg_color);
    let config = egui::containers::menu::MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button.min_size(egui::vec2(width, 28.0)).truncate())
        .config(config)
        .ui(ui, |ui| {
            ui.set_width(340.0_f32.min(ui.ctx().content_rect().width() - 32.0));
            let search =
                ui.add(TextEdit::singleline(&mut memory.search).hint_text("Search the landscapes").desired_width(f32::INFINITY));
            search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search the landscapes"));
            egui::ScrollArea::vertical()
                .max_height(480.0)
                .auto_shrink([false, true])
                .show(ui, |ui| list_ui(ui, context, memory, out));
        });
    let label = format!("Choose a landscape; now {}", name(context));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
    let chevron = egui::Rect::from_center_size(response.rect.right_center() - egui::vec2(16.0, 0.0), egui::vec2(14.0, 14.0));
    Icon::ChevronDown.paint(ui.painter(), chevron, ui.visuals().text_color());
    response.on_hover_text("Choose another landscape");
}

fn list_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut ProblemMemory, out: &mut Vec<Command>) {
    let wanted = memory.search.to_lowercase();
    let fits = |entry: &&Landscape| {
        let text = [&entry.name, &entry.group, &entry.why, &entry.id].map(|s| s.to_lowercase()).join(" ");
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let mut group = "";
    let mut found = networks_ui(ui, context, memory, out);
    for entry in landscapes().iter().filter(fits) {
        found = true;
        if entry.group != group {
            group = &entry.group;
            ui.add_space(4.0);
            faint_ui(ui, group);
        }
        let selected = context.session.landscape().is_some_and(|now| now.id == entry.id);
        if entry_ui(ui, selected, &entry.name, &entry.why).on_hover_text(&entry.source).clicked() {
            out.push(Command::Edit(Edit::Problem(ProblemSpec::landscape(&entry.id))));
            memory.search.clear();
            ui.close();
        }
    }
    if !found {
        faint_ui(ui, "No landscape has all these words; type your own function into the formula field.");
    }
}

/// The networks whose text has all words that are looked for; returns whether there are some.
fn networks_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut ProblemMemory, out: &mut Vec<Command>) -> bool {
    let wanted = memory.search.to_lowercase();
    let fits = |entry: &&NetworkEntry| {
        let text = ["networks", &entry.name, &entry.why, &entry.id].map(str::to_lowercase).join(" ");
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let mut found = false;
    for entry in networks().iter().filter(fits) {
        if !found {
            faint_ui(ui, "Networks");
        }
        found = true;
        let selected = entry.scene.problem == context.scene.problem;
        if entry_ui(ui, selected, &entry.name, &entry.why).on_hover_text(&entry.source).clicked() {
            out.push(Command::Edit(Edit::Scene(Box::new(entry.scene.clone()))));
            memory.search.clear();
            ui.close();
        }
    }
    found
}

/// A line of the list: a name, and below it why it is worth seeing.
fn entry_ui(ui: &mut Ui, selected: bool, name: &str, why: &str) -> egui::Response {
    let mut job = LayoutJob::default();
    let small =
        TextFormat { font_id: egui::FontId::proportional(12.0), color: ui.visuals().weak_text_color(), ..Default::default() };
    let body = TextFormat { font_id: egui::FontId::proportional(14.0), color: ui.visuals().text_color(), ..Default::default() };
    job.append(name, 0.0, body);
    job.append("\n", 0.0, small.clone());
    job.append(why, 0.0, small);
    let button = egui::Button::selectable(selected, job).wrap().min_size(egui::vec2(ui.available_width(), 0.0));
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, selected, name));
    response
}

/// Draws the panel.
pub fn problem_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut Memory, out: &mut Vec<Command>) {
    if context.phone {
        picker_ui(ui, context, &mut memory.problem, ui.available_width(), out);
    } else {
        heading_ui(ui, name(context));
    }
    let problem = context.session.problem();
    if let Some(entry) = context.session.landscape() {
        ui.label(&entry.why);
        faint_ui(ui, &entry.source);
        if !entry.notes.is_empty() {
            faint_ui(ui, &entry.notes);
        }
        parameters_ui(ui, context, entry, out);
    } else if let Some(network) = problem.network() {
        network::network_ui(ui, context, network, &mut memory.network, out);
        return;
    } else {
        ui.label("A function of your own: its gradient and Hessian are exact, and every method runs on it.");
        formula::own_formula_ui(ui, context, &mut memory.formula, memory.map.shown(), out);
    }
    let kinks = problem.formula().map(|problem| problem.formula().kinks()).unwrap_or_default();
    if !kinks.is_empty() {
        faint_ui(ui, format!("Not twice differentiable everywhere: it has {}.", kinks.join(", ")));
    }
    if problem.finite_sum().is_none() {
        noise_ui(ui, context, out);
    }
    start_ui(ui, context, out);
    critical_points_ui(ui, context, memory.map.marks());
}

fn parameters_ui(ui: &mut Ui, context: &Context<'_>, entry: &'static Landscape, out: &mut Vec<Command>) {
    let ProblemSpec::Landscape { parameters, .. } = &context.scene.problem else { return };
    ui.spacing_mut().slider_width = (ui.available_width() - 104.0).clamp(48.0, 240.0);
    if let Dimension::Range { min, max, .. } = entry.dim {
        let mut dim = context.session.problem().dim();
        let slider = Slider::new(&mut dim, min..=max).text("n");
        if ui.add(slider).on_hover_text("Dimension; beyond two the map shows a plane through a saddle or the start").changed() {
            out.push(Command::Edit(Edit::Dim(dim)));
        }
    }
    for parameter in &entry.parameters {
        let mut value = parameters.get(&parameter.name).copied().unwrap_or(parameter.default);
        let slider = Slider::new(&mut value, parameter.min..=parameter.max)
            .logarithmic(parameter.scale == ParameterScale::Log)
            .text(&parameter.symbol)
            .custom_formatter(|v, _| number::short(v, 3))
            .custom_parser(number::parse);
        let slider = if parameter.scale == ParameterScale::Integer { slider.step_by(1.0) } else { slider };
        let about = format!("{}\nDefault {}", sentence(&parameter.meaning), number::short(parameter.default, 3));
        if ui.add(slider).on_hover_text(about).changed() {
            out.push(Command::Edit(Edit::ProblemParameter(parameter.name.clone(), value)));
        }
    }
    if !parameters.is_empty() && icon_button(ui, Icon::Reset, "Defaults", "All parameters back to their defaults").clicked() {
        out.push(Command::Edit(Edit::ResetParameters));
    }
}

/// The noise that stands for sampling where the function has no samples.
fn noise_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    heading_ui(ui, "Gradient noise");
    let problem = context.session.problem();
    let suited = Scene::suited_noise(problem.scales()).strength;
    let noise = context.scene.noise_on(problem.scales());
    let mut ask = |noise: Option<Noise>| out.push(Command::Edit(Edit::Noise(noise)));
    ui.horizontal(|ui| {
        let shapes = [
            ("none", None, "Gradients are exact: SGD is gradient descent"),
            ("isotropic", Some(NoiseShape::Isotropic), "The same in every direction"),
            (
                "as the curvature",
                Some(NoiseShape::Curvature),
                "Strong along eigenvectors of large |λ|, as sampling makes it in networks",
            ),
        ];
        let chosen = (noise.strength > 0.0).then_some(noise.shape);
        let name = shapes.iter().find(|(_, shape, _)| *shape == chosen).map_or("", |(name, ..)| name);
        let combo = egui::ComboBox::from_id_salt("noise").selected_text(name).width(136.0).show_ui(ui, |ui| {
            for (name, shape, about) in shapes {
                if ui.selectable_label(shape == chosen, name).on_hover_text(about).clicked() {
                    let strength = if noise.strength > 0.0 { noise.strength } else { suited };
                    ask(Some(shape.map_or(Noise::NONE, |shape| Noise { shape, strength })));
                }
            }
        });
        combo
            .response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Gradient noise; now {name}")));
        combo.response.on_hover_text("What stands for sampling where a function has no samples: stochastic methods see ∇f + ζ");
        if context.scene.noise.is_some()
            && icon_button(ui, Icon::Reset, "The landscape's noise", "Back to the noise that suits the landscape").clicked()
        {
            ask(None);
        }
    });
    if noise.strength > 0.0 {
        ui.spacing_mut().slider_width = (ui.available_width() - 104.0).clamp(48.0, 240.0);
        let mut strength = noise.strength;
        let slider = Slider::new(&mut strength, 1e-3 * suited..=100.0 * suited)
            .logarithmic(true)
            .clamping(egui::SliderClamping::Edits)
            .text("σ")
            .custom_formatter(|v, _| number::short(v, 3))
            .custom_parser(number::parse);
        let about = format!("Standard deviation of a coordinate of ζ\nSuited to this landscape: {}", number::short(suited, 3));
        if ui.add(slider).on_hover_text(about).changed() {
            ask(Some(Noise { strength, ..noise }));
        }
    }
}

fn start_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    heading_ui(ui, "Start");
    let start = context.session.start();
    ui.horizontal_wrapped(|ui| {
        for (i, current) in start.iter().enumerate().take(4) {
            let mut value = *current;
            let drag = egui::DragValue::new(&mut value)
                .speed(0.01)
                .range(-MOST_COORDINATE..=MOST_COORDINATE)
                .custom_formatter(|v, _| number::short(v, 4))
                .custom_parser(number::parse);
            let label = ui.label(coordinate(i, start.len()));
            if ui
                .add(drag)
                .labelled_by(label.id)
                .on_hover_text("Drag, or click and type; or drag the start in the map, or click there")
                .changed()
            {
                let mut moved = start.to_vec();
                moved[i] = value;
                out.push(Command::Edit(Edit::Start(Some(moved))));
            }
        }
        if context.scene.start.is_some()
            && icon_button(ui, Icon::Reset, "The landscape's start", "Back to the start that the landscape suggests").clicked()
        {
            out.push(Command::Edit(Edit::Start(None)));
        }
    });
    if let Some(warning) = context.session.problem().warning(start) {
        ui.horizontal_wrapped(|ui| {
            inline_icon(ui, Icon::Warning, ui.visuals().warn_fg_color);
            ui.label(RichText::new(sentence(&warning)).small().color(ui.visuals().warn_fg_color));
        });
    }
}

/// x, y in the plane; x₁ … xₙ else.
pub fn coordinate(i: usize, n: usize) -> String {
    const LOW: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    if n <= 2 {
        return ["x", "y"][i.min(1)].to_owned();
    }
    let figures = (i + 1).to_string().chars().map(|c| c.to_digit(10).map_or(c, |d| LOW[d as usize])).collect::<String>();
    format!("x{figures}")
}

fn critical_points_ui(ui: &mut Ui, context: &Context<'_>, marks: &[Mark]) {
    heading_ui(ui, "Critical points");
    if marks.is_empty() {
        faint_ui(ui, "None are known here; the search runs while the map shows them.");
    }
    ui.spacing_mut().interact_size.y = 18.0;
    ui.spacing_mut().item_spacing.y = 4.0;
    for mark in marks.iter().take(24) {
        critical_point_ui(ui, mark);
    }
    if marks.len() > 24 {
        faint_ui(ui, format!("… and {} more", marks.len() - 24));
    }
    if let Some(family) = context.session.landscape().and_then(|entry| entry.family.as_ref()) {
        faint_ui(ui, family);
    }
}

fn critical_point_ui(ui: &mut Ui, mark: &Mark) {
    let (icon, kind) = match mark.kind {
        Kind::Minimum => (Icon::Minimum, "minimum"),
        Kind::Maximum => (Icon::Maximum, "maximum"),
        Kind::Saddle => (Icon::Saddle, "saddle"),
        Kind::Degenerate | Kind::Regular if mark.family => (Icon::Flat, "of a continuum"),
        Kind::Degenerate | Kind::Regular => (Icon::Flat, "degenerate"),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        inline_icon(ui, icon, ui.visuals().text_color());
        let eigenvalues = match mark.eigenvalues.as_slice() {
            [] => "not twice differentiable there".to_owned(),
            values => format!("eigenvalues {}", number::vector(values, 3)),
        };
        let at = number::unbroken(&number::vector(&mark.at, 3));
        let label = ui.add(egui::Label::new(format!("{kind} {at}")).wrap());
        label.on_hover_text(format!("f = {}, {eigenvalues}", number::short(mark.value, 5)));
    });
}
