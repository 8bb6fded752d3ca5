//! Paths of any length reduced to what a screen can show.

use super::camera::View;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Polylines in pixels.
pub type Polylines = Vec<Vec<[f64; 2]>>;

/// A path of world points as polylines in pixels: nowhere farther than about `tolerance_px` from it, without what
/// is off screen, without what lies twice on the same place, broken where a point is not finite.
///
/// One pass: a run of points goes into one segment as long as a line from its first point passes all of them within the
/// tolerance and they move on (Sklansky and Gonzalez 1980). A path that hurries to and fro between two places, as gradient
/// descent across a valley, costs no more to draw than the lines that can be told apart.
pub fn decimate(points: &[[f64; 2]], view: &View, tolerance_px: f64) -> Polylines {
    let tolerance = if tolerance_px > 0.0 { tolerance_px } else { 0.5 };
    let mut pen = Pen { view, tolerance, drawn: HashSet::default(), pieces: Polylines::new(), piece: Vec::new() };
    let mut run: Option<Run> = None;
    for world in points {
        let px = view.px_from_world(*world);
        if !(px[0].is_finite() && px[1].is_finite()) {
            if let Some(run) = run.take() {
                pen.end(run);
            }
            continue;
        }
        run = Some(match run {
            None => Run::new(px),
            Some(run) => run.extended(px, tolerance).unwrap_or_else(|| {
                pen.draw(run.from, run.to);
                let next = Run::new(run.to);
                next.extended(px, tolerance).unwrap_or(next)
            }),
        });
    }
    if let Some(run) = run {
        pen.end(run);
        // A path that never leaves its start is a dot, not nothing.
        if pen.pieces.is_empty() && clip_segment(run.to, run.to, view, 8.0).is_some() {
            pen.pieces.push(vec![run.to; 2]);
        }
    }
    pen.pieces
}

/// A run of points that one segment stands for.
#[derive(Clone, Copy)]
struct Run {
    from: [f64; 2],
    to: [f64; 2],
    /// The directions between which a line from `from` passes all points so far; none as long as they are all near.
    cone: Option<[[f64; 2]; 2]>,
}

impl Run {
    fn new(at: [f64; 2]) -> Self {
        Self { from: at, to: at, cone: None }
    }

    /// The run with another point; `None` where one segment does not do for it.
    fn extended(self, px: [f64; 2], tolerance: f64) -> Option<Self> {
        let d = [px[0] - self.from[0], px[1] - self.from[1]];
        let length = (d[0] * d[0] + d[1] * d[1]).sqrt();
        let aside = [-d[1] * tolerance / length, d[0] * tolerance / length];
        let sides = [[d[0] - aside[0], d[1] - aside[1]], [d[0] + aside[0], d[1] + aside[1]]];
        let Some([right, left]) = self.cone else {
            return Some(Self { to: px, cone: (length > tolerance).then_some(sides), ..self });
        };
        let cross = |a: [f64; 2], b: [f64; 2]| a[0] * b[1] - a[1] * b[0];
        let reached = [self.to[0] - self.from[0], self.to[1] - self.from[1]];
        let on = reached[0] * (px[0] - self.to[0]) + reached[1] * (px[1] - self.to[1]) >= 0.0;
        if !(on && length > tolerance && cross(right, d) >= 0.0 && cross(d, left) >= 0.0) {
            return None;
        }
        let right = if cross(right, sides[0]) > 0.0 { sides[0] } else { right };
        let left = if cross(sides[1], left) > 0.0 { sides[1] } else { left };
        Some(Self { to: px, cone: Some([right, left]), ..self })
    }
}

struct Pen<'a> {
    view: &'a View,
    tolerance: f64,
    drawn: HashSet<[i32; 4], BuildHasherDefault<Mixer>>,
    pieces: Polylines,
    piece: Vec<[f64; 2]>,
}

impl Pen<'_> {
    fn draw(&mut self, from: [f64; 2], to: [f64; 2]) {
        let cell = |p: [f64; 2]| p.map(|v| (v / self.tolerance).round().clamp(-2e9, 2e9) as i32);
        let (mut a, mut b) = (cell(from), cell(to));
        if a > b {
            (a, b) = (b, a);
        }
        let new = self.drawn.insert([a[0], a[1], b[0], b[1]]);
        match clip_segment(from, to, self.view, 8.0) {
            Some([p, q]) if new => {
                if self.piece.last() != Some(&p) {
                    finish(&mut self.pieces, &mut self.piece);
                    self.piece.push(p);
                }
                self.piece.push(q);
            }
            _ => finish(&mut self.pieces, &mut self.piece),
        }
    }

    fn end(&mut self, run: Run) {
        if run.from != run.to {
            self.draw(run.from, run.to);
        }
        finish(&mut self.pieces, &mut self.piece);
    }
}

/// Hashes numbers of the size of a screen: there is nothing to defend against.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(4) {
            let number = chunk.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
            self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }
}

fn finish(pieces: &mut Polylines, piece: &mut Vec<[f64; 2]>) {
    if piece.len() > 1 {
        pieces.push(std::mem::take(piece));
    }
    piece.clear();
}

/// The part of a segment inside the viewport widened by `margin_px` (Liang and Barsky 1984); `None` outside.
pub fn clip_segment(from: [f64; 2], to: [f64; 2], view: &View, margin_px: f64) -> Option<[[f64; 2]; 2]> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for i in 0..2 {
        let low = view.viewport.min_px[i] - margin_px;
        let high = view.viewport.min_px[i] + view.viewport.size_px[i] + margin_px;
        let delta = to[i] - from[i];
        if delta == 0.0 {
            if from[i] < low || from[i] > high {
                return None;
            }
            continue;
        }
        let (a, b) = ((low - from[i]) / delta, (high - from[i]) / delta);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    if enter > leave {
        return None;
    }
    let at = |s: f64| [from[0] + s * (to[0] - from[0]), from[1] + s * (to[1] - from[1])];
    Some([if enter == 0.0 { from } else { at(enter) }, if leave == 1.0 { to } else { at(leave) }])
}

/// Which of the points get a step marker: those in view with no earlier marker within about `spacing_px`.
pub fn spaced_markers(points: &[[f64; 2]], view: &View, spacing_px: f64) -> Vec<usize> {
    let spacing = if spacing_px.is_finite() { spacing_px.max(1.0) } else { 1.0 };
    // A cell around the viewport and one more, so that every cell in use has neighbours; a marker takes its own and those.
    let [columns, rows] = view.viewport.size_px.map(|s| (s / spacing) as usize + 5);
    let mut taken = vec![false; columns * rows];
    let mut chosen = Vec::new();
    for (index, world) in points.iter().enumerate() {
        let px = view.px_from_world(*world);
        let cell = [0, 1].map(|k| (px[k] - view.viewport.min_px[k]) / spacing + 2.0);
        if !(cell[0] >= 1.0 && cell[0] < (columns - 1) as f64 && cell[1] >= 1.0 && cell[1] < (rows - 1) as f64) {
            continue;
        }
        let at = cell[1] as usize * columns + cell[0] as usize;
        if !taken[at] {
            for row in [at - columns, at, at + columns] {
                taken[row - 1..=row + 1].fill(true);
            }
            chosen.push(index);
        }
    }
    chosen
}
