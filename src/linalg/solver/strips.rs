//! Eigenvectors from the reflectors and rotations that made the matrix diagonal.

use super::householder::Householder;
use super::ql::{Rotation, Sweep};
use crate::linalg::lanes::{LANES, lanes, vectorized};

/// Components of all vectors that are worked on together: 1,200 rows of such a strip stand in a processor's second cache.
pub(super) const WIDTH: usize = PARTS * LANES;
const PARTS: usize = 4;

/// The matrix of eigenvectors in strips of [`WIDTH`] components: number j of vector k stands in strip j / WIDTH, row k. Reflectors
/// and rotations combine whole rows of a strip, and strips know nothing of each other.
#[derive(Clone, Debug)]
pub(super) struct Strips {
    n: usize,
    numbers: Vec<f64>,
}

impl Strips {
    /// The unit matrix.
    pub fn new(n: usize) -> Self {
        let mut numbers = vec![0.0; n * n.next_multiple_of(WIDTH)];
        for k in 0..n {
            numbers[(k / WIDTH * n + k) * WIDTH + k % WIDTH] = 1.0;
        }
        Self { n, numbers }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.n.div_ceil(WIDTH)
    }

    /// Applies the reflectors of the rows `rows` to strip `at`, from the last on: the rows become those of Qᵀ.
    pub fn reflect(&mut self, at: usize, reduced: &Householder, rows: std::ops::Range<usize>) {
        let strip = &mut self.numbers[at * self.n * WIDTH..][..self.n * WIDTH];
        vectorized(
            #[inline(always)]
            || {
                for i in rows.rev() {
                    if let Some((u, h)) = reduced.reflector(i) {
                        reflect(strip, u, h);
                    }
                }
            },
        );
    }

    /// Applies sweeps of rotations to strip `at`.
    pub fn rotate(&mut self, at: usize, sweeps: &[Sweep], rotations: &[Rotation]) {
        let strip = &mut self.numbers[at * self.n * WIDTH..][..self.n * WIDTH];
        vectorized(
            #[inline(always)]
            || {
                let mut rest = rotations;
                for sweep in sweeps {
                    let (here, after) = rest.split_at(sweep.count);
                    rest = after;
                    rotate(strip, sweep.first, here);
                }
            },
        );
    }

    /// Writes vector `k` to `out`.
    pub fn vector(&self, k: usize, out: &mut [f64]) {
        for (at, out) in out.chunks_mut(WIDTH).enumerate() {
            let row = &self.numbers[(at * self.n + k) * WIDTH..][..out.len()];
            out.copy_from_slice(row);
        }
    }
}

type Row = [[f64; LANES]; PARTS];

#[inline(always)]
fn load(row: &[f64]) -> Row {
    std::array::from_fn(|part| lanes(row, part * LANES))
}

#[inline(always)]
fn store(row: &mut [f64], value: &Row) {
    row.copy_from_slice(value.as_flattened());
}

/// Z ← Z − u (uᵀ Z)/h.
#[inline(always)]
fn reflect(strip: &mut [f64], u: &[f64], h: f64) {
    let along = combination(strip, u).map(|part| part.map(|a| a / h));
    for (row, u) in strip.chunks_exact_mut(WIDTH).zip(u) {
        let old = load(row);
        store(row, &std::array::from_fn(|part| std::array::from_fn(|l| old[part][l] - u * along[part][l])));
    }
}

/// uᵀ Z.
#[inline(always)]
fn combination(strip: &[f64], u: &[f64]) -> Row {
    let mut sums: Row = [[0.0; LANES]; PARTS];
    for (row, u) in strip.chunks_exact(WIDTH).zip(u) {
        let row = load(row);
        for part in 0..PARTS {
            for l in 0..LANES {
                sums[part][l] += u * row[part][l];
            }
        }
    }
    sums
}

/// The rotations of one sweep, the row between two of them held in registers.
#[inline(always)]
fn rotate(strip: &mut [f64], first: usize, rotations: &[Rotation]) {
    let rows = &mut strip[(first + 1 - rotations.len()) * WIDTH..(first + 2) * WIDTH];
    let (rows, top) = rows.split_at_mut(rotations.len() * WIDTH);
    let mut out = top;
    let mut upper = load(out);
    for (lower, [c, s]) in rows.chunks_exact_mut(WIDTH).rev().zip(rotations) {
        let z = load(lower);
        let mut done = z;
        for part in 0..PARTS {
            for l in 0..LANES {
                let f = upper[part][l];
                done[part][l] = s * z[part][l] + c * f;
                upper[part][l] = c * z[part][l] - s * f;
            }
        }
        store(out, &done);
        out = lower;
    }
    store(out, &upper);
}
