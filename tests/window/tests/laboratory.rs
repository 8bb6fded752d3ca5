//! The network laboratory: every entry opens, trains on its threads and is drawn; slices, forks, branches by hand.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

use eframe::egui::{Theme, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, HarnessBuilder, SnapshotResults};
use saddlescope::measure::SliceKind;
use saddlescope::problem::Objective;
use saddlescope::scene::{Scene, SliceSpec, networks};
use saddlescope::ui::{App, Command, Edit, Launch, Quantity};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Steps that are enough to see a network learn.
const STEPS: u64 = 40;

fn opened(scene: Scene, theme: Theme, size: [f32; 2]) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(size[0], size[1])).with_theme(theme).with_max_steps(4000).wgpu();
    let launch = Launch { scene: Some(scene), ..Launch::default() };
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the scene opens"));
    window.set_render_cursor(false);
    window
}

/// Waits for the threads behind the window.
fn settle(window: &mut Harness<'_, App>, busy: impl Fn(&App) -> bool) {
    let end = Instant::now() + Duration::from_secs(1200);
    window.step();
    while busy(window.state()) {
        assert!(Instant::now() < end, "the threads come to no end");
        window.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    window.step();
}

fn scene(id: &str) -> Scene {
    networks().iter().find(|entry| entry.id == id).expect("an entry").scene.clone()
}

fn apply(window: &mut Harness<'_, App>, command: Command) {
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, command);
    window.step();
}

#[test]
fn every_entry_trains() {
    for entry in networks() {
        let mut window = opened(Scene { steps: STEPS, ..entry.scene.clone() }, Theme::Light, [1280.0, 800.0]);
        settle(&mut window, |app| app.session().is_working());
        for lane in window.state().session().lanes() {
            let run = lane.run().expect("a run");
            assert!(lane.fault().is_none() && !run.is_empty(), "{}: {:?}", entry.id, lane.fault());
            let (first, last) = (lane.at(Quantity::Gap, 0).unwrap(), lane.at(Quantity::Gap, run.len()).unwrap());
            assert!(last.is_finite() && first.is_finite(), "{} {}", entry.id, lane.name());
            // What the thread saw is what the objective says.
            let end = run.objective().value(run.position());
            assert!((end - last).abs() <= 1e-12 * end.abs(), "{} {}: {end} {last}", entry.id, lane.name());
        }
        window.render().expect("a picture");
    }
}

#[test]
fn a_run_on_a_thread_is_the_run_of_the_command_line() {
    let scene = Scene { steps: 300, ..scene("circles") };
    let mut window = opened(scene.clone(), Theme::Light, [1000.0, 700.0]);
    settle(&mut window, |app| app.session().is_working());
    for (lane, run) in window.state().session().lanes().iter().zip(scene.open().unwrap().runs) {
        let mut run = run.expect("a run");
        run.advance(u64::MAX);
        assert_eq!(lane.run().unwrap().position(), run.position());
        assert_eq!(lane.run().unwrap().counts(), run.counts());
        assert_eq!(lane.run().unwrap().trace().positions(), run.trace().positions());
    }
}

#[test]
fn weights_set_by_hand_fork_the_run_there() {
    let mut window = opened(Scene { steps: 200, ..scene("circles") }, Theme::Light, [1000.0, 700.0]);
    settle(&mut window, |app| app.session().is_working());
    let count = window.state().session().lanes().len();
    apply(&mut window, Command::Edit(Edit::Fork(0, 100, BTreeMap::from([(3, 0.75)]), None)));
    settle(&mut window, |app| app.session().is_working());
    let lanes = window.state().session().lanes();
    assert_eq!(lanes.len(), count + 1);
    let (origin, fork) = (lanes[0].run().unwrap(), lanes[count].run().unwrap());
    assert_eq!((fork.trace().first(), fork.len()), (100, 200));
    for (k, (a, b)) in origin.iterate(100).iter().zip(&fork.iterate(100)).enumerate() {
        assert_eq!(*b, if k == 3 { 0.75 } else { *a });
    }
    assert_ne!(origin.iterate(101), fork.iterate(101));
}

#[test]
fn slices_are_cut_along_what_is_asked_for() {
    let mut window = opened(Scene { steps: 120, ..scene("circles") }, Theme::Light, [1100.0, 760.0]);
    settle(&mut window, |app| app.session().is_working());
    for (kind, ..) in SliceKind::ALL {
        let spec = SliceSpec { kind, method: 0, step: 60, seed: None };
        let before = window.state().session().cuts();
        apply(&mut window, Command::Edit(Edit::Slice(Some(spec))));
        settle(&mut window, |app| app.session().is_slicing() || app.session().cuts() == before);
        let session = window.state().session();
        let run = session.lanes()[0].run().unwrap();
        let (plane, n) = (session.plane(), session.problem().dim());
        let at = run.iterate(60);
        let through = plane.project(&at).1;
        match kind {
            // The plane goes through the start and the end, or through the end.
            SliceKind::Line => assert!(plane.project(&run.iterate(0)).1 < 1e-9),
            SliceKind::Path => assert!(plane.project(run.position()).1 < 1e-9),
            _ => assert!(through < 1e-9, "{kind:?}: {through}"),
        }
        if kind.needs_eigenvectors() {
            let mut product = vec![0.0; n];
            session.problem().hessian_vector(&at, &plane.a, &mut product);
            let value: f64 = product.iter().zip(&plane.a).map(|(p, v)| p * v).sum();
            let rest: f64 = product.iter().zip(&plane.a).map(|(p, v)| (p - value * v).powi(2)).sum();
            assert!(rest.sqrt() < 1e-2 * value.abs(), "{kind:?}: {value} {rest}");
        }
        // The line has its losses beside it.
        settle(&mut window, App::is_busy);
        let losses = window.query_by_label_contains("straight from start to end the loss");
        assert_eq!(losses.is_some(), kind == SliceKind::Line, "{kind:?}");
    }
}

#[test]
fn the_dice_draws_other_directions_through_the_same_point() {
    let mut window = opened(Scene { steps: 60, ..scene("circles") }, Theme::Light, [1280.0, 800.0]);
    settle(&mut window, |app| app.session().is_working());
    let first = window.state().session().plane().clone();
    let mut seen = vec![first.clone()];
    for seed in 1..3 {
        window.get_by_label("Other directions").click();
        window.run_steps(3);
        settle(&mut window, |app| app.session().is_slicing());
        assert_eq!(window.state().scene().view.slice.and_then(|spec| spec.seed), Some(seed));
        let plane = window.state().session().plane().clone();
        assert_eq!(plane.origin, first.origin);
        assert!(seen.iter().all(|other| other.a != plane.a));
        seen.push(plane);
    }
    // One step back is one dice back, and a plane through another step keeps the directions' seed.
    apply(&mut window, Command::Undo);
    window.run_steps(3);
    assert_eq!(window.state().session().plane(), &seen[1]);
    let through = SliceSpec { kind: SliceKind::Random, method: 0, step: 40, seed: Some(1) };
    apply(&mut window, Command::Edit(Edit::Slice(Some(through))));
    let at = window.state().session().lanes()[0].run().unwrap().iterate(40);
    assert_eq!(window.state().session().plane().origin, at);
}

#[test]
fn a_run_goes_on_with_another_method() {
    let mut window = opened(Scene { steps: 120, ..scene("circles") }, Theme::Light, [1100.0, 760.0]);
    settle(&mut window, |app| app.session().is_working());
    let fork = window.state().scene().methods.len();
    apply(&mut window, Command::Edit(Edit::Fork(0, 50, BTreeMap::new(), Some("adam"))));
    settle(&mut window, |app| app.session().is_working());
    let lanes = window.state().session().lanes();
    let [origin, other] = [&lanes[0], &lanes[fork]].map(|lane| lane.run().unwrap());
    assert_eq!((other.setup().method.id, other.len()), ("adam", 120));
    assert_eq!(origin.iterate(50), other.iterate(50));
    assert_ne!(origin.iterate(51), other.iterate(51));
}

#[test]
fn a_straight_path_has_a_plane() {
    let mut window = opened(Scene { steps: 1, ..scene("circles") }, Theme::Light, [1100.0, 760.0]);
    settle(&mut window, |app| app.session().is_working());
    for kind in [SliceKind::Path, SliceKind::Line] {
        let before = window.state().session().cuts();
        apply(&mut window, Command::Edit(Edit::Slice(Some(SliceSpec { kind, method: 0, step: 1, seed: None }))));
        settle(&mut window, |app| app.session().cuts() == before);
        let session = window.state().session();
        let run = session.lanes()[0].run().unwrap();
        assert!([run.iterate(0), run.iterate(1)].iter().all(|x| session.plane().project(x).1 < 1e-9), "{kind:?}");
    }
}

#[test]
fn the_laboratory_at_a_desk() {
    let mut results = SnapshotResults::new();
    for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
        let mut window = opened(scene("spirals"), theme, [1280.0, 800.0]);
        settle(&mut window, App::is_busy);
        window.run();
        window.snapshot(format!("laboratory_{name}"));
        results.extend_harness(&mut window);
    }
}

#[test]
fn the_form_of_a_network() {
    let mut results = SnapshotResults::new();
    let mut window = opened(Scene { steps: STEPS, ..scene("circles") }, Theme::Light, [1280.0, 800.0]);
    settle(&mut window, |app| app.session().is_working());
    window.get_all_by_label("Landscape").next().expect("a tab").click();
    settle(&mut window, App::is_busy);
    window.run();
    window.snapshot("laboratory_form");
    results.extend_harness(&mut window);
}
