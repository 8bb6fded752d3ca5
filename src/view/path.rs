//! Paths of any length reduced to what a screen can show.

use super::camera::View;
use std::collections::HashSet;

/// Polylines in pixels.
pub type Polylines = Vec<Vec<[f64; 2]>>;

/// A path of world points as polylines in pixels: nowhere farther than about `tolerance_px` from it, without what
/// is off screen, without what lies twice on the same place, broken where a point is not finite.
///
/// One pass; a path that hurries to and fro between two places, as gradient descent across a valley, costs no
/// more to draw than the lines that can be told apart.
pub fn decimate(points: &[[f64; 2]], view: &View, tolerance_px: f64) -> Polylines {
    let tolerance = if tolerance_px > 0.0 { tolerance_px } else { 0.5 };
    let mut drawn: HashSet<[i32; 4]> = HashSet::new();
    let mut pieces = Polylines::new();
    let mut piece: Vec<[f64; 2]> = Vec::new();
    let mut last: Option<[f64; 2]> = None;
    let mut kept: Option<[f64; 2]> = None;
    for (index, world) in points.iter().enumerate() {
        let px = view.px_from_world(*world);
        if !(px[0].is_finite() && px[1].is_finite()) {
            finish(&mut pieces, &mut piece);
            (last, kept) = (None, None);
            continue;
        }
        let Some(from) = kept else {
            (last, kept) = (Some(px), Some(px));
            continue;
        };
        let is_end = index + 1 == points.len();
        let near = (px[0] - from[0]).abs().max((px[1] - from[1]).abs()) < tolerance;
        last = Some(px);
        if near && !is_end {
            continue;
        }
        kept = Some(px);
        let cell = |p: [f64; 2]| p.map(|v| (v / tolerance).round().clamp(-2e9, 2e9) as i32);
        let (mut a, mut b) = (cell(from), cell(px));
        if a > b {
            (a, b) = (b, a);
        }
        let new = drawn.insert([a[0], a[1], b[0], b[1]]);
        match clip_segment(from, px, view, 8.0) {
            Some([p, q]) if new => {
                if piece.last() != Some(&p) {
                    finish(&mut pieces, &mut piece);
                    piece.push(p);
                }
                piece.push(q);
            }
            _ => finish(&mut pieces, &mut piece),
        }
    }
    // A path that ends within the tolerance of its start is a dot, not nothing.
    if let (true, true, Some(p)) = (pieces.is_empty(), piece.is_empty(), last)
        && clip_segment(p, p, view, 8.0).is_some()
    {
        piece.extend([p, p]);
    }
    finish(&mut pieces, &mut piece);
    pieces
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
    let spacing = if spacing_px > 0.0 { spacing_px } else { 1.0 };
    let mut taken: HashSet<[i32; 2]> = HashSet::new();
    let mut chosen = Vec::new();
    for (index, world) in points.iter().enumerate() {
        let px = view.px_from_world(*world);
        if clip_segment(px, px, view, spacing).is_none() || !(px[0].is_finite() && px[1].is_finite()) {
            continue;
        }
        let cell = px.map(|v| (v / spacing).floor() as i32);
        let free = (-1..=1).all(|i| (-1..=1).all(|j| !taken.contains(&[cell[0] + i, cell[1] + j])));
        if free {
            taken.insert(cell);
            chosen.push(index);
        }
    }
    chosen
}

/// Points and unit directions (in pixels) of arrow heads along polylines, one about every `spacing_px`.
pub fn arrow_heads(lines: &Polylines, spacing_px: f64) -> Vec<([f64; 2], [f64; 2])> {
    let spacing = if spacing_px > 0.0 { spacing_px } else { 1.0 };
    let mut heads = Vec::new();
    for line in lines {
        let mut until = 0.5 * spacing;
        for pair in line.windows(2) {
            let delta = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
            let length = (delta[0] * delta[0] + delta[1] * delta[1]).sqrt();
            if length == 0.0 {
                continue;
            }
            let direction = delta.map(|d| d / length);
            let mut along = until;
            while along <= length {
                heads.push(([pair[0][0] + along * direction[0], pair[0][1] + along * direction[1]], direction));
                along += spacing;
            }
            until = along - length;
        }
    }
    heads
}
