//! The loss on the straight line from the start of a run to its end, beside the slice that holds this line.

use super::rim;
use crate::linalg::dot;
use crate::measure::SliceKind;
use crate::measure::interpolation::{Interpolation, InterpolationJob};
use crate::problem::Objective;
use crate::ui::background::{Background, Whole};
use crate::ui::number;
use crate::ui::panels::Context;
use eframe::egui::{self, Align2, FontId, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};
use std::sync::Arc;

/// Size of the card.
const SIZE: [f32; 2] = [240.0, 104.0];
/// Smaller maps have none.
const SMALLEST: [f32; 2] = [360.0, 250.0];

/// The losses on the line, and of which run they are.
#[derive(Default)]
pub struct LineLoss {
    key: Option<(u64, usize)>,
    work: Option<Background<Whole<InterpolationJob>>>,
    found: Option<Interpolation>,
}

impl LineLoss {
    /// Whether losses are on their way.
    pub fn is_busy(&self) -> bool {
        self.work.is_some()
    }

    /// Draws the card where the slice is that of the line; returns the rectangle that it takes.
    pub fn line_ui(&mut self, ui: &Ui, rect: Rect, context: &Context<'_>) -> Rect {
        let Some([start, end]) = self.follow(ui.ctx(), context) else { return Rect::NOTHING };
        if rect.width() < SMALLEST[0] || rect.height() < SMALLEST[1] {
            return Rect::NOTHING;
        }
        let Some((found, range)) = self.found.as_ref().and_then(|found| Some((found, found.range()?))) else {
            return Rect::NOTHING;
        };
        let corner = rect.left_bottom() + vec2(40.0, -rim::LOWER_STRIP - 8.0 - SIZE[1]);
        let card = Rect::from_min_size(corner, vec2(SIZE[0], SIZE[1]));
        rim::card(ui.painter(), card, ui.visuals().window_fill);
        let along: Vec<f64> = end.iter().zip(start).map(|(b, a)| b - a).collect();
        let here = context.selected().and_then(|index| context.session.lanes()[index].position(context.step));
        let alpha = here.map(|x| {
            let offset: Vec<f64> = x.iter().zip(start).map(|(x, a)| x - a).collect();
            dot(&offset, &along) / dot(&along, &along)
        });
        draw(ui, card, found, range, alpha);
        let about = "The loss at (1 − α) start + α end. Mostly it falls all the way, although the path is no straight line: monotonic \
                     linear interpolation (Goodfellow, Vinyals, Saxe 2015)";
        let response = ui.interact(card, ui.scope_id().with("line"), egui::Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words(found)));
        response.on_hover_text(about);
        card
    }

    /// Takes what has come in and begins what is wanted; the ends of the line.
    fn follow<'a>(&mut self, ctx: &egui::Context, context: &Context<'a>) -> Option<[&'a [f64]; 2]> {
        let spec = context.scene.view.slice.filter(|spec| spec.kind == SliceKind::Line)?;
        let lane = context.session.lanes().get(spec.method).filter(|lane| lane.is_done())?;
        let trace = lane.run()?.trace();
        let rows = trace.rows().len();
        let ends = [trace.position(0), trace.position(rows.checked_sub(1)?)];
        let key = Some((lane.generation(), rows));
        if self.key != key {
            (self.key, self.found) = (key, None);
            let objective: Arc<dyn Objective> = Arc::<crate::problem::Problem>::clone(context.session.problem());
            let job = InterpolationJob::new(objective, ends[0], ends[1]);
            self.work = Background::new(ctx, "line", Whole::new(job));
        }
        if let Some(work) = &mut self.work {
            self.found = work.take().or(self.found.take());
            if work.is_over() {
                self.work = None;
            }
        }
        Some(ends)
    }
}

/// What is to be read off.
fn words(found: &Interpolation) -> String {
    match found.rise() {
        None => "straight from start to end the loss falls all the way".to_owned(),
        Some((foot, top, rise)) => format!(
            "straight from start to end the loss rises by {} from α = {} to {}",
            number::significant(rise, 2),
            number::short(foot, 2),
            number::short(top, 2)
        ),
    }
}

fn draw(ui: &Ui, card: Rect, found: &Interpolation, [low, high]: [f64; 2], alpha: Option<f64>) {
    let painter = ui.painter().with_clip_rect(card);
    let visuals = ui.visuals();
    let (ink, weak) = (visuals.text_color(), visuals.weak_text_color());
    let small = FontId::proportional(11.0);
    let galley = painter.layout(words(found), small.clone(), ink, card.width() - 16.0);
    let plot = Rect::from_min_max(card.min + vec2(34.0, 14.0 + galley.size().y), card.max - vec2(12.0, 18.0));
    painter.galley(card.min + vec2(8.0, 6.0), galley, ink);
    let at = |alpha: f64, loss: f64| -> Pos2 {
        let height = if high > low { (loss - low) / (high - low) } else { 0.5 };
        pos2(plot.left() + alpha as f32 * plot.width(), plot.bottom() - height as f32 * plot.height())
    };
    painter.hline(plot.x_range(), plot.bottom(), Stroke::new(1.0, weak));
    let finite = found.losses.iter().enumerate().filter(|(_, loss)| loss.is_finite());
    let points: Vec<Pos2> = finite.map(|(place, loss)| at(found.alpha(place), *loss)).collect();
    painter.add(Shape::line(points, Stroke::new(2.0, ink)));
    if let Some(alpha) = alpha.filter(|alpha| (0.0..=1.0).contains(alpha)) {
        painter.vline(at(alpha, low).x, plot.y_range(), Stroke::new(1.2, visuals.selection.stroke.color));
    }
    for (text, y) in [(high, plot.top()), (low, plot.bottom())] {
        let at = pos2(plot.left() - 4.0, y);
        painter.text(at, Align2::RIGHT_CENTER, number::short(text, 2), small.clone(), weak);
    }
    for (text, x, align) in [("start", plot.left(), Align2::LEFT_TOP), ("end", plot.right(), Align2::RIGHT_TOP)] {
        painter.text(pos2(x, plot.bottom() + 2.0), align, text, small.clone(), weak);
    }
}
