//! Learning half-spaces: a lower bound of the noise along every eigenvector of the Hessian.

use crate::linalg::{dot, norm, symmetric_eigen};
use crate::problem::network::Rows;

/// ((λ − μ)/c)² ≤ E ⟨∇φ(wᵀz), v⟩² for every unit eigenvector v of the Hessian of E φ(wᵀz) + ½ μ ‖w‖² with eigenvalue λ, where φ is the
/// sigmoid loss 1/(1 + eᵃ) and c = max ‖z‖, at least 1 (Daneshmand, Kohler, Lucchi, Hofmann 2018, Lemma 1). The gradient is that of the
/// data alone.
///
/// For |φ″| ≤ c|φ′| and ‖z‖ ≤ 1 the lemma has c; the sigmoid loss has c = 1, and longer samples scale it.
pub fn half_space_bound(eigenvalue: f64, l2: f64, longest: f64) -> f64 {
    let ratio = (eigenvalue - l2) / longest.max(1.0);
    ratio * ratio
}

/// The bound at one eigenvector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HalfSpaceRatio {
    /// λ of the loss without its l2 term.
    pub eigenvalue: f64,
    /// E ⟨∇φ(wᵀz), v⟩².
    pub second_moment: f64,
    /// The lower bound of it.
    pub bound: f64,
}

impl HalfSpaceRatio {
    /// By how much the second moment exceeds its bound: at least 1.
    pub fn ratio(&self) -> f64 {
        self.second_moment / self.bound
    }
}

/// The bound at every eigenvector of the sigmoid loss (1/m) Σ φ(wᵀzᵢ), `z` being signed inputs y x by rows.
pub fn half_space_ratios(z: &Rows, w: &[f64]) -> Vec<HalfSpaceRatio> {
    let (d, m) = (w.len(), z.len().max(1) as f64);
    let mut hessian = vec![0.0; d * d];
    let mut slopes = Vec::with_capacity(z.len());
    let mut longest = 0.0_f64;
    for i in 0..z.len() {
        let row = z.row(i);
        let a = dot(row, w);
        // φ′ = −s(1 − s) and φ″ = s(1 − s)(1 − 2s) with s = φ: from e^{−|a|}, so that nothing cancels.
        let e = libm::exp(-a.abs());
        let slope = -e / ((1.0 + e) * (1.0 + e));
        let bend = -slope * (1.0 - e) / (1.0 + e) * if a < 0.0 { -1.0 } else { 1.0 };
        slopes.push(slope);
        longest = longest.max(norm(row));
        for (p, zp) in row.iter().enumerate() {
            for (h, zq) in hessian[p * d..].iter_mut().zip(row) {
                *h += bend * zp * zq / m;
            }
        }
    }
    let eigen = symmetric_eigen(&hessian, d);
    let pairs = eigen.values.iter().zip(&eigen.vectors);
    pairs
        .map(|(value, v)| {
            let second_moment = slopes.iter().enumerate().map(|(i, s)| {
                let along = s * dot(z.row(i), v);
                along * along
            });
            HalfSpaceRatio {
                eigenvalue: *value,
                second_moment: second_moment.sum::<f64>() / m,
                bound: half_space_bound(*value, 0.0, longest),
            }
        })
        .collect()
}
