//! First-order steps with their recording, beside the bare method, beside loops written by hand on a gradient written by hand (the
//! floor), and beside basin's gradient descent on that gradient. Neither basin nor argmin has Adam.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a benchmark")]

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use saddlescope::linalg::Rng;
use saddlescope::optim::{Counts, Oracle, Setting};
use saddlescope::problem::Objective as _;
use saddlescope_benches::by_hand::{ByHand, MuellerBrown, Peaks, Rosenbrock};
use saddlescope_benches::{problem, run};
use std::convert::Infallible;
use std::hint::black_box;
use std::marker::PhantomData;

const STEPS: u64 = 100_000;
const MILLION: u64 = 1_000_000;
const TINY: f64 = 1e-6;

/// x ← x − ηg.
fn gd_by_hand<F: ByHand>(mut x: [f64; 2], steps: u64) -> [f64; 2] {
    for _ in 0..steps {
        let g = F::gradient(black_box(x[0]), x[1]);
        x = [x[0] - TINY * g[0], x[1] - TINY * g[1]];
    }
    x
}

/// Adam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ (Kingma, Ba 2015, Algorithm 1).
fn adam_by_hand<F: ByHand>(mut x: [f64; 2], steps: u64) -> [f64; 2] {
    let (mut m, mut v, mut first, mut second) = ([0.0; 2], [0.0; 2], 1.0, 1.0);
    for _ in 0..steps {
        let g = F::gradient(black_box(x[0]), x[1]);
        first *= 0.9;
        second *= 0.999;
        for i in 0..2 {
            m[i] = 0.9 * m[i] + (1.0 - 0.9) * g[i];
            v[i] = 0.999 * v[i] + (1.0 - 0.999) * g[i] * g[i];
            x[i] -= TINY * (m[i] / (1.0 - first)) / ((v[i] / (1.0 - second)).sqrt() + 1e-8);
        }
    }
    x
}

struct ForBasin<F>(PhantomData<F>);

impl<F: ByHand> basin::CostFunction for ForBasin<F> {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;
    fn cost(&self, x: &Vec<f64>) -> Result<f64, Infallible> {
        Ok(F::value(x[0], x[1]))
    }
}

impl<F: ByHand> basin::Gradient for ForBasin<F> {
    type Gradient = Vec<f64>;
    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        Ok(F::gradient(x[0], x[1]).to_vec())
    }
}

fn by_basin<F: ByHand>(start: [f64; 2], steps: u64) -> f64 {
    let solver = basin::GradientDescent::new(TINY);
    let start = basin::FirstOrderState::new(start.to_vec());
    basin::Executor::new(ForBasin::<F>(PhantomData), solver, start).max_iter(steps).run().unwrap().cost()
}

fn methods(c: &mut Criterion) {
    on::<Rosenbrock>(c);
    on::<MuellerBrown>(c);
    on::<Peaks>(c);
}

fn on<F: ByHand>(c: &mut Criterion) {
    let problem = problem(F::ID);
    let mut group = c.benchmark_group(format!("steps on {}", F::ID));
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
    beside::<F>(&mut group);
    group.finish();
}

/// From a start, so many steps.
type Loop = fn([f64; 2], u64) -> [f64; 2];

/// The loops by hand and the peer, once they are seen to do the same.
fn beside<F: ByHand>(group: &mut BenchmarkGroup<'_, WallTime>) {
    let problem = problem(F::ID);
    let start: [f64; 2] = problem.starts()[0].as_slice().try_into().unwrap();
    let loops: [(&str, Loop); 2] = [("gd", gd_by_hand::<F>), ("adam", adam_by_hand::<F>)];
    for (method, by_hand) in loops {
        let mut ours = run(&problem, method, &[("step_size", Setting::Number(TINY))], 1000, 0.0);
        ours.advance(1000);
        let theirs = by_hand(start, 1000);
        assert!(ours.position().iter().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-9), "{method} by hand on {}", F::ID);
        group.bench_function(format!("{method} by hand in Rust"), |b| b.iter(|| by_hand(black_box(start), STEPS)));
    }
    let [x, y] = gd_by_hand::<F>(start, 1000);
    assert!((by_basin::<F>(start, 1000) - problem.value(&[x, y])).abs() < 1e-9, "gd by basin on {}", F::ID);
    group.bench_function("gd by basin", |b| b.iter(|| by_basin::<F>(black_box(start), STEPS)));
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
