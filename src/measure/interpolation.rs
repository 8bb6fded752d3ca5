//! The loss on the straight line between two points: does it fall all the way (monotonic linear interpolation)?

use crate::linalg::{Job, Vector};
use crate::problem::Objective;
use std::sync::Arc;

/// Points on a line, its ends among them.
const POINTS: usize = 101;
/// A rise below this part of the range of the losses is not called one.
const LEAST_RISE: f64 = 1e-3;

/// f((1 − α) a + α b) at equally spaced α from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interpolation {
    /// The losses.
    pub losses: Vec<f64>,
}

impl Interpolation {
    /// α of the loss at a place.
    pub fn alpha(&self, place: usize) -> f64 {
        place as f64 / (self.losses.len().max(2) - 1) as f64
    }

    /// The lowest and the highest finite loss.
    pub fn range(&self) -> Option<[f64; 2]> {
        let finite = self.losses.iter().copied().filter(|v| v.is_finite());
        let range = finite.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
        (range[0] <= range[1]).then_some(range)
    }

    /// The largest rise: (α at its foot, α at its top, how much). `None` where the loss falls all the way, up to a thousandth of
    /// its range.
    pub fn rise(&self) -> Option<(f64, f64, f64)> {
        let [low, high] = self.range()?;
        let (mut foot, mut best) = (0, (0, 0, 0.0));
        for (place, loss) in self.losses.iter().enumerate() {
            if *loss < self.losses[foot] {
                foot = place;
            }
            if loss - self.losses[foot] > best.2 {
                best = (foot, place, loss - self.losses[foot]);
            }
        }
        (best.2 > LEAST_RISE * (high - low)).then(|| (self.alpha(best.0), self.alpha(best.1), best.2))
    }
}

/// Finds an [`Interpolation`], a loss a slice (Goodfellow, Vinyals, Saxe 2015).
pub struct InterpolationJob {
    objective: Arc<dyn Objective>,
    ends: [Vector; 2],
    found: Interpolation,
}

impl InterpolationJob {
    /// From `a` to `b`.
    pub fn new(objective: Arc<dyn Objective>, a: &[f64], b: &[f64]) -> Self {
        Self { objective, ends: [a.into(), b.into()], found: Interpolation::default() }
    }
}

impl Job for InterpolationJob {
    type Output = Interpolation;

    fn advance(&mut self) -> bool {
        let place = self.found.losses.len();
        if place < POINTS {
            let t = place as f64 / (POINTS - 1) as f64;
            let [a, b] = &self.ends;
            let x: Vector = a.iter().zip(b).map(|(a, b)| (1.0 - t) * a + t * b).collect();
            self.found.losses.push(self.objective.value(&x));
        }
        self.found.losses.len() < POINTS
    }

    fn progress(&self) -> f64 {
        self.found.losses.len() as f64 / POINTS as f64
    }

    fn output(&self) -> Option<&Interpolation> {
        Some(&self.found)
    }

    fn into_output(self) -> Option<Interpolation> {
        Some(self.found)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::FormulaProblem;

    fn along(formula: &str, a: [f64; 2], b: [f64; 2]) -> Interpolation {
        let problem = FormulaProblem::from_text(formula, None, &Default::default(), None).unwrap();
        InterpolationJob::new(Arc::new(problem), &a, &b).finish().unwrap()
    }

    #[test]
    fn a_bowl_falls_all_the_way_and_a_barrier_is_found() {
        let bowl = along("x^2 + y^2", [2.0, 1.0], [0.0, 0.0]);
        assert_eq!((bowl.losses[0], bowl.losses[POINTS - 1], bowl.rise()), (5.0, 0.0, None));
        // From one well of (x² − 1)² to the other: up from −1 to 0.
        let (foot, top, rise) = along("(x^2 - 1)^2 + y^2", [-1.0, 0.0], [1.0, 0.0]).rise().unwrap();
        assert_eq!((foot, top), (0.0, 0.5));
        assert!((rise - 1.0).abs() < 1e-12);
        assert_eq!(along("ln(x) + 0 y", [-1.0, 0.0], [-2.0, 0.0]).range(), None);
    }
}
