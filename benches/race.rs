//! A race of 20 methods with 100 seeds and 1,000 steps on one core.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use saddlescope::measure::race::{Axis, Entrant, Landmarks, Quantity, Race, Survey};
use saddlescope::optim::methods;
use saddlescope::problem::{Objective, Problem};
use saddlescope_benches::{problem, setup};
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

const METHODS: usize = 20;
const SEEDS: usize = 100;
const STEPS: u64 = 1000;

fn seconds() -> f64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGIN.elapsed().as_secs_f64()
}

/// The methods that draw random numbers, again from the first where there are fewer than twenty: the others would run once.
fn race(landscape: &str) -> Race {
    let problem = problem(landscape);
    let whole = Problem::from((*problem).clone());
    let mut survey = Survey::new(&whole);
    while !survey.advance(&whole, 1000) {}
    let random: Vec<_> = methods().iter().filter(|m| m.random).collect();
    let entrants: Vec<Entrant> = (0..METHODS)
        .map(|i| {
            let mut setup = setup(&problem, random[i % random.len()].id, &[], STEPS, 0.0);
            setup.seed = i as u64;
            Entrant { name: i.to_string(), setup }
        })
        .collect();
    let start = entrants[0].setup.start.clone();
    let landmarks = Landmarks::new(survey.points(), &start, problem.value(&start), problem.scales().radius);
    Race::new(problem as Arc<dyn Objective>, entrants, SEEDS, landmarks, seconds).unwrap()
}

fn races(c: &mut Criterion) {
    let mut group = c.benchmark_group("race of 20 methods x 100 seeds x 1,000 steps on one core");
    group.sample_size(10);
    group.throughput(Throughput::Elements(METHODS as u64 * SEEDS as u64 * STEPS));
    for landscape in ["saddle_bounded", "rosenbrock", "mueller_brown"] {
        group.bench_function(landscape, |b| {
            b.iter_batched(
                || race(landscape),
                |mut race| {
                    assert!(race.work(f64::INFINITY).is_done());
                    race
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
    let mut group = c.benchmark_group("of that race");
    let mut done = race("saddle_bounded");
    done.work(f64::INFINITY);
    group.bench_function("the table", |b| b.iter(|| black_box(done.standings())));
    group.bench_function("one band", |b| b.iter(|| black_box(done.band(0, Quantity::Gap, Axis::Backpropagations))));
    group.finish();
}

criterion_group!(benches, races);
criterion_main!(benches);
