//! The landscape itself: colours, contours and relief, by the shader.

use super::refine::Refinement;
use crate::problem::{FormulaProblem, Plane};
use crate::render::{MapFrame, MapInput, MapProgram, map_callback};
use crate::view::{MapStyle, Slice, ValueScale, View, Viewport, plot_box, problem_scale};
use eframe::egui::{self, Rect, Shape};
use std::sync::Arc;

/// The name of the window's map among those on screen.
const MAP_ID: u64 = 1;

/// What the picture of a problem is made from, kept while nothing of it changes.
#[derive(Default)]
pub struct Ground {
    problem: Option<Arc<FormulaProblem>>,
    scale: ValueScale,
    program: Option<(String, MapProgram)>,
    frame: Option<(View, MapStyle, MapFrame)>,
    refinement: Option<Refinement>,
}

impl Ground {
    /// Follows the problem.
    pub fn follow(&mut self, problem: &Arc<FormulaProblem>, plane: &Plane) {
        if self.problem.as_ref().is_some_and(|known| Arc::ptr_eq(known, problem)) {
            return;
        }
        self.scale = problem_scale(problem, plane);
        // The text of a formula and its dimension say the shader; the values of parameters do not.
        let key = format!("{}|{}", problem.formula().dim(), problem.text());
        if self.program.as_ref().is_none_or(|(known, _)| *known != key) {
            self.program = MapProgram::new(problem.formula()).map(|program| (key, program));
        }
        self.problem = Some(Arc::clone(problem));
        self.frame = None;
        self.refinement = None;
    }

    /// The colours of values.
    pub fn scale(&self) -> &ValueScale {
        &self.scale
    }

    /// Draws the landscape in `rect`.
    pub fn paint(&mut self, ui: &egui::Ui, rect: Rect, view: &View, style: MapStyle, plane: &Plane, out: &mut Vec<Shape>) {
        let Some(problem) = &self.problem else { return };
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
                formula: self.program.as_ref().map(|(_, program)| (program, problem.parameter_values())),
                plane,
                view: fine,
                scale: &self.scale,
                style: &style,
                domain: plot_box(problem),
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
