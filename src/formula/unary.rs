//! The rules of the operations of one argument.

use super::op::{UNARY, Unary, powi, truth};

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

/// σ(x), σ′(x) and σ″(x), accurate in both tails.
fn sigmoid(x: f64) -> [f64; 3] {
    let e = libm::exp(-x.abs());
    let s = 1.0 / (1.0 + e);
    let d = e * s * s;
    let second = d * (1.0 - e) * s;
    if x >= 0.0 { [s, d, -second] } else { [e * s, d, second] }
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
            Unary::Sigmoid => sigmoid(x)[0],
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
            Unary::Sigmoid => sigmoid(x),
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
            Unary::Softplus => {
                let [s, d, _] = sigmoid(x);
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
