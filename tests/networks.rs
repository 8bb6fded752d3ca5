//! Networks as problems of scenes and of the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::{norm, symmetric_eigenvalues};
use saddlescope::measure::slice::{cut_along, line_cut, path_cut};
use saddlescope::optim::{Setting, methods};
use saddlescope::problem::data::{DataSource, DataSpec, Targets};
use saddlescope::problem::network::{Activation, Init, Loss, weights_to_json};
use saddlescope::problem::{NetworkProblem, NetworkSpec, Objective};
use saddlescope::run::{Run, Status};
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene, from_link, networks, networks_fault, to_link};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::{Command, Output};

fn saddlescope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_saddlescope")).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = saddlescope(arguments);
    assert!(output.status.code() != Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(arguments: &[&str]) -> String {
    let output = saddlescope(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {message}");
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    message
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn small() -> NetworkSpec {
    NetworkSpec::on_set(&[2, 4, 1], Activation::Tanh, Loss::Mse, "circles")
}

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
    let refused: Vec<&str> = methods()
        .iter()
        .filter(|method| {
            let one = Scene { methods: vec![MethodSpec::new(method.id)], ..problem.clone() };
            match one.open() {
                Ok(_) => false,
                Err(error) => {
                    assert!(error.to_string().contains("5000 variables"), "{error}");
                    true
                }
            }
        })
        .map(|method| method.id)
        .collect();
    for dense in ["newton", "adagrad_full", "bfgs", "tr", "arc", "saddle_free_newton", "gauss_newton"] {
        assert!(refused.contains(&dense), "{dense}");
    }
    for (id, solver) in [("tr", "steihaug"), ("arc", "lanczos"), ("saddle_free_newton", "krylov")] {
        let settings = BTreeMap::from([("solver".to_owned(), Setting::Name(solver.to_owned()))]);
        let run = trained(&Scene { methods: vec![MethodSpec { settings, ..MethodSpec::new(id) }], ..problem.clone() }).remove(0);
        assert!(run.len() == 2 && run.position() != problem.open().unwrap().start.as_slice(), "{id} {:?}", run.status());
    }
    for id in ["gd", "adam", "lbfgs", "sgd"] {
        assert!(!refused.contains(&id), "{id}");
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
    assert!(refused(&softmax).contains("an output for each class"), "{}", refused(&softmax));
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

#[test]
fn spectrum_says_what_the_contract_names() {
    let net = ["--layers", "2-4-1", "--loss", "mse", "--data", "circles", "--samples", "50"];
    let call = |more: &[&str]| json(&[&["spectrum"], &net[..], more].concat());
    let exact = call(&["--method", "exact"]);
    for key in ["parameters", "loss", "gradient_norm", "eigenvalues", "residuals", "index_fraction", "trace", "seconds"] {
        assert!(!exact[key].is_null(), "{key}");
    }
    let mut spec = small();
    spec.data.samples = Some(50);
    let problem = NetworkProblem::new(&spec).unwrap();
    let n = problem.dim();
    let mut hessian = vec![0.0; n * n];
    problem.hessian(problem.start(), &mut hessian);
    let (ours, theirs) = (floats(&exact["eigenvalues"]), symmetric_eigenvalues(&hessian, n));
    assert_eq!(ours.len(), n);
    let largest = theirs.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() <= 1e-12 * largest));
    assert!((ours.iter().sum::<f64>() - exact["trace"].as_f64().unwrap()).abs() < 1e-10);
    let lanczos = call(&["--method", "lanczos", "--top", "3"]);
    let ends = floats(&lanczos["eigenvalues"]);
    assert!(ends.len() == 6 && (ends[0] - ours[0]).abs() < 1e-6 * largest && (ends[5] - ours[n - 1]).abs() < 1e-6 * largest);
    let slq = call(&["--method", "slq", "--probes", "40"]);
    let (trace, error) = (slq["trace"].as_f64().unwrap(), slq["trace_error"].as_f64().unwrap());
    assert!((trace - exact["trace"].as_f64().unwrap()).abs() < 4.0 * error.max(1e-12));
    let ggn = floats(&call(&["--matrix", "ggn"])["eigenvalues"]);
    assert!(ggn[0] > -1e-12 && ggn[n - 1] > 0.0);
    assert!(refusal(&["spectrum", "--layers", "2-4-1", "--data", "circles", "--matrix", "gauss"]).contains("ggn"));
}

#[test]
fn noise_is_that_of_the_samples() {
    let along = json(&["noise", "--landscape", "half_spaces", "--batch", "1"]);
    // E7: the second moment along an eigenvector is at least λ².
    for row in along.as_array().unwrap() {
        let (lambda, moment) = (row["eigenvalue"].as_f64().unwrap(), row["second_moment"].as_f64().unwrap());
        assert!(moment >= lambda * lambda * 0.99 && row["isotropic"].as_f64().unwrap() > 0.0, "{row}");
    }
    let one = json(&["noise", "--layers", "2-3-1", "--data", "xor", "--batch", "1"]);
    let many = json(&["noise", "--layers", "2-3-1", "--data", "xor", "--batch", "100"]);
    let total = |rows: &Value| rows.as_array().unwrap().iter().map(|r| r["second_moment"].as_f64().unwrap()).sum::<f64>();
    let isotropic = |rows: &Value| rows[0]["isotropic"].as_f64().unwrap() * rows.as_array().unwrap().len() as f64;
    assert!(total(&many) < total(&one) && (total(&one) / isotropic(&one) - 1.0).abs() < 1e-9);
    assert!(refusal(&["noise", "--landscape", "rosenbrock"]).contains("no samples"));
}

#[test]
fn files_of_users_are_learned_or_refused_in_a_sentence() {
    let dir = std::env::temp_dir().join(format!("saddlescope-networks-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    std::fs::write(path("iris.csv"), "a,b,kind\n1,2,red\n2,1,blue\n1.5,2,red\n2,0.5,blue\n1,3,red\n").unwrap();
    let run = json(&[
        "run",
        "--layers",
        "2-3-1",
        "--data",
        &path("iris.csv"),
        "--test",
        "0",
        "--method",
        "sgd",
        "--batch",
        "2",
        "--steps",
        "5",
    ]);
    assert_eq!(run["runs"][0]["steps"].as_array().unwrap().len(), 6);
    assert!(
        refusal(&["run", "--layers", "2-3-1", "--data", &path("iris.csv"), "--label", "c", "--method", "gd"])
            .contains("a, b, kind")
    );
    std::fs::write(path("x-images.idx3-ubyte"), b"\x89PNG").unwrap();
    assert!(refusal(&["spectrum", "--layers", "2-3-1", "--data", &path("x-images.idx3-ubyte")]).contains("IDX"));
    let problem = NetworkProblem::new(&small()).unwrap();
    let w = vec![0.25; problem.dim()];
    std::fs::write(path("w.json"), weights_to_json(&w, problem.network().architecture())).unwrap();
    let at = ["spectrum", "--layers", "2-4-1", "--loss", "mse", "--data", "circles"];
    let by_file = json(&[&at[..], &["--at", &path("w.json")]].concat());
    assert!((by_file["loss"].as_f64().unwrap() - problem.value(&w)).abs() < 1e-14);
    let by_init = json(&[&at[..], &["--init", &path("w.json")]].concat());
    assert_eq!(by_init["loss"], by_file["loss"]);
    assert!(refusal(&["spectrum", "--layers", "2-5-1", "--data", "circles", "--at", &path("w.json")]).contains("layer 1"));
    assert!(
        refusal(&["run", "--layers", "2-3-1", "--data", "circles", "--init", "nothing", "--method", "gd"]).contains("xavier")
    );
    assert!(refusal(&["run", "--layers", "2-3-1", "--method", "gd"]).contains("--data"));
    assert!(
        refusal(&["run", "--layers", "2-3-1", "--data", "circles", "--method", "newton", "--batch", "5"]).contains("--batch")
    );
    std::fs::remove_dir_all(dir).unwrap();
}

/// The metric of a step grows like n, not like n²: 2-40-40-1 has 1801 parameters.
#[test]
fn runs_of_networks_are_written_in_a_few_numbers_a_parameter() {
    let n = 2 * 40 + 40 + 40 * 40 + 40 + 40 + 1;
    for (method, metric) in [("gd", "sphere"), ("adam", "diagonal")] {
        let words = ["run", "--layers", "2-40-40-1", "--data", "circles", "--samples", "40", "--steps", "3", "--method", method];
        let output = saddlescope(&words);
        assert!(output.stdout.len() < 4 * 8 * n * 25, "{method}: {} bytes", output.stdout.len());
        let file: Value = serde_json::from_slice(&output.stdout).unwrap();
        let geometry = &file["runs"][0]["steps"][2]["geometry"];
        assert_eq!((&geometry["metric"], geometry.get("matrix")), (&Value::from(metric), None));
        let diagonal = geometry.get("diagonal").map(|m| m.as_array().unwrap().len());
        assert_eq!(diagonal, (metric == "diagonal").then_some(n));
    }
}

#[test]
fn a_few_eigenvalues_come_with_the_trace_and_the_index_where_it_is_known() {
    let call = |more: &[&str]| json(&[&["spectrum", "--layers", "2-20-1", "--loss", "mse", "--data", "circles"], more].concat());
    let exact = call(&[]);
    let (all, trace) = (floats(&exact["eigenvalues"]), exact["trace"].as_f64().unwrap());
    let few = call(&["--method", "lanczos", "--top", "2", "--batch", "10"]);
    assert!(few["index_fraction"].is_null() && few["status"] == "done");
    let error = few["trace_error"].as_f64().unwrap();
    assert!(error > 0.0 && (few["trace"].as_f64().unwrap() - trace).abs() < 5.0 * error, "{few}");
    // More than half from each end: every eigenvalue, each once.
    let whole = call(&["--method", "lanczos", "--top", "60"]);
    let found = floats(&whole["eigenvalues"]);
    assert!(found.len() == all.len() && found.iter().zip(&all).all(|(a, b)| (a - b).abs() < 1e-5 * all[all.len() - 1]));
    assert_eq!(call(&["--method", "lanczos", "--matrix", "ggn", "--top", "3"])["index_fraction"], 0.0);
    let small = json(&["spectrum", "--layers", "2-4-1", "--data", "circles", "--method", "lanczos", "--top", "1"]);
    assert_eq!(small["trace_error"], 0.0);
    let table = saddlescope(&["spectrum", "--layers", "2-4-1", "--data", "circles", "--format", "csv"]);
    let lines = String::from_utf8(table.stdout).unwrap();
    assert_eq!((lines.lines().count(), lines.lines().next()), (18, Some("eigenvalue,residual")));
    let table = saddlescope(&["spectrum", "--layers", "2-4-1", "--data", "circles", "--method", "slq", "--format", "csv"]);
    assert!(table.stdout.starts_with(b"at,density,error\n"));
}

#[test]
fn what_is_not_finite_or_not_found_says_so_and_exits_with_1() {
    let dir = std::env::temp_dir().join(format!("saddlescope-huge-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join("w.json").to_string_lossy().into_owned();
    let net = ["--layers", "2-3-1", "--activation", "relu", "--loss", "mse", "--data", "circles"];
    let spec = NetworkSpec::on_set(&[2, 3, 1], Activation::Relu, Loss::Mse, "circles");
    std::fs::write(&path, weights_to_json(&[1e200; 13], &spec.architecture().unwrap())).unwrap();
    for method in ["exact", "lanczos", "slq"] {
        let output = saddlescope(&[&["spectrum"], &net[..], &["--at", &path, "--method", method]].concat());
        let file: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &file["status"]), (Some(1), &Value::from("not_finite")), "{method}");
    }
    let output = saddlescope(&[&["noise"], &net[..], &["--at", &path]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && output.stdout == b"[]\n" && said.contains("not finite"), "{said}");
    // The low end of a chain of 1000 springs is dense.
    let (chain, at) = ("sum(i, 1, n-1, (x[i+1]-x[i])^2)", vec!["0"; 1000].join(","));
    let slow = ["--formula", chain, "--dim", "1000", "--at", &at, "--method", "lanczos", "--top", "2", "--tolerance", "1e-15"];
    let output = saddlescope(&[&["spectrum"], &slow[..]].concat());
    let file: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &file["status"]), (Some(1), &Value::from("budget_spent")), "{}", file["products"]);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn noise_without_a_negative_eigenvalue_is_told_in_words() {
    let output = saddlescope(&["noise", "--layers", "2-1", "--loss", "mse", "--data", "circles"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("fewer than two") && !said.contains("NaN"), "{said}");
}

#[test]
fn weights_at_the_end_of_a_run_are_the_start_of_the_next_command() {
    let dir = std::env::temp_dir().join(format!("saddlescope-weights-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join("w.json").to_string_lossy().into_owned();
    let net = ["--layers", "2-4-1", "--loss", "mse", "--data", "circles"];
    let run = [&["run"], &net[..], &["--method", "gd", "--steps", "5", "--weights", &path]].concat();
    let steps = json(&run)["runs"][0]["steps"].clone();
    let at = json(&[&["spectrum"], &net[..], &["--at", &path]].concat());
    assert_eq!(at["loss"], steps[5]["f"]);
    let on = json(&[&["run"], &net[..], &["--method", "gd", "--steps", "1", "--init", &path]].concat());
    assert_eq!(on["runs"][0]["steps"][0]["x"], steps[5]["x"]);
    assert!(refusal(&run).contains("--force"));
    let formula = ["run", "--formula", "x^2", "--method", "gd", "--weights", &path];
    assert!(refusal(&formula).contains("network"));
    std::fs::remove_dir_all(dir).unwrap();
}

/// An IDX file of unsigned bytes.
fn idx(dimensions: &[u32], bytes: &[u8]) -> Vec<u8> {
    let sizes = dimensions.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, 8, dimensions.len() as u8].into_iter().chain(sizes).chain(bytes.iter().copied()).collect()
}

#[test]
fn idx_files_are_known_by_their_bytes_and_their_labels_stand_beside_them() {
    let dir = std::env::temp_dir().join(format!("saddlescope-idx-{}", std::process::id())).join("images");
    std::fs::create_dir_all(&dir).unwrap();
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let pixels: Vec<u8> = (0..40).map(|i| i * 6).collect();
    for name in ["x-images.idx3-ubyte", "x-images.bin"] {
        std::fs::write(path(name), idx(&[10, 2, 2], &pixels)).unwrap();
    }
    for name in ["x-labels.idx1-ubyte", "x-labels.bin"] {
        std::fs::write(path(name), idx(&[10], &[0, 1, 2, 0, 1, 2, 0, 1, 2, 0])).unwrap();
    }
    for name in ["x-images.idx3-ubyte", "x-images.bin"] {
        let loss = json(&["spectrum", "--layers", "4-3", "--data", &path(name), "--test", "0"])["loss"].as_f64().unwrap();
        let right = json(&["spectrum", "--layers", "4-3", "--loss", "cross_entropy", "--data", &path(name), "--test", "0"]);
        assert_eq!(Some(loss), right["loss"].as_f64(), "{name}: the labels are found, and suggest the cross entropy");
    }
    std::fs::write(path("y-images.bin"), idx(&[10, 2, 2], &pixels)).unwrap();
    assert!(json(&["spectrum", "--layers", "4-4", "--data", &path("y-images.bin")])["loss"].is_number());
    std::fs::write(path("one.csv"), "a,b,k\n1,2,x\n2,1,x\n3,4,x\n").unwrap();
    assert!(refusal(&["spectrum", "--layers", "2-1", "--data", &path("one.csv")]).contains("one class only"));
    let noisy = ["spectrum", "--layers", "2-1", "--data", &path("one.csv"), "--data-noise", "1"];
    assert!(refusal(&noisy).contains("--data-noise"));
    assert!(refusal(&["spectrum", "--layers", "100-10", "--data", "mnist", "--test", "0.9"]).contains("--test"));
    std::fs::remove_dir_all(dir.parent().unwrap()).unwrap();
}

#[test]
fn an_encoder_is_mirrored() {
    let call = |layers: &str, activation: &str| {
        let words = ["--layers", layers, "--activation", activation, "--autoencoder", "--data", "mnist", "--samples", "20"];
        json(&[&["spectrum"], &words[..], &["--method", "lanczos", "--top", "1"]].concat())
    };
    let [short, whole] = [call("100-6-3", "tanh"), call("100-6-3-6-100", "tanh,identity,tanh,identity")];
    assert_eq!((&short["parameters"], &short["loss"]), (&whole["parameters"], &whole["loss"]));
    assert_ne!(call("100-6-3-6-100", "tanh")["loss"], whole["loss"]);
    assert!(refusal(&["run", "--layers", "50-6", "--autoencoder", "--data", "mnist", "--method", "gd"]).contains("100"));
    let problem =
        |loss| NetworkSpec { reconstruct: true, ..NetworkSpec::on_set(&[100, 4, 100], Activation::Tanh, loss, "mnist") };
    for loss in [Loss::Mse, Loss::Bce] {
        let opened = NetworkProblem::new(&problem(loss)).unwrap();
        assert_eq!(opened.train_quality(opened.start()).accuracy, None, "pixels are no classes");
    }
}
