//! Setting a weight by hand: at the start it is another start, later on it is a fork.

use super::insight::Key;
use crate::scene::MethodSpec;
use crate::ui::command::{Command, Edit};
use crate::ui::number;
use eframe::egui::{self, DragValue, Pos2, RichText, Ui};
use std::collections::BTreeMap;

/// A parameter that can be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// "w" or "b".
    pub label: &'static str,
    /// Its place in the parameter vector.
    pub coordinate: usize,
}

/// The popup that is open.
pub(super) struct Editing {
    at: Pos2,
    key: Key,
    fields: Vec<Field>,
    draft: Option<(usize, f64)>,
    fresh: bool,
    /// Whether the first field takes the keyboard.
    by_key: bool,
}

/// The lane whose weights are set, at the shown step.
pub(super) struct Place<'a> {
    /// Its place in the list.
    pub index: usize,
    /// Its method.
    pub spec: &'a MethodSpec,
    /// The step that is shown of it.
    pub step: u64,
    /// Its weights there.
    pub w: &'a [f64],
    /// x₀ of every method.
    pub start: &'a [f64],
    /// How many methods there are.
    pub methods: usize,
}

impl Editing {
    /// Open at a point.
    pub fn new(at: Pos2, key: Key, fields: Vec<Field>) -> Self {
        Self { at, key, fields, draft: None, fresh: true, by_key: false }
    }

    /// Open at a point, with the keyboard in its first field.
    pub fn by_key(at: Pos2, key: Key, fields: Vec<Field>) -> Self {
        Self { by_key: true, ..Self::new(at, key, fields) }
    }
}

impl Place<'_> {
    /// Whether setting a weight changes the start of every method.
    fn is_start(&self) -> bool {
        self.step == 0 && self.spec.fork.is_none()
    }

    /// The commands that set a coordinate.
    fn set(&self, coordinate: usize, value: f64, out: &mut Vec<Command>) {
        if self.is_start() {
            let mut start = self.start.to_vec();
            start[coordinate] = value;
            out.push(Command::Edit(Edit::Start(Some(start))));
        } else {
            out.push(Command::Edit(Edit::Fork(self.index, self.step, BTreeMap::from([(coordinate, value)]), None)));
            out.push(Command::Select(self.methods));
        }
    }
}

/// Draws the open popup.
pub(super) fn editing_ui(ui: &Ui, open: &mut Option<Editing>, place: &Place<'_>, shown: Key, out: &mut Vec<Command>) {
    let Some(editing) = open else { return };
    // The start's runs are made anew with each change; a fork belongs to the row on which it was opened.
    if editing.fields.iter().any(|field| field.coordinate >= place.w.len()) || !place.is_start() && editing.key != shown {
        *open = None;
        return;
    }
    let id = egui::Id::unique("network weight");
    let mut done = ui.input(|input| input.key_pressed(egui::Key::Escape));
    let area = egui::Area::new(id).order(egui::Order::Foreground).fixed_pos(editing.at + egui::vec2(12.0, 12.0));
    let area = area.constrain_to(ui.ctx().content_rect()).show(ui.ctx(), |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            ui.horizontal(|ui| {
                for i in 0..editing.fields.len() {
                    done |= field_ui(ui, editing, i, place, out);
                }
            });
            let what = if place.is_start() {
                "Changes the start of every method".to_owned()
            } else {
                format!("A fork goes on from step {}", place.step)
            };
            ui.label(RichText::new(what).small().weak());
        });
    });
    let outside = area.response.clicked_elsewhere() && !editing.fresh;
    editing.fresh = false;
    if done || outside && editing.draft.is_none() {
        *open = None;
    }
}

/// A weight or a bias; returns whether it was set and the popup has done its work.
fn field_ui(ui: &mut Ui, editing: &mut Editing, i: usize, place: &Place<'_>, out: &mut Vec<Command>) -> bool {
    let Field { label, coordinate } = editing.fields[i];
    let now = place.w[coordinate];
    let mut value = editing.draft.filter(|(of, _)| *of == coordinate).map_or(now, |(_, value)| value);
    let name = ui.label(RichText::new(label).weak());
    let drag = DragValue::new(&mut value)
        .speed(0.01 * now.abs().max(0.5))
        .custom_formatter(|v, _| number::short(v, 5))
        .custom_parser(number::parse)
        .update_while_editing(false);
    let word = if label == "b" { "Bias" } else { "Weight" };
    if i == 0 && editing.by_key {
        // Not in the first frame of the popup, which is not shown; and before the field, so that it selects its text.
        if editing.fresh {
            ui.ctx().request_repaint();
        } else {
            editing.by_key = false;
            let id = ui.next_auto_id();
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }
    let response = ui.add(drag).labelled_by(name.id).on_hover_text(format!("{word}: drag, or click and type"));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, word));
    if response.changed() && value.is_finite() {
        if place.is_start() {
            place.set(coordinate, value, out);
            return false;
        }
        editing.draft = Some((coordinate, value));
    }
    let held = response.dragged() || response.is_pointer_button_down_on();
    match editing.draft {
        Some((of, value)) if of == coordinate && !held => {
            editing.draft = None;
            let moved = value.to_bits() != now.to_bits();
            if moved {
                place.set(coordinate, value, out);
            }
            moved
        }
        _ => false,
    }
}
