use crate::bench::{scene, window};
use eframe::egui::Theme;
use egui_kittest::SnapshotResults;
use saddlescope::optim::Verdict;
use saddlescope::optim::{Geometry, Setting};
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene};
use saddlescope::ui::ViewFlag;
use saddlescope::view::section;

/// The first screen's race, and two landscapes with other scales of values.
fn gallery() -> [(&'static str, Scene, usize); 3] {
    let race = Scene { playback: at(140), ..Scene::default() };
    let mut valley = scene(ProblemSpec::landscape("rosenbrock"), &["gd", "adam", "tr"], 9);
    valley.view.model_contours = true;
    let mut hills = scene(ProblemSpec::landscape("mueller_brown"), &["heavy_ball", "rmsprop", "tr"], 14);
    hills.view.curvature_tint = true;
    hills.view.region_trail = 2;
    [("race", race, 3), ("valley", valley, 2), ("hills", hills, 2)]
}

fn at(step: u64) -> saddlescope::scene::Playback {
    saddlescope::scene::Playback { step, ..saddlescope::scene::Playback::default() }
}

#[test]
fn pictures_in_light_and_dark() {
    let mut results = SnapshotResults::new();
    for (name, scene, selected) in gallery() {
        for (ground, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            let mut harness = window(scene.clone(), [540.0, 400.0], theme, selected);
            results.add(harness.try_snapshot(format!("map_{name}_{ground}")));
        }
    }
}

#[test]
fn the_region_is_drawn_where_it_is() {
    let mut scene = scene(ProblemSpec::landscape("rosenbrock"), &[], 7);
    let mut method = MethodSpec::new("tr");
    method.settings.insert("metric".to_owned(), Setting::Name("rmsprop".to_owned()));
    scene.methods.push(method);
    let mut harness = window(scene, [700.0, 520.0], Theme::Light, 0);
    let view = harness.state().view();
    let session = &harness.state().session;
    let run = session.lanes()[0].run().expect("a run");
    // The first accepted step whose region is neither tiny nor larger than the map.
    let of_step = |step: u64| {
        let (record, _) = run.record(step)?;
        let Geometry::TrustRegion(region) = &record.geometry else { return None };
        let ellipse = section(region, session.plane())?;
        let size = ellipse.axes.map(|[u, v]| (u * u + v * v).sqrt() / view.world_per_px[0]);
        (record.verdict == Verdict::Accepted && size[1] > 25.0 && size[0] < 180.0).then_some((step, ellipse))
    };
    let (step, ellipse) = (1..=run.len()).find_map(of_step).expect("a region that can be seen");
    harness.state_mut().scene.playback.step = step;
    harness.run();
    let with = harness.render().expect("a picture");
    *ViewFlag::Regions.of(&mut harness.state_mut().scene.view) = false;
    harness.run();
    let without = harness.render().expect("a picture");
    let change = |at: [f64; 2], reach: i64| {
        let [x, y] = view.px_from_world(at).map(|v| v.floor() as i64);
        let mut most = 0;
        for (i, j) in (-reach..=reach).flat_map(|i| (-reach..=reach).map(move |j| (x + i, y + j))) {
            if (0..700).contains(&i) && (0..520).contains(&j) {
                let [a, b] = [&with, &without].map(|p| p.get_pixel(i as u32, j as u32).0);
                most = most.max((0..3).map(|k| a[k].abs_diff(b[k])).max().unwrap_or(0));
            }
        }
        most
    };
    let inside = |p: [f64; 2]| {
        let [x, y] = view.px_from_world(p);
        (60.0..560.0).contains(&x) && (60.0..470.0).contains(&y)
    };
    let (mut seen, mut drawn) = (0, 0);
    for k in 0..64 {
        let angle = std::f64::consts::TAU * f64::from(k) / 64.0;
        let on = ellipse.point(1.0, angle);
        if !inside(on) {
            continue;
        }
        seen += 1;
        drawn += usize::from(change(on, 1) > 60);
        // Eight pixels outside there is nothing.
        let scale = 1.0 + 8.0 * view.world_per_px[0] / ((on[0] - ellipse.center[0]).hypot(on[1] - ellipse.center[1]));
        assert!(change(ellipse.point(scale.max(1.25), angle), 1) < 12, "something outside at angle {angle}");
    }
    // Where paths and markers lie over the boundary it does not show.
    assert!(seen > 20 && drawn * 10 > seen * 8, "{drawn} of {seen} points of the boundary");
}
