//! Natasha2.

use super::natasha::{Epoch, Finish, Orders, Plan, Wall, plan_parameters};
use super::oja::{Oja, OjaSearch};
use super::parameters::{count, curvature, curvature_step, second_step};
use super::reservoir::Reservoir;
use super::search::{Finder, Outcome, Reference, Sign, follow};
use super::trial::jump;
use crate::linalg::{Vector, copy, zeros};
use crate::optim::preset::numbers;
use crate::optim::{
    Assumptions, Family, Geometry, Method, Optimizer, Oracle, Parameter, Phase, Preset, Requirement, Step, StepError,
};

const SOURCE: &str = "Allen-Zhu 2018, Natasha 2, Algorithm 2";

const PARAMETERS: [Parameter; 14] = {
    let [step, regularization, batch, sub_epochs, inner, last] = plan_parameters(SOURCE);
    [
        curvature("curvature", "δ", 0.05, 0.1, "a direction is followed where the curvature along it is at most −δ/2", SOURCE),
        second_step("oja_step", "η", 1.0, 1e-2, "step of Oja's method per unit of curvature", "Oja 1982"),
        count("oja_length", "T", 20.0, "products of Oja's method", "Oja 1982"),
        count("attempts", "Θ(log 1/p)", 1.0, "repetitions of Oja's method, of which the best counts", SOURCE),
        count("test_samples", "m_test", 100.0, "samples by which a direction is tested", SOURCE),
        curvature_step(1.0, SOURCE),
        curvature("wall", "L", 1.0, 10.0, "strength of the wall around the start of an epoch, L(‖x − y‖ − δ/L₂)²", SOURCE),
        step,
        regularization,
        batch,
        sub_epochs,
        inner,
        count("epochs", "N₁", 1000.0, "epochs after which a random point is drawn and improved", SOURCE),
        last,
    ]
};

/// At y_k the smallest eigenvalue of ∇²f by [`Oja`]. Where vᵀ∇²f v ≤ −δ/2, y_{k+1} = y_k ± (δ/L₂)v with a random sign; else one epoch
/// of Natasha1.5 on F_k(x) = f(x) + L(max{0, ‖x − y_k‖ − δ/L₂})² from y_k gives y_{k+1}, and its last x̂ is kept. After N₁
/// epochs a random one (y, x̂) is drawn, and stochastic gradient descent on f(x) + L(max{0, ‖x − y‖ − δ/L₂})² + σ‖x − x̂‖²
/// ends the method.
///
/// A look asks one product of a component, a test m_test of them (or a whole one), a move along v nothing; the rest asks
/// what Natasha1.5 asks.
///
/// Preset, with δ = min(ε^{1/4}, ℓ), p the probability of failure and all absolute constants 1: σ = max(εℓ/√V, δ) ≤ ℓ and wall
/// L = ℓ, or L = σ = L₂(Vε)^{1/3}/δ where L₂ ≥ ℓδ/(Vε)^{1/3}; Oja's T = ℓ² log(n/p)/δ², η = √(log(n/p)/T)/ℓ, log(1/p) repetitions,
/// ℓ²/δ² test samples; B, p, m, α and N₁ as Natasha1.5's.
pub(in crate::optim) const NATASHA2: Method = Method {
    id: "natasha2",
    name: "Natasha2",
    family: Family::Stochastic,
    formula: "y ← y ± (δ/L₂) v where vᵀ∇²f v ≤ −δ/2 (Oja);  else an epoch of Natasha1.5 within reach of y",
    summary: "Alternates between Oja's search for negative curvature and variance-reduced epochs kept near their start.",
    source: SOURCE,
    parameters: &PARAMETERS,
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset { source: "Allen-Zhu 2018, Natasha 2, Theorem 2 (orders)", settings: natasha2_settings }),
    build: |values, start| {
        let curvature_step = values.number("curvature_step");
        Box::new(Natasha2 {
            x: copy(start),
            plan: Plan::new(values),
            search: OjaSearch {
                oja: Oja::new(
                    values.number("oja_step"),
                    values.integer("oja_length"),
                    values.integer("attempts"),
                    values.integer("test_samples"),
                ),
                curvature: values.number("curvature"),
                shown: curvature_step,
            },
            curvature_step,
            wall: values.number("wall"),
            epochs_left: values.integer("epochs"),
            seen: Reservoir::default(),
            state: State::Arrive,
        })
    },
};

fn natasha2_settings(a: &Assumptions) -> crate::optim::Settings {
    let delta = a.epsilon.sqrt().sqrt().min(a.smoothness);
    let usual = (a.epsilon * a.smoothness / a.variance.sqrt()).max(delta).min(a.smoothness);
    let level = libm::cbrt(a.variance * a.epsilon);
    let curved = a.hessian_lipschitz >= a.smoothness * delta / level;
    let raised = a.hessian_lipschitz * level / delta;
    let (sigma, smoothness) = if curved { (raised, raised) } else { (usual, a.smoothness) };
    let orders = Orders::new(a, sigma, smoothness);
    let log = Assumptions::log(a.dim as f64 / a.failure);
    let ratio = a.smoothness / delta;
    let length = ratio * ratio * log;
    numbers([
        ("curvature", delta),
        ("oja_step", (log / length).sqrt() / a.smoothness),
        ("oja_length", length),
        ("attempts", Assumptions::log(1.0 / a.failure)),
        ("test_samples", ratio * ratio),
        ("curvature_step", delta / a.hessian_lipschitz),
        ("wall", smoothness),
        ("step_size", orders.step_size),
        ("regularization", sigma),
        ("batch_size", orders.batch),
        ("sub_epochs", orders.sub_epochs),
        ("inner_length", orders.inner_length),
        ("epochs", orders.epochs),
    ])
}

#[derive(Clone)]
struct Natasha2 {
    x: Vector,
    plan: Plan,
    search: OjaSearch,
    curvature_step: f64,
    wall: f64,
    epochs_left: usize,
    /// (y, x̂) of a random epoch so far.
    seen: Reservoir<(Vector, Vector)>,
    state: State,
}

#[derive(Clone)]
enum State {
    /// At a new y.
    Arrive,
    Search,
    /// Along v, with vᵀ∇²f v.
    Follow(Vector, f64),
    /// No direction was found.
    Settled,
    Epoch(Epoch, Wall),
    Finish(Finish),
}

impl Natasha2 {
    fn wall(&self, center: &[f64]) -> Wall {
        Wall { center: copy(center), radius: self.curvature_step, strength: self.wall }
    }

    fn look(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let reference = Reference { f: f64::NAN, gradient: zeros(0) };
        let seen = self.search.look(&self.x, &reference, oracle)?;
        let step = seen.record(&self.x, f64::NAN);
        self.state = match seen.outcome {
            Outcome::Searching => State::Search,
            Outcome::Found(direction, curvature) => State::Follow(direction, curvature),
            Outcome::Nothing => State::Settled,
        };
        Ok(step)
    }

    /// What comes at a new y: the next search, or the end.
    fn arrive(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        if self.epochs_left > 0 {
            self.search.begin(&self.x, oracle);
            return self.look(oracle);
        }
        let (center, to) = self.seen.kept().cloned().unwrap_or_else(|| (copy(&self.x), copy(&self.x)));
        let wall = Some(self.wall(&center));
        self.state = State::Finish(Finish { anchor: copy(&to), wall, steps_left: self.plan.final_length });
        Ok(jump(&mut self.x, to, f64::NAN, f64::NAN, Phase::Certification, Geometry::Point))
    }
}

impl Optimizer for Natasha2 {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        match &mut self.state {
            State::Arrive => self.arrive(oracle),
            State::Search => self.look(oracle),
            State::Follow(direction, curvature) => {
                let found = (direction.as_slice(), *curvature);
                let step = follow(&mut self.x, found, self.curvature_step, Sign::Random, None, oracle);
                self.state = State::Arrive;
                Ok(step)
            }
            State::Settled => {
                let wall = self.wall(&self.x);
                let (epoch, step) = Epoch::begin(&self.plan, &mut self.x, oracle)?;
                self.epochs_left -= 1;
                self.state = State::Epoch(epoch, wall);
                Ok(step)
            }
            State::Epoch(epoch, wall) => {
                if let Some(step) = epoch.step(&self.plan, Some(wall), &mut self.x, oracle)? {
                    return Ok(step);
                }
                self.seen.offer(&(copy(&wall.center), copy(epoch.anchor())), oracle.rng());
                self.state = State::Arrive;
                self.arrive(oracle)
            }
            State::Finish(finish) => finish.step(&self.plan, &mut self.x, oracle),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        match &mut self.state {
            State::Epoch(epoch, wall) if wall.encloses(x) => epoch.relocate(x),
            State::Finish(_) => {}
            state => *state = State::Arrive,
        }
    }
}
