//! What convergence theorems assume of f, measured.

use crate::linalg::{Rng, SymmetricEigen, Vector, all_finite, dot, norm, symmetric_eigen, symmetric_eigenvalues, zeros};
use crate::optim::{Assumptions, Noise, NoiseShape};
use crate::problem::{Objective, sample_points};

/// Above this dimension curvature is measured along the gradient only.
const DENSE: usize = 32;
/// Components of a finite sum that are looked at at each point, at most.
const COMPONENTS: usize = 500;
/// Distance, in widths of the box, over which the change of the Hessian is measured.
const SHIFT: f64 = 1e-3;
/// Steps of the descent that looks for a low value.
const DESCENT: usize = 200;

/// ℓ, ρ, γ, V and l as the extremes over points of the box `bounds` (one [low, high] a coordinate; 17 by 17 in the plane,
/// random ones in other dimensions), and Δ_f from `start`:
///
/// - ℓ = max ‖∇²f‖ and ρ = max ‖∇²f(x + hu) − ∇²f(x)‖/h along coordinates (random directions in many dimensions), at least
///   10⁻³ ℓ over the box's width, since presets divide by it;
/// - Δ_f = f(x₀) − the lowest value that the points and a descent from the best of them show;
/// - γ = min E ⟨∇f_z, v⟩² where λ_min < 0, v its eigenvector; over all points where no λ_min is, and V/n in more than 32
///   dimensions;
/// - V = max E ‖∇f_z − ∇f‖² and l = max ‖∇f_z‖ over components, or by `noise` for a function without samples (there
///   l² = ‖∇f‖² + V).
///
/// ε is a hundredth of √(2ℓΔ_f), the steepest that a function may be that falls by Δ_f, and δ = 0.1. Extremes over finitely many
/// points are lower bounds of ℓ, ρ, V and l and upper bounds of γ.
pub fn assumptions(objective: &dyn Objective, bounds: &[[f64; 2]], start: &[f64], noise: Noise) -> Assumptions {
    let n = objective.dim();
    let width = bounds.iter().map(|[low, high]| high - low).fold(f64::INFINITY, f64::min);
    let width = if width.is_finite() && width > 0.0 { width } else { 1.0 };
    let mut survey = Survey { objective, noise, shift: SHIFT * width, rng: Rng::new(0), extremes: Extremes::default() };
    let mut lowest: Option<(f64, Vector)> = None;
    for x in sample_points(bounds, n) {
        if let Some(f) = survey.look(&x)
            && lowest.as_ref().is_none_or(|(low, _)| f < *low)
        {
            lowest = Some((f, x));
        }
    }
    let Extremes { smoothness, hessian_lipschitz, gamma, gamma_anywhere, variance, gradient_bound } = survey.extremes;
    let smoothness = if smoothness > 0.0 { smoothness } else { 1.0 };
    let low = lowest.map_or(f64::INFINITY, |(f, x)| descend(objective, f, x, 1.0 / smoothness));
    let decrease = (objective.value(start) - low).max(1e-12);
    let decrease = if decrease.is_finite() { decrease } else { 1.0 };
    let gamma = gamma.or(gamma_anywhere).unwrap_or(variance / n.max(1) as f64);
    Assumptions {
        smoothness,
        hessian_lipschitz: hessian_lipschitz.max(1e-3 * smoothness / width),
        epsilon: 0.01 * (2.0 * smoothness * decrease).sqrt(),
        gamma,
        failure: 0.1,
        decrease,
        variance,
        gradient_bound,
        dim: n,
        samples: objective.finite_sum().map_or(1, |sum| sum.samples()),
    }
}

#[derive(Default)]
struct Extremes {
    smoothness: f64,
    hessian_lipschitz: f64,
    /// Over points with negative curvature, and over all.
    gamma: Option<f64>,
    gamma_anywhere: Option<f64>,
    variance: f64,
    gradient_bound: f64,
}

struct Survey<'a> {
    objective: &'a dyn Objective,
    noise: Noise,
    shift: f64,
    rng: Rng,
    extremes: Extremes,
}

impl Survey<'_> {
    /// Takes a point in; f there, `None` where f or a derivative is not finite.
    fn look(&mut self, x: &[f64]) -> Option<f64> {
        let n = x.len();
        let mut gradient = zeros(n);
        let f = self.objective.value_gradient(x, &mut gradient);
        if !f.is_finite() || !all_finite(&gradient) {
            return None;
        }
        if n > DENSE {
            self.along_gradient(x, &gradient);
            self.spread(x, &gradient, None);
            return Some(f);
        }
        let mut hessian = vec![0.0; n * n];
        self.objective.hessian(x, &mut hessian);
        if !all_finite(&hessian) {
            return None;
        }
        let eigen = symmetric_eigen(&hessian, n);
        let size = |values: &[f64]| values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        self.extremes.smoothness = self.extremes.smoothness.max(size(&eigen.values));
        for axis in 0..n.min(4) {
            let mut u = vec![0.0; n];
            if n <= 4 {
                u[axis] = 1.0;
            } else {
                self.rng.fill_sphere(1.0, &mut u);
            }
            let there: Vector = x.iter().zip(&u).map(|(a, b)| a + self.shift * b).collect();
            let mut change = vec![0.0; n * n];
            self.objective.hessian(&there, &mut change);
            change.iter_mut().zip(&hessian).for_each(|(c, h)| *c -= h);
            if all_finite(&change) {
                let rate = size(&symmetric_eigenvalues(&change, n)) / self.shift;
                self.extremes.hessian_lipschitz = self.extremes.hessian_lipschitz.max(rate);
            }
        }
        self.spread(x, &gradient, Some(&eigen));
        Some(f)
    }

    fn along_gradient(&mut self, x: &[f64], gradient: &[f64]) {
        let slope = norm(gradient);
        if slope == 0.0 {
            return;
        }
        let u: Vector = gradient.iter().map(|g| g / slope).collect();
        let there: Vector = x.iter().zip(&u).map(|(a, b)| a + self.shift * b).collect();
        let (mut here, mut shifted) = (zeros(x.len()), zeros(x.len()));
        self.objective.hessian_vector(x, &u, &mut here);
        self.objective.hessian_vector(&there, &u, &mut shifted);
        shifted.iter_mut().zip(&here).for_each(|(s, h)| *s -= h);
        if all_finite(&here) && all_finite(&shifted) {
            self.extremes.smoothness = self.extremes.smoothness.max(norm(&here));
            self.extremes.hessian_lipschitz = self.extremes.hessian_lipschitz.max(norm(&shifted) / self.shift);
        }
    }

    /// V, l and the second moment along the most negative curvature.
    fn spread(&mut self, x: &[f64], gradient: &[f64], eigen: Option<&SymmetricEigen>) {
        let n = x.len();
        let square = dot(gradient, gradient);
        let lowest = eigen.and_then(|e| Some((*e.values.first()?, e.vectors.first()?)));
        let (variance, moment);
        let mut longest = square;
        if let Some(sum) = self.objective.finite_sum() {
            let samples = sum.samples();
            let every = samples.div_ceil(COMPONENTS).max(1);
            let looked = samples.div_ceil(every) as f64;
            let (mut component, mut squares, mut along) = (zeros(n), 0.0, 0.0);
            for i in (0..samples).step_by(every) {
                sum.batch_value_gradient(x, &[i], &mut component);
                let length = dot(&component, &component);
                squares += length / looked;
                longest = longest.max(length);
                if let Some((_, v)) = lowest {
                    let part = dot(&component, v);
                    along += part * part / looked;
                }
            }
            variance = (squares - square).max(0.0);
            moment = lowest.map(|_| along);
        } else {
            let sigma = self.noise.strength * self.noise.strength;
            variance = n as f64 * sigma;
            longest += variance;
            moment = lowest.zip(eigen).map(|((value, v), eigen)| {
                let trace = eigen.values.iter().fold(0.0, |sum, v| sum + v.abs());
                let share = match self.noise.shape {
                    NoiseShape::Curvature if trace > 0.0 => n as f64 * value.abs() / trace,
                    _ => 1.0,
                };
                sigma * share + dot(gradient, v) * dot(gradient, v)
            });
        }
        let extremes = &mut self.extremes;
        extremes.variance = extremes.variance.max(variance);
        extremes.gradient_bound = extremes.gradient_bound.max(longest.sqrt());
        if let (Some(moment), Some((value, _))) = (moment, lowest) {
            let least = |known: Option<f64>| Some(known.map_or(moment, |k| k.min(moment)));
            extremes.gamma_anywhere = least(extremes.gamma_anywhere);
            if value < 0.0 {
                extremes.gamma = least(extremes.gamma);
            }
        }
    }
}

/// The value to which gradient descent from `x` falls.
fn descend(objective: &dyn Objective, mut f: f64, mut x: Vector, mut step_size: f64) -> f64 {
    let (mut gradient, mut trial_gradient) = (zeros(x.len()), zeros(x.len()));
    objective.value_gradient(&x, &mut gradient);
    for _ in 0..DESCENT {
        let trial: Vector = x.iter().zip(&gradient).map(|(a, g)| a - step_size * g).collect();
        let value = objective.value_gradient(&trial, &mut trial_gradient);
        if value < f && all_finite(&trial_gradient) {
            (f, x) = (value, trial);
            std::mem::swap(&mut gradient, &mut trial_gradient);
        } else {
            step_size *= 0.5;
        }
    }
    f
}
