//! The race panel: started, sorted, cancelled, saved by hand, and what it looks like.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

use eframe::egui::{Event, Theme, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, HarnessBuilder, SnapshotResults};
use saddlescope::measure::race::{Axis, Column};
use saddlescope::scene::{MethodSpec, Scene};
use saddlescope::ui::panels::race::{Picture, RaceView};
use saddlescope::ui::{App, Command, Edit, Launch, SaveAs};

fn scene() -> Scene {
    let mut scene = Scene { start: Some(vec![1.5, 1e-8]), steps: 400, ..Scene::default() };
    scene.methods.push(MethodSpec::new("noisy_sgd"));
    scene.methods.push(MethodSpec::new("heavy_ball"));
    scene
}

/// The window with the race in the middle.
fn window(theme: Theme) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(1280.0, 800.0)).with_theme(theme).with_max_steps(4000).wgpu();
    let launch = Launch { scene: Some(scene()), ..Launch::default() };
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the scene opens"));
    window.set_render_cursor(false);
    window.run();
    window.get_all_by_label("Race").last().expect("a tab").click();
    window.run();
    window
}

fn apply(window: &mut Harness<'_, App>, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, command);
    window.run();
}

fn csv(window: &Harness<'_, App>) -> Vec<Vec<String>> {
    let bytes = window.state().file(SaveAs::RaceCsv, Theme::Light).unwrap();
    String::from_utf8(bytes).unwrap().lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn a_race_is_started_sorted_and_saved() {
    let mut window = window(Theme::Light);
    assert!(window.state().file(SaveAs::RaceCsv, Theme::Light).is_err());
    window.get_by_label("Start the race").click();
    window.run();
    assert!(window.query_by_label("Cancel").is_none());
    let count = scene().methods.len();
    let table = csv(&window);
    assert_eq!(table.len(), count + 1);
    let runs: Vec<&str> = table[1..].iter().map(|row| row[2].as_str()).collect();
    assert_eq!(runs, ["1", "20", "20", "1", "1", "1", "20", "1"]);
    let escape = |table: &[Vec<String>]| -> Vec<f64> {
        let column = table[0].iter().position(|name| name == "escape_time").unwrap();
        table[1..].iter().map(|row| row[column].parse().unwrap_or(f64::INFINITY)).collect()
    };
    window.get_by_label("Left at").scroll_to_me();
    window.run();
    window.get_by_label("Left at").click();
    window.run();
    assert!(window.query_by_label("Left at ↑").is_some());
    assert!(escape(&csv(&window)).is_sorted());
    window.get_by_label("Left at ↑").click();
    window.run();
    let descending = escape(&csv(&window));
    let known: Vec<f64> = descending.iter().copied().filter(|v| v.is_finite()).collect();
    assert!(known.len() > 1 && known.is_sorted_by(|a, b| a >= b) && descending[known.len()..].iter().all(|v| v.is_infinite()));
    let json = window.state().file(SaveAs::RaceJson, Theme::Light).unwrap();
    assert!(String::from_utf8(json).unwrap().contains("\"saddle\""));
    // Another scene: what is shown is told to be of the one before.
    apply(&mut window, Command::Edit(Edit::Start(Some(vec![1.0, 0.5]))));
    assert!(window.query_by_label_contains("The scene has changed since this race").is_some());
}

#[test]
fn a_long_race_is_cancelled_and_keeps_what_it_has() {
    let mut window = window(Theme::Dark);
    apply(&mut window, Command::Edit(Edit::Steps(20_000)));
    apply(&mut window, Command::Race(RaceView { seeds: 1000, ..RaceView::default() }));
    window.get_by_label("Start the race").click();
    window.run_steps(10);
    assert!(window.query_by_label("Start the race").is_none());
    window.get_by_label("Cancel").click();
    window.run();
    assert!(window.query_by_label("Start the race").is_some());
}

#[test]
fn what_a_race_looks_like() {
    let mut results = SnapshotResults::new();
    for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
        let mut window = window(theme);
        window.get_by_label("Start the race").click();
        window.run();
        window.event(Event::PointerGone);
        let view = RaceView { axis: Axis::Backpropagations, column: Column::F, ..RaceView::default() };
        apply(&mut window, Command::Race(view));
        // The time of a step is measured: it would differ in each picture.
        window.snapshot(format!("race_bands_{name}"));
        apply(&mut window, Command::Race(RaceView { picture: Picture::Escapes, ..view }));
        window.snapshot(format!("race_escapes_{name}"));
        apply(&mut window, Command::Race(RaceView { picture: Picture::StepSizes, ..view }));
        window.get_by_label("Vary the step size").click();
        window.run();
        window.event(Event::PointerGone);
        window.run();
        window.snapshot(format!("race_steps_{name}"));
        results.extend_harness(&mut window);
    }
}
