//! What a hand drags in the picture: the gradient's head, the region's axes and radius, the arms of H.

use crate::scene::SubproblemSpec;
use crate::view::View;
use eframe::egui::{Pos2, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};
use std::f64::consts::FRAC_PI_2;

/// Eigenvalue at half of the dial.
const HALF_DIAL: f64 = 1.5;
/// Points within which a handle is caught by an axis, by the middle, or by the other semi-axis.
const CATCH: f32 = 5.0;
/// Side of the square in which a handle is grasped.
const GRASP: f32 = 24.0;

/// A handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// The head of −g.
    Gradient,
    /// Δ.
    Radius,
    /// The end of the i-th semi-axis of the region.
    Axis(usize),
    /// The i-th arm of H: its length is the eigenvalue, its direction the eigenvector.
    Arm(usize),
}

/// Where the arms of H are drawn.
#[derive(Clone, Copy)]
pub struct Dial {
    pub center: Pos2,
    pub radius: f32,
}

/// The picture in which things are dragged.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    pub view: &'a View,
    pub dial: Dial,
    /// Length of the gradient's arrow over ‖g‖.
    pub scale: f64,
}

impl Handle {
    pub const ALL: [Self; 6] = [Self::Arm(0), Self::Arm(1), Self::Axis(0), Self::Axis(1), Self::Radius, Self::Gradient];

    fn label(self) -> &'static str {
        match self {
            Self::Gradient => "Drag the gradient",
            Self::Radius => "Drag the radius",
            Self::Axis(0) => "Drag the first axis of the region",
            Self::Axis(_) => "Drag the second axis of the region",
            Self::Arm(0) => "Drag the first eigenvalue",
            Self::Arm(_) => "Drag the second eigenvalue",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Gradient => "−g: drag its head; it is caught by the eigenvectors of H and by 0",
            Self::Radius => "Δ: drag the boundary in and out",
            Self::Axis(_) => "A semi-axis of the region: its length and direction",
            Self::Arm(_) => "An eigenvalue of H and its direction: through the middle its sign changes",
        }
    }

    /// Where it is.
    pub fn at(self, spec: &SubproblemSpec, desk: &Desk<'_>) -> Pos2 {
        match self {
            Self::Gradient => on_screen(desk.view, spec.gradient.map(|g| -desk.scale * g)),
            Self::Radius => {
                let (a, b) = (axis(spec, 0), axis(spec, 1));
                // Between two semi-axes, the lower right of a ball.
                let half = std::f64::consts::FRAC_1_SQRT_2;
                on_screen(desk.view, [0, 1].map(|i| half * (a[i] - b[i])))
            }
            Self::Axis(i) => on_screen(desk.view, axis(spec, i)),
            Self::Arm(i) => desk.dial.center + arm(spec, i, desk.dial.radius),
        }
    }

    /// The subproblem with the handle dragged to a point.
    fn moved(self, spec: &SubproblemSpec, desk: &Desk<'_>, to: Pos2) -> SubproblemSpec {
        let s = desk.view.world_from_px([f64::from(to.x), f64::from(to.y)]);
        let mut moved = *spec;
        match self {
            Self::Gradient => moved.gradient = self.caught(spec, desk, to).map(|v| -v / desk.scale),
            Self::Radius => moved.radius = spec.metric().norm(&s),
            Self::Axis(i) => {
                let length = crate::linalg::norm(&s);
                let other = crate::linalg::norm(&axis(spec, 1 - i));
                let round = (length - other).abs() <= f64::from(CATCH) * desk.view.world_per_px[0];
                let ratio = spec.radius / if round { other } else { length };
                moved.metric[i] = ratio * ratio;
                if length > 0.0 {
                    moved.metric_rotation = wrapped(libm::atan2(s[1], s[0]) - FRAC_PI_2 * i as f64);
                }
            }
            Self::Arm(i) => {
                let arm = to - desk.dial.center;
                let direction = spec.rotation + FRAC_PI_2 * i as f64;
                let along = f64::from(arm.x) * libm::cos(direction) - f64::from(arm.y) * libm::sin(direction);
                let sign = if along < 0.0 { -1.0 } else { 1.0 };
                let part = f64::from(arm.length() / desk.dial.radius).min(0.97);
                moved.eigenvalues[i] = if arm.length() <= CATCH { 0.0 } else { sign * HALF_DIAL * part / (1.0 - part) };
                // Near the middle the direction means nothing.
                if arm.length() > 2.0 * CATCH {
                    let angle = libm::atan2(-sign * f64::from(arm.y), sign * f64::from(arm.x));
                    moved.rotation = wrapped(angle - FRAC_PI_2 * i as f64);
                }
            }
        }
        moved.bounded()
    }

    /// The head of the arrow, caught by 0 and by the eigenvectors' lines.
    fn caught(self, spec: &SubproblemSpec, desk: &Desk<'_>, to: Pos2) -> [f64; 2] {
        let s = desk.view.world_from_px([f64::from(to.x), f64::from(to.y)]);
        let near = |p: [f64; 2]| on_screen(desk.view, p).distance(to) <= CATCH;
        if near([0.0; 2]) {
            return [0.0; 2];
        }
        let foot = |i: usize| {
            let angle = spec.rotation + FRAC_PI_2 * i as f64;
            let (sin, cos) = (libm::sin(angle), libm::cos(angle));
            let along = s[0] * cos + s[1] * sin;
            [along * cos, along * sin]
        };
        (0..2).map(foot).find(|p| near(*p)).unwrap_or(s)
    }
}

/// The i-th arm of H on the dial: along the eigenvector, on its other side for a negative eigenvalue.
pub fn arm(spec: &SubproblemSpec, i: usize, radius: f32) -> Vec2 {
    let value = spec.eigenvalues[i];
    let part = value / (value.abs() + HALF_DIAL) * f64::from(radius);
    let angle = spec.rotation + FRAC_PI_2 * i as f64;
    vec2((part * libm::cos(angle)) as f32, (-part * libm::sin(angle)) as f32)
}

/// The i-th semi-axis of the region.
fn axis(spec: &SubproblemSpec, i: usize) -> [f64; 2] {
    let (angle, length) = (spec.metric_rotation + FRAC_PI_2 * i as f64, spec.radius / spec.metric[i].sqrt());
    [length * libm::cos(angle), length * libm::sin(angle)]
}

fn on_screen(view: &View, s: [f64; 2]) -> Pos2 {
    let [x, y] = view.px_from_world(s);
    pos2(x as f32, y as f32)
}

/// The same angle in (−π, π].
fn wrapped(angle: f64) -> f64 {
    libm::atan2(libm::sin(angle), libm::cos(angle))
}

/// Reads the handles; returns the one that is dragged or under the pointer, and what the subproblem becomes.
pub fn handles_ui(ui: &Ui, spec: &SubproblemSpec, desk: &Desk<'_>) -> (Option<Handle>, Option<SubproblemSpec>) {
    let (mut held, mut moved) = (None, None);
    for (k, handle) in Handle::ALL.into_iter().enumerate() {
        let area = Rect::from_center_size(handle.at(spec, desk), Vec2::splat(GRASP));
        let response = ui.interact(area, ui.scope_id().with(("handle", k)), Sense::drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, handle.label()));
        if response.hovered() || response.dragged() {
            held = Some(handle);
        }
        if response.dragged()
            && let Some(to) = response.interact_pointer_pos()
        {
            moved = Some(handle.moved(spec, desk, to));
        } else {
            response.on_hover_text(handle.about());
        }
    }
    (held, moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::SUBPROBLEM_PRESETS;
    use crate::view::{Camera, Viewport};

    /// A handle that is put where it is changes nothing; put elsewhere, it is there.
    #[test]
    fn handles_are_where_they_are_dragged_to() {
        let view = Camera::new([0.0; 2], [2.0; 2], true).view(Viewport { min_px: [0.0; 2], size_px: [400.0, 400.0] });
        let desk = Desk { view: &view, dial: Dial { center: pos2(60.0, 340.0), radius: 46.0 }, scale: 1.0 };
        for preset in &SUBPROBLEM_PRESETS {
            for handle in Handle::ALL {
                let spec = SubproblemSpec { metric: [1.0, 2.5], ..preset.spec };
                let to = match handle {
                    Handle::Arm(_) => desk.dial.center + vec2(19.0, 23.0),
                    _ => pos2(287.0, 131.0),
                };
                let moved = handle.moved(&spec, &desk, to);
                let at = handle.at(&moved, &desk);
                match handle {
                    // The radius handle stays on its ray.
                    Handle::Radius => {
                        assert!((moved.metric().norm(&view.world_from_px([287.0, 131.0])) - moved.radius).abs() < 1e-9);
                    }
                    _ => assert!(at.distance(to) < 0.01, "{handle:?} of {}: {at:?}", preset.name),
                }
            }
        }
    }

    #[test]
    fn the_gradient_is_caught_by_an_eigenvector() {
        let view = Camera::new([0.0; 2], [2.0; 2], true).view(Viewport { min_px: [0.0; 2], size_px: [400.0, 400.0] });
        let desk = Desk { view: &view, dial: Dial { center: pos2(60.0, 340.0), radius: 46.0 }, scale: 1.0 };
        let spec = SUBPROBLEM_PRESETS[2].spec;
        let angle = spec.rotation;
        let to = pos2((200.0 + 80.0 * libm::cos(angle) + 2.0) as f32, (200.0 - 80.0 * libm::sin(angle) + 2.0) as f32);
        let moved = Handle::Gradient.moved(&spec, &desk, to);
        let across = moved.gradient[0] * libm::sin(angle) - moved.gradient[1] * libm::cos(angle);
        assert!(across.abs() < 1e-15, "{across}");
        assert_eq!(Handle::Gradient.moved(&spec, &desk, pos2(202.0, 198.0)).gradient.map(f64::abs), [0.0; 2]);
    }
}
