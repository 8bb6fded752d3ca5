//! What a hand does in the window and what comes of it; an idle window; bad input.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod document;
mod runs;

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use saddlescope::ui::{App, Launch};

pub(crate) const DESK: [f32; 2] = [1280.0, 800.0];

pub(crate) fn window(size: [f32; 2], launch: Launch) -> Harness<'static, App> {
    let builder = Harness::builder().with_size(vec2(size[0], size[1])).with_max_steps(600);
    let mut window = builder.build_eframe(|cc| App::new(cc, launch).expect("the first screen opens"));
    window.run();
    window
}

pub(crate) fn desk() -> Harness<'static, App> {
    window(DESK, Launch::default())
}

pub(crate) fn press(window: &mut Harness<'_, App>, key: Key) {
    window.key_press(key);
    window.run_steps(2);
}

pub(crate) fn field(window: &Harness<'_, App>) -> Pos2 {
    let [left, top, width, height] = window.state().snapshot().formula_field_px;
    Pos2::new(left + 0.5 * width, top + 0.5 * height)
}

pub(crate) fn click(window: &mut Harness<'_, App>, at: Pos2) {
    for pressed in [true, false] {
        window.event(Event::PointerMoved(at));
        window.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
        window.step();
    }
}

pub(crate) fn retype(window: &mut Harness<'_, App>, text: &str) {
    let at = field(window);
    click(window, at);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.step();
    for c in text.chars() {
        window.event(Event::Text(c.to_string()));
        window.step();
    }
    window.run_steps(3);
}
