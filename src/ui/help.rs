//! The help sheet: keys, and what is drawn.

use super::icons::{Icon, dashed, icon_button};
use super::map::paint;
use super::shortcuts::Shortcut;
use super::theme;
use crate::view::MarkerShape;
use eframe::egui::{self, Rect, RichText, Sense, Shape, Stroke, Ui, Vec2, vec2};
use std::f32::consts::TAU;

/// Width of the column in which the signs stand.
const SIGNS: f32 = 40.0;

/// What is drawn on the map.
#[derive(Clone, Copy)]
enum Sign {
    Path,
    Region,
    Rejected,
    Kick,
    Critical,
    Contours,
    Start,
}

/// What the signs mean.
const MARKS: [(Sign, &str); 7] = [
    (
        Sign::Path,
        "A line is the path of a method, a dot an iterate: one colour and one dash each, the same in map, list and curves.",
    ),
    (
        Sign::Region,
        "A disc or an ellipse is the region in which a step was sought, in the method's own norm; dashed where it was rejected.",
    ),
    (Sign::Rejected, "A cross at the end of a dotted line is a trial that was rejected; an open dot is an iterate after one."),
    (Sign::Kick, "A burst is a random kick, a ring of dashes a search for negative curvature."),
    (Sign::Critical, "Critical points: a disc is a minimum, a cross a saddle, a triangle a maximum, a diamond degenerate."),
    (Sign::Contours, "Contours are lines of equal value. The tint shows where the Hessian is positive, indefinite or negative."),
    (
        Sign::Start,
        "The start: drag it, or click where it should be. Drag the map to move it, turn the wheel to zoom. A click on a step chooses it.",
    ),
];

/// Draws the sheet; returns whether it stays open.
pub fn help_ui(ctx: &egui::Context, shortcuts: &[Shortcut]) -> bool {
    let mut open = true;
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(20);
    let modal = egui::Modal::new(egui::Id::unique("help")).frame(frame).show(ctx, |ui| {
        let size = ui.ctx().content_rect().size();
        ui.set_max_width((size.x - 64.0).clamp(200.0, 720.0));
        ui.horizontal(|ui| {
            ui.label(RichText::new("saddlescope").font(theme::title()));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                open = !icon_button(ui, Icon::Cross, "Close", "Close (Escape)").clicked();
            });
        });
        ui.label("See how optimizers move: why gradient descent hangs at a saddle, and what lets others leave it.");
        ui.add_space(8.0);
        let height = (size.y - 200.0).max(120.0);
        egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            if ui.available_width() > 560.0 {
                ui.columns(2, |columns| {
                    marks_ui(&mut columns[0]);
                    keys_ui(&mut columns[1], shortcuts);
                });
            } else {
                marks_ui(ui);
                keys_ui(ui, shortcuts);
            }
        });
    });
    open && !modal.should_close()
}

fn marks_ui(ui: &mut Ui) {
    ui.label(RichText::new("What is drawn").font(theme::heading()));
    for (sign, text) in MARKS {
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(SIGNS, 22.0), Sense::hover());
            sign_ui(ui, sign, rect);
            ui.add(egui::Label::new(text).wrap());
        });
    }
}

/// A sign as the map draws it.
fn sign_ui(ui: &Ui, sign: Sign, rect: Rect) {
    let theme = theme::theme_of(ui.visuals());
    let (ink, casing) = (theme::color(theme.ink()), theme::color(theme.casing()));
    let [first, second] = [0, 1].map(|series| theme::series(ui.visuals(), series));
    let at = |x: f32, y: f32| rect.min + vec2(x * rect.width(), y * rect.height());
    let mut shapes = Vec::new();
    let mut mark = |shape: MarkerShape, x: f32, radius: f32| {
        paint::symbol(shape, at(x, 0.5), radius, Some(ink), casing, &mut shapes);
    };
    match sign {
        Sign::Critical => {
            let all = [MarkerShape::Disc, MarkerShape::Cross, MarkerShape::Triangle, MarkerShape::Diamond];
            all.into_iter().enumerate().for_each(|(i, shape)| mark(shape, 0.12 + 0.25 * i as f32, 3.6));
        }
        Sign::Start => paint::symbol(MarkerShape::Ring, at(0.5, 0.5), 7.0, Some(casing), ink, &mut shapes),
        Sign::Path => {
            let points = vec![at(0.05, 0.8), at(0.35, 0.3), at(0.65, 0.55), at(0.95, 0.25)];
            shapes.extend(points.iter().map(|p| Shape::circle_filled(*p, 2.7, first)));
            shapes.push(Shape::line(points, Stroke::new(2.0, first)));
        }
        Sign::Region => {
            shapes.push(Shape::ellipse_filled(at(0.5, 0.5), vec2(17.0, 8.0), first.gamma_multiply(0.15)));
            shapes.push(Shape::ellipse_stroke(at(0.5, 0.5), vec2(17.0, 8.0), Stroke::new(1.5, first)));
        }
        Sign::Rejected => {
            let (from, to) = (at(0.1, 0.7), at(0.75, 0.4));
            shapes.push(Shape::circle_filled(from, 2.7, second));
            shapes.extend(dashed(&[from, to], Stroke::new(1.0, second), &[1.5, 4.0]));
            let stroke = Stroke::new(1.6, second);
            shapes.extend([1.0, -1.0].map(|y| Shape::line_segment([to - vec2(4.0, 4.0 * y), to + vec2(4.0, 4.0 * y)], stroke)));
        }
        Sign::Kick => {
            let (burst, ring, stroke) = (at(0.25, 0.5), at(0.75, 0.5), Stroke::new(1.6, second));
            let ray = |k: usize, turns: f32, n: usize| Vec2::angled(TAU * (k as f32 + turns) / n as f32);
            shapes.extend((0..8).map(|k| Shape::line_segment([4.0, 8.0].map(|r| burst + r * ray(k, 0.0, 8)), stroke)));
            shapes.extend((0..12).map(|k| Shape::line_segment([0.0, 0.55].map(|t| ring + 8.0 * ray(k, t, 12)), stroke)));
        }
        Sign::Contours => {
            let line = Stroke::new(1.2, ui.visuals().weak_text_color());
            shapes.extend([4.0, 7.0, 10.0].map(|r| Shape::ellipse_stroke(at(0.5, 0.5), vec2(1.7 * r, r), line)));
        }
    }
    ui.painter().extend(shapes);
}

fn keys_ui(ui: &mut Ui, shortcuts: &[Shortcut]) {
    ui.label(RichText::new("Keys").font(theme::heading()));
    egui::Grid::new("keys").num_columns(2).min_row_height(16.0).spacing([16.0, 3.0]).show(ui, |ui| {
        for shortcut in shortcuts.iter().filter(|s| !s.keys.is_empty()) {
            ui.label(RichText::new(shortcut.keys).family(theme::strong_family()));
            ui.label(shortcut.text);
            ui.end_row();
        }
    });
}
