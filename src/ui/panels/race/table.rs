//! The table: a row a method, sorted by any column.

use super::{RaceMemory, RaceView};
use crate::measure::race::{Column, Landmarks, Standing, sort};
use crate::ui::command::Command;
use crate::ui::icons::{inline_icon, swatch};
use crate::ui::panels::Context;
use crate::ui::{number, standing, theme};
use crate::view::series_dash;
use eframe::egui::{self, RichText, ScrollArea, Sense, Ui};
use egui_extras::TableBuilder;

/// Heights of a row and of the header.
pub(super) const ROW: f32 = 24.0;
pub(super) const HEADER: f32 = 26.0;

/// The columns from left to right, the telling ones first.
const ORDER: [Column; 14] = [
    Column::Method,
    Column::State,
    Column::Steps,
    Column::Escaped,
    Column::EscapeTime,
    Column::F,
    Column::F10,
    Column::F90,
    Column::Gradient,
    Column::LambdaMin,
    Column::Gradients,
    Column::Products,
    Column::Backpropagations,
    Column::Seconds,
];

/// f*: the lowest critical value or, where none is known, the lowest end of a run.
fn lowest(landmarks: &Landmarks, rows: &[Standing]) -> f64 {
    let ends = rows.iter().map(|row| row.f.q10).filter(|f| f.is_finite()).fold(f64::INFINITY, f64::min);
    landmarks.lowest.unwrap_or(f64::INFINITY).min(ends)
}

/// The title of a column, what is in it, and its width.
fn title(column: Column, landmarks: &Landmarks) -> (&'static str, String, f32) {
    let target = landmarks.target.map_or("no target is known".to_owned(), |target| {
        format!("the target is f* + 10⁻³ (f(x₀) − f*) = {}", number::short(target, 5))
    });
    let star = match landmarks.lowest {
        Some(lowest) => format!("f* = {} is the lowest critical value, or a lower end of a run", number::short(lowest, 5)),
        None => "f* is the lowest end of a run".to_owned(),
    };
    let to = |what: &str| format!("Median of the {what} until f is at the target for the first time; {target}");
    match column {
        Column::Method => ("Method", "In the order of the scene".to_owned(), 150.0),
        Column::State => ("Ends", "How many runs ended in which state".to_owned(), 200.0),
        Column::F => ("f − f*", format!("Median of f − f* at the ends; {star}"), 84.0),
        Column::F10 => ("10 %", format!("f − f*: one run in ten ends at or below this; {star}"), 84.0),
        Column::F90 => ("90 %", format!("f − f*: nine runs in ten end at or below this; {star}"), 84.0),
        Column::Gradient => ("‖∇f‖", "Median of the gradient norm at the ends".to_owned(), 84.0),
        Column::LambdaMin => (
            "λₘᵢₙ",
            "Median of the smallest eigenvalue of the Hessian at the ends; by Lanczos beyond 64 variables".to_owned(),
            64.0,
        ),
        Column::Steps => ("Steps", to("steps"), 60.0),
        Column::Gradients => ("Gradients", to("gradients of components"), 80.0),
        Column::Products => ("Products", to("Hessian-vector products"), 74.0),
        Column::Backpropagations => ("Backprops", to("backpropagations"), 82.0),
        Column::Escaped => ("Left", "Runs that left the saddle for good".to_owned(), 60.0),
        Column::EscapeTime => ("Left at", "Median of the step at which the saddle is left".to_owned(), 64.0),
        Column::Seconds => {
            ("Time/step", "Measured time of a step alone: differs from machine to machine and from time to time".to_owned(), 84.0)
        }
    }
}

pub(super) fn table_ui(ui: &mut Ui, context: &Context<'_>, memory: &RaceMemory, out: &mut Vec<Command>) {
    let Some((race, series)) = memory.race() else { return };
    let view = context.preferences.race;
    let mut rows = memory.rows().to_vec();
    sort(&mut rows, view.column, view.descending);
    let landmarks = race.landmarks();
    let lowest = lowest(landmarks, &rows);
    ScrollArea::horizontal().id_salt("race table").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 0.0);
        let mut table = TableBuilder::new(ui)
            .cell_layout(egui::Layout::left_to_right(egui::Align::Center))
            .id_salt("race rows")
            .striped(true)
            .sense(Sense::click())
            .auto_shrink([false, true])
            .min_scrolled_height(0.0);
        for column in ORDER {
            table = table.column(egui_extras::Column::exact(title(column, landmarks).2).clip(true));
        }
        let header = table.header(HEADER, |mut header| {
            for column in ORDER {
                header.col(|ui| header_ui(ui, column, landmarks, view, out));
            }
        });
        header.body(|body| {
            body.rows(ROW, rows.len(), |mut line| {
                let row = &rows[line.index()];
                let place = series[row.entrant];
                line.set_selected(context.selected() == Some(place));
                for column in ORDER {
                    line.col(|ui| cell_ui(ui, column, row, place, lowest));
                }
                if line.response().clicked() {
                    out.push(Command::Select(place));
                }
            });
        });
    });
}

fn header_ui(ui: &mut Ui, column: Column, landmarks: &Landmarks, view: RaceView, out: &mut Vec<Command>) {
    let (name, about, _) = title(column, landmarks);
    let sorted = view.column == column;
    let arrow = if !sorted {
        ""
    } else if view.descending {
        " ↓"
    } else {
        " ↑"
    };
    let text = RichText::new(format!("{name}{arrow}")).small();
    let text = if sorted { text.family(theme::strong_family()) } else { text };
    ui.spacing_mut().button_padding.x = 0.0;
    let button = egui::Button::new(text).frame(false);
    if ui.add(button).on_hover_text(format!("{about}. Click to sort.")).clicked() {
        out.push(Command::Race(RaceView { column, descending: sorted && !view.descending, ..view }));
    }
}

fn cell_ui(ui: &mut Ui, column: Column, row: &Standing, series: usize, lowest: f64) {
    let number_ui = |ui: &mut Ui, text: String| drop(ui.add(egui::Label::new(text).selectable(false)));
    let (value, runs) = (column.of(row), row.runs);
    match column {
        Column::Method => {
            swatch(ui, theme::series(ui.visuals(), series), series_dash(series));
            ui.add(egui::Label::new(&row.name).truncate().selectable(false)).on_hover_text(format!("{}: {runs} runs", row.name));
        }
        Column::State => states_ui(ui, row),
        Column::F | Column::F10 | Column::F90 if lowest.is_finite() => {
            let label = ui.add(egui::Label::new(number::significant(value - lowest, 3)).selectable(false));
            label.on_hover_text(format!("f = {}", number::significant(value, 6)));
        }
        Column::Escaped => number_ui(ui, row.escaped.map_or("–".to_owned(), |n| format!("{n} / {runs}"))),
        Column::Seconds if value.is_finite() => number_ui(ui, time(value)),
        Column::Seconds => number_ui(ui, "–".to_owned()),
        Column::Steps | Column::Gradients | Column::Products | Column::Backpropagations | Column::EscapeTime => {
            number_ui(ui, if value.is_finite() { number::short(value, 5) } else { "–".to_owned() });
        }
        _ => number_ui(ui, number::significant(value, 3)),
    }
}

fn states_ui(ui: &mut Ui, row: &Standing) {
    ui.spacing_mut().item_spacing.x = 4.0;
    for state in &row.states {
        let (icon, color) = standing::state(&state.status, ui.visuals());
        let words = state.status.words();
        inline_icon(ui, icon, color);
        let text = if row.runs == 1 { words.to_owned() } else { format!("{} {words}", state.count) };
        let label = egui::Label::new(RichText::new(text).small().color(color)).truncate().selectable(false);
        ui.add(label).on_hover_text(format!("{} of {} runs. {}", state.count, row.runs, standing::message(&state.status)));
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{} ns", number::short(s * 1e9, 3)),
        s if s < 1e-3 => format!("{} µs", number::short(s * 1e6, 3)),
        s => format!("{} ms", number::short(s * 1e3, 3)),
    }
}
