//! Vector kernels that give the same bits at every register width: sums go over eight lanes, which are added by halves at the end.

/// Numbers that are worked on together: a multiple of every register's width.
pub(crate) const LANES: usize = 8;

/// Runs `work` compiled for the widest vector registers that the machine has. Everything that it calls and that is to be
/// vectorized must be `#[inline(always)]`.
#[inline]
pub(crate) fn vectorized<T>(work: impl FnOnce() -> T) -> T {
    pulp::Arch::new().dispatch(work)
}

/// The lanes from `at` on.
#[inline(always)]
pub(crate) fn lanes(a: &[f64], at: usize) -> [f64; LANES] {
    let a = &a[at..][..LANES];
    std::array::from_fn(|l| a[l])
}

/// The sum of the lanes, by halves.
#[inline(always)]
pub(crate) fn sum(v: [f64; LANES]) -> f64 {
    let quarter = [v[0] + v[4], v[1] + v[5], v[2] + v[6], v[3] + v[7]];
    (quarter[0] + quarter[2]) + (quarter[1] + quarter[3])
}

/// ⟨aₖ, bⱼ⟩ for R × C vectors of `n` numbers at once.
#[inline(always)]
fn dots<const R: usize, const C: usize>(a: [&[f64]; R], b: [&[f64]; C], n: usize) -> [[f64; C]; R] {
    let whole = n - n % LANES;
    let mut acc = [[[0.0; LANES]; C]; R];
    let mut at = 0;
    while at < whole {
        let x: [[f64; LANES]; C] = std::array::from_fn(|j| lanes(b[j], at));
        for k in 0..R {
            let y = lanes(a[k], at);
            for j in 0..C {
                for l in 0..LANES {
                    acc[k][j][l] += y[l] * x[j][l];
                }
            }
        }
        at += LANES;
    }
    std::array::from_fn(|k| {
        std::array::from_fn(|j| a[k][whole..n].iter().zip(&b[j][whole..n]).fold(sum(acc[k][j]), |s, (y, x)| s + y * x))
    })
}

#[inline(always)]
fn row(v: &[f64], n: usize, k: usize) -> &[f64] {
    &v[k * n..][..n]
}

/// Writes ⟨rowₖ, xⱼ⟩ to `out[j * rows + k]` for all rows of `a` and all of `x`, both of `n` numbers each: A xⱼ for every j.
pub(crate) fn products(a: &[f64], x: &[f64], n: usize, out: &mut [f64]) {
    const TILE: usize = 4;
    let (rows, columns) = (a.len() / n.max(1), x.len() / n.max(1));
    vectorized(
        #[inline(always)]
        || {
            for k in (0..rows).step_by(TILE) {
                for j in (0..columns).step_by(TILE) {
                    if k + TILE <= rows && j + TILE <= columns {
                        let tile: [[f64; TILE]; TILE] = dots(
                            [row(a, n, k), row(a, n, k + 1), row(a, n, k + 2), row(a, n, k + 3)],
                            [row(x, n, j), row(x, n, j + 1), row(x, n, j + 2), row(x, n, j + 3)],
                            n,
                        );
                        for (i, row) in tile.iter().enumerate() {
                            for (l, value) in row.iter().enumerate() {
                                out[(j + l) * rows + k + i] = *value;
                            }
                        }
                    } else if k + TILE <= rows {
                        for j in j..columns.min(j + TILE) {
                            let tile =
                                dots([row(a, n, k), row(a, n, k + 1), row(a, n, k + 2), row(a, n, k + 3)], [row(x, n, j)], n);
                            out[j * rows + k..][..TILE].copy_from_slice(tile.as_flattened());
                        }
                    } else {
                        for j in j..columns.min(j + TILE) {
                            for k in k..rows {
                                out[j * rows + k] = dots([row(a, n, k)], [row(x, n, j)], n)[0][0];
                            }
                        }
                    }
                }
            }
        },
    );
}

/// Σ |aᵢ| and Σ aᵢ².
pub(crate) fn sums(a: &[f64]) -> [f64; 2] {
    vectorized(
        #[inline(always)]
        || {
            let mut acc = [[0.0; LANES]; 2];
            let whole = a.len() - a.len() % LANES;
            for at in (0..whole).step_by(LANES) {
                let x = lanes(a, at);
                for l in 0..LANES {
                    acc[0][l] += x[l].abs();
                    acc[1][l] += x[l] * x[l];
                }
            }
            let [size, square] = acc.map(sum);
            a[whole..].iter().fold([size, square], |[size, square], x| [size + x.abs(), square + x * x])
        },
    )
}

/// y ← y + Σₖ cₖ rowₖ, `rows` being rows of `stride` ≥ `y.len()` numbers of which the first ones count.
pub(crate) fn add_rows(c: &[f64], rows: &[f64], stride: usize, y: &mut [f64]) {
    let n = y.len();
    vectorized(
        #[inline(always)]
        || {
            let whole = c.len() - c.len() % 4;
            for k in (0..whole).step_by(4) {
                let row = |i: usize| &rows[(k + i) * stride..][..n];
                for ((((y, a), b), d), e) in y.iter_mut().zip(row(0)).zip(row(1)).zip(row(2)).zip(row(3)) {
                    *y += (c[k] * a + c[k + 1] * b) + (c[k + 2] * d + c[k + 3] * e);
                }
            }
            for k in whole..c.len() {
                y.iter_mut().zip(&rows[k * stride..]).for_each(|(y, a)| *y += c[k] * a);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Rng, dot};

    #[test]
    fn kernels_agree_with_plain_sums() {
        let mut rng = Rng::new(4);
        for (n, rows, columns) in [(1, 1, 1), (7, 3, 5), (8, 4, 4), (29, 9, 6)] {
            let (mut a, mut x) = (vec![0.0; rows * n], vec![0.0; columns * n]);
            rng.fill_normal(&mut a);
            rng.fill_normal(&mut x);
            let mut out = vec![0.0; rows * columns];
            products(&a, &x, n, &mut out);
            for j in 0..columns {
                for k in 0..rows {
                    assert!((dot(&a[k * n..][..n], &x[j * n..][..n]) - out[j * rows + k]).abs() < 1e-13);
                }
            }
            let mut z = x[..n].to_vec();
            add_rows(&out[..rows], &a, n, &mut z);
            for i in 0..n {
                let plain = (0..rows).fold(x[i], |s, k| s + out[k] * a[k * n + i]);
                assert!((plain - z[i]).abs() < 1e-12);
            }
        }
    }
}
