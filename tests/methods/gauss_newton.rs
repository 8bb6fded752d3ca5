//! Sums of squares, and the methods that need them.

use crate::objectives::set;
use saddlescope::linalg::{Rng, Vector, dot, norm, symmetric_eigenvalues};
use saddlescope::optim::{Geometry, Settings, SettingsError, Verdict, method};
use saddlescope::problem::{FormulaProblem, Objective, landscapes};
use saddlescope::run::{Run, Setup, Status, StopRules};
use std::collections::BTreeMap;
use std::sync::Arc;

fn problems() -> Vec<(String, FormulaProblem)> {
    let open = |entry| FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap();
    landscapes().iter().map(|entry| (entry.id.clone(), open(entry))).collect()
}

fn typed(text: &str, parameters: &[(&str, f64)]) -> FormulaProblem {
    let parameters = parameters.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect();
    FormulaProblem::from_text(text, Some(2), &parameters, None).unwrap()
}

fn points(problem: &FormulaProblem, count: usize) -> Vec<Vec<f64>> {
    let mut rng = Rng::new(12);
    (0..count).map(|_| problem.bounds().iter().map(|[a, b]| a + (b - a) * rng.uniform()).collect()).collect()
}

#[test]
fn these_landscapes_are_sums_of_squares() {
    let found: Vec<String> = problems().into_iter().filter(|(_, p)| p.gauss_newton().is_some()).map(|(id, _)| id).collect();
    assert_eq!(
        found,
        [
            "quad_well",
            "quad_ill",
            "quad_rot",
            "rosenbrock",
            "banana_goh",
            "himmelblau",
            "beale",
            "booth",
            "levy13",
            "xy_net",
            "xy_net_l2",
            "x2y_net",
            "tanh_neuron",
            "matfac_sym",
            "relu_hinge",
        ]
    );
}

#[test]
fn the_way_a_formula_is_written_decides() {
    for (text, parameters) in [
        ("x^2 + y^2", &[][..]),
        ("7 + 2*(x - y)^4/3 - (-3)*(x*y)^2", &[]),
        ("a*(x^2 + b*(y - 1)^2)", &[("a", 2.0), ("b", 0.0)]),
        ("sum(i, 1, n, i*(x[i] - i)^6)", &[]),
        ("(x - 1)^2*(3 + y^2) + square(sin(x))", &[]),
        ("-(-(x^2)) + 5 - 2", &[]),
        ("(x/y)^2 + x^2/y^2 + exp(x)^2", &[]),
    ] {
        assert!(typed(text, parameters).gauss_newton().is_some(), "{text}");
    }
    for (text, parameters) in [
        ("x^2 - y^2", &[][..]),
        ("x^2 + y", &[]),
        ("x^2 + a*y^2", &[("a", -1.0)]),
        ("x^3 + y^3", &[]),
        ("x*y", &[]),
        ("exp(x) + y^2", &[]),
        ("x*(x^2 + y^2)", &[]),
        ("3", &[]),
        ("sqrt(x^2 + y^2)", &[]),
        ("1/x^2 + 5 - x^2", &[]),
    ] {
        assert!(typed(text, parameters).gauss_newton().is_none(), "{text}");
    }
}

/// f = c + Σ wᵢ rᵢ² with one c everywhere; G = H − Σ 2wᵢ rᵢ ∇²rᵢ with ∇²rᵢ from differences of ∇rᵢ; Gv and G agree; G ⪰ 0.
#[test]
fn the_matrix_is_the_hessian_without_the_curvature_of_the_residuals() {
    let mut checked = 0;
    for (id, problem) in problems() {
        let Some(gauss_newton) = problem.gauss_newton() else { continue };
        let (formula, p, n) = (problem.formula(), problem.parameter_values(), problem.dim());
        let residuals = formula.residuals().unwrap();
        let terms = |x: &[f64]| {
            let mut all = Vec::new();
            residuals.for_each(p, x, |w, r, gradient| all.push((w, r, gradient.to_vec())));
            all
        };
        let mut constant = None;
        for x in points(&problem, 12) {
            if !formula.is_smooth_at(p, &x, 1e-3) {
                continue;
            }
            let here = terms(&x);
            let f = problem.value(&x);
            let sum: f64 = here.iter().map(|(w, r, _)| w * r * r).sum();
            let c = *constant.get_or_insert(f - sum);
            assert!((f - sum - c).abs() <= 1e-12 * (f.abs() + sum), "{id} at {x:?}: {}", f - sum - c);
            let mut matrix = vec![0.0; n * n];
            gauss_newton.gauss_newton_matrix(&x, &mut matrix);
            let mut expected = vec![0.0; n * n];
            problem.hessian(&x, &mut expected);
            let step = 1e-5;
            for j in 0..n {
                let at = |t: f64| x.iter().enumerate().map(|(i, v)| if i == j { v + t } else { *v }).collect::<Vec<_>>();
                let (above, below) = (terms(&at(step)), terms(&at(-step)));
                for (k, (w, r, _)) in here.iter().enumerate() {
                    for i in 0..n {
                        expected[i * n + j] -= 2.0 * w * r * (above[k].2[i] - below[k].2[i]) / (2.0 * step);
                    }
                }
            }
            let scale = norm(&matrix) + norm(&expected);
            for (a, b) in matrix.iter().zip(&expected) {
                assert!((a - b).abs() <= 1e-6 * scale.max(1.0), "{id} at {x:?}: {matrix:?} against {expected:?}");
            }
            assert!(symmetric_eigenvalues(&matrix, n)[0] >= -1e-12 * norm(&matrix), "{id}");
            let v: Vec<f64> = (0..n).map(|i| 1.0 - 0.3 * i as f64).collect();
            let mut product = vec![0.0; n];
            gauss_newton.gauss_newton_vector(&x, &v, &mut product);
            for (i, entry) in product.iter().enumerate() {
                assert!((entry - dot(&matrix[i * n..(i + 1) * n], &v)).abs() <= 1e-12 * norm(&matrix), "{id}");
            }
            checked += 1;
        }
    }
    assert!(checked > 120, "{checked}");
}

fn started(problem: &FormulaProblem, id: &str, settings: Settings, x: &[f64]) -> Result<Run, SettingsError> {
    let setup = Setup {
        method: method(id).unwrap(),
        settings,
        scales: None,
        start: Vector::from_slice(x),
        noise: crate::objectives::NOISE,
        seed: 0,
        budget: 300,
        rules: StopRules::default(),
    };
    Run::new(Arc::new(problem.clone()), setup)
}

#[test]
fn rosenbrock_is_nothing_for_gauss_newton() {
    let problem = typed("(1 - x)^2 + 100*(y - x^2)^2", &[]);
    let mut run = started(&problem, "gauss_newton", set(&[], &[]), &[-1.2, 1.0]).unwrap();
    run.advance(300);
    assert!(matches!(run.status(), Status::Minimum { .. }) && run.len() <= 3, "{} steps: {:?}", run.len(), run.status());
    assert_eq!(run.counts().hessian, 0);
    assert_eq!(run.counts().hessian_vector, 2 * run.len());
    let mut run = started(&problem, "levenberg_marquardt", set(&[], &[]), &[-1.2, 1.0]).unwrap();
    run.advance(300);
    assert!(matches!(run.status(), Status::Minimum { .. }), "{:?}", run.status());
}

/// λ and the steps of Martens' rule by hand, from the records of a run.
#[test]
fn the_damping_follows_the_ratio() {
    for (id, problem) in problems() {
        if problem.gauss_newton().is_none() {
            continue;
        }
        let start = problem.starts().remove(0);
        let mut run = started(&problem, "levenberg_marquardt", set(&[("damping", 1.0)], &[]), &start).unwrap();
        run.advance(60);
        let (mut damping, mut last) = (1.0, f64::INFINITY);
        for (step, _) in run.records() {
            let Geometry::TrustRegion(region) = &step.geometry else { panic!("{id}: no ellipsoid") };
            let n = problem.dim();
            let mut matrix = vec![0.0; n * n];
            problem.gauss_newton().unwrap().gauss_newton_matrix(&step.from, &mut matrix);
            let ours = region.metric.to_matrix(n);
            for k in 0..n * n {
                let expected = matrix[k] + if k / n == k % n { damping } else { 0.0 };
                assert!((ours[k] - expected).abs() <= 1e-9 * (damping + norm(&matrix)), "{id}: {} against {expected}", ours[k]);
            }
            assert!(step.verdict == Verdict::Rejected || step.f <= last * (1.0 + 1e-14) + 1e-14, "{id}");
            last = step.f;
            // Where the decrease is above the rounding of f the ratio is the one that was used.
            if step.predicted < 1e-8 * (1.0 + step.f.abs()) {
                break;
            }
            let ratio = step.ratio();
            damping *= if ratio > 0.75 {
                2.0 / 3.0
            } else if ratio < 0.25 {
                1.5
            } else {
                1.0
            };
        }
    }
}

#[test]
fn where_there_are_no_residuals_a_sentence_says_so() {
    let saddle = typed("x^2/2 + y^4/4 - y^2/2", &[]);
    for id in ["gauss_newton", "levenberg_marquardt"] {
        let Err(error) = started(&saddle, id, set(&[], &[]), &[1.0, 1.0]) else { panic!("{id} has started") };
        assert!(matches!(error, SettingsError::NotApplicable { .. }));
        assert!(error.to_string().contains("sum of squares"), "{error}");
    }
}

/// Conjugate gradients with products of G: in exact arithmetic the steps of the matrix after n products, which are all that is asked.
#[test]
fn by_products_the_steps_are_the_same() {
    for (id, problem) in problems() {
        if problem.gauss_newton().is_none() || id == "relu_hinge" {
            continue;
        }
        let start = problem.starts().remove(0);
        let numbers = [("damping", 1.0)];
        let settings = |solver| set(&numbers, &[("solver", solver)]);
        let [mut dense, mut cg] = ["dense", "cg"].map(|s| started(&problem, "levenberg_marquardt", settings(s), &start).unwrap());
        let (a, b) = (dense.advance(8), cg.advance(8));
        assert_eq!(a, b, "{id}");
        for (p, q) in dense.records().zip(cg.records()) {
            let size = 1.0 + norm(&p.0.x);
            assert!(p.0.x.iter().zip(&q.0.x).all(|(a, b)| (a - b).abs() <= 1e-7 * size), "{id}: {:?} {:?}", p.0, q.0);
            let apart = (p.0.predicted - q.0.predicted).abs();
            assert!(apart <= 1e-7 * (p.0.predicted + q.0.f.abs()) || !apart.is_finite(), "{id}: {:?} {:?}", p.0, q.0);
        }
        let counts = cg.counts();
        let most = (problem.dim() as u64 + 1) * b;
        assert!(counts.hessian == 0 && counts.hessian_vector > 0 && counts.hessian_vector <= most, "{id}: {counts:?}");
        assert_eq!(counts.backpropagations, counts.gradient + counts.hessian_vector, "{id}");
    }
    let rosenbrock = typed("(1 - x)^2 + 100*(y - x^2)^2", &[]);
    for search in ["none", "armijo"] {
        let settings = set(&[], &[("solver", "cg"), ("line_search", search)]);
        let mut run = started(&rosenbrock, "gauss_newton", settings, &[-1.2, 1.0]).unwrap();
        run.advance(300);
        assert!(matches!(run.status(), Status::Minimum { .. }), "{search}: {:?}", run.status());
        // n products solve it, but for rounding.
        let [products, gradients] = [run.counts().hessian_vector, run.counts().gradient];
        assert!(products >= 2 * gradients - 1 && products <= 3 * gradients, "{search}: {:?}", run.counts());
    }
}

/// With the whole budget of one product a step is the Cauchy step of G; many variables are refused for the matrix only.
#[test]
fn products_are_limited_and_many_variables_are_theirs() {
    let problem = typed("x^2 + 10*y^2", &[]);
    let settings = set(&[("products", 1.0)], &[("solver", "cg")]);
    let mut run = started(&problem, "gauss_newton", settings, &[1.0, 1.0]).unwrap();
    run.advance(1);
    // g = (2, 20), G = diag(2, 20): t = ⟨g, g⟩/⟨g, Gg⟩ = 404/8008.
    let t = 404.0 / 8008.0;
    let x = run.iterate(1);
    assert!((x[0] - (1.0 - 2.0 * t)).abs() < 1e-14 && (x[1] - (1.0 - 20.0 * t)).abs() < 1e-14, "{x:?}");
    for id in ["gauss_newton", "levenberg_marquardt"] {
        let many = vec![0.0; 6000];
        assert!(method(id).unwrap().start(&set(&[], &[]), None, &many).is_err());
        assert!(method(id).unwrap().start(&set(&[], &[("solver", "cg")]), None, &many).is_ok());
    }
}
