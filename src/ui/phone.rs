//! The narrow window: the map fills it, panels are sheets opened from a tab bar, the playback stays at the bottom.

use super::bars::{file_entries_ui, popup_button, theme_ui, trail_ui};
use super::command::Command;
use super::icons::{Icon, icon_button};
use super::panels::{Context, Memory, belongs, formula, narration, panel, panels, playback, problem};
use super::theme;
use eframe::egui::{self, Align2, RichText, Role, Sense, Ui, WidgetInfo, vec2};

/// Sheets that need the height more than the map does.
const TALL: [&str; 4] = ["anatomy", "lab", "spectrum", "noise"];

/// Least width of a tab, in points: more tabs than fit are scrolled.
const LEAST_TAB: f32 = 56.0;

/// Draws everything; returns where the formula field is.
pub fn phone_ui(
    ui: &mut Ui,
    sheet: &mut Option<&'static str>,
    context: &Context<'_>,
    memory: &mut Memory,
    out: &mut Vec<Command>,
) -> egui::Rect {
    let margin = egui::Frame::new().fill(ui.visuals().panel_fill).inner_margin(egui::Margin::symmetric(8, 6));
    let field = egui::Panel::top("phone top")
        .frame(margin)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                let width = (ui.available_width() - 4.0 * 34.0).max(60.0);
                problem::picker_ui(ui, context, &mut memory.problem, width, out);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    popup_button(ui, Icon::Menu, "Menu", "Save, open, help", |ui| {
                        file_entries_ui(ui, context.trains(), out);
                        trail_ui(ui, context, out);
                        if ui.button("Help").on_hover_text("What is drawn").clicked() {
                            out.push(Command::ToggleHelp);
                            ui.close();
                        }
                    });
                    theme_ui(ui, out);
                    ui.add_enabled_ui(context.history.1, |ui| {
                        if icon_button(ui, Icon::Redo, "Redo", "Make the last change again").clicked() {
                            out.push(Command::Redo);
                        }
                    });
                    ui.add_enabled_ui(context.history.0, |ui| {
                        if icon_button(ui, Icon::Undo, "Undo", "Take the last change back").clicked() {
                            out.push(Command::Undo);
                        }
                    });
                });
            });
            let width = ui.available_width() - 16.0;
            formula::formula_ui(ui, context, &mut memory.formula, width.max(40.0), out)
        })
        .inner;
    egui::Panel::bottom("phone tabs")
        .frame(margin)
        .show_separator_line(false)
        .show(ui, |ui| tab_bar_ui(ui, sheet, context.trains()));
    egui::Panel::bottom("phone playback").frame(margin).show_separator_line(false).show(ui, |ui| {
        playback::playback_ui(ui, context, out);
        if sheet.is_none() {
            narration::narration_ui(ui, context, &mut memory.narration, 4);
        }
    });
    if let Some(open) = sheet.and_then(panel) {
        let share = if TALL.contains(&open.id) { 0.86 } else { 0.5 };
        let height = (share * ui.available_height()).max(80.0);
        let mut close = false;
        egui::Panel::bottom("phone sheet").exact_size(height).frame(egui::Frame::new().fill(ui.visuals().panel_fill)).show(
            ui,
            |ui| {
                egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 8, top: 4, bottom: 0 }).show(ui, |ui| {
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(open.title).font(theme::title()));
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            close = icon_button(ui, Icon::Cross, "Close the sheet", "Close").clicked();
                        });
                    });
                });
                (open.draw)(ui, context, memory, out);
            },
        );
        if close {
            *sheet = None;
        }
    }
    egui::CentralPanel::no_frame().show(ui, |ui| memory.map.map_ui(ui, context, out));
    field
}

fn tab_bar_ui(ui: &mut Ui, sheet: &mut Option<&'static str>, trains: bool) {
    let tabs: Vec<_> = panels().iter().filter(|panel| panel.id != "map" && belongs(panel.id, trains)).collect();
    let width = ui.available_width() / tabs.len().max(1) as f32;
    let width = width.max(LEAST_TAB);
    egui::ScrollArea::horizontal().id_salt("phone tabs").show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for tab in tabs {
                let on = *sheet == Some(tab.id);
                let (rect, response) = ui.allocate_exact_size(vec2(width, 44.0), Sense::click());
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, tab.title));
                let color = if on { ui.visuals().selection.stroke.color } else { ui.visuals().text_color() };
                let icon = egui::Rect::from_center_size(rect.center_top() + vec2(0.0, 14.0), vec2(20.0, 20.0));
                tab.icon.paint(ui.painter(), icon, color);
                ui.painter().text(
                    rect.center_bottom() - vec2(0.0, 4.0),
                    Align2::CENTER_BOTTOM,
                    tab.title,
                    egui::FontId::proportional(if width < 64.0 { 10.0 } else { 12.0 }),
                    color,
                );
                if response.on_hover_text(tab.about).clicked() {
                    *sheet = if on { None } else { Some(tab.id) };
                }
            }
        })
    });
}
