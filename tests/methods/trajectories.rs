//! Iterates against the reference implementation.

use crate::objectives::{PLANES, Plane, run, set};
use saddlescope::optim::{Geometry, Settings, Verdict};
use serde_json::Value;

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn plane(name: &str) -> Plane {
    *PLANES.iter().find(|p| p.name == name).unwrap()
}

/// Our identifier and settings for a first-order run of the reference.
fn translate(run: &Value) -> (&'static str, Settings) {
    let (id, names): (_, &[_]) = match run["method"].as_str().unwrap() {
        "gd" => ("gd", &[]),
        "momentum" => ("heavy_ball", &[]),
        "nesterov" => ("nesterov", &[("form", "library")]),
        "nesterov_classical" => ("nesterov", &[("form", "velocity")]),
        "adagrad" => ("adagrad", &[("epsilon_place", "outside")]),
        "adagrad_diag_inside" => ("adagrad", &[("epsilon_place", "inside")]),
        "adagrad_full" => ("adagrad_full", &[]),
        "rmsprop" => ("rmsprop", &[("epsilon_place", "outside")]),
        "rmsprop_diag_inside" => ("rmsprop", &[("epsilon_place", "inside")]),
        "rmsprop_full" => ("rmsprop_full", &[]),
        "adam" => ("adam", &[]),
        "amsgrad" => ("amsgrad", &[("maximum", "uncorrected")]),
        "amsgrad_optax" => ("amsgrad", &[("maximum", "corrected")]),
        "adamw" => ("adamw", &[]),
        "nadam" => ("nadam", &[]),
        "adadelta" => ("adadelta", &[]),
        "aggmo" => ("aggmo", &[]),
        "ngd" => ("ngd", &[]),
        "lookahead_momentum" => ("lookahead", &[("inner", "heavy_ball")]),
        other => panic!("{other} has no counterpart"),
    };
    let mut values = Vec::new();
    for (name, value) in run["hyper"].as_object().unwrap() {
        match name.as_str() {
            "lr" if id == "lookahead" => values.push(("inner_step_size", value.as_f64().unwrap())),
            "mu" if id == "lookahead" => values.push(("inner_momentum", value.as_f64().unwrap())),
            "k" => values.push(("k", value.as_f64().unwrap())),
            "alpha" if id == "lookahead" => values.push(("alpha", value.as_f64().unwrap())),
            "lr" => values.push(("step_size", value.as_f64().unwrap())),
            "mu" => values.push(("momentum", value.as_f64().unwrap())),
            "eps" => values.push(("epsilon", value.as_f64().unwrap())),
            "betas" => values.extend(["beta1", "beta2"].into_iter().zip(numbers(value))),
            "weight_decay" => values.push(("weight_decay", value.as_f64().unwrap())),
            "momentum_decay" => values.push(("momentum_decay", value.as_f64().unwrap())),
            "rho" => values.push(("rho", value.as_f64().unwrap())),
            // 0, 0.9 and 0.99 are 1 − aⁱ with a = 0.1.
            "agg_betas" => values.extend([("velocities", numbers(value).len() as f64), ("damping_base", 0.1)]),
            "alpha" | "beta" if id == "rmsprop" => values.push(("alpha", value.as_f64().unwrap())),
            "beta" => values.push(("beta", value.as_f64().unwrap())),
            other => panic!("{other} of {id} has no counterpart"),
        }
    }
    (id, set(&values, names))
}

#[test]
fn first_order_iterates() {
    let reference = read(include_str!("../reference/trajectories_first_order.json"));
    let mut checked = 0;
    for case in reference["runs"].as_array().unwrap() {
        let (id, settings) = translate(case);
        let f = plane(case["problem"].as_str().unwrap());
        let rows = case["x"].as_array().unwrap();
        let (records, counts) = run(id, &settings, &f, &numbers(&rows[0]), rows.len() - 1, 0);
        assert_eq!(records.len(), rows.len() - 1);
        assert_eq!(counts.gradient, records.len() as u64);
        for (k, (record, row)) in records.iter().zip(&rows[1..]).enumerate() {
            for (ours, theirs) in record.x.iter().zip(numbers(row)) {
                let difference = (ours - theirs).abs();
                assert!(difference <= 1e-9, "{} on {}: iterate {}: {difference:e}", case["method"], f.name, k + 1);
            }
        }
        checked += 1;
    }
    assert_eq!(checked, 38);
}

/// Experiment E2 of Kohler, Adolphs, Lucchi 2020 (Figure 4): radius, ratio and verdict of each trial, too.
#[test]
fn first_order_trust_region_iterates() {
    let reference = read(include_str!("../reference/trajectories_second_order.json"));
    let mut checked = 0;
    for case in reference["runs"].as_array().unwrap().iter().filter(|c| c["method"] == "trust_region_1st_order") {
        let f = plane(case["problem"].as_str().unwrap());
        let (metric, settings) = trust_settings(&case["hyper"], &[]);
        let rows = case["rows"].as_array().unwrap();
        let (records, _) = run("first_order_tr", &settings, &f, &numbers(&rows[0]["x"]), rows.len() - 1, 0);
        assert_eq!(records.len(), rows.len() - 1);
        for (k, (record, pair)) in records.iter().zip(rows.windows(2)).enumerate() {
            let label = format!("{metric}: iteration {}", k + 1);
            for (ours, theirs) in record.x.iter().zip(numbers(&pair[1]["x"])) {
                assert!((ours - theirs).abs() <= 1e-12, "{label}: {ours} against {theirs}");
            }
            assert_eq!(record.verdict == Verdict::Accepted, pair[1]["accepted"].as_bool().unwrap(), "{label}");
            let Geometry::TrustRegion(region) = &record.geometry else { panic!("{label}: no region") };
            let radius = pair[0]["delta"].as_f64().unwrap();
            assert!((region.radius - radius).abs() <= 1e-12 * radius, "{label}: {} against {radius}", region.radius);
            let ratio = pair[1]["rho"].as_f64().unwrap();
            assert!((record.ratio() - ratio).abs() <= 1e-6, "{label}: {} against {ratio}", record.ratio());
        }
        checked += 1;
    }
    assert_eq!(checked, 3);
}

/// Our name of the shape, and the settings of a trust-region run of the reference.
fn trust_settings(hyper: &Value, names: &[(&str, &str)]) -> (String, Settings) {
    let metric = match hyper["shape"].as_str().unwrap() {
        "uniform" => "sphere",
        other => other,
    };
    let counterparts = [
        ("radius", "delta0"),
        ("radius_max", "delta_max"),
        ("eta1", "eta1"),
        ("eta2", "eta2"),
        ("grow", "gam_inc"),
        ("shrink", "gam_dec"),
        ("beta", "beta"),
        ("epsilon", "eps"),
    ];
    let values: Vec<_> = counterparts.iter().filter_map(|(ours, theirs)| Some((*ours, hyper[theirs].as_f64()?))).collect();
    (metric.to_owned(), set(&values, &[&[("metric", metric)], names].concat()))
}

#[test]
fn trust_region_iterates() {
    let reference = read(include_str!("../reference/trajectories_second_order.json"));
    let mut checked = 0;
    for case in reference["runs"].as_array().unwrap().iter().filter(|c| c["method"] == "trust_region") {
        let f = plane(case["problem"].as_str().unwrap());
        let hyper = &case["hyper"];
        let solver = if hyper["solver"] == "cg" { "steihaug" } else { "exact" };
        let (metric, settings) = trust_settings(hyper, &[("solver", solver)]);
        let rows = case["rows"].as_array().unwrap();
        let start = numbers(&rows[0]["x"]);
        let (records, _) = run("tr", &settings, &f, &start, rows.len() - 1, 0);
        for (k, (record, row)) in records.iter().zip(&rows[1..]).take(10).enumerate() {
            let label = format!("{metric} {solver} on {}: iteration {}", f.name, k + 1);
            for (ours, theirs) in record.x.iter().zip(numbers(&row["x"])) {
                assert!((ours - theirs).abs() <= 1e-6, "{label}: {ours} against {theirs}");
            }
            assert_eq!(record.verdict == Verdict::Accepted, row["accepted"].as_bool().unwrap(), "{label}");
        }
        checked += 1;
    }
    assert_eq!(checked, 18);
}
