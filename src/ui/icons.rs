//! Icons as strokes: one weight, any size, the same on every system; and the buttons that carry them.

use eframe::egui::epaint::{PathShape, PathStroke};
use eframe::egui::{self, Color32, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};
use std::f32::consts::{PI, TAU};

/// The icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say what is drawn")]
pub enum Icon {
    Play,
    Pause,
    StepBack,
    StepForward,
    ToStart,
    ToEnd,
    Repeat,
    Dice,
    Undo,
    Redo,
    Link,
    Menu,
    Sun,
    Moon,
    Presenter,
    Help,
    Plus,
    Cross,
    Reset,
    Sliders,
    Chevron,
    ChevronDown,
    Mountain,
    List,
    Card,
    Curve,
    Wave,
    Dot,
    Minimum,
    Saddle,
    Maximum,
    Flat,
    Warning,
    Check,
    Panels,
    Fork,
    Flag,
    Region,
    Spectrum,
    Noise,
    Network,
}

impl Icon {
    /// Paints the icon in the square `rect`.
    pub fn paint(self, painter: &egui::Painter, rect: Rect, color: Color32) {
        let side = rect.width().min(rect.height());
        let stroke = Stroke::new((side / 11.0).max(1.2), color);
        // The unit square with y down, centred.
        let p = |x: f32, y: f32| rect.center() + side * vec2(x - 0.5, y - 0.5);
        let line = |points: Vec<Pos2>| Shape::line(points, stroke);
        let closed = |points: Vec<Pos2>| Shape::closed_line(points, stroke);
        let fill = |points: Vec<Pos2>| Shape::Path(PathShape::convex_polygon(points, color, PathStroke::NONE));
        let arc = |center: (f32, f32), r: f32, from: f32, to: f32| {
            let n = 24;
            let at = |i: i32| from + (to - from) * i as f32 / n as f32;
            line((0..=n).map(|i| p(center.0 + r * at(i).cos(), center.1 + r * at(i).sin())).collect())
        };
        let bar = |x: f32, w: f32| fill(vec![p(x, 0.2), p(x + w, 0.2), p(x + w, 0.8), p(x, 0.8)]);
        let wave = |f: &dyn Fn(f32) -> f32, from: f32, to: f32| {
            let n = 20;
            let x = |i: i32| from + (to - from) * i as f32 / n as f32;
            line((0..=n).map(|i| p(x(i), f(x(i)))).collect())
        };
        let shapes = match self {
            Self::Play => vec![fill(vec![p(0.26, 0.16), p(0.86, 0.5), p(0.26, 0.84)])],
            Self::Pause => vec![bar(0.24, 0.18), bar(0.58, 0.18)],
            Self::StepBack => vec![bar(0.72, 0.1), fill(vec![p(0.62, 0.2), p(0.62, 0.8), p(0.16, 0.5)])],
            Self::StepForward => vec![bar(0.18, 0.1), fill(vec![p(0.38, 0.2), p(0.84, 0.5), p(0.38, 0.8)])],
            Self::ToStart => vec![
                bar(0.12, 0.1),
                fill(vec![p(0.54, 0.2), p(0.54, 0.8), p(0.24, 0.5)]),
                fill(vec![p(0.86, 0.2), p(0.86, 0.8), p(0.56, 0.5)]),
            ],
            Self::ToEnd => vec![
                bar(0.78, 0.1),
                fill(vec![p(0.14, 0.2), p(0.44, 0.5), p(0.14, 0.8)]),
                fill(vec![p(0.46, 0.2), p(0.76, 0.5), p(0.46, 0.8)]),
            ],
            Self::Repeat => vec![
                line(vec![p(0.16, 0.56), p(0.16, 0.32), p(0.8, 0.32)]),
                line(vec![p(0.66, 0.16), p(0.82, 0.32), p(0.66, 0.48)]),
                line(vec![p(0.84, 0.44), p(0.84, 0.68), p(0.2, 0.68)]),
                line(vec![p(0.34, 0.52), p(0.18, 0.68), p(0.34, 0.84)]),
            ],
            Self::Dice => {
                let dot = |x, y| Shape::circle_filled(p(x, y), side * 0.07, color);
                vec![
                    closed(vec![p(0.16, 0.16), p(0.84, 0.16), p(0.84, 0.84), p(0.16, 0.84)]),
                    dot(0.34, 0.34),
                    dot(0.66, 0.66),
                    dot(0.66, 0.34),
                    dot(0.34, 0.66),
                    dot(0.5, 0.5),
                ]
            }
            Self::Undo => vec![arc((0.54, 0.56), 0.26, -PI, 0.5 * PI), line(vec![p(0.1, 0.4), p(0.28, 0.6), p(0.46, 0.42)])],
            Self::Redo => vec![arc((0.46, 0.56), 0.26, 0.0, -1.5 * PI), line(vec![p(0.9, 0.4), p(0.72, 0.6), p(0.54, 0.42)])],
            Self::Link => vec![
                arc((0.34, 0.66), 0.2, 0.1 * PI, 1.4 * PI),
                arc((0.66, 0.34), 0.2, -0.9 * PI, 0.4 * PI),
                line(vec![p(0.4, 0.6), p(0.6, 0.4)]),
            ],
            Self::Menu => [0.26, 0.5, 0.74].map(|y| line(vec![p(0.14, y), p(0.86, y)])).to_vec(),
            Self::Sun => {
                let mut shapes = vec![Shape::circle_stroke(p(0.5, 0.5), side * 0.18, stroke)];
                for k in 0..8 {
                    let (s, c) = (k as f32 * TAU / 8.0).sin_cos();
                    shapes.push(line(vec![p(0.5 + 0.3 * c, 0.5 + 0.3 * s), p(0.5 + 0.42 * c, 0.5 + 0.42 * s)]));
                }
                shapes
            }
            Self::Moon => vec![arc((0.46, 0.54), 0.34, 0.05 * PI, 1.45 * PI), arc((0.66, 0.34), 0.28, 0.32 * PI, 1.18 * PI)],
            Self::Presenter => vec![
                closed(vec![p(0.12, 0.18), p(0.88, 0.18), p(0.88, 0.66), p(0.12, 0.66)]),
                line(vec![p(0.3, 0.88), p(0.5, 0.66), p(0.7, 0.88)]),
            ],
            Self::Help => vec![
                Shape::circle_stroke(p(0.5, 0.5), side * 0.4, stroke),
                arc((0.5, 0.4), 0.13, -PI, 0.45 * PI),
                line(vec![p(0.52, 0.53), p(0.5, 0.6)]),
                Shape::circle_filled(p(0.5, 0.71), side * 0.05, color),
            ],
            Self::Plus => vec![line(vec![p(0.5, 0.2), p(0.5, 0.8)]), line(vec![p(0.2, 0.5), p(0.8, 0.5)])],
            Self::Cross => vec![line(vec![p(0.26, 0.26), p(0.74, 0.74)]), line(vec![p(0.74, 0.26), p(0.26, 0.74)])],
            Self::Reset => {
                vec![arc((0.5, 0.52), 0.32, -0.35 * PI, 1.25 * PI), line(vec![p(0.66, 0.04), p(0.66, 0.26), p(0.88, 0.28)])]
            }
            Self::Sliders => {
                let knob = |x, y| Shape::circle_filled(p(x, y), side * 0.1, color);
                let mut shapes: Vec<Shape> = [0.28, 0.72].map(|y| line(vec![p(0.12, y), p(0.88, y)])).to_vec();
                shapes.extend([knob(0.64, 0.28), knob(0.34, 0.72)]);
                shapes
            }
            Self::Chevron => vec![line(vec![p(0.38, 0.24), p(0.64, 0.5), p(0.38, 0.76)])],
            Self::ChevronDown => vec![line(vec![p(0.24, 0.38), p(0.5, 0.64), p(0.76, 0.38)])],
            Self::Mountain => vec![line(vec![p(0.06, 0.8), p(0.36, 0.26), p(0.56, 0.62), p(0.68, 0.44), p(0.94, 0.8)])],
            Self::List => {
                let mut shapes: Vec<Shape> = [0.26, 0.5, 0.74].map(|y| line(vec![p(0.34, y), p(0.9, y)])).to_vec();
                shapes.extend([0.26, 0.5, 0.74].map(|y| Shape::circle_filled(p(0.14, y), side * 0.06, color)));
                shapes
            }
            Self::Card => {
                let mut shapes = vec![closed(vec![p(0.16, 0.12), p(0.84, 0.12), p(0.84, 0.88), p(0.16, 0.88)])];
                shapes.extend([0.34, 0.52, 0.7].map(|y| line(vec![p(0.3, y), p(0.7, y)])));
                shapes
            }
            Self::Curve => vec![
                line(vec![p(0.12, 0.1), p(0.12, 0.88), p(0.92, 0.88)]),
                line(vec![p(0.2, 0.24), p(0.4, 0.34), p(0.52, 0.66), p(0.9, 0.74)]),
            ],
            Self::Wave => vec![wave(&|x| 0.5 - 0.42 * (1.0 - x) * (9.0 * x).cos(), 0.08, 0.92)],
            Self::Dot => vec![Shape::circle_filled(p(0.5, 0.5), side * 0.16, color)],
            // The marks of critical points as on the map.
            Self::Minimum => vec![Shape::circle_filled(p(0.5, 0.5), side * 0.3, color)],
            Self::Saddle => {
                let thick = |points: [Pos2; 2]| Shape::line_segment(points, Stroke::new(side * 0.2, color));
                vec![thick([p(0.2, 0.2), p(0.8, 0.8)]), thick([p(0.8, 0.2), p(0.2, 0.8)])]
            }
            Self::Maximum => vec![fill(vec![p(0.5, 0.14), p(0.86, 0.78), p(0.14, 0.78)])],
            Self::Flat => vec![fill(vec![p(0.5, 0.14), p(0.86, 0.5), p(0.5, 0.86), p(0.14, 0.5)])],
            Self::Warning => vec![
                closed(vec![p(0.5, 0.14), p(0.92, 0.84), p(0.08, 0.84)]),
                line(vec![p(0.5, 0.4), p(0.5, 0.6)]),
                Shape::circle_filled(p(0.5, 0.72), side * 0.05, color),
            ],
            Self::Flag => vec![
                line(vec![p(0.22, 0.1), p(0.22, 0.92)]),
                closed(vec![p(0.22, 0.16), p(0.84, 0.16), p(0.66, 0.36), p(0.84, 0.56), p(0.22, 0.56)]),
            ],
            Self::Check => vec![line(vec![p(0.18, 0.54), p(0.4, 0.76), p(0.84, 0.26)])],
            Self::Region => vec![
                Shape::circle_stroke(p(0.5, 0.5), side * 0.38, stroke),
                line(vec![p(0.5, 0.5), p(0.66, 0.42), p(0.78, 0.24)]),
                Shape::circle_filled(p(0.5, 0.5), side * 0.08, color),
            ],
            Self::Spectrum => {
                let heights = [(0.12, 0.7), (0.26, 0.42), (0.4, 0.12), (0.54, 0.36), (0.68, 0.66), (0.88, 0.74)];
                let mut shapes = heights.map(|(x, y)| line(vec![p(x, 0.86), p(x, y)])).to_vec();
                shapes.push(line(vec![p(0.06, 0.88), p(0.94, 0.88)]));
                shapes
            }
            Self::Noise => {
                let heights = [0.5, 0.3, 0.62, 0.4, 0.84, 0.14, 0.7, 0.36, 0.56];
                let points = heights.iter().enumerate().map(|(i, y)| p(0.08 + 0.105 * i as f32, *y));
                vec![line(points.collect())]
            }
            Self::Network => {
                let (left, right) = ([0.24, 0.76].map(|y| p(0.18, y)), [0.16, 0.5, 0.84].map(|y| p(0.82, y)));
                let mut shapes: Vec<Shape> = left.iter().flat_map(|a| right.map(|b| line(vec![*a, b]))).collect();
                shapes.extend(left.iter().chain(&right).map(|at| Shape::circle_filled(*at, 0.11 * side, color)));
                shapes
            }
            Self::Panels => vec![
                closed(vec![p(0.12, 0.16), p(0.88, 0.16), p(0.88, 0.84), p(0.12, 0.84)]),
                line(vec![p(0.38, 0.16), p(0.38, 0.84)]),
            ],
            Self::Fork => vec![
                line(vec![p(0.5, 0.92), p(0.5, 0.58), p(0.24, 0.32), p(0.24, 0.1)]),
                line(vec![p(0.5, 0.58), p(0.76, 0.32), p(0.76, 0.1)]),
                Shape::circle_filled(p(0.5, 0.58), 0.1 * side, color),
            ],
        };
        painter.extend(shapes);
    }
}

/// A square button with an icon. `label` is read aloud and shown as the tooltip's first line.
pub fn icon_button(ui: &mut Ui, icon: Icon, label: &str, tooltip: &str) -> Response {
    icon_toggle(ui, icon, label, tooltip, false)
}

/// An icon button that is on or off.
pub fn icon_toggle(ui: &mut Ui, icon: Icon, label: &str, tooltip: &str, on: bool) -> Response {
    let side = ui.spacing().interact_size.y.max(28.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, on, label));
    if ui.is_rect_visible(rect) {
        let visuals = ui.style().interact(&response);
        if on {
            ui.painter().rect_filled(rect, 4.0, ui.visuals().selection.bg_fill);
        } else if response.hovered() || response.has_focus() || response.is_pointer_button_down_on() {
            ui.painter().rect_filled(rect, 4.0, visuals.weak_bg_fill);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(rect, 4.0, ui.visuals().selection.stroke, egui::StrokeKind::Inside);
        }
        icon.paint(ui.painter(), Rect::from_center_size(rect.center(), Vec2::splat(16.0)), visuals.text_color());
    }
    response.on_hover_text(if tooltip.is_empty() { label.to_owned() } else { tooltip.to_owned() })
}

/// An icon in the line of text.
pub fn inline_icon(ui: &mut Ui, icon: Icon, color: Color32) {
    let side = ui.text_style_height(&egui::TextStyle::Body);
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    icon.paint(ui.painter(), rect, color);
}

/// A line in a method's colour and dash.
pub fn swatch(ui: &mut Ui, color: Color32, dash: &[f32]) {
    let (rect, _) = ui.allocate_exact_size(vec2(24.0, 16.0), Sense::hover());
    let (from, to) = (pos2(rect.left(), rect.center().y), pos2(rect.right(), rect.center().y));
    ui.painter().extend(dashed(&[from, to], Stroke::new(2.5, color), dash));
}

/// A polyline with a dash pattern, on and off in turn; solid where the pattern is empty.
pub fn dashed(points: &[Pos2], stroke: Stroke, dash: &[f32]) -> Vec<Shape> {
    if dash.is_empty() {
        return vec![Shape::line(points.to_vec(), stroke)];
    }
    let on: Vec<f32> = dash.iter().copied().step_by(2).collect();
    let off: Vec<f32> = dash.iter().copied().skip(1).step_by(2).collect();
    Shape::dashed_line_with_offset(points, stroke, &on, &off, 0.0)
}
