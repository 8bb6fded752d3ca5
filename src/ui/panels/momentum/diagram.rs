//! The plane of ηλ and μ, coloured by what a step leaves of a mode; each eigenvalue is a point that can be dragged.

use super::{View, regime_name};
use crate::measure::momentum::{Regime, Scheme};
use crate::ui::command::Command;
use crate::ui::{number, theme};
use crate::view::{self, ColorMap};
use eframe::egui::{
    self, Align2, Color32, ColorImage, FontId, Pos2, Rect, Sense, Shape, Stroke, TextureHandle, TextureOptions, Ui, Visuals,
    pos2, vec2,
};

/// The part of the axis of ηλ that is shown.
const Z: [f64; 2] = [-0.5, 4.2];
/// Texels across and up.
const TEXELS: [usize; 2] = [320, 160];
/// Room for the names of the axes.
const LEFT: f32 = 34.0;
const BOTTOM: f32 = 34.0;

/// The picture of the plane, and the point that is held.
#[derive(Default)]
pub(super) struct DiagramMemory {
    texture: Option<(Scheme, view::Theme, TextureHandle)>,
    held: Option<usize>,
}

/// The shade of the `place`-th of `count` modes of a lane.
pub(super) fn shade(color: Color32, visuals: &Visuals, place: usize, count: usize) -> Color32 {
    let share = 0.55 * place as f32 / count.saturating_sub(1).max(1) as f32;
    color.lerp_to_gamma(visuals.text_color(), share)
}

/// Where a point of the plane is on the screen.
struct Frame(Rect);

impl Frame {
    fn screen_from_plane(&self, z: f64, mu: f64) -> Pos2 {
        let x = ((z - Z[0]) / (Z[1] - Z[0])) as f32;
        pos2(self.0.left() + x * self.0.width(), self.0.bottom() - mu as f32 * self.0.height())
    }

    fn plane_from_screen(&self, at: Pos2) -> (f64, f64) {
        let x = f64::from((at.x - self.0.left()) / self.0.width());
        let y = f64::from((self.0.bottom() - at.y) / self.0.height());
        (Z[0] + x * (Z[1] - Z[0]), y.clamp(0.0, 1.0))
    }
}

/// Draws the plane and takes the points along with the pointer.
pub(super) fn diagram_ui(ui: &mut Ui, view: &View<'_>, memory: &mut DiagramMemory, out: &mut Vec<Command>) {
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    let inner = Rect::from_min_max(rect.min + vec2(LEFT, 4.0), rect.max - vec2(8.0, BOTTOM));
    if inner.width() < 40.0 || inner.height() < 40.0 {
        return;
    }
    let frame = Frame(inner);
    let visuals = ui.visuals().clone();
    let texture = texture(ui, view.scheme, memory);
    let painter = ui.painter_at(rect);
    painter.image(texture, inner, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
    edges(&painter.with_clip_rect(inner), &frame, view.scheme, &visuals);
    axes(&painter, &frame, &visuals);
    names(&painter, &frame, view.scheme, &visuals);
    legend(&painter, &frame, &visuals);
    let points: Vec<(usize, Pos2)> = view
        .modes
        .iter()
        .map(|mode| {
            let z = (view.step_size * view.curvature(*mode)).clamp(Z[0], Z[1]);
            (*mode, frame.screen_from_plane(z, view.momentum))
        })
        .collect();
    marks(&painter, view, &points, &visuals);
    drag(ui, view, &frame, &points, &response, memory, out);
    let (best, rate) =
        view.modes.iter().map(|mode| (*mode, view.mode(*mode).rate)).fold((0, 0.0), |a, b| if b.1 > a.1 { b } else { a });
    let about = format!(
        "Phase diagram; the slowest mode is λ = {} with rate {}",
        number::short(view.curvature(best), 3),
        number::short(rate, 3)
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about.clone()));
    if let Some(at) = response.hover_pos().filter(|at| inner.contains(*at) && memory.held.is_none()) {
        let (z, mu) = frame.plane_from_screen(at);
        let mode = view.scheme.mode(z, mu);
        let (z, mu, rate) = (number::short(z, 3), number::short(mu, 3), number::short(mode.rate, 3));
        let text = format!("ηλ = {z}, μ = {mu}: |σ| = {rate}, {}\nDrag a point: η and μ follow", regime_name(mode.regime));
        response.on_hover_text_at_pointer(text);
    }
}

fn drag(
    ui: &Ui,
    view: &View<'_>,
    frame: &Frame,
    points: &[(usize, Pos2)],
    response: &egui::Response,
    memory: &mut DiagramMemory,
    out: &mut Vec<Command>,
) {
    let Some(at) = response.interact_pointer_pos() else {
        memory.held = None;
        return;
    };
    if response.drag_started() || memory.held.is_none() {
        // A mode of no curvature says nothing of η.
        let movable = points.iter().filter(|(mode, _)| view.curvature(*mode) != 0.0);
        let nearest = movable.min_by(|a, b| a.1.distance(at).total_cmp(&b.1.distance(at)));
        memory.held = nearest.map(|(mode, _)| *mode);
    }
    let Some(mode) = memory.held.filter(|mode| *mode < view.linear.curvatures.len()) else { return };
    if response.dragged() || response.clicked() {
        let (z, mu) = frame.plane_from_screen(at);
        let step_size = z / view.curvature(mode);
        if step_size > 0.0 {
            out.extend(view.edit(step_size, mu).map(Command::Edit));
        }
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
    }
}

fn texture(ui: &Ui, scheme: Scheme, memory: &mut DiagramMemory) -> egui::TextureId {
    let shade = theme::theme_of(ui.visuals());
    if let Some((_, _, handle)) = memory.texture.as_ref().filter(|(of, with, _)| (*of, *with) == (scheme, shade)) {
        return handle.id();
    }
    // Gradient descent is the heavy ball without momentum: the plane is that of the heavy ball.
    let drawn = if scheme == Scheme::GradientDescent { Scheme::HeavyBall } else { scheme };
    let [width, height] = TEXELS;
    let mut pixels = Vec::with_capacity(width * height);
    for row in 0..height {
        let mu = 1.0 - (row as f64 + 0.5) / height as f64;
        for column in 0..width {
            let z = Z[0] + (column as f64 + 0.5) / width as f64 * (Z[1] - Z[0]);
            let mode = drawn.mode(z, mu);
            let color = match mode.regime {
                Regime::Divergent => shade.void(),
                _ => ColorMap::Cividis.color(shade, 1.0 - mode.rate),
            };
            pixels.push(theme::color(color));
        }
    }
    let image = ColorImage::new(TEXELS, pixels);
    let handle = ui.ctx().load_texture("phase diagram", image, TextureOptions::LINEAR);
    let id = handle.id();
    memory.texture = Some((scheme, shade, handle));
    id
}

/// The borders of the regions: where modes begin to swing, end to, and diverge.
fn edges(painter: &egui::Painter, frame: &Frame, scheme: Scheme, visuals: &Visuals) {
    let drawn = if scheme == Scheme::GradientDescent { Scheme::HeavyBall } else { scheme };
    let momenta = || (0..=100).map(|i| f64::from(i) / 100.0);
    let curve = |z: &dyn Fn(f64) -> f64| -> Vec<Pos2> { momenta().map(|mu| frame.screen_from_plane(z(mu), mu)).collect() };
    for (points, width) in [
        (curve(&|mu| drawn.oscillating(mu)[0]), 1.5),
        (curve(&|mu| drawn.oscillating(mu)[1]), 1.5),
        (curve(&|mu| drawn.stability_limit(mu)), 2.0),
        (curve(&|_| 0.0), 2.0),
    ] {
        painter.add(Shape::line(points.clone(), Stroke::new(width + 2.0, visuals.panel_fill)));
        painter.add(Shape::line(points, Stroke::new(width, visuals.text_color())));
    }
}

fn axes(painter: &egui::Painter, frame: &Frame, visuals: &Visuals) {
    let (font, ink) = (FontId::proportional(11.0), visuals.weak_text_color());
    for z in 0..=4 {
        let at = frame.screen_from_plane(f64::from(z), 0.0);
        painter.text(at + vec2(0.0, 3.0), Align2::CENTER_TOP, z.to_string(), font.clone(), ink);
    }
    for tenth in [0, 5, 10] {
        let at = frame.screen_from_plane(Z[0], f64::from(tenth) / 10.0);
        painter.text(at - vec2(4.0, 0.0), Align2::RIGHT_CENTER, number::short(f64::from(tenth) / 10.0, 2), font.clone(), ink);
    }
    let ink = visuals.text_color();
    painter.text(
        pos2(frame.0.left() + 0.28 * frame.0.width(), frame.0.bottom() + 16.0),
        Align2::CENTER_TOP,
        "step size × curvature, ηλ",
        font.clone(),
        ink,
    );
    painter.text(pos2(frame.0.left() - 22.0, frame.0.top() + 0.25 * frame.0.height()), Align2::CENTER_CENTER, "μ", font, ink);
}

/// What the colours mean: at the right end of the strip of the lower axis.
fn legend(painter: &egui::Painter, frame: &Frame, visuals: &Visuals) {
    const WIDTH: f32 = 64.0;
    let right = frame.0.right();
    if frame.0.width() < 380.0 {
        return;
    }
    let (font, ink, y) = (FontId::proportional(11.0), visuals.text_color(), frame.0.bottom() + 23.0);
    let one = painter.text(pos2(right, y), Align2::RIGHT_CENTER, "1", font.clone(), ink);
    let bar = Rect::from_min_max(pos2(one.left() - 4.0 - WIDTH, y - 4.0), pos2(one.left() - 4.0, y + 4.0));
    let shade = theme::theme_of(visuals);
    for i in 0..32_u8 {
        let part = f32::from(i) / 32.0;
        let strip = Rect::from_min_size(bar.min + vec2(part * WIDTH, 0.0), vec2(WIDTH / 32.0 + 0.5, bar.height()));
        painter.rect_filled(strip, 0.0, theme::color(ColorMap::Cividis.color(shade, 1.0 - f64::from(part))));
    }
    painter.text(pos2(bar.left() - 4.0, y), Align2::RIGHT_CENTER, "left by a step, |σ|: 0", font, ink);
}

/// The names of the regions, each where its region is widest.
fn names(painter: &egui::Painter, frame: &Frame, scheme: Scheme, visuals: &Visuals) {
    let places: &[(f64, f64, &str)] = match scheme {
        Scheme::GradientDescent => &[(0.5, 0.03, "falls"), (1.5, 0.03, "alternates"), (3.0, 0.2, "diverges")],
        Scheme::HeavyBall => {
            &[(1.4, 0.62, "oscillates"), (0.42, 0.06, "overdamped"), (1.75, 0.04, "alternates"), (3.6, 0.3, "diverges")]
        }
        Scheme::Nesterov => {
            &[(0.55, 0.62, "oscillates"), (0.42, 0.06, "overdamped"), (1.25, 0.3, "alternates"), (2.9, 0.5, "diverges")]
        }
    };
    for (z, mu, name) in places {
        let at = frame.screen_from_plane(*z, *mu);
        let galley = painter.layout_no_wrap((*name).to_owned(), FontId::proportional(12.0), visuals.text_color());
        let ground = Rect::from_center_size(at, galley.size()).expand2(vec2(4.0, 1.0));
        painter.rect_filled(ground, 3.0, visuals.panel_fill.gamma_multiply(0.85));
        painter.galley(ground.min + vec2(4.0, 1.0), galley, Color32::PLACEHOLDER);
    }
}

fn marks(painter: &egui::Painter, view: &View<'_>, points: &[(usize, Pos2)], visuals: &Visuals) {
    let color = theme::series(visuals, view.index);
    if let ([first, .., last], true) = (points, points.len() > 1) {
        painter.line_segment([first.1, last.1], Stroke::new(1.5, visuals.text_color()));
    }
    for (place, (mode, at)) in points.iter().enumerate() {
        let ink = shade(color, visuals, place, points.len());
        // A light rim within a dark one: the dot parts from every colour of the plane.
        painter.circle_filled(*at, 10.0, Color32::from_gray(20));
        painter.circle_filled(*at, 8.8, Color32::from_gray(250));
        painter.circle_filled(*at, 6.2, ink);
        let text = format!("λ = {}", number::short(view.curvature(*mode), 3));
        let galley = painter.layout_no_wrap(text, FontId::proportional(12.0), visuals.text_color());
        let above = if place % 2 == 0 { -24.0 } else { 10.0 };
        let corner = pos2(
            (at.x - 0.5 * galley.size().x).clamp(painter.clip_rect().left(), painter.clip_rect().right() - galley.size().x),
            at.y + above,
        );
        painter.rect_filled(
            Rect::from_min_size(corner, galley.size()).expand2(vec2(4.0, 1.0)),
            3.0,
            visuals.panel_fill.gamma_multiply(0.85),
        );
        painter.galley(corner, galley, Color32::PLACEHOLDER);
    }
}
