//! The secular function: ‖s(λ)‖ over λ with its poles and its root, or its reciprocal, on which Newton's method climbs.

use super::{short, solvers};
use crate::ui::panels::axes;
use crate::ui::{number, theme};
use crate::view::anatomy::Secular;
use eframe::egui::{self, Align2, RichText, Ui, Vec2b};
use egui_plot::{AxisHints, HLine, HPlacement, Line, LineStyle, PlotBounds, PlotPoint, PlotPoints, Points, Polygon, Text, VLine};

/// Samples on each side of a pole or the root, six to a tenfold of the distance.
const NEAR: u32 = 90;
/// Poles that are sampled so closely at most.
const MOST_CENTERS: usize = 12;
/// Samples of the curve.
const SAMPLES: usize = 320;

/// Draws the plot; a drag in it moves λ, a double click puts it back to the root.
/// With `sigma` of a cubic model also the line λ/σ, which meets the curve at the same root.
pub fn secular_ui(ui: &mut Ui, secular: &Secular, sigma: Option<f64>, lambda: &mut Option<f64>, reciprocal: &mut bool) {
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let norm = egui::Button::selectable(!*reciprocal, RichText::new("‖s(λ)‖").small());
        if ui.add(norm).on_hover_text("The length of s(λ) = −(H + λM)⁻¹g: the root is where it is Δ").clicked() {
            *reciprocal = false;
        }
        let newton = egui::Button::selectable(*reciprocal, RichText::new("1/‖s(λ)‖ − 1/Δ").small());
        let about = "The same root on a nearly straight curve: Newton's method climbs it in a few steps";
        if ui.add(newton).on_hover_text(about).clicked() {
            *reciprocal = true;
        }
        let at = lambda.unwrap_or(secular.root);
        // Where there is no room beside the buttons it stands below them, whole.
        ui.add_space(6.0);
        for text in [format!("λ = {},", short(at)), format!("‖s(λ)‖ = {}", short(secular.norm(at)))] {
            ui.add(egui::Label::new(RichText::new(text).small()).extend());
            ui.add_space(2.0);
        }
    });
    let [left, right] = secular.window();
    let (low, high) = range(secular, *reciprocal);
    let visuals = ui.visuals().clone();
    let (weak, text) = (visuals.weak_text_color(), visuals.text_color());
    let tone = |series| theme::series(&visuals, series);
    let small = egui::FontId::proportional(11.0);
    let response = axes::still(ui, "secular")
        .height(176.0)
        .show_axes(Vec2b::TRUE)
        .custom_x_axes(vec![
            AxisHints::new_x()
                .tick_label_font(small.clone())
                .label_spacing(24.0..=40.0)
                .formatter(|mark, _| number::short(mark.value, 3)),
        ])
        .custom_y_axes(vec![
            AxisHints::new_y()
                .placement(HPlacement::Left)
                .min_thickness(34.0)
                .tick_label_font(small)
                .formatter(|mark, _| number::short(mark.value, 3))
                .label_spacing(8.0..=16.0),
        ])
        .sense(egui::Sense::click_and_drag())
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([left, low], [right, high]));
            let least = secular.least();
            let band = PlotPoints::from(vec![[least, low], [right, low], [right, high], [least, high]]);
            let shade = tone(5).gamma_multiply(0.10);
            plot.polygon(Polygon::new("", band).fill_color(shade).stroke(egui::Stroke::NONE).allow_hover(false));
            let target = if *reciprocal { 0.0 } else { secular.radius };
            plot.hline(HLine::new("", target).color(tone(5)).width(1.6).allow_hover(false));
            if !*reciprocal {
                let at = PlotPoint::new(right - 0.01 * (right - left), target);
                plot.text(
                    Text::new("", at, RichText::new("Δ").small()).color(tone(5)).anchor(Align2::RIGHT_BOTTOM).allow_hover(false),
                );
            }
            if let Some(sigma) = sigma.filter(|_| !*reciprocal) {
                let line = PlotPoints::from(vec![[0.0, 0.0], [right, right / sigma]]);
                plot.line(Line::new("", line).color(tone(2)).width(1.6).allow_hover(false));
            }
            let poles = secular.poles();
            for (k, pole) in poles.iter().rev().enumerate() {
                let style = if pole.real { LineStyle::dashed_loose() } else { LineStyle::dotted_loose() };
                plot.vline(VLine::new("", pole.at).color(weak).width(1.2).style(style).allow_hover(false));
                let inside = pole.at > left && pole.at < right;
                if k < 3 && inside {
                    let at = PlotPoint::new(pole.at - 0.012 * (right - left), high - 0.02 * (high - low));
                    let name = format!("−λ{}", ["₁", "₂", "₃"][k]);
                    plot.text(
                        Text::new("", at, RichText::new(name).small()).color(weak).anchor(Align2::RIGHT_TOP).allow_hover(false),
                    );
                }
            }
            for piece in pieces(secular, *reciprocal, [left, right], [low, high]) {
                plot.line(Line::new("", PlotPoints::from(piece)).color(text).width(2.0).allow_hover(false));
            }
            if *reciprocal {
                plot.line(Line::new("", PlotPoints::from(climb(secular))).color(tone(1)).width(1.4).allow_hover(false));
                let found: Vec<[f64; 2]> = secular.iterates.iter().map(|l| [*l, value(secular, true, *l)]).collect();
                plot.points(Points::new("", PlotPoints::from(found)).color(tone(1)).radius(3.0).allow_hover(false));
            }
            let (root, at_root) = (secular.root, secular.norm(secular.root));
            if !*reciprocal && root > 0.0 && at_root < secular.radius {
                // The hard case: what is missing to the boundary is made up by v₁.
                let rise = PlotPoints::from(vec![[root, at_root], [root, secular.radius]]);
                let style = LineStyle::dashed_dense();
                plot.line(Line::new("", rise).color(tone(30)).width(2.0).style(style).allow_hover(false));
            }
            let end = match *reciprocal {
                true => value(secular, true, root).clamp(low, high),
                false if root > 0.0 => secular.radius,
                false => at_root.min(secular.radius),
            };
            plot.points(Points::new("", vec![[root, end]]).color(tone(30)).radius(5.0).allow_hover(false));
            if let Some(lambda) = *lambda {
                let color = tone(solvers::REGULARIZED.series);
                plot.vline(VLine::new("", lambda).color(color).width(1.6).allow_hover(false));
                let y = value(secular, *reciprocal, lambda).clamp(low, high);
                plot.points(Points::new("", vec![[lambda, y]]).color(color).radius(5.0).allow_hover(false));
            }
        });
    let about = "The secular function: drag to read off s(λ) in the picture, double click to go back to the root";
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about));
    if response.response.double_clicked() {
        *lambda = None;
    } else if response.response.dragged()
        && let Some(pointer) = response.response.interact_pointer_pos()
    {
        *lambda = Some(response.transform.value_from_position(pointer).x.clamp(left, right));
    }
    response.response.on_hover_text("Drag: s(λ) in the picture. Shaded: λ ≥ 0 and H + λM without negative eigenvalue");
}

fn value(secular: &Secular, reciprocal: bool, lambda: f64) -> f64 {
    if reciprocal { secular.reciprocal(lambda) } else { secular.norm(lambda) }
}

/// The interval of values that is shown.
fn range(secular: &Secular, reciprocal: bool) -> (f64, f64) {
    let (at_root, radius) = (secular.norm(secular.root), secular.radius);
    if reciprocal {
        let above = if at_root > 0.0 { 1.2 * secular.reciprocal(secular.root) } else { 0.0 };
        (-1.25 / radius, above.clamp(1.0 / radius, 20.0 / radius))
    } else {
        (0.0, 2.6 * radius)
    }
}

/// Places in the window in order: evenly spread, and ever closer to each pole and to the root, where all happens in a breath.
fn samples(secular: &Secular, [left, right]: [f64; 2]) -> Vec<f64> {
    let span = right - left;
    let mut places: Vec<f64> = (0..=SAMPLES).map(|k| left + span * k as f64 / SAMPLES as f64).collect();
    let centers = secular.poles().into_iter().map(|pole| pole.at).chain([secular.root]);
    for center in centers.filter(|at| (left..=right).contains(at)).take(MOST_CENTERS) {
        let offsets = (1..=NEAR).map(|k| span * libm::exp10(-f64::from(k) / 6.0));
        places.extend(offsets.flat_map(|d| [center - d, center + d]).filter(|at| (left..=right).contains(at)));
        places.push(center);
    }
    places.sort_by(f64::total_cmp);
    places.dedup();
    places
}

/// The curve between the poles, cut a little above what is shown.
fn pieces(secular: &Secular, reciprocal: bool, [left, right]: [f64; 2], [low, high]: [f64; 2]) -> Vec<Vec<[f64; 2]>> {
    let mut pieces = vec![Vec::new()];
    let cuts: Vec<f64> = secular.poles().iter().filter(|pole| pole.real).map(|pole| pole.at).collect();
    let mut last = f64::NEG_INFINITY;
    let reach = 2.0 * (high - low);
    for lambda in samples(secular, [left, right]) {
        if !reciprocal && cuts.iter().any(|cut| last < *cut && *cut <= lambda) {
            pieces.push(Vec::new());
        }
        last = lambda;
        let y = value(secular, reciprocal, lambda);
        let y = if y.is_finite() { y.clamp(low - reach, high + reach) } else { high + reach };
        if let Some(piece) = pieces.last_mut() {
            piece.push([lambda, y]);
        }
    }
    pieces
}

/// Newton's way to the root: up to the tangent's zero, over to the curve.
fn climb(secular: &Secular) -> Vec<[f64; 2]> {
    let mut way = Vec::new();
    for (k, lambda) in secular.iterates.iter().enumerate() {
        if k > 0 {
            way.push([*lambda, 0.0]);
        }
        way.push([*lambda, secular.reciprocal(*lambda)]);
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Metric, Vector};
    use crate::view::anatomy::{Anatomy, Subproblem};

    #[test]
    fn the_curve_runs_through_its_root_beside_a_far_pole() {
        let problem = Subproblem {
            gradient: Vector::from_slice(&[1.5, 1e-6]),
            hessian: Vector::from_slice(&[1.0, 0.0, 0.0, -1.0]),
            metric: Metric::Diagonal(Vector::from_slice(&[1.0, 1e-5])),
            radius: 0.02,
        };
        let Ok(Anatomy { secular, .. }) = Anatomy::new(problem) else { panic!("a subproblem") };
        assert!(secular.root > 0.99e5);
        let drawn = pieces(&secular, false, secular.window(), range(&secular, false).into());
        let near = |p: &[f64; 2]| (p[0] - secular.root).abs() < 1e-9 * secular.root && (p[1] - 0.02).abs() < 1e-4;
        assert!(drawn.iter().any(|piece| piece.iter().any(near)), "no sample at the root {}", secular.root);
        assert!(drawn.iter().all(|piece| piece.windows(2).all(|pair| pair[0][0] < pair[1][0])));
    }
}
