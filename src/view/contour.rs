//! Marching squares.

/// Segments of the contour f = `level` of values on an `nx` × `ny` grid (row by row), in grid coordinates
/// (column, row), linear along the edges. Cells with a value that is not finite have none; the ambiguous
/// cells are decided by the mean of their corners.
pub fn contours(nx: usize, ny: usize, values: &[f64], level: f64) -> Vec<[[f64; 2]; 2]> {
    contours_mapped(nx, ny, values, level, |x, y| [x, y])
}

/// As [`contours`], with the end points mapped from (column, row) by `point`.
pub fn contours_mapped(
    nx: usize,
    ny: usize,
    values: &[f64],
    level: f64,
    point: impl Fn(f64, f64) -> [f64; 2],
) -> Vec<[[f64; 2]; 2]> {
    let mut segments = Vec::new();
    if nx < 2 || ny < 2 || values.len() < nx * ny {
        return segments;
    }
    for row in 0..ny - 1 {
        for column in 0..nx - 1 {
            let at = |i: usize, j: usize| values[(row + j) * nx + column + i] - level;
            // Corners counter-clockwise; edge k joins corner k to corner k + 1.
            let corners = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
            if !corners.iter().all(|v| v.is_finite()) {
                continue;
            }
            let positive = |k: usize| corners[k % 4] >= 0.0;
            let crossing = |k: usize| {
                let (from, to) = (corners[k], corners[(k + 1) % 4]);
                let s = from / (from - to);
                let (x, y) = (column as f64, row as f64);
                match k {
                    0 => point(x + s, y),
                    1 => point(x + 1.0, y + s),
                    2 => point(x + 1.0 - s, y + 1.0),
                    _ => point(x, y + 1.0 - s),
                }
            };
            let crossed: smallvec::SmallVec<[usize; 4]> = (0..4).filter(|k| positive(*k) != positive(k + 1)).collect();
            match crossed[..] {
                [a, b] => segments.push([crossing(a), crossing(b)]),
                [a, b, c, d] => {
                    let middle_positive = corners.iter().sum::<f64>() >= 0.0;
                    // With the middle on the side of corner 0, corners 1 and 3 are cut off.
                    let pairs = if middle_positive == positive(0) { [[a, b], [c, d]] } else { [[d, a], [b, c]] };
                    segments.extend(pairs.map(|[p, q]| [crossing(p), crossing(q)]));
                }
                _ => {}
            }
        }
    }
    segments
}
