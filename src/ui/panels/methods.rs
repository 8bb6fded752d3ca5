//! The methods panel: who races, in which colour, with which parameters, and how each stands.

use super::preset::{PresetMemory, preset_ui};
use super::{Context, faint_ui};
use crate::optim::{Family, Method, Parameter, Setting, Settings, Span, methods};
use crate::problem::Objective;
use crate::scene::MethodSpec;
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button, inline_icon, swatch};
use crate::ui::session::Lane;
use crate::ui::{number, standing, theme};
use crate::view::color::series_dash;
use eframe::egui::{self, RichText, Sense, Slider, Ui};
use std::collections::BTreeSet;

/// Which methods are opened.
#[derive(Default)]
pub struct MethodsMemory {
    open: BTreeSet<usize>,
    presets: PresetMemory,
}

/// Draws the panel.
pub fn methods_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut MethodsMemory, out: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for (index, lane) in context.session.lanes().iter().enumerate() {
        ui.push_id(index, |ui| lane_ui(ui, context, index, lane, memory, out));
    }
    ui.add_space(8.0);
    add_ui(ui, out);
}

fn lane_ui(ui: &mut Ui, context: &Context<'_>, index: usize, lane: &Lane, memory: &mut MethodsMemory, out: &mut Vec<Command>) {
    let open = memory.open.contains(&index);
    let selected = context.selected() == Some(index);
    let row = ui.scope_builder(egui::UiBuilder::new().sense(Sense::click()), |ui| {
        ui.horizontal(|ui| {
            let mut on = lane.spec().enabled;
            let name =
                if selected { RichText::new(lane.name()).family(theme::strong_family()) } else { RichText::new(lane.name()) };
            let place = egui::vec2((ui.available_width() - 72.0).max(24.0), 24.0);
            let left = egui::Layout::left_to_right(egui::Align::Center);
            let check = ui.allocate_ui_with_layout(place, left, |ui| {
                ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
                ui.checkbox(&mut on, name)
            });
            let check = check.inner.on_hover_ui(|ui| about_ui(ui, lane));
            if check.changed() {
                out.push(Command::Edit(Edit::Enable(index, on)));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let (icon, text) =
                    if open { (Icon::ChevronDown, "Hide the parameters") } else { (Icon::Chevron, "Show the parameters") };
                if icon_button(ui, icon, &format!("{text} of {}", lane.name()), text).clicked() {
                    if !memory.open.remove(&index) {
                        memory.open.insert(index);
                    }
                    out.push(Command::Select(index));
                }
                let color =
                    if on { theme::series(ui.visuals(), index) } else { ui.visuals().widgets.noninteractive.bg_stroke.color };
                swatch(ui, color, series_dash(index));
            });
        });
        if lane.spec().enabled {
            status_ui(ui, context, lane);
        }
    });
    if row.response.clicked() {
        out.push(Command::Select(index));
    }
    if open {
        ui.indent("parameters", |ui| parameters_ui(ui, context, index, lane, memory, out));
    }
}

fn about_ui(ui: &mut Ui, lane: &Lane) {
    let Some(method) = lane.method() else { return };
    ui.label(RichText::new(method.name).family(theme::strong_family()));
    ui.label(method.summary);
    ui.label(method.formula);
    ui.label(RichText::new(method.source).small().weak());
}

fn status_ui(ui: &mut Ui, context: &Context<'_>, lane: &Lane) {
    let (icon, color, text) = standing::standing(lane, context.step, ui.visuals());
    let whole = lane.run().filter(|run| context.step >= run.len()).map(|run| standing::message(run.status()));
    ui.spacing_mut().interact_size.y = 16.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add_space(4.0);
        inline_icon(ui, icon, color);
        let label = ui.add(egui::Label::new(RichText::new(number::unbroken(&text)).small().color(color)).wrap());
        if let Some(whole) = whole {
            label.on_hover_text(whole);
        }
    });
}

fn parameters_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    index: usize,
    lane: &Lane,
    memory: &mut MethodsMemory,
    out: &mut Vec<Command>,
) {
    let Some(method) = lane.method() else { return };
    faint_ui(ui, method.formula);
    if let Some(fork) = &lane.spec().fork {
        faint_ui(ui, format!("Goes on from step {} of {}.", number::count(fork.step), fork.origin.name()));
    }
    let settings = &lane.spec().settings;
    let declared = method.declared(settings);
    let at_first = |p: &Parameter| choice_of(p, settings).is_some_and(|(options, current)| options.first() == Some(&current));
    // What a line takes beyond it must not widen the next one.
    let room = ui.available_width();
    for parameter in declared {
        let unused = |choice: &Parameter| {
            let option = choice_of(choice, settings).map(|(_, current)| current);
            option.is_some_and(|option| parameter.is_unused_matrix(choice, option))
        };
        if !declared.iter().any(|choice| parameter.belongs_to(choice) && at_first(choice) || unused(choice)) {
            parameter_ui(ui, context, (index, lane), parameter, room, out);
        }
    }
    if let Some(preset) = method.preset_in(settings) {
        preset_ui(ui, context, index, lane, preset, &mut memory.presets, out);
    }
    ui.horizontal(|ui| {
        ui.add_enabled_ui(!lane.spec().settings.is_empty(), |ui| {
            if icon_button(ui, Icon::Reset, "Defaults", "All parameters back to their defaults on this landscape").clicked() {
                out.push(Command::Edit(Edit::Settings(index, Default::default())));
            }
        });
        if icon_button(ui, Icon::Plus, "Once more", "The same method once more, to compare two settings").clicked() {
            out.push(Command::Edit(Edit::AddMethod(lane.spec().clone())));
        }
        if icon_button(ui, Icon::Cross, "Remove", "Take this method out of the race").clicked() {
            memory.open.clear();
            memory.presets.clear();
            out.push(Command::Edit(Edit::RemoveMethod(index)));
        }
    });
}

fn parameter_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    (index, lane): (usize, &Lane),
    parameter: &Parameter,
    room: f32,
    out: &mut Vec<Command>,
) {
    let default = parameter.default_number(Some(context.session.problem().scales()));
    let setting = lane.spec().settings.get(parameter.name);
    let about = format!("{}: {}\nDefault {}. {}", parameter.name, parameter.meaning, number::short(default, 3), parameter.source);
    if let Some((options, current)) = choice_of(parameter, &lane.spec().settings) {
        let standard = options.get(default as usize).copied().unwrap_or("");
        let label = parameter.name.replace('_', " ");
        let combo = egui::ComboBox::from_label(label).width(112.0).truncate().selected_text(current.replace('_', " ")).show_ui(
            ui,
            |ui| {
                for option in options {
                    if ui.add(egui::Button::selectable(*option == current, option.replace('_', " "))).clicked() {
                        let setting = (*option != standard).then(|| Setting::Name((*option).to_owned()));
                        out.push(Command::Edit(chosen(index, lane, parameter, setting)));
                    }
                }
            },
        );
        combo.response.on_hover_text(about);
        return;
    }
    if parameter.span == Span::Matrix {
        matrix_ui(ui, index, lane, context.session.problem().dim(), parameter, out);
        return;
    }
    let mut set = |value: Option<Setting>| out.push(Command::Edit(Edit::Setting(index, parameter.name.to_owned(), value)));
    let mut value = match setting {
        Some(Setting::Number(value)) => *value,
        _ => default,
    };
    ui.spacing_mut().slider_width = slider_width(ui, value, parameter.symbol, room);
    let (min, max) = parameter.span.limits();
    let slider = Slider::new(&mut value, min..=max)
        .logarithmic(matches!(parameter.span, Span::Log { .. }))
        .text(parameter.symbol)
        .custom_formatter(|v, _| number::short(v, 3))
        .custom_parser(number::parse);
    let slider = if matches!(parameter.span, Span::Integer { .. }) { slider.step_by(1.0) } else { slider.smart_aim(true) };
    if ui.add(slider).on_hover_text(about).changed() {
        set((value != default).then_some(Setting::Number(value)));
    }
}

/// What a slider's value and its name leave of `room`.
fn slider_width(ui: &Ui, value: f64, name: &str, room: f32) -> f32 {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let width = |text: String| ui.painter().layout_no_wrap(text, font.clone(), egui::Color32::PLACEHOLDER).size().x;
    let spacing = ui.spacing();
    // The value jumps while it is dragged: room for a power of ten.
    let value = width(number::short(value, 3)).max(width("1×10⁻¹⁰".to_owned())) + 2.0 * spacing.button_padding.x;
    let names = value.max(spacing.interact_size.x) + width(name.to_owned());
    (room - names - 2.0 * spacing.item_spacing.x - 4.0).clamp(40.0, 320.0)
}

/// A field for a matrix by rows; what is no metric of this dimension stays in the field, with the sentence that says why.
fn matrix_ui(ui: &mut Ui, index: usize, lane: &Lane, dim: usize, parameter: &Parameter, out: &mut Vec<Command>) {
    let current = match lane.spec().settings.get(parameter.name) {
        Some(Setting::Name(text)) => text.clone(),
        Some(Setting::Number(value)) => number::short(*value, 6),
        None => String::new(),
    };
    let id = ui.scope_id().with(parameter.name);
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| current.clone());
    let refused = |text: &str| {
        let settings = Settings::from([(parameter.name.to_owned(), Setting::Name(text.to_owned()))]);
        lane.method()?.resolve_in(dim, &settings, None).err()
    };
    let field = ui
        .horizontal(|ui| {
            let field = ui.add(egui::TextEdit::singleline(&mut text).desired_width(112.0).hint_text("1,0;0,1"));
            let label = ui.label(parameter.symbol);
            field.labelled_by(label.id)
        })
        .inner
        .on_hover_text(format!("{}: {}\n{}", parameter.name, parameter.meaning, parameter.source));
    let error = refused(&text);
    if field.changed() {
        if error.is_none() {
            let setting = (!text.trim().is_empty()).then(|| Setting::Name(text.trim().to_owned()));
            out.push(Command::Edit(Edit::Setting(index, parameter.name.to_owned(), setting)));
        }
        ui.data_mut(|data| data.insert_temp(id, text));
    } else if field.lost_focus() && error.is_none() {
        ui.data_mut(|data| data.remove_temp::<String>(id));
    }
    if let Some(error) = error {
        ui.label(RichText::new(error.to_string()).small().color(ui.visuals().error_fg_color));
    }
}

/// The names of a choice, and the one that stands.
fn choice_of<'a>(parameter: &Parameter, settings: &'a Settings) -> Option<(&'static [&'static str], &'a str)> {
    let options = parameter.span.options()?;
    let standard = options.get(parameter.default_number(None) as usize).copied().unwrap_or("");
    let current = match settings.get(parameter.name) {
        Some(Setting::Name(name)) => name.as_str(),
        _ => standard,
    };
    Some((options, current))
}

/// The edit that sets a choice. With another method inside, what was set of the old one's parameters goes.
fn chosen(index: usize, lane: &Lane, parameter: &Parameter, setting: Option<Setting>) -> Edit {
    if !matches!(parameter.span, Span::Method { .. }) {
        return Edit::Setting(index, parameter.name.to_owned(), setting);
    }
    let prefix = format!("{}_", parameter.name);
    let mut settings = lane.spec().settings.clone();
    settings.retain(|name, _| name != parameter.name && !name.starts_with(&prefix));
    settings.extend(setting.map(|setting| (parameter.name.to_owned(), setting)));
    Edit::Settings(index, settings)
}

fn add_ui(ui: &mut Ui, out: &mut Vec<Command>) {
    let response = methods_menu_ui(ui, "+ Add a method", |method| {
        out.push(Command::Edit(Edit::AddMethod(MethodSpec::new(method.id))));
    });
    response.on_hover_text("Put one more method into the race; one method may run with several settings");
}

/// A button with the registry as its menu, by families.
pub(super) fn methods_menu_ui(ui: &mut Ui, text: &str, mut chosen: impl FnMut(&'static Method)) -> egui::Response {
    let (response, _) = egui::containers::menu::MenuButton::new(text).ui(ui, |ui| {
        egui::ScrollArea::vertical().max_height(480.0).show(ui, |ui| {
            for (family, title) in
                [(Family::FirstOrder, "First order"), (Family::Stochastic, "Stochastic"), (Family::SecondOrder, "Second order")]
            {
                let mut members = methods().iter().filter(|m| m.family == family).peekable();
                if members.peek().is_some() {
                    ui.label(RichText::new(title).small().weak());
                }
                for method in members {
                    let button = ui.add(egui::Button::new(method.name).min_size(egui::vec2(240.0, 0.0)));
                    if button.on_hover_text(format!("{}\n{}", method.summary, method.source)).clicked() {
                        chosen(method);
                        ui.close();
                    }
                }
            }
        });
    });
    response
}
