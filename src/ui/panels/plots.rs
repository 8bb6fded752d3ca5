//! The curves: small plots under one another with a common cursor; a click or a drag in them moves the playback.

use super::bands::Bands;
use super::{Context, axes, faint_ui};
use crate::ui::command::{Command, PlotAxis};
use crate::ui::curves::Quantity;
use crate::ui::session::Lane;
use crate::ui::{number, theme};
use crate::view::series_dash;
use eframe::egui::{self, Color32, RichText, Ui, Vec2b};
use egui_plot::{
    AxisHints, GridMark, HPlacement, Line, LineStyle, MarkerShape, PlotBounds, PlotPoint, PlotPoints, PlotTransform, Points,
    VLine,
};
use std::collections::HashMap;

/// The least height of a plot, in points: two numbers and a curve between them.
const SMALLEST: f32 = 48.0;
/// Height of the numbers below a plot.
const AXIS_HEIGHT: f32 = 22.0;
/// Room that the numbers keep from the ends of their axis.
const END: f32 = 3.0;
/// Room between two plots.
const SPACING: f32 = 6.0;
/// Points between the marks on a curve.
const MARKS_PX: f64 = 36.0;

/// The points of the drawn curves, made again only when something changed.
#[derive(Default)]
pub struct PlotsMemory {
    curves: HashMap<(usize, Quantity), Cached>,
    bands: Bands,
}

#[derive(Default)]
struct Cached {
    key: Option<(u64, usize, PlotAxis, u64)>,
    points: Vec<PlotPoint>,
    low: f64,
    high: f64,
    last: f64,
}

/// Draws the panel.
pub fn plots_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut PlotsMemory, out: &mut Vec<Command>) {
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 8, top: 4, bottom: 4 }).show(ui, |ui| {
        chips_ui(ui, context, out);
        let shown = context.curves();
        if shown.is_empty() {
            faint_ui(ui, "Choose a curve above.");
            return;
        }
        memory.curves.retain(|(index, _), _| *index < context.session.lanes().len());
        if let Some(index) = context.selected() {
            memory.bands.follow(&context.session.lanes()[index]);
        }
        let (height, fits) = heights(ui.available_height(), shown.len());
        ui.spacing_mut().item_spacing.y = SPACING;
        let mut draw = |ui: &mut Ui| {
            for (i, quantity) in shown.iter().copied().enumerate() {
                let labelled = !fits || i + 1 == shown.len();
                let height = height + if labelled { AXIS_HEIGHT } else { 0.0 };
                plot_ui(ui, context, memory, quantity, height, labelled, out);
            }
        };
        if fits {
            draw(ui);
        } else {
            egui::ScrollArea::vertical().id_salt("plots").show(ui, draw);
        }
    });
}

/// The height of each of `count` plots, and whether all fit, with one axis below the last of them. Where they do not they are
/// scrolled, each with its own axis, and of the last in sight a half is seen: there are more.
fn heights(room: f32, count: usize) -> (f32, bool) {
    let shared = (room - AXIS_HEIGHT) / count as f32 - SPACING;
    if shared >= SMALLEST {
        return (shared, true);
    }
    let whole = SMALLEST + AXIS_HEIGHT + SPACING;
    let seen = (room / whole - 0.5).floor().max(1.0) + 0.5;
    ((room / seen - AXIS_HEIGHT - SPACING).max(SMALLEST), false)
}

fn chips_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.spacing_mut().button_padding.x = 5.0;
        let shown = context.curves();
        for quantity in Quantity::ALL.into_iter().filter(|q| q.is_known(context.session.problem())) {
            let on = shown.contains(&quantity);
            let button = egui::Button::selectable(on, RichText::new(quantity.symbol(context.trains())).small());
            if ui.add(button).on_hover_text(quantity.meaning(context.trains())).clicked() {
                out.push(Command::ToggleCurve(quantity));
            }
        }
        let current = PlotAxis::ALL.iter().find(|(axis, _)| *axis == context.preferences.axis).map_or("", |(_, name)| name);
        let menu = egui::containers::menu::MenuButton::new(RichText::new(format!("over {current}")).small());
        let (response, _) = menu.ui(ui, |ui| {
            for (axis, name) in PlotAxis::ALL {
                if ui.add(egui::Button::selectable(axis == context.preferences.axis, name)).clicked() {
                    out.push(Command::PlotAxis(axis));
                    ui.close();
                }
            }
        });
        response.on_hover_text("Against what the curves are drawn: a fair race counts what a method asks, not its steps");
    });
}

pub(super) fn abscissa(lane: &Lane, axis: PlotAxis, row: usize) -> f64 {
    let Some(run) = lane.run() else { return f64::NAN };
    let data = &run.trace().rows()[row];
    match axis {
        PlotAxis::Steps => run.trace().step_of(row) as f64,
        PlotAxis::Backpropagations => f64::from(data.backpropagations),
        PlotAxis::Values => f64::from(data.values),
    }
}

fn ordinate(quantity: Quantity, v: f64, lowest: f64) -> f64 {
    let v = if quantity == Quantity::Gap { v - lowest } else { v };
    match quantity {
        Quantity::Ratio => v.clamp(-1.0, 3.0),
        _ if quantity.is_log() => libm::log10(v.max(1e-16)),
        _ => v,
    }
}

impl Cached {
    fn refresh(&mut self, lane: &Lane, quantity: Quantity, axis: PlotAxis, lowest: f64) {
        let offset = if quantity == Quantity::Gap { lowest.to_bits() } else { 0 };
        let key = (lane.generation(), lane.curves().len(), axis, offset);
        let Some(run) = lane.run() else { return };
        if self.key == Some(key) {
            return;
        }
        self.key = Some(key);
        self.points.clear();
        (self.low, self.high, self.last) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for row in lane.curves().sketch(quantity) {
            let v = lane.curves().at(run, quantity, row);
            if quantity.is_log() && quantity != Quantity::Gap && v <= 0.0 {
                continue;
            }
            let (x, y) = (abscissa(lane, axis, row), ordinate(quantity, v, lowest));
            (self.low, self.high) = (self.low.min(y), self.high.max(y));
            self.points.push(PlotPoint::new(x, y));
        }
        if let Some(row) = lane.curves().len().checked_sub(1) {
            self.last = abscissa(lane, axis, row);
        }
    }
}

fn plot_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    memory: &mut PlotsMemory,
    quantity: Quantity,
    height: f32,
    labelled: bool,
    out: &mut Vec<Command>,
) {
    let axis = context.preferences.axis;
    let lowest = context.session.lowest();
    let lanes = context.session.lanes();
    let (mut low, mut high, mut last) = (f64::INFINITY, f64::NEG_INFINITY, 1.0_f64);
    for (index, lane) in lanes.iter().enumerate().filter(|(_, lane)| lane.run().is_some()) {
        let cached = memory.curves.entry((index, quantity)).or_default();
        cached.refresh(lane, quantity, axis, lowest);
        (low, high, last) = (low.min(cached.low), high.max(cached.high), last.max(cached.last));
    }
    let (low, high) = bounds(quantity, low, high);
    let room = if labelled { height - AXIS_HEIGHT } else { height };
    let count = axes::count(room - 2.0 * END, 16.0).min(5);
    // A number at an end would touch that of the next plot.
    let inset = f64::from(END / room.max(2.0 * END)) * (high - low);
    let spacer = move |_: egui_plot::GridInput| axes::marks(quantity.is_log(), low + inset, high - inset, count);
    let formatter = move |mark: GridMark, _: &std::ops::RangeInclusive<f64>| axes::label(quantity.is_log(), &mark);
    let small = egui::FontId::proportional(11.0);
    let y_axis = AxisHints::new_y()
        .placement(HPlacement::Left)
        .min_thickness(38.0)
        .tick_label_font(small.clone())
        .formatter(formatter)
        .label_spacing(4.0..=8.0);
    let x_axis =
        AxisHints::new_x().tick_label_font(small).label_spacing(24.0..=40.0).formatter(|mark, _| number::short(mark.value, 3));
    let visuals = ui.visuals().clone();
    let step_x = match axis {
        PlotAxis::Steps => Some(context.step as f64),
        _ => context.selected().and_then(|i| lanes[i].row(context.step).map(|row| abscissa(&lanes[i], axis, row))),
    };
    let chosen = context.selected().map(|index| (index, &lanes[index])).filter(|(_, lane)| lane.run().is_some());
    let width = f64::from(ui.available_width()).max(1.0);
    let response = axes::still(ui, ("plot", quantity.symbol(false)))
        .height(height)
        .show_axes(Vec2b::new(labelled, true))
        .custom_x_axes(vec![x_axis])
        .custom_y_axes(vec![y_axis])
        .y_grid_spacer(spacer)
        .sense(egui::Sense::click_and_drag())
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([0.0, low], [last, high]));
            if let Some((index, lane)) = chosen {
                memory.bands.draw(plot, lane, axis, theme::series(&visuals, index), [low, high], last / width);
            }
            if quantity == Quantity::LambdaMin {
                plot.hline(egui_plot::HLine::new("", 0.0).color(visuals.weak_text_color()).width(1.0).allow_hover(false));
            }
            for (index, lane) in lanes.iter().enumerate().filter(|(_, lane)| lane.run().is_some()) {
                let Some(cached) = memory.curves.get(&(index, quantity)) else { continue };
                let color = theme::series(&visuals, index);
                let width = if context.selected() == Some(index) { 2.5 } else { 1.5 };
                let style = series_dash(index).first().map_or(LineStyle::Solid, |on| LineStyle::Dashed { length: *on });
                // A plot's dashes have one length: patterns of several are told apart by marks.
                let mark = match series_dash(index).len() {
                    0..=2 => None,
                    3..=4 => Some(MarkerShape::Diamond),
                    _ => Some(MarkerShape::Cross),
                };
                if let Some(shape) = mark {
                    let every = MARKS_PX / plot.transform().dpos_dvalue_x().abs();
                    let marks = Points::new("", PlotPoints::Owned(spaced(&cached.points, every))).shape(shape);
                    plot.points(marks.color(color).radius(3.0).allow_hover(false));
                }
                plot.line(
                    Line::new("", PlotPoints::Borrowed(&cached.points)).color(color).width(width).style(style).allow_hover(false),
                );
                if let (Some(row), Some(run)) = (lane.row(context.step), lane.run()) {
                    let y = ordinate(quantity, lane.curves().at(run, quantity, row), lowest);
                    if y.is_finite() {
                        let here = [abscissa(lane, axis, row), y];
                        plot.points(Points::new("", vec![here]).color(color).radius(3.0).allow_hover(false));
                    }
                }
            }
            if let Some(x) = step_x {
                plot.vline(VLine::new("", x).color(visuals.text_color().gamma_multiply(0.6)).width(1.0).allow_hover(false));
            }
        });
    let area = response.response.rect;
    if let Some((_, lane)) = chosen.filter(|_| context.curves().first() == Some(&quantity)) {
        memory.bands.names_ui(ui, lane, axis, &response.transform, area);
    }
    let curves = (0..lanes.len()).filter_map(|index| memory.curves.get(&(index, quantity)));
    let ends = curves.map(|cached| cached.points.as_slice());
    name_ui(ui, &response.transform, ends, quantity.symbol(context.trains()), &visuals);
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, quantity.meaning(context.trains())));
    let pressed = response.response.is_pointer_button_down_on() || response.response.clicked();
    if pressed && let Some(pointer) = ui.input(|i| i.pointer.interact_pos()) {
        let x = response.transform.value_from_position(pointer).x;
        out.push(Command::GoTo(step_at(context, axis, x)));
    }
}

/// Points of a curve at least `every` apart along the abscissa.
fn spaced(points: &[PlotPoint], every: f64) -> Vec<PlotPoint> {
    let mut next = f64::NEG_INFINITY;
    let chosen = points.iter().filter(|point| {
        let far = point.x >= next;
        next = if far { point.x + every } else { next };
        far
    });
    chosen.copied().collect()
}

/// The name of the quantity at the right, above or, where the curves leave more room there, below.
fn name_ui<'c>(
    ui: &Ui,
    transform: &PlotTransform,
    curves: impl Iterator<Item = &'c [PlotPoint]>,
    name: &str,
    visuals: &egui::Visuals,
) {
    let (area, font) = (transform.frame(), egui::FontId::proportional(12.0));
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, visuals.text_color());
    let left = area.right() - galley.size().x - 4.0;
    let places = [area.top() + 2.0, area.bottom() - galley.size().y - 2.0].map(|top| egui::pos2(left, top));
    let grounds = places.map(|at| egui::Rect::from_min_size(at, galley.size()).expand2(egui::vec2(4.0, 1.0)));
    let mut covered = [0; 2];
    for points in curves {
        let seen =
            points.iter().rev().map(|point| transform.position_from_point(point)).take_while(|at| at.x >= grounds[0].left());
        for at in seen {
            (0..2).for_each(|side| covered[side] += usize::from(grounds[side].contains(at)));
        }
    }
    let side = usize::from(covered[1] < covered[0]);
    ui.painter().rect_filled(grounds[side], 2.0, visuals.panel_fill.gamma_multiply(0.8));
    ui.painter().galley(places[side], galley, Color32::PLACEHOLDER);
}

/// The step of the chosen method at an abscissa.
fn step_at(context: &Context<'_>, axis: PlotAxis, x: f64) -> u64 {
    let x = x.max(0.0);
    if axis == PlotAxis::Steps {
        return x.round() as u64;
    }
    let Some(lane) = context.selected().map(|i| &context.session.lanes()[i]) else { return 0 };
    let Some(run) = lane.run() else { return 0 };
    let rows = run.trace().rows();
    let row = rows.partition_point(|row| match axis {
        PlotAxis::Backpropagations => f64::from(row.backpropagations) < x,
        _ => f64::from(row.values) < x,
    });
    run.trace().step_of(row.min(rows.len() - 1))
}

/// The interval that is shown, a little wider than the curves.
fn bounds(quantity: Quantity, low: f64, high: f64) -> (f64, f64) {
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    let (low, high) = match quantity {
        Quantity::LambdaMin => (low.min(0.0), high.max(0.0)),
        Quantity::Ratio => (low.min(0.0), high.max(1.0)),
        // Below sixteen decades under the top there is only rounding.
        _ => (low.max(high - 16.0), high),
    };
    let margin = (0.1 * (high - low)).max(if quantity.is_log() { 0.1 } else { 1e-9 + 0.05 * high.abs() });
    (low - margin, high + margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_share_the_room_or_the_last_in_sight_is_seen_in_part() {
        // What the laboratory leaves at 1280 by 800.
        assert!(heights(190.0, 3).1);
        for count in 4..9 {
            let (height, fits) = heights(190.0, count);
            let seen = 190.0 / (height + AXIS_HEIGHT + SPACING);
            assert!(!fits && height >= SMALLEST && (0.2..0.8).contains(&seen.fract()), "{count}: {height}");
        }
        assert_eq!(heights(10.0, 2), (SMALLEST, false));
    }
}
