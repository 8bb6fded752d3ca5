//! What theorems assume of f: the estimates, and the papers' parameters from them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use saddlescope::measure::assumptions;
use saddlescope::optim::{Assumptions, Noise, NoiseShape, Setting, Settings, method, methods};
use saddlescope::problem::{FormulaProblem, Objective, landscapes};
use std::collections::BTreeMap;

const NOISE: Noise = Noise { shape: NoiseShape::Isotropic, strength: 0.5 };

fn formula(text: &str, half: f64) -> FormulaProblem {
    FormulaProblem::from_text(text, None, &BTreeMap::new(), Some([-half, half, -half, half])).unwrap()
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * b.abs()
}

/// f = (x² − y²)/2 + y⁴/4 on [−2, 2]²: ‖∇²f‖ ≤ 3·2² − 1 = 11, ‖∇³f‖ ≤ 6·2 = 12, f* = −1/4; the grid ends half a cell before
/// the rim, at 2 · 16/17 = 1.882.
#[test]
fn a_saddle_is_measured() {
    let f = formula("(x^2 - y^2)/2 + y^4/4", 2.0);
    let a = assumptions(&f, &f.bounds(), &[1.5, 0.1], NOISE);
    let rim = 2.0 * 16.0 / 17.0;
    assert!(close(a.smoothness, 3.0 * rim * rim - 1.0, 1e-12), "{}", a.smoothness);
    assert!(close(a.hessian_lipschitz, 6.0 * rim, 2e-3), "{}", a.hessian_lipschitz);
    assert!(close(a.decrease, f.value(&[1.5, 0.1]) + 0.25, 1e-9), "{}", a.decrease);
    assert!(close(a.variance, 2.0 * 0.25, 1e-12));
    // On the grid's row y = 0 the gradient has no part along the negative curvature: γ is the noise's own.
    assert!(close(a.gamma, 0.25, 1e-12), "{}", a.gamma);
    assert_eq!((a.dim, a.samples), (2, 1));
}

/// Curvature-shaped noise has n|λ|/tr|H| of its variance along an eigenvector: at the centre of the saddle one half of 2σ².
#[test]
fn curvature_noise_is_measured_along_the_eigenvector() {
    let f = formula("(x^2 - 3*y^2)/2", 1.0);
    let a = assumptions(&f, &f.bounds(), &[1.0, 0.0], Noise { shape: NoiseShape::Curvature, strength: 0.5 });
    assert!(close(a.gamma, 0.25 * 2.0 * 3.0 / 4.0, 1e-12), "{}", a.gamma);
    assert!(close(a.smoothness, 3.0, 1e-12));
    // Constant curvature: ρ has its floor.
    assert!(close(a.hessian_lipschitz, 1e-3 * 3.0 / 2.0, 1e-9), "{}", a.hessian_lipschitz);
}

/// Half-spaces with the sigmoid loss: ‖∇fᵢ‖ ≤ max‖z‖/4 beside the weight decay, and no moment exceeds l².
#[test]
fn a_finite_sum_is_measured_by_its_components() {
    let id = "half_spaces";
    let f = FormulaProblem::from_landscape(saddlescope::problem::landscape(id).unwrap(), &BTreeMap::new(), None).unwrap();
    let start = f.starts()[0].clone();
    let a = assumptions(&f, &f.bounds(), &start, NOISE);
    let sum = f.finite_sum().unwrap();
    assert_eq!((a.samples, a.dim), (sum.samples(), 4));

    assert!(a.gradient_bound > 0.3 && a.gradient_bound < 2.0, "{}", a.gradient_bound);
    assert!(a.variance > 0.0 && a.variance <= a.gradient_bound * a.gradient_bound);
    assert!(a.gamma > 0.0 && a.gamma < a.gradient_bound * a.gradient_bound);
}

#[test]
fn every_landscape_gives_usable_assumptions_and_every_preset_usable_parameters() {
    for entry in landscapes() {
        let f = FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap();
        let start = f.starts()[0].clone();
        let a = assumptions(&f, &f.bounds(), &start, NOISE);
        let numbers = [a.smoothness, a.hessian_lipschitz, a.epsilon, a.failure, a.decrease, a.variance, a.gradient_bound];
        assert!(numbers.iter().all(|v| *v > 0.0 && v.is_finite()) && a.gamma >= 0.0, "{}: {a:?}", entry.id);
        for m in methods().iter().filter(|m| m.preset.is_some()) {
            let settings = m.preset_settings(&Settings::new(), &a).unwrap();
            assert!(!settings.is_empty(), "{}", m.id);
            assert!(m.resolve(&settings, Some(f.scales())).is_ok(), "{} on {}: {settings:?}", m.id, entry.id);
        }
    }
}

#[test]
fn the_methods_whose_papers_give_parameters_have_presets() {
    for id in "pgd pagd cnc_pgd cnc_sgd neon neon2_online neon2 natasha15 natasha2 svrg scsg sgld noisy_sgd saddle_ngd".split(' ')
    {
        let m = method(id).unwrap();
        assert!(m.preset.is_some_and(|p| !p.source.is_empty()), "{id}");
        let json = serde_json::to_value(m).unwrap();
        assert!(json["preset"].as_str().is_some_and(|s| !s.is_empty()), "{id}");
    }
    assert!(serde_json::to_value(method("gd").unwrap()).unwrap().get("preset").is_none());
}

/// ℓ = 2, ρ = 4, ε = 0.01, δ = 0.1, Δ_f = 1, n = 10.
const ASSUMED: Assumptions = Assumptions {
    smoothness: 2.0,
    hessian_lipschitz: 4.0,
    epsilon: 0.01,
    gamma: 0.05,
    failure: 0.1,
    decrease: 1.0,
    variance: 0.5,
    gradient_bound: 1.5,
    dim: 10,
    samples: 40,
};

/// χ = 3 log(10·2/(10⁻⁴·0.1)).
#[test]
fn presets_are_the_papers_formulas() {
    let a = ASSUMED;
    let value = |id: &str, name: &str| match method(id).unwrap().preset_settings(&Settings::new(), &a).unwrap().get(name) {
        Some(Setting::Number(v)) => *v,
        other => panic!("{id} {name}: {other:?}"),
    };
    let chi = 3.0 * libm::log(10.0 * 2.0 / (1e-4 * 0.1));
    for (name, expected) in [
        ("step_size", 0.5),
        ("perturbation_radius", 0.01 / (chi * chi * 2.0)),
        ("gradient_threshold", 0.01 / (chi * chi)),
        ("value_threshold", libm::sqrt(1e-6 / 4.0) / (chi * chi * chi)),
        ("threshold_time", libm::ceil(chi * 2.0 / libm::sqrt(0.04))),
    ] {
        assert!(close(value("pgd", name), expected, 1e-12), "pgd {name}: {} against {expected}", value("pgd", name));
    }
    assert!(close(value("svrg", "step_size"), 0.05, 1e-12) && value("svrg", "inner_length") == 80.0);
    // B = min(m, V/ε²) = 40, η = 40^{−2/3}/(3ℓ).
    assert!(value("scsg", "snapshot_batch") == 40.0);
    assert!(close(value("scsg", "step_size"), libm::pow(40.0, -2.0 / 3.0) / 6.0, 1e-12));
    // r = δγε^{4/5}/(l³ℓ²).
    let kick = 0.1 * 0.05 * libm::pow(0.01, 0.8) / (1.5 * 1.5 * 1.5 * 4.0);
    assert!(close(value("cnc_pgd", "perturbation_step"), kick, 1e-12));
    assert!(close(value("pagd", "step_size"), 0.125, 1e-12));
    // κ = ℓ/√(ρε) = 10, θ = 1/(4√10), γ = θ²/η, s = γ/(4ρ).
    let theta = 0.25 / libm::sqrt(10.0);
    assert!(close(value("pagd", "exploit_radius"), theta * theta / 0.125 / 16.0, 1e-12));
    // L = √(2Δ_f/ℓ) = 1 and ε/(ℓL) = 0.005: η = 0.005², θ = √η, N₀ = η^{−1/2}.
    assert!(close(value("saddle_ngd", "step_size"), 2.5e-5, 1e-12) && close(value("saddle_ngd", "noise"), 0.005, 1e-12));
    assert_eq!(value("saddle_ngd", "noise_interval"), 200.0);
    // δ = √(ρε) = 0.2: T = 4 log(n/p)√(ℓ/δ), rounded up.
    assert_eq!(value("neon2", "search_length"), libm::ceil(4.0 * libm::log(100.0) * libm::sqrt(10.0)));
    assert!(close(value("neon2", "curvature_step"), 0.05, 1e-12));
    // B = V/ε² = 5000, σ = ℓ: p = 5000^{1/3} rounded up = 18, m = B/p, α = 1/(p²ℓ).
    assert_eq!((value("natasha15", "batch_size"), value("natasha15", "sub_epochs")), (5000.0, 18.0));
    assert!(close(value("natasha15", "step_size"), 1.0 / (18.0 * 18.0 * 2.0), 1e-12));
}

/// The parameters that the inner method's paper computes, under their names here.
#[test]
fn around_a_method_the_papers_choice_is_that_methods() {
    let lookahead = method("lookahead").unwrap();
    for inner in methods().iter().map(|m| m.id).filter(|id| *id != "lookahead") {
        let settings = Settings::from([("inner".to_owned(), Setting::Name(inner.to_owned()))]);
        let own = method(inner).unwrap().preset_settings(&Settings::new(), &ASSUMED);
        let around = lookahead.preset_settings(&settings, &ASSUMED);
        assert_eq!(around.is_some(), lookahead.preset_in(&settings).is_some(), "{inner}");
        let prefixed = own.map(|own| own.into_iter().map(|(name, value)| (format!("inner_{name}"), value)).collect::<Settings>());
        assert_eq!(around, prefixed, "{inner}");
        if let Some(around) = around {
            let all = settings.into_iter().chain(around).collect();
            assert!(lookahead.resolve(&all, None).is_ok(), "{inner}");
        }
    }
}
