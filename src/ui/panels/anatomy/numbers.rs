//! The numbers of a subproblem that is set by hand.

use super::super::heading_ui;
use crate::scene::SubproblemSpec;
use crate::ui::command::{Command, Edit};
use crate::ui::number;
use eframe::egui::{Slider, SliderClamping, Ui};

/// A slider for each number.
pub fn numbers_ui(ui: &mut Ui, spec: SubproblemSpec, out: &mut Vec<Command>) {
    heading_ui(ui, "Numbers");
    let mut moved = spec;
    let degrees = |v: f64| v.to_degrees();
    let (mut rotation, mut turn) = (degrees(spec.rotation), degrees(spec.metric_rotation));
    ui.spacing_mut().slider_width = (ui.available_width() - 128.0).clamp(48.0, 220.0);
    let mut slider = |value: &mut f64, low: f64, high: f64, log: bool, label: &str, about: &str| {
        let slider = Slider::new(value, low..=high)
            .logarithmic(log)
            .clamping(SliderClamping::Never)
            .text(label)
            .custom_formatter(|v, _| number::short(v, 3))
            .custom_parser(number::parse);
        ui.add(slider).on_hover_text(about).changed()
    };
    let mut changed = false;
    for (i, [g, l]) in [["g₁", "λ first"], ["g₂", "λ second"]].into_iter().enumerate() {
        changed |= slider(&mut moved.gradient[i], -3.0, 3.0, false, g, "A component of the gradient");
        changed |= slider(&mut moved.eigenvalues[i], -4.0, 4.0, false, l, "An eigenvalue of H");
    }
    if slider(&mut rotation, -180.0, 180.0, false, "H turned, °", "Angle of the first eigenvector of H") {
        (moved.rotation, changed) = (rotation.to_radians(), true);
    }
    changed |= slider(&mut moved.radius, 1e-2, 1e2, true, "Δ", "Radius of the region");
    for (i, m) in ["m₁", "m₂"].into_iter().enumerate() {
        changed |= slider(&mut moved.metric[i], 1e-2, 1e2, true, m, "An eigenvalue of the metric: the semi-axis is Δ/√m");
    }
    if slider(&mut turn, -180.0, 180.0, false, "M turned, °", "Angle of the first axis of the region") {
        (moved.metric_rotation, changed) = (turn.to_radians(), true);
    }
    if let Some(sigma) = &mut moved.sigma {
        changed |= slider(sigma, 1e-2, 1e2, true, "σ", "Weight of the cubic term, σ/3 ‖s‖³");
    }
    let mut cubic = moved.sigma.is_some();
    let about = "Minimizes gᵀs + ½ sᵀHs + σ/3 ‖s‖³ too: cubic regularization in place of a region";
    if ui.checkbox(&mut cubic, "cubic model").on_hover_text(about).changed() {
        (moved.sigma, changed) = (cubic.then_some(1.0), true);
    }
    if changed {
        out.push(Command::Edit(Edit::Subproblem(Some(moved.bounded()))));
    }
}
