//! What a hand does in the window and what comes of it; an idle window; bad input.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use saddlescope::optim::{Noise, Setting};
use saddlescope::problem::Objective;
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene, networks, to_link};
use saddlescope::ui::{App, Command, Edit, Launch, panels};
use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

const DESK: [f32; 2] = [1280.0, 800.0];

fn window(size: [f32; 2], launch: Launch) -> Harness<'static, App> {
    let builder = Harness::builder().with_size(vec2(size[0], size[1])).with_max_steps(600);
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the first screen opens"));
    window.run();
    window
}

fn desk() -> Harness<'static, App> {
    window(DESK, Launch::default())
}

fn press(window: &mut Harness<'_, App>, key: Key) {
    window.key_press(key);
    window.run_steps(2);
}

fn field(window: &Harness<'_, App>) -> Pos2 {
    let [left, top, width, height] = window.state().snapshot().formula_field_px;
    Pos2::new(left + 0.5 * width, top + 0.5 * height)
}

fn click(window: &mut Harness<'_, App>, at: Pos2) {
    for pressed in [true, false] {
        window.event(Event::PointerMoved(at));
        window.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
        window.step();
    }
}

fn retype(window: &mut Harness<'_, App>, text: &str) {
    let at = field(window);
    click(window, at);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.step();
    for c in text.chars() {
        window.event(Event::Text(c.to_string()));
        window.step();
    }
    window.run_steps(3);
}

#[test]
fn the_first_screen_shows_who_hangs_and_who_left() {
    let window = desk();
    let snapshot = window.state().snapshot();
    assert_eq!(snapshot.landscape.as_deref(), Some("saddle_bounded"));
    assert!(!snapshot.playing && !snapshot.computing && snapshot.step > 0 && snapshot.step < snapshot.steps);
    assert_eq!(snapshot.runs.len(), Scene::default().methods.len());
    assert!(window.query_by_label_contains("still near a saddle").is_some());
    let [_, _, width, height] = snapshot.map_rect_px;
    assert!(width >= 0.6 * DESK[0] && width * height > 0.5 * DESK[0] * DESK[1], "the map has {width} x {height} points");
}

#[test]
fn an_idle_window_repaints_nothing() {
    let mut window = desk();
    let frame = window.state().snapshot().frame;
    window.run();
    assert!(window.state().snapshot().frame <= frame + 1);
    let delay = window.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert_eq!(delay, Some(std::time::Duration::MAX));
}

#[test]
fn the_keyboard_plays_steps_and_undoes() {
    let mut window = desk();
    press(&mut window, Key::Home);
    assert_eq!(window.state().snapshot().step, 0);
    press(&mut window, Key::ArrowRight);
    assert_eq!(window.state().snapshot().step, 1);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    window.run_steps(2);
    assert_eq!(window.state().snapshot().step, 11);
    press(&mut window, Key::Space);
    assert!(window.state().snapshot().playing);
    window.run_steps(30);
    assert!(window.state().snapshot().step > 11);
    press(&mut window, Key::Space);
    assert!(!window.state().snapshot().playing);
    press(&mut window, Key::End);
    let snapshot = window.state().snapshot();
    assert_eq!(snapshot.step, snapshot.steps);
    let seed = window.state().scene().seed;
    press(&mut window, Key::N);
    assert_eq!(window.state().scene().seed, seed + 1);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(window.state().scene().seed, seed);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.run_steps(2);
    assert_eq!(window.state().scene().seed, seed + 1);
    press(&mut window, Key::Num1);
    assert!(!window.state().scene().methods[0].enabled);
}

#[test]
fn playing_stops_at_the_end_unless_it_repeats() {
    let mut window = desk();
    press(&mut window, Key::End);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    press(&mut window, Key::Space);
    window.run_steps(120);
    let snapshot = window.state().snapshot();
    assert!(!snapshot.playing && snapshot.step == snapshot.steps);
    window.run();
    press(&mut window, Key::L);
    press(&mut window, Key::Space);
    window.run_steps(20);
    assert!(window.state().snapshot().playing);
}

#[test]
fn a_formula_compiles_while_it_is_typed_and_a_bad_one_says_where() {
    let mut window = desk();
    retype(&mut window, "x^4 - 2x^2 + y^2");
    let snapshot = window.state().snapshot().clone();
    assert_eq!((snapshot.formula.as_str(), snapshot.landscape.as_deref(), &snapshot.error), ("x^4 - 2x^2 + y^2", None, &None));
    let steps = snapshot.step;
    retype(&mut window, "x^2 + * y");
    let snapshot = window.state().snapshot().clone();
    assert!(snapshot.error.as_deref().is_some_and(|e| e.starts_with("Position 7:")), "{:?}", snapshot.error);
    assert_ne!(snapshot.formula, "x^2 + * y");
    assert!(window.query_by_label_contains("Position").is_some());
    // Letters in the field are text, not shortcuts.
    retype(&mut window, "x^2 + y^2 + sin(x)");
    let snapshot = window.state().snapshot().clone();
    assert_eq!((snapshot.formula.as_str(), &snapshot.error), ("x^2 + y^2 + sin(x)", &None));
    assert!(!snapshot.playing && snapshot.step == steps.min(snapshot.steps));
    press(&mut window, Key::Escape);
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(window.state().snapshot().landscape.as_deref(), Some("saddle_bounded"));
}

#[test]
fn an_unknown_name_becomes_a_parameter_with_a_slider() {
    let mut window = desk();
    window.get_all_by_label("Landscape").last().expect("a tab").click();
    window.run();
    retype(&mut window, "x^2 + a*y^2 + b");
    assert!(window.state().snapshot().error.as_deref().is_some_and(|e| e.contains("unknown name 'a'")));
    window.get_by_label("Make a and b parameters").click();
    window.run();
    assert_eq!(window.state().snapshot().error, None);
    let formula = |window: &Harness<'_, App>| match &window.state().scene().problem {
        ProblemSpec::Formula { parameters, ranges, dim, domain, .. } => (parameters.clone(), ranges.clone(), *dim, *domain),
        _ => panic!("a typed formula"),
    };
    assert_eq!((formula(&window).0["a"], formula(&window).0["b"]), (1.0, 1.0));
    assert_eq!(formula(&window).1["a"], [0.0, 2.0]);
    let slider = window.get_all_by_role(Role::Slider).find(|node| node.accesskit_node().label().is_some_and(|l| l == "a"));
    slider.expect("a slider").focus();
    window.run_steps(2);
    press(&mut window, Key::ArrowRight);
    assert!(formula(&window).0["a"] > 1.0);
    assert!(window.query_by_label("Remove b").is_none());
    retype(&mut window, "x^2 + a*y^2");
    window.get_by_label("Remove b").click();
    window.run();
    assert!(!formula(&window).0.contains_key("b") && !formula(&window).1.contains_key("b"));
    // Another dimension is offered, too, and Enter takes the offer.
    retype(&mut window, "a*x^2 + y^2 - x3^2");
    assert!(window.query_by_label("Take n = 3").is_some());
    press(&mut window, Key::Enter);
    window.run();
    assert_eq!((formula(&window).2, window.state().snapshot().start.len()), (3, 3));
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, Command::Zoom(4.0));
    window.run();
    window.get_by_label("Use the current view").click();
    window.run();
    let [x0, x1, _, _] = formula(&window).3;
    assert!((x1 - x0) < 6.0 && window.state().scene().view.camera.is_none(), "{x0} {x1}");
    for _ in 0..9 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(2);
    }
    assert_eq!(window.state().snapshot().landscape.as_deref(), Some("saddle_bounded"));
}

#[test]
fn the_gradient_noise_changes_the_random_methods_only_and_can_be_undone() {
    let mut window = desk();
    window.get_all_by_label("Landscape").last().expect("a tab").click();
    window.run();
    let generations = |w: &Harness<'_, App>| w.state().session().lanes().iter().map(|l| l.generation()).collect::<Vec<_>>();
    let before = generations(&window);
    window.get_by_label("Gradient noise; now isotropic").click();
    window.run();
    window.get_by_label("none").click();
    window.run();
    assert_eq!(window.state().scene().noise, Some(Noise::NONE));
    let after = generations(&window);
    assert!(after[1] != before[1] && after[0] == before[0], "{before:?} {after:?}");
    let lanes = window.state().session().lanes();
    assert_eq!(lanes[1].run().expect("SGD runs").setup().noise, Noise::NONE);
    window.get_by_label("The landscape's noise").click();
    window.run();
    assert_eq!(window.state().scene().noise, None);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run();
    assert_eq!(window.state().scene().noise, Some(Noise::NONE));
    let samples = Scene { problem: ProblemSpec::landscape("half_spaces"), start: None, ..Scene::default() };
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, Command::Edit(Edit::Scene(Box::new(samples))));
    window.run();
    assert!(window.query_by_label_contains("Gradient noise").is_none());
}

#[test]
fn a_finite_sum_keeps_its_samples_when_its_formula_is_edited() {
    let scene = Scene { problem: ProblemSpec::landscape("half_spaces"), start: None, ..Scene::default() };
    let mut window = window(DESK, Launch { scene: Some(scene), ..Launch::default() });
    let text = window.state().snapshot().formula.clone() + " + 0.1*x1^2";
    retype(&mut window, &text);
    let snapshot = window.state().snapshot();
    assert_eq!((snapshot.formula.as_str(), &snapshot.error, snapshot.landscape.as_deref()), (text.as_str(), &None, None));
    assert!(window.state().session().problem().finite_sum().is_some());
    assert!(window.state().session().lanes().iter().all(|lane| lane.fault().is_none()));
}

#[test]
fn a_click_that_ends_typing_or_closes_a_menu_leaves_the_start() {
    let mut window = desk();
    let start = window.state().snapshot().start.clone();
    let [left, top, width, height] = window.state().snapshot().map_rect_px;
    let at = Pos2::new(left + 0.3 * width, top + 0.2 * height);
    retype(&mut window, "x^2 + y^2");
    click(&mut window, at);
    window.run();
    assert_eq!(window.state().snapshot().start, start);
    window.get_by_label("Menu").click();
    window.run();
    click(&mut window, at);
    window.run();
    assert!(window.query_by_label("Save the scene").is_none());
    assert_eq!(window.state().snapshot().start, start);
    click(&mut window, at);
    window.run();
    assert_ne!(window.state().snapshot().start, start);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(window.state().snapshot().start, start);
}

#[test]
fn a_slider_changes_only_the_run_that_it_belongs_to() {
    let mut window = desk();
    let generations =
        |window: &Harness<'_, App>| window.state().session().lanes().iter().map(|l| l.generation()).collect::<Vec<_>>();
    let before = generations(&window);
    window.get_by_label_contains("Show the parameters of GD").click();
    window.run();
    let slider = window.get_all_by_role(Role::Slider).find(|node| node.accesskit_node().label().is_some_and(|l| l.contains('η')));
    let slider = slider.expect("gradient descent has a step size");
    slider.focus();
    window.run_steps(2);
    press(&mut window, Key::ArrowRight);
    window.run();
    let after = generations(&window);
    assert_ne!(after[0], before[0]);
    assert_eq!(after[1..], before[1..]);
    assert!(window.state().scene().methods[0].settings.contains_key("step_size"));
}

#[test]
fn a_fork_goes_on_from_the_step_that_is_shown() {
    let mut window = desk();
    let count = window.state().scene().methods.len();
    let step = window.state().snapshot().step;
    window.get_by_label("Fork here").click();
    window.run();
    let scene = window.state().scene().clone();
    assert_eq!(scene.methods.len(), count + 1);
    let lanes = window.state().session().lanes();
    let (origin, fork) = (lanes[3].run().expect("RMSProp runs"), lanes[count].run().expect("the fork runs"));
    assert_eq!(lanes[count].name(), format!("RMSProp 2 from {step}"));
    assert_eq!((fork.trace().first(), fork.len(), fork.position()), (step, origin.len(), origin.position()));
    assert_eq!(lanes[count].row(step - 1), None);
    assert_eq!(lanes[count].row(step), Some(0));
    // Before it begins there is nothing to see of it, and its card says so.
    press(&mut window, Key::Home);
    window.run();
    assert!(window.query_all_by_label_contains("begins at step").count() > 0);
    let ctx = window.ctx.clone();
    let setting = Edit::Setting(count, "step_size".to_owned(), Some(Setting::Number(0.3)));
    window.state_mut().apply(&ctx, Command::Edit(setting));
    press(&mut window, Key::End);
    window.run();
    let lanes = window.state().session().lanes();
    let (origin, fork) = (lanes[3].run().expect("RMSProp runs"), lanes[count].run().expect("the fork runs"));
    assert!(fork.trace().first() == step && fork.iterate(step) == origin.iterate(step));
    assert_ne!(fork.iterate(step + 1), origin.iterate(step + 1));
    for _ in 0..2 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(2);
    }
    assert_eq!(window.state().scene().methods.len(), count);
}

#[test]
fn a_method_at_a_maximum_is_not_said_to_be_near_a_saddle() {
    let mut scene = Scene::bare(ProblemSpec::formula("cos(x)*cos(y)"));
    scene.methods = vec![MethodSpec::new("gd")];
    scene.methods[0].settings.insert("step_size".to_owned(), Setting::Number(1e-3));
    scene.playback.step = 400;
    for (start, words) in [(vec![1e-9, 0.0], "near a maximum"), (vec![FRAC_PI_2; 2], "near a saddle")] {
        let scene = Scene { start: Some(start), ..scene.clone() };
        let window = window(DESK, Launch { scene: Some(scene), ..Launch::default() });
        assert!(window.query_all_by_label_contains(words).count() > 0, "{words}");
    }
}

#[test]
fn a_method_can_run_twice_and_be_removed() {
    let mut window = desk();
    let count = window.state().scene().methods.len();
    window.get_by_label_contains("Show the parameters of GD").click();
    window.run();
    window.get_by_label("Once more").click();
    window.run();
    assert_eq!(window.state().scene().methods.len(), count + 1);
    assert!(window.query_by_label("GD 2").is_some() || window.query_all_by_label_contains("GD").count() > 1);
    window.get_by_label("Remove").click();
    window.run();
    assert_eq!(window.state().scene().methods.len(), count);
}

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
