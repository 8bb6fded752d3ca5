//! Formulas: the grammar, the values and the derivatives.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
use saddlescope::formula::{Formula, Grid, Scope, Table};

fn scope(dim: usize) -> Scope {
    Scope { dim, ..Scope::default() }
}

fn parse(text: &str) -> Formula {
    Formula::parse(text, &scope(2)).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn at(text: &str, x: f64, y: f64) -> f64 {
    parse(text).value(&[], &[x, y])
}

#[test]
fn precedence() {
    for (text, expected) in [
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("2x", 6.0),
        ("2(x+1)", 8.0),
        ("1/2x", 1.5),
        ("1/2 (x^2 + 2 y^2)", 20.5),
        ("x y", 12.0),
        ("x(y+1)", 15.0),
        ("(x)(y)", 12.0),
        ("3x^2", 27.0),
        ("3 x^2 y", 108.0),
        ("2^-1", 0.5),
        ("2^-x^2", 2.0_f64.powi(-9)),
        ("-x^2 + 1", -8.0),
        ("x - -y", 7.0),
        ("2*-3", -6.0),
        ("10 - 4 - 3", 3.0),
        ("12/3/2", 2.0),
        ("2e3", 2000.0),
        ("2e-1x", 0.6),
        ("2e", 2.0 * std::f64::consts::E),
        ("2pi", 2.0 * std::f64::consts::PI),
        ("2π", 2.0 * std::f64::consts::PI),
        ("x² − 3·y³ ÷ 4", 9.0 - 48.0),
        ("(x+1)²(y)", 64.0),
        ("sin^2(x) + cos²(x)", 1.0),
        ("x**2", 9.0),
        ("x < y", 1.0),
        ("x >= y || y == 4 && !(x == 4)", 1.0),
        ("if(x > y, 1, 2)", 2.0),
        ("min(x, y, 1) + max(x, y)", 5.0),
        ("mod(-1, 3) + mod(1, -3)", 0.0),
        ("sum(i, 1, n, i x[i])", 11.0),
        ("prod(k, 1, 4, k)", 24.0),
        ("sum(i, 1, 0, x) + prod(i, 1, 0, x)", 1.0),
        ("sum(i, 1, 2, sum(j, 1, i, x[j]))", 10.0),
        ("x1 + x2 + x[2]", 11.0),
        ("t = x + 1; g(u) = u^2 - 1; g(t) + y", 19.0),
        ("g(u, v) = u - v; h(u) = g(u, 1)^2; h(x) + h(y)", 13.0),
        (".5 + 1.", 1.5),
        ("n", 2.0),
    ] {
        let value = at(text, 3.0, 4.0);
        assert!((value - expected).abs() < 1e-14 * expected.abs().max(1.0), "{text} = {value}, not {expected}");
    }
}

#[test]
fn rosenbrock_and_its_derivatives() {
    let f = parse("(1-x)^2 + 100 (y-x^2)^2");
    let (mut g, mut h) = ([0.0; 2], [0.0; 4]);
    let value = f.value_gradient_hessian(&[], &[-1.2, 1.0], &mut g, &mut h);
    assert!((value - 24.2).abs() < 1e-13);
    assert!((g[0] + 215.6).abs() < 1e-12 && (g[1] + 88.0).abs() < 1e-12);
    assert!((h[0] - 1330.0).abs() < 1e-11 && (h[1] - 480.0).abs() < 1e-12 && h[2] == h[1] && h[3] == 200.0);
}

#[test]
fn a_mean_is_a_finite_sum() {
    let table = Table::new(vec![("z".into(), 2), ("s".into(), 1)], vec![1.0, 2.0, 3.0, -1.0, 0.5, 2.0]).unwrap();
    let scope = Scope { dim: 2, parameters: vec!["a".into()], table: Some(table) };
    let f = Formula::parse("u = x z[1] + y z[2]; a x^2 + mean(sigmoid(u s) + u^2)", &scope).unwrap();
    assert!(f.is_finite_sum());
    assert_eq!(f.samples(), 2);
    let (p, x) = ([0.3], [0.4, -0.7]);
    let sigmoid = |u: f64| 1.0 / (1.0 + (-u).exp());
    let term = |z: [f64; 2], s: f64| {
        let u = x[0] * z[0] + x[1] * z[1];
        sigmoid(u * s) + u * u + 0.3 * x[0] * x[0]
    };
    let (a, b) = (term([1.0, 2.0], 3.0), term([-1.0, 0.5], 2.0));
    assert!((f.value(&p, &x) - 0.5 * (a + b)).abs() < 1e-15);
    assert!((f.batch_value(&p, &x, &[1]) - b).abs() < 1e-15);
    assert!((f.batch_value(&p, &x, &[1, 1, 0]) - (2.0 * b + a) / 3.0).abs() < 1e-15);
    assert!(f.batch_value(&p, &x, &[2]).is_nan() && f.batch_value(&p, &x, &[]).is_nan());
    assert!(!Formula::parse("mean(s)^2", &scope).unwrap().is_finite_sum());
    assert!(!Formula::parse("x^2", &scope).unwrap().is_finite_sum());
}

#[test]
fn a_grid_agrees_with_single_values() {
    let table = Table::new(vec![("s".into(), 1)], (0..7).map(|i| f64::from(i) - 3.0).collect()).unwrap();
    let scope = Scope { dim: 2, parameters: vec!["a".into()], table: Some(table) };
    for text in [
        "(1-x)^2 + 100 (y-x^2)^2",
        "mean(sigmoid(s x + y) + softplus(y s)) + a^x",
        "sin(3x) cos(y) exp(-x^2-y^2) + log(1 + x^2) tanh(x y)",
        "if(x < y, x^3, if(y > 0, y, 7)) + min(x, 0.3) + max(abs(y), sqrt(abs(x)))",
        "a",
        "y^2",
        "mean(s)",
        "x^7 + atan2(y, x) + erf(x) + mod(x, 0.7) + floor(y) + (x != y) + (x >= 0.5 && y <= 1)",
    ] {
        let f = Formula::parse(text, &scope).unwrap();
        for (du, dv) in [([0.01, 0.0], [0.0, 0.25]), ([0.007, -0.003], [0.1, 0.2])] {
            let grid = Grid { origin: vec![-1.9, -1.0], du: du.to_vec(), dv: dv.to_vec(), width: 300, height: 9 };
            let mut out = vec![0.0; 2700];
            f.grid(&[1.5], &grid, &mut out);
            let mut band = vec![0.0; 600];
            f.grid_rows(&[1.5], &grid, 3..5, &mut band);
            assert_eq!(band[..], out[900..1500]);
            for (k, value) in out.iter().enumerate() {
                let (i, j) = ((k % 300) as f64, (k / 300) as f64);
                let x = [0, 1].map(|a| (grid.origin[a] + j * dv[a]) + i * du[a]);
                let single = f.value(&[1.5], &x);
                assert!((value - single).abs() <= 1e-12 * single.abs().max(1.0), "{text} at {x:?}: {value}, not {single}");
            }
        }
    }
}
