//! A frame of the window with twelve methods of 10,000 steps each: the user interface's own work, without the device.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{Criterion, criterion_group, criterion_main};
use eframe::egui::{Event, Key, PointerButton, Pos2, Vec2, vec2};
use egui_kittest::Harness;
use saddlescope::optim::{Setting, methods};
use saddlescope::run::StopRules;
use saddlescope::scene::{MethodSpec, Playback, ProblemSpec, Scene};
use saddlescope::ui::{App, Launch};

const STEPS: u64 = 10_000;
const METHODS: usize = 12;

fn scene() -> Scene {
    let mut scene = Scene::bare(ProblemSpec::landscape("rosenbrock"));
    scene.methods = methods().iter().map(|m| MethodSpec::new(m.id)).collect();
    let mut ellipsoid = MethodSpec::new("tr");
    ellipsoid.settings.insert("metric".to_owned(), Setting::Name("rmsprop".to_owned()));
    scene.methods.push(ellipsoid);
    scene.methods.truncate(METHODS);
    scene.steps = STEPS;
    // Nothing is ever small enough to stop at: every method makes all its steps.
    scene.stop = StopRules { gradient: 0.0, rest: u32::MAX, ..StopRules::default() };
    scene.playback = Playback { step: STEPS, speed: 600.0, repeat: true, ..Playback::default() };
    scene
}

fn window() -> Harness<'static, App> {
    let launch = Launch { scene: Some(scene()), fresh: true, ..Launch::default() };
    let mut window = Harness::builder()
        .with_size(vec2(1280.0, 800.0))
        .with_max_steps(100_000)
        .build_eframe(|cc| App::new(cc, launch).unwrap_or_else(|e| panic!("{e}")));
    while window.state().snapshot().computing {
        window.step();
    }
    assert_eq!(window.state().snapshot().runs.len(), METHODS);
    window
}

fn frames(c: &mut Criterion) {
    let mut group = c.benchmark_group("a frame with 12 methods at 10,000 steps each");
    let mut window = window();
    let [left, top, width, height] = window.state().snapshot().map_rect_px;
    let middle = Pos2::new(left + 0.5 * width, top + 0.5 * height);

    let mut turn = 0_u32;
    let mut wander = move |radius: f32| {
        turn = turn.wrapping_add(1);
        middle + radius * Vec2::angled(0.1 * turn as f32)
    };
    group.bench_function("at rest, the pointer over the map", |b| {
        b.iter(|| {
            window.event(Event::PointerMoved(wander(100.0)));
            window.step();
        });
    });

    window.event(Event::PointerMoved(middle));
    window.event(Event::PointerButton {
        pos: middle,
        button: PointerButton::Primary,
        pressed: true,
        modifiers: Default::default(),
    });
    window.step();
    group.bench_function("panning", |b| {
        b.iter(|| {
            window.event(Event::PointerMoved(wander(40.0)));
            window.step();
        });
    });
    window.event(Event::PointerButton {
        pos: middle,
        button: PointerButton::Primary,
        pressed: false,
        modifiers: Default::default(),
    });
    window.event(Event::PointerMoved(Pos2::ZERO));
    window.step();

    window.key_press(Key::Home);
    window.step();
    window.key_press(Key::Space);
    window.step();
    assert!(window.state().snapshot().playing);
    group.bench_function("playing", |b| b.iter(|| window.step()));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = frames
}
criterion_main!(benches);
