//! Eigenvalues of a symmetric tridiagonal matrix.

/// Sweeps for one eigenvalue before what is left of its coupling is given up: far more than any matrix needs.
const MOST_SWEEPS: usize = 60;

/// A plane rotation of two neighbouring columns.
pub(super) type Rotation = [f64; 2];

/// One sweep: its rotations act on columns (i, i + 1) for i = `first`, `first` − 1, …
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    /// i of the first rotation.
    pub first: usize,
    /// How many there are.
    pub count: usize,
}

/// The QL method with implicit shifts (Dubrulle, Martin, Wilkinson 1968), in pieces: backward stable, so that eigenvalues are right to
/// a few units of rounding of the largest.
#[derive(Clone, Debug)]
pub(super) struct ImplicitQl {
    diagonal: Vec<f64>,
    /// Entry i couples i and i + 1; the last is 0.
    off: Vec<f64>,
    /// The eigenvalue at work; those before are final.
    at: usize,
    sweeps: usize,
    /// What counts as 0 whatever its neighbours are.
    tiny: f64,
}

impl ImplicitQl {
    /// Of the matrix with this diagonal; `off[i]` couples i − 1 and i, `off[0]` is not read.
    pub fn new(diagonal: Vec<f64>, mut off: Vec<f64>) -> Self {
        if !off.is_empty() {
            off.remove(0);
            off.push(0.0);
        }
        let largest = diagonal.iter().chain(&off).fold(0.0_f64, |m, v| m.max(v.abs()));
        Self { diagonal, off, at: 0, sweeps: 0, tiny: largest * f64::EPSILON * f64::EPSILON }
    }

    /// Makes sweeps until `budget` rotations are made; false once every eigenvalue is found. `record` is told the rotations.
    pub fn advance(&mut self, budget: usize, mut record: Option<(&mut Vec<Sweep>, &mut Vec<Rotation>)>) -> bool {
        let n = self.diagonal.len();
        let mut made = 0;
        while self.at < n {
            if made >= budget {
                return true;
            }
            let end = self.uncoupled();
            made += 1;
            if end == self.at {
                self.at += 1;
                self.sweeps = 0;
                continue;
            }
            self.sweeps += 1;
            if self.sweeps > MOST_SWEEPS {
                self.off[self.at] = 0.0;
                continue;
            }
            made += end - self.at;
            match &mut record {
                None => self.sweep(end, |_| {}),
                Some((sweeps, rotations)) => {
                    let before = rotations.len();
                    self.sweep(end, |rotation| rotations.push(rotation));
                    sweeps.push(Sweep { first: end - 1, count: rotations.len() - before });
                }
            }
        }
        false
    }

    /// The share of the eigenvalues that are found.
    pub fn progress(&self) -> f64 {
        self.at as f64 / self.diagonal.len().max(1) as f64
    }

    /// The eigenvalues, not sorted.
    pub fn values(&self) -> &[f64] {
        &self.diagonal
    }

    /// The first place from `at` on that is not coupled to the next one.
    fn uncoupled(&self) -> usize {
        let last = self.diagonal.len() - 1;
        (self.at..last)
            .find(|m| {
                let around = self.diagonal[*m].abs() + self.diagonal[m + 1].abs();
                self.off[*m].abs() <= f64::EPSILON * around || self.off[*m].abs() <= self.tiny
            })
            .unwrap_or(last)
    }

    /// One sweep over at ..= end.
    #[inline]
    fn sweep(&mut self, end: usize, mut told: impl FnMut(Rotation)) {
        let (d, e, l) = (&mut self.diagonal, &mut self.off, self.at);
        // Wilkinson's shift.
        let half = (d[l + 1] - d[l]) / (2.0 * e[l]);
        let root = if half.abs() > 1e150 { half.abs() } else { (half * half + 1.0).sqrt() };
        let shift = d[l] - e[l] / (half + if half < 0.0 { -root } else { root });
        let mut g = d[end] - shift;
        let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
        for i in (l..end).rev() {
            let (f, b) = (s * e[i], c * e[i]);
            let r = (f * f + g * g).sqrt();
            e[i + 1] = r;
            if r < 1e-150 {
                // An eigenvalue has split off.
                d[i + 1] -= p;
                e[end] = 0.0;
                return;
            }
            (s, c) = (f / r, g / r);
            let above = d[i + 1] - p;
            let turned = (d[i] - above) * s + 2.0 * c * b;
            p = s * turned;
            d[i + 1] = above + p;
            g = c * turned - b;
            told([c, s]);
        }
        d[l] -= p;
        e[l] = g;
        e[end] = 0.0;
    }
}
