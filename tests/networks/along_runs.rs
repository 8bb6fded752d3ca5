//! What is looked at over a run, in a plane and over widths and depths, on the command line.

use super::{json, refusal, saddlescope};
use saddlescope::linalg::{Job, dot, norm};
use saddlescope::measure::SliceKind;
use saddlescope::measure::noise::{NoiseStudy, StudyPlan};
use saddlescope::optim::Setting;
use saddlescope::problem::network::{Activation, Loss, weights_to_json};
use saddlescope::problem::{NetworkProblem, NetworkSpec, Objective};
use saddlescope::scene::{ForkSpec, MethodSpec, ProblemSpec, Scene, SliceSpec};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

const NET: [&str; 7] = ["--layers", "2-4-2-1", "--loss", "bce", "--data", "circles", "--standardize"];

fn problem() -> NetworkProblem {
    let mut spec = NetworkSpec::on_set(&[2, 4, 2, 1], Activation::Tanh, Loss::Bce, "circles");
    spec.data.standardize = true;
    NetworkProblem::new(&spec).unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn call(command: &str, more: &[&str]) -> Value {
    json(&[&[command], &NET[..], more].concat())
}

/// A file that is gone at the end of the test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("saddlescope-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const RUN: [&str; 6] = ["--run", "adam:step_size=0.02", "--batch", "25", "--steps", "60"];

/// The steps of [`RUN`] as `run` writes them.
fn steps_of_run() -> Vec<Value> {
    let written = json(&[&["run"], &NET[..], &["--method", "adam", "--set", "step_size=0.02"], &RUN[2..]].concat());
    written["runs"][0]["steps"].as_array().unwrap().clone()
}

#[test]
fn the_spectrum_over_a_run_is_that_at_each_of_its_points() {
    let steps = steps_of_run();
    let over = call("spectrum", &[&RUN[..], &["--columns", "4"]].concat());
    let run = &over["runs"][0];
    assert_eq!((&run["method"], &run["status"]), (&Value::from("adam"), &Value::from("budget_spent")));
    let columns = run["spectra"].as_array().unwrap();
    assert_eq!(columns.iter().map(|c| c["k"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 20, 40, 60]);
    let problem = problem();
    let mut largest = 0.0_f64;
    for column in columns {
        let w = floats(&steps[column["k"].as_u64().unwrap() as usize]["x"]);
        let at = Temporary::new("over.json", &weights_to_json(&w, problem.network().architecture()));
        let there = call("spectrum", &["--at", at.path()]);
        for key in ["loss", "gradient_norm", "eigenvalues", "residuals", "trace", "status"] {
            assert_eq!(column[key], there[key], "{key}");
        }
        largest = floats(&there["eigenvalues"]).iter().fold(largest, |m, v| m.max(v.abs()));
    }
    // Lanczos goes on from step to step and finds the same ends.
    let ends = call("spectrum", &[&RUN[..], &["--at-steps", "40,0,60,7000", "--method", "lanczos", "--top", "2"]].concat());
    for (column, k) in ends["runs"][0]["spectra"].as_array().unwrap().iter().zip([0, 2, 3]) {
        assert_eq!(column["k"], columns[k]["k"]);
        let (few, all) = (floats(&column["eigenvalues"]), floats(&columns[k]["eigenvalues"]));
        let n = all.len();
        for (a, b) in few.iter().zip([all[0], all[1], all[n - 2], all[n - 1]]) {
            assert!((a - b).abs() < 1e-6 * largest, "{few:?}");
        }
    }
    let table = saddlescope(&[&["spectrum"], &NET[..], &RUN[..], &["--columns", "2", "--format", "csv"]].concat());
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.starts_with("run,method,seed,k,eigenvalue,residual\n0,adam,0,0,"), "{table}");
    assert_eq!(table.lines().count(), 1 + 2 * problem.dim());
    let bad = |more: &[&str]| refusal(&[&["spectrum"], &NET[..], more].concat());
    assert!(bad(&[&RUN[..], &["--at-steps", "61"]].concat()).contains("steps 0 to 60"));
    assert!(bad(&[&RUN[..], &["--at-steps", "x"]].concat()).contains("whole numbers from 0 on"));
    assert!(bad(&["--steps", "60"]).contains("--run"));
    assert!(bad(&["--columns", "3"]).contains("--run") && bad(&["--at-steps", "3"]).contains("--run"));
    assert!(bad(&[&RUN[..], &["--columns", "1"]].concat()).contains("2.."));
    assert!(bad(&["--run", "adem"]).contains("adem"));
}

#[test]
fn the_noise_over_a_run_is_that_at_each_of_its_points() {
    let steps = steps_of_run();
    let over = call("noise", &[&RUN[..], &["--at-steps", "0,60"]].concat());
    let run = &over["runs"][0];
    assert_eq!((&run["method"], &run["batch"]), (&Value::from("adam"), &Value::from(25)));
    let (columns, problem) = (run["noise"].as_array().unwrap(), problem());
    assert_eq!(columns.iter().map(|c| c["k"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 60]);
    for column in columns {
        let w = floats(&steps[column["k"].as_u64().unwrap() as usize]["x"]);
        let at = Temporary::new("noise.json", &weights_to_json(&w, problem.network().architecture()));
        assert_eq!(column["along"], call("noise", &["--at", at.path(), "--batch", "25"]));
    }
    // The batch of a scene is that of its method.
    let mut scene = Scene::bare(ProblemSpec::Network(Box::new(problem.spec().clone())));
    let settings = [("batch_size", 7.0), ("step_size", 0.02)].map(|(name, v)| (name.to_owned(), Setting::Number(v)));
    scene.methods = vec![MethodSpec { settings: settings.into(), ..MethodSpec::new("sgd") }, MethodSpec::new("gd")];
    scene.steps = 3;
    let file = Temporary::new("noise-scene.json", &scene.to_json());
    let table = saddlescope(&["noise", file.path(), "--columns", "2", "--format", "csv"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.starts_with("run,method,seed,k,eigenvalue,second_moment,isotropic,share,isotropic_share\n0,sgd,0,0,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 1 + 4 * problem.dim());
    let runs = json(&["noise", file.path(), "--columns", "2"]);
    assert_eq!((&runs["runs"][0]["batch"], &runs["runs"][1]["batch"]), (&Value::from(7), &Value::from(1)));
    assert!(refusal(&["noise", "--formula", "x^2+y^2", "--run", "gd"]).contains("no samples"));
    for words in [["--widths", "3"], ["--depths", "2"], ["--study", "--top=3"], ["--study", "--columns=3"]] {
        let said = refusal(&[&["noise"], &NET[..], &RUN[..], &words[..]].concat());
        assert!(said.contains(words[0]) && said.contains("cannot be used"), "{said}");
    }
    let leaving = ["noise", "--formula", "mean(log(x)*(9 + s[1])) + 0*y", "--table", "half_spaces", "--run", "gd:step_size=10"];
    let output = saddlescope(&[&leaving[..], &["--start", "1,0", "--steps", "6", "--at-steps", "0,1"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("at 1 of 2 steps"));
    let file: Value = serde_json::from_slice(&output.stdout).unwrap();
    let status = |k: usize| file["runs"][0]["noise"][k]["status"].as_str().unwrap();
    assert_eq!((status(0), status(1)), ("done", "not_finite"));
    assert!(refusal(&[&["noise"], &NET[..], &["--columns", "3"]].concat()).contains("--run"));
    assert!(refusal(&[&["noise"], &NET[..], &["--study", "--run", "gd"]].concat()).contains("--study"));
}

#[test]
fn where_a_run_leaves_the_numbers_its_spectrum_has_a_status() {
    let words = ["spectrum", "--formula", "log(x) + 0*y", "--run", "gd:step_size=10", "--start", "1,0", "--steps", "6"];
    let output = saddlescope(&[&words[..], &["--columns", "7"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("5 of 7 spectra") && message.contains("gd at step 1"), "{message}");
    let file: Value = serde_json::from_slice(&output.stdout).unwrap();
    let columns = file["runs"][0]["spectra"].as_array().unwrap();
    let status: Vec<&str> = columns.iter().map(|column| column["status"].as_str().unwrap()).collect();
    assert_eq!((status[0], status[1], status[6]), ("done", "not_finite", "done"));
    assert!(columns[1]["loss"].is_null() && columns[0]["loss"] == 0.0);
    // The units of a network that diverges are saturated: most of its matrix is next to nothing, and has eigenvalues all the same.
    let saturated = ["spectrum", "--layers", "2-8-8-1", "--data", "circles", "--loss", "mse", "--run", "gd:step_size=1000"];
    let file = json(&[&saturated[..], &["--steps", "20"]].concat());
    let run = &file["runs"][0];
    assert_eq!(run["status"], "diverged");
    for column in run["spectra"].as_array().unwrap() {
        assert!(column["status"] == "done" && floats(&column["eigenvalues"]).len() == 105, "{column}");
    }
}

/// The vectors, the values and the paths of a slice say the same as the problem itself.
fn consistent(file: &Value, problem: &NetworkProblem) -> [Vec<f64>; 3] {
    let [origin, a, b] = ["origin", "a", "b"].map(|key| floats(&file[key]));
    assert!((norm(&a) - 1.0).abs() < 1e-12 && (norm(&b) - 1.0).abs() < 1e-12 && dot(&a, &b).abs() < 1e-12);
    let point = |u: f64, v: f64| -> Vec<f64> { (0..origin.len()).map(|i| origin[i] + u * a[i] + v * b[i]).collect() };
    let (us, vs) = (floats(&file["u"]), floats(&file["v"]));
    for (v, row) in vs.iter().zip(file["values"].as_array().unwrap()) {
        for (u, value) in us.iter().zip(floats(row)) {
            assert!((problem.value(&point(*u, *v)) - value).abs() < 1e-12 * (1.0 + value), "at {u}, {v}");
        }
    }
    for place in file["runs"].as_array().unwrap().iter().flat_map(|run| run["path"].as_array().unwrap()) {
        let [u, v, foot] = ["u", "v", "f_in_plane"].map(|key| place[key].as_f64().unwrap());
        assert!((problem.value(&point(u, v)) - foot).abs() < 1e-12);
    }
    [origin, a, b]
}

#[test]
fn a_slice_has_the_values_of_its_plane_and_the_path_beside_it() {
    let problem = problem();
    let steps = steps_of_run();
    let slice = |more: &[&str]| call("slice", &[&RUN[..], &["--grid", "5", "--points", "4"], more].concat());
    for kind in ["random", "path", "line", "top", "negative"] {
        let of_path = kind == "path" || kind == "line";
        let file = if of_path { slice(&["--kind", kind]) } else { slice(&["--kind", kind, "--step", "30"]) };
        let [origin, a, b] = consistent(&file, &problem);
        assert_eq!((&file["kind"], &file["status"]), (&Value::from(kind), &Value::from("done")));
        let step = [30, 60, 0][usize::from(of_path) + usize::from(kind == "line")];
        assert_eq!((&file["step"], &file["f"]), (&Value::from(step), &steps[step]["f"]));
        for place in file["runs"][0]["path"].as_array().unwrap() {
            let step = &steps[place["k"].as_u64().unwrap() as usize];
            let x = floats(&step["x"]);
            assert_eq!(place["f"], step["f"]);
            let offset: Vec<f64> = x.iter().zip(&origin).map(|(x, o)| x - o).collect();
            let [u, v, distance] = ["u", "v", "distance"].map(|key| place[key].as_f64().unwrap());
            assert!((dot(&offset, &a) - u).abs() < 1e-12 && (dot(&offset, &b) - v).abs() < 1e-12);
            let rest = dot(&offset, &offset) - u * u - v * v;
            assert!((distance * distance - rest).abs() < 1e-10, "{kind}: {distance}");
        }
        let path = file["runs"][0]["path"].as_array().unwrap();
        let far = |k: usize| path[k]["distance"].as_f64().unwrap();
        match kind {
            "path" => {
                let shares = floats(&file["captured"]);
                assert!(far(3) < 1e-9 && shares[0] >= shares[1] && shares[0] + shares[1] <= 1.0 + 1e-12 && shares[0] > 0.5);
            }
            "line" => {
                assert!(far(0) < 1e-9 && far(3) < 1e-9);
                let losses = floats(&file["line"]["f"]);
                assert_eq!([losses[0], losses[100]].map(Value::from), [steps[0]["f"].clone(), steps[60]["f"].clone()]);
            }
            "top" | "negative" => {
                let mut product = vec![0.0; a.len()];
                let values = floats(&file["eigenvalues"]);
                for (k, v) in [&a, &b].into_iter().enumerate() {
                    problem.hessian_vector(&floats(&steps[30]["x"]), v, &mut product);
                    assert!((dot(&product, v) - values[k]).abs() < 1e-6 * values[0], "{kind}: {values:?}");
                }
                let all = call("spectrum", &[&RUN[..], &["--at-steps", "30"]].concat());
                let all = floats(&all["runs"][0]["spectra"][0]["eigenvalues"]);
                let wanted = if kind == "top" { all[all.len() - 2] } else { all[0] };
                assert!(
                    (values[0] - all[all.len() - 1]).abs() < 1e-3 * values[0] && (values[1] - wanted).abs() < 1e-3 * values[0]
                );
            }
            _ => assert_eq!(file["slice_seed"], 0),
        }
    }
    // Without a run through the start; another seed is another plane, with which nothing else changes.
    let [first, other] = ["0", "1"].map(|seed| call("slice", &["--grid", "2", "--slice-seed", seed]));
    assert_eq!(first["origin"], other["origin"]);
    assert_eq!(floats(&first["origin"]), problem.start());
    assert!(first["a"] != other["a"] && first["runs"].as_array().unwrap().is_empty());
    let unasked = call("slice", &["--grid", "2"]);
    assert_eq!(unasked["a"], first["a"]);
}

/// The smallest eigenvalue of a loss that is ten thousand times as sharp as it is negative has its sign.
#[test]
fn the_most_negative_curvature_of_a_sharp_loss_is_negative() {
    let net = ["--layers", "2-8-8-1", "--data", "spirals", "--samples", "100", "--loss", "bce"];
    let run = ["--run", "adam:step_size=0.05", "--steps", "300"];
    let file = json(&[&["slice"], &net[..], &run, &["--kind", "negative", "--grid", "2"]].concat());
    let all = json(&[&["spectrum"], &net[..], &run, &["--at-steps", "300"]].concat());
    let all = floats(&all["runs"][0]["spectra"][0]["eigenvalues"]);
    let values = floats(&file["eigenvalues"]);
    assert!(all[0] < 0.0 && all[104] > 1000.0 * -all[0], "not sharp: {} {}", all[0], all[104]);
    assert!((values[1] - all[0]).abs() < 1e-2 * all[0].abs(), "{values:?} beside {}", all[0]);
}

/// A path of which only some steps are kept ends where the run ends, and its points are those of the run.
#[test]
fn the_plane_of_a_thinned_path_goes_through_its_end() {
    let net = ["--layers", "100-2000-10", "--data", "mnist", "--samples", "20", "--batch", "5"];
    let run = ["--run", "adam:step_size=0.01", "--steps", "45", "--grid", "2", "--points", "4"];
    for kind in ["path", "line"] {
        let file = json(&[&["slice"], &net[..], &run, &["--kind", kind]].concat());
        let path = file["runs"][0]["path"].as_array().unwrap();
        assert_eq!(path.iter().map(|p| p["k"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 15, 30, 45]);
        assert!(path[3]["distance"].as_f64().unwrap() < 1e-6, "{kind}: {}", path[3]);
    }
    let weights = Temporary::new("end.json", "");
    json(
        &[
            &["run"],
            &net[..],
            &["--method", "adam", "--set", "step_size=0.01", "--steps", "30", "--weights", weights.path(), "--force"],
        ]
        .concat(),
    );
    let there = json(
        &[&["spectrum"], &net[..6], &["--at", weights.path(), "--method", "lanczos", "--top", "1", "--probes", "1"]].concat(),
    );
    let file = json(&[&["slice"], &net[..], &run, &["--kind", "line"]].concat());
    assert_eq!(file["runs"][0]["path"][2]["f"], there["loss"]);
}

#[test]
fn the_slice_of_a_scene_is_its_own_and_a_formula_has_one_plane() {
    let spec = NetworkSpec::on_set(&[2, 4, 2, 1], Activation::Tanh, Loss::Bce, "circles");
    let mut scene = Scene::bare(ProblemSpec::Network(Box::new(spec)));
    scene.methods = ["gd", "adam"].map(MethodSpec::new).to_vec();
    scene.steps = 20;
    scene.view.slice = Some(SliceSpec { kind: SliceKind::Random, method: 1, step: 7, seed: Some(3) });
    let file = Temporary::new("scene.json", &scene.to_json());
    let asked = json(&["slice", file.path(), "--grid", "3"]);
    assert_eq!((&asked["run"], &asked["step"], &asked["slice_seed"]), (&Value::from(1), &Value::from(7), &Value::from(3)));
    assert_eq!(asked["runs"].as_array().unwrap().len(), 2);
    let other = json(&["slice", file.path(), "--grid", "3", "--step", "2", "--kind", "top"]);
    assert_eq!((&other["kind"], &other["step"]), (&Value::from("top"), &Value::from(2)));
    // Without a slice of its own it is that of the map, through the start; another step is that which the scene shows.
    scene.view.slice = None;
    scene.playback.step = 4;
    let bare = Temporary::new("bare.json", &scene.to_json());
    let [unasked, top] = [&[][..], &["--kind", "top"]].map(|more| json(&[&["slice", bare.path(), "--grid", "2"], more].concat()));
    assert!(unasked["step"].is_null() && unasked["runs"][1]["path"][0]["distance"].as_f64().unwrap() < 1e-12);
    assert_eq!(top["step"], 4);
    // What stands in a scene of a formula does no harm there.
    let mut formula = Scene::bare(ProblemSpec::formula("x^2 + y^4"));
    formula.methods = vec![MethodSpec::new("gd")];
    formula.view.slice = Some(SliceSpec { kind: SliceKind::Top, method: 0, step: 0, seed: None });
    let formula = Temporary::new("formula.json", &formula.to_json());
    assert!(json(&["slice", formula.path(), "--grid", "2"])["kind"].is_null());
    // A fork begins later, and is told apart from its origin.
    scene.methods.truncate(1);
    let origin = scene.methods[0].clone();
    let mut fork = origin.clone();
    fork.fork = Some(Box::new(ForkSpec { origin, step: 10, stream: 0, moved: BTreeMap::new() }));
    scene.methods.push(fork);
    let forked = Temporary::new("forked.json", &scene.to_json());
    let table = saddlescope(&["spectrum", forked.path(), "--at-steps", "20", "--format", "csv"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("\n0,gd,0,20,") && table.contains("\n1,gd,0,20,"), "{table}");
    // f of (1, 1) is 0, f of (-1, 1) is 4.
    let table = saddlescope(&["slice", "--landscape", "rosenbrock", "--box", "-1:1,-1:1", "--grid", "3", "--format", "csv"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert_eq!(table.lines().next(), Some("u,v,value"));
    assert!(table.lines().any(|line| line == "1,1,0") && table.lines().any(|line| line == "-1,1,4"), "{table}");
    assert_eq!(table.lines().count(), 10);
    // In more variables it goes through the point that is named; in one it is a line.
    let through = json(&["slice", "--landscape", "rastrigin", "--dim", "5", "--at", "1,1,1,1,1", "--grid", "2"]);
    assert_eq!((floats(&through["origin"]), through["f"].as_f64()), (vec![1.0; 5], Some(5.0)));
    let line = json(&["slice", "--formula", "x^2", "--dim", "1", "--grid", "3", "--domain", "-1:1,0:1"]);
    assert_eq!(line["values"].as_array().unwrap().len(), 1);
    assert_eq!(floats(&line["values"][0]), [1.0, 0.0, 1.0]);
    // What is finite nowhere ends with a status.
    let nothing = saddlescope(&["slice", "--formula", "log(-1 - x^2 - y^2)", "--grid", "3"]);
    let file: Value = serde_json::from_slice(&nothing.stdout).unwrap();
    assert_eq!((nothing.status.code(), &file["status"]), (Some(1), &Value::from("not_finite")));
    let bad = |more: &[&str]| refusal(&[&["slice"], more].concat());
    assert!(bad(&["--landscape", "rosenbrock", "--kind", "top"]).contains("one plane"));
    assert!(bad(&[&NET[..], &["--kind", "path"]].concat()).contains("--run"));
    assert!(bad(&[&NET[..], &["--step", "3"]].concat()).contains("--run"));
    assert!(bad(&[&NET[..], &["--points", "3"]].concat()).contains("--run"));
    assert!(bad(&[&NET[..], &RUN[..], &["--kind", "path", "--step", "3"]].concat()).contains("leave --step out"));
    assert!(bad(&[&NET[..], &["--kind", "top", "--slice-seed", "3"]].concat()).contains("random"));
    assert!(bad(&["--landscape", "rosenbrock", "--at", "1,1"]).contains("whole space"));
    assert!(bad(&[bare.path(), "--activation", "tanh"]).contains("--activation"));
    // What cannot be written is said before the work.
    let there = Temporary::new("there.json", "mine");
    let long = ["--landscape", "rosenbrock", "--run", "gd", "--steps", "100000000000", "--out", there.path()];
    assert!(bad(&long).contains("--force"));
    assert!(bad(&[&NET[..], &["--kind", "round"]].concat()).contains("random, path, line, top, negative"));
    assert!(bad(&[&NET[..], &["--box", "1:0,0:1"]].concat()).contains("u0 < u1"));
}

#[test]
fn the_study_of_width_and_depth_is_that_of_the_window() {
    let rows = call("noise", &["--study", "--widths", "3,5", "--depths", "2"]);
    let plan = StudyPlan::new(&problem(), &[3, 5], &[2]);
    let names: Vec<&str> = plan.planned.iter().map(|planned| planned.name.as_str()).collect();
    assert_eq!(names, ["width 3", "width 5", "depth 2"]);
    let found = NoiseStudy::new(plan.cases).finish().unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for ((row, found), name) in rows.iter().zip(&found).zip(names) {
        assert_eq!(row["network"], name);
        assert_eq!(floats(&row["layers"]), found.widths.iter().map(|w| *w as f64).collect::<Vec<_>>());
        let pairs = [
            ("isotropic", found.isotropic),
            ("at_lambda_min", found.at_lowest),
            ("lambda_min", found.lowest),
            ("lambda_max", found.highest),
            ("correlation", found.correlation),
        ];
        for (key, value) in pairs {
            assert_eq!(row[key].as_f64().unwrap(), value, "{name}: {key}");
        }
    }
    let csv = saddlescope(&[&["noise"], &NET[..], &["--study", "--widths", "3", "--depths", "1", "--format", "csv"]].concat());
    let csv = String::from_utf8(csv.stdout).unwrap();
    assert!(csv.lines().count() == 3 && csv.contains("\nwidth 3,2-3-1,9,0.1111111111111111,"), "{csv}");
    let bad = |more: &[&str]| refusal(&[&["noise"], more].concat());
    assert!(bad(&[&NET[..], &["--study", "--widths", "0"]].concat()).contains("whole numbers from 1 to 10000"));
    assert!(bad(&[&NET[..], &["--study", "--batch", "3"]].concat()).contains("--batch"));
    assert!(bad(&[&NET[..], &["--widths", "3"]].concat()).contains("--study"));
    assert!(bad(&["--landscape", "half_spaces", "--study"]).contains("--layers"));
    assert!(bad(&[&NET[..], &["--study", "--l2", "1"]].concat()).contains("--l2"));
    assert!(bad(&["--layers", "2-1", "--data", "circles", "--study"]).contains("hidden layer"));
    // Networks whose numbers overflow are told, and the others are there.
    let huge = Temporary::new("huge.csv", "a,b,y\n1e300,1,0\n1,-1e300,1\n1e300,1e300,0\n");
    let words = ["--layers", "2-3-1", "--activation", "identity", "--loss", "mse", "--data", huge.path(), "--test", "0"];
    let lost = saddlescope(&[&["noise"], &words[..], &["--study", "--widths", "2", "--depths", "1"]].concat());
    let (file, said): (Value, _) = (serde_json::from_slice(&lost.stdout).unwrap(), String::from_utf8(lost.stderr).unwrap());
    assert_eq!((lost.status.code(), file.as_array().unwrap().len()), (Some(1), 2), "{said}");
    assert!(said.contains("not finite: width 2, depth 1"), "{said}");
    // Too large ones are told; where none is left there is nothing to do.
    let large = saddlescope(&[&["noise"], &NET[..], &["--study", "--widths", "9000", "--depths", "9000"]].concat());
    let message = String::from_utf8(large.stderr).unwrap();
    assert!(large.status.code() == Some(2) && message.contains("width 9000, depth 9000") && message.contains("smaller"));
}
