//! Powell's dogleg.

use super::{LARGE, Solution, cauchy, cholesky, largest};
use crate::linalg::{Metric, Vector, all_finite, axpy, dot, mat_vec, norm};
use crate::optim::{Exit, StepError};
use smallvec::smallvec;

/// The dogleg (Powell 1970; Nocedal, Wright 2006, §4.1): from 0 to the minimizer along −M⁻¹g, from there to Newton's point
/// −H⁻¹g, as far as the region reaches. Where H is not positive definite there is no second leg: the step is the Cauchy point.
/// `h` is symmetric, `n * n` numbers row by row.
pub fn dogleg(g: &[f64], h: &[f64], metric: &Metric, radius: f64) -> Solution {
    let n = g.len();
    let unit = largest(g).max(largest(h));
    if unit > LARGE {
        let scaled = |v: &[f64]| -> Vector { v.iter().map(|e| e / unit).collect() };
        return dogleg(&scaled(g), &scaled(h), metric, radius).rescaled(1.0, unit);
    }
    let product = |v: &[f64], hv: &mut [f64]| -> Result<(), StepError> {
        mat_vec(h, v, hv);
        Ok(())
    };
    let Ok(first) = cauchy(g, product, metric, radius) else { return Solution::zero(n) };
    let first = Solution { products: 0, ..first };
    if first.exit != Exit::Interior {
        return first;
    }
    let mut newton: Vector = g.iter().map(|v| -v).collect();
    let factor = cholesky::factor(h, n, 0.0);
    if let Some((factor, _)) = &factor {
        factor.solve(&mut newton);
    }
    if factor.is_none() || !all_finite(&newton) {
        return Solution { multiplier: f64::NAN, ..first };
    }
    let length = metric.norm(&newton);
    let corner = first.step;
    let (step, norm, multiplier, exit) = if length <= radius {
        (newton, length, 0.0, Exit::Interior)
    } else {
        let leg: Vector = newton.iter().zip(&corner).map(|(a, b)| a - b).collect();
        let mut scaled = Vector::from_elem(0.0, n);
        metric.apply(&leg, &mut scaled);
        let (across, along) = (metric.norm(&leg), dot(&corner, &scaled));
        let room = (radius * radius - first.norm * first.norm).max(0.0);
        let tau = room / (along + norm(&[along, across * room.sqrt()]));
        let mut step = Vector::from_slice(&corner);
        axpy(tau, &leg, &mut step);
        (step, radius, f64::NAN, Exit::Boundary)
    };
    let mut product = Vector::from_elem(0.0, n);
    mat_vec(h, &step, &mut product);
    let model_decrease = (-dot(g, &step) - 0.5 * dot(&step, &product)).max(0.0);
    Solution { path: smallvec![corner, step.clone()], step, multiplier, model_decrease, norm, exit, products: 0 }
}
