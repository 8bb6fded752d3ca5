//! One trust-region subproblem, in the plane and in many variables, beside argmin's Steihaug; basin keeps its solvers to itself.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use argmin::core::Executor;
use argmin::solver::trustregion::{Steihaug, TrustRegionRadius as _};
use criterion::{Criterion, criterion_group, criterion_main};
use saddlescope::linalg::{Metric, Rng, mat_vec, norm};
use saddlescope::optim::StepError;
use saddlescope::optim::subproblem::{self, Curvature, Solver};
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

fn by_argmin(g: &[f64], h: &[f64]) -> Vec<f64> {
    let mut solver: Steihaug<Vec<f64>, f64> = Steihaug::new().with_max_iters(50.min(2 * g.len() as u64));
    solver.set_radius(1.0);
    let hessian: Vec<Vec<f64>> = h.chunks_exact(g.len()).map(<[f64]>::to_vec).collect();
    let executor = Executor::new(Model, solver);
    let result =
        executor.configure(|state| state.param(vec![0.0; g.len()]).gradient(g.to_vec()).hessian(hessian)).ctrlc(false).run();
    result.unwrap().state.take_param().unwrap()
}

fn subproblems(c: &mut Criterion) {
    for (name, g, h) in PROBLEMS {
        let mut group = c.benchmark_group(format!("subproblem, {name}"));
        for solver in Solver::ALL {
            group.bench_function(solver.name(), |b| b.iter(|| solver.solve(black_box(&g), black_box(&h), &Metric::Sphere, 1.0)));
        }
        group.bench_function("cubic", |b| b.iter(|| subproblem::cubic(black_box(&g), black_box(&h), 1.0)));
        group.bench_function("argmin steihaug", |b| b.iter(|| by_argmin(black_box(&g), black_box(&h))));
        group.finish();
    }
}

/// A random symmetric H with eigenvalues of both signs and a random g: the minimizer is on the boundary.
fn random(n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut rng = Rng::new(n as u64);
    let (mut g, mut h) = (vec![0.0; n], vec![0.0; n * n]);
    rng.fill_normal(&mut g);
    for i in 0..n {
        for j in 0..=i {
            h[i * n + j] = rng.normal() / (n as f64).sqrt();
            h[j * n + i] = h[i * n + j];
        }
    }
    (g, h)
}

/// The Krylov solvers stop at a relative residual of 10⁻⁶ or after 50 products, as methods have them; basin keeps its solvers to itself.
fn dimensions(c: &mut Criterion) {
    for n in [10, 100, 1000] {
        let (g, h) = random(n);
        let mut group = c.benchmark_group(format!("subproblem, {n} variables"));
        group.sample_size(10);
        let product = |v: &[f64], hv: &mut [f64]| -> Result<(), StepError> {
            mat_vec(&h, v, hv);
            Ok(())
        };
        let tolerance = 1e-6 * norm(&g);
        let (ball, limit) = (Metric::Sphere, 50);
        group.bench_function("exact", |b| b.iter(|| subproblem::exact(black_box(&g), &h, &ball, 1.0)));
        group.bench_function("steihaug", |b| {
            b.iter(|| subproblem::steihaug(black_box(&g), product, &ball, 1.0, tolerance, limit));
        });
        group.bench_function("lanczos", |b| {
            b.iter(|| subproblem::lanczos(black_box(&g), product, &ball, 1.0, 1e-6, limit, Curvature::Seen));
        });
        group.bench_function("cauchy", |b| b.iter(|| subproblem::cauchy(black_box(&g), product, &ball, 1.0)));
        group.bench_function("dogleg", |b| b.iter(|| subproblem::dogleg(black_box(&g), &h, &ball, 1.0)));
        group.bench_function("cubic lanczos", |b| b.iter(|| subproblem::cubic_lanczos(black_box(&g), product, 1.0, 1e-6, limit)));
        if n < 1000 {
            group.bench_function("cubic", |b| b.iter(|| subproblem::cubic(black_box(&g), &h, 1.0)));
        }
        group.bench_function("argmin steihaug", |b| b.iter(|| by_argmin(black_box(&g), black_box(&h))));
        group.finish();
    }
}

criterion_group!(benches, subproblems, dimensions);
criterion_main!(benches);
