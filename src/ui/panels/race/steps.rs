//! Where methods end over the length of their steps.

use super::chart::{Axis, Scale, chart_ui, style};
use super::{RaceMemory, empty_ui};
use crate::measure::race::SweepPoint;
use crate::ui::panels::Context;
use crate::ui::theme;
use eframe::egui::Ui;
use egui_plot::{Line, MarkerShape, Points, VLine};

pub(super) fn steps_ui(ui: &mut Ui, context: &Context<'_>, memory: &RaceMemory, height: f32) {
    let Some((sweep, curves, series)) = memory.sweep() else {
        return empty_ui(ui, height, "Runs every method with steps from a thousandth to a thousand times their default length.");
    };
    let floor = sweep.floor();
    let (scale, offset) = floor.map_or((Scale::Symmetric, 0.0), |floor| (Scale::Log, floor));
    // Rounding in f at the floor itself: sixteen decades below the largest gap.
    let all = || curves.iter().flat_map(|curve| &curve.points);
    let largest = all().map(|p| p.f.median - offset).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let height_of = |v: f64| scale.of(if scale == Scale::Log { (v - offset).max(1e-16 * largest) } else { v });
    let x = Axis { name: "step length over its default".to_owned(), scale: Scale::Log, low: -3.15, high: 3.15 };
    let name = if floor.is_some() { "f − f* at the end" } else { "f at the end" };
    let y = Axis::around(name.to_owned(), scale, all().filter(|p| p.f.median.is_finite()).map(|p| height_of(p.f.median)));
    let visuals = ui.visuals().clone();
    let chosen = context.selected();
    let top = y.high - 0.03 * (y.high - y.low);
    let about = "Median of the final value over the step length of each method; crosses mark lengths with which runs diverge";
    chart_ui(ui, "race sweep", height, &x, &y, about, |plot| {
        plot.vline(VLine::new("", 0.0).color(visuals.weak_text_color()).width(1.0).allow_hover(false));
        for curve in curves {
            let series = series[curve.entrant];
            let color = theme::series(&visuals, series);
            let at = |p: &SweepPoint| [libm::log10(p.factor), height_of(p.f.median)];
            let sound: Vec<[f64; 2]> = curve.points.iter().filter(|p| p.f.median.is_finite()).map(at).collect();
            let lost: Vec<[f64; 2]> =
                curve.points.iter().filter(|p| p.diverged > 0).map(|p| [at(p)[0], at(p)[1].min(top)]).collect();
            let width = if chosen == Some(series) { 2.5 } else { 1.5 };
            plot.line(Line::new("", sound.clone()).color(color).width(width).style(style(series)).allow_hover(false));
            plot.points(Points::new("", sound).color(color).radius(2.5).allow_hover(false));
            plot.points(Points::new("", lost).color(color).radius(4.0).shape(MarkerShape::Cross).allow_hover(false));
        }
    });
}
