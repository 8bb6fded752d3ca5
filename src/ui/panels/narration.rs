//! The line below the map: what is seen now, told from the runs themselves.

use super::Context;
use crate::optim::Geometry;
use crate::problem::Kind;
use crate::run::Run;
use crate::ui::curves::Quantity;
use crate::ui::number;
use crate::ui::session::{Lane, sentence};
use crate::ui::standing::{Place, place};
use eframe::egui::{self, Ui};

/// The sentences and what they were made for.
#[derive(Default)]
pub struct NarrationMemory {
    key: Vec<(u64, usize)>,
    step: u64,
    sentences: Vec<String>,
}

/// Draws the sentences in so many rows, always as high: what is above must not move while they change.
pub fn narration_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut NarrationMemory, rows: usize) {
    let key: Vec<(u64, usize)> = context.session.lanes().iter().map(|lane| (lane.generation(), lane.curves().len())).collect();
    if memory.key != key || memory.step != context.step {
        memory.sentences = narration(context);
        (memory.key, memory.step) = (key, context.step);
    }
    let font = egui::TextStyle::Body.resolve(ui.style());
    let (ink, width) = (ui.visuals().text_color(), ui.available_width());
    let galley = |sentences: &[String]| {
        let mut job = egui::text::LayoutJob::simple(sentences.join(" "), font.clone(), ink, width);
        job.wrap.max_rows = rows;
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    // As many whole sentences as there is room for; the first one is cut where even it has none.
    let whole = galley(&memory.sentences);
    let fewer = (1..memory.sentences.len()).rev().map(|count| galley(&memory.sentences[..count]));
    let cut = whole.elided;
    let galley = if cut { fewer.into_iter().find(|galley| !galley.elided).unwrap_or(whole) } else { whole };
    let height = rows as f32 * ui.text_style_height(&egui::TextStyle::Body);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), egui::Sense::hover());
    let text = memory.sentences.join(" ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &text));
    ui.painter().galley(rect.min, galley, ui.visuals().text_color());
    if cut {
        response.on_hover_text(text);
    }
}

/// A few sentences about what is seen at this step, after one about an odd start.
pub fn narration(context: &Context<'_>) -> Vec<String> {
    let odd = context.session.problem().formula().and_then(|problem| problem.warning(context.session.start()));
    odd.map(|odd| sentence(&odd)).into_iter().chain(seen(context)).collect()
}

fn seen(context: &Context<'_>) -> Vec<String> {
    let lanes = context.session.lanes();
    let placed: Vec<(usize, Place)> =
        (0..lanes.len()).filter_map(|i| lanes[i].run().map(|_| (i, place(&lanes[i], context.step)))).collect();
    if placed.is_empty() {
        return vec!["No method runs: switch one on under Methods.".to_owned()];
    }
    if context.step == 0 {
        let begin = "All methods start at the same point.";
        return vec![begin.to_owned(), "Press Space to let them run; click where else they should start.".to_owned()];
    }
    let name = |i: usize| lanes[i].name().to_owned();
    let mut sentences = Vec::new();
    for kind in [Kind::Saddle, Kind::Maximum, Kind::Degenerate] {
        let held = |(i, p): &(usize, Place)| match p {
            Place::Held { lambda_min, kind: other } if *other == kind => Some((*i, *lambda_min)),
            _ => None,
        };
        let held: Vec<(usize, f64)> = placed.iter().filter_map(held).collect();
        if let Some((_, lambda)) = held.first() {
            let names = list(held.iter().map(|(i, _)| name(*i)));
            let verb = if held.len() == 1 { "is" } else { "are" };
            let (steps, lambda) = (number::count(context.step), number::significant(*lambda, 2));
            sentences.push(format!("{names} {verb} still near a {kind} (λₘᵢₙ = {lambda}) after {steps} steps."));
        }
    }
    let mut left: Vec<(usize, u64)> =
        placed.iter().filter_map(|(i, p)| if let Place::Left { at } = p { Some((*i, *at)) } else { None }).collect();
    left.sort_by_key(|(_, at)| *at);
    if let Some((first, _)) = left.first() {
        let names = list(left.iter().map(|(i, at)| format!("{} (step {})", name(*i), number::count(*at))));
        let verb = if left.len() == 1 { "has" } else { "have" };
        let why =
            shape_sentence(&lanes[*first], left[0].1).map(|shape| format!("The region of {} was then {shape}.", name(*first)));
        sentences.push(format!("{names} {verb} left the negative curvature."));
        sentences.extend(why);
    }
    for (place_, singular, plural) in
        [(Place::Minimum, "has reached a minimum", "have reached a minimum"), (Place::Diverged, "diverged", "diverged")]
    {
        let names: Vec<String> = placed.iter().filter(|(_, p)| *p == place_).map(|(i, _)| name(*i)).collect();
        if !names.is_empty() {
            let verb = if names.len() == 1 { singular } else { plural };
            sentences.push(format!("{} {verb}.", list(names.into_iter())));
        }
    }
    if sentences.is_empty() {
        sentences.push(best(context, &placed));
    }
    sentences
}

/// "3.2 times as long along y as along x", of the region in the step that left; nothing for a ball.
fn shape_sentence(lane: &Lane, step: u64) -> Option<String> {
    let record = lane.record(step)?;
    let Geometry::TrustRegion(region) = &record.0.geometry else { return None };
    if region.center.len() != 2 {
        return None;
    }
    let (values, vectors) = region.metric.axes(2);
    let (stiff, soft) = (*values.last()?, *values.first()?);
    let ratio = (stiff / soft).sqrt();
    let long = vectors.first()?;
    let axis = if long[1].abs() > 0.95 {
        "y"
    } else if long[0].abs() > 0.95 {
        "x"
    } else {
        "a slanted direction"
    };
    (ratio > 1.5 && ratio.is_finite()).then(|| format!("{} times as long along {axis} as across", number::short(ratio, 2)))
}

fn best(context: &Context<'_>, placed: &[(usize, Place)]) -> String {
    let value = |i: usize| context.session.lanes()[i].at(Quantity::Gap, context.step).unwrap_or(f64::NAN);
    let lowest = placed.iter().map(|(i, _)| *i).filter(|i| value(*i).is_finite()).min_by(|a, b| value(*a).total_cmp(&value(*b)));
    let last = |i: usize| context.session.lanes()[i].run().map_or(0, Run::len).min(context.step);
    // A method that has ended stands beside steps that it did not make.
    let ended = |i: usize| match last(i) {
        step if step < context.step && context.session.lanes()[i].is_done() => {
            format!(" (ended at step {})", number::count(step))
        }
        _ => String::new(),
    };
    match lowest {
        Some(i) if context.trains() => {
            let lane = &context.session.lanes()[i];
            let percent =
                |quantity| lane.at(quantity, context.step).filter(|v| v.is_finite()).map(|v| number::short(100.0 * v, 3));
            let right = percent(Quantity::Accuracy).map_or(String::new(), |train| {
                let test = percent(Quantity::TestAccuracy)
                    .map_or(String::new(), |test| format!(", {test} % on samples it has not seen"));
                format!(": {train} % right{test}")
            });
            let (steps, loss) = (number::count(context.step), number::significant(value(i), 3));
            if placed.len() == 1 {
                return format!("After {} steps the loss of {} is {loss}{right}.", number::count(last(i)), lane.name());
            }
            format!("After {steps} steps {}{} has the lowest loss, {loss}{right}.", lane.name(), ended(i))
        }
        Some(i) if placed.len() > 1 => {
            let (steps, f) = (number::count(context.step), number::significant(value(i), 4));
            format!("After {steps} steps {}{} is lowest, at f = {f}.", context.session.lanes()[i].name(), ended(i))
        }
        Some(i) => format!("{} is at f = {}.", context.session.lanes()[i].name(), number::significant(value(i), 4)),
        None => "No method has a finite value here.".to_owned(),
    }
}

/// "a", "a and b", "a, b and c".
fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}
