//! How the noise along the extreme eigenvectors depends on the width and the depth of the network: a picture and a table.

use super::work::StudyWork;
use crate::export;
use crate::measure::noise::{Planned, StudyPlan, StudyRow};
use crate::problem::NetworkProblem;
use crate::ui::background::Background;
use crate::ui::command::{Command, SaveAs};
use crate::ui::icons::{Icon, icon_button};
use crate::ui::number;
use crate::ui::panels::spectrum::{caption, sign_color, subscripted};
use crate::ui::panels::{axes, faint_ui};
use eframe::egui::{self, Align2, Pos2, RichText, Shape, Stroke, Ui, Vec2b, pos2, vec2};
use egui_plot::{AxisHints, GridMark, HPlacement, PlotBounds, PlotPoint};

/// A study that was begun.
pub struct Study {
    of: String,
    planned: Vec<Planned>,
    left_out: Vec<String>,
    samples: usize,
    work: Option<Background<StudyWork>>,
    rows: Vec<StudyRow>,
}

impl Study {
    /// Begins.
    pub fn new(ctx: &egui::Context, problem: &NetworkProblem) -> Self {
        let plan = StudyPlan::new(problem, &StudyPlan::WIDTHS, &StudyPlan::DEPTHS);
        let StudyPlan { planned, left_out, samples, cases } = plan;
        let work = Background::new(ctx, "noise study", StudyWork::new(cases));
        Self { of: problem.spec().title(), planned, left_out, samples, work, rows: Vec::new() }
    }

    /// Takes what has come in.
    pub fn listen(&mut self) {
        let Some(work) = &mut self.work else { return };
        if let Some(rows) = work.take() {
            self.rows = rows;
        }
        if work.is_over() {
            self.work = None;
        }
    }

    /// The table as CSV.
    ///
    /// # Errors
    /// One sentence where there are no rows.
    pub fn csv(&self) -> Result<Vec<u8>, String> {
        if self.rows.is_empty() {
            return Err("There is nothing to save yet: begin the study of widths and depths first.".to_owned());
        }
        let mut bytes = Vec::new();
        export::study::write_csv(&mut bytes, &self.planned, &self.rows)
            .map_err(|error| format!("The table could not be written: {error}"))?;
        Ok(bytes)
    }
}

/// Draws the study, or the button that begins it.
pub fn study_ui(ui: &mut Ui, problem: &NetworkProblem, study: &mut Option<Study>, out: &mut Vec<Command>) {
    if let Some(study) = study {
        study.listen();
    }
    ui.horizontal_wrapped(|ui| {
        let running = study.as_ref().and_then(|study| study.work.as_ref()).map(Background::progress);
        if let Some(share) = running {
            ui.add(egui::ProgressBar::new(share as f32).desired_width(96.0).desired_height(6.0));
            ui.label(RichText::new(format!("{} %", number::short(libm::floor(100.0 * share), 3))).small().weak());
            if icon_button(ui, Icon::Cross, "Cancel the study", "Stop; the rows that are there stay").clicked()
                && let Some(study) = study
            {
                study.work = None;
            }
        } else {
            let about = "Networks of widths 4 to 64 and depths 1 to 16 on these data, at random weights N(0, 1) without biases: \
                         the extreme eigenvectors of the Hessian, and the noise along them (Daneshmand et al. 2018, Fig. 3 to 5)";
            if ui.button("Study width and depth").on_hover_text(about).clicked() {
                *study = Some(Study::new(ui.ctx(), problem));
            }
            if study.as_ref().is_some_and(|study| !study.rows.is_empty())
                && ui.button("CSV").on_hover_text("Save the table of the study").clicked()
            {
                out.push(Command::Save(SaveAs::NoiseCsv));
            }
        }
    });
    let Some(study) = study else { return };
    let mut words = format!(
        "{}: {} samples, random weights N(0, 1) without biases; medians over 1 to 4 points",
        study.of,
        number::count(study.samples as u64)
    );
    if !study.left_out.is_empty() {
        words = format!(
            "{words}. Beyond {} parameters and left out: {}",
            number::count(StudyPlan::MOST_PARAMETERS as u64),
            study.left_out.join(", ")
        );
    }
    faint_ui(ui, format!("{words}."));
    if study.rows.is_empty() {
        return;
    }
    chart_ui(ui, study);
    table_ui(ui, study);
}

/// Shares at λ_min and λ_max against d, beside 1/d.
fn chart_ui(ui: &mut Ui, study: &Study) {
    let visuals = ui.visuals().clone();
    let log = |v: f64| libm::log10(v.max(1e-12));
    let [mut x0, mut x1, mut y0, mut y1] = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
    for row in &study.rows {
        (x0, x1) = (x0.min(log(row.dim as f64)), x1.max(log(row.dim as f64)));
        for v in [row.at_lowest, row.at_highest, row.isotropic] {
            (y0, y1) = (y0.min(log(v)), y1.max(log(v)));
        }
    }
    let [x0, x1, y0, y1] = [x0 - 0.1, x1 + 0.1, y0 - 0.2, y1 + 0.3];
    let small = egui::FontId::proportional(11.0);
    let dims: Vec<usize> = study.rows.iter().map(|row| row.dim).collect();
    let response = axes::still(ui, "noise study")
        .height(180.0)
        .show_axes(Vec2b::TRUE)
        .custom_x_axes(vec![
            AxisHints::new_x()
                .label("weights d")
                .tick_label_font(small.clone())
                .label_spacing(16.0..=24.0)
                .formatter(|mark, _| number::count(libm::pow(10.0, mark.value).round() as u64)),
        ])
        .custom_y_axes(vec![
            AxisHints::new_y()
                .placement(HPlacement::Left)
                .min_thickness(42.0)
                .tick_label_font(small)
                .label_spacing(4.0..=8.0)
                .formatter(|mark, _| axes::label(true, &mark)),
        ])
        .x_grid_spacer(move |_| dims.iter().map(|d| GridMark { value: log(*d as f64), step_size: x1 - x0 }).collect())
        .y_grid_spacer(move |_| axes::marks(true, y0, y1, 4))
        .sense(egui::Sense::hover())
        .show(ui, |plot| plot.set_plot_bounds(PlotBounds::from_min_max([x0, y0], [x1, y1])));
    let (transform, frame) = (response.transform, *response.transform.frame());
    let painter = ui.painter().with_clip_rect(frame);
    let at = |d: f64, share: f64| transform.position_from_point(&PlotPoint::new(log(d), log(share)));
    let line = [x0, x1].map(|x| transform.position_from_point(&PlotPoint::new(x, -x)));
    painter.extend(Shape::dashed_line(&line, Stroke::new(1.6, visuals.text_color()), 8.0, 5.0));
    caption(&painter, pos2(frame.right() - 6.0, line[1].y - 8.0), Align2::RIGHT_BOTTOM, "isotropic: 1/d", &visuals);
    for wide in [true, false] {
        let rows: Vec<&StudyRow> =
            study.rows.iter().zip(&study.planned).filter(|(_, p)| p.wide == wide).map(|(r, _)| r).collect();
        for (sign, name) in [(-1.0, "λ_min"), (1.0, "λ_max")] {
            let color = sign_color(&visuals, sign);
            let share = |row: &StudyRow| if sign < 0.0 { row.at_lowest } else { row.at_highest };
            let points: Vec<Pos2> = rows.iter().map(|row| at(row.dim as f64, share(row))).collect();
            let dash = if wide { Shape::line(points.clone(), Stroke::new(1.6, color)) } else { Shape::Noop };
            painter.add(dash);
            if !wide {
                painter.extend(Shape::dotted_line(&points, color, 6.0, 1.2));
            }
            for point in &points {
                if wide {
                    painter.circle_filled(*point, 4.0, color);
                } else {
                    let r = 4.5;
                    let corners = [vec2(0.0, -r), vec2(r, 0.0), vec2(0.0, r), vec2(-r, 0.0)].map(|v| *point + v).to_vec();
                    painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
                }
            }
            if wide && let Some(point) = points.first() {
                caption(&painter, *point + vec2(8.0, -4.0), Align2::LEFT_BOTTOM, &format!("share at {name}"), &visuals);
            }
        }
    }
    let about = "Share of the extreme eigenvectors in the gradients of samples, against the number of weights";
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, about));
    response
        .response
        .on_hover_text("Disks and lines: one hidden layer of growing width. Diamonds and dots: more hidden layers of 10 units");
}

fn table_ui(ui: &mut Ui, study: &Study) {
    let columns = [
        ("network", "One hidden layer of this width, or hidden layers of 10 units"),
        ("d", "Weights"),
        ("1/d", "The share of isotropic noise"),
        ("at λ_min", "E⟨∇fᵢ/‖∇fᵢ‖, v⟩² along the eigenvector of the smallest eigenvalue"),
        ("at λ_max", "The same at the largest eigenvalue"),
        ("correlation", "Of |λ| and the share over the negative eigenvalues, where all of them are found"),
        ("slope", "Of log E⟨∇fᵢ, v⟩² over log |λ| there"),
        ("points", "Random weights whose median is shown"),
    ];
    egui::ScrollArea::horizontal().id_salt("noise table").show(ui, |ui| {
        egui::Grid::new("noise rows").striped(true).spacing(vec2(16.0, 4.0)).show(ui, |ui| {
            for (name, about) in columns {
                let color = ui.visuals().weak_text_color();
                ui.label(subscripted(name, 12.0, color)).on_hover_text(about);
            }
            ui.end_row();
            for (row, planned) in study.rows.iter().zip(&study.planned) {
                let layers: Vec<String> = row.widths.iter().map(ToString::to_string).collect();
                ui.label(RichText::new(&planned.name).small()).on_hover_text(layers.join("-"));
                ui.label(RichText::new(number::count(row.dim as u64)).small());
                for v in [row.isotropic, row.at_lowest, row.at_highest] {
                    ui.label(RichText::new(number::significant(v, 2)).small());
                }
                for v in [row.correlation, row.slope] {
                    let text = if v.is_nan() { "–".to_owned() } else { number::significant(v, 2) };
                    ui.label(RichText::new(text).small());
                }
                let points = if row.unconverged > 0 { format!("{} (≈)", row.points) } else { row.points.to_string() };
                let points = ui.label(RichText::new(points).small());
                if row.unconverged > 0 {
                    points.on_hover_text(format!(
                        "At {} of them Lanczos has not converged: residuals above 10⁻⁴ of the largest eigenvalue",
                        row.unconverged
                    ));
                }
                ui.end_row();
            }
        });
    });
}
