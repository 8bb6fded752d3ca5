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
