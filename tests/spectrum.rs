//! Spectra of networks: against the reference, against products, and the shares that random matrices have.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::{Job, Rng, SplitMix, norm};
use saddlescope::measure::spectrum::{
    MatrixJob, MatrixKind, MatrixOperator, Operator, Residuals, Spectrum, SpectrumError, SpectrumJob, Subject,
    least_squares_share, wigner_share,
};
use saddlescope::problem::data::data_set;
use saddlescope::problem::network::{Activation, Architecture, Init, Loss, Network, Rows};
use saddlescope::problem::{FormulaProblem, Objective};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn rows(v: &Value) -> Rows {
    let rows: Vec<Vec<f64>> = v.as_array().unwrap().iter().map(numbers).collect();
    Rows { width: rows[0].len(), values: rows.concat() }
}

fn one_hot(labels: &[usize], width: usize) -> Rows {
    Rows { width, values: labels.iter().flat_map(|y| (0..width).map(move |k| f64::from(u8::from(k == *y)))).collect() }
}

/// A network on the two spirals.
fn spirals(layers: &str, samples: usize) -> (Arc<Network>, Vec<f64>) {
    let data = data_set("spirals").unwrap().draw(Some(samples), None, 3).unwrap();
    let architecture = Architecture::parse(layers, "tanh").unwrap();
    let w = Init::Xavier.draw(&architecture, &mut Rng::new(1));
    let targets = data.targets_for(Loss::Bce, 1).unwrap();
    (Arc::new(Network::new(architecture, Loss::Bce, 1e-3, data.inputs, targets).unwrap()), w)
}

fn spectrum(net: &Arc<Network>, w: &[f64], kind: MatrixKind, vectors: bool) -> Spectrum {
    SpectrumJob::new(Arc::clone(net).into(), w.to_vec(), kind, vectors).unwrap().finish().unwrap()
}

fn close(ours: &[f64], theirs: &[f64], tolerance: f64, what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let scale = theirs.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    for (a, b) in ours.iter().zip(theirs) {
        assert!((a - b).abs() <= tolerance * scale, "{what}: {a} against {b}");
    }
}

/// E5: the Gauss-Newton matrix of a small network is singular, and the Hessian is ill-conditioned.
#[test]
fn the_reference_spectra_agree() {
    let reference: Value = serde_json::from_str(include_str!("reference/mlp.json")).unwrap();
    for case in reference["nets"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let sizes: Vec<usize> = numbers(&case["sizes"]).iter().map(|w| *w as usize).collect();
        let activation = match case["activation"].as_str().unwrap() {
            "linear" => Activation::Identity,
            other => Activation::ALL.into_iter().find(|a| a.name() == other).unwrap(),
        };
        let (loss, targets) = match case["loss"].as_str().unwrap() {
            "mse" => (Loss::Mse, rows(&case["Y"])),
            _ => {
                let labels: Vec<usize> = numbers(&case["Y"]).iter().map(|y| *y as usize).collect();
                (Loss::CrossEntropy, one_hot(&labels, *sizes.last().unwrap()))
            }
        };
        let architecture = Architecture::new(&sizes, &[activation]).unwrap();
        let net = Arc::new(Network::new(architecture, loss, 0.0, rows(&case["X"]), targets).unwrap());
        let w = numbers(&case["theta"]);
        for vectors in [false, true] {
            let h = spectrum(&net, &w, MatrixKind::Hessian, vectors);
            let g = spectrum(&net, &w, MatrixKind::GaussNewton, vectors);
            close(&h.values, &numbers(&case["hess_eig"]), 1e-9, name);
            close(&g.values, &numbers(&case["ggn_eig"]), 1e-9, name);
            assert_eq!(h.index(Some(1e-10)).negative as u64, case["n_negative"].as_u64().unwrap(), "{name}");
            let shares = [h.diagonal.share, g.diagonal.share];
            close(&shares, &[case["diag_mass_hess"].as_f64().unwrap(), case["diag_mass_ggn"].as_f64().unwrap()], 1e-9, name);
            assert!((h.trace - h.values.iter().sum::<f64>()).abs() <= 1e-12 * h.largest(), "{name}");
            if name == "sigmoid_mse_2_3_2_1" {
                assert_eq!((g.index(None).positive, g.index(None).zero), (6, 14), "rank of the Gauss-Newton matrix");
                assert!((h.condition() / 2.0e7 - 1.0).abs() < 0.05, "condition {:e}", h.condition());
                assert!(g.condition() > 1e14);
            }
        }
    }
}

#[test]
fn every_matrix_is_what_its_products_and_gradients_make() {
    let (net, w) = spirals("2-5-4-1", 70);
    let n = net.dim();
    let mut built = Vec::new();
    for kind in MatrixKind::ALL {
        let s = spectrum(&net, &w, kind, true);
        let mut operator = MatrixOperator::new(Arc::clone(&net).into(), w.clone(), kind).unwrap();
        let Residuals::Each(residuals) = &s.residuals else { panic!("residuals") };
        let mut image = vec![0.0; n];
        for (k, value) in s.values.iter().enumerate() {
            let v = s.vector(k).unwrap();
            operator.multiply(v, &mut image);
            image.iter_mut().zip(v).for_each(|(a, v)| *a -= value * v);
            assert!(norm(&image) <= 1e-13 * s.largest() * n as f64, "{}: {}", kind.name(), norm(&image));
            assert!(residuals[k] <= 1e-13 * s.largest() * n as f64, "{}: {}", kind.name(), residuals[k]);
        }
        let values = spectrum(&net, &w, kind, false);
        assert_eq!(values.values, s.values);
        let Residuals::Bound(bound) = values.residuals else { panic!("a bound") };
        assert!(residuals.iter().all(|r| *r <= bound), "{}: {bound}", kind.name());
        built.push(MatrixJob::new(Arc::clone(&net).into(), w.clone(), kind).unwrap().finish().unwrap().entries);
    }
    for ((h, g), rest) in built[0].iter().zip(&built[1]).zip(&built[3]) {
        assert!((h - g - rest).abs() < 1e-15);
    }
    let all: Vec<usize> = (0..70).collect();
    let mut gradients = vec![0.0; n * 70];
    net.sample_gradients(&w, &all, &mut gradients);
    for i in 0..n {
        for j in 0..n {
            let moment = gradients.chunks_exact(n).fold(0.0, |s, g| s + g[i] * g[j] / 70.0);
            assert!((moment - built[2][i * n + j]).abs() < 1e-15);
        }
    }
    // An objective that is not known to be a network gives the same by its products.
    let other = Subject::Other(Arc::clone(&net) as Arc<dyn Objective>);
    for (kind, entries) in MatrixKind::ALL.into_iter().zip(&built) {
        let again = MatrixJob::new(other.clone(), w.clone(), kind).unwrap().finish().unwrap().entries;
        close(&again, entries, 1e-13, kind.name());
    }
    // The rows and columns of some coordinates.
    let kept: Vec<usize> = (0..n).filter(|k| k % 3 != 1).collect();
    let job = MatrixJob::new(other, w, MatrixKind::Hessian).unwrap().restricted(kept.clone()).unwrap();
    let part = job.finish().unwrap();
    assert_eq!(part.dim, kept.len());
    for (i, p) in kept.iter().enumerate() {
        for (j, q) in kept.iter().enumerate() {
            assert!((part.entries[i * kept.len() + j] - built[0][p * n + q]).abs() < 1e-14);
        }
    }
}

#[test]
fn wrong_points_get_a_sentence() {
    let (net, w) = spirals("2-3-1", 20);
    let subject: Subject = net.into();
    let bad = MatrixJob::new(subject.clone(), vec![0.0; 3], MatrixKind::Hessian).err().unwrap();
    assert_eq!(bad.to_string(), "the point has 3 coordinates; the function takes 13");
    let job = MatrixJob::new(subject, w, MatrixKind::Hessian).unwrap();
    assert_eq!(job.restricted(vec![2, 1]).err(), Some(SpectrumError::BadCoordinates(13)));
    let formula = FormulaProblem::from_text("x^2 - y^4", None, &BTreeMap::new(), None).unwrap();
    let subject = Subject::Other(Arc::new(formula));
    let at = vec![1.0, 1.0];
    for (kind, error) in [(MatrixKind::Fisher, SpectrumError::NoSamples), (MatrixKind::Rest, SpectrumError::NoGaussNewton)] {
        assert_eq!(SpectrumJob::new(subject.clone(), at.clone(), kind, false).err(), Some(error));
    }
    let s = SpectrumJob::new(subject.clone(), at, MatrixKind::Hessian, true).unwrap().finish().unwrap();
    assert_eq!((s.values, s.trace), (vec![-12.0, 2.0], -10.0));
    let s = SpectrumJob::new(subject, vec![f64::NAN; 2], MatrixKind::Hessian, true).unwrap().finish().unwrap();
    assert!(s.values.iter().all(|v| v.is_nan()) && s.largest().is_nan());
}

#[test]
fn progress_of_a_spectrum_rises_to_1() {
    let (net, w) = spirals("2-8-8-1", 100);
    for kind in MatrixKind::ALL {
        let mut job = SpectrumJob::new(Arc::clone(&net).into(), w.clone(), kind, true).unwrap();
        let (mut before, mut slices) = (0.0, 0);
        while job.advance() {
            assert!((before..=1.0).contains(&job.progress()), "{}: {before} then {}", kind.name(), job.progress());
            assert!(job.output().is_none());
            before = job.progress();
            slices += 1;
        }
        assert!(job.progress() == 1.0 && !job.advance() && job.output().is_some() && slices > 5);
    }
}

/// δ = Σᵢ |Aᵢᵢ| / Σᵢⱼ |Aᵢⱼ|.
fn diagonal_share(a: &[f64], n: usize) -> f64 {
    let diagonal: f64 = a.iter().step_by(n + 1).map(|v| v.abs()).sum();
    diagonal / a.iter().map(|v| v.abs()).sum::<f64>()
}

/// E3: the diagonal of Wigner and least-squares matrices, by Monte Carlo, against Propositions 1 and 2.
#[test]
fn shares_of_random_matrices() {
    let mut rng = Rng::new(11);
    let d = 100;
    let mut shares = Vec::new();
    for _ in 0..20 {
        let mut a = vec![0.0; d * d];
        for i in 0..d {
            for j in 0..=i {
                a[i * d + j] = rng.normal();
                a[j * d + i] = a[i * d + j];
            }
        }
        shares.push(diagonal_share(&a, d));
    }
    let mean = shares.iter().sum::<f64>() / 20.0;
    // A share has a relative deviation of √(π/2 − 1)/√d = 7.6 %; four standard errors of the mean of 20 are 6.8 %.
    assert!((mean / wigner_share(d, 1.0) - 1.0).abs() < 0.068, "{mean}");
    for (n, formula) in [(32, 0.0668284262409981), (512, 0.222671372737153)] {
        assert!((least_squares_share(d, n) - formula).abs() < 1e-12);
        let mut mean = 0.0;
        for _ in 0..5 {
            let mut x = vec![0.0; n * d];
            rng.fill_normal(&mut x);
            let mut a = vec![0.0; d * d];
            for row in x.chunks_exact(d) {
                for i in 0..d {
                    for j in 0..d {
                        a[i * d + j] += row[i] * row[j];
                    }
                }
            }
            mean += diagonal_share(&a, d) / 5.0;
        }
        assert!((mean / formula - 1.0).abs() < 0.02, "n = {n}: {mean} against {formula}");
    }
    assert!((wigner_share(5, 2.0) - 1.0 / 9.0).abs() < 1e-16);
}

/// E3: 100-5-10, tanh, cross entropy, on 512 glyphs, at the reference's initial weights and after 50 steps of RMSProp.
#[test]
fn share_of_a_network_on_glyphs() {
    let data = data_set("glyphs").unwrap().draw(Some(512), Some(0.1), 1).unwrap();
    let architecture = Architecture::parse("100-5-10", "tanh").unwrap();
    let mut random = SplitMix::new(5);
    let mut w = vec![0.0; architecture.parameters()];
    for layer in architecture.layers() {
        w[layer.weights].iter_mut().for_each(|w| *w = random.normal() / (layer.inputs as f64).sqrt());
    }
    let targets = data.targets_for(Loss::CrossEntropy, 10).unwrap();
    let net = Arc::new(Network::new(architecture, Loss::CrossEntropy, 0.0, data.inputs, targets).unwrap());
    let check = |w: &[f64], [loss, share, negative]: [f64; 3], tolerance: f64| {
        let s = spectrum(&net, w, MatrixKind::Hessian, false);
        let ours = [net.value(w), s.diagonal.share, s.index(Some(1e-8)).fraction];
        for (ours, theirs) in ours.iter().zip([loss, share, negative]) {
            assert!((ours / theirs - 1.0).abs() < tolerance, "{ours} against {theirs}");
        }
        assert!((s.diagonal.wigner - 1.0 / 565.0).abs() < 1e-15 && (s.diagonal.least_squares - 0.0478751046066106).abs() < 1e-12);
    };
    let reference: Value = serde_json::from_str(include_str!("reference/experiments.json")).unwrap();
    let published = |row: usize| {
        let row = &reference["E3_diagonal_mass"]["mlp"][row];
        ["loss", "delta", "negative_fraction"].map(|key| row[key].as_f64().unwrap())
    };
    check(&w, published(0), 1e-9);
    let (mut g, mut square) = (vec![0.0; w.len()], vec![0.0; w.len()]);
    for _ in 0..50 {
        net.value_gradient(&w, &mut g);
        for ((w, g), s) in w.iter_mut().zip(&g).zip(&mut square) {
            *s = 0.9 * *s + 0.1 * g * g;
            *w -= 1e-2 * g / (*s + 1e-8).sqrt();
        }
    }
    check(&w, published(1), 1e-6);
}
