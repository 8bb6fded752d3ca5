//! First-order steps with their recording, beside the bare method and beside loops written by hand and by a peer.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use saddlescope::linalg::Rng;
use saddlescope::optim::{Counts, Oracle, Setting};
use saddlescope_benches::{problem, rosenbrock, run};
use std::convert::Infallible;
use std::hint::black_box;

const STEPS: u64 = 100_000;
const MILLION: u64 = 1_000_000;
const TINY: f64 = 1e-6;

/// Gradient descent written by hand on a gradient written by hand: the floor.
fn by_hand(steps: u64) -> [f64; 2] {
    let mut x = [-1.2, 1.0];
    for _ in 0..steps {
        let g = rosenbrock::gradient(black_box(x[0]), x[1]);
        x = [x[0] - TINY * g[0], x[1] - TINY * g[1]];
    }
    x
}

struct Rosenbrock;

impl basin::CostFunction for Rosenbrock {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;
    fn cost(&self, x: &Vec<f64>) -> Result<f64, Infallible> {
        Ok(rosenbrock::value(x[0], x[1]))
    }
}

impl basin::Gradient for Rosenbrock {
    type Gradient = Vec<f64>;
    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        Ok(rosenbrock::gradient(x[0], x[1]).to_vec())
    }
}

fn by_basin(steps: u64) -> f64 {
    let solver = basin::GradientDescent::new(TINY);
    let start = basin::FirstOrderState::new(vec![-1.2, 1.0]);
    basin::Executor::new(Rosenbrock, solver, start).max_iter(steps).run().unwrap().cost()
}

fn methods(c: &mut Criterion) {
    for landscape in ["rosenbrock", "mueller_brown", "peaks"] {
        let problem = problem(landscape);
        let mut group = c.benchmark_group(format!("steps on {landscape}"));
        group.throughput(Throughput::Elements(STEPS));
        for method in ["gd", "adam"] {
            let settings = [("step_size", Setting::Number(TINY))];
            let fresh = || run(&problem, method, &settings, STEPS, 0.0);
            group.bench_function(format!("{method}, bare"), |b| {
                b.iter_batched(
                    || fresh().setup().clone(),
                    |setup| {
                        let mut optimizer = setup.method.start(&setup.settings, setup.scales, &setup.start).unwrap();
                        let mut oracle = Oracle::new(&*problem, Rng::new(1), Counts::default());
                        for _ in 0..STEPS {
                            black_box(optimizer.step(&mut oracle).unwrap());
                        }
                        optimizer.position()[0]
                    },
                    BatchSize::PerIteration,
                );
            });
            group.bench_function(format!("{method}, driven and recorded"), |b| {
                b.iter_batched(fresh, |mut run| (run.advance(STEPS), run), BatchSize::PerIteration);
            });
        }
        if landscape == "rosenbrock" {
            group.bench_function("gd by hand in Rust", |b| b.iter(|| by_hand(STEPS)));
            group.bench_function("gd by basin", |b| b.iter(|| by_basin(STEPS)));
        }
        group.finish();
    }
}

fn million(c: &mut Criterion) {
    let problem = problem("rosenbrock");
    let mut group = c.benchmark_group("a million gd steps with trace");
    group.sample_size(10);
    let settings = [("step_size", Setting::Number(TINY))];
    group.bench_function("rosenbrock", |b| {
        b.iter_batched(
            || run(&problem, "gd", &settings, MILLION, 0.0),
            |mut run| {
                assert_eq!(run.advance(MILLION), MILLION);
                assert!(run.trace().bytes() < 64 << 20);
                run
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = methods, million
}
criterion_main!(benches);
