//! All critical points in a box: Newton's method on ∇f = 0 from many starts.

use super::{PointReport, classify};
use crate::linalg::{Rng, Vector, all_finite, axpy, newton_step, norm};
use crate::problem::{Kind, Objective};

/// Most Newton steps from one start: enough for the linear convergence at a degenerate point.
const MAX_STEPS: usize = 120;
/// Longest Newton step, in widths of the box.
const STEP_CAP: f64 = 0.08;
/// Most starts in more than two dimensions, drawn from the box; fewer where a Hessian is large.
const RANDOM_STARTS: usize = 2000;
/// Starts a side in the plane, and on the line.
const GRID_SIDE: usize = 61;
const LINE_STARTS: usize = 601;
/// Nearer than this, in widths of the box, two points are one; two points of a family within `FAMILY_SPACING`.
const SAME: f64 = 1e-6;
const FAMILY_SPACING: f64 = 0.04;
/// Farther apart than this, in widths of the box, two ends of Newton's method at degenerate points are two points: at one alone
/// it converges slowly.
const APART: f64 = 1e-3;
/// Most points that are kept.
const MAX_POINTS: usize = 1000;

/// A search that can be advanced in slices, shown while it goes on, and dropped at any time.
///
/// Each start takes Newton steps −(∇²f)⁻¹∇f, not longer than 0.08 of the box, until they are 10⁻¹¹ of it; then a
/// few more while ‖∇f‖ falls. Points are kept where they are in the box, critical by [`classify`], and new.
/// Of critical points that are not isolated, samples are kept, marked as a family. Starts are a grid on the line and in the plane
/// and seeded random points in higher dimensions, so the result is the same each time.
#[derive(Clone, Debug)]
pub struct CriticalSearch {
    bounds: Vec<[f64; 2]>,
    width: f64,
    next: usize,
    starts: usize,
    rng: Rng,
    found: Vec<PointReport>,
}

impl CriticalSearch {
    /// Above this dimension nothing is searched.
    pub const MAX_DIM: usize = 64;

    /// A search in the box `bounds`, one [low, high] a coordinate; in more than [`MAX_DIM`](Self::MAX_DIM)
    /// dimensions one that has ended.
    pub fn new(bounds: &[[f64; 2]]) -> Self {
        let starts = match bounds.len() {
            1 => LINE_STARTS,
            2 => GRID_SIDE * GRID_SIDE,
            n if n > Self::MAX_DIM => 0,
            n => (20_000_000 / (n * n * n).max(1)).clamp(100, RANDOM_STARTS),
        };
        let width = bounds.iter().map(|[low, high]| high - low).fold(0.0, f64::max);
        Self { bounds: bounds.to_vec(), width, next: 0, starts, rng: Rng::new(0), found: Vec::new() }
    }

    /// Does the next `starts` starts; true when all are done. `objective` is the same in every call.
    pub fn advance(&mut self, objective: &dyn Objective, starts: usize) -> bool {
        if objective.dim() != self.bounds.len() || !(self.width > 0.0 && self.width.is_finite()) {
            self.next = self.starts;
        }
        for _ in 0..starts {
            if self.next >= self.starts || self.found.len() >= MAX_POINTS {
                self.next = self.starts;
                break;
            }
            let start = self.start();
            self.next += 1;
            if let Some(mut x) = self.newton(objective, start) {
                // A coordinate of 10⁻¹⁷ is rounding of 0.
                x.iter_mut().filter(|v| v.abs() < 1e-15 * self.width).for_each(|v| *v = 0.0);
                if !self.is_known(&x) {
                    self.keep(objective, classify(objective, &x));
                }
            }
        }
        self.next >= self.starts
    }

    /// Share of the starts that are done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        if self.starts == 0 { 1.0 } else { self.next as f64 / self.starts as f64 }
    }

    /// What has been found so far, in no order.
    pub fn found(&self) -> &[PointReport] {
        &self.found
    }

    /// What has been found, by value and then by coordinates.
    pub fn into_found(mut self) -> Vec<PointReport> {
        let height = |p: &PointReport| (p.value * 1e9).round() / 1e9;
        self.found.sort_by(|p, q| {
            height(p).total_cmp(&height(q)).then_with(|| {
                let differing = p.x.iter().zip(&q.x).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne());
                differing.unwrap_or(std::cmp::Ordering::Equal)
            })
        });
        self.found
    }

    /// The next start: grid points a little off symmetry, where Newton's method would be caught on an axis.
    fn start(&mut self) -> Vector {
        let at = |[low, high]: [f64; 2], t: f64| low + t * (high - low);
        match *self.bounds.as_slice() {
            [x] => Vector::from_slice(&[at(x, (self.next as f64 + 0.487) / LINE_STARTS as f64)]),
            [x, y] => {
                let t = |i: usize, shift: f64| (i as f64 + shift) / GRID_SIDE as f64;
                Vector::from_slice(&[at(x, t(self.next % GRID_SIDE, 0.513)), at(y, t(self.next / GRID_SIDE, 0.483))])
            }
            _ => self.bounds.iter().map(|b| at(*b, self.rng.uniform())).collect(),
        }
    }

    /// Where Newton's method from `x` ends, if it converges without leaving the neighbourhood of the box.
    fn newton(&self, objective: &dyn Objective, x: Vector) -> Option<Vector> {
        let x = newton(objective, x, self.width, |x| self.excess(x) <= 0.5 * self.width)?;
        (self.excess(&x) <= 1e-9 * self.width).then_some(x)
    }

    /// Distance of `x` from the box in the maximum norm, 0 inside.
    fn excess(&self, x: &[f64]) -> f64 {
        x.iter().zip(&self.bounds).map(|(v, [low, high])| (low - v).max(v - high)).fold(0.0, f64::max)
    }

    /// Whether `x` is an isolated point that was found before: most starts end at one.
    fn is_known(&self, x: &[f64]) -> bool {
        self.found.iter().filter(|other| other.kind != Kind::Degenerate).any(|other| distance(x, &other.x) / self.width <= SAME)
    }

    fn keep(&mut self, objective: &dyn Objective, point: PointReport) {
        if point.kind == Kind::Regular {
            return;
        }
        let degenerate = point.kind == Kind::Degenerate;
        let mut known = false;
        for other in &mut self.found {
            let (apart, both) = (distance(&point.x, &other.x) / self.width, degenerate && other.kind == Kind::Degenerate);
            if apart <= if both { FAMILY_SPACING } else { SAME } {
                known = true;
                other.family = other.family || apart > APART && is_family(objective, &other.x, &point.x);
            }
        }
        if !known {
            self.found.push(point);
        }
    }
}

/// Whether two degenerate points are joined by others: Newton's method ends beside a point between them, which is not the middle,
/// where a lattice of isolated points may have one.
fn is_family(objective: &dyn Objective, a: &[f64], b: &[f64]) -> bool {
    const GOLDEN: f64 = 0.381_966_011_250_105;
    let between: Vector = a.iter().zip(b).map(|(a, b)| a + GOLDEN * (b - a)).collect();
    newton_to_critical(objective, &between, 0.1 * distance(a, b)).is_some()
}

/// ‖a − b‖.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vector>())
}

/// Critical points of f in the box `bounds`, by value: the whole of a [`CriticalSearch`].
pub fn critical_points(objective: &dyn Objective, bounds: &[[f64; 2]]) -> Vec<PointReport> {
    let mut search = CriticalSearch::new(bounds);
    while !search.advance(objective, 1000) {}
    search.into_found()
}

fn gradient_norm(objective: &dyn Objective, x: &[f64], gradient: &mut [f64]) -> f64 {
    objective.value_gradient(x, gradient);
    norm(gradient)
}

/// The critical point to which Newton's method leads from `x`, if there is one within `reach`.
pub(super) fn newton_to_critical(objective: &dyn Objective, x: &[f64], reach: f64) -> Option<Vector> {
    let within = |at: &[f64]| norm(&at.iter().zip(x).map(|(a, b)| a - b).collect::<Vector>()) <= reach;
    newton(objective, Vector::from_slice(x), reach, within).filter(|at| classify(objective, at).kind != Kind::Regular)
}

/// Newton's method on ∇f = 0 in a region of size `width`: steps are capped, and after convergence a few more are taken while
/// ‖∇f‖ falls. `None` where it does not converge or an iterate is not `inside`.
fn newton(objective: &dyn Objective, mut x: Vector, width: f64, inside: impl Fn(&[f64]) -> bool) -> Option<Vector> {
    let n = x.len();
    let (mut gradient, mut hessian) = (Vector::from_elem(0.0, n), vec![0.0; n * n]);
    let mut converged = false;
    for _ in 0..MAX_STEPS {
        objective.value_gradient_hessian(&x, &mut gradient, &mut hessian);
        if !all_finite(&gradient) || !all_finite(&hessian) {
            return None;
        }
        let mut step = newton_step(&gradient, &hessian, n);
        let length = norm(&step);
        if length > STEP_CAP * width {
            let factor = STEP_CAP * width / length;
            step.iter_mut().for_each(|v| *v *= factor);
        }
        axpy(1.0, &step, &mut x);
        if !inside(&x) {
            return None;
        }
        if length <= 1e-11 * width {
            converged = true;
            break;
        }
    }
    if !converged {
        return None;
    }
    let mut best = gradient_norm(objective, &x, &mut gradient);
    for _ in 0..4 {
        objective.value_gradient_hessian(&x, &mut gradient, &mut hessian);
        let mut trial = x.clone();
        axpy(1.0, &newton_step(&gradient, &hessian, n), &mut trial);
        let trial_norm = gradient_norm(objective, &trial, &mut gradient);
        if trial_norm.is_nan() || trial_norm >= best {
            break;
        }
        (x, best) = (trial, trial_norm);
    }
    Some(x)
}
