//! Texts that are no formulas: one sentence with the position, and nothing that hangs or overflows.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use saddlescope::formula::{Formula, FormulaError, Grid, Remedy, Scope, Table};

fn scope() -> Scope {
    let table = Table::new(vec![("z".into(), 2), ("s".into(), 1)], vec![0.5, -1.0, 2.0, 0.0, 3.0, -0.25]).unwrap();
    Scope { dim: 2, parameters: vec!["kappa".into(), "a".into()], table: Some(table) }
}

fn error(text: &str) -> FormulaError {
    Formula::parse(text, &scope()).map_or_else(|e| e, |_| panic!("{text} is a formula"))
}

#[test]
fn an_unknown_name_says_what_would_make_it_known() {
    let remedy = |text: &str, dim: usize| Formula::parse(text, &Scope { dim, ..scope() }).err().and_then(|e| e.remedy);
    for name in ["w", "kapa", "wurzel", "alpha_1", "x0"] {
        assert_eq!(remedy(&format!("x^2 + {name}*y^2"), 2), Some(Remedy::Parameter(name.to_owned())));
    }
    for (text, dim, n) in [("x^2 + y^2", 1, 2), ("x1 + x7", 2, 7), ("x + x4", 3, 4)] {
        assert_eq!(remedy(text, dim), Some(Remedy::Dimension(n)), "{text}");
    }
    for text in ["xy", "w(x)", "g(u) = g(u); g(x)", "x + ", "x99999999999999999999", "1 = x"] {
        assert!(!matches!(remedy(text, 2), Some(Remedy::Dimension(_))), "{text}");
    }
    assert_eq!([remedy("xy", 2), remedy("w(x)", 2), remedy("x + y", 5), remedy("x +", 2)], [None, None, None, None]);
}

#[test]
fn each_mistake_has_its_sentence() {
    for (text, sentence) in [
        ("", "position 1: expected a number, a name or '(' in an empty formula"),
        ("x + 3 *", "position 8: expected a number, a name or '(' after '*', at the end"),
        ("x + * 3", "position 5: expected a number, a name or '(' after '+', not '*'"),
        ("(x + 1", "position 7: expected an operator or ')' after '1', at the end"),
        ("x + 1)", "position 6: expected an operator or the end after '1', not ')'"),
        ("x 3", "position 3: expected an operator after 'x', not '3'"),
        ("x = 3", "position 1: 'x' already has a meaning: choose another name to define"),
        ("1 = x", "position 3: expected an operator or the end before '=': to compare write '=='"),
        ("x # 3", "position 3: a formula cannot contain '#'"),
        ("x + .", "position 5: expected a digit before or after '.'"),
        ("1e999", "position 1: this number is too large: the largest is about 1.8e308"),
        ("2 x y + kapa", "position 9: unknown name 'kapa': did you mean 'kappa'?"),
        ("sinn(x)", "position 1: unknown function 'sinn': did you mean 'sin'?"),
        ("xy", "position 1: unknown name 'xy': for a product write x*y"),
        ("x + w", "position 5: unknown name 'w': the variables are x and y"),
        ("x + wurzel", "position 5: unknown name 'wurzel': the variables are x and y"),
        ("z", "position 1: 'z' is a column of the sample table: it has a meaning only inside mean(…)"),
        ("mean(z)", "position 6: 'z' has 2 columns: write z[1] to z[2]"),
        ("mean(z[3])", "position 8: z[3] does not exist: the index runs from 1 to 2"),
        ("mean(mean(s))", "position 6: mean(…) cannot stand inside mean(…)"),
        ("x[3]", "position 3: x[3] does not exist: the index runs from 1 to 2"),
        ("x[0.5]", "position 3: an index must be a whole number, not 0.5"),
        ("x[y]", "position 3: an index must be a whole number made of numbers, n and running indices"),
        ("y[1]", "position 1: 'y' has no index: x[i] and the columns of a sample table have"),
        ("sum(i, 1, a, x)", "position 11: a bound of sum must be a whole number made of numbers, n and running indices"),
        ("sum(3, 1, 2, x)", "position 5: expected the name of a running index and ',' after '(', not '3'"),
        ("sum(i, 1, 2)", "position 12: expected an operator or ',' after '2', not ')'"),
        ("sum(e, 1, 2, x)", "position 5: 'e' already has a meaning: choose another name"),
        ("sin x", "position 5: expected '(' after 'sin', not 'x'"),
        ("sin(x, y)", "position 1: 'sin' takes 1 argument, not 2"),
        ("atan2(x)", "position 1: 'atan2' takes 2 arguments, not 1"),
        ("max(x)", "position 1: 'max' takes at least 2 arguments, not 1"),
        ("if(x, y)", "position 1: 'if' takes 3 arguments, not 2"),
        ("0 < x < 1", "position 7: comparisons do not chain: write (a < b) && (b < c)"),
        ("t = x", "position 6: expected an operator or ';' after 'x', at the end"),
        ("t = x; t = y; t", "position 8: 't' is defined twice"),
        ("g(u) = u; g", "position 12: expected '(' after 'g', at the end"),
        ("g(u) = u v; x", "position 10: unknown name 'v': the variables are x and y"),
        ("t = u; u = 2; t", "position 5: unknown name 'u': the variables are x and y"),
        ("g(u) = g(u - 1); g(x)", "position 8: 'g' cannot stand in its own definition"),
        ("x²²", "position 3: expected an operator after '²', not '²'"),
        ("α + β", "position 1: unknown name 'α': the variables are x and y"),
    ] {
        let error = error(text);
        assert_eq!(error.to_string(), sentence, "{text}");
        assert!(error.at.end <= text.len() && text.is_char_boundary(error.at.start), "{text}");
    }
    let error = Formula::parse("mean(x)", &Scope { dim: 2, ..Scope::default() }).unwrap_err();
    assert_eq!(error.to_string(), "position 1: mean(…) runs over the rows of a sample table, and this problem has none");
    let error = Formula::parse("x", &Scope { dim: 7, ..Scope::default() }).unwrap_err();
    assert_eq!(error.to_string(), "position 1: 'x' is no variable in dimension 7: the variables are x1 to x7");
}

#[test]
fn a_scope_must_make_sense() {
    let parse = |dim: usize, parameters: &[&str]| {
        let parameters = parameters.iter().map(|p| (*p).to_owned()).collect();
        Formula::parse("1", &Scope { dim, parameters, table: None }).map(|_| ()).map_err(|e| e.message)
    };
    assert_eq!(parse(0, &[]).unwrap_err(), "the dimension must lie between 1 and 10000, not at 0");
    assert!(parse(2, &["y"]).is_err() && parse(1, &["y"]).is_ok() && parse(2, &["x3"]).is_ok());
    assert!(
        parse(2, &["a", "a"]).is_err() && parse(2, &["1a"]).is_err() && parse(2, &["sin"]).is_err() && parse(2, &["e"]).is_err()
    );
    let table = |columns: &[(&str, usize)], numbers: usize| {
        Table::new(columns.iter().map(|(name, width)| ((*name).to_owned(), *width)).collect(), vec![0.0; numbers])
    };
    assert!(table(&[("z", 2)], 4).is_ok());
    assert!(table(&[("z", 2)], 3).is_err() && table(&[("z", 2)], 0).is_err() && table(&[], 3).is_err());
    assert!(table(&[("z", 0)], 3).is_err() && table(&[("z", 1), ("z", 1)], 2).is_err() && table(&[("exp", 1)], 2).is_err());
    assert!(table(&[("z", usize::MAX), ("s", 2)], 2).is_err());
}

/// Runs with half the stack of a browser's main thread.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn nesting_is_bounded() {
    on_a_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("sin(", ")"),
            ("2^", ""),
            ("-", ""),
            ("1+2*sin(1-3/(", "))"),
            ("sum(i, 1, 1, ", ")"),
            ("if(1<", ",x,y)"),
        ] {
            for depth in [10, 90, 199, 500, 3000] {
                let text = format!("{}x{}", open.repeat(depth), close.repeat(depth));
                match Formula::parse(&text, &scope()) {
                    Ok(f) => assert!(depth <= 199 && f.value(&[1.0, 1.0], &[0.5, 0.5]) == f.value(&[1.0, 1.0], &[0.5, 0.5])),
                    Err(e) => assert!(e.message.contains("nested too deeply") || e.message.contains("too long"), "{e}"),
                }
            }
            assert!(Formula::parse(&format!("{}x{}", open.repeat(60), close.repeat(60)), &scope()).is_ok());
        }
        let chained = (0..1500).fold("d0 = x; ".to_owned(), |text, i| text + &format!("d{}=d{i}; ", i + 1)) + "d1500";
        assert!(Formula::parse(&chained, &scope()).unwrap_err().message.contains("nested too deeply"));
    });
}

#[test]
fn size_is_bounded() {
    on_a_small_stack(|| {
        let long = "x+".repeat(9_999) + "x";
        let f = Formula::parse(&long, &scope()).unwrap();
        assert_eq!(f.value(&[1.0, 1.0], &[0.5, 0.0]), 5000.0);
        let mut g = [0.0; 2];
        f.value_gradient(&[1.0, 1.0], &[0.5, 0.0], &mut g);
        assert_eq!(g, [10_000.0, 0.0]);
        assert!(error(&"x+".repeat(20_000)).message.starts_with("the formula is too long"));
        let wide = Formula::parse("sum(i, 1, 30000, sin(i x))", &scope()).unwrap();
        assert_eq!(wide.operations(), 3 * 30_000 - 2);
        for text in [
            "sum(i, 1, 1e8, x + i)",
            "sum(i, 1, 1e8, 0)",
            "sum(i, 1, 1000, sum(j, 1, 1000, sin(i x + j y)))",
            "sum(i, 1, 1e5, sum(j, 1, 1e5, 0))",
            "sum(i, 1, 1e5, sum(j, 1, 0, sum(k, 1, 0, x)) + sum(j, 1, 0, x))",
            "f(u)=u+u*u; g(u)=f(f(f(f(u)))); h(u)=g(g(g(g(u)))); k(u)=h(h(h(h(u)))); l(u)=k(k(k(k(u)))); m(u)=l(l(l(l(u)))); q(u)=m(m(m(m(u)))); r(u)=q(q(q(q(u)))); w(u)=r(r(r(r(u)))); v(u)=w(w(w(w(u)))); v(x)",
        ] {
            assert!(error(text).message.contains("too large"), "{text}");
        }
        assert_eq!(Formula::parse("x^1e300 + x^-1e9 + 2^x", &scope()).unwrap().value(&[1.0, 1.0], &[1.0, 0.0]), 4.0);
    });
}

fn exercise(text: &str, scope: &Scope) {
    match Formula::parse(text, scope) {
        Ok(f) => {
            let (p, x, mut g, mut h) = ([0.7, -2.0], [0.3, -0.4], [0.0; 2], [0.0; 4]);
            let value = f.value(&p, &x);
            let again = f.value_gradient_hessian(&p, &x, &mut g, &mut h);
            assert!(value == again || (value.is_nan() && again.is_nan()), "{text}: {value} {again}");
            f.hessian_vector(&p, &x, &[1.0, 2.0], &mut g);
            f.batch_value_gradient(&p, &x, &[1, 0, 7], &mut g);
            let grid = Grid { origin: vec![-1.0; 2], du: vec![0.1, 0.0], dv: vec![0.0, 0.2], width: 3, height: 2 };
            f.grid(&p, &grid, &mut [0.0; 6]);
            assert!(f.wgsl().contains("fn ss_jet"));
            let printed = f.to_string();
            assert_eq!(Formula::parse(&printed, scope).unwrap().to_string(), printed, "{text}");
        }
        Err(e) => {
            assert!(e.at.start <= e.at.end && e.at.end <= text.len() && e.position >= 1, "{text}: {e:?}");
            assert!(!e.message.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn any_text_is_a_formula_or_an_error(text in ".{0,40}") {
        exercise(&text, &scope());
    }

    #[test]
    fn any_tokens_are_a_formula_or_an_error(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "x", "y", "s", "z[1]", "kappa", "a", "t", "u", "i", "1", "2.5", "1e3", "n", "pi", "e", "+", "-", "*", "/", "^", "(", ")", "(", ")",
            ",", ";", "=", "<", "==", "&&", "!", "²", "sin", "exp(", "if(", "sum(i,1,3,", "prod(i,1,2,", "mean(", "x[", "]", "min(", "atan2(",
            "g(u)=", "t=", "log", "abs(", "mod(", ".", "π", "·",
        ]), 0..14),
    ) {
        exercise(&tokens.join(" "), &scope());
    }
}
