//! The picture in step coordinates: the model's contours, the region, and every solver's way through it.

use super::handles::{self, Desk, Dial, Handle};
use super::solvers::{self, Look};
use super::{AnatomyMemory, Context, Shown, faint_ui, ink, short};
use crate::linalg::norm;
use crate::scene::SubproblemSpec;
use crate::ui::command::{Command, Edit};
use crate::ui::icons::dashed;
use crate::ui::map::gestures::viewport;
use crate::ui::map::names::{Name, Names, Taken};
use crate::ui::map::{paint, rim};
use crate::ui::theme::{color, theme_of};
use crate::view::anatomy::{Contour, ModelPicture, Place};
use crate::view::{self, Camera, Layer, MarkerShape, Stroke, Theme, View, outline};
use eframe::egui::{self, Align2, Color32, FontId, Painter, Pos2, Rect, Role, Sense, Shape, Ui, Vec2, WidgetInfo, pos2, vec2};

/// Half of the dial's height.
const DIAL: f32 = 44.0;
/// Labels on contours at most.
const MOST_LABELS: usize = 9;
/// Scales of the axes that differ by more are said to.
const UNEVEN: f64 = 1.5;
/// Answers closer than this have one label.
const TOGETHER: f32 = 11.0;

/// What the picture keeps from frame to frame.
#[derive(Default)]
pub struct Canvas {
    /// The camera and the gradient's scale; they stand still while a hand changes the subproblem.
    stand: Option<(Camera, f64)>,
    contours: Option<((ModelPicture, View), Vec<Contour>)>,
    names: Names,
}

/// Draws the picture in so much room.
pub fn picture_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut AnatomyMemory, size: Vec2, out: &mut Vec<Command>) {
    let (rect, response) = ui.allocate_exact_size(size.max(vec2(1.0, 1.0)), Sense::hover());
    let AnatomyMemory { shown, canvas, toggles, lambda, .. } = memory;
    let shown = match shown {
        Some(Ok(shown)) => shown,
        other => {
            let text = match other {
                Some(Err(message)) => message.as_str(),
                _ => "The start: no step was made yet. Go on a step, or choose a subproblem by hand.",
            };
            ui.scope_builder(egui::UiBuilder::new().max_rect(rect.shrink(16.0)), |ui| faint_ui(ui, text));
            return;
        }
    };
    let theme = theme_of(ui.visuals());
    let picture = shown.anatomy.picture();
    let spec = context.scene.view.subproblem;
    let still = spec.is_some() && ui.input(|input| input.pointer.any_down());
    if !still {
        canvas.stand = None;
    }
    let (camera, scale) = *canvas.stand.get_or_insert_with(|| {
        let camera = shown.anatomy.camera();
        (camera, arrow_scale(&picture, &camera))
    });
    let view = camera.view(viewport(rect));
    let dial = Dial { center: rect.right_top() + vec2(-DIAL - 14.0, DIAL + 14.0), radius: DIAL };
    describe(&response, shown);

    let mut held = None;
    if let Some(spec) = &spec {
        let desk = Desk { view: &view, dial, scale };
        let (handle, moved) = handles::handles_ui(ui, spec, &desk);
        held = handle;
        if moved.is_some() && moved.as_ref() != Some(spec) {
            out.push(Command::Edit(Edit::Subproblem(moved)));
        }
    }

    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 0.0, color(theme.casing()));
    let contours = match &mut canvas.contours {
        Some((key, contours)) if *key == (picture, view) => contours,
        other => &other.insert(((picture, view), picture.contours(&view))).1,
    };
    let mut shapes = Vec::new();
    if toggles.contours {
        contour_shapes(contours, theme, &view, &mut shapes);
    }
    region_shapes(&picture, theme, &view, &mut shapes);
    ways(shown, toggles, *lambda, theme, &view, &mut shapes);
    let head = paint::point(&view, picture.gradient.map(|g| -scale * g));
    arrow(&view, [0.0; 2], picture.gradient.map(|g| -scale * g), theme.ink(), 2.0, &mut shapes);
    let marks = marks(shown, toggles, *lambda, &view, rect);
    mark_shapes(ui, &marks, theme, &mut shapes);
    painter.extend(shapes);

    let mut taken: Vec<Rect> = marks.iter().map(|mark| Rect::from_center_size(mark.at, Vec2::splat(18.0))).collect();
    if let Some(spec) = &spec {
        taken.push(dial_ui(ui, &painter, spec, dial));
        let desk = Desk { view: &view, dial, scale };
        for handle in Handle::ALL {
            knob(ui, &painter, handle, handle.at(spec, &desk), held == Some(handle));
            taken.push(Rect::from_center_size(handle.at(spec, &desk), Vec2::splat(14.0)));
        }
    }
    rim::axes(&painter, rect, rect.top() + 42.0, &view, ["s₁", "s₂"], theme);
    taken.extend(stretch_note(&painter, rect, &view, theme));
    taken.push(Rect::from_min_max(rect.min, pos2(rect.left() + 44.0, rect.bottom())));
    taken.push(Rect::from_min_max(pos2(rect.left(), rect.bottom() - 28.0), rect.max));
    let mut names = names(&marks);
    let times = if scale == 1.0 { String::new() } else { format!(" · {}", short(scale)) };
    if norm(&picture.gradient) > 0.0 {
        names.push(Name { series: 30, text: format!("−g{times}"), at: head, state: None });
    }
    if toggles.contours {
        let crowd: Vec<Pos2> = names.iter().map(|name| name.at).collect();
        contour_labels(&painter, contours, theme, &view, rect, &crowd, &mut taken);
    }
    let taken = Taken { marks: taken, ..Taken::default() };
    canvas.names.draw(ui, &painter, rect, &names, taken, |_| false, still || context.playing);
}

/// Where the axes have very different scales, how different: what looks like a ball is none.
fn stretch_note(painter: &Painter, rect: Rect, view: &View, theme: Theme) -> Option<Rect> {
    let ratio = view.world_per_px[1] / view.world_per_px[0];
    if (1.0 / UNEVEN..=UNEVEN).contains(&ratio) || !ratio.is_finite() {
        return None;
    }
    let (more, less, by) = if ratio > 1.0 { ("s₁", "s₂", ratio) } else { ("s₂", "s₁", 1.0 / ratio) };
    let text = format!("{more} is stretched {} times as much as {less}", short(by));
    let at = pos2(rect.left() + 48.0, rect.top() + 8.0);
    let (ink, casing) = (color(theme.ink()), color(theme.casing()));
    Some(paint::text(painter, at, Align2::LEFT_TOP, &text, FontId::proportional(12.0), ink, casing))
}

/// The factor from ‖g‖ to the length of its arrow: 1 where that is seen well, else 1, 2 or 5 times a power of ten.
fn arrow_scale(picture: &ModelPicture, camera: &Camera) -> f64 {
    let (length, room) = (norm(&picture.gradient), camera.half()[0].min(camera.half()[1]));
    let wanted = 0.8 * room / length;
    if !wanted.is_finite() || (0.8..=8.0).contains(&wanted) {
        return 1.0;
    }
    let decade = libm::pow(10.0, libm::floor(libm::log10(wanted)));
    [5.0, 2.0, 1.0].into_iter().find(|m| m * decade <= wanted).unwrap_or(1.0) * decade
}

/// For those who do not see the picture, and for tests.
fn describe(response: &egui::Response, shown: &Shown) {
    let anatomy = &shown.anatomy;
    let [x, y] = anatomy.exact().place.at;
    response.widget_info(|| {
        let text = format!("Subproblem: solution ({}, {}), λ = {}", short(x), short(y), short(anatomy.secular.root));
        WidgetInfo::labeled(Role::Image, true, text)
    });
}

fn contour_shapes(contours: &[Contour], theme: Theme, view: &View, out: &mut Vec<Shape>) {
    for contour in contours {
        let strong = contour.level == 0.0;
        for (segments, opacity) in [(&contour.outside, 0.28), (&contour.inside, 0.7)] {
            let (width_px, opacity) = if strong { (2.0, (1.3_f32 * opacity).min(1.0)) } else { (1.0, opacity) };
            let stroke = Stroke { color: theme.faint_ink(), opacity, width_px, dash: &[], casing: None };
            paint::layer(&Layer::Segments { segments: segments.clone(), stroke }, view, out);
        }
    }
}

fn contour_labels(
    painter: &Painter,
    contours: &[Contour],
    theme: Theme,
    view: &View,
    rect: Rect,
    crowd: &[Pos2],
    taken: &mut Vec<Rect>,
) {
    let font = FontId::proportional(11.0);
    let every = contours.len().div_ceil(2 * MOST_LABELS).max(1) as u64;
    let step = contours.windows(2).map(|pair| pair[1].level - pair[0].level).fold(f64::INFINITY, f64::min);
    let mut left = MOST_LABELS;
    // Along rays from the middle, the upper right first: labels of neighbouring levels follow each other.
    let rays: Vec<Vec2> = [50.0_f32, 130.0, 310.0, 20.0, 160.0, 90.0, 270.0].map(|a| Vec2::angled(-a.to_radians())).to_vec();
    for contour in contours {
        let round = (contour.level / step).round() as i64;
        if left == 0 || !round.unsigned_abs().is_multiple_of(every) {
            continue;
        }
        let galley = painter.layout_no_wrap(short(contour.level), font.clone(), Color32::PLACEHOLDER);
        let middles: Vec<Pos2> = contour
            .inside
            .iter()
            .chain(&contour.outside)
            .map(|[p, q]| paint::point(view, [0.5 * (p[0] + q[0]), 0.5 * (p[1] + q[1])]))
            .collect();
        let place = rays.iter().find_map(|ray| {
            let off = |at: &Pos2| {
                let d = *at - rect.center();
                let along = d.dot(*ray);
                if along < 0.0 { f32::INFINITY } else { (d - along * *ray).length() }
            };
            let at = middles.iter().min_by(|a, b| off(a).total_cmp(&off(b))).filter(|at| off(at) < 8.0)?;
            let area = Rect::from_center_size(*at, galley.size() + vec2(4.0, 0.0));
            let free = rect.shrink(4.0).contains_rect(area)
                && !taken.iter().any(|other| other.intersects(area.expand(3.0)))
                && !crowd.iter().any(|p| area.expand(20.0).contains(*p));
            free.then_some(area)
        });
        if let Some(area) = place {
            let (ink, casing) = (color(theme.faint_ink()), color(theme.casing()));
            painter.rect_filled(area, 2.0, casing.gamma_multiply(0.85));
            painter.galley(area.min + vec2(2.0, 0.0), galley, ink);
            taken.push(area);
            left -= 1;
        }
    }
}

fn region_shapes(picture: &ModelPicture, theme: Theme, view: &View, out: &mut Vec<Shape>) {
    if let Some(region) = picture.region() {
        let stroke = Stroke { color: theme.series(5), opacity: 1.0, width_px: 2.2, dash: &[], casing: Some(theme.casing()) };
        paint::layer(&Layer::Region { outline: outline(&region, view), stroke, fill: 0.09 }, view, out);
    }
}

fn arrow(view: &View, from: [f64; 2], to: [f64; 2], rgb: view::Rgb, width_px: f32, out: &mut Vec<Shape>) {
    let stroke = Stroke { color: rgb, opacity: 1.0, width_px, dash: &[], casing: None };
    paint::layer(&view::arrow(from, to, view, stroke), view, out);
}

/// The curves and polylines: s(Δ), the whole dogleg, the paths of the solvers, and the step that was taken.
fn ways(shown: &Shown, toggles: &solvers::Toggles, lambda: Option<f64>, theme: Theme, view: &View, out: &mut Vec<Shape>) {
    let anatomy = &shown.anatomy;
    let mut path = |points: &[[f64; 2]], look: Look, width_px: f32, opacity: f32, dot_px: f32| {
        let stroke = Stroke { color: theme.series(look.series), opacity, width_px, dash: look.dash, casing: None };
        paint::layer(&Layer::Path { points: points.to_vec(), stroke, dot_px }, view, out);
    };
    if toggles.trajectory {
        for curve in &anatomy.trajectory {
            path(curve, solvers::TRAJECTORY, 4.0, 0.4, 0.0);
        }
    }
    if let Some(lambda) = lambda {
        path(&[[0.0; 2], anatomy.regularized(lambda).at], solvers::REGULARIZED, 1.2, 0.9, 0.0);
    }
    for answer in anatomy.answers.iter().filter(|answer| toggles.shows(answer.solver)) {
        let look = Look::of(answer.solver);
        match answer.solver {
            crate::optim::subproblem::Solver::Dogleg => {
                // Beyond the region the legs go on, faintly: where a larger radius would lead.
                path(&anatomy.dogleg, look, 1.2, 0.5, 0.0);
                path(&answer.path, look, 2.0, 1.0, 0.0);
            }
            crate::optim::subproblem::Solver::Exact => {}
            _ => path(&answer.path, look, 1.8, 1.0, 2.6),
        }
    }
    if let Some(cubic) = shown.cubic.as_ref().filter(|_| toggles.cubic) {
        path(&[[0.0; 2], cubic.place.at], solvers::CUBIC, 1.8, 1.0, 0.0);
    }
    if let Some((taken, index, _)) = &shown.taken {
        let look = Look { series: *index, shape: MarkerShape::Circle, radius: 0.0, dash: &[] };
        path(&taken.path, look, 1.2, 0.8, 2.0);
        arrow(view, [0.0; 2], taken.place.at, theme.series(*index), 2.4, out);
    }
}

/// A point that is marked and named.
struct Mark {
    at: Pos2,
    look: Look,
    hollow: bool,
    name: String,
    /// The number of an iterate, in place of a name.
    number: Option<usize>,
}

fn marks(shown: &Shown, toggles: &solvers::Toggles, lambda: Option<f64>, view: &View, rect: Rect) -> Vec<Mark> {
    let anatomy = &shown.anatomy;
    let far = 1e-6 * anatomy.problem.radius;
    let mut marks = Vec::new();
    let mut mark = |place: &Place, look: Look, name: String| {
        marks.push(Mark { at: paint::point(view, place.at), look, hollow: place.away > far, name, number: None });
    };
    for answer in anatomy.answers.iter().filter(|answer| toggles.shows(answer.solver)) {
        mark(&answer.place, Look::of(answer.solver), solvers::name(answer.solver).to_owned());
    }
    if let Some(mirror) = anatomy.mirror.as_ref().filter(|_| toggles.solvers[0]) {
        mark(mirror, Look::of(crate::optim::subproblem::Solver::Exact), "Exact, too".to_owned());
    }
    if let Some(newton) = anatomy.newton.as_ref().filter(|_| toggles.newton) {
        let seen = paint::visible(view, newton.place.at, -6.0);
        let name = if seen { "Newton".to_owned() } else { format!("Newton, ‖s‖ = {}", short(newton.norm)) };
        mark(&newton.place, solvers::NEWTON, name);
    }
    if let Some(cubic) = shown.cubic.as_ref().filter(|_| toggles.cubic) {
        mark(&cubic.place, solvers::CUBIC, "Cubic".to_owned());
    }
    if let Some(lambda) = lambda {
        mark(&anatomy.regularized(lambda), solvers::REGULARIZED, "s(λ)".to_owned());
    }
    if let Some((taken, index, name)) = &shown.taken {
        mark(&taken.place, Look { series: *index, shape: MarkerShape::Circle, radius: 3.0, dash: &[] }, name.clone());
    }
    // What is outside is marked where its direction leaves the picture.
    let inner = Rect::from_min_max(rect.min + vec2(56.0, 22.0), rect.max - vec2(22.0, 36.0));
    let middle = paint::point(view, [0.0; 2]);
    for mark in marks.iter_mut().filter(|mark| !inner.contains(mark.at)) {
        let d = mark.at - middle;
        let room = |d: f32, low: f32, high: f32| if d < 0.0 { low / d } else { high / d };
        let reach = room(d.x, inner.left() - middle.x, inner.right() - middle.x).min(room(
            d.y,
            inner.top() - middle.y,
            inner.bottom() - middle.y,
        ));
        mark.at = middle + reach.clamp(0.0, 1.0) * d;
        mark.hollow = true;
    }
    for answer in anatomy.answers.iter().filter(|answer| toggles.shows(answer.solver)) {
        let last = answer.path.len().saturating_sub(1);
        if !matches!(answer.solver, crate::optim::subproblem::Solver::Steihaug | crate::optim::subproblem::Solver::Lanczos) {
            continue;
        }
        for (k, at) in answer.path.iter().enumerate().take(last).skip(1) {
            let at = paint::point(view, *at);
            // Beside an answer on the same place.
            let covers = marks.iter().any(|other| other.number.is_none() && other.at.distance(at) < TOGETHER);
            let at = if covers { at + vec2(12.0, -12.0) } else { at };
            marks.push(Mark { at, look: Look::of(answer.solver), hollow: false, name: String::new(), number: Some(k) });
        }
    }
    marks
}

fn mark_shapes(ui: &Ui, marks: &[Mark], theme: Theme, out: &mut Vec<Shape>) {
    let casing = color(theme.casing());
    let mut order: Vec<&Mark> = marks.iter().collect();
    // Numbers above all else.
    order.sort_by(|a, b| a.number.is_some().cmp(&b.number.is_some()).then(b.look.radius.total_cmp(&a.look.radius)));
    for mark in order {
        let tone = ink(ui, mark.look.series);
        if let Some(number) = mark.number {
            let at = mark.at;
            out.push(Shape::circle_filled(at, 8.0, casing));
            out.push(Shape::circle_filled(at, 7.0, tone));
            let font = FontId::proportional(11.0);
            out.push(ui.fonts_mut(|fonts| Shape::text(fonts, at, Align2::CENTER_CENTER, number, font, casing)));
            continue;
        }
        let (fill, outline) = match mark.look.shape {
            MarkerShape::Ring => (casing, tone),
            _ if mark.hollow => (casing, tone),
            _ => (tone, casing),
        };
        paint::symbol(mark.look.shape, mark.at, mark.look.radius, Some(fill), outline, out);
    }
}

/// One name for all that stands on one place.
fn names(marks: &[Mark]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for mark in marks.iter().filter(|mark| mark.number.is_none()) {
        match names.iter_mut().find(|name| name.at.distance(mark.at) < TOGETHER) {
            Some(name) => name.text = format!("{}, {}", name.text, mark.name),
            None => names.push(Name { series: mark.look.series, text: mark.name.clone(), at: mark.at, state: None }),
        }
    }
    names
}

/// The arms of H: solid for a positive eigenvalue, dashed for a negative one.
fn dial_ui(ui: &Ui, painter: &Painter, spec: &SubproblemSpec, dial: Dial) -> Rect {
    let card = Rect::from_center_size(dial.center, Vec2::splat(2.0 * dial.radius + 20.0));
    rim::card(painter, card, ui.visuals().window_fill.gamma_multiply(0.92));
    let visuals = ui.visuals();
    let weak = visuals.weak_text_color();
    painter.circle_stroke(dial.center, dial.radius, egui::Stroke::new(1.0, weak.gamma_multiply(0.5)));
    painter.text(card.left_top() + vec2(8.0, 5.0), Align2::LEFT_TOP, "H", FontId::proportional(13.0), visuals.text_color());
    for (i, series) in [0, 1].into_iter().enumerate() {
        let arm = handles::arm(spec, i, dial.radius);
        let dash: &[f32] = if spec.eigenvalues[i] < 0.0 { &[3.0, 3.0] } else { &[] };
        let stroke = egui::Stroke::new(2.5, ink(ui, series));
        painter.extend(dashed(&[dial.center - arm, dial.center + arm], stroke, dash));
        let corner = if i == 0 { (card.left_bottom(), Align2::LEFT_BOTTOM) } else { (card.right_bottom(), Align2::RIGHT_BOTTOM) };
        let inset = if i == 0 { vec2(5.0, -2.0) } else { vec2(-5.0, -2.0) };
        painter.text(corner.0 + inset, corner.1, short(spec.eigenvalues[i]), FontId::proportional(12.0), ink(ui, series));
    }
    card
}

fn knob(ui: &Ui, painter: &Painter, handle: Handle, at: Pos2, held: bool) {
    let accent = ui.visuals().selection.stroke.color;
    let tone = match handle {
        Handle::Arm(i) => ink(ui, i),
        Handle::Gradient => ui.visuals().text_color(),
        _ => ink(ui, 5),
    };
    let radius = if held { 6.5 } else { 5.0 };
    painter.circle_filled(at, radius, ui.visuals().window_fill);
    painter.circle_stroke(at, radius, egui::Stroke::new(2.0, tone));
    if held {
        painter.circle_stroke(at, radius + 3.0, egui::Stroke::new(1.5, accent));
    }
}
