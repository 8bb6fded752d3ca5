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
    /// A bound of the eigenvalues' rounding errors, where it is so large that it hides the sign of one: beside a removable 0/0 the
    /// second derivatives are differences of huge numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eigenvalue_error: Option<f64>,
    /// Whether it is known to be one of a continuum of critical points. One point alone does not say so: the
    /// [search](super::CriticalSearch) does, which finds several.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub family: bool,
}

/// Evaluates f, ∇f and ∇²f at `x` and says what the point is: critical where ‖∇f‖ ≤ 10⁻⁸ max(1, ‖∇²f‖), which a
/// point written with eight decimals reaches; of which kind, the eigenvalues say
/// ([`Kind::of_critical_point`]), of which one no larger than its rounding error counts as zero. Non-finite derivatives are reported
/// as they are, the kind is then regular.
pub fn classify(objective: &dyn Objective, x: &[f64]) -> PointReport {
    let n = objective.dim();
    let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
    let value = objective.value_gradient_hessian(x, &mut gradient, &mut hessian);
    let eigenvalues = symmetric_eigenvalues(&hessian, n).to_vec();
    let gradient_norm = norm(&gradient);
    // ‖E‖_F bounds the change of every eigenvalue (Weyl).
    let error = objective.hessian_error(x).unwrap_or(0.0);
    let known: Vec<f64> = eigenvalues.iter().map(|v| if v.abs() <= error { 0.0 } else { *v }).collect();
    let (of_critical, index) = Kind::of_critical_point(&known);
    let threshold = Kind::threshold(&known);
    let critical = gradient_norm <= threshold && crate::linalg::all_finite(&hessian);
    let eigenvalue_error = (error > threshold && known.contains(&0.0)).then_some(error);
    let kind = if critical { of_critical } else { Kind::Regular };
    PointReport {
        x: x.to_vec(),
        value,
        gradient,
        gradient_norm,
        hessian,
        eigenvalues,
        kind,
        index,
        eigenvalue_error,
        family: false,
    }
}

fn rows<S: serde::Serializer>(matrix: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(matrix.chunks(matrix.len().isqrt().max(1)))
}
