//! Branch-free elementary functions for whole blocks of numbers, which the compiler turns into vector instructions.
//!
//! Relative error below 1e-13 (the tests hold them against `libm`); results below 1e-307 may flush to 0 and exp
//! overflows a little early, at 709.4. They serve pictures only: runs use `libm`.

use std::f64::consts::{FRAC_2_PI, LN_2, LOG2_E};

/// Numbers computed at a time.
pub(super) const BLOCK: usize = 256;
pub(super) type Block = [f64; BLOCK];

/// Adding 1.5 · 2⁵² rounds to a whole number, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
const EXP_MAX: f64 = 709.4;
const EXP_MIN: f64 = -708.0;
/// ln 2 in two parts; the first has 32 trailing zero bits, so small multiples are exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// π/2 in three parts of 33 bits each.
const HALF_PI: [f64; 3] = [1.570_796_326_734_125_6, 6.077_100_506_303_966e-11, 2.022_266_248_795_950_6e-21];
/// Beyond it the three parts are not enough.
const ANGLE_MAX: f64 = 1e5;

#[inline(always)]
fn each(x: &Block, out: &mut Block, f: impl Fn(f64) -> f64) {
    for (o, x) in out.iter_mut().zip(x) {
        *o = f(*x);
    }
}

/// Does again with `exact` what `f` cannot do.
fn repair(x: &Block, out: &mut Block, good: impl Fn(f64) -> bool, exact: impl Fn(f64) -> f64) {
    if x.iter().fold(true, |all, x| all & good(*x)) {
        return;
    }
    for (o, x) in out.iter_mut().zip(x) {
        if !good(*x) {
            *o = exact(*x);
        }
    }
}

/// x = k ln 2 + r: 2ᵏ, and the halves p, q of eʳ = (q + p) / (q − p), the diagonal Padé approximant of order 5, whose
/// relative error is 2e-15 for |r| ≤ ln 2 / 2. One division then serves whatever is made of eˣ.
#[inline(always)]
fn exp_parts(x: f64) -> (f64, f64, f64) {
    let x = if x > EXP_MAX { EXP_MAX } else { x };
    let x = if x < EXP_MIN { EXP_MIN } else { x };
    let shifted = x * LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let s = r * r;
    let p = r * (15_120.0 + s * (420.0 + s));
    let q = 30_240.0 + s * (3_360.0 + s * 30.0);
    (f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52), p, q)
}

#[inline(always)]
fn exp1(x: f64) -> f64 {
    let (scale, p, q) = exp_parts(x);
    let out = scale * ((q + p) / (q - p));
    let out = if x > EXP_MAX { f64::INFINITY } else { out };
    if x < EXP_MIN { 0.0 } else { out }
}

/// ln x for positive normal x.
#[inline(always)]
fn log1(x: f64) -> f64 {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    // The exponent k with x / 2ᵏ in [√½, √2).
    let offset = x.to_bits().wrapping_sub(SQRT_HALF);
    let k = f64::from_bits(((offset >> 52).wrapping_add(1024) & 0xfff) | TWO_52) - (4_503_599_627_370_496.0 + 1024.0);
    let k = if k > 1024.0 { k - 4096.0 } else { k };
    let m = f64::from_bits((offset & 0x000f_ffff_ffff_ffff).wrapping_add(SQRT_HALF));
    let f = (m - 1.0) / (m + 1.0);
    let s = f * f;
    let q = s * s;
    // artanh f / f = Σ s^k / (2k+1), even and odd k apart.
    let even = 1.0 + q * (1.0 / 5.0 + q * (1.0 / 9.0 + q * (1.0 / 13.0 + q * (1.0 / 17.0))));
    let odd = 1.0 / 3.0 + q * (1.0 / 7.0 + q * (1.0 / 11.0 + q * (1.0 / 15.0 + q * (1.0 / 19.0))));
    k * LN_2 + 2.0 * f * (even + s * odd)
}

/// sin(x + turns π/2).
#[inline(always)]
fn sin1(x: f64, turns: u64) -> f64 {
    let shifted = x * FRAC_2_PI + ROUND;
    let k = shifted - ROUND;
    let r = ((x - k * HALF_PI[0]) - k * HALF_PI[1]) - k * HALF_PI[2];
    let s = r * r;
    let sine = -1.0 / 6.0
        + s * (1.0 / 120.0
            + s * (-1.0 / 5_040.0
                + s * (1.0 / 362_880.0 + s * (-1.0 / 39_916_800.0 + s * (1.0 / 6_227_020_800.0 - s / 1_307_674_368_000.0)))));
    let cosine = -0.5
        + s * (1.0 / 24.0
            + s * (-1.0 / 720.0
                + s * (1.0 / 40_320.0 + s * (-1.0 / 3_628_800.0 + s * (1.0 / 479_001_600.0 - s / 87_178_291_200.0)))));
    let quarter = shifted.to_bits().wrapping_add(turns);
    let out = if quarter & 1 == 0 { r + r * s * sine } else { 1.0 + s * cosine };
    f64::from_bits(out.to_bits() ^ ((quarter & 2) << 62))
}

pub(super) fn exp(x: &Block, out: &mut Block) {
    each(x, out, exp1);
}

pub(super) fn log(x: &Block, out: &mut Block) {
    each(x, out, log1);
    repair(x, out, |x| (f64::MIN_POSITIVE..=f64::MAX).contains(&x), libm::log);
}

pub(super) fn sin(x: &Block, out: &mut Block) {
    each(x, out, |x| sin1(x, 0));
    repair(x, out, |x| x.abs() < ANGLE_MAX, libm::sin);
}

pub(super) fn cos(x: &Block, out: &mut Block) {
    each(x, out, |x| sin1(x, 1));
    repair(x, out, |x| x.abs() < ANGLE_MAX, libm::cos);
}

pub(super) fn tanh(x: &Block, out: &mut Block) {
    each(x, out, |x| {
        // −m / (2 + m) with m = e^(−2|x|) − 1, which loses nothing at small x.
        let (scale, p, q) = exp_parts(-2.0 * x.abs());
        let m = 2.0 * (scale * p) + (scale - 1.0) * (q - p);
        (-m / (2.0 * (q - p) + m)).copysign(x)
    });
}

pub(super) fn sigmoid(x: &Block, out: &mut Block) {
    each(x, out, |x| {
        let (scale, p, q) = exp_parts(-x);
        (q - p) / ((q - p) + scale * (q + p))
    });
}

pub(super) fn softplus(x: &Block, out: &mut Block) {
    each(x, out, |x| {
        let e = exp1(-x.abs());
        let u = 1.0 + e;
        // ln(1 + e) without the rounding of 1 + e (Kahan).
        let log = if u == 1.0 { e } else { log1(u) * e / (u - 1.0) };
        log + if x > 0.0 { x } else { 0.0 }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    type Function = (fn(&Block, &mut Block), fn(f64) -> f64, f64);

    fn softplus_reference(x: f64) -> f64 {
        x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
    }

    const ALL: [Function; 7] = [
        (exp, libm::exp, 700.0),
        (log, libm::log, 1e300),
        (sin, libm::sin, 1e7),
        (cos, libm::cos, 1e7),
        (tanh, libm::tanh, 700.0),
        (sigmoid, |x| 1.0 / (1.0 + libm::exp(-x)), 700.0),
        (softplus, softplus_reference, 700.0),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn agree_with_libm(mantissa in -1.0..1.0_f64, scale in -8.0..1.0_f64) {
            for (fast, exact, range) in ALL {
                let x = mantissa * libm::pow(10.0, scale * range.log10().max(2.0));
                let x = if range == 1e300 { x.abs() } else { x };
                let (points, mut out) = ([x; BLOCK], [0.0; BLOCK]);
                fast(&points, &mut out);
                let exact = exact(x);
                // Near its zeros a sine is as accurate as its argument.
                let scale = if range == 1e7 { exact.abs().max(1e-3 * x.abs().min(1.0)) } else { exact.abs() };
                prop_assert!(out[7] == exact || (out[7] - exact).abs() <= 1e-13 * scale, "f({x}) = {}, not {exact}", out[7]);
            }
        }
    }

    #[test]
    fn extremes() {
        for (fast, exact, _) in ALL {
            for x in [0.0, -0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-310, -1.0, 800.0, -800.0, 1.5e5] {
                let mut out = [0.0; BLOCK];
                fast(&[x; BLOCK], &mut out);
                let exact = exact(x);
                let same = out[0] == exact
                    || (out[0].is_nan() && exact.is_nan())
                    || (out[0] - exact).abs() <= 1e-13 * exact.abs().max(1e-290);
                assert!(same, "f({x}) = {}, not {exact}", out[0]);
            }
        }
    }
}
