//! One trust-region subproblem in the plane, beside argmin's Steihaug; basin keeps its solvers to itself.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use argmin::core::Executor;
use argmin::solver::trustregion::{Steihaug, TrustRegionRadius as _};
use criterion::{Criterion, criterion_group, criterion_main};
use saddlescope::linalg::Metric;
use saddlescope::optim::subproblem::Solver;
use std::hint::black_box;

/// (name, gradient, Hessian): where the minimizer lies in the ball of radius 1.
const PROBLEMS: [(&str, [f64; 2], [f64; 4]); 4] = [
    ("interior", [0.3, -0.2], [2.0, 0.5, 0.5, 1.0]),
    ("boundary", [3.0, -2.0], [2.0, 0.5, 0.5, 1.0]),
    ("negative curvature", [1.0, 0.5], [1.0, 0.2, 0.2, -2.0]),
    ("hard case", [0.5, 0.0], [1.0, 0.0, 0.0, -2.0]),
];

/// argmin's solvers ask the function nothing: gradient and Hessian come with the state.
struct Model;

fn by_argmin(g: &[f64; 2], h: &[f64; 4]) -> Vec<f64> {
    let mut solver: Steihaug<Vec<f64>, f64> = Steihaug::new().with_max_iters(4);
    solver.set_radius(1.0);
    let hessian = vec![h[..2].to_vec(), h[2..].to_vec()];
    let executor = Executor::new(Model, solver);
    let result = executor.configure(|state| state.param(vec![0.0; 2]).gradient(g.to_vec()).hessian(hessian)).ctrlc(false).run();
    result.unwrap().state.take_param().unwrap()
}

fn subproblems(c: &mut Criterion) {
    for (name, g, h) in PROBLEMS {
        let mut group = c.benchmark_group(format!("subproblem, {name}"));
        for solver in Solver::ALL {
            group.bench_function(solver.name(), |b| b.iter(|| solver.solve(black_box(&g), black_box(&h), &Metric::Sphere, 1.0)));
        }
        group.bench_function("argmin steihaug", |b| b.iter(|| by_argmin(black_box(&g), black_box(&h))));
        group.finish();
    }
}

criterion_group!(benches, subproblems);
criterion_main!(benches);
