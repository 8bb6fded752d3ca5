//! Cubic regularization with sub-sampled derivatives.

use super::arc::{ETA1, ETA2, KAPPA, MOST_PRODUCTS, SIGMA, SOLVER, geometry};
use super::part::{MOST_SAMPLES, Part, first_batch};
use super::spectral::{Trial, conclude};
use crate::linalg::{Vector, copy, norm, zeros};
use crate::optim::subproblem;
use crate::optim::trust::judge;
use crate::optim::{Default, Family, Method, Optimizer, Oracle, Parameter, Requirement, Span, Step, StepError};

const SOURCE: &str = "Kohler, Lucchi 2017, Sub-sampled cubic regularization for non-convex optimization";
/// Factor of the batches after a rejected trial.
const ENLARGE: f64 = 1.25;

/// The cubic step of a sampled gradient and a sampled Hessian, judged by the whole f. The batches go by the last step:
/// |S_g| ∝ ‖s‖⁻⁴ and |S_H| ∝ ‖s‖⁻², with the first batch at the first step.
pub(in crate::optim) const SUBSAMPLED_ARC: Method = Method {
    id: "subsampled_arc",
    name: "Sub-sampled cubic regularization",
    family: Family::SecondOrder,
    formula: "x ← x + argmin { ĝᵀs + ½ sᵀĤs + σ/3 ‖s‖³ } if ρ ≥ η₁,  |S_g| ∝ ‖s‖⁻⁴, |S_H| ∝ ‖s‖⁻²",
    summary: "Cubic regularization that begins with few samples and takes more as its steps shorten.",
    source: SOURCE,
    parameters: &[
        SIGMA,
        ETA1,
        ETA2,
        SOLVER,
        KAPPA,
        Parameter {
            name: "first_batch",
            symbol: "b₀",
            default: Default::Fixed(0.0),
            span: Span::Integer { min: 0, max: 1_000_000 },
            meaning: "samples of the first gradient and Hessian; 0: a twentieth of all, or 1 where f is no finite sum",
            source: SOURCE,
        },
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        Box::new(SubsampledArc {
            x: copy(start),
            sigma: values.number("sigma"),
            eta1: values.number("eta1"),
            eta2: values.number("eta2"),
            lanczos: values.choice("solver") == "lanczos",
            kappa: values.number("kappa"),
            first: values.integer("first_batch"),
            sizes: None,
            reference: None,
            f: None,
        })
    },
};

#[derive(Clone)]
struct SubsampledArc {
    x: Vector,
    sigma: f64,
    eta1: f64,
    eta2: f64,
    lanczos: bool,
    kappa: f64,
    first: usize,
    /// |S_g| and |S_H| of the next trial, before they are rounded.
    sizes: Option<[f64; 2]>,
    /// ‖s‖ of the first step, at which the first batch is enough.
    reference: Option<f64>,
    /// f(x), where it is known.
    f: Option<f64>,
}

impl SubsampledArc {
    /// The batches after a step of this length, or after a rejected trial.
    fn resize(&mut self, sizes: [f64; 2], first: f64, length: f64, taken: bool) {
        let next = if taken {
            let reference = *self.reference.get_or_insert(length);
            let ratio = reference / length;
            [first * ratio * ratio * ratio * ratio, first * ratio * ratio]
        } else {
            sizes.map(|size| ENLARGE * size)
        };
        self.sizes = Some(next.map(|size| size.clamp(1.0, MOST_SAMPLES)));
    }
}

impl Optimizer for SubsampledArc {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let n = self.x.len();
        let first = first_batch(self.first, oracle) as f64;
        let sizes = self.sizes.unwrap_or([first; 2]);
        let [gradient, hessian] = sizes.map(|size| Part::draw(size.ceil() as usize, oracle));
        let (mut g, mut h) = (zeros(n), zeros(if self.lanczos { 0 } else { n * n }));
        let sampled = Part::derivatives([&gradient, &hessian], &self.x, &mut g, &mut h, oracle)?;
        let f = match (self.f, gradient) {
            (Some(f), _) => f,
            (None, Part::Whole) => sampled,
            (None, Part::Batch(_)) => oracle.value(&self.x),
        };
        let solution = if self.lanczos {
            let product = |v: &[f64], hv: &mut [f64]| hessian.product(&self.x, v, hv, oracle);
            subproblem::cubic_lanczos(&g, product, self.sigma, self.kappa, MOST_PRODUCTS)?
        } else {
            subproblem::cubic(&g, &h, self.sigma)
        };
        let predicted = solution.model_decrease;
        let found = judge(self.eta1, &self.x, f, &solution.step, predicted, |point| oracle.value(point));
        let geometry = geometry(&self.x, &g, self.sigma, &solution);
        if !found.still {
            self.resize(sizes, first, solution.norm, found.taken);
            if !found.taken {
                self.sigma = (2.0 * self.sigma).min(1e100);
            } else if found.ratio > self.eta2 {
                self.sigma = (0.5 * self.sigma).max(1e-16);
            }
        }
        self.f = Some(if found.taken { f - found.actual } else { f });
        let accepted = found.taken || found.still;
        let trial = Trial { step: solution.step, accepted, predicted, actual: found.actual, geometry };
        Ok(conclude(&mut self.x, f, norm(&g), trial))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        self.f = None;
    }
}
