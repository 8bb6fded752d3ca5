//! The network as units and connections: what each unit answers to, and how strong it is bound.

use super::atlas::{Atlas, Shades};
use super::insight::Insight;
use super::keys::{self, Cursor};
use super::plan::{Column, Face, Node, Plan};
use super::subject::{Kind, Reading, Subject};
use super::target::{Scenery, Target};
use super::weights::Editing;
use crate::problem::network::{Layer, Network, Rows};
use crate::ui::{number, theme};
use crate::view;
use eframe::egui::{self, Align2, Color32, FontId, Painter, Rect, Sense, Shape, Stroke, TextureOptions, Ui, Visuals};

/// Pixels of a unit's picture of the input plane, across and up.
const MAP: usize = 32;
/// How near the pointer must be to a connection, in points.
const REACH: f32 = 4.0;

/// The pictures of the units and where they stand.
#[derive(Default)]
pub(super) struct DiagramMemory {
    plan: Option<Plan>,
    drawn: Option<((u64, usize), view::Theme)>,
    atlas: Atlas,
    /// The first picture of each layer.
    first: Vec<usize>,
    /// The weight that the keys have chosen.
    chosen: Cursor,
}

/// The colour of a sign.
pub(super) fn sign_color(visuals: &Visuals, negative: bool) -> Color32 {
    theme::series(visuals, usize::from(!negative))
}

/// Draws the diagram; a click opens the field of a weight.
pub(super) fn diagram_ui(
    ui: &mut Ui,
    subject: &Subject,
    network: &Network,
    insight: &Insight,
    memory: &mut DiagramMemory,
    editing: &mut Option<Editing>,
) {
    let (rect, response) = ui.allocate_exact_size(ui.available_size().max(egui::Vec2::splat(1.0)), Sense::click());
    let layers: Vec<Layer> = network.architecture().layers().collect();
    let mut about = format!("Diagram of the network, {} layers", layers.len());
    let chosen = memory.plan.as_ref().and_then(|plan| {
        let spot = memory.chosen.follow(ui, &response, plan, subject, &layers)?;
        about = format!("{about}: {}", Scenery { plan, subject, insight, layers: &layers }.sentence(&spot));
        Some(spot)
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about.clone()));
    if rect.width() < 80.0 || rect.height() < 60.0 {
        return;
    }
    let room = Rect::from_min_max(rect.min + egui::vec2(2.0, 0.0), rect.max - egui::vec2(14.0, 18.0));
    if memory.plan.as_ref().is_none_or(|plan| plan.made_for != (insight.key, room)) {
        memory.plan = Some(Plan::new((insight.key, room), subject, &layers, &insight.w));
    }
    let shade = theme::theme_of(ui.visuals());
    if memory.drawn != Some((insight.key, shade)) {
        memory.drawn = Some((insight.key, shade));
        memory.paint_units(ui, subject, insight, &layers);
    }
    let Some(plan) = &memory.plan else { return };
    let pointer = response.hover_pos();
    let target = pointer.and_then(|at| {
        let unit = plan.unit_at(at).map(|(l, node)| Target::Unit(l, node));
        unit.or_else(|| plan.edge_at(at, REACH).map(Target::Edge))
    });
    let painter = ui.painter_at(rect);
    let visuals = ui.visuals();
    bundles(&painter, plan, visuals);
    edges(&painter, plan, visuals);
    for (l, column) in plan.columns.iter().enumerate() {
        memory.column(&painter, l, column, insight, visuals);
        head(&painter, room.top(), l, column, &layers, visuals);
    }
    classes(&painter, plan, subject, visuals);
    legend(&painter, rect, plan, visuals);
    let scenery = Scenery { plan, subject, insight, layers: &layers };
    // Enter is a click without a button: it is meant for what the keys have chosen.
    let entered = response.clicked() && !response.clicked_by(egui::PointerButton::Primary);
    if let Some(spot) = chosen.filter(|_| target.is_none() || memory.chosen.leads() || entered) {
        let (text, fields) = scenery.choice(&spot);
        let marked = keys::mark(&painter, scenery, &spot, visuals);
        if editing.is_none() {
            keys::note(&painter, marked, text, visuals);
        }
        if response.clicked() {
            *editing = Some(Editing::by_key(marked.right_bottom(), insight.key, fields));
        }
        return;
    }
    match &target {
        Some(Target::Edge(edge)) => drop(painter.line_segment(edge.ends, Stroke::new(3.0, visuals.text_color()))),
        Some(Target::Unit(_, node)) => keys::ring(&painter, node.rect, visuals),
        None => {}
    }
    let (Some(target), Some(at)) = (target, pointer) else { return };
    let (text, fields) = scenery.tag(&target, at);
    if !fields.is_empty() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        if response.clicked() {
            *editing = Some(Editing::new(at, insight.key, fields));
            return;
        }
    }
    if editing.is_none() {
        response.on_hover_text_at_pointer(text);
    }
}

impl DiagramMemory {
    /// Makes the pictures of the units.
    fn paint_units(&mut self, ui: &Ui, subject: &Subject, insight: &Insight, layers: &[Layer]) {
        let shades = Shades::new(theme::theme_of(ui.visuals()));
        self.first.clear();
        let mut pixels = Vec::new();
        match &subject.kind {
            Kind::Plane(grid) => {
                for (rows, reach) in insight.layers.iter().zip(&insight.reach) {
                    self.first.push(pixels.len() / (MAP * MAP));
                    let scale = 1.0 / reach.max(f64::MIN_POSITIVE);
                    for unit in 0..rows.width {
                        for y in (0..MAP).rev() {
                            for x in 0..MAP {
                                let place = |k: usize| (2 * k + 1) * grid.side / (2 * MAP);
                                let v = rows.values[(place(y) * grid.side + place(x)) * rows.width + unit];
                                pixels.push(shades.at(v * scale));
                            }
                        }
                    }
                }
                self.atlas.set(ui.ctx(), [MAP, MAP], &pixels, TextureOptions::LINEAR);
            }
            Kind::Images { shape: [height, width], range, .. } => {
                let area = height * width;
                let ink = super::samples::Ink::new(ui.visuals(), *range);
                let w = &insight.w;
                let last = layers.len();
                self.first = vec![usize::MAX; last + 1];
                self.first[0] = 0;
                pixels.extend(insight.means[0].iter().map(|v| ink.at(*v)));
                self.first[1] = 1;
                let weights = &w[layers[0].weights.clone()];
                let scale = 1.0 / largest(weights);
                pixels.extend(weights.iter().map(|v| shades.at(v * scale)));
                if subject.reading == Reading::Reconstruction {
                    let top = &layers[last - 1];
                    if last > 2 {
                        self.first[last - 1] = pixels.len() / area;
                        let weights = &w[top.weights.clone()];
                        let scale = 1.0 / largest(weights);
                        for unit in 0..top.inputs {
                            pixels.extend(weights.iter().skip(unit).step_by(top.inputs).map(|v| shades.at(v * scale)));
                        }
                    }
                    self.first[last] = pixels.len() / area;
                    pixels.extend(insight.means[last].iter().map(|v| ink.at(*v)));
                }
                self.atlas.set(ui.ctx(), [*width, *height], &pixels, TextureOptions::NEAREST);
            }
            Kind::Line(_) | Kind::Table { .. } => {}
        }
    }

    fn column(&self, painter: &Painter, l: usize, column: &Column, insight: &Insight, visuals: &Visuals) {
        let frame = Stroke::new(1.0, visuals.weak_text_color());
        let shades = Shades::new(theme::theme_of(visuals));
        for node in &column.nodes {
            if column.face == Face::Disc {
                let mean = insight.means[l][node.unit] / insight.reach[l].max(f64::MIN_POSITIVE);
                let (center, radius) = (node.rect.center(), 0.5 * node.rect.width());
                painter.circle(center, radius, shades.at(mean), frame);
                continue;
            }
            if let (true, Some(rows)) = (column.face == Face::Map && self.first.is_empty(), insight.layers.get(l)) {
                graph(painter, node, rows, insight.reach[l], visuals);
            }
            let first = self.first.get(l).copied().unwrap_or(usize::MAX);
            if let Some((texture, part)) = first.checked_add(node.unit).and_then(|k| self.atlas.picture(k)) {
                painter.image(texture, node.rect, part, Color32::WHITE);
            }
            painter.rect_stroke(node.rect, 2.0, frame, egui::StrokeKind::Outside);
        }
        if let (true, Some(last)) = (column.left_out > 0, column.nodes.last()) {
            let at = last.rect.center_bottom() + egui::vec2(0.0, 1.0);
            painter.text(at, Align2::CENTER_TOP, format!("… {}", column.left_out), FontId::proportional(12.0), frame.color);
        }
    }
}

/// A unit's activation over the only input, about a line at 0.
fn graph(painter: &Painter, node: &Node, rows: &Rows, reach: f64, visuals: &Visuals) {
    let rect = node.rect.shrink(1.0);
    let line =
        |y: f32, color| painter.line_segment([egui::pos2(rect.left(), y), egui::pos2(rect.right(), y)], Stroke::new(1.0, color));
    line(rect.center().y, visuals.weak_text_color().gamma_multiply(0.4));
    let across = rect.width() / rows.len().saturating_sub(1).max(1) as f32;
    let at = |(k, v): (usize, f64)| {
        let share = (v / reach.max(f64::MIN_POSITIVE)).clamp(-1.0, 1.0) as f32;
        egui::pos2(rect.left() + k as f32 * across, rect.center().y - 0.46 * rect.height() * share)
    };
    let values = rows.values.iter().copied().skip(node.unit).step_by(rows.width).enumerate().filter(|(_, v)| v.is_finite());
    painter.line(values.map(at).collect(), Stroke::new(1.5, visuals.text_color()));
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(f64::MIN_POSITIVE, |top, v| top.max(v.abs()))
}

/// Between an image and what it is joined to there is one thin line a unit: its weights are a picture.
fn bundles(painter: &Painter, plan: &Plan, visuals: &Visuals) {
    let stroke = Stroke::new(1.0, visuals.weak_text_color().gamma_multiply(0.3));
    for pair in plan.columns.windows(2) {
        let [from, to] = pair else { continue };
        if from.face != Face::Whole && to.face != Face::Whole {
            continue;
        }
        for begin in &from.nodes {
            for end in &to.nodes {
                painter.line_segment([begin.rect.right_center(), end.rect.left_center()], stroke);
            }
        }
    }
}

fn edges(painter: &Painter, plan: &Plan, visuals: &Visuals) {
    let top = plan.edges.last().map_or(1.0, |edge| edge.weight.abs()).max(f64::MIN_POSITIVE);
    // Many lines are thin ones: only strong weights stand out of them.
    let widest = 5.0 * (100.0 / plan.edges.len().max(1) as f32).sqrt().clamp(0.3, 1.0);
    let lines = plan.edges.iter().filter(|edge| edge.weight.is_finite()).map(|edge| {
        let share = (edge.weight.abs() / top) as f32;
        let color = sign_color(visuals, edge.weight < 0.0).gamma_multiply(0.15 + 0.75 * share);
        Shape::line_segment(edge.ends, Stroke::new(0.5 + widest * share, color))
    });
    painter.extend(lines.collect::<Vec<_>>());
}

fn head(painter: &Painter, top: f32, l: usize, column: &Column, layers: &[Layer], visuals: &Visuals) {
    let text = match l {
        0 => "input".to_owned(),
        l if l == layers.len() && layers[l - 1].activation.name() == "identity" => "output".to_owned(),
        l => layers[l - 1].activation.name().replace("identity", "linear").replace('_', " "),
    };
    let galley = painter.layout_no_wrap(text, FontId::proportional(12.0), visuals.weak_text_color());
    let room = painter.clip_rect();
    let left = (column.middle - 0.5 * galley.size().x).min(room.right() - galley.size().x).max(room.left());
    painter.galley(egui::pos2(left, top), galley, visuals.weak_text_color());
}

/// The class beside each output.
fn classes(painter: &Painter, plan: &Plan, subject: &Subject, visuals: &Visuals) {
    let Some(column) = plan.columns.last() else { return };
    if !matches!(subject.reading, Reading::Classes(_)) {
        return;
    }
    for node in &column.nodes {
        let at = node.rect.right_center() + egui::vec2(4.0, 0.0);
        painter.text(at, Align2::LEFT_CENTER, node.unit.to_string(), FontId::proportional(12.0), visuals.text_color());
    }
}

fn legend(painter: &Painter, rect: Rect, plan: &Plan, visuals: &Visuals) {
    let font = FontId::proportional(12.0);
    let mut at = rect.left_bottom();
    for (negative, word) in [(false, "positive"), (true, "negative")] {
        let line = [at + egui::vec2(0.0, -7.0), at + egui::vec2(16.0, -7.0)];
        painter.line_segment(line, Stroke::new(3.0, sign_color(visuals, negative)));
        let placed = painter.text(at + egui::vec2(22.0, 0.0), Align2::LEFT_BOTTOM, word, font.clone(), visuals.weak_text_color());
        at.x = placed.right() + 12.0;
    }
    if plan.all_edges > plan.edges.len() {
        let (some, all) = (number::count(plan.edges.len() as u64), number::count(plan.all_edges as u64));
        let text = format!("the {some} strongest of {all} connections");
        painter.text(at, Align2::LEFT_BOTTOM, text, font, visuals.weak_text_color());
    }
}
