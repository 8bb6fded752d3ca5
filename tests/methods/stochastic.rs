//! Sampled gradients and kicks.

use crate::objectives::{Cloud, QUAD_ILL, SADDLE_BOUNDED, run, run_in, set};
use saddlescope::linalg::{Rng, norm};
use saddlescope::optim::{Counts, Geometry, Noise, NoiseShape, Oracle, Phase, Scales, Settings, StepError, method};
use saddlescope::problem::Objective;

#[test]
fn sgd_samples_with_replacement_and_counts_samples() {
    let cloud = Cloud::new(4);
    let (records, counts) = run("sgd", &set(&[("batch_size", 6.0), ("step_size", 0.1)], &[]), &cloud, &[0.0; 3], 300, 3);
    assert_eq!((counts.sample_gradient, counts.gradient, counts.backpropagations), (1800, 0, 300));
    // E ĝ = g: the steps from one point average to −η∇f.
    let mut mean = [0.0; 3];
    let x = [1.0, -1.0, 0.5];
    for seed in 0..4000 {
        let (steps, _) = run("sgd", &set(&[("step_size", 0.1)], &[]), &cloud, &x, 1, seed);
        mean.iter_mut().zip(&steps[0].trial).for_each(|(m, s)| *m += s / 4000.0);
    }
    let mut g = [0.0; 3];
    cloud.value_gradient(&x, &mut g);
    let error: Vec<f64> = mean.iter().zip(&g).map(|(m, gi)| m + 0.1 * gi).collect();
    // One standard deviation of the mean of 4000 draws is below 0.1 · 1.5/√4000 = 0.0024 in each coordinate.
    assert!(norm(&error) < 0.01, "{error:?}");
    assert_eq!(records.len(), 300);
}

/// H = diag(1, 25): curvature noise of the same total has second moments 2σ²/26 and 50σ²/26 along the axes.
#[test]
fn sgd_on_a_plain_function_adds_the_declared_noise() {
    for (shape, moments) in [(NoiseShape::Isotropic, [0.25, 0.25]), (NoiseShape::Curvature, [0.5 / 26.0, 12.5 / 26.0])] {
        let (mut sum, mut square) = ([0.0; 2], [0.0; 2]);
        let trials = 4000;
        let noise = Noise { shape, strength: 0.5 };
        for seed in 0..trials {
            let (steps, counts) = run_in(noise, "sgd", &set(&[("step_size", 1.0)], &[]), &QUAD_ILL, &[2.0, 0.1], 1, seed);
            assert_eq!((counts.gradient, counts.sample_gradient, counts.backpropagations), (0, 1, 1));
            for i in 0..2 {
                let drawn = -steps[0].trial[i] - [2.0, 2.5][i];
                sum[i] += drawn / trials as f64;
                square[i] += drawn * drawn / trials as f64;
            }
        }
        // Four standard deviations: of the mean √(m/4000), of the second moment m √(2/4000).
        for i in 0..2 {
            let m: f64 = moments[i];
            assert!(sum[i].abs() < 4.0 * (m / 4000.0).sqrt(), "{shape:?} {sum:?}");
            assert!((square[i] - m).abs() < 4.0 * m * (2.0_f64 / 4000.0).sqrt(), "{shape:?} {square:?}");
        }
    }
}

/// A batch of b on a function without samples is a gradient with its noise, of variance 1/b: gradient descent is then SGD.
#[test]
fn a_batch_on_a_plain_function_has_the_declared_noise() {
    for size in [1.0, 4.0] {
        let settings = set(&[("step_size", 0.01), ("batch_size", size)], &[]);
        let noise = Noise { shape: NoiseShape::Isotropic, strength: 0.5 };
        let go = |noise, id, settings: &Settings| run_in(noise, id, settings, &QUAD_ILL, &[2.0, 0.1], 50, 3);
        let ((descent, ours), (sgd, theirs)) = (go(noise, "gd", &settings), go(noise, "sgd", &settings));
        assert_eq!(ours, theirs);
        assert_eq!(ours.sample_gradient, 50 * size as u64);
        assert!(descent.iter().zip(&sgd).all(|(a, b)| a.x == b.x));
        // Without a batch, or without noise, it is the gradient.
        let whole = go(noise, "gd", &set(&[("step_size", 0.01)], &[]));
        let quiet = go(Noise::NONE, "gd", &settings);
        assert!(quiet.0.iter().zip(&whole.0).all(|(a, b)| a.x == b.x));
        assert_eq!((quiet.1.gradient, whole.1.gradient), (50, 50));
        assert_ne!(descent[49].x, whole.0[49].x);
    }
}

#[test]
fn pgd_leaves_the_saddle_and_certifies_a_minimum() {
    let scales = Scales { step_size: 0.2, radius: 0.3 };
    for seed in 0..20 {
        let mut machine = method("pgd").unwrap().start(&Settings::new(), Some(scales), &[1.0, 0.0]).unwrap();
        let mut oracle = Oracle::new(&SADDLE_BOUNDED, Rng::new(seed), Counts::default());
        let mut phases = Vec::new();
        let end = loop {
            match machine.step(&mut oracle) {
                Ok(step) => {
                    if let Geometry::Perturbation { radius } = step.geometry {
                        assert_eq!(step.phase, Phase::Perturbation);
                        assert!(norm(&step.trial) <= radius * (1.0 + 1e-12));
                    }
                    phases.push(step.phase);
                }
                Err(end) => break end,
            }
            assert!(phases.len() < 2000);
        };
        assert!(matches!(end, StepError::Finished(_)));
        let x = machine.position();
        assert!(x[0].abs() < 1e-3 && (x[1].abs() - 1.0).abs() < 1e-3, "seed {seed}: {x:?}");
        assert_eq!(phases.iter().filter(|p| **p == Phase::Perturbation).count(), 2);
        assert_eq!(phases.last(), Some(&Phase::Certification));
        assert_eq!(oracle.counts().gradient, phases.len() as u64);
        let kick = phases.iter().rposition(|p| *p == Phase::Perturbation).unwrap();
        assert_eq!(phases.len() - kick, 102);
    }
}

#[test]
fn seeds_make_runs() {
    for id in ["sgd", "pgd"] {
        let go =
            |seed| run(id, &set(&[("step_size", 0.1)], &[]), &SADDLE_BOUNDED, &[1.0, 0.0], 150, seed).0.last().unwrap().x.clone();
        assert_eq!(go(1), go(1));
        assert_ne!(go(1), go(2));
    }
}
