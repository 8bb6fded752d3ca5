//! The top bar: landscape, formula, and what concerns the whole window.

use super::command::{Command, Edit, SaveAs};
use super::icons::{Icon, icon_button, icon_toggle};
use super::panels::{Context, Memory, belongs, formula, panels, problem};
use super::theme;
use crate::problem::Objective;
use eframe::egui::{self, RichText, Ui};

/// Draws the bar; returns where the formula field is.
pub fn top_bar_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut Memory, out: &mut Vec<Command>) -> egui::Rect {
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        ui.label(RichText::new("saddlescope").font(theme::title()));
        ui.add_space(8.0);
        problem::picker_ui(ui, context, &mut memory.problem, 168.0, out);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                actions_ui(ui, context, out);
            });
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                if let Some(network) = context.session.problem().network() {
                    return ui.label(RichText::new(network.spec().title()).weak()).rect;
                }
                ui.label(RichText::new(signature(context)).weak());
                let width = (ui.available_width() - 24.0).max(40.0);
                formula::formula_ui(ui, context, &mut memory.formula, width, out)
            })
            .inner
        })
        .inner
    })
    .inner
}

fn signature(context: &Context<'_>) -> String {
    match context.session.problem().dim() {
        1 => "f(x) =".to_owned(),
        2 => "f(x, y) =".to_owned(),
        n => format!("f(x₁ … {}) =", problem::coordinate(n - 1, n.max(3))),
    }
}

/// From right to left.
fn actions_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    if icon_button(ui, Icon::Help, "Help", "Keys, and what is drawn (F1)").clicked() {
        out.push(Command::ToggleHelp);
    }
    theme_ui(ui, out);
    if icon_toggle(ui, Icon::Presenter, "Presenter mode", "Large type for a projector (P)", context.preferences.presenter)
        .clicked()
    {
        out.push(Command::TogglePresenter);
    }
    menu_ui(ui, context, out);
    if icon_button(ui, Icon::Link, "Copy link", "Copy a link that opens this very moment (Ctrl C)").clicked() {
        out.push(Command::CopyLink);
    }
    ui.add_enabled_ui(context.history.1, |ui| {
        if icon_button(ui, Icon::Redo, "Redo", "Make it again (Ctrl Shift Z)").clicked() {
            out.push(Command::Redo);
        }
    });
    ui.add_enabled_ui(context.history.0, |ui| {
        if icon_button(ui, Icon::Undo, "Undo", "Take the last change back (Ctrl Z)").clicked() {
            out.push(Command::Undo);
        }
    });
}

/// The button that turns light to dark and back.
pub fn theme_ui(ui: &mut Ui, out: &mut Vec<Command>) {
    let (icon, text) = if ui.visuals().dark_mode { (Icon::Sun, "Light") } else { (Icon::Moon, "Dark") };
    if icon_button(ui, icon, "Light or dark", &format!("{text} (T)")).clicked() {
        out.push(Command::ToggleTheme);
    }
}

fn menu_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    popup_button(ui, Icon::Menu, "Menu", "Save, open, panels", |ui| {
        file_entries_ui(ui, context.trains(), out);
        ui.separator();
        trail_ui(ui, context, out);
        ui.separator();
        for panel in panels().iter().filter(|panel| panel.id != "map" && belongs(panel.id, context.trains())) {
            let mut shown = !context.hidden.contains(&panel.id);
            if ui.checkbox(&mut shown, panel.title).on_hover_text(panel.about).changed() {
                out.push(Command::TogglePanel(panel.id));
            }
        }
        if ui.button("Panels as at first").on_hover_text("Every panel back to its first place").clicked() {
            out.push(Command::ResetLayout);
            ui.close();
        }
    });
}

/// The regions of earlier steps.
pub fn trail_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    let mut view = context.scene.view.clone();
    ui.horizontal(|ui| {
        let label = ui.label("Regions of every n-th step");
        let drag = egui::DragValue::new(&mut view.region_trail).range(0..=1000).speed(0.1);
        if ui.add(drag).labelled_by(label.id).on_hover_text("0: only the region of the shown step").changed() {
            out.push(Command::Edit(Edit::View(view)));
        }
    });
}

/// Save, open, link; whether a network is there, whose weights can be saved.
pub fn file_entries_ui(ui: &mut Ui, trains: bool, out: &mut Vec<Command>) {
    let mut entry = |label: &str, about: &str, command: Command| {
        if ui.button(label).on_hover_text(about).clicked() {
            out.push(command);
            ui.close();
        }
    };
    for (what, label, about) in SaveAs::ALL.into_iter().filter(|(what, ..)| trains || *what != SaveAs::Weights) {
        entry(label, about, Command::Save(what));
    }
    entry("Open a scene", "A JSON file (Ctrl O); files and links can also be dropped on the window or pasted", Command::Open);
    entry("Copy a link", "A link that opens this very moment (Ctrl C)", Command::CopyLink);
}

/// An icon button under which something opens.
pub fn popup_button(ui: &mut Ui, icon: Icon, label: &str, tooltip: &str, content: impl FnOnce(&mut Ui)) {
    let response = icon_button(ui, icon, label, tooltip);
    egui::Popup::menu(&response).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_min_width(200.0);
        content(ui);
    });
}
