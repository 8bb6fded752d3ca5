//! The help sheet: keys, and what is drawn.

use super::icons::{Icon, icon_button, inline_icon};
use super::shortcuts::Shortcut;
use super::theme;
use eframe::egui::{self, RichText, Ui};

/// What the marks mean.
const MARKS: [(Icon, &str); 6] = [
    (Icon::Curve, "A line is the path of a method: one colour and one dash each, the same in map, list and curves."),
    (Icon::Saddle, "A disc or an ellipse is the region in which the current step was sought, in the method's own norm."),
    (Icon::Dot, "A filled marker is an accepted step, a hollow one a step that was rejected."),
    (Icon::Minimum, "Marks on the map are critical points: minima, saddles and maxima, told apart by the Hessian's eigenvalues."),
    (Icon::Mountain, "Contours are lines of equal value. The tint shows where the Hessian is positive, indefinite or negative."),
    (
        Icon::Card,
        "Drag the start, or click where it should be. Drag the map to move it, turn the wheel to zoom. A click on a step chooses it.",
    ),
];

/// Draws the sheet; returns whether it stays open.
pub fn help_ui(ctx: &egui::Context, shortcuts: &[Shortcut]) -> bool {
    let mut open = true;
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(20);
    let modal = egui::Modal::new(egui::Id::unique("help")).frame(frame).show(ctx, |ui| {
        let size = ui.ctx().content_rect().size();
        ui.set_max_width((size.x - 64.0).clamp(200.0, 720.0));
        ui.horizontal(|ui| {
            ui.label(RichText::new("saddlescope").font(theme::title()));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                open = !icon_button(ui, Icon::Cross, "Close", "Close (Escape)").clicked();
            });
        });
        ui.label("See how optimizers move: why gradient descent hangs at a saddle, and what lets others leave it.");
        ui.add_space(8.0);
        let height = (size.y - 200.0).max(120.0);
        egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            if ui.available_width() > 560.0 {
                ui.columns(2, |columns| {
                    marks_ui(&mut columns[0]);
                    keys_ui(&mut columns[1], shortcuts);
                });
            } else {
                marks_ui(ui);
                keys_ui(ui, shortcuts);
            }
        });
    });
    open && !modal.should_close()
}

fn marks_ui(ui: &mut Ui) {
    ui.label(RichText::new("What is drawn").font(theme::heading()));
    for (icon, text) in MARKS {
        ui.horizontal_top(|ui| {
            inline_icon(ui, icon, ui.visuals().text_color());
            ui.add(egui::Label::new(text).wrap());
        });
    }
}

fn keys_ui(ui: &mut Ui, shortcuts: &[Shortcut]) {
    ui.label(RichText::new("Keys").font(theme::heading()));
    egui::Grid::new("keys").num_columns(2).min_row_height(16.0).spacing([16.0, 3.0]).show(ui, |ui| {
        for shortcut in shortcuts.iter().filter(|s| !s.keys.is_empty()) {
            ui.label(RichText::new(shortcut.keys).family(theme::strong_family()));
            ui.label(shortcut.text);
            ui.end_row();
        }
    });
}
