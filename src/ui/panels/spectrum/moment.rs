//! The spectra at the shown step, as bars, smooth densities and ticks.

use super::numbers::kind_name;
use super::picture::{Drawn, Picture};
use super::place::{Place, shares};
use super::work::{AllFound, Found};
use crate::measure::spectrum::MatrixKind;
use crate::ui::panels::axes;
use crate::ui::{number, theme};
use crate::view::SpectralAxis;
use eframe::egui::{self, Align2, Color32, Pos2, Rect, Shape, Stroke, Ui, Vec2b, Visuals, pos2, vec2};
use egui_plot::{AxisHints, GridMark, HPlacement, PlotBounds, PlotPoint, PlotTransform};

/// The height of the ticks of one matrix, in points.
const RUG: f32 = 12.0;
/// The least size of letters that are set lower, in points: a projector shows them too.
const LEAST_SIZE: f32 = 10.0;
/// How near to a tick the pointer must be, in points.
const REACH: f32 = 10.0;

/// The colours of negative, of about zero and of positive eigenvalues.
pub(in crate::ui::panels) fn sign_color(visuals: &Visuals, sign: f64) -> Color32 {
    let [positive, _, negative, zero] = theme::theme_of(visuals).curvature_tints();
    theme::color(match sign {
        s if s < 0.0 => negative,
        s if s > 0.0 => positive,
        _ => zero,
    })
}

/// The colour of a matrix in the background.
fn kind_color(visuals: &Visuals, kind: MatrixKind) -> Color32 {
    let series = match kind {
        MatrixKind::Hessian => 6,
        MatrixKind::GaussNewton => 2,
        MatrixKind::Fisher => 4,
        MatrixKind::Rest => 7,
    };
    theme::series(visuals, series)
}

/// The marks of an axis of eigenvalues.
pub(super) fn grid_marks(axis: &SpectralAxis, count: usize) -> Vec<GridMark> {
    let step_size = axis.range[1] - axis.range[0];
    axis.marks(count).into_iter().map(|(value, _)| GridMark { value, step_size }).collect()
}

/// Eigenvalues in a bin become a height: log₁₀(1 + count).
fn height_of(count: f64) -> f64 {
    libm::log10(1.0 + count.max(0.0))
}

/// Draws the plot; returns the eigenvalue that was clicked, with its place among the known ones.
pub fn moment_ui(
    ui: &mut Ui,
    picture: &Picture,
    found: &AllFound,
    place: &Place<'_>,
    chosen: Option<f64>,
    height: f32,
) -> Option<f64> {
    legend_ui(ui, picture);
    let visuals = ui.visuals().clone();
    let axis = picture.axis;
    let [low, high] = axis.range;
    let top = 1.08 * height_of(picture.top);
    let rugs = RUG * picture.drawn.len() as f32 + 4.0;
    let room = (height - 22.0 - 44.0).max(60.0);
    let bottom = -top * f64::from(rugs / (room - rugs).max(10.0));
    let small = egui::FontId::proportional(11.0);
    let x_count = (ui.available_width() / 64.0) as usize;
    let x_axis = AxisHints::new_x()
        .label("eigenvalue λ")
        .tick_label_font(small.clone())
        .label_spacing(12.0..=24.0)
        .formatter(move |mark, _| number::short(axis.value(mark.value), 2));
    let y_axis = AxisHints::new_y()
        .placement(HPlacement::Left)
        .min_thickness(38.0)
        .tick_label_font(small)
        .label_spacing(4.0..=8.0)
        .formatter(|mark, _| number::short(libm::pow(10.0, mark.value) - 1.0, 2));
    let response = axes::still(ui, "spectrum at a step")
        .height(room + 44.0)
        .show_axes(Vec2b::TRUE)
        .custom_x_axes(vec![x_axis])
        .custom_y_axes(vec![y_axis])
        .x_grid_spacer(move |_| grid_marks(&axis, x_count.clamp(3, 14)))
        .y_grid_spacer(move |_| {
            let heights = [0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e4, 1e5];
            // Where 0 and 1 would touch, decades have to do.
            let crowded = height_of(1.0) / (top - bottom) * f64::from(room) < 10.0;
            let heights = heights.into_iter().filter(move |v| !crowded || ![1.0, 3.0, 30.0].contains(v)).map(height_of);
            heights.filter(|h| *h < top).map(|value| GridMark { value, step_size: 10.0 }).collect()
        })
        .sense(egui::Sense::click())
        .show(ui, |plot| plot.set_plot_bounds(PlotBounds::from_min_max([low, bottom], [high, top])));
    let (transform, frame) = (response.transform, *response.transform.frame());
    let painter = ui.painter().with_clip_rect(frame);
    for (k, drawn) in picture.drawn.iter().enumerate().rev() {
        let base = frame.bottom() - 2.0 - RUG * (picture.drawn.len() - 1 - k) as f32;
        paint(&painter, picture, drawn, &transform, k == 0, base, &visuals);
    }
    let zero = transform.position_from_point(&PlotPoint::new(0.0, 0.0));
    painter.vline(zero.x, frame.y_range(), Stroke::new(1.0, visuals.weak_text_color()));
    caption(&painter, frame.left_top() + vec2(4.0, 2.0), Align2::LEFT_TOP, "eigenvalues in a bin", &visuals);
    let first = picture.drawn.first()?;
    let at = |value: f64| transform.position_from_point(&PlotPoint::new(axis.coordinate(value), 0.0)).x;
    let base = frame.bottom() - 2.0 - RUG * (picture.drawn.len() - 1) as f32;
    if let Some(value) = chosen {
        pointer(&painter, pos2(at(value), base - RUG), visuals.text_color());
    }
    let ends = (first.ticks.first().map_or(f64::NAN, |t| t.0), first.ticks.last().map_or(f64::NAN, |t| t.0));
    let about = format!(
        "Spectrum of the {}: eigenvalues from {} to {}",
        kind_name(first.kind).0,
        number::significant(ends.0, 4),
        number::significant(ends.1, 4)
    );
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about.clone()));
    let over = response.response.hover_pos()?;
    let near = |(_, (value, _)): &(usize, &(f64, f64))| (at(*value) - over.x).abs();
    let nearest = first.ticks.iter().enumerate().filter(|(_, (value, _))| value.is_finite());
    let (k, (value, residual)) = nearest.min_by(|a, b| near(a).total_cmp(&near(b))).filter(|tick| near(tick) < REACH)?;
    pointer(&painter, pos2(at(*value), base - RUG), visuals.selection.stroke.color);
    let text = told(place, first, found, k, *value, *residual);
    let clicked = response.response.clicked();
    response.response.on_hover_text_at_pointer(text);
    clicked.then_some(*value)
}

/// What is said of an eigenvalue.
fn told(place: &Place<'_>, drawn: &Drawn, found: &AllFound, k: usize, value: f64, residual: f64) -> String {
    let mut text = format!("λ = {}", number::significant(value, 5));
    let known = found.iter().find(|(kind, _)| *kind == drawn.kind).map(|(_, found)| found);
    let vector = match known {
        Some(Found::Exact(spectrum)) => {
            text = format!("{text}, number {} of {}", k + 1, spectrum.values.len());
            spectrum.vector(k)
        }
        Some(Found::Large(ends, _)) => {
            let pair = ends.bottom.iter().chain(&ends.top).find(|pair| pair.value.to_bits() == value.to_bits());
            pair.map(|pair| &pair.vector[..]).filter(|v| v.len() == place.w.len())
        }
        None => None,
    };
    text = format!("{text}\nresidual ‖A v − λ v‖ = {}", number::short(residual, 2));
    if let Some(v) = vector {
        text = format!("{text}\nits eigenvector: {}", shares(&place.subject, v));
    }
    if drawn.kind == MatrixKind::Hessian {
        text.push_str("\nClick: find it in the panel Noise");
    }
    text
}

fn legend_ui(ui: &mut Ui, picture: &Picture) {
    let visuals = ui.visuals().clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let entry = |ui: &mut Ui, color: Color32, text: String| {
            let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
            ui.painter().rect_filled(rect, 2.0, color);
            ui.label(egui::RichText::new(text).small());
            ui.add_space(8.0);
        };
        let Some(first) = picture.drawn.first() else { return };
        let about_zero = picture.axis.value(0.5 * picture.bins.width);
        entry(ui, sign_color(&visuals, -1.0), "negative".to_owned());
        if !first.bars.is_empty() {
            entry(ui, sign_color(&visuals, 0.0), format!("|λ| < {}", number::short(about_zero, 1)));
        }
        entry(ui, sign_color(&visuals, 1.0), "positive".to_owned());
        for drawn in &picture.drawn[1..] {
            entry(ui, kind_color(&visuals, drawn.kind), kind_name(drawn.kind).0.to_owned());
        }
        if !first.error.is_empty() {
            entry(ui, visuals.text_color().gamma_multiply(0.25), "standard error of the density".to_owned());
        }
    });
}

fn paint(
    painter: &egui::Painter,
    picture: &Picture,
    drawn: &Drawn,
    transform: &PlotTransform,
    front: bool,
    base: f32,
    visuals: &Visuals,
) {
    let screen = |c: f64, count: f64| transform.position_from_point(&PlotPoint::new(c, height_of(count)));
    if front {
        for (i, count) in drawn.bars.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let left = picture.bins.low + i as f64 * picture.bins.width;
            let (a, b) = (screen(left, *count), screen(left + picture.bins.width, 0.0));
            let rect = Rect::from_min_max(a + vec2(0.5, 0.0), b - vec2(0.5, 0.0));
            painter.rect_filled(rect, 0.0, sign_color(visuals, picture.bins.sign(i)).gamma_multiply(0.75));
        }
    }
    let ink = if front { visuals.text_color() } else { kind_color(visuals, drawn.kind) };
    let points: Vec<Pos2> = picture.grid.iter().zip(&drawn.curve).map(|(c, count)| screen(*c, *count)).collect();
    let edges = |sign: f64| -> Vec<Pos2> {
        let of = |((c, count), error): ((&f64, &f64), &f64)| screen(*c, count + sign * error);
        picture.grid.iter().zip(&drawn.curve).zip(&drawn.error).map(of).collect()
    };
    let (upper, lower) = (edges(1.0), edges(-1.0));
    for ((a, b), (c, d)) in upper.windows(2).zip(lower.windows(2)).map(|(u, l)| ((u[0], u[1]), (l[1], l[0]))) {
        painter.add(Shape::convex_polygon(vec![a, b, c, d], ink.gamma_multiply(0.25), Stroke::NONE));
    }
    if points.len() > 1 {
        painter.add(Shape::line(points, Stroke::new(if front { 1.5 } else { 2.0 }, ink)));
    }
    for (value, _) in drawn.ticks.iter().filter(|(value, _)| value.is_finite()) {
        let x = screen(picture.axis.coordinate(*value), 0.0).x;
        let color = if front { sign_color(visuals, *value) } else { kind_color(visuals, drawn.kind) };
        painter.vline(x, egui::Rangef::new(base - RUG + 3.0, base), Stroke::new(1.2, color));
    }
}

/// Text in which the letters after "_" are set lower and smaller: λ_max.
pub(in crate::ui::panels) fn subscripted(text: &str, size: f32, color: Color32) -> egui::text::LayoutJob {
    let mut job = egui::text::LayoutJob::default();
    for (k, part) in text.split('_').enumerate() {
        let below = if k == 0 { 0 } else { part.find(|c: char| !c.is_alphanumeric()).unwrap_or(part.len()) };
        // In the strong face, which at this size weighs as the others.
        let font = egui::FontId::new((0.8 * size).max(LEAST_SIZE), theme::strong_family());
        let mut lowered = egui::TextFormat::simple(font, color);
        lowered.valign = egui::Align::BOTTOM;
        if below > 0 {
            job.append(&part[..below], 0.0, lowered);
        }
        job.append(&part[below..], 0.0, egui::TextFormat::simple(egui::FontId::proportional(size), color));
    }
    job
}

/// A small triangle that points down.
pub(in crate::ui::panels) fn pointer(painter: &egui::Painter, tip: Pos2, color: Color32) {
    let points = vec![tip, tip + vec2(-5.0, -8.0), tip + vec2(5.0, -8.0)];
    painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
}

/// Text on a faint ground.
pub(in crate::ui::panels) fn caption(painter: &egui::Painter, at: Pos2, anchor: Align2, text: &str, visuals: &Visuals) -> Rect {
    let galley = painter.layout_job(subscripted(text, 11.0, visuals.text_color()));
    let mut rect = anchor.anchor_size(at, galley.size());
    let room = painter.clip_rect().shrink(2.0);
    let shift = |low: f32, high: f32, from: f32, to: f32| (from - low).max(0.0) + (to - high).min(0.0);
    rect = rect.translate(vec2(shift(rect.left(), rect.right(), room.left(), room.right()), 0.0));
    rect = rect.translate(vec2(0.0, shift(rect.top(), rect.bottom(), room.top(), room.bottom())));
    painter.rect_filled(rect.expand2(vec2(3.0, 0.0)), 2.0, visuals.panel_fill.gamma_multiply(0.85));
    painter.galley(rect.min, galley, Color32::PLACEHOLDER);
    rect
}
