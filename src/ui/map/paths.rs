//! The paths of the methods: projected once, reduced to the screen once a view, kept as meshes that move with the camera
//! until the paths are reduced anew, in slices.

use super::super::theme::color;
use super::paint::{CASING_OPACITY, CASING_PX, faded};
use crate::optim::{Phase, Verdict};
use crate::problem::Plane;
use crate::run::Run;
use crate::view::{self, Motion, Sketch, Spot, Theme, View, dashes};
use eframe::egui::emath::TSTransform;
use eframe::egui::epaint::{TessellationOptions, Tessellator};
use eframe::egui::{self, Mesh, Pos2, Rect, Shape, Stroke, pos2, vec2};
use std::sync::Arc;

/// Points that a frame reduces at most for all paths together, where there is something to be shown meanwhile.
pub const POINTS_A_FRAME: usize = 16_000;
/// Numbers of iterates that a frame projects at most for a path.
const PROJECTED_A_FRAME: usize = 1_000_000;
/// Points that a frame reduces at most for a path of which nothing is there yet.
const FIRST_POINTS: usize = 60_000;
/// Pixels around the map that are drawn, too: the camera moves that far before there is a gap.
const MARGIN_PX: f64 = 192.0;
/// Part of the margin after which a path is reduced anew.
const HALFWAY: f64 = 0.5;
/// Enlargements within which what was drawn for another scale may stand in.
const STAND_IN: std::ops::Range<f64> = 0.4..2.5;
/// Corners in a mesh that is kept while the path goes on.
const BLOCK: usize = 256;
/// Pixels by which a drawn path may miss the true one.
const TOLERANCE_PX: f64 = 0.5;
/// Pixels between step markers.
const SPACING_PX: f64 = 11.0;

/// The path of one method on screen.
#[derive(Default)]
pub struct LanePath {
    /// The run's generation and the plane's number.
    key: (u64, u64),
    stride: u64,
    first: u64,
    world: Vec<[f64; 2]>,
    away: Vec<f32>,
    rejected: Vec<u32>,
    kicks: Vec<u32>,
    looks: Vec<u32>,
    /// What is shown, and for which view of the map it was made.
    shown: Option<Drawing>,
    /// What will be shown once it is complete.
    next: Option<Drawing>,
    /// From the view of what is shown to the view of this frame.
    motion: Option<Motion>,
}

/// A path reduced for one view.
struct Drawing {
    view: View,
    sketch: Sketch,
    ink: Ink,
    /// Whether it was made of more points than there are now.
    thinned: bool,
}

impl Drawing {
    fn new(view: &View) -> Self {
        let sketch = Sketch::new(view.widened(MARGIN_PX), TOLERANCE_PX, SPACING_PX);
        Self { view: *view, sketch, ink: Ink::default(), thinned: false }
    }

    /// Reduces up to `most` points more; returns how many.
    fn extend(&mut self, world: &[[f64; 2]], most: usize) -> usize {
        let begin = self.sketch.len();
        let end = world.len().min(begin + most);
        world[begin.min(end)..end].iter().for_each(|point| self.sketch.push(*point));
        end - begin.min(end)
    }

    /// How it has to be moved for `view`, if that will do.
    fn motion(&self, view: &View) -> Option<Motion> {
        let same_size = self.view.viewport.size_px == view.viewport.size_px;
        view.motion_from(&self.view).filter(|motion| same_size && STAND_IN.contains(&motion.scale))
    }

    /// Whether it is as good for `view` as one that is made for it.
    fn is_right(&self, view: &View) -> bool {
        let shift = |m: Motion| m.shift_px[0].abs().max(m.shift_px[1].abs());
        let at_rest = |motion: Motion| motion.scale == 1.0 && shift(motion) <= HALFWAY * MARGIN_PX;
        !self.thinned && self.motion(view).is_some_and(at_rest)
    }
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
    /// Follows the run and the view with a frame's `budget` of points; returns whether something is left for the next frame.
    pub fn follow(&mut self, run: &Run, key: (u64, u64), plane: &Plane, view: &View, budget: &mut usize) -> bool {
        let trace = run.trace();
        if self.key == key && self.stride < trace.stride() && !self.world.is_empty() {
            self.thin(trace.stride());
        }
        if (self.key, self.stride) != (key, trace.stride()) || self.world.len() > trace.rows().len() {
            *self = Self { key, stride: trace.stride(), first: trace.first(), ..Self::default() };
        }
        let rows = trace.rows().len();
        let end = rows.min(self.world.len() + (PROJECTED_A_FRAME / plane.dim().max(1)).max(1));
        for row in self.world.len()..end {
            let (at, distance) = plane.project(trace.position(row));
            self.world.push(at);
            if plane.dim() > 2 {
                self.away.push(distance as f32);
            }
            if row > 0 {
                let data = &trace.rows()[row];
                match data.phase {
                    Phase::Perturbation => self.kicks.push(row as u32),
                    Phase::Search | Phase::Certification if data.verdict == Verdict::Rejected => self.looks.push(row as u32),
                    Phase::Descent if data.verdict == Verdict::Rejected => self.rejected.push(row as u32),
                    _ => {}
                }
            }
        }
        self.draw(view, budget) | (end < rows)
    }

    /// Follows a trace of which only every second row stayed, or fewer: nothing is projected again, and what is shown stands in until it is
    /// made anew.
    fn thin(&mut self, stride: u64) {
        let factor = usize::try_from(stride / self.stride.max(1)).unwrap_or(1).max(1);
        self.stride = stride;
        self.world = self.world.iter().step_by(factor).copied().collect();
        self.away = self.away.iter().step_by(factor).copied().collect();
        for rows in [&mut self.rejected, &mut self.kicks, &mut self.looks] {
            rows.retain(|row| (*row as usize).is_multiple_of(factor));
            rows.iter_mut().for_each(|row| *row /= factor as u32);
        }
        self.next = None;
        if let Some(shown) = &mut self.shown {
            shown.sketch.thin(factor);
            shown.thinned = true;
        }
    }

    /// Keeps a drawing that does for `view`; returns whether a better one is under way.
    fn draw(&mut self, view: &View, budget: &mut usize) -> bool {
        self.shown.take_if(|drawing| drawing.motion(view).is_none());
        if self.shown.is_none() {
            self.shown = self.next.take_if(|next| next.motion(view).is_some());
        }
        let first = self.shown.is_none();
        let shown = self.shown.get_or_insert_with(|| Drawing::new(view));
        let made = shown.extend(&self.world, if first { FIRST_POINTS } else { (*budget).max(1) });
        *budget = budget.saturating_sub(made);
        let mut left = shown.sketch.len() < self.world.len();
        if shown.is_right(view) {
            self.next = None;
        } else {
            self.next.take_if(|next| !next.is_right(view));
            let next = self.next.get_or_insert_with(|| Drawing::new(view));
            *budget -= next.extend(&self.world, *budget);
            if next.sketch.len() == self.world.len() {
                self.shown = self.next.take();
                left = false;
            } else {
                left = true;
            }
        }
        self.motion = self.shown.as_ref().and_then(|drawing| drawing.motion(view));
        left
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
    pub fn spots(&self, last: usize) -> impl Iterator<Item = Spot> + '_ {
        let there = self.shown.as_ref().zip(self.motion);
        there.into_iter().flat_map(move |(drawing, motion)| {
            let spots = drawing.sketch.spots();
            let until = spots.partition_point(|spot| spot.index as usize <= last);
            spots[..until].iter().map(move |spot| Spot { px: motion.apply(spot.px), ..*spot })
        })
    }

    /// The rows up to `last` whose trial was rejected.
    pub fn rejected(&self, last: usize) -> &[u32] {
        &self.rejected[..self.rejected.partition_point(|row| *row as usize <= last)]
    }

    /// The rows up to `last` to which a random kick led.
    pub fn kicks(&self, last: usize) -> &[u32] {
        &self.kicks[..self.kicks.partition_point(|row| *row as usize <= last)]
    }

    /// The rows up to `last` that were looks of a search: the iterate rests there.
    pub fn looks(&self, last: usize) -> &[u32] {
        &self.looks[..self.looks.partition_point(|row| *row as usize <= last)]
    }

    /// Whether the path runs through a rectangle on screen.
    pub fn crosses(&self, rect: Rect) -> bool {
        self.shown.as_ref().zip(self.motion).is_some_and(|(drawing, motion)| {
            let [min, max] = [rect.min, rect.max].map(|p| motion.inverse([f64::from(p.x), f64::from(p.y)]));
            drawing.sketch.crosses(min, max)
        })
    }

    /// The path up to row `last`: the casings, then the lines.
    pub fn shapes(&mut self, last: usize, series: usize, theme: Theme, ctx: &egui::Context, out: &mut Vec<Shape>) {
        let (Some(Drawing { sketch, ink, .. }), Some(motion)) = (&mut self.shown, self.motion) else { return };
        let view::Layer::Path { stroke, .. } = view::trajectory(Vec::new(), series, theme) else { return };
        let look = Look { stroke, pixels_per_point: ctx.pixels_per_point() };
        if ink.look != Some(look) {
            *ink = Ink { look: Some(look), ..Ink::default() };
        }
        let vertices = sketch.vertices();
        let shown = vertices.partition_point(|vertex| vertex.index as usize <= last);
        let options = ctx.tessellation_options(|options| *options);
        let whole = shown / BLOCK;
        while ink.blocks.len() < whole {
            let from = ink.blocks.len() * BLOCK;
            let phase = ink.blocks.last().map_or(0.0, |block| block.phase);
            ink.blocks.push(block(vertices, from, from + BLOCK, phase, &look, options));
        }
        let phase = whole.checked_sub(1).map_or(0.0, |i| ink.blocks[i].phase);
        if ink.tail.as_ref().is_none_or(|(end, _)| *end != shown) {
            ink.tail = Some((shown, block(vertices, whole * BLOCK, shown, phase, &look, options)));
        }
        let blocks = || ink.blocks[..whole].iter().chain(ink.tail.as_ref().map(|(_, block)| block));
        let meshes = blocks().map(|b| &b.casing).chain(blocks().map(|b| &b.line));
        out.extend(meshes.filter(|mesh| !mesh.is_empty()).map(|mesh| Shape::Mesh(moved(mesh, motion))));
    }
}

/// A mesh where the camera sees it now.
fn moved(mesh: &Arc<Mesh>, motion: Motion) -> Arc<Mesh> {
    let Motion { scale, shift_px: [x, y] } = motion;
    if scale == 1.0 && x == 0.0 && y == 0.0 {
        return Arc::clone(mesh);
    }
    let mut moved = Mesh::clone(mesh);
    moved.transform(TSTransform::new(vec2(x as f32, y as f32), scale as f32));
    Arc::new(moved)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::NetworkSpec;
    use crate::problem::network::{Activation, Loss};
    use crate::scene::{MethodSpec, ProblemSpec, Scene};
    use crate::view::{Camera, Viewport};

    #[test]
    fn a_path_that_was_thinned_becomes_the_one_that_is_made_of_the_thinned_rows() {
        let spec = NetworkSpec::on_set(&[2, 200, 1], Activation::Tanh, Loss::Mse, "circles");
        let scene =
            Scene { steps: 6000, methods: vec![MethodSpec::new("sgd")], ..Scene::bare(ProblemSpec::Network(Box::new(spec))) };
        let opened = scene.open().unwrap();
        let (problem, mut run) = (opened.problem, opened.runs.into_iter().flatten().next().unwrap());
        let (plane, key) = (problem.cut().plane, (1, 1));
        let view = Camera::new([0.0; 2], [3.0; 2], true).view(Viewport { min_px: [0.0; 2], size_px: [600.0; 2] });
        let follow = |path: &mut LanePath, run: &Run| (1..100).any(|_| !path.follow(run, key, &plane, &view, &mut 500));
        let mut path = LanePath::default();
        run.advance(3000);
        assert!(follow(&mut path, &run));
        assert_eq!((path.stride, path.world.len()), (1, 3001));
        run.advance(2000);
        assert_eq!(run.trace().stride(), 2);
        // What was drawn stands in: nothing is missing in the frame in which the rows were thinned.
        path.follow(&run, key, &plane, &view, &mut 10);
        let drawing = path.shown.as_ref().unwrap();
        assert!(drawing.thinned && path.next.is_some());
        assert!(drawing.sketch.vertices().iter().all(|vertex| (vertex.index as usize) < path.world.len()));
        assert!(follow(&mut path, &run));
        let mut fresh = LanePath::default();
        assert!(follow(&mut fresh, &run));
        assert_eq!((&path.world, &path.away, path.stride, path.first), (&fresh.world, &fresh.away, fresh.stride, fresh.first));
        let [drawn, anew] = [&path, &fresh].map(|path| &path.shown.as_ref().unwrap().sketch);
        assert_eq!((drawn.vertices(), drawn.spots()), (anew.vertices(), anew.spots()));
        assert!(!path.shown.as_ref().unwrap().thinned);
    }
}
