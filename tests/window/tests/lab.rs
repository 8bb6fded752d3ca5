//! The network panel: what it shows of points, images and reconstructions, weights set by hand, files that are dropped.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use eframe::egui::accesskit::Role;
use eframe::egui::{CursorIcon, DroppedFile, Event, Key, Modifiers, PointerButton, Pos2, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, HarnessBuilder, SnapshotResults};
use saddlescope::problem::data::DataSource;
use saddlescope::scene::{ProblemSpec, Scene, networks};
use saddlescope::ui::{App, Command, Launch, SaveAs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const DESK: [f32; 2] = [1280.0, 800.0];
/// Room for everything in each panel.
const TALL: [f32; 2] = [1600.0, 1200.0];
const PHONE: [f32; 2] = [390.0, 844.0];

/// An entry of the registry with its first method only where few steps do.
fn scene(id: &str, steps: u64) -> Scene {
    let entry = networks().iter().find(|entry| entry.id == id).expect("an entry");
    let mut scene = entry.scene.clone();
    scene.steps = steps;
    scene.playback.step = steps;
    if let ProblemSpec::Network(spec) = &mut scene.problem {
        spec.data.samples = spec.data.samples.map(|count| count.min(500));
    }
    scene.methods.retain(|method| ["adam", "gd", "sgd"].contains(&method.id.as_str()));
    scene
}

fn window(scene: Option<Scene>, size: [f32; 2], theme: Theme) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(size[0], size[1])).with_theme(theme).with_max_steps(4000).wgpu();
    let launch = Launch { scene, ..Launch::default() };
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the scene opens"));
    window.set_render_cursor(false);
    settle(&mut window);
    window
}

/// Waits for the runs, and for the panel: the map behind it may take longer.
fn settle(window: &mut Harness<'_, App>) {
    let end = Instant::now() + Duration::from_secs(1200);
    window.run_steps(2);
    while window.state().session().is_working() && Instant::now() < end {
        window.step();
        std::thread::sleep(Duration::from_millis(4));
    }
    for _ in 0..24 {
        window.step();
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Chooses Adam and shows the panel.
fn open(window: &mut Harness<'_, App>) {
    let adam = window.state().scene().methods.iter().position(|m| m.id == "adam").expect("Adam");
    apply(window, Command::Select(adam));
    apply(window, Command::ShowPanel("lab"));
}

fn apply(window: &mut Harness<'_, App>, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, command);
    settle(window);
}

fn diagram(window: &Harness<'_, App>) -> eframe::egui::Rect {
    window.get_by_label_contains("Diagram of the network").rect()
}

fn hover(window: &mut Harness<'_, App>, at: Pos2) {
    window.event(Event::PointerMoved(at));
    for _ in 0..60 {
        window.step();
    }
}

/// Points over the diagram until the tag of something has this text; returns where.
fn find(window: &mut Harness<'_, App>, text: &str) -> Pos2 {
    let rect = diagram(window);
    for k in 0..900 {
        let (i, j) = (k % 30, k / 30);
        let at = rect.min + vec2((i as f32 + 0.5) / 30.0 * rect.width(), (j as f32 + 0.5) / 30.0 * rect.height());
        window.event(Event::PointerMoved(at));
        window.step();
        if window.output().platform_output.cursor_icon == CursorIcon::PointingHand {
            hover(window, at);
            if window.query_all_by_label_contains(text).count() > 0 {
                return at;
            }
        }
    }
    panic!("nothing says {text}");
}

fn click(window: &mut Harness<'_, App>, at: Pos2) {
    for pressed in [true, false] {
        window.event(Event::PointerMoved(at));
        window.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
        window.step();
    }
    window.run_steps(2);
}

#[test]
fn networks_are_seen() {
    let mut results = SnapshotResults::new();
    for (id, size, theme, name) in [
        ("spirals", DESK, Theme::Light, "lab_spirals_light"),
        ("spirals", TALL, Theme::Dark, "lab_spirals_dark"),
        ("mnist", DESK, Theme::Light, "lab_mnist_light"),
        ("mnist", TALL, Theme::Light, "lab_mnist_tall"),
        ("autoencoder", DESK, Theme::Dark, "lab_autoencoder_dark"),
        ("teacher", DESK, Theme::Light, "lab_teacher_light"),
        ("sine", DESK, Theme::Light, "lab_sine_light"),
    ] {
        let steps = match id {
            "spirals" => 1500,
            // Before, its reconstructions are the mean digit.
            "autoencoder" => 400,
            _ => 150,
        };
        let mut window = window(Some(scene(id, steps)), size, theme);
        open(&mut window);
        // What grows finer for a long time would make another picture each time.
        for panel in ["map", "spectrum", "noise"] {
            apply(&mut window, Command::TogglePanel(panel));
        }
        if id == "autoencoder" {
            // One method alone is not the best of several.
            assert!(window.query_by_label_contains("steps the loss of Adam is").is_some());
        }
        window.snapshot(name);
        results.extend_harness(&mut window);
    }
}

#[test]
fn a_phone_shows_it_and_nothing_is_too_small() {
    let mut phone = window(Some(scene("spirals", 300)), [390.0, 844.0], Theme::Light);
    open(&mut phone);
    // Above the sheet a strip of the map is left, which grows finer for a while: no picture to compare.
    phone.render().expect("a picture");
    assert!(diagram(&phone).width() > 300.0);
    for id in ["spirals", "mnist", "autoencoder", "teacher", "sine"] {
        for size in [[390.0, 844.0], [700.0, 500.0], [320.0, 200.0], [60.0, 40.0], [1.0, 1.0]] {
            let mut window = window(Some(scene(id, 3)), size, Theme::Light);
            open(&mut window);
            window.run_steps(3);
        }
    }
}

#[test]
fn without_a_network_there_is_a_sentence() {
    // At a desk there is no such tab then; a phone has room for every sheet.
    let mut desk = window(None, DESK, Theme::Light);
    apply(&mut desk, Command::ShowPanel("lab"));
    assert!(desk.query_by_label("Network").is_none());
    let mut window = window(None, PHONE, Theme::Light);
    apply(&mut window, Command::ShowPanel("lab"));
    assert!(window.query_by_label_contains("choose one in the list of landscapes").is_some());
}

#[test]
fn a_weight_set_later_makes_a_fork_and_at_the_start_another_start() {
    let mut window = window(Some(scene("spirals", 200)), DESK, Theme::Light);
    open(&mut window);
    apply(&mut window, Command::GoTo(100));
    let count = window.state().scene().methods.len();
    let at = find(&mut window, "w = ");
    click(&mut window, at);
    assert!(window.query_by_label_contains("A fork goes on from step 100").is_some());
    type_weight(&mut window, "2.5");
    settle(&mut window);
    let scene = window.state().scene().clone();
    assert_eq!(scene.methods.len(), count + 1);
    let fork = scene.methods[count].fork.clone().expect("a fork");
    assert_eq!((fork.step, fork.moved.len()), (100, 1));
    let (coordinate, value) = fork.moved.iter().next().expect("a coordinate");
    assert_eq!(*value, 2.5);
    let lanes = window.state().session().lanes();
    let adam = scene.methods.iter().position(|m| m.id == "adam").expect("Adam");
    let (origin, run) = (lanes[adam].run().expect("a run"), lanes[count].run().expect("the fork runs"));
    let (before, after) = (origin.iterate(100), run.iterate(100));
    for (k, (a, b)) in before.iter().zip(after.iter()).enumerate() {
        assert_eq!(a == b, k != *coordinate, "coordinate {k}");
    }
    assert_ne!(origin.iterate(150), run.iterate(150));
    // At the start it is another start, of every method.
    apply(&mut window, Command::Select(adam));
    apply(&mut window, Command::GoTo(0));
    let at = find(&mut window, "w = ");
    click(&mut window, at);
    assert!(window.query_by_label_contains("Changes the start").is_some());
    type_weight(&mut window, "-1.25");
    settle(&mut window);
    let start = window.state().scene().start.clone().expect("a start");
    assert_eq!(start.iter().filter(|w| **w == -1.25).count(), 1);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut window);
    assert_eq!(window.state().scene().start, None);
}

fn type_weight(window: &mut Harness<'_, App>, text: &str) {
    let field = window.get_all_by_role(Role::SpinButton).find(|n| n.accesskit_node().label().is_some_and(|l| l == "Weight"));
    let at = field.expect("a field").rect().center();
    click(window, at);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.step();
    set_focused(window, text);
}

/// Types into the field that has the keyboard.
fn set_focused(window: &mut Harness<'_, App>, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    settle(window);
}

/// Gives the diagram the keyboard.
fn focus(window: &mut Harness<'_, App>) {
    window.get_by_label_contains("Diagram of the network").focus();
    window.run_steps(3);
}

/// The sentence of the weight that the keys have chosen.
fn said(window: &Harness<'_, App>) -> String {
    let node = window.get_by_label_contains("Diagram of the network");
    node.accesskit_node().label().unwrap_or_default()
}

#[test]
fn every_weight_is_reached_by_keyboard() {
    let mut window = window(Some(scene("spirals", 60)), DESK, Theme::Light);
    open(&mut window);
    apply(&mut window, Command::GoTo(0));
    let before = window.state().snapshot().step;
    focus(&mut window);
    for key in [Key::ArrowUp; 20].into_iter().chain([Key::ArrowLeft; 8]) {
        window.key_press(key);
        window.run_steps(1);
    }
    window.run_steps(2);
    assert!(said(&window).ends_with("from input 1 to unit 1 of layer 1"), "{}", said(&window));
    for (key, end) in [
        (Key::ArrowRight, "from input 2 to unit 1 of layer 1"),
        (Key::ArrowDown, "from input 2 to unit 2 of layer 1"),
        (Key::ArrowLeft, "from input 1 to unit 2 of layer 1"),
        (Key::ArrowLeft, "from input 2 to unit 1 of layer 1"),
    ] {
        window.key_press(key);
        window.run_steps(3);
        assert!(said(&window).ends_with(end), "{}", said(&window));
    }
    assert_eq!(window.state().snapshot().step, before, "the arrows do not move the playback here");
    window.key_press(Key::Enter);
    window.run_steps(4);
    assert!(window.query_by_label_contains("Changes the start").is_some());
    set_focused(&mut window, "0.75");
    // The second weight of the first unit.
    let start = window.state().scene().start.clone().expect("a start");
    assert_eq!(start[1], 0.75);
    // Its bias, behind the sixteen weights of the layer, is the next field.
    window.key_press(Key::Escape);
    window.run_steps(2);
    focus(&mut window);
    window.key_press(Key::Enter);
    window.run_steps(4);
    window.key_press(Key::Tab);
    window.run_steps(3);
    set_focused(&mut window, "-0.5");
    let start = window.state().scene().start.clone().expect("a start");
    assert_eq!([start[1], start[16]], [0.75, -0.5]);
    // Whatever the pointer rests on, the keys set what they have chosen.
    window.key_press(Key::Escape);
    window.run_steps(2);
    find(&mut window, "Unit 5 of layer 2");
    focus(&mut window);
    window.key_press(Key::ArrowRight);
    window.run_steps(3);
    assert!(said(&window).ends_with("from input 1 to unit 2 of layer 1"), "{}", said(&window));
    window.key_press(Key::Enter);
    window.run_steps(4);
    set_focused(&mut window, "0.125");
    assert_eq!(window.state().scene().start.clone().expect("a start")[2], 0.125);
}

#[test]
fn pixel_weights_and_biases_of_networks_on_images_are_set_by_keyboard() {
    // 100-32-8-32-100: what comes from the pixels, and what goes to them.
    let mut window = window(Some(scene("autoencoder", 5)), TALL, Theme::Light);
    open(&mut window);
    apply(&mut window, Command::GoTo(0));
    let press = |window: &mut Harness<'_, App>, key: Key, times: usize| {
        for _ in 0..times {
            window.key_press(key);
            window.run_steps(1);
        }
        window.run_steps(2);
    };
    let set = |window: &mut Harness<'_, App>, weight: &str, bias: &str| {
        focus(window);
        press(window, Key::Enter, 1);
        window.run_steps(3);
        set_focused(window, weight);
        press(window, Key::Escape, 1);
        focus(window);
        press(window, Key::Enter, 1);
        window.run_steps(3);
        press(window, Key::Tab, 1);
        set_focused(window, bias);
        press(window, Key::Escape, 1);
        window.state().scene().start.clone().expect("a start")
    };
    focus(&mut window);
    press(&mut window, Key::PageUp, 200);
    press(&mut window, Key::ArrowUp, 10);
    press(&mut window, Key::ArrowLeft, 10);
    assert!(said(&window).ends_with("from pixel (1, 1) to unit 1 of layer 1"), "{}", said(&window));
    for (key, times, end) in [
        (Key::ArrowDown, 4, "from pixel (1, 5) to unit 1 of layer 1"),
        (Key::ArrowRight, 6, "from pixel (7, 5) to unit 1 of layer 1"),
        (Key::PageDown, 2, "from pixel (7, 5) to unit 3 of layer 1"),
    ] {
        press(&mut window, key, times);
        assert!(said(&window).ends_with(end), "{}", said(&window));
    }
    let start = set(&mut window, "0.75", "-0.5");
    assert_eq!([start[2 * 100 + 46], start[100 * 32 + 2]], [0.75, -0.5]);
    focus(&mut window);
    press(&mut window, Key::PageDown, 200);
    press(&mut window, Key::ArrowUp, 10);
    press(&mut window, Key::ArrowDown, 3);
    assert!(said(&window).contains("from unit 32 of layer 3 to pixel ("), "{}", said(&window));
    let last = 100 * 32 + 32 + 32 * 8 + 8 + 8 * 32 + 32;
    let start = set(&mut window, "0.25", "1.5");
    let changed = (last..last + 3200).filter(|k| start[*k].to_bits() == 0.25_f64.to_bits());
    let pixels: Vec<usize> = changed.map(|k| (k - last) / 32).collect();
    assert!(pixels.len() == 1 && pixels[0] / 10 == 3 && start[last + 3200 + pixels[0]] == 1.5, "{pixels:?}");
    // By mouse a pixel of the output has its bias.
    find(&mut window, "of the output: b = ");
}

#[test]
fn the_picture_and_the_images_tell_their_numbers() {
    let mut points = window(Some(scene("spirals", 60)), TALL, Theme::Light);
    open(&mut points);
    let at = points.get_by_label("Output over the input plane").rect().center();
    hover(&mut points, at);
    assert!(points.query_all_by_label_contains("probability").count() > 0);
    let mut images = window(Some(scene("mnist", 40)), TALL, Theme::Light);
    open(&mut images);
    assert!(images.query_all_by_label_contains("Sample ").count() >= 4);
    find(&mut images, "pixel (");
}

/// A class for each side of 0, with a few on the wrong side.
fn one_input() -> String {
    let row = |i: i32| format!("{},{}\n", f64::from(i - 30) / 10.0, if (i > 30) != (i % 13 == 0) { "yes" } else { "no" });
    format!("x,kind\n{}", (0..61).map(row).collect::<String>())
}

#[test]
fn a_network_of_one_input_is_a_curve() {
    let mut window = window(Some(scene("sine", 200)), TALL, Theme::Light);
    open(&mut window);
    let rect = window.get_by_label("Output over the input, 50 training and 50 test samples").rect();
    hover(&mut window, rect.center());
    assert!(window.query_all_by_label_contains("output ").count() > 0);
    let mut window = self::window(None, TALL, Theme::Light);
    drop_files(&mut window, &[("side.csv", one_input().as_bytes())]);
    settle(&mut window);
    let ProblemSpec::Network(spec) = &window.state().scene().problem else { panic!("no network") };
    assert_eq!((spec.layers[0], spec.layers[spec.layers.len() - 1]), (1, 1));
    open(&mut window);
    // A fifth of a file is for testing.
    let rect = window.get_by_label("Probability of class 1 over the input, 49 training and 12 test samples").rect();
    hover(&mut window, rect.center());
    assert!(window.query_all_by_label_contains("with probability").count() > 0);
}

#[derive(Debug)]
struct Dropped(PathBuf, Vec<u8>);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Ok(self.1.clone())
    }
}

fn drop_files(window: &mut Harness<'_, App>, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        let file = Dropped(Path::new("/somewhere").join(name), bytes.to_vec());
        window.input_mut().dropped_files.push(Arc::new(file));
    }
    window.step();
    window.input_mut().dropped_files.clear();
    // A notice goes after some seconds.
    window.run_steps(3);
}

#[test]
fn dropped_tables_and_images_become_networks_and_wrong_files_a_sentence() {
    let mut window = window(None, DESK, Theme::Light);
    let before = window.state().scene().clone();
    for (name, bytes, said) in [
        ("bad.csv", &b"a,b\n1,2\nx,3\n"[..], "line 3"),
        ("picture.png", b"\x89PNG\r\n\x1a\n", "neither a scene"),
        ("short-idx3-ubyte", &[0, 0, 8, 3, 0, 0][..], "no IDX file"),
    ] {
        drop_files(&mut window, &[(name, bytes)]);
        assert_eq!(window.state().scene(), &before, "{name}");
        assert!(window.query_all_by_label_contains(said).count() > 0, "{name}");
    }
    let rows: String = (0..40).map(|i| format!("{},{},{}\n", i % 7, i % 5, if i % 2 == 0 { "even" } else { "odd" })).collect();
    drop_files(&mut window, &[("mine.csv", format!("a,b,kind\n{rows}").as_bytes())]);
    settle(&mut window);
    let network = |window: &Harness<'_, App>| match &window.state().scene().problem {
        ProblemSpec::Network(spec) => (**spec).clone(),
        other => panic!("{other:?} is no network"),
    };
    assert_eq!(network(&window).layers, [2, 8, 1]);
    assert!(window.state().session().fault().is_none());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/data");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("a file of the repository");
    let (images, labels) = (read("mnist10-test-images.idx3-ubyte"), read("mnist10-test-labels.idx1-ubyte"));
    drop_files(&mut window, &[("mnist10-test-labels.idx1-ubyte", &labels)]);
    assert_eq!(network(&window).layers, [2, 8, 1]);
    drop_files(&mut window, &[("mnist10-test-images.idx3-ubyte", &images)]);
    settle(&mut window);
    let spec = network(&window);
    assert_eq!(spec.layers, [100, 8, 10]);
    assert!(matches!(spec.data.source, DataSource::Images { labels: Some(_), .. }));
    assert!(window.state().session().fault().is_none());
    for _ in 0..2 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        window.run_steps(3);
    }
    assert_eq!(window.state().scene().problem, before.problem);
}

#[test]
fn weights_are_saved_and_dropped_as_the_start() {
    let mut window = window(Some(scene("spirals", 20)), DESK, Theme::Light);
    settle(&mut window);
    apply(&mut window, Command::GoTo(10));
    let file = window.state().file(SaveAs::Weights, Theme::Light).expect("weights");
    let run = window.state().session().lanes()[0].run().expect("a run");
    let there = run.iterate(10).to_vec();
    drop_files(&mut window, &[("w.json", &file)]);
    assert_eq!(window.state().scene().start.as_deref(), Some(&there[..]));
    settle(&mut window);
    assert_eq!(window.state().session().start(), &there[..]);
    let kept = window.state().scene().clone();
    drop_files(&mut window, &[("other.json", br#"{"layers": [{"weights": [[1.0]], "bias": [0.0]}]}"#)]);
    assert!(window.query_all_by_label_contains("it has 1 layers").count() > 0);
    assert_eq!(window.state().scene().start, kept.start);
    let mut formula = self::window(None, DESK, Theme::Light);
    drop_files(&mut formula, &[("w.json", &file)]);
    assert!(formula.query_all_by_label_contains("open that network first").count() > 0);
}
