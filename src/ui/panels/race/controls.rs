//! What starts and stops a race, and chooses what of it is seen.

use super::{Picture, RaceMemory};
use crate::measure::race::{Axis, MOST_SEEDS, Quantity};
use crate::ui::command::{Command, SaveAs};
use crate::ui::number;
use crate::ui::panels::Context;
use eframe::egui::{self, RichText, Ui};

/// The pictures, with what they show.
const PICTURES: [(Picture, &str, &str); 3] = [
    (Picture::Bands, "Curves", "Median over the seeds, the middle half and the middle 80 % of the runs, over a budget"),
    (Picture::Escapes, "Escape times", "How many runs left the saddle, and when"),
    (Picture::StepSizes, "Step sizes", "Where each method ends when its steps are a thousandth to a thousand times its default"),
];

/// The name of a quantity, and what it says.
pub(super) fn quantity_name(quantity: Quantity) -> (&'static str, &'static str) {
    match quantity {
        Quantity::Gap => ("f − f*", "Distance to the lowest value that is known or was seen"),
        Quantity::Gradient => ("‖∇f‖", "Norm of the gradient of the whole function"),
        Quantity::Distance => ("‖x − xₛ‖", "Distance from the saddle that is to be left"),
    }
}

/// The name of an axis, and what it counts.
pub(super) fn axis_name(axis: Axis) -> (&'static str, &'static str) {
    match axis {
        Axis::Steps => ("steps", "Trials"),
        Axis::Gradients => ("gradients", "Gradients of components: a whole gradient of a sum over m samples counts m"),
        Axis::Products => ("products", "Hessian-vector products of components; a Hessian counts n products"),
        Axis::Backpropagations => ("backpropagations", "Gradients and products on one batch, whatever its size"),
        Axis::Seconds => {
            ("seconds", "Steps times the measured time of one: differs from machine to machine and from time to time")
        }
    }
}

pub(super) fn controls_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut RaceMemory, out: &mut Vec<Command>) {
    let view = context.preferences.race;
    let mut changed = view;
    let mut file = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let sweep = view.picture == Picture::StepSizes;
        match memory.progress() {
            None => {
                let (text, about) = if sweep {
                    ("Vary the step size", "Runs every method with 25 step lengths around its default")
                } else {
                    ("Start the race", "Runs every method of the scene, the random ones with every seed")
                };
                let button = egui::Button::new(text).fill(ui.visuals().selection.bg_fill);
                if ui.add(button).on_hover_text(about).clicked() {
                    memory.start(context, sweep);
                }
            }
            Some((what, progress)) => {
                if ui.button("Cancel").on_hover_text("Ends it here; what is known stays").clicked() {
                    memory.cancel();
                }
                let text = format!("{} of {} runs", number::count(progress.finished as u64), number::count(progress.runs as u64));
                let bar = egui::ProgressBar::new(progress.share as f32).desired_width(120.0).desired_height(6.0);
                ui.add(bar).on_hover_text(what);
                ui.label(RichText::new(text).small().weak());
            }
        }
        let mut seeds = view.seeds;
        let drag = egui::DragValue::new(&mut seeds).suffix(" seeds").range(1..=MOST_SEEDS).speed(0.2);
        let about = "Runs of each method that draws random numbers; the others run once";
        if ui.add(drag).on_hover_text(about).changed() {
            changed.seeds = seeds;
        }
        ui.add_space(8.0);
        for (picture, name, about) in PICTURES {
            if ui.add(egui::Button::selectable(view.picture == picture, name)).on_hover_text(about).clicked() {
                changed.picture = picture;
            }
        }
        ui.add_space(8.0);
        if view.picture == Picture::Bands {
            menu_ui(ui, quantity_name(view.quantity).0, "What is compared", |ui| {
                for quantity in Quantity::ALL {
                    let (name, about) = quantity_name(quantity);
                    if ui.add(egui::Button::selectable(view.quantity == quantity, name)).on_hover_text(about).clicked() {
                        changed.quantity = quantity;
                        ui.close();
                    }
                }
            });
            let about = "Against what it is drawn: a fair race counts what a method asks, not its steps";
            menu_ui(ui, &format!("over {}", axis_name(view.axis).0), about, |ui| {
                for axis in Axis::ALL {
                    let (name, about) = axis_name(axis);
                    if ui.add(egui::Button::selectable(view.axis == axis, name)).on_hover_text(about).clicked() {
                        changed.axis = axis;
                        ui.close();
                    }
                }
            });
            if ui.add(egui::Button::selectable(view.log, "log")).on_hover_text("Decades of the budget side by side").clicked() {
                changed.log = !view.log;
            }
        }
        let files = if sweep {
            [(SaveAs::SweepCsv, "CSV", "The sweep as a table"), (SaveAs::SweepJson, "JSON", "The sweep as JSON")]
        } else {
            [
                (SaveAs::RaceCsv, "CSV", "The table, sorted as it is here"),
                (SaveAs::RaceJson, "JSON", "Table, the end of every run, and the bands over the chosen budget"),
            ]
        };
        for (what, name, about) in files {
            if ui.button(name).on_hover_text(about).clicked() {
                file = Some(what);
            }
        }
    });
    out.extend((changed != view).then_some(Command::Race(changed)));
    out.extend(file.map(Command::Save));
}

fn menu_ui(ui: &mut Ui, name: &str, about: &str, content: impl FnOnce(&mut Ui)) {
    egui::containers::menu::MenuButton::new(name).ui(ui, content).0.on_hover_text(about);
}
