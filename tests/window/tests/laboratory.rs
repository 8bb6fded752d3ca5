//! The network laboratory: every entry opens, trains and is drawn.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may panic")]

use eframe::egui::{Theme, vec2};
use egui_kittest::{Harness, HarnessBuilder};
use saddlescope::scene::{Scene, networks};
use saddlescope::ui::{App, Launch};
use std::time::{Duration, Instant};

fn window(scene: Scene, theme: Theme) -> Harness<'static, App> {
    let builder: HarnessBuilder<App> =
        Harness::builder().with_size(vec2(1280.0, 800.0)).with_theme(theme).with_max_steps(4000).wgpu();
    let launch = Launch { scene: Some(scene), ..Launch::default() };
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the scene opens"));
    window.set_render_cursor(false);
    settle(&mut window);
    window
}

/// Waits for the threads behind the window.
fn settle(window: &mut Harness<'_, App>) {
    let end = Instant::now() + Duration::from_secs(120);
    while window.state().is_busy() && Instant::now() < end {
        window.step();
        std::thread::sleep(Duration::from_millis(4));
    }
    window.run();
}

#[test]
fn every_entry_trains() {
    for entry in networks() {
        let begin = Instant::now();
        let mut window = window(entry.scene.clone(), Theme::Light);
        for lane in window.state().session().lanes() {
            let run = lane.run().expect("a run");
            assert!(lane.fault().is_none() && lane.is_done(), "{}", entry.id);
            eprintln!("{} {}: {} {:?}", entry.id, lane.name(), run.status().message(), lane.curves().values.last());
        }
        let image = window.render().expect("a picture");
        let _ = image.save(format!("/tmp/lab_{}.png", entry.id));
        eprintln!("{} {:?}", entry.id, begin.elapsed());
    }
}
