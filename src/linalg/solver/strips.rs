//! Eigenvectors from the reflectors and rotations that made the matrix diagonal.

use super::householder::Householder;
use super::ql::{Rotation, Sweep};
use crate::linalg::lanes::{LANES, lanes, vectorized};

/// Components of all vectors that are worked on together: 1,200 rows of such a strip stand in a processor's second cache.
pub(super) const WIDTH: usize = PARTS * LANES;
const PARTS: usize = 4;
/// Reflectors that are applied together.
const TOGETHER: usize = 4;

/// The matrix of eigenvectors in strips of [`WIDTH`] components: number j of vector k stands in strip j / WIDTH, row k. Reflectors
/// and rotations combine whole rows of a strip, and strips know nothing of each other.
#[derive(Clone, Debug)]
pub(super) struct Strips {
    n: usize,
    numbers: Vec<f64>,
    together: Vec<[f64; TOGETHER]>,
}

impl Strips {
    /// The unit matrix.
    pub fn new(n: usize) -> Self {
        let mut numbers = vec![0.0; n * n.next_multiple_of(WIDTH)];
        for k in 0..n {
            numbers[(k / WIDTH * n + k) * WIDTH + k % WIDTH] = 1.0;
        }
        Self { n, numbers, together: Vec::new() }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.n.div_ceil(WIDTH)
    }

    /// Applies the reflectors of the rows `rows` to strip `at`, from the last on: the rows become those of Qᵀ.
    pub fn reflect(&mut self, at: usize, reduced: &Householder, rows: std::ops::Range<usize>) {
        let strip = &mut self.numbers[at * self.n * WIDTH..][..self.n * WIDTH];
        let mut reflectors = rows.rev().filter_map(|i| reduced.reflector(i));
        while let Some((u, h)) = reflectors.next() {
            self.together.clear();
            self.together.extend(u.iter().map(|u| [*u, 0.0, 0.0, 0.0]));
            let mut heights = [h, 1.0, 1.0, 1.0];
            for (k, (u, h)) in (1..TOGETHER).zip(&mut reflectors) {
                heights[k] = h;
                self.together.iter_mut().zip(u).for_each(|(row, u)| row[k] = *u);
            }
            vectorized(
                #[inline(always)]
                || reflect(strip, &self.together, heights),
            );
        }
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

/// Z ← H₄ H₃ H₂ H₁ Z with Hₖ = I − uₖ uₖᵀ/hₖ as Z − Σ uₖ tₖᵀ, tₖ = (Zᵀ uₖ − Σ_{j<k} ⟨uₖ, uⱼ⟩ tⱼ)/hₖ (Schreiber, Van Loan 1989): Z is
/// read twice for all four. `u` has the numbers of the four side by side; one that is missing is 0.
#[inline(always)]
fn reflect(strip: &mut [f64], u: &[[f64; TOGETHER]], h: [f64; TOGETHER]) {
    let mut gram = [[0.0; TOGETHER]; TOGETHER];
    for u in u {
        for k in 1..TOGETHER {
            for j in 0..k {
                gram[k][j] += u[k] * u[j];
            }
        }
    }
    for pair in 0..PARTS / 2 {
        let first = 2 * pair * LANES;
        let mut t = combinations(strip, u, first);
        for k in 0..TOGETHER {
            let (before, rest) = t.split_at_mut(k);
            let rest = rest[0].as_flattened_mut();
            for (before, gram) in before.iter().zip(gram[k]) {
                rest.iter_mut().zip(before.as_flattened()).for_each(|(r, b)| *r -= gram * b);
            }
            rest.iter_mut().for_each(|r| *r /= h[k]);
        }
        for (row, u) in strip.chunks_exact_mut(WIDTH).zip(u) {
            let row = &mut row[first..first + 2 * LANES];
            for part in 0..2 {
                let mut z = lanes(row, part * LANES);
                for l in 0..LANES {
                    z[l] -= (u[0] * t[0][part][l] + u[1] * t[1][part][l]) + (u[2] * t[2][part][l] + u[3] * t[3][part][l]);
                }
                row[part * LANES..][..LANES].copy_from_slice(&z);
            }
        }
    }
}

/// uₖᵀ Z for the components from `first` on.
#[inline(always)]
fn combinations(strip: &[f64], u: &[[f64; TOGETHER]], first: usize) -> [[[f64; LANES]; 2]; TOGETHER] {
    let mut sums = [[[0.0; LANES]; 2]; TOGETHER];
    for (row, u) in strip.chunks_exact(WIDTH).zip(u) {
        let row = &row[first..first + 2 * LANES];
        let z = [lanes(row, 0), lanes(row, LANES)];
        for (sums, u) in sums.iter_mut().zip(u) {
            for part in 0..2 {
                for l in 0..LANES {
                    sums[part][l] += u * z[part][l];
                }
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
