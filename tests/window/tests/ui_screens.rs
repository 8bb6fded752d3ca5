//! What the window looks like, on a software device: the first screen at a desk and on a phone, light and dark, and the
//! places that one opens from it.
#![allow(clippy::expect_used, reason = "a test may panic")]

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Theme, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, HarnessBuilder, SnapshotResults};
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene};
use saddlescope::ui::{App, Launch};

const DESK: [f32; 2] = [1280.0, 800.0];
const PHONE: [f32; 2] = [390.0, 844.0];

fn window(size: [f32; 2], theme: Theme) -> Harness<'static, App> {
    opened(size, theme, Launch::default())
}

fn opened(size: [f32; 2], theme: Theme, launch: Launch) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(size[0], size[1])).with_theme(theme).with_max_steps(800).wgpu();
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the first screen opens"));
    window.set_render_cursor(false);
    window.run();
    window
}

#[test]
fn first_screens() {
    let mut results = SnapshotResults::new();
    for (name, size) in [("desk", DESK), ("phone", PHONE)] {
        for (shade, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            let mut window = window(size, theme);
            window.snapshot(format!("first_screen_{name}_{shade}"));
            results.extend_harness(&mut window);
        }
    }
}

#[test]
fn what_opens_at_a_desk() {
    let mut results = SnapshotResults::new();
    let mut window = window(DESK, Theme::Light);
    window.get_by_label_contains("Show the parameters of TR").click();
    window.run();
    window.snapshot("desk_parameters");
    for label in ["Landscape", "Menu"] {
        window.get_by_label(label).click();
        window.run();
        window.render().expect("a picture");
    }
    window.key_press(Key::F1);
    window.run();
    window.snapshot("desk_help");
    results.extend_harness(&mut window);
}

#[test]
fn a_function_of_ones_own() {
    let mut scene = Scene::bare(ProblemSpec::formula("x^2 + a*y^2 + b*sin(x)"));
    scene.methods = ["gd", "adam"].map(MethodSpec::new).to_vec();
    if let ProblemSpec::Formula { parameters, .. } = &mut scene.problem {
        parameters.extend([("a".to_owned(), 2.0), ("b".to_owned(), 1.0), ("unused".to_owned(), 3.0)]);
    }
    let launch = Launch { scene: Some(scene), ..Launch::default() };
    let mut window = opened(DESK, Theme::Light, launch);
    window.get_all_by_label("Landscape").last().expect("a tab").click();
    window.run();
    window.get_by_role(Role::TextInput).click();
    window.run();
    window.event(Event::Text(" + c*x*y".to_owned()));
    window.run();
    let mut results = SnapshotResults::new();
    window.snapshot("desk_own_function");
    results.extend_harness(&mut window);
}

#[test]
fn what_opens_on_a_phone() {
    let mut results = SnapshotResults::new();
    let mut window = window(PHONE, Theme::Dark);
    for (tab, name) in [("Landscape", None), ("Step", None), ("Curves", None), ("Methods", Some("phone_methods"))] {
        window.get_all_by_label(tab).last().expect("a tab").click();
        window.run();
        match name {
            Some(name) => window.snapshot(name),
            None => drop(window.render().expect("a picture")),
        }
    }
    results.extend_harness(&mut window);
}

#[test]
fn modes_of_momentum() {
    let mut results = SnapshotResults::new();
    let mut scene = Scene::bare(ProblemSpec::landscape("quad_ill"));
    scene.methods = ["heavy_ball", "gd", "nesterov"].map(MethodSpec::new).to_vec();
    for (shade, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
        let launch = Launch { scene: Some(scene.clone()), ..Launch::default() };
        let mut window = opened(DESK, theme, launch);
        window.get_all_by_label("Momentum").last().expect("a tab").click();
        window.run();
        window.snapshot(format!("desk_momentum_{shade}"));
        results.extend_harness(&mut window);
    }
}

/// A search for negative curvature on the map and on the curves, and the numbers of its paper.
#[test]
fn searches_and_papers_choices() {
    let mut results = SnapshotResults::new();
    let mut scene = Scene::bare(ProblemSpec::landscape("saddle_bounded"));
    scene.start = Some(vec![1.5, 0.0]);
    scene.seed = 1;
    scene.methods = ["neon", "pagd", "cnc_sgd", "natasha2"].map(MethodSpec::new).to_vec();
    scene.playback.step = 80;
    let launch = Launch { scene: Some(scene), ..Launch::default() };
    let mut window = opened(DESK, Theme::Light, launch);
    window.get_by_label_contains("Show the parameters of Neon").click();
    window.run();
    window.get_by_label("Paper's choice").click();
    window.run();
    window.snapshot("desk_search");
    results.extend_harness(&mut window);
}
