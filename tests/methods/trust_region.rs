//! The trust region at saddles, in counts and at the edges.

use crate::objectives::{ROSENBROCK, SADDLE_BOUNDED, run, set};
use saddlescope::linalg::norm;
use saddlescope::optim::{Exit, Geometry, Verdict};

fn last_exit(record: &saddlescope::optim::Step) -> Exit {
    match &record.geometry {
        Geometry::TrustRegion(region) => region.exit,
        other => panic!("{other:?} is no region"),
    }
}

#[test]
fn the_exact_solver_leaves_a_strict_saddle_at_zero_gradient() {
    for metric in ["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full"] {
        let settings = set(&[], &[("metric", metric), ("solver", "exact")]);
        for start in [[1.0, 0.0], [0.0, 0.0]] {
            let (records, _) = run("tr", &settings, &SADDLE_BOUNDED, &start, 200, 0);
            let last = records.last().unwrap();
            assert!(last.x[0].abs() < 1e-6 && (last.x[1].abs() - 1.0).abs() < 1e-6, "{metric} from {start:?}: {:?}", last.x);
            assert!(records.iter().any(|r| last_exit(r) == Exit::HardCase));
        }
    }
}

#[test]
fn steihaug_and_gradient_descent_rest_at_the_saddle() {
    for metric in ["sphere", "adagrad", "rmsprop", "rmsprop_full"] {
        let settings = set(&[], &[("metric", metric), ("solver", "steihaug")]);
        let (records, _) = run("tr", &settings, &SADDLE_BOUNDED, &[1.0, 0.0], 200, 0);
        let last = records.last().unwrap();
        assert!(norm(&last.x) < 1e-9, "{metric}: {:?}", last.x);
    }
    let (records, _) = run("tr", &set(&[], &[("solver", "steihaug")]), &SADDLE_BOUNDED, &[0.0, 0.0], 3, 0);
    assert!(records.iter().all(|r| last_exit(r) == Exit::ZeroGradient && r.x.iter().all(|v| *v == 0.0)));
    let (records, _) = run("gd", &set(&[("step_size", 0.5)], &[]), &SADDLE_BOUNDED, &[1.0, 0.0], 200, 0);
    assert!(norm(&records.last().unwrap().x) < 1e-50);
}

/// One gradient a new iterate, one value a trial, k products a Steihaug solution, one Hessian a new iterate for the exact solver.
#[test]
fn counts_are_what_was_asked() {
    for solver in ["steihaug", "exact"] {
        let (records, counts) = run("tr", &set(&[], &[("solver", solver)]), &ROSENBROCK, &[-1.2, 1.0], 20, 0);
        let looked = 1 + records[..19].iter().filter(|r| r.verdict == Verdict::Accepted).count() as u64;
        let products: usize = records
            .iter()
            .map(|r| match &r.geometry {
                Geometry::TrustRegion(region) => region.path.len(),
                _ => 0,
            })
            .sum();
        assert_eq!((counts.gradient, counts.value), (looked, 20));
        if solver == "steihaug" {
            assert_eq!((counts.hessian_vector, counts.hessian), (products as u64, 0));
            assert_eq!(counts.backpropagations, looked + products as u64);
        } else {
            assert_eq!((counts.hessian_vector, counts.hessian), (0, looked));
            assert_eq!(counts.backpropagations, 3 * looked);
        }
        assert!(looked < 20, "the run has rejected steps");
    }
}

#[test]
fn rosenbrock_converges_from_the_usual_start() {
    for solver in ["steihaug", "exact", "gltr", "dogleg"] {
        for metric in ["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full"] {
            let settings = set(&[], &[("solver", solver), ("metric", metric)]);
            let (records, _) = run("tr", &settings, &ROSENBROCK, &[-1.2, 1.0], 60, 0);
            let last = records.last().unwrap();
            assert!(last.gradient_norm < 1e-8, "{solver} {metric}: |g| = {:e}", last.gradient_norm);
            assert!((last.x[0] - 1.0).abs() < 1e-8 && (last.x[1] - 1.0).abs() < 1e-8);
        }
    }
}

#[test]
fn a_flat_direction_is_left_alone() {
    let valley = crate::objectives::Plane {
        name: "valley",
        value: |x, _| x * x,
        gradient: |x, _| [2.0 * x, 0.0],
        hessian: |_, _| [2.0, 0.0, 0.0],
        start: [2.0, 3.0],
    };
    let (records, _) = run("tr", &set(&[], &[("solver", "exact")]), &valley, &[2.0, 3.0], 10, 0);
    let last = records.last().unwrap();
    assert_eq!(last.x.as_slice(), [0.0, 3.0]);
}
