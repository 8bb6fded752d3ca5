//! The paths of the methods: projected once, reduced to the screen once a view, kept as meshes.

use super::super::theme::color;
use super::paint::{CASING_OPACITY, CASING_PX, faded};
use crate::optim::{Phase, Verdict};
use crate::problem::Plane;
use crate::run::Run;
use crate::view::{self, Sketch, Spot, Theme, View, dashes};
use eframe::egui::epaint::{TessellationOptions, Tessellator};
use eframe::egui::{self, Mesh, Pos2, Rect, Shape, Stroke, pos2};
use std::sync::Arc;

/// Points that a frame reduces at most for one path: longer ones appear over several frames.
const POINTS_A_FRAME: usize = 60_000;
/// Corners in a mesh that is kept while the path goes on.
const BLOCK: usize = 256;
/// Pixels by which a drawn path may miss the true one.
const TOLERANCE_PX: f64 = 0.5;
/// Pixels between step markers.
const SPACING_PX: f64 = 11.0;

/// The path of one method on screen.
#[derive(Default)]
pub struct LanePath {
    generation: u64,
    stride: u64,
    first: u64,
    world: Vec<[f64; 2]>,
    away: Vec<f32>,
    rejected: Vec<u32>,
    kicks: Vec<u32>,
    sketch: Option<Sketch>,
    ink: Ink,
}

/// The drawn part of a path as meshes: casing and line.
#[derive(Default)]
struct Ink {
    look: Option<Look>,
    blocks: Vec<Block>,
    tail: Option<(usize, Block)>,
}

#[derive(Clone)]
struct Block {
    casing: Arc<Mesh>,
    line: Arc<Mesh>,
    /// Where the dash pattern stands after it.
    phase: f32,
}

/// What a mesh depends on beside the corners.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    stroke: view::Stroke,
    pixels_per_point: f32,
}

impl LanePath {
    /// Follows the run and the view; returns whether points are left for the next frame.
    pub fn follow(&mut self, run: &Run, generation: u64, plane: &Plane, view: &View) -> bool {
        let trace = run.trace();
        if (self.generation, self.stride) != (generation, trace.stride()) || self.world.len() > trace.rows().len() {
            *self = Self { generation, stride: trace.stride(), first: trace.first(), ..Self::default() };
        }
        for row in self.world.len()..trace.rows().len() {
            let (at, distance) = plane.project(trace.position(row));
            self.world.push(at);
            if plane.dim() > 2 {
                self.away.push(distance as f32);
            }
            if row > 0 && trace.rows()[row].verdict == Verdict::Rejected {
                self.rejected.push(row as u32);
            }
            if row > 0 && trace.rows()[row].phase == Phase::Perturbation {
                self.kicks.push(row as u32);
            }
        }
        if self.sketch.as_ref().is_none_or(|sketch| sketch.view() != view) {
            self.sketch = Some(Sketch::new(*view, TOLERANCE_PX, SPACING_PX));
            self.ink = Ink::default();
        }
        let Some(sketch) = &mut self.sketch else { return false };
        let end = self.world.len().min(sketch.len() + POINTS_A_FRAME);
        for row in sketch.len()..end {
            sketch.push(self.world[row]);
        }
        end < self.world.len()
    }

    /// The row of the trace for `step`.
    pub fn row(&self, step: u64) -> usize {
        let row = usize::try_from(step.saturating_sub(self.first) / self.stride.max(1)).unwrap_or(usize::MAX);
        row.min(self.world.len().saturating_sub(1))
    }

    /// The step of a row.
    pub fn step(&self, row: usize) -> u64 {
        self.first + row as u64 * self.stride.max(1)
    }

    /// The point of a row in the plane.
    pub fn at(&self, row: usize) -> Option<[f64; 2]> {
        self.world.get(row).copied()
    }

    /// How far from the plane the iterate of a row is.
    pub fn distance(&self, row: usize) -> f32 {
        self.away.get(row).copied().unwrap_or(0.0)
    }

    /// The rows up to `last` that have room for a marker.
    pub fn spots(&self, last: usize) -> &[Spot] {
        let Some(sketch) = &self.sketch else { return &[] };
        let spots = sketch.spots();
        &spots[..spots.partition_point(|spot| spot.index as usize <= last)]
    }

    /// The rows up to `last` whose trial was rejected.
    pub fn rejected(&self, last: usize) -> &[u32] {
        &self.rejected[..self.rejected.partition_point(|row| *row as usize <= last)]
    }

    /// The rows up to `last` to which a random kick led.
    pub fn kicks(&self, last: usize) -> &[u32] {
        &self.kicks[..self.kicks.partition_point(|row| *row as usize <= last)]
    }

    /// Whether the path runs through a rectangle on screen.
    pub fn crosses(&self, rect: Rect) -> bool {
        let [min, max] = [rect.min, rect.max].map(|p| [f64::from(p.x), f64::from(p.y)]);
        self.sketch.as_ref().is_some_and(|sketch| sketch.crosses(min, max))
    }

    /// The path up to row `last`: the casings, then the lines.
    pub fn shapes(&mut self, last: usize, series: usize, theme: Theme, ctx: &egui::Context, out: &mut Vec<Shape>) {
        let Some(sketch) = &self.sketch else { return };
        let view::Layer::Path { stroke, .. } = view::trajectory(Vec::new(), series, theme) else { return };
        let look = Look { stroke, pixels_per_point: ctx.pixels_per_point() };
        if self.ink.look != Some(look) {
            self.ink = Ink { look: Some(look), ..Ink::default() };
        }
        let vertices = sketch.vertices();
        let shown = vertices.partition_point(|vertex| vertex.index as usize <= last);
        let options = ctx.tessellation_options(|options| *options);
        let whole = shown / BLOCK;
        while self.ink.blocks.len() < whole {
            let from = self.ink.blocks.len() * BLOCK;
            let phase = self.ink.blocks.last().map_or(0.0, |block| block.phase);
            self.ink.blocks.push(block(vertices, from, from + BLOCK, phase, &look, options));
        }
        let phase = whole.checked_sub(1).map_or(0.0, |i| self.ink.blocks[i].phase);
        if self.ink.tail.as_ref().is_none_or(|(end, _)| *end != shown) {
            self.ink.tail = Some((shown, block(vertices, whole * BLOCK, shown, phase, &look, options)));
        }
        let blocks = || self.ink.blocks[..whole].iter().chain(self.ink.tail.as_ref().map(|(_, block)| block));
        let meshes = blocks().map(|b| &b.casing).chain(blocks().map(|b| &b.line));
        out.extend(meshes.filter(|mesh| !mesh.is_empty()).map(|mesh| Shape::Mesh(Arc::clone(mesh))));
    }
}

fn block(vertices: &[view::Vertex], from: usize, to: usize, phase: f32, look: &Look, options: TessellationOptions) -> Block {
    let mut pieces: Vec<Vec<[f32; 2]>> = Vec::new();
    for i in from..to {
        let vertex = &vertices[i];
        match pieces.last_mut() {
            Some(piece) if vertex.joined => piece.push(vertex.px),
            // The block before ends where this one goes on.
            None if vertex.joined && i > 0 => pieces.push(vec![vertices[i - 1].px, vertex.px]),
            _ => pieces.push(vec![vertex.px]),
        }
    }
    let mut tessellator = Tessellator::new(look.pixels_per_point, options, [1, 1], Vec::new());
    let (mut casing, mut line, mut phase) = (Mesh::default(), Mesh::default(), phase);
    let mut draw = |points: &[[f32; 2]], stroke: Stroke, mesh: &mut Mesh| {
        let points: Vec<Pos2> = points.iter().map(|[x, y]| pos2(*x, *y)).collect();
        tessellator.tessellate_shape(Shape::line(points, stroke), mesh);
    };
    let stroke = &look.stroke;
    let thin = Stroke::new(stroke.width_px, color(stroke.color));
    for piece in &pieces {
        if let Some(rgb) = stroke.casing {
            draw(piece, Stroke::new(stroke.width_px + CASING_PX, faded(rgb, CASING_OPACITY)), &mut casing);
        }
        for dash in dashes(piece, stroke.dash, &mut phase) {
            draw(&dash, thin, &mut line);
        }
    }
    Block { casing: Arc::new(casing), line: Arc::new(line), phase }
}
