//! How a run stands, told from the gradient and the eigenvalues of the Hessian.

use crate::linalg::{
    EndsJob, EndsOptions, FnOperator, Goal, Job, Vector, axpy, dot, norm, symmetric_eigen, symmetric_eigenvalues, zeros,
};
use crate::problem::{Kind, Objective};
use serde::{Deserialize, Serialize};

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// It can go on.
    Running,
    /// ‖∇f‖ ≤ ε_g and λ_min > 0: a local minimum.
    Minimum {
        /// Smallest eigenvalue of the Hessian.
        lambda_min: f64,
    },
    /// ‖∇f‖ ≤ ε_g, λ_min < 0 and not all eigenvalues are: the method rests at a strict saddle. Or the step budget is spent and
    /// the method leaps to and fro over one.
    StrictSaddle {
        /// Smallest eigenvalue of the Hessian at the saddle.
        lambda_min: f64,
        /// The length of the steps with which it hovers; none where it rests.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hovers: Option<f64>,
    },
    /// ‖∇f‖ ≤ ε_g and the Hessian is singular without a negative eigenvalue: second derivatives do not decide.
    Degenerate {
        /// Smallest eigenvalue of the Hessian.
        lambda_min: f64,
    },
    /// ‖∇f‖ ≤ ε_g and λ_max < 0: the method rests at a local maximum.
    Maximum {
        /// Smallest eigenvalue of the Hessian.
        lambda_min: f64,
    },
    /// The iterate has not moved for many trials although the gradient is not small.
    Stalled {
        /// ‖∇f‖ there.
        gradient_norm: f64,
    },
    /// The iterates left every bounded region, or a number became non-finite.
    Diverged {
        /// What happened.
        reason: String,
    },
    /// The step budget is spent and ‖∇f‖ > ε_g.
    BudgetSpent {
        /// ‖∇f‖ there.
        gradient_norm: f64,
    },
    /// The method ended by its own rule, at a point with ‖∇f‖ > ε_g.
    Finished {
        /// The rule.
        reason: String,
        /// What the point is, measured; none where it has no eigenvalues.
        #[serde(default, flatten, skip_serializing_if = "Option::is_none")]
        end: Option<End>,
    },
}

/// What the point is at which a method ended by its own rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// ‖∇f‖ there.
    pub gradient_norm: f64,
    /// Smallest eigenvalue of the Hessian there.
    pub lambda_min: f64,
    /// What a critical point with these eigenvalues is.
    pub kind: Kind,
}

impl End {
    /// Whether λ_min < 0 beyond rounding: a second-order stationary point it is not.
    pub fn has_negative_curvature(&self) -> bool {
        self.lambda_min < -Kind::threshold(&[self.lambda_min])
    }

    /// The words for the sign of its curvature.
    fn words(&self) -> &'static str {
        match self.kind {
            Kind::Minimum => "ended at λ > 0",
            _ if self.has_negative_curvature() => "ended at λ < 0",
            _ => "ended at λ = 0",
        }
    }

    /// Whether the method's claim holds there, in a sentence.
    fn message(&self) -> String {
        let Self { gradient_norm, lambda_min, kind } = self;
        let plain = (1e-2..1e4).contains(&lambda_min.abs());
        let lowest = if plain { format!("{lambda_min:.3}") } else { format!("{lambda_min:.1e}") };
        let measured = format!("‖∇f‖ = {gradient_norm:.2e} and λ_min = {lowest}");
        match kind {
            Kind::Minimum => {
                format!("Measured there, {measured}: curvature as at a minimum, second-order stationary up to ‖∇f‖.")
            }
            Kind::Saddle => {
                format!("Measured there, {measured}: curvature as at a strict saddle, no second-order stationary point.")
            }
            Kind::Maximum => format!("Measured there, {measured}: curvature as at a maximum, no second-order stationary point."),
            _ if self.has_negative_curvature() => format!("Measured there, {measured}: no second-order stationary point."),
            _ => format!("Measured there, {measured}: the Hessian is singular, second-order stationary up to ‖∇f‖."),
        }
    }
}

impl Status {
    /// The name in JSON: `running`, `minimum`, `strict_saddle`, …
    pub fn id(&self) -> &'static str {
        match self {
            Status::Running => "running",
            Status::Minimum { .. } => "minimum",
            Status::StrictSaddle { .. } => "strict_saddle",
            Status::Degenerate { .. } => "degenerate",
            Status::Maximum { .. } => "maximum",
            Status::Stalled { .. } => "stalled",
            Status::Diverged { .. } => "diverged",
            Status::BudgetSpent { .. } => "budget_spent",
            Status::Finished { .. } => "finished",
        }
    }

    /// One sentence for people.
    pub fn message(&self) -> String {
        match self {
            Status::Running => "It is running.".to_owned(),
            Status::Minimum { lambda_min } => format!("It found a local minimum (λ_min = {lambda_min:.3})."),
            Status::StrictSaddle { lambda_min, hovers: None } => {
                format!("It rests at a strict saddle (λ_min = {lambda_min:.3}).")
            }
            Status::StrictSaddle { lambda_min, hovers: Some(length) } => {
                format!(
                    "It hovers over a strict saddle (λ_min = {lambda_min:.3}): its steps of length {length:.2e} do not come to rest."
                )
            }
            Status::Degenerate { lambda_min } => {
                format!(
                    "It rests where the Hessian is singular (λ_min = {lambda_min:.1e}): second derivatives do not tell a minimum from a saddle."
                )
            }
            Status::Maximum { .. } => "It rests at a local maximum.".to_owned(),
            Status::Stalled { gradient_norm } => format!("It no longer moves although ‖∇f‖ = {gradient_norm:.2e}."),
            Status::Diverged { reason } => format!("It diverged: {reason}."),
            Status::BudgetSpent { gradient_norm } => format!("Its steps are spent at ‖∇f‖ = {gradient_norm:.2e}."),
            Status::Finished { reason, end: None } => format!("It ended by its own rule: {reason}."),
            Status::Finished { reason, end: Some(end) } => format!("It ended by its own rule: {reason}. {}", end.message()),
        }
    }

    /// The state in a word or three, for a legend or a table.
    pub fn words(&self) -> &'static str {
        match self {
            Status::Running => "running",
            Status::Minimum { .. } => "minimum",
            Status::StrictSaddle { hovers: None, .. } => "rests at a saddle",
            Status::StrictSaddle { hovers: Some(_), .. } => "hovers over a saddle",
            Status::Degenerate { .. } => "degenerate point",
            Status::Maximum { .. } => "rests at a maximum",
            Status::Stalled { .. } => "no longer moves",
            Status::Diverged { .. } => "diverged",
            Status::BudgetSpent { .. } => "steps spent",
            Status::Finished { end: None, .. } => "ended",
            Status::Finished { end: Some(end), .. } => end.words(),
        }
    }

    /// The smallest eigenvalue of the Hessian at the stationary point where the run rests, or over which it hovers, or where the
    /// method ended by its own rule.
    pub fn lambda_min(&self) -> Option<f64> {
        match self {
            Status::Minimum { lambda_min }
            | Status::StrictSaddle { lambda_min, .. }
            | Status::Degenerate { lambda_min }
            | Status::Maximum { lambda_min }
            | Status::Finished { end: Some(End { lambda_min, .. }), .. } => Some(*lambda_min),
            _ => None,
        }
    }

    /// What the stationary point is, or what one with the curvature of the point is at which the method ended by its own rule.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Status::Minimum { .. } => Some(Kind::Minimum),
            Status::StrictSaddle { .. } => Some(Kind::Saddle),
            Status::Degenerate { .. } => Some(Kind::Degenerate),
            Status::Maximum { .. } => Some(Kind::Maximum),
            Status::Finished { end, .. } => end.map(|end| end.kind),
            _ => None,
        }
    }

    /// Whether the method ended by its own rule at a point with negative curvature.
    pub fn ended_at_negative_curvature(&self) -> bool {
        matches!(self, Status::Finished { end: Some(end), .. } if end.has_negative_curvature())
    }

    /// Whether the computation ended badly (exit status 1 on the command line).
    pub fn is_bad(&self) -> bool {
        matches!(self, Status::Diverged { .. } | Status::BudgetSpent { .. } | Status::Stalled { .. })
    }
}

/// When a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StopRules {
    /// ε_g: a point with ‖∇f‖ ≤ ε_g counts as stationary.
    pub gradient: f64,
    /// A run whose iterate has this norm or more has diverged.
    pub far: f64,
    /// Descents in a row without any motion after which a run is at rest; a search stands still and moves on.
    pub rest: u32,
}

impl Default for StopRules {
    fn default() -> Self {
        Self { gradient: 1e-8, far: 1e12, rest: 100 }
    }
}

/// Above this dimension the ends of the spectrum say what a stationary point is, by products.
const MOST_DENSE: usize = 400;

/// The smallest and the largest eigenvalue of the Hessian, by Lanczos: no more than 10⁻⁸ of the largest from an eigenvalue each.
fn ends(objective: &dyn Objective, x: &[f64]) -> Vector {
    let operator = FnOperator::new(x.len(), |v: &[f64], product: &mut [f64]| objective.hessian_vector(x, v, product));
    let options = EndsOptions { bottom: 1, top: 1, goal: Goal::Values, tolerance: Kind::TOLERANCE, ..EndsOptions::default() };
    let ends = EndsJob::new(operator, options, &[]).finish().unwrap_or_default();
    ends.values().into()
}

impl StopRules {
    /// Whether x is stationary, and what kind of point it then is. The objective is asked directly: looking is
    /// not counted.
    pub fn stationary(&self, objective: &dyn Objective, x: &[f64]) -> Option<Status> {
        let n = objective.dim();
        let mut gradient = zeros(n);
        objective.value_gradient(x, &mut gradient);
        if norm(&gradient) <= self.gradient { Some(kind(objective, x, &gradient)) } else { None }
    }
}

/// What x is, where a method ended by its own rule; not counted.
pub(super) fn end(objective: &dyn Objective, x: &[f64]) -> Option<End> {
    let mut gradient = zeros(objective.dim());
    objective.value_gradient(x, &mut gradient);
    let eigenvalues = eigenvalues(objective, x);
    let (kind, _) = Kind::of_critical_point(&eigenvalues);
    let lambda_min = *eigenvalues.first()?;
    lambda_min.is_finite().then(|| End { gradient_norm: norm(&gradient), lambda_min, kind })
}

/// The eigenvalues of the Hessian; the smallest and the largest one in many dimensions.
fn eigenvalues(objective: &dyn Objective, x: &[f64]) -> Vector {
    let n = objective.dim();
    if n > MOST_DENSE {
        return ends(objective, x);
    }
    let mut hessian = zeros(n * n);
    objective.hessian(x, &mut hessian);
    symmetric_eigenvalues(&hessian, n)
}

/// Most change of the Hessian along a Newton step, in shares of λ_min: by Kantorovich's theorem a stationary point of the same curvature is near
/// below ½, which a double root of ∇f reaches.
const MOST_CHANGE: f64 = 0.25;

/// Whether λ_min > 0 at x holds at the stationary point nearby, judged by the change of the Hessian along the Newton step. Near a
/// degenerate point, such as that of x² + y³, it does not: λ_min is above zero there only because x is not yet at that point.
fn regular(objective: &dyn Objective, x: &[f64], gradient: &[f64], lambda_min: f64) -> bool {
    // Below, the third derivatives would have to be huge: most runs end here, and looking again would take a share of their time.
    if norm(gradient) <= 1e-6 * lambda_min * lambda_min {
        return true;
    }
    let n = objective.dim();
    let (mut here, mut there, mut at) = (zeros(n * n), zeros(n * n), Vector::from_slice(x));
    objective.hessian(x, &mut here);
    let eigen = symmetric_eigen(&here, n);
    for (value, vector) in eigen.values.iter().zip(&eigen.vectors) {
        axpy(-dot(gradient, vector) / value, vector, &mut at);
    }
    objective.hessian(&at, &mut there);
    axpy(-1.0, &here, &mut there);
    norm(&there) <= MOST_CHANGE * lambda_min
}

fn kind(objective: &dyn Objective, x: &[f64], gradient: &[f64]) -> Status {
    let eigenvalues = eigenvalues(objective, x);
    let Some(&lambda_min) = eigenvalues.first() else {
        return Status::Finished { reason: "the problem has no variables".to_owned(), end: None };
    };
    match Kind::of_critical_point(&eigenvalues) {
        (Kind::Minimum, _) if x.len() <= MOST_DENSE && !regular(objective, x, gradient, lambda_min) => {
            Status::Degenerate { lambda_min }
        }
        (Kind::Minimum, _) => Status::Minimum { lambda_min },
        (Kind::Maximum, _) => Status::Maximum { lambda_min },
        (_, 1..) => Status::StrictSaddle { lambda_min, hovers: None },
        _ => Status::Degenerate { lambda_min },
    }
}
