//! Every method with its defaults on every landscape: something to watch, and no accident.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use saddlescope::linalg::{Vector, norm};
use saddlescope::optim::{Method, Requirement, SettingsError, method, methods};
use saddlescope::problem::{FormulaProblem, Kind, Landscape, Objective, landscapes};
use saddlescope::run::{Run, Setup, Status, StopRules};
use saddlescope::scene::Scene;
use std::collections::BTreeMap;
use std::sync::Arc;

const STEPS: u64 = 400;

/// Methods that take every step whole, without a look at f: a flat Hessian sends them far, a saddle or a maximum holds them.
const UNGUARDED: [&str; 5] = ["newton", "damped_newton", "saddle_free_newton", "gauss_newton", "regularized_newton"];

fn problem(entry: &'static Landscape) -> FormulaProblem {
    FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).expect("a problem")
}

/// The run, or none for a method that the function does not suit: it then says so.
fn run(problem: &FormulaProblem, method: &'static Method, start: &[f64], seed: u64) -> Option<Run> {
    let setup = Setup {
        method,
        settings: BTreeMap::new(),
        scales: Some(problem.scales()),
        start: Vector::from_slice(start),
        noise: Scene::default().noise_on(problem.scales()),
        seed,
        budget: STEPS,
        rules: StopRules::default(),
    };
    match Run::new(Arc::new(problem.clone()), setup) {
        Ok(mut run) => {
            run.advance(STEPS);
            Some(run)
        }
        Err(SettingsError::NotApplicable { .. }) => {
            assert!(method.requires == Requirement::GaussNewton && problem.gauss_newton().is_none(), "{}", method.id);
            None
        }
        Err(error) => panic!("{}: {error}", method.id),
    }
}

fn width(entry: &Landscape) -> f64 {
    let [x0, x1, y0, y1] = entry.domain;
    (x1 - x0).max(y1 - y0)
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(p, q)| p - q).collect::<Vec<_>>())
}

#[test]
fn no_method_diverges_where_there_is_a_bottom() {
    assert!(!methods().is_empty());
    for entry in landscapes() {
        let problem = problem(entry);
        for method in methods() {
            for start in problem.starts() {
                let Some(run) = run(&problem, method, &start, 1) else { continue };
                let at = format!("{} on {} from {start:?}: {}", method.id, entry.id, run.status().message());
                if UNGUARDED.contains(&method.id) {
                    let diverged = matches!(run.status(), Status::Diverged { .. });
                    assert!(diverged || run.position().iter().all(|v| v.is_finite()), "{at}");
                } else if !entry.unbounded {
                    assert!(!matches!(run.status(), Status::Diverged { .. }), "{at}");
                    let away = distance(run.position(), &start);
                    assert!(away <= 100.0 * width(entry), "{at}: {away} away");
                }
            }
        }
    }
}

#[test]
fn every_method_moves_visibly_from_the_default_start() {
    for entry in landscapes() {
        let problem = problem(entry);
        let start = &problem.starts()[0];
        for method in methods() {
            let Some(run) = run(&problem, method, start, 1) else { continue };
            let rows = run.trace().rows().len();
            let farthest = (0..rows).map(|row| distance(run.trace().position(row), start)).fold(0.0, f64::max);
            let held = UNGUARDED.contains(&method.id) && matches!(run.status(), Status::StrictSaddle { .. });
            assert!(
                held || farthest > 0.02 * width(entry),
                "{} on {} moves only {:.4} of the picture: {}",
                method.id,
                entry.id,
                farthest / width(entry),
                run.status().message()
            );
        }
    }
}

#[test]
fn gradient_descent_descends_at_every_step_that_meets_no_kink() {
    let gd = method("gd").expect("a method");
    for entry in landscapes().iter().filter(|entry| !entry.unbounded) {
        let problem = problem(entry);
        for start in problem.starts() {
            let run = run(&problem, gd, &start, 1).expect("gradient descent runs everywhere");
            let steps: Vec<_> = run.records().map(|(step, _)| step).collect();
            for pair in steps.windows(2) {
                let (now, next) = (&pair[0], &pair[1]);
                let smooth = problem.formula().is_smooth_at(problem.parameter_values(), &now.from, norm(&now.trial));
                let rises = next.f > now.f + 1e-12 * now.f.abs().max(1.0);
                assert!(!(smooth && rises), "{} at {:?}: from {} to {}", entry.id, now.from, now.f, next.f);
            }
        }
    }
}

#[test]
fn starts_at_rest_are_saddles() {
    for entry in landscapes() {
        let problem = problem(entry);
        for start in problem.starts() {
            let report = saddlescope::measure::classify(&problem, &start);
            assert!(matches!(report.kind, Kind::Regular | Kind::Saddle), "{} from {start:?}: {}", entry.id, report.kind);
        }
    }
}
