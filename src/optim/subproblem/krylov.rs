//! Lanczos bases of growing Krylov spaces.

use super::largest;
use crate::linalg::{Factor, Metric, Rng, Vector, axpy, dot, symmetric_eigen, zeros};
use crate::optim::StepError;

/// A new direction this small, relative to T, is rounding: the space is invariant.
const INVARIANT: f64 = 1e-14;
/// The residual of a Ritz pair, relative to T, at which the curvature beyond the reach of g counts as seen.
const SEEN: f64 = 1e-8;

/// An M-orthonormal basis Q of the Krylov space of M⁻¹H started at M⁻¹g, with QᵀHQ = T tridiagonal up to a restart (Gould, Lucidi, Roma, Toint
/// 1999, Algorithm 5.1). Each direction is orthogonalized twice against all before it.
pub(in crate::optim) struct Krylov<'a> {
    factor: Factor<'a>,
    /// qₖ.
    vectors: Vec<Vector>,
    /// M qₖ.
    duals: Vec<Vector>,
    diagonal: Vec<f64>,
    off: Vec<f64>,
    /// ‖g‖_{M⁻¹}.
    first: f64,
    /// γ q and γ M q of the direction that comes next.
    next: [Vector; 2],
    gamma: f64,
    /// Where the last restart began; 0 without one.
    block: usize,
    /// γ M q of the direction that the last restart has left out; none where the space was invariant.
    left_out: Option<Vector>,
    /// The entries of QᵀHQ between the last direction before the restart and those after it.
    border: Vec<f64>,
}

impl<'a> Krylov<'a> {
    /// The empty basis whose first direction is M⁻¹g; where g = 0 a random one.
    pub fn new(g: &[f64], metric: &'a Metric) -> Self {
        let factor = metric.factor(g.len());
        let (mut q, dual) = (Vector::from_slice(g), Vector::from_slice(g));
        factor.solve(&mut q);
        let square = dot(&q, &dual);
        let first = if square < f64::MIN_POSITIVE { 0.0 } else { square.sqrt() };
        let mut basis = Self {
            factor,
            vectors: Vec::new(),
            duals: Vec::new(),
            diagonal: Vec::new(),
            off: Vec::new(),
            first,
            next: [q, dual],
            gamma: first,
            block: 0,
            left_out: None,
            border: Vec::new(),
        };
        if first == 0.0 {
            basis.restart();
        }
        basis
    }

    /// k.
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// n.
    pub fn dim(&self) -> usize {
        self.next[0].len()
    }

    /// ‖g‖_{M⁻¹}, or 0 where its square underflows: then g = 0 for this basis.
    pub fn first(&self) -> f64 {
        self.first
    }

    /// γₖ₊₁: ‖(H + λM)s + g‖_{M⁻¹} = γₖ₊₁|hₖ| at a solution s = Qh of the projected problem.
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// Whether T ends with a block that g does not reach.
    pub fn is_beyond_gradient(&self) -> bool {
        self.block > 0 || self.first == 0.0
    }

    /// Whether the space is invariant under M⁻¹H, up to rounding.
    pub fn is_invariant(&self) -> bool {
        let size = self.diagonal.iter().chain(&self.off).fold(0.0_f64, |m, e| m.max(e.abs()));
        self.gamma <= (INVARIANT * size).max(f64::MIN_POSITIVE)
    }

    /// Takes the next direction in, with one product.
    pub fn grow(&mut self, product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>) -> Result<(), StepError> {
        let (scale, k) = (self.gamma, self.len());
        let [q, w] = self.next.clone().map(|v| v.iter().map(|e| e / scale).collect::<Vector>());
        let [y, t] = &mut self.next;
        product(&q, t)?;
        if k > 0 {
            self.off.push(if self.block == k { 0.0 } else { scale });
        }
        self.diagonal.push(dot(&q, t));
        if let Some(left_out) = &self.left_out {
            self.border.push(dot(left_out, &q));
        }
        self.vectors.push(q);
        self.duals.push(w);
        orthogonalize(&self.vectors, &self.duals, t);
        y.copy_from_slice(t);
        self.factor.solve(y);
        self.gamma = dual_norm(t, y);
        Ok(())
    }

    /// Goes on from a random direction that is M-orthogonal to the basis: eigenvectors that g does not reach come into sight.
    /// The direction depends on k and n only. Where the space is not invariant yet, QᵀHQ is no longer tridiagonal: the last
    /// direction before is coupled to each after it by the one that is left out.
    pub fn restart(&mut self) {
        (self.block, self.border) = (self.len(), Vec::new());
        self.left_out = (self.block > 0 && !self.is_invariant()).then(|| self.next[1].clone());
        let [y, t] = &mut self.next;
        Rng::new(self.vectors.len() as u64).fill_normal(t);
        orthogonalize(&self.vectors, &self.duals, t);
        y.copy_from_slice(t);
        self.factor.solve(y);
        self.gamma = dual_norm(t, y);
    }

    /// T = QᵀHQ, `k * k` numbers row by row.
    pub fn projected(&self) -> Vec<f64> {
        let (k, mut t) = (self.len(), self.part(0));
        for (j, entry) in (self.block..).zip(&self.border) {
            t[(self.block - 1) * k + j] = *entry;
            t[j * k + self.block - 1] = *entry;
        }
        t
    }

    /// Whether the smallest Ritz value of what came since the last restart has converged.
    pub fn has_bottom(&self) -> bool {
        let eigen = symmetric_eigen(&self.part(self.block), self.len() - self.block);
        let size = eigen.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let last = eigen.vectors.first().and_then(|v| v.last()).map_or(0.0, |e| e.abs());
        self.gamma * last <= SEEN * size
    }

    /// Rows and columns of T from `start` on.
    fn part(&self, start: usize) -> Vec<f64> {
        let k = self.len() - start;
        let mut t = vec![0.0; k * k];
        for i in 0..k {
            t[i * k + i] = self.diagonal[start + i];
            if i > 0 {
                t[i * k + i - 1] = self.off[start + i - 1];
                t[(i - 1) * k + i] = self.off[start + i - 1];
            }
        }
        t
    }

    /// Qᵀg = ‖g‖_{M⁻¹} e₁.
    pub fn linear(&self) -> Vec<f64> {
        let mut linear = vec![0.0; self.len()];
        if let Some(entry) = linear.first_mut() {
            *entry = self.first;
        }
        linear
    }

    /// Qh.
    pub fn lift(&self, h: &[f64]) -> Vector {
        let mut s = zeros(self.next[0].len());
        self.vectors.iter().zip(h).for_each(|(q, hi)| axpy(*hi, q, &mut s));
        s
    }
}

/// √⟨t, y⟩ for y = M⁻¹t, scaled where the product would underflow.
fn dual_norm(t: &[f64], y: &[f64]) -> f64 {
    let plain = dot(t, y);
    let largest = largest(t);
    if plain > 1e-200 || largest == 0.0 {
        return plain.max(0.0).sqrt();
    }
    let ratio = t.iter().zip(y).fold(0.0, |sum, (ti, yi)| sum + (ti / largest) * (yi / largest));
    largest * ratio.max(0.0).sqrt()
}

/// t ← t − Σ ⟨qₖ, t⟩ M qₖ, twice.
fn orthogonalize(vectors: &[Vector], duals: &[Vector], t: &mut [f64]) {
    for _ in 0..2 {
        for (q, w) in vectors.iter().zip(duals) {
            axpy(-dot(q, t), w, t);
        }
    }
}
