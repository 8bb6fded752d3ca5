//! What a trial was: the record that is drawn, explained, exported and tested.

use crate::linalg::{Metric, Vector, norm};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// One trial of an optimizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// xₖ, from where the trial was made.
    pub from: Vector,
    /// The trial step s.
    pub trial: Vector,
    /// xₖ₊₁: `from + trial` if accepted (up to rounding), else `from`.
    pub x: Vector,
    /// Whether xₖ₊₁ ≠ xₖ was allowed.
    pub verdict: Verdict,
    /// What the method was doing.
    pub phase: Phase,
    /// f(xₖ), or the batch's value; NaN when the method did not ask.
    pub f: f64,
    /// ‖g‖ of the gradient, or the stochastic gradient, that the method used; NaN when it used none.
    pub gradient_norm: f64,
    /// −m(s) > 0: the decrease that the method's model promises; NaN for methods without a model of f.
    pub predicted: f64,
    /// f(xₖ) − f(xₖ + s); NaN when the method did not ask.
    pub actual: f64,
    /// The set in which s was found, in the units of x.
    pub geometry: Geometry,
}

impl Step {
    /// ρ = actual / predicted, NaN where either is unknown.
    pub fn ratio(&self) -> f64 {
        self.actual / self.predicted
    }
}

/// Whether a trial became the next iterate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// xₖ₊₁ = xₖ + s.
    Accepted,
    /// xₖ₊₁ = xₖ.
    Rejected,
}

/// What a method is doing in a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Going down.
    Descent,
    /// A random kick away from a stationary point.
    Perturbation,
    /// Taking the gradient by which the sampled ones that follow are corrected.
    Snapshot,
    /// Looking for a direction of negative curvature.
    Search,
    /// Checking what was found: a minimum, or a direction.
    Certification,
}

impl Phase {
    /// The name in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Descent => "descent",
            Self::Perturbation => "perturbation",
            Self::Snapshot => "snapshot",
            Self::Search => "search",
            Self::Certification => "certification",
        }
    }
}

/// The geometry that produced a trial step.
#[allow(clippy::large_enum_variant, reason = "nearly every step carries a region: inline it costs no allocation")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Geometry {
    /// Nothing but the point.
    Point,
    /// A search along `direction`, tried at these multiples of it.
    Line {
        /// The direction p.
        direction: Vector,
        /// The step lengths tried, in order; the last one was taken.
        tried: Vec<f64>,
    },
    /// A model minimized in a ball or an ellipsoid.
    TrustRegion(Region),
    /// A cubic model minimized over the whole space.
    Cubic(Cubic),
    /// A random kick around xₖ.
    Perturbation {
        /// Radius of the ball from which it is drawn uniformly, or the root mean square length of a normal one.
        radius: f64,
    },
    /// A direction of negative curvature, or one that is looked at in the search for it.
    NegativeCurvature {
        /// Unit vector v.
        direction: Vector,
        /// vᵀ∇²f v as it was measured; NaN where it was not.
        curvature: f64,
    },
}

impl Geometry {
    /// The radius of the ball or ellipsoid: Δ, that of a kick, or ‖s‖ = λ/σ of a cubic model; NaN without one.
    pub fn radius(&self) -> f64 {
        match self {
            Self::TrustRegion(region) => region.radius,
            Self::Cubic(cubic) => cubic.radius(),
            Self::Perturbation { radius } => *radius,
            Self::Point | Self::Line { .. } | Self::NegativeCurvature { .. } => f64::NAN,
        }
    }

    /// Where a model was centred, the points that its solver went through, and the step that it found.
    pub fn model_step(&self) -> Option<(&[f64], &Path, &[f64])> {
        match self {
            Self::TrustRegion(region) => Some((&region.center, &region.path, &region.step)),
            Self::Cubic(cubic) => Some((&cubic.center, &cubic.path, &cubic.step)),
            _ => None,
        }
    }
}

/// Points in the order in which a subproblem solver went through them; two live inline.
pub type Path = SmallVec<[Vector; 2]>;

/// The region { center + s : ‖s‖_M ≤ Δ } and the model that was minimized in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// The centre: xₖ, but for methods that shrink or extrapolate first.
    pub center: Vector,
    /// M.
    pub metric: Metric,
    /// Δ, in the M-norm.
    pub radius: f64,
    /// The linear term of the model: the gradient, or the momentum in its place.
    pub linear: Vector,
    /// Whether the model has the second-order term ½ sᵀ∇²f s.
    pub second_order: bool,
    /// The minimizing step from `center` (before the verdict).
    pub step: Vector,
    /// Points center-relative that the subproblem solver went through, in order: CG iterates, dogleg corners.
    pub path: Path,
    /// How the solver ended.
    pub exit: Exit,
    /// The multiplier λ of the constraint, where the solver finds it; NaN else.
    pub multiplier: f64,
}

/// The model ⟨g, s⟩ + ½ sᵀ∇²f s + (σ/3)‖s‖³ and its minimizer, which lies on the ball ‖s‖ = λ/σ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cubic {
    /// The centre xₖ.
    pub center: Vector,
    /// g.
    pub linear: Vector,
    /// σ.
    pub sigma: f64,
    /// The minimizing step (before the verdict).
    pub step: Vector,
    /// Points center-relative that the subproblem solver went through, in order.
    pub path: Path,
    /// λ = σ‖s‖ of (H + λI)s = −g.
    pub multiplier: f64,
    /// How the solver ended.
    pub exit: Exit,
}

impl Cubic {
    /// ‖s‖ = λ/σ: in the ball of this radius the quadratic part of the model has the same minimizer.
    pub fn radius(&self) -> f64 {
        norm(&self.step)
    }
}

/// How a subproblem solver ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// The model's minimizer is inside; of a cubic model: it was found.
    Interior,
    /// The solution is on the boundary.
    Boundary,
    /// A direction of negative curvature was followed to the boundary.
    NegativeCurvature,
    /// The hard case: g is orthogonal to the eigenspace of the smallest eigenvalue.
    HardCase,
    /// g = 0 and nothing was done.
    ZeroGradient,
    /// The iteration limit was reached inside.
    IterationLimit,
}
