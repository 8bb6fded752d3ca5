//! Every entry of the catalogue against values, derivatives and critical points computed outside of this program.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use saddlescope::linalg::{Rng, norm, symmetric_eigenvalues};
use saddlescope::problem::{FormulaProblem, Kind, Landscape, Objective, estimate_scales, landscape, landscapes};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Reference {
    landscapes: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    plot_box: [f64; 4],
    start: Vec<f64>,
    complete: Option<bool>,
    family: Option<String>,
    critical_points: Vec<Point>,
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Point {
    x: Vec<f64>,
    f: f64,
    hess_eig: Option<Vec<f64>>,
    kind: String,
    index: usize,
}

#[derive(Deserialize)]
struct Sample {
    x: Vec<f64>,
    f: f64,
    grad: Vec<f64>,
    hess: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
#[allow(non_snake_case)]
struct HalfSpaces {
    Z: Vec<Vec<f64>>,
    saddle: Vec<f64>,
    saddle_f: f64,
    saddle_eig: Vec<f64>,
    v: Vec<f64>,
    cnc_second_moment: f64,
    mean_sq_grad_norm: f64,
}

fn reference() -> Vec<Entry> {
    serde_json::from_str::<Reference>(include_str!("reference/landscapes.json")).expect("reference").landscapes
}

fn half_spaces() -> HalfSpaces {
    serde_json::from_str(include_str!("reference/half_spaces.json")).expect("reference")
}

fn default_problem(entry: &'static Landscape) -> FormulaProblem {
    FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap_or_else(|e| panic!("{}: {e}", entry.id))
}

/// max |a − b| / max(1, |b|) over the entries, with the size of b taken as a whole.
fn relative(a: &[f64], b: &[f64]) -> f64 {
    let size = b.iter().fold(1.0_f64, |m, v| m.max(v.abs()));
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |m, (p, q)| if p.is_nan() { f64::NAN } else { f64::max(m, (p - q).abs()) }) / size
}

#[test]
fn values_gradients_and_hessians_meet_the_reference() {
    let entries = reference();
    assert_eq!(entries.len(), 42);
    for entry in entries {
        let problem = default_problem(landscape(&entry.id).expect("in the catalogue"));
        assert!(entry.samples.len() >= 3);
        for sample in entry.samples {
            let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
            let value = problem.value_gradient_hessian(&sample.x, &mut gradient, &mut hessian);
            let at = format!("{} at {:?}", entry.id, sample.x);
            assert!(relative(&[value], &[sample.f]) <= 1e-10, "{at}: f = {value}, not {}", sample.f);
            assert!(relative(&gradient, &sample.grad) <= 1e-10, "{at}: gradient {gradient:?}, not {:?}", sample.grad);
            assert!(relative(&hessian, &sample.hess.concat()) <= 1e-10, "{at}: Hessian {hessian:?}, not {:?}", sample.hess);
            assert!(relative(&[problem.value(&sample.x)], &[value]) <= 1e-14, "{at}");
        }
    }
}

#[test]
fn boxes_starts_and_critical_points_are_those_of_the_reference() {
    for entry in reference() {
        let ours = landscape(&entry.id).expect("in the catalogue");
        assert_eq!(ours.domain, entry.plot_box, "{}", entry.id);
        assert_eq!(ours.starts[0], entry.start, "{}", entry.id);
        assert_eq!(ours.family, entry.family, "{}", entry.id);
        if let Some(complete) = entry.complete {
            assert_eq!(ours.complete, complete, "{}", entry.id);
        }
        assert_eq!(ours.critical_points.len(), entry.critical_points.len(), "{}", entry.id);
        for (point, wanted) in ours.critical_points.iter().zip(&entry.critical_points) {
            assert!(relative(&point.x, &wanted.x) <= 1e-14 && relative(&[point.f], &[wanted.f]) <= 1e-14, "{}", entry.id);
            assert_eq!(point.eigenvalues, wanted.hess_eig, "{}", entry.id);
            assert!(wanted.kind.starts_with(serde_json::to_value(point.kind).expect("a name").as_str().expect("a name")));
            if let Some(eigenvalues) = &point.eigenvalues {
                assert_eq!(Kind::of_critical_point(eigenvalues), (point.kind, wanted.index), "{}", entry.id);
            }
        }
    }
}

#[test]
fn gradients_vanish_and_eigenvalues_hold_at_every_critical_point() {
    for entry in landscapes() {
        let problem = default_problem(entry);
        assert!(problem.critical_points_hold());
        let n = problem.dim();
        for point in &entry.critical_points {
            let at = format!("{} at {:?}", entry.id, point.x);
            assert!(
                (problem.value(&point.x) - point.f).abs() <= 1e-10 * point.f.abs().max(1.0),
                "{at}: f = {}",
                problem.value(&point.x)
            );
            let Some(wanted) = &point.eigenvalues else { continue };
            let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
            problem.value_gradient_hessian(&point.x, &mut gradient, &mut hessian);
            let eigenvalues = symmetric_eigenvalues(&hessian, n);
            assert!(relative(&eigenvalues, wanted) <= 1e-8, "{at}: eigenvalues {eigenvalues:?}, not {wanted:?}");
            let largest = wanted.iter().fold(1.0_f64, |m, v| m.max(v.abs()));
            assert!(norm(&gradient) <= 1e-8 * largest, "{at}: gradient {gradient:?}");
        }
    }
}

#[test]
fn half_spaces_reproduce_the_published_saddle() {
    let wanted = half_spaces();
    let problem = default_problem(landscape("half_spaces").expect("in the catalogue"));
    let table = landscape("half_spaces").expect("in the catalogue").table.as_ref().expect("samples");
    let (_, rows) = table.columns_and_rows(4);
    assert!(relative(&rows, &wanted.Z.concat()) <= 1e-13);
    let mut hessian = [0.0; 16];
    problem.hessian(&wanted.saddle, &mut hessian);
    assert!((problem.value(&wanted.saddle) - wanted.saddle_f).abs() < 1e-12);
    assert!(relative(&symmetric_eigenvalues(&hessian, 4), &wanted.saddle_eig) <= 1e-10);
    let sum = problem.finite_sum().expect("a finite sum");
    assert_eq!(sum.samples(), 40);
    let (mut along, mut square) = (0.0, 0.0);
    for i in 0..40 {
        let mut g = [0.0; 4];
        sum.batch_value_gradient(&wanted.saddle, &[i], &mut g);
        along += saddlescope::linalg::dot(&g, &wanted.v).powi(2) / 40.0;
        square += saddlescope::linalg::dot(&g, &g) / 40.0;
    }
    assert!((along / wanted.cnc_second_moment - 1.0).abs() < 1e-9, "{along}");
    assert!((square / wanted.mean_sq_grad_norm - 1.0).abs() < 1e-9, "{square}");
}

#[test]
fn finite_sums_are_the_mean_of_their_samples() {
    for entry in landscapes() {
        let problem = default_problem(entry);
        let Some(sum) = problem.finite_sum() else {
            assert!(entry.table.is_none(), "{} has samples but is no finite sum", entry.id);
            continue;
        };
        let (m, n) = (sum.samples(), problem.dim());
        for x in &entry.starts {
            let (mut mean, mut whole, mut part) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
            let mut value = 0.0;
            for i in 0..m {
                value += sum.batch_value_gradient(x, &[i], &mut part) / m as f64;
                mean.iter_mut().zip(&part).for_each(|(a, b)| *a += b / m as f64);
            }
            let all: Vec<usize> = (0..m).collect();
            assert!((problem.value_gradient(x, &mut whole) - value).abs() <= 1e-14 * (1.0 + value.abs()), "{}", entry.id);
            assert!(relative(&mean, &whole) <= 1e-14, "{}", entry.id);
            assert!((sum.batch_value(x, &all) - value).abs() <= 1e-14 * (1.0 + value.abs()), "{}", entry.id);
            let v: Vec<f64> = (0..n).map(|i| 1.0 - 0.3 * i as f64).collect();
            problem.hessian_vector(x, &v, &mut whole);
            sum.batch_hessian_vector(x, &all, &v, &mut part);
            assert!(relative(&part, &whole) <= 1e-13, "{}", entry.id);
        }
    }
}

/// Fourth-order central difference of `f` at 0.
fn difference(h: f64, f: impl Fn(f64) -> f64) -> f64 {
    (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
}

#[test]
fn derivatives_agree_with_differences_away_from_kinks() {
    for entry in landscapes() {
        let dims = [entry.dim.default_dim(), if entry.dim.contains(5) { 5 } else { 2 }];
        for n in dims {
            let Ok(problem) = FormulaProblem::from_landscape(entry, &BTreeMap::new(), Some(n)) else { continue };
            let bounds = problem.bounds();
            let mut rng = Rng::new(11);
            let (mut checked, h) = (0, 1e-3 * entry.radius.min(1.0));
            for _ in 0..60 {
                let x: Vec<f64> = bounds.iter().map(|[low, high]| low + rng.uniform() * (high - low)).collect();
                if !problem.formula().is_smooth_at(problem.parameter_values(), &x, 2.0 * h) {
                    continue;
                }
                checked += 1;
                let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
                let value = problem.value_gradient_hessian(&x, &mut gradient, &mut hessian);
                let size = 1.0 + value.abs() + norm(&gradient) + norm(&hessian);
                let shifted = |i: usize, t: f64| {
                    let mut y = x.clone();
                    y[i] += t;
                    y
                };
                for i in 0..n {
                    let slope = difference(h, |t| problem.value(&shifted(i, t)));
                    assert!(
                        (slope - gradient[i]).abs() < 1e-8 * size,
                        "{} at {x:?}: df/dx{i} = {}, not {slope}",
                        entry.id,
                        gradient[i]
                    );
                    let mut unit = vec![0.0; n];
                    unit[i] = 1.0;
                    let mut product = vec![0.0; n];
                    problem.hessian_vector(&x, &unit, &mut product);
                    for j in 0..n {
                        let second = difference(h, |t| {
                            let mut g = vec![0.0; n];
                            problem.value_gradient(&shifted(i, t), &mut g);
                            g[j]
                        });
                        let ours = hessian[i * n + j];
                        assert!((second - ours).abs() < 1e-6 * size, "{} at {x:?}: H[{i}][{j}] = {ours}, not {second}", entry.id);
                        assert!((product[j] - ours).abs() < 1e-12 * size, "{} at {x:?}: H e{i}", entry.id);
                    }
                }
            }
            assert!(checked >= 30, "{}: only {checked} smooth points", entry.id);
        }
    }
}

#[test]
fn entries_are_whole() {
    let mut ids: Vec<&str> = landscapes().iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 44);
    for entry in landscapes() {
        let [x0, x1, y0, y1] = entry.domain;
        let width = (x1 - x0).min(y1 - y0);
        assert!(width > 0.0 && entry.step_size > 0.0 && entry.step_size.is_finite(), "{}", entry.id);
        assert!(entry.radius >= 0.01 * width && entry.radius <= 0.3 * width, "{}: radius {}", entry.id, entry.radius);
        assert!(!entry.starts.is_empty() && entry.starts.iter().all(|s| s.len() == entry.dim.default_dim()), "{}", entry.id);
        for text in [&entry.name, &entry.group, &entry.source, &entry.why] {
            assert!(text.len() > 3 && !text.contains('\n'), "{}: {text}", entry.id);
        }
        let problem = default_problem(entry);
        assert!(problem.starts().iter().all(|s| problem.warning(s).is_none()), "{}: a start is out of the picture", entry.id);
        for p in &entry.parameters {
            assert!(
                p.accepts(p.default) && p.accepts(p.min) && p.accepts(p.max) && !p.accepts(p.max + 1.0),
                "{} {}",
                entry.id,
                p.name
            );
            assert!(p.min < p.max && !p.accepts(f64::NAN) && !p.accepts(f64::INFINITY), "{} {}", entry.id, p.name);
            assert!(p.scale != saddlescope::problem::ParameterScale::Log || p.min > 0.0, "{} {}", entry.id, p.name);
        }
    }
}

#[test]
fn extreme_parameters_and_dimensions_are_finite_at_the_starts() {
    for entry in landscapes() {
        let dims: Vec<usize> = (1..=30).filter(|n| entry.dim.contains(*n)).collect();
        for n in [dims[0], dims[dims.len() / 2], dims[dims.len() - 1]] {
            for corner in 0..1_usize << entry.parameters.len() {
                let extreme = |(i, p): (usize, &saddlescope::problem::LandscapeParameter)| {
                    (p.name.clone(), if corner >> i & 1 == 1 { p.max } else { p.min })
                };
                let values: BTreeMap<String, f64> = entry.parameters.iter().enumerate().map(extreme).collect();
                let problem = FormulaProblem::from_landscape(entry, &values, Some(n)).expect("allowed values");
                let scales = problem.scales();
                assert!(
                    scales.step_size > 0.0 && scales.step_size.is_finite() && scales.radius > 0.0,
                    "{}: {scales:?}",
                    entry.id
                );
                for start in problem.starts() {
                    let mut gradient = vec![0.0; n];
                    let value = problem.value_gradient(&start, &mut gradient);
                    let finite = value.is_finite() && gradient.iter().all(|v| v.is_finite());
                    assert!(finite, "{} with {values:?}, n = {n}, at {start:?}", entry.id);
                }
            }
        }
    }
}

#[test]
fn step_sizes_are_near_one_over_the_curvature() {
    for entry in landscapes() {
        let problem = default_problem(entry);
        let estimate = estimate_scales(&problem, &problem.bounds()).step_size;
        let factor = entry.step_size / estimate;
        assert!((0.05..=30.0).contains(&factor), "{}: step size {}, estimate {estimate}", entry.id, entry.step_size);
    }
}

#[test]
fn parameters_move_the_function_and_void_the_critical_points() {
    let entry = landscape("quad_ill").expect("in the catalogue");
    let problem = default_problem(entry);
    let steep = problem.with_parameter("kappa", 100.0).expect("allowed");
    assert_eq!(steep.value(&[0.0, 2.0]), 200.0);
    assert!(problem.critical_points_hold() && !steep.critical_points_hold() && steep.critical_points().is_empty());
    assert!(steep.scales().step_size < 0.5 * problem.scales().step_size);
    let turned = problem.with_parameter("theta", 90.0).expect("allowed");
    assert!((turned.value(&[2.0, 0.0]) - 50.0).abs() < 1e-12);
    assert!(problem.with_parameter("kappa", 25.0).expect("allowed").critical_points_hold());
}

#[test]
fn pictures_in_more_dimensions_pass_through_what_matters() {
    let problem = default_problem(landscape("half_spaces").expect("in the catalogue"));
    let plane = problem.plane();
    let wanted = half_spaces();
    let (uv, distance) = plane.project(&wanted.saddle);
    assert!(norm(&uv) < 1e-12 && distance < 1e-12);
    let mut hessian = [0.0; 16];
    problem.hessian(&wanted.saddle, &mut hessian);
    let [aa, ab, bb] = plane.restrict(&hessian);
    assert!((aa - wanted.saddle_eig[3]).abs() < 1e-9 && ab.abs() < 1e-9 && (bb - wanted.saddle_eig[0]).abs() < 1e-9);
    let tang = landscape("styblinski_tang").expect("in the catalogue");
    let problem = FormulaProblem::from_landscape(tang, &BTreeMap::new(), Some(5)).expect("allowed");
    assert_eq!(problem.plane().project(&problem.starts()[0]), ([0.5, 0.5], 0.0));
}
