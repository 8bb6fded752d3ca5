//! How a run stands at the shown step: relative to the saddles on its way, and in the words of its status.

use super::curves::Quantity;
use super::icons::Icon;
use super::number;
use super::session::Lane;
use crate::problem::Kind;
use crate::run::Status;
use eframe::egui::{Color32, Visuals};

/// Slow is a slope below this share of the steepest on the way so far.
const SLOW: f64 = 0.05;

/// Where a run is relative to the saddles on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Slow although the Hessian has a way down: held near a saddle or a maximum.
    Held {
        /// Smallest eigenvalue of the Hessian there.
        lambda_min: f64,
        /// What critical point the eigenvalues speak of: a saddle, a maximum, or a degenerate one.
        kind: Kind,
    },
    /// It had been where λ_min < 0, and is there no longer since this step.
    Left {
        /// The first step with λ_min ≥ 0.
        at: u64,
    },
    /// At a minimum, without ever having been where λ_min < 0.
    Minimum,
    /// Out of all bounds.
    Diverged,
    /// On its way.
    Moving,
}

/// Where the run of a lane is at a step.
pub fn place(lane: &Lane, step: u64) -> Place {
    let (Some(run), Some(row)) = (lane.run(), lane.row(step)) else { return Place::Moving };
    let curves = lane.curves();
    let ended = step >= run.len() && lane.is_done();
    if ended {
        match run.status() {
            Status::Diverged { .. } => return Place::Diverged,
            Status::StrictSaddle { lambda_min, .. } => return Place::Held { lambda_min: *lambda_min, kind: Kind::Saddle },
            Status::Maximum { lambda_min } => return Place::Held { lambda_min: *lambda_min, kind: Kind::Maximum },
            _ => {}
        }
    }
    let lambda_min = curves.lambdas[row];
    if lambda_min < 0.0 {
        let slow = curves.gradients[row] < SLOW * curves.steepest(row);
        return if slow { Place::Held { lambda_min, kind: curves.negative_kind(row) } } else { Place::Moving };
    }
    match curves.after_negative(row) {
        Some(first) => Place::Left { at: run.trace().step_of(first) },
        None if ended && matches!(run.status(), Status::Minimum { .. }) => Place::Minimum,
        None => Place::Moving,
    }
}

/// A status' sentence, with its signs set as signs.
pub fn message(status: &Status) -> String {
    status.message().replace("λ_min", "λₘᵢₙ")
}

/// How a run stands at a step: an icon, a colour, and a few words.
pub fn standing(lane: &Lane, step: u64, visuals: &Visuals) -> (Icon, Color32, String) {
    let quiet = visuals.weak_text_color();
    if let Some(fault) = lane.fault() {
        return (Icon::Warning, visuals.error_fg_color, fault.to_owned());
    }
    let Some(run) = lane.run() else { return (Icon::Dot, quiet, String::new()) };
    if step >= run.len() && *run.status() != Status::Running {
        return ended(run.status(), run.len(), visuals);
    }
    if step < run.trace().first() {
        return (Icon::Fork, quiet, format!("begins at step {}", number::count(run.trace().first())));
    }
    let slope = number::significant(lane.at(Quantity::Gradient, step).unwrap_or(f64::NAN), 2);
    match place(lane, step) {
        Place::Held { lambda_min, kind } => {
            let icon = match kind {
                Kind::Saddle => Icon::Saddle,
                Kind::Maximum => Icon::Maximum,
                _ => Icon::Flat,
            };
            let text = format!("held near a {kind}, λₘᵢₙ = {}", number::significant(lambda_min, 2));
            (icon, visuals.warn_fg_color, text)
        }
        Place::Left { at } => (Icon::Check, quiet, format!("λₘᵢₙ > 0 since step {}", number::count(at))),
        _ => (Icon::Dot, quiet, format!("‖∇f‖ = {slope}")),
    }
}

fn ended(status: &Status, steps: u64, visuals: &Visuals) -> (Icon, Color32, String) {
    let (icon, color) = state(status, visuals);
    let text = match status {
        Status::BudgetSpent { gradient_norm } => {
            format!("{}, ‖∇f‖ = {}", status.words(), number::significant(*gradient_norm, 2))
        }
        Status::StrictSaddle { lambda_min, .. } | Status::Degenerate { lambda_min } | Status::Maximum { lambda_min } => {
            let (lambda, step) = (number::significant(*lambda_min, 2), number::count(steps));
            format!("{}, λₘᵢₙ = {lambda}, step {step}", status.words())
        }
        _ => format!("{}, step {}", status.words(), number::count(steps)),
    };
    (icon, color, text)
}

/// The icon and the colour of the state in which a run ended; its words are [`Status::words`].
pub fn state(status: &Status, visuals: &Visuals) -> (Icon, Color32) {
    let (quiet, warning, bad) = (visuals.weak_text_color(), visuals.warn_fg_color, visuals.error_fg_color);
    match status {
        Status::Minimum { .. } => (Icon::Minimum, quiet),
        Status::StrictSaddle { .. } => (Icon::Saddle, warning),
        Status::Degenerate { .. } => (Icon::Flat, warning),
        Status::Maximum { .. } => (Icon::Maximum, warning),
        Status::Stalled { .. } => (Icon::Warning, warning),
        Status::Diverged { .. } => (Icon::Warning, bad),
        Status::BudgetSpent { .. } => (Icon::Dot, quiet),
        Status::Finished { .. } if status.ended_at_negative_curvature() => (Icon::Saddle, warning),
        Status::Finished { .. } | Status::Running => (Icon::Check, quiet),
    }
}
