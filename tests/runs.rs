//! Runs: determinism, replay, thinning, forks, and the states in which they end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::{Job, Vector};
use saddlescope::optim::{Method, Noise, NoiseShape, Setting, Settings, method, methods};
use saddlescope::problem::{FormulaProblem, Objective};
use saddlescope::run::{Fork, Run, Setup, Status, StopRules};
use std::collections::BTreeMap;
use std::sync::Arc;

const SADDLE: &str = "(x^2 - y^2)/2 + y^4/4";
/// For the methods that need residuals.
const SQUARES: &str = "x^2/2 + (y^2 - 1)^2/4";

/// A function on which the method runs.
fn text(m: &Method) -> &'static str {
    if m.requires.check(&*objective(SADDLE)).is_ok() { SADDLE } else { SQUARES }
}

fn objective(text: &str) -> Arc<dyn Objective> {
    Arc::new(FormulaProblem::from_text(text, None, &BTreeMap::new(), None).unwrap())
}

fn fork_to(step: u64, method: &'static Method, settings: Settings) -> Fork {
    Fork { step, method, settings, moved: BTreeMap::new() }
}

fn run(text: &str, id: &str, settings: &[(&str, f64)], start: [f64; 2], budget: u64) -> Run {
    let settings: Settings = settings.iter().map(|(n, v)| ((*n).to_owned(), Setting::Number(*v))).collect();
    let setup = Setup {
        method: method(id).unwrap(),
        settings,
        scales: None,
        start: Vector::from_slice(&start),
        noise: Noise { shape: NoiseShape::Isotropic, strength: 0.1 },
        seed: 7,
        budget,
        rules: StopRules::default(),
    };
    let mut run = Run::new(objective(text), setup).unwrap();
    run.advance(u64::MAX);
    run
}

#[test]
fn every_method_is_deterministic_however_it_is_advanced() {
    for m in methods() {
        let whole = run(text(m), m.id, &[], [1.0, 0.3], 300);
        let mut pieces = Run::new(objective(text(m)), whole.setup().clone()).unwrap();
        for size in [1, 2, 3, 50, 7, 300] {
            pieces.advance(size);
        }
        assert_eq!(whole.len(), pieces.len(), "{}", m.id);
        assert_eq!(whole.status(), pieces.status(), "{}", m.id);
        assert_eq!(whole.trace().positions(), pieces.trace().positions(), "{}", m.id);
        assert_eq!(whole.counts(), pieces.counts(), "{}", m.id);
    }
}

#[test]
fn records_replay_to_the_bit() {
    for m in methods() {
        let run = run(text(m), m.id, &[], [1.0, 0.3], 200);
        let all: Vec<_> = run.records().collect();
        assert_eq!(all.len() as u64, run.len(), "{}", m.id);
        for step in [1, 2, 63, 64, 65, 130, run.len()].into_iter().filter(|s| *s <= run.len()) {
            let (record, counts) = run.record(step).unwrap();
            // Compared as text: what a method does not know is NaN.
            assert_eq!(format!("{:?}", (&record, counts)), format!("{:?}", all[step as usize - 1]), "{} step {step}", m.id);
            assert_eq!(record.x, run.iterate(step), "{} step {step}", m.id);
            assert_eq!(record.from, run.iterate(step - 1), "{} step {step}", m.id);
        }
        assert!(run.record(0).is_none() && run.record(run.len() + 1).is_none());
    }
}

#[test]
fn a_million_steps_stay_under_64_megabytes_and_can_be_scrubbed() {
    let long = run("(x^2 + 25*y^2)/2", "gd", &[("step_size", 1e-7)], [-2.5, 2.0], 1_000_000);
    assert_eq!(long.len(), 1_000_000);
    assert!(long.trace().bytes() < 64 << 20, "{} bytes", long.trace().bytes());
    assert!(long.trace().stride() > 1);
    let last_row = long.trace().rows().len() - 1;
    let at = last_row as u64 * long.trace().stride();
    assert_eq!(&*long.iterate(at), long.trace().position(last_row));
    for step in [1, 12_345, 999_999] {
        let (record, _) = long.record(step).unwrap();
        assert_eq!(record.x, long.iterate(step));
        assert!((record.x[0] + 2.5 * libm::pow(1.0 - 1e-7, step as f64)).abs() < 1e-9);
    }
}

#[test]
fn a_fork_without_a_change_repeats_the_rest() {
    for m in methods() {
        let original = run(text(m), m.id, &[], [1.0, 0.3], 150);
        let at = original.len() / 2;
        let mut fork = original.fork(&fork_to(at, m, Settings::new())).unwrap();
        fork.advance(u64::MAX);
        assert_eq!((fork.len(), fork.trace().first()), (original.len(), at), "{}", m.id);
        for k in at..=fork.len() {
            assert_eq!(fork.iterate(k), original.iterate(k), "{} step {k}", m.id);
            assert_eq!(format!("{:?}", fork.record(k + 1)), format!("{:?}", original.record(k + 1)), "{} step {k}", m.id);
        }
        assert!(fork.record(at).is_none());
        assert_eq!((fork.status(), fork.counts()), (original.status(), original.counts()), "{}", m.id);
        let end = original.fork(&fork_to(u64::MAX, m, Settings::new())).unwrap();
        assert_eq!((end.len(), end.status()), (original.len(), original.status()), "{}", m.id);
    }
}

#[test]
fn a_fork_with_another_step_size_starts_at_the_iterate() {
    let gd = method("gd").unwrap();
    let original = run(SADDLE, "gd", &[("step_size", 0.1)], [1.0, 0.3], 50);
    let settings = Settings::from([("step_size".to_owned(), Setting::Number(0.01))]);
    let mut fork = original.fork(&fork_to(10, gd, settings)).unwrap();
    assert_eq!(fork.iterate(0), original.iterate(10));
    fork.advance(1);
    assert_ne!(fork.iterate(11), original.iterate(11));
    let moved = Fork { moved: BTreeMap::from([(1, 0.75), (9, 1.0)]), ..fork_to(10, gd, original.setup().settings.clone()) };
    let moved = original.fork(&moved).unwrap();
    assert_eq!(&moved.iterate(10)[..], [original.iterate(10)[0], 0.75]);
    assert!(original.fork(&fork_to(10, gd, Settings::from([("nonsense".to_owned(), Setting::Number(1.0))]))).is_err());
}

#[test]
fn statuses_are_told_from_the_spectrum() {
    let status = |text, start, step: f64, budget| run(text, "gd", &[("step_size", step)], start, budget).status().clone();
    assert!(matches!(status(SADDLE, [1.0, 0.3], 0.2, 2000), Status::Minimum { lambda_min } if (lambda_min - 1.0).abs() < 1e-6));
    assert!(
        matches!(status(SADDLE, [1.0, 0.0], 0.2, 2000), Status::StrictSaddle { lambda_min, hovers: None } if (lambda_min + 1.0).abs() < 1e-6)
    );
    assert!(matches!(status("-(x^2 + y^2)", [0.0, 0.0], 0.1, 500), Status::Maximum { .. }));
    assert!(matches!(status("x^2/2 + y^3/3", [0.0, 0.0], 0.1, 500), Status::Degenerate { .. }));
    // Above the fold λ_min = 2y is positive, and there is no minimum; at the end of a fourth power there is one that the Hessian hides.
    for id in ["newton", "tr", "arc", "bfgs", "adan"] {
        let end = |text| run(text, id, &[], [1.0, 1.0], 2000).status().clone();
        for text in ["x^2/2 + y^3/3", "x^2/2 + y^4/4"] {
            assert!(
                matches!(end(text), Status::Degenerate { lambda_min } if lambda_min < 1e-3),
                "{id} on {text}: {:?}",
                end(text)
            );
        }
        assert!(matches!(end("x^2/2 + y^2/1e3"), Status::Minimum { .. }), "{id}");
    }
    assert!(matches!(status("x^2 - y^2", [1.0, 1e-3], 0.2, 5000), Status::Diverged { .. }));
    assert!(matches!(status("exp(exp(x^2)) + y", [1.8, 0.0], 1.0, 50), Status::Diverged { .. }));
    assert!(matches!(status(SADDLE, [1.0, 0.3], 1e-4, 10), Status::BudgetSpent { gradient_norm } if gradient_norm > 0.1));
    assert!(matches!(status("log(x) + y^2", [-1.0, 0.0], 0.1, 50), Status::Diverged { .. }));
    let mut never = run(SADDLE, "gd", &[], [f64::INFINITY, 0.0], 50);
    assert!(matches!(never.status(), Status::Diverged { .. }));
    assert_eq!(never.advance(10), 0);
}

#[test]
fn a_run_that_grows_elsewhere_arrives_whole() {
    for (id, chunks) in [("sgd", vec![1, 70, 3, 400, 2000]), ("tr", vec![1, 1, 1, 500])] {
        let mut far = run(SADDLE, id, &[], [1.0, 0.3], 2400);
        let (mut near, mut mark) = (far.clone(), far.mark());
        for chunk in chunks {
            far.advance(chunk);
            near.absorb(far.since(&mut mark));
            assert_eq!((near.len(), near.status(), near.counts()), (far.len(), far.status(), far.counts()), "{id}");
        }
        assert_eq!(near.trace().rows().len(), far.trace().rows().len(), "{id}");
        assert_eq!(near.trace().positions(), far.trace().positions(), "{id}");
        for step in [1, 2, far.len() / 2, far.len()] {
            assert_eq!(format!("{:?}", near.record(step)), format!("{:?}", far.record(step)), "{id} step {step}");
            let replayed = near.replay(step).unwrap().finish();
            assert_eq!(format!("{replayed:?}"), format!("{:?}", far.record(step)), "{id} step {step}");
        }
    }
}

/// RMSProp's steps have length η whatever ‖∇f‖: on the stable manifold it leaps to and fro over the saddle at η/2, along an axis or
/// not. So does gradient descent at η = 2/λ exactly.
#[test]
fn who_leaps_over_a_saddle_is_told_to_hover() {
    let turned = "((x + y)^2 - (x - y)^2)/4 + (x - y)^4/16";
    for (text, id, start, length) in [
        (SADDLE, "rmsprop", [1.0, 0.0], 0.01),
        (SADDLE, "rmsprop_full", [1.0, 0.0], 0.01),
        (turned, "rmsprop_full", [0.7, 0.7], 0.01),
        (SADDLE, "gd", [0.5, 0.0], 1.0),
    ] {
        let settings: &[(&str, f64)] = if id == "gd" { &[("step_size", 2.0)] } else { &[("step_size", 0.01)] };
        let run = run(text, id, settings, start, 3000);
        let Status::StrictSaddle { lambda_min, hovers: Some(step) } = run.status() else { panic!("{id}: {:?}", run.status()) };
        assert!((lambda_min + 1.0).abs() < 1e-9 && (step - length).abs() < 0.01 * length, "{id} on {text}: {:?}", run.status());
        assert!(run.status().id() == "strict_saddle" && run.status().message().starts_with("It hovers over"));
        assert_eq!(run.len(), 3000, "what comes after the end is not recorded");
        for at in [1500, 2998, 3000] {
            let mut fork = run.fork(&fork_to(at, run.setup().method, run.setup().settings.clone())).unwrap();
            fork.advance(u64::MAX);
            assert_eq!(fork.status(), run.status(), "{id} forked at {at}");
        }
    }
}

/// Perturbed descent that waits too short after its kick returns the saddle: what it says of the point is measured.
#[test]
fn what_a_method_returns_is_measured() {
    let settings = [("step_size", 0.1), ("threshold_time", 5.0), ("perturbation_radius", 1e-6), ("gradient_threshold", 1e-3)];
    let wrong = run(SADDLE, "pgd", &settings, [1.0, 0.0], 2000);
    let Status::Finished { reason, end: Some(end) } = wrong.status() else { panic!("{:?}", wrong.status()) };
    assert!(reason.contains("returned as a second-order stationary point"));
    assert!((end.lambda_min + 1.0).abs() < 1e-9 && end.gradient_norm > 1e-8 && end.gradient_norm < 1e-3, "{end:?}");
    assert_eq!((wrong.status().words(), wrong.status().lambda_min()), ("ended at λ < 0", Some(end.lambda_min)));
    assert!(wrong.status().message().contains("no second-order stationary point"), "{}", wrong.status().message());
    assert!(wrong.status().ended_at_negative_curvature() && !wrong.status().is_bad());
    let settings = [("step_size", 0.1), ("perturbation_radius", 0.1), ("gradient_threshold", 1e-3)];
    let right = run(SADDLE, "pgd", &settings, [1.0, 0.3], 3000);
    assert_eq!(right.status().words(), "ended at λ > 0", "{:?}", right.status());
    for status in [wrong.status(), right.status(), &Status::Finished { reason: "a rule".to_owned(), end: None }] {
        let text = serde_json::to_string(status).unwrap();
        assert_eq!(serde_json::from_str::<Status>(&text).unwrap(), *status, "{text}");
    }
    let json = serde_json::to_value(wrong.status()).unwrap();
    assert_eq!(
        (json["status"].as_str(), json["kind"].as_str(), json["lambda_min"].as_f64()),
        (Some("finished"), Some("saddle"), Some(end.lambda_min))
    );
}

/// RMSProp leaps in bursts, between which it comes as near to the saddle as rounding lets it: wherever its steps are spent it is told to
/// be held there, at rest or not.
#[test]
fn who_is_held_at_a_saddle_is_told_so_after_every_budget() {
    for id in ["rmsprop", "rmsprop_full", "ngd"] {
        for step in [0.01, 0.1] {
            for budget in (300..=1500).step_by(100).chain([215, 800, 1111, 4000]) {
                let status = run(SADDLE, id, &[("step_size", step)], [1.0, 0.0], budget).status().clone();
                assert_eq!(status.id(), "strict_saddle", "{id} with steps of {step} after {budget}: {status:?}");
            }
        }
    }
}

/// A method that passes a saddle, however slowly, is not told to hover over it, wherever its steps are spent; neither is one that
/// circles a minimum, or whose oscillation dies out.
#[test]
fn who_passes_a_saddle_or_circles_a_minimum_is_not() {
    let hovers = |status: &Status| matches!(status, Status::StrictSaddle { hovers: Some(_), .. });
    let mut passed = 0;
    for m in methods().iter().filter(|m| m.requires.check(&*objective(SADDLE)).is_ok()) {
        for start in [[1.0, 1e-2], [1.0, 1e-4], [0.3, 1e-7]] {
            let whole = run(SADDLE, m.id, &[], start, 3000);
            let height = |k: u64| whole.objective().value(&whole.iterate(k));
            let Some(out) = (0..whole.len()).find(|k| height(*k) < -0.1) else { continue };
            for budget in (1..out).step_by((out as usize / 12).max(1)) {
                let status = run(SADDLE, m.id, &[], start, budget).status().clone();
                assert!(!hovers(&status), "{} from {start:?} after {budget} of {out} steps: {status:?}", m.id);
                passed += 1;
            }
        }
    }
    assert!(passed > 500, "{passed}");
    for id in ["ngd", "rmsprop", "rmsprop_full", "adadelta", "sgd"] {
        let circles = run("x^2 + 2*y^2", id, &[], [1.0, 0.3], 4000);
        assert!(!matches!(circles.status(), Status::StrictSaddle { .. }), "{id}: {:?}", circles.status());
    }
    let damped = run(SADDLE, "gd", &[("step_size", 1.95)], [1.0, 0.0], 60);
    assert!(matches!(damped.status(), Status::BudgetSpent { .. }), "{:?}", damped.status());
}
