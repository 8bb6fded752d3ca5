//! The model and the region in the plane.

use super::Anatomy;
use crate::linalg::dot;
use crate::view::camera::{Camera, View};
use crate::view::contour::contours_mapped;
use crate::view::ellipse::Ellipse;
use crate::view::ticks::ticks;

/// Pixels between two samples of the model.
const CELL_PX: f64 = 6.0;
/// Contours that a picture has at most.
const MOST_LEVELS: f64 = 48.0;
/// How much longer than the region Newton's point may be to be in the picture.
const NEWTON_REACH: f64 = 2.4;
/// Regions longer than this across are drawn with two scales.
const LONGEST: f64 = 6.0;

/// The model and the region restricted to the plane of an [`Anatomy`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelPicture {
    /// g.
    pub gradient: [f64; 2],
    /// [h₁₁, h₁₂, h₂₂].
    pub hessian: [f64; 3],
    /// [m₁₁, m₁₂, m₂₂].
    pub metric: [f64; 3],
    /// Δ.
    pub radius: f64,
}

/// A level line of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Contour {
    /// m(s) on it.
    pub level: f64,
    /// Its segments in the region.
    pub inside: Vec<[[f64; 2]; 2]>,
    /// Its segments outside.
    pub outside: Vec<[[f64; 2]; 2]>,
}

impl Anatomy {
    /// The model and the region in the plane.
    pub fn picture(&self) -> ModelPicture {
        let n = self.problem.gradient.len();
        ModelPicture {
            gradient: self.section.plane.project_vector(&self.problem.gradient),
            hessian: self.section.plane.restrict(&self.problem.hessian),
            metric: self.section.plane.restrict(&self.problem.metric.to_matrix(n)),
            radius: self.problem.radius,
        }
    }

    /// A camera that shows the region whole, and Newton's point where it is not far. Both axes have one scale unless the region
    /// is very long.
    pub fn camera(&self) -> Camera {
        let Some(region) = self.picture().region() else { return Camera::default() };
        let half = [0, 1].map(|i| {
            let (a, b) = (region.axes[0][i], region.axes[1][i]);
            (a * a + b * b).sqrt()
        });
        let mut bounds = half.map(|h| [-1.25 * h, 1.25 * h]);
        let newton = self.newton.as_ref().map(|newton| newton.place.at);
        if let Some(at) = newton.filter(|at| (0..2).all(|i| at[i].abs() <= NEWTON_REACH * half[i])) {
            for i in 0..2 {
                bounds[i] = [bounds[i][0].min(at[i] - 0.25 * half[i]), bounds[i][1].max(at[i] + 0.25 * half[i])];
            }
        }
        let ratio = half[0] / half[1];
        Camera::fit(bounds, (1.0 / LONGEST..=LONGEST).contains(&ratio))
    }
}

impl ModelPicture {
    /// m(s).
    pub fn value(&self, s: [f64; 2]) -> f64 {
        let [a, b, c] = self.hessian;
        dot(&self.gradient, &s) + 0.5 * (s[0] * (a * s[0] + b * s[1]) + s[1] * (b * s[0] + c * s[1]))
    }

    /// ‖s‖_M ≤ Δ.
    pub fn contains(&self, s: [f64; 2]) -> bool {
        let [a, b, c] = self.metric;
        s[0] * (a * s[0] + b * s[1]) + s[1] * (b * s[0] + c * s[1]) <= self.radius * self.radius
    }

    /// The region.
    pub fn region(&self) -> Option<Ellipse> {
        Ellipse::new([0.0; 2], self.metric, self.radius)
    }

    /// Level lines at even, round levels with 0 among them, about nine of them in the region and the same steps beyond it.
    pub fn contours(&self, view: &View) -> Vec<Contour> {
        let Some(region) = self.region() else { return Vec::new() };
        let rim = region.polygon(96).into_iter().map(|s| self.value(s));
        let inner =
            [0.25, 0.5, 0.75].into_iter().flat_map(|r| (0..32).map(move |k| (r, f64::from(k) * std::f64::consts::TAU / 32.0)));
        let values = rim.chain(inner.map(|(r, angle)| self.value(region.point(r, angle))));
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        let step = ticks(low, high, 9).step;
        if step <= 0.0 {
            return Vec::new();
        }
        let size = view.viewport.size_px.map(|px| ((px / CELL_PX).ceil() as usize).clamp(8, 240));
        let at = |x: f64, y: f64| {
            let [width, height] = view.viewport.size_px;
            let px = [x / (size[0] - 1) as f64 * width, y / (size[1] - 1) as f64 * height];
            view.world_from_px([0, 1].map(|i| view.viewport.min_px[i] + px[i]))
        };
        let grid: Vec<f64> = (0..size[1])
            .flat_map(|y| (0..size[0]).map(move |x| (x, y)))
            .map(|(x, y)| self.value(at(x as f64, y as f64)))
            .collect();
        let (least, most) = grid.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), v| (l.min(*v), m.max(*v)));
        let first = (least / step).ceil().max((low / step).floor() - 0.5 * MOST_LEVELS);
        let last = (most / step).floor().min((high / step).ceil() + 0.5 * MOST_LEVELS);
        let count = (last - first + 1.0).clamp(0.0, 2.0 * MOST_LEVELS) as usize;
        let line = |k: usize| {
            let level = (first + k as f64) * step;
            let middle = |[p, q]: &[[f64; 2]; 2]| self.contains([0.5 * (p[0] + q[0]), 0.5 * (p[1] + q[1])]);
            let (inside, outside) = contours_mapped(size[0], size[1], &grid, level, at).into_iter().partition(middle);
            Contour { level, inside, outside }
        };
        (0..count).map(line).collect()
    }
}
