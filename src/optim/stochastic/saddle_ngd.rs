//! Normalized gradient descent with noise now and then.

use super::parameters::{count, length};
use super::trial::{jump, plain_step, whole};
use crate::linalg::{Vector, axpy, copy, norm, zeros};
use crate::optim::preset::numbers;
use crate::optim::{Family, Geometry, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError};

const SOURCE: &str = "Levy 2016, Saddle-NGD";

/// x ← x − ηg/‖g‖ (x stays where g = 0), and in every N₀-th round x ← x − ηg/‖g‖ + θn with n ~ N(0, I). The paper has
/// θ = √η and N₀ of the order η^{−1/2}, in units in which the landscape is of size 1. Each trial asks one gradient.
///
/// A noisy round is recorded as a perturbation of radius θ√n.
///
/// Preset: θ = √η and N₀ = ⌈cη^{−1/2}⌉, and the points come to within the order of √η of a minimum; η itself and c are left open. In
/// units of L = √(2Δ_f/ℓ), the length over which a bowl of curvature ℓ rises by Δ_f, gradients of ε belong to distances of ε/(ℓL):
/// η = L min(1, ε/(ℓL))², θ = √(ηL), N₀ = ⌈√(L/η)⌉ with c = 1.
pub(in crate::optim) const SADDLE_NGD: Method = Method {
    id: "saddle_ngd",
    name: "Normalized GD with noise",
    family: Family::Stochastic,
    formula: "x ← x − η g/‖g‖;  every N₀ rounds also + θ n, n ~ N(0, I)",
    summary: "Steps of one length cross plateaus and saddles where gradients vanish; noise now and then leaves what is left.",
    source: SOURCE,
    parameters: &[
        length("step_size", "η", 0.1, 1e-2, "length of a step", SOURCE),
        length("noise", "θ", 0.3, 0.1, "standard deviation of a coordinate of the noise", SOURCE),
        count("noise_interval", "N₀", 20.0, "rounds from one noise to the next", SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Levy 2016, Saddle-NGD (orders)",
        settings: |a| {
            let unit = (2.0 * a.decrease / a.smoothness).sqrt();
            let share = (a.epsilon / (a.smoothness * unit)).min(1.0);
            numbers([("step_size", unit * share * share), ("noise", unit * share), ("noise_interval", 1.0 / share)])
        },
    }),
    build: |values, start| {
        Box::new(NoisyNormalized {
            x: copy(start),
            step_size: values.number("step_size"),
            noise: values.number("noise"),
            noise_interval: values.integer("noise_interval"),
            round: 0,
        })
    },
};

#[derive(Clone)]
struct NoisyNormalized {
    x: Vector,
    step_size: f64,
    noise: f64,
    noise_interval: usize,
    round: usize,
}

impl Optimizer for NoisyNormalized {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let (f, gradient) = whole(oracle, &self.x)?;
        let length = norm(&gradient);
        let per_gradient = if length > 0.0 { self.step_size / length } else { 0.0 };
        self.round = (self.round + 1) % self.noise_interval;
        if self.round > 0 {
            return Ok(plain_step(oracle, &mut self.x, per_gradient, gradient, f, Phase::Descent));
        }
        let mut to = zeros(self.x.len());
        oracle.rng().fill_normal(&mut to);
        to.iter_mut().zip(&self.x).for_each(|(n, x)| *n = x + self.noise * *n);
        axpy(-per_gradient, &gradient, &mut to);
        let geometry = Geometry::Perturbation { radius: self.noise * (self.x.len() as f64).sqrt() };
        Ok(jump(&mut self.x, to, f, length, Phase::Perturbation, geometry))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
