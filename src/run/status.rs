//! How a run stands, told from the gradient and the eigenvalues of the Hessian.

use crate::linalg::{EndsJob, EndsOptions, FnOperator, Job, Vector, norm, symmetric_eigenvalues, zeros};
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
    /// The method ended by its own rule.
    Finished {
        /// The rule.
        reason: String,
    },
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
            Status::Finished { reason } => format!("It ended by its own rule: {reason}."),
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
            Status::Finished { .. } => "ended",
        }
    }

    /// The smallest eigenvalue of the Hessian at the stationary point where the run rests, or over which it hovers.
    pub fn lambda_min(&self) -> Option<f64> {
        match self {
            Status::Minimum { lambda_min }
            | Status::StrictSaddle { lambda_min, .. }
            | Status::Degenerate { lambda_min }
            | Status::Maximum { lambda_min } => Some(*lambda_min),
            _ => None,
        }
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
    let options = EndsOptions { bottom: 1, top: 1, tolerance: Kind::TOLERANCE, ..EndsOptions::default() };
    let ends = EndsJob::new(operator, options, &[]).finish().unwrap_or_default();
    ends.bottom.iter().chain(&ends.top).map(|pair| pair.value).collect()
}

impl StopRules {
    /// Whether x is stationary, and what kind of point it then is. The objective is asked directly: looking is
    /// not counted.
    pub fn stationary(&self, objective: &dyn Objective, x: &[f64]) -> Option<Status> {
        let n = objective.dim();
        let mut gradient = zeros(n);
        objective.value_gradient(x, &mut gradient);
        if norm(&gradient) <= self.gradient { Some(self.kind(objective, x)) } else { None }
    }

    fn kind(&self, objective: &dyn Objective, x: &[f64]) -> Status {
        let n = objective.dim();
        let eigenvalues = if n <= MOST_DENSE {
            let mut hessian = zeros(n * n);
            objective.hessian(x, &mut hessian);
            symmetric_eigenvalues(&hessian, n)
        } else {
            ends(objective, x)
        };
        let Some(&lambda_min) = eigenvalues.first() else {
            return Status::Finished { reason: "the problem has no variables".to_owned() };
        };
        match Kind::of_critical_point(&eigenvalues) {
            (Kind::Minimum, _) => Status::Minimum { lambda_min },
            (Kind::Maximum, _) => Status::Maximum { lambda_min },
            (_, 1..) => Status::StrictSaddle { lambda_min, hovers: None },
            _ => Status::Degenerate { lambda_min },
        }
    }
}
