//! The rule table: for each operation its value, its first and its second derivatives.
//!
//! Forward jets, the reverse sweep and the probe for kinks read the same rules; the shader's copy of them stands in
//! `wgsl_rules.rs`. Derivatives follow one convention at kinks: abs′(0) = 0, min and max halve between equal
//! arguments, steps (sign, floor, comparisons) have derivative 0. Where a derivative is infinite or undefined it is
//! so here, and its product with another derivative that is exactly 0 counts as 0 (see [`times`]).

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

/// a b, and 0 where either is exactly 0, even if the other is infinite or undefined.
#[inline]
pub(super) fn times(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
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

#[inline]
pub(super) fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}
