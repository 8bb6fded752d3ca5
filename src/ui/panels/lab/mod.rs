//! The network at the shown step of the chosen method: its units and connections, its outputs, how good it is; weights can be
//! set by hand.

mod atlas;
mod curve;
mod diagram;
mod insight;
mod keys;
mod picture;
mod plan;
mod quality;
mod samples;
mod subject;
mod table;
mod target;
mod weights;

use super::{Context, faint_ui};
use crate::ui::command::Command;
use eframe::egui::{self, Ui, UiBuilder, pos2};
use insight::Insights;
use subject::{Kind, Subject};

/// Where the panel is not so many times as wide as it is high, the picture stands under the diagram.
const WIDE: f32 = 1.2;
/// Below this height the panel is small.
const LOW: f32 = 460.0;

/// What is known of the network, and the pictures of it.
#[derive(Default)]
pub struct LabMemory {
    subject: Option<Subject>,
    insights: Insights,
    diagram: diagram::DiagramMemory,
    picture: picture::PictureMemory,
    samples: samples::SamplesMemory,
    editing: Option<weights::Editing>,
}

impl LabMemory {
    /// Whether something is under way.
    pub fn is_busy(&self) -> bool {
        self.insights.is_busy()
    }
}

/// Draws the panel.
pub fn lab_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut LabMemory, out: &mut Vec<Command>) {
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 8 }).show(ui, |ui| {
        if let Err(reason) = draw(ui, context, memory, out) {
            memory.editing = None;
            faint_ui(ui, reason);
        }
    });
}

/// The pictures, or the sentence that says why there are none.
fn draw(ui: &mut Ui, context: &Context<'_>, memory: &mut LabMemory, out: &mut Vec<Command>) -> Result<(), &'static str> {
    let problem = context.session.problem();
    let network = problem.network().ok_or("This problem is no network: choose one in the list of landscapes.")?;
    let index = context.selected().ok_or("No method runs: switch one on in the list of methods.")?;
    let lane = &context.session.lanes()[index];
    if memory.subject.as_ref().is_none_or(|subject| !subject.is_of(problem)) {
        *memory = LabMemory { subject: Subject::new(problem), ..LabMemory::default() };
    }
    let LabMemory { subject: Some(subject), insights, diagram, picture, samples, editing } = memory else {
        return Err("This network cannot be looked at.");
    };
    let right = ui.max_rect().right();
    quality::quality_ui(ui, context, index, network, out);
    let Some((key, w)) = insight::at(lane, context.step) else { return Err("This method begins later.") };
    let Some(insight) = insights.follow(ui.ctx(), subject, network.network(), lane, context.step) else {
        faint_ui(ui, "The units are being asked …");
        return Ok(());
    };
    let space = ui.available_rect_before_wrap();
    let space = space.with_max_x(right.min(space.right()));
    let narrow = space.width() < WIDE * space.height();
    let low = space.height() < LOW && !narrow;
    let mut part = |rect: egui::Rect, content: &mut dyn FnMut(&mut Ui)| {
        if rect.is_positive() {
            ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| content(ui));
        }
    };
    let draw_diagram = |ui: &mut Ui| diagram::diagram_ui(ui, subject, network.network(), insight, diagram, editing);
    let mut draw_diagram = draw_diagram;
    match &subject.kind {
        Kind::Images { .. } => {
            let [left, right] = if low {
                let width = samples::width(space.width());
                [space.with_max_x(space.right() - width - 12.0), space.with_min_x(space.right() - width)]
            } else {
                let height = samples::height(subject).min(0.5 * space.height());
                let (above, below) = space.split_top_bottom_at_y(space.bottom() - height);
                [above.with_max_y(above.bottom() - 8.0), below]
            };
            part(left, &mut draw_diagram);
            part(right, &mut |ui| samples::samples_ui(ui, subject, network.data(), insight, samples));
        }
        kind => {
            let [left, right] = if narrow {
                let (above, below) = space.split_top_bottom_at_fraction(0.48);
                [above.with_max_y(above.bottom() - 8.0), below]
            } else {
                let width = (0.45 * space.width()).min(space.height());
                let at = pos2(space.right() - width, space.top());
                [space.with_max_x(at.x - 16.0), space.with_min_x(at.x)]
            };
            part(left, &mut draw_diagram);
            part(right, &mut |ui| match kind {
                Kind::Plane(grid) => picture::picture_ui(ui, grid, subject, network, insight, picture),
                Kind::Line(ends) => curve::curve_ui(ui, *ends, subject, network, insight),
                _ => table::table_ui(ui, subject, network.data(), insight),
            });
        }
    }
    let step = lane.run().map_or(0, |run| run.nearest(context.step));
    let place = weights::Place {
        index,
        spec: lane.spec(),
        step,
        w,
        start: context.session.start(),
        methods: context.scene.methods.len(),
    };
    weights::editing_ui(ui, editing, &place, key, out);
    Ok(())
}
