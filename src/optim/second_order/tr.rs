//! The trust-region method with a ball or an adaptive ellipsoid.

use crate::linalg::{Metric, Vector, copy, norm, zeros};
use crate::optim::subproblem::{self, Solution, Solver};
use crate::optim::trust::{self, RadiusRule, Shape};
use crate::optim::{
    Default, Exit, Family, Geometry, Method, Optimizer, Oracle, Parameter, Phase, Region, Requirement, Span, Step, StepError,
    Verdict,
};

const STEIHAUG: &str = "Conn, Gould, Toint 2000, §7.5.1";
/// Products with the Hessian in one subproblem (Kohler et al. 2020, released configurations).
const MOST_PRODUCTS: usize = 50;

/// s minimizes m(s) = ⟨g, s⟩ + ½ sᵀHs over ‖s‖_M ≤ Δ; ρ = (f(x) − f(x+s))/(−m(s)) decides on the step and the radius
/// (Conn, Gould, Toint 2000, Algorithm 6.1.1; Kohler, Adolphs, Lucchi 2020, Algorithm 1).
pub(in crate::optim) const TR: Method = Method {
    id: "tr",
    name: "Trust region",
    family: Family::SecondOrder,
    formula: "x ← x + argmin { gᵀs + ½ sᵀHs : ‖s‖_M ≤ Δ } if ρ ≥ η₁",
    summary: "Trusts a quadratic model as far as it has proved right; the exact solver leaves strict saddles even at g = 0.",
    source: "Conn, Gould, Toint 2000, Algorithm 6.1.1; Kohler, Adolphs, Lucchi 2020, Algorithm 1",
    parameters: &[
        trust::metric(&["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full"]),
        Parameter {
            name: "solver",
            symbol: "s",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["exact", "steihaug", "gltr", "dogleg", "cauchy"] },
            meaning: "exact and dogleg use the dense Hessian; steihaug, gltr and cauchy its products with vectors",
            source: "Moré, Sorensen 1983; Steihaug 1983; Gould, Lucidi, Roma, Toint 1999; Powell 1970",
        },
        trust::RADIUS,
        trust::RADIUS_MAX,
        trust::ETA1,
        trust::ETA2,
        trust::GROW,
        trust::SHRINK,
        trust::BETA,
        trust::EPSILON,
        Parameter {
            name: "kappa",
            symbol: "κ",
            default: Default::Fixed(0.1),
            span: Span::Log { min: 1e-16, max: 1.0 },
            meaning: "steihaug and gltr stop at ‖r‖ ≤ ‖g‖ min(κ, ‖g‖^θ)",
            source: STEIHAUG,
        },
        Parameter {
            name: "theta",
            symbol: "θ",
            default: Default::Fixed(0.5),
            span: Span::Linear { min: 0.0, max: 2.0 },
            meaning: "order of convergence beyond one that steihaug and gltr leave to the method",
            source: STEIHAUG,
        },
    ],
    random: false,
    escapes: true,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let shape = Shape::new(values.choice("metric"), values.number("beta"), values.number("epsilon"), start.len());
        Box::new(TrustRegion {
            x: copy(start),
            radius: values.number("radius"),
            shape,
            here: None,
            rules: Rules {
                solver: match values.choice("solver") {
                    "steihaug" => Solver::Steihaug,
                    "gltr" => Solver::Lanczos,
                    "dogleg" => Solver::Dogleg,
                    "cauchy" => Solver::Cauchy,
                    _ => Solver::Exact,
                },
                radius: RadiusRule::new(values),
                kappa: values.number("kappa"),
                theta: values.number("theta"),
            },
        })
    },
};

/// What does not change during a run.
#[derive(Clone, Copy)]
struct Rules {
    solver: Solver,
    radius: RadiusRule,
    kappa: f64,
    theta: f64,
}

/// What is known at the iterate, kept over rejected trials.
#[derive(Clone)]
struct Local {
    f: f64,
    g: Vector,
    gradient_norm: f64,
    /// For the dense solvers; empty else.
    h: Vector,
    metric: Metric,
}

#[derive(Clone)]
struct TrustRegion {
    x: Vector,
    radius: f64,
    shape: Shape,
    here: Option<Local>,
    rules: Rules,
}

impl TrustRegion {
    /// Asks the derivatives at a new iterate; the accumulator takes the gradient in.
    fn look(&mut self, oracle: &mut Oracle<'_>) -> Result<Local, StepError> {
        let n = self.x.len();
        let mut g = zeros(n);
        let dense = matches!(self.rules.solver, Solver::Exact | Solver::Dogleg);
        let mut h = zeros(if dense { n * n } else { 0 });
        let f = if dense {
            oracle.gradient_hessian(&self.x, &mut g, &mut h)?
        } else {
            oracle.gradient_before_products(&self.x, &mut g)?
        };
        if !f.is_finite() {
            return Err(StepError::NotFinite { what: "function value", at: self.x.clone() });
        }
        let metric = self.shape.update(&g);
        Ok(Local { f, gradient_norm: norm(&g), g, h, metric })
    }
}

impl Rules {
    fn solve(&self, x: &[f64], here: &Local, radius: f64, oracle: &mut Oracle<'_>) -> Result<Solution, StepError> {
        let Local { g, h, metric, .. } = here;
        let tolerance = subproblem::forcing_tolerance(here.gradient_norm, self.kappa, self.theta);
        let limit = MOST_PRODUCTS.min(2 * g.len());
        let product = |v: &[f64], hv: &mut [f64]| oracle.hessian_vector(x, v, hv);
        match self.solver {
            Solver::Exact => {
                let solution = subproblem::exact(g, h, metric, radius);
                // With λ = 0 in the hard case the model is flat along the null space: of its minimizers the shortest is taken.
                let flat = solution.exit == Exit::HardCase && solution.multiplier == 0.0;
                Ok(if flat { solution.shortest(metric) } else { solution })
            }
            Solver::Dogleg => Ok(subproblem::dogleg(g, h, metric, radius)),
            Solver::Steihaug => subproblem::steihaug(g, product, metric, radius, tolerance, limit),
            Solver::Lanczos => subproblem::lanczos(g, product, metric, radius, tolerance / here.gradient_norm, limit),
            Solver::Cauchy => subproblem::cauchy(g, product, metric, radius),
        }
    }
}

impl Optimizer for TrustRegion {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let here = match self.here {
            Some(ref here) => here,
            None => {
                let here = self.look(oracle)?;
                self.here.insert(here)
            }
        };
        let rules = &self.rules;
        let solution = rules.solve(&self.x, here, self.radius, oracle)?;

        let predicted = solution.model_decrease;
        let trial = rules.radius.judge(&self.x, here.f, &solution.step, predicted, |point| oracle.trial_value(point));
        let radius = self.radius;
        let step = Step {
            from: copy(&self.x),
            trial: copy(&solution.step),
            x: copy(if trial.taken { &trial.point } else { &self.x }),
            verdict: if trial.taken || trial.still { Verdict::Accepted } else { Verdict::Rejected },
            phase: Phase::Descent,
            f: here.f,
            gradient_norm: here.gradient_norm,
            predicted,
            actual: trial.actual,
            geometry: Geometry::TrustRegion(Region {
                center: copy(&self.x),
                metric: here.metric.clone(),
                radius,
                linear: copy(&here.g),
                second_order: true,
                step: solution.step,
                path: solution.path,
                exit: solution.exit,
                multiplier: solution.multiplier,
            }),
        };
        self.radius = rules.radius.next_radius(radius, &trial);
        if trial.taken {
            self.x = trial.point;
            self.here = None;
        }
        Ok(step)
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
