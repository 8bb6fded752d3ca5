//! Step lengths along a descent direction.

use crate::linalg::{Vector, copy, dot, norm, zeros};
use crate::optim::{Default, Oracle, Parameter, Span, Values};

const SOURCE: &str = "Nocedal, Wright 2006, Algorithms 3.1, 3.5 and 3.6";
/// c₁ of the sufficient decrease (Nocedal, Wright 2006, §3.1).
const C1: f64 = 1e-4;
/// Halvings of a backtracking search.
const MOST_HALVINGS: usize = 60;
/// Doublings before, and bisections and interpolations inside a bracket.
const MOST_TRIALS: usize = 40;
/// Share of the bracket at its ends that an interpolation keeps away from.
const MARGIN: f64 = 0.01;

/// c₂.
pub(super) const fn c2(value: f64) -> Parameter {
    Parameter {
        name: "line_search_c2",
        symbol: "c₂",
        default: Default::Fixed(value),
        span: Span::Log { min: 1e-12, max: 0.999 },
        meaning: "strong Wolfe: the slope at the new point is at most c₂ times the slope at the old one; small is exact",
        source: SOURCE,
    }
}

/// The longest step.
pub(super) const LENGTH: Parameter = Parameter {
    name: "line_search_length",
    symbol: "longest",
    default: Default::Length { times: 10.0, plain: 1e3 },
    span: Span::Log { min: 1e-12, max: 1e12 },
    meaning: "longest step that a line search tries, in x: it bounds the search where f falls for ever",
    source: "Dennis, Schnabel 1996, §6.3",
};

/// Which lengths are good.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Condition {
    /// f(x+αp) ≤ f(x) + c₁α⟨g, p⟩, the first of α, α/2, α/4, …
    Armijo,
    /// That, and |⟨∇f(x+αp), p⟩| ≤ c₂|⟨g, p⟩|.
    Wolfe,
}

/// A search along x + αp. Values are compared up to the rounding of f: next to a minimum slopes decide. Where f or its gradient is not finite f counts as infinite.
#[derive(Clone, Copy)]
pub(super) struct LineSearch {
    pub condition: Condition,
    c2: f64,
    longest: f64,
}

/// The line, and what is known at its start.
pub(super) struct Line<'a> {
    pub x: &'a [f64],
    /// p.
    pub direction: &'a [f64],
    /// f(x).
    pub f: f64,
    /// ⟨g, p⟩ < 0.
    pub slope: f64,
    /// Up to this two values are the same.
    pub rounding: f64,
}

/// A length that was taken.
pub(super) struct Found {
    /// α.
    pub length: f64,
    /// f(x + αp).
    pub f: f64,
    /// ∇f(x + αp), if it was asked.
    pub gradient: Option<Vector>,
}

/// One length tried.
#[derive(Clone)]
struct Trial {
    length: f64,
    value: f64,
    slope: f64,
    gradient: Vector,
}

impl Line<'_> {
    fn point(&self, length: f64) -> Vector {
        let mut point = copy(self.x);
        point.iter_mut().zip(self.direction).for_each(|(x, p)| *x += length * p);
        point
    }

    fn trial(&self, length: f64, oracle: &mut Oracle<'_>) -> Trial {
        let mut gradient = zeros(self.x.len());
        let value = oracle.gradient(&self.point(length), &mut gradient).unwrap_or(f64::INFINITY);
        let slope = dot(&gradient, self.direction);
        let value = if value.is_finite() && slope.is_finite() { value } else { f64::INFINITY };
        Trial { length, value, slope, gradient }
    }

    /// Whether f has fallen enough at this length.
    fn falls(&self, length: f64, value: f64) -> bool {
        value <= self.f + C1 * length * self.slope + self.rounding
    }
}

impl LineSearch {
    /// From [`c2`] and [`LENGTH`].
    pub fn new(values: &Values<'_>, condition: Condition) -> Self {
        Self { condition, c2: values.number("line_search_c2"), longest: values.number("line_search_length") }
    }

    /// The same with sufficient decrease only.
    pub fn backtracking(self) -> Self {
        Self { condition: Condition::Armijo, ..self }
    }

    /// A good length, tried from `first` on; the lengths that were tried go to `tried`. `None` where there is none.
    pub fn find(&self, line: &Line<'_>, first: f64, oracle: &mut Oracle<'_>, tried: &mut Vec<f64>) -> Option<Found> {
        let longest = self.longest / norm(line.direction);
        let first = first.min(longest);
        if !(first > 0.0 && first.is_finite()) {
            return None;
        }
        match self.condition {
            Condition::Armijo => backtrack(line, first, oracle, tried),
            Condition::Wolfe => self.bracket(line, first, longest, oracle, tried),
        }
    }

    fn is_good(&self, line: &Line<'_>, trial: &Trial) -> bool {
        line.falls(trial.length, trial.value) && trial.slope.abs() <= self.c2 * line.slope.abs()
    }

    /// Doubles the length until a bracket holds a good one (Nocedal, Wright 2006, Algorithm 3.5). At the longest length a
    /// sufficient decrease is enough.
    fn bracket(&self, line: &Line<'_>, first: f64, longest: f64, oracle: &mut Oracle<'_>, tried: &mut Vec<f64>) -> Option<Found> {
        let mut last = Trial { length: 0.0, value: line.f, slope: line.slope, gradient: Vector::new() };
        let mut length = first;
        for _ in 0..MOST_TRIALS {
            tried.push(length);
            let trial = line.trial(length, oracle);
            if self.is_good(line, &trial) {
                return trial.found();
            }
            if !line.falls(length, trial.value) || (last.length > 0.0 && trial.value > last.value + line.rounding) {
                return self.zoom(line, last, trial, oracle, tried);
            }
            if trial.slope >= 0.0 {
                return self.zoom(line, trial, last, oracle, tried);
            }
            if length >= longest {
                return trial.found();
            }
            length = (2.0 * length).min(longest);
            last = trial;
        }
        last.found()
    }

    /// Shrinks a bracket whose end `low` has the smallest value that falls enough (Algorithm 3.6). Where it shrinks to
    /// nothing, at a kink, that end is taken.
    fn zoom(
        &self,
        line: &Line<'_>,
        mut low: Trial,
        mut high: Trial,
        oracle: &mut Oracle<'_>,
        tried: &mut Vec<f64>,
    ) -> Option<Found> {
        for round in 0..MOST_TRIALS {
            let middle = 0.5 * (low.length + high.length);
            let length = if round % 3 == 2 { middle } else { interpolated(&low, &high).unwrap_or(middle) };
            if length == low.length || length == high.length {
                break;
            }
            tried.push(length);
            let trial = line.trial(length, oracle);
            if self.is_good(line, &trial) {
                return trial.found();
            }
            if !line.falls(length, trial.value) || trial.value > low.value + line.rounding {
                high = trial;
            } else {
                if trial.slope * (high.length - low.length) >= 0.0 {
                    high = low;
                }
                low = trial;
            }
        }
        tried.push(low.length);
        low.found()
    }
}

impl Trial {
    fn found(self) -> Option<Found> {
        (self.length > 0.0).then(|| Found { length: self.length, f: self.value, gradient: Some(self.gradient) })
    }
}

fn backtrack(line: &Line<'_>, first: f64, oracle: &mut Oracle<'_>, tried: &mut Vec<f64>) -> Option<Found> {
    let mut length = first;
    for _ in 0..MOST_HALVINGS {
        tried.push(length);
        let value = oracle.value(&line.point(length));
        if line.falls(length, value) {
            return Some(Found { length, f: value, gradient: None });
        }
        length *= 0.5;
    }
    None
}

/// The minimizer of the cubic through values and slopes at both ends (Nocedal, Wright 2006, equation 3.59); of the parabola
/// through the slopes where the values differ by rounding only. `None` where it is not well inside.
fn interpolated(a: &Trial, b: &Trial) -> Option<f64> {
    let width = b.length - a.length;
    let share = if (b.value - a.value).abs() <= 1e4 * f64::EPSILON * a.value.abs() {
        a.slope / (a.slope - b.slope)
    } else {
        let d1 = a.slope + b.slope - 3.0 * (b.value - a.value) / width;
        let d2 = (d1 * d1 - a.slope * b.slope).sqrt().copysign(width);
        1.0 - (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2)
    };
    (MARGIN..=1.0 - MARGIN).contains(&share).then_some(a.length + share * width)
}
