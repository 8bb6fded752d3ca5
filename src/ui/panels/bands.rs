//! The phases of the chosen method behind its curves: searches and checks as shaded bands, kicks and snapshots as lines.

use super::plots::abscissa;
use crate::optim::Phase;
use crate::ui::command::PlotAxis;
use crate::ui::session::Lane;
use crate::view::{PhaseBand, phase_bands};
use eframe::egui::{self, Align2, Color32, Ui};
use egui_plot::{PlotPoints, PlotTransform, PlotUi, Polygon, VLine};

/// Bands that a plot draws at most.
const MOST: usize = 160;
/// Narrower than this, in points, a band is a line.
const NARROW: f64 = 2.0;

/// The bands of one run, found again only when it has grown.
#[derive(Default)]
pub(super) struct Bands {
    key: Option<(u64, usize)>,
    bands: Vec<PhaseBand>,
}

impl Bands {
    /// Follows the run.
    pub fn follow(&mut self, lane: &Lane) {
        let Some(run) = lane.run() else { return };
        let rows = run.trace().rows();
        if self.key != Some((lane.generation(), rows.len())) {
            self.key = Some((lane.generation(), rows.len()));
            self.bands = phase_bands(&rows.iter().map(|row| row.phase).collect::<Vec<_>>(), MOST);
        }
    }

    /// Draws them between two heights; `width` points show the interval from 0 to `last`.
    pub fn draw<'a>(&self, plot: &mut PlotUi<'a>, lane: &Lane, axis: PlotAxis, color: Color32, [low, high]: [f64; 2], unit: f64) {
        for band in &self.bands {
            let [from, to] = ends(lane, axis, band);
            let faded = color.gamma_multiply(opacity(band.phase));
            if (to - from) < NARROW * unit {
                plot.vline(VLine::new("", to).color(faded).width(1.0).allow_hover(false));
            } else {
                let corners = PlotPoints::from(vec![[from, low], [to, low], [to, high], [from, high]]);
                let area = Polygon::new("", corners).fill_color(faded).stroke(egui::Stroke::NONE);
                plot.polygon(area.allow_hover(false));
            }
        }
    }

    /// Writes the phase into each band that has room for its name.
    pub fn names_ui(&self, ui: &Ui, lane: &Lane, axis: PlotAxis, transform: &PlotTransform, area: egui::Rect) {
        let ink = ui.visuals().weak_text_color();
        let mut free = area.left();
        for band in &self.bands {
            let [left, right] = ends(lane, axis, band)
                .map(|x| transform.position_from_point(&egui_plot::PlotPoint::new(x, transform.bounds().max()[1])).x);
            let galley = ui.painter().layout_no_wrap(name(band.phase).to_owned(), egui::FontId::proportional(11.0), ink);
            if right - left > galley.size().x + 4.0 && left >= free {
                let at = Align2::CENTER_TOP.anchor_size(egui::pos2(0.5 * (left + right), area.top() + 2.0), galley.size());
                free = at.right() + 4.0;
                ui.painter().galley(at.min, galley, ink);
            }
        }
    }
}

/// Where a band begins and ends: from the row before its first to its last.
fn ends(lane: &Lane, axis: PlotAxis, band: &PhaseBand) -> [f64; 2] {
    [band.first.saturating_sub(1), band.last].map(|row| abscissa(lane, axis, row))
}

fn opacity(phase: Phase) -> f32 {
    match phase {
        Phase::Descent => 0.0,
        Phase::Snapshot => 0.25,
        Phase::Search => 0.14,
        Phase::Certification => 0.3,
        Phase::Perturbation => 0.6,
    }
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Descent => "",
        Phase::Snapshot => "snapshot",
        Phase::Search => "search",
        Phase::Certification => "check",
        Phase::Perturbation => "kick",
    }
}
