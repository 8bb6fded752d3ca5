//! The first screen, on a software device: at a desk and on a phone, light and dark.

use eframe::egui::{Theme, vec2};
use egui_kittest::{Harness, HarnessBuilder, SnapshotResults};
use saddlescope::ui::{App, Launch};

fn window(size: [f32; 2], theme: Theme) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(size[0], size[1])).with_theme(theme).with_max_steps(400).wgpu();
    builder.build_eframe(|cc| App::new(cc, Launch::default()).expect("the first screen opens"))
}

#[test]
fn first_screens() {
    let mut results = SnapshotResults::new();
    for (name, size) in [("desk", [1280.0, 800.0]), ("phone", [390.0, 844.0])] {
        for (shade, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            let mut window = window(size, theme);
            window.run();
            window.snapshot(format!("first_screen_{name}_{shade}"));
            results.extend_harness(&mut window);
        }
    }
}
