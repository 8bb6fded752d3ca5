//! Networks: against the reference, against differences, and against themselves put together in another way.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::{Rng, axpy, dot, norm, symmetric_eigenvalues};
use saddlescope::problem::network::{Activation, Architecture, Curvature, Loss, Network, NetworkError, Rows};
use saddlescope::problem::{FiniteSum, GaussNewton, Objective};
use serde_json::Value;

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn rows(v: &Value) -> Rows {
    let rows: Vec<Vec<f64>> = v.as_array().unwrap().iter().map(numbers).collect();
    Rows { width: rows[0].len(), values: rows.concat() }
}

fn one_hot(labels: &[f64], width: usize) -> Rows {
    let values = labels.iter().flat_map(|y| (0..width).map(move |k| f64::from(u8::from(k == *y as usize)))).collect();
    Rows { width, values }
}

fn close(ours: &[f64], theirs: &[f64], tolerance: f64, what: &str) {
    let scale = norm(theirs).max(1.0);
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (a, b) in ours.iter().zip(theirs) {
        assert!((a - b).abs() <= tolerance * scale, "{what}: {a} against {b}");
    }
}

#[test]
fn the_reference_networks_agree() {
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
            _ => (Loss::CrossEntropy, one_hot(&numbers(&case["Y"]), *sizes.last().unwrap())),
        };
        let architecture = Architecture::new(&sizes, &[activation]).unwrap();
        let net = Network::new(architecture, loss, 0.0, rows(&case["X"]), targets).unwrap();
        let (w, v) = (numbers(&case["theta"]), numbers(&case["v"]));
        let n = net.dim();
        assert_eq!(n as u64, case["n_params"].as_u64().unwrap(), "{name}");

        let (mut g, mut hv, mut gv) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let f = net.value_gradient(&w, &mut g);
        close(&[f, net.value(&w)], &[case["f"].as_f64().unwrap(); 2], 1e-13, name);
        close(&g, &numbers(&case["grad"]), 1e-13, name);
        net.hessian_vector(&w, &v, &mut hv);
        close(&hv, &numbers(&case["Hv"]), 1e-13, name);
        net.gauss_newton_vector(&w, &v, &mut gv);
        close(&gv, &numbers(&case["Gv"]), 1e-13, name);

        let (mut hessian, mut matrix) = (vec![0.0; n * n], vec![0.0; n * n]);
        net.hessian(&w, &mut hessian);
        net.gauss_newton_matrix(&w, &mut matrix);
        close(&symmetric_eigenvalues(&hessian, n), &numbers(&case["hess_eig"]), 1e-9, name);
        close(&symmetric_eigenvalues(&matrix, n), &numbers(&case["ggn_eig"]), 1e-9, name);

        let all: Vec<usize> = (0..net.samples()).collect();
        let mut each = vec![0.0; n * all.len()];
        net.sample_gradients(&w, &all, &mut each);
        let norms: Vec<f64> = each.chunks_exact(n).map(norm).collect();
        close(&norms, &numbers(&case["per_sample_grad_norms"]), 1e-12, name);
    }
}

/// Every activation with every loss, on 300 samples: more than go through the layers together, and no multiple of the lanes.
fn zoo() -> Vec<(String, Network, Vec<f64>, Vec<f64>)> {
    let mut rng = Rng::new(5);
    let mut all = Vec::new();
    for activation in Activation::ALL {
        for loss in Loss::ALL {
            let samples = 300;
            let mut inputs = Rows { width: 3, values: vec![0.0; 3 * samples] };
            rng.fill_normal(&mut inputs.values);
            let labels: Vec<f64> = (0..samples).map(|_| rng.below(5) as f64).collect();
            let last = if loss == Loss::Bce { Activation::Identity } else { activation };
            let architecture = Architecture::new(&[3, 6, 4, 5], &[activation, activation, last]).unwrap();
            let net = Network::new(architecture, loss, 0.01, inputs, one_hot(&labels, 5)).unwrap();
            let (mut w, mut v) = (vec![0.0; net.dim()], vec![0.0; net.dim()]);
            rng.fill_normal(&mut w);
            rng.fill_normal(&mut v);
            w.iter_mut().for_each(|w| *w *= 0.5);
            all.push((format!("{} {}", activation.name(), loss.name()), net, w, v));
        }
    }
    all
}

fn shifted(w: &[f64], t: f64, v: &[f64]) -> Vec<f64> {
    w.iter().zip(v).map(|(w, v)| w + t * v).collect()
}

#[test]
fn derivatives_agree_with_differences() {
    for (name, net, w, v) in zoo() {
        let n = net.dim();
        let gradient = |x: &[f64]| {
            let mut g = vec![0.0; n];
            net.value_gradient(x, &mut g);
            g
        };
        // Central differences of order 4. At the smaller h hardly a sample crosses a kink, and rounding limits the accuracy.
        let piecewise = name.starts_with("relu") || name.starts_with("leaky");
        let (h, tolerance) = if piecewise { (1e-6, 1e-7) } else { (1e-4, 1e-8) };
        let stencil = [(1.0, 8.0 / 12.0), (-1.0, -8.0 / 12.0), (2.0, -1.0 / 12.0), (-2.0, 1.0 / 12.0)];
        let slope: f64 = stencil.iter().map(|(k, c)| c * net.value(&shifted(&w, k * h, &v)) / h).sum();
        let exact = dot(&gradient(&w), &v);
        assert!((slope - exact).abs() <= tolerance * exact.abs().max(1.0), "{name}: {slope} against {exact}");
        let (mut difference, mut hv) = (vec![0.0; n], vec![0.0; n]);
        for (k, c) in stencil {
            difference.iter_mut().zip(gradient(&shifted(&w, k * h, &v))).for_each(|(d, g)| *d += c * g / h);
        }
        net.hessian_vector(&w, &v, &mut hv);
        close(&hv, &difference, tolerance, &name);
    }
}

#[test]
fn matrices_and_products_are_the_same_operator() {
    for (name, net, w, v) in zoo() {
        let n = net.dim();
        let mut other = vec![0.0; n];
        Rng::new(8).fill_normal(&mut other);
        let pair = [v.clone(), other].concat();
        for gauss_newton in [false, true] {
            let mut matrix = vec![0.0; n * n];
            if gauss_newton {
                net.gauss_newton_matrix(&w, &mut matrix);
            } else {
                net.hessian(&w, &mut matrix);
            }
            let mut products = vec![0.0; 2 * n];
            let curvature = if gauss_newton { Curvature::GaussNewton } else { Curvature::Hessian };
            net.products(&w, &pair, curvature, &mut products);
            for (v, product) in pair.chunks_exact(n).zip(products.chunks_exact(n)) {
                let dense: Vec<f64> = matrix.chunks_exact(n).map(|row| dot(row, v)).collect();
                close(product, &dense, 1e-13, &name);
            }
            if gauss_newton {
                let low = symmetric_eigenvalues(&matrix, n)[0];
                assert!(low >= 0.01 - 1e-12, "{name}: the Gauss-Newton matrix has an eigenvalue {low} below l2");
            }
        }
    }
}

/// F v against the gradients of the samples, written out, and against the change of the mean of ⟨∇fᵢ, v⟩²/2 with v.
#[test]
fn fisher_products_are_those_of_the_gradients() {
    for (name, net, w, v) in zoo() {
        let (n, m) = (net.dim(), net.samples());
        let mut other = vec![0.0; n];
        Rng::new(9).fill_normal(&mut other);
        let pair = [v.clone(), other.clone()].concat();
        let mut products = vec![0.0; 2 * n];
        // Of a new point, and of one whose states are known.
        for _ in 0..2 {
            net.products(&w, &pair, Curvature::Fisher, &mut products);
            let all: Vec<usize> = (0..m).collect();
            let mut gradients = vec![0.0; n * m];
            net.sample_gradients(&w, &all, &mut gradients);
            for (v, product) in pair.chunks_exact(n).zip(products.chunks_exact(n)) {
                let mut dense = vec![0.0; n];
                for g in gradients.chunks_exact(n) {
                    axpy(dot(g, v) / m as f64, g, &mut dense);
                }
                close(product, &dense, 1e-13, &name);
            }
        }
        // ⟨∇fᵢ, v⟩ by differences of the values of components: no gradient is asked.
        let step = 1e-5;
        let along = |i: usize, v: &[f64]| {
            (net.batch_value(&shifted(&w, step, v), &[i]) - net.batch_value(&shifted(&w, -step, v), &[i])) / (2.0 * step)
        };
        let mixed = (0..m).map(|i| along(i, &v) * along(i, &other)).sum::<f64>() / m as f64;
        let ours = dot(&other, &products[..n]);
        let size = dot(&v, &products[..n]).max(dot(&other, &products[n..]));
        assert!((mixed - ours).abs() <= 1e-6 * size, "{name}: {mixed} and {ours}");
    }
}

#[test]
fn batches_are_means_of_components() {
    for (name, net, w, v) in zoo() {
        let n = net.dim();
        let batch: Vec<usize> = (0..200).map(|i| (i * 37 + 5) % net.samples()).chain([7, 7]).collect();
        let mut each = vec![0.0; n * batch.len()];
        net.sample_gradients(&w, &batch, &mut each);
        let mut mean = vec![0.0; n];
        for row in each.chunks_exact(n) {
            mean.iter_mut().zip(row).for_each(|(m, g)| *m += g / batch.len() as f64);
        }
        let (mut g, mut whole) = (vec![0.0; n], vec![0.0; n]);
        let f = net.batch_value_gradient(&w, &batch, &mut g);
        close(&g, &mean, 1e-13, &name);
        assert_eq!(f, net.batch_value(&w, &batch), "{name}");

        let all: Vec<usize> = (0..net.samples()).collect();
        assert_eq!(net.batch_value_gradient(&w, &all, &mut g), net.value_gradient(&w, &mut whole), "{name}");
        assert_eq!(g, whole, "{name}");
        let (mut of_all, mut of_sum) = (vec![0.0; n], vec![0.0; n]);
        net.batch_hessian_vector(&w, &all, &v, &mut of_all);
        net.hessian_vector(&w, &v, &mut of_sum);
        assert_eq!(of_all, of_sum, "{name}");
    }
}

/// What a network answers depends on nothing that was asked before, and a non-finite weight shows.
#[test]
fn answers_do_not_depend_on_what_was_asked_before() {
    let (_, net, w, v) = zoo().swap_remove(3);
    let n = net.dim();
    let fresh = net.clone();
    let mut expected = vec![0.0; n];
    fresh.hessian_vector(&w, &v, &mut expected);
    let away = shifted(&w, 0.1, &v);
    let mut g = vec![0.0; n];
    for order in 0..4 {
        match order {
            0 => drop(net.value_gradient(&away, &mut g)),
            1 => drop(net.value(&away)),
            2 => drop(net.batch_value_gradient(&w, &[3, 4], &mut g)),
            _ => net.batch_hessian_vector(&away, &[1], &v, &mut g),
        }
        let mut product = vec![0.0; n];
        net.hessian_vector(&w, &v, &mut product);
        assert_eq!(product, expected, "{order}");
    }
    let mut broken = w.clone();
    broken[2] = f64::NAN;
    assert!(net.value(&broken).is_nan());
}

#[test]
fn wrong_samples_get_a_sentence() {
    let shape = || Architecture::parse("2-3-1", "tanh").unwrap();
    let table = |width: usize, len: usize| Rows { width, values: vec![0.5; width * len] };
    let try_it = |x: Rows, y: Rows, l2: f64| Network::new(shape(), Loss::Mse, l2, x, y).unwrap_err();
    assert_eq!(try_it(table(3, 4), table(1, 4), 0.0), NetworkError::BadWidth { what: "inputs", expected: 2, given: 3 });
    assert!(try_it(table(2, 4), table(1, 3), 0.0).to_string().contains("4 inputs and 3 targets"));
    assert!(try_it(table(2, 0), table(1, 0), 0.0).to_string().contains("at least one sample"));
    assert!(try_it(table(2, 4), table(1, 4), -1.0).to_string().contains("l2"));
}
