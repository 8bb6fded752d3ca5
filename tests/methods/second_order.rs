//! Newton's method and its kin: iterates against the reference, saddles, geometry and counts.

use crate::objectives::{NOISE, PLANES, Plane, SADDLE_BOUNDED, run, set};
use saddlescope::linalg::{Rng, norm};
use saddlescope::optim::{Counts, Family, Geometry, Oracle, Scales, Settings, Verdict, method, methods};
use saddlescope::problem::Objective;
use serde_json::Value;

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn plane(name: &str) -> Plane {
    *PLANES.iter().find(|p| p.name == name).unwrap()
}

/// Our identifier and settings for a run of the reference; none for those that other files hold.
fn translate(case: &Value) -> Option<(&'static str, Settings)> {
    let hyper = |name: &str| case["hyper"][name].as_f64().unwrap();
    Some(match case["method"].as_str().unwrap() {
        "newton" => ("newton", set(&[], &[])),
        "damped" => ("damped_newton", set(&[("damping", hyper("lam"))], &[])),
        "sfn" => ("saddle_free_newton", set(&[("damping", hyper("damping"))], &[])),
        "regnewton" => ("regularized_newton", set(&[("hessian_change", hyper("H"))], &[])),
        "adan" => ("adan", set(&[("hessian_change", hyper("H0"))], &[])),
        "adan_plus" => ("adan", set(&[("hessian_change", hyper("H0"))], &[("variant", "plus")])),
        _ => return None,
    })
}

#[test]
fn newton_like_iterates() {
    let reference: Value = serde_json::from_str(include_str!("../reference/trajectories_second_order.json")).unwrap();
    let mut checked = 0;
    for case in reference["runs"].as_array().unwrap() {
        let Some((id, settings)) = translate(case) else { continue };
        let f = plane(case["problem"].as_str().unwrap());
        let rows = case["rows"].as_array().unwrap();
        let start = numbers(&rows[0]["x"]);
        let (records, _) = run(id, &settings, &f, &start, rows.len() - 1, 0);
        assert_eq!(records.len(), rows.len() - 1, "{id} on {}", f.name);
        for (k, (record, row)) in records.iter().zip(&rows[1..]).enumerate() {
            for (ours, theirs) in record.x.iter().zip(numbers(&row["x"])) {
                let difference = (ours - theirs).abs();
                assert!(difference <= 1e-9 * (1.0 + theirs.abs()), "{id} on {}: iterate {}: {difference:e}", f.name, k + 1);
            }
        }
        checked += 1;
    }
    assert_eq!(checked, 17);
}

/// Iterations until |y| > ½ from (1.5, 10⁻⁴); none within 400.
fn escape(id: &str, settings: &Settings) -> (Option<usize>, Vec<f64>) {
    let (records, _) = run(id, settings, &SADDLE_BOUNDED, &[1.5, 1e-4], 400, 0);
    (records.iter().position(|r| r.x[1].abs() > 0.5).map(|k| k + 1), records.last().unwrap().x.to_vec())
}

#[test]
fn the_bounded_saddle_as_it_is_published() {
    let plain = |id| escape(id, &set(&[], &[]));
    let (never, end) = plain("newton");
    assert!(never.is_none() && norm(&end) < 1e-9, "Newton lands on the saddle: {end:?}");
    assert_eq!(plain("saddle_free_newton").0, Some(13));
    assert_eq!(escape("tr", &set(&[], &[("solver", "exact")])).0, Some(1));
    assert_eq!(escape("tr", &set(&[], &[("solver", "steihaug")])).0, Some(5));
    let (passes, end) = escape("regularized_newton", &set(&[("hessian_change", 10.0)], &[]));
    assert_eq!(passes, Some(10));
    assert!((end[1] + 1.0).abs() < 1e-6, "it ends at the other minimum: {end:?}");
    let (never, end) = escape("adan", &set(&[("hessian_change", 1.0)], &[("variant", "plus")]));
    assert!(never.is_none() && norm(&end) < 1e-6, "AdaN+ converges to the saddle: {end:?}");
    let (guarded, _) = escape("regularized_newton", &set(&[("hessian_change", 10.0)], &[("guard", "on")]));
    assert!(guarded.is_some());
}

#[test]
fn at_a_saddle_itself_newton_and_saddle_free_newton_stay() {
    for (id, settings) in [
        ("newton", set(&[], &[])),
        ("saddle_free_newton", set(&[], &[])),
        ("saddle_free_newton", set(&[], &[("solver", "krylov")])),
        ("regularized_newton", set(&[], &[])),
        ("adan", set(&[], &[])),
    ] {
        let (records, _) = run(id, &settings, &SADDLE_BOUNDED, &[0.0, 0.0], 5, 0);
        assert!(records.iter().all(|r| norm(&r.x) == 0.0), "{id}");
        assert!(!method(id).unwrap().escapes, "{id}");
    }
}

/// Where the divisor is positive definite its ellipsoid is reported, elsewhere none.
#[test]
fn no_ellipsoid_where_the_matrix_is_indefinite() {
    for f in &PLANES {
        for id in ["newton", "damped_newton", "saddle_free_newton", "regularized_newton", "adan"] {
            let (records, _) = run(id, &set(&[], &[]), f, &f.start, 30, 0);
            for record in &records {
                let h = (f.hessian)(record.from[0], record.from[1]);
                let low = 0.5 * (h[0] + h[2]) - (0.25 * (h[0] - h[2]) * (h[0] - h[2]) + h[1] * h[1]).sqrt();
                let ellipsoid = matches!(record.geometry, Geometry::TrustRegion(_));
                match id {
                    "newton" => assert_eq!(ellipsoid, low > 0.0, "{id} on {} at {:?}", f.name, record.from),
                    "damped_newton" => assert_eq!(ellipsoid, low > -1.0, "{id} on {} at {:?}", f.name, record.from),
                    "saddle_free_newton" => assert!(ellipsoid || low == 0.0, "{id} on {} at {:?}", f.name, record.from),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn an_armijo_search_never_climbs_and_shows_what_it_tried() {
    for id in ["newton", "damped_newton"] {
        for f in &PLANES {
            let (records, counts) = run(id, &set(&[], &[("line_search", "armijo")]), f, &f.start, 30, 0);
            let mut tried = 0;
            for record in &records {
                let lengths = match &record.geometry {
                    Geometry::TrustRegion(region) => region.path.len(),
                    Geometry::Line { tried, .. } => tried.len(),
                    _ => 0,
                };
                assert!(lengths >= 1 || norm(&record.trial) == 0.0);
                if !record.actual.is_nan() {
                    tried += lengths as u64;
                    assert!(
                        record.verdict == Verdict::Rejected || record.actual >= -1e-14 * record.f.abs(),
                        "{id} on {}",
                        f.name
                    );
                }
            }
            assert_eq!(counts.value, tried, "{id} on {}", f.name);
        }
    }
}

/// In the plane two Lanczos vectors span everything: the step is the dense one of the damping that was taken.
#[test]
fn the_krylov_version_asks_products_only() {
    for f in &PLANES {
        let (records, counts) = run("saddle_free_newton", &set(&[("repeats", 3.0)], &[("solver", "krylov")]), f, &f.start, 30, 0);
        assert_eq!(counts.hessian, 0);
        assert!(counts.hessian_vector <= 2 * 10, "{}: {}", f.name, counts.hessian_vector);
        let (first, last) = (&records[0], records.last().unwrap());
        assert!(last.f < first.f, "{}: {} to {}", f.name, first.f, last.f);
        assert!(records.windows(2).all(|w| w[1].f <= w[0].f + 1e-14 * w[0].f.abs()), "{}", f.name);
    }
}

#[test]
fn cubic_regularization_iterates() {
    let reference: Value = serde_json::from_str(include_str!("../reference/trajectories_second_order.json")).unwrap();
    let mut checked = 0;
    for case in reference["runs"].as_array().unwrap().iter().filter(|c| c["method"] == "arc") {
        let f = plane(case["problem"].as_str().unwrap());
        let hyper = |name: &str| case["hyper"][name].as_f64().unwrap();
        let settings = set(&[("sigma", hyper("sigma0")), ("eta1", hyper("eta1")), ("eta2", hyper("eta2"))], &[]);
        let rows = case["rows"].as_array().unwrap();
        let (records, _) = run("arc", &settings, &f, &numbers(&rows[0]["x"]), rows.len() - 1, 0);
        for (k, (record, pair)) in records.iter().zip(rows.windows(2)).enumerate() {
            let label = format!("arc on {}: iteration {}", f.name, k + 1);
            let Geometry::Cubic(cubic) = &record.geometry else { panic!("{label}: no cubic model") };
            let sigma = pair[0]["sigma"].as_f64().unwrap();
            assert!((cubic.sigma - sigma).abs() <= 1e-6 * sigma, "{label}: σ = {} against {sigma}", cubic.sigma);
            for (ours, theirs) in record.x.iter().zip(numbers(&pair[1]["x"])) {
                assert!((ours - theirs).abs() <= 1e-6, "{label}: {ours} against {theirs}");
            }
            assert_eq!(record.verdict == Verdict::Accepted, pair[1]["accepted"].as_bool().unwrap(), "{label}");
        }
        checked += 1;
    }
    assert_eq!(checked, 3);
}

#[test]
fn cubic_regularization_leaves_the_saddle() {
    for solver in ["exact", "lanczos"] {
        let settings = set(&[("sigma", 1.0)], &[("solver", solver)]);
        // The truncated solver does not look beyond its tolerance at first.
        let steps = escape("arc", &settings).0.unwrap();
        assert!(steps == 1 || solver == "lanczos" && steps < 10, "{solver}: {steps}");
        for start in [[0.0, 0.0], [1.0, 0.0]] {
            let (records, counts) = run("arc", &settings, &SADDLE_BOUNDED, &start, 100, 0);
            let last = records.last().unwrap();
            assert!(last.x[0].abs() < 1e-6 && (last.x[1].abs() - 1.0).abs() < 1e-6, "{solver} from {start:?}: {:?}", last.x);
            assert_eq!(counts.hessian == 0, solver == "lanczos");
        }
    }
}

/// What is declared to leave strict saddles does, with its defaults: from the stable manifold and from the saddle itself.
#[test]
fn methods_that_escape_leave_the_saddle_itself() {
    let scales = Scales { step_size: 0.1, radius: 0.3 };
    let mut found = Vec::new();
    for m in methods().iter().filter(|m| m.escapes && m.family == Family::SecondOrder) {
        for start in [[1.0, 0.0], [0.0, 0.0]] {
            for seed in 0..5 {
                let mut machine = m.start(&Settings::new(), Some(scales), &start).unwrap();
                let mut oracle = Oracle::new(&SADDLE_BOUNDED, Rng::new(seed), Counts::default()).with_noise(NOISE);
                for _ in 0..300 {
                    machine.step(&mut oracle).unwrap();
                }
                assert!(SADDLE_BOUNDED.value(machine.position()) < -0.2, "{} from {start:?}", m.id);
            }
        }
        found.push(m.id);
    }
    assert_eq!(found, ["arc", "subsampled_arc", "tr"]);
}

/// g = (x, 0) spans the Krylov space however small its square: nothing leads off the stable manifold.
#[test]
fn the_krylov_version_stays_on_the_stable_manifold() {
    for start in [1.0, 1e-150, 1e-170, 1e-310] {
        let settings = set(&[], &[("solver", "krylov")]);
        let (records, _) = run("saddle_free_newton", &settings, &SADDLE_BOUNDED, &[start, 0.0], 300, 0);
        assert_eq!(records.len(), 300);
        assert!(records.iter().all(|r| r.x[1] == 0.0), "from {start}");
        assert!(norm(&records[299].x) <= 1e-150, "{:?}", records[299].x);
    }
}
