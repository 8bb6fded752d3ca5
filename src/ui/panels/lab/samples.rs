//! Images and what the network says of them: the class with its probability, or the reconstruction.

use super::atlas::Atlas;
use super::insight::Insight;
use super::subject::{Kind, MOST_SHOWN, Reading, Subject, top};
use crate::problem::data::{Data, Targets};
use crate::ui::{number, theme};
use crate::view;
use eframe::egui::{self, Align2, Color32, FontId, Rect, Sense, Stroke, TextureOptions, Ui, Visuals, pos2, vec2};

/// The side of an image where there is room.
const SIDE: f32 = 52.0;
/// Room between two images.
const GAP: f32 = 8.0;

/// The colours of pixels: ink on the ground.
pub(super) struct Ink {
    ends: [Color32; 2],
    range: [f64; 2],
}

impl Ink {
    /// For pixels in this range.
    pub fn new(visuals: &Visuals, range: [f64; 2]) -> Self {
        Self { ends: [visuals.extreme_bg_color, visuals.text_color()], range }
    }

    /// The colour of a pixel.
    pub fn at(&self, v: f64) -> Color32 {
        let [low, high] = self.range;
        let t = ((v - low) / (high - low).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0) as f32;
        self.ends[0].lerp_to_gamma(self.ends[1], if t.is_nan() { 0.0 } else { t })
    }
}

/// The pictures.
#[derive(Default)]
pub(super) struct SamplesMemory {
    drawn: Option<((u64, usize), view::Theme)>,
    atlas: Atlas,
}

/// The height that the row wants.
pub(super) fn height(subject: &Subject) -> f32 {
    let rows = if subject.reading == Reading::Reconstruction { 2.0 } else { 1.0 };
    22.0 + rows * (SIDE + 4.0) + 22.0
}

/// The width of a grid of images beside the diagram of a panel of this width.
pub(super) fn width(room: f32) -> f32 {
    let columns = ((0.34 * room) / (SIDE + GAP)).floor().max(1.0);
    columns * (SIDE + GAP) - GAP
}

/// Draws the images.
pub(super) fn samples_ui(ui: &mut Ui, subject: &Subject, data: &Data, insight: &Insight, memory: &mut SamplesMemory) {
    let Kind::Images { shape: [height, width], samples, range } = &subject.kind else { return };
    let Some(outputs) = insight.layers.last() else { return };
    let shown = samples.len().min(MOST_SHOWN);
    let shade = theme::theme_of(ui.visuals());
    let mirrored = subject.reading == Reading::Reconstruction;
    if memory.drawn != Some((insight.key, shade)) {
        memory.drawn = Some((insight.key, shade));
        let ink = Ink::new(ui.visuals(), *range);
        let area = height * width;
        let mut pixels: Vec<Color32> = subject.inputs.values[..shown * area].iter().map(|v| ink.at(*v)).collect();
        if mirrored {
            pixels.extend(outputs.values[..shown * area].iter().map(|v| ink.at(*v)));
        }
        memory.atlas.set(ui.ctx(), [*width, *height], &pixels, TextureOptions::NEAREST);
    }
    let of_test = samples.first().is_some_and(|i| *i >= data.train);
    let error = format!("½‖{}\u{a0}−\u{a0}x‖²", subject.output());
    let title = match (of_test, mirrored) {
        (true, false) => "Test images: class, probability".to_owned(),
        (true, true) => format!("Test images, reconstructions, {error}"),
        (false, false) => "Training images: class, probability".to_owned(),
        (false, true) => format!("Training images, reconstructions, {error}"),
    };
    let about = if mirrored {
        format!("Below each image its reconstruction, and {error}")
    } else {
        "A wrong class is framed and crossed".to_owned()
    };
    super::super::faint_ui(ui, title).on_hover_text(about);
    let aspect = *height as f32 / *width as f32;
    let size = if aspect > 1.0 { vec2(SIDE / aspect, SIDE) } else { vec2(SIDE, SIDE * aspect) };
    let cell = vec2(SIDE, if mirrored { 2.0 * size.y + 2.0 } else { size.y } + 16.0);
    let fit = |room: f32, each: f32| (((room + GAP) / (each + GAP)) as usize).max(1);
    let room = ui.available_size();
    let [across, down] = [fit(room.x, cell.x), fit(room.y, cell.y)];
    ui.spacing_mut().item_spacing = vec2(GAP, GAP);
    for row in 0..down {
        ui.horizontal(|ui| {
            for (k, sample) in samples.iter().enumerate().take(shown).skip(row * across).take(across) {
                let (rect, response) = ui.allocate_exact_size(cell, Sense::hover());
                let z = outputs.row(k);
                let painter = ui.painter();
                let picture = |place: usize, y: f32| {
                    let at = Rect::from_min_size(pos2(rect.center().x - 0.5 * size.x, rect.top() + y), size);
                    if let Some((texture, part)) = memory.atlas.picture(place) {
                        painter.image(texture, at, part, Color32::WHITE);
                    }
                    at
                };
                let first = picture(k, 0.0);
                let (text, about) = if mirrored {
                    picture(shown + k, size.y + 2.0);
                    let x = subject.inputs.row(k);
                    let far = 0.5 * x.iter().zip(z).map(|(x, z)| (x - z) * (x - z)).sum::<f64>();
                    (number::significant(far, 2), format!("Sample {sample}: {error} = {}", number::significant(far, 4)))
                } else {
                    let (text, about, wrong) = verdict(subject, data, *sample, z);
                    if wrong {
                        cross_out(painter, first, ui.visuals());
                    }
                    (text, about)
                };
                let at = rect.center_bottom();
                painter.text(at, Align2::CENTER_BOTTOM, text, FontId::proportional(12.0), ui.visuals().text_color());
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about.clone()));
                response.on_hover_text(about);
            }
        });
    }
}

/// The mark of a wrong class: a frame and a cross, so that it is no matter of colour.
fn cross_out(painter: &egui::Painter, image: Rect, visuals: &Visuals) {
    let color = visuals.error_fg_color;
    painter.rect_stroke(image, 0.0, Stroke::new(2.0, color), egui::StrokeKind::Inside);
    let corner = Rect::from_min_size(image.right_top() - vec2(14.0, 0.0), vec2(14.0, 14.0));
    painter.rect_filled(corner, 0.0, visuals.panel_fill);
    crate::ui::icons::Icon::Cross.paint(painter, corner, color);
}

/// What the network says of a sample: below the image, at length, and whether it is wrong.
fn verdict(subject: &Subject, data: &Data, sample: usize, z: &[f64]) -> (String, String, bool) {
    let scores = subject.reading.scores(z);
    let class = top(&scores);
    let certain = matches!(subject.reading, Reading::Classes(true) | Reading::Logit);
    let said = |k: usize| {
        if certain { format!("{k}: {:.1} %", 100.0 * scores[k]) } else { format!("{k}: {}", number::significant(scores[k], 3)) }
    };
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let best: Vec<String> = order.iter().take(3).map(|k| said(*k)).collect();
    let short = if certain { format!("{class}  {:.0} %", 100.0 * scores[class]) } else { class.to_string() };
    match &data.targets {
        Targets::Classes { labels, .. } => {
            let truth = labels[sample];
            (short, format!("Sample {sample}, a {truth}\n{}", best.join(", ")), truth != class)
        }
        Targets::Values(_) => (short, format!("Sample {sample}\n{}", best.join(", ")), false),
    }
}
