//! Nonlinear conjugate gradients.

use super::gradient_step;
use super::line_search::{Condition, LENGTH, LineSearch, c2};
use super::searched::{Direction, Searched, Taken};
use crate::linalg::{Metric, Vector, copy, dot, norm};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Nocedal, Wright 2006, Algorithm 5.4";

/// p ← −g + βp, x ← x + αp with α of the strong Wolfe conditions. With y = g − g₋ the choices of β are
///
/// | `conjugacy` | β |
/// |---|---|
/// | fletcher_reeves | ⟨g, g⟩/⟨g₋, g₋⟩ |
/// | polak_ribiere | max(0, ⟨g, y⟩/⟨g₋, g₋⟩) |
/// | hestenes_stiefel | ⟨g, y⟩/⟨p, y⟩ |
/// | dai_yuan | ⟨g, g⟩/⟨p, y⟩ |
/// | hager_zhang | max(⟨y − 2p‖y‖²/⟨p, y⟩, g⟩/⟨p, y⟩, −1/(‖p‖ min(0.01, ‖g₋‖))) |
///
/// A direction that is no descent is replaced by −g.
pub(in crate::optim) const CG: Method = Method {
    id: "cg",
    name: "Nonlinear conjugate gradients",
    family: Family::FirstOrder,
    formula: "p ← −g + β p,  x ← x + α p",
    summary: "Turns each search away from the last one: a quadratic in n variables takes n searches.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1.0, SOURCE),
        Parameter {
            name: "conjugacy",
            symbol: "β",
            default: Default::Fixed(1.0),
            span: Span::Choice { options: &["fletcher_reeves", "polak_ribiere", "hestenes_stiefel", "dai_yuan", "hager_zhang"] },
            meaning: "how much of the last direction is kept; polak_ribiere is the one that is never negative",
            source: "Nocedal, Wright 2006, §5.2; Dai, Yuan 1999; Hager, Zhang 2005",
        },
        c2(0.1),
        LENGTH,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let conjugate = Conjugate {
            rule: match values.choice("conjugacy") {
                "fletcher_reeves" => Beta::FletcherReeves,
                "hestenes_stiefel" => Beta::HestenesStiefel,
                "dai_yuan" => Beta::DaiYuan,
                "hager_zhang" => Beta::HagerZhang,
                _ => Beta::PolakRibiere,
            },
            first: values.number("step_size"),
            last: None,
            predicted: None,
        };
        Searched::boxed(start, LineSearch::new(values, Condition::Wolfe), conjugate)
    },
};

#[derive(Clone, Copy)]
enum Beta {
    FletcherReeves,
    PolakRibiere,
    HestenesStiefel,
    DaiYuan,
    HagerZhang,
}

#[derive(Clone)]
struct Conjugate {
    rule: Beta,
    /// Length of the first trial of all.
    first: f64,
    /// p and g₋.
    last: Option<(Vector, Vector)>,
    /// α⟨g, p⟩ of the last step.
    predicted: Option<f64>,
}

impl Beta {
    fn of(self, g: &[f64], p: &[f64], old: &[f64]) -> f64 {
        let y: Vector = g.iter().zip(old).map(|(a, b)| a - b).collect();
        let beta = match self {
            Self::FletcherReeves => dot(g, g) / dot(old, old),
            Self::PolakRibiere => (dot(g, &y) / dot(old, old)).max(0.0),
            Self::HestenesStiefel => dot(g, &y) / dot(p, &y),
            Self::DaiYuan => dot(g, g) / dot(p, &y),
            Self::HagerZhang => {
                let py = dot(p, &y);
                let beta = (dot(&y, g) - 2.0 * dot(&y, &y) / py * dot(p, g)) / py;
                beta.max(-1.0 / (norm(p) * norm(old).min(0.01)))
            }
        };
        if beta.is_finite() { beta } else { 0.0 }
    }
}

impl Direction for Conjugate {
    fn direction(&mut self, gradient: &[f64]) -> Vector {
        let mut p: Vector = gradient.iter().map(|g| -g).collect();
        if let Some((last, old)) = &self.last {
            crate::linalg::axpy(self.rule.of(gradient, last, old), last, &mut p);
        }
        self.last = Some((copy(&p), copy(gradient)));
        p
    }

    /// The first-order change is taken to be that of the last step (Nocedal, Wright 2006, §3.5).
    fn first_length(&self, slope: f64, _t: u64) -> f64 {
        self.predicted.map_or(self.first, |predicted| predicted / slope)
    }

    fn learn(&mut self, taken: &Taken) {
        self.predicted = Some(taken.predicted);
    }

    fn forget(&mut self) {
        self.last = None;
    }

    /// Directions are conjugate along one path, and the first-order change is one of there.
    fn relocate(&mut self) {
        (self.last, self.predicted) = (None, None);
    }

    fn metric(&self, _n: usize) -> Option<Metric> {
        None
    }
}
