//! Solutions against the reference implementation and SciPy.

use crate::{Problem, close, close_vectors};
use saddlescope::linalg::{Metric, Rng, Vector, norm};
use saddlescope::optim::subproblem::{self, Curvature};
use saddlescope::optim::{Counts, Exit, Oracle, Setting, method};
use saddlescope::problem::{FormulaProblem, Objective, landscape};
use serde_json::Value;
use std::collections::BTreeMap;

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
            close_vectors(&name, &ours.step, &numbers(&theirs["s"]), tolerance);
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
            close_vectors(&name, &ours.step, &numbers(&theirs["s"]), 1e-10);
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
        close(&name, ours.multiplier, theirs["lam"].as_f64().unwrap(), if name == "almost_hard_2d" { 1e-8 } else { 1e-10 });
        close(&name, ours.model_decrease, theirs["model_decrease"].as_f64().unwrap(), 1e-10);
        // Where the space of g is invariant the rest is looked at too.
        assert!(ours.products as u64 >= theirs["iters"].as_u64().unwrap(), "{name}");
        // As with the exact solver; there the reference has lost half of its digits.
        let tolerance = if name == "almost_hard_2d" { 2e-8 } else { 1e-10 };
        close_vectors(&name, &ours.step, &numbers(&theirs["s"]), tolerance);
        checked += 1;
    }
    assert_eq!((checked, hard), (16, 5));
}

/// Lemma 1 of Kohler, Adolphs and Lucchi 2020: s = −ηB⁻¹g with B = A^½ minimizes ⟨g, s⟩ over ‖s‖_B ≤ η‖g‖_{B⁻¹}, with multiplier 1/η.
#[test]
fn preconditioned_steps_solve_the_linear_problem() {
    let file: Value = serde_json::from_str(include_str!("../reference/trajectories_second_order.json")).unwrap();
    let rows = file["lemma1_checks"].as_array().unwrap();
    assert_eq!(rows.len(), 6);
    for (k, row) in rows.iter().enumerate() {
        let label = format!("lemma 1, row {k}");
        let number = |key: &str| row[key].as_f64().unwrap();
        let (a, b) = (numbers(&row["A"]), numbers(&row["ellipsoid_matrix"]));
        let square: Vec<f64> = (0..9).map(|e| (0..3).map(|i| b[3 * (e / 3) + i] * b[3 * i + e % 3]).sum()).collect();
        close_vectors(&label, &square, &a, 1e-12);
        let metric = Metric::Full(Vector::from_slice(&b));
        let problem = Problem { g: numbers(&row["g"]), h: vec![0.0; 9], metric, radius: number("radius") };
        close(&label, number("eta") * problem.dual(), problem.radius, 1e-12);
        let cauchy = subproblem::cauchy(&problem.g, problem.product(), &problem.metric, problem.radius).unwrap();
        for ours in [problem.exact(), cauchy, problem.steihaug(1e-12)] {
            close_vectors(&label, &ours.step, &numbers(&row["step"]), 1e-12);
            close(&label, ours.model_decrease, -number("model_change"), 1e-12);
        }
        close(&label, problem.exact().multiplier, 1.0 / number("eta"), 1e-12);
    }
}

fn scipy_runs() -> Vec<(String, FormulaProblem, Vec<f64>, Value)> {
    let file: Value = serde_json::from_str(include_str!("../reference/tr_subproblems.json")).unwrap();
    let runs = file["scipy_minimize"].as_array().unwrap();
    runs.iter()
        .map(|run| {
            let entry = landscape(run["problem"].as_str().unwrap()).unwrap();
            let problem = FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap();
            let label = format!("{} on {}", run["method"].as_str().unwrap(), entry.id);
            (label, problem, numbers(&run["x0"]), run.clone())
        })
        .collect()
}

/// SciPy's `trust-ncg`: this module's conjugate gradients in SciPy's loop (ρ < ¼: Δ/4; ρ > ¾ on the boundary: 2Δ; taken at ρ > 0.15),
/// iterate by iterate.
#[test]
fn scipys_iterates_with_conjugate_gradients() {
    let mut compared = 0;
    for (label, f, x0, run) in scipy_runs().into_iter().filter(|(.., run)| run["method"] == "trust-ncg") {
        let (mut x, mut radius, n) = (x0, 1.0, 2);
        for (k, theirs) in run["iterates"].as_array().unwrap().iter().enumerate() {
            let (mut g, mut h) = (vec![0.0; n], vec![0.0; n * n]);
            let value = f.value_gradient_hessian(&x, &mut g, &mut h);
            let problem = Problem { g, h, metric: Metric::Sphere, radius };
            let ours = problem.steihaug(subproblem::forcing_tolerance(norm(&problem.g), 0.5, 0.5));
            let to: Vec<f64> = x.iter().zip(&ours.step).map(|(a, b)| a + b).collect();
            let ratio = (value - f.value(&to)) / ours.model_decrease;
            if ratio < 0.25 {
                radius *= 0.25;
            } else if ratio > 0.75 && ours.exit != Exit::Interior {
                radius = (2.0 * radius).min(1000.0);
            }
            if ratio > 0.15 {
                x = to;
            }
            // Rounding grows with the condition, up to 2500, and from step to step.
            close_vectors(&format!("{label}, iterate {k}"), &x, &numbers(theirs), 1e-8);
            compared += 1;
        }
        close_vectors(&label, &x, &numbers(&run["x"]), 1e-8);
    }
    assert_eq!(compared, 30 + 10 + 12 + 12 + 8);
}

/// Where SciPy's three methods end the trust region ends, with the same solver: at the same minimum, or its mirror image beside the saddle.
#[test]
fn scipys_ends() {
    for (label, f, x0, run) in scipy_runs() {
        let solver = match run["method"].as_str().unwrap() {
            "trust-exact" => "exact",
            "trust-krylov" => "gltr",
            _ => "steihaug",
        };
        let text = |v: &str| Setting::Name(v.to_owned());
        let settings = [
            ("solver", text(solver)),
            ("eta1", Setting::Number(0.15)),
            ("eta2", Setting::Number(0.75)),
            ("shrink", Setting::Number(4.0)),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        let mut machine = method("tr").unwrap().start(&settings, None, &x0).unwrap();
        let mut oracle = Oracle::new(&f, Rng::new(0), Counts::default());
        for _ in 0..100 {
            machine.step(&mut oracle).unwrap();
        }
        let (ours, mut theirs) = (machine.position(), numbers(&run["x"]));
        if label.ends_with("saddle_bounded") {
            theirs[1] = ours[1].signum() * theirs[1].abs();
        }
        close_vectors(&label, ours, &theirs, 1e-7);
        let best = run["f"].as_f64().unwrap();
        assert!((f.value(ours) - best).abs() <= 1e-12 * (1.0 + best.abs()), "{label}: {} against {best}", f.value(ours));
    }
}
