//! The trust region at saddles, in counts and at the edges.

use crate::objectives::{Cloud, ROSENBROCK, SADDLE_BOUNDED, run, set, start};
use saddlescope::linalg::{Metric, Rng, Vector, norm};
use saddlescope::optim::{Counts, Exit, Geometry, Oracle, Setting, Verdict, method};
use saddlescope::problem::Objective;

fn last_exit(record: &saddlescope::optim::Step) -> Exit {
    match &record.geometry {
        Geometry::TrustRegion(region) => region.exit,
        other => panic!("{other:?} is no region"),
    }
}

#[test]
fn second_order_solvers_leave_a_strict_saddle_at_zero_gradient() {
    for metric in ["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full", "adam", "adam_full"] {
        for (solver, start) in [("exact", [1.0, 0.0]), ("exact", [0.0, 0.0]), ("gltr", [1.0, 0.0]), ("gltr", [0.0, 0.0])] {
            let settings = set(&[], &[("metric", metric), ("solver", solver)]);
            let (records, _) = run("tr", &settings, &SADDLE_BOUNDED, &start, 200, 0);
            let last = records.last().unwrap();
            assert!(
                last.x[0].abs() < 1e-6 && (last.x[1].abs() - 1.0).abs() < 1e-6,
                "{metric} {solver} from {start:?}: {:?}",
                last.x
            );
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

/// The released code's plots count max(k − 1, 1) a step of k products, whether its gradient is new or not; nothing else changes.
#[test]
fn backpropagations_can_be_counted_as_the_released_code_does() {
    for solver in ["steihaug", "gltr"] {
        let [(plain, ours), (released, theirs)] = ["1+k", "released"]
            .map(|count| run("tr", &set(&[], &[("solver", solver), ("count", count)]), &ROSENBROCK, &[-1.2, 1.0], 20, 0));
        assert_eq!(format!("{plain:?}"), format!("{released:?}"));
        assert_eq!(ours.backpropagations, ours.gradient + ours.hessian_vector);
        // In the plane k is 1 or 2.
        assert_eq!(theirs.backpropagations, 20, "{solver}");
        assert_eq!((ours.gradient, ours.hessian_vector), (theirs.gradient, theirs.hessian_vector));
    }
    let exact = set(&[], &[("count", "released")]);
    let (_, counts) = run("tr", &exact, &ROSENBROCK, &[-1.2, 1.0], 20, 0);
    assert_eq!(counts.backpropagations, counts.gradient + 2 * counts.hessian, "a dense Hessian is n products");
}

/// With a gradient far below η₂Δ the first order shrinks the region until it fits the gradient; the second takes the curvature for it.
#[test]
fn storm_of_order_two_takes_steps_for_negative_curvature() {
    let out = |order: &str| {
        let mut machine = start("storm", &set(&[], &[("order", order)]), &[0.0, 1e-9]);
        let mut oracle = Oracle::new(&SADDLE_BOUNDED, Rng::new(0), Counts::default());
        (1..200).find(|_| SADDLE_BOUNDED.value(&machine.step(&mut oracle).unwrap().x) < -0.2).unwrap()
    };
    let (first, second) = (out("first"), out("second"));
    assert!(second <= 3 && first > 20, "{first} and {second} steps");
    // Batches grow with Δ₀/Δ to the powers 2, 4 and 6 for the Hessian, the gradient and the values.
    let cloud = Cloud::new(100_000);
    let settings = set(&[("radius", 1.0), ("radius_max", 1.0), ("eta2", 1e12), ("first_batch", 1.0)], &[("order", "second")]);
    for trials in 1..4 {
        let (_, counts) = run("storm", &settings, &cloud, &[0.0; 3], trials, 1);
        // Every trial is rejected: Δ₀/Δ = 1, 2, 4.
        let ratios = (0..trials as u32).map(|k| 2_u64.pow(k));
        let expected: (u64, u64) = ratios.map(|r| (r.pow(4), 3 * r.pow(2))).fold((0, 0), |(g, h), (a, b)| (g + a, h + b));
        assert_eq!((counts.sample_gradient, counts.sample_hessian_vector), expected);
    }
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
        for metric in ["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full", "adam", "adam_full"] {
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

#[test]
fn a_matrix_by_hand_is_the_ellipsoid() {
    let settings = set(&[("radius", 0.2)], &[("metric", "matrix"), ("matrix", "4, 1; 1, 2")]);
    let (records, _) = run("tr", &settings, &SADDLE_BOUNDED, &[1.5, 0.3], 3, 0);
    for record in &records {
        let Geometry::TrustRegion(region) = &record.geometry else { panic!("no region") };
        assert_eq!(region.metric, Metric::Full(Vector::from_slice(&[4.0, 1.0, 1.0, 2.0])));
        assert!(region.metric.norm(&region.step) <= region.radius * (1.0 + 1e-12));
    }
    let ball = set(&[("radius", 0.2)], &[("metric", "matrix")]);
    assert_eq!(
        run("tr", &ball, &SADDLE_BOUNDED, &[1.5, 0.3], 3, 0).0,
        run("tr", &set(&[("radius", 0.2)], &[]), &SADDLE_BOUNDED, &[1.5, 0.3], 3, 0).0
    );
}

#[test]
fn a_matrix_that_is_none_gets_a_sentence() {
    let tr = method("tr").unwrap();
    for (text, word) in [
        ("1,2;2,1", "positive definite"),
        ("1,2;3,4", "symmetric"),
        ("1,2", "by rows"),
        ("1,x;x,1", "by rows"),
        ("nan,0;0,1", "positive definite"),
        ("1,0,0;0,1,0;0,0,1", "2 variables"),
        ("3", "2 variables"),
    ] {
        let error = tr.start(&set(&[], &[("matrix", text)]), None, &[0.0, 0.0]).err().unwrap().to_string();
        assert!(error.contains(word) && error.contains("matrix") && !error.contains('\n'), "{text}: {error}");
    }
    let values = tr.resolve(&set(&[], &[("matrix", " 4,1;1,2 ")]), None).unwrap();
    assert_eq!(values.setting("matrix"), Setting::Name("4,1;1,2".to_owned()));
    assert_eq!(tr.resolve(&set(&[], &[]), None).unwrap().setting("matrix"), Setting::Name(String::new()));
}

/// M = diag(√(v/(1 − βᵗ))) of the gradients at the iterates.
#[test]
fn adams_ellipsoid_is_bias_corrected() {
    let (records, _) = run("tr", &set(&[], &[("metric", "adam")]), &ROSENBROCK, &[-1.2, 1.0], 12, 0);
    let (mut v, mut forgotten, mut fresh) = ([0.0; 2], 1.0, true);
    for record in &records {
        let Geometry::TrustRegion(region) = &record.geometry else { panic!("no region") };
        if fresh {
            (0..2).for_each(|i| v[i] = 0.8 * v[i] + 0.2 * region.linear[i] * region.linear[i]);
            forgotten *= 0.8;
        }
        let Metric::Diagonal(m) = &region.metric else { panic!("no diagonal") };
        for i in 0..2 {
            let expected = (v[i] / (1.0 - forgotten)).max(1e-10).sqrt();
            assert!((m[i] - expected).abs() <= 1e-12 * expected, "{} against {expected}", m[i]);
        }
        fresh = record.verdict == Verdict::Accepted;
    }
}

/// M² = Σ wᵢgᵢgᵢᵀ/(1 − βᵗ) with wᵢ = (1 − β)βᵗ⁻ⁱ over the gradients at the iterates; in the first step of rank one, M has its floor.
#[test]
fn adams_full_ellipsoid_is_bias_corrected() {
    let settings = set(&[("epsilon", 1e-8)], &[("metric", "adam_full")]);
    let (records, _) = run("tr", &settings, &ROSENBROCK, &[-1.2, 1.0], 12, 0);
    let (mut moment, mut forgotten, mut fresh, mut checked) = ([0.0; 4], 1.0, true, 0);
    for record in &records {
        let Geometry::TrustRegion(region) = &record.geometry else { panic!("no region") };
        if fresh {
            let g = &region.linear;
            (0..4).for_each(|k| moment[k] = 0.8 * moment[k] + 0.2 * g[k / 2] * g[k % 2]);
            forgotten *= 0.8;
        }
        let Metric::Full(m) = &region.metric else { panic!("no full matrix") };
        let size = norm(&moment) / (1.0 - forgotten);
        for k in 0..4 {
            let square = m[2 * (k / 2)] * m[k % 2] + m[2 * (k / 2) + 1] * m[2 + k % 2];
            let expected = moment[k] / (1.0 - forgotten);
            assert!((square - expected).abs() <= 1e-7 + 1e-10 * size, "{square} against {expected}");
        }
        fresh = record.verdict == Verdict::Accepted;
        checked += 1;
    }
    assert_eq!(checked, 12);
}

#[test]
fn batches_are_drawn_anew_and_counted() {
    let cloud = Cloud::new(40);
    let batches = set(&[("gradient_batch", 10.0), ("hessian_batch", 5.0)], &[("solver", "steihaug")]);
    let (records, counts) = run("tr", &batches, &cloud, &[5.0, 5.0, 5.0], 12, 3);
    assert_eq!((counts.gradient, counts.hessian_vector, counts.hessian), (0, 0, 0));
    assert_eq!(counts.sample_gradient, 120);
    let products: usize = records.iter().map(|r| if let Geometry::TrustRegion(g) = &r.geometry { g.path.len() } else { 0 }).sum();
    assert_eq!(counts.sample_hessian_vector, 5 * products as u64);
    assert!(cloud.value(&records.last().unwrap().x) < 0.2 * cloud.value(&[5.0; 3]));
    // A batch as large as the sum is the sum.
    let all = set(&[("gradient_batch", 40.0), ("hessian_batch", 99.0)], &[]);
    assert_eq!(
        run("tr", &all, &cloud, &[5.0; 3], 9, 3).0.last().unwrap().x,
        run("tr", &set(&[], &[]), &cloud, &[5.0; 3], 9, 3).0.last().unwrap().x
    );
    let dense = set(&[("gradient_batch", 10.0), ("hessian_batch", 5.0)], &[("solver", "exact")]);
    let (_, counts) = run("tr", &dense, &cloud, &[5.0; 3], 10, 3);
    assert_eq!((counts.hessian, counts.sample_hessian_vector), (0, 10 * 3 * 5));
}

/// The released rule compares two models: it asks at least two products where it ends inside. Both rules converge.
#[test]
fn steihaug_can_stop_by_the_decrease_of_the_model() {
    for stop in ["residual", "decrease"] {
        let (records, _) = run("tr", &set(&[], &[("solver", "steihaug"), ("stop", stop)]), &ROSENBROCK, &[-1.2, 1.0], 80, 0);
        assert!(records.last().unwrap().gradient_norm < 1e-8, "{stop}");
        let short = records.iter().filter(|r| last_exit(r) == Exit::Interior).map(|r| match &r.geometry {
            Geometry::TrustRegion(region) => region.path.len(),
            _ => 0,
        });
        assert!(stop == "residual" || short.clone().all(|products| products >= 2), "{stop}");
    }
}

/// Batches grow as the steps shorten: STORM's with Δ, sub-sampled cubic regularization's with ‖s‖.
#[test]
fn stochastic_regions_take_more_samples_as_they_converge() {
    let cloud = Cloud::new(1000);
    for id in ["storm", "subsampled_arc"] {
        let (records, counts) = run(id, &set(&[("first_batch", 20.0)], &[]), &cloud, &[5.0, 5.0, 5.0], 60, 4);
        let last = records.last().unwrap();
        let mut slope = [0.0; 3];
        cloud.value_gradient(&last.x, &mut slope);
        assert!(norm(&slope) < 0.2, "{id}: {slope:?}");
        assert!(counts.sample_gradient + 1000 * counts.gradient > 60 * 20, "{id}: the batches have grown");
        let (again, _) = run(id, &set(&[("first_batch", 20.0)], &[]), &cloud, &[5.0, 5.0, 5.0], 60, 4);
        assert_eq!(format!("{records:?}"), format!("{again:?}"), "{id}");
    }
    let (records, _) = run("subsampled_arc", &set(&[], &[]), &SADDLE_BOUNDED, &[1.0, 0.0], 200, 1);
    assert!(records.last().unwrap().x[1].abs() > 0.5, "{:?}", records.last().unwrap().x);
}
