//! How wrong f32 is, for the value and the jet that the shader computes, and f64 for our own: running error analysis of a tape
//! (Higham 2002, section 3.3).
//!
//! Every number carries a bound of its error. An operation adds what its arguments' errors do to it (the change of its
//! rule over them, so also near kinks) and its own rounding. In f32 the latter are the accuracies that WGSL asks for, and for
//! sine and cosine, where it asks for next to nothing, those of polynomial implementations; in f64 those of `libm`, whose functions
//! are good to a unit in the last place, and of the few operations of a rule.

use super::Formula;
use super::forward::{Rows, with_registers};
use super::number::{Number, Pool, Pooled, pool};
use super::op::{Binary, Unary};
use std::cell::Cell;

/// The unit roundoff of f32, or of f64, and what may be lost to its underflow.
const fn unit(double: bool) -> f64 {
    if double { 0.5 * f64::EPSILON } else { 1.0 / (1_u64 << 24) as f64 }
}

const fn tiny(double: bool) -> f64 {
    if double { f64::MIN_POSITIVE } else { 1.2e-38 }
}

/// Bounds of the errors of value and jet at a point; infinite where the arithmetic may go wrong altogether.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rounding {
    /// Of f.
    pub value: f64,
    /// Of (f_u, f_v).
    pub gradient: [f64; 2],
    /// Of (f_uu, f_uv, f_vv).
    pub hessian: [f64; 3],
}

impl Formula {
    /// The bounds at (u, v) of the plane origin + u a + v b, where |u| and |v| are known to four units of `extent`.
    /// Slices of a wrong length make every bound infinite.
    pub fn single_precision_error(&self, p: &[f64], plane: [&[f64]; 3], at: [f64; 2], extent: [f64; 2]) -> Rounding {
        let [origin, a, b] = plane;
        let numbers = if self.fits(p, origin) && self.fits(p, a) && self.fits(p, b) {
            with_registers(self.tape().slots, |registers| {
                let coordinate = |s: usize| Erring { v: at[s], e: 4.0 * unit(false) * extent[s] };
                let variable = |i: usize| {
                    let (a, b) = (Erring::read(a[i]), Erring::read(b[i]));
                    let f = Erring::read(origin[i]).plus(coordinate(0).times(a)).plus(coordinate(1).times(b));
                    let zero = Erring::default();
                    Rounded::<false>([f, a, b, zero, zero, zero])
                };
                self.tape().forward(self.table(), Rows::All, p, variable, registers).0
            })
        } else {
            [Erring { v: f64::NAN, e: f64::NAN }; 6]
        };
        let [value, gu, gv, huu, huv, hvv] = numbers.map(|n| {
            let bounded = n.e.is_finite() && n.v.abs() + n.e < f64::from(f32::MAX);
            if bounded { n.e } else { f64::INFINITY }
        });
        Rounding { value, gradient: [gu, gv], hessian: [huu, huv, hvv] }
    }

    /// The bounds of the errors of f, (f_i, f_j) and (f_ii, f_ij, f_jj) as f64 has them at `x`; i may be j. Infinite where they may be
    /// anything, and for slices of a wrong length.
    pub fn double_precision_error(&self, p: &[f64], x: &[f64], [i, j]: [usize; 2]) -> Rounding {
        let numbers = if self.fits(p, x) {
            with_registers(self.tape().slots, |registers| {
                let exact = |v: f64| Erring { v, e: 0.0 };
                let one = |yes: bool| exact(f64::from(u8::from(yes)));
                let variable = |k: usize| {
                    let zero = Erring::default();
                    Rounded::<true>([exact(x[k]), one(k == i), one(k == j), zero, zero, zero])
                };
                self.tape().forward(self.table(), Rows::All, p, variable, registers).0
            })
        } else {
            [Erring { v: f64::NAN, e: f64::NAN }; 6]
        };
        let [value, gi, gj, hii, hij, hjj] =
            numbers.map(|n| if n.e.is_finite() && n.v.is_finite() { n.e } else { f64::INFINITY });
        Rounding { value, gradient: [gi, gj], hessian: [hii, hij, hjj] }
    }
}

/// A number and a bound of its error in f32, or in f64.
#[derive(Clone, Copy, Debug, Default)]
struct Erring<const DOUBLE: bool> {
    v: f64,
    e: f64,
}

impl<const DOUBLE: bool> Erring<DOUBLE> {
    /// A number as it is read.
    fn read(v: f64) -> Self {
        Self { v, e: if DOUBLE || f64::from(v as f32) == v { 0.0 } else { unit(DOUBLE) * v.abs() } }
    }

    /// The error of rounding v.
    fn rounding(v: f64) -> f64 {
        unit(DOUBLE) * v.abs() + tiny(DOUBLE)
    }

    fn plus(self, b: Self) -> Self {
        let v = self.v + b.v;
        let exact = b.v == 0.0 && b.e == 0.0 || self.v == 0.0 && self.e == 0.0;
        Self { v, e: self.e + b.e + if exact { 0.0 } else { Self::rounding(v) } }
    }

    fn times(self, b: Self) -> Self {
        if self.v == 0.0 && self.e == 0.0 || b.v == 0.0 && b.e == 0.0 {
            return Self::default();
        }
        let v = self.v * b.v;
        Self { v, e: self.v.abs() * b.e + b.v.abs() * self.e + self.e * b.e + Self::rounding(v) }
    }
}

/// f, f_u, f_v, f_uu, f_uv, f_vv.
#[derive(Clone, Copy, Debug)]
struct Rounded<const DOUBLE: bool>([Erring<DOUBLE>; 6]);

/// The slots of the first derivatives of each second derivative.
const PAIRS: [[usize; 2]; 3] = [[1, 1], [1, 2], [2, 2]];

impl<const DOUBLE: bool> Rounded<DOUBLE> {
    fn zip(self, b: Self, sign: f64) -> Self {
        Self(std::array::from_fn(|k| self.0[k].plus(Erring { v: sign * b.0[k].v, ..b.0[k] })))
    }

    /// The rule table's numbers with the error that the arguments' errors and the operation itself make.
    fn errors<const N: usize>(at: [f64; N], changed: impl Iterator<Item = [f64; N]>, own: [f64; 2]) -> [Erring<DOUBLE>; N] {
        let rounding = |v: f64| unit(DOUBLE) * (own[0] * v.abs() + own[1]) + tiny(DOUBLE);
        let mut numbers = at.map(|v| Erring { v, e: rounding(v) });
        for other in changed {
            for (number, v) in numbers.iter_mut().zip(other) {
                let change = (v - number.v).abs();
                number.e = number.e.max(rounding(number.v) + change);
                // NaN is no maximum of anything.
                if change.is_nan() {
                    number.e = f64::INFINITY;
                }
            }
        }
        numbers
    }
}

/// The error of an operation's own in f64, of its value and of its rule: in units of its result, and in absolute units.
fn own_double(op: Unary) -> [f64; 2] {
    match op {
        Unary::Neg | Unary::Abs | Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Relu | Unary::Not => {
            [0.0, 0.0]
        }
        Unary::Add(_) | Unary::From(_) | Unary::Mul(_) | Unary::Div(_) => [1.0, 0.0],
        Unary::Powi(k) => [f64::from(k.unsigned_abs()) + 2.0, 0.0],
        Unary::Sin | Unary::Cos | Unary::Exp | Unary::Sqrt | Unary::Over(_) => [4.0, 0.0],
        Unary::Log | Unary::Log2 | Unary::Log10 | Unary::Log1p | Unary::Expm1 | Unary::Cbrt | Unary::Powf(_) => [8.0, 0.0],
        // Their rules cancel where they level off.
        _ => [16.0, 16.0],
    }
}

/// As [`own_double`], in f32 as a shader has it.
fn own_single(op: Unary, x: f64) -> [f64; 2] {
    let log2 = |v: f64| libm::log2(v.abs().max(1e-38)).abs();
    match op {
        Unary::Neg | Unary::Abs | Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Relu | Unary::Not => {
            [0.0, 0.0]
        }
        Unary::Add(c) | Unary::From(c) => [1.0, c.get().abs()],
        Unary::Mul(_) => [2.0, 0.0],
        Unary::Div(_) | Unary::Over(_) => [7.0, 0.0],
        Unary::Powi(k) => [f64::from(k.unsigned_abs()) + 8.0, 0.0],
        Unary::Powf(c) => [16.0 + 8.0 * (c.get() * log2(x)).abs(), 0.0],
        Unary::Exp => [8.0 + 4.0 * x.abs(), 0.0],
        Unary::Expm1 => [8.0 + 4.0 * x.abs(), 16.0],
        Unary::Sqrt => [8.0, 0.0],
        Unary::Cbrt => [16.0 + 4.0 * log2(x), 0.0],
        Unary::Sin | Unary::Cos => [8.0, 16.0 + 2.0 * x.abs()],
        Unary::Log | Unary::Log1p | Unary::Log2 | Unary::Log10 => [8.0, 16.0],
        _ => [64.0, 64.0],
    }
}

impl Pooled for Rounded<false> {
    pool!(Rounded<false>);
}

impl Pooled for Rounded<true> {
    pool!(Rounded<true>);
}

impl<const DOUBLE: bool> Number for Rounded<DOUBLE>
where
    Self: Pooled,
{
    fn pool() -> &'static Pool<Self> {
        <Self as Pooled>::pool()
    }

    fn constant(value: f64) -> Self {
        let mut numbers = [Erring::default(); 6];
        numbers[0] = Erring::read(value);
        Self(numbers)
    }
    fn value(self) -> f64 {
        self.0[0].v
    }
    fn add(self, b: Self) -> Self {
        self.zip(b, 1.0)
    }
    fn sub(self, b: Self) -> Self {
        self.zip(b, -1.0)
    }
    fn mul(self, b: Self) -> Self {
        let (a, b) = (self.0, b.0);
        let first = |k: usize| a[0].times(b[k]).plus(b[0].times(a[k]));
        let second = |k: usize| {
            let [i, j] = PAIRS[k - 3];
            first(k).plus(a[i].times(b[j]).plus(a[j].times(b[i])))
        };
        Self([a[0].times(b[0]), first(1), first(2), second(3), second(4), second(5)])
    }
    fn unary(op: Unary, a: Self) -> Self {
        let (x, e) = (a.0[0].v, a.0[0].e);
        let own = if DOUBLE { own_double(op) } else { own_single(op, x) };
        let [f, d, dd] = Self::errors(op.rule(x), [x - e, x + e].into_iter().map(|y| op.rule(y)), own);
        let a = a.0;
        let second = |k: usize| {
            let [i, j] = PAIRS[k - 3];
            d.times(a[k]).plus(dd.times(a[i]).times(a[j]))
        };
        Self([f, d.times(a[1]), d.times(a[2]), second(3), second(4), second(5)])
    }
    fn binary(op: Binary, a: Self, b: Self) -> Self {
        let (a, b) = (a.0, b.0);
        let rule = |x: f64, y: f64| {
            let r = op.rule(x, y);
            [r.f, r.x, r.y, r.xx, r.xy, r.yy]
        };
        let corners = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]];
        let own = match op {
            Binary::Min | Binary::Max | Binary::And | Binary::Or | Binary::Compare(_) => [0.0, 0.0],
            Binary::Div if DOUBLE => [4.0, 0.0],
            Binary::Pow if DOUBLE => [16.0, 0.0],
            Binary::Hypot | Binary::Atan2 if DOUBLE => [8.0, 0.0],
            Binary::Pow => [16.0 + 8.0 * (b[0].v * libm::log2(a[0].v.abs().max(1e-38))).abs(), 0.0],
            Binary::Mod => [4.0, 4.0 * a[0].v.abs()],
            Binary::Atan2 => [64.0, 64.0],
            _ => [12.0, 0.0],
        };
        let changed = corners.into_iter().map(|[s, t]| rule(a[0].v + s * a[0].e, b[0].v + t * b[0].e));
        let [f, x, y, xx, xy, yy] = Self::errors(rule(a[0].v, b[0].v), changed, own);
        let first = |k: usize| x.times(a[k]).plus(y.times(b[k]));
        let second = |k: usize| {
            let [i, j] = PAIRS[k - 3];
            let mixed = a[i].times(b[j]).plus(a[j].times(b[i]));
            let squares = xx.times(a[i].times(a[j])).plus(yy.times(b[i].times(b[j])));
            first(k).plus(squares).plus(xy.times(mixed))
        };
        Self([f, first(1), first(2), second(3), second(4), second(5)])
    }
    fn select(condition: Self, then: Self, otherwise: Self) -> Self {
        let chosen = if condition.value() != 0.0 { then } else { otherwise };
        let Erring { v, e } = condition.0[0];
        let certain = if v == 0.0 { e <= tiny(DOUBLE) } else { e < v.abs() };
        if certain { chosen } else { Self(chosen.0.map(|n| Erring { e: f64::INFINITY, ..n })) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Scope;

    #[test]
    fn bounds_hold_for_single_precision_and_are_not_idle() {
        let scope = Scope { dim: 2, ..Scope::default() };
        let rosenbrock = Formula::parse("(1-x)^2 + 100*(y-x^2)^2", &scope).unwrap();
        for i in 0..400 {
            let at = [f64::from(i % 20) * 0.2 - 2.0 + 0.013, f64::from(i / 20) * 0.2 - 1.0 + 0.0071];
            let plane: [&[f64]; 3] = [&[0.0, 0.0], &[1.0, 0.0], &[0.0, 1.0]];
            let bound = rosenbrock.single_precision_error(&[], plane, at, [2.0, 2.0]);
            let (x, y) = (at[0] as f32, at[1] as f32);
            let r = y - x * x;
            let (f, gx) = ((1.0 - x) * (1.0 - x) + 100.0 * (r * r), -2.0 * (1.0 - x) - 400.0 * x * r);
            let mut g = [0.0; 2];
            let exact = rosenbrock.value_gradient(&[], &at, &mut g);
            assert!((f64::from(f) - exact).abs() <= bound.value && (f64::from(gx) - g[0]).abs() <= bound.gradient[0]);
            // A hundred-thousandth of the largest of each in the box.
            assert!(bound.value < 0.036 && bound.gradient[0] < 0.056 && bound.hessian[0] < 0.064, "{bound:?}");
        }
    }

    /// A formula and its second derivative near 0.
    type Case = (&'static str, fn(f64) -> f64);

    /// f″ of (1 − cos x)/x² and sin(x)/x beside 0, by their series, against the bounds; and Rosenbrock's, which are not idle.
    #[test]
    fn bounds_hold_for_double_precision() {
        let scope = Scope { dim: 1, ..Scope::default() };
        let cases: [Case; 2] = [
            ("sin(x)/x", |x| -1.0 / 3.0 + x * x / 10.0 - x * x * x * x / 168.0),
            ("(1 - cos(x))/x^2", |x| -1.0 / 12.0 + x * x / 60.0 - x * x * x * x / 1344.0),
        ];
        for (text, second) in cases {
            let formula = Formula::parse(text, &scope).unwrap();
            for k in 4..40 {
                let x = 0.77 * libm::pow(10.0, -0.25 * f64::from(k));
                let (mut g, mut h) = ([0.0], [0.0]);
                formula.value_gradient_hessian(&[], &[x], &mut g, &mut h);
                let bound = formula.double_precision_error(&[], &[x], [0, 0]).hessian[1];
                let series = x * x * x * x * x * x / 4000.0;
                assert!((h[0] - second(x)).abs() <= bound + series, "{text} at {x}: {} ± {bound} against {}", h[0], second(x));
                // Not more than a few hundred units of the largest term, which is of the order x⁻² or, with 1 − cos x, x⁻⁴.
                let largest = if text.starts_with('s') { 1.0 / (x * x) } else { 1.0 / (x * x * x * x) };
                assert!(bound <= 300.0 * f64::EPSILON * largest, "{text} at {x}: {bound}");
            }
        }
        let rosenbrock = Formula::parse("(1-x)^2 + 100*(y-x^2)^2", &Scope { dim: 2, ..Scope::default() }).unwrap();
        let bound = rosenbrock.double_precision_error(&[], &[-1.2, 1.0], [0, 1]);
        assert!(bound.hessian.iter().all(|e| *e < 1e-11) && bound.value < 1e-12, "{bound:?}");
    }

    #[test]
    fn kinks_and_overflow_have_no_bound_that_misleads() {
        let scope = Scope { dim: 2, ..Scope::default() };
        let error = |text: &str, at: [f64; 2]| {
            let plane: [&[f64]; 3] = [&[0.0, 0.0], &[1.0, 0.0], &[0.0, 1.0]];
            Formula::parse(text, &scope).unwrap().single_precision_error(&[], plane, at, [1.0, 1.0])
        };
        assert!(error("if(x > 0.5, 10, y)", [0.5, 0.0]).value.is_infinite());
        assert!(error("if(x > 0.5, 10, y)", [0.6, 0.0]).value < 1e-5);
        assert!(error("abs(x)", [1e-9, 0.0]).gradient[0] >= 1.0);
        assert!(error("exp(200*x)", [0.9, 0.0]).value.is_infinite());
        assert!(error("log(x)", [-1.0, 0.0]).value.is_infinite());
        assert!(error("x", [0.5, 0.5]).value < 1e-6);
    }
}
