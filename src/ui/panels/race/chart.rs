//! The frame of a chart: axes with names, no gestures.

use crate::ui::number;
use crate::ui::panels::axes;
use crate::view::{series_dash, spread};
use eframe::egui::{self, Ui};
use egui_plot::{AxisHints, GridMark, HPlacement, LineStyle, PlotBounds, PlotUi};
use std::ops::RangeInclusive;

/// One axis of a chart, in its own coordinates.
pub(super) struct Axis {
    pub name: String,
    pub scale: Scale,
    pub low: f64,
    pub high: f64,
}

/// How numbers become coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    /// log₁₀ v.
    Log,
    /// sign(v) log₁₀(1 + |v|): for values without a lower bound.
    Symmetric,
}

/// What stands for +∞: off the top of every chart.
const OFF: f64 = 400.0;
/// Below sixteen decades under the top there is only rounding.
const DECADES: f64 = 16.0;
/// Marks of an axis, about.
const MARKS: usize = 4;

impl Scale {
    /// The coordinate of a value.
    pub fn of(self, v: f64) -> f64 {
        match self {
            _ if v == f64::INFINITY || v.is_nan() => OFF,
            Self::Linear => v,
            Self::Log => libm::log10(v.max(1e-300)),
            Self::Symmetric => libm::log10(1.0 + v.abs()).copysign(v),
        }
    }
}

/// The value at a coordinate of [`Scale::Symmetric`].
fn symmetric(coordinate: f64) -> f64 {
    (libm::exp10(coordinate.abs()) - 1.0).copysign(coordinate)
}

impl Axis {
    /// An axis around the coordinates of values.
    pub fn around(name: String, scale: Scale, values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in values.filter(|v| v.is_finite() && *v < OFF) {
            (low, high) = (low.min(v), high.max(v));
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if scale == Scale::Log {
            low = low.max(high - DECADES);
        }
        let margin = (0.06 * (high - low)).max(if scale == Scale::Linear { 1e-9 + 0.05 * high.abs() } else { 0.2 });
        Self { name, scale, low: low - margin, high: high + margin }
    }

    fn marks(&self) -> Vec<GridMark> {
        let Self { scale, low, high, .. } = *self;
        if scale != Scale::Symmetric {
            return axes::marks(scale == Scale::Log, low, high, MARKS);
        }
        let place = |v: f64| (scale.of(v) - low) / (high - low);
        let found = spread(MARKS, false, |t| symmetric(low + t * (high - low)), place);
        found.iter().map(|tick| GridMark { value: scale.of(tick.value), step_size: high - low }).collect()
    }

    fn label(&self, mark: &GridMark) -> String {
        match self.scale {
            Scale::Symmetric => number::short(symmetric(mark.value), 3),
            scale => axes::label(scale == Scale::Log, mark),
        }
    }
}

/// Draws the frame and what `content` puts into it.
pub(super) fn chart_ui<'a>(
    ui: &mut Ui,
    id: &str,
    height: f32,
    x: &Axis,
    y: &Axis,
    about: &str,
    content: impl FnOnce(&mut PlotUi<'a>) + 'a,
) {
    let (x_marks, y_marks) = (x.marks(), y.marks());
    let hints = |axis: &Axis| (axis.name.clone(), axis.scale, axis.low, axis.high);
    let formatter = |(name, scale, low, high): (String, Scale, f64, f64)| {
        let axis = Axis { name, scale, low, high };
        move |mark: GridMark, _: &RangeInclusive<f64>| axis.label(&mark)
    };
    let x_axis = AxisHints::new_x().label(x.name.clone()).formatter(formatter(hints(x)));
    let y_axis = AxisHints::new_y().label(y.name.clone()).placement(HPlacement::Left).formatter(formatter(hints(y)));
    let bounds = PlotBounds::from_min_max([x.low, y.low], [x.high, y.high]);
    let response = axes::still(ui, id)
        .height(height)
        .custom_x_axes(vec![x_axis])
        .custom_y_axes(vec![y_axis])
        .x_grid_spacer(move |_| x_marks.clone())
        .y_grid_spacer(move |_| y_marks.clone())
        .show(ui, move |plot| {
            plot.set_plot_bounds(bounds);
            content(plot);
        });
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about));
}

/// The line style of a method.
pub(super) fn style(series: usize) -> LineStyle {
    series_dash(series).first().map_or(LineStyle::Solid, |on| LineStyle::Dashed { length: *on })
}
