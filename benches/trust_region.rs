//! A whole trust-region run on Rosenbrock from (-1.2, 1) to ‖∇f‖ ≤ 1e-8, with its recording, beside argmin and basin.
//!
//! The peers call a Rosenbrock written in Rust; saddlescope interprets the formula that a user would type. All take the
//! radii of Nocedal and Wright's Algorithm 4.1 as far as they can be set: first 1, largest 100, steps accepted from
//! ρ = 1/8, growth by 2 from ρ = 3/4, shrinking by 4. argmin has no test of the gradient: it ends at the value of f that
//! saddlescope reaches, or at 1e-18.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a benchmark")]

use argmin::core::{CostFunction as _, Executor as ArgminExecutor, State as _};
use criterion::{Criterion, criterion_group, criterion_main};
use nalgebra::{DMatrix, DVector};
use saddlescope::optim::Setting;
use saddlescope::problem::FormulaProblem;
use saddlescope::run::Setup;
use saddlescope_benches::rosenbrock::{gradient, hessian, value};
use saddlescope_benches::{problem, setup, started};
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;

const START: [f64; 2] = [-1.2, 1.0];
const GRADIENT: f64 = 1e-8;

struct Rosenbrock;

impl argmin::core::CostFunction for Rosenbrock {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, p: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok(value(p[0], p[1]))
    }
}

impl argmin::core::Gradient for Rosenbrock {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, p: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        Ok(gradient(p[0], p[1]).to_vec())
    }
}

impl argmin::core::Hessian for Rosenbrock {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;
    fn hessian(&self, p: &Vec<f64>) -> Result<Vec<Vec<f64>>, argmin::core::Error> {
        let h = hessian(p[0], p[1]);
        Ok(vec![vec![h[0], h[1]], vec![h[2], h[3]]])
    }
}

struct BasinRosenbrock;

impl basin::CostFunction for BasinRosenbrock {
    type Param = DVector<f64>;
    type Output = f64;
    type Error = Infallible;
    fn cost(&self, x: &DVector<f64>) -> Result<f64, Infallible> {
        Ok(value(x[0], x[1]))
    }
}

impl basin::Gradient for BasinRosenbrock {
    type Gradient = DVector<f64>;
    fn gradient(&self, x: &DVector<f64>) -> Result<DVector<f64>, Infallible> {
        Ok(DVector::from_row_slice(&gradient(x[0], x[1])))
    }
}

impl basin::Hessian for BasinRosenbrock {
    type Hessian = DMatrix<f64>;
    fn hessian(&self, x: &DVector<f64>) -> Result<DMatrix<f64>, Infallible> {
        Ok(DMatrix::from_row_slice(2, 2, &hessian(x[0], x[1])))
    }
}

struct BasinVec;

impl basin::CostFunction for BasinVec {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;
    fn cost(&self, x: &Vec<f64>) -> Result<f64, Infallible> {
        Ok(value(x[0], x[1]))
    }
}

impl basin::Gradient for BasinVec {
    type Gradient = Vec<f64>;
    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        Ok(gradient(x[0], x[1]).to_vec())
    }
}

impl basin::HessianProduct for BasinVec {
    fn hessian_product(&self, x: &Vec<f64>, v: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        let h = hessian(x[0], x[1]);
        Ok(vec![h[0] * v[0] + h[1] * v[1], h[2] * v[0] + h[3] * v[1]])
    }
}

struct Ours {
    problem: Arc<FormulaProblem>,
    setup: Setup,
}

impl Ours {
    fn new(solver: &str) -> Self {
        let rules = [("radius", 1.0), ("radius_max", 100.0), ("eta1", 0.125), ("eta2", 0.75), ("grow", 2.0), ("shrink", 4.0)];
        let mut settings = vec![("solver", Setting::Name(solver.to_owned()))];
        settings.extend(rules.map(|(name, value)| (name, Setting::Number(value))));
        let problem = problem("rosenbrock");
        Self { setup: setup(&problem, "tr", &settings, 200, GRADIENT), problem }
    }

    fn run(&self) -> (f64, u64) {
        let mut run = started(&self.problem, self.setup.clone());
        run.advance(200);
        (value(run.position()[0], run.position()[1]), run.len())
    }
}

fn argmin_steihaug(target: f64) -> (f64, u64) {
    use argmin::solver::trustregion::{Steihaug, TrustRegion};
    let solver = TrustRegion::new(Steihaug::new().with_max_iters(20));
    let result = ArgminExecutor::new(Rosenbrock, solver)
        .configure(|state| state.param(START.to_vec()).max_iters(200).target_cost(target))
        .run()
        .unwrap();
    let best = result.state().get_best_param().unwrap();
    (Rosenbrock.cost(best).unwrap(), result.state().get_iter())
}

fn basin_steihaug() -> (f64, u64) {
    let solver = basin::TrustRegion::new().with_absolute_gradient_tolerance(GRADIENT);
    let start = basin::FirstOrderState::new(DVector::from_row_slice(&START));
    let result = basin::Executor::new(BasinRosenbrock, solver, start).max_iter(200).run().unwrap();
    (result.cost(), result.iter())
}

fn basin_matrix_free() -> (f64, u64) {
    let solver = basin::TrustRegion::matrix_free().with_absolute_gradient_tolerance(GRADIENT);
    let start = basin::FirstOrderState::new(START.to_vec());
    let result = basin::Executor::new(BasinVec, solver, start).max_iter(200).run().unwrap();
    (result.cost(), result.iter())
}

fn basin_more_sorensen() -> (f64, u64) {
    let solver = basin::TrustRegion::with_subproblem(basin::MoreSorensen::new()).with_absolute_gradient_tolerance(GRADIENT);
    let start = basin::FirstOrderState::new(DVector::from_row_slice(&START));
    let result = basin::Executor::new(BasinRosenbrock, solver, start).max_iter(200).run().unwrap();
    (result.cost(), result.iter())
}

/// A name and a run: the final f and the number of steps.
type Row<'a> = (&'a str, &'a dyn Fn() -> (f64, u64));

fn rosenbrock(c: &mut Criterion) {
    let [steihaug, exact] = ["steihaug", "exact"].map(Ours::new);
    let target = steihaug.run().0.max(1e-18);
    let rows: [Row<'_>; 6] = [
        ("saddlescope steihaug", &|| steihaug.run()),
        ("saddlescope exact", &|| exact.run()),
        ("argmin steihaug", &|| argmin_steihaug(target)),
        ("basin steihaug", &basin_steihaug),
        ("basin steihaug, matrix-free", &basin_matrix_free),
        ("basin more-sorensen", &basin_more_sorensen),
    ];
    let mut group = c.benchmark_group("trust region on rosenbrock");
    for (name, body) in rows {
        let (f, steps) = body();
        eprintln!("{name}: f = {f:.1e} after {steps} steps");
        assert!(f < 1e-14, "{name} stopped at f = {f:e}");
        group.bench_function(name, |b| b.iter(|| black_box(body())));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50);
    targets = rosenbrock
}
criterion_main!(benches);
