//! What a single step adds to the map: its region, the way of its solver, its trial.

use super::camera::View;
use super::color::Theme;
use super::ellipse::{Ellipse, cubic_contours};
use super::layers::{self, Layer, Marker, MarkerShape, Stroke};
use crate::optim::{Cubic, Geometry, Region, Step, Verdict};
use crate::problem::{Objective, Plane};
use std::f64::consts::TAU;

/// Length of an arrow's barbs in pixels.
const BARB_PX: f64 = 9.0;
/// Line width of the regions of earlier steps.
const TRAIL_WIDTH_PX: f32 = 1.9;
/// How strong a rejected region is that is far larger than the map, in [0, 1].
const VAST: f32 = 0.3;
/// Pixels that a polygon may be away from its ellipse.
const FLATNESS_PX: f64 = 0.2;

/// The section of a trust region with the plane through its centre parallel to `plane`; in ℝ² the region itself.
pub fn section(region: &Region, plane: &Plane) -> Option<Ellipse> {
    let (center, _) = plane.project(&region.center);
    Ellipse::new(center, plane.restrict_products(|v, product| region.metric.apply(v, product)), region.radius)
}

/// The ball ‖s‖ = λ/σ of a cubic step.
fn ball(cubic: &Cubic, plane: &Plane) -> Option<Ellipse> {
    let (center, _) = plane.project(&cubic.center);
    Ellipse::new(center, [1.0, 0.0, 1.0], cubic.radius())
}

/// The boundary of an ellipse as a closed polygon that is exact to a fifth of a pixel where it is in view.
pub fn outline(ellipse: &Ellipse, view: &View) -> Vec<[f64; 2]> {
    let px = |axis: [f64; 2]| [axis[0] / view.world_per_px[0], -axis[1] / view.world_per_px[1]];
    let axes = ellipse.axes.map(px);
    let center = view.px_from_world(ellipse.center);
    let size = axes.iter().map(|a| a[0].abs().max(a[1].abs())).fold(0.0, f64::max);
    // A chord of angle h is r h²/8 away from its arc.
    let step = (8.0 * FLATNESS_PX / size.max(1.0)).sqrt();
    if TAU / step <= 512.0 {
        return ellipse.polygon(((TAU / step) as usize).clamp(48, 512));
    }
    let mut angles: Vec<f64> = (0..64).map(|i| TAU * f64::from(i) / 64.0).collect();
    let mut crossings = vec![0.0, TAU];
    let (low, extent) = (view.viewport.min_px, view.viewport.size_px);
    for i in 0..2 {
        let (a, b) = (axes[0][i], axes[1][i]);
        let reach = (a * a + b * b).sqrt();
        for edge in [low[i] - 8.0, low[i] + extent[i] + 8.0] {
            let cosine = (edge - center[i]) / reach;
            if cosine.abs() <= 1.0 {
                let (middle, half) = (libm::atan2(b, a), libm::acos(cosine));
                crossings.extend([middle - half, middle + half].map(|angle| angle.rem_euclid(TAU)));
            }
        }
    }
    crossings.sort_by(f64::total_cmp);
    let at = |angle: f64| {
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        [0, 1].map(|i| center[i] + cos * axes[0][i] + sin * axes[1][i])
    };
    for pair in crossings.windows(2) {
        let middle = at(0.5 * (pair[0] + pair[1]));
        if (0..2).all(|i| (low[i] - 9.0..=low[i] + extent[i] + 9.0).contains(&middle[i])) {
            let count = (((pair[1] - pair[0]) / step).ceil() as usize).clamp(1, 4096);
            angles.extend((0..=count).map(|k| pair[0] + (pair[1] - pair[0]) * k as f64 / count as f64));
        }
    }
    angles.sort_by(f64::total_cmp);
    angles.into_iter().map(|angle| ellipse.point(1.0, angle)).collect()
}

/// The region in which a step was sought, or the ball of a kick, `opacity` in [0, 1]; nothing for a method without one.
pub fn step_region(step: &Step, plane: &Plane, view: &View, series: usize, theme: Theme, opacity: f32) -> Option<Layer> {
    let accepted = step.verdict == Verdict::Accepted;
    let (ellipse, dash) = match &step.geometry {
        Geometry::TrustRegion(region) => (section(region, plane)?, None),
        Geometry::Cubic(cubic) => (ball(cubic, plane)?, Some(&[7.0_f32, 4.0][..])),
        Geometry::Perturbation { radius } => {
            let (center, _) = plane.project(&step.from);
            (Ellipse::new(center, [1.0, 0.0, 1.0], *radius)?, Some(&[2.0_f32, 3.0][..]))
        }
        _ => return None,
    };
    let Layer::Region { mut stroke, fill, .. } = layers::region(&ellipse, series, accepted, theme) else { return None };
    let faded = if !accepted && is_vast(&ellipse, view) { VAST } else { 1.0 };
    stroke.opacity *= opacity * faded;
    if let Some(dash) = dash {
        stroke.dash = dash;
    }
    Some(Layer::Region { outline: outline(&ellipse, view), stroke, fill: fill * opacity })
}

/// The region of an earlier step: a heavier line without a filling; nothing for a rejected one that is far larger than the map.
pub fn trail_region(step: &Step, plane: &Plane, view: &View, series: usize, theme: Theme, opacity: f32) -> Option<Layer> {
    if let (Geometry::TrustRegion(region), Verdict::Rejected) = (&step.geometry, step.verdict)
        && section(region, plane).is_none_or(|ellipse| is_vast(&ellipse, view))
    {
        return None;
    }
    let Layer::Region { outline, mut stroke, .. } = step_region(step, plane, view, series, theme, opacity)? else { return None };
    stroke.width_px = TRAIL_WIDTH_PX;
    Some(Layer::Region { outline, stroke, fill: 0.0 })
}

/// Whether an ellipse reaches further than the map is long: what is seen of it are two lines.
fn is_vast(ellipse: &Ellipse, view: &View) -> bool {
    let px = |[u, v]: [f64; 2]| libm::hypot(u / view.world_per_px[0], v / view.world_per_px[1]);
    let [width, height] = view.viewport.size_px;
    ellipse.axes.iter().any(|axis| px(*axis) > width.max(height))
}

/// What methods are sorted by from below to above: the chosen one above all, else those that are named first.
pub fn layer_order(series: usize, chosen: Option<usize>) -> (bool, std::cmp::Reverse<usize>) {
    (chosen == Some(series), std::cmp::Reverse(series))
}

/// How strong the regions of methods are that are not the chosen one, in [0, 1].
pub const QUIET: f32 = 0.7;

/// Regions of earlier steps that are shown at most.
const TRAIL: u64 = 24;

/// The steps before `step` whose regions are shown with it, every `every`-th, the oldest first, each with an opacity that
/// fades with age.
pub fn region_trail(step: u64, every: u32) -> impl DoubleEndedIterator<Item = (u64, f32)> {
    let every = u64::from(every);
    // With `every` = 0 nothing is shown: the range from 1 to 0 is empty.
    let last = step.saturating_sub(1).checked_div(every).unwrap_or(0);
    let first = last.saturating_sub(TRAIL - 1).max(1);
    (first..=last).map(move |k| (k * every, 0.6 + 0.4 * (1.0 - (last - k) as f32 / TRAIL as f32)))
}

/// How a step came about: the trial as an arrow, the solver's way to it, directions of negative curvature, line searches.
pub fn step_details(step: &Step, plane: &Plane, view: &View, series: usize, theme: Theme) -> Vec<Layer> {
    let mut layers = Vec::new();
    let line = |color, width_px| Stroke { color, opacity: 1.0, width_px, dash: &[], casing: Some(theme.casing()) };
    let along = |from: [f64; 2], s: &[f64]| {
        let [u, v] = plane.project_vector(s);
        [from[0] + u, from[1] + v]
    };
    let (from, _) = plane.project(&step.from);
    match &step.geometry {
        geometry @ (Geometry::TrustRegion(_) | Geometry::Cubic(_)) => {
            if let Some((center, path, step)) = geometry.model_step() {
                let (center, _) = plane.project(center);
                if !path.is_empty() {
                    let mut points = vec![center];
                    points.extend(path.iter().map(|s| along(center, s)));
                    layers.push(Layer::Path { points, stroke: line(theme.ink(), 1.2), dot_px: 2.2 });
                }
                layers.push(arrow(center, along(center, step), view, line(theme.series(series), 2.0)));
            }
        }
        Geometry::Line { direction, tried } => {
            let at = |t: f64| {
                let [u, v] = plane.project_vector(direction);
                [from[0] + t * u, from[1] + t * v]
            };
            let farthest = tried.iter().copied().filter(|t| t.is_finite()).fold(0.0_f64, f64::max);
            let dashed = Stroke { dash: &[3.0, 3.0], ..line(theme.faint_ink(), 1.2) };
            layers.push(Layer::Segments { segments: vec![[from, at(farthest)]], stroke: dashed });
            layers.extend(tried.iter().map(|t| {
                let fill = Some(theme.casing());
                Layer::Marker(Marker {
                    at: at(*t),
                    shape: MarkerShape::Circle,
                    radius_px: 2.5,
                    fill,
                    outline: theme.series(series),
                })
            }));
            layers.push(arrow(from, along(from, &step.trial), view, line(theme.series(series), 2.0)));
        }
        Geometry::NegativeCurvature { direction, .. } => {
            let [u, v] = plane.project_vector(direction).map(|c| 40.0 * c * view.world_per_px[0].max(view.world_per_px[1]));
            let dashed = Stroke { dash: &[6.0, 3.0], ..line(theme.ink(), 1.6) };
            for sign in [1.0, -1.0] {
                let to = [from[0] + sign * u, from[1] + sign * v];
                layers.push(arrow(from, to, view, dashed));
            }
            layers.push(arrow(from, along(from, &step.trial), view, line(theme.series(series), 2.0)));
        }
        Geometry::Perturbation { .. } => {
            layers.push(arrow(from, along(from, &step.trial), view, line(theme.series(series), 2.0)));
        }
        Geometry::Point => {}
    }
    layers
}

/// Contours of the model that a step minimized, in its region: gᵀs, or gᵀs + ½sᵀ∇²f s, or that with (σ/3)‖s‖³, the Hessian asked
/// of the objective without being counted.
pub fn step_model(step: &Step, objective: &dyn Objective, plane: &Plane, series: usize, theme: Theme) -> Option<Layer> {
    let (ellipse, center, linear, second_order, sigma) = match &step.geometry {
        Geometry::TrustRegion(r) => (section(r, plane)?, &r.center, &r.linear, r.second_order, 0.0),
        Geometry::Cubic(c) => (ball(c, plane)?, &c.center, &c.linear, true, c.sigma),
        _ => return None,
    };
    let curvature =
        if second_order { plane.restrict_products(|v, product| objective.hessian_vector(center, v, product)) } else { [0.0; 3] };
    let contours = cubic_contours(&ellipse, plane.project_vector(linear), curvature, sigma, 7);
    let segments = contours.into_iter().flat_map(|(_, segments)| segments).collect();
    let stroke = Stroke { color: theme.series(series), opacity: 0.75, width_px: 1.1, dash: &[], casing: None };
    Some(Layer::Segments { segments, stroke })
}

/// A rejected trial: a hollow cross at the end of a thin stub.
pub fn rejected_trial(from: [f64; 2], trial: [f64; 2], view: &View, series: usize, theme: Theme) -> [Layer; 2] {
    let color = theme.series(series);
    let stub = Stroke { color, opacity: 0.6, width_px: 1.0, dash: &[1.5, 4.0], casing: None };
    let bars = Stroke { color, opacity: 1.0, width_px: 1.6, dash: &[], casing: Some(theme.casing()) };
    let [x, y] = view.px_from_world(trial);
    let bar = |dx: f64, dy: f64| [[x - dx, y - dy], [x + dx, y + dy]].map(|p| view.world_from_px(p));
    [
        Layer::Segments { segments: vec![[from, trial]], stroke: stub },
        Layer::Segments { segments: vec![bar(4.0, 4.0), bar(4.0, -4.0)], stroke: bars },
    ]
}

/// A random kick: a burst at the point to which it led.
pub fn kick(at: [f64; 2], view: &View, series: usize, theme: Theme) -> Layer {
    let [x, y] = view.px_from_world(at);
    let ray = |k: u32| {
        let angle = TAU * f64::from(k) / 8.0;
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        [[x + 4.0 * cos, y + 4.0 * sin], [x + 8.0 * cos, y + 8.0 * sin]].map(|p| view.world_from_px(p))
    };
    let stroke = Stroke { color: theme.series(series), opacity: 1.0, width_px: 1.6, dash: &[], casing: Some(theme.casing()) };
    Layer::Segments { segments: (0..8).map(ray).collect(), stroke }
}

/// Where a method stood and searched: a ring of short dashes around the point.
pub fn searched(at: [f64; 2], view: &View, series: usize, theme: Theme) -> Layer {
    let [x, y] = view.px_from_world(at);
    let point = |k: u32, shift: f64| {
        let angle = TAU * (f64::from(k) + shift) / 12.0;
        view.world_from_px([x + 9.0 * libm::cos(angle), y + 9.0 * libm::sin(angle)])
    };
    let stroke = Stroke { color: theme.series(series), opacity: 1.0, width_px: 1.6, dash: &[], casing: Some(theme.casing()) };
    Layer::Segments { segments: (0..12).map(|k| [point(k, 0.0), point(k, 0.55)]).collect(), stroke }
}

/// The looks of a search, each from where to where: rays where all are as long, as those along one direction after the other,
/// else the way from the first place on in order, by a hair line.
pub fn looks(pairs: &[[[f64; 2]; 2]], series: usize, theme: Theme) -> Vec<Layer> {
    let length = |[a, b]: &[[f64; 2]; 2]| libm::hypot(b[0] - a[0], b[1] - a[1]);
    let longest = pairs.iter().map(length).fold(0.0, f64::max);
    let shortest = pairs.iter().map(length).fold(f64::INFINITY, f64::min);
    let stroke = Stroke { color: theme.series(series), opacity: 0.8, width_px: 0.8, dash: &[], casing: None };
    if shortest < 0.99 * longest {
        let points = pairs.iter().take(1).map(|pair| pair[0]).chain(pairs.iter().map(|pair| pair[1])).collect();
        return vec![Layer::Path { points, stroke, dot_px: 1.6 }];
    }
    let rays = pairs.iter().map(|pair| Layer::Path { points: pair.to_vec(), stroke, dot_px: 1.6 });
    rays.collect()
}

/// An arrow whose barbs keep their size on screen; a short one is all barbs.
pub fn arrow(from: [f64; 2], to: [f64; 2], view: &View, stroke: Stroke) -> Layer {
    let (a, b) = (view.px_from_world(from), view.px_from_world(to));
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = (dx * dx + dy * dy).sqrt();
    let mut segments = vec![[from, to]];
    if length > 3.0 && length.is_finite() {
        let size = BARB_PX.min(0.6 * length) / length;
        let barb = |side: f64| view.world_from_px([b[0] - size * (dx + side * 0.5 * dy), b[1] - size * (dy - side * 0.5 * dx)]);
        segments.extend([[barb(1.0), to], [barb(-1.0), to]]);
    }
    Layer::Segments { segments, stroke }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Camera, Viewport};

    #[test]
    fn outlines_are_exact_where_they_are_seen() {
        let view = Camera::new([0.0; 2], [1.0; 2], true).view(Viewport { min_px: [0.0; 2], size_px: [800.0, 800.0] });
        for size in [1e-3, 0.5, 30.0, 1e4, 1e7] {
            // Ellipses of any size whose boundary passes through the middle.
            let ellipse = Ellipse::new([size, 0.3 * size], [1.0, 0.2, 2.0], 1.0).expect("an ellipse");
            let reach = [size, 0.3 * size];
            let radius = (reach[0] * reach[0] + 0.4 * reach[0] * reach[1] + 2.0 * reach[1] * reach[1]).sqrt();
            let ellipse = Ellipse::new(ellipse.center, [1.0, 0.2, 2.0], radius).expect("an ellipse");
            let polygon = outline(&ellipse, &view);
            let nearest = polygon
                .iter()
                .zip(polygon.iter().cycle().skip(1))
                .map(|(a, b)| {
                    let (d, p) = ([b[0] - a[0], b[1] - a[1]], [-a[0], -a[1]]);
                    let t = ((p[0] * d[0] + p[1] * d[1]) / (d[0] * d[0] + d[1] * d[1]).max(1e-300)).clamp(0.0, 1.0);
                    let r = [p[0] - t * d[0], p[1] - t * d[1]];
                    (r[0] * r[0] + r[1] * r[1]).sqrt() / view.world_per_px[0]
                })
                .fold(f64::INFINITY, f64::min);
            assert!(nearest < 0.25, "size {size}: {nearest} px");
            assert!(polygon.len() < 10_000);
        }
    }
}
