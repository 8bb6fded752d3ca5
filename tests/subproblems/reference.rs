//! Solutions against the reference implementation and SciPy.

use crate::{Problem, close};
use saddlescope::linalg::{Metric, Vector, norm};
use saddlescope::optim::Exit;
use saddlescope::optim::subproblem::{self, Curvature};
use serde_json::Value;

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().flat_map(|e| if e.is_array() { numbers(e) } else { vec![e.as_f64().unwrap()] }).collect()
}

fn cases() -> Vec<(String, Problem, Value)> {
    let file: Value = serde_json::from_str(include_str!("../reference/tr_subproblems.json")).unwrap();
    let rows = file["subproblems"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            let diagonal = numbers(&row["M_diag"]);
            let metric =
                if diagonal.iter().all(|m| *m == 1.0) { Metric::Sphere } else { Metric::Diagonal(Vector::from_slice(&diagonal)) };
            let problem =
                Problem { g: numbers(&row["g"]), h: numbers(&row["H"]), metric, radius: row["delta"].as_f64().unwrap() };
            (row["name"].as_str().unwrap().to_owned(), problem, row.clone())
        })
        .collect()
}

#[test]
fn exact_solutions_of_the_reference() {
    let mut hard = 0;
    for (name, problem, row) in cases() {
        let (ours, theirs) = (problem.exact(), &row["exact"]);
        let number = |key: &str| theirs[key].as_f64().unwrap();
        close(&name, ours.multiplier, number("lam"), 1e-10);
        close(&name, ours.model_decrease, number("model_decrease"), 1e-10);
        close(&name, -problem.model(&ours.step), number("model_decrease"), 1e-10);
        close(&name, ours.norm, number("m_norm"), 1e-10);
        close(&name, problem.metric.norm(&ours.step), number("m_norm"), 1e-10);
        let exit = match theirs["case"].as_str().unwrap() {
            "interior" => Exit::Interior,
            "boundary" => Exit::Boundary,
            _ => Exit::HardCase,
        };
        assert_eq!(ours.exit, exit, "{name}");
        assert_eq!(ours.path.last(), Some(&ours.step), "{name}");
        if row["unique"].as_bool().unwrap() {
            // The reference takes λ, not its distance from −λ₁, as the unknown and loses digits when they are close.
            let tolerance = if name == "almost_hard_2d" { 1e-8 } else { 1e-10 };
            for (a, b) in ours.step.iter().zip(numbers(&theirs["s"])) {
                close(&name, *a, b, tolerance);
            }
        } else {
            hard += 1;
            assert_eq!(ours.path.len(), 2, "{name}");
        }
        // SciPy solves to a tolerance of its own.
        if let Some(scipy) = row["scipy_trust_exact"]["model_decrease"].as_f64() {
            close(&name, ours.model_decrease, scipy, 1e-8);
        }
    }
    assert!(hard >= 5, "{hard} hard cases");
}

#[test]
fn steihaug_paths_of_the_reference() {
    let mut checked = 0;
    for (name, problem, row) in cases() {
        let length = norm(&problem.g);
        let kohler = subproblem::forcing_tolerance(length, 0.1, 0.5);
        for (key, tolerance) in [("steihaug_tol1e-12", 1e-12), ("steihaug_kohler_tol", kohler)] {
            let Some(theirs) = row.get(key) else { continue };
            let ours = problem.steihaug(tolerance);
            for (a, b) in ours.step.iter().zip(numbers(&theirs["s"])) {
                close(&name, *a, b, 1e-10);
            }
            close(&name, ours.model_decrease, theirs["model_decrease"].as_f64().unwrap(), 1e-10);
            assert_eq!(ours.products as u64, theirs["iters"].as_u64().unwrap(), "{name}");
            assert_eq!(ours.path.len(), ours.products);
            let exit = match theirs["status"].as_str().unwrap() {
                "converged" => Exit::Interior,
                "boundary" => Exit::Boundary,
                "negative_curvature" => Exit::NegativeCurvature,
                _ => Exit::IterationLimit,
            };
            assert_eq!(ours.exit, exit, "{name}");
            checked += 1;
        }
    }
    assert_eq!(checked, 40);
}

/// In the hard case the reference stays in the space of g; ours finds the exact solution's value and multiplier.
#[test]
fn lanczos_solutions_of_the_reference() {
    let (mut checked, mut hard) = (0, 0);
    for (name, problem, row) in cases() {
        let n = problem.g.len();
        let ours = subproblem::lanczos(&problem.g, problem.product(), &problem.metric, problem.radius, 1e-12, n, Curvature::Seen)
            .unwrap();
        close(&name, -problem.model(&ours.step), ours.model_decrease, 1e-12);
        if row["exact"]["case"] == "hard" {
            close(&name, ours.multiplier, row["exact"]["lam"].as_f64().unwrap(), 1e-10);
            close(&name, ours.model_decrease, row["exact"]["model_decrease"].as_f64().unwrap(), 1e-10);
            assert_eq!(ours.exit, Exit::HardCase, "{name}");
            hard += 1;
            continue;
        }
        let theirs = &row["gltr"];
        close(&name, ours.multiplier, theirs["lam"].as_f64().unwrap(), 1e-8);
        close(&name, ours.model_decrease, theirs["model_decrease"].as_f64().unwrap(), 1e-10);
        // Where the space of g is invariant the rest is looked at too.
        assert!(ours.products as u64 >= theirs["iters"].as_u64().unwrap(), "{name}");
        for (a, b) in ours.step.iter().zip(numbers(&theirs["s"])) {
            close(&name, *a, b, 1e-8);
        }
        checked += 1;
    }
    assert_eq!((checked, hard), (16, 5));
}
