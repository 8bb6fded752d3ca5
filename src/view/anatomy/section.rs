//! The plane of the step space that is shown.

use super::{Secular, Subproblem};
use crate::linalg::{Metric, Vector, axpy, dot, norm, zeros};
use crate::optim::subproblem::Solution;
use crate::problem::Plane;

/// A point of the step space as it is seen in the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Coordinates in the plane.
    pub at: [f64; 2],
    /// Distance from the plane, in the norm of M: 0 in ℝ².
    pub away: f64,
}

/// How the plane was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directions {
    /// n = 2: the whole step space.
    Coordinates,
    /// −M⁻¹g across, and the solution's part orthogonal to it upwards: Cauchy's point and the solution are in it.
    DescentAndSolution,
    /// The hard case: s(−λ₁) across and v₁ upwards; both solutions are in it.
    BothSolutions,
    /// −M⁻¹g across, v₁ upwards: the solution is along −M⁻¹g.
    DescentAndBottom,
    /// vₙ across, v₁ upwards: g = 0, or parallel to v₁.
    TopAndBottom,
}

impl Directions {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Coordinates => "The whole step space.",
            Self::DescentAndSolution => "The plane of −M⁻¹g (across) and the solution; hollow points are projected on it.",
            Self::BothSolutions => "The plane of s(−λ₁) (across) and v₁ (upwards); hollow points are projected on it.",
            Self::DescentAndBottom => "The plane of −M⁻¹g (across) and v₁ (upwards); hollow points are projected on it.",
            Self::TopAndBottom => "The plane of vₙ (across) and v₁ (upwards).",
        }
    }
}

/// A plane through s = 0 and the M-orthogonal projection on it, under which the region becomes its own section.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// How it was chosen.
    pub directions: Directions,
    /// The plane.
    pub plane: Plane,
    metric: Metric,
    /// Rows p with coordinates pᵀs: the dual basis of the plane's in the inner product of M.
    rows: [Vector; 2],
}

impl Section {
    pub(super) fn new(problem: &Subproblem, secular: &Secular, exact: &Solution) -> Self {
        let (directions, plane) = choose(problem, secular, exact);
        let n = problem.gradient.len();
        let image = |v: &[f64]| {
            let mut image = zeros(n);
            problem.metric.apply(v, &mut image);
            image
        };
        let (ma, mb) = (image(&plane.a), image(&plane.b));
        let (aa, ab, bb) = (dot(&plane.a, &ma), dot(&plane.a, &mb), dot(&plane.b, &mb));
        let determinant = aa * bb - ab * ab;
        let row = |p: f64, q: f64| ma.iter().zip(&mb).map(|(a, b)| (p * a + q * b) / determinant).collect::<Vector>();
        let rows = if n == 2 { [plane.a.clone(), plane.b.clone()] } else { [row(bb, -ab), row(-ab, aa)] };
        Self { directions, plane, metric: problem.metric.clone(), rows }
    }

    /// The coordinates in the plane of s, or of its projection.
    pub fn coordinates(&self, s: &[f64]) -> [f64; 2] {
        [dot(&self.rows[0], s), dot(&self.rows[1], s)]
    }

    /// Where s is seen.
    pub fn place(&self, s: &[f64]) -> Place {
        let at = self.coordinates(s);
        let mut rest = Vector::from_slice(s);
        axpy(-at[0], &self.plane.a, &mut rest);
        axpy(-at[1], &self.plane.b, &mut rest);
        Place { at, away: self.metric.norm(&rest) }
    }

    /// 0 and the points of a solver's path.
    pub(super) fn way(&self, path: &[Vector]) -> Vec<[f64; 2]> {
        std::iter::once([0.0; 2]).chain(path.iter().map(|s| self.coordinates(s))).collect()
    }
}

fn choose(problem: &Subproblem, secular: &Secular, exact: &Solution) -> (Directions, Plane) {
    let n = problem.gradient.len();
    if n == 2 {
        return (Directions::Coordinates, Plane::coordinates(2));
    }
    let origin = zeros(n);
    let mut descent: Vector = problem.gradient.iter().map(|v| -v).collect();
    problem.metric.factor(n).solve(&mut descent);
    let (bottom, top) = (&secular.vectors[0], &secular.vectors[n - 1]);
    let least = exact.path.first().filter(|_| exact.path.len() == 2);
    // Directions that differ by rounding span nothing that is worth a look.
    let cosine = dot(&descent, &exact.step) / (norm(&descent) * norm(&exact.step));
    let apart = 1.0 - cosine * cosine > 1e-12;
    let spanned = |directions, a: &[f64], b: &[f64]| Some((directions, Plane::spanned(&origin, a, b)?));
    least
        .and_then(|least| spanned(Directions::BothSolutions, least, bottom))
        .or_else(|| spanned(Directions::DescentAndSolution, &descent, &exact.step).filter(|_| apart))
        .or_else(|| spanned(Directions::DescentAndBottom, &descent, bottom))
        .or_else(|| spanned(Directions::TopAndBottom, top, bottom))
        .unwrap_or_else(|| (Directions::Coordinates, Plane::coordinates(n)))
}
