//! The machine of methods that search along a line.

use super::Preconditioned;
use super::line_search::{Condition, Line, LineSearch};
use crate::linalg::{Metric, Vector, all_finite, copy, dot, norm, zeros};
use crate::optim::{Geometry, Optimizer, Oracle, Path, Phase, Step, StepError, Verdict};

/// What tells one line-search method from another: where it looks.
pub(super) trait Direction: Clone + Send + 'static {
    /// The direction p at an iterate with this gradient.
    fn direction(&mut self, gradient: &[f64]) -> Vector;

    /// The first length that is tried along p with slope ⟨g, p⟩ after t steps.
    fn first_length(&self, slope: f64, t: u64) -> f64;

    /// Takes in what the last step has taught.
    fn learn(&mut self, taken: &Taken);

    /// Forgets what was learned: the next direction is that of steepest descent.
    fn forget(&mut self);

    /// Forgets what held at the iterate, which was moved; what was learned of the curvature stays.
    fn relocate(&mut self) {}

    /// M in ℝⁿ, if p = −M⁻¹g.
    fn metric(&self, n: usize) -> Option<Metric>;
}

/// A step that was taken.
#[derive(Clone)]
pub(super) struct Taken {
    /// s = αp.
    pub step: Vector,
    /// y, the change of the gradient over s.
    pub change: Vector,
    /// α⟨g, p⟩ before it.
    pub predicted: f64,
}

/// A line search a step. A search that fails is made once more by backtracking along −g, with the memory forgotten.
#[derive(Clone)]
pub(super) struct Searched<D> {
    x: Vector,
    directions: D,
    search: LineSearch,
    /// Steps made.
    t: u64,
    /// The largest |f| of the iterates: terms that cancel in f now were of that size.
    largest: f64,
    /// f and g at x, where the search has asked them.
    here: Option<(f64, Vector)>,
    /// The last step, with the old gradient in the place of y.
    last: Option<Taken>,
}

impl<D: Direction> Searched<D> {
    /// At `start`.
    pub fn boxed(start: &[f64], search: LineSearch, directions: D) -> Box<dyn Optimizer> {
        Box::new(Self { x: copy(start), directions, search, t: 0, largest: 0.0, here: None, last: None })
    }

    /// p with ⟨g, p⟩ < 0; memory that gives no such direction is forgotten.
    fn descent_direction(&mut self, g: &[f64]) -> Vector {
        let p = self.directions.direction(g);
        if all_finite(&p) && dot(g, &p) < 0.0 {
            return p;
        }
        self.directions.forget();
        self.directions.direction(g)
    }
}

impl<D: Direction> Optimizer for Searched<D> {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let (f, g) = match self.here.take() {
            Some(here) => here,
            None => {
                let mut g = zeros(self.x.len());
                (oracle.gradient(&self.x, &mut g)?, g)
            }
        };
        if !f.is_finite() {
            return Err(StepError::NotFinite { what: "function value", at: self.x.clone() });
        }
        self.largest = self.largest.max(f.abs());
        if let Some(mut taken) = self.last.take() {
            taken.change.iter_mut().zip(&g).for_each(|(y, g)| *y = g - *y);
            self.directions.learn(&taken);
        }
        let gradient_norm = norm(&g);
        let from = copy(&self.x);
        let mut record = Step {
            trial: zeros(from.len()),
            x: copy(&from),
            from,
            verdict: Verdict::Accepted,
            phase: Phase::Descent,
            f,
            gradient_norm,
            predicted: 0.0,
            actual: 0.0,
            geometry: Geometry::Point,
        };
        if gradient_norm == 0.0 {
            self.here = Some((f, g));
            return Ok(record);
        }
        let mut tried = Vec::new();
        for search in [self.search, self.search.backtracking()] {
            let direction = self.descent_direction(&g);
            let slope = dot(&g, &direction);
            let first = self.directions.first_length(slope, self.t);
            let rounding = match search.condition {
                Condition::Armijo => 10.0 * f64::EPSILON * f.abs(),
                Condition::Wolfe => 100.0 * f64::EPSILON * self.largest,
            };
            let line = Line { x: &self.x, direction: &direction, f, slope, rounding };
            let Some(found) = search.find(&line, first, oracle, &mut tried) else {
                self.directions.forget();
                continue;
            };
            let metric = self.directions.metric(g.len());
            record.geometry = geometry(&self.x, &g, direction, metric, found.length, tried);
            let step = step_of(&record.geometry);
            self.x.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
            if self.x == record.from {
                break;
            }
            self.t += 1;
            record.x = copy(&self.x);
            record.trial = copy(&step);
            record.predicted = -dot(&g, &step);
            record.actual = f - found.f;
            self.here = found.gradient.map(|gradient| (found.f, gradient));
            self.last = Some(Taken { step, change: g, predicted: found.length * slope });
            return Ok(record);
        }
        self.here = Some((f, g));
        Err(StepError::Finished("no step along the steepest descent direction lowers f"))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        (self.here, self.last) = (None, None);
        self.directions.relocate();
    }
}

/// The ellipsoid ‖s‖_M ≤ α‖g‖_{M⁻¹} with the tried points as its path where p = −M⁻¹g; the line else.
fn geometry(x: &[f64], g: &[f64], direction: Vector, metric: Option<Metric>, length: f64, tried: Vec<f64>) -> Geometry {
    let Some(metric) = metric else {
        return Geometry::Line { direction, tried };
    };
    let path: Path = tried.iter().map(|length| direction.iter().map(|p| length * p).collect()).collect();
    let mut downhill = direction;
    downhill.iter_mut().for_each(|p| *p = -*p);
    let plan = Preconditioned { step_size: length, linear: copy(g), metric, direction: downhill };
    let (mut region, _) = plan.region(x);
    region.path = path;
    Geometry::TrustRegion(region)
}

fn step_of(geometry: &Geometry) -> Vector {
    match geometry {
        Geometry::TrustRegion(region) => copy(&region.step),
        Geometry::Line { direction, tried } => {
            let length = tried.last().copied().unwrap_or(0.0);
            direction.iter().map(|p| length * p).collect()
        }
        _ => Vector::new(),
    }
}
