use crate::bench::{MapWindow, drag, scene, scroll, window, world};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Theme, TouchDeviceId, TouchId, TouchPhase, pos2, vec2};
use egui_kittest::kittest::Queryable;
use saddlescope::scene::{CameraSpec, ProblemSpec};
use saddlescope::ui::{Command, ViewFlag};

const SIZE: [f32; 2] = [600.0, 480.0];

#[test]
fn dragging_the_handle_moves_the_start_by_exactly_the_pointers_way() {
    let mut harness = window(scene(ProblemSpec::landscape("rosenbrock"), &["gd"], 5), SIZE, Theme::Light, 0);
    let (_, start) = harness.state().panel.geometry();
    let at = start.expect("the start is in view");
    // Caught beside its centre, the handle does not jump under the pointer.
    let grip = pos2((at.x + 6.0).round(), (at.y - 5.0).round());
    let way = vec2(150.0, 60.0);
    let view = harness.state().view();
    let before = harness.state().session.start().to_vec();
    drag(&mut harness, grip, grip + way);
    let px = view.px_from_world([before[0], before[1]]);
    let wanted = view.world_from_px([px[0] + 150.0, px[1] + 60.0]);
    let moved = harness.state().scene.start.clone().expect("the start was moved");
    assert!((moved[0] - wanted[0]).abs() < 1e-12 && (moved[1] - wanted[1]).abs() < 1e-12, "{moved:?} {wanted:?}");
    assert_eq!(harness.state().view(), view, "dragging the start does not pan");
    assert_eq!(harness.state().session.start(), &moved[..]);
}

#[test]
fn a_drag_elsewhere_pans_and_leaves_the_start() {
    let mut harness = window(scene(ProblemSpec::landscape("rosenbrock"), &["gd"], 5), SIZE, Theme::Light, 0);
    let from = pos2(420.0, 300.0);
    let point = world(&harness, from);
    drag(&mut harness, from, from + vec2(-80.0, 30.0));
    let there = world(&harness, from + vec2(-80.0, 30.0));
    assert!((there[0] - point[0]).abs() < 1e-6 && (there[1] - point[1]).abs() < 1e-6, "{point:?} {there:?}");
    assert_eq!(harness.state().scene.start, None);
}

#[test]
fn the_wheel_keeps_the_point_under_the_pointer() {
    let mut harness = window(scene(ProblemSpec::landscape("himmelblau"), &["adam"], 50), SIZE, Theme::Dark, 0);
    let at = pos2(433.0, 171.0);
    let point = world(&harness, at);
    let width = harness.state().view().half()[0];
    for (points, closer) in [(240.0, true), (500.0, true), (-300.0, false)] {
        let before = harness.state().view().half()[0];
        scroll(&mut harness, at, points);
        let view = harness.state().view();
        let there = world(&harness, at);
        assert!((view.half()[0] < before) == closer);
        assert!(
            (there[0] - point[0]).abs() < 1e-12 * width && (there[1] - point[1]).abs() < 1e-12 * width,
            "{point:?} {there:?}"
        );
    }
}

#[test]
fn two_fingers_zoom_about_their_middle() {
    let mut harness = window(scene(ProblemSpec::landscape("himmelblau"), &["adam"], 50), SIZE, Theme::Dark, 0);
    let middle = pos2(300.0, 200.0);
    let (point, before) = (world(&harness, middle), harness.state().view().half()[0]);
    let touch = |harness: &mut egui_kittest::Harness<'_, _>, phase: TouchPhase, reach: f32| {
        for (id, side) in [(1, -1.0), (2, 1.0)] {
            let pos = middle + vec2(side * reach, 0.0);
            harness.event(Event::Touch { device_id: TouchDeviceId(0), id: TouchId(id), phase, pos, force: None });
        }
        harness.step();
    };
    // The first finger also moves the pointer, as windows report it.
    harness.hover_at(middle);
    harness.step();
    touch(&mut harness, TouchPhase::Start, 40.0);
    for reach in [50.0, 60.0, 70.0, 80.0] {
        touch(&mut harness, TouchPhase::Move, reach);
    }
    touch(&mut harness, TouchPhase::End, 80.0);
    harness.run();
    let (there, after) = (world(&harness, middle), harness.state().view().half()[0]);
    assert!((before / after - 2.0).abs() < 0.05, "zoomed by {}", before / after);
    let slip = (there[0] - point[0]).abs().max((there[1] - point[1]).abs());
    assert!(slip < 1.5 * harness.state().view().world_per_px[0], "the middle slipped by {slip}");
}

fn click(harness: &mut egui_kittest::Harness<'_, MapWindow>, at: Pos2) {
    harness.hover_at(at);
    harness.step();
    for pressed in [true, false] {
        harness.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
    }
    harness.step();
}

#[test]
fn a_click_sets_the_start_and_a_second_one_keeps_it() {
    let mut harness = window(scene(ProblemSpec::landscape("saddle_bounded"), &[], 0), SIZE, Theme::Light, 0);
    let at = pos2(371.0, 113.0);
    let wanted = world(&harness, at);
    for _ in 0..2 {
        click(&mut harness, at);
        assert_eq!(harness.state().scene.start.as_deref(), Some(&wanted[..]));
    }
    assert_eq!(harness.state().commands.iter().filter(|c| matches!(c, Command::Edit(_))).count(), 1);
}

#[test]
fn a_click_on_a_mark_leaves_the_start_and_two_put_it_there() {
    let mut harness = window(scene(ProblemSpec::landscape("saddle_bounded"), &[], 0), SIZE, Theme::Light, 0);
    let mark = harness.state().panel.marks().iter().find(|mark| mark.at == [0.0, 1.0]).expect("a minimum").clone();
    let [x, y] = harness.state().view().px_from_world(mark.at);
    let at = pos2(x as f32 + 3.0, y as f32 - 2.0);
    click(&mut harness, at);
    assert_eq!(harness.state().scene.start, None);
    click(&mut harness, at);
    let wanted = world(&harness, at);
    assert_eq!(harness.state().scene.start.as_deref(), Some(&wanted[..]));
}

#[test]
fn a_click_on_a_step_chooses_the_method_and_the_step() {
    let mut harness = window(scene(ProblemSpec::landscape("quad_well"), &["gd", "heavy_ball"], 60), SIZE, Theme::Light, 0);
    let run = harness.state().session.lanes()[1].run().expect("a run");
    // The step of the second method that is farthest from all others.
    let position = |lane: usize, row: usize| {
        let lane = harness.state().session.lanes()[lane].run().expect("a run");
        let x = lane.trace().position(row);
        let [a, b] = harness.state().view().px_from_world([x[0], x[1]]);
        pos2(a as f32, b as f32)
    };
    let rows = run.trace().rows().len().min(60);
    let others: Vec<Pos2> = (0..=60.min(harness.state().session.lanes()[0].run().expect("a run").trace().rows().len() - 1))
        .map(|r| position(0, r))
        .collect();
    let lonely = |row: &usize| {
        let at = position(1, *row);
        let own = (0..rows).filter(|r| r != row).map(|r| position(1, r));
        (others.iter().copied().chain(own).map(|p| p.distance(at)).fold(f32::INFINITY, f32::min) * 16.0) as i64
    };
    let start = harness.state().panel.geometry().1.expect("the start is in view");
    let row = (1..rows).filter(|row| position(1, *row).distance(start) > 40.0).max_by_key(lonely).expect("a step");
    let at = position(1, row);
    click(&mut harness, at);
    harness.run();
    assert_eq!(harness.state().scene.start, None);
    assert_eq!(harness.state().scene.playback.selected, Some(1));
    assert_eq!(harness.state().scene.playback.step, row as u64);
}

#[test]
fn keys_move_the_map_and_the_start_when_they_have_the_keyboard() {
    let mut harness = window(scene(ProblemSpec::landscape("saddle_bounded"), &["gd"], 10), SIZE, Theme::Light, 0);
    let before = harness.state().view();
    harness.get_by_label("Map of the landscape").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    let after = harness.state().view();
    assert!((after.center[0] - before.center[0] - 0.2 * before.half()[0]).abs() < 1e-12, "{before:?} {after:?}");
    harness.key_press(Key::Plus);
    harness.run();
    assert!((harness.state().view().half()[0] * 1.25 - before.half()[0]).abs() < 1e-12);
    harness.key_press(Key::Num0);
    harness.run();
    assert_eq!(harness.state().view(), before);

    let start = harness.state().session.start().to_vec();
    harness.get_by_label("Start point").focus();
    harness.run();
    harness.key_press(Key::ArrowUp);
    harness.run();
    let moved = harness.state().session.start().to_vec();
    assert!((moved[1] - start[1] - before.world_per_px[1]).abs() < 1e-12 && moved[0] == start[0], "{start:?} {moved:?}");
}

#[test]
fn every_switch_is_on_the_map() {
    let mut harness = window(scene(ProblemSpec::landscape("himmelblau"), &["tr"], 4), SIZE, Theme::Dark, 0);
    for (flag, label, _) in ViewFlag::ALL {
        let before = *flag.of(&mut harness.state().scene.view.clone());
        harness.get_by_label(label).click();
        harness.run();
        assert_ne!(*flag.of(&mut harness.state().scene.view.clone()), before, "{label}");
    }
    harness.state_mut().scene.view.camera = Some(CameraSpec { center: [1.0, 1.0], extent: 0.5 });
    harness.run();
    harness.get_by_label("Whole landscape").click();
    harness.run();
    assert_eq!(harness.state().scene.view.camera, None);
}

#[test]
fn nothing_breaks_at_any_size_or_number() {
    let tall = ProblemSpec::landscape("rosenbrock");
    for size in [[1.0, 1.0], [2.0, 300.0], [300.0, 3.0], [41.0, 17.0], [160.0, 120.0]] {
        let mut harness = window(scene(tall.clone(), &["gd", "tr"], 12), size, Theme::Light, 1);
        scroll(&mut harness, pos2(0.5, 0.5), 100.0);
        assert!(harness.state().scene.view.camera.is_none_or(|c| c.extent > 0.0));
    }
    let broken = ["sqrt(x) + log(y)", "1/(x^2 + y^2)", "x*0 + 1e300*y^2", "(x - x)/(y - y)"];
    for text in broken {
        let mut race = scene(ProblemSpec::formula(text), &["gd", "tr", "adam"], 30);
        race.start = Some(vec![-1.0, 0.5]);
        race.view.model_contours = true;
        race.view.region_trail = 2;
        let mut harness = window(race, [320.0, 260.0], Theme::Dark, 1);
        harness.hover_at(pos2(160.0, 130.0));
        harness.run();
    }
    for extent in [1e-12, 1e-6, 1e9] {
        let mut race = scene(tall.clone(), &["gd", "tr", "rmsprop"], 200);
        race.view.camera = Some(CameraSpec { center: [1.0, 1.0], extent });
        race.view.model_contours = true;
        let mut harness = window(race, [320.0, 260.0], Theme::Light, 1);
        scroll(&mut harness, pos2(100.0, 90.0), 2000.0);
        scroll(&mut harness, pos2(100.0, 90.0), -4000.0);
        let camera = harness.state().scene.view.camera.expect("a camera");
        assert!((1e-12..=1e9).contains(&camera.extent), "{camera:?}");
    }
}

#[test]
fn an_idle_map_asks_for_no_frame() {
    let mut harness = window(scene(ProblemSpec::landscape("himmelblau"), &["tr", "gd"], 9), SIZE, Theme::Light, 0);
    harness.step();
    let output = harness.output().viewport_output.values().map(|o| o.repaint_delay).min();
    assert_eq!(output, Some(std::time::Duration::MAX));
    assert!(!harness.state().commands.iter().any(|c| matches!(c, Command::Camera(_))));
}
