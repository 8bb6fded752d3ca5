//! The landscape itself: colours, contours and relief, by the shader.

use super::refine::Refinement;
use crate::problem::{Cut, Problem};
use crate::render::{MapFrame, MapInput, MapProgram, map_callback};
use crate::view::{MapStyle, Slice, ValueScale, View, Viewport, plot_box, problem_scale};
use eframe::egui::{self, Rect, Shape};
use std::sync::Arc;

/// The name of the window's map among those on screen.
const MAP_ID: u64 = 1;

/// What the picture of a problem is made from, kept while nothing of it changes.
#[derive(Default)]
pub struct Ground {
    shown: Option<(Arc<Problem>, Cut)>,
    scale: ValueScale,
    program: Option<(String, MapProgram)>,
    frame: Option<(View, MapStyle, MapFrame)>,
    refinement: Option<Refinement>,
}

impl Ground {
    /// Follows the problem.
    pub fn follow(&mut self, problem: &Arc<Problem>, cut: &Cut) {
        if self.shown.as_ref().is_some_and(|(known, shown)| Arc::ptr_eq(known, problem) && shown == cut) {
            return;
        }
        self.scale = problem_scale(problem, cut);
        // The text of a formula and its dimension say the shader; the values of parameters do not.
        self.program = problem.formula().and_then(|problem| {
            let key = format!("{}|{}", problem.formula().dim(), problem.text());
            match self.program.take() {
                Some((known, program)) if known == key => Some((known, program)),
                _ => MapProgram::new(problem.formula()).map(|program| (key, program)),
            }
        });
        self.shown = Some((Arc::clone(problem), cut.clone()));
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
        let plane = &cut.plane;
        // The shader counts in the device's pixels.
        let density = f64::from(ui.ctx().pixels_per_point());
        let fine = View {
            center: view.center,
            world_per_px: view.world_per_px.map(|w| w / density),
            viewport: Viewport { min_px: [0.0; 2], size_px: view.viewport.size_px.map(|s| (s * density).max(1.0)) },
        };
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
            self.refinement = sampling.and_then(|sampling| Refinement::new(ui.ctx(), problem, plane, sampling));
        }
        if let (Some((_, _, frame)), Some(refinement)) = (&mut self.frame, &mut self.refinement)
            && let Some(field) = refinement.take(ui.ctx())
        {
            *frame = frame.refined(field);
        }
        if let Some((_, _, frame)) = &self.frame {
            out.push(Shape::Callback(map_callback(rect, MAP_ID, frame.clone())));
        }
    }
}
