//! The window while images are loaded.

use super::command::{Command, Edit};
use crate::problem::data::DataSet;
use eframe::egui::{self, Ui};

/// What stands in the window's place while the images of a set are loaded.
pub(super) fn waiting_ui(ui: &mut Ui, set: &DataSet, can_undo: bool, out: &mut Vec<Command>) {
    let fill = ui.visuals().panel_fill;
    egui::CentralPanel::no_frame().frame(egui::Frame::new().fill(fill)).show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(0.4 * ui.available_height());
            ui.spinner();
            ui.label(format!("Loading the images of {} …", set.name));
            if ui.button("Cancel").on_hover_text("Back to what was there before").clicked() {
                out.push(if can_undo { Command::Undo } else { Command::Edit(Edit::Scene(Box::default())) });
            }
        });
    });
}
