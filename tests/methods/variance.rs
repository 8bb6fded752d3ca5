//! Variance-reduced methods: what they count, and that the noise dies out at the snapshot.

use crate::objectives::{Cloud, SADDLE_BOUNDED, run, set};
use saddlescope::linalg::{Rng, norm};
use saddlescope::optim::{Geometry, Oracle, Phase, Step};
use saddlescope::problem::{FiniteSum, Objective};

/// f = (1/m) Σ ½aᵢx² + bᵢx: components of different curvature, so that a correction leaves noise.
struct Parabolas(Vec<[f64; 2]>);

impl Parabolas {
    fn new(samples: usize) -> Self {
        let mut rng = Rng::new(8);
        Self((0..samples).map(|_| [0.2 + rng.uniform(), rng.normal()]).collect())
    }

    fn all(&self) -> Vec<usize> {
        (0..self.0.len()).collect()
    }
}

impl Objective for Parabolas {
    fn dim(&self) -> usize {
        1
    }
    fn value(&self, x: &[f64]) -> f64 {
        self.batch_value(x, &self.all())
    }
    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.batch_value_gradient(x, &self.all(), gradient)
    }
    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
        self.batch_hessian_vector(x, &self.all(), v, product);
    }
    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        Some(self)
    }
}

impl FiniteSum for Parabolas {
    fn samples(&self) -> usize {
        self.0.len()
    }
    fn batch_value(&self, x: &[f64], batch: &[usize]) -> f64 {
        batch.iter().map(|i| 0.5 * self.0[*i][0] * x[0] * x[0] + self.0[*i][1] * x[0]).sum::<f64>() / batch.len() as f64
    }
    fn batch_value_gradient(&self, x: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        gradient[0] = batch.iter().map(|i| self.0[*i][0] * x[0] + self.0[*i][1]).sum::<f64>() / batch.len() as f64;
        self.batch_value(x, batch)
    }
    fn batch_hessian_vector(&self, _x: &[f64], batch: &[usize], v: &[f64], product: &mut [f64]) {
        product[0] = v[0] * batch.iter().map(|i| self.0[*i][0]).sum::<f64>() / batch.len() as f64;
    }
}

/// m inner steps a snapshot: one whole gradient, then 2b component gradients for each of the other m − 1.
#[test]
fn svrg_asks_one_gradient_a_snapshot_and_two_samples_a_step() {
    let f = Parabolas::new(12);
    let settings = set(&[("inner_length", 10.0), ("batch_size", 3.0), ("step_size", 0.1)], &[]);
    let (records, counts) = run("svrg", &settings, &f, &[4.0], 100, 2);
    let snapshots: Vec<usize> = (0..100).filter(|k| records[*k].phase == Phase::Snapshot).collect();
    assert_eq!(snapshots, (0..10).map(|k| 10 * k).collect::<Vec<_>>());
    assert_eq!((counts.gradient, counts.sample_gradient, counts.value), (10, 90 * 2 * 3, 0));
    assert_eq!(counts.backpropagations, 10 + 90 * 2);
}

/// Option II: the next snapshot is one of the m iterates before the last, each as likely, and is asked as in option I; it converges.
#[test]
fn svrg_can_go_on_from_a_random_iterate() {
    let f = Parabolas::new(12);
    let numbers = [("inner_length", 5.0), ("step_size", 0.2)];
    let (mut chosen, mut total) = ([0_u32; 5], 0);
    for seed in 0..40 {
        let (records, counts) = run("svrg", &set(&numbers, &[("next_snapshot", "random")]), &f, &[4.0], 100, seed);
        assert_eq!((counts.gradient, counts.sample_gradient, counts.value), (20, 80 * 2, 0));
        for epoch in 1..20 {
            let first = 5 * (epoch - 1);
            // x₀, …, x₄ of the epoch before; the trial leads from its x₅.
            let iterates: Vec<f64> = (0..5).map(center_of(&records, first)).collect();
            let at = center_of(&records, 5 * epoch)(0);
            let place = iterates.iter().position(|x| *x == at).unwrap();
            chosen[place] += 1;
            total += 1;
            let snapshot = &records[5 * epoch];
            assert_eq!(snapshot.phase, Phase::Snapshot);
            assert!((snapshot.from[0] + snapshot.trial[0] - snapshot.x[0]).abs() < 1e-14);
        }
    }
    // A share of a fifth: four standard deviations.
    let expected = f64::from(total) / 5.0;
    assert!(chosen.iter().all(|n| (f64::from(*n) - expected).abs() < 4.0 * (expected * 0.8).sqrt()), "{chosen:?}");
    let curvature = f.0.iter().map(|p| p[0]).sum::<f64>() / 12.0;
    let slope = f.0.iter().map(|p| p[1]).sum::<f64>() / 12.0;
    let (records, _) = run("svrg", &set(&[("step_size", 0.2)], &[("next_snapshot", "random")]), &f, &[4.0], 1200, 0);
    assert!((records[1199].x[0] + slope / curvature).abs() < 1e-8, "{:?}", records[1199].x);
}

/// The k-th iterate of the epoch that begins with this record: where its steps were centred.
fn center_of(records: &[Step], first: usize) -> impl Fn(usize) -> f64 + '_ {
    move |k| match &records[first + k].geometry {
        Geometry::TrustRegion(region) => region.center[0],
        other => panic!("{other:?} is no region"),
    }
}

/// Twice the samples of a finite sum, 20 steps without one; B/p for Natasha's sub-epochs, with B no more than the samples.
#[test]
fn inner_loops_are_as_long_as_the_samples_ask() {
    let f = Parabolas::new(12);
    let (records, _) = run("svrg", &set(&[("step_size", 0.1)], &[]), &f, &[4.0], 60, 2);
    let snapshots: Vec<usize> = (0..60).filter(|k| records[*k].phase == Phase::Snapshot).collect();
    assert_eq!(snapshots, [0, 24, 48]);
    let (records, _) = run("svrg", &set(&[], &[]), &SADDLE_BOUNDED, &[1.0, 0.3], 60, 2);
    assert_eq!((0..60).filter(|k| records[*k].phase == Phase::Snapshot).collect::<Vec<_>>(), [0, 20, 40]);
    for (batch, most) in [(1000.0, 6), (8.0, 4)] {
        let settings = set(&[("step_size", 0.01), ("batch_size", batch), ("epochs", 40.0), ("sub_epochs", 2.0)], &[]);
        let (records, _) = run("natasha15", &settings, &f, &[4.0], 1000, 3);
        let drawn = records.iter().position(|r| r.phase == Phase::Certification).unwrap();
        let starts: Vec<usize> = (0..drawn).filter(|k| records[*k].phase == Phase::Snapshot).chain([drawn]).collect();
        // Two sub-epochs of at most m − 1 steps each.
        let longest = starts.windows(2).map(|w| w[1] - w[0]).max().unwrap();
        assert!(longest <= 2 * (most - 1) && longest > most - 1, "{longest} steps with m = {most}");
    }
}

/// SVRG converges linearly with a constant step where SGD with the same step keeps a variance.
#[test]
fn the_noise_of_svrg_dies_out() {
    let f = Parabolas::new(12);
    let curvature = f.0.iter().map(|p| p[0]).sum::<f64>() / 12.0;
    let slope = f.0.iter().map(|p| p[1]).sum::<f64>() / 12.0;
    let minimum = -slope / curvature;
    let last = |id: &str, seed| run(id, &set(&[("step_size", 0.2)], &[]), &f, &[4.0], 600, seed).0.last().unwrap().x[0] - minimum;
    for seed in 0..10 {
        assert!(last("svrg", seed).abs() < 1e-10, "{}", last("svrg", seed));
    }
    let spread = (0..10).map(|seed| last("sgd", seed) * last("sgd", seed)).sum::<f64>() / 10.0;
    // A linear recursion x ← (1 − ηaᵢ)x − ηbᵢ has a stationary variance near η Var b/(2a) ≈ 0.1.
    assert!(spread > 1e-3, "{spread}");
}

/// The deviation of ν from ∇f is (aᵢ − a)(x − x̃): zero at x̃, and its second moment is Var(a)(x − x̃)².
#[test]
fn the_variance_of_a_corrected_gradient_grows_from_zero_at_the_snapshot() {
    let f = Parabolas::new(12);
    let mean = f.0.iter().map(|p| p[0]).sum::<f64>() / 12.0;
    let variance = f.0.iter().map(|p| (p[0] - mean) * (p[0] - mean)).sum::<f64>() / 12.0;
    let (mut square, mut expected, trials) = (0.0, 0.0, 4000);
    for seed in 0..trials {
        let (records, _) = run("svrg", &set(&[("step_size", 0.1)], &[]), &f, &[4.0], 2, seed);
        let deviation = |k: usize| {
            let mut gradient = [0.0];
            f.value_gradient(&records[k].from, &mut gradient);
            -records[k].trial[0] / 0.1 - gradient[0]
        };
        assert!(deviation(0).abs() < 1e-14, "at the snapshot: {}", deviation(0));
        square += deviation(1) * deviation(1) / trials as f64;
        let distance = records[1].from[0] - records[0].from[0];
        expected = variance * distance * distance;
    }
    // The relative standard error of a second moment over 4000 draws of a bounded variable is below 1/√4000 = 0.016.
    assert!((square / expected - 1.0).abs() < 0.064, "{square} against {expected}");
}

/// B component gradients a snapshot, one inner step with it, N ~ Geom of mean B/b.
#[test]
fn scsg_counts_and_lengths() {
    let f = Parabolas::new(500);
    let (large, small, steps) = (24.0, 2.0, 20_000);
    let settings = set(&[("snapshot_batch", large), ("batch_size", small), ("step_size", 0.01)], &[]);
    let (records, counts) = run("scsg", &settings, &f, &[4.0], steps, 5);
    let snapshots = records.iter().filter(|r| r.phase == Phase::Snapshot).count() as u64;
    let inner = steps as u64 - snapshots;
    assert_eq!((counts.gradient, counts.sample_gradient), (0, 24 * snapshots + 2 * 2 * inner));
    // Steps that are made per snapshot: N, whose mean is 12 and whose standard deviation is √(12·13) = 12.5.
    let empty = records.iter().filter(|r| r.phase == Phase::Snapshot && r.x == r.from).count() as u64;
    let mean = (steps as u64 - empty) as f64 / snapshots as f64;
    assert!((mean - 12.0).abs() < 4.0 * 12.5 / (snapshots as f64).sqrt(), "{mean} over {snapshots}");
    // P(N = 0) = 1/13.
    let share = empty as f64 / snapshots as f64;
    assert!((share - 1.0 / 13.0).abs() < 4.0 * (1.0 / 13.0 / snapshots as f64).sqrt(), "{share}");
    // All samples at once: the snapshot is a whole gradient.
    let (records, counts) = run("scsg", &set(&[("snapshot_batch", 500.0)], &[]), &f, &[4.0], 50, 5);
    let snapshots = records.iter().filter(|r| r.phase == Phase::Snapshot).count() as u64;
    assert_eq!(counts.gradient, snapshots);
}

/// Isotropic noise is the same at x and x̃ and cancels: SVRG is gradient descent there.
#[test]
fn isotropic_noise_cancels() {
    let settings = set(&[("step_size", 0.1)], &[]);
    let (svrg, _) = run("svrg", &settings, &SADDLE_BOUNDED, &[1.0, 0.3], 60, 3);
    let (gd, _) = run("gd", &settings, &SADDLE_BOUNDED, &[1.0, 0.3], 60, 3);
    for (a, b) in svrg.iter().zip(&gd) {
        let apart: Vec<f64> = a.x.iter().zip(&b.x).map(|(p, q)| p - q).collect();
        assert!(norm(&apart) < 1e-13, "{apart:?}");
    }
}

/// Reshuffling takes every sample once an epoch; the last batch of an epoch has what is left.
#[test]
fn an_epoch_of_reshuffled_sgd_takes_every_sample_once() {
    let cloud = Cloud::new(10);
    let settings = set(&[("batch_size", 4.0), ("step_size", 0.1)], &[("sampling", "reshuffle")]);
    let (_, counts) = run("sgd", &settings, &cloud, &[0.0; 3], 30, 1);
    assert_eq!((counts.sample_gradient, counts.backpropagations), (100, 30));
    // With a step so short that x stays, the steps of an epoch add up to the sum of all samples.
    let mut machine = crate::objectives::start("sgd", &set(&[("step_size", 1e-9)], &[("sampling", "reshuffle")]), &[0.0; 3]);
    let mut oracle = Oracle::new(&cloud, Rng::new(4), Default::default());
    let mut sum = [0.0; 3];
    for _ in 0..10 {
        let step = machine.step(&mut oracle).unwrap();
        sum.iter_mut().zip(&step.trial).for_each(|(s, t)| *s += t / 1e-9);
    }
    for (j, s) in sum.iter().enumerate() {
        let total: f64 = cloud.0.iter().map(|a| a[j]).sum();
        assert!((s - total).abs() < 1e-6 * total.abs().max(1.0), "{s} against {total}");
    }
}

/// B (or a whole gradient) a snapshot, two component gradients each other step of an epoch, one each step of the last descent.
#[test]
fn natasha15_counts_and_ends() {
    let f = Parabolas::new(12);
    let settings =
        set(&[("step_size", 0.1), ("epochs", 4.0), ("sub_epochs", 3.0), ("inner_length", 6.0), ("final_length", 30.0)], &[]);
    for (batch, whole) in [(1000.0, true), (5.0, false)] {
        let mut settings = settings.clone();
        settings.extend(set(&[("batch_size", batch)], &[]));
        let (records, counts) = run("natasha15", &settings, &f, &[4.0], 1000, 3);
        let drawn = records.iter().position(|r| r.phase == Phase::Certification).unwrap();
        assert_eq!(records.len() - drawn, 31, "a random point, then the descent, then the end");
        let snapshots = records.iter().filter(|r| r.phase == Phase::Snapshot).count() as u64;
        assert_eq!(snapshots, 4);
        // The first inner step is made with the snapshot.
        let inner = drawn as u64 - snapshots;
        assert!(inner <= 4 * (3 * 5 - 1));
        let of_snapshots = if whole { 0 } else { 5 * snapshots };
        let expected = (if whole { snapshots } else { 0 }, of_snapshots + 2 * inner + 30);
        assert_eq!((counts.gradient, counts.sample_gradient), expected);
        // The point that was drawn began a sub-epoch, so it is one of the iterates.
        assert!(records[..drawn].iter().any(|r| r.from == records[drawn].x));
    }
}

/// A search asks T component products and one whole one; f is convex, so no direction is found and every search is followed by an
/// epoch, which the wall keeps near its start.
#[test]
fn natasha2_alternates_searches_and_epochs_on_a_convex_function() {
    let f = Parabolas::new(12);
    let settings = set(
        &[
            ("step_size", 0.1),
            ("oja_length", 7.0),
            ("epochs", 5.0),
            ("curvature_step", 0.3),
            ("wall", 3.0),
            ("final_length", 10.0),
        ],
        &[],
    );
    let (records, counts) = run("natasha2", &settings, &f, &[4.0], 1000, 3);
    assert_eq!((counts.sample_hessian_vector, counts.hessian_vector), (5 * 7, 5));
    let snapshots: Vec<usize> = (0..records.len()).filter(|k| records[*k].phase == Phase::Snapshot).collect();
    assert_eq!((snapshots.len(), counts.gradient), (5, 5));
    for k in snapshots {
        assert!(records[k - 8..k].iter().all(|r| matches!(r.phase, Phase::Search | Phase::Certification) && r.x == r.from));
    }
    let drawn = records.iter().rposition(|r| r.phase == Phase::Certification).unwrap();
    assert_eq!(records.len() - drawn, 11);
}
