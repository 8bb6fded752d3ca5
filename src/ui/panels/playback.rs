//! The playback bar: where in the recording one stands, and how fast it runs.

use super::Context;
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button, icon_toggle};
use crate::ui::number;
use eframe::egui::{self, Slider, Ui};

/// Speeds of the menu, in steps a second.
const SPEEDS: [f64; 7] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0];
/// Width of the bar that says how much is computed.
const PROGRESS_WIDTH: f32 = 40.0;
/// Least room beside the slider.
const LEAST_BESIDE: f32 = 120.0;

/// Draws the bar.
pub fn playback_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    let narrow = ui.available_width() < 560.0;
    if narrow {
        scrub_ui(ui, context, out);
        ui.horizontal(|ui| {
            buttons_ui(ui, context, out);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| options_ui(ui, context, narrow, out));
        });
    } else {
        ui.horizontal(|ui| {
            buttons_ui(ui, context, out);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                options_ui(ui, context, narrow, out);
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| scrub_ui(ui, context, out));
            });
        });
    }
}

fn buttons_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let mut button = |icon, label: &str, tooltip: &str, command| {
        if icon_button(ui, icon, label, tooltip).clicked() {
            out.push(command);
        }
    };
    button(Icon::ToStart, "To the start", "To the start (Home)", Command::GoTo(0));
    button(Icon::StepBack, "Step back", "A step back (←); ten with Shift", Command::StepBy(-1));
    if context.playing {
        button(Icon::Pause, "Pause", "Pause (Space)", Command::TogglePlay);
    } else {
        button(Icon::Play, "Play", "Play (Space)", Command::TogglePlay);
    }
    button(Icon::StepForward, "Step forward", "A step forward (→); ten with Shift", Command::StepBy(1));
    button(Icon::ToEnd, "To the end", "To the end (End)", Command::GoTo(u64::MAX));
}

fn scrub_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    let longest = context.session.longest();
    let text = format!("{} / {}", number::count(context.step), number::count(longest));
    // Room for the widest text, so that the slider keeps its width while the step goes on.
    let widest = format!("{0} / {0}", number::count(longest));
    let font = egui::TextStyle::Body.resolve(ui.style());
    let text_width = ui.painter().layout_no_wrap(widest, font, ui.visuals().text_color()).size().x;
    let beside = text_width + PROGRESS_WIDTH + 3.0 * ui.spacing().item_spacing.x;
    let width = (ui.available_width() - beside.max(LEAST_BESIDE)).max(40.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().slider_width = width;
        let mut step = context.step;
        let slider = ui.add(Slider::new(&mut step, 0..=longest.max(1)).show_value(false));
        let label = ui.label(text).on_hover_text("The step that is shown, and the steps of the longest run");
        let slider = slider.labelled_by(label.id).on_hover_text("Drag to any step");
        if slider.changed() {
            out.push(Command::GoTo(step));
        }
        if context.session.is_working() {
            ui.add(egui::ProgressBar::new(context.session.progress() as f32).desired_width(PROGRESS_WIDTH).desired_height(4.0))
                .on_hover_text("Steps are still computed");
        }
    });
}

/// From right to left.
fn options_ui(ui: &mut Ui, context: &Context<'_>, narrow: bool, out: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let seed = format!("Another seed (N); now {}", context.scene.seed);
    if icon_button(ui, Icon::Dice, "Reseed", &seed).clicked() {
        out.push(Command::Reseed);
    }
    if !narrow {
        let mut seed = context.scene.seed;
        let drag = egui::DragValue::new(&mut seed).prefix("seed ").speed(0.1);
        if ui.add(drag).on_hover_text("Seed of the random methods: the same seed gives the same run").changed() {
            out.push(Command::Edit(Edit::Seed(seed)));
        }
        let mut steps = context.scene.steps;
        let drag = egui::DragValue::new(&mut steps).suffix(" steps").range(1..=1_000_000).speed(2.0);
        if ui.add(drag).on_hover_text("Steps of each method at most").changed() {
            out.push(Command::Edit(Edit::Steps(steps)));
        }
    }
    if icon_toggle(ui, Icon::Repeat, "Repeat", "Start over at the end (L)", context.scene.playback.repeat).clicked() {
        out.push(Command::ToggleRepeat);
    }
    let speed = context.scene.playback.speed;
    let text = format!("{} /s", number::short(speed, 3));
    let menu = egui::containers::menu::MenuButton::new(text).ui(ui, |ui| {
        for choice in SPEEDS {
            let label = format!("{} steps a second", number::short(choice, 4));
            if ui.add(egui::Button::selectable(choice == speed, label)).clicked() {
                out.push(Command::Speed(choice));
                ui.close();
            }
        }
    });
    menu.0.on_hover_text("Speed in steps a second");
}
