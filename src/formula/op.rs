//! The rule table: for each operation its value, its first and its second derivatives.
//!
//! Forward jets, the reverse sweep and the probe for kinks read the same rules; the shader's copy of them stands in
//! `wgsl_rules.rs`. Derivatives follow one convention at kinks: abs′(0) = 0, min and max halve between equal
//! arguments, steps (sign, floor, comparisons) have derivative 0. Where a derivative is infinite or undefined it is
//! so here, and its product with an incoming derivative that is exactly 0 counts as 0 (see [`times`]).

use super::syntax::Comparison;

/// An f64 that can be compared and hashed by its bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Real(u64);

impl Real {
    pub(super) fn new(value: f64) -> Self {
        Self(value.to_bits())
    }

    pub(super) fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl std::fmt::Debug for Real {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

/// An operation of one argument x.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Unary {
    Neg,
    /// x + c
    Add(Real),
    /// c x
    Mul(Real),
    /// c − x
    From(Real),
    /// x / c
    Div(Real),
    /// c / x
    Over(Real),
    /// xᵏ by repeated multiplication.
    Powi(i32),
    /// xᶜ
    Powf(Real),
    Exp,
    Expm1,
    Log,
    Log1p,
    Log2,
    Log10,
    Sqrt,
    Cbrt,
    Abs,
    Sign,
    Floor,
    Ceil,
    Round,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Erf,
    Sigmoid,
    Softplus,
    Relu,
    Not,
}

/// An operation of two arguments x, y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    Mod,
    Atan2,
    Hypot,
    And,
    Or,
    Compare(Comparison),
}

/// Functions of one argument by name.
pub(super) const UNARY: [(&str, Unary); 33] = [
    ("exp", Unary::Exp),
    ("expm1", Unary::Expm1),
    ("log", Unary::Log),
    ("ln", Unary::Log),
    ("log1p", Unary::Log1p),
    ("log2", Unary::Log2),
    ("log10", Unary::Log10),
    ("sqrt", Unary::Sqrt),
    ("cbrt", Unary::Cbrt),
    ("abs", Unary::Abs),
    ("sign", Unary::Sign),
    ("floor", Unary::Floor),
    ("ceil", Unary::Ceil),
    ("round", Unary::Round),
    ("sin", Unary::Sin),
    ("cos", Unary::Cos),
    ("tan", Unary::Tan),
    ("asin", Unary::Asin),
    ("acos", Unary::Acos),
    ("atan", Unary::Atan),
    ("sinh", Unary::Sinh),
    ("cosh", Unary::Cosh),
    ("tanh", Unary::Tanh),
    ("asinh", Unary::Asinh),
    ("acosh", Unary::Acosh),
    ("atanh", Unary::Atanh),
    ("erf", Unary::Erf),
    ("sigmoid", Unary::Sigmoid),
    ("softplus", Unary::Softplus),
    ("relu", Unary::Relu),
    ("not", Unary::Not),
    ("square", Unary::Powi(2)),
    ("cube", Unary::Powi(3)),
];

/// Functions of two arguments by name; `min` and `max` take more.
pub(super) const BINARY: [(&str, Binary); 6] = [
    ("pow", Binary::Pow),
    ("min", Binary::Min),
    ("max", Binary::Max),
    ("mod", Binary::Mod),
    ("atan2", Binary::Atan2),
    ("hypot", Binary::Hypot),
];

/// Forms with a syntax of their own.
pub(super) const FORMS: [&str; 4] = ["if", "sum", "prod", "mean"];

/// Every name that a formula may call.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    UNARY.iter().map(|f| f.0).chain(BINARY.iter().map(|f| f.0)).chain(FORMS)
}

pub(super) fn is_function(name: &str) -> bool {
    functions().any(|f| f == name)
}

/// a b, and 0 where the incoming derivative `b` is exactly 0.
#[inline]
pub(super) fn times(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a * b }
}

/// xᵏ by repeated squaring; negative k divides 1 by it.
#[inline]
pub(super) fn powi(x: f64, k: i32) -> f64 {
    match k {
        2 => return x * x,
        3 => return x * x * x,
        _ => {}
    }
    let mut left = k.unsigned_abs();
    let mut square = x;
    let mut out = 1.0;
    while left > 0 {
        if left & 1 == 1 {
            out *= square;
        }
        square *= square;
        left >>= 1;
    }
    if k < 0 { 1.0 / out } else { out }
}

/// −1, 0 or 1; NaN stays.
#[inline]
fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}

#[inline]
fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// x − y ⌊x/y⌋: the sign of y, as in mathematics.
fn modulo(x: f64, y: f64) -> f64 {
    let r = x % y;
    if r != 0.0 && (r < 0.0) != (y < 0.0) { r + y } else { r }
}

/// σ(x) and σ′(x), accurate in both tails.
fn sigmoid(x: f64) -> (f64, f64) {
    let e = libm::exp(-x.abs());
    let s = 1.0 / (1.0 + e);
    (if x >= 0.0 { s } else { e * s }, e * s * s)
}

impl Unary {
    /// f(x).
    #[inline]
    pub(super) fn value(self, x: f64) -> f64 {
        match self {
            Unary::Neg => -x,
            Unary::Add(c) => x + c.get(),
            Unary::Mul(c) => x * c.get(),
            Unary::From(c) => c.get() - x,
            Unary::Div(c) => x / c.get(),
            Unary::Over(c) => c.get() / x,
            Unary::Powi(k) => powi(x, k),
            _ => self.function(x),
        }
    }

    fn function(self, x: f64) -> f64 {
        match self {
            Unary::Powf(c) => libm::pow(x, c.get()),
            Unary::Exp => libm::exp(x),
            Unary::Expm1 => libm::expm1(x),
            Unary::Log => libm::log(x),
            Unary::Log1p => libm::log1p(x),
            Unary::Log2 => libm::log2(x),
            Unary::Log10 => libm::log10(x),
            Unary::Sqrt => x.sqrt(),
            Unary::Cbrt => libm::cbrt(x),
            Unary::Abs => x.abs(),
            Unary::Sign => sign(x),
            Unary::Floor => x.floor(),
            Unary::Ceil => x.ceil(),
            Unary::Round => x.round(),
            Unary::Sin => libm::sin(x),
            Unary::Cos => libm::cos(x),
            Unary::Tan => libm::tan(x),
            Unary::Asin => libm::asin(x),
            Unary::Acos => libm::acos(x),
            Unary::Atan => libm::atan(x),
            Unary::Sinh => libm::sinh(x),
            Unary::Cosh => libm::cosh(x),
            Unary::Tanh => libm::tanh(x),
            Unary::Asinh => libm::asinh(x),
            Unary::Acosh => libm::acosh(x),
            Unary::Atanh => libm::atanh(x),
            Unary::Erf => libm::erf(x),
            Unary::Sigmoid => sigmoid(x).0,
            Unary::Softplus => libm::log1p(libm::exp(-x.abs())) + if x > 0.0 { x } else { 0.0 },
            Unary::Relu => {
                if x < 0.0 {
                    0.0
                } else {
                    x
                }
            }
            Unary::Not => truth(x == 0.0),
            _ => self.value(x),
        }
    }

    /// f(x), f′(x), f″(x).
    #[inline]
    pub(super) fn rule(self, x: f64) -> [f64; 3] {
        match self {
            Unary::Neg => [-x, -1.0, 0.0],
            Unary::Add(c) => [x + c.get(), 1.0, 0.0],
            Unary::Mul(c) => [x * c.get(), c.get(), 0.0],
            Unary::From(c) => [c.get() - x, -1.0, 0.0],
            Unary::Div(c) => [x / c.get(), 1.0 / c.get(), 0.0],
            Unary::Powi(2) => [x * x, 2.0 * x, 2.0],
            Unary::Powi(k) => {
                let (second, first, k) = (powi(x, k.saturating_sub(2)), powi(x, k.saturating_sub(1)), f64::from(k));
                [self.value(x), k * first, k * (k - 1.0) * second]
            }
            _ => self.function_rule(x),
        }
    }

    fn function_rule(self, x: f64) -> [f64; 3] {
        let f = self.value(x);
        match self {
            Unary::Over(_) => [f, -f / x, 2.0 * f / (x * x)],
            Unary::Powf(c) => {
                let c = c.get();
                [f, c * libm::pow(x, c - 1.0), c * (c - 1.0) * libm::pow(x, c - 2.0)]
            }
            Unary::Exp => [f, f, f],
            Unary::Expm1 => {
                let e = libm::exp(x);
                [f, e, e]
            }
            Unary::Log => [f, 1.0 / x, -1.0 / (x * x)],
            Unary::Log1p => [f, 1.0 / (1.0 + x), -1.0 / ((1.0 + x) * (1.0 + x))],
            Unary::Log2 => scaled(std::f64::consts::LOG2_E, f, x),
            Unary::Log10 => scaled(std::f64::consts::LOG10_E, f, x),
            Unary::Sqrt => [f, 0.5 / f, -0.25 / (f * x)],
            Unary::Cbrt => [f, 1.0 / (3.0 * f * f), -2.0 / (9.0 * f * f * x)],
            Unary::Abs => [f, if x == 0.0 { 0.0 } else { sign(x) }, 0.0],
            Unary::Relu => [f, if x > 0.0 { 1.0 } else { 0.0 * f }, 0.0],
            Unary::Sin => [f, libm::cos(x), -f],
            Unary::Cos => [f, -libm::sin(x), -f],
            Unary::Tan => {
                let d = 1.0 + f * f;
                [f, d, 2.0 * f * d]
            }
            Unary::Asin => {
                let w = (1.0 - x) * (1.0 + x);
                let d = 1.0 / w.sqrt();
                [f, d, x * d / w]
            }
            Unary::Acos => {
                let w = (1.0 - x) * (1.0 + x);
                let d = -1.0 / w.sqrt();
                [f, d, x * d / w]
            }
            Unary::Atan => {
                let d = 1.0 / (1.0 + x * x);
                [f, d, -2.0 * x * d * d]
            }
            Unary::Sinh => [f, libm::cosh(x), f],
            Unary::Cosh => [f, libm::sinh(x), f],
            Unary::Tanh => {
                let e = libm::exp(-2.0 * x.abs());
                let d = 4.0 * e / ((1.0 + e) * (1.0 + e));
                [f, d, -2.0 * f * d]
            }
            Unary::Asinh => {
                let w = 1.0 + x * x;
                let d = 1.0 / w.sqrt();
                [f, d, -x * d / w]
            }
            Unary::Acosh => {
                let w = (x - 1.0) * (x + 1.0);
                let d = 1.0 / w.sqrt();
                [f, d, -x * d / w]
            }
            Unary::Atanh => {
                let d = 1.0 / ((1.0 - x) * (1.0 + x));
                [f, d, 2.0 * x * d * d]
            }
            Unary::Erf => {
                let d = std::f64::consts::FRAC_2_SQRT_PI * libm::exp(-x * x);
                [f, d, -2.0 * x * d]
            }
            Unary::Sigmoid => {
                let d = sigmoid(x).1;
                [f, d, -d * libm::tanh(0.5 * x)]
            }
            Unary::Softplus => {
                let (s, d) = sigmoid(x);
                [f, s, d]
            }
            _ => [f, 0.0, 0.0],
        }
    }

    /// How far x is from a point where f is not twice differentiable; `None` for a smooth operation.
    pub(super) fn kink(self, x: f64) -> Option<f64> {
        match self {
            Unary::Over(_) | Unary::Powf(_) | Unary::Log | Unary::Log2 | Unary::Log10 | Unary::Sqrt | Unary::Cbrt => {
                Some(x.abs())
            }
            Unary::Abs | Unary::Sign | Unary::Relu | Unary::Not => Some(x.abs()),
            Unary::Powi(k) if k < 0 => Some(x.abs()),
            Unary::Log1p => Some((x + 1.0).abs()),
            Unary::Floor | Unary::Ceil => Some((x - x.round()).abs()),
            Unary::Round => Some((x - x.floor() - 0.5).abs()),
            Unary::Asin | Unary::Acos | Unary::Atanh => Some((1.0 - x.abs()).abs()),
            Unary::Acosh => Some((x - 1.0).abs()),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Unary::Neg | Unary::From(_) => "-",
            Unary::Add(_) => "+",
            Unary::Mul(_) => "*",
            Unary::Div(_) | Unary::Over(_) => "/",
            Unary::Powi(_) | Unary::Powf(_) => "^",
            _ => UNARY.iter().find(|(_, op)| *op == self).map_or("", |f| f.0),
        }
    }
}

fn scaled(c: f64, f: f64, x: f64) -> [f64; 3] {
    [f, c / x, -c / (x * x)]
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
            Binary::Pow => Some(x.abs()),
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
