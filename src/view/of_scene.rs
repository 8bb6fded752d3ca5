//! What a scene asks of its map.

use super::{Camera, ColorMap, MapStyle, Slice, Theme, Tint, ValueScale, rectangle_values};
use crate::problem::{FormulaProblem, Plane};
use crate::scene::{CameraSpec, ViewSpec};

/// Points a side of the grid from which a scale of values is made.
const SCALE_GRID: usize = 72;

/// What the switches of a view ask for.
pub fn map_style(view: &ViewSpec, theme: Theme) -> MapStyle {
    let tint = if view.curvature_tint { Tint::Curvature } else { Tint::Off };
    MapStyle { theme, colors: ColorMap::Quiet, contours: view.contours, relief: view.relief, tint }
}

/// The camera that a scene asks for, or the whole plot box.
pub fn scene_camera(wanted: Option<&CameraSpec>, domain: [[f64; 2]; 2]) -> Camera {
    match wanted {
        Some(spec) => Camera::new(spec.center, [0.5 * spec.extent; 2], true),
        None => Camera::fit(domain, true),
    }
}

/// [u₀, u₁] × [v₀, v₁], the plot box of a problem.
pub fn plot_box(problem: &FormulaProblem) -> [[f64; 2]; 2] {
    let [x0, x1, y0, y1] = problem.domain();
    [[x0, x1], [y0, y1]]
}

/// The scale of a problem's values over its plot box.
pub fn problem_scale(problem: &FormulaProblem, plane: &Plane) -> ValueScale {
    let values = rectangle_values(&Slice { objective: problem, plane }, plot_box(problem), SCALE_GRID);
    match problem.landscape() {
        Some(entry) => ValueScale::of_landscape(&values, entry.color),
        None => ValueScale::from_values(&values, None),
    }
}
