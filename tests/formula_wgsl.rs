//! The WGSL of formulas is valid, whatever the formula.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use saddlescope::formula::{Formula, Scope, Table};

/// The accessors that a shader provides, and an entry point that uses what the snippet declares.
const AROUND: &str = "
@group(0) @binding(0) var<uniform> numbers: array<vec4<f32>, 16>;
@group(0) @binding(1) var samples: texture_2d<f32>;
fn ss_param(i: u32) -> f32 { return numbers[i].x; }
fn ss_origin(i: u32) -> f32 { return numbers[i].y; }
fn ss_a(i: u32) -> f32 { return numbers[i].z; }
fn ss_b(i: u32) -> f32 { return numbers[i].w; }
fn ss_table(row: i32, column: i32) -> f32 { return textureLoad(samples, vec2<i32>(column, row), 0).x; }
@fragment fn main(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let jet = ss_jet(at.x, at.y);
    return vec4<f32>(ss_value(at.x, at.y), jet.f, jet.g.x, jet.h.z);
}
";

fn check(text: &str, scope: &Scope) {
    let wgsl = Formula::parse(text, scope).unwrap_or_else(|e| panic!("{text}: {e}")).wgsl();
    let source = wgsl.clone() + AROUND;
    let module = naga::front::wgsl::parse_str(&source).unwrap_or_else(|e| panic!("{text}:\n{}", e.emit_to_string(&source)));
    let mut validator = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty());
    validator.validate(&module).unwrap_or_else(|e| panic!("{text}:\n{}", e.emit_to_string(&source)));
}

#[test]
fn every_operation_is_valid_wgsl() {
    let table = Table::new(vec![("z".into(), 2), ("s".into(), 1)], vec![0.5; 12]).unwrap();
    let scope = Scope { dim: 2, parameters: vec!["a".into(), "b".into()], table: Some(table) };
    for argument in ["x", "a x + y", "a", "x z[2] + s a", "s"] {
        for function in [
            "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "abs", "sign", "floor", "ceil", "round", "sin",
            "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "sigmoid",
            "softplus", "relu", "not", "-", "+", "1/", "2^", "1 - ", "3 * ", "0.1^",
        ] {
            check(&format!("mean({function}({argument}))"), &scope);
        }
        for power in ["0", "1", "2", "3", "7", "-1", "-2", "-5", "100", "0.5", "-1.5", "a", "x", "1000"] {
            check(&format!("mean(({argument})^({power}))"), &scope);
        }
        for other in ["x", "b", "y^2 - 1", "2.5"] {
            for operation in ["+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "&&", "||"] {
                check(&format!("mean(({argument}) {operation} ({other})) + x"), &scope);
                check(&format!("mean(({other}) {operation} ({argument})) + x"), &scope);
            }
            for function in ["pow", "min", "max", "mod", "atan2", "hypot"] {
                check(&format!("mean({function}({argument}, {other}))"), &scope);
                check(&format!("mean({function}({other}, {argument}))"), &scope);
            }
            check(
                &format!(
                    "mean(if({argument} < {other}, {other}, x^2)) + if(y > a, a, b) + if(a > b, x, {argument_out})",
                    argument_out = "y"
                ),
                &scope,
            );
        }
    }
}

#[test]
fn constants_are_literals_that_every_reader_takes() {
    for text in [
        "1e300 x",
        "x - 1e-300",
        "x + 1e-40",
        "log(-1) + x",
        "1/0 - x",
        "3",
        "x/3e38",
        "-1e39",
        "0.1 x",
        "1e16 + x",
        "123456789 y",
    ] {
        check(text, &Scope { dim: 2, ..Scope::default() });
    }
}

#[test]
fn other_dimensions() {
    check("x^4", &Scope { dim: 1, ..Scope::default() });
    check("sum(i, 1, n-1, (1-x[i])^2 + 100 (x[i+1]-x[i]^2)^2)", &Scope { dim: 12, ..Scope::default() });
}

#[test]
fn parameters_and_samples_are_never_baked_in() {
    let table = |value: f64| Table::new(vec![("s".into(), 1)], vec![value; 5]).unwrap();
    let wgsl = |value: f64| {
        let scope = Scope { dim: 2, parameters: vec!["a".into()], table: Some(table(value)) };
        Formula::parse("mean(sigmoid(s x)) + a y", &scope).unwrap().wgsl()
    };
    assert_eq!(wgsl(0.25), wgsl(-3.0));
    assert!(wgsl(1.0).contains("ss_param(0u)"));
}
