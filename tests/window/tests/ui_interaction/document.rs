//! Panels at every size; the stored state, undo, links and files; the start; help.

use crate::{DESK, desk, press, window};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use saddlescope::optim::Setting;
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene, networks, to_link};
use saddlescope::ui::{App, Command, Edit, Launch, panels};
use std::collections::BTreeMap;

#[test]
fn every_panel_draws_at_every_size() {
    for size in [[1280.0, 800.0], [700.0, 500.0], [390.0, 844.0], [320.0, 200.0], [60.0, 40.0], [1.0, 1.0]] {
        let window = window(size, Launch::default());
        assert!(window.state().snapshot().frame > 0, "{size:?}");
    }
    let trained = networks().iter().find(|entry| entry.id == "circles").expect("an entry");
    let trained = Scene { steps: 20, ..trained.scene.clone() };
    let launch = Launch { scene: Some(trained), ..Launch::default() };
    let builder = Harness::builder().with_size(vec2(DESK[0], DESK[1]));
    let mut laboratory = builder.build_eframe(|cc| App::new(cc, launch).expect("the scene opens"));
    laboratory.run_steps(3);
    for (window, network) in [(desk(), false), (laboratory, true)] {
        for panel in panels::panels().iter().filter(|panel| panel.id != "map") {
            let there = window.query_all_by_label(panel.title).count() > 0;
            assert_eq!(there, panels::belongs(panel.id, network), "{}, network: {network}", panel.title);
        }
    }
}

#[test]
fn a_phone_opens_each_panel_as_a_sheet() {
    let mut window = window([390.0, 844.0], Launch::default());
    let [_, _, width, height] = window.state().snapshot().map_rect_px;
    assert!(width * height > 0.5 * 390.0 * 844.0, "the map has {width} x {height} points");
    for panel in panels::panels().iter().filter(|panel| panel.id != "map" && panels::belongs(panel.id, false)) {
        // More tabs than fit are scrolled.
        window.get_all_by_label(panel.title).last().expect("a tab").scroll_to_me();
        window.run();
        window.get_all_by_label(panel.title).last().expect("a tab").click();
        window.run();
        assert!(window.query_by_label("Close the sheet").is_some(), "{}", panel.title);
        window.get_by_label("Close the sheet").click();
        window.run();
        assert!(window.query_by_label("Close the sheet").is_none());
    }
}

#[test]
fn the_state_survives_a_restart() {
    let mut window = desk();
    press(&mut window, Key::N);
    press(&mut window, Key::P);
    let (seed, stored) = (window.state().scene().seed, window.state().stored());
    let mut again = Harness::builder().with_size(vec2(1280.0, 800.0)).build_eframe(|cc| {
        let mut app = App::new(cc, Launch::default()).expect("opens");
        app.restore(&cc.egui_ctx, &stored);
        app
    });
    again.run();
    assert_eq!(again.state().scene().seed, seed);
    let preferences = |stored: &str| stored.split("\"preferences\"").last().map(str::to_owned);
    assert_eq!(preferences(&again.state().stored()), preferences(&stored));
    for broken in ["", "{", "null", "{\"scene\":\"\",\"layout\":\"\",\"preferences\":{}}"] {
        let ctx = again.ctx.clone();
        again.state_mut().restore(&ctx, broken);
        again.run_steps(2);
        assert!(again.query_by_label_contains("What was open last time cannot be opened").is_some());
    }
    assert_eq!(again.state().scene().seed, seed);
}

#[derive(Default)]
struct Shelf(BTreeMap<String, String>);

impl eframe::Storage for Shelf {
    fn get_string(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }

    fn set_string(&mut self, key: &str, value: String) {
        self.0.insert(key.to_owned(), value);
    }

    fn remove_string(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn flush(&mut self) {}
}

#[test]
fn a_state_that_cannot_be_opened_is_kept_when_the_next_one_is_saved() {
    let mut window = desk();
    let (ctx, mut shelf) = (window.ctx.clone(), Shelf::default());
    // A scene is a text in the stored text.
    let newer = window.state().stored().replace(r#"\"version\": 3"#, r#"\"version\": 99"#);
    assert_ne!(newer, window.state().stored());
    for (broken, key) in [("{ cut", "saddlescope.unreadable"), (newer.as_str(), "saddlescope.unreadable.2")] {
        window.state_mut().restore(&ctx, broken);
        window.run_steps(2);
        assert!(window.query_by_label_contains("It is kept beside").is_some());
        for _ in 0..2 {
            eframe::App::save(window.state_mut(), &mut shelf);
            assert_eq!(shelf.0.get(key).map(String::as_str), Some(broken));
        }
    }
    assert_eq!(shelf.0.len(), 3);
    assert_eq!(shelf.0["saddlescope.unreadable"], "{ cut");
    // What is stored now is what is open now.
    window.state_mut().restore(&ctx, &shelf.0["saddlescope"]);
    eframe::App::save(window.state_mut(), &mut shelf);
    assert_eq!(shelf.0.len(), 3);
}

#[test]
fn what_can_be_edited_can_be_restored() {
    let mut window = desk();
    let ctx = window.ctx.clone();
    let mut edits = vec![Command::Edit(Edit::Start(Some(vec![1e12, 0.0])))];
    edits.extend((0..20).map(|i| Command::Edit(Edit::Fork(if i == 0 { 0 } else { 5 + i }, 1, BTreeMap::new(), None))));
    edits.extend((0..70).map(|_| Command::Edit(Edit::AddMethod(MethodSpec { enabled: false, ..MethodSpec::new("gd") }))));
    edits.extend([0.5, 2.0].into_iter().flat_map(|factor| vec![Command::Zoom(factor); 120]));
    edits.extend([Command::Speed(1e30), Command::Edit(Edit::Steps(0))]);
    for edit in edits {
        window.state_mut().apply(&ctx, edit);
        let scene = window.state().scene();
        assert_eq!(Scene::from_json(&scene.to_json()).as_ref(), Ok(scene));
    }
    window.run_steps(2);
    assert!(window.query_by_label_contains("The scene's number of steps is 0; it must be from 1 to 10,000,000.").is_some());
    let (scene, stored) = (window.state().scene().clone(), window.state().stored());
    assert_eq!((scene.methods.len(), scene.start.as_ref()), (64, Scene::default().start.as_ref()));
    let mut again = desk();
    let ctx = again.ctx.clone();
    again.state_mut().restore(&ctx, &stored);
    assert_eq!(again.state().scene(), &scene);
}

#[test]
fn links_and_files_open_and_broken_ones_get_a_sentence() {
    let scene = Scene { seed: 77, ..Scene::default() };
    let link = format!("https://example.org/#{}", to_link(&scene));
    let opened = window(DESK, Launch::from_link(&link));
    assert_eq!(opened.state().scene(), &scene);
    let mut window = window(DESK, Launch::from_link(&link[..link.len() - 9]));
    assert_eq!(window.state().scene(), &Scene::default());
    assert!(window.query_by_label_contains("This link holds no scene").is_some());
    let before = window.state().scene().clone();
    for broken in ["{", "{\"version\": 99}", "nonsense", &scene.to_json()[..200]] {
        let ctx = window.ctx.clone();
        window.state_mut().apply(&ctx, Command::Load(broken.to_owned()));
        window.run_steps(2);
        assert_eq!(window.state().scene(), &before);
    }
    window.event(Event::Paste(scene.to_json()));
    window.run_steps(3);
    assert_eq!(window.state().scene(), &scene);
}

#[test]
fn the_start_can_be_anywhere() {
    let mut window = desk();
    for start in [vec![1e300, -1e300], vec![40.0, 0.0], vec![0.0, 0.0]] {
        let ctx = window.ctx.clone();
        window.state_mut().apply(&ctx, Command::Edit(Edit::Start(Some(start))));
        window.run_steps(40);
    }
    assert_eq!(window.state().snapshot().start, [0.0, 0.0]);
}

#[test]
fn the_help_sheet_lists_every_key() {
    let mut window = desk();
    press(&mut window, Key::F1);
    window.run();
    assert!(window.query_by_label("play or pause").is_some());
    press(&mut window, Key::F1);
    window.run();
    assert!(window.query_by_label("play or pause").is_none());
}

#[test]
fn a_matrix_that_is_no_metric_stays_in_its_field_with_a_sentence() {
    let mut region = MethodSpec::new("tr");
    region.settings.insert("metric".to_owned(), Setting::Name("matrix".to_owned()));
    let scene = Scene { methods: vec![region], start: None, ..Scene::bare(ProblemSpec::landscape("rosenbrock")) };
    let mut window = window(DESK, Launch { scene: Some(scene), ..Launch::default() });
    window.get_by_label_contains("Show the parameters of").click();
    window.run();
    let write = |window: &mut Harness<'_, App>, text: &str| {
        window.get_by_role_and_label(Role::TextInput, "A").focus();
        window.run_steps(2);
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.step();
        window.event(Event::Text(text.to_owned()));
        window.run_steps(3);
    };
    let set = |window: &Harness<'_, App>| window.state().session().lanes()[0].spec().settings.get("matrix").cloned();
    write(&mut window, "1,2;2,1");
    assert_eq!(set(&window), None);
    window.get_by_label_contains("symmetric positive definite");
    write(&mut window, "4,1;1,2");
    assert_eq!(set(&window), Some(Setting::Name("4,1;1,2".to_owned())));
    assert!(window.query_by_label_contains("symmetric positive definite").is_none());
    assert!(window.state().session().lanes()[0].fault().is_none());
}
