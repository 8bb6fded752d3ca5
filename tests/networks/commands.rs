//! Networks on the command line: spectra, noise, files, weights.

use super::{json, refusal, saddlescope, small};
use saddlescope::linalg::symmetric_eigenvalues;
use saddlescope::problem::network::{Activation, Loss, weights_to_json};
use saddlescope::problem::{NetworkProblem, NetworkSpec, Objective};
use serde_json::Value;

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
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
    let evaluated = json(&["eval", "--layers", "2-4-1", "--loss", "mse", "--data", "circles", "--at", &path("w.json")]);
    assert_eq!(evaluated["value"], by_file["loss"]);
    for command in ["eval", "spectrum", "noise"] {
        assert!(refusal(&[command, "--layers", "2-4-1", "--data", "circles", "--at", "1,2"]).contains("17"));
    }
    std::fs::write(path("three.csv"), "a,b,kind\n1,2,red\n2,1,blue\n1.5,2,green\n").unwrap();
    let said = refusal(&["spectrum", "--layers", "2-4-1", "--data", &path("three.csv")]);
    assert!(said.contains("three.csv has 3 classes") && said.contains("end --layers with 3") && !said.contains("loss"), "{said}");
    std::fs::write(path("bad.csv"), "a,b,y\n1,2,0.5\n3,x,1\n").unwrap();
    assert!(refusal(&["spectrum", "--layers", "2-4-1", "--data", &path("bad.csv")]).contains("bad.csv: line 3"));
    std::fs::write(path("one.csv"), "a,b,y\n1,2,0.5\n").unwrap();
    let said = refusal(&["spectrum", "--layers", "2-4-1", "--data", &path("one.csv"), "--test", "0.9"]);
    assert!(said.contains("none of the 1 samples is left for training"), "{said}");
    let coder = ["spectrum", "--layers", "100-8", "--autoencoder", "--data", "mnist", "--loss", "cross_entropy"];
    assert!(refusal(&coder).contains("an autoencoder has no classes"));
    for (number, value) in [
        ("--data-seed", "-1"),
        ("--tolerance", "-1e-3"),
        ("--samples", "-1"),
        ("--l2", "-1e-2"),
        ("--probes", "-7"),
        ("--at-steps", "-1,2"),
    ] {
        let said = refusal(&["spectrum", "--layers", "2-4-1", "--data", "circles", number, value]);
        assert!(!said.contains("unexpected argument") && !said.contains("invalid digit"), "{said}");
        assert!(said.contains(number) || said.contains("l2"), "{said}");
    }
    for text in ["1,nan", "0.1 0.2", ""] {
        let said = refusal(&["eval", "--layers", "2-4-1", "--data", "circles", "--at", text]);
        assert!(said.contains("a file of weights, or numbers such as 1,2"), "{said}");
    }
    assert!(refusal(&["spectrum", "--layers", "2-4-1", "--data", "circles", "--param", "a=1"]).contains("--param"));
    std::fs::remove_dir_all(dir).unwrap();
}

/// What a step writes grows like n, not like n², and repeats nothing: 2-40-40-1 has 1801 parameters.
#[test]
fn runs_of_networks_are_written_in_a_few_numbers_a_parameter() {
    let n = 2 * 40 + 40 + 40 * 40 + 40 + 40 + 1;
    // x, the linear term, the step, and a diagonal metric, where there is one.
    for (method, metric, vectors) in [("gd", "sphere", 3), ("adam", "diagonal", 4)] {
        let words = ["run", "--layers", "2-40-40-1", "--data", "circles", "--samples", "40", "--steps", "3", "--method", method];
        let output = saddlescope(&words);
        assert!(output.stdout.len() < (1 + 3 * vectors) * n * 25, "{method}: {} bytes", output.stdout.len());
        let file: Value = serde_json::from_slice(&output.stdout).unwrap();
        let geometry = &file["runs"][0]["steps"][2]["geometry"];
        assert_eq!((&geometry["metric"], geometry.get("matrix")), (&Value::from(metric), None));
        let diagonal = geometry.get("diagonal").map(|m| m.as_array().unwrap().len());
        assert_eq!(diagonal, (metric == "diagonal").then_some(n));
    }
}

/// What is left out in many variables is what the document of the export says, and stands there where it is something else.
#[test]
fn what_steps_leave_out_is_found_again() {
    let net = ["run", "--layers", "2-8-1", "--data", "circles", "--samples", "60", "--steps", "30", "--method"];
    let steps = |more: &[&str]| {
        let file = json(&[&net[..], more].concat());
        file["runs"][0]["steps"].as_array().unwrap().clone()
    };
    let missing = |step: &Value, keys: [&str; 3]| {
        let geometry = &step["geometry"];
        keys.map(|key| step.get(key).or_else(|| geometry.get(key)).is_none())
    };
    let keys = ["trial", "center", "path"];
    let images = ["run", "--layers", "100-3-10", "--data", "mnist", "--samples", "20", "--steps", "3", "--method", "gd"];
    let images = json(&images)["runs"][0]["steps"].as_array().unwrap().clone();
    for step in steps(&["gd"])[1..].iter().chain(&images[1..]) {
        assert!(missing(step, keys) == [true; 3] && step["geometry"]["linear"].is_array(), "{step}");
    }
    // Weight decay shrinks x first: the centre is no row, and the trial no step of the model.
    for step in &steps(&["adamw"])[1..] {
        assert_eq!(missing(step, keys), [false, false, true], "{step}");
    }
    let mut corners = 0;
    for pair in steps(&["tr", "--set", "solver=steihaug"]).windows(2) {
        let [x, next] = [&pair[0], &pair[1]].map(|step| floats(&step["x"]));
        let s = floats(&pair[1]["geometry"]["step"]);
        let accepted = pair[1]["accepted"] == true;
        assert!(x.iter().zip(&s).zip(&next).all(|((x, s), next)| (x + if accepted { *s } else { 0.0 } - next).abs() < 1e-12));
        assert_eq!(missing(&pair[1], keys)[..2], [true, true]);
        corners += usize::from(pair[1]["geometry"].get("path").is_some_and(|path| path.as_array().unwrap().len() > 1));
    }
    assert!(corners > 0, "conjugate gradients make corners");
    for step in &steps(&["lbfgs"])[1..] {
        assert!(step["geometry"]["kind"] != "line" || step["trial"].is_array(), "{step}");
    }
    // Up to 10 variables everything stands in every step.
    let few = json(&["run", "--formula", "x^2 + y^2", "--method", "gd", "--steps", "2"])["runs"][0]["steps"][1].clone();
    assert_eq!(missing(&few, keys), [false; 3]);
}

/// What the curves of the window show of a network stands in the steps of its run.
#[test]
fn steps_of_a_network_have_its_quality_on_both_parts_of_the_data() {
    let net =
        ["run", "--layers", "2-4-1", "--loss", "mse", "--data", "circles", "--method", "adam", "--steps", "4", "--l2", "0.1"];
    let steps = json(&net)["runs"][0]["steps"].clone();
    let problem = NetworkProblem::new(&small()).unwrap();
    let [inputs, targets] = problem.test();
    let said = String::from_utf8(saddlescope(&[&net[..], &["--format", "csv"]].concat()).stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].ends_with(",phase,test_loss,accuracy,test_accuracy"), "{}", lines[0]);
    for (step, line) in steps.as_array().unwrap().iter().zip(&lines[1..]) {
        let x = floats(&step["x"]);
        let outputs = problem.network().outputs(&x, inputs);
        let loss: f64 = (0..inputs.len()).map(|i| 0.5 * (outputs.row(i)[0] - targets.row(i)[0]).powi(2)).sum();
        let right = (0..inputs.len()).filter(|i| (outputs.row(*i)[0] > 0.0) == (targets.row(*i)[0] > 0.0)).count();
        let count = inputs.len() as f64;
        assert!((step["test_loss"].as_f64().unwrap() - loss / count).abs() < 1e-12, "{step}");
        assert_eq!(step["test_accuracy"].as_f64(), Some(right as f64 / count));
        assert_eq!(step["accuracy"].as_f64(), problem.train_quality(&x).accuracy);
        let fields = ["test_loss", "accuracy", "test_accuracy"].map(|name| step[name].as_f64().unwrap());
        let last: Vec<f64> = line.rsplit(',').take(3).map(|field| field.parse().unwrap()).collect();
        assert_eq!(fields, [last[2], last[1], last[0]]);
    }
    // A regression has no accuracy, and without test samples there is no loss on them.
    let only = |more: &[&str]| json(&[&["run", "--method", "gd", "--steps", "1"], more].concat())["runs"][0]["steps"][1].clone();
    let sine = only(&["--layers", "1-3-1", "--data", "sine"]);
    assert!(sine["test_loss"].is_number() && sine.get("accuracy").is_none() && sine.get("test_accuracy").is_none());
    let all = only(&["--layers", "2-3-1", "--data", "circles", "--test", "0"]);
    assert!(all["accuracy"].is_number() && all.get("test_loss").is_none() && all.get("test_accuracy").is_none());
    assert!(only(&["--formula", "x^2 + y^2"]).get("test_loss").is_none());
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

/// Where many eigenvalues are 0 up to rounding, a quadrature does not call half of them negative.
#[test]
fn a_density_tells_signs_only_as_far_as_its_nodes_do() {
    let call = |more: &[&str]| {
        json(&[&["spectrum", "--layers", "2-30-1", "--loss", "mse", "--data", "circles", "--init", "zeros"], more].concat())
    };
    let (exact, density) = (call(&[]), call(&["--method", "slq"]));
    let number = |value: &Value| value.as_f64().unwrap();
    let below = number(&density["index_below"]);
    let all = floats(&exact["eigenvalues"]);
    let share = all.iter().filter(|v| **v < below).count() as f64 / all.len() as f64;
    let (found, error) = (number(&density["index_fraction"]), number(&density["index_error"]));
    assert!(below < 0.0 && (found - share).abs() <= 4.0 * error + 1e-9, "{found} ± {error} for {share} below {below}");
    assert!(found <= number(&exact["index_fraction"]) + 4.0 * error);
    // Gauss-Newton has no negative eigenvalue: what is 0 up to rounding is not looked for.
    let ends = call(&["--method", "lanczos", "--matrix", "ggn", "--top", "1"]);
    assert_eq!((floats(&ends["eigenvalues"]).len(), &ends["status"]), (1, &Value::from("done")));
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
