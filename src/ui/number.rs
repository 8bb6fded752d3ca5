//! Numbers as people read them: rounded to what they mean, with mathematical signs.

/// Powers of ten of numbers that are written without one.
const PLAIN: std::ops::Range<i32> = -3..5;

/// `v` to `digits` significant digits, trailing zeros kept, a true minus sign; powers of ten outside [10⁻³, 10⁵).
pub fn significant(v: f64, digits: usize) -> String {
    if v.is_nan() {
        return "–".to_owned();
    }
    if v.is_infinite() {
        return if v > 0.0 { "∞".to_owned() } else { "−∞".to_owned() };
    }
    if v == 0.0 {
        return "0".to_owned();
    }
    let digits = digits.clamp(1, 15);
    let scientific = format!("{:.*e}", digits - 1, v.abs());
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if v < 0.0 { "−" } else { "" };
    if PLAIN.contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        format!("{sign}{:.*}", decimals, v.abs())
    } else {
        format!("{sign}{mantissa}×10{}", superscript(exponent))
    }
}

/// `v` as short as it can be said to `digits` significant digits: trailing zeros dropped.
pub fn short(v: f64, digits: usize) -> String {
    let text = significant(v, digits);
    let (mantissa, rest) = text.split_once('×').map_or((text.as_str(), String::new()), |(m, r)| (m, format!("×{r}")));
    if mantissa.contains('.') {
        let trimmed = mantissa.trim_end_matches('0').trim_end_matches('.');
        format!("{trimmed}{rest}")
    } else {
        text
    }
}

/// `v` to the last digit that `error` leaves, with it: "8.0 ± 0.3"; `v` alone where that is beyond its `digits`.
pub fn with_error(v: f64, error: f64, digits: usize) -> String {
    let decade = |v: f64| libm::floor(libm::log10(v.abs()));
    let told = short(error, 1);
    let Some(rounded) = parse(&told).filter(|error| *error > 0.0 && v.is_finite()) else {
        return significant(v, digits);
    };
    if v == 0.0 {
        return format!("0 ± {told}");
    }
    let (exponent, meant) = (decade(v), decade(v) - decade(rounded) + 1.0);
    if meant > digits as f64 {
        return significant(v, digits);
    }
    let meant = meant.max(1.0) as usize;
    if PLAIN.contains(&(exponent as i32)) {
        return format!("{} ± {told}", significant(v, meant));
    }
    let unit = libm::exp10(exponent);
    format!("({} ± {})×10{}", significant(v / unit, meant), short(rounded / unit, 1), superscript(exponent as i32))
}

/// A point or a vector, "(1.50, −0.20)"; the first four entries of a long one.
pub fn vector(x: &[f64], digits: usize) -> String {
    let shown = if x.len() > 4 { &x[..3] } else { x };
    let mut parts: Vec<String> = shown.iter().map(|&v| significant(v, digits)).collect();
    if x.len() > 4 {
        parts.push("…".to_owned());
    }
    format!("({})", parts.join(", "))
}

/// A point whose coordinates are 0 where they are smaller than `least`.
pub fn point(x: &[f64], digits: usize, least: f64) -> String {
    vector(&x.iter().map(|v| if v.abs() < least { 0.0 } else { *v }).collect::<Vec<_>>(), digits)
}

/// A count with thin groups: 12 000.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digits.len() > 4 {
            text.push('\u{a0}');
        }
        text.push(c);
    }
    text
}

/// The text with the spaces of its equations and inside its points made unbreakable: a line ends between them, never inside.
pub fn unbroken(text: &str) -> String {
    let mut depth = 0;
    let mut whole = String::new();
    for (i, c) in text.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        let next = text[i + c.len_utf8()..].chars().next();
        let equation = text[..i].ends_with('=') || next == Some('=');
        let point = depth > 0 && text[..i].ends_with(',') && next.is_some_and(|c| c.is_ascii_digit() || "−–…".contains(c));
        whole.push(if c == ' ' && (equation || point) { '\u{a0}' } else { c });
    }
    whole
}

/// An exponent in raised figures.
pub fn superscript(exponent: i32) -> String {
    const FIGURES: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    exponent.to_string().chars().map(|c| c.to_digit(10).map_or('⁻', |d| FIGURES[d as usize])).collect()
}

/// A number that someone typed: accepts what [`significant`] writes.
pub fn parse(text: &str) -> Option<f64> {
    let plain: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '−' => '-',
            ',' => '.',
            c => c,
        })
        .collect();
    let plain = match plain.split_once("×10") {
        Some((mantissa, exponent)) => {
            let figures: String = exponent
                .chars()
                .map(|c| match c {
                    '⁻' => '-',
                    '⁰' => '0',
                    '¹' => '1',
                    '²' => '2',
                    '³' => '3',
                    '⁴'..='⁹' => char::from_digit(c as u32 - '⁴' as u32 + 4, 10).unwrap_or(c),
                    c => c,
                })
                .collect();
            format!("{mantissa}e{figures}")
        }
        None => plain,
    };
    plain.parse().ok().filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_what_they_mean() {
        for (v, digits, text) in [
            (0.0, 3, "0"),
            (-1.0, 3, "−1.00"),
            (1234.5678, 4, "1235"),
            (0.001_234_5, 3, "0.00123"),
            (0.000_999_9, 2, "0.0010"),
            (1.25e-7, 3, "1.25×10⁻⁷"),
            (-3.0e12, 2, "−3.0×10¹²"),
            (f64::NAN, 3, "–"),
            (f64::NEG_INFINITY, 3, "−∞"),
        ] {
            assert_eq!(significant(v, digits), text);
        }
        assert_eq!(point(&[-1.095e-46, 1.0], 3, 1e-30), "(0, 1.00)");
        assert_eq!(short(0.5, 4), "0.5");
        assert_eq!(short(100.0, 3), "100");
        assert_eq!(short(1e-5, 3), "1×10⁻⁵");
        assert_eq!(count(1_234_567), "1\u{a0}234\u{a0}567");
    }

    #[test]
    fn errors_leave_the_digits_that_mean_something() {
        for (v, error, digits, text) in [
            (-0.113_712, 2e-12, 4, "−0.1137"),
            (7.96, 0.3, 3, "8.0 ± 0.3"),
            (24.71, 3.2, 3, "25 ± 3"),
            (2.076, 0.082, 3, "2.08 ± 0.08"),
            (1.0, 0.096, 3, "1.0 ± 0.1"),
            (0.2, 3.0, 3, "0.2 ± 3"),
            (123_456.0, 700.0, 4, "(1.235 ± 0.007)×10⁵"),
            (-2.37e-9, 4e-11, 4, "(−2.37 ± 0.04)×10⁻⁹"),
            (5.0, f64::NAN, 3, "5.00"),
            (0.0, 0.1, 3, "0 ± 0.1"),
            (f64::NAN, 0.1, 3, "–"),
        ] {
            assert_eq!(with_error(v, error, digits), text);
        }
    }

    #[test]
    fn lines_end_between_equations() {
        let text = "degenerate point, λₘᵢₙ = −2.4×10⁻⁹, step 135";
        assert_eq!(unbroken(text), "degenerate point, λₘᵢₙ\u{a0}=\u{a0}−2.4×10⁻⁹, step 135");
        assert_eq!(unbroken("saddle (0.50, −1.00)"), "saddle (0.50,\u{a0}−1.00)");
        assert_eq!(unbroken("a step (Moré, Sorensen 1983)"), "a step (Moré, Sorensen 1983)");
    }

    #[test]
    fn what_is_written_can_be_typed() {
        for v in [0.0, 1.0, -2.5, 1.25e-7, -3.0e12, 0.1] {
            assert_eq!(parse(&short(v, 6)), Some(v));
        }
        assert_eq!(parse("0,5"), Some(0.5));
        assert_eq!(parse("nonsense"), None);
    }
}
