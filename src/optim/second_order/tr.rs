//! The trust-region method with a ball or an adaptive ellipsoid.

use super::part::Part;
use crate::linalg::{Metric, Vector, copy, norm, zeros};
use crate::optim::subproblem::{self, Curvature, Solution, Solver, Stop};
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
///
/// A trial asks one value, f(x + s): f(x) is known from the trial that led to x, or comes with the gradient (Kohler, Adolphs, Lucchi
/// count two). A new iterate asks one gradient, and a Hessian for the dense solvers, or k products for the others: 1 + k backpropagations;
/// after a rejected trial the derivatives are kept, unless they are those of batches.
pub(in crate::optim) const TR: Method = Method {
    id: "tr",
    name: "Trust region",
    family: Family::SecondOrder,
    formula: "x ← x + argmin { gᵀs + ½ sᵀHs : ‖s‖_M ≤ Δ } if ρ ≥ η₁",
    summary: "Trusts a quadratic model as far as it has proved right; the exact solver leaves strict saddles even at g = 0.",
    source: "Conn, Gould, Toint 2000, Algorithm 6.1.1; Kohler, Adolphs, Lucchi 2020, Algorithm 1",
    parameters: &[
        trust::metric(&["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full", "adam", "adam_full", "matrix"]),
        Parameter {
            name: "matrix",
            symbol: "A",
            default: Default::Fixed(0.0),
            span: Span::Matrix,
            meaning: "the ellipsoid of the metric matrix: sᵀAs ≤ Δ²; rows such as 4,1;1,2, the ball where it is empty",
            source: "Conn, Gould, Toint 2000, §6.7",
        },
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
            meaning: "steihaug and gltr stop at ‖r‖ ≤ ‖g‖ min(κ, ‖g‖^θ), or steihaug by the decrease",
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
        Parameter {
            name: "stop",
            symbol: "stop",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["residual", "decrease"] },
            meaning: "steihaug ends by its residual, or where a product adds at most the share min(κ, ‖g‖^θ) to the model's decrease",
            source: "Kohler, Adolphs, Lucchi 2020, released code",
        },
        Parameter {
            name: "curvature",
            symbol: "λ_min",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["probed", "seen"] },
            meaning: "gltr goes on from a random direction until the smallest curvature has settled, or takes what its Krylov space shows",
            source: "Conn, Gould, Toint 2000, §6.6 (eigenpoint)",
        },
        Parameter {
            name: "count",
            symbol: "#∇",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["1+k", "released"] },
            meaning: "backpropagations of a step of steihaug or gltr with k products: 1+k, or max(k−1, 1) as in the plots of the released code",
            source: "Kohler, Adolphs, Lucchi 2020, released code",
        },
        batch("gradient_batch", "b∇", "samples of a gradient and of the values in ρ, drawn anew for each trial; 0: all"),
        batch("hessian_batch", "b∇²", "samples of a Hessian or its products, drawn anew for each trial; 0: all"),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let shape = match values.choice("metric") {
            "matrix" => Shape::fixed(values.matrix("matrix").map_or(Metric::Sphere, |a| Metric::Full(a.clone()))),
            metric => Shape::new(metric, values.number("beta"), values.number("epsilon"), start.len()),
        };
        Box::new(TrustRegion {
            x: copy(start),
            radius: values.number("radius"),
            shape,
            here: Local { f: f64::NAN, gradient_norm: f64::NAN, g: zeros(start.len()), h: zeros(0), metric: Metric::Sphere },
            parts: [Part::Whole, Part::Whole],
            known: false,
            moved: true,
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
                by_decrease: values.choice("stop") == "decrease",
                curvature: if values.choice("curvature") == "probed" { Curvature::Probed } else { Curvature::Seen },
                as_released: values.choice("count") == "released",
                batches: [values.integer("gradient_batch"), values.integer("hessian_batch")],
            },
        })
    },
};

const fn batch(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    let span = Span::Integer { min: 0, max: 1_000_000 };
    Parameter { name, symbol, default: Default::Fixed(0.0), span, meaning, source: "Kohler, Adolphs, Lucchi 2020, Section 4" }
}

/// What does not change during a run.
#[derive(Clone, Copy)]
struct Rules {
    solver: Solver,
    radius: RadiusRule,
    kappa: f64,
    theta: f64,
    /// Whether Steihaug's iteration ends by the model's decrease.
    by_decrease: bool,
    /// What GLTR asks of the curvature.
    curvature: Curvature,
    /// Whether a step of k products is charged max(k − 1, 1) backpropagations: the released code's count by the zero-based index
    /// of the last product.
    as_released: bool,
    /// Of gradients and of Hessians; 0 for all.
    batches: [usize; 2],
}

/// What is asked at the iterate.
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
    here: Local,
    /// Of what the gradient with the values, and the Hessian, are asked.
    parts: [Part; 2],
    /// Whether `here` holds: over rejected trials, unless it comes from batches.
    known: bool,
    /// Whether the accumulator has yet to take in the gradient at this iterate.
    moved: bool,
    rules: Rules,
}

impl TrustRegion {
    /// Asks the derivatives at a new iterate; the accumulator takes the gradient in.
    fn look(&mut self, oracle: &mut Oracle<'_>) -> Result<(), StepError> {
        let (n, here) = (self.x.len(), &mut self.here);
        if here.h.is_empty() && matches!(self.rules.solver, Solver::Exact | Solver::Dogleg) {
            here.h = zeros(n * n);
        }
        if self.rules.batches != [0, 0] {
            self.parts = self.rules.batches.map(|size| Part::draw(size, oracle));
        }
        let [gradient, hessian] = &self.parts;
        here.f = Part::derivatives([gradient, hessian], &self.x, &mut here.g, &mut here.h, oracle)?;
        here.gradient_norm = norm(&here.g);
        if std::mem::take(&mut self.moved) {
            here.metric = self.shape.update(&here.g);
        }
        self.known = true;
        Ok(())
    }
}

impl Rules {
    fn solve(
        &self,
        x: &[f64],
        here: &Local,
        hessian: &Part,
        radius: f64,
        oracle: &mut Oracle<'_>,
    ) -> Result<Solution, StepError> {
        let Local { g, h, metric, .. } = here;
        let tolerance = subproblem::forcing_tolerance(here.gradient_norm, self.kappa, self.theta);
        let limit = MOST_PRODUCTS.min(2 * g.len());
        let product = |v: &[f64], hv: &mut [f64]| hessian.product(x, v, hv, oracle);
        match self.solver {
            Solver::Exact => Ok(subproblem::exact(g, h, metric, radius)),
            Solver::Dogleg => Ok(subproblem::dogleg(g, h, metric, radius)),
            Solver::Steihaug => {
                let stop =
                    if self.by_decrease { Stop::Decrease(tolerance / here.gradient_norm) } else { Stop::Residual(tolerance) };
                subproblem::steihaug_until(g, product, metric, radius, stop, limit)
            }
            Solver::Lanczos => {
                subproblem::lanczos(g, product, metric, radius, tolerance / here.gradient_norm, limit, self.curvature)
            }
            Solver::Cauchy => subproblem::cauchy(g, product, metric, radius),
        }
    }
}

impl Optimizer for TrustRegion {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let charged = oracle.backpropagations();
        if !self.known {
            self.look(oracle)?;
        }
        let (radius, rules, here) = (self.radius, &self.rules, &self.here);
        let [values, hessian] = &self.parts;
        // Read in place: a solution is some hundred bytes.
        let mut solved = rules.solve(&self.x, here, hessian, radius, oracle);
        let solution = match &mut solved {
            Ok(solution) => solution,
            Err(error) => return Err(error.clone()),
        };
        // With λ = 0 in the hard case the model is flat along the null space: of its minimizers the exact solver takes the shortest.
        if solution.exit == Exit::HardCase && solution.multiplier == 0.0 && rules.solver == Solver::Exact {
            *solution = solution.shortest(&here.metric);
        }
        let predicted = solution.model_decrease;
        if rules.as_released && matches!(rules.solver, Solver::Steihaug | Solver::Lanczos) {
            oracle.recount(charged, (solution.products as u64).saturating_sub(1).max(1));
        }
        let trial = rules.radius.judge(&self.x, here.f, &solution.step, predicted, |point| values.value(point, oracle));
        self.radius = rules.radius.next_radius(radius, &trial);
        self.known = !trial.taken && rules.batches == [0, 0];
        self.moved |= trial.taken;
        let next = if trial.taken { trial.point } else { copy(&self.x) };
        let from = std::mem::replace(&mut self.x, next);
        Ok(Step {
            trial: copy(&solution.step),
            x: copy(&self.x),
            verdict: if trial.taken || trial.still { Verdict::Accepted } else { Verdict::Rejected },
            phase: Phase::Descent,
            f: here.f,
            gradient_norm: here.gradient_norm,
            predicted,
            actual: trial.actual,
            geometry: Geometry::TrustRegion(Region {
                center: copy(&from),
                metric: here.metric.clone(),
                radius,
                linear: copy(&here.g),
                second_order: true,
                step: std::mem::take(&mut solution.step),
                path: std::mem::take(&mut solution.path),
                exit: solution.exit,
                multiplier: solution.multiplier,
            }),
            from,
        })
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        (self.known, self.moved) = (false, true);
    }
}
