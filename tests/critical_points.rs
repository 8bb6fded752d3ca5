//! The search for critical points against the lists of the catalogue.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use saddlescope::linalg::norm;
use saddlescope::measure::{CriticalSearch, classify, critical_points};
use saddlescope::problem::{FormulaProblem, Kind, landscape, landscapes};
use std::collections::BTreeMap;

fn problem(id: &str) -> FormulaProblem {
    FormulaProblem::from_landscape(landscape(id).expect("in the catalogue"), &BTreeMap::new(), None).expect("a problem")
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(p, q)| p - q).collect::<Vec<_>>())
}

#[test]
fn finds_all_critical_points_of_complete_entries_and_no_others() {
    let mut complete = 0;
    for entry in landscapes().iter().filter(|entry| entry.complete) {
        complete += 1;
        let [x0, x1, y0, y1] = entry.search;
        let found = critical_points(&problem(&entry.id), &[[x0, x1], [y0, y1]]);
        let listed: Vec<_> = entry.critical_points.iter().filter(|point| point.eigenvalues.is_some()).collect();
        for point in &listed {
            let tolerance = if point.kind == Kind::Degenerate { 1e-6 } else { 1e-8 };
            let same = found.iter().find(|other| distance(&other.x, &point.x) <= tolerance);
            let same = same.unwrap_or_else(|| panic!("{}: {:?} was not found", entry.id, point.x));
            assert_eq!(same.kind, point.kind, "{} at {:?}", entry.id, point.x);
            let eigenvalues = point.eigenvalues.as_deref().unwrap_or(&[]);
            let size = eigenvalues.iter().fold(1.0_f64, |m, v| m.max(v.abs()));
            assert!(distance(&same.eigenvalues, eigenvalues) <= 1e-6 * size, "{} at {:?}", entry.id, point.x);
            assert!((same.value - point.f).abs() <= 1e-9 * point.f.abs().max(1.0), "{} at {:?}", entry.id, point.x);
        }
        let points: Vec<_> = found.iter().map(|point| (&point.x, point.kind)).collect();
        assert_eq!(found.len(), listed.len(), "{}: {points:?}", entry.id);
        assert!(found.windows(2).all(|w| w[0].value <= w[1].value + 1e-9), "{}: not by value", entry.id);
    }
    assert_eq!(complete, 38);
}

#[test]
fn families_are_sampled_on_the_curve() {
    let found = critical_points(&problem("xy_net"), &[[-3.0, 3.0], [-3.0, 3.0]]);
    let (saddles, family): (Vec<_>, Vec<_>) = found.iter().partition(|point| point.kind == Kind::Saddle);
    assert_eq!(saddles.len(), 1);
    assert!(norm(&saddles[0].x) < 1e-12);
    assert!((10..200).contains(&family.len()), "{}", family.len());
    assert!(family.iter().all(|point| (point.x[0] * point.x[1] - 1.0).abs() < 1e-7 && point.kind == Kind::Degenerate));
}

#[test]
fn one_and_many_dimensions() {
    let line = FormulaProblem::from_text("x^4 - 2x^2", Some(1), &BTreeMap::new(), None).expect("a formula");
    let found = critical_points(&line, &[[-3.0, 3.0]]);
    let at: Vec<f64> = found.iter().map(|point| point.x[0]).collect();
    assert_eq!(found.len(), 3, "{at:?}");
    assert!((at[0] + 1.0).abs() < 1e-12 && (at[1] - 1.0).abs() < 1e-12 && at[2].abs() < 1e-12);
    let tang = landscape("styblinski_tang").expect("in the catalogue");
    let cube = FormulaProblem::from_landscape(tang, &BTreeMap::new(), Some(3)).expect("a problem");
    let found = critical_points(&cube, &[[-5.0, 5.0]; 3]);
    assert_eq!(found.len(), 27);
    for index in 0..4 {
        let expected = [8, 12, 6, 1][index];
        assert_eq!(found.iter().filter(|point| point.index == index).count(), expected, "index {index}");
    }
}

#[test]
fn slices_of_work_give_the_same_points() {
    let camel = problem("camel3");
    let bounds = [[-3.0, 3.0], [-3.0, 3.0]];
    let mut search = CriticalSearch::new(&bounds);
    let mut calls = 0;
    while !search.advance(&camel, 37) {
        calls += 1;
        assert!(search.progress() < 1.0);
    }
    assert!(calls > 50 && search.progress() == 1.0);
    assert_eq!(search.into_found(), critical_points(&camel, &bounds));
}

#[test]
fn points_of_a_continuum_are_marked() {
    let found = |text: &str, side: f64| {
        let domain = Some([-side, side, -side, side]);
        let problem = FormulaProblem::from_text(text, None, &BTreeMap::new(), domain).expect("a formula");
        critical_points(&problem, &problem.bounds())
    };
    let ring = found("(x^2 + y^2 - 1)^2", 2.0);
    let (on, off): (Vec<_>, Vec<_>) = ring.iter().partition(|p| p.family);
    assert!(on.len() > 10 && on.iter().all(|p| (norm(&p.x) - 1.0).abs() < 1e-6));
    assert!(off.len() == 1 && norm(&off[0].x) < 1e-9, "{off:?}");
    let curves = found("(x*y - 1)^2", 2.0);
    assert!(curves.iter().all(|p| p.family == (norm(&p.x) > 0.1)), "{curves:?}");
    for isolated in ["x^3 - 3*x*y^2", "x^4 + y^4", "sin(x)^2 * sin(x)^2 + sin(y)^2 * sin(y)^2"] {
        let points = found(isolated, 40.0);
        assert!(!points.is_empty() && points.iter().all(|p| !p.family), "{isolated}");
    }
    let report = serde_json::to_value(on[0]).expect("JSON");
    assert_eq!(report["family"], true);
    assert!(serde_json::to_value(off[0]).expect("JSON").get("family").is_none());
}

#[test]
fn odd_boxes_and_functions_end_without_points() {
    let camel = problem("camel3");
    for bounds in [vec![], vec![[0.0, 1.0]], vec![[0.0, f64::INFINITY]; 2], vec![[f64::NAN; 2]; 2], vec![[1.0, 0.0]; 2]] {
        assert!(critical_points(&camel, &bounds).is_empty(), "{bounds:?}");
    }
    let undefined = FormulaProblem::from_text("log(-1 - x^2) + y", None, &BTreeMap::new(), None).expect("a formula");
    assert!(critical_points(&undefined, &[[-3.0, 3.0], [-3.0, 3.0]]).is_empty());
    let wide = FormulaProblem::from_text("sum(i, 1, n, x[i]^2)", Some(65), &BTreeMap::new(), None).expect("a formula");
    assert!(critical_points(&wide, &wide.bounds()).is_empty());
    let flat = FormulaProblem::from_text("3", None, &BTreeMap::new(), None).expect("a formula");
    assert!(critical_points(&flat, &[[-3.0, 3.0], [-3.0, 3.0]]).len() < 1001);
}

#[test]
fn points_are_classified() {
    let himmelblau = problem("himmelblau");
    let minimum = classify(&himmelblau, &[3.58442834, -1.84812653]);
    assert_eq!((minimum.kind, minimum.index), (Kind::Minimum, 0));
    let saddle = classify(&himmelblau, &[-0.12796135, -1.95371498]);
    assert_eq!((saddle.kind, saddle.index), (Kind::Saddle, 1));
    let maximum = classify(&himmelblau, &[-0.27084459, -0.92303856]);
    assert_eq!((maximum.kind, maximum.index), (Kind::Maximum, 2));
    let slope = classify(&himmelblau, &[1.0, 1.0]);
    assert_eq!(slope.kind, Kind::Regular);
    assert_eq!((slope.value, slope.gradient.as_slice()), (106.0, [-46.0, -38.0].as_slice()));
    let degenerate = classify(&problem("monkey"), &[0.0, 0.0]);
    assert_eq!((degenerate.kind, degenerate.index), (Kind::Degenerate, 0));
    let outside = classify(&FormulaProblem::from_text("log(x)", None, &BTreeMap::new(), None).expect("a formula"), &[-1.0, 0.0]);
    assert_eq!(outside.kind, Kind::Regular);
    assert!(!outside.value.is_finite());
}
