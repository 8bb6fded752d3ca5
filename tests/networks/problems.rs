//! Networks as problems of scenes: entries, methods, counts, data, planes.

use super::small;
use saddlescope::linalg::norm;
use saddlescope::measure::slice::{captured, cut_along, line_cut, path_cut};
use saddlescope::optim::{Setting, methods};
use saddlescope::problem::data::{DataSource, DataSpec, Targets};
use saddlescope::problem::network::{Activation, Init, Loss};
use saddlescope::problem::{NetworkProblem, NetworkSpec, Objective};
use saddlescope::run::{Run, Status};
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene, from_link, networks, networks_fault, to_link};
use std::collections::BTreeMap;

fn scene(spec: NetworkSpec, methods: &[(&str, &[(&str, f64)])], steps: u64) -> Scene {
    let method = |(id, settings): &(&str, &[(&str, f64)])| MethodSpec {
        settings: settings.iter().map(|(name, v)| ((*name).to_owned(), Setting::Number(*v))).collect(),
        ..MethodSpec::new(id)
    };
    Scene { steps, methods: methods.iter().map(method).collect(), ..Scene::bare(ProblemSpec::Network(Box::new(spec))) }
}

fn trained(scene: &Scene) -> Vec<Run> {
    let mut runs: Vec<Run> = scene.open().unwrap().runs.into_iter().flatten().collect();
    for run in &mut runs {
        run.advance(u64::MAX);
    }
    runs
}

#[test]
fn every_entry_opens_and_its_methods_learn() {
    assert!(networks_fault().is_none(), "{:?}", networks_fault());
    assert!(networks().len() >= 6);
    for entry in networks() {
        let text = entry.scene.to_json();
        assert_eq!(Scene::from_json(&text).as_ref(), Ok(&entry.scene), "{}", entry.id);
        assert_eq!(from_link(&to_link(&entry.scene)).as_ref(), Ok(&entry.scene), "{}", entry.id);
        let stage = entry.scene.open().unwrap();
        let before = stage.problem.value(&stage.start);
        for mut run in stage.runs.into_iter().flatten() {
            run.advance(12);
            let after = stage.problem.value(run.position());
            assert!(after.is_finite() && after != before, "{} {}", entry.id, run.setup().method.id);
        }
    }
}

#[test]
fn every_method_trains_a_network_or_says_why_not() {
    let problem = scene(small(), &[], 40);
    for method in methods() {
        let runs = trained(&Scene { methods: vec![MethodSpec::new(method.id)], ..problem.clone() });
        let run = &runs[0];
        let f = run.objective().value(run.position());
        assert!(f.is_finite() || matches!(run.status(), Status::Diverged { .. }), "{}: {:?}", method.id, run.status());
        assert!(!run.is_empty(), "{}", method.id);
    }
}

#[test]
fn matrices_too_large_are_refused_and_products_do() {
    // 20,302 parameters: a matrix of them has 3 GB.
    let wide = NetworkSpec {
        layers: vec![100, 182, 10],
        loss: Loss::CrossEntropy,
        ..NetworkSpec::on_set(&[100, 182, 10], Activation::Tanh, Loss::CrossEntropy, "glyphs")
    };
    let mut problem = scene(wide, &[], 2);
    if let ProblemSpec::Network(spec) = &mut problem.problem {
        spec.data.samples = Some(20);
    }
    // A method that is refused names the settings that work, if there are some.
    let opened = |spec: &MethodSpec| Scene { methods: vec![spec.clone()], ..problem.clone() }.open().map(|_| ());
    let named = |spec: &MethodSpec, text: &str| {
        let named = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), Setting::Name(value.to_owned())));
        let settings = text.split(" and ").map(|pair| named(pair).unwrap());
        MethodSpec { settings: spec.settings.clone().into_iter().chain(settings).collect(), ..spec.clone() }
    };
    let mut refused = Vec::new();
    let around = |id: &str| named(&MethodSpec::new("lookahead"), &format!("inner={id}"));
    let both = named(&MethodSpec::new("tr"), "metric=adagrad_full");
    for spec in methods().iter().map(|m| MethodSpec::new(m.id)).chain([around("tr"), around("newton"), both]) {
        let Err(error) = opened(&spec) else { continue };
        let said = error.to_string();
        assert!(said.contains("5000 variables"), "{said}");
        match said.split_once(": take ") {
            Some((_, settings)) => assert_eq!(opened(&named(&spec, settings)), Ok(()), "{said}"),
            None => assert!(!["tr", "arc", "saddle_free_newton", "gauss_newton"].contains(&spec.id.as_str()), "{said}"),
        }
        refused.push(spec.id);
    }
    for dense in ["newton", "adagrad_full", "bfgs", "tr", "arc", "saddle_free_newton", "gauss_newton"] {
        assert!(refused.iter().any(|id| id == dense), "{dense}");
    }
    for (id, solver) in [("tr", "steihaug"), ("arc", "lanczos"), ("saddle_free_newton", "krylov")] {
        let settings = BTreeMap::from([("solver".to_owned(), Setting::Name(solver.to_owned()))]);
        let run = trained(&Scene { methods: vec![MethodSpec { settings, ..MethodSpec::new(id) }], ..problem.clone() }).remove(0);
        assert!(run.len() == 2 && run.position() != problem.open().unwrap().start.as_slice(), "{id} {:?}", run.status());
    }
    for id in ["gd", "adam", "lbfgs", "sgd"] {
        assert!(!refused.iter().any(|one| one == id), "{id}");
    }
}

#[test]
fn batches_count_samples_and_one_backpropagation() {
    let sizes: &[(&str, f64)] = &[("batch_size", 10.0)];
    let runs = trained(&scene(small(), &[("adam", sizes), ("sgd", sizes), ("gd", &[])], 30));
    for run in &runs[..2] {
        let counts = run.counts();
        assert_eq!((counts.sample_gradient, counts.backpropagations, counts.gradient), (300, 30, 0), "{}", run.setup().method.id);
    }
    assert_eq!((runs[2].counts().gradient, runs[2].counts().sample_gradient), (30, 0));
    let other = trained(&Scene { seed: 5, ..scene(small(), &[("adam", sizes), ("gd", &[])], 30) });
    assert_ne!(other[0].position(), runs[0].position());
    assert_eq!(other[1].position(), runs[2].position());
}

#[test]
fn a_trust_region_step_of_k_products_costs_one_and_k_backpropagations() {
    let settings = BTreeMap::from([("solver".to_owned(), Setting::Name("steihaug".to_owned()))]);
    let method = MethodSpec { settings, ..MethodSpec::new("tr") };
    let run = trained(&Scene { methods: vec![method], ..scene(small(), &[], 20) }).remove(0);
    let counts = run.counts();
    assert_eq!(counts.backpropagations, counts.gradient + counts.hessian_vector);
    assert!(counts.hessian == 0 && counts.hessian_vector >= counts.gradient);
}

#[test]
fn data_is_split_without_loss_and_the_same_every_time() {
    let spec = DataSpec { samples: Some(200), test: Some(0.25), ..DataSpec::set("spirals") };
    let data = spec.load().unwrap();
    assert_eq!((data.train, data.len()), (200, 267));
    assert_eq!(data, spec.load().unwrap());
    assert_ne!(data, DataSpec { seed: 1, ..spec.clone() }.load().unwrap());
    let Targets::Classes { labels, .. } = &data.targets else { panic!("classes") };
    let ones = labels[..200].iter().filter(|l| **l == 1).count();
    assert!((70..130).contains(&ones), "{ones}");
    let table = DataSource::Table {
        name: "t.csv".to_owned(),
        text: "a,b,y\n1,2,0.5\n2,3,0.7\n3,4,0.1\n4,5,0.9\n5,6,1.5\n".into(),
        label: None,
    };
    let data = DataSpec::of(table).load().unwrap();
    assert_eq!((data.train, data.len()), (4, 5));
    assert!(DataSpec { test: Some(0.95), ..spec }.load().is_err());
}

#[test]
fn a_network_that_does_not_fit_its_data_gets_a_sentence() {
    let refused = |spec: &NetworkSpec| NetworkProblem::new(spec).unwrap_err().to_string();
    let wide = NetworkSpec { layers: vec![3, 4, 1], ..small() };
    assert!(refused(&wide).contains("begin the layers with 2"), "{}", refused(&wide));
    let softmax = NetworkSpec { loss: Loss::CrossEntropy, ..small() };
    assert!(refused(&softmax).contains("2 outputs, one for each class"), "{}", refused(&softmax));
    let empty = NetworkSpec { layers: vec![2], ..small() };
    assert!(refused(&empty).contains("2-8-8-1"), "{}", refused(&empty));
    let negative = Scene::from_json(&scene(NetworkSpec { l2: 0.5, ..small() }, &[], 5).to_json().replace("0.5", "-0.5"));
    assert!(negative.unwrap_err().to_string().contains("l2"));
}

#[test]
fn planes_hold_what_they_are_made_of() {
    let scene = Scene { start: None, ..scene(NetworkSpec { init: Init::He, ..small() }, &[("gd", &[("step_size", 0.05)])], 60) };
    let run = trained(&scene).remove(0);
    let rows: Vec<&[f64]> = (0..run.trace().rows().len()).map(|row| run.trace().position(row)).collect();
    let (first, last) = (rows[0], rows[rows.len() - 1]);
    let line = line_cut(&rows).unwrap();
    assert!(line.plane.project(first).1 < 1e-12 && line.plane.project(last).1 < 1e-12);
    let path = path_cut(&rows).unwrap();
    let away = |cut: &saddlescope::problem::Cut| rows.iter().map(|p| cut.plane.project(p).1.powi(2)).sum::<f64>();
    let random = scene.open().unwrap().problem.network().unwrap().network().random_cut(last, 3);
    // The principal components leave less of the path than any other plane through the same point.
    assert!(away(&path) <= away(&line) + 1e-12 && away(&path) < 0.1 * away(&random));
    let [u, v] = captured(&path.plane, &rows);
    let whole: f64 = rows.iter().map(|p| p.iter().zip(last).map(|(x, o)| (x - o).powi(2)).sum::<f64>()).sum();
    assert!(u >= v && v > 0.0 && (u + v - (1.0 - away(&path) / whole)).abs() < 1e-12);
    for cut in [&line, &path] {
        let [u0, u1, v0, v1] = cut.domain;
        for point in &rows {
            let ([u, v], _) = cut.plane.project(point);
            assert!(u0 <= u && u <= u1 && v0 <= v && v <= v1);
        }
    }
    // Filters of a random direction are as long as those of the weights.
    let layer = scene.open().unwrap().problem.network().unwrap().network().architecture().layers().next().unwrap();
    let filter = layer.weights.start..layer.weights.start + layer.inputs;
    let reach = random.domain[1];
    assert!((norm(&random.plane.a[filter.clone()]) * reach - norm(&last[filter])).abs() < 1e-12);
    assert!(cut_along(last, first, first, &[], 1.0).is_none() && path_cut(&rows[..1]).is_none());
}
