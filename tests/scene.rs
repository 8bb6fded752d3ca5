//! Scenes: round trips, older versions, links, and every kind of broken input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use proptest::prelude::*;
use saddlescope::optim::{Noise, NoiseShape, SettingsError, method, methods};
use saddlescope::problem::{Objective, landscapes};
use saddlescope::scene::{ForkSpec, MethodSpec, Playback, ProblemSpec, Scene, SceneError, from_link, to_link};

#[test]
fn the_first_screen_opens_and_shows_what_it_promises() {
    let scene = Scene::default();
    for step in [scene.playback.step, scene.steps] {
        let mut ends = std::collections::BTreeMap::new();
        for mut run in scene.open().unwrap().runs.into_iter().flatten() {
            run.advance(step);
            ends.insert(run.setup().method.id, run.position()[1].abs());
        }
        assert!(ends["gd"] < 0.01, "gradient descent hangs at the saddle at step {step}: {ends:?}");
        for escapes in ["sgd", "pgd", "rmsprop", "adam", "tr"] {
            assert!(ends[escapes] > 0.5, "{escapes} has left at step {step}: {ends:?}");
        }
    }
}

#[test]
fn every_landscape_and_every_method_survives_json_and_link() {
    for entry in landscapes() {
        let mut scene = Scene::bare(ProblemSpec::landscape(&entry.id));
        scene.methods = methods().iter().map(|m| MethodSpec::new(m.id)).collect();
        scene.steps = 3;
        assert_eq!(Scene::from_json(&scene.to_json()).unwrap(), scene, "{}", entry.id);
        assert_eq!(from_link(&to_link(&scene)).unwrap(), scene, "{}", entry.id);
        assert_eq!(from_link(&format!("https://example.org/page?x=1#{}", to_link(&scene))).unwrap(), scene);
        let problem = scene.problem.open().unwrap();
        for spec in &mut scene.methods {
            // A method that the function does not suit says so when it is opened, by name.
            let m = method(&spec.id).unwrap();
            spec.enabled = m.requires.check(&problem).is_ok();
            if !spec.enabled {
                let alone = Scene { methods: vec![MethodSpec::new(m.id)], ..Scene::bare(ProblemSpec::landscape(&entry.id)) };
                let error = alone.open().err().unwrap();
                assert!(matches!(error, SceneError::Settings(SettingsError::NotApplicable { .. })), "{}: {error}", m.id);
            }
        }
        scene.open().unwrap_or_else(|e| panic!("{}: {e}", entry.id));
    }
}

#[test]
fn a_hand_written_scene_of_version_0_still_loads() {
    let old = r#"{"landscape": "rosenbrock", "method": "adam", "set": {"step_size": 0.1}, "start": [-1.2, 1], "steps": 20}"#;
    let scene = Scene::from_json(old).unwrap();
    assert_eq!(scene.problem, ProblemSpec::landscape("rosenbrock"));
    assert_eq!(scene.methods.len(), 1);
    assert_eq!(scene.steps, 20);
    scene.open().unwrap();
    assert_eq!(Scene::from_json(r#"{"formula": "x^2 + a*y^2", "param": {"a": 3}}"#).unwrap().methods, vec![]);
}

#[test]
fn a_scene_says_which_method_is_chosen_and_an_older_one_leaves_it_to_the_list() {
    let mut scene = Scene { playback: Playback { selected: Some(4), ..Playback::default() }, ..Scene::default() };
    assert_eq!(from_link(&to_link(&scene)).unwrap().playback.selected, Some(4));
    assert_eq!((scene.chosen(|_| true), scene.chosen(|i| i == 2)), (Some(4), Some(2)));
    scene.playback.selected = None;
    assert!(!scene.to_json().contains("selected"));
    assert_eq!(Scene::from_json(&scene.to_json()).unwrap().chosen(|i| i > 0), Some(1));
    assert_eq!(scene.chosen(|_| false), None);
}

#[test]
fn the_noise_of_a_scene_of_version_1_moves_from_the_method_to_the_scene() {
    let old = r#"{"version": 1, "problem": {"landscape": {"id": "monkey"}},
        "methods": [{"id": "sgd", "settings": {"noise": 0.25, "step_size": 0.1}}]}"#;
    let scene = Scene::from_json(old).unwrap();
    assert_eq!(scene.noise, Some(Noise { shape: NoiseShape::Isotropic, strength: 0.25 }));
    assert_eq!(scene.methods[0].settings.len(), 1);
    scene.open().unwrap();
}

#[test]
fn a_formula_keeps_samples_and_ranges() {
    let mut scene = Scene::bare(ProblemSpec::formula("mean(log(1 + exp(-sum(j, 1, n, s[j]*x[j])))) + a*x1^2"));
    let ProblemSpec::Formula { table, dim, parameters, ranges, .. } = &mut scene.problem else { panic!("a formula") };
    (*table, *dim) = (Some("half_spaces".to_owned()), 4);
    parameters.insert("a".to_owned(), 0.5);
    ranges.insert("a".to_owned(), [0.0, 2.0]);
    assert_eq!(Scene::from_json(&scene.to_json()).unwrap(), scene);
    assert_eq!(from_link(&to_link(&scene)).unwrap(), scene);
    assert!(scene.problem.open().unwrap().finite_sum().is_some());
}

#[test]
fn a_fork_of_a_fork_without_a_change_is_the_original() {
    for id in ["sgd", "pgd", "adam", "tr"] {
        let mut scene = Scene { methods: ["gd", id].map(MethodSpec::new).to_vec(), ..Scene::default() };
        let mut fork = MethodSpec::new(id);
        for step in [40, 90] {
            fork = MethodSpec {
                fork: Some(Box::new(ForkSpec { origin: fork, stream: 1, step, moved: Default::default() })),
                ..MethodSpec::new(id)
            };
        }
        scene.methods.push(fork);
        assert_eq!(Scene::from_json(&scene.to_json()).unwrap(), scene);
        assert_eq!(from_link(&to_link(&scene)).unwrap(), scene);
        let mut runs = scene.open().unwrap().runs;
        for run in runs.iter_mut().flatten() {
            run.advance(u64::MAX);
        }
        let [_, Some(original), Some(fork)] = &runs[..] else { panic!("three runs") };
        let begin = original.len().min(90);
        assert_eq!((fork.trace().first(), fork.len(), fork.status()), (begin, original.len(), original.status()), "{id}");
        for k in begin..=fork.len() {
            assert_eq!(fork.iterate(k), original.iterate(k), "{id} step {k}");
        }
    }
}

#[test]
fn a_fork_beyond_the_end_of_its_origin_begins_there() {
    let mut scene = Scene::bare(ProblemSpec::formula("x^2 + y^2"));
    let origin = MethodSpec::new("gd");
    scene.methods = vec![origin.clone()];
    let mut alone = scene.open().unwrap().runs.remove(0).unwrap();
    alone.advance(u64::MAX);
    scene.methods[0].settings.insert("step_size".to_owned(), saddlescope::optim::Setting::Number(1e-3));
    scene.methods[0].fork = Some(Box::new(ForkSpec { origin, stream: 0, step: 399, moved: Default::default() }));
    let fork = scene.open().unwrap().runs.remove(0).unwrap();
    assert!(alone.len() < 399 && fork.trace().first() == alone.len());
    assert_eq!(fork.position(), alone.position());
}

#[test]
fn broken_scenes_get_a_sentence() {
    let json = Scene::default().to_json();
    for end in 0..json.len() {
        if json.is_char_boundary(end) {
            assert!(Scene::from_json(&json[..end]).is_err(), "cut at {end}");
        }
    }
    let cases = [
        (r#"{"version": 99}"#, "version 99"),
        (r#"{"version": "new"}"#, "version"),
        (r#"[1, 2]"#, "object"),
        (r#"{"version": 1, "problem": {"landscape": {"id": "monkey"}}, "colour": 3}"#, "colour"),
        (r#"{"landscape": "monkey", "steps": 0}"#, "steps"),
        (r#"{"landscape": "monkey", "start": [1e300, 0]}"#, "start"),
        (r#"{"landscape": "monkey", "playback": {"speed": -3}}"#, "speed"),
        (r#"{"landscape": "monkey", "view": {"camera": {"center": [0, 0], "extent": 0}}}"#, "extent"),
        (r#"{"formula": "x", "domain": [1, 0, 0, 1]}"#, "domain"),
        (
            r#"{"version": 2, "problem": {"landscape": {"id": "monkey"}}, "methods": [{"id": "gd", "fork": {"origin": {"id": "gd"}, "step": 99999999999}}]}"#,
            "fork",
        ),
        (r#"{"version": 2, "problem": {"formula": {"text": "a*x", "ranges": {"a": [2, 1]}}}}"#, "range of a"),
    ];
    for (text, word) in cases {
        let message = Scene::from_json(text).unwrap_err().to_string();
        assert!(message.contains(word), "{text}: {message}");
        assert!(!message.contains('\n'), "{message}");
    }
    let opening = [
        (r#"{"landscape": "no_such"}"#, "no_such"),
        (r#"{"landscape": "monkey", "method": "no_such"}"#, "no_such"),
        (r#"{"landscape": "monkey", "method": "gd", "set": {"step_size": -1}}"#, "step_size"),
        (r#"{"landscape": "monkey", "method": "gd", "set": {"step_length": 1}}"#, "step_length"),
        (r#"{"landscape": "rosenbrock", "start": [1, 2, 3]}"#, "coordinates"),
        (r#"{"formula": "x +* y"}"#, "expected"),
        (r#"{"version": 2, "problem": {"formula": {"text": "x", "table": "monkey"}}}"#, "monkey has no samples"),
        (r#"{"version": 2, "problem": {"formula": {"text": "x", "table": "half_space"}}}"#, "half_spaces"),
    ];
    for (text, word) in opening {
        let message = Scene::from_json(text).unwrap().open().err().unwrap().to_string();
        assert!(message.contains(word), "{text}: {message}");
    }
}

#[test]
fn broken_links_get_a_sentence() {
    let link = to_link(&Scene::default());
    for end in 0..link.len() {
        assert!(from_link(&link[..end]).is_err(), "cut at {end}");
    }
    assert!(matches!(from_link("https://example.org/"), Err(SceneError::BadLink(_))));
    assert!(matches!(from_link("#s=a!!!"), Err(SceneError::BadLink(_))));
}

proptest! {
    #[test]
    fn arbitrary_text_is_no_scene_and_no_panic(text in ".{0,200}") {
        let _ = Scene::from_json(&text);
        let _ = from_link(&text);
        let _ = from_link(&format!("#s=a{text}"));
    }
}
