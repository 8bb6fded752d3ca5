//! The trust-region method with a ball or an adaptive ellipsoid.

use crate::linalg::{Metric, Vector, all_finite, copy, norm, zeros};
use crate::optim::second_moment::{Epsilon, SecondMoment};
use crate::optim::subproblem::{self, Solution, Solver};
use crate::optim::{
    Default, Exit, Family, Geometry, Method, Optimizer, Oracle, Parameter, Phase, Region, Requirement, Span, Step, StepError,
    Verdict,
};

const SOURCE: &str = "Kohler, Adolphs, Lucchi 2020, Algorithm 1";
const STEIHAUG: &str = "Conn, Gould, Toint 2000, §7.5.1";
/// Products with the Hessian in one subproblem (Kohler et al. 2020, released configurations).
const MOST_PRODUCTS: usize = 50;
/// A radius below this stays: squares must not underflow.
const SMALLEST_RADIUS: f64 = 1e-150;

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
        Parameter {
            name: "metric",
            symbol: "M",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full"] },
            meaning: "shape of the region: a ball, or the ellipsoid of the gradients so far",
            source: SOURCE,
        },
        Parameter {
            name: "solver",
            symbol: "s",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["exact", "steihaug", "gltr", "dogleg", "cauchy"] },
            meaning: "exact and dogleg use the dense Hessian; steihaug, gltr and cauchy its products with vectors",
            source: "Moré, Sorensen 1983; Steihaug 1983; Gould, Lucidi, Roma, Toint 1999; Powell 1970",
        },
        Parameter {
            name: "radius",
            symbol: "Δ₀",
            default: Default::Length { times: 1.0, plain: 1.0 },
            span: Span::Log { min: 1e-12, max: 1e12 },
            meaning: "first radius, in the norm of M",
            source: SOURCE,
        },
        Parameter {
            name: "radius_max",
            symbol: "Δmax",
            default: Default::Length { times: 10.0, plain: 10.0 },
            span: Span::Log { min: 1e-12, max: 1e12 },
            meaning: "largest radius, in the norm of M",
            source: SOURCE,
        },
        ratio("eta1", "η₁", 1e-4, "smallest ratio of actual to predicted decrease at which a step is taken"),
        ratio("eta2", "η₂", 0.95, "smallest ratio at which the radius grows"),
        factor("grow", "γ₁", "factor of the radius after a very good step"),
        factor("shrink", "γ₂", "divisor of the radius after a rejected step"),
        Parameter {
            name: "beta",
            symbol: "β",
            default: Default::Fixed(0.8),
            span: Span::Linear { min: 0.0, max: 0.999_999 },
            meaning: "weight of past squared gradients in the RMSProp ellipsoids",
            source: SOURCE,
        },
        Parameter {
            name: "epsilon",
            symbol: "ε",
            default: Default::Fixed(1e-10),
            span: Span::Log { min: 1e-30, max: 1e2 },
            meaning: "where the accumulators start; their eigenvalues never fall below it",
            source: SOURCE,
        },
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
        let (metric, n, epsilon) = (values.choice("metric"), start.len(), values.number("epsilon"));
        let full = metric.ends_with("_full");
        let rmsprop = metric.starts_with("rmsprop");
        let beta = values.number("beta");
        Box::new(TrustRegion {
            x: copy(start),
            radius: values.number("radius"),
            moment: (metric != "sphere").then(|| SecondMoment::new(n, full, epsilon)),
            here: None,
            rules: Rules {
                solver: match values.choice("solver") {
                    "steihaug" => Solver::Steihaug,
                    "gltr" => Solver::Lanczos,
                    "dogleg" => Solver::Dogleg,
                    "cauchy" => Solver::Cauchy,
                    _ => Solver::Exact,
                },
                weights: if rmsprop { [beta, 1.0 - beta] } else { [1.0, 1.0] },
                epsilon,
                radius_max: values.number("radius_max"),
                eta1: values.number("eta1"),
                eta2: values.number("eta2"),
                grow: values.number("grow"),
                shrink: values.number("shrink"),
                kappa: values.number("kappa"),
                theta: values.number("theta"),
            },
        })
    },
};

const fn ratio(name: &'static str, symbol: &'static str, value: f64, meaning: &'static str) -> Parameter {
    let span = Span::Linear { min: 0.0, max: 1.0 };
    Parameter { name, symbol, default: Default::Fixed(value), span, meaning, source: SOURCE }
}

const fn factor(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    let span = Span::Log { min: 1.01, max: 100.0 };
    Parameter { name, symbol, default: Default::Fixed(2.0), span, meaning, source: SOURCE }
}

/// What does not change during a run.
#[derive(Clone, Copy)]
struct Rules {
    solver: Solver,
    /// Of the past and of the new gradient in the accumulator.
    weights: [f64; 2],
    epsilon: f64,
    radius_max: f64,
    eta1: f64,
    eta2: f64,
    grow: f64,
    shrink: f64,
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
    moment: Option<SecondMoment>,
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
        let metric = self.moment.as_mut().map_or(Metric::Sphere, |moment| {
            let [keep, weight] = self.rules.weights;
            moment.update(keep, weight, &g);
            moment.metric(Epsilon::Floor(self.rules.epsilon))
        });
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

        let mut trial = copy(&self.x);
        trial.iter_mut().zip(&solution.step).for_each(|(x, s)| *x += s);
        let predicted = solution.model_decrease;
        let still = solution.step.iter().all(|s| *s == 0.0);
        let (actual, ratio) = if still {
            (0.0, f64::NAN)
        } else {
            let actual = here.f - oracle.trial_value(&trial);
            // Both decreases are known up to the rounding of f (Conn, Gould, Toint 2000, §17.4.2).
            let rounding = 10.0 * f64::EPSILON * here.f.abs();
            (actual, (actual + rounding) / (predicted + rounding))
        };
        let success = ratio >= rules.eta1 && actual.is_finite() && all_finite(&trial);
        let radius = self.radius;
        let step = Step {
            from: copy(&self.x),
            trial: copy(&solution.step),
            x: copy(if success { &trial } else { &self.x }),
            verdict: if success || still { Verdict::Accepted } else { Verdict::Rejected },
            phase: Phase::Descent,
            f: here.f,
            gradient_norm: here.gradient_norm,
            predicted,
            actual,
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
        if success {
            self.x = trial;
            self.here = None;
            if ratio >= rules.eta2 {
                self.radius = (rules.grow * radius).min(rules.radius_max);
            }
        } else if !still {
            self.radius = (radius / rules.shrink).max(SMALLEST_RADIUS);
        }
        Ok(step)
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
