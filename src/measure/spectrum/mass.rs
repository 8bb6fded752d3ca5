//! How much of a matrix stands on its diagonal.

/// δ = Σᵢ |Aᵢᵢ| / Σᵢⱼ |Aᵢⱼ| beside what matrices without structure have (Becker, LeCun 1988; Kohler, Adolphs, Lucchi 2020, Prop. 1, 2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiagonalShare {
    /// δ; NaN for a zero matrix.
    pub share: f64,
    /// δ of a Wigner matrix with equal deviations: 1/d.
    pub wigner: f64,
    /// δ of XᵀX with as many rows as there are samples.
    pub least_squares: f64,
}

/// 1/(1 + (d − 1) σ₂/σ₁): δ of E|W| for a Gaussian Wigner matrix whose entries have the deviation σ₁ on the diagonal and σ₂ off it
/// (Kohler, Adolphs, Lucchi 2020, Prop. 1). `ratio` is σ₂/σ₁; 1 gives 1/d.
pub fn wigner_share(d: usize, ratio: f64) -> f64 {
    1.0 / (1.0 + (d as f64 - 1.0) * ratio)
}

/// √n/(√n + (d − 1)√(2/π)): δ of E|XᵀX| for X of n × d independent entries of mean 0, in the limit of large n
/// (Kohler, Adolphs, Lucchi 2020, Prop. 2).
pub fn least_squares_share(d: usize, n: usize) -> f64 {
    let root = (n as f64).sqrt();
    root / (root + (d as f64 - 1.0) * (2.0 / std::f64::consts::PI).sqrt())
}
