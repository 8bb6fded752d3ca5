//! Lookahead by hand.

use crate::objectives::{Cloud, QUAD_ILL, ROSENBROCK, run, set};
use saddlescope::linalg::Rng;
use saddlescope::optim::{Counts, Geometry, Oracle, Settings, method, methods};

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

/// With α = 1 the slow iterate is the fast one: nothing but the record changes where the inner method knows only gradients.
#[test]
fn with_alpha_one_it_is_the_inner_method() {
    for inner in ["gd", "heavy_ball", "nesterov", "adagrad_full", "rmsprop", "adam", "nadam", "adadelta", "first_order_tr"] {
        let alone = run(inner, &Settings::new(), &ROSENBROCK, &ROSENBROCK.start, 30, 0).0;
        let settings = set(&[("alpha", 1.0)], &[("inner", inner)]);
        let around = run("lookahead", &settings, &ROSENBROCK, &ROSENBROCK.start, 30, 0).0;
        if inner == "first_order_tr" {
            // It takes the gradient at the place to which it was moved into its accumulator once more: the ball has none.
            assert!(around.iter().zip(&alone).all(|(a, b)| a.x == b.x));
            continue;
        }
        for (t, (a, b)) in around.iter().zip(&alone).enumerate() {
            assert!((0..2).all(|i| (a.x[i] - b.x[i]).abs() < 1e-9), "{inner} step {t}: {:?} against {:?}", a.x, b.x);
        }
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
    for inner in methods().iter().filter(|m| m.family == methods()[0].family && m.id != "lookahead") {
        let settings = set(&[], &[("inner", inner.id)]);
        let (records, _) = run("lookahead", &settings, &QUAD_ILL, &QUAD_ILL.start, 200, 0);
        let last = records.last().unwrap();
        assert!((QUAD_ILL.value)(last.x[0], last.x[1]) < (QUAD_ILL.value)(-2.5, 2.0), "{}", inner.id);
    }
}
