//! The keyboard: one table for input and for the help sheet.

use super::command::{Command, SaveAs, ViewFlag};
use eframe::egui::{self, Key, Modifiers};

/// A key and what it does.
pub struct Shortcut {
    /// How the key is written on the help sheet.
    pub keys: &'static str,
    /// What it does, in words.
    pub text: &'static str,
    /// Modifiers that must be held.
    pub modifiers: Modifiers,
    /// The key.
    pub key: Key,
    /// What it does.
    pub command: Command,
}

const NONE: Modifiers = Modifiers::NONE;

/// Every shortcut, the more demanding modifiers first: the first that matches wins.
pub fn shortcuts() -> Vec<Shortcut> {
    let s = |keys, text, modifiers, key, command| Shortcut { keys, text, modifiers, key, command };
    let command_shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    let mut table = vec![
        s("Space", "play or pause", NONE, Key::Space, Command::TogglePlay),
        s("→", "a step forward", NONE, Key::ArrowRight, Command::StepBy(1)),
        s("←", "a step back", NONE, Key::ArrowLeft, Command::StepBy(-1)),
        s("Shift →", "ten steps forward", Modifiers::SHIFT, Key::ArrowRight, Command::StepBy(10)),
        s("Shift ←", "ten steps back", Modifiers::SHIFT, Key::ArrowLeft, Command::StepBy(-10)),
        s("Home", "to the start", NONE, Key::Home, Command::GoTo(0)),
        s("End", "to the end", NONE, Key::End, Command::GoTo(u64::MAX)),
        s("L", "repeat on or off", NONE, Key::L, Command::ToggleRepeat),
        s("N", "another seed", NONE, Key::N, Command::Reseed),
        s("R", "show the whole landscape", NONE, Key::R, Command::Camera(None)),
        s("+", "zoom in", NONE, Key::Plus, Command::Zoom(1.25)),
        s("−", "zoom out", NONE, Key::Minus, Command::Zoom(0.8)),
        s("C", "contour lines", NONE, Key::C, Command::ToggleView(ViewFlag::Contours)),
        s("H", "tint by the signs of the Hessian's eigenvalues", NONE, Key::H, Command::ToggleView(ViewFlag::CurvatureTint)),
        s("E", "trust regions", NONE, Key::E, Command::ToggleView(ViewFlag::Regions)),
        s("M", "the model's contours in the region", NONE, Key::M, Command::ToggleView(ViewFlag::ModelContours)),
        s("T", "light or dark", NONE, Key::T, Command::ToggleTheme),
        s("P", "presenter mode", NONE, Key::P, Command::TogglePresenter),
        s("F1 or ?", "this sheet", NONE, Key::F1, Command::ToggleHelp),
        s("", "", NONE, Key::Questionmark, Command::ToggleHelp),
        s("", "", NONE, Key::Equals, Command::Zoom(1.25)),
        s("Ctrl Shift Z", "redo", command_shift, Key::Z, Command::Redo),
        s("Ctrl Z", "undo", Modifiers::COMMAND, Key::Z, Command::Undo),
        s("Ctrl S", "save the scene", Modifiers::COMMAND, Key::S, Command::Save(SaveAs::Scene)),
        s("Ctrl O", "open a scene", Modifiers::COMMAND, Key::O, Command::Open),
        s("Ctrl C", "copy a link to this moment", Modifiers::COMMAND, Key::C, Command::CopyLink),
    ];
    let digits = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    for (index, key) in digits.into_iter().enumerate() {
        let (keys, text) = if index == 0 { ("1 … 9", "show or hide a method") } else { ("", "") };
        table.push(s(keys, text, NONE, key, Command::ToggleMethod(index)));
    }
    table
}

/// What the keys of this frame ask for; nothing while a text field has the keyboard.
pub fn pressed(ctx: &egui::Context, table: &[Shortcut]) -> Vec<Command> {
    if ctx.text_edit_focused() {
        return Vec::new();
    }
    let focused = ctx.memory(|m| m.focused().is_some());
    ctx.input_mut(|input| {
        let mut commands = Vec::new();
        for shortcut in table {
            // A focused button or slider owns the keys with which it is worked.
            let owned = matches!(shortcut.key, Key::Space | Key::ArrowLeft | Key::ArrowRight | Key::Home | Key::End);
            if focused && owned {
                continue;
            }
            let shifted = matches!(shortcut.key, Key::Plus | Key::Questionmark | Key::Minus);
            let hit = input.events.iter().any(|event| match event {
                egui::Event::Copy => matches!(shortcut.command, Command::CopyLink),
                egui::Event::Key { key, pressed: true, modifiers, .. } => {
                    *key == shortcut.key
                        && modifiers.command == shortcut.modifiers.command
                        && !modifiers.alt
                        && (shifted || modifiers.shift == shortcut.modifiers.shift)
                }
                _ => false,
            });
            if hit {
                input.consume_key(input.modifiers, shortcut.key);
                commands.push(shortcut.command.clone());
            }
        }
        commands
    })
}
