//! Lookahead by hand.

use crate::objectives::{Cloud, NOISE, PLANES, QUAD_ILL, ROSENBROCK, SADDLE_BOUNDED, run, set, start};
use saddlescope::linalg::{Rng, norm};
use saddlescope::optim::{Counts, Geometry, Oracle, Phase, Scales, Settings, method, methods};
use saddlescope::problem::Objective;

/// φ ← φ + α(x − φ) after every k-th step of gradient descent; as many gradients as steps.
#[test]
fn around_gradient_descent_it_is_the_formula() {
    let (k, alpha, eta) = (4, 0.3, 1e-3);
    let settings = set(&[("k", f64::from(k)), ("alpha", alpha), ("inner_step_size", eta)], &[("inner", "gd")]);
    let (records, counts) = run("lookahead", &settings, &ROSENBROCK, &ROSENBROCK.start, 40, 0);
    let (mut x, mut slow) = (ROSENBROCK.start, ROSENBROCK.start);
    for (t, record) in (1..).zip(&records) {
        let g = (ROSENBROCK.gradient)(x[0], x[1]);
        x = [x[0] - eta * g[0], x[1] - eta * g[1]];
        if t % k == 0 {
            slow = [slow[0] + alpha * (x[0] - slow[0]), slow[1] + alpha * (x[1] - slow[1])];
            x = slow;
        }
        assert!((0..2).all(|i| (record.x[i] - x[i]).abs() < 1e-14), "step {t}: {:?} against {x:?}", record.x);
        assert_eq!(matches!(record.geometry, Geometry::Line { .. }), t % k == 0);
    }
    assert_eq!((counts.gradient, counts.value), (40, 0));
}

/// b kept, b ← 0, or b ← b₋ + α(b − b₋) with b₋ of the last synchronisation.
#[test]
fn momentum_at_synchronisation_is_kept_reset_or_interpolated() {
    let (k, alpha, eta, mu) = (3, 0.6, 0.01, 0.9);
    for mode in ["keep", "reset", "interpolate"] {
        let numbers = [("k", f64::from(k)), ("alpha", alpha), ("inner_step_size", eta), ("inner_momentum", mu)];
        let settings = set(&numbers, &[("inner", "heavy_ball"), ("momentum_at_synchronization", mode)]);
        let (records, _) = run("lookahead", &settings, &QUAD_ILL, &QUAD_ILL.start, 30, 0);
        let (mut x, mut slow, mut b, mut old) = (QUAD_ILL.start, QUAD_ILL.start, [0.0; 2], [0.0; 2]);
        for (t, record) in (1..).zip(&records) {
            let g = (QUAD_ILL.gradient)(x[0], x[1]);
            for i in 0..2 {
                b[i] = mu * b[i] + g[i];
                x[i] -= eta * b[i];
                if t % k == 0 {
                    slow[i] += alpha * (x[i] - slow[i]);
                    x[i] = slow[i];
                    b[i] = match mode {
                        "reset" => 0.0,
                        "interpolate" => old[i] + alpha * (b[i] - old[i]),
                        _ => b[i],
                    };
                    old[i] = b[i];
                }
            }
            assert!((0..2).all(|i| (record.x[i] - x[i]).abs() < 1e-13), "{mode} step {t}: {:?} against {x:?}", record.x);
        }
    }
}

/// With α = 1 the slow iterate is the fast one: nothing is moved, nothing forgotten, and every record and count is the inner method's.
#[test]
fn with_alpha_one_it_is_the_inner_method() {
    let cloud = Cloud::new(9);
    for inner in inner_methods() {
        for k in [1.0, 5.0] {
            let settings = set(&[("alpha", 1.0), ("k", k)], &[("inner", inner)]);
            for (f, x) in cases(&cloud) {
                let (alone, asked) = run(inner, &Settings::new(), f, &x, 60, 3);
                let (around, asked_around) = run("lookahead", &settings, f, &x, 60, 3);
                assert_eq!(format!("{around:?}"), format!("{alone:?}"), "{inner}, k = {k}");
                assert_eq!(asked_around, asked, "{inner}, k = {k}");
            }
        }
    }
}

/// With α = 0 the iterate is back at its start after every k-th step, whatever the inner method was doing there.
#[test]
fn with_alpha_zero_it_returns_to_its_start() {
    let cloud = Cloud::new(9);
    for inner in inner_methods() {
        for k in [1, 4] {
            let settings = set(&[("alpha", 0.0), ("k", f64::from(k))], &[("inner", inner)]);
            for (f, x) in cases(&cloud) {
                let (records, _) = run("lookahead", &settings, f, &x, 60, 3);
                for (t, record) in (1..).zip(&records).filter(|(t, _)| t % k == 0) {
                    assert_eq!(record.x.as_slice(), x, "{inner} after {t} steps");
                }
            }
        }
    }
}

/// Methods whose next step, from where they stand, is another one once they were told that they were moved: they forget the last
/// step, what a search has found so far, or from where a sub-epoch started.
const FORGETFUL: [&str; 8] = ["cg", "bfgs", "lbfgs", "neon", "neon2", "neon2_online", "natasha15", "natasha2"];

/// Told after every step that they were moved to where they are, methods that keep derivatives of their place ask them anew, which
/// counts, and come to the same iterates. The sub-sampled ARC knows f(x) from the last trial's decrease: the same up to rounding.
#[test]
fn a_method_that_is_moved_to_where_it_is_goes_on_as_before() {
    let cloud = Cloud::new(9);
    for inner in inner_methods().filter(|id| !FORGETFUL.contains(id)) {
        for (f, x) in cases(&cloud) {
            let alone = run(inner, &Settings::new(), f, &x, 40, 3).0;
            let mut machine = start(inner, &Settings::new(), &x);
            let mut oracle = Oracle::new(f, Rng::new(3), Counts::default()).with_noise(NOISE);
            for (t, record) in alone.iter().enumerate() {
                let Ok(step) = machine.step(&mut oracle) else { break };
                let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
                assert!(step.x.iter().zip(&record.x).all(close), "{inner} step {t}: {:?} against {:?}", step.x, record.x);
                if step.phase != Phase::Certification {
                    let here = machine.position().to_vec();
                    machine.relocate(&here);
                }
            }
        }
    }
}

/// Moved in the middle of whatever it does, a method stands at the new place and knows what holds there: the value and the gradient
/// that its next record tells are those of the new place.
#[test]
fn a_method_that_is_moved_knows_nothing_of_the_old_place() {
    let mut told = 0;
    for m in methods() {
        for f in [SADDLE_BOUNDED, ROSENBROCK].iter().filter(|f| m.requires.check(*f).is_ok()) {
            for before in 0..80 {
                let mut machine = m.start(&Settings::new(), Some(Scales { step_size: 1e-3, radius: 0.3 }), &f.start).unwrap();
                let mut oracle = Oracle::new(f, Rng::new(before), Counts::default());
                let going = (0..before).all(|_| machine.step(&mut oracle).is_ok());
                // Natasha's epochs end for good.
                if !going && m.id.starts_with("natasha") {
                    continue;
                }
                let to = [0.37 + 0.01 * before as f64, -0.9];
                machine.relocate(&to);
                assert_eq!(machine.position(), to, "{}", m.id);
                let Ok(step) = machine.step(&mut oracle) else {
                    panic!("{} on {} ends at once where it was moved to after {before} steps", m.id, f.name);
                };
                assert_eq!(step.from.as_slice(), to, "{}", m.id);
                if step.f.is_nan() || step.phase == Phase::Certification {
                    continue;
                }
                let (value, gradient) = ((f.value)(to[0], to[1]), norm(&(f.gradient)(to[0], to[1])));
                let close = |a: f64, b: f64| a.is_nan() || (a - b).abs() <= 1e-9 * b.abs();
                // Noise of their own, or a pull to a point that was drawn, is in the gradients of these.
                let own = ["noisy_sgd", "sgld", "natasha15", "natasha2"].contains(&m.id);
                let right = close(step.f, value) && (own || close(step.gradient_norm, gradient));
                assert!(right, "{} on {} after {before}: {step:?} against {value}, {gradient}", m.id, f.name);
                told += 1;
            }
        }
    }
    assert!(told > 4000, "{told}");
}

/// The matrix of the inner trust region, with the order that it must have; what the inner method asks of f, and what it keeps.
#[test]
fn what_the_inner_method_takes_and_asks_holds_around_it() {
    let lookahead = method("lookahead").unwrap();
    let matrix = |text| set(&[("alpha", 1.0)], &[("inner", "tr"), ("inner_metric", "matrix"), ("inner_matrix", text)]);
    let alone = run("tr", &set(&[], &[("metric", "matrix"), ("matrix", "4,1;1,2")]), &ROSENBROCK, &ROSENBROCK.start, 20, 0).0;
    let around = run("lookahead", &matrix("4,1;1,2"), &ROSENBROCK, &ROSENBROCK.start, 20, 0).0;
    assert_eq!(format!("{around:?}"), format!("{alone:?}"));
    let error = lookahead.start(&matrix("4"), None, &[1.0, 2.0]).err().unwrap().to_string();
    assert_eq!(
        error,
        "lookahead: inner_matrix = \"4\" is not allowed; it must be a matrix of 2 rows, as the problem has 2 variables"
    );
    let declared = lookahead.declared(&matrix("4"));
    let named = |name: &str| declared.iter().find(|p| p.name == name).unwrap();
    assert!(named("inner_matrix").is_unused_matrix(named("inner_metric"), "sphere"));
    assert!(!named("inner_matrix").is_unused_matrix(named("inner_metric"), "matrix"));
    assert!(!named("inner_matrix").is_unused_matrix(named("inner_solver"), "exact"));

    let residuals = set(&[], &[("inner", "gauss_newton")]);
    let error = lookahead.check(&residuals, &SADDLE_BOUNDED).unwrap_err().to_string();
    assert_eq!(
        error,
        "Gauss-Newton needs a function that is a sum of squares, such as (1 - x)^2 + 100 (y - x^2)^2; this function is none"
    );
    assert!(lookahead.check(&set(&[], &[("inner", "newton")]), &SADDLE_BOUNDED).is_ok());

    let many = vec![0.0; 5001];
    for (inner, choice, dense) in
        [("tr", "exact", true), ("tr", "gltr", false), ("arc", "exact", true), ("arc", "lanczos", false)]
    {
        let settings = set(&[], &[("inner", inner), ("inner_solver", choice)]);
        assert_eq!(lookahead.start(&settings, None, &many).is_err(), dense, "{inner} {choice}");
    }
}

/// Around a sampled method: its draws, and φ ← φ + α(x − φ) after every k-th.
#[test]
fn around_a_stochastic_method_it_averages_its_steps() {
    let (k, alpha, eta) = (3, 0.25, 0.1);
    let numbers = [("k", f64::from(k)), ("alpha", alpha), ("inner_step_size", eta), ("inner_batch_size", 2.0)];
    let settings = set(&numbers, &[("inner", "sgd")]);
    let cloud = Cloud::new(7);
    let (records, counts) = run("lookahead", &settings, &cloud, &[1.0, 0.0, 2.0], 30, 4);
    assert_eq!((counts.sample_gradient, counts.gradient, counts.value), (60, 0, 0));
    let mut oracle = Oracle::new(&cloud, Rng::new(4), Counts::default());
    let (mut x, mut slow, mut g) = ([1.0, 0.0, 2.0], [1.0, 0.0, 2.0], [0.0; 3]);
    for (t, record) in (1..).zip(&records) {
        let sample = oracle.draw(2);
        oracle.sample_gradient(&x, &sample, &mut g).unwrap();
        for i in 0..3 {
            x[i] -= eta * g[i];
            if t % k == 0 {
                slow[i] += alpha * (x[i] - slow[i]);
                x[i] = slow[i];
            }
        }
        assert!((0..3).all(|i| (record.x[i] - x[i]).abs() < 1e-14), "step {t}: {:?} against {x:?}", record.x);
    }
    let lookahead = method("lookahead").unwrap();
    assert!(lookahead.draws(&settings) && !lookahead.draws(&set(&[], &[("inner", "gd")])));
    assert!(lookahead.draws(&set(&[], &[("inner", "saddle_ngd")])));
}

#[test]
fn every_inner_method_descends() {
    let scales = Some(Scales { step_size: 1.0 / 25.0, radius: 0.5 });
    for inner in inner_methods() {
        let settings = set(&[], &[("inner", inner)]);
        let lookahead = method("lookahead").unwrap();
        if lookahead.check(&settings, &QUAD_ILL).is_err() {
            continue;
        }
        let mut machine = lookahead.start(&settings, scales, &QUAD_ILL.start).unwrap();
        let mut oracle = Oracle::new(&QUAD_ILL, Rng::new(0), Counts::default()).with_noise(NOISE);
        while machine.step(&mut oracle).is_ok() && oracle.counts().backpropagations < 400 {}
        let x = machine.position();
        assert!((QUAD_ILL.value)(x[0], x[1]) < 0.5 * (QUAD_ILL.value)(-2.5, 2.0), "{inner}: {x:?}");
    }
}

/// Around Neon: the rounds in which it looks move nothing, so that the search comes to its end, and the saddle is left.
#[test]
fn a_search_goes_on_over_its_rounds() {
    let settings = set(&[("alpha", 0.5), ("k", 3.0)], &[("inner", "neon")]);
    let scales = Some(Scales { step_size: 0.1, radius: 0.3 });
    let mut machine = method("lookahead").unwrap().start(&settings, scales, &[1.0, 0.0]).unwrap();
    let mut oracle = Oracle::new(&SADDLE_BOUNDED, Rng::new(1), Counts::default());
    let (mut looks, mut most) = (0, 0);
    while let Ok(step) = machine.step(&mut oracle) {
        looks = if step.phase == Phase::Search { looks + 1 } else { 0 };
        most = most.max(looks);
    }
    assert!(most > 6, "{most} looks in a row");
    assert!(SADDLE_BOUNDED.value(machine.position()) < -0.2, "{:?}", machine.position());
}

/// Every method but lookahead itself.
fn inner_methods() -> impl Iterator<Item = &'static str> {
    methods().iter().map(|m| m.id).filter(|id| *id != "lookahead")
}

/// Functions with the points from which the methods start.
fn cases(cloud: &Cloud) -> Vec<(&dyn Objective, Vec<f64>)> {
    let planes = PLANES.iter().map(|p| (p as &dyn Objective, p.start.to_vec()));
    planes.chain([(cloud as &dyn Objective, vec![0.5, -1.0, 2.0])]).collect()
}
