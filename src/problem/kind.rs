//! The kinds of critical points.

use serde::{Deserialize, Serialize};

/// What a point is, judged by its gradient and the eigenvalues of its Hessian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// ∇f ≠ 0.
    Regular,
    /// ∇f = 0 and all eigenvalues are positive.
    Minimum,
    /// ∇f = 0 and all eigenvalues are negative.
    Maximum,
    /// ∇f = 0 with eigenvalues of both signs and none that is zero: a strict saddle.
    Saddle,
    /// ∇f = 0 and some eigenvalue is zero: the Hessian does not decide.
    Degenerate,
}

impl Kind {
    /// An eigenvalue or a gradient counts as zero up to this times max(1, ‖∇²f‖).
    pub const TOLERANCE: f64 = 1e-8;

    /// The kind of a critical point with these eigenvalues, and its index: the number of negative ones.
    /// λ counts as zero where |λ| ≤ 10⁻⁸ max(1, maxᵢ |λᵢ|). Eigenvalues that are NaN make it degenerate.
    pub fn of_critical_point(eigenvalues: &[f64]) -> (Self, usize) {
        let threshold = Self::threshold(eigenvalues);
        let negative = eigenvalues.iter().filter(|v| **v < -threshold).count();
        let positive = eigenvalues.iter().filter(|v| **v > threshold).count();
        let kind = match (negative, positive) {
            (n, p) if n + p < eigenvalues.len() => Self::Degenerate,
            (0, _) => Self::Minimum,
            (_, 0) => Self::Maximum,
            _ => Self::Saddle,
        };
        (kind, negative)
    }

    /// 10⁻⁸ max(1, maxᵢ |λᵢ|), and at most 1: where rounding makes curvature of any size, a steep place is no critical point.
    pub fn threshold(eigenvalues: &[f64]) -> f64 {
        (Self::TOLERANCE * eigenvalues.iter().fold(1.0_f64, |m, v| m.max(v.abs()))).min(1.0)
    }

    /// The identifier in files, as JSON has it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Saddle => "saddle",
            Self::Degenerate => "degenerate",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Regular => "regular point",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::Saddle => "saddle",
            Self::Degenerate => "degenerate critical point",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_decide() {
        assert_eq!(Kind::of_critical_point(&[1.0, 2.0]), (Kind::Minimum, 0));
        assert_eq!(Kind::of_critical_point(&[-3.0, -2.0, -1.0]), (Kind::Maximum, 3));
        assert_eq!(Kind::of_critical_point(&[-1e-7, 1.0]), (Kind::Saddle, 1));
        assert_eq!(Kind::of_critical_point(&[-1e-9, 0.1]), (Kind::Degenerate, 0));
        assert_eq!(Kind::of_critical_point(&[-1.0, 1e-7, 100.0]), (Kind::Degenerate, 1));
        assert_eq!(Kind::of_critical_point(&[f64::NAN, f64::NAN]), (Kind::Degenerate, 0));
    }
}
