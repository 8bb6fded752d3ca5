//! The Cauchy point.

use super::{Solution, steihaug};
use crate::linalg::Metric;
use crate::optim::StepError;

/// The minimizer of the model along −M⁻¹g inside the region (Conn, Gould, Toint 2000, §6.3.2; the first point of the
/// Steihaug-Toint path). One product.
/// Its decrease is at least ½‖g‖_{M⁻¹} min{Δ, ‖g‖_{M⁻¹}/(1 + ‖M^{−½}HM^{−½}‖)}.
///
/// # Errors
/// Those of `product`.
pub fn cauchy(
    g: &[f64],
    product: impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError>,
    metric: &Metric,
    radius: f64,
) -> Result<Solution, StepError> {
    steihaug(g, product, metric, radius, f64::INFINITY, 1)
}
