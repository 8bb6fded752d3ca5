//! Natasha1.5.

use super::natasha::{Epoch, Finish, Orders, Plan, plan_parameters};
use super::parameters::count;
use super::reservoir::Reservoir;
use super::trial::jump;
use crate::linalg::{Vector, copy};
use crate::optim::preset::numbers;
use crate::optim::{Family, Geometry, Method, Optimizer, Oracle, Parameter, Phase, Preset, Requirement, Step, StepError};

const SOURCE: &str = "Allen-Zhu 2018, Natasha 2, Algorithm 1";

const PARAMETERS: [Parameter; 7] = {
    let [step, regularization, batch, sub_epochs, inner, last] = plan_parameters(SOURCE);
    let epochs = count("epochs", "T′", 1000.0, "epochs after which a random x̂ is drawn and improved", SOURCE);
    [step, regularization, batch, sub_epochs, inner, epochs, last]
};

/// An epoch takes μ over B samples (all where there are no more) at x̃ = x̂; p sub-epochs follow, with steps
/// x ← x − α(∇fᵢ(x) − ∇fᵢ(x̃) + μ + 2σ(x − x̂)) from x̂, and x̂ ← x_t with t uniform on 0 … m − 1. After T′ epochs y is drawn from
/// all x̂, and stochastic gradient descent on f(x) + σ‖x − y‖² ends the method.
///
/// A snapshot asks B component gradients (or a whole one), every other step two, one of the last descent one. The steps of a
/// sub-epoch after x_t change nothing and are not made.
///
/// Preset, for σ = ℓ, which every f allows: B = V/ε², p = B^{1/3}, m = B/p, α = 1/(p²ℓ), T′ = ℓΔ_f/(pε²).
pub(in crate::optim) const NATASHA15: Method = Method {
    id: "natasha15",
    name: "Natasha1.5",
    family: Family::Stochastic,
    formula: "x ← x − α (∇fᵢ(x) − ∇fᵢ(x̃) + ∇f_B(x̃) + 2σ (x − x̂))",
    summary: "Variance reduction for functions that are nearly convex: each sub-epoch is held back to where it began.",
    source: SOURCE,
    parameters: &PARAMETERS,
    random: true,
    escapes: false,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Allen-Zhu 2018, Natasha 2, Theorem 1 (orders)",
        settings: |a| {
            let orders = Orders::new(a, a.smoothness, a.smoothness);
            numbers([
                ("step_size", orders.step_size),
                ("regularization", a.smoothness),
                ("batch_size", orders.batch),
                ("sub_epochs", orders.sub_epochs),
                ("inner_length", orders.inner_length),
                ("epochs", orders.epochs),
            ])
        },
    }),
    build: |values, start| {
        Box::new(Natasha15 {
            x: copy(start),
            plan: Plan::new(values),
            epochs_left: values.integer("epochs"),
            seen: Reservoir::default(),
            state: State::Idle,
        })
    },
};

#[derive(Clone)]
struct Natasha15 {
    x: Vector,
    plan: Plan,
    epochs_left: usize,
    /// y, drawn from all x̂ so far.
    seen: Reservoir<Vector>,
    state: State,
}

#[derive(Clone)]
enum State {
    Idle,
    Epoch(Epoch),
    Finish(Finish),
}

impl Natasha15 {
    fn note(&mut self, oracle: &mut Oracle<'_>) {
        if let State::Epoch(epoch) = &mut self.state {
            for anchor in epoch.take_anchors() {
                self.seen.offer(&anchor, oracle.rng());
            }
        }
    }
}

impl Optimizer for Natasha15 {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        if let State::Finish(finish) = &mut self.state {
            return finish.step(&self.plan, &mut self.x, oracle);
        }
        if let State::Epoch(epoch) = &mut self.state {
            let made = epoch.step(&self.plan, None, &mut self.x, oracle)?;
            self.note(oracle);
            if let Some(step) = made {
                return Ok(step);
            }
        }
        if self.epochs_left == 0 {
            let to = self.seen.kept().map_or_else(|| copy(&self.x), |y| copy(y));
            self.state = State::Finish(Finish { anchor: copy(&to), wall: None, steps_left: self.plan.final_length });
            return Ok(jump(&mut self.x, to, f64::NAN, f64::NAN, Phase::Certification, Geometry::Point));
        }
        let (epoch, step) = Epoch::begin(&self.plan, &mut self.x, oracle)?;
        self.epochs_left -= 1;
        self.state = State::Epoch(epoch);
        self.note(oracle);
        Ok(step)
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        if let State::Epoch(epoch) = &mut self.state {
            epoch.relocate(x);
        }
    }
}
