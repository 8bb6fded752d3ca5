//! The trust-region method with a linear model.

use super::Preconditioned;
use crate::linalg::{Metric, Vector, copy, norm, zeros};
use crate::optim::trust::{self, RadiusRule, Shape};
use crate::optim::{Family, Geometry, Method, Optimizer, Oracle, Phase, Requirement, Step, StepError, Verdict};

const SOURCE: &str = "Kohler, Adolphs, Lucchi 2020, Section 3, Figure 4";

/// s = −Δ M⁻¹g/‖g‖_{M⁻¹} minimizes ⟨g, s⟩ over ‖s‖_M ≤ Δ; ρ = (f(x) − f(x+s))/(Δ‖g‖_{M⁻¹}) decides on the step and the
/// radius: gradient descent, Adagrad and RMSProp whose step size is found by trust.
pub(in crate::optim) const FIRST_ORDER_TR: Method = Method {
    id: "first_order_tr",
    name: "Trust region, first order",
    family: Family::FirstOrder,
    formula: "x ← x − Δ M⁻¹g/‖g‖_{M⁻¹} if ρ ≥ η₁",
    summary: "Gradient descent, Adagrad or RMSProp with a radius in place of the step size: it grows while the gradient predicts well.",
    source: SOURCE,
    parameters: &[
        trust::metric(&["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full"]),
        trust::RADIUS,
        trust::RADIUS_MAX,
        trust::ETA1,
        trust::ETA2,
        trust::GROW,
        trust::SHRINK,
        trust::BETA,
        trust::EPSILON,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        Box::new(LinearTrustRegion {
            x: copy(start),
            radius: values.number("radius"),
            shape: Shape::new(values.choice("metric"), values.number("beta"), values.number("epsilon"), start.len()),
            rule: RadiusRule::new(values),
            here: None,
        })
    },
};

/// What is known at the iterate, kept over rejected trials.
#[derive(Clone)]
struct Local {
    f: f64,
    g: Vector,
    metric: Metric,
    /// M⁻¹g.
    direction: Vector,
    /// ‖g‖_{M⁻¹}.
    dual: f64,
}

#[derive(Clone)]
struct LinearTrustRegion {
    x: Vector,
    radius: f64,
    shape: Shape,
    rule: RadiusRule,
    here: Option<Local>,
}

impl LinearTrustRegion {
    fn look(&mut self, oracle: &mut Oracle<'_>) -> Result<Local, StepError> {
        let mut g = zeros(self.x.len());
        let f = oracle.gradient(&self.x, &mut g)?;
        if !f.is_finite() {
            return Err(StepError::NotFinite { what: "function value", at: self.x.clone() });
        }
        let (metric, direction) = self.shape.update_preconditioned(&g);
        let dual = Preconditioned::dual_norm(&metric, &g, &direction);
        Ok(Local { f, g, metric, direction, dual })
    }
}

impl Optimizer for LinearTrustRegion {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let here = match self.here.take() {
            Some(here) => here,
            None => self.look(oracle)?,
        };
        let step_size = if here.dual > 0.0 { (self.radius / here.dual).min(f64::MAX) } else { 1.0 };
        let plan =
            Preconditioned { step_size, linear: copy(&here.g), metric: here.metric.clone(), direction: copy(&here.direction) };
        let (region, _) = plan.region(&self.x);
        let predicted = region.radius * here.dual;
        let trial = self.rule.judge(&self.x, here.f, &region.step, predicted, |point| oracle.value(point));
        self.radius = self.rule.next_radius(self.radius, &trial);
        let from = copy(&self.x);
        let (f, gradient_norm) = (here.f, norm(&here.g));
        if trial.taken {
            self.x = trial.point;
        } else {
            self.here = Some(here);
        }
        Ok(Step {
            trial: copy(&region.step),
            x: copy(&self.x),
            from,
            verdict: if trial.taken || trial.still { Verdict::Accepted } else { Verdict::Rejected },
            phase: Phase::Descent,
            f,
            gradient_norm,
            predicted,
            actual: trial.actual,
            geometry: Geometry::TrustRegion(region),
        })
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        self.here = None;
    }
}
