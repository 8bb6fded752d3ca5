//! "Paper's choice": the parameters that a method's paper computes from what it assumes of f.

use super::{Context, faint_ui};
use crate::linalg::Vector;
use crate::measure::assumptions;
use crate::optim::{ASSUMPTIONS, Assumptions, Noise, Preset, Setting, Settings};
use crate::problem::Objective;
use crate::scene::ProblemSpec;
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button};
use crate::ui::number;
use crate::ui::session::Lane;
use eframe::egui::{CollapsingHeader, DragValue, Slider, Ui};
use std::collections::BTreeMap;

/// How many of [`ASSUMPTIONS`] are asked for, and are sliders; the others are estimated.
const ASKED: usize = 3;

/// The assumptions of each opened method.
#[derive(Default)]
pub(super) struct PresetMemory {
    lanes: BTreeMap<usize, Assumed>,
}

/// What is assumed, and of what.
struct Assumed {
    problem: ProblemSpec,
    start: Vector,
    noise: Noise,
    estimated: Assumptions,
    chosen: Assumptions,
}

impl PresetMemory {
    /// Forgets every method: their places have changed.
    pub fn clear(&mut self) {
        self.lanes.clear();
    }

    /// The assumptions of a method, estimated anew where the problem, the start or the noise is another.
    fn of(&mut self, index: usize, context: &Context<'_>) -> &mut Assumed {
        let session = context.session;
        let noise = context.scene.noise_on(session.problem().scales());
        self.lanes.retain(|i, known| {
            *i != index
                || known.problem == context.scene.problem && known.start.as_slice() == session.start() && known.noise == noise
        });
        self.lanes.entry(index).or_insert_with(|| {
            let problem = session.problem();
            let estimated = assumptions(&**problem, &problem.bounds(), session.start(), noise);
            let start = Vector::from_slice(session.start());
            Assumed { problem: context.scene.problem.clone(), start, noise, estimated, chosen: estimated }
        })
    }
}

/// Most variables of a problem whose Hessians are surveyed.
const MOST_VARIABLES: usize = 400;

/// Draws the section of a method that has a preset.
pub(super) fn preset_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    index: usize,
    lane: &Lane,
    preset: Preset,
    memory: &mut PresetMemory,
    out: &mut Vec<Command>,
) {
    let header = CollapsingHeader::new("Paper's choice").id_salt("preset").show(ui, |ui| {
        let n = context.session.problem().dim();
        if n > MOST_VARIABLES {
            faint_ui(
                ui,
                format!("What the papers assume is estimated in up to {MOST_VARIABLES} variables; this problem has {n}."),
            );
            return;
        }
        let Assumed { estimated, chosen, .. } = memory.of(index, context);
        ui.spacing_mut().slider_width = (ui.available_width() - 104.0).clamp(48.0, 240.0);
        for assumption in &ASSUMPTIONS[..ASKED] {
            let (mut value, middle) = ((assumption.get)(chosen), (assumption.get)(estimated).max(1e-12));
            let range = if assumption.accepts(1.0) { 1e-3 * middle..=1e3 * middle } else { 1e-6..=0.5 };
            let slider = Slider::new(&mut value, range)
                .logarithmic(true)
                .text(assumption.symbol)
                .custom_formatter(|v, _| number::short(v, 3))
                .custom_parser(number::parse);
            if ui.add(slider).on_hover_text(assumption.meaning).changed() && assumption.accepts(value) {
                (assumption.set)(chosen, value);
            }
        }
        faint_ui(ui, "Estimated over the picture:");
        ui.horizontal_wrapped(|ui| {
            for assumption in &ASSUMPTIONS[ASKED..] {
                let mut value = (assumption.get)(chosen);
                let speed = 0.01 * value;
                let drag = DragValue::new(&mut value)
                    .speed(speed)
                    .prefix(format!("{} = ", assumption.symbol))
                    .custom_formatter(|v, _| number::short(v, 3))
                    .custom_parser(number::parse);
                let about = format!("{}: {}", assumption.name, assumption.meaning);
                if ui.add(drag).on_hover_text(about).changed() && assumption.accepts(value) {
                    (assumption.set)(chosen, value);
                }
            }
        });
        ui.horizontal(|ui| {
            let about = format!("Computes the parameters of this method as in {}", preset.source);
            if ui.button("Set the parameters").on_hover_text(about).clicked()
                && let Some(settings) = lane.method().and_then(|method| method.preset_settings(&lane.spec().settings, chosen))
            {
                let mut all = lane.spec().settings.clone();
                all.extend(settings);
                out.push(Command::Edit(Edit::Settings(index, all)));
            }
            ui.add_enabled_ui(chosen != estimated, |ui| {
                if icon_button(ui, Icon::Reset, "Estimates", "Back to the estimates on this landscape").clicked() {
                    *chosen = *estimated;
                }
            });
        });
        let settings = lane.method().and_then(|method| method.preset_settings(&lane.spec().settings, chosen));
        if let Some(slow) = settings.and_then(|settings| slowness(&settings, chosen, context.scene.steps)) {
            faint_ui(ui, slow);
        }
    });
    header.header_response.on_hover_text("Parameters from what the paper assumes of the function and asks for");
}

/// What the computed parameters mean for a run of so many steps, where they are far too slow for it.
///
/// Each step with ‖∇f‖ > ε lowers f by ηε²/2 at least, and by no more is proved: Δf is gone after 2Δf/(ηε²) steps.
fn slowness(settings: &Settings, assumed: &Assumptions, steps: u64) -> Option<String> {
    let number = |name: &str| match settings.get(name) {
        Some(Setting::Number(value)) => Some(*value),
        _ => None,
    };
    let step_size = number("step_size").filter(|eta| *eta > 0.0)?;
    let proved = 2.0 * assumed.decrease / (step_size * assumed.epsilon * assumed.epsilon);
    let slow = proved > steps as f64;
    let wait = number("threshold_time").filter(|wait| *wait > steps as f64);
    let wait = wait.map_or(String::new(), |wait| format!(" Between two kicks it waits {} steps.", number::short(wait, 2)));
    let text = format!(
        "The proof counts with up to 2Δf/(ηε²) = {} steps, η = {}; this scene makes {}.{wait}",
        number::short(proved, 2),
        number::short(step_size, 2),
        number::count(steps)
    );
    slow.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_would_stand_still_is_said_to() {
        let assumed = Assumptions {
            smoothness: 2.0,
            hessian_lipschitz: 6.0,
            epsilon: 0.1,
            gamma: 1.0,
            failure: 0.1,
            decrease: 1.0,
            variance: 1.0,
            gradient_bound: 1.0,
            dim: 2,
            samples: 1,
        };
        let settings = Settings::from([("step_size".to_owned(), Setting::Number(2.6e-8))]);
        let said = slowness(&settings, &assumed, 400);
        assert!(said.is_some_and(|said| said.contains("7.7×10⁹ steps") && said.ends_with("makes 400.")));
        assert_eq!(slowness(&settings, &assumed, 10_000_000_000), None);
        assert_eq!(slowness(&Settings::new(), &assumed, 1), None);
    }

    #[test]
    fn what_is_asked_for_comes_first() {
        assert_eq!(ASSUMPTIONS[..ASKED].iter().map(|a| a.name).collect::<Vec<_>>(), ["epsilon", "failure", "gamma"]);
    }
}
