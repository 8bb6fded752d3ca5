//! The rules of the operations of two arguments.

use super::op::{BINARY, Binary, times, truth};
use super::syntax::Comparison;

/// x − y ⌊x/y⌋: the sign of y, as in mathematics.
fn modulo(x: f64, y: f64) -> f64 {
    let r = x % y;
    if r != 0.0 && (r < 0.0) != (y < 0.0) { r + y } else { r }
}

/// f(x, y) and its derivatives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rule {
    pub(super) f: f64,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) xx: f64,
    pub(super) xy: f64,
    pub(super) yy: f64,
}

impl Binary {
    /// f(x, y).
    #[inline]
    pub(super) fn value(self, x: f64, y: f64) -> f64 {
        match self {
            Binary::Add => x + y,
            Binary::Sub => x - y,
            Binary::Mul => x * y,
            Binary::Div => x / y,
            Binary::Pow => libm::pow(x, y),
            Binary::Min => choose(x <= y, x, y),
            Binary::Max => choose(x >= y, x, y),
            Binary::Mod => modulo(x, y),
            Binary::Atan2 => libm::atan2(x, y),
            Binary::Hypot => libm::hypot(x, y),
            Binary::And => truth(x != 0.0 && y != 0.0),
            Binary::Or => truth(x != 0.0 || y != 0.0),
            Binary::Compare(c) => truth(match c {
                Comparison::Less => x < y,
                Comparison::LessEqual => x <= y,
                Comparison::Greater => x > y,
                Comparison::GreaterEqual => x >= y,
                Comparison::Equal => x == y,
                Comparison::NotEqual => x != y,
            }),
        }
    }

    /// f and its derivatives.
    #[inline]
    pub(super) fn rule(self, x: f64, y: f64) -> Rule {
        let f = self.value(x, y);
        let zero = Rule { f, ..Rule::default() };
        match self {
            Binary::Add => Rule { x: 1.0, y: 1.0, ..zero },
            Binary::Sub => Rule { x: 1.0, y: -1.0, ..zero },
            Binary::Mul => Rule { x: y, y: x, xy: 1.0, ..zero },
            Binary::Div => {
                let r = 1.0 / y;
                Rule { x: r, y: -f * r, xy: -r * r, yy: 2.0 * f * r * r, ..zero }
            }
            Binary::Pow => power_rule(f, x, y),
            Binary::Min | Binary::Max => {
                let first = if x == y { 0.5 } else { truth(f == x) };
                Rule { x: first, y: 1.0 - first, ..zero }
            }
            Binary::Mod => Rule { x: 1.0, y: -(x / y).floor(), ..zero },
            Binary::Atan2 => {
                let h = libm::hypot(x, y);
                let (a, b) = (x / h, y / h);
                let w = 2.0 * a * b / (h * h);
                Rule { f, x: b / h, y: -a / h, xx: -w, yy: w, xy: (a * a - b * b) / (h * h) }
            }
            Binary::Hypot if f == 0.0 => Rule { xx: f64::INFINITY, yy: f64::INFINITY, ..zero },
            Binary::Hypot => {
                let (a, b) = (x / f, y / f);
                Rule { f, x: a, y: b, xx: b * b / f, yy: a * a / f, xy: -a * b / f }
            }
            Binary::And | Binary::Or | Binary::Compare(_) => zero,
        }
    }

    /// How far (x, y) is from a point where f is not twice differentiable, in the largest change of one argument.
    pub(super) fn kink(self, x: f64, y: f64) -> Option<f64> {
        match self {
            Binary::Add | Binary::Sub | Binary::Mul => None,
            Binary::Div => Some(y.abs()),
            Binary::Pow => Some(x.max(0.0)),
            Binary::Min | Binary::Max | Binary::Compare(_) => Some(0.5 * (x - y).abs()),
            Binary::Mod => {
                let q = x / y;
                Some((q - q.round()).abs() * y.abs() / (1.0 + q.abs()))
            }
            Binary::Atan2 if y < 0.0 => Some(x.abs()),
            Binary::Atan2 | Binary::Hypot => Some(x.abs().max(y.abs())),
            Binary::And | Binary::Or => Some(x.abs().min(y.abs())),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Sub => "-",
            Binary::Mul => "*",
            Binary::Div => "/",
            Binary::And => "&&",
            Binary::Or => "||",
            Binary::Compare(c) => c.sign(),
            _ => BINARY.iter().find(|(_, op)| *op == self).map_or("", |f| f.0),
        }
    }
}

fn choose(first: bool, x: f64, y: f64) -> f64 {
    if first || x.is_nan() { x } else { y }
}

fn power_rule(f: f64, x: f64, y: f64) -> Rule {
    let l = libm::log(x);
    let p = libm::pow(x, y - 1.0);
    Rule {
        f,
        x: times(p, y),
        y: times(l, f),
        xx: times(libm::pow(x, y - 2.0), y * (y - 1.0)),
        xy: times(1.0 + times(l, y), p),
        yy: times(l * l, f),
    }
}
