//! The output of a network over the input plane, with the samples on it.

use super::atlas::Shades;
use super::insight::Insight;
use super::subject::{Grid, Reading, Subject, squash};
use crate::problem::NetworkProblem;
use crate::problem::data::Targets;
use crate::problem::network::Rows;
use crate::ui::{number, theme};
use crate::view::{self, contour};
use eframe::egui::{
    self, Align2, Color32, ColorImage, FontId, Painter, Pos2, Rect, Sense, Shape, Stroke, TextureHandle, TextureOptions, Ui,
    Visuals, pos2, vec2,
};

/// Samples that are drawn at most.
pub(super) const MOST_POINTS: usize = 3000;
/// Room below the picture.
pub(super) const FOOT: f32 = 36.0;
/// How near the pointer must be to a sample.
const REACH: f32 = 6.0;

/// The picture that was painted last.
#[derive(Default)]
pub(super) struct PictureMemory {
    drawn: Option<((u64, usize), view::Theme)>,
    texture: Option<TextureHandle>,
    /// In the grid's columns and rows.
    line: Vec<[[f64; 2]; 2]>,
}

/// Draws the picture.
pub(super) fn picture_ui(
    ui: &mut Ui,
    grid: &Grid,
    subject: &Subject,
    problem: &NetworkProblem,
    insight: &Insight,
    memory: &mut PictureMemory,
) {
    let space = ui.available_size();
    let side = space.x.min(space.y - FOOT);
    let (rect, response) = ui.allocate_exact_size(space.max(vec2(1.0, 1.0)), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Output over the input plane"));
    if side < 40.0 {
        return;
    }
    let corner = pos2(rect.center().x - 0.5 * side, rect.top() + (0.5 * (rect.height() - FOOT - side)).max(0.0));
    let square = Rect::from_min_size(corner, egui::Vec2::splat(side));
    let visuals = ui.visuals().clone();
    memory.paint(ui, grid, subject, insight);
    let painter = ui.painter_at(rect);
    if let Some(texture) = &memory.texture {
        painter.image(texture.id(), square, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
    }
    let clipped = painter.with_clip_rect(square);
    let screen_from_grid = |[i, j]: [f64; 2]| {
        let at = |k: f64| ((k + 0.5) / grid.side as f64) as f32;
        pos2(square.left() + at(i) * side, square.bottom() - at(j) * side)
    };
    let stroke = Stroke::new(2.0, visuals.text_color());
    clipped.extend(memory.line.iter().map(|ends| Shape::line_segment(ends.map(screen_from_grid), stroke)));
    let data = problem.data();
    let screen = |row: &[f64]| {
        let at = |k: usize| ((row[k] - grid.center[k]) / grid.half) as f32 * 0.5 * side;
        square.center() + vec2(at(0), -at(1))
    };
    points(&clipped, problem, subject.reading, &screen, &visuals);
    foot(&painter, square, grid, problem, subject.reading, &visuals);
    let Some(at) = response.hover_pos().filter(|at| square.contains(*at)) else { return };
    let near = nearest(at, (0..data.len().min(MOST_POINTS)).map(|i| (screen(data.inputs.row(i)), i)));
    let share = (at - square.min) / side;
    let there = grid.plane_from_grid([share.x, 1.0 - share.y].map(|s| f64::from(s) * grid.side as f64 - 0.5));
    let x = near.map_or(there.to_vec(), |i| data.inputs.row(i).to_vec());
    let mut out = problem.network().outputs(&insight.w, &Rows { width: 2, values: x.clone() });
    squash(subject.squashes, &mut out.values);
    let mut text = format!("x = {}\n{}", number::vector(&x, 3), said(subject.reading, out.row(0)));
    if let Some(i) = near {
        text = format!("{}\n{text}", named(problem, i));
        clipped.circle_stroke(screen(&x), 6.0, Stroke::new(2.0, visuals.text_color()));
    }
    response.on_hover_text_at_pointer(text);
}

/// The sample that is drawn nearest to the pointer, if one is near.
pub(super) fn nearest(pointer: Pos2, samples: impl Iterator<Item = (Pos2, usize)>) -> Option<usize> {
    let near = samples.map(|(at, i)| (at.distance(pointer), i)).filter(|(distance, _)| *distance <= REACH);
    near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, i)| i)
}

/// The part of the data to which a sample belongs, and its target.
pub(super) fn named(problem: &NetworkProblem, i: usize) -> String {
    let data = problem.data();
    let part = if i < data.train { "Training" } else { "Test" };
    let target = match &data.targets {
        Targets::Classes { labels, .. } => format!("class {}", labels[i]),
        Targets::Values(rows) if rows.width == 1 => format!("value {}", number::significant(rows.row(i)[0], 3)),
        Targets::Values(rows) => format!("values {}", number::vector(rows.row(i), 3)),
    };
    format!("{part} sample of {target}")
}

/// What outputs say, in words.
pub(super) fn said(reading: Reading, z: &[f64]) -> String {
    match reading {
        Reading::Logit => {
            format!(
                "logit {}: class 1 with probability {:.1} %",
                number::significant(z[0], 3),
                50.0 * (1.0 + reading.level(z[0]))
            )
        }
        Reading::Classes(true) => {
            let scores = reading.scores(z);
            let class = super::subject::top(&scores);
            format!("class {class} with probability {:.1} %", 100.0 * scores[class])
        }
        _ => format!("output {}", if z.len() == 1 { number::significant(z[0], 4) } else { number::vector(z, 3) }),
    }
}

impl PictureMemory {
    fn paint(&mut self, ui: &Ui, grid: &Grid, subject: &Subject, insight: &Insight) {
        let reading = subject.reading;
        let shade = theme::theme_of(ui.visuals());
        let Some(rows) = insight.layers.last().filter(|_| self.drawn != Some((insight.key, shade))) else { return };
        self.drawn = Some((insight.key, shade));
        let (shades, side) = (Shades::new(shade), grid.side);
        let mut image = ColorImage::filled([side, side], Color32::TRANSPARENT);
        for (k, z) in rows.values.chunks_exact(rows.width).enumerate().take(side * side) {
            let color = match reading {
                Reading::Classes(_) => {
                    let scores = reading.scores(z);
                    let class = super::subject::top(&scores);
                    let sure = scores[class].clamp(0.0, 1.0) as f32;
                    ui.visuals().panel_fill.lerp_to_gamma(theme::series(ui.visuals(), class), 0.15 + 0.4 * sure)
                }
                // The ends of the map are left to the samples.
                _ => shades.at(0.8 * reading.level(z[0])),
            };
            image.pixels[(side - 1 - k / side) * side + k % side] = color;
        }
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::LINEAR),
            None => self.texture = Some(ui.ctx().load_texture("output", image, TextureOptions::LINEAR)),
        }
        self.line = match reading {
            Reading::Logit | Reading::Sign | Reading::Value(_) => {
                let values: Vec<f64> = rows.values.iter().copied().step_by(rows.width).collect();
                contour::contours(side, side, &values, if subject.squashes { 0.5 } else { 0.0 })
            }
            // Where the first class of two changes hands with the best of the others.
            Reading::Classes(_) => (0..rows.width)
                .flat_map(|class| {
                    let lead = |z: &[f64]| {
                        let others = z.iter().enumerate().filter(|(k, _)| *k != class);
                        z[class] - others.map(|(_, v)| *v).fold(f64::NEG_INFINITY, f64::max)
                    };
                    let values: Vec<f64> = rows.values.chunks_exact(rows.width).map(lead).collect();
                    contour::contours(side, side, &values, 0.0)
                })
                .collect(),
            Reading::Reconstruction => Vec::new(),
        };
    }
}

/// The colour of a sample.
fn color(problem: &NetworkProblem, reading: Reading, i: usize, visuals: &Visuals) -> Color32 {
    match &problem.data().targets {
        Targets::Classes { labels, .. } => theme::series(visuals, labels[i]),
        Targets::Values(rows) => Shades::new(theme::theme_of(visuals)).at(reading.level(rows.row(i)[0])),
    }
}

fn points(painter: &Painter, problem: &NetworkProblem, reading: Reading, screen: &dyn Fn(&[f64]) -> Pos2, visuals: &Visuals) {
    let data = problem.data();
    let casing = theme::color(theme::theme_of(visuals).casing());
    let by_value = matches!(data.targets, Targets::Values(_));
    // Training samples lie above; in a small picture all are small.
    let size = (painter.clip_rect().width() / 300.0).clamp(0.5, 1.0);
    for i in (0..data.len().min(MOST_POINTS)).rev() {
        let rim = if by_value { visuals.weak_text_color() } else { casing };
        dot(painter, screen(data.inputs.row(i)), i < data.train, size, color(problem, reading, i, visuals), [rim, casing]);
    }
}

/// A sample: filled with a rim where it is for training, else a ring in a casing.
pub(super) fn dot(painter: &Painter, at: Pos2, of_training: bool, size: f32, color: Color32, [rim, casing]: [Color32; 2]) {
    if of_training {
        painter.circle(at, 3.5 * size, color, Stroke::new(size, rim));
    } else {
        painter.circle_stroke(at, 3.0 * size, Stroke::new(3.0 * size, casing));
        painter.circle_stroke(at, 3.0 * size, Stroke::new(1.5 * size, color));
    }
}

fn foot(painter: &Painter, square: Rect, grid: &Grid, problem: &NetworkProblem, reading: Reading, visuals: &Visuals) {
    let (ink, font) = (visuals.weak_text_color(), FontId::proportional(12.0));
    let ends = [-1.0, 1.0].map(|s| number::significant(grid.center[0] + s * grid.half, 2));
    painter.text(square.left_bottom() + vec2(0.0, 2.0), Align2::LEFT_TOP, &ends[0], font.clone(), ink);
    painter.text(square.right_bottom() + vec2(0.0, 2.0), Align2::RIGHT_TOP, &ends[1], font.clone(), ink);
    painter.text(square.center_bottom() + vec2(0.0, 2.0), Align2::CENTER_TOP, "x₁", font.clone(), ink);
    painter.text(square.left_top() + vec2(6.0, 4.0), Align2::LEFT_TOP, "x₂", font.clone(), visuals.text_color());
    let mut mark = parts(painter, square, problem, visuals);
    if let (Targets::Values(_), Reading::Value([low, high])) = (&problem.data().targets, reading) {
        let shades = Shades::new(theme::theme_of(visuals));
        mark(&number::significant(low, 2), true, shades.at(reading.level(low)));
        mark(&number::significant(high, 2), true, shades.at(reading.level(high)));
    }
}

/// Below a picture what stands for training, for test and for each class; what comes back adds further marks.
pub(super) fn parts<'a>(
    painter: &'a Painter,
    square: Rect,
    problem: &NetworkProblem,
    visuals: &Visuals,
) -> impl FnMut(&str, bool, Color32) + use<'a> {
    let (ink, font) = (visuals.weak_text_color(), FontId::proportional(12.0));
    let mut at = square.left_bottom() + vec2(4.0, 26.0);
    let mut mark = move |word: &str, filled: bool, color: Color32| {
        if filled {
            painter.circle_filled(at, 3.5, color);
        } else {
            painter.circle_stroke(at, 3.0, Stroke::new(1.5, color));
        }
        let placed = painter.text(at + vec2(8.0, 0.0), Align2::LEFT_CENTER, word, font.clone(), ink);
        at.x = placed.right() + 14.0;
    };
    mark("training", true, ink);
    if problem.data().len() > problem.data().train {
        mark("test", false, ink);
    }
    if let Targets::Classes { count, .. } = &problem.data().targets {
        for class in 0..(*count).min(4) {
            let word = if square.width() > 260.0 { format!("class {class}") } else { class.to_string() };
            mark(&word, true, theme::series(visuals, class));
        }
    }
    mark
}
