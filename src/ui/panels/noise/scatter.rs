//! The second moment of the stochastic gradient along each eigenvector, against |λ|, both axes logarithmic.

use super::work::NoiseFound;
use crate::measure::noise::{NoiseAlong, half_space_bound};
use crate::ui::number;
use crate::ui::panels::axes;
use crate::ui::panels::spectrum::{caption, pointer, sign_color};
use eframe::egui::{self, Align2, Shape, Stroke, Ui, Vec2b, pos2, vec2};
use egui_plot::{AxisHints, HPlacement, PlotBounds, PlotPoint};

/// Decades below the largest |λ| that are shown.
const DECADES: f64 = 8.0;
/// How near to a point the pointer must be, in points.
const REACH: f32 = 12.0;

/// The lemma for half-spaces: λ is compared with ((λ − l2)/longest)².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lemma {
    /// μ.
    pub l2: f64,
    /// max ‖z‖.
    pub longest: f64,
    /// Along how many eigenvectors it holds, of how many, and the least ratio of moment and bound; none where that was not checked.
    pub held: Option<(usize, usize, f64)>,
}

/// What is drawn of the measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// B.
    pub batch: usize,
    /// Whether the gradients of samples are made unit vectors.
    pub normalized: bool,
}

impl Shown {
    /// The height of a point.
    pub fn of(self, along: &NoiseAlong) -> f64 {
        if self.normalized { along.share } else { along.second_moment(self.batch) }
    }

    /// The height of noise without a direction.
    pub fn isotropic(self, found: &NoiseFound) -> f64 {
        if self.normalized { found.noise.isotropic_share() } else { found.noise.isotropic(self.batch) }
    }
}

fn log(v: f64) -> f64 {
    libm::log10(v.max(1e-300))
}

/// A triangle for a negative eigenvalue, a disk for a positive one.
fn dot(painter: &egui::Painter, center: egui::Pos2, eigenvalue: f64, visuals: &egui::Visuals) {
    let color = sign_color(visuals, eigenvalue);
    if eigenvalue < 0.0 {
        let r = 4.5;
        let corners = vec![center + vec2(0.0, r), center + vec2(-r, -0.8 * r), center + vec2(r, -0.8 * r)];
        painter.add(Shape::convex_polygon(corners, color.gamma_multiply(0.9), Stroke::new(0.8, visuals.panel_fill)));
    } else {
        painter.circle(center, 3.2, color.gamma_multiply(0.75), Stroke::new(0.8, visuals.panel_fill));
    }
}

/// Draws the plot.
pub fn scatter_ui(ui: &mut Ui, found: &NoiseFound, shown: Shown, lemma: Option<Lemma>, chosen: Option<f64>, height: f32) {
    let visuals = ui.visuals().clone();
    let largest = found.noise.along.iter().fold(0.0_f64, |m, a| m.max(a.eigenvalue.abs()));
    let floor = largest * libm::pow(10.0, -DECADES);
    let points: Vec<(&NoiseAlong, f64, f64)> = found
        .noise
        .along
        .iter()
        .filter(|a| a.eigenvalue.abs() > floor && shown.of(a) > 0.0)
        .map(|a| (a, log(a.eigenvalue.abs()), log(shown.of(a))))
        .collect();
    let isotropic = log(shown.isotropic(found));
    // The mean of a batch of B has at least a share 1/B of the moment of one sample.
    let batch = shown.batch.max(1) as f64;
    let bound = lemma.map(|lemma| move |a: &NoiseAlong| log(half_space_bound(a.eigenvalue, lemma.l2, lemma.longest) / batch));
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) =
            values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = if low <= high { (low, high) } else { (-1.0, 0.0) };
        let margin = (0.06 * (high - low)).max(0.15);
        [low - margin, high + margin]
    };
    let [x0, x1] = range(&mut points.iter().map(|p| p.1));
    let bounds = points.iter().filter_map(|p| bound.map(|bound| bound(p.0)));
    let top = points.iter().map(|p| p.2).fold(isotropic, f64::max);
    // Eigenvectors that no sample has anything of are below the picture.
    let [y0, y1] = range(&mut points.iter().map(|p| p.2.max(top - 12.0)).chain([isotropic]).chain(bounds));
    let small = egui::FontId::proportional(11.0);
    let [across, up] = [axes::count(ui.available_width(), 90.0), axes::count(height, 28.0)];
    let response = axes::still(ui, "gradient noise")
        .height(height)
        .show_axes(Vec2b::TRUE)
        .custom_x_axes(vec![
            AxisHints::new_x()
                .label("|λ| of the Hessian")
                .tick_label_font(small.clone())
                .label_spacing(16.0..=28.0)
                .formatter(|mark, _| axes::label(true, &mark)),
        ])
        .custom_y_axes(vec![
            AxisHints::new_y()
                .placement(HPlacement::Left)
                .min_thickness(42.0)
                .tick_label_font(small)
                .label_spacing(4.0..=8.0)
                .formatter(|mark, _| axes::label(true, &mark)),
        ])
        .x_grid_spacer(move |_| axes::marks(true, x0, x1, across))
        .y_grid_spacer(move |_| axes::marks(true, y0, y1, up))
        .sense(egui::Sense::hover())
        .show(ui, |plot| plot.set_plot_bounds(PlotBounds::from_min_max([x0, y0], [x1, y1])));
    let (transform, frame) = (response.transform, *response.transform.frame());
    let painter = ui.painter().with_clip_rect(frame);
    let at = |x: f64, y: f64| transform.position_from_point(&PlotPoint::new(x, y));
    let level = at(x0, isotropic).y;
    let ends = [pos2(frame.left(), level), pos2(frame.right(), level)];
    painter.extend(Shape::dashed_line(&ends, Stroke::new(1.6, visuals.text_color()), 8.0, 5.0));
    if let Some(bound) = bound {
        for (along, x, y) in &points {
            let (low, high) = (at(*x, bound(along)), at(*x, *y));
            painter.line_segment([low, high], Stroke::new(1.0, visuals.warn_fg_color.gamma_multiply(0.6)));
            painter.line_segment([low - vec2(7.0, 0.0), low + vec2(7.0, 0.0)], Stroke::new(2.5, visuals.warn_fg_color));
        }
    }
    for (along, x, y) in &points {
        dot(&painter, at(*x, *y), along.eigenvalue, &visuals);
    }
    let mark = |x: f64, y: f64, color| pointer(&painter, at(x, y) - vec2(0.0, 6.0), color);
    if let Some(value) = chosen {
        let near = |a: &&(&NoiseAlong, f64, f64)| (a.0.eigenvalue - value).abs();
        if let Some((_, x, y)) = points.iter().min_by(|a, b| near(a).total_cmp(&near(b))) {
            mark(*x, *y, visuals.text_color());
        }
    }
    let name = if shown.normalized { "isotropic: 1/d" } else { "isotropic: E‖g‖²/d" };
    caption(&painter, pos2(frame.left() + 112.0, level - 3.0), Align2::LEFT_BOTTOM, name, &visuals);
    let name = if shown.normalized { "E⟨∇fᵢ/‖∇fᵢ‖, v⟩²" } else { "E⟨g, v⟩²" };
    caption(&painter, frame.left_top() + vec2(4.0, 2.0), Align2::LEFT_TOP, name, &visuals);
    for (sign, text, left) in [(-1.0, "λ < 0", 108.0), (1.0, "λ > 0", 50.0)] {
        let corner = frame.right_bottom() - vec2(left, 4.0);
        // The caption keeps inside the frame.
        let words = caption(&painter, corner, Align2::LEFT_BOTTOM, text, &visuals);
        dot(&painter, words.left_center() - vec2(9.0, 0.0), sign, &visuals);
    }
    if lemma.is_some() {
        let text = if shown.batch > 1 { "lower bound ((λ − μ)/c)²/B" } else { "lower bound ((λ − μ)/c)²" };
        let corner = frame.right_bottom() - vec2(6.0, 22.0);
        let words = caption(&painter, corner, Align2::RIGHT_BOTTOM, text, &visuals);
        let tick = words.left_center() - vec2(10.0, 0.0);
        painter.line_segment([tick - vec2(14.0, 0.0), tick], Stroke::new(2.5, visuals.warn_fg_color));
    }
    let hidden = found.noise.along.len() - points.len();
    let about = format!(
        "Gradient noise along {} eigenvectors; {hidden} with eigenvalues about 0 or without noise are not drawn",
        points.len()
    );
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about.clone()));
    let Some(over) = response.response.hover_pos() else { return };
    let near = |p: &&(&NoiseAlong, f64, f64)| at(p.1, p.2).distance(over);
    let nearest = points.iter().min_by(|a, b| near(a).total_cmp(&near(b))).filter(|p| near(p) < REACH);
    if let Some((along, x, y)) = nearest {
        mark(*x, *y, visuals.selection.stroke.color);
        let times = number::short(shown.of(along) / shown.isotropic(found), 3);
        let text = format!(
            "λ = {}\n{name} = {}\n{times} times the isotropic value\nmean slope ⟨∇f, v⟩ = {}",
            number::significant(along.eigenvalue, 4),
            number::significant(shown.of(along), 3),
            number::short(along.mean, 3)
        );
        response.response.on_hover_text_at_pointer(text);
    }
}
