//! What Natasha1.5 and Natasha2 share: the epoch on a regularized function, and the descent that ends them.

use super::parameters::{batch_size, count, curvature, inner_length, second_step};
use super::snapshot::Snapshot;
use super::trial::{look, plain_step, sampled};
use crate::linalg::{Vector, axpy, copy, norm, zeros};
use crate::optim::{Assumptions, Geometry, Oracle, Parameter, Phase, Step, StepError, Values};

/// m where there are no samples.
const INNER_LENGTH: usize = 10;

/// The parameters of an epoch.
#[derive(Clone)]
pub(super) struct Plan {
    /// α.
    pub step_size: f64,
    /// σ.
    pub regularization: f64,
    /// B.
    pub batch_size: usize,
    /// p.
    pub sub_epochs: usize,
    /// m; 0: by the number of samples.
    inner_length: usize,
    /// Steps of the descent that ends the method.
    pub final_length: usize,
}

/// The declarations of a [`Plan`]; the arguments are those of a `const` list.
pub(super) const fn plan_parameters(source: &'static str) -> [Parameter; 6] {
    [
        second_step("step_size", "α", 0.5, 1e-2, "step per unit of corrected gradient", source),
        curvature("regularization", "σ", 0.1, 0.1, "weight of the pull to the start of a sub-epoch, σ‖x − x̂‖²", source),
        batch_size("B", 1000.0, "samples of a snapshot", source),
        count("sub_epochs", "p", 2.0, "sub-epochs from a snapshot to the next", source),
        inner_length(
            "a sub-epoch ends after t steps, t uniform on 0 … m − 1; 0: m = B/p as in the paper, B at most the samples, or 10 where f \
             is no finite sum",
            source,
        ),
        count("final_length", "T₀", 50.0, "steps of the descent on the convex function that ends the method", source),
    ]
}

impl Plan {
    pub fn new(values: &Values<'_>) -> Self {
        Self {
            step_size: values.number("step_size"),
            regularization: values.number("regularization"),
            batch_size: values.integer("batch_size"),
            sub_epochs: values.integer("sub_epochs"),
            inner_length: values.integer("inner_length"),
            final_length: values.integer("final_length"),
        }
    }

    /// m.
    fn steps_at_most(&self, oracle: &Oracle<'_>) -> usize {
        match (self.inner_length, oracle.samples()) {
            (0, None) => INNER_LENGTH,
            (0, Some(samples)) => (self.batch_size.min(samples) / self.sub_epochs).max(1),
            (set, _) => set,
        }
    }
}

/// B = V/ε², p = (σ²B/ℓ²)^{1/3} ≥ 1, m = B/p, α = σ/(p²ℓ²) and N₁ = σΔ_f/(pε²) epochs: the orders of the paper, with all
/// absolute constants 1.
pub(super) struct Orders {
    pub batch: f64,
    pub sub_epochs: f64,
    pub inner_length: f64,
    pub step_size: f64,
    pub epochs: f64,
}

impl Orders {
    /// For a function whose Hessian is at least −σ and at most ℓ.
    pub fn new(a: &Assumptions, sigma: f64, smoothness: f64) -> Self {
        let square = a.epsilon * a.epsilon;
        let batch = (a.variance / square).ceil().max(1.0);
        let share = sigma / smoothness;
        let sub_epochs = libm::cbrt(share * share * batch).ceil().max(1.0);
        Self {
            batch,
            sub_epochs,
            inner_length: (batch / sub_epochs).max(1.0),
            step_size: sigma / (sub_epochs * sub_epochs * smoothness * smoothness),
            epochs: (sigma * a.decrease / (sub_epochs * square)).max(1.0),
        }
    }
}

/// L(max{0, ‖x − y‖ − R})²: free in the ball, then a wall.
#[derive(Clone)]
pub(super) struct Wall {
    pub center: Vector,
    pub radius: f64,
    pub strength: f64,
}

impl Wall {
    /// Whether it is 0 at `x`.
    pub fn encloses(&self, x: &[f64]) -> bool {
        norm(&self.away(x)) <= self.radius
    }

    fn away(&self, x: &[f64]) -> Vector {
        x.iter().zip(&self.center).map(|(a, b)| a - b).collect()
    }

    /// Adds its gradient.
    fn add(&self, x: &[f64], gradient: &mut [f64]) {
        let away = self.away(x);
        let distance = norm(&away);
        if distance > self.radius {
            axpy(2.0 * self.strength * (distance - self.radius) / distance, &away, gradient);
        }
    }
}

/// One epoch: a snapshot, then p sub-epochs of steps x ← x − α(ν + 2σ(x − x̂)), ν the corrected gradient, x̂ the start of the
/// sub-epoch. The next x̂ is x_t with t uniform on 0 … m − 1: t is drawn first, and the steps after it, which change nothing,
/// are not made.
#[derive(Clone)]
pub(super) struct Epoch {
    snapshot: Snapshot,
    /// x̂.
    anchor: Vector,
    sub_epochs_left: usize,
    steps_left: usize,
    /// The starts of sub-epochs that no one has asked for yet.
    anchors: Vec<Vector>,
}

impl Epoch {
    /// The snapshot at `x`, with the first step, in which every correction vanishes.
    pub fn begin(plan: &Plan, x: &mut Vector, oracle: &mut Oracle<'_>) -> Result<(Self, Step), StepError> {
        let (f, snapshot) = Snapshot::take(oracle, x, Some(plan.batch_size))?;
        let linear = copy(&snapshot.mean);
        let mut epoch = Self { snapshot, anchor: copy(x), sub_epochs_left: plan.sub_epochs, steps_left: 0, anchors: Vec::new() };
        let step = if epoch.has_step(plan, x, oracle) {
            epoch.steps_left -= 1;
            plain_step(oracle, x, plan.step_size, linear, f, Phase::Snapshot)
        } else {
            let gradient_norm = norm(&linear);
            Step { gradient_norm, ..look(x, zeros(x.len()), f, Phase::Snapshot, Geometry::Point) }
        };
        Ok((epoch, step))
    }

    /// Begins sub-epochs until one has steps; false when the epoch is over.
    fn has_step(&mut self, plan: &Plan, x: &[f64], oracle: &mut Oracle<'_>) -> bool {
        while self.steps_left == 0 && self.sub_epochs_left > 0 {
            self.sub_epochs_left -= 1;
            self.anchor = copy(x);
            self.anchors.push(copy(x));
            let most = plan.steps_at_most(oracle);
            self.steps_left = oracle.rng().below(most);
        }
        self.steps_left > 0
    }

    /// The next step, with the wall's gradient if there is one; `None` when the epoch is over.
    pub fn step(
        &mut self,
        plan: &Plan,
        wall: Option<&Wall>,
        x: &mut Vector,
        oracle: &mut Oracle<'_>,
    ) -> Result<Option<Step>, StepError> {
        if !self.has_step(plan, x, oracle) {
            return Ok(None);
        }
        let sample = oracle.draw(1);
        let (f, mut linear) = self.snapshot.corrected(oracle, x, &sample)?;
        pull(plan.regularization, &self.anchor, wall, x, &mut linear);
        self.steps_left -= 1;
        Ok(Some(plain_step(oracle, x, plan.step_size, linear, f, Phase::Descent)))
    }

    /// Goes on from `x`: what is left of the sub-epoch starts there.
    pub fn relocate(&mut self, x: &[f64]) {
        self.anchor = copy(x);
    }

    /// The starts of sub-epochs since the last call.
    pub fn take_anchors(&mut self) -> Vec<Vector> {
        std::mem::take(&mut self.anchors)
    }

    /// x̂ of the last sub-epoch.
    pub fn anchor(&self) -> &Vector {
        &self.anchor
    }
}

/// Adds 2σ(x − x̂) and the wall's gradient.
fn pull(sigma: f64, anchor: &[f64], wall: Option<&Wall>, x: &[f64], gradient: &mut [f64]) {
    gradient.iter_mut().zip(x.iter().zip(anchor)).for_each(|(g, (a, b))| *g += 2.0 * sigma * (a - b));
    if let Some(wall) = wall {
        wall.add(x, gradient);
    }
}

/// The end: stochastic gradient descent on f(x) + σ‖x − ŷ‖² with the wall, which is convex.
#[derive(Clone)]
pub(super) struct Finish {
    pub anchor: Vector,
    pub wall: Option<Wall>,
    pub steps_left: usize,
}

impl Finish {
    /// The next step; the sentence that ends the run when there is none.
    pub fn step(&mut self, plan: &Plan, x: &mut Vector, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        if self.steps_left == 0 {
            return Err(StepError::Finished(
                "the epochs are over: a random one of their points was drawn and improved on a convex function",
            ));
        }
        let sample = oracle.draw(1);
        let (f, mut linear) = sampled(oracle, x, &sample)?;
        pull(plan.regularization, &self.anchor, self.wall.as_ref(), x, &mut linear);
        self.steps_left -= 1;
        Ok(plain_step(oracle, x, plan.step_size, linear, f, Phase::Descent))
    }
}
