//! What the window looks like, on a software device: the first screen at a desk and on a phone, light and dark, and the
//! places that one opens from it.
#![allow(clippy::expect_used, reason = "a test may panic")]

use eframe::egui::{Key, Theme, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, HarnessBuilder, SnapshotResults};
use saddlescope::ui::{App, Launch};

const DESK: [f32; 2] = [1280.0, 800.0];
const PHONE: [f32; 2] = [390.0, 844.0];

fn window(size: [f32; 2], theme: Theme) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(size[0], size[1])).with_theme(theme).with_max_steps(800).wgpu();
    let mut window = builder.build_eframe(|cc| App::new(cc, Launch::default()).expect("the first screen opens"));
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
