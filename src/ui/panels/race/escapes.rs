//! Histograms of escape times, one below the other on a common axis.

use super::{RaceMemory, empty_ui};
use crate::measure::race::{Gate, Histogram, Standing};
use crate::ui::icons::dashed;
use crate::ui::panels::Context;
use crate::ui::{number, theme};
use crate::view::{series_dash, ticks};
use eframe::egui::{self, Align2, Color32, FontId, Rect, Sense, Stroke, Ui, pos2, vec2};

/// Bins of each histogram.
const BINS: usize = 48;
/// Width of the names on the left and of the words on the right, and height of the axis.
const NAMES: f32 = 150.0;
const WORDS: f32 = 170.0;
const AXIS: f32 = 36.0;
/// Least and largest height of a histogram.
const LEAST: f32 = 22.0;
const LARGEST: f32 = 64.0;

pub(super) fn escapes_ui(ui: &mut Ui, context: &Context<'_>, memory: &RaceMemory, height: f32) {
    let Some((race, series)) = memory.race() else {
        return empty_ui(ui, height, "Race runs the methods of the scene with many seeds and tells when each left the saddle.");
    };
    let Some(gate) = &race.landmarks().gate else {
        return empty_ui(ui, height, "No saddle is known below the start, so there is none to be left.");
    };
    let histograms = race.escapes(BINS);
    egui::ScrollArea::vertical().id_salt("escapes").max_height(height).auto_shrink([false, false]).show(ui, |ui| {
        super::faint_ui(ui, definition(gate));
        let rows = histograms.len().max(1) as f32;
        let row = ((height - AXIS - 44.0) / rows).clamp(LEAST, LARGEST);
        let (area, response) = ui.allocate_exact_size(vec2(ui.available_width(), rows * row + AXIS), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Histograms of the escape times in steps"));
        let last = histograms.first().and_then(|h| h.edges.last()).copied().unwrap_or(1.0);
        let (left, right) = (area.left() + NAMES, (area.right() - WORDS).max(area.left() + NAMES + 40.0));
        let x = |step: f64| left + (right - left) * (step / last) as f32;
        axis(ui, Rect::from_x_y_ranges(left..=right, area.top()..=area.bottom() - AXIS), last, x);
        // One scale for all: the heights are counts of runs.
        let most = histograms.iter().flat_map(|h| &h.counts).copied().max().unwrap_or(0).max(1);
        for (place, (histogram, series)) in histograms.iter().zip(series).enumerate() {
            let line =
                Rect::from_x_y_ranges(area.x_range(), area.top() + place as f32 * row..=area.top() + (place + 1) as f32 * row);
            let chosen = context.selected() == Some(*series);
            let standing = memory.rows().iter().find(|standing| standing.entrant == place);
            histogram_ui(ui, line, (histogram, most), standing, *series, chosen, x);
        }
    });
}

/// What escaping means here.
fn definition(gate: &Gate) -> String {
    format!(
        "Escaped: the first step from which f stays below {}, a little below the saddle at {} (f = {}, λₘᵢₙ = {}). \
         \"λₘᵢₙ > 0 since\" in the list of methods is another thing: since then the Hessian at the iterate has no negative \
         eigenvalue.",
        number::short(gate.level, 3),
        number::vector(&gate.x, 3),
        number::short(gate.value, 3),
        number::short(gate.lambda_min, 3)
    )
}

fn axis(ui: &Ui, area: Rect, last: f64, x: impl Fn(f64) -> f32) {
    let visuals = ui.visuals();
    let font = FontId::proportional(12.0);
    for tick in ticks(0.0, last, 6).ticks {
        let at = x(tick.value);
        ui.painter().vline(at, area.y_range(), visuals.widgets.noninteractive.bg_stroke);
        let text = number::short(tick.value, 4);
        ui.painter().text(pos2(at, area.bottom() + 2.0), Align2::CENTER_TOP, text, font.clone(), visuals.text_color());
    }
    let at = pos2(area.center().x, area.bottom() + 18.0);
    ui.painter().text(at, Align2::CENTER_TOP, "steps until the saddle is left; heights: runs", font, visuals.text_color());
}

fn histogram_ui(
    ui: &Ui,
    line: Rect,
    (histogram, most): (&Histogram, usize),
    standing: Option<&Standing>,
    series: usize,
    chosen: bool,
    x: impl Fn(f64) -> f32,
) {
    let visuals = ui.visuals();
    let color = theme::series(visuals, series);
    let painter = ui.painter();
    let ground = line.bottom() - 4.0;
    let tallest = line.height() - 8.0;
    let count_axis = visuals.weak_text_color();
    let at = |runs: usize| pos2(line.left() + NAMES, ground - tallest * runs as f32 / most as f32);
    for runs in [0, most] {
        painter.line_segment([at(runs) - vec2(4.0, 0.0), at(runs)], Stroke::new(1.0, count_axis));
    }
    painter.line_segment([at(0), at(most)], Stroke::new(1.0, count_axis));
    painter.text(at(most) - vec2(6.0, -1.0), Align2::RIGHT_CENTER, most, FontId::proportional(10.0), count_axis);
    for (bin, count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let top = ground - (tallest * *count as f32 / most as f32).max(2.0);
        let (from, to) = (x(histogram.edges[bin]), x(histogram.edges[bin + 1]));
        let bar = Rect::from_x_y_ranges(from..=(to - 1.0).max(from + 2.0), top..=ground);
        painter.rect_filled(bar, 0.0, color.gamma_multiply(if chosen { 1.0 } else { 0.8 }));
    }
    let (from, to) = (pos2(line.left() + NAMES, ground), pos2(line.right() - WORDS, ground));
    painter.line_segment([from, to], visuals.widgets.noninteractive.bg_stroke);
    let Some(standing) = standing else { return };
    let font = |chosen: bool| if chosen { theme::heading() } else { FontId::proportional(14.0) };
    let middle = line.center().y;
    painter.extend(dashed(
        &[pos2(line.left(), middle), pos2(line.left() + 20.0, middle)],
        Stroke::new(2.5, color),
        series_dash(series),
    ));
    let room = Rect::from_x_y_ranges(line.left()..=line.left() + NAMES - 22.0, line.y_range());
    let name = painter.with_clip_rect(room.intersect(painter.clip_rect()));
    name.text(pos2(line.left() + 26.0, middle), Align2::LEFT_CENTER, &standing.name, font(chosen), visuals.text_color());
    let (text, ink) = words(histogram, standing, visuals);
    painter.text(pos2(line.right() - WORDS + 12.0, middle), Align2::LEFT_CENTER, text, FontId::proportional(12.0), ink);
}

fn words(histogram: &Histogram, standing: &Standing, visuals: &egui::Visuals) -> (String, Color32) {
    let escaped = standing.runs - histogram.never.min(standing.runs);
    if escaped == 0 {
        return ("never".to_owned(), visuals.warn_fg_color);
    }
    let share = if standing.runs == 1 { String::new() } else { format!("{escaped} of {}, ", standing.runs) };
    let median = if standing.escape_time.is_finite() {
        format!("{}step {}", if standing.runs == 1 { "" } else { "median " }, number::short(standing.escape_time, 4))
    } else {
        "most never".to_owned()
    };
    (format!("{share}{median}"), if histogram.never == 0 { visuals.text_color() } else { visuals.warn_fg_color })
}
