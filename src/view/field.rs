//! A function sampled on the grid of a view: the map's source where f32 does not suffice, and for whatever has no formula.

use super::camera::View;
use super::frame::Frame;
use super::shade::Sample;
use super::surface::Surface;

/// Differences to a reference, slopes and curvatures at the nodes of a grid that spans a view, edges included.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Nodes in a row, at least 2.
    pub columns: usize,
    /// Rows from the bottom up, at least 2.
    pub rows: usize,
    /// Distances of the nodes in world units.
    pub cell: [f64; 2],
    /// Per node: difference, ∂u · cell₀, ∂v · cell₁, ∂u∂v · cell₀ · cell₁.
    pub slopes: Vec<[f32; 4]>,
    /// Per node: the Hessian (uu, uv, vv, 0).
    pub curvatures: Vec<[f32; 4]>,
}

/// Pixels per node, and the bounds of the number of nodes along an axis.
const PX_PER_NODE: f64 = 4.0;
const NODES: (usize, usize) = (32, 512);
/// The bound for a function whose gradient is linear over the view up to this share.
const FEW_NODES: usize = 49;
const SMOOTH: f64 = 0.1;

/// Pixels a node of the fields that refine a picture, in their order.
const REFINEMENTS: [f64; 2] = [4.0 * PX_PER_NODE, PX_PER_NODE];

impl Field {
    /// The field of `surface` over `view`, one node about every four pixels, fewer where f is nearly quadratic: bicubic
    /// interpolation between nodes at a distance h is off by some h⁴ f⁗ / 384.
    pub fn sample(surface: &dyn Surface, view: &View, frame: &Frame) -> Self {
        let mut field = Self::empty(view, frame, PX_PER_NODE);
        field.extend(surface, view, frame, usize::MAX);
        field
    }

    fn empty(view: &View, frame: &Frame, px_per_node: f64) -> Self {
        let most = if frame.bend() < SMOOTH { FEW_NODES } else { NODES.1 };
        let nodes = view.viewport.size_px.map(|s| ((s / px_per_node).ceil() as usize + 1).clamp(NODES.0, most));
        Self::with_nodes(view, nodes)
    }

    /// A field of so many nodes over `view`, none of them sampled.
    pub(super) fn with_nodes(view: &View, [columns, rows]: [usize; 2]) -> Self {
        let half = view.half();
        let cell = [2.0 * half[0] / (columns - 1) as f64, 2.0 * half[1] / (rows - 1) as f64];
        Self { columns, rows, cell, slopes: Vec::new(), curvatures: Vec::new() }
    }

    /// Samples up to `most` more nodes; returns whether all are there.
    fn extend(&mut self, surface: &dyn Surface, view: &View, frame: &Frame, most: usize) -> bool {
        let (half, whole) = (view.half(), self.columns * self.rows);
        for node in self.slopes.len()..whole.min(self.slopes.len().saturating_add(most)) {
            let (i, j) = (node % self.columns, node / self.columns);
            let at = [i as f64 * self.cell[0] - half[0], j as f64 * self.cell[1] - half[1]];
            self.push(frame.local(surface, at));
        }
        self.slopes.len() == whole
    }

    /// The next node's difference, gradient and Hessian.
    pub(super) fn push(&mut self, (difference, gradient, hessian): (f64, [f64; 2], [f64; 3])) {
        let cell = self.cell;
        let slopes = [difference, gradient[0] * cell[0], gradient[1] * cell[1], hessian[1] * cell[0] * cell[1]];
        self.slopes.push(slopes.map(|v| v as f32));
        self.curvatures.push([hessian[0] as f32, hessian[1] as f32, hessian[2] as f32, 0.0]);
    }

    /// The interpolated sample at `at` ∈ [−1, 1]², as `shaders/field.wgsl` computes it.
    pub fn at(&self, at: [f32; 2]) -> Sample {
        let extent = [self.columns, self.rows].map(|n| (n - 1) as f32);
        let position = [0, 1].map(|k| (0.5 * at[k] + 0.5) * extent[k]);
        let corner = [0, 1].map(|k| position[k].floor().clamp(0.0, extent[k] - 1.0));
        let s = [position[0] - corner[0], position[1] - corner[1]];
        let first = corner[1] as usize * self.columns + corner[0] as usize;
        let nodes = [first, first + 1, first + self.columns, first + self.columns + 1];
        let n = nodes.map(|k| self.slopes[k]);
        let row =
            |a: [f32; 4], b: [f32; 4], w: [f32; 4]| [0, 2].map(|k| w[0] * a[k] + w[1] * b[k] + w[2] * a[k + 1] + w[3] * b[k + 1]);
        let across = |a: [f32; 2], b: [f32; 2], w: [f32; 4]| w[0] * a[0] + w[1] * b[0] + w[2] * a[1] + w[3] * b[1];
        let (bu, bv, du, dv) = (hermite(s[0]), hermite(s[1]), hermite_slope(s[0]), hermite_slope(s[1]));
        let (low, high) = (row(n[0], n[1], bu), row(n[2], n[3], bu));
        let gradient = [
            across(row(n[0], n[1], du), row(n[2], n[3], du), bv) / self.cell[0] as f32,
            across(low, high, dv) / self.cell[1] as f32,
        ];
        let mix = |a: f32, b: f32, t: f32| a * (1.0 - t) + b * t;
        let c = nodes.map(|k| self.curvatures[k]);
        let hessian = [0, 1, 2].map(|k| mix(mix(c[0][k], c[1][k], s[0]), mix(c[2][k], c[3][k], s[0]), s[1]));
        Sample { difference: across(low, high, bv), gradient, hessian }
    }
}

/// Finer and finer fields of a view, sampled in parts: a coarse picture is there at once, and the frame need not wait.
#[derive(Clone, Debug)]
pub struct Sampling {
    view: View,
    frame: Frame,
    field: Field,
    stage: usize,
}

impl Sampling {
    /// Nothing sampled yet.
    pub fn new(view: &View, frame: &Frame) -> Self {
        Self { view: *view, frame: *frame, field: Field::empty(view, frame, REFINEMENTS[0]), stage: 0 }
    }

    /// Samples up to `nodes` more nodes; returns a field that has become complete. `surface` is that of the frame.
    pub fn advance(&mut self, surface: &dyn Surface, nodes: usize) -> Option<Field> {
        if self.is_done() || !self.field.extend(surface, &self.view, &self.frame, nodes) {
            return None;
        }
        self.stage += 1;
        let finer = REFINEMENTS.get(self.stage).copied().unwrap_or(PX_PER_NODE);
        let next = Field::empty(&self.view, &self.frame, finer);
        if [next.columns, next.rows] == [self.field.columns, self.field.rows] {
            self.stage = REFINEMENTS.len();
        }
        Some(std::mem::replace(&mut self.field, next))
    }

    /// The share of the nodes of all fields that is sampled, from 0 to 1.
    pub fn progress(&self) -> f64 {
        let nodes = |px: &f64| {
            let field = Field::empty(&self.view, &self.frame, *px);
            (field.columns * field.rows) as f64
        };
        let made: f64 = REFINEMENTS.iter().take(self.stage).map(nodes).sum();
        let all: f64 = REFINEMENTS.iter().map(nodes).sum();
        if self.is_done() { 1.0 } else { (made + self.field.slopes.len() as f64) / all }
    }

    /// Whether the finest field was returned.
    pub fn is_done(&self) -> bool {
        self.stage >= REFINEMENTS.len()
    }
}

/// The cubic Hermite basis: weights of the values and of the slopes at 0 and 1.
fn hermite(s: f32) -> [f32; 4] {
    let rest = 1.0 - s;
    [rest * rest * (1.0 + 2.0 * s), s * s * (3.0 - 2.0 * s), s * rest * rest, -s * s * rest]
}

fn hermite_slope(s: f32) -> [f32; 4] {
    let hump = 6.0 * s * (1.0 - s);
    [-hump, hump, (1.0 - s) * (1.0 - 3.0 * s), s * (3.0 * s - 2.0)]
}
