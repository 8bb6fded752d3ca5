//! Elementary functions on eight numbers at once.
//!
//! IEEE operations in a fixed order and nothing else: the same bits on every platform and at every vector width. Functions are
//! written without branches and inlined into callers that [`vectorized`] compiles for the machine's widest registers.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use native::Dispatched;

/// Numbers that are worked on together: a multiple of every register's width, and the granule of every sum over samples.
pub(crate) const LANES: usize = 8;

/// A machine's vector registers.
pub(crate) trait Machine: Copy {
    /// [`WIDTH`](Self::WIDTH) numbers.
    type Register: Copy;
    /// A divisor of [`LANES`].
    const WIDTH: usize;
    /// Whether there are registers for tiles of 4 × 4.
    const MANY: bool;

    /// `value` in every place.
    fn splat(self, value: f64) -> Self::Register;
    /// The first numbers of `from`.
    fn load(self, from: &[f64]) -> Self::Register;
    /// To the first numbers of `to`.
    fn store(self, register: Self::Register, to: &mut [f64]);
    /// a + b.
    fn add(self, a: Self::Register, b: Self::Register) -> Self::Register;
    /// a b.
    fn multiply(self, a: Self::Register, b: Self::Register) -> Self::Register;
}

/// What is to be run in the machine's registers.
pub(crate) trait Work {
    /// What it gives back.
    type Output;
    /// `#[inline(always)]`.
    fn run<M: Machine>(self, machine: M) -> Self::Output;
}

/// Runs `work` compiled for the widest vector registers that the machine has. Everything that it calls and that is to be
/// vectorized must be `#[inline(always)]`: what is not inlined, a closure for one, is compiled for the oldest machine.
#[inline]
pub(crate) fn vectorized<W: Work>(work: W) -> W::Output {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return work.run(browser::Vectors);
    #[cfg(all(feature = "registers-of-four", target_arch = "x86_64"))]
    if let Some(simd) = pulp::x86::V3::try_new() {
        return pulp::Simd::vectorize(simd, Dispatched(work));
    }
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    pulp::Arch::new().dispatch(Dispatched(work))
}

/// Numbers in the machine's widest register.
pub(crate) fn width() -> usize {
    struct Width;
    impl Work for Width {
        type Output = usize;

        #[inline(always)]
        fn run<M: Machine>(self, _: M) -> usize {
            M::WIDTH
        }
    }
    vectorized(Width)
}

/// Registers that pulp knows.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod native {
    use super::{Machine, Work};
    use pulp::{Simd, WithSimd};

    /// Work for pulp.
    pub(crate) struct Dispatched<W>(pub W);

    impl<W: Work> WithSimd for Dispatched<W> {
        type Output = W::Output;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> W::Output {
            self.0.run(Registers(simd))
        }
    }

    /// As many as the machine has, as wide as they are.
    #[derive(Clone, Copy)]
    struct Registers<S>(S);

    impl<S: Simd> Machine for Registers<S> {
        type Register = S::f64s;
        const WIDTH: usize = S::F64_LANES;
        const MANY: bool = S::REGISTER_COUNT >= 32;

        #[inline(always)]
        fn splat(self, value: f64) -> S::f64s {
            self.0.splat_f64s(value)
        }

        #[inline(always)]
        fn load(self, from: &[f64]) -> S::f64s {
            S::as_simd_f64s(&from[..Self::WIDTH]).0[0]
        }

        #[inline(always)]
        fn store(self, register: S::f64s, to: &mut [f64]) {
            S::as_mut_simd_f64s(&mut to[..Self::WIDTH]).0[0] = register;
        }

        #[inline(always)]
        fn add(self, a: S::f64s, b: S::f64s) -> S::f64s {
            self.0.add_f64s(a, b)
        }

        #[inline(always)]
        fn multiply(self, a: S::f64s, b: S::f64s) -> S::f64s {
            self.0.mul_f64s(a, b)
        }
    }
}

/// WebAssembly's registers themselves: pulp's are pairs of numbers, which the compiler takes apart between any two operations.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod browser {
    use super::Machine;
    use core::arch::wasm32::{f64x2, f64x2_add, f64x2_extract_lane, f64x2_mul, f64x2_splat, v128};

    #[derive(Clone, Copy)]
    pub(crate) struct Vectors;

    impl Machine for Vectors {
        type Register = v128;
        const WIDTH: usize = 2;
        // On x86 there are 16.
        const MANY: bool = false;

        #[inline(always)]
        fn splat(self, value: f64) -> v128 {
            f64x2_splat(value)
        }

        #[inline(always)]
        fn load(self, from: &[f64]) -> v128 {
            let from = &from[..2];
            f64x2(from[0], from[1])
        }

        #[inline(always)]
        fn store(self, register: v128, to: &mut [f64]) {
            to[..2].copy_from_slice(&[f64x2_extract_lane::<0>(register), f64x2_extract_lane::<1>(register)]);
        }

        #[inline(always)]
        fn add(self, a: v128, b: v128) -> v128 {
            f64x2_add(a, b)
        }

        #[inline(always)]
        fn multiply(self, a: v128, b: v128) -> v128 {
            f64x2_mul(a, b)
        }
    }
}

/// Where e^x is no longer finite, and where it no longer matters.
const EXP_RANGE: [f64; 2] = [-708.0, 709.0];
/// log₂ e, and ln 2 in a part of 32 bits and the rest.
const LOG2_E: f64 = std::f64::consts::LOG2_E;
const LN2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
const LN2_LOW: f64 = f64::from_bits(0x3DEA_39EF_3579_3C76);
/// 1.5 · 2⁵²: adding it rounds to a whole number that stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// 2ᵏ and r with x = k ln 2 + r, |r| ≤ ½ ln 2.
#[inline(always)]
fn reduced(x: f64) -> (f64, f64) {
    let shifted = x * LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    (f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52), r)
}

/// p and q with e^r = (q + p)/(q − p) for |r| ≤ ½ ln 2 to 2 · 10⁻¹⁷: the Padé form of Cephes' `exp` (Moshier 1992), p odd in r
/// and q even. A quotient of two such sums has one division, and half the operations of a polynomial.
#[inline(always)]
fn quotient(r: f64) -> (f64, f64) {
    let square = r * r;
    let p = (1.261_771_930_748_105_9e-4 * square + 3.029_944_077_074_419_6e-2) * square + 1.0;
    let q = (3.001_985_051_386_644_6e-6 * square + 2.524_483_403_496_841e-3) * square + 2.272_655_482_081_550_3e-1;
    (r * p, q * square + 2.0)
}

#[inline(always)]
fn clamped(x: f64, [low, high]: [f64; 2]) -> f64 {
    // Comparisons, not min and max: a NaN stays one.
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// e^x to 2 units in the last place for |x| ≤ 708; e^±708 and e^709 beyond. e^r is its Taylor polynomial of degree 13, whose
/// remainder is 5 · 10⁻¹⁸.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let (scale, r) = reduced(clamped(x, EXP_RANGE));
    let mut p = 1.0 / 6_227_020_800.0;
    for factorial in [479_001_600.0, 39_916_800.0, 3_628_800.0, 362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0] {
        p = p * r + 1.0 / factorial;
    }
    scale * ((p * r) * r + r) + scale
}

/// tanh x = (e^{2x} − 1)/(e^{2x} + 1) to 3 units in the last place, near 0 as well: with e^{2x} = s (q + p)/(q − p) it is
/// ((s − 1) q + (s + 1) p)/((s + 1) q + (s − 1) p).
#[inline(always)]
pub(crate) fn tanh(x: f64) -> f64 {
    let (scale, r) = reduced(clamped(2.0 * x, [-44.0, 44.0]));
    let (p, q) = quotient(r);
    let (less, more) = (scale - 1.0, scale + 1.0);
    (less * q + more * p) / (more * q + less * p)
}

/// 1/(1 + e^{−x}) = (q − p)/((q − p) + s (q + p)) to 2 units in the last place for |x| ≤ 708.
#[inline(always)]
pub(crate) fn sigmoid(x: f64) -> f64 {
    let (scale, r) = reduced(clamped(-x, [-708.0, 708.0]));
    let (p, q) = quotient(r);
    let below = q - p;
    below / (below + scale * (q + p))
}

/// φ(z) = e^{−z²/2}/√(2π).
#[inline(always)]
pub(crate) fn density(z: f64) -> f64 {
    0.398_942_280_401_432_7 * exp(-0.5 * z * z)
}

/// Coefficients of a quotient of polynomials for Mills' ratio (1 − Φ(x))/φ(x), 0 ≤ x ≤ 40, from the constant one up: off by at most
/// 6 · 10⁻¹⁷ of it, by least squares with weights in 60 digits. All are positive, so that nothing cancels.
#[allow(clippy::excessive_precision, reason = "as they were computed")]
const MILLS: [[f64; 10]; 2] = [
    [
        1.2533141373155001838,
        1.9436833177352016973,
        1.4910276478931831316,
        0.72665996501037303334,
        0.24552918521874757514,
        0.059406121579287223566,
        0.010291485345604794219,
        0.0012352366933544947482,
        0.000093921947255182443592,
        3.4974575423326710568e-6,
    ],
    [
        2.3487194711138624395,
        2.5636749436433389843,
        1.7169092081920240271,
        0.78363082505448667911,
        0.25563281534713067891,
        0.060634363765839387233,
        0.010385407282209244782,
        0.0012387341510848281008,
        0.00009392194725318941844,
        3.4974575423421853985e-6,
    ],
];

/// Φ(z) and φ(z): Φ(−x) is φ(x) times Mills' ratio. To 4 units in the last place for z ≥ −1, and to z² units below, as φ is.
#[inline(always)]
pub(crate) fn normal(z: f64) -> (f64, f64) {
    let density = density(z);
    let x = z.abs();
    let x = if x < 38.0 { x } else { 38.0 };
    let [p, q] = MILLS.map(|c| c.iter().rev().fold(0.0, |sum, c| sum * x + c));
    let tail = density * p / (1.0 + q * x);
    (if z < 0.0 { tail } else { 1.0 - tail }, density)
}

/// ln(1 + x) = 2 artanh(x/(2 + x)) for 0 ≤ x ≤ 1, to 3 units in the last place: the argument is at most 1/3, and the remainder
/// of 17 terms 10⁻¹⁷ of the sum.
#[inline(always)]
pub(crate) fn ln_1p(x: f64) -> f64 {
    let s = x / (2.0 + x);
    let square = s * s;
    let mut p = 1.0 / 33.0;
    for odd in [31.0, 29.0, 27.0, 25.0, 23.0, 21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        p = p * square + 1.0 / odd;
    }
    2.0 * ((p * square) * s + s)
}

/// The sum of the lanes, by halves.
#[inline(always)]
pub(crate) fn sum(v: [f64; LANES]) -> f64 {
    let quarter = [v[0] + v[4], v[1] + v[5], v[2] + v[6], v[3] + v[7]];
    (quarter[0] + quarter[2]) + (quarter[1] + quarter[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ulps(ours: f64, right: f64) -> f64 {
        (ours - right).abs() / (right.abs() * f64::EPSILON).max(f64::MIN_POSITIVE)
    }

    #[test]
    fn elementary_functions_agree_with_libm() {
        let mut worst = [0.0_f64; 4];
        for i in 0..400_001 {
            let x = (f64::from(i) - 200_000.0) * 1.7e-4;
            worst[0] = worst[0].max(ulps(exp(x), libm::exp(x)));
            worst[1] = worst[1].max(ulps(tanh(x), libm::tanh(x))).max(ulps(tanh(0.01 * x), libm::tanh(0.01 * x)));
            worst[2] = worst[2].max(ulps(sigmoid(x), 1.0 / (1.0 + libm::exp(-x))));
            let unit = f64::from(i) / 400_000.0;
            worst[3] = worst[3].max(ulps(ln_1p(unit), libm::log1p(unit)));
        }
        assert!(worst.iter().all(|w| *w <= 3.0), "{worst:?}");
    }

    #[test]
    fn the_normal_distribution_agrees_with_libm() {
        let (mut worst, mut below) = (0.0_f64, 0.0_f64);
        for i in 0..400_001 {
            let z = (f64::from(i) - 200_000.0) * 1.5e-4;
            let (ours, right) = (normal(z).0, 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2));
            let off = ulps(ours, right);
            if z >= -1.0 { worst = worst.max(off) } else { below = below.max(off / (z * z)) }
        }
        assert!(worst <= 4.0 && below <= 4.0, "{worst} {below}");
        assert_eq!((normal(1e300).0, normal(0.0).0), (1.0, 0.5));
        assert!(normal(-1e300).0 < 1e-300 && normal(f64::NAN).0.is_nan());
    }

    #[test]
    fn the_ends_are_finite_and_nan_stays() {
        assert_eq!((tanh(1e300), tanh(-1e300), tanh(0.0), exp(0.0)), (1.0, -1.0, 0.0, 1.0));
        assert!(exp(1e300).is_finite() && exp(-1e300) < 1e-300 && sigmoid(-1e300) < 1e-300);
        assert!(tanh(f64::NAN).is_nan() && exp(f64::NAN).is_nan() && sigmoid(f64::NAN).is_nan());
        assert_eq!(tanh(1e-200), 1e-200);
    }
}
