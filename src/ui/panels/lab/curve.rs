//! The output of a network of one input as a curve over it, with the samples.

use super::insight::Insight;
use super::picture::{FOOT, MOST_POINTS, dot, named, nearest, parts, said};
use super::subject::{Reading, Subject, squash};
use crate::problem::NetworkProblem;
use crate::problem::data::Targets;
use crate::problem::network::Rows;
use crate::ui::{number, theme};
use crate::view::ticks;
use eframe::egui::{self, Align2, Color32, FontId, Painter, Pos2, Rect, Sense, Stroke, Ui, Visuals, pos2, vec2};

/// Room left of the picture, for the numbers.
const SIDE: f32 = 40.0;
/// How much of the height of the targets is left free above and below.
const FREE: f64 = 0.15;

/// Where the input and the outputs are drawn.
struct Axes {
    rect: Rect,
    x: [f64; 2],
    y: [f64; 2],
}

impl Axes {
    fn screen(&self, x: f64, y: f64) -> Pos2 {
        let share = |[low, high]: [f64; 2], v: f64| ((v - low) / (high - low)) as f32;
        pos2(self.rect.left() + share(self.x, x) * self.rect.width(), self.rect.bottom() - share(self.y, y) * self.rect.height())
    }
}

/// Draws the curve over the inputs between `ends`.
pub(super) fn curve_ui(ui: &mut Ui, ends: [f64; 2], subject: &Subject, problem: &NetworkProblem, insight: &Insight) {
    let (rect, response) = ui.allocate_exact_size(ui.available_size().max(vec2(1.0, 1.0)), Sense::hover());
    let data = problem.data();
    let what = if subject.reading == Reading::Logit { "Probability of class 1" } else { "Output" };
    let counts = format!("{} training and {} test samples", data.train, data.len() - data.train);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{what} over the input, {counts}")));
    let room = Rect::from_min_max(rect.min + vec2(SIDE, 18.0), rect.max - vec2(8.0, FOOT));
    let Some(outputs) = insight.layers.last().filter(|_| room.width() > 60.0 && room.height() > 40.0) else { return };
    let (reading, visuals) = (subject.reading, ui.visuals().clone());
    let axes = Axes { rect: room, x: ends, y: height(reading, problem) };
    let painter = ui.painter_at(rect);
    let across = if problem.spec().data.standardize { "x, standardized" } else { "x" };
    grid(&painter, &axes, subject, across, &visuals);
    let clipped = painter.with_clip_rect(room);
    let casing = theme::color(theme::theme_of(&visuals).casing());
    let places =
        || (0..data.len().min(MOST_POINTS)).flat_map(|i| targets(reading, problem, i).into_iter().map(move |at| (i, at)));
    for (i, (k, y)) in places().collect::<Vec<_>>().into_iter().rev() {
        let color = match &data.targets {
            Targets::Classes { labels, .. } if reading != Reading::Reconstruction => theme::series(&visuals, labels[i]),
            _ => theme::series(&visuals, k),
        };
        dot(&clipped, axes.screen(data.inputs.row(i)[0], y), i < data.train, 1.0, color, [casing, casing]);
    }
    let curves = curves(reading, outputs);
    for (k, curve) in curves.iter().enumerate() {
        let color = if curves.len() == 1 { visuals.text_color() } else { theme::series(&visuals, k) };
        let known = subject.inputs.values.iter().zip(curve).filter(|(_, z)| z.is_finite());
        // Far from the picture the toolkit's single precision would bend the line.
        let far = 50.0 * (axes.y[1] - axes.y[0]);
        let points = known.map(|(x, z)| axes.screen(*x, z.clamp(axes.y[0] - far, axes.y[1] + far)));
        clipped.line(points.collect(), Stroke::new(2.5, color));
    }
    if !curves.iter().flatten().any(|z| (axes.y[0]..=axes.y[1]).contains(z)) {
        outside(&clipped, room, &curves, &visuals);
    }
    let mut mark = parts(&painter, room, problem, &visuals);
    if curves.len() > 1 && matches!(reading, Reading::Value(_)) {
        (0..curves.len().min(4)).for_each(|k| mark(&format!("output {}", k + 1), true, theme::series(&visuals, k)));
    }
    let Some(pointer) = response.hover_pos().filter(|at| room.contains(*at)) else { return };
    let near = nearest(pointer, places().map(|(i, (_, y))| (axes.screen(data.inputs.row(i)[0], y), i)));
    let there = ends[0] + (ends[1] - ends[0]) * f64::from((pointer.x - room.left()) / room.width());
    let x = near.map_or(there, |i| data.inputs.row(i)[0]);
    let mut out = problem.network().outputs(&insight.w, &Rows { width: 1, values: vec![x] });
    squash(subject.squashes, &mut out.values);
    let mut text = format!("x = {}\n{}", number::significant(x, 3), said(reading, out.row(0)));
    if let Some(i) = near {
        text = format!("{}\n{text}", named(problem, i));
    }
    for z in shown(reading, out.row(0)).into_iter().filter(|z| z.is_finite()) {
        clipped.circle_filled(axes.screen(x, z), 4.0, visuals.text_color());
    }
    response.on_hover_text_at_pointer(text);
}

/// What is drawn of the outputs: the probability of class 1 of two, those of all classes, or the outputs themselves.
fn shown(reading: Reading, z: &[f64]) -> Vec<f64> {
    match reading {
        Reading::Logit => vec![reading.scores(z)[1]],
        Reading::Classes(_) => reading.scores(z),
        _ => z.to_vec(),
    }
}

/// A curve for each number that is shown.
fn curves(reading: Reading, outputs: &Rows) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = outputs.values.chunks_exact(outputs.width).map(|z| shown(reading, z)).collect();
    let count = rows.first().map_or(0, Vec::len);
    (0..count).map(|k| rows.iter().map(|row| row[k]).collect()).collect()
}

/// Where a sample stands: on which curve, and how high.
fn targets(reading: Reading, problem: &NetworkProblem, i: usize) -> Vec<(usize, f64)> {
    let data = problem.data();
    match (&data.targets, reading) {
        (_, Reading::Reconstruction) => vec![(0, data.inputs.row(i)[0])],
        (Targets::Values(rows), _) => rows.row(i).iter().copied().enumerate().collect(),
        (Targets::Classes { labels, .. }, Reading::Logit) => vec![(0, labels[i] as f64)],
        (Targets::Classes { labels, .. }, Reading::Sign) => vec![(0, if labels[i] == 1 { 1.0 } else { -1.0 })],
        (Targets::Classes { labels, .. }, _) => vec![(labels[i], 1.0)],
    }
}

/// The ends of the vertical axis: it holds every target and stays as the network learns.
fn height(reading: Reading, problem: &NetworkProblem) -> [f64; 2] {
    let values = (0..problem.data().len()).flat_map(|i| targets(reading, problem, i)).map(|(_, y)| y);
    let first = if matches!(reading, Reading::Classes(_)) { [0.0, 1.0] } else { [f64::INFINITY, f64::NEG_INFINITY] };
    let [low, high] = values.fold(first, |[low, high], y| [low.min(y), high.max(y)]);
    let free = if high > low { FREE * (high - low) } else { 1.0 };
    [low - free, high + free]
}

/// The name of the vertical axis, and where on it a class ends.
fn name(subject: &Subject) -> (&'static str, Option<f64>) {
    match subject.reading {
        Reading::Logit => ("probability of class 1", Some(0.5)),
        Reading::Classes(true) => ("probability of each class", None),
        Reading::Classes(false) => ("output of each class", None),
        Reading::Sign => ("output z: class by its sign", Some(0.0)),
        Reading::Value(_) | Reading::Reconstruction if subject.squashes => ("output σ(z)", None),
        Reading::Value(_) | Reading::Reconstruction => ("output z", None),
    }
}

fn grid(painter: &Painter, axes: &Axes, subject: &Subject, across: &str, visuals: &Visuals) {
    let (ink, font, rect) = (visuals.weak_text_color(), FontId::proportional(12.0), axes.rect);
    let line = |from: Pos2, to: Pos2, color: Color32| painter.line_segment([from, to], Stroke::new(1.0, color));
    let faint = visuals.widgets.noninteractive.bg_stroke.color;
    for tick in ticks(axes.y[0], axes.y[1], (rect.height() / 48.0).clamp(2.0, 6.0) as usize).ticks {
        let y = axes.screen(axes.x[0], tick.value).y;
        line(pos2(rect.left(), y), pos2(rect.right(), y), faint);
        painter.text(pos2(rect.left() - 6.0, y), Align2::RIGHT_CENTER, tick.label, font.clone(), ink);
    }
    for tick in ticks(axes.x[0], axes.x[1], (rect.width() / 48.0).clamp(4.0, 8.0) as usize).ticks {
        let x = axes.screen(tick.value, axes.y[0]).x;
        line(pos2(x, rect.top()), pos2(x, rect.bottom()), faint);
        painter.text(pos2(x, rect.bottom() + 2.0), Align2::CENTER_TOP, tick.label, font.clone(), ink);
    }
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, ink), egui::StrokeKind::Outside);
    painter.text(rect.right_bottom() - vec2(6.0, 4.0), Align2::RIGHT_BOTTOM, across, font.clone(), visuals.text_color());
    let (name, border) = name(subject);
    painter.text(rect.left_top() - vec2(0.0, 3.0), Align2::LEFT_BOTTOM, name, font, visuals.text_color());
    if let Some(y) = border.map(|border| axes.screen(axes.x[0], border).y) {
        let ends = [pos2(rect.left(), y), pos2(rect.right(), y)];
        painter.extend(egui::Shape::dashed_line(&ends, Stroke::new(1.0, ink), 5.0, 4.0));
    }
}

/// The sentence where no part of a curve is in the picture.
fn outside(painter: &Painter, room: Rect, curves: &[Vec<f64>], visuals: &Visuals) {
    let known = || curves.iter().flatten().copied().filter(|z| z.is_finite());
    let ends = [known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max)];
    let text = if ends[0] > ends[1] {
        "The output is no number".to_owned()
    } else {
        let [low, high] = ends.map(|v| number::significant(v, 2));
        format!("The output lies outside: from {low} to {high}")
    };
    painter.text(room.center(), Align2::CENTER_CENTER, text, FontId::proportional(14.0), visuals.text_color());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::network::{Activation, Loss};
    use crate::problem::{NetworkProblem, NetworkSpec};

    #[test]
    fn curves_and_samples_stand_on_the_same_axis() {
        let spec = NetworkSpec::on_set(&[1, 3, 1], Activation::Tanh, Loss::Mse, "sine");
        let problem = NetworkProblem::new(&spec).unwrap();
        let Targets::Values(values) = &problem.data().targets else { unreachable!() };
        let reading = Reading::Value([-1.0, 1.0]);
        assert_eq!(targets(reading, &problem, 3), [(0, values.row(3)[0])]);
        let [low, high] = height(reading, &problem);
        assert!(values.values.iter().all(|y| low < *y && *y < high));
        let outputs = Rows { width: 1, values: vec![0.0, 40.0, -40.0] };
        assert_eq!(curves(Reading::Logit, &outputs)[0][..2], [0.5, 1.0]);
        assert!(curves(Reading::Logit, &outputs)[0][2] < 1e-15);
        let two = Rows { width: 2, values: vec![1.0, 1.0, 3.0, 3.0] };
        assert_eq!(curves(Reading::Classes(true), &two), [[0.5, 0.5], [0.5, 0.5]]);
        assert_eq!(targets(Reading::Reconstruction, &problem, 0), [(0, problem.data().inputs.row(0)[0])]);
    }
}
