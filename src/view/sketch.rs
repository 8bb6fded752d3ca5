//! A path as a screen can show it, made while the path grows.

use super::camera::View;
use super::clip::clip_segment;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Pixels around the viewport that still count as visible.
const MARGIN_PX: f64 = 8.0;

/// A corner of a drawn path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vertex {
    /// Where, in pixels.
    pub px: [f32; 2],
    /// The point of the path with which this corner appears.
    pub index: u32,
    /// Whether a line leads here from the corner before.
    pub joined: bool,
}

/// A point of the path that has room for a marker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Where, in pixels.
    pub px: [f32; 2],
    /// The point of the path.
    pub index: u32,
}

/// The visible lines and markers of a path in one view.
///
/// Points are pushed in order; what a prefix of the path shows is a prefix of [`vertices`](Self::vertices) and of
/// [`spots`](Self::spots), cut at the index. A segment that would colour no new pixel is left out, so the number of
/// corners is bounded by what the screen can tell apart, not by the length of the path.
pub struct Sketch {
    view: View,
    tolerance: f64,
    drawn: HashSet<(u64, u64), BuildHasherDefault<CellHasher>>,
    ink: Grid,
    taken: Grid,
    from: Option<[f64; 2]>,
    end: Option<[f32; 2]>,
    count: usize,
    vertices: Vec<Vertex>,
    spots: Vec<Spot>,
}

impl Sketch {
    /// An empty path, exact to `tolerance_px`, with markers at least `spacing_px` apart.
    pub fn new(view: View, tolerance_px: f64, spacing_px: f64) -> Self {
        let positive = |v: f64| if v > 0.0 { v } else { 1.0 };
        Self {
            view,
            tolerance: positive(tolerance_px),
            drawn: HashSet::default(),
            ink: Grid::new(&view, 1.0),
            taken: Grid::new(&view, positive(spacing_px)),
            from: None,
            end: None,
            count: 0,
            vertices: Vec::new(),
            spots: Vec::new(),
        }
    }

    /// The view that it is made for.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Points pushed so far.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether no point was pushed.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Corners, by index.
    pub fn vertices(&self) -> &[Vertex] {
        &self.vertices
    }

    /// The visible part as polylines.
    pub fn lines(&self) -> Vec<Vec<[f32; 2]>> {
        let mut lines: Vec<Vec<[f32; 2]>> = Vec::new();
        for vertex in &self.vertices {
            match lines.last_mut() {
                Some(line) if vertex.joined => line.push(vertex.px),
                _ => lines.push(vec![vertex.px]),
            }
        }
        lines
    }

    /// Places of markers, by index.
    pub fn spots(&self) -> &[Spot] {
        &self.spots
    }

    /// Whether some line of the path runs through the rectangle from `min` to `max`, in pixels.
    pub fn crosses(&self, min: [f64; 2], max: [f64; 2]) -> bool {
        let inked = |x: f64, y: f64| self.ink.cell([x, y]).is_some_and(|cell| self.ink.get(cell));
        let count = |from: f64, to: f64| (to - from).clamp(0.0, 4e3) as usize;
        let middle = 0.5 * (min[1] + max[1]);
        (0..=count(min[0], max[0])).any(|i| [min[1], middle, max[1]].iter().any(|y| inked(min[0] + i as f64, *y)))
            || (0..=count(min[1], max[1])).any(|j| inked(min[0], min[1] + j as f64) || inked(max[0], min[1] + j as f64))
    }

    /// Every `factor`-th point stays, the first with them: what is drawn stands for those between, and appears with the next one.
    pub fn thin(&mut self, factor: usize) {
        let thinned = |index: &mut u32| *index = (*index as usize).div_ceil(factor) as u32;
        self.count = self.count.div_ceil(factor);
        self.vertices.iter_mut().for_each(|vertex| thinned(&mut vertex.index));
        self.spots.iter_mut().for_each(|spot| thinned(&mut spot.index));
    }

    /// The next point of the path; the path is broken where a point is not finite.
    pub fn push(&mut self, world: [f64; 2]) {
        let index = u32::try_from(self.count).unwrap_or(u32::MAX);
        self.count += 1;
        let px = self.view.px_from_world(world);
        if !(px[0].is_finite() && px[1].is_finite()) {
            self.from = None;
            return;
        }
        let far = |from: [f64; 2]| (px[0] - from[0]).abs().max((px[1] - from[1]).abs()) >= self.tolerance;
        if self.from.is_some_and(|from| !far(from)) {
            return;
        }
        if self.taken.claim(px) {
            self.spots.push(Spot { px: px.map(|v| v as f32), index });
        }
        let Some(from) = self.from else {
            self.from = Some(px);
            return;
        };
        self.from = Some(px);
        let cell = |p: [f64; 2]| {
            let [x, y] = p.map(|v| (v / self.tolerance).round().clamp(-2e9, 2e9) as i32);
            u64::from(x.cast_unsigned()) << 32 | u64::from(y.cast_unsigned())
        };
        let (a, b) = (cell(from), cell(px));
        let key = (a.min(b), a.max(b));
        let Some([p, q]) = clip_segment(from, px, &self.view, MARGIN_PX) else { return };
        if !self.drawn.insert(key) || !self.ink.draw(p, q) {
            return;
        }
        let (p, q) = (p.map(|v| v as f32), q.map(|v| v as f32));
        if self.end != Some(p) {
            self.vertices.push(Vertex { px: p, index, joined: false });
        }
        self.vertices.push(Vertex { px: q, index, joined: true });
        self.end = Some(q);
    }
}

/// Mixes the two ends of a segment: they come from a screen, not from an adversary.
#[derive(Default)]
struct CellHasher(u64);

impl Hasher for CellHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// One bit a cell of the viewport and its margin.
struct Grid {
    min: [f64; 2],
    size: f64,
    columns: usize,
    rows: usize,
    bits: Vec<u64>,
}

impl Grid {
    fn new(view: &View, size: f64) -> Self {
        let [width, height] = view.viewport.size_px.map(|s| ((s + 2.0 * MARGIN_PX) / size) as usize + 3);
        // One more cell around, so that neighbours need no bounds.
        let min = view.viewport.min_px.map(|m| m - MARGIN_PX - size);
        Self { min, size, columns: width, rows: height, bits: vec![0; (width * height).div_ceil(64)] }
    }

    fn cell(&self, px: [f64; 2]) -> Option<usize> {
        let [x, y] = [0, 1].map(|i| (px[i] - self.min[i]) / self.size);
        let inside = x >= 1.0 && y >= 1.0 && x < (self.columns - 1) as f64 && y < (self.rows - 1) as f64;
        inside.then(|| y as usize * self.columns + x as usize)
    }

    fn get(&self, cell: usize) -> bool {
        self.bits[cell / 64] >> (cell % 64) & 1 == 1
    }

    fn set(&mut self, cell: usize) {
        self.bits[cell / 64] |= 1 << (cell % 64);
    }

    /// Takes the cell of `px` if it and its neighbours are free.
    fn claim(&mut self, px: [f64; 2]) -> bool {
        let Some(cell) = self.cell(px) else { return false };
        let (c, n) = (cell, self.columns);
        let around = [c, c - 1, c + 1, c - n, c + n, c - n - 1, c - n + 1, c + n - 1, c + n + 1];
        if around.into_iter().any(|i| self.get(i)) {
            return false;
        }
        self.set(cell);
        true
    }

    /// Marks the cells under a segment; whether one of them was free.
    fn draw(&mut self, from: [f64; 2], to: [f64; 2]) -> bool {
        let delta = [to[0] - from[0], to[1] - from[1]];
        let steps = (delta[0].abs().max(delta[1].abs()) / self.size).ceil().clamp(1.0, 2e5) as usize;
        let mut new = false;
        for i in 0..=steps {
            let s = i as f64 / steps as f64;
            if let Some(cell) = self.cell([from[0] + s * delta[0], from[1] + s * delta[1]])
                && !self.get(cell)
            {
                self.set(cell);
                new = true;
            }
        }
        new
    }
}

/// A polyline cut into the dashes of a pattern (pixels on and off in turn), corners kept. `phase` is the length
/// already gone; it is advanced, so that a path drawn in parts has one pattern. An empty pattern keeps the line whole.
pub fn dashes(points: &[[f32; 2]], pattern: &[f32], phase: &mut f32) -> Vec<Vec<[f32; 2]>> {
    let period: f32 = pattern.iter().sum();
    if pattern.len() < 2 || !(period.is_finite() && period > 0.1) {
        return vec![points.to_vec()];
    }
    let mut left = phase.rem_euclid(period);
    let mut entry = 0;
    while left >= pattern[entry] {
        left -= pattern[entry];
        entry = (entry + 1) % pattern.len();
    }
    let mut rest = pattern[entry] - left;
    let add = |line: &mut Vec<[f32; 2]>, point: [f32; 2]| {
        if line.last() != Some(&point) {
            line.push(point);
        }
    };
    let mut lines = Vec::new();
    let mut line: Vec<[f32; 2]> = points.first().copied().into_iter().filter(|_| entry % 2 == 0).collect();
    for pair in points.windows(2) {
        let delta = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
        let length = (delta[0] * delta[0] + delta[1] * delta[1]).sqrt();
        if !(length > 0.0 && length < 1e5) {
            continue;
        }
        *phase = (*phase + length).rem_euclid(period);
        let mut along = 0.0;
        while length - along >= rest {
            along += rest;
            let s = along / length;
            let point = [pair[0][0] + s * delta[0], pair[0][1] + s * delta[1]];
            add(&mut line, point);
            if entry % 2 == 0 {
                lines.push(std::mem::take(&mut line));
            } else {
                line = vec![point];
            }
            entry = (entry + 1) % pattern.len();
            rest = pattern[entry];
        }
        rest -= length - along;
        if entry % 2 == 0 {
            add(&mut line, pair[1]);
        }
    }
    if entry % 2 == 0 && line.len() > 1 {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Camera, Viewport};

    fn view() -> View {
        Camera::new([0.0; 2], [1.0; 2], true).view(Viewport { min_px: [10.0, 20.0], size_px: [200.0, 200.0] })
    }

    #[test]
    fn a_prefix_of_the_path_is_a_prefix_of_the_sketch() {
        let points: Vec<[f64; 2]> =
            (0..500).map(|i| f64::from(i) * 0.05).map(|t| [0.9 * libm::cos(t) / (1.0 + 0.1 * t), 0.9 * libm::sin(t)]).collect();
        let mut whole = Sketch::new(view(), 0.5, 14.0);
        points.iter().for_each(|p| whole.push(*p));
        for cut in [1, 2, 77, 300] {
            let mut part = Sketch::new(view(), 0.5, 14.0);
            points[..cut].iter().for_each(|p| part.push(*p));
            let shown = whole.vertices().partition_point(|v| (v.index as usize) < cut);
            assert_eq!(part.vertices(), &whole.vertices()[..shown]);
            let spots = whole.spots().partition_point(|s| (s.index as usize) < cut);
            assert_eq!(part.spots(), &whole.spots()[..spots]);
        }
    }

    #[test]
    fn corners_are_bounded_by_the_screen() {
        let mut sketch = Sketch::new(view(), 0.5, 14.0);
        let mut rng = crate::linalg::Rng::new(1);
        for _ in 0..200_000 {
            sketch.push([0.2 * rng.normal(), 0.2 * rng.normal()]);
        }
        assert!(sketch.vertices().len() < 30_000, "{}", sketch.vertices().len());
        sketch.push([f64::NAN, 0.0]);
        sketch.push([1e300, -1e300]);
        sketch.push([0.0, 0.0]);
        assert!(sketch.vertices().iter().all(|v| v.px.iter().all(|p| p.is_finite())));
        assert!(sketch.spots().len() > 20);
    }

    #[test]
    fn dashes_continue_over_corners_and_parts() {
        let line = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]];
        let total = |lines: &[Vec<[f32; 2]>]| -> f32 {
            lines.iter().flat_map(|l| l.windows(2)).map(|p| (p[1][0] - p[0][0]).abs() + (p[1][1] - p[0][1]).abs()).sum()
        };
        let mut phase = 0.0;
        let whole = dashes(&line, &[6.0, 4.0], &mut phase);
        assert_eq!(whole, vec![vec![[0.0, 0.0], [6.0, 0.0]], vec![[10.0, 0.0], [10.0, 6.0]]]);
        assert!(phase.abs() < 1e-6);
        let mut phase = 0.0;
        let mut parts = dashes(&line[..2], &[7.0, 5.0], &mut phase);
        parts.extend(dashes(&line[1..], &[7.0, 5.0], &mut phase));
        let mut phase = 0.0;
        let whole = dashes(&line, &[7.0, 5.0], &mut phase);
        assert!((total(&parts) - total(&whole)).abs() < 1e-5 && (total(&whole) - 14.0).abs() < 1e-5, "{parts:?} {whole:?}");
        assert_eq!(dashes(&line, &[], &mut phase), vec![line.to_vec()]);
    }
}
