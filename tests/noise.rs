//! Gradient noise along eigenvectors: exact moments, the published tables, the lemma of half-spaces.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::{Job, Rng, SplitMix, dot, norm};
use saddlescope::measure::noise::{
    GradientNoise, NoiseJob, NoiseStudy, StudyCase, half_space_bound, half_space_ratios, noise_study_weights,
};
use saddlescope::measure::spectrum::{MatrixKind, SpectrumError, SpectrumJob, Subject};
use saddlescope::problem::data::data_set;
use saddlescope::problem::network::{Activation, Architecture, Init, Loss, Network, Rows};
use saddlescope::problem::{FiniteSum, FormulaProblem, Objective, landscape};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/experiments.json")).unwrap()
}

/// `glyph_digits(n, side, 0.1, seed)` of the reference.
fn glyphs(n: usize, side: usize, seed: u64) -> Rows {
    const FONT: [&str; 10] = [
        "01110 10001 10011 10101 11001 10001 01110",
        "00100 01100 00100 00100 00100 00100 01110",
        "01110 10001 00001 00010 00100 01000 11111",
        "11111 00010 00100 00010 00001 10001 01110",
        "00010 00110 01010 10010 11111 00010 00010",
        "11111 10000 11110 00001 00001 10001 01110",
        "00110 01000 10000 11110 10001 10001 01110",
        "11111 00001 00010 00100 01000 01000 01000",
        "01110 10001 10001 01110 10001 10001 01110",
        "01110 10001 10001 01111 00001 00010 01100",
    ];
    let mut random = SplitMix::new(seed);
    let mut values = Vec::new();
    for i in 0..n {
        let mut image = vec![0.0; side * side];
        let top = (random.uniform() * (side - 6) as f64) as usize;
        let left = (random.uniform() * (side - 4) as f64) as usize;
        for (row, dots) in FONT[i % 10].split(' ').enumerate() {
            for (column, dot) in dots.bytes().enumerate() {
                image[(top + row) * side + left + column] = f64::from(dot - b'0');
            }
        }
        values.extend(image.iter().map(|pixel| pixel + 0.1 * random.normal()));
    }
    Rows { width: side * side, values }
}

fn glyph_network(widths: &[usize]) -> Arc<Network> {
    let inputs = glyphs(200, 7, 1);
    let targets = Rows { width: 10, values: (0..2000).map(|k| f64::from(u8::from(k % 10 == k / 10 % 10))).collect() };
    let architecture = Architecture::new(widths, &[Activation::Sigmoid]).unwrap();
    Arc::new(Network::new(architecture, Loss::CrossEntropy, 0.0, inputs, targets).unwrap())
}

fn noise(subject: &Subject, w: &[f64]) -> GradientNoise {
    let s = SpectrumJob::new(subject.clone(), w.to_vec(), MatrixKind::Hessian, true).unwrap().finish().unwrap();
    NoiseJob::new(subject.clone(), w.to_vec(), &s.values, s.vectors).unwrap().finish().unwrap()
}

#[test]
fn moments_are_those_of_batches_with_replacement() {
    let architecture = Architecture::parse("3-4-2", "tanh").unwrap();
    let mut rng = Rng::new(6);
    let w = Init::Xavier.draw(&architecture, &mut rng);
    let (mut inputs, mut targets) = (vec![0.0; 21], vec![0.0; 14]);
    rng.fill_normal(&mut inputs);
    rng.fill_normal(&mut targets);
    let (inputs, targets) = (Rows { width: 3, values: inputs }, Rows { width: 2, values: targets });
    let net = Arc::new(Network::new(architecture, Loss::Mse, 0.1, inputs, targets).unwrap());
    let subject: Subject = Arc::clone(&net).into();
    let n = net.dim();
    let spectrum = SpectrumJob::new(subject.clone(), w.clone(), MatrixKind::Hessian, true).unwrap().finish().unwrap();
    let measured = noise(&subject, &w);
    assert_eq!((measured.dim, measured.samples, measured.along.len()), (n, 7, n));
    // All 49 batches of two samples.
    let mut g = vec![0.0; n];
    for (k, along) in measured.along.iter().enumerate() {
        let v = spectrum.vector(k).unwrap();
        let [mut moment, mut total, mut share] = [0.0; 3];
        for batch in 0..49 {
            net.batch_value_gradient(&w, &[batch / 7, batch % 7], &mut g);
            moment += dot(&g, v) * dot(&g, v) / 49.0;
            total += dot(&g, &g) / 49.0;
        }
        for i in 0..7 {
            net.batch_value_gradient(&w, &[i], &mut g);
            share += dot(&g, v) * dot(&g, v) / dot(&g, &g) / 7.0;
        }
        assert!((along.second_moment(2) - moment).abs() < 1e-14 * total, "{} against {moment}", along.second_moment(2));
        assert!((along.share - share).abs() < 1e-13);
        assert!((measured.total(2) - total).abs() < 1e-13 * total);
        assert_eq!(along.eigenvalue, spectrum.values[k]);
    }
    // Along all directions together: the whole second moment, and shares of sum 1.
    let sum: f64 = measured.along.iter().map(|a| a.second_moment(3)).sum();
    assert!((sum - measured.total(3)).abs() < 1e-13 * sum && (measured.isotropic(3) * n as f64 - sum).abs() < 1e-13 * sum);
    assert!((measured.along.iter().map(|a| a.share).sum::<f64>() - 1.0).abs() < 1e-13);
    // Some coordinates only: those of the same problem with the others held.
    let kept = noise_study_weights(net.architecture());
    assert_eq!(kept, (0..12).chain(16..24).collect::<Vec<_>>());
    let mut axis = vec![0.0; kept.len()];
    axis[13] = 1.0;
    let part = NoiseJob::restricted(subject.clone(), w.clone(), &[1.0], axis, Some(kept)).unwrap().finish().unwrap();
    net.value_gradient(&w, &mut g);
    assert!((part.along[0].mean - g[17]).abs() < 1e-15 && part.dim == 20);
    let bad = NoiseJob::new(subject, w, &[1.0, 2.0], vec![0.0; 3]).err();
    assert_eq!(bad, Some(SpectrumError::BadVectors { values: 2, dim: n, given: 3 }));
    let formula: Subject =
        Subject::Other(Arc::new(FormulaProblem::from_text("x^2 - y^4", None, &BTreeMap::new(), None).unwrap()));
    assert_eq!(NoiseJob::new(formula, vec![0.0; 2], &[], vec![]).err(), Some(SpectrumError::NoSamples));
}

/// E6: gradient noise of networks without biases on glyphs. Points are drawn by another generator than the reference's: magnitudes
/// within a factor of 2, correlations within 0.15.
#[test]
fn noise_over_widths_and_depths_is_the_reference_one() {
    let published = reference();
    let published = &published["E6_gradient_variance"];
    let mut rows = Vec::new();
    for (key, index) in [("width", 0), ("width", 1), ("depth", 0)] {
        rows.push(&published[key][index]);
    }
    let widths = |row: &Value| row["sizes"].as_array().unwrap().iter().map(|w| w.as_u64().unwrap() as usize).collect::<Vec<_>>();
    let cases = rows.iter().map(|row| StudyCase { network: glyph_network(&widths(row)), points: 5, seed: 3 }).collect();
    let mut job = NoiseStudy::new(cases);
    let mut before = 0.0;
    while job.advance() {
        assert!((before..=1.0).contains(&job.progress()), "{before} {}", job.progress());
        before = job.progress();
    }
    let found = job.into_output().unwrap();
    assert_eq!(found.len(), rows.len());
    for (found, row) in found.iter().zip(&rows) {
        let number = |key: &str| row[key].as_f64().unwrap();
        println!("{found:?}");
        assert_eq!((found.widths.clone(), found.dim as u64, found.points), (widths(row), row["d"].as_u64().unwrap(), 5));
        assert!((found.isotropic - number("isotropic")).abs() < 1e-15);
        for (ours, key) in [
            (found.at_lowest, "sgd_leftmost"),
            (found.at_highest, "sgd_rightmost"),
            (found.lowest, "lambda_min"),
            (found.highest, "lambda_max"),
            (found.slope, "loglog_slope_raw_variance"),
        ] {
            let factor = ours / number(key);
            assert!((0.5..=2.0).contains(&factor), "{key} of {:?}: {ours} against {}", found.widths, number(key));
        }
        assert!((found.correlation - number("corr_abs_lambda_vs_variance")).abs() < 0.15, "{}", found.correlation);
        assert!(found.at_lowest > 3.0 * found.isotropic && found.at_highest > 10.0 * found.isotropic);
    }
}

/// E6 on the first 500 images of MNIST, 100-4-10: the table of the reference (0.020, 0.18, correlation 0.98).
#[test]
fn noise_on_images_is_the_reference_one() {
    let data = data_set("mnist").unwrap().draw(Some(500), None, 0).unwrap();
    let targets = data.targets_for(Loss::CrossEntropy, 10).unwrap();
    let ([inputs, _], [targets, _]) = (data.parts(&data.inputs), data.parts(&targets));
    let architecture = Architecture::parse("100-4-10", "sigmoid").unwrap();
    let network = Arc::new(Network::new(architecture, Loss::CrossEntropy, 0.0, inputs, targets).unwrap());
    let rows = NoiseStudy::new(vec![StudyCase { network, points: 3, seed: 1 }]).finish().unwrap();
    let row = &rows[0];
    assert_eq!((row.dim, row.points), (440, 3));
    assert!((0.010..0.040).contains(&row.at_lowest) && (0.09..0.36).contains(&row.at_highest), "{row:?}");
    assert!(row.correlation > 0.85 && (0.5..1.0).contains(&row.slope), "{row:?}");
}

/// E7, Lemma 1: the bound holds for every eigenvector, whatever the sign of its eigenvalue, and it is tight.
#[test]
fn half_spaces_keep_their_bound() {
    let mut rng = Rng::new(1);
    let mut least = f64::INFINITY;
    for round in 0..2000 {
        let (d, m) = (1 + rng.below(7), 2 + rng.below(58));
        let mut z = Rows { width: d, values: vec![0.0; d * m] };
        rng.fill_normal(&mut z.values);
        // Every other round with samples longer than 1: the bound scales.
        if round % 2 == 0 {
            z.values.chunks_exact_mut(d).for_each(|row| {
                let length = norm(row).max(1.0);
                row.iter_mut().for_each(|v| *v /= length);
            });
        }
        let spread = libm::pow(10.0, 2.3 * rng.uniform() - 1.0);
        let w: Vec<f64> = (0..d).map(|_| spread * rng.normal()).collect();
        for found in half_space_ratios(&z, &w) {
            if found.eigenvalue.abs() > 1e-12 {
                least = least.min(found.ratio());
                assert!(found.ratio() >= 1.0, "{found:?}");
            }
        }
    }
    assert!(least < 3.0, "the bound was never near: {least}");
    // One sample of length 1 with margin a: 1/tanh(a/2)².
    for (margin, ratio, digit) in [(2.0, 1.72, 0.01), (5.0, 1.027, 0.001), (10.0, 1.0002, 0.0001)] {
        let z = Rows { width: 2, values: vec![0.6, 0.8] };
        let found = *half_space_ratios(&z, &[0.6 * margin, 0.8 * margin]).last().unwrap();
        let exact = 1.0 / (libm::tanh(0.5 * margin) * libm::tanh(0.5 * margin));
        assert!((found.ratio() - exact).abs() < 1e-12 && (found.ratio() - ratio).abs() < 0.51 * digit, "{found:?}");
        let other = *half_space_ratios(&z, &[-0.6 * margin, -0.8 * margin]).first().unwrap();
        assert!((other.ratio() - exact).abs() < 1e-12 && other.eigenvalue < 0.0);
    }
}

/// E7: the catalogue's half-spaces at the published saddle.
#[test]
fn the_saddle_of_half_spaces_has_the_published_noise() {
    let published = reference();
    let published = &published["E7_halfspaces"];
    let numbers = |key: &str| -> Vec<f64> { published[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect() };
    let number = |key: &str| published[key].as_f64().unwrap();
    let entry = landscape("half_spaces").unwrap();
    let problem = FormulaProblem::from_landscape(entry, &BTreeMap::new(), Some(4)).unwrap();
    let w = numbers("saddle");
    assert!((problem.value(&w) - number("saddle_f")).abs() < 1e-12);
    let measured = noise(&Subject::Other(Arc::new(problem)), &w);
    for (along, value) in measured.along.iter().zip(numbers("saddle_eig")) {
        assert!((along.eigenvalue - value).abs() < 1e-10, "{}", along.eigenvalue);
    }
    let lowest = measured.along[0];
    assert!((lowest.second_moment(1) - number("cnc_second_moment")).abs() < 1e-10, "{}", lowest.second_moment(1));
    assert!((measured.total(1) - number("mean_sq_grad_norm")).abs() < 1e-10, "{}", measured.total(1));
    assert!((lowest.second_moment(1) / measured.total(1) - 0.59).abs() < 0.005);
    // The bound of the data part, from the samples themselves.
    let z = Rows {
        width: 4,
        values: published["Z"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()))
            .collect(),
    };
    let ratios = half_space_ratios(&z, &w);
    let longest = (0..z.len()).map(|i| norm(z.row(i))).fold(0.0, f64::max);
    for (found, along) in ratios.iter().zip(&measured.along) {
        assert!((found.eigenvalue - (along.eigenvalue - 0.001)).abs() < 1e-10);
        assert!((found.bound - half_space_bound(along.eigenvalue, 0.001, longest)).abs() < 1e-10 && found.ratio() >= 1.0);
    }
}
