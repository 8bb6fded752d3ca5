//! How good the network is at the shown step.

use super::super::Context;
use crate::problem::{NetworkProblem, Objective};
use crate::ui::command::Command;
use crate::ui::curves::Quantity;
use crate::ui::icons::swatch;
use crate::ui::session::Lane;
use crate::ui::{number, theme};
use crate::view::color::series_dash;
use eframe::egui::text::LayoutJob;
use eframe::egui::{self, FontId, RichText, TextFormat, Ui};

/// Draws the line.
pub(super) fn quality_ui(ui: &mut Ui, context: &Context<'_>, index: usize, network: &NetworkProblem, out: &mut Vec<Command>) {
    let lane = &context.session.lanes()[index];
    let step = lane.run().map_or(0, |run| run.nearest(context.step));
    // In a small panel the pictures need the room.
    let small = ui.available_height() < super::LOW;
    let [plain, strong] = if small {
        [FontId::proportional(12.0), FontId::new(12.0, theme::strong_family())]
    } else {
        [FontId::proportional(14.0), theme::heading()]
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(if small { 8.0 } else { 12.0 }, if small { 0.0 } else { 4.0 });
        chooser_ui(ui, context, index, out);
        let mut fact = |name: &str, value: String, about: &str| {
            let mut job = LayoutJob::default();
            let part = |font_id, color| TextFormat { font_id, color, valign: egui::Align::Center, ..TextFormat::default() };
            job.append(name, 0.0, part(plain.clone(), ui.visuals().weak_text_color()));
            job.append(&value, 5.0, part(strong.clone(), ui.visuals().text_color()));
            ui.add(egui::Label::new(job).extend()).on_hover_text(about);
        };
        fact("step", number::count(step), "The step that is shown");
        if let Some(epoch) = epoch(lane, network, step) {
            fact("epoch", number::short(epoch, 3), "Steps times the samples of a batch, in passes over the training samples");
        }
        let row = lane.row(step).and_then(|row| Some((lane.run()?, row)));
        if let Some(loss) = row.map(|(run, row)| lane.curves().at(run, Quantity::Gap, row)) {
            fact("loss", number::significant(loss, 4), Quantity::Gap.meaning(true));
        }
        let known = |quantity: Quantity| lane.at(quantity, step).filter(|v| !v.is_nan());
        if let Some(loss) = known(Quantity::TestLoss) {
            fact("test loss", number::significant(loss, 4), Quantity::TestLoss.meaning(true));
        }
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        if let Some(share) = known(Quantity::Accuracy) {
            fact("accuracy", percent(share), Quantity::Accuracy.meaning(true));
        }
        if let Some(share) = known(Quantity::TestAccuracy) {
            fact("test accuracy", percent(share), Quantity::TestAccuracy.meaning(true));
        }
        fact("parameters", number::count(network.dim() as u64), "Weights and biases");
    });
}

/// Passes over the training samples; `None` where steps are not each one gradient of one batch.
fn epoch(lane: &Lane, network: &NetworkProblem, step: u64) -> Option<f64> {
    let batch = lane.method()?.batch(&lane.spec().settings)?;
    let (trace, row) = (lane.run()?.trace(), lane.row(step)?);
    let each_one = trace.first() == 0 && u64::from(trace.rows()[row].backpropagations) == trace.step_of(row);
    each_one.then(|| step as f64 * batch as f64 / network.data().train.max(1) as f64)
}

fn chooser_ui(ui: &mut Ui, context: &Context<'_>, index: usize, out: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        swatch(ui, theme::series(ui.visuals(), index), series_dash(index));
        let text = RichText::new(context.session.lanes()[index].name()).family(theme::strong_family());
        let combo = egui::ComboBox::from_id_salt("method of the network").selected_text(text).width(96.0).show_ui(ui, |ui| {
            for (other, lane) in context.session.lanes().iter().enumerate().filter(|(_, lane)| lane.run().is_some()) {
                if ui.add(egui::Button::selectable(other == index, lane.name())).clicked() {
                    out.push(Command::Select(other));
                }
            }
        });
        combo.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Method whose network is shown"));
        combo.response.on_hover_text("The method whose network is shown");
    });
}
