//! Axis ticks: nice positions and labels with the digits that they need.

/// One tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Position on the axis.
    pub value: f64,
    /// Text; with an [`offset`](Ticks::offset) it is what is added to the offset.
    pub label: String,
}

/// The ticks of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ticks {
    /// Ascending.
    pub ticks: Vec<Tick>,
    /// What stands once at the axis' end: "×10⁻⁷", "+1.25", "×10⁻⁷ +1.25"; empty as a rule.
    pub offset: String,
    /// Distance of two ticks; 0 on a logarithmic axis.
    pub step: f64,
}

/// Offset notation begins where the labels would need more digits than this.
const MOST_DIGITS: i32 = 6;
/// The least count for which there are two round numbers on any axis.
const LEAST: usize = 3;
/// On fewer decades than this there may be no two powers of ten.
const FEW_DECADES: f64 = 2.0;
/// The share of an axis in which the number near its end is looked for.
const END: f64 = 0.08;

/// Ticks at multiples of 1, 2 or 5 · 10ᵏ in [low, high], about `count` of them; none where the interval is empty or not finite.
pub fn ticks(low: f64, high: f64, count: usize) -> Ticks {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) || count == 0 {
        return Ticks::default();
    }
    let (mantissa, exponent) = nice_step(span / count as f64);
    let step = mantissa * power_of_ten(exponent);
    let largest = low.abs().max(high.abs());
    let magnitude = decimal_exponent(largest);
    let offset = if magnitude - exponent > MOST_DIGITS { Some(round_to(0.5 * low + 0.5 * high, exponent + 1)) } else { None };
    let base = offset.unwrap_or(0.0);
    // Multiples of the step are counted from the offset: their differences are exact where their sums are not.
    let (first, last) = (((low - base) / step).ceil(), ((high - base) / step).floor());
    let reach = if offset.is_some() { decimal_exponent((low - base).abs().max((high - base).abs())) } else { magnitude };
    let scientific = reach >= 6 || exponent < -5;
    let scale = if scientific { reach } else { 0 };
    let decimals = usize::try_from(scale - exponent).unwrap_or(0);
    let mut result = Ticks { step, ..Ticks::default() };
    let mut index = first;
    while index <= last && result.ticks.len() <= 4 * count + 4 {
        let shifted = index * mantissa * power_of_ten(exponent - scale);
        result.ticks.push(Tick { value: base + index * step, label: signed(shifted, decimals) });
        index += 1.0;
    }
    if scientific {
        result.offset = format!("×10{}", superscript(scale));
    }
    if offset.is_some() {
        let digits = usize::try_from(-(exponent + 1)).unwrap_or(0);
        let text = signed(base, digits);
        let sign = if text.starts_with('−') { "" } else { "+" };
        result.offset = format!("{}{}{sign}{text}", result.offset, if scientific { " " } else { "" });
    }
    result
}

/// Ticks of a logarithmic axis in [low, high], both positive: powers of ten at even distances, or round numbers where there are
/// few of them; two at least and about `count`, three or more. None where the interval is empty, not positive or not finite.
pub fn log_ticks(low: f64, high: f64, count: usize) -> Ticks {
    if !(low.is_finite() && high.is_finite() && low > 0.0 && high > low) || count == 0 {
        return Ticks::default();
    }
    let count = count.max(LEAST);
    let [from, to] = [low, high].map(libm::log10);
    if to - from < FEW_DECADES {
        let value = |t: f64| libm::exp10(from + t * (to - from));
        let ticks = spread(count, false, value, |f| (libm::log10(f) - from) / (to - from));
        return Ticks { ticks, ..Ticks::default() };
    }
    let every = ((to - from) / count as f64).ceil() as i32;
    let inside = (from - 1e-9).ceil() as i32..=(to + 1e-9).floor() as i32;
    // Multiples of the distance, or, where only one of them is inside, others.
    let chosen = |phase: &i32| inside.clone().filter(|k| (k - phase).rem_euclid(every) == 0).count() > 1;
    let phase = (0..every).find(chosen).unwrap_or(0);
    let exponents = inside.clone().filter(|k| (k - phase).rem_euclid(every) == 0);
    let ticks = exponents.map(|k| Tick { value: power_of_ten(k), label: decade(k) }).collect();
    Ticks { ticks, ..Ticks::default() }
}

/// Round numbers spread over an axis on which `value` gives the number at t in [0, 1] and `place` the t of a number, both
/// increasing: about `count` of them, two at least; with `ends` 0 where it is on the axis, and one near each end.
pub fn spread(count: usize, ends: bool, value: impl Fn(f64) -> f64, place: impl Fn(f64) -> f64) -> Vec<Tick> {
    let gap = 1.0 / count.max(LEAST) as f64;
    let mut chosen: Vec<Round> = Vec::new();
    if ends {
        // 0 stands before a number near an end.
        for [from, to, end] in [[0.0, 1.0, 0.0], [0.0, END, 0.0], [1.0 - END, 1.0, 1.0]] {
            let found = roundest(value(from), value(to), value(end)).filter(|round| to - from < 1.0 || round.value == 0.0);
            let free = |round: &Round| chosen.iter().all(|other| (place(other.value) - place(round.value)).abs() >= gap);
            chosen.extend(found.filter(free));
        }
        chosen.sort_by(|a, b| a.value.total_cmp(&b.value));
    }
    // Where the next ones may stand; the widest room comes first.
    let mut edges = vec![-gap];
    edges.extend(chosen.iter().map(|round| place(round.value)));
    edges.push(1.0 + gap);
    let mut rooms: Vec<(f64, f64)> = edges.windows(2).map(|pair| (pair[0] + gap, pair[1] - gap)).collect();
    let width = |a: &(f64, f64), b: &(f64, f64)| (a.1 - a.0).total_cmp(&(b.1 - b.0));
    rooms.sort_by(width);
    // More than two are there to be read at a glance: they have no more digits than those, or but one where ends are not round.
    let few = |chosen: &[Round]| chosen.iter().map(|round| round.digits).fold(1, usize::max) + usize::from(ends);
    while let Some((from, to)) = rooms.pop().filter(|_| chosen.len() <= 2 * count + 2) {
        let found = roundest(value(from), value(to), value(0.5 * (from + to)));
        if let Some(round) = found.filter(|round| chosen.len() < 2 || round.digits <= few(&chosen)) {
            let t = place(round.value);
            rooms.extend([(from, t - gap), (t + gap, to)]);
            rooms.sort_by(width);
            chosen.push(round);
        }
    }
    chosen.sort_by(|a, b| a.value.total_cmp(&b.value));
    chosen.into_iter().map(|Round { value, digits }| Tick { value, label: number(value, digits) }).collect()
}

/// A number with the digits that it is written with.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Round {
    value: f64,
    digits: usize,
}

/// The roundest number in [low, high]: 0, a power of ten, or one of few digits, with 5 or an even one last where there is such;
/// of several the nearest to `near`.
fn roundest(low: f64, high: f64, near: f64) -> Option<Round> {
    if !(low.is_finite() && high.is_finite() && low <= high) {
        return None;
    }
    if high < 0.0 {
        return roundest(-high, -low, -near).map(|round| Round { value: -round.value, ..round });
    }
    if low <= 0.0 {
        return Some(Round { value: 0.0, digits: 1 });
    }
    let nearest = |low: f64, wish: f64, high: f64| (low <= high).then(|| wish.round().clamp(low, high));
    let [first, wish, last] = [low, near.clamp(low, high), high].map(libm::log10);
    if let Some(exponent) = nearest((first - 1e-12).ceil(), wish, (last + 1e-12).floor()) {
        return Some(Round { value: power_of_ten(exponent as i32), digits: 1 });
    }
    let leading = decimal_exponent(high);
    let mut steps = (0..16).flat_map(|k| [5.0, 2.0, 1.0].map(|mantissa| (k, mantissa * power_of_ten(leading - k))));
    let found = |(k, step): (i32, f64)| {
        let index = nearest((low / step - 1e-9).ceil(), near / step, (high / step + 1e-9).floor())?;
        Some(Round { value: index * step, digits: k as usize + 1 })
    };
    steps.find_map(found)
}

/// A number as a tick or a legend shows it: `digits` significant digits, a true minus sign, powers of ten
/// where the plain number would be long.
pub fn number(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return if value.is_nan() { "undefined".to_owned() } else { signed(value, 0).replace("inf", "∞") };
    }
    let digits = digits.clamp(1, 17);
    // Rounding may carry into the next decade, so the exponent is read from the rounded text.
    let text = format!("{:.*e}", digits - 1, value);
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| {
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
        text.replace('-', "−")
    };
    if (-4..=5).contains(&exponent) {
        let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
        trimmed(&format!("{value:.decimals$}"))
    } else {
        format!("{}×10{}", trimmed(mantissa), superscript(exponent))
    }
}

/// A power of ten: "0.01", "10⁻⁵".
pub fn decade(exponent: i32) -> String {
    if (-3..=4).contains(&exponent) { number(power_of_ten(exponent), 1) } else { format!("10{}", superscript(exponent)) }
}

/// The smallest of 1, 2, 5 · 10ᵏ that is not below `raw` (to rounding), as mantissa and exponent.
pub(super) fn nice_step(raw: f64) -> (f64, i32) {
    let exponent = decimal_exponent(raw);
    let fraction = raw / power_of_ten(exponent);
    match fraction {
        f if f <= 1.0 + 1e-9 => (1.0, exponent),
        f if f <= 2.0 + 1e-9 => (2.0, exponent),
        f if f <= 5.0 + 1e-9 => (5.0, exponent),
        _ => (1.0, exponent + 1),
    }
}

/// ⌊log₁₀ |v|⌋; 0 for zero and for what is not finite.
fn decimal_exponent(v: f64) -> i32 {
    if v == 0.0 || !v.is_finite() { 0 } else { libm::floor(libm::log10(v.abs()) + 1e-12) as i32 }
}

pub(super) fn power_of_ten(exponent: i32) -> f64 {
    libm::pow(10.0, f64::from(exponent))
}

fn round_to(value: f64, exponent: i32) -> f64 {
    let text = format!("{:.*}", usize::try_from(-exponent).unwrap_or(0), value);
    let unit = power_of_ten(exponent);
    if exponent > 0 { (value / unit).round() * unit } else { text.parse().unwrap_or(value) }
}

fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let zero = text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.');
    if zero { text.trim_start_matches('-').to_owned() } else { text.replace('-', "−") }
}

fn superscript(exponent: i32) -> String {
    let digit = |c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        c => char::from_u32(0x2070 + u32::from(c) - u32::from('0')).unwrap_or(c),
    };
    exponent.to_string().chars().map(digit).collect()
}
