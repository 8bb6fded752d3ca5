//! The methods on the map: regions, paths, markers, the current step of the chosen method in full.

use super::super::panels::Context;
use super::super::session::Lane;
use super::names::Name;
use super::paint::{self, faded};
use super::paths::{LanePath, POINTS_A_FRAME};
use super::probe::{Hit, nearest_step};
use super::records::Records;
use crate::optim::Verdict;
use crate::problem::Plane;
use crate::run::{Run, Status};
use crate::view::{self, Theme, View};
use eframe::egui::{self, Pos2, Rect, Shape};

/// Kicks that are drawn, the latest.
const KICKS: usize = 60;
/// Largest side of a region that names leave free, in points.
const FOCUS: f32 = 130.0;
/// Radius of a step marker.
const DOT: f32 = 2.7;

/// What is kept of the methods from frame to frame.
pub struct Race {
    lanes: Vec<(LanePath, Records)>,
    focus: Rect,
}

impl Default for Race {
    fn default() -> Self {
        Self { lanes: Vec::new(), focus: Rect::NOTHING }
    }
}

/// A method in this frame.
struct Runner<'a> {
    series: usize,
    lane: &'a Lane,
    run: &'a Run,
    step: u64,
    row: usize,
}

impl Race {
    /// Follows the runs and the view; returns whether something is left for the next frame.
    pub fn follow(&mut self, context: &Context<'_>, view: &View) -> bool {
        let lanes = context.session.lanes();
        self.lanes.resize_with(lanes.len(), Default::default);
        let (mut left, mut budget) = (false, POINTS_A_FRAME);
        for (lane, (path, records)) in lanes.iter().zip(&mut self.lanes) {
            if let Some(run) = lane.run() {
                let key = (lane.generation(), context.session.cuts());
                left |= path.follow(run, key, context.session.plane(), view, &mut budget);
                records.follow(lane.generation());
            }
        }
        left
    }

    fn runners<'a>(&self, context: &Context<'a>) -> Vec<Runner<'a>> {
        let lanes = context.session.lanes().iter().zip(&self.lanes).enumerate();
        let running = lanes.filter_map(|(series, (lane, (path, _)))| {
            let run = lane.run().filter(|run| context.step >= run.trace().first())?;
            let step = context.step.min(run.len());
            Some(Runner { series, lane, run, step, row: path.row(step) })
        });
        running.collect()
    }

    /// The marker under the pointer.
    pub fn hit(&self, context: &Context<'_>, view: &View, pointer: Pos2) -> Option<Hit> {
        let runners = self.runners(context);
        nearest_step(runners.iter().map(|r| (r.series, &self.lanes[r.series].0, r.row)), view, pointer)
    }

    /// How far from the plane the iterate under the pointer is.
    pub fn distance(&self, hit: &Hit) -> f32 {
        self.lanes.get(hit.lane).map_or(0.0, |(path, _)| path.distance(hit.row))
    }

    /// Draws all methods, the chosen one above the others; returns whether something is left for the next frame.
    pub fn draw(&mut self, ctx: &egui::Context, context: &Context<'_>, view: &View, theme: Theme, out: &mut Vec<Shape>) -> bool {
        let chosen = context.selected();
        let mut runners = self.runners(context);
        runners.sort_by_key(|r| view::layer_order(r.series, chosen));
        let plane = context.session.plane();
        let switches = &context.scene.view;
        self.focus = Rect::NOTHING;
        if switches.regions {
            for r in &runners {
                let is_chosen = chosen == Some(r.series);
                let records = &mut self.lanes[r.series].1;
                let strength = if is_chosen { 1.0 } else { view::QUIET };
                for (record, opacity) in records.trail(r.lane, r.step, switches.region_trail).iter().rev() {
                    if let Some(layer) = view::trail_region(&record.0, plane, view, r.series, theme, opacity * strength) {
                        paint::layer(&layer, view, out);
                    }
                }
                let layer =
                    records.now(r.lane, r.step).and_then(|s| view::step_region(&s.0, plane, view, r.series, theme, strength));
                if let Some(layer) = layer {
                    paint::layer(&layer, view, out);
                    if is_chosen {
                        self.focus = extent(&layer, view);
                    }
                }
            }
        }
        if let Some(r) = runners.iter().find(|r| chosen == Some(r.series) && switches.model_contours) {
            let objective = &**context.session.problem();
            let record = self.lanes[r.series].1.now(r.lane, r.step);
            if let Some(layer) = record.and_then(|s| view::step_model(&s.0, objective, plane, r.series, theme)) {
                paint::layer(&layer, view, out);
            }
        }
        for r in &runners {
            let (path, records) = &mut self.lanes[r.series];
            path.shapes(r.row, r.series, theme, ctx, out);
            if switches.step_markers {
                markers(path, r, view, theme, out);
                for [from, to] in records.trials(r.lane, plane, path.rejected(r.row)) {
                    view::rejected_trial(from, to, view, r.series, theme).iter().for_each(|layer| paint::layer(layer, view, out));
                }
                searches(path, records, r, plane, view, theme, out);
            }
        }
        for r in &runners {
            let (path, records) = &mut self.lanes[r.series];
            let record = records.now(r.lane, r.step);
            let record = record.as_ref().map(|record| &record.0);
            if let Some(record) = record.filter(|_| chosen == Some(r.series) && switches.regions) {
                view::step_details(record, plane, view, r.series, theme).iter().for_each(|layer| paint::layer(layer, view, out));
            }
            let accepted = record.is_none_or(|s| s.verdict == Verdict::Accepted);
            let at = record.map(|s| plane.project(&s.x).0).or_else(|| path.at(r.row));
            if let Some(at) = at {
                paint::layer(&view::iterate(at, r.series, accepted, theme), view, out);
            }
        }
        self.lanes.iter().any(|(_, records)| records.is_missing())
    }

    /// What the chosen method's region takes on screen, where that is little: names leave it free.
    pub fn focus(&self) -> Rect {
        if self.focus.size().max_elem() < FOCUS { self.focus } else { Rect::NOTHING }
    }

    /// Whether a path runs through a rectangle on screen.
    pub fn crosses(&self, rect: Rect) -> bool {
        self.lanes.iter().any(|(path, _)| path.crosses(rect))
    }

    /// Where the methods stand in the plane.
    pub fn iterates(&self, context: &Context<'_>) -> Vec<[f64; 2]> {
        self.runners(context).iter().filter_map(|r| self.lanes[r.series].0.at(r.row)).collect()
    }

    /// The names of the methods at the ends of their paths, the chosen one first.
    pub fn names(&self, context: &Context<'_>, view: &View) -> Vec<Name> {
        let chosen = context.selected();
        let mut runners = self.runners(context);
        runners.sort_by_key(|r| chosen != Some(r.series));
        let named = runners.iter().filter_map(|r| {
            let path = &self.lanes[r.series].0;
            let distance = path.distance(r.row);
            let name = r.lane.name().to_owned();
            let text = if distance > 0.0 {
                format!("{name} ({} off)", super::super::number::short(f64::from(distance), 2))
            } else {
                name
            };
            let world = path.at(r.row).filter(|at| paint::visible(view, *at, 0.0))?;
            let ended = r.step >= r.run.len() && *r.run.status() != Status::Running;
            Some(Name { series: r.series, text, at: paint::point(view, world), state: ended.then(|| r.run.status().clone()) })
        });
        named.collect()
    }
}

/// The rectangle around a region.
fn extent(layer: &view::Layer, view: &View) -> Rect {
    match layer {
        view::Layer::Region { outline, .. } => {
            Rect::from_points(&outline.iter().map(|p| paint::point(view, *p)).collect::<Vec<_>>())
        }
        _ => Rect::NOTHING,
    }
}

/// A ring at each place of a search; of the last search the points at which it looked.
fn searches(
    path: &LanePath,
    records: &mut Records,
    r: &Runner<'_>,
    plane: &Plane,
    view: &View,
    theme: Theme,
    out: &mut Vec<Shape>,
) {
    let rows = path.looks(r.row);
    let mut rings = 0;
    for (i, row) in rows.iter().enumerate().rev() {
        if rows.get(i + 1).is_some_and(|next| *next == row + 1) {
            continue;
        }
        if rings == KICKS {
            break;
        }
        rings += 1;
        if let Some(at) = path.at(*row as usize) {
            paint::layer(&view::searched(at, view, r.series, theme), view, out);
        }
    }
    let first = (1..rows.len()).rev().find(|i| rows[*i] != rows[i - 1] + 1).unwrap_or(0);
    if rows.last().is_some_and(|last| *last as usize == r.row) {
        let mut pairs = records.trials(r.lane, plane, &rows[first..]);
        pairs.reverse();
        view::looks(&pairs, r.series, theme).iter().for_each(|layer| paint::layer(layer, view, out));
    }
}

fn markers(path: &LanePath, r: &Runner<'_>, view: &View, theme: Theme, out: &mut Vec<Shape>) {
    let (ink, casing) = (faded(theme.series(r.series), 1.0), faded(theme.casing(), 0.9));
    for spot in path.spots(r.row) {
        let at = egui::pos2(spot.px[0], spot.px[1]);
        out.push(Shape::circle_filled(at, DOT + 1.0, casing));
        out.push(Shape::circle_filled(at, DOT, ink));
    }
    for row in path.kicks(r.row).iter().rev().take(KICKS) {
        if let Some(at) = path.at(*row as usize) {
            paint::layer(&view::kick(at, view, r.series, theme), view, out);
        }
    }
}
