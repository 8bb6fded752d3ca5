//! Formulas: values over a grid, single values, and the time from text to tape, beside two expression crates and beside
//! Rosenbrock written in Rust.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{Criterion, criterion_group, criterion_main};
use exmex::Express;
use fasteval::{Compiler, Evaler};
use saddlescope::formula::{Formula, Grid, Scope};
use saddlescope::problem::landscapes;
use saddlescope_benches::problem;
use std::hint::black_box;

const SIDE: usize = 1024;
const ROSENBROCK: &str = "(1-x)^2 + 100*(y-x^2)^2";
const LONG: &str = "3*(1-x)^2*exp(-x^2-(y+1)^2) - 10*(x/5-x^3-y^5)*exp(-x^2-y^2) - exp(-(x+1)^2-y^2)/3 + \
                    0.01*sin(3*x+2*y)*cos(2*x-3*y) + 0.002*(x^2+y^2)^2 + 0.25*exp(-(x-1)^2-(y-2)^2) + x*y/8 + 0.5*cos(x*y)*exp(-y^2) + 1";

fn grid_of(domain: [f64; 4], origin: &[f64]) -> Grid {
    let n = origin.len();
    let mut corner = origin.to_vec();
    corner[..2].copy_from_slice(&[domain[0], domain[2]]);
    let (mut du, mut dv) = (vec![0.0; n], vec![0.0; n]);
    du[0] = (domain[1] - domain[0]) / (SIDE - 1) as f64;
    dv[1] = (domain[3] - domain[2]) / (SIDE - 1) as f64;
    Grid { origin: corner, du, dv, width: SIDE, height: SIDE }
}

fn grids(c: &mut Criterion) {
    let mut out = vec![0.0; SIDE * SIDE];
    let mut group = c.benchmark_group("grid of 1024x1024 values");
    group.sample_size(10);
    for entry in landscapes() {
        let problem = problem(&entry.id);
        let grid = grid_of(problem.domain(), &problem.starts()[0]);
        group.bench_function(&entry.id, |b| {
            b.iter(|| problem.formula().grid(problem.parameter_values(), black_box(&grid), &mut out));
        });
    }
    let step = 4.0 / (SIDE - 1) as f64;
    let point = |i: usize| (-2.0 + step * (i % SIDE) as f64, -1.0 + step * (i / SIDE) as f64);
    group.bench_function("rosenbrock in Rust", |b| {
        b.iter(|| {
            for (i, f) in out.iter_mut().enumerate() {
                let (x, y) = point(i);
                *f = (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x);
            }
        });
    });
    let exmex = exmex::parse::<f64>(ROSENBROCK).unwrap();
    group.bench_function("rosenbrock by exmex", |b| {
        b.iter(|| {
            for (i, f) in out.iter_mut().enumerate() {
                let (x, y) = point(i);
                *f = exmex.eval(&[x, y]).unwrap();
            }
        });
    });
    group.bench_function("rosenbrock by fasteval", |b| {
        let parser = fasteval::Parser::new();
        let mut slab = fasteval::Slab::new();
        let compiled = parser.parse(ROSENBROCK, &mut slab.ps).unwrap().from(&slab.ps).compile(&slab.ps, &mut slab.cs);
        b.iter(|| {
            for (i, f) in out.iter_mut().enumerate() {
                let (x, y) = point(i);
                let mut lookup = |name: &str, _: Vec<f64>| match name {
                    "x" => Some(x),
                    "y" => Some(y),
                    _ => None,
                };
                *f = compiled.eval(&slab, &mut lookup).unwrap();
            }
        });
    });
    group.finish();
}

fn text_to_tape(c: &mut Criterion) {
    let scope = Scope { dim: 2, ..Scope::default() };
    let mut group = c.benchmark_group("text to tape");
    for (name, text) in [("rosenbrock", ROSENBROCK), ("200 characters", LONG)] {
        group.bench_function(format!("{name}: saddlescope, with gradient and Hessian"), |b| {
            b.iter(|| Formula::parse(black_box(text), &scope).unwrap());
        });
        group.bench_function(format!("{name}: exmex, value only"), |b| b.iter(|| exmex::parse::<f64>(black_box(text)).unwrap()));
        group.bench_function(format!("{name}: fasteval, value only"), |b| {
            let parser = fasteval::Parser::new();
            b.iter(|| {
                let mut slab = fasteval::Slab::new();
                parser.parse(black_box(text), &mut slab.ps).unwrap().from(&slab.ps).compile(&slab.ps, &mut slab.cs)
            });
        });
    }
    group.finish();
}

fn single_values(c: &mut Criterion) {
    let problem = problem("rosenbrock");
    let formula = problem.formula();
    let p = problem.parameter_values();
    let (mut g, mut h) = ([0.0; 2], [0.0; 4]);
    let x = [-1.2, 1.0];
    let mut group = c.benchmark_group("one point of rosenbrock");
    group.bench_function("value", |b| b.iter(|| formula.value(p, black_box(&x))));
    group.bench_function("value, gradient", |b| b.iter(|| formula.value_gradient(p, black_box(&x), &mut g)));
    group.bench_function("value, gradient, Hessian", |b| {
        b.iter(|| formula.value_gradient_hessian(p, black_box(&x), &mut g, &mut h));
    });
    let exmex = exmex::parse::<f64>(ROSENBROCK).unwrap();
    group.bench_function("value by exmex", |b| b.iter(|| exmex.eval(black_box(&x)).unwrap()));
    group.finish();
}

criterion_group!(benches, text_to_tape, single_values, grids);
criterion_main!(benches);
