//! The kinds of numbers a tape runs over: one program, several arithmetics.
//!
//! - `f64`: the value;
//! - [`Gradient`]: value and gradient, forward mode, n ≤ 3;
//! - [`Jet`]: value, gradient and Hessian, forward mode of second order, n ≤ 3 (Griewank, Walther 2008, ch. 13);
//! - [`Dual`]: value and derivatives along some directions (the forward half of forward-over-reverse, any n);
//! - [`Probe`]: value and its largest first-order change within a box, which tells kinks nearby.
//!
//! Gradients and jets multiply plainly, so an infinite slope times a zero makes a NaN; where that happens at a finite
//! value, the reverse sweep, which counts such a product as 0, does the point again.

use super::binary::Rule;
use super::op::{Binary, Unary, times};
use std::cell::Cell;
use std::thread::LocalKey;

/// Registers kept from call to call, one set a thread.
pub(super) type Pool<T> = LocalKey<Cell<Vec<T>>>;

pub(super) trait Number: Copy + 'static {
    fn constant(value: f64) -> Self;
    fn value(self) -> f64;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn unary(op: Unary, a: Self) -> Self;
    fn binary(op: Binary, a: Self, b: Self) -> Self;
    fn pool() -> &'static Pool<Self>;

    /// x²: by far the most frequent function.
    fn square(self) -> Self {
        Self::unary(Unary::Powi(2), self)
    }

    fn select(condition: Self, then: Self, otherwise: Self) -> Self {
        if condition.value() != 0.0 { then } else { otherwise }
    }
}

macro_rules! pool {
    ($type:ty) => {
        fn pool() -> &'static Pool<Self> {
            thread_local!(static POOL: Cell<Vec<$type>> = const { Cell::new(Vec::new()) });
            &POOL
        }
    };
}
pub(super) use pool;

impl Number for f64 {
    pool!(f64);

    #[inline]
    fn constant(value: f64) -> Self {
        value
    }
    #[inline]
    fn value(self) -> f64 {
        self
    }
    #[inline]
    fn add(self, other: Self) -> Self {
        self + other
    }
    #[inline]
    fn sub(self, other: Self) -> Self {
        self - other
    }
    #[inline]
    fn mul(self, other: Self) -> Self {
        self * other
    }
    #[inline]
    fn square(self) -> Self {
        self * self
    }
    #[inline]
    fn unary(op: Unary, a: Self) -> Self {
        op.value(a)
    }
    #[inline]
    fn binary(op: Binary, a: Self, b: Self) -> Self {
        op.value(a, b)
    }
}

/// f and ∂f/∂xᵢ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gradient<const N: usize> {
    pub(super) f: f64,
    pub(super) g: [f64; N],
}

impl<const N: usize> Gradient<N> {
    pub(super) fn variable(value: f64, i: usize) -> Self {
        let mut out = Self { f: value, g: [0.0; N] };
        out.g[i] = 1.0;
        out
    }

    #[inline]
    fn chain(self, [f, d, _]: [f64; 3]) -> Self {
        Self { f, g: self.g.map(|v| d * v) }
    }

    fn chain2(self, b: Self, rule: &Rule) -> Self {
        Self { f: rule.f, g: std::array::from_fn(|i| rule.x * self.g[i] + rule.y * b.g[i]) }
    }
}

/// f, ∂f/∂xᵢ, and ∂²f/∂xᵢ∂xⱼ for i ≤ j row by row (M = N (N+1)/2 numbers).
#[derive(Clone, Copy, Debug)]
pub(super) struct Jet<const N: usize, const M: usize> {
    pub(super) f: f64,
    pub(super) g: [f64; N],
    pub(super) h: [f64; M],
}

/// The array over i ≤ j of `entry(i, j, k)`, k the position.
#[inline]
fn upper<const N: usize, const M: usize>(entry: impl Fn(usize, usize, usize) -> f64) -> [f64; M] {
    let mut out = [0.0; M];
    let mut k = 0;
    for i in 0..N {
        for j in i..N {
            out[k] = entry(i, j, k);
            k += 1;
        }
    }
    out
}

impl<const N: usize, const M: usize> Jet<N, M> {
    pub(super) fn variable(value: f64, i: usize) -> Self {
        let mut out = Self::constant_jet(value);
        out.g[i] = 1.0;
        out
    }

    fn constant_jet(f: f64) -> Self {
        Self { f, g: [0.0; N], h: [0.0; M] }
    }

    #[inline]
    fn map(self, f: f64, slope: f64) -> Self {
        Self { f, g: self.g.map(|v| slope * v), h: self.h.map(|v| slope * v) }
    }

    #[inline]
    fn chain(self, [f, d, dd]: [f64; 3]) -> Self {
        let Self { g, h, .. } = self;
        Self { f, g: g.map(|v| d * v), h: upper::<N, M>(|i, j, k| d * h[k] + (dd * g[i]) * g[j]) }
    }

    fn chain2(self, b: Self, r: &Rule) -> Self {
        let a = self;
        let second = |i: usize, j: usize, k: usize| {
            let mixed = a.g[i] * b.g[j] + a.g[j] * b.g[i];
            r.x * a.h[k] + r.y * b.h[k] + (r.xx * (a.g[i] * a.g[j]) + r.xy * mixed + r.yy * (b.g[i] * b.g[j]))
        };
        Self { f: r.f, g: std::array::from_fn(|i| r.x * a.g[i] + r.y * b.g[i]), h: upper::<N, M>(second) }
    }
}

macro_rules! forward {
    ([$($parameters:tt)*] $type:ty, $($pooled:ty),+) => {
        impl<$($parameters)*> Number for $type where $type: Pooled {
            fn pool() -> &'static Pool<Self> {
                <Self as Pooled>::pool()
            }
            #[inline]
            fn constant(value: f64) -> Self {
                Self::constant_number(value)
            }
            #[inline]
            fn value(self) -> f64 {
                self.f
            }
            #[inline]
            fn add(self, other: Self) -> Self {
                self.zip(other, |a, b| a + b)
            }
            #[inline]
            fn sub(self, other: Self) -> Self {
                self.zip(other, |a, b| a - b)
            }
            #[inline]
            fn mul(self, other: Self) -> Self {
                self.product(other)
            }
            #[inline]
            fn square(self) -> Self {
                self.chain([self.f * self.f, 2.0 * self.f, 2.0])
            }
            #[inline]
            fn unary(op: Unary, a: Self) -> Self {
                match op {
                    Unary::Neg => a.map(-a.f, -1.0),
                    Unary::Add(c) => Self { f: a.f + c.get(), ..a },
                    Unary::Mul(c) => a.map(a.f * c.get(), c.get()),
                    Unary::From(c) => a.map(c.get() - a.f, -1.0),
                    _ => a.chain(op.rule(a.f)),
                }
            }
            #[inline]
            fn binary(op: Binary, a: Self, b: Self) -> Self {
                a.chain2(b, &op.rule(a.f, b.f))
            }
        }
        $(impl Pooled for $pooled { pool!($pooled); })+
    };
}

/// Thread-local storage exists for each concrete type.
pub(super) trait Pooled: Sized + 'static {
    fn pool() -> &'static Pool<Self>;
}

impl<const N: usize> Gradient<N> {
    fn constant_number(f: f64) -> Self {
        Self { f, g: [0.0; N] }
    }

    #[inline]
    fn map(self, f: f64, slope: f64) -> Self {
        Self { f, g: self.g.map(|v| slope * v) }
    }

    #[inline]
    fn zip(self, b: Self, op: impl Fn(f64, f64) -> f64) -> Self {
        Self { f: op(self.f, b.f), g: std::array::from_fn(|i| op(self.g[i], b.g[i])) }
    }

    #[inline]
    fn product(self, b: Self) -> Self {
        Self { f: self.f * b.f, g: std::array::from_fn(|i| self.f * b.g[i] + b.f * self.g[i]) }
    }
}

impl<const N: usize, const M: usize> Jet<N, M> {
    fn constant_number(f: f64) -> Self {
        Self::constant_jet(f)
    }

    #[inline]
    fn zip(self, b: Self, op: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            f: op(self.f, b.f),
            g: std::array::from_fn(|i| op(self.g[i], b.g[i])),
            h: std::array::from_fn(|k| op(self.h[k], b.h[k])),
        }
    }

    #[inline]
    fn product(self, b: Self) -> Self {
        let a = self;
        Self {
            f: a.f * b.f,
            g: std::array::from_fn(|i| a.f * b.g[i] + b.f * a.g[i]),
            h: upper::<N, M>(|i, j, k| a.f * b.h[k] + b.f * a.h[k] + (a.g[i] * b.g[j] + a.g[j] * b.g[i])),
        }
    }
}

forward!([const N: usize] Gradient<N>, Gradient<1>, Gradient<2>, Gradient<3>);
forward!([const N: usize, const M: usize] Jet<N, M>, Jet<1, 1>, Jet<2, 3>, Jet<3, 6>);

/// f and the derivatives of f along K directions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dual<const K: usize> {
    pub(super) f: f64,
    pub(super) d: [f64; K],
}

impl<const K: usize> Dual<K> {
    #[inline]
    pub(super) fn zip(f: f64, a: &Self, b: &Self, op: impl Fn(f64, f64) -> f64) -> Self {
        Self { f, d: std::array::from_fn(|k| op(a.d[k], b.d[k])) }
    }
}

impl Pooled for Dual<1> {
    pool!(Dual<1>);
}

impl Pooled for Dual<4> {
    pool!(Dual<4>);
}

impl<const K: usize> Number for Dual<K>
where
    Self: Pooled,
{
    fn pool() -> &'static Pool<Self> {
        <Self as Pooled>::pool()
    }
    fn constant(f: f64) -> Self {
        Self { f, d: [0.0; K] }
    }
    fn value(self) -> f64 {
        self.f
    }
    fn add(self, b: Self) -> Self {
        Self::zip(self.f + b.f, &self, &b, |a, b| a + b)
    }
    fn sub(self, b: Self) -> Self {
        Self::zip(self.f - b.f, &self, &b, |a, b| a - b)
    }
    fn mul(self, b: Self) -> Self {
        Self::zip(self.f * b.f, &self, &b, |c, d| self.f * d + c * b.f)
    }
    fn unary(op: Unary, a: Self) -> Self {
        let [f, d, _] = op.rule(a.f);
        Self { f, d: a.d.map(|v| times(d, v)) }
    }
    fn binary(op: Binary, a: Self, b: Self) -> Self {
        let rule = op.rule(a.f, b.f);
        Self::zip(rule.f, &a, &b, |c, d| times(rule.x, c) + times(rule.y, d))
    }
}

/// A value, the most it changes to first order within the box, and whether every operation is smooth in there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    pub(super) f: f64,
    pub(super) radius: f64,
    pub(super) smooth: bool,
}

impl Probe {
    fn away(distance: Option<f64>, radius: f64) -> bool {
        distance.is_none_or(|d| d > radius)
    }
}

impl Number for Probe {
    pool!(Probe);

    fn constant(f: f64) -> Self {
        Self { f, radius: 0.0, smooth: true }
    }
    fn value(self) -> f64 {
        self.f
    }
    fn add(self, b: Self) -> Self {
        Self { f: self.f + b.f, radius: self.radius + b.radius, smooth: self.smooth && b.smooth }
    }
    fn sub(self, b: Self) -> Self {
        Self { f: self.f - b.f, ..self.add(b) }
    }
    fn mul(self, b: Self) -> Self {
        Self::binary(Binary::Mul, self, b)
    }
    fn unary(op: Unary, a: Self) -> Self {
        let [f, d, dd] = op.rule(a.f);
        let radius = times(d.abs() + 0.5 * times(dd.abs(), a.radius), a.radius);
        Self { f, radius, smooth: a.smooth && (a.radius == 0.0 || Self::away(op.kink(a.f), a.radius)) }
    }
    fn binary(op: Binary, a: Self, b: Self) -> Self {
        let rule = op.rule(a.f, b.f);
        let wide = a.radius.max(b.radius);
        let radius = times(rule.x.abs(), a.radius) + times(rule.y.abs(), b.radius) + times(rule.xy.abs(), a.radius * b.radius);
        Self { f: rule.f, radius, smooth: a.smooth && b.smooth && (wide == 0.0 || Self::away(op.kink(a.f, b.f), wide)) }
    }
    fn select(c: Self, then: Self, otherwise: Self) -> Self {
        let taken = if c.f != 0.0 { then } else { otherwise };
        Self { smooth: taken.smooth && c.smooth, ..taken }
    }
}
