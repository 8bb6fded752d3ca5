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

/// Ticks of a logarithmic axis in [low, high], both positive: powers of ten, with 2 and 5 between them where
/// there are few, thinned to about `count`; none where the interval is empty, not positive or not finite.
pub fn log_ticks(low: f64, high: f64, count: usize) -> Ticks {
    if !(low.is_finite() && high.is_finite() && low > 0.0 && high > low) || count == 0 {
        return Ticks::default();
    }
    let (first, last) = (decimal_exponent(low), decimal_exponent(high));
    let decades = libm::log10(high / low);
    if decades < 0.7 {
        return ticks(low, high, count);
    }
    let every = ((decades / count as f64).ceil() as i32).max(1);
    let mantissas: &[f64] = if decades * 3.0 <= count as f64 + 1.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let mut result = Ticks::default();
    for exponent in first..=last {
        if exponent.rem_euclid(every) != 0 {
            continue;
        }
        for mantissa in mantissas {
            let value = mantissa * power_of_ten(exponent);
            if value >= low * (1.0 - 1e-12) && value <= high * (1.0 + 1e-12) {
                result.ticks.push(Tick { value, label: label(*mantissa, exponent) });
            }
        }
    }
    result
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

fn label(mantissa: f64, exponent: i32) -> String {
    match exponent {
        -3..=4 => number(mantissa * power_of_ten(exponent), 1),
        _ if mantissa == 1.0 => format!("10{}", superscript(exponent)),
        _ => format!("{mantissa}×10{}", superscript(exponent)),
    }
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
