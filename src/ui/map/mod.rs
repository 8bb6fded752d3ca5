//! The map: the landscape from above with the paths of the methods.
//!
//! [`MapPanel`] draws the landscape by the shader, the layers of [`view`] over it, and reads the pointer. It
//! gets the whole [`Context`] (scene, session, shown step) and answers with commands: a moved camera, a dragged start, a
//! chosen step. Everything that depends on the camera only is kept from frame to frame.

mod critical;
pub(super) mod gestures;
mod ground;
mod line;
pub(super) mod names;
pub(super) mod paint;
mod paths;
mod probe;
mod race;
mod records;
mod refine;
pub(super) mod rim;
mod slice;
mod slicing;
mod start;
mod toolbar;

use super::command::Command;
use super::panels::Context;
use super::{number, theme};
use crate::problem::Plane;
use crate::view::{self, Theme, View, map_style, plot_box, scene_camera};
use critical::CriticalMarks;
pub use critical::Mark;
use eframe::egui::{
    self, Align2, Color32, CursorIcon, FontId, Painter, Pos2, Rect, Response, Sense, Shape, Ui, WidgetInfo, vec2,
};
use gestures::Move;
use probe::Hit;

/// Critical points that names leave free.
const MARKS_FREE: usize = 40;
/// The most that a line of the plane's note takes of the width, and how near to a method the note may come, in points.
const NOTE_WIDTH: f32 = 0.45;
const NOTE_GAP: f32 = 8.0;

/// The map and what it keeps.
pub struct MapPanel {
    rect: Rect,
    start: Option<Pos2>,
    view: Option<View>,
    ground: ground::Ground,
    marks: CriticalMarks,
    race: race::Race,
    handle: start::StartHandle,
    names: names::Names,
    /// What a slice says of an iterate: of which run, row and plane.
    honest: (Option<(u64, usize, u64)>, Option<String>),
    line: line::LineLoss,
}

impl MapPanel {
    /// A map; without a render state the landscape itself is not coloured.
    pub fn new(render_state: Option<&eframe::egui_wgpu::RenderState>) -> Self {
        if let Some(state) = render_state {
            crate::render::install(state);
        }
        Self {
            rect: Rect::NOTHING,
            start: None,
            view: None,
            ground: ground::Ground::default(),
            marks: CriticalMarks::default(),
            race: race::Race::default(),
            handle: start::StartHandle::default(),
            names: names::Names::default(),
            honest: (None, None),
            line: line::LineLoss::default(),
        }
    }

    /// Where the map was drawn last, and the start in it.
    pub fn geometry(&self) -> (Rect, Option<Pos2>) {
        (self.rect, self.start)
    }

    /// The box of the plane that was drawn last, to a thousandth of its sides: [u₀, u₁, v₀, v₁].
    pub fn shown(&self) -> Option<[f64; 4]> {
        let [[u0, u1], [v0, v1]] = self.view?.bounds().map(rounded);
        Some([u0, u1, v0, v1])
    }

    /// What a slice says of the shown iterate, asked again where something changed.
    fn honest(&mut self, context: &Context<'_>) -> Option<&str> {
        let lane = context.selected().and_then(|index| context.session.lanes().get(index));
        let key = lane.map(|lane| (lane.generation(), lane.row(context.step).unwrap_or(0), context.session.cuts()));
        if self.honest.0 != key {
            self.honest = (key, slicing::honesty(context));
        }
        self.honest.1.as_deref()
    }

    /// Whether finer pictures of a slice are on their way.
    pub fn is_busy(&self) -> bool {
        self.ground.is_busy() || self.line.is_busy()
    }

    /// The critical points that are known by now.
    pub fn marks(&self) -> &[Mark] {
        self.marks.marks()
    }

    /// Draws the map and reads pointer, touch and keys.
    pub fn map_ui(&mut self, ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
        let size = ui.available_size().max(vec2(1.0, 1.0));
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let (session, switches) = (context.session, &context.scene.view);
        let (problem, cut) = (session.problem(), session.cut());
        let plane = &cut.plane;
        let theme = theme::theme_of(ui.visuals());
        let viewport = gestures::viewport(rect);
        let mut camera = scene_camera(switches.camera.as_ref(), plot_box(cut));
        match gestures::camera_move(ui, &response, camera, viewport) {
            Move::Stay => {}
            Move::To(moved) => {
                camera = moved;
                out.push(Command::Camera(Some(gestures::spec(&camera, viewport))));
            }
            Move::Whole => out.push(Command::Camera(None)),
        }
        let view = camera.view(viewport);
        describe(ui, &response, context, &view);
        let marks = if switches.critical_points { self.marks.marks() } else { &[] };
        let explained = |at| self.race.hit(context, &view, at).is_some() || probe::nearest_mark(marks, &view, at).is_some();
        let (start, handle) = self.handle.interact(ui, &response, &view, plane, session.start(), explained, out);

        self.ground.follow(problem, cut);
        let mut unfinished = self.race.follow(context, &view);
        unfinished |= switches.critical_points && self.marks.follow(problem, plane);

        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let mut shapes = Vec::new();
        let style = map_style(switches, theme);
        self.ground.paint(ui, rect, &view, style, &mut shapes);
        if switches.critical_points {
            self.draw_marks(&self.race.iterates(context), &view, theme, plane, &mut shapes);
        }
        unfinished |= self.race.draw(ui.ctx(), context, &view, theme, &mut shapes);
        let (start_world, _) = plane.project(&start);
        self.start = paint::visible(&view, start_world, 0.0).then(|| paint::point(&view, start_world));
        if let Some(at) = self.start {
            start::draw(at, &handle, theme, &mut shapes);
        }
        painter.extend(shapes);

        let tools = toolbar::toolbar_ui(ui, rect, switches, out);
        let mut taken = vec![tools, slicing::slicing_ui(ui, rect, tools, context, out)];
        let names = axis_names(plane);
        taken.push(self.line.line_ui(ui, rect, context));
        let top = taken[..2].iter().fold(rect.top() + 42.0, |top, taken| top.max(taken.bottom()));
        rim::axes(&painter, rect, top, &view, names, theme);
        let stand: Vec<Pos2> = self.race.iterates(context).iter().map(|at| paint::point(&view, *at)).collect();
        taken.push(note_of_plane(&painter, rect, plane, session.slice_words(), self.honest(context), &stand, theme));
        let pointer = response.hover_pos().filter(|_| !response.dragged());
        let hit = pointer.and_then(|pointer| self.race.hit(context, &view, pointer));
        let probed = if handle.dragged() { self.start } else { pointer.filter(|_| hit.is_none()) };
        let value = self.probe(ui, &painter, rect, &view, context, probed, names, theme, &mut taken);
        taken.push(rim::color_bar(&painter, rect, self.ground.scale(), &style, value));
        let mut marks = vec![self.race.focus()];
        marks.extend(self.start.map(|at| Rect::from_center_size(at, vec2(22.0, 22.0))));
        if switches.critical_points {
            let seen = self.marks.marks().iter().filter(|mark| paint::visible(&view, mark.at, 0.0)).take(MARKS_FREE);
            marks.extend(seen.map(|mark| Rect::from_center_size(paint::point(&view, mark.at), vec2(18.0, 18.0))));
        }
        self.names.follow(context.trains() && session.is_working());
        let names = self.race.names(context, &view);
        self.names.draw(
            ui,
            &painter,
            rect,
            &names,
            names::Taken { cards: taken, marks },
            |area| self.race.crosses(area),
            context.playing,
        );
        if let Some(hit) = hit {
            self.step_under_pointer(ui, &painter, rect, context, &response, &hit, out);
        }
        self.rect = rect;
        self.view = Some(view);
        if unfinished {
            ui.ctx().request_repaint();
        }
    }

    fn draw_marks(&self, iterates: &[[f64; 2]], view: &View, theme: Theme, plane: &Plane, out: &mut Vec<Shape>) {
        let scale = view.half()[0].max(view.half()[1]);
        for mark in self.marks.marks() {
            let layer = if mark.family {
                Some(view::critical_family(mark.at, theme))
            } else {
                view::critical_point(mark.at, mark.kind, theme)
            };
            if let Some(view::Layer::Marker(mut marker)) = layer {
                // Larger than an iterate: what a method rests at stays in sight.
                marker.radius_px *= 1.4;
                if plane.dim() > 2 && mark.distance > 1e-6 * scale {
                    // Seen through the plane, not in it.
                    marker.radius_px *= 0.6;
                    marker.fill = Some(theme.faint_ink());
                }
                if !mark.family && iterates.iter().any(|x| view::is_on(*x, mark.at, view)) {
                    marker = view::crowded(marker);
                }
                paint::marker(&marker, view, out);
            }
        }
    }

    /// What the landscape is under the pointer, or under the start while it is dragged; returns f there.
    #[allow(clippy::too_many_arguments, reason = "everything that a readout is drawn from")]
    fn probe(
        &self,
        ui: &Ui,
        painter: &Painter,
        rect: Rect,
        view: &View,
        context: &Context<'_>,
        at: Option<Pos2>,
        names: [&str; 2],
        theme: Theme,
        taken: &mut Vec<Rect>,
    ) -> Option<f64> {
        let at = at?;
        let marks = if context.scene.view.critical_points { self.marks.marks() } else { &[] };
        if let Some(mark) = probe::nearest_mark(marks, view, at) {
            taken.push(probe::readout(ui, painter, rect, &probe::mark_lines(mark, view)));
            return Some(mark.value);
        }
        let world = view.world_from_px([f64::from(at.x), f64::from(at.y)]);
        let jet = self.ground.jet(world)?;
        let mut glyph = Vec::new();
        probe::glyph(&jet, at, view, theme, &mut glyph);
        painter.extend(glyph);
        taken.push(probe::readout(ui, painter, rect, &probe::landscape_lines(&jet, world, view, names)));
        Some(jet.value)
    }

    #[allow(clippy::too_many_arguments, reason = "everything that a tag is drawn from")]
    fn step_under_pointer(
        &self,
        ui: &Ui,
        painter: &Painter,
        rect: Rect,
        context: &Context<'_>,
        response: &Response,
        hit: &Hit,
        out: &mut Vec<Command>,
    ) {
        let Some(lane) = context.session.lanes().get(hit.lane) else { return };
        let Some(run) = lane.run() else { return };
        let value = run.objective().value(run.trace().position(hit.row.min(run.trace().rows().len() - 1)));
        probe::step_tag(ui, painter, rect, hit, lane.name(), value, self.race.distance(hit));
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        if response.clicked() {
            out.push(Command::Select(hit.lane));
            out.push(Command::GoTo(hit.step));
        }
    }
}

/// The ends of an interval in decimals that say them to a thousandth of its length.
fn rounded([low, high]: [f64; 2]) -> [f64; 2] {
    let decimals = 3.0 - libm::floor(libm::log10(high - low));
    // A power of ten and its inverse are not both exact.
    let (by, over) = (libm::pow(10.0, decimals.max(0.0)), libm::pow(10.0, (-decimals).max(0.0)));
    [low, high].map(|v| (v * by / over).round() * over / by)
}

/// The names of the axes.
fn axis_names(plane: &Plane) -> [&'static str; 2] {
    match plane.dim() {
        0..=2 => ["x", "y"],
        n if plane.a == Plane::coordinates(n).a && plane.b == Plane::coordinates(n).b => ["x₁", "x₂"],
        _ => ["u", "v"],
    }
}

/// Above two dimensions: that the map is a slice and paths are projected; of a network along what, and how far the iterate is from it.
/// It stands at the right, or, where a method stands there, at the left.
fn note_of_plane(
    painter: &Painter,
    rect: Rect,
    plane: &Plane,
    words: Option<&str>,
    honest: Option<&str>,
    stand: &[Pos2],
    theme: Theme,
) -> Rect {
    if plane.dim() <= 2 || rect.width() <= 300.0 {
        return Rect::NOTHING;
    }
    let plain = || format!("a plane in {} dimensions; paths are projected onto it", plane.dim());
    let text = match (words, honest) {
        (Some(words), Some(honest)) => format!("{words}\n{honest}"),
        (words, honest) => words.or(honest).map_or_else(plain, str::to_owned),
    };
    let (ink, casing) = (theme::color(theme.ink()), theme::color(theme.casing()));
    let galley = painter.layout(text, FontId::proportional(12.0), Color32::PLACEHOLDER, NOTE_WIDTH * rect.width());
    let above = -rim::LOWER_STRIP - 4.0;
    let places = [
        (rect.right_bottom() + vec2(-10.0, above), Align2::RIGHT_BOTTOM),
        (rect.left_bottom() + vec2(rim::LEFT_STRIP + 6.0, above), Align2::LEFT_BOTTOM),
    ];
    let ground = |(at, align): (Pos2, Align2)| align.anchor_size(at, galley.size()).expand2(vec2(6.0, 2.0));
    let free = |place: &(Pos2, Align2)| !stand.iter().any(|at| ground(*place).expand(NOTE_GAP).contains(*at));
    let place = places.into_iter().find(free).unwrap_or(places[0]);
    let taken = ground(place);
    painter.rect_filled(taken, 4.0, casing.gamma_multiply(0.8));
    paint::block(painter, place.0, place.1, galley, ink, casing);
    taken
}

fn describe(ui: &Ui, response: &Response, context: &Context<'_>, view: &View) {
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, "Map of the landscape"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        let [[u0, u1], [v0, v1]] = view.bounds();
        let range = |low: f64, high: f64| format!("from {} to {}", number::short(low, 3), number::short(high, 3));
        let paths = context.session.lanes().iter().filter(|lane| lane.run().is_some()).count();
        node.set_description(format!(
            "{}, across {}, up {}, with {paths} paths at step {} from the start {}. Drag to pan, scroll or pinch to zoom, \
             click to set the start there.",
            context.session.landscape().map_or("A landscape", |entry| entry.name.as_str()),
            range(u0, u1),
            range(v0, v1),
            context.step,
            number::vector(context.session.start(), 3),
        ));
    });
}
