//! Through which point a network's loss is cut, and along what: over the map, beside its switches.

use super::rim;
use crate::measure::SliceKind;
use crate::scene::SliceSpec;
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button};
use crate::ui::number;
use crate::ui::panels::Context;
use eframe::egui::{self, Rect, RichText, Ui, UiBuilder, vec2};

/// Size of the card.
const SIZE: [f32; 2] = [268.0, 32.0];
/// Room for the dice of random directions.
const DICE: f32 = 32.0;
/// Room that the colour bar takes at the right.
const COLOR_BAR: f32 = 110.0;

/// Draws the card where the problem is a network; returns the rectangle that it takes.
pub fn slicing_ui(ui: &mut Ui, rect: Rect, beside: Rect, context: &Context<'_>, out: &mut Vec<Command>) -> Rect {
    let Some(network) = context.session.problem().network() else { return Rect::NOTHING };
    let spec = context.scene.view.slice;
    let kind = spec.map_or(SliceKind::Random, |spec| spec.kind);
    let has_dice = kind == SliceKind::Random && rect.width() >= SIZE[0] + DICE + 16.0;
    let width = SIZE[0] + if has_dice { DICE } else { 0.0 };
    let wide = rect.width() > beside.width() + width + COLOR_BAR;
    if rect.width() < SIZE[0] + 16.0 || rect.height() < 160.0 {
        return Rect::NOTHING;
    }
    let corner = if wide { beside.right_top() + vec2(8.0, 0.0) } else { beside.left_bottom() + vec2(0.0, 8.0) };
    let bar = Rect::from_min_size(corner, vec2(width, SIZE[1]));
    rim::card(ui.painter(), bar, ui.visuals().window_fill);
    let mut bar_ui = ui.new_child(UiBuilder::new().id_salt("slice").max_rect(bar.shrink2(vec2(8.0, 2.0))));
    let here = |kind: SliceKind| {
        let method = context.selected().unwrap_or(0);
        Some(SliceSpec { kind, method, step: context.step, seed: spec.and_then(|spec| spec.seed) })
    };
    bar_ui.horizontal_centered(|ui| {
        let name = SliceKind::ALL.iter().find(|(k, ..)| *k == kind).map_or("", |(_, name, _)| *name);
        ui.label(RichText::new("slice").weak());
        let combo = egui::ComboBox::from_id_salt("slice kind").selected_text(name).width(124.0).show_ui(ui, |ui| {
            for (other, name, about) in SliceKind::ALL {
                if ui.selectable_label(other == kind, name).on_hover_text(about).clicked() && other != kind {
                    out.push(Command::Edit(Edit::Slice(here(other))));
                }
            }
        });
        combo.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Slice along; now {name}")));
        combo.response.on_hover_text("The plane through the weights that the map shows");
        let through = ui.button("cut here").on_hover_text("A plane through the weights of the chosen method at this step");
        if through.clicked() {
            out.push(Command::Edit(Edit::Slice(here(kind))));
        }
        if has_dice {
            let seed = spec.and_then(|spec| spec.seed).unwrap_or(network.spec().seed);
            let about = format!("Other random directions through the same point; now those of seed {seed}");
            if icon_button(ui, Icon::Dice, "Other directions", &about).clicked() {
                let spec = spec.or_else(|| here(kind).map(|spec| SliceSpec { step: 0, ..spec }));
                let other = spec.map(|spec| SliceSpec { seed: Some(seed.wrapping_add(1)), ..spec });
                out.push(Command::Edit(Edit::Slice(other)));
            }
        }
        if context.session.is_slicing() {
            ui.spinner().on_hover_text("The eigenvectors at this step are looked for");
        }
    });
    bar
}

/// The words that say how far the shown iterate is from the plane, and how wrong the plane's loss is there.
pub fn honesty(context: &Context<'_>) -> Option<String> {
    context.session.problem().network()?;
    let lane = context.session.lanes().get(context.selected()?)?;
    let x = lane.position(context.step)?;
    let loss = lane.at(crate::ui::Quantity::Gap, context.step)?;
    let (distance, foot) = context.session.foot(x);
    let numbers = [loss, foot, distance].map(|v| number::significant(v, 3));
    Some(format!(
        "{}: loss\u{a0}{}, in\u{a0}plane\u{a0}{}, {}\u{a0}off",
        lane.name(),
        numbers[0],
        numbers[1],
        if distance > 1e-9 { &numbers[2] } else { "0" }
    ))
}
