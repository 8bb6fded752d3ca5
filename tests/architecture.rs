//! The arrows between the rooms of `src/`, and a few rules of the house that no compiler checks.

#![allow(clippy::expect_used, reason = "a test stops where the sources cannot be read")]
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up. A room imports only from those before it.
const ROOMS: [&str; 14] = [
    "formula",
    "linalg",
    "problem",
    "optim",
    "run",
    "measure",
    "scene",
    "lesson",
    "experiment",
    "view",
    "export",
    "render",
    "ui",
    "cli",
];

/// The files that only say which rooms there are.
const CRATES: [&str; 3] = ["src/core.rs", "src/lib.rs", "src/main.rs"];

/// The last room of the crate `saddlescope-core`.
const LAST_OF_CORE: &str = "measure";

/// The rooms behind the feature `gui`; no other room imports from them.
const GUI_ROOMS: [&str; 2] = ["render", "ui"];

/// Crates of the window: only [`GUI_ROOMS`] name them.
const GUI_CRATES: [&str; 13] = [
    "egui",
    "egui_extras",
    "eframe",
    "egui_plot",
    "egui_tiles",
    "egui_wgpu",
    "wgpu",
    "bytemuck",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "web_time",
];

/// Beyond the order: what a room never imports although it stands below.
const NEVER: [(&str, &str); 1] = [("linalg", "formula")];

/// A path at the root of the crate (`crate::name`), or the first name of any other path.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Import {
    Room(String),
    Foreign(String),
}

#[test]
fn rooms_import_only_from_those_below() {
    let mut faults = Vec::new();
    for (room, file, source) in room_sources() {
        let depth = module_depth(&file);
        let own = ROOMS.iter().position(|r| *r == room);
        let Some(own) = own else {
            faults.push(format!("{}: the room `{room}` is not in the table of this test", file.display()));
            continue;
        };
        for import in imports(&source, depth) {
            let fault = match &import {
                Import::Room(name) if *name == room => None,
                Import::Room(name) => match ROOMS.iter().position(|r| r == name) {
                    None => Some(format!("`crate::{name}` is no room")),
                    Some(at) if at > own => Some(format!("`{room}` stands below `{name}`")),
                    Some(_) if GUI_ROOMS.contains(&name.as_str()) && !GUI_ROOMS.contains(&room.as_str()) => {
                        Some(format!("`{room}` builds without the feature gui, `{name}` does not"))
                    }
                    Some(_) if NEVER.contains(&(room.as_str(), name.as_str())) => {
                        Some(format!("`{room}` never imports `{name}`"))
                    }
                    Some(_) => None,
                },
                Import::Foreign(name) if GUI_CRATES.contains(&name.as_str()) && !GUI_ROOMS.contains(&room.as_str()) => {
                    Some(format!("`{name}` belongs to {GUI_ROOMS:?}"))
                }
                Import::Foreign(_) => None,
            };
            faults.extend(fault.map(|text| format!("{}: {text}", file.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_core_is_the_lower_rooms() {
    let core = fs::read_to_string(root().join("src/core.rs")).expect("src/core.rs");
    let declared: BTreeSet<&str> =
        core.lines().filter_map(|line| line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';'))).collect();
    let last = ROOMS.iter().position(|room| *room == LAST_OF_CORE).expect("a room");
    assert_eq!(declared, ROOMS[..=last].iter().copied().collect());
}

#[test]
fn gui_rooms_stand_behind_their_feature() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let lines: Vec<&str> = lib.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(room) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) else { continue };
        assert!(ROOMS.contains(&room), "src/lib.rs: the room `{room}` is not in the table of this test");
        let gated = at > 0 && lines[at - 1] == "#[cfg(feature = \"gui\")]";
        assert_eq!(gated, GUI_ROOMS.contains(&room), "src/lib.rs: `{room}` and the feature gui");
    }
}

#[test]
fn every_room_says_what_it_is_for() {
    for (_, file, source) in room_sources() {
        let top = file.parent() == Some(Path::new("src")) || file.ends_with("mod.rs");
        assert!(!top || source.starts_with("//!"), "{}: begins with a `//!` comment", file.display());
    }
}

#[test]
fn nothing_names_a_machine() {
    let places = ["home", "root", "work", "Users"].map(|name| format!("/{name}/"));
    let mut files = Vec::new();
    walk(&root(), &mut files);
    let mut faults = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(root().join(&file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            let named = places.iter().any(|place| {
                line.match_indices(place.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | '*' | '~'))
                })
            });
            if named {
                faults.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "paths of one machine:\n{}", faults.join("\n"));
}

#[test]
fn imports_are_read_from_every_form_of_path() {
    let rooms = |source: &str, depth: usize| -> Vec<String> {
        let read = imports(source, depth).into_iter();
        read.filter_map(|i| if let Import::Room(name) = i { Some(name) } else { None }).collect()
    };
    assert_eq!(rooms("use crate::{optim::{a, b}, run as r, view};", 1), ["optim", "run", "view"]);
    assert_eq!(rooms("fn f(x: &crate::scene::Scene) {}", 1), ["scene"]);
    assert_eq!(rooms("use super::super::ui::App;", 2), ["ui"]);
    assert_eq!(rooms("use super::ui::App;", 2), [""; 0]);
    assert_eq!(rooms("mod tests { use super::super::ui::App; }", 1), ["ui"]);
    assert_eq!(rooms("/// [`crate::ui`]\n/* crate::ui /* */ crate::ui */ const A: &str = \"crate::ui\";", 1), [""; 0]);
    assert_eq!(rooms("fn f<'a>(c: char) { c == '\"' || c == '\\'' ; crate::run::g() }", 1), ["run"]);
    assert_eq!(rooms("const A: &str = r#\"crate::ui \" \"#; use crate::view;", 1), ["view"]);
    assert!(imports("use egui::Ui;", 1).contains(&Import::Foreign("egui".into())));
    assert!(imports("use wgpu as gpu;", 1).contains(&Import::Foreign("wgpu".into())));
    assert!(imports("fn f(ui: &mut ::egui::Ui) {}", 1).contains(&Import::Foreign("egui".into())));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of a room: (room, path from the root of the project, text).
fn room_sources() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    walk(&root(), &mut files);
    let sources = files.into_iter().filter(|f| f.starts_with("src") && f.extension().is_some_and(|e| e == "rs"));
    let sources = sources.filter(|f| !CRATES.iter().any(|root| f == Path::new(root)));
    let read = sources.map(|file| {
        let room = file.iter().nth(1).expect("a path below src").to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(root().join(&file)).expect("a source file");
        (room, file, text)
    });
    let read: Vec<_> = read.collect();
    assert!(!read.is_empty());
    read
}

/// All files of the project below `folder`, without what is built, fetched or hidden (but for `.ci`).
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        let name = entry.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if entry.is_dir() {
            let skip = name.starts_with('.') && name != ".ci" || ["target", "dist", "node_modules"].contains(&name.as_str());
            if !skip {
                walk(&entry, files);
            }
        } else if name != ".git" {
            files.push(entry.strip_prefix(root()).expect("below the root").to_path_buf());
        }
    }
}

/// How many modules above a file's items the crate's root is: `src/scene.rs` and `src/optim/mod.rs` 1, `src/optim/oracle.rs` 2.
fn module_depth(file: &Path) -> usize {
    file.iter().count() - if file.ends_with("mod.rs") { 2 } else { 1 }
}

/// What the code names from the crate's root or from another crate; comments and literals are not code.
fn imports(source: &str, depth: usize) -> BTreeSet<Import> {
    let tokens = tokens(source);
    let token = |at: usize| tokens.get(at).map_or("", String::as_str);
    let mut found = BTreeSet::new();
    let mut modules: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match token(at) {
            "{" => modules.push(at >= 2 && token(at - 2) == "mod"),
            "}" => {
                modules.pop();
            }
            "crate" if token(at + 1) == "::" => root_names(&tokens, at + 2, &mut found),
            "super" if at == 0 || token(at - 1) != "::" => {
                let mut climbed = 1;
                while token(at + 1) == "::" && token(at + 2) == "super" {
                    at += 2;
                    climbed += 1;
                }
                if climbed == depth + modules.iter().filter(|m| **m).count() {
                    root_names(&tokens, at + 2, &mut found);
                }
            }
            name if is_name(name) && (token(at + 1) == "::" || at > 0 && token(at - 1) == "use") => {
                found.insert(Import::Foreign(name.to_owned()));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The first names after `crate::`: one name, or those at the top of a group `{a, b::c}`.
fn root_names(tokens: &[String], at: usize, found: &mut BTreeSet<Import>) {
    let Some(first) = tokens.get(at) else { return };
    if is_name(first) {
        found.insert(Import::Room(first.clone()));
    }
    if first != "{" {
        return;
    }
    let mut level = 0;
    for pair in tokens[at..].windows(2) {
        match pair[0].as_str() {
            "{" => level += 1,
            "}" => level -= 1,
            _ => {}
        }
        if level == 0 {
            return;
        }
        if level == 1 && (pair[0] == "{" || pair[0] == ",") && is_name(&pair[1]) {
            found.insert(Import::Room(pair[1].clone()));
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs. Comments, strings and characters are dropped.
fn tokens(source: &str) -> Vec<String> {
    let text: Vec<char> = source.chars().collect();
    let char_at = |at: usize| text.get(at).copied().unwrap_or('\0');
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        if c == '/' && char_at(at + 1) == '/' {
            while at < text.len() && text[at] != '\n' {
                at += 1;
            }
        } else if c == '/' && char_at(at + 1) == '*' {
            let mut level = 0;
            while at < text.len() {
                match (text[at], char_at(at + 1)) {
                    ('/', '*') => level += 1,
                    ('*', '/') => level -= 1,
                    _ => {
                        at += 1;
                        continue;
                    }
                }
                at += 2;
                if level == 0 {
                    break;
                }
            }
        } else if c == 'r' && (char_at(at + 1) == '"' || char_at(at + 1) == '#' && matches!(char_at(at + 2), '"' | '#')) {
            let hashes = text[at + 1..].iter().take_while(|c| **c == '#').count();
            at += 2 + hashes;
            while at < text.len() && !(text[at] == '"' && (1..=hashes).all(|i| char_at(at + i) == '#')) {
                at += 1;
            }
            at += 1 + hashes;
        } else if c == '"' {
            at = after_literal(&text, at, '"');
        } else if c == '\'' && (char_at(at + 1) == '\\' || char_at(at + 2) == '\'') {
            at = after_literal(&text, at, '\'');
        } else if c.is_alphanumeric() || c == '_' {
            let length = text[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            out.push(text[at..at + length].iter().collect());
            at += length;
        } else if c == ':' && char_at(at + 1) == ':' {
            out.push("::".to_owned());
            at += 2;
        } else {
            if !c.is_whitespace() {
                out.push(c.to_string());
            }
            at += 1;
        }
    }
    out
}

/// The place after the closing quote of the literal that opens at `at`.
fn after_literal(text: &[char], mut at: usize, quote: char) -> usize {
    at += 1;
    while at < text.len() && text[at] != quote {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}
