//! The landscape itself: colours, contours and relief, by the shader.

use super::refine::Refinement;
use super::slice::SliceGround;
use crate::problem::{Cut, Problem};
use crate::render::{MapFrame, MapInput, MapProgram, map_callback};
use crate::ui::background::Background;
use crate::view::{Jet, MapStyle, Slice, Surface, ValueScale, View, Viewport, plot_box, problem_scale};
use eframe::egui::{self, Rect, Shape};
use std::sync::Arc;

/// The name of the window's map among those on screen.
const MAP_ID: u64 = 1;
/// The side of the grids that say the colours of a slice: they stay while finer ones come.
const COLORS_SIDE: usize = 33;

/// What the picture of a problem is made from, kept while nothing of it changes.
#[derive(Default)]
pub struct Ground {
    shown: Option<(Arc<Problem>, Arc<Cut>)>,
    scale: ValueScale,
    program: Option<(String, MapProgram)>,
    frame: Option<(View, MapStyle, MapFrame)>,
    refinement: Option<Background<Refinement>>,
    slice: SliceGround,
}

impl Ground {
    /// Follows the problem.
    pub fn follow(&mut self, problem: &Arc<Problem>, cut: &Arc<Cut>) {
        if self.shown.as_ref().is_some_and(|(known, shown)| Arc::ptr_eq(known, problem) && Arc::ptr_eq(shown, cut)) {
            return;
        }
        self.slice = SliceGround::default();
        self.scale = if problem.network().is_some() { ValueScale::default() } else { problem_scale(problem, cut) };
        // The text of a formula and its dimension say the shader; the values of parameters do not.
        self.program = problem.formula().and_then(|problem| {
            let key = format!("{}|{}", problem.formula().dim(), problem.text());
            match self.program.take() {
                Some((known, program)) if known == key => Some((known, program)),
                _ => MapProgram::new(problem.formula()).map(|program| (key, program)),
            }
        });
        self.shown = Some((Arc::clone(problem), Arc::clone(cut)));
        self.frame = None;
        self.refinement = None;
    }

    /// The colours of values.
    pub fn scale(&self) -> &ValueScale {
        &self.scale
    }

    /// Draws the landscape in `rect`.
    pub fn paint(&mut self, ui: &egui::Ui, rect: Rect, view: &View, style: MapStyle, out: &mut Vec<Shape>) {
        let Some((problem, cut)) = &self.shown else { return };
        if problem.network().is_some() {
            self.paint_slice(ui, rect, view, style, out);
            return;
        }
        let plane = &cut.plane;
        let fine = fine(ui, view);
        let failed = self.program.as_ref().is_some_and(|(_, program)| program.failure().is_some());
        let fresh = self.frame.as_ref().is_some_and(|(v, s, frame)| *v == fine && *s == style && (frame.is_field() || !failed));
        if !fresh {
            let slice = Slice { objective: &**problem, plane };
            let (frame, sampling) = MapFrame::coarse(&MapInput {
                surface: &slice,
                formula: self.program.as_ref().zip(problem.formula()).map(|((_, program), f)| (program, f.parameter_values())),
                plane,
                view: fine,
                scale: &self.scale,
                style: &style,
                domain: plot_box(cut),
            });
            self.frame = Some((fine, style, frame));
            self.refinement =
                sampling.and_then(|sampling| Background::new(ui.ctx(), "map field", Refinement::new(problem, plane, sampling)));
        }
        if let (Some((_, _, frame)), Some(refinement)) = (&mut self.frame, &mut self.refinement)
            && let Some(field) = refinement.take()
        {
            *frame = frame.refined(field);
        }
        if let Some((_, _, frame)) = &self.frame {
            out.push(Shape::Callback(map_callback(rect, MAP_ID, frame.clone())));
        }
    }

    /// Draws the slice through a network's weights as far as it is sampled.
    fn paint_slice(&mut self, ui: &egui::Ui, rect: Rect, view: &View, style: MapStyle, out: &mut Vec<Shape>) {
        let Some((problem, cut)) = &self.shown else { return };
        let came = self.slice.follow(ui.ctx(), problem, cut, view);
        let Some(surface) = self.slice.surface() else { return };
        if came {
            // Always of the same nodes, whichever of the finer grids came in: the colours do not depend on the threads.
            self.scale = ValueScale::from_values(&surface.nodes(COLORS_SIDE), None);
        }
        let fine = fine(ui, view);
        if came || self.frame.as_ref().is_none_or(|(v, s, _)| *v != fine || *s != style) {
            let input = MapInput {
                surface: &**surface,
                formula: None,
                plane: &cut.plane,
                view: fine,
                scale: &self.scale,
                style: &style,
                domain: plot_box(cut),
            };
            self.frame = Some((fine, style, MapFrame::new(&input)));
        }
        if let Some((_, _, frame)) = &self.frame {
            out.push(Shape::Callback(map_callback(rect, MAP_ID, frame.clone())));
        }
    }

    /// Value and derivatives at a point of the plane: of the grid where the problem is a network.
    pub fn jet(&self, at: [f64; 2]) -> Option<Jet> {
        let (problem, cut) = self.shown.as_ref()?;
        if problem.network().is_some() {
            return Some(self.slice.surface()?.jet(at[0], at[1]));
        }
        Some(Slice { objective: &**problem, plane: &cut.plane }.jet(at[0], at[1]))
    }

    /// Whether finer grids of a slice are on their way.
    pub fn is_busy(&self) -> bool {
        self.slice.is_busy()
    }
}

/// The view in the device's pixels, in which the shader counts.
fn fine(ui: &egui::Ui, view: &View) -> View {
    let density = f64::from(ui.ctx().pixels_per_point());
    View {
        center: view.center,
        world_per_px: view.world_per_px.map(|w| w / density),
        viewport: Viewport { min_px: [0.0; 2], size_px: view.viewport.size_px.map(|s| (s * density).max(1.0)) },
    }
}
