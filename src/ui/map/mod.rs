//! The map: the landscape from above with the paths of the methods.
//!
//! [`MapPanel`] keeps the pipelines and the pointer from frame to frame. It gets the whole [`Context`] (scene, session, shown
//! step) and answers with commands: a dragged start, a moved camera, a chosen method.

use super::command::{Command, Edit};
use super::panels::Context;
use super::theme;
use eframe::egui::{self, Pos2, Rect, Sense, Stroke, Ui, pos2};

/// The map and what it keeps.
pub struct MapPanel {
    rect: Rect,
    start: Option<Pos2>,
}

impl MapPanel {
    /// A map; without a render state the landscape itself is not coloured.
    pub fn new(_render_state: Option<&eframe::egui_wgpu::RenderState>) -> Self {
        Self { rect: Rect::NOTHING, start: None }
    }

    /// Where the map was drawn last, and the start in it.
    pub fn geometry(&self) -> (Rect, Option<Pos2>) {
        (self.rect, self.start)
    }

    /// Draws the map and reads the pointer.
    pub fn map_ui(&mut self, ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
        let (rect, response) = ui.allocate_exact_size(ui.available_size().max(egui::Vec2::splat(1.0)), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Map of the landscape"));
        self.rect = rect;
        let [x0, x1, y0, y1] = context.session.problem().domain();
        let scale = (rect.width() / (x1 - x0) as f32).min(rect.height() / (y1 - y0) as f32);
        let middle = [0.5 * (x0 + x1), 0.5 * (y0 + y1)];
        let px = |[u, v]: [f64; 2]| rect.center() + scale * egui::vec2((u - middle[0]) as f32, (middle[1] - v) as f32);
        let plane = context.session.plane();
        let painter = ui.painter().with_clip_rect(rect);
        for (index, lane) in context.session.lanes().iter().enumerate() {
            let Some(run) = lane.run() else { continue };
            let trace = run.trace();
            let last = (context.step.min(run.len()) / trace.stride()) as usize;
            let points: Vec<Pos2> =
                (0..=last.min(trace.rows().len() - 1)).map(|row| px(plane.project(trace.position(row)).0)).collect();
            painter.line(points, Stroke::new(2.0, theme::series(ui.visuals(), index)));
        }
        let start = px(plane.project(context.session.start()).0);
        self.start = Some(start);
        painter.circle_stroke(start, 6.0, Stroke::new(2.0, ui.visuals().text_color()));
        if response.dragged()
            && let Some(at) = response.interact_pointer_pos()
        {
            let (u, v) = ((at.x - rect.center().x) / scale, (rect.center().y - at.y) / scale);
            out.push(Command::Edit(Edit::Start(Some(plane.point(middle[0] + f64::from(u), middle[1] + f64::from(v)).to_vec()))));
        }
        let _ = pos2;
    }
}
