//! Samples of a table: values against what the network says, or the classes against one another.

use super::insight::Insight;
use super::subject::{Kind, Subject};
use crate::problem::data::{Data, Targets};
use crate::ui::{number, theme};
use eframe::egui::{self, Align2, FontId, Rect, Sense, Stroke, Ui, Vec2, pos2, vec2};

/// Classes that fit a table.
const MOST_CLASSES: usize = 16;
/// Room for the names of the axes.
const EDGE: f32 = 22.0;

/// Draws the picture.
pub(super) fn table_ui(ui: &mut Ui, subject: &Subject, data: &Data, insight: &Insight) {
    let (Kind::Table { samples }, Some(outputs)) = (&subject.kind, insight.layers.last()) else { return };
    let (rect, response) = ui.allocate_exact_size(ui.available_size().max(Vec2::splat(1.0)), Sense::hover());
    let side = (rect.width() - 2.0 * EDGE).min(rect.height() - 2.0 * EDGE);
    if side < 40.0 {
        return;
    }
    let square = Rect::from_center_size(rect.center() + vec2(0.5 * EDGE, -0.5 * EDGE), Vec2::splat(side));
    let about = match &data.targets {
        Targets::Values(rows) => {
            let pairs: Vec<[f64; 2]> = samples
                .iter()
                .enumerate()
                .flat_map(|(k, i)| rows.row(*i).iter().zip(outputs.row(k)).map(|(y, z)| [*y, *z]))
                .collect();
            let test = samples.iter().filter(|i| **i >= data.train).count() * rows.width;
            pairs_ui(ui, square, &pairs, test, subject.output())
        }
        Targets::Classes { labels, count } if *count <= MOST_CLASSES => {
            let mut table = vec![0_u64; count * count];
            // Test samples come first: the others are counted where there are none.
            let tested = samples.iter().take_while(|i| **i >= data.train).count();
            let (counted, which) = if tested > 0 { (tested, "test") } else { (samples.len(), "training") };
            for (k, i) in samples[..counted].iter().enumerate() {
                if let Some(class) = subject.reading.class(outputs.row(k)) {
                    table[labels[*i] * count + class.min(count - 1)] += 1;
                }
            }
            let samples = format!("{counted} {which} samples");
            classes_ui(ui, square, (&table, *count), &samples, response.hover_pos())
        }
        Targets::Classes { .. } => String::new(),
    };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about.clone()));
    if !about.is_empty() {
        response.on_hover_text_at_pointer(about);
    }
}

/// Targets across, outputs up: right ones lie on the diagonal.
fn pairs_ui(ui: &Ui, square: Rect, pairs: &[[f64; 2]], test: usize, output: &str) -> String {
    let finite = || pairs.iter().flatten().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let high = high.max(low + 1e-9);
    let visuals = ui.visuals();
    let (ink, font) = (visuals.weak_text_color(), FontId::proportional(12.0));
    let painter = ui.painter();
    painter.rect_stroke(square, 0.0, Stroke::new(1.0, ink), egui::StrokeKind::Outside);
    painter.line_segment([square.left_bottom(), square.right_top()], Stroke::new(1.0, ink));
    for (k, [y, z]) in pairs.iter().enumerate().filter(|(_, pair)| pair.iter().all(|v| v.is_finite())) {
        let share = |v: f64| ((v - low) / (high - low)) as f32;
        let at = pos2(square.left() + share(*y) * square.width(), square.bottom() - share(*z) * square.height());
        let color = theme::series(visuals, 0);
        if k < test {
            painter.circle_stroke(at, 2.5, Stroke::new(1.2, color));
        } else {
            painter.circle_filled(at, 2.5, color);
        }
    }
    let below = vec2(0.0, 2.0);
    painter.text(square.left_bottom() + below, Align2::LEFT_TOP, number::significant(low, 2), font.clone(), ink);
    painter.text(square.right_bottom() + below, Align2::RIGHT_TOP, number::significant(high, 2), font.clone(), ink);
    if square.width() > 120.0 {
        painter.text(square.center_bottom() + below, Align2::CENTER_TOP, "target", font.clone(), ink);
    }
    painter.text(square.left_center() - vec2(4.0, 0.0), Align2::RIGHT_CENTER, output, font, ink);
    format!("Outputs {output} against targets; filled: training, rings: test samples")
}

/// True classes down, those of the network across.
fn classes_ui(ui: &Ui, square: Rect, (table, count): (&[u64], usize), samples: &str, pointer: Option<egui::Pos2>) -> String {
    let visuals = ui.visuals();
    let (ink, font) = (visuals.weak_text_color(), FontId::proportional(12.0));
    let cell = square.width() / count as f32;
    let mut about = format!("{samples}: true classes down, those of the network across");
    for truth in 0..count {
        let row = &table[truth * count..][..count];
        let all = row.iter().sum::<u64>().max(1);
        for (class, n) in row.iter().enumerate() {
            let at = square.min + cell * vec2(class as f32, truth as f32);
            let rect = Rect::from_min_size(at, Vec2::splat(cell)).shrink(1.0);
            let share = *n as f32 / all as f32;
            let color = theme::series(visuals, usize::from(class != truth));
            ui.painter().rect_filled(rect, 2.0, visuals.extreme_bg_color.lerp_to_gamma(color, 0.7 * share));
            if cell >= 20.0 && *n > 0 {
                ui.painter().text(rect.center(), Align2::CENTER_CENTER, n.to_string(), font.clone(), visuals.text_color());
            }
            if pointer.is_some_and(|p| rect.contains(p)) {
                about = format!("{n} samples of class {truth} are said to be of class {class}");
            }
        }
        let at = square.left_top() + vec2(-4.0, (truth as f32 + 0.5) * cell);
        ui.painter().text(at, Align2::RIGHT_CENTER, truth.to_string(), font.clone(), ink);
    }
    let below = format!("class of the network, {samples}");
    ui.painter().text(square.center_bottom() + vec2(0.0, 2.0), Align2::CENTER_TOP, below, font, ink);
    about
}
