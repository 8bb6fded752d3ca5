//! Where the units and the connections of a network are drawn.

use super::insight::Key;
use super::subject::{Kind, Reading, Subject};
use crate::problem::network::Layer;
use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Most connections that are drawn.
pub(super) const MOST_EDGES: usize = 600;
/// Room above the units for the name of a layer.
const HEAD: f32 = 20.0;
/// Room between two layers at least.
const LEAST_GAP: f32 = 24.0;

/// How a unit is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// Its activation over the input plane or line.
    Map,
    /// The image of the weights that come from the pixels.
    Incoming,
    /// The image of the weights that go to the pixels.
    Outgoing,
    /// A disc of the colour of its mean activation.
    Disc,
    /// The whole layer as one image.
    Whole,
}

/// A unit, or a layer that is drawn as one image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Its place in its layer.
    pub unit: usize,
    /// Where it is.
    pub rect: Rect,
}

/// The units of a layer that are drawn.
pub(super) struct Column {
    /// How.
    pub face: Face,
    /// From the first unit on.
    pub nodes: Vec<Node>,
    /// Units that have no room.
    pub left_out: usize,
    /// The middle of the column.
    pub middle: f32,
}

/// A connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// The place of its weight among the parameters.
    pub coordinate: usize,
    /// The layer that it leads to, from 1 on, and the units at its ends.
    pub layer: usize,
    /// The unit that it comes from.
    pub input: usize,
    /// The unit that it leads to.
    pub output: usize,
    /// Its ends.
    pub ends: [Pos2; 2],
    /// w.
    pub weight: f64,
}

/// Where everything is.
pub(super) struct Plan {
    /// For which row and which room.
    pub made_for: (Key, Rect),
    /// The input, then the layers.
    pub columns: Vec<Column>,
    /// The weak ones first.
    pub edges: Vec<Edge>,
    /// Connections between units that are drawn, with those that are left out.
    pub all_edges: usize,
}

impl Plan {
    /// Places everything in `rect`.
    pub fn new(made_for: (Key, Rect), subject: &Subject, layers: &[Layer], w: &[f64]) -> Self {
        let rect = made_for.1;
        let columns = columns(rect, &faces(subject, layers), layers);
        let mut plan = Self { made_for, columns, edges: Vec::new(), all_edges: 0 };
        plan.connect(layers, w);
        plan
    }

    fn connect(&mut self, layers: &[Layer], w: &[f64]) {
        for (l, layer) in layers.iter().enumerate() {
            let [from, to] = [&self.columns[l], &self.columns[l + 1]];
            let whole = |column: &Column| column.face == Face::Whole;
            if whole(from) || whole(to) {
                continue;
            }
            for end in &to.nodes {
                for begin in &from.nodes {
                    let coordinate = layer.weights.start + end.unit * layer.inputs + begin.unit;
                    let ends = [begin.rect.right_center(), end.rect.left_center()];
                    let (input, output) = (begin.unit, end.unit);
                    self.edges.push(Edge { coordinate, layer: l + 1, input, output, ends, weight: w[coordinate] });
                }
            }
        }
        self.all_edges = self.edges.len();
        self.edges.sort_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()));
        self.edges.drain(..self.all_edges.saturating_sub(MOST_EDGES));
    }

    /// The unit at a point, with its layer (the input is 0).
    pub fn unit_at(&self, at: Pos2) -> Option<(usize, Node)> {
        let layers = self.columns.iter().enumerate();
        layers.flat_map(|(l, column)| column.nodes.iter().map(move |node| (l, *node))).find(|(_, node)| node.rect.contains(at))
    }

    /// The connection nearest to a point, if it is near.
    pub fn edge_at(&self, at: Pos2, reach: f32) -> Option<Edge> {
        let distance = |edge: &&Edge| {
            let [a, b] = edge.ends;
            let along = b - a;
            let t = ((at - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
            (a + t * along).distance(at)
        };
        let near = self.edges.iter().map(|edge| (distance(&edge), edge)).filter(|(d, _)| *d <= reach);
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, edge)| *edge)
    }
}

/// How each layer is drawn, the input first.
fn faces(subject: &Subject, layers: &[Layer]) -> Vec<Face> {
    let mut faces = match subject.kind {
        Kind::Plane(_) | Kind::Line(_) => vec![Face::Map; layers.len() + 1],
        _ => vec![Face::Disc; layers.len() + 1],
    };
    if matches!(subject.kind, Kind::Images { .. }) {
        let last = layers.len();
        faces[0] = Face::Whole;
        faces[1] = Face::Incoming;
        if subject.reading == Reading::Reconstruction {
            if last > 2 {
                faces[last - 1] = Face::Outgoing;
            }
            faces[last] = Face::Whole;
        }
    }
    faces
}

/// The side of a unit where there is room, and the least one.
fn sides(face: Face) -> [f32; 2] {
    match face {
        Face::Map => [52.0, 14.0],
        Face::Incoming | Face::Outgoing => [44.0, 18.0],
        Face::Disc => [24.0, 8.0],
        Face::Whole => [104.0, 40.0],
    }
}

/// The room that a unit of this side takes.
fn pitch(side: f32) -> f32 {
    (1.2 * side).max(side + 2.0)
}

/// Units of this side that fit under one another.
fn rows_in(room: f32, side: f32) -> usize {
    // What fits to the rounding fits.
    ((room / pitch(side) + 1e-3) as usize).max(1)
}

/// Layers of up to so many units stand in one column where they are then not too small.
const ONE_COLUMN: usize = 12;

fn columns(rect: Rect, faces: &[Face], layers: &[Layer]) -> Vec<Column> {
    let room = vec2(rect.width(), (rect.height() - HEAD).max(8.0));
    let counts: Vec<usize> = std::iter::once(layers.first().map_or(0, |l| l.inputs))
        .chain(layers.iter().map(|l| l.outputs))
        .zip(faces)
        .map(|(count, face)| if *face == Face::Whole { 1 } else { count })
        .collect();
    // The largest units with which everything fits; else the smallest, and some are left out.
    let few = counts.iter().copied().filter(|count| *count <= ONE_COLUMN).max().unwrap_or(1) as f32;
    let one_column = |face: Face| (room.y / few / 1.2).min(room.y / few - 2.0).max(sides(face)[1]);
    let side = |face: Face, scale: f32| {
        let side = (scale * sides(face)[0]).max(sides(face)[1]).min(room.y);
        side.min(if face == Face::Whole { 0.2 * room.x } else { one_column(face) })
    };
    let width = |l: usize, scale: f32, most: usize| {
        let side = side(faces[l], scale);
        let rows = rows_in(room.y, side);
        (counts[l].div_ceil(rows).min(most) as f32 - 1.0) * pitch(side) + side
    };
    let total = |scale: f32, most: usize| {
        (0..counts.len()).map(|l| width(l, scale, most)).sum::<f32>() + LEAST_GAP * (counts.len() - 1) as f32
    };
    let scale = (0..=18).map(|k| 1.0 - 0.05 * k as f32).find(|scale| total(*scale, usize::MAX) <= room.x);
    let (scale, most) = match scale {
        Some(scale) => (scale, usize::MAX),
        None => (0.1, (1..=20).rev().find(|most| total(0.1, *most) <= room.x).unwrap_or(1)),
    };
    let widths: Vec<f32> = (0..counts.len()).map(|l| width(l, scale, most)).collect();
    let free = room.x - widths.iter().sum::<f32>();
    let gap = (free / (counts.len() - 1).max(1) as f32).clamp(4.0, 200.0);
    let used = widths.iter().sum::<f32>() + gap * (counts.len() - 1) as f32;
    let mut left = rect.left() + (0.5 * (room.x - used)).max(0.0);
    let mut columns = Vec::with_capacity(counts.len());
    for (l, count) in counts.iter().enumerate() {
        let side = side(faces[l], scale);
        let pitch = pitch(side);
        let rows = rows_in(room.y, side);
        let wide = count.div_ceil(rows).min(most).max(1);
        let tall = count.div_ceil(wide).min(rows).max(1);
        let shown = (wide * tall).min(*count);
        let pitch_y = pitch.max((room.y / tall as f32).min(1.5 * side));
        let corner = pos2(left, rect.top() + HEAD + 0.5 * (room.y - pitch_y * (tall as f32 - 1.0) - side));
        let place = |k: usize| corner + vec2((k / tall) as f32 * pitch, (k % tall) as f32 * pitch_y);
        let nodes = (0..shown).map(|unit| Node { unit, rect: Rect::from_min_size(place(unit), Vec2::splat(side)) }).collect();
        let middle = left + 0.5 * widths[l];
        columns.push(Column { face: faces[l], nodes, left_out: count - shown, middle });
        left += widths[l] + gap;
    }
    columns
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::problem::network::{Activation, Loss};
    use crate::problem::{NetworkProblem, NetworkSpec};
    use std::sync::Arc;

    #[test]
    fn units_of_any_network_stay_in_the_room() {
        for (layers, loss, set) in [
            (&[2, 8, 8, 1][..], Loss::Bce, "spirals"),
            (&[2, 300, 100, 1], Loss::Bce, "spirals"),
            (&[100, 32, 10], Loss::CrossEntropy, "mnist"),
            (&[100, 300, 200, 10], Loss::CrossEntropy, "mnist"),
            (&[4, 3, 1], Loss::Mse, "teacher_student"),
        ] {
            let spec = NetworkSpec::on_set(layers, Activation::Tanh, loss, set);
            let problem = Arc::new(Problem::from(NetworkProblem::new(&spec).unwrap()));
            let network = problem.network().unwrap();
            let subject = Subject::new(&problem).unwrap();
            let shape: Vec<Layer> = network.network().architecture().layers().collect();
            for size in [vec2(800.0, 500.0), vec2(480.0, 300.0), vec2(340.0, 260.0)] {
                let rect = Rect::from_min_size(pos2(10.0, 20.0), size);
                let plan = Plan::new(((1, 0), rect), &subject, &shape, network.start());
                let nodes: Vec<Node> = plan.columns.iter().flat_map(|c| c.nodes.iter().copied()).collect();
                assert!(nodes.iter().all(|n| rect.expand(1.0).contains_rect(n.rect)), "{layers:?} in {size}");
                for (i, a) in nodes.iter().enumerate() {
                    assert!(
                        nodes[..i].iter().all(|b| !a.rect.shrink(0.1).intersects(b.rect.shrink(0.1))),
                        "{layers:?} in {size}"
                    );
                }
                assert!(plan.edges.len() <= MOST_EDGES && plan.edges.iter().all(|e| network.start()[e.coordinate] == e.weight));
                if layers == [2, 8, 8, 1] {
                    assert_eq!((plan.edges.len(), plan.all_edges), (88, 88));
                    let last = plan.edges.iter().find(|e| e.layer == 3 && e.input == 5).unwrap();
                    assert_eq!(plan.edge_at(last.ends[0].lerp(last.ends[1], 0.98), 0.5).unwrap().layer, 3);
                }
            }
        }
    }
}
