//! Older scenes: each version knows the way to the next.

use super::{SceneError, VERSION};
use serde_json::{Map, Value, json};

/// Brings a scene of any known version to the current shape.
pub(super) fn to_current(mut scene: Value) -> Result<Value, SceneError> {
    loop {
        let Value::Object(fields) = &mut scene else {
            return Err(SceneError::Unreadable("a scene is a JSON object".to_owned()));
        };
        match fields.get("version").map(Value::as_u64) {
            None => scene = Value::Object(from_version_0(std::mem::take(fields))),
            Some(Some(found)) if found > u64::from(VERSION) => return Err(SceneError::TooNew { found }),
            Some(Some(found)) if found == u64::from(VERSION) => return Ok(scene),
            Some(Some(1)) => from_version_1(fields),
            // Version 2 knew no networks; what it knew is as it was.
            Some(Some(2)) => drop(fields.insert("version".to_owned(), json!(3))),
            Some(_) => return Err(SceneError::Unreadable("its version is not a whole number from 1 on".to_owned())),
        }
    }
}

/// Version 0, written by hand: the words of the command line in one flat object without a version:
/// `{"landscape": "rosenbrock", "method": "adam", "set": {"step_size": 0.1}, "start": [-1.2, 1], "steps": 200}`.
fn from_version_0(mut old: Map<String, Value>) -> Map<String, Value> {
    let mut problem = Map::new();
    let kind = if let Some(id) = old.remove("landscape") {
        problem.insert("id".to_owned(), id);
        Some("landscape")
    } else if let Some(text) = old.remove("formula") {
        problem.insert("text".to_owned(), text);
        Some("formula")
    } else {
        None
    };
    if let Some(kind) = kind {
        for (from, to) in [("param", "parameters"), ("dim", "dim"), ("domain", "domain")] {
            if let Some(value) = old.remove(from) {
                problem.insert(to.to_owned(), value);
            }
        }
        old.insert("problem".to_owned(), json!({ kind: problem }));
    }
    if let Some(id) = old.remove("method") {
        let settings = old.remove("set").unwrap_or_else(|| json!({}));
        old.insert("methods".to_owned(), json!([{ "id": id, "settings": settings }]));
    }
    old.insert("version".to_owned(), json!(1));
    old
}

/// Version 1: the noise of a function without samples was a parameter of `sgd`.
fn from_version_1(scene: &mut Map<String, Value>) {
    let methods = scene.get_mut("methods").and_then(Value::as_array_mut).into_iter().flatten();
    let sgds = methods.filter(|method| method.get("id").and_then(Value::as_str) == Some("sgd"));
    let settings = sgds.filter_map(|method| method.get_mut("settings").and_then(Value::as_object_mut));
    if let Some(strength) = settings.filter_map(|settings| settings.remove("noise")).last() {
        scene.insert("noise".to_owned(), json!({ "shape": "isotropic", "strength": strength }));
    }
    scene.insert("version".to_owned(), json!(2));
}
