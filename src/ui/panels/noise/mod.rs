//! The noise of stochastic gradients along eigenvectors of the Hessian: is there more of it where curvature is negative?

mod scatter;
mod study;
mod work;

use super::spectrum::{Hold, MOST_EXACT, Place, SpectrumMemory, number_ui, progress_ui};
use super::{Context, faint_ui};
use crate::linalg::norm;
use crate::measure::noise::{HalfSpaceRatio, half_space_ratios};
use crate::measure::spectrum::Index;
use crate::problem::network::Rows;
use crate::problem::{FiniteSum, Objective};
use crate::ui::command::Command;
use crate::ui::pursuit::Pursuit;
use crate::ui::{number, theme};
use eframe::egui::{self, RichText, Slider, Ui, vec2};
use scatter::{Lemma, Shown};
use work::{NoiseFound, NoiseRequest, NoiseWork};

/// Least height of the scatter plot, in points.
const LEAST_HEIGHT: f32 = 120.0;
/// Height of the button of the study below it.
const BUTTON_ROOM: f32 = 40.0;
/// Height of a study's picture and table, in points.
const STUDY_HEIGHT: f32 = 480.0;

/// Up to so many dimensions the lemma is checked in each frame.
const MOST_CHECKED: usize = 16;

/// What the panel keeps.
#[derive(Default)]
pub struct NoiseMemory {
    now: Pursuit<NoiseRequest, NoiseWork>,
    /// B, where the slider was moved.
    batch: Option<usize>,
    /// Whether gradients keep their length; else each is a unit vector, as in the published plots. Where nothing was chosen, they keep it
    /// if there is a bound to compare with.
    raw: Option<bool>,
    study: Option<study::Study>,
}

impl NoiseMemory {
    /// Whether the noise at the shown step is on its way.
    pub fn is_busy(&self) -> bool {
        self.now.is_busy()
    }

    /// The table of the study as CSV.
    ///
    /// # Errors
    /// One sentence where there is none.
    pub fn csv(&self) -> Result<Vec<u8>, String> {
        self.study.as_ref().map_or_else(|| Err("There is no study of widths and depths yet.".to_owned()), study::Study::csv)
    }
}

/// Draws the panel.
pub fn noise_ui(ui: &mut Ui, context: &Context<'_>, memory: &mut NoiseMemory, spectrum: &SpectrumMemory, out: &mut Vec<Command>) {
    egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 4 }).show(ui, |ui| {
        egui::ScrollArea::vertical().id_salt("noise").auto_shrink([false, false]).show(ui, |ui| {
            if let Err(reason) = draw(ui, context, memory, spectrum) {
                faint_ui(ui, reason);
            }
            if let Some(network) = context.session.problem().network() {
                ui.add_space(8.0);
                study::study_ui(ui, network, &mut memory.study, out);
            }
        });
    });
}

/// The meter, or the sentence that says why there is none.
fn draw(ui: &mut Ui, context: &Context<'_>, memory: &mut NoiseMemory, spectrum: &SpectrumMemory) -> Result<(), String> {
    let place = Place::of(context)?;
    let samples = place.subject.objective().finite_sum().map(FiniteSum::samples);
    let samples = samples.ok_or("Stochastic gradients need samples: this function is no finite sum.")?;
    let request = NoiseRequest { generation: place.lane.generation(), step: place.step };
    let small = place.w.len() <= MOST_EXACT;
    let keeps = |running: &NoiseRequest| running.generation == request.generation && (small || context.playing);
    memory.now.follow(ui.ctx(), "gradient noise", &request, keeps, |_| {
        NoiseWork::new(place.subject.clone(), place.w.to_vec(), Hold::new(spectrum.urgent()))
    });
    let lemma = lemma(context, place.w);
    let raw = memory.raw.unwrap_or(lemma.is_some());
    let shown = controls_ui(ui, &place, samples, &request, raw, memory);
    let found = memory.now.found().filter(|(of, _)| of.generation == request.generation);
    let Some((of, found)) = found else {
        let waits = memory.now.progress().is_some();
        faint_ui(ui, if waits { "The eigenvectors are on their way." } else { "No eigenvectors yet." });
        return Ok(());
    };
    if !found.noise.along.iter().any(|a| a.eigenvalue.is_finite()) {
        return Err("The Hessian is not finite at this step.".to_owned());
    }
    let words = if of.step == place.step {
        place.words(context)
    } else {
        format!("step {} of {}, the next is on its way", number::count(of.step), place.lane.name())
    };
    let along = if found.exact { "all eigenvectors" } else { "the eigenvectors of the 10 smallest and 10 largest eigenvalues" };
    let n = number::count(place.w.len() as u64);
    let of = format!("Along {along} of the {n} × {n} Hessian at {words}; {}", place.samples().unwrap_or_default());
    let residual = number::short(found.residual, 1);
    faint_ui(ui, of).on_hover_text(format!("Gradients of samples one by one; residuals of eigenpairs ≤ {residual}"));
    verdict_ui(ui, found, shown);
    let lemma = lemma.filter(|_| !shown.normalized);
    if let Some(Lemma { held: Some((held, of, least)), .. }) = lemma {
        let least = number::short(least, 3);
        faint_ui(
            ui,
            format!(
                "The bound of Lemma 1 holds for the data's part along {held} of {of} eigenvectors, by a factor of {least} or more."
            ),
        );
    }
    let chosen = spectrum.chosen(&place);
    // The button of the study stays in sight where there is room for both.
    let room = ui.available_height() - BUTTON_ROOM;
    let roomy = memory.study.is_none() || room > 2.0 * STUDY_HEIGHT;
    let height = if memory.study.is_some() { room - STUDY_HEIGHT } else { room };
    let height = if roomy { height.max(LEAST_HEIGHT) } else { LEAST_HEIGHT };
    scatter::scatter_ui(ui, found, shown, lemma, chosen, height);
    Ok(())
}

fn controls_ui(
    ui: &mut Ui,
    place: &Place<'_>,
    samples: usize,
    request: &NoiseRequest,
    raw: bool,
    memory: &mut NoiseMemory,
) -> Shown {
    // All samples have no noise: where the method takes all, that of one is shown.
    let of_method = place.lane.method().and_then(|method| method.batch(&place.lane.spec().settings));
    let usual = of_method.unwrap_or(1);
    // A batch is drawn with replacement: that of a method may be larger than the data.
    let most = samples.max(usual).max(2);
    let mut batch = memory.batch.unwrap_or(usual).min(most);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (normalized, name, about) in [
            (true, "normalised", "E⟨∇fᵢ/‖∇fᵢ‖, v⟩²: each sample's gradient made a unit vector first, as in the published plots"),
            (false, "raw", "E⟨g, v⟩² of the mean g of a batch, drawn with replacement"),
        ] {
            let button = egui::Button::selectable(raw != normalized, RichText::new(name).small());
            if ui.add(button).on_hover_text(about).clicked() {
                memory.raw = Some(!normalized);
            }
        }
        ui.add_space(8.0);
        ui.spacing_mut().slider_width = 120.0;
        let slider = Slider::new(&mut batch, 1..=most).logarithmic(true).text("batch size");
        let own = of_method.map_or_else(
            || "the method itself takes all of them".to_owned(),
            |_| format!("{} is that of the method", number::count(usual as u64)),
        );
        let about = format!("Samples whose mean is a stochastic gradient; {own}");
        if ui.add_enabled(raw, slider).on_hover_text(about).changed() {
            memory.batch = Some(batch);
        }
        let (back, to) =
            if of_method.is_some() { ("method's", "Back to the batch of the method") } else { ("one", "Back to one sample") };
        if memory.batch.is_some_and(|batch| batch != usual) && ui.button(RichText::new(back).small()).on_hover_text(to).clicked()
        {
            memory.batch = None;
        }
        ui.add_space(8.0);
        if memory.now.is_busy() && place.w.len() > MOST_EXACT {
            progress_ui(ui, "noise at this step", &mut memory.now);
        } else if memory.now.is_refused(request)
            && ui.button(RichText::new("Go on").small()).on_hover_text("Find the eigenvectors of this step after all").clicked()
        {
            memory.now.resume();
        }
    });
    Shown { batch, normalized: !raw }
}

/// What is measured, in words.
fn verdict_ui(ui: &mut Ui, found: &NoiseFound, shown: Shown) {
    let isotropic = shown.isotropic(found);
    let times = |value: f64| number::short(value / isotropic, 2);
    let noise = &found.noise;
    let eigenvalues: Vec<f64> = noise.along.iter().map(|a| a.eigenvalue).collect();
    let Index { negative, tolerance, .. } = Index::of(&eigenvalues, None);
    let text = match (noise.along.first(), noise.along.last()) {
        (Some(first), _) if first.eigenvalue < -tolerance => format!(
            "At the smallest λ\u{a0}=\u{a0}{} the noise is {} times the isotropic.",
            number::significant(first.eigenvalue, 3),
            times(shown.of(first))
        ),
        (_, Some(last)) => format!(
            "No curvature is negative. At the largest λ\u{a0}=\u{a0}{} the noise is {} times the isotropic.",
            number::significant(last.eigenvalue, 3),
            times(shown.of(last))
        ),
        _ => return,
    };
    let about = "Saddles are left by plain stochastic gradients where this is large: correlated negative curvature \
                 (Daneshmand, Kohler, Lucchi, Hofmann 2018)";
    ui.add(egui::Label::new(RichText::new(text).family(theme::strong_family())).wrap()).on_hover_text(about);
    if shown.normalized {
        faint_ui(ui, "Daneshmand et al. (2018) find this share to grow with |λ| and stay above 1/d.");
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        let lowest = noise.bottom();
        let of = lowest.map_or_else(
            || "all negative eigenvalues".to_owned(),
            |k| format!("the {k} lowest eigenvalues, of which more are negative"),
        );
        let few = lowest.map_or_else(String::new, |k| format!(", {k} lowest"));
        let above = "those above −10⁻⁶ max |λ| left out";
        let about = format!("Pearson's correlation of |λ| and the normalised share over {of}, {above}");
        number_ui(ui, &format!("correlation with |λ|{few}"), &number::significant(noise.correlation(), 2), about);
        let about = format!("The slope of log E⟨∇fᵢ, v⟩² of one sample over log |λ|, over {of}, {above}; 1: proportional to |λ|");
        number_ui(ui, &format!("slope, raw{few}"), &number::significant(noise.slope(), 2), about);
        let count = format!("{negative} of {}", number::count(noise.along.len() as u64));
        number_ui(ui, "negative", &count, "Eigenvalues below −10⁻¹⁰ max |λ| among those that are shown");
        let total = number::significant(noise.total(shown.batch), 3);
        number_ui(ui, "E‖g‖²", &total, format!("‖∇f‖² + variance/B with B = {}", shown.batch));
    });
}

/// The lemma's constants, and whether it holds at `w`, where the problem is that of the half-spaces.
fn lemma(context: &Context<'_>, w: &[f64]) -> Option<Lemma> {
    let problem = context.session.problem();
    let landscape = problem.landscape().filter(|landscape| landscape.id == "half_spaces")?;
    let n = problem.dim();
    let (_, rows) = landscape.table.as_ref()?.columns_and_rows(n);
    let formula = problem.formula()?;
    let at = formula.parameter_names().iter().position(|name| name == "lambda")?;
    let l2 = *formula.parameter_values().get(at)?;
    let longest = rows.chunks_exact(n).map(norm).fold(0.0, f64::max);
    let held = (n <= MOST_CHECKED).then(|| {
        let ratios = half_space_ratios(&Rows { width: n, values: rows }, w);
        let eigenvalues: Vec<f64> = ratios.iter().map(|r| r.eigenvalue).collect();
        let Index { tolerance, .. } = Index::of(&eigenvalues, None);
        let told: Vec<f64> = ratios.iter().filter(|r| r.eigenvalue.abs() > tolerance).map(HalfSpaceRatio::ratio).collect();
        let held = told.iter().filter(|ratio| **ratio >= 1.0).count();
        (held, told.len(), told.iter().copied().fold(f64::INFINITY, f64::min))
    });
    Some(Lemma { l2, longest, held })
}
