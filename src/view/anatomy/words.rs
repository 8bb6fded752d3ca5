//! Which case a subproblem is, and what there is to say about it.

use super::{Anatomy, Nature, Secular, Subproblem};
use crate::optim::Exit;
use crate::optim::subproblem::{Solution, Solver};
use crate::view::ticks::number;

/// The hard case is near where the root is this close to the pole −λ₁, relative to the gap λ₂ − λ₁.
const NEAR: f64 = 1e-2;

/// The cases of the trust-region subproblem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// H = 0: the model of a first-order method.
    Linear,
    /// g = 0, H ≻ 0: nothing to do.
    AtMinimum,
    /// g = 0, H has a negative eigenvalue.
    AtSaddle,
    /// H ≻ 0 and Newton's point is in the region.
    Interior,
    /// No negative curvature, the solution is on the boundary.
    Boundary,
    /// Negative curvature, and g shows the way.
    Indefinite,
    /// g is orthogonal to the bottom eigenspace, but s(−λ₁) is too long for the hard case.
    OrthogonalBoundary,
    /// g is nearly orthogonal to the bottom eigenspace, and without that part the boundary is not reached.
    NearHard,
    /// The hard case with λ₁ < 0.
    Hard,
    /// λ₁ = 0 and g is orthogonal to the null space: a whole chord of solutions.
    Flat,
}

impl Case {
    /// The name of the case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "Linear model",
            Self::AtMinimum => "Zero gradient at a minimum",
            Self::AtSaddle => "Zero gradient at a saddle",
            Self::Interior => "Interior solution",
            Self::Boundary => "Boundary solution",
            Self::Indefinite => "Indefinite model",
            Self::OrthogonalBoundary => "Orthogonal, yet not hard",
            Self::NearHard => "Near hard case",
            Self::Hard => "Hard case",
            Self::Flat => "Degenerate case",
        }
    }

    pub(super) fn of(problem: &Subproblem, secular: &Secular, exact: &Solution) -> Self {
        let lowest = secular.values[0];
        if secular.dual_norm() == 0.0 {
            return match exact.exit {
                Exit::Interior | Exit::ZeroGradient => Self::AtMinimum,
                _ if exact.multiplier > 0.0 => Self::AtSaddle,
                _ => Self::Flat,
            };
        }
        if problem.is_linear() {
            return Self::Linear;
        }
        match exact.exit {
            Exit::HardCase if exact.multiplier > 0.0 => Self::Hard,
            Exit::HardCase => Self::Flat,
            Exit::Interior => Self::Interior,
            _ if lowest >= 0.0 => Self::Boundary,
            _ if secular.is_orthogonal() => Self::OrthogonalBoundary,
            _ => {
                let gap = secular.values.get(secular.bottom).map_or(0.0, |next| next - lowest);
                let near = secular.root + lowest <= NEAR * gap && secular.norm_beside() < secular.radius;
                if near { Self::NearHard } else { Self::Indefinite }
            }
        }
    }
}

impl Anatomy {
    /// What there is to say, one sentence after the other.
    pub fn words(&self) -> Vec<String> {
        let secular = &self.secular;
        let (lowest, root, radius) = (n(secular.values[0]), n(secular.root), n(secular.radius));
        let mut words = match self.case {
            Case::Linear => vec![
                format!("The model has no curvature: it falls all the way to the boundary, λ = ‖g‖/Δ = {root}."),
                "A preconditioned gradient step is exactly this one, s = −Δ M⁻¹g/‖g‖ (Lemma 1 of Kohler, Adolphs, Lucchi)."
                    .to_owned(),
            ],
            Case::AtMinimum => vec!["g = 0 and H is positive definite: s = 0 is the solution.".to_owned()],
            Case::AtSaddle => vec![
                format!("g = 0, but λ₁ = {lowest} < 0: only curvature shows a way down, along ±v₁ to the boundary."),
                "Steihaug, dogleg and Cauchy start at g and stay; the exact solver leaves.".to_owned(),
            ],
            Case::Interior => vec![format!(
                "H is positive definite and Newton's point −H⁻¹g, of norm {}, is inside (Δ = {radius}): it is the solution, λ = 0.",
                n(self.exact().solution.norm)
            )],
            Case::Boundary => vec![match &self.newton {
                Some(newton) => format!(
                    "Newton's point is too long, {} > Δ = {radius}: the solution is on the boundary, (H + λM)s = −g with λ = {root}.",
                    n(newton.norm)
                ),
                None => format!("H is singular and g falls along its flat direction: the boundary holds the step, λ = {root}."),
            }],
            Case::Indefinite => vec![
                format!("λ₁ = {lowest} < 0: the model has no minimum, the boundary holds the step."),
                format!("λ = {root} > −λ₁ = {}: H + λM is positive definite.", n(-secular.values[0])),
            ],
            Case::OrthogonalBoundary => vec![
                format!(
                    "g is orthogonal to the eigenvector of λ₁ = {lowest}, but ‖s(−λ₁)‖ = {} ≥ Δ = {radius}:",
                    n(secular.norm_beside())
                ),
                format!("the secular equation has its root λ = {root} all the same, and this is not the hard case."),
            ],
            Case::NearHard => vec![
                format!(
                    "g is nearly orthogonal to the eigenvector of λ₁ = {lowest}: its part there is {} of {}.",
                    n(self.bottom_component()),
                    n(secular.dual_norm())
                ),
                format!(
                    "Without that part ‖s(−λ₁)‖ = {} < Δ = {radius}: the root is only {} from the pole, and the sign of the small \
                     part decides between two solutions far apart.",
                    n(secular.norm_beside()),
                    n(secular.root + secular.values[0])
                ),
            ],
            Case::Hard => vec![
                format!(
                    "g is orthogonal to the eigenvector of λ₁ = {lowest}: ‖s(−λ₁)‖ = {} < Δ = {radius}, so a step along v₁ is added.",
                    n(secular.norm_beside())
                ),
                format!("Either way along v₁ is as good: two solutions, λ = −λ₁ = {root}."),
            ],
            Case::Flat => vec![format!(
                "λ₁ = 0 and g has no part along v₁: every point of the chord s + τv₁ in the region is a solution, the shortest of \
                 norm {}.",
                n(secular.norm_beside())
            )],
        };
        words.extend(self.newton_words());
        words.extend(self.krylov_words());
        words
    }

    fn newton_words(&self) -> Option<String> {
        if matches!(self.case, Case::Linear | Case::Interior | Case::Boundary | Case::AtMinimum | Case::AtSaddle) {
            return None;
        }
        match self.newton.as_ref()?.nature {
            Nature::Minimizer => None,
            Nature::Saddle => Some("Newton's point −H⁻¹g is a saddle of the model.".to_owned()),
            Nature::Maximizer => Some("Newton's point −H⁻¹g is the maximizer of the model.".to_owned()),
        }
    }

    /// What the solvers miss that see H by products only.
    fn krylov_words(&self) -> Option<String> {
        let best = self.exact().solution.model_decrease;
        let share = |solver: Solver| {
            let answer = self.answers.iter().find(|answer| answer.solver == solver)?;
            Some(answer.solution.model_decrease / best)
        };
        match self.case {
            Case::Hard => {
                let steihaug = share(Solver::Steihaug)?;
                Some(format!("The Krylov space of g never sees v₁: Steihaug reaches {} % of the decrease.", n2(100.0 * steihaug)))
            }
            Case::Boundary | Case::Indefinite | Case::OrthogonalBoundary | Case::NearHard => {
                let steihaug = share(Solver::Steihaug)?;
                let cause = if self.answers[1].solution.exit == Exit::NegativeCurvature {
                    "follows the first direction of negative curvature to the boundary"
                } else {
                    "stops where its path leaves the region"
                };
                Some(format!("Steihaug {cause}: {} % of the decrease.", n2(100.0 * steihaug)))
            }
            _ => None,
        }
    }

    /// ‖g‖ in the eigenspace of λ₁.
    fn bottom_component(&self) -> f64 {
        crate::linalg::norm(&self.secular.components[..self.secular.bottom])
    }
}

fn n(value: f64) -> String {
    number(value, 3)
}

fn n2(value: f64) -> String {
    number(value, if value >= 99.95 { 4 } else { 2 })
}
