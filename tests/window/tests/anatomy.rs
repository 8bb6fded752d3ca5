//! The anatomy of a subproblem in the window: what is dragged is answered, and what it looks like.
#![allow(clippy::expect_used, reason = "a test may panic")]

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, Theme, Vec2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, SnapshotResults};
use saddlescope::scene::{SUBPROBLEM_PRESETS, Scene, SubproblemSpec};
use saddlescope::ui::{App, Command, Edit, Launch};

const DESK: [f32; 2] = [1280.0, 800.0];
const PHONE: [f32; 2] = [390.0, 844.0];

/// The first screen with the anatomy in sight, of a preset or of the shown step of the method at this place.
fn anatomy(size: [f32; 2], theme: Theme, spec: Option<SubproblemSpec>, method: usize, pictures: bool) -> Harness<'static, App> {
    let builder = Harness::builder().with_size(vec2(size[0], size[1])).with_theme(theme).with_max_steps(800);
    let builder = if pictures { builder.wgpu() } else { builder };
    let mut window = builder.build_eframe(|cc| App::new(cc, Launch::default()).expect("the first screen opens"));
    window.set_render_cursor(false);
    window.run();
    let ctx = window.ctx.clone();
    for command in
        [Command::Select(method), Command::GoTo(5), Command::Edit(Edit::Subproblem(spec)), Command::ShowPanel("anatomy")]
    {
        window.state_mut().apply(&ctx, command);
    }
    window.run();
    window
}

fn by_hand(spec: SubproblemSpec) -> Harness<'static, App> {
    anatomy(DESK, Theme::Light, Some(spec), 0, false)
}

/// What the picture says of itself.
fn told(window: &Harness<'_, App>) -> String {
    let node = window.get_by_label_contains("Subproblem: solution");
    node.accesskit_node().label().expect("a label")
}

fn handle(window: &Harness<'_, App>, label: &str) -> Pos2 {
    window.get_by_label(label).rect().center()
}

fn drag(window: &mut Harness<'_, App>, from: Pos2, by: Vec2) {
    let button = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    window.event(Event::PointerMoved(from));
    window.step();
    window.event(button(from, true));
    window.step();
    for k in 1..=8 {
        window.event(Event::PointerMoved(from + by * (k as f32 / 8.0)));
        window.step();
    }
    window.event(button(from + by, false));
    window.run();
}

fn spec(window: &Harness<'_, App>) -> SubproblemSpec {
    window.state().scene().view.subproblem.expect("set by hand")
}

#[test]
fn the_solution_follows_the_gradient() {
    let mut window = by_hand(SUBPROBLEM_PRESETS[2].spec);
    let (before, words) = (spec(&window), told(&window));
    let from = handle(&window, "Drag the gradient");
    drag(&mut window, from, vec2(90.0, -150.0));
    let after = spec(&window);
    // −g moved to the right and up.
    assert!(after.gradient[0] < before.gradient[0] && after.gradient[1] < before.gradient[1], "{after:?}");
    assert_eq!(SubproblemSpec { gradient: before.gradient, ..after }, before);
    assert_ne!(told(&window), words);
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, Command::Undo);
    window.run();
    assert_eq!((spec(&window), told(&window)), (before, words));
}

#[test]
fn every_handle_moves_its_number() {
    for (label, by) in [
        ("Drag the radius", vec2(30.0, 30.0)),
        ("Drag the first axis of the region", vec2(60.0, 0.0)),
        ("Drag the second axis of the region", vec2(0.0, -60.0)),
        ("Drag the first eigenvalue", vec2(8.0, -14.0)),
        ("Drag the second eigenvalue", vec2(9.0, 9.0)),
    ] {
        let mut window = by_hand(SUBPROBLEM_PRESETS[2].spec);
        let before = spec(&window);
        let from = handle(&window, label);
        drag(&mut window, from, by);
        let after = spec(&window);
        assert_eq!(before.gradient, after.gradient, "{label}");
        let moved = [
            before.radius != after.radius,
            before.metric[0] != after.metric[0],
            before.metric[1] != after.metric[1],
            before.eigenvalues[0] != after.eigenvalues[0],
            before.eigenvalues[1] != after.eigenvalues[1],
        ];
        let place = ["radius", "first axis", "second axis", "first eigen", "second eigen"].iter().position(|n| label.contains(n));
        assert_eq!(moved.iter().position(|m| *m), place, "{label}: {after:?}");
        assert_eq!(moved.iter().filter(|m| **m).count(), 1, "{label}");
    }
}

#[test]
fn the_hard_case_is_told_in_words() {
    let mut window = by_hand(SUBPROBLEM_PRESETS[0].spec);
    assert!(window.query_by_label("Interior solution").is_some());
    window.get_by_label("Hard case").click();
    window.run();
    assert!(window.query_by_label_contains("‖s(−λ₁)‖\u{a0}=\u{a0}0.4 < Δ\u{a0}=\u{a0}1, so a step along v₁ is added").is_some());
    assert_eq!(spec(&window), SUBPROBLEM_PRESETS[3].spec);
}

#[test]
fn the_step_is_followed_and_taken_into_the_hand() {
    let mut window = anatomy(DESK, Theme::Light, None, 5, false);
    let words = told(&window);
    let ctx = window.ctx.clone();
    // Beyond the saddle's axis, where both sides are as good to the last bit.
    window.state_mut().apply(&ctx, Command::StepBy(5));
    window.run();
    assert_ne!(told(&window), words, "another step");
    let words = told(&window);
    window.get_by_label("From this step").click();
    window.run();
    assert!(window.state().scene().view.subproblem.is_some());
    assert_eq!(told(&window), words, "the same subproblem");
    window.state_mut().apply(&ctx, Command::Edit(Edit::Subproblem(None)));
    window.state_mut().apply(&ctx, Command::GoTo(0));
    window.run();
    assert!(window.query_all_by_label_contains("no step was made yet. Go on").count() == 1);
}

#[test]
fn the_step_card_opens_the_anatomy() {
    let builder = Harness::builder().with_size(vec2(DESK[0], 1200.0)).with_max_steps(800);
    let mut window = builder.build_eframe(|cc| App::new(cc, Launch::default()).expect("the first screen opens"));
    window.run();
    assert!(window.query_by_label_contains("Subproblem: solution").is_none());
    window.get_by_label("Open in Anatomy").click();
    window.run();
    assert!(told(&window).contains("solution"));
    assert_eq!(window.state().scene().view.subproblem, Scene::default().view.subproblem);
}

#[test]
fn a_cubic_model_is_switched_on_by_hand() {
    let mut window = by_hand(SUBPROBLEM_PRESETS[2].spec);
    assert!(window.query_by_label("Cubic").is_none());
    window.get_by_label("cubic model").scroll_to_me();
    window.run();
    window.get_by_label("cubic model").click();
    window.run();
    assert_eq!(spec(&window).sigma, Some(1.0));
    assert!(window.query_by_label("Cubic").is_some(), "a row of the table");
    let ctx = window.ctx.clone();
    window.state_mut().apply(&ctx, Command::Undo);
    window.run();
    assert_eq!(spec(&window).sigma, None);
}

#[test]
fn what_it_looks_like() {
    let mut results = SnapshotResults::new();
    for (name, size, theme, preset, method) in [
        ("anatomy_hard_light", DESK, Theme::Light, Some(3), 0),
        ("anatomy_boundary_dark", DESK, Theme::Dark, Some(1), 0),
        ("anatomy_step_light", DESK, Theme::Light, None, 5),
        ("anatomy_phone_light", PHONE, Theme::Light, Some(2), 0),
        ("anatomy_phone_dark", PHONE, Theme::Dark, Some(4), 0),
    ] {
        let spec = preset.map(|k: usize| SUBPROBLEM_PRESETS[k].spec);
        let mut window = anatomy(size, theme, spec, method, true);
        window.snapshot(name);
        results.extend_harness(&mut window);
    }
}
