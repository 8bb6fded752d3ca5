//! Speed of saddlescope, each figure beside a peer in the same run: `cargo bench -p saddlescope-benches`.
#![allow(clippy::panic, reason = "a benchmark that cannot start should say why and stop")]

use saddlescope::optim::{Setting, Settings, method};
use saddlescope::problem::{FormulaProblem, Objective, landscape};
use saddlescope::run::{Run, Setup, StopRules};
use saddlescope::scene::Scene;
use std::collections::BTreeMap;
use std::sync::Arc;

pub mod by_hand;

/// Rosenbrock's function written by hand, for the peers.
pub mod rosenbrock {
    /// (1 − x)² + 100 (y − x²)².
    pub fn value(x: f64, y: f64) -> f64 {
        (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x)
    }

    /// Its gradient.
    pub fn gradient(x: f64, y: f64) -> [f64; 2] {
        [-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)]
    }

    /// Its Hessian by rows.
    pub fn hessian(x: f64, y: f64) -> [f64; 4] {
        [2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x, -400.0 * x, 200.0]
    }
}

/// The catalogue's landscape with its defaults.
///
/// # Panics
/// When the catalogue has no such entry: a slip in the benchmark.
pub fn problem(id: &str) -> Arc<FormulaProblem> {
    let entry = landscape(id).unwrap_or_else(|e| panic!("{e}"));
    Arc::new(FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap_or_else(|e| panic!("{e}")))
}

/// A run of `id` on a catalogue landscape, not yet advanced.
///
/// # Panics
/// When the method or its settings do not exist: a slip in the benchmark.
pub fn run(problem: &Arc<FormulaProblem>, id: &str, settings: &[(&str, Setting)], budget: u64, gradient: f64) -> Run {
    started(problem, setup(problem, id, settings, budget, gradient))
}

/// The setup of [`run`].
///
/// # Panics
/// When there is no such method.
pub fn setup(problem: &FormulaProblem, id: &str, settings: &[(&str, Setting)], budget: u64, gradient: f64) -> Setup {
    let settings: Settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Setup {
        method: method(id).unwrap_or_else(|e| panic!("{e}")),
        settings,
        scales: Some(problem.scales()),
        start: problem.starts().swap_remove(0).into(),
        noise: Scene::default().noise_on(problem.scales()),
        seed: 1,
        budget,
        rules: StopRules { gradient, ..StopRules::default() },
    }
}

/// The run of a setup.
///
/// # Panics
/// When its settings do not fit the method.
pub fn started(problem: &Arc<FormulaProblem>, setup: Setup) -> Run {
    let objective: Arc<dyn Objective> = Arc::<FormulaProblem>::clone(problem);
    Run::new(objective, setup).unwrap_or_else(|e| panic!("{e}"))
}
