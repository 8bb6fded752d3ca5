//! Methods that search along a line.

use crate::objectives::{HIMMELBLAU, PLANES, Plane, QUAD_ILL, ROSENBROCK, SADDLE_BOUNDED, run, set, start};
use saddlescope::linalg::{Metric, Rng, dot, norm};
use saddlescope::optim::{Counts, Geometry, Oracle, Settings, Step, StepError};
use saddlescope::problem::Objective;

const BETAS: [&str; 5] = ["fletcher_reeves", "polak_ribiere", "hestenes_stiefel", "dai_yuan", "hager_zhang"];

/// ½ Σ λᵢxᵢ² with λ from 1 to 40.
struct Bowl(usize);

impl Bowl {
    fn curvature(&self, i: usize) -> f64 {
        1.0 + 39.0 * i as f64 / (self.0 - 1) as f64
    }
}

impl Objective for Bowl {
    fn dim(&self) -> usize {
        self.0
    }

    fn value(&self, x: &[f64]) -> f64 {
        x.iter().enumerate().map(|(i, v)| 0.5 * self.curvature(i) * v * v).sum()
    }

    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.iter_mut().zip(x).enumerate().for_each(|(i, (g, v))| *g = self.curvature(i) * v);
        self.value(x)
    }

    fn hessian_vector(&self, _x: &[f64], v: &[f64], product: &mut [f64]) {
        product.iter_mut().zip(v).enumerate().for_each(|(i, (p, v))| *p = self.curvature(i) * v);
    }
}

/// Every method with a strong-Wolfe search, with this c₂.
fn searched(c2: f64) -> Vec<(&'static str, Settings)> {
    let c2 = [("line_search_c2", c2)];
    let mut all = vec![("gd", set(&c2, &[("line_search", "wolfe")])), ("bfgs", set(&c2, &[])), ("lbfgs", set(&c2, &[]))];
    all.extend(BETAS.map(|beta| ("cg", set(&c2, &[("conjugacy", beta)]))));
    all
}

fn slope(f: &Plane, x: &[f64], s: &[f64]) -> f64 {
    dot(&(f.gradient)(x[0], x[1]), s)
}

/// Lengths tried along the line, in the units of p or of the gradient step.
fn tried(step: &Step) -> usize {
    match &step.geometry {
        Geometry::TrustRegion(region) => region.path.len(),
        Geometry::Line { tried, .. } => tried.len(),
        _ => 0,
    }
}

#[test]
fn accepted_steps_satisfy_the_strong_wolfe_conditions() {
    let mut checked = 0;
    for c2 in [0.1, 0.45] {
        for (id, settings) in searched(c2) {
            for f in &PLANES {
                let (records, _) = run(id, &settings, f, &f.start, 30, 0);
                for (k, r) in records.iter().enumerate().filter(|(_, r)| r.gradient_norm > 1e-6) {
                    let label = format!("{id} on {} step {k}", f.name);
                    let before = slope(f, &r.from, &r.trial);
                    let after = slope(f, &r.x, &r.trial);
                    assert!(before < 0.0 && r.actual >= -1e-4 * before - 1e-11, "{label}: {} of {before}", r.actual);
                    assert!(after.abs() <= c2 * before.abs() * (1.0 + 1e-6), "{label}: slope {before} to {after}");
                    assert!((r.actual - (r.f - f.value(&r.x))).abs() <= 1e-12 * r.f.abs().max(1.0), "{label}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 500, "{checked}");
}

#[test]
fn backtracking_takes_the_first_half_that_falls_enough() {
    let settings = set(&[("step_size", 0.1)], &[("line_search", "backtracking")]);
    let (records, counts) = run("gd", &settings, &ROSENBROCK, &ROSENBROCK.start, 100, 0);
    let mut halved = 0;
    for r in &records {
        let g = (ROSENBROCK.gradient)(r.from[0], r.from[1]);
        let length = norm(&r.trial) / norm(&g);
        let falls = |a: f64| {
            let at = [r.from[0] - a * g[0], r.from[1] - a * g[1]];
            ROSENBROCK.value(&at) <= r.f - 1e-4 * a * dot(&g, &g)
        };
        assert!(falls(length * (1.0 - 1e-9)) && (length > 0.099 || !falls(2.0 * length)), "{length}");
        halved += tried(r) - 1;
    }
    assert!(halved > 100);
    assert_eq!((counts.gradient, counts.value), (100, 100 + halved as u64));
}

/// A strong-Wolfe search asks one gradient a length, and keeps that of the length it takes.
#[test]
fn counts_are_the_lengths_tried() {
    for (id, settings) in searched(0.1) {
        let (records, counts) = run(id, &settings, &ROSENBROCK, &ROSENBROCK.start, 15, 0);
        let lengths: usize = records.iter().map(tried).sum();
        assert_eq!((counts.gradient, counts.value), (1 + lengths as u64, 0), "{id}");
    }
}

/// With searches that are nearly exact, conjugate gradients and quasi-Newton methods end in n steps on a quadratic
/// (Nocedal, Wright 2006, Theorems 5.1 and 6.4); steepest descent does not.
#[test]
fn quadratics_take_n_exact_searches() {
    for n in [2, 5, 8] {
        let f = Bowl(n);
        let x: Vec<f64> = (0..n).map(|i| 2.0 - i as f64 / 3.0).collect();
        for (id, settings) in searched(1e-9) {
            let (records, _) = run(id, &settings, &f, &x, n + 1, 0);
            let left = records[n].gradient_norm / records[0].gradient_norm;
            assert_eq!(left < 1e-6, id != "gd", "{id} in dimension {n}: {left:e}");
        }
    }
}

#[test]
fn rosenbrock_converges() {
    for (id, settings) in searched(0.1) {
        let steps = if id == "gd" { 20_000 } else { 200 };
        let (records, _) = run(id, &settings, &ROSENBROCK, &ROSENBROCK.start, steps, 0);
        let k = records.iter().position(|r| r.gradient_norm < 1e-6);
        assert!(k.is_some(), "{id} {settings:?}: {:e}", records.last().unwrap().gradient_norm);
    }
    for id in ["bfgs", "lbfgs"] {
        let (records, _) = run(id, &Settings::new(), &ROSENBROCK, &ROSENBROCK.start, 60, 0);
        assert!(records.iter().any(|r| r.gradient_norm < 1e-8), "{id} with its defaults");
    }
}

/// Bₖ₊₁sₖ = yₖ, and B grows into the Hessian of a quadratic.
#[test]
fn regions_of_quasi_newton_steps_satisfy_the_secant_equation() {
    for id in ["bfgs", "lbfgs"] {
        for f in [ROSENBROCK, HIMMELBLAU] {
            let (records, _) = run(id, &Settings::new(), &f, &f.start, 12, 0);
            for pair in records.windows(2).filter(|pair| pair[0].gradient_norm > 1e-3) {
                let Geometry::TrustRegion(region) = &pair[1].geometry else { panic!("{id}: no region") };
                let (old, new) = (&pair[0].from, &pair[1].from);
                let (a, b) = ((f.gradient)(old[0], old[1]), (f.gradient)(new[0], new[1]));
                let y = [b[0] - a[0], b[1] - a[1]];
                if dot(&y, &pair[0].trial) <= 1e-8 * norm(&y) * norm(&pair[0].trial) {
                    continue;
                }
                let mut bs = [0.0; 2];
                region.metric.apply(&pair[0].trial, &mut bs);
                let error = norm(&[bs[0] - y[0], bs[1] - y[1]]);
                assert!(error <= 1e-9 * norm(&y), "{id} on {}: {error:e}", f.name);
            }
        }
        let (records, _) = run(id, &set(&[("line_search_c2", 1e-9)], &[]), &QUAD_ILL, &QUAD_ILL.start, 3, 0);
        let Geometry::TrustRegion(region) = &records[2].geometry else { panic!("{id}: no region") };
        let b = region.metric.to_matrix(2);
        assert!([1.0, 0.0, 0.0, 25.0].iter().zip(&b).all(|(h, b)| (h - b).abs() < 1e-4), "{id}: {b:?}");
    }
}

/// A matrix is recorded while it is no larger than the pairs.
#[test]
fn a_large_problem_records_the_line() {
    for (n, memory, dense) in [(8, 4.0, true), (9, 4.0, false)] {
        let (records, _) = run("lbfgs", &set(&[("memory", memory)], &[]), &Bowl(n), &vec![1.0; n], 4, 0);
        let full = |r: &Step| matches!(&r.geometry, Geometry::TrustRegion(region) if matches!(region.metric, Metric::Full(_)));
        assert_eq!(full(&records[2]), dense);
        assert_eq!(matches!(&records[2].geometry, Geometry::Line { .. }), !dense);
    }
}

#[test]
fn nothing_moves_at_zero_gradient() {
    for (id, settings) in searched(0.1) {
        let (records, counts) = run(id, &settings, &SADDLE_BOUNDED, &[0.0, 0.0], 5, 0);
        assert!(records.len() == 5 && records.iter().all(|r| r.x.as_slice() == [0.0, 0.0]), "{id}");
        assert_eq!(counts.gradient, 1, "{id}");
    }
}

#[test]
fn searches_are_bounded_where_f_falls_for_ever() {
    let slide = Plane {
        name: "slide",
        value: |x, y| x - y * y * y,
        gradient: |_, y| [1.0, -3.0 * y * y],
        hessian: |_, y| [0.0, 0.0, -6.0 * y],
        start: [0.0, 1.0],
    };
    for (id, mut settings) in searched(0.1) {
        settings.extend(set(&[("line_search_length", 2.0)], &[]));
        let (records, _) = run(id, &settings, &slide, &slide.start, 20, 0);
        assert_eq!(records.len(), 20, "{id}");
        assert!(records.iter().all(|r| norm(&r.trial) <= 2.0 + 1e-12 && r.actual > 0.0), "{id}");
    }
}

/// f = x − 2√x + y² is not a number for x < 0; its minimum is at (1, 0).
#[test]
fn searches_come_back_from_where_f_is_no_number() {
    let edge = Plane {
        name: "edge",
        value: |x, y| x - 2.0 * x.sqrt() + y * y,
        gradient: |x, y| [1.0 - 1.0 / x.sqrt(), 2.0 * y],
        hessian: |x, _| [0.5 / (x * x.sqrt()), 0.0, 2.0],
        start: [9.0, 3.0],
    };
    let mut methods = searched(0.1);
    methods.push(("gd", set(&[("step_size", 40.0)], &[("line_search", "backtracking")])));
    for (id, mut settings) in methods {
        settings.entry("step_size".to_owned()).or_insert(saddlescope::optim::Setting::Number(40.0));
        let (records, _) = run(id, &settings, &edge, &edge.start, 300, 0);
        let last = records.last().unwrap();
        assert!(records.iter().any(|r| tried(r) > 1) && norm(&[last.x[0] - 1.0, last.x[1]]) < 1e-5, "{id}: {:?}", last.x);
    }
}

/// At the foot of a cliff no length is good, and the run ends with a sentence.
#[test]
fn a_search_without_end_is_a_sentence() {
    let cliff = Plane {
        name: "cliff",
        value: |x, _| if x < 0.0 { 2.0 } else { 1.0 },
        gradient: |_, _| [1.0, 0.0],
        hessian: |_, _| [0.0; 3],
        start: [0.0, 0.0],
    };
    for (id, settings) in searched(0.1) {
        let mut machine = start(id, &settings, &cliff.start);
        let mut oracle = Oracle::new(&cliff, Rng::new(0), Counts::default());
        let outcome = machine.step(&mut oracle);
        assert!(matches!(outcome, Err(StepError::Finished(_))) && machine.position() == [0.0, 0.0], "{id}: {outcome:?}");
    }
}
