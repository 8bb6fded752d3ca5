//! What a point is.

use crate::linalg::{norm, symmetric_eigenvalues};
use crate::problem::{Kind, Objective};
use serde::Serialize;

/// Value, derivatives and kind of a point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointReport {
    /// Where.
    pub x: Vec<f64>,
    /// f(x).
    pub value: f64,
    /// ∇f(x).
    pub gradient: Vec<f64>,
    /// ‖∇f(x)‖.
    pub gradient_norm: f64,
    /// ∇²f(x), `n * n` numbers row by row; written as rows.
    #[serde(serialize_with = "rows")]
    pub hessian: Vec<f64>,
    /// Eigenvalues of ∇²f(x), ascending.
    pub eigenvalues: Vec<f64>,
    /// Regular, or the kind of critical point.
    pub kind: Kind,
    /// Number of negative eigenvalues.
    pub index: usize,
    /// Whether it is known to be one of a continuum of critical points. One point alone does not say so: the
    /// [search](super::CriticalSearch) does, which finds several.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub family: bool,
}

/// Evaluates f, ∇f and ∇²f at `x` and says what the point is: critical where ‖∇f‖ ≤ 10⁻⁸ max(1, ‖∇²f‖), which a
/// point written with eight decimals reaches; of which kind, the eigenvalues say
/// ([`Kind::of_critical_point`]). Non-finite derivatives are reported as they are, the kind is then regular.
pub fn classify(objective: &dyn Objective, x: &[f64]) -> PointReport {
    let n = objective.dim();
    let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
    let value = objective.value_gradient_hessian(x, &mut gradient, &mut hessian);
    let eigenvalues = symmetric_eigenvalues(&hessian, n).to_vec();
    let gradient_norm = norm(&gradient);
    let (of_critical, index) = Kind::of_critical_point(&eigenvalues);
    let critical = gradient_norm <= Kind::threshold(&eigenvalues) && crate::linalg::all_finite(&hessian);
    let kind = if critical { of_critical } else { Kind::Regular };
    PointReport { x: x.to_vec(), value, gradient, gradient_norm, hessian, eigenvalues, kind, index, family: false }
}

fn rows<S: serde::Serializer>(matrix: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(matrix.chunks(matrix.len().isqrt().max(1)))
}
