//! What each method asks, exactly: the formulas of its paper, where the code departs from them the doc comments say so.

use crate::objectives::{Cloud, ROSENBROCK, SADDLE_BOUNDED, run, set};
use saddlescope::linalg::norm;
use saddlescope::optim::{Counts, Geometry, Phase, Step, Verdict, method};
use saddlescope::problem::{FormulaProblem, Objective};
use std::collections::BTreeMap;

const START: [f64; 2] = [-1.2, 1.0];

fn accepted(records: &[Step]) -> u64 {
    records.iter().filter(|r| r.verdict == Verdict::Accepted).count() as u64
}

/// Iterates at which derivatives are asked: the start, and what each accepted trial but the last one led to.
fn looked(records: &[Step]) -> u64 {
    1 + accepted(&records[..records.len() - 1])
}

/// The points that subproblem solvers went through: one a product.
fn products(records: &[Step]) -> u64 {
    records.iter().filter_map(|r| r.geometry.model_step()).map(|(_, path, _)| path.len() as u64).sum()
}

/// One component gradient of b samples a step; a kick of CNC is a step like the others.
#[test]
fn stochastic_steps_ask_b_component_gradients() {
    let cloud = Cloud::new(9);
    for id in ["noisy_sgd", "cnc_sgd"] {
        let (records, counts) = run(id, &set(&[("batch_size", 4.0)], &[]), &cloud, &[1.0; 3], 120, 2);
        let expected = Counts { sample_gradient: 480, backpropagations: 120, ..Counts::default() };
        assert_eq!((records.len(), counts), (120, expected), "{id}");
    }
}

/// A whole gradient a step, and b component gradients more for a kick: one backpropagation each.
#[test]
fn stochastic_kicks_ask_one_gradient_more() {
    let settings = set(&[("batch_size", 3.0), ("threshold_time", 20.0), ("gradient_threshold", 1e-2)], &[]);
    let (records, counts) = run("cnc_pgd", &settings, &SADDLE_BOUNDED, &[0.3, 0.0], 400, 5);
    let kicks = records.iter().filter(|r| r.phase == Phase::Perturbation).count() as u64;
    let expected = Counts { gradient: 400, sample_gradient: 3 * kicks, backpropagations: 400 + kicks, ..Counts::default() };
    assert!(kicks > 2);
    assert_eq!(counts, expected);
}

/// One gradient and one Hessian, n products, a step; no value.
#[test]
fn newtons_without_a_search_ask_one_gradient_and_one_hessian() {
    for (id, names) in [
        ("newton", &[][..]),
        ("damped_newton", &[]),
        ("saddle_free_newton", &[]),
        ("regularized_newton", &[]),
        ("adan", &[("variant", "plus")]),
    ] {
        let (records, counts) = run(id, &set(&[], names), &ROSENBROCK, &START, 15, 0);
        let k = records.len() as u64;
        let expected = Counts { gradient: k, hessian: k, backpropagations: 3 * k, ..Counts::default() };
        assert_eq!((k, counts), (15, expected), "{id}");
    }
}

/// AdaN: a Hessian a step; a gradient, with its value, a trial of H_c, of which the last one serves the next step.
#[test]
fn adan_asks_a_gradient_a_trial() {
    let (records, counts) = run("adan", &set(&[("hessian_change", 1.0)], &[]), &ROSENBROCK, &START, 12, 0);
    let (mut x, mut change, mut gradients) = (START, 1.0, 1);
    for record in &records {
        let (g, [a, b, c]) = ((ROSENBROCK.gradient)(x[0], x[1]), (ROSENBROCK.hessian)(x[0], x[1]));
        change *= 0.5;
        let next = loop {
            let lambda = libm::sqrt(change * norm(&g));
            let (p, q) = (a + lambda, c + lambda);
            let determinant = p * q - b * b;
            let s = [(b * g[1] - q * g[0]) / determinant, (b * g[0] - p * g[1]) / determinant];
            let to = [x[0] + s[0], x[1] + s[1]];
            gradients += 1;
            let (r, slope) = (norm(&s), norm(&(ROSENBROCK.gradient)(to[0], to[1])));
            let fall = (ROSENBROCK.value)(x[0], x[1]) - (ROSENBROCK.value)(to[0], to[1]);
            if slope <= 2.0 * lambda * r && fall >= 2.0 / 3.0 * lambda * r * r {
                break to;
            }
            change *= 2.0;
        };
        assert!((0..2).all(|i| (next[i] - record.x[i]).abs() < 1e-9), "{next:?} against {:?}", record.x);
        x = next;
    }
    let k = records.len() as u64;
    let expected = Counts { gradient: gradients, hessian: k, backpropagations: gradients + 2 * k, ..Counts::default() };
    assert_eq!((k, counts), (12, expected));
    assert!(gradients > 13, "some step takes more than one trial");
}

/// A trial asks one value, as f(x) is known from the last one; a new iterate a gradient, and a Hessian or the solver's products.
#[test]
fn regions_and_cubic_models_ask_one_value_a_trial() {
    for (id, solver, dense) in [
        ("tr", "exact", true),
        ("tr", "dogleg", true),
        ("tr", "steihaug", false),
        ("tr", "gltr", false),
        ("tr", "cauchy", false),
        ("arc", "exact", true),
        ("arc", "lanczos", false),
    ] {
        let (records, counts) = run(id, &set(&[], &[("solver", solver)]), &ROSENBROCK, &START, 25, 0);
        let (looks, products) = (looked(&records), products(&records));
        let derivatives = if dense {
            Counts { hessian: looks, backpropagations: 3 * looks, ..Counts::default() }
        } else {
            Counts { hessian_vector: products, backpropagations: looks + products, ..Counts::default() }
        };
        assert_eq!(counts, Counts { value: 25, gradient: looks, ..derivatives }, "{id} {solver}");
        assert!(solver == "cauchy" || accepted(&records) < 25, "{id} {solver}: no trial is rejected");
        assert!(solver != "cauchy" || products == 25);
    }
}

/// Gradient and Hessian on batches drawn for each trial, f itself for ρ: one value a trial and one for the start.
#[test]
fn sub_sampled_cubic_regularization_asks_its_batches() {
    let cloud = Cloud::new(1000);
    let (records, counts) = run("subsampled_arc", &set(&[("first_batch", 20.0)], &[]), &cloud, &[5.0; 3], 25, 4);
    let (mut sizes, mut reference) = ([20.0_f64; 2], None);
    let mut expected = Counts { value: 1 + 25, ..Counts::default() };
    for record in &records {
        let [g, h] = sizes.map(|size| size.ceil() as u64);
        if g < 1000 {
            expected.sample_gradient += g;
        } else {
            expected.gradient += 1;
        }
        expected.backpropagations += 1 + 3;
        if h < 1000 {
            expected.sample_hessian_vector += 3 * h;
        } else {
            expected.hessian += 1;
        }
        if record.verdict == Verdict::Accepted {
            let length = norm(&record.trial);
            let ratio: f64 = *reference.get_or_insert(length) / length;
            sizes = [20.0 * ratio.powi(4), 20.0 * ratio.powi(2)];
        } else {
            sizes = sizes.map(|size| 1.25 * size);
        }
        sizes = sizes.map(|size| size.clamp(1.0, 1e6));
    }
    assert_eq!(counts, expected);
    assert!(counts.sample_gradient > 0 && counts.gradient > 0);
}

/// Gauss-Newton's matrix is n products, asked with the gradient at each new iterate; Levenberg-Marquardt asks a value a trial.
#[test]
fn gauss_newtons_matrix_is_n_products() {
    let problem = FormulaProblem::from_text("(1 - x)^2 + 100*(y - x^2)^2", None, &BTreeMap::new(), None).unwrap();
    let f: &dyn Objective = &problem;
    let (records, counts) = run("levenberg_marquardt", &set(&[], &[]), f, &START, 20, 0);
    let looks = looked(&records);
    let expected =
        Counts { value: 20, gradient: looks, hessian_vector: 2 * looks, backpropagations: 3 * looks, ..Counts::default() };
    assert_eq!(counts, expected);
    let (records, counts) = run("gauss_newton", &set(&[], &[]), f, &START, 2, 0);
    let k = records.len() as u64;
    assert_eq!(counts, Counts { gradient: k, hessian_vector: 2 * k, backpropagations: 3 * k, ..Counts::default() });
    assert!(method("gauss_newton").is_ok() && records.iter().all(|r| !matches!(r.geometry, Geometry::Point)));
}
