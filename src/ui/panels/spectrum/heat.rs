//! The picture of the spectrum over the steps: a heat map, or the followed ends, with the edge of stability.

use super::column::AllRows;
use super::moment::{caption, grid_marks, sign_color};
use super::over_time::{OverTime, Reach, TimeColumn};
use super::place::Place;
use crate::measure::spectrum::{Index, NegativeShare};
use crate::optim::Values;
use crate::ui::command::Command;
use crate::ui::panels::{Context, axes};
use crate::ui::session::Lane;
use crate::ui::{number, theme};
use crate::view::{self, SpectralAxis};
use eframe::egui::{
    self, Align2, Color32, ColorImage, Pos2, Rect, Shape, Stroke, TextureHandle, TextureOptions, Ui, Vec2b, Visuals, pos2, vec2,
};
use egui_plot::{AxisHints, HPlacement, PlotBounds, PlotPoint};

/// Rows of the picture.
const ROWS: usize = 96;
/// Most columns of the picture.
const COLUMNS: usize = 512;
/// Fewer eigenvalues in a row, as densities have anywhere, are none.
const LEAST: f64 = 0.5;
/// Beyond so many times the largest eigenvalue the edge of stability is not in the picture.
const FARTHEST: f64 = 1e3;

/// The texture, and of what it is.
#[derive(Default)]
pub struct HeatMemory {
    texture: Option<(Key, TextureHandle)>,
    rows: AllRows,
}

#[derive(Clone, Copy, PartialEq)]
struct Key {
    version: u64,
    theme: view::Theme,
    axis: SpectralAxis,
    last: u64,
    done: bool,
}

/// The largest curvature along which a method with a plain step is stable: 2/η of gradient descent, 2(1 + μ)/η of the heavy ball.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The curvature.
    pub value: f64,
    /// Its formula.
    pub name: &'static str,
    /// What it is the edge of, where that is not the method itself: it is known for gradients of all samples.
    pub of: &'static str,
}

/// The edge of stability of a lane whose step size is constant.
pub fn edge(context: &Context<'_>, lane: &Lane) -> Option<Edge> {
    let method = lane.method()?;
    let values: Values<'_> = method.resolve(&lane.spec().settings, Some(context.session.problem().scales())).ok()?;
    let declared = |name: &str| method.parameters.iter().any(|p| p.name == name);
    let varies = [("schedule", "constant"), ("line_search", "none"), ("momentum_schedule", "constant")];
    let still = varies.iter().all(|(name, still)| !declared(name) || values.choice(name) == *still);
    if !still || declared("warmup") && values.number("warmup") > 0.0 {
        return None;
    }
    let eta = if declared("step_size") { values.number("step_size") } else { return None };
    match method.id {
        "gd" => Some(Edge { value: 2.0 / eta, name: "2/η", of: "" }),
        "sgd" => Some(Edge { value: 2.0 / eta, name: "2/η", of: " of GD" }),
        "heavy_ball" => Some(Edge { value: 2.0 * (1.0 + values.number("momentum")) / eta, name: "2(1 + μ)/η", of: "" }),
        _ => None,
    }
}

/// Draws the picture; a click or a drag in it moves the playback.
pub fn heat_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    place: &Place<'_>,
    known: &OverTime,
    version: u64,
    memory: &mut HeatMemory,
    height: f32,
    out: &mut Vec<Command>,
) {
    let visuals = ui.visuals().clone();
    // The axis of a run that is still computed goes as far as the run may.
    let done = place.lane.is_done();
    let last = place.lane.run().filter(|_| done).map_or(context.scene.steps, |run| run.len()).max(1);
    let largest = known.columns.iter().flat_map(|c| c.values.iter()).fold(0.0_f64, |m, v| m.max(v.abs()));
    let edge = edge(context, place.lane).filter(|edge| edge.value < FARTHEST * largest);
    let values = known.columns.iter().flat_map(|c| [c.values.first(), c.values.last()]).flatten().copied();
    let axis = SpectralAxis::around(values.chain(edge.map(|edge| edge.value)), true);
    let [low, high] = axis.range;
    let small = egui::FontId::proportional(11.0);
    let x_axis = AxisHints::new_x()
        .label("step")
        .tick_label_font(small.clone())
        .label_spacing(24.0..=40.0)
        .formatter(|mark, _| number::short(mark.value, 4));
    let y_axis = AxisHints::new_y()
        .placement(HPlacement::Left)
        .min_thickness(38.0)
        .tick_label_font(small)
        .label_spacing(2.0..=4.0)
        .formatter(move |mark, _| number::short(axis.value(mark.value), 2));
    let count = ((height - 44.0) / 22.0).clamp(3.0, 11.0) as usize;
    let first = place.lane.run().map_or(0, |run| run.trace().first());
    let response = axes::still(ui, "spectrum over time")
        .height(height.max(100.0))
        .show_axes(Vec2b::TRUE)
        .custom_x_axes(vec![x_axis])
        .custom_y_axes(vec![y_axis])
        .x_grid_spacer(move |_| inner_marks(first as f64, last as f64))
        .y_grid_spacer(move |_| grid_marks(&axis, count))
        .sense(egui::Sense::click_and_drag())
        .show(ui, |plot| plot.set_plot_bounds(PlotBounds::from_min_max([first as f64, low], [last as f64, high])));
    let (transform, frame) = (response.transform, *response.transform.frame());
    let painter = ui.painter().with_clip_rect(frame);
    let at = |step: f64, value: f64| transform.position_from_point(&PlotPoint::new(step, axis.coordinate(value)));
    if known.exact && !known.columns.is_empty() || known.has_densities() {
        let key = Key { version, theme: theme::theme_of(&visuals), axis, last, done };
        let id = texture(ui, known, key, [first, last], &visuals, memory);
        painter.image(id, frame, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
    }
    if !known.exact {
        for column in &known.columns {
            for value in column.values.iter() {
                painter.circle_filled(at(column.step as f64, *value), 1.8, sign_color(&visuals, *value));
            }
        }
    }
    painter.hline(frame.x_range(), at(0.0, 0.0).y, Stroke::new(1.0, visuals.weak_text_color()));
    let line = |largest: bool| -> Vec<Pos2> { known.extreme(largest).map(|(step, value)| at(step as f64, value)).collect() };
    for points in [line(false), line(true)].into_iter().filter(|points| points.len() > 1) {
        painter.add(Shape::line(points.clone(), Stroke::new(3.0, visuals.panel_fill)));
        painter.add(Shape::line(points, Stroke::new(1.6, visuals.text_color())));
    }
    if let Some(edge) = edge {
        let y = at(0.0, edge.value).y;
        let color = visuals.warn_fg_color;
        let ends = [pos2(frame.left(), y), pos2(frame.right(), y)];
        painter.extend(Shape::dashed_line(&ends, Stroke::new(2.0, color), 8.0, 5.0));
        let text = format!("{} = {}: edge of stability{}", edge.name, number::short(edge.value, 3), edge.of);
        let below = y - frame.top() < 18.0;
        let (anchor, shift) = if below { (Align2::RIGHT_TOP, 3.0) } else { (Align2::RIGHT_BOTTOM, -3.0) };
        caption(&painter, pos2(frame.right() - 6.0, y + shift), anchor, &text, &visuals);
    }
    let x = at(context.step as f64, 0.0).x;
    painter.vline(x, frame.y_range(), Stroke::new(3.0, visuals.panel_fill.gamma_multiply(0.7)));
    painter.vline(x, frame.y_range(), Stroke::new(1.4, visuals.text_color()));
    names(&painter, known, &at, frame, &visuals);
    let label = format!("Spectrum over the steps, {} of {} columns; click to go to a step", known.columns.len(), known.planned);
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, label.clone()));
    let pressed = response.response.is_pointer_button_down_on() || response.response.clicked();
    if pressed && let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) {
        let step = transform.value_from_position(pointer).x.clamp(first as f64, last as f64);
        out.push(Command::GoTo(step.round() as u64));
    }
    let Some(over) = response.response.hover_pos() else { return };
    let step = transform.value_from_position(over).x;
    if let Some(column) = known.nearest(step) {
        response.response.on_hover_text_at_pointer(told(column, edge));
    }
}

/// Marks but for the end, whose number would be cut.
fn inner_marks(first: f64, last: f64) -> Vec<egui_plot::GridMark> {
    let end = last - 0.03 * (last - first);
    axes::marks(false, first, last, 3).into_iter().filter(|mark| mark.value < end).collect()
}

fn told(column: &TimeColumn, edge: Option<Edge>) -> String {
    let TimeColumn { step, values, reach, density } = column;
    let step = *step;
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return format!("Step {}: the matrix is not finite", number::count(step));
    };
    let mut text = format!(
        "Step {}: smallest λ = {}, largest λ = {}",
        number::count(step),
        number::significant(*first, 4),
        number::significant(*last, 4)
    );
    if let Some(Reach { residual, converged }) = reach {
        let how = if *converged { "to 10⁻⁶ of the largest" } else { "not converged" };
        text = format!("{text}\nby Lanczos, {how}, residuals ≤ {}", number::short(*residual, 1));
        if let Some(NegativeShare { below, share, error }) = density.as_ref().map(|density| density.negative()) {
            let share = number::with_error(100.0 * share, 100.0 * error, 3);
            text = format!("{text}\n{share} % of all eigenvalues are below {}, by quadrature", number::short(below, 1));
        }
    } else {
        let Index { negative, .. } = Index::of(values, None);
        text = format!("{text}\n{negative} of {} eigenvalues are below 0", values.len());
    }
    if let Some(edge) = edge {
        let ratio = number::short(last / edge.value, 3);
        text = format!("{text}\nthe largest λ is {ratio} times {} (Cohen et al. 2021)", edge.name);
    }
    format!("{text}\nClick: go to this step")
}

/// λ_max and λ_min beside their lines.
fn names(painter: &egui::Painter, known: &OverTime, at: &dyn Fn(f64, f64) -> Pos2, frame: Rect, visuals: &Visuals) {
    for (largest, name, shift, anchor) in [(true, "λ_max", 5.0, Align2::LEFT_TOP), (false, "λ_min", -5.0, Align2::LEFT_BOTTOM)]
    {
        if let Some((step, value)) = known.extreme(largest).next() {
            let tip = at(step as f64, value) + vec2(8.0, shift);
            let tip = pos2(tip.x, tip.y.clamp(frame.top() + 4.0, frame.bottom() - 4.0));
            caption(painter, tip, anchor, name, visuals);
        }
    }
}

fn texture(
    ui: &Ui,
    known: &OverTime,
    key: Key,
    [first, last]: [u64; 2],
    visuals: &Visuals,
    memory: &mut HeatMemory,
) -> egui::TextureId {
    if let Some((_, handle)) = memory.texture.as_ref().filter(|(of, _)| *of == key) {
        return handle.id();
    }
    let [low, high] = key.axis.range;
    let bins = view::Bins { low, width: (high - low) / ROWS as f64, count: ROWS };
    let columns = if key.done { known.planned.clamp(1, COLUMNS) } else { COLUMNS };
    let end = if key.done { last } else { known.columns.last().map_or(first, |column| column.step) };
    memory.rows.follow(&known.columns, &key.axis, &bins);
    let top = memory.rows.top();
    let ground = visuals.panel_fill;
    let shade = |sign: f64, count: f64| {
        if count < LEAST {
            return ground;
        }
        let strength = 0.22 + 0.78 * (libm::log(1.0 + count) / libm::log(1.0 + top)) as f32;
        ground.lerp_to_gamma(sign_color(visuals, sign), strength)
    };
    let mut pixels = vec![ground; columns * ROWS];
    for x in 0..columns {
        let step = first as f64 + (last - first) as f64 * x as f64 / (columns.max(2) - 1) as f64;
        if step > end as f64 {
            break;
        }
        let Some(rows) = memory.rows.nearest(step) else { continue };
        for (row, count) in rows.counts.iter().enumerate() {
            pixels[(ROWS - 1 - row) * columns + x] = shade(rows.sign(bins.middle(row), bins.width), *count);
        }
    }
    let image = ColorImage::new([columns, ROWS], pixels);
    let handle = ui.ctx().load_texture("spectrum over time", image, TextureOptions::NEAREST);
    let id = handle.id();
    memory.texture = Some((key, handle));
    id
}
