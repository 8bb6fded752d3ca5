//! The race: the scene's methods with many seeds, as bands over a budget, as escape times, over step sizes, and as a table.

mod bands;
mod chart;
mod contest;
mod controls;
mod escapes;
mod steps;
mod table;

pub use contest::RaceMemory;

use super::{Context, faint_ui};
use crate::measure::race::{Axis, Column, Quantity};
use crate::ui::command::Command;
use eframe::egui::{self, Ui};
use serde::{Deserialize, Serialize};

/// What of a race is shown, and with how many seeds the next one runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RaceView {
    /// Seeds of each random method.
    pub seeds: usize,
    /// The picture.
    pub picture: Picture,
    /// What the bands show.
    pub quantity: Quantity,
    /// Against what.
    pub axis: Axis,
    /// Whether the budget's axis is logarithmic.
    pub log: bool,
    /// By what the table is sorted.
    pub column: Column,
    /// Whether from the largest down.
    pub descending: bool,
}

/// A picture of a race.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// Medians and bands over a budget.
    #[default]
    Bands,
    /// Histograms of escape times.
    Escapes,
    /// Final values over step lengths.
    StepSizes,
}

impl Default for RaceView {
    fn default() -> Self {
        Self {
            seeds: 20,
            picture: Picture::Bands,
            quantity: Quantity::Gap,
            axis: Axis::Steps,
            log: false,
            column: Column::Method,
            descending: false,
        }
    }
}

/// Draws the panel.
pub fn race_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut RaceMemory, out: &mut Vec<Command>) {
    memory.refresh(ui.input(|input| input.time));
    let view = context.preferences.race;
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 4 }).show(ui, |ui| {
        controls::controls_ui(ui, context, memory, out);
        if let Some(text) = memory.remark(context) {
            faint_ui(ui, text);
        }
        ui.add_space(4.0);
        let table = memory.rows().len() as f32 * table::ROW + table::HEADER + 20.0;
        let room = ui.available_height();
        let height = if memory.rows().is_empty() { room } else { (room - table.min(0.5 * room)).max(60.0) };
        match view.picture {
            Picture::Bands => bands::bands_ui(ui, context, memory, height),
            Picture::Escapes => escapes::escapes_ui(ui, context, memory, height),
            Picture::StepSizes => steps::steps_ui(ui, context, memory, height),
        }
        if !memory.rows().is_empty() {
            table::table_ui(ui, context, memory, out);
        }
    });
}

/// A sentence in the middle of an empty picture.
fn empty_ui(ui: &mut Ui, height: f32, text: &str) {
    ui.allocate_ui_with_layout(
        egui::vec2(ui.available_width(), height),
        egui::Layout::centered_and_justified(egui::Direction::TopDown),
        |ui| {
            ui.set_min_height(height);
            ui.add(egui::Label::new(egui::RichText::new(text).weak()).wrap());
        },
    );
}
