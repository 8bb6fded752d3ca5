//! A symmetric matrix to tridiagonal form, a row at a time.

use crate::linalg::lanes::{LANES, lanes, sum, vectorized};

/// Rows that share a load of the vectors.
const GROUP: usize = 4;

/// Householder's reduction A = Q T Qᵀ from the last row up (Martin, Reinsch, Wilkinson 1968, `tred2`), as one sweep over the lower
/// triangle a row: the update A ← A − u qᵀ − q uᵀ of a reflector and the product A u of the next one go over each number together, so
/// that the matrix is read once, not twice.
///
/// A is stored by rows of `stride` numbers, a multiple of the lanes; blocks on the diagonal are kept whole, so that no inner loop has
/// an end of another length. Numbers outside the leading part that is left meet zeros of u and q and stay what they are: row i of
/// the lower triangle keeps its reflector.
#[derive(Clone, Debug)]
pub(super) struct Householder {
    n: usize,
    stride: usize,
    a: Vec<f64>,
    /// h = ½‖u‖² of the reflector in row i, I − u uᵀ/h; 0 for none.
    h: Vec<f64>,
    diagonal: Vec<f64>,
    /// Entry i couples i − 1 and i.
    off: Vec<f64>,
    /// The row whose reflector is at work: it acts on 0..row.
    row: usize,
    /// The block of rows that the sweep has come to.
    block: usize,
    old: [Vec<f64>; 2],
    u: Vec<f64>,
    product: Vec<f64>,
}

impl Householder {
    /// Room for a matrix of order n; [`load`](Self::load) fills it.
    pub fn new(n: usize) -> Self {
        let stride = n.next_multiple_of(LANES);
        let vector = || vec![0.0; stride];
        Self {
            n,
            stride,
            a: vec![0.0; stride * stride],
            h: vec![0.0; n],
            diagonal: vec![0.0; n],
            off: vec![0.0; n],
            row: n,
            block: 0,
            old: [vector(), vector()],
            u: vector(),
            product: vector(),
        }
    }

    /// Takes rows `first` .. `last` of `scale` · A for a matrix of n × n numbers, the two triangles averaged; `first` is a multiple of
    /// the lanes. With the last row the reduction begins.
    pub fn load(&mut self, a: &[f64], scale: f64, first: usize, last: usize) {
        let (n, half) = (self.n, 0.5 * scale);
        for block in (first..last).step_by(LANES) {
            let end = n.min(block + LANES);
            for j in 0..end {
                let column = &a[j * n + block..j * n + end];
                for (i, mirrored) in (block..end).zip(column) {
                    self.a[i * self.stride + j] = half * a[i * n + j] + half * mirrored;
                }
            }
        }
        if last == n {
            self.next_row();
        }
    }

    /// Works on about `budget` numbers of the matrix; false once it is tridiagonal.
    pub fn advance(&mut self, budget: usize) -> bool {
        let mut done = 0;
        while self.row > 0 {
            // Without a reflector, at work or to be applied, the rest stays what it is.
            let idle = self.h[self.row] == 0.0 && self.h.get(self.row + 1).is_none_or(|h| *h == 0.0);
            let blocks = if idle { 0 } else { self.row.div_ceil(LANES) };
            while self.block < blocks {
                if done >= budget {
                    return true;
                }
                done += LANES * LANES * (self.block + 1);
                vectorized(
                    #[inline(always)]
                    || self.sweep(self.block),
                );
                self.block += 1;
            }
            self.end_sweep();
            self.next_row();
        }
        false
    }

    /// The share of the work that is done.
    pub fn progress(&self) -> f64 {
        let left = self.row as f64 / self.n.max(1) as f64;
        1.0 - left * left * left
    }

    /// The tridiagonal matrix: diagonal, and what couples i − 1 and i at i.
    pub fn tridiagonal(&mut self) -> [Vec<f64>; 2] {
        [std::mem::take(&mut self.diagonal), std::mem::take(&mut self.off)]
    }

    /// The reflector I − u uᵀ/h that row i was reduced with: u (i numbers) and h.
    pub fn reflector(&self, i: usize) -> Option<(&[f64], f64)> {
        (self.h[i] > 0.0).then(|| (&self.a[i * self.stride..][..i], self.h[i]))
    }

    /// Brings row `self.row − 1` up to date, takes its diagonal entry, and makes its reflector.
    fn next_row(&mut self) {
        self.block = 0;
        self.product.fill(0.0);
        self.u.fill(0.0);
        let Some(i) = self.row.checked_sub(1) else { return };
        self.row = i;
        let row = &mut self.a[i * self.stride..][..=i];
        let [u, q] = &mut self.old;
        let (ui, qi) = (u[i], q[i]);
        for ((a, u), q) in row.iter_mut().zip(&*u).zip(&*q) {
            *a -= ui * q + qi * u;
        }
        // The row is out of what is left: the sweep does not touch it.
        (u[i], q[i]) = (0.0, 0.0);
        self.diagonal[i] = row[i];
        let Some(last) = i.checked_sub(1) else { return };
        let square: f64 = row[..last].iter().map(|v| v * v).sum();
        let x = row[last];
        self.off[i] = x;
        // Else there is nothing to reflect, or entries below 1e-75 of the largest; of smaller ones h² is no normal number.
        if square > 1e-150 {
            let length = (square + x * x).sqrt();
            let off = if x > 0.0 { -length } else { length };
            self.off[i] = off;
            self.h[i] = square + x * x - x * off;
            row[last] = x - off;
            self.u[..i].copy_from_slice(&row[..i]);
        }
    }

    fn end_sweep(&mut self) {
        let (i, h) = (self.row, self.h[self.row]);
        let [u, q] = &mut self.old;
        std::mem::swap(u, &mut self.u);
        q.fill(0.0);
        if h > 0.0 {
            let k = u[..i].iter().zip(&self.product).map(|(u, p)| u * p).sum::<f64>() / (2.0 * h * h);
            for ((q, p), u) in q.iter_mut().zip(&self.product).zip(&*u).take(i) {
                *q = p / h - k * u;
            }
        }
    }

    /// The rows of a block: update, and their part of the product.
    #[inline(always)]
    fn sweep(&mut self, block: usize) {
        let (stride, first) = (self.stride, block * LANES);
        let [u_old, q_old] = &self.old;
        for group in (first..first + LANES).step_by(GROUP) {
            let rows = &mut self.a[group * stride..][..GROUP * stride];
            let (r0, rest) = rows.split_at_mut(stride);
            let (r1, rest) = rest.split_at_mut(stride);
            let (r2, r3) = rest.split_at_mut(stride);
            let rows = [&mut r0[..first + LANES], &mut r1[..first + LANES], &mut r2[..first + LANES], &mut r3[..first + LANES]];
            let (u, y) = (&self.u[..first + LANES], &mut self.product[..first + LANES]);
            let (u_old, q_old) = (&u_old[..first + LANES], &q_old[..first + LANES]);
            let of = |v: &[f64]| -> [f64; GROUP] { std::array::from_fn(|k| v[group + k]) };
            let (uk, qk, xk) = (of(u_old), of(q_old), of(u));
            let mut acc = [[0.0; LANES]; GROUP];
            let mut at = 0;
            while at <= first {
                let (p, q, x) = (lanes(u_old, at), lanes(q_old, at), lanes(u, at));
                let mut below = if at < first { lanes(y, at) } else { [0.0; LANES] };
                for k in 0..GROUP {
                    let row = &mut rows[k][at..at + LANES];
                    for l in 0..LANES {
                        let a = row[l] - (uk[k] * q[l] + qk[k] * p[l]);
                        row[l] = a;
                        acc[k][l] += a * x[l];
                        below[l] += a * xk[k];
                    }
                }
                if at < first {
                    y[at..at + LANES].copy_from_slice(&below);
                }
                at += LANES;
            }
            for k in 0..GROUP {
                y[group + k] += sum(acc[k]);
            }
        }
    }
}
