//! The command line's contract, through the binary.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use serde_json::Value;
use std::process::{Command, Output};

fn saddlescope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_saddlescope")).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = saddlescope(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The one sentence that bad input gets.
fn refusal(arguments: &[&str]) -> String {
    let output = saddlescope(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert_eq!(message.trim_end().lines().count(), 1, "{arguments:?}: {message}");
    message
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn list_names_every_entry_with_what_it_takes() {
    let landscapes = json(&["list", "landscapes"]);
    assert!(landscapes.as_array().unwrap().len() >= 42);
    let methods = json(&["list", "methods"]);
    for entry in landscapes.as_array().unwrap().iter().chain(methods.as_array().unwrap()) {
        for key in ["id", "name", "source", "parameters"] {
            assert!(entry.get(key).is_some(), "{key} of {entry}");
        }
    }
    for parameter in methods.as_array().unwrap().iter().flat_map(|m| m["parameters"].as_array().unwrap()) {
        for key in ["name", "symbol", "default", "scale", "meaning"] {
            assert!(parameter.get(key).is_some(), "{key} of {parameter}");
        }
        assert!(
            ["choice", "matrix"].contains(&parameter["scale"].as_str().unwrap())
                || (parameter["min"].is_number() && parameter["max"].is_number())
        );
    }
}

#[test]
fn eval_gives_value_derivatives_and_kind() {
    let at = json(&["eval", "--landscape", "rosenbrock", "--at", "1,1"]);
    assert_eq!(at["value"], 0.0);
    assert_eq!(floats(&at["gradient"]), [0.0, 0.0]);
    assert_eq!(at["kind"], "minimum");
    assert_eq!(at["index"], 0);
    let saddle = json(&["eval", "--formula", "(x^2 - y^2)/2 + y^4/4", "--at", "0,0"]);
    assert_eq!((&saddle["kind"], &saddle["index"]), (&Value::from("saddle"), &Value::from(1)));
    assert_eq!(floats(&saddle["eigenvalues"]), [-1.0, 1.0]);
    assert_eq!(json(&["eval", "--formula", "x^2 + a*y", "--param", "a=3", "--at", "-1,2"])["value"], 7.0);
    assert_eq!(json(&["eval", "--formula", "sum(i, 1, n, i*x[i]^2)", "--dim", "3", "--at", "1,1,1"])["value"], 6.0);
    let over = |text| json(&["eval", "--formula", text, "--table", "halfspace2d", "--at", "0,0"]);
    assert_eq!(over("mean(sigmoid(z[1]*x)) + y")["value"], 0.5);
    assert_eq!(json(&["eval", "--formula", "-2^2 + 2^3^2", "--at", "0,0"])["value"], 508.0);
}

/// What the method inside another one needs is told by its name.
#[test]
fn the_method_inside_another_says_what_it_needs() {
    let around = ["--method", "lookahead", "--set", "inner=gauss_newton", "--steps", "9"];
    let on = |formula| ["run", "--formula", formula].into_iter().chain(around).collect::<Vec<_>>();
    assert!(refusal(&on("x^2 - y^2 + y^4")).contains("Gauss-Newton needs a function that is a sum of squares"));
    assert_eq!(json(&on("(1 - x)^2 + (y - x^2)^2"))["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn places_without_derivatives_are_told() {
    let message = |formula: &str, at: &str| json(&["eval", "--formula", formula, "--at", at])["message"].clone();
    assert!(message("abs(x) + y^2", "0,0").as_str().unwrap().contains("kink here (abs)"));
    assert!(message("sin(x)/x + y^2", "0,0").as_str().unwrap().contains("no finite value"));
    assert!(message("abs(x) + y^2", "1,0").is_null());
    // (-2)^y has a value at y = 3 and none beside it.
    assert!(message("x^y", "-2,3").as_str().unwrap().contains("no finite derivatives"));
    // Beside 0/0 the second derivative, −1/3, is a difference of numbers of 10¹⁸.
    assert!(message("sin(x)/x + y^2", "1e-9,0").as_str().unwrap().contains("rounding hides curvature"));
    let hidden = json(&["eval", "--formula", "sin(x)/x", "--dim", "1", "--at", "1e-9"]);
    assert!(hidden["eigenvalue_error"].as_f64().unwrap() > 1.0 && hidden["index"] == 0, "{hidden}");
    assert!(["regular", "degenerate"].contains(&hidden["kind"].as_str().unwrap()), "{hidden}");
    let seen = json(&["eval", "--formula", "sin(x)/x", "--dim", "1", "--at", "1e-4"]);
    assert!(seen["message"].is_null() && (seen["eigenvalues"][0].as_f64().unwrap() + 1.0 / 3.0).abs() < 1e-4, "{seen}");
    // Rounding makes slopes and curvatures of any size beside a removable 0/0: none of them is a critical point.
    let found = json(&["critical-points", "--formula", "(1 - cos(x))/x^2 + y^2"]);
    assert!(found.as_array().unwrap().iter().all(|point| point["gradient_norm"].as_f64().unwrap() < 1e-6), "{found}");
    assert!(refusal(&["run", "https://example.org/#v1.AAAA"]).contains("this link holds no scene"));
}

#[test]
fn critical_points_of_himmelblau() {
    let points = json(&["critical-points", "--landscape", "himmelblau"]);
    let kinds: Vec<&str> = points.as_array().unwrap().iter().map(|p| p["kind"].as_str().unwrap()).collect();
    let count = |kind| kinds.iter().filter(|k| **k == kind).count();
    assert_eq!((count("minimum"), count("saddle"), count("maximum")), (4, 4, 1));
    assert!(points.as_array().unwrap().iter().all(|p| p["gradient_norm"].as_f64().unwrap() < 1e-8));
    let table = saddlescope(&["critical-points", "--landscape", "himmelblau", "--format", "csv"]);
    let table = String::from_utf8(table.stdout).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "x1,x2,value,gradient_norm,eigenvalue1,eigenvalue2,kind,index,family");
    assert_eq!((lines.len(), lines.iter().filter(|line| line.ends_with(",saddle,1,false")).count()), (10, 4), "{table}");
    let quick = saddlescope(&["critical-points", "--formula", "x^2 + y^2", "--domain", "-1,1,-1,1"]);
    assert!(quick.status.success() && quick.stderr.is_empty(), "{}", String::from_utf8_lossy(&quick.stderr));
}

#[test]
fn run_writes_every_step() {
    let done = saddlescope(&[
        "run",
        "--landscape",
        "rosenbrock",
        "--method",
        "gd",
        "--set",
        "step_size=0.001",
        "--start",
        "-1.2,1",
        "--steps",
        "1",
        "--seed",
        "3",
    ]);
    assert_eq!(done.status.code(), Some(1), "the budget is spent, and the JSON is written all the same");
    let output: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(output["runs"][0]["status"], "budget_spent");
    let steps = output["runs"][0]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(floats(&steps[0]["x"]), [-1.2, 1.0]);
    let x1 = floats(&steps[1]["x"]);
    assert!((x1[0] + 0.9844).abs() < 1e-12 && (x1[1] - 1.088).abs() < 1e-12, "{x1:?}");
    assert_eq!(steps[1]["counts"]["gradient"], 1);
    assert_eq!(steps[1]["geometry"]["kind"], "trust_region");
    assert_eq!(steps[1]["geometry"]["metric"], "sphere");
}

/// With c = 1 and ℓ = 4: η = 1/ℓ; what is set goes before the paper's choice.
#[test]
fn a_preset_sets_the_parameters_of_the_paper() {
    let arguments = ["run", "--landscape", "saddle_bounded", "--method", "pgd", "--steps", "3", "--set", "threshold_time=7"];
    let run = |preset: &[&str]| {
        let done = saddlescope(&[&arguments[..], preset].concat());
        let said = String::from_utf8(done.stderr).unwrap();
        (serde_json::from_slice::<Value>(&done.stdout).unwrap()["runs"][0].clone(), said)
    };
    let (chosen, said) = run(&["--preset", "smoothness=4,epsilon=0.1"]);
    assert_eq!(chosen["parameters"]["step_size"], 0.25);
    assert_eq!(chosen["parameters"]["threshold_time"], 7.0);
    assert!(said.contains("ℓ = 4") && said.contains("ρ = "), "{said}");
    let (estimated, _) = run(&["--preset"]);
    // On [−2, 2]² the curvature of the saddle reaches 11, on the grid that is looked at nearly.
    let step = estimated["parameters"]["step_size"].as_f64().unwrap();
    assert!((1.0 / 11.0..1.0 / 9.0).contains(&step), "{step}");
    assert_eq!(estimated["steps"][1]["phase"], "descent");
}

#[test]
fn a_trust_region_run_finds_the_minimum_and_says_its_ellipsoid() {
    let output = json(&[
        "run",
        "--landscape",
        "rosenbrock",
        "--method",
        "tr",
        "--set",
        "metric=rmsprop",
        "--set",
        "solver=exact",
        "--steps",
        "300",
    ]);
    let run = &output["runs"][0];
    assert_eq!(run["status"], "minimum");
    assert_eq!(run["parameters"]["metric"], "rmsprop");
    let geometry = &run["steps"][1]["geometry"];
    assert_eq!(geometry["metric"], "diagonal");
    let s = floats(&geometry["step"]);
    let m: Vec<Vec<f64>> = geometry["matrix"].as_array().unwrap().iter().map(floats).collect();
    let norm = (s[0] * (m[0][0] * s[0] + m[0][1] * s[1]) + s[1] * (m[1][0] * s[0] + m[1][1] * s[1])).sqrt();
    assert!(norm <= geometry["radius"].as_f64().unwrap() * (1.0 + 1e-10));
}

#[test]
fn subproblem_solves_the_cubic_one() {
    let hard = json(&["subproblem", "--gradient", "0.1,0", "--hessian", "1,0;0,-2", "--sigma", "1", "--solver", "cubic"]);
    assert_eq!(hard["hard_case"], true);
    assert!((hard["multiplier"].as_f64().unwrap() - 2.0).abs() < 1e-12);
    assert!((hard["model_decrease"].as_f64().unwrap() - 1.335).abs() < 1e-12);
}

#[test]
fn an_ellipsoid_by_hand_is_a_setting() {
    let by_hand = ["run", "--landscape", "rosenbrock", "--method", "tr", "--steps", "300", "--set", "metric=matrix"];
    let runs = json(&[&by_hand[..], &["--set", "matrix=4,1;1,2"]].concat());
    assert_eq!(runs["runs"][0]["parameters"]["matrix"], "4,1;1,2");
    assert_eq!(runs["runs"][0]["steps"][1]["geometry"]["matrix"], serde_json::json!([[4.0, 1.0], [1.0, 2.0]]));
}

#[test]
fn subproblem_solves_the_hard_case() {
    let hard = json(&["subproblem", "--gradient", "1,0", "--hessian", "1,0;0,-2", "--radius", "1", "--solver", "exact"]);
    assert_eq!(hard["hard_case"], true);
    assert!((hard["multiplier"].as_f64().unwrap() - 2.0).abs() < 1e-12);
    let step = floats(&hard["step"]);
    assert!((step[0] + 1.0 / 3.0).abs() < 1e-12 && (step[0] * step[0] + step[1] * step[1] - 1.0).abs() < 1e-12);
    for solver in ["lanczos", "dogleg", "cauchy", "steihaug"] {
        let answer = json(&[
            "subproblem",
            "--gradient",
            "1,0.5",
            "--hessian",
            "3,1;1,2",
            "--metric",
            "2,0.5",
            "--radius",
            "0.2",
            "--solver",
            solver,
        ]);
        assert!((answer["norm"].as_f64().unwrap() - 0.2).abs() < 1e-12, "{solver}: {answer}");
        assert_eq!(answer["on_boundary"], true, "{solver}");
    }
    let inside = json(&["subproblem", "--gradient", "1,1", "--hessian", "2,0;0,10", "--radius", "5", "--solver", "steihaug"]);
    assert_eq!(inside["on_boundary"], false);
    assert!(inside["message"].is_null());
    let tiny =
        saddlescope(&["subproblem", "--gradient", "1,0", "--hessian", "1,0;0,2", "--radius", "1e-300", "--solver", "cauchy"]);
    let answer: Value = serde_json::from_slice(&tiny.stdout).unwrap();
    assert_eq!(tiny.status.code(), Some(1), "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("scale the problem"), "{answer}");
    assert!((floats(&inside["step"])[1] + 0.1).abs() < 1e-12);
}

#[test]
fn bad_input_gets_one_sentence() {
    let bare = concat!(env!("CARGO_TARGET_TMPDIR"), "/bare.json");
    std::fs::write(bare, r#"{"version": 1, "problem": {"landscape": {"id": "monkey"}}}"#).unwrap();
    for (arguments, word) in [
        (&["eval", "--landscape", "rosenbrok", "--at", "1,1"][..], "rosenbrock"),
        (&["eval", "--formula", "x + ", "--at", "1,1"], "expected"),
        (&["eval", "--formula", "x1^2 + x3^2", "--at", "1,1"], "dimension 2, which has x and y: take dimension 3"),
        (&["eval", "--landscape", "rosenbrock", "--at", "1"], "2 coordinates"),
        (&["eval", "--landscape", "rosenbrock", "--at", "1,nan"], "nan"),
        (&["eval", "--at", "1,1"], "--landscape"),
        (&["eval", "--landscape", "rosenbrock", "--param", "nonsense=1", "--at", "1,1"], "nonsense"),
        (&["run", "--landscape", "rosenbrock", "--method", "adm"], "adam"),
        (&["run", "--landscape", "rosenbrock", "--method", "gd", "--set", "step_size=-1"], "step_size"),
        (&["run", "--landscape", "rosenbrock", "--method", "gd", "--steps", "0"], "steps"),
        (&["run", "--landscape", "rosenbrock", "--method", "gd", "--steps", "-4"], "must be a whole number"),
        (&["run", "--landscape", "rosenbrock", "--method", "gd", "--start", "1e300,0"], "start is 1e300;"),
        (&["run", bare], "no method that runs"),
        (&["eval", "--formula", "mean(s)", "--table", "monkey", "--at", "1,1"], "no samples"),
        (&["run", "/no/such/scene.json"], "/no/such/scene.json"),
        (&["run", "https://example.org/#s=aXXXX"], "link"),
        (&["run", "--landscape", "rosenbrock", "--method", "gd", "--preset"], "natasha2"),
        (&["run", "--landscape", "rosenbrock", "--method", "pgd", "--preset", "eps=1"], "epsilon"),
        (&["run", "--landscape", "rosenbrock", "--method", "pgd", "--preset", "failure=1"], "between 0 and 1"),
        (&["run", "--landscape", "half_spaces", "--method", "sgd", "--noise", "isotropic:1"], "--batch"),
        (&["run", "--layers", "2-1", "--data", "xor", "--method", "sgd", "--noise", "isotropic:1"], "--batch"),
        (&["race", "--landscape", "rosenbrock"], "--method"),
        (&["race", "--landscape", "rosenbrock", "--method", "adm"], "adam"),
        (&["race", "--landscape", "rosenbrock", "--method", "gd:step_size"], "name=value"),
        (&["race", "--landscape", "rosenbrock", "--method", "gd", "--seeds", "0"], "--seeds"),
        (&["race", "--landscape", "rosenbrock", "--method", "gd", "--axis", "miles"], "backpropagations"),
        (&["sweep", "--landscape", "rosenbrock", "--method", "gd:step=1"], "step_size"),
        (&["subproblem", "--gradient", "1,0", "--hessian", "1,0", "--radius", "1"], "rows"),
        (&["subproblem", "--gradient", "1,0", "--hessian", "1,0;0,1", "--metric", "1,-1", "--radius", "1"], "positive definite"),
        (&["subproblem", "--gradient", "1,0", "--hessian", "1,0;0,1", "--radius", "-1"], "positive"),
        (&["subproblem", "--gradient", "1,0", "--hessian", "1,0;0,1"], "--radius"),
        (&["subproblem", "--gradient", "1,0", "--hessian", "1,0;0,1", "--radius", "1", "--solver", "cubic"], "--sigma"),
        (&["critical-points", "--formula", "x^2+y^2", "--domain", "1:0,0:1"], "--domain"),
        (&["frobnicate"], "frobnicate"),
        (&["render", "Cargo.toml", "--out", concat!(env!("CARGO_TARGET_TMPDIR"), "/no.png")], "no scene"),
        (&["render", "tests/reference/race.json"], "--out"),
        (&["render", "tests/reference/race.json", "--out", concat!(env!("CARGO_TARGET_TMPDIR"), "/no.jpg")], ".png"),
        (
            &["render", "tests/reference/race.json", "--size", "0x5", "--out", concat!(env!("CARGO_TARGET_TMPDIR"), "/no.png")],
            "--size",
        ),
    ] {
        let message = refusal(arguments);
        assert!(message.contains(word), "{arguments:?}: {message}");
        assert!(!message.contains("For more information"), "{arguments:?}: {message}");
    }
}

#[test]
fn race_writes_the_table_the_ends_and_the_bands() {
    let words = ["--landscape", "saddle_bounded", "--start", "1,0", "--method", "gd", "--method", "pgd:perturbation_radius=0.01"];
    let file = json(&[&["race", "--seeds", "3", "--steps", "500", "--axis", "backpropagations"], &words[..]].concat());
    assert_eq!((&file["saddle"]["lambda_min"], &file["axis"]), (&Value::from(-1.0), &Value::from("backpropagations")));
    let [gd, pgd] = [&file["methods"][0], &file["methods"][1]];
    assert_eq!((&gd["states"][0]["status"], &gd["escaped"]), (&Value::from("strict_saddle"), &Value::from(0)));
    assert_eq!((gd["runs"].as_u64(), pgd["runs"].as_u64()), (Some(1), Some(3)));
    assert_eq!((&pgd["parameters"]["perturbation_radius"], &pgd["escaped"]), (&Value::from(0.01), &Value::from(3)));
    assert_eq!(pgd["ends"].as_array().unwrap().len(), 3);
    assert_eq!(pgd["gap"][0]["at"], 0.0);
    assert!(pgd["gap"].as_array().unwrap().iter().all(|p| p["q10"].as_f64().unwrap() <= p["q90"].as_f64().unwrap()));
    let table = saddlescope(&[&["race", "--format", "csv"], &words[..]].concat());
    let table = String::from_utf8(table.stdout).unwrap();
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    assert_eq!(lines[1][..4], ["GD", "gd", "1", "strict_saddle:1"]);
}

#[test]
fn sweep_writes_a_line_for_each_step_length() {
    let table = saddlescope(&["sweep", "--formula", "x^2 + y^2", "--method", "gd", "--steps", "50", "--format", "csv"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert_eq!(table.lines().count(), 26);
    assert!(table.lines().nth(1).unwrap().starts_with("GD,step_size,0.001,"));
    let file = json(&["sweep", "--formula", "x^2 + y^2", "--method", "gd", "--steps", "50"]);
    assert_eq!(file["methods"][0]["points"].as_array().unwrap().len(), 25);
}

#[test]
fn states_are_told_for_every_method_on_every_landscape() {
    let table = saddlescope(&["states", "--steps", "30", "--format", "markdown"]);
    let table = String::from_utf8(table.stdout).unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with('|')).collect();
    let methods = json(&["list", "methods"]).as_array().unwrap().len();
    let landscapes = json(&["list", "landscapes"]).as_array().unwrap().len();
    assert_eq!(rows.len(), methods + 2);
    assert!(rows.iter().all(|row| row.matches('|').count() == landscapes + 2));
    assert!(rows.iter().any(|row| row.starts_with("| tr |") && row.contains(" min |")));
}

#[test]
fn nothing_is_overwritten_without_force() {
    let path = std::env::temp_dir().join(format!("saddlescope-cli-{}.json", std::process::id()));
    let name = path.to_str().unwrap();
    let write = ["eval", "--landscape", "monkey", "--at", "0,0", "--out", name];
    assert!(saddlescope(&write).status.success());
    assert!(refusal(&write).contains("--force"));
    assert!(saddlescope(&[&write[..], &["--force"]].concat()).status.success());
    std::fs::remove_file(path).unwrap();
}

#[test]
fn render_writes_the_picture_of_a_step() {
    let path = std::env::temp_dir().join(format!("saddlescope-render-{}.png", std::process::id()));
    let name = path.to_str().unwrap();
    let render = |step: &str| {
        let words = ["render", "tests/reference/race.json", "--step", step, "--size", "320x240", "--out", name, "--force"];
        let output = saddlescope(&words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).unwrap())).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!((reader.info().width, reader.info().height), (320, 240));
        pixels
    };
    let (first, later) = (render("1"), render("60"));
    let differing = first.iter().zip(&later).filter(|(a, b)| a != b).count();
    assert!(differing > 500, "{differing} bytes differ between the steps");
    assert_eq!(later, render("60"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn sentences_beside_races_and_sweeps_are_short() {
    let said = |arguments: &[&str]| String::from_utf8(saddlescope(arguments).stderr).unwrap();
    let race = said(&["race", "--formula", "x^2 + y^2", "--method", "gd:step_size=0.3", "--start", "1,1", "--steps", "120"]);
    assert!(race.contains("f ") && race.lines().all(|line| line.len() < 120), "{race}");
    let sweep = ["sweep", "--formula", "x^2 + y^2", "--method", "gd", "--method", "newton", "--method", "adan", "--steps", "5"];
    let sweep = said(&sweep);
    assert!(sweep.contains("Newton, AdaN have no step length and are left out of the sweep."), "{sweep}");
}

/// Kicks that are too short for the wait after them: some runs return the saddle as a second-order stationary point.
#[test]
fn runs_that_return_a_saddle_are_counted_apart() {
    let arguments = ["race", "--landscape", "saddle_bounded", "--start", "1,0", "--steps", "2000", "--seeds", "20", "--method"];
    let method = ["pgd:perturbation_radius=1e-3,threshold_time=30"];
    let out = saddlescope(&[&arguments[..], &method, &["--format", "csv"]].concat());
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("ended at λ > 0") && said.contains("ended at λ < 0"), "{said}");
    let table = String::from_utf8(out.stdout).unwrap();
    assert!(table.contains(",finished:20,"), "{table}");
    let race = json(&[&arguments[..], &method].concat());
    let states = race["methods"][0]["states"].as_array().unwrap();
    let counts: u64 = states.iter().map(|s| s["count"].as_u64().unwrap()).sum();
    assert_eq!((states.len(), counts), (2, 20));
    assert!(states.iter().all(|s| s["status"] == "finished" && ["minimum", "saddle"].contains(&s["kind"].as_str().unwrap())));
}
