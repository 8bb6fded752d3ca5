//! What is left of each mode, step by step, beside what its eigenvalue predicts.

use super::{Context, View};
use crate::measure::momentum::Linearization;
use crate::run::Run;
use crate::ui::panels::axes;
use crate::ui::{number, theme};
use eframe::egui::{self, RichText, Ui};
use egui_plot::{AxisHints, HPlacement, Line, LineStyle, PlotBounds, PlotPoint, PlotPoints, Text, VLine};

/// Points of a curve at most.
const MOST_POINTS: usize = 1000;
/// Decades below the top that are shown.
const DECADES: f64 = 16.0;

/// (k, log₁₀ |cᵢ(k)|) of one mode.
pub(super) struct Decay {
    points: Vec<PlotPoint>,
}

/// The coordinates of a run's iterates along each eigenvector.
pub(super) fn decays(run: &Run, linear: &Linearization) -> Vec<Decay> {
    let trace = run.trace();
    let rows = trace.rows().len();
    let every = rows.div_ceil(MOST_POINTS).max(1);
    let mut decays: Vec<Decay> = linear.curvatures.iter().map(|_| Decay { points: Vec::new() }).collect();
    for row in (0..rows).step_by(every) {
        let k = row as f64 * trace.stride() as f64;
        for (decay, c) in decays.iter_mut().zip(linear.coordinates(trace.position(row))) {
            if c > 0.0 && c.is_finite() {
                decay.points.push(PlotPoint::new(k, libm::log10(c)));
            }
        }
    }
    decays
}

/// Draws the curves.
pub(super) fn decay_ui(ui: &mut Ui, context: &Context<'_>, view: &View<'_>, decays: &[Decay]) {
    ui.vertical(|ui| {
        ui.label(RichText::new("What is left of each mode").small().weak())
            .on_hover_text("|cᵢ(k)|, the distance from the critical point along the i-th eigenvector; dashed: |cᵢ(0)| |σᵢ|ᵏ");
        let visuals = ui.visuals().clone();
        let drawn = || view.modes.iter().filter_map(|mode| Some((*mode, decays.get(*mode)?)));
        let ordinates = || drawn().flat_map(|(_, decay)| decay.points.iter().map(|p| p.y));
        let high = ordinates().fold(f64::NEG_INFINITY, f64::max);
        let low = ordinates().fold(f64::INFINITY, f64::min);
        let (low, high) = if low <= high { (low.max(high - DECADES) - 0.3, high + 0.3) } else { (-1.0, 1.0) };
        let last = view.lane.run().map_or(1.0, |run| run.len() as f64).max(1.0);
        let color = theme::series(&visuals, view.index);
        let small = egui::FontId::proportional(11.0);
        let y_axis = AxisHints::new_y()
            .placement(HPlacement::Left)
            .min_thickness(38.0)
            .tick_label_font(small.clone())
            .formatter(|mark, _| axes::label(true, &mark));
        let x_axis = AxisHints::new_x().tick_label_font(small).formatter(|mark, _| number::short(mark.value, 3));
        let count = axes::count(ui.available_height(), 28.0);
        let response = axes::still(ui, "decay of modes")
            .height(ui.available_height())
            .custom_x_axes(vec![x_axis])
            .custom_y_axes(vec![y_axis])
            .y_grid_spacer(move |_| axes::marks(true, low, high, count))
            .show(ui, |plot| {
                plot.set_plot_bounds(PlotBounds::from_min_max([0.0, low], [last, high]));
                let mut labels: Vec<(String, egui::Color32)> = Vec::new();
                for (place, (mode, decay)) in drawn().enumerate() {
                    let shade = super::diagram::shade(color, &visuals, place, view.modes.len());
                    plot.line(Line::new("", PlotPoints::Borrowed(&decay.points)).color(shade).width(2.0).allow_hover(false));
                    let Some(first) = decay.points.first() else { continue };
                    let slope = libm::log10(view.mode(mode).rate.max(1e-300));
                    let predicted = vec![[first.x, first.y], [last, first.y + slope * (last - first.x)]];
                    let dashed = LineStyle::Dashed { length: 6.0 };
                    plot.line(Line::new("", predicted).color(visuals.text_color()).width(1.0).style(dashed).allow_hover(false));
                    labels.push((number::short(view.curvature(mode), 3), shade));
                }
                // In the corner that falling curves leave free, one below the other.
                let mut y = high - 0.02 * (high - low);
                for (lambda, ink) in labels {
                    let name = RichText::new(format!("λ = {lambda}")).family(theme::strong_family());
                    let text = Text::new("", PlotPoint::new(0.985 * last, y), name).color(ink);
                    plot.text(text.anchor(egui::Align2::RIGHT_TOP).allow_hover(false));
                    y -= 0.05 * (high - low);
                }
                let now = VLine::new("", context.step as f64).color(visuals.text_color().gamma_multiply(0.6)).width(1.0);
                plot.vline(now.allow_hover(false));
            });
        let about = "Distance from the critical point along each eigenvector, over the steps";
        response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about));
    });
}
