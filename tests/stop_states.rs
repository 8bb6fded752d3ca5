//! Every method meets every stop state that it can.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::Vector;
use saddlescope::optim::{Method, Noise, NoiseShape, Setting, Settings, methods};
use saddlescope::problem::{FormulaProblem, Objective, Scales};
use saddlescope::run::{Run, Setup, Status, StopRules};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A place that leads to a state.
struct Case {
    name: &'static str,
    formula: &'static str,
    /// For the methods that need residuals, where the formula has none.
    squares: Option<&'static str>,
    start: [f64; 2],
    budget: u64,
    noise: f64,
    /// The norm that counts as far away.
    far: f64,
    /// What a method without a reason against it comes to.
    state: &'static str,
}

const CASES: [Case; 9] = [
    Case {
        name: "bowl",
        formula: "(x^2 + 4*y^2)/2",
        squares: None,
        start: [1.0, 0.3],
        budget: 20_000,
        noise: 0.0,
        far: 1e12,
        state: "minimum",
    },
    Case {
        name: "saddle",
        formula: "(x^2 - y^2)/2 + y^4/4",
        squares: Some("x^2/2 + (y^2 - 1)^2/4"),
        start: [0.0, 0.0],
        budget: 3000,
        noise: 0.0,
        far: 1e12,
        state: "strict_saddle",
    },
    Case {
        name: "maximum",
        formula: "cos(x) + cos(y)",
        squares: Some("(x^2 - 1)^2 + (y^2 - 1)^2"),
        start: [0.0, 0.0],
        budget: 3000,
        noise: 0.0,
        far: 1e12,
        state: "maximum",
    },
    Case {
        name: "flat",
        formula: "x^2/2 + y^4/4",
        squares: None,
        start: [0.0, 0.0],
        budget: 500,
        noise: 0.0,
        far: 1e12,
        state: "degenerate",
    },
    Case {
        name: "outside",
        formula: "log(x)^2 + y^2",
        squares: None,
        start: [-1.0, 0.0],
        budget: 50,
        noise: 0.1,
        far: 1e12,
        state: "diverged",
    },
    Case {
        name: "cliff",
        formula: "x^2 + sqrt(y + 1)",
        squares: None,
        start: [1.0, 0.5],
        budget: 3000,
        noise: 0.0,
        far: 1e12,
        state: "diverged",
    },
    Case {
        name: "unbounded",
        formula: "x^2 - y^4",
        squares: None,
        start: [1.0, 1.5],
        budget: 3000,
        noise: 0.1,
        far: 10.0,
        state: "diverged",
    },
    Case {
        name: "stalled",
        formula: "(x + y)/1e7",
        squares: Some("((x - 2e8)/1e6)^2 + ((y - 2e8)/1e6)^2"),
        start: [1e8, 1e8],
        budget: 3000,
        noise: 0.0,
        far: 1e12,
        state: "stalled",
    },
    Case {
        name: "budget",
        formula: "(1 - x)^2 + 100*(y - x^2)^2",
        squares: None,
        start: [-1.2, 1.0],
        budget: 1,
        noise: 0.1,
        far: 1e12,
        state: "budget_spent",
    },
];

fn objective(text: &str) -> Arc<dyn Objective> {
    Arc::new(FormulaProblem::from_text(text, None, &BTreeMap::new(), None).unwrap())
}

fn end(m: &'static Method, case: &Case) -> Option<Status> {
    let fitting = |text: &&str| m.requires.check(&*objective(text)).is_ok();
    let text = [Some(case.formula), case.squares].into_iter().flatten().find(fitting)?;
    let mut settings = Settings::new();
    if case.name == "stalled" {
        for (name, value) in [("step_size", 0.0), ("radius", 0.0), ("radius_max", 0.0), ("damping", f64::MAX)] {
            for p in m.declared(&settings).iter().filter(|p| p.name.trim_start_matches("inner_") == name) {
                let (min, max) = p.span.limits();
                settings.insert(p.name.to_owned(), Setting::Number(value.clamp(min, max)));
            }
        }
    }
    let setup = Setup {
        method: m,
        settings,
        scales: Some(Scales { step_size: 0.1, radius: 0.3 }),
        start: Vector::from_slice(&case.start),
        noise: Noise { shape: NoiseShape::Isotropic, strength: case.noise },
        seed: 7,
        budget: case.budget,
        rules: StopRules { far: case.far, ..StopRules::default() },
    };
    let mut run = Run::new(objective(text), setup).unwrap();
    run.advance(u64::MAX);
    Some(run.status().clone())
}

/// Case, methods, the state they come to instead, and why.
type Exception = (&'static str, &'static str, &'static str, &'static str);

const EXCEPTIONS: [Exception; 22] = [
    ("bowl", "ngd rmsprop_full adadelta", "budget_spent", "their steps do not go to zero with the gradient"),
    ("bowl", "noisy_sgd sgld saddle_ngd pagd", "budget_spent", "their own noise or kicks do not end"),
    ("bowl", "pgd neon neon2 neon2_online", "finished", "they end by their own rule at a gradient of their own"),
    ("saddle", "noisy_sgd sgld saddle_ngd pagd", "budget_spent", "they leave, and their own noise or kicks do not end"),
    ("saddle", "pgd neon neon2 neon2_online", "finished", "they leave, and end by their own rule"),
    ("saddle", "natasha2 arc subsampled_arc tr", "minimum", "they leave and find a minimum"),
    ("maximum", "noisy_sgd sgld saddle_ngd pagd", "budget_spent", "they leave, and their own noise or kicks do not end"),
    ("maximum", "pgd neon neon2 neon2_online", "finished", "they leave, and end by their own rule"),
    ("maximum", "natasha2 arc subsampled_arc tr", "minimum", "they leave and find a minimum"),
    ("flat", "noisy_sgd sgld pagd", "budget_spent", "their own noise or kick comes before the point is looked at"),
    ("cliff", "cg", "finished", "its search ends before the edge, where nothing finite is lower"),
    (
        "cliff",
        "newton",
        "stalled",
        "it goes up to where the curvature along y is rounding beside that along x, and leaves y alone",
    ),
    ("cliff", "adan", "stalled", "it rejects every trial at the edge"),
    ("unbounded", "sgld", "stalled", "it rejects steps longer than D"),
    ("unbounded", "natasha2", "budget_spent", "its steps along negative curvature go to a random side: a walk"),
    ("unbounded", "newton", "degenerate", "it goes to the stationary point whatever it is"),
    ("stalled", "adamw", "budget_spent", "its decay is a share of x"),
    (
        "stalled",
        "cg bfgs lbfgs arc subsampled_arc regularized_newton",
        "budget_spent",
        "their lengths come from a search or from σ, not from a step size",
    ),
    ("stalled", "cnc_sgd sgld saddle_ngd pagd cnc_pgd", "budget_spent", "their kicks have a length of their own"),
    ("stalled", "neon neon2 neon2_online", "finished", "they end by their own rule at a gradient of their own"),
    (
        "stalled",
        "gauss_newton levenberg_marquardt",
        "degenerate",
        "linear residuals are solved in one step, or as soon as the damping has fallen",
    ),
    ("stalled", "adan", "diverged", "a linear function lets its H_c fall without end"),
];

#[test]
fn every_method_meets_every_state_that_it_can() {
    let (mut faults, mut used) = (Vec::new(), [0; EXCEPTIONS.len()]);
    for case in &CASES {
        for m in methods() {
            let Some(status) = end(m, case) else { continue };
            let exception =
                EXCEPTIONS.iter().position(|(name, ids, ..)| *name == case.name && ids.split(' ').any(|id| id == m.id));
            let (expected, reason) = match exception {
                Some(i) => {
                    used[i] += 1;
                    (EXCEPTIONS[i].2, EXCEPTIONS[i].3)
                }
                None => (case.state, "no exception"),
            };
            if status.id() != expected {
                faults.push(format!("{} on {}: {expected} expected ({reason}): {status:?}", m.id, case.name));
            }
        }
    }
    for ((case, ids, ..), used) in EXCEPTIONS.iter().zip(used) {
        assert_eq!(ids.split(' ').count(), used, "{case}: {ids}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let mut states: Vec<&str> = CASES.iter().map(|case| case.state).chain(EXCEPTIONS.iter().map(|e| e.2)).collect();
    states.sort_unstable();
    states.dedup();
    // All but running.
    assert_eq!(states.len(), 8, "{states:?}");
}
