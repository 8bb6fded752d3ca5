//! Files that the command line reads and writes for networks.

use super::{json, refusal, saddlescope};
use serde_json::Value;
use std::path::PathBuf;

/// A folder of a test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("saddlescope-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    fn with(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.0.join(name), content).unwrap();
        self.path(name)
    }

    /// The files in it, in order.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

const RUN: [&str; 11] = ["run", "--layers", "2-4-1", "--loss", "mse", "--data", "circles", "--method", "gd", "--steps", "5"];

#[test]
fn the_weights_have_a_file_of_their_own() {
    let folder = Folder::new("one-file");
    let [file, also] = [folder.path("x.json"), folder.path("./x.json")];
    for more in [&[][..], &["--force"]] {
        let said = refusal(&[&RUN[..], &["--weights", &file, "--out", &also], more].concat());
        assert!(said.contains("--weights and --out are the same file"), "{said}");
        assert!(folder.names().is_empty());
    }
    folder.with("x.json", "{}");
    assert!(refusal(&[&RUN[..], &["--weights", &file, "--out", &also, "--force"]].concat()).contains("the same file"));
    assert_eq!(std::fs::read(&file).unwrap(), b"{}");
    let out = saddlescope(&[&RUN[..], &["--weights", &folder.path("w.json"), "--out", &also, "--force"]].concat());
    assert!(out.status.code() != Some(2), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(folder.names(), ["w.json", "x.json"]);
    let run: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(run["runs"][0]["steps"].as_array().unwrap().len(), 6);
}

#[test]
fn what_cannot_be_written_leaves_no_file_and_spoils_none() {
    let folder = Folder::new("no-file");
    let (file, table) = (folder.path("w.json"), folder.with("far.csv", "a,y\n1e153,0\n-1e153,0\n"));
    // Weights that are not finite.
    let far = ["run", "--layers", "1-1", "--loss", "mse", "--test", "0", "--method", "gd", "--set", "step_size=1e4"];
    let far = [&far[..], &["--data", &table, "--weights", &file]].concat();
    let out = saddlescope(&far);
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.code() == Some(1) && said.contains("not finite") && said.contains("is not written"), "{said}");
    assert_eq!(folder.names(), ["far.csv"]);
    folder.with("w.json", "before");
    assert_eq!(saddlescope(&[&far[..], &["--force"]].concat()).status.code(), Some(1));
    assert_eq!(std::fs::read(&file).unwrap(), b"before");
    // No folder to write to is said before the work; a folder is no file.
    let lost = folder.path("nowhere/w.json");
    assert!(refusal(&[&RUN[..], &["--out", &lost]].concat()).contains("nowhere"));
    assert!(refusal(&[&RUN[..], &["--weights", &folder.path("."), "--force"]].concat()).contains("directory"));
    assert_eq!(folder.names(), ["far.csv", "w.json"]);
}

/// A device is written to, not replaced.
#[cfg(unix)]
#[test]
fn a_device_stays_one() {
    use std::os::unix::fs::FileTypeExt;
    let out = saddlescope(&["eval", "--landscape", "monkey", "--at", "0,0", "--out", "/dev/null", "--force"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert!(json(&["eval", "--landscape", "monkey", "--at", "0,0", "--out", "/dev/stdout", "--force"])["value"].is_number());
}

#[test]
fn a_column_of_numbers_is_what_the_loss_asks_for() {
    let folder = Folder::new("column");
    let table = |name: &str, labels: &[i32]| {
        let rows = labels.iter().cycle().take(20).enumerate().map(|(i, y)| format!("{}.5,{},{y}\n", i % 7, i % 3));
        folder.with(name, format!("a,b,y\n{}", rows.collect::<String>()))
    };
    let [rated, signed, stars] =
        [table("rated.csv", &[1, 3, 4]), table("signed.csv", &[-1, 1]), table("stars.csv", &[0, 1, 2, 3, 4, 5])];
    let step = |layers: &str, file: &str, more: &[&str]| {
        json(&[&["run", "--layers", layers, "--data", file, "--method", "gd", "--steps", "1"], more].concat())["runs"][0]["steps"]
            [0]
        .clone()
    };
    let classes = |step: &Value| step.get("accuracy").is_some();
    assert!(classes(&step("2-3-3", &rated, &["--loss", "cross_entropy"])) && !classes(&step("2-3-1", &rated, &[])));
    assert!(classes(&step("2-3-1", &signed, &["--loss", "bce"])) && !classes(&step("2-3-1", &signed, &["--loss", "mse"])));
    assert!(classes(&step("2-3-6", &stars, &[])) && !classes(&step("2-3-1", &stars, &["--loss", "mse"])));
    let zero = step("2-1", &stars, &["--loss", "mse", "--init", "zeros", "--test", "0"]);
    // The targets are the numbers: ½ y² in the mean over 0 … 5, three times, 0 and 1.
    assert!((zero["f"].as_f64().unwrap() - 0.5 * (3.0 * 55.0 + 1.0) / 20.0).abs() < 1e-12, "{zero}");
    let refused = |layers: &str, file: &str, more: &[&str]| {
        refusal(&[&["run", "--layers", layers, "--data", file, "--method", "gd"], more].concat())
    };
    assert!(refused("2-3-2", &rated, &["--loss", "cross_entropy"]).contains("needs 3 outputs, one for each class"));
    assert!(refused("2-3-1", &stars, &[]).contains("stars.csv has 6 classes, which need 6 outputs and not 1"));
    // What is in a file is not less than what is asked for.
    let said = refused("2-3-1", &rated, &["--samples", "17"]);
    assert!(said.contains("rated.csv has 20, 4 of them for testing (--test 0.2): take up to 16"), "{said}");
    step("2-3-1", &rated, &["--samples", "16"]);
    let bare = folder.with("bare.csv", "1,2,0\n3,4,1\n5,6,0\n");
    assert!(refused("2-3-1", &bare, &[]).contains("it must name the columns"));
}

#[test]
fn a_wrong_file_is_told_by_what_it_is() {
    let folder = Folder::new("wrong");
    let on = |data: &str, init: &str| refusal(&["run", "--layers", "2-3-1", "--data", data, "--init", init, "--method", "gd"]);
    let lost = folder.path("nofile.json");
    assert!(on("circles", &lost).contains(&format!("there is no file {lost}")));
    assert!(on("circles", "nothing").contains("take xavier"));
    let list = on("circles", &folder.with("list.json", "[]"));
    assert!(list.contains("list.json: this is no file of weights: it must be {\"layers\""), "{list}");
    for name in ["t-images-idx3-ubyte.gz", "x-images.idx3-ubyte", "table.csv"] {
        let said = on(&folder.with(name, b"\x1f\x8b\x08\0\0\0\0\0\0\x03"), "xavier");
        assert!(said.contains(name) && said.contains("is compressed with gzip: unpack it first"), "{said}");
    }
    let wide = ["run", "--layers", "100-64-10", "--data", "mnist", "--samples", "20", "--steps", "1"];
    assert!(refusal(&[&wide[..], &["--method", "tr"]].concat()).contains("7114: take solver=steihaug"));
}
