//! Medians and bands over a budget.

use super::chart::{Axis, Scale, chart_ui, style};
use super::controls::{axis_name, quantity_name};
use super::{RaceMemory, empty_ui};
use crate::measure::race::{self, BandPoint, Quantity, Race};
use crate::ui::panels::Context;
use crate::ui::theme;
use eframe::egui::Ui;
use egui_plot::{FilledArea, Line, PlotPoint, PlotPoints};
use std::time::Duration;
use web_time::Instant;

/// Time for making bands anew in a frame.
const SLICE: Duration = Duration::from_millis(2);

/// The bands in the coordinates of the chart.
#[derive(Default)]
pub struct BandCache {
    bands: Vec<Band>,
    next: usize,
}

#[derive(Default)]
struct Band {
    key: Option<Key>,
    xs: Vec<f64>,
    quantiles: [Vec<f64>; 5],
    median: Vec<PlotPoint>,
    /// The 10 % and 90 % quantiles where they are finite.
    extent: Option<[f64; 2]>,
}

/// What a band depends on.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    runs: usize,
    quantity: Quantity,
    axis: race::Axis,
    log: bool,
    floor: Option<u64>,
    pace: Option<u64>,
}

impl Band {
    fn fill(&mut self, points: &[BandPoint], x: Scale, y: Scale) {
        self.xs.clear();
        self.median.clear();
        self.quantiles.iter_mut().for_each(Vec::clear);
        self.extent = None;
        let first = points.iter().map(|p| p.at).find(|at| *at > 0.0).unwrap_or(1.0);
        let place = |at: f64| if x == Scale::Log { x.of(at.max(0.5 * first)) } else { at };
        for (i, point) in points.iter().enumerate() {
            let values = point.over_seeds.quantiles().map(|v| y.of(v));
            let until = points.get(i + 1).map_or(point.at, |next| next.at);
            // A step function: the value holds until the next one.
            for at in [place(point.at), place(until)] {
                self.xs.push(at);
                self.quantiles.iter_mut().zip(values).for_each(|(column, v)| column.push(v));
                self.median.push(PlotPoint::new(at, values[2]));
            }
            for v in [point.over_seeds.q10, point.over_seeds.q90]
                .into_iter()
                .filter(|v| v.is_finite() && (*v > 0.0 || y != Scale::Log))
            {
                let v = y.of(v);
                let [low, high] = self.extent.unwrap_or([v, v]);
                self.extent = Some([low.min(v), high.max(v)]);
            }
        }
    }
}

impl BandCache {
    /// Makes what is out of date anew, for a slice of time; returns whether something is left.
    fn follow(&mut self, race: &Race, key: impl Fn(usize) -> Key, x: Scale, y: Scale) -> bool {
        let count = race.entrants().len();
        self.bands.resize_with(count, Band::default);
        let end = Instant::now() + SLICE;
        for _ in 0..count {
            let place = self.next % count.max(1);
            let (band, key) = (&mut self.bands[place], key(place));
            if band.key != Some(key) {
                band.fill(&race.band(place, key.quantity, key.axis), x, y);
                band.key = Some(key);
                if Instant::now() >= end {
                    self.next = place + 1;
                    return true;
                }
            }
            self.next = place + 1;
        }
        false
    }
}

pub(super) fn bands_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut RaceMemory, height: f32) {
    let view = context.preferences.race;
    let Some((race, series, cache)) = memory.race_and_bands() else {
        return empty_ui(ui, height, "Race runs the methods of the scene with many seeds and compares them against a budget.");
    };
    if view.quantity == Quantity::Distance && race.landmarks().gate.is_none() {
        return empty_ui(ui, height, "No saddle is known below the start, so there is none to be left.");
    }
    let floor = race.floor();
    let bounded = floor.is_some() || view.quantity != Quantity::Gap;
    let x_scale = if view.log { Scale::Log } else { Scale::Linear };
    let y_scale = if bounded { Scale::Log } else { Scale::Symmetric };
    let key = |place: usize| Key {
        runs: race.outcomes(place).count(),
        quantity: view.quantity,
        axis: view.axis,
        log: view.log,
        floor: floor.map(f64::to_bits),
        pace: (view.axis == race::Axis::Seconds).then(|| race.pace(place).map(f64::to_bits)).flatten(),
    };
    if cache.follow(race, key, x_scale, y_scale) {
        ui.ctx().request_repaint();
    }
    let drawn = || cache.bands.iter().zip(series).filter(|(band, _)| !band.xs.is_empty());
    let ends = drawn().flat_map(|(band, _)| [band.xs.first(), band.xs.last()]).flatten().copied();
    let measured = if view.axis == race::Axis::Seconds { " (measured, not reproducible)" } else { "" };
    let mut x = Axis::around(format!("{}{measured}", axis_name(view.axis).0), x_scale, ends);
    if !view.log {
        (x.low, x.high) = (0.0, x.high.max(f64::MIN_POSITIVE));
    }
    let (name, about) = if bounded { quantity_name(view.quantity) } else { ("f", "f itself: it has no known lower bound") };
    let y = Axis::around(name.to_owned(), y_scale, drawn().filter_map(|(band, _)| band.extent).flatten());
    let visuals = ui.visuals().clone();
    let chosen = context.selected();
    chart_ui(ui, "race bands", height, &x, &y, about, |plot| {
        for (band, series) in drawn() {
            let color = theme::series(&visuals, *series);
            let strength = if chosen == Some(*series) { 1.6 } else { 1.0 };
            if band.quantiles[0] != band.quantiles[4] {
                for (low, high, opacity) in [(0, 4, 0.10), (1, 3, 0.18)] {
                    let area = FilledArea::new("", &band.xs, &band.quantiles[low], &band.quantiles[high]);
                    plot.add(area.fill_color(color.gamma_multiply(opacity * strength)).allow_hover(false));
                }
            }
        }
        for (band, series) in drawn() {
            let width = if chosen == Some(*series) { 2.5 } else { 1.5 };
            let line = Line::new("", PlotPoints::Borrowed(&band.median)).color(theme::series(&visuals, *series));
            plot.line(line.width(width).style(style(*series)).allow_hover(false));
        }
    });
}
