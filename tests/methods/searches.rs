//! Searches for negative curvature: what they find, how often, and what they ask.

use crate::objectives::{Cloud, Plane, QUAD_ILL, SADDLE_BOUNDED, run, run_in, set};
use saddlescope::linalg::{Rng, dot, norm};
use saddlescope::optim::stochastic::Oja;
use saddlescope::optim::{Counts, Geometry, Noise, Oracle, Phase, Settings, Step, Verdict};
use saddlescope::problem::{FiniteSum, Objective};

/// f = ½ Σ λᵢxᵢ².
struct Quadratic(Vec<f64>);

impl Objective for Quadratic {
    fn dim(&self) -> usize {
        self.0.len()
    }
    fn value(&self, x: &[f64]) -> f64 {
        self.0.iter().zip(x).map(|(l, x)| 0.5 * l * x * x).sum()
    }
    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.hessian_vector(x, x, gradient);
        self.value(x)
    }
    fn hessian_vector(&self, _x: &[f64], v: &[f64], product: &mut [f64]) {
        product.iter_mut().zip(self.0.iter().zip(v)).for_each(|(p, (l, v))| *p = l * v);
    }
}

/// λ_min first, the other 49 evenly on [0, 1].
fn fifty(lambda_min: f64) -> Quadratic {
    Quadratic(std::iter::once(lambda_min).chain((0..49).map(|i| f64::from(i) / 48.0)).collect())
}

fn is_move(step: &Step) -> bool {
    step.phase == Phase::Descent && matches!(step.geometry, Geometry::NegativeCurvature { .. })
}

/// n = 50, L = 1, δ = 0.1, p = 0.1: T = 4 log(n/p) √(L/δ), σ = 10⁻⁸, r = σ(n/p)².
#[test]
fn chebyshev_sees_curvature_of_minus_delta_and_nothing_above_half_of_it() {
    let spread: f64 = 50.0 / 0.1;
    let (delta, sigma): (f64, f64) = (0.1, 1e-8);
    let settings = set(
        &[
            ("search_step", 1.0),
            ("curvature", delta),
            ("search_length", (4.0 * libm::log(spread) / delta.sqrt()).ceil()),
            ("perturbation_radius", sigma),
            ("escape_radius", sigma * spread * spread),
        ],
        &[],
    );
    let found = |f: &Quadratic, seed| run("neon2", &settings, f, &[0.0; 50], 100, seed).0.iter().any(is_move);
    let runs = 400;
    let hits = (0..runs).filter(|seed| found(&fifty(-delta), *seed)).count();
    // Published 92 %; four standard deviations of a share of 400 are 0.054.
    let share = hits as f64 / runs as f64;
    assert!((share - 0.92).abs() < 0.054, "{share}");
    for lambda in [-0.5 * delta, 0.0, 0.2] {
        assert!((0..runs).all(|seed| !found(&fifty(lambda), seed)), "λ_min = {lambda}");
    }
}

/// Whatever is found is a direction of curvature below −δ/2, and the move along it has the length that is set.
#[test]
fn what_is_followed_has_negative_curvature() {
    for id in ["neon", "neon2", "neon2_online"] {
        let f = fifty(-0.3);
        let settings = set(&[("search_step", 0.5), ("curvature_step", 0.25)], &[]);
        let mut moves = 0;
        for seed in 0..20 {
            let (records, _) = run_in(Noise::NONE, id, &settings, &f, &[0.0; 50], 120, seed);
            for step in records.iter().filter(|r| is_move(r)) {
                let Geometry::NegativeCurvature { direction, .. } = &step.geometry else { continue };
                let mut product = vec![0.0; 50];
                f.hessian_vector(&step.from, direction, &mut product);
                assert!(dot(direction, &product) < -0.05, "{id}: {}", dot(direction, &product));
                assert!((norm(direction) - 1.0).abs() < 1e-12 && (norm(&step.trial) - 0.25).abs() < 1e-12);
                moves += 1;
            }
        }
        assert!(moves >= 18, "{id}: {moves} moves in 20 runs");
    }
}

/// NEON+ : u as Nesterov's method has it, and far fewer looks where the curvature is weak.
#[test]
fn momentum_shortens_the_search() {
    let (eta, delta) = (0.5, 0.01);
    let f = fifty(-delta);
    let looks = |zeta: f64, seed| {
        let numbers = [
            ("search_step", eta),
            ("search_length", 5000.0),
            ("search_momentum", zeta),
            ("perturbation_radius", 1e-4),
            ("escape_radius", 1e6),
            ("value_threshold", 1e-6),
        ];
        let (records, _) = run_in(Noise::NONE, "neon", &set(&numbers, &[]), &f, &[0.0; 50], 6000, seed);
        let found = records.iter().position(is_move).unwrap();
        (records[..found].iter().map(|r| r.trial.clone()).collect::<Vec<_>>(), found)
    };
    let zeta = 1.0 - libm::sqrt(eta * delta);
    for seed in 0..5 {
        let ((plain, slow), (path, fast)) = (looks(0.0, seed), looks(zeta, seed));
        assert!(3 * fast < slow, "{fast} looks with momentum, {slow} without");
        assert_eq!(plain[0], path[0], "the same beginning");
        for k in 1..path.len() - 1 {
            let step = |u: &[f64], i: usize| u[i] - eta * f.0[i] * u[i];
            for i in 0..50 {
                let y = step(&path[k], i);
                let before = step(&path[k - 1], i);
                let expected = y + zeta * (y - before);
                assert!((path[k + 1][i] - expected).abs() <= 1e-12 * norm(&path[k + 1]), "look {k}");
            }
        }
    }
}

/// While a search lasts the iterate rests; it ends in a move or in a certification, and a certification ends the run.
#[test]
fn searches_stand_still_and_end_in_a_move_or_a_certificate() {
    for id in ["neon", "neon2", "neon2_online"] {
        let mut settings = set(&[("step_size", 0.1), ("search_step", 0.1), ("gradient_threshold", 1e-2)], &[]);
        if id != "neon" {
            settings.extend(set(&[("curvature", 0.5)], &[]));
        }
        let mut certified = 0;
        for seed in 0..20 {
            let (records, _) = run_in(Noise::NONE, id, &settings, &SADDLE_BOUNDED, &[1.0, 0.0], 3000, seed);
            assert!(records.len() < 3000, "{id} does not end");
            for step in records.iter().filter(|r| r.phase != Phase::Descent) {
                assert_eq!((step.verdict, &step.x), (Verdict::Rejected, &step.from), "{id}");
                assert!(norm(&step.trial) > 0.0);
            }
            let last = records.last().unwrap();
            assert_eq!(last.phase, Phase::Certification, "{id}");
            certified += u64::from((last.x[1].abs() - 1.0).abs() < 0.05 && last.x[0].abs() < 0.05);
        }
        assert!(certified >= 19, "{id}: {certified} of 20 runs are certified at a minimum");
    }
}

/// One gradient a descent or a look, one more for the first look of a search, none for a move.
#[test]
fn deterministic_searches_count_gradients() {
    for id in ["neon", "neon2"] {
        let settings = set(&[("step_size", 0.1), ("search_step", 0.1), ("gradient_threshold", 1e-2)], &[]);
        let (records, counts) = run(id, &settings, &SADDLE_BOUNDED, &[1.0, 0.0], 3000, 4);
        let of = |phase| records.iter().filter(|r| r.phase == phase && !is_move(r)).count() as u64;
        let looks = of(Phase::Search) + of(Phase::Certification);
        let searches = records
            .iter()
            .zip(std::iter::once(None).chain(records.iter().map(Some)))
            .filter(|(now, before)| {
                let looking = |s: &Step| s.phase != Phase::Descent;
                looking(now) && before.is_none_or(|b| !looking(b))
            })
            .count() as u64;
        assert!(searches >= 2 && records.iter().any(is_move), "{id}");
        assert_eq!(
            counts,
            Counts { gradient: of(Phase::Descent) + looks + searches, backpropagations: counts.gradient, ..Counts::default() }
        );
    }
}

/// b a descent, 2 a look, 2m a test, b more for the first look; on 9 samples batches of 9 and more are whole gradients.
#[test]
fn the_online_search_counts_component_gradients() {
    let cloud = Cloud::new(9);
    let settings = set(
        &[("step_size", 0.5), ("batch_size", 4.0), ("gradient_threshold", 2.0), ("attempts", 2.0), ("search_length", 30.0)],
        &[],
    );
    let (records, counts) = run("neon2_online", &settings, &cloud, &[5.0; 3], 500, 1);
    let descents = records.iter().filter(|r| r.phase == Phase::Descent).count() as u64;
    let looks = records.len() as u64 - descents;
    // All curvatures are 1: the search shrinks, no test comes, and after two attempts of 30 looks the method ends.
    assert_eq!(looks, 60);
    assert_eq!((counts.sample_gradient, counts.gradient), (4 * (descents + 1) + 2 * looks, 0));
    let whole = set(&[("step_size", 0.5), ("gradient_threshold", 1e-3), ("attempts", 2.0), ("search_length", 30.0)], &[]);
    let (records, counts) = run("neon2_online", &whole, &cloud, &[5.0; 3], 500, 1);
    let descents = records.iter().filter(|r| r.phase == Phase::Descent).count() as u64;
    assert_eq!((counts.sample_gradient, counts.gradient), (2 * 60, descents + 1));
}

/// f = (1/m) Σ ½xᵀ(D + cᵢP)x: components whose Hessians differ, with mean D (c sums to 0).
struct Mixture {
    diagonal: [f64; 4],
    weights: Vec<f64>,
}

impl Mixture {
    fn product(&self, weight: f64, v: &[f64], product: &mut [f64]) {
        for i in 0..4 {
            product[i] = self.diagonal[i] * v[i] + weight * v[3 - i];
        }
    }
}

impl Objective for Mixture {
    fn dim(&self) -> usize {
        4
    }
    fn value(&self, x: &[f64]) -> f64 {
        self.batch_value(x, &(0..self.weights.len()).collect::<Vec<_>>())
    }
    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.hessian_vector(x, x, gradient);
        self.value(x)
    }
    fn hessian_vector(&self, _x: &[f64], v: &[f64], product: &mut [f64]) {
        self.product(0.0, v, product);
    }
    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        Some(self)
    }
}

impl FiniteSum for Mixture {
    fn samples(&self) -> usize {
        self.weights.len()
    }
    fn batch_value(&self, x: &[f64], batch: &[usize]) -> f64 {
        let mut product = [0.0; 4];
        self.batch_hessian_vector(x, batch, x, &mut product);
        0.5 * dot(x, &product)
    }
    fn batch_value_gradient(&self, x: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.batch_hessian_vector(x, batch, x, gradient);
        self.batch_value(x, batch)
    }
    fn batch_hessian_vector(&self, _x: &[f64], batch: &[usize], v: &[f64], product: &mut [f64]) {
        self.product(batch.iter().map(|i| self.weights[*i]).sum::<f64>() / batch.len() as f64, v, product);
    }
}

/// λ_min = −0.5 with e₁; the next eigenvalue is 0.1. η = δ/ℓ² with δ = 0.05, T of the order log(n/p)/(ηδ).
#[test]
fn oja_comes_to_the_known_eigenpair() {
    let weights = (0..40).map(|i| if i % 2 == 0 { 0.3 } else { -0.3 }).collect();
    let f = Mixture { diagonal: [-0.5, 0.1, 0.6, 1.0], weights };
    let mut close = 0;
    for seed in 0..50 {
        let mut oracle = Oracle::new(&f, Rng::new(seed), Counts::default());
        let mut oja = Oja::new(0.05, 400, 3, 1000);
        let pair = oja.minimum_eigenpair(&[0.3, -0.2, 0.0, 1.0], &mut oracle).unwrap();
        assert!((norm(&pair.vector) - 1.0).abs() < 1e-12);
        // The test is over all 40 components: the quotient is that of the whole Hessian.
        let mut product = [0.0; 4];
        f.hessian_vector(&[], &pair.vector, &mut product);
        assert!((pair.value - dot(&pair.vector, &product)).abs() < 1e-14);
        assert!(pair.value >= -0.5 - 1e-12);
        close += u64::from(pair.value <= -0.5 + 0.05);
        assert_eq!((oracle.counts().sample_hessian_vector, oracle.counts().hessian_vector), (1200, 3));
    }
    assert!(close >= 48, "{close} of 50 within δ of λ_min");
}

/// Where v‖v‖ < s the move goes to the lower of x ± s v/‖v‖ for two values; else x stays.
#[test]
fn accelerated_descent_exploits_negative_curvature() {
    let settings = set(&[("step_size", 0.1), ("theta", 0.2), ("curvature", 0.4), ("exploit_radius", 0.2)], &[]);
    let mut exploited = 0;
    for seed in 0..10 {
        let (records, counts) = run("pagd", &settings, &SADDLE_BOUNDED, &[1.0, 0.0], 400, seed);
        let searches: Vec<&Step> = records.iter().filter(|r| r.phase == Phase::Search).collect();
        for step in &searches {
            let Geometry::NegativeCurvature { curvature, .. } = step.geometry else { panic!("{:?}", step.geometry) };
            assert!(curvature <= -0.4, "{curvature}");
            match step.verdict {
                Verdict::Accepted => {
                    assert!((norm(&step.trial) - 0.2).abs() < 1e-12);
                    let other: Vec<f64> = step.from.iter().zip(&step.trial).map(|(x, s)| x - s).collect();
                    assert!(SADDLE_BOUNDED.value(&step.x) <= SADDLE_BOUNDED.value(&other));
                }
                Verdict::Rejected => assert_eq!(step.x, step.from),
            }
        }
        let values = searches.iter().filter(|s| s.verdict == Verdict::Accepted).count() as u64;
        assert_eq!(counts.value, 2 * values);
        exploited += searches.len();
        let last = records.last().unwrap();
        assert!((last.x[1].abs() - 1.0).abs() < 0.1, "seed {seed}: {:?}", last.x);
    }
    assert!(exploited >= 10, "{exploited}");
}

/// Two gradients a step with momentum, one without and for a kick.
#[test]
fn accelerated_descent_counts_two_gradients_a_step() {
    let (records, counts) = run("pagd", &set(&[("step_size", 1e-3)], &[]), &QUAD_ILL, &[-2.5, 2.0], 50, 0);
    assert!(records.iter().all(|r| r.phase == Phase::Descent));
    assert_eq!(counts, Counts { gradient: 99, backpropagations: 99, ..Counts::default() });
}

/// A direction with kinks and poles around it is survived.
#[test]
fn a_search_beside_a_pole_ends_with_a_sentence() {
    let pole = Plane {
        name: "pole",
        value: |x, y| if x > 0.01 { f64::NAN } else { 0.5 * x * x - 0.5 * y * y },
        gradient: |x, y| if x > 0.01 { [f64::NAN; 2] } else { [x, -y] },
        hessian: |_, _| [1.0, 0.0, -1.0],
        start: [0.0, 0.0],
    };
    for id in ["neon", "neon2", "neon2_online", "natasha2", "pagd"] {
        for seed in 0..10 {
            let (records, _) = run(id, &Settings::new(), &pole, &[0.0, 0.0], 200, seed);
            assert!(records.iter().all(|r| r.x.iter().all(|v| v.is_finite())), "{id}");
        }
    }
}
