//! Aggregated momentum.

use super::{BATCH_SIZE, Machine, Preconditioned, Rule, gradient_step, scheduled};
use crate::linalg::{Vector, zeros};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Lucas, Sun, Zemel, Grosse 2019";

/// vᵢ ← βᵢvᵢ + g for i = 1 … K with βᵢ = 1 − aⁱ⁻¹, x ← x − (η/K) Σ vᵢ.
pub(in crate::optim) const AGGMO: Method = Method {
    id: "aggmo",
    name: "Aggregated momentum",
    family: Family::FirstOrder,
    formula: "vᵢ ← βᵢ vᵢ + g,  x ← x − (η/K) Σ vᵢ",
    summary: "Several momenta at once: the slow ones carry far, the fast ones damp their oscillation.",
    source: SOURCE,
    parameters: scheduled![
        gradient_step(0.05, 1e-3, SOURCE),
        Parameter {
            name: "velocities",
            symbol: "K",
            default: Default::Fixed(3.0),
            span: Span::Integer { min: 1, max: 8 },
            meaning: "number of momenta: with a = 0.1 and K = 3 their weights βᵢ are 0, 0.9 and 0.99",
            source: SOURCE,
        },
        Parameter {
            name: "damping_base",
            symbol: "a",
            default: Default::Fixed(0.1),
            span: Span::Log { min: 1e-3, max: 1.0 },
            meaning: "base of the weights βᵢ = 1 − aⁱ⁻¹",
            source: SOURCE,
        },
        BATCH_SIZE,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let weights = (0..values.integer("velocities")).map(|i| 1.0 - libm::pow(values.number("damping_base"), i as f64));
        Machine::boxed(start, values, AggMo(weights.map(|beta| (beta, zeros(start.len()))).collect()))
    },
};

/// βᵢ and vᵢ.
#[derive(Clone)]
struct AggMo(Vec<(f64, Vector)>);

impl Rule for AggMo {
    fn momenta(&mut self) -> Vec<&mut Vector> {
        self.0.iter_mut().map(|(_, v)| v).collect()
    }

    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned {
        let mut mean = zeros(gradient.len());
        let share = 1.0 / self.0.len().max(1) as f64;
        for (beta, v) in &mut self.0 {
            for ((v, g), l) in v.iter_mut().zip(gradient).zip(&mut mean) {
                *v = *beta * *v + g;
                *l += share * *v;
            }
        }
        Preconditioned::plain(step_size, mean)
    }
}
