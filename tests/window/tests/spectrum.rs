//! The panels of spectra and of gradient noise: what they show is what the core finds, and hands move them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, Theme, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, HarnessBuilder, SnapshotResults};
use saddlescope::linalg::symmetric_eigenvalues;
use saddlescope::optim::Setting;
use saddlescope::problem::Objective;
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene, networks};
use saddlescope::ui::{App, Command, Launch};
use std::time::{Duration, Instant};

const DESK: [f32; 2] = [1280.0, 800.0];
/// Room for everything in each panel.
const TALL: [f32; 2] = [1600.0, 1200.0];
const OVER_TIME: &str = "Spectrum over the steps";

fn window(scene: Scene, size: [f32; 2], theme: Theme) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(size[0], size[1])).with_theme(theme).with_max_steps(4000).wgpu();
    let launch = Launch { scene: Some(scene), ..Launch::default() };
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the scene opens"));
    window.set_render_cursor(false);
    settle(&mut window);
    window
}

fn entry(id: &str) -> Scene {
    networks().iter().find(|entry| entry.id == id).expect("an entry").scene.clone()
}

/// Waits for the threads behind the window.
fn settle(window: &mut Harness<'_, App>) {
    until(window, |window| !window.state().is_busy());
    // What the last frame asked for may have begun something.
    window.run_steps(4);
    until(window, |window| !window.state().is_busy());
    window.run_steps(4);
}

fn until(window: &mut Harness<'_, App>, done: impl Fn(&Harness<'_, App>) -> bool) {
    let end = Instant::now() + Duration::from_secs(1200);
    while !done(window) {
        assert!(Instant::now() < end, "it does not come to an end");
        window.step();
        std::thread::sleep(Duration::from_millis(3));
    }
}

fn show(window: &mut Harness<'_, App>, tab: &str) {
    window.get_all_by_label(tab).last().expect("a tab").click();
    window.run_steps(3);
    settle(window);
}

/// The picture over the steps has a switch of its own where there is room for one picture.
fn show_run(window: &mut Harness<'_, App>, run: bool) {
    let name = if run { "the run" } else { "this step" };
    if let Some(button) = window.query_by_label(name) {
        button.click();
    }
    window.run_steps(3);
}

/// Whether the picture over the steps has all its columns.
fn has_all_columns(window: &Harness<'_, App>) -> bool {
    let Some(node) = window.query_by_label_contains(OVER_TIME) else { return false };
    let text = node.accesskit_node().label().unwrap_or_default();
    let counts: Vec<&str> = text.split_whitespace().filter(|word| word.chars().all(|c| c.is_ascii_digit())).collect();
    counts.len() >= 2 && counts[0] == counts[1]
}

fn click(window: &mut Harness<'_, App>, at: Pos2) {
    for pressed in [true, false] {
        window.event(Event::PointerMoved(at));
        window.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
        window.step();
    }
}

/// As the window writes it: four significant digits and a true minus sign.
fn written(v: f64) -> String {
    let digits = 3 - v.abs().log10().floor() as i32;
    format!("{}{:.*}", if v < 0.0 { "−" } else { "" }, digits.max(0) as usize, v.abs())
}

#[test]
fn spirals_are_the_numbers_of_the_core() {
    let mut results = SnapshotResults::new();
    for (shade, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
        let mut window = window(entry("spirals"), DESK, theme);
        window.state_mut().apply(&Default::default(), Command::Select(0));
        show(&mut window, "Spectrum");
        let step = window.state().snapshot().step;
        let session = window.state().session();
        let (problem, lane) = (session.problem(), &session.lanes()[0]);
        let w = lane.position(step).expect("a row").to_vec();
        let n = w.len();
        let mut hessian = vec![0.0; n * n];
        problem.hessian(&w, &mut hessian);
        let values = symmetric_eigenvalues(&hessian, n);
        for (name, value) in [("λmin", values[0]), ("λmax", values[n - 1])] {
            let label = format!("{name} {}", written(value));
            assert!(window.query_by_label(&label).is_some(), "no label {label}");
        }
        let label = format!("eigenvalues from {} to {}", written(values[0]), written(values[n - 1]));
        assert!(window.query_by_label_contains(&label).is_some(), "no label {label}");
        show_run(&mut window, true);
        until(&mut window, has_all_columns);
        settle(&mut window);
        window.snapshot(format!("spectrum_run_{shade}"));
        show_run(&mut window, false);
        settle(&mut window);
        window.snapshot(format!("spectrum_spirals_{shade}"));
        if shade == "light" {
            for name in ["Gauss-Newton", "Fisher"] {
                window.get_by_label(name).click();
                window.run_steps(3);
            }
            settle(&mut window);
            window.snapshot("spectrum_matrices_light");
            show(&mut window, "Noise");
            window.snapshot("noise_spirals_light");
            // The trust region's run is shorter than the step that is shown; the whole panel is above what is said of it.
            let said = window.get_by_label_contains("(ended at step ").rect();
            assert!(window.get_by_label("Study width and depth").rect().bottom() < said.top() - 44.0);
            window.get_by_label("raw").click();
            window.run_steps(3);
            settle(&mut window);
            window.render().expect("a picture");
        }
        results.extend_harness(&mut window);
    }
}

#[test]
fn a_click_in_the_heat_map_moves_the_playback_and_a_tick_can_be_chosen() {
    let mut window = window(entry("spirals"), TALL, Theme::Light);
    window.state_mut().apply(&Default::default(), Command::Select(0));
    show(&mut window, "Spectrum");
    show_run(&mut window, true);
    until(&mut window, |window| window.query_by_label_contains(OVER_TIME).is_some());
    let rect = window.get_by_label_contains(OVER_TIME).rect();
    let before = window.state().snapshot().step;
    click(&mut window, rect.left_center() + vec2(0.75 * rect.width(), 0.0));
    settle(&mut window);
    let after = window.state().snapshot().step;
    let last = window.state().session().lanes()[0].run().expect("a run").len() as f64;
    assert!(before != after && (after as f64 / last - 0.75).abs() < 0.08, "{before} {after} of {last}");
    show_run(&mut window, false);
    settle(&mut window);
    assert!(window.query_by_label_contains(&format!("at step {after} of")).is_some());
    // The rightmost tick is λ_max: the outermost 4 % of the axis are empty.
    let rect = window.get_by_label_contains("Spectrum of the Hessian").rect();
    let at = rect.right_center() - vec2(0.037 * rect.width(), 0.0);
    window.event(Event::PointerMoved(at));
    window.run_steps(30);
    click(&mut window, at);
    window.run_steps(3);
    window.render().expect("a picture");
    show(&mut window, "Noise");
    window.render().expect("a picture");
}

#[test]
fn a_large_network_has_ends_and_a_density_and_is_cancelled() {
    let mut results = SnapshotResults::new();
    let mut scene = entry("mnist");
    scene.steps = 60;
    let ProblemSpec::Network(network) = &mut scene.problem else { panic!("not a network") };
    network.data.samples = Some(100);
    let mut window = window(scene, DESK, Theme::Light);
    window.get_all_by_label("Spectrum").last().expect("a tab").click();
    window.run_steps(3);
    let cancel = "Cancel the spectrum at this step";
    until(&mut window, |window| !window.state().is_busy() || window.query_by_label(cancel).is_some());
    // On a fast machine nothing is left to cancel.
    if window.query_by_label(cancel).is_some() {
        window.get_by_label(cancel).click_accesskit();
        window.run_steps(4);
        until(&mut window, |window| !window.state().is_busy());
        window.query_all_by_label("Go on").next().expect("a button").click_accesskit();
        window.run_steps(2);
        until(&mut window, |window| !window.state().is_busy());
        window.run_steps(4);
    }
    window.render().expect("a picture");
    show_run(&mut window, true);
    until(&mut window, has_all_columns);
    settle(&mut window);
    window.render().expect("a picture");
    show(&mut window, "Noise");
    window.render().expect("a picture");
    results.extend_harness(&mut window);
}

#[test]
fn all_eigenvalues_of_a_larger_network_are_followed_over_the_run_where_they_are_asked_for() {
    let mut scene = entry("spirals");
    (scene.steps, scene.playback.step) = (4, 0);
    scene.methods.truncate(1);
    let ProblemSpec::Network(network) = &mut scene.problem else { panic!("not a network") };
    network.layers = vec![2, 24, 24, 1];
    network.data.samples = Some(60);
    let mut window = window(scene, DESK, Theme::Light);
    show(&mut window, "Spectrum");
    show_run(&mut window, true);
    until(&mut window, has_all_columns);
    settle(&mut window);
    assert!(window.query_by_label_contains("3 smallest and 5 largest eigenvalues by Lanczos").is_some());
    window.get_by_label("all").click_accesskit();
    window.run_steps(2);
    until(&mut window, |window| has_all_columns(window) && !window.state().is_busy());
    settle(&mut window);
    assert!(window.query_by_label_contains("deeper colour: more eigenvalues").is_some());
    assert!(window.query_by_label_contains("by Lanczos").is_none());
    window.render().expect("a picture");
}

/// The whole laboratory, as a lecturer shows it: the images with the spectrum, then with the noise.
#[test]
fn laboratories_of_images_are_seen_with_spectrum_and_noise() {
    let mut results = SnapshotResults::new();
    // Of the autoencoder the second method, which has left the plateau of the mean digit by then.
    for (id, theme, shade, method) in [("mnist", Theme::Light, "light", 0), ("autoencoder", Theme::Dark, "dark", 1)] {
        let mut scene = entry(id);
        (scene.steps, scene.playback.step) = (60, 0);
        scene.methods.truncate(2);
        let ProblemSpec::Network(network) = &mut scene.problem else { panic!("not a network") };
        network.data.samples = Some(100);
        let mut window = window(scene, TALL, theme);
        // Lanczos begins at what the last step gave, and takes as many products as that makes it: at one and the same step, not
        // at the one to which the run has come when a frame is drawn.
        window.state_mut().apply(&Default::default(), Command::Select(method));
        window.state_mut().apply(&Default::default(), Command::GoTo(40));
        for (tab, name) in [("Spectrum", "spectrum"), ("Noise", "noise")] {
            show(&mut window, tab);
            let under_way = "Cancel the spectrum over the run";
            until(&mut window, |window| {
                tab == "Noise" || has_all_columns(window) && window.query_by_label_contains(under_way).is_none()
            });
            settle(&mut window);
            window.snapshot(format!("laboratory_{id}_{name}_{shade}"));
        }
        results.extend_harness(&mut window);
    }
}

#[test]
fn half_spaces_keep_to_their_bound() {
    let mut scene = Scene::bare(ProblemSpec::landscape("half_spaces"));
    scene.methods = ["sgd", "gd"].map(MethodSpec::new).to_vec();
    scene.steps = 400;
    let mut window = window(scene, DESK, Theme::Light);
    show(&mut window, "Spectrum");
    until(&mut window, has_all_columns);
    assert!(window.query_by_label_contains("4 × 4, all 40 samples").is_some());
    window.render().expect("a picture");
    show(&mut window, "Noise");
    assert!(window.query_by_label_contains("Along all eigenvectors of the 4 × 4 Hessian").is_some());
    // The bound is there without a click, and holds along each of them.
    assert!(window.query_by_label_contains("The bound of Lemma 1 holds for the data's part along 4 of 4 eigenvectors").is_some());
    window.get_by_label("normalised").click_accesskit();
    settle(&mut window);
    assert!(window.query_by_label_contains("Lemma 1").is_none(), "of normalised gradients it says nothing");
    window.get_by_label("raw").click_accesskit();
    settle(&mut window);
    assert!(window.query_by_label_contains("Lemma 1").is_some());
    window.render().expect("a picture");
    assert!(window.query_by_label("Study width and depth").is_none());
}

#[test]
fn a_study_goes_over_widths_and_depths() {
    let mut window = window(entry("spirals"), [1280.0, 1400.0], Theme::Light);
    show(&mut window, "Noise");
    window.get_by_label("Study width and depth").click_accesskit();
    window.run_steps(3);
    until(&mut window, |window| window.query_by_label("CSV").is_some());
    settle(&mut window);
    let csv = window.state().file(saddlescope::ui::SaveAs::NoiseCsv, Theme::Light).expect("a table");
    let text = String::from_utf8(csv).expect("text");
    assert_eq!(text.lines().count(), 11, "{text}");
    window.render().expect("a picture");
}

#[test]
fn small_windows_and_runs_that_leave_the_numbers_do_not_panic() {
    let mut scene = entry("xor_saddle");
    scene.methods = vec![MethodSpec::new("gd")];
    scene.methods[0].settings.insert("step_size".to_owned(), Setting::Number(1e4));
    scene.steps = 200;
    scene.playback.step = 200;
    let mut wild = Scene::bare(ProblemSpec::formula("x^3*y - x^4*y^2 + exp(x*y)"));
    wild.methods = vec![MethodSpec::new("gd")];
    wild.methods[0].settings.insert("step_size".to_owned(), Setting::Number(1e4));
    wild.start = Some(vec![1.0, 2.0]);
    for scene in [scene, wild] {
        for size in [[390.0, 844.0], [200.0, 160.0], [900.0, 220.0]] {
            let mut window = window(scene.clone(), size, Theme::Dark);
            for id in ["spectrum", "noise"] {
                window.state_mut().apply(&Default::default(), Command::ShowPanel(id));
                window.run_steps(3);
                settle(&mut window);
                for step in [0, 1, 2, 50, 200] {
                    window.state_mut().apply(&Default::default(), Command::GoTo(step));
                    window.run_steps(2);
                    settle(&mut window);
                }
            }
        }
    }
}

#[test]
fn a_phone_has_them_as_sheets() {
    let mut window = window(entry("spirals"), [390.0, 844.0], Theme::Dark);
    for id in ["spectrum", "noise"] {
        window.state_mut().apply(&Default::default(), Command::ShowPanel(id));
        window.run_steps(3);
        settle(&mut window);
        window.render().expect("a picture");
    }
}

#[test]
fn functions_without_samples_have_a_spectrum_and_no_noise() {
    let mut window = window(Scene::default(), DESK, Theme::Light);
    show(&mut window, "Spectrum");
    until(&mut window, has_all_columns);
    assert!(window.query_by_label_contains("2 × 2, all eigenvalues").is_some());
    window.render().expect("a picture");
    show(&mut window, "Noise");
    assert!(window.query_by_label_contains("this function is no finite sum").is_some());
}
