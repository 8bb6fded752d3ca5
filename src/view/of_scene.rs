//! What a scene asks of its map.

use super::{Camera, ColorMap, MapStyle, Slice, Theme, Tint, ValueScale, rectangle_values};
use crate::problem::{Cut, Problem};
use crate::scene::{CameraSpec, ViewSpec};

/// Points a side of the grid from which a scale of values is made.
const SCALE_GRID: usize = 72;
/// The same where a value is a pass over all samples.
const NETWORK_GRID: usize = 9;

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

/// [u₀, u₁] × [v₀, v₁], the box of a cut.
pub fn plot_box(cut: &Cut) -> [[f64; 2]; 2] {
    let [x0, x1, y0, y1] = cut.domain;
    [[x0, x1], [y0, y1]]
}

/// The scale of a problem's values over the box of a cut.
pub fn problem_scale(problem: &Problem, cut: &Cut) -> ValueScale {
    let side = if problem.network().is_some() { NETWORK_GRID } else { SCALE_GRID };
    let values = rectangle_values(&Slice { objective: problem, plane: &cut.plane }, plot_box(cut), side);
    match problem.landscape() {
        Some(entry) => ValueScale::of_landscape(&values, entry.color),
        None => ValueScale::from_values(&values, None),
    }
}
