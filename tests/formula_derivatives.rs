//! Derivatives of formulas: against differences, and the three ways of computing them against each other.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use saddlescope::formula::{Formula, Scope, Table};

fn table() -> Table {
    Table::new(vec![("z".into(), 2), ("s".into(), 1)], vec![0.3, -0.1, 1.2, 0.1, 0.9, -0.7, -0.5, 0.2, 0.4]).unwrap()
}

fn parse(text: &str, dim: usize) -> Formula {
    let scope = Scope { dim, parameters: vec!["a".into(), "b".into()], table: Some(table()) };
    Formula::parse(text, &scope).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Every operation of one and two arguments, in a place where its derivatives count.
fn operations() -> Vec<String> {
    let mut texts = Vec::new();
    let unary = [
        "exp", "expm1", "log", "ln", "log1p", "log2", "log10", "sqrt", "cbrt", "abs", "sign", "floor", "ceil", "round", "sin",
        "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "sigmoid", "softplus",
        "relu", "not", "square", "cube", "-", "3 -", "2 *", "1 +", "5 /", "1.7^", "0.5 *",
    ];
    texts.extend(unary.iter().map(|f| format!("{f}(x + 0.4 x y) + x y")));
    texts.extend(
        ["2", "3", "4", "7", "-1", "-3", "0.5", "1/3", "-1.5", "2.5", "a", "y"].iter().map(|k| format!("(x + 0.3 y^2)^({k})")),
    );
    texts.extend(["pow", "min", "max", "mod", "atan2", "hypot"].iter().map(|f| format!("{f}(x + 0.2 y^2, y - x^2) y")));
    texts.extend(["+", "-", "*", "/", "<", ">="].iter().map(|f| format!("(sin(x) + y {f} (x^2 - y)) x")));
    texts.extend(
        ["x/7", "if(x < y^2, x y^2, sin(x y))", "mean(sigmoid(x z[1] + y z[2]) s) + mean(exp(x s))^2 y"].map(String::from),
    );
    texts
}

fn full(f: &Formula, x: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
    let n = f.dim();
    let (mut g, mut h) = (vec![0.0; n], vec![0.0; n * n]);
    let value = f.value_gradient_hessian(&[1.3, 0.7], x, &mut g, &mut h);
    (value, g, h)
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn jets_agree_with_central_differences(x in -2.0..2.0_f64, y in -2.0..2.0_f64) {
        const STEP: f64 = 1e-4;
        let p = [1.3, 0.7];
        for text in operations() {
            let f = parse(&text, 2);
            if !f.is_smooth_at(&p, &[x, y], 30.0 * STEP) {
                continue;
            }
            let (_, g, h) = full(&f, &[x, y]);
            for i in 0..2 {
                let shifted = |s: f64| if i == 0 { [x + s, y] } else { [x, y + s] };
                // Differences of fourth order: (8 (f₁ − f₋₁) − (f₂ − f₋₂)) / 12 h.
                let difference = |of: &dyn Fn([f64; 2]) -> f64| {
                    (8.0 * (of(shifted(STEP)) - of(shifted(-STEP))) - (of(shifted(2.0 * STEP)) - of(shifted(-2.0 * STEP)))) / (12.0 * STEP)
                };
                let slope = difference(&|x| f.value(&p, &x));
                let far = full(&f, &shifted(2.0 * STEP));
                // The next derivatives bound the truncation; rounding is the value's over the step.
                let scale = 1.0 + g[i].abs() + f.value(&p, &[x, y]).abs() + (far.1[i] - g[i]).abs() / STEP * 0.1;
                prop_assert!((slope - g[i]).abs() <= 1e-8 * scale, "{text} at ({x}, {y}): slope {i} {} against {slope}", g[i]);
                for j in 0..2 {
                    let curvature = difference(&|x| full(&f, &x).1[j]);
                    let scale = scale + h[2 * i + j].abs() + (far.2[2 * i + j] - h[2 * i + j]).abs() / STEP * 0.1;
                    prop_assert!((curvature - h[2 * i + j]).abs() <= 1e-8 * scale, "{text} at ({x}, {y}): {} against {curvature}", h[2 * i + j]);
                }
            }
        }
    }

    #[test]
    fn jets_and_reverse_sweeps_agree(x in -2.0..2.0_f64, y in -2.0..2.0_f64) {
        let p = [1.3, 0.7];
        for text in operations() {
            // The same function with idle variables: four of them are differentiated in reverse.
            let (low, high) = (parse(&text, 2), parse(&format!("x = x1; y = x2; {text}"), 4));
            let (value, g, h) = full(&low, &[x, y]);
            let point = [x, y, 0.0, 0.0];
            let (value4, g4, h4) = full(&high, &point);
            let same = |a: f64, b: f64, scale: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * scale;
            prop_assert!(same(value, value4, value.abs()), "{text}: {value} and {value4}");
            if !low.is_smooth_at(&p, &[x, y], 1e-6) {
                continue;
            }
            let size = 1.0 + g.iter().chain(&h).fold(value.abs(), |m, v| m.max(v.abs()));
            let mut gradient = [0.0; 2];
            low.value_gradient(&p, &[x, y], &mut gradient);
            let v = [0.3, -1.1];
            let mut product = [0.0; 2];
            low.hessian_vector(&p, &[x, y], &v, &mut product);
            for i in 0..2 {
                prop_assert!(same(g[i], g4[i], size) && same(g[i], gradient[i], size), "{text} at ({x}, {y}): {g:?} {g4:?} {gradient:?}");
                prop_assert!(same(product[i], h[2 * i] * v[0] + h[2 * i + 1] * v[1], size), "{text} at ({x}, {y}): {product:?} {h:?}");
                for j in 0..2 {
                    prop_assert!(same(h[2 * i + j], h4[4 * i + j], size), "{text} at ({x}, {y}): {h:?} {h4:?}");
                }
            }
            prop_assert!(g4[2..] == [0.0, 0.0]);
        }
    }
}

/// In more than three variables a sweep finds several columns of the Hessian: each is the product with its unit vector to the bit, the
/// two triangles averaged, and the gradient that of a sweep of its own.
#[test]
fn columns_found_together_are_those_found_alone() {
    for n in [4, 5, 8, 9] {
        let f = parse("prod(i, 1, n, 1 + sin(x[i])/3) + sum(i, 2, n, exp(x[i-1] x[i]/5)) + mean(sigmoid(x[1] s + x[n] z[1]))", n);
        let x: Vec<f64> = (0..n).map(|i| 0.3 + 0.21 * i as f64).collect();
        let p = [0.0, 0.0];
        let (mut g, mut h, mut alone) = (vec![0.0; n], vec![0.0; n * n], vec![0.0; n]);
        let value = f.value_gradient_hessian(&p, &x, &mut g, &mut h);
        assert_eq!(value, f.value_gradient(&p, &x, &mut alone));
        assert_eq!(g, alone, "n = {n}");
        let column = |i: usize| {
            let (mut unit, mut product) = (vec![0.0; n], vec![0.0; n]);
            unit[i] = 1.0;
            f.hessian_vector(&p, &x, &unit, &mut product);
            product
        };
        let columns: Vec<Vec<f64>> = (0..n).map(column).collect();
        for (i, row) in h.chunks_exact(n).enumerate() {
            for (j, entry) in row.iter().enumerate() {
                let mean = if i == j { columns[i][i] } else { 0.5 * columns[i][j] + 0.5 * columns[j][i] };
                assert_eq!(*entry, mean, "n = {n}, {i}, {j}");
            }
        }
    }
}

#[test]
fn every_operation_was_differentiated_somewhere() {
    // A kink test that calls every point a kink would make the property above hold for anything.
    for text in operations() {
        let f = parse(&text, 2);
        let points = (0..400).map(|k| [f64::from(k % 20) * 0.193 - 1.9, f64::from(k / 20) * 0.187 - 1.8]);
        let smooth = points.filter(|x| f.is_smooth_at(&[1.3, 0.7], x, 3e-3)).count();
        assert!(smooth >= 20, "{text} is smooth at {smooth} of 400 points");
    }
}

#[test]
fn integer_powers_are_exact_at_zero_and_below() {
    for (text, x, expected) in [
        ("x^2", 0.0, [0.0, 0.0, 2.0]),
        ("x^3", 0.0, [0.0, 0.0, 0.0]),
        ("x^3", -2.0, [-8.0, 12.0, -12.0]),
        ("x^1", 0.0, [0.0, 1.0, 0.0]),
        ("x^0", 0.0, [1.0, 0.0, 0.0]),
        ("x^-1", -2.0, [-0.5, -0.25, -0.25]),
        ("x^-2", -2.0, [0.25, 0.25, 0.375]),
        ("x^7", -1.0, [-1.0, 7.0, -42.0]),
        ("x^b", -2.0, [4.0, -4.0, 2.0]),
        ("pow(x, 4)", 0.0, [0.0, 0.0, 0.0]),
    ] {
        let scope = Scope { dim: 1, parameters: vec!["b".into()], table: None };
        let f = Formula::parse(text, &scope).unwrap();
        let (mut g, mut h) = ([9.0], [9.0]);
        let value = f.value_gradient_hessian(&[2.0], &[x], &mut g, &mut h);
        assert_eq!([value, g[0], h[0]], expected, "{text} at {x}");
    }
}

#[test]
fn kinks_have_the_derivatives_of_the_convention() {
    for (text, x, expected) in [
        ("sqrt(x^2 + y^2)", [0.0, 0.0], [0.0, 0.0]),
        ("-20 exp(-0.2 sqrt((x^2+y^2)/2)) - exp((cos(2pi x) + cos(2pi y))/2) + e + 20", [0.0, 0.0], [0.0, 0.0]),
        ("abs(x) + y", [0.0, 1.0], [0.0, 1.0]),
        ("max(x, y)", [1.0, 1.0], [0.5, 0.5]),
        ("hypot(x, y)", [0.0, 0.0], [0.0, 0.0]),
        ("if(x > 0, 1/x, y)", [0.0, 2.0], [0.0, 1.0]),
        ("if(x > 0, sqrt(x), y)", [-1.0, 2.0], [0.0, 1.0]),
        ("x^2 sign(x)", [0.0, 1.0], [0.0, 0.0]),
        ("x sqrt(abs(x))", [0.0, 1.0], [0.0, 0.0]),
    ] {
        let f = parse(text, 2);
        let (mut g, mut four) = ([9.0; 2], [9.0; 4]);
        let value = f.value_gradient(&[1.3, 0.7], &x, &mut g);
        assert_eq!(g, expected, "{text}");
        assert!(value.is_finite(), "{text}: {value}");
        assert!(!f.kinks().is_empty() && !f.is_smooth_at(&[1.3, 0.7], &x, 1e-3) || text.starts_with("if(x > 0, sqrt"), "{text}");
        let high = parse(&format!("x = x1; y = x2; {text}"), 4);
        high.value_gradient(&[1.3, 0.7], &[x[0], x[1], 0.0, 0.0], &mut four);
        assert_eq!(four[..2], expected, "{text} in reverse");
    }
}

#[test]
fn tails_do_not_overflow() {
    for (text, x, expected) in [
        ("sigmoid(x)", 800.0, [1.0, 0.0, 0.0]),
        ("sigmoid(x)", -800.0, [0.0, 0.0, 0.0]),
        ("softplus(x)", 800.0, [800.0, 1.0, 0.0]),
        ("softplus(x)", -800.0, [0.0, 0.0, 0.0]),
        ("tanh(x)", -900.0, [-1.0, 0.0, 0.0]),
        ("erf(x)", 50.0, [1.0, 0.0, 0.0]),
    ] {
        let f = parse(text, 1);
        let (mut g, mut h) = ([9.0], [9.0]);
        let value = f.value_gradient_hessian(&[1.3, 0.7], &[x], &mut g, &mut h);
        assert_eq!([value, g[0], h[0]], expected, "{text} at {x}");
    }
}

#[test]
fn batches_average_the_samples() {
    let f = parse("mean(sigmoid(sum(i, 1, 4, x[i] i) z[1] + x[2] z[2])) + 0.1 x[3]^2 mean(exp(s x[1]))", 4);
    let (p, x, v) = ([1.3, 0.7], [0.3, -0.2, 0.5, 0.1], [1.0, -0.5, 0.25, 2.0]);
    let mut sums = (0.0, [0.0; 4], [0.0; 4]);
    for row in 0..3 {
        let (mut g, mut hv) = ([0.0; 4], [0.0; 4]);
        sums.0 += f.batch_value_gradient(&p, &x, &[row], &mut g) / 3.0;
        f.batch_hessian_vector(&p, &x, &[row], &v, &mut hv);
        for i in 0..4 {
            sums.1[i] += g[i] / 3.0;
            sums.2[i] += hv[i] / 3.0;
        }
    }
    let (mut g, mut hv) = ([0.0; 4], [0.0; 4]);
    assert!((f.value_gradient(&p, &x, &mut g) - sums.0).abs() < 1e-15);
    f.hessian_vector(&p, &x, &v, &mut hv);
    for i in 0..4 {
        assert!((g[i] - sums.1[i]).abs() < 1e-15 && (hv[i] - sums.2[i]).abs() < 1e-15);
    }
}
