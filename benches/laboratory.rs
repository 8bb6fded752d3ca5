//! The frames of the laboratory while 2-8-8-1 trains and its whole spectrum is shown: `cargo bench -p saddlescope-benches
//! --features gui --bench laboratory`. The user interface's own work, without the device.
//!
//! Training, spectra and slices have threads of their own: on a machine with fewer cores than these the frames wait for them.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a benchmark")]

use eframe::egui::vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use saddlescope::scene::{Scene, networks};
use saddlescope::ui::{App, Command, Launch};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const SPECTRUM: &str = "Spectrum of the Hessian";
/// How long frames are drawn, sixty a second.
const SPAN: Duration = Duration::from_secs(6);
const FRAME: Duration = Duration::from_micros(16_667);

fn scene() -> Scene {
    let entry = networks().iter().find(|entry| entry.id == "spirals").unwrap_or_else(|| panic!("no entry for spirals"));
    let mut scene = entry.scene.clone();
    scene.methods.retain(|method| method.id == "sgd");
    // More than can be made while the clock runs.
    scene.steps = 1_000_000;
    scene.playback.step = 0;
    scene
}

fn main() {
    let launch = Launch { scene: Some(scene()), fresh: true, ..Launch::default() };
    let mut window = Harness::builder()
        .with_size(vec2(1600.0, 1000.0))
        .with_max_steps(100_000)
        .build_eframe(|cc| App::new(cc, launch).unwrap_or_else(|e| panic!("{e}")));
    window.state_mut().apply(&Default::default(), Command::ShowPanel("spectrum"));
    window.step();
    let (mut times, mut steps, begin) = (Vec::new(), BTreeSet::new(), Instant::now());
    window.state_mut().apply(&Default::default(), Command::TogglePlay);
    while begin.elapsed() < SPAN {
        let frame = Instant::now();
        window.step();
        times.push(frame.elapsed());
        if let Some(node) = window.query_all_by_label_contains(SPECTRUM).next() {
            steps.extend(node.accesskit_node().label());
        }
        std::thread::sleep(FRAME.saturating_sub(frame.elapsed()));
    }
    let trained = window.state().session().lanes()[0].run().map_or(0, saddlescope::run::Run::len);
    times.sort_unstable();
    let ms = |share: f64| 1e3 * times[((times.len() - 1) as f64 * share) as usize].as_secs_f64();
    let seconds = begin.elapsed().as_secs_f64();
    println!("{} frames in {seconds:.1} s, while {trained} steps were trained and recorded", times.len());
    println!("a frame's own work: median {:.2} ms, 99 % {:.2} ms, longest {:.2} ms", ms(0.5), ms(0.99), ms(1.0));
    println!("{:.1} spectra of all 105 eigenvalues were shown a second", steps.len() as f64 / seconds);
}
