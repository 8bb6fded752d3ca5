//! What users give to a problem: parameters, points and formulas of their own; what is wrong with them is said in one sentence.

#![allow(clippy::expect_used, clippy::panic)]

use saddlescope::problem::{FormulaProblem, Landscape, Objective, ProblemError, landscape, landscapes};
use std::collections::BTreeMap;

fn default_problem(entry: &'static Landscape) -> FormulaProblem {
    FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap_or_else(|e| panic!("{}: {e}", entry.id))
}

#[test]
fn bad_input_gets_one_sentence() {
    let entry = landscape("quad_ill").expect("in the catalogue");
    let set = |name: &str, value: f64| {
        FormulaProblem::from_landscape(entry, &BTreeMap::from([(name.to_owned(), value)]), None)
            .map(|_| ())
            .expect_err("refused")
            .to_string()
    };
    assert_eq!(set("kapa", 1.0), "quad_ill has no parameter \"kapa\"; it takes kappa, theta");
    assert_eq!(set("kappa", f64::NAN), "quad_ill: kappa = NaN is not allowed; it must be a number from 1 to 1000");
    assert_eq!(set("kappa", 1e9), "quad_ill: kappa = 1000000000 is not allowed; it must be a number from 1 to 1000");
    let dim = FormulaProblem::from_landscape(entry, &BTreeMap::new(), Some(3)).map(|_| ()).expect_err("refused");
    assert_eq!(dim.to_string(), "quad_ill cannot have the dimension 3; it must be 2");
    let problem = default_problem(entry);
    assert_eq!(problem.check_point(&[1.0]), Err(ProblemError::BadLength { expected: 2, given: 1 }));
    let infinite = problem.check_point(&[1.0, f64::INFINITY]).expect_err("refused").to_string();
    assert_eq!(infinite, "coordinate 2 of the point is inf; every coordinate must be a finite number");
    assert!(problem.check_point(&[1e6, 0.0]).is_ok() && problem.warning(&[1e6, 0.0]).expect("a warning").contains("outside"));
    let empty =
        FormulaProblem::from_text("x^2", None, &BTreeMap::new(), Some([1.0, 1.0, 0.0, 1.0])).map(|_| ()).expect_err("refused");
    assert!(empty.to_string().contains("domain 1:1 of coordinate 1 is empty"));
    assert!(matches!(FormulaProblem::from_text("x +", None, &BTreeMap::new(), None), Err(ProblemError::Formula(_))));
    for dim in [0, 1001, usize::MAX] {
        assert!(FormulaProblem::from_text("1", Some(dim), &BTreeMap::new(), None).is_err());
    }
}

#[test]
fn a_typed_formula_may_run_over_the_samples_of_an_entry() {
    for entry in landscapes().iter().filter(|entry| entry.table.is_some()) {
        let original = default_problem(entry);
        let parameters = original
            .parameter_names()
            .iter()
            .cloned()
            .zip(original.parameter_values().iter().copied())
            .collect::<BTreeMap<_, _>>();
        let text = format!("{} + 0.5*x1^2", entry.formula);
        let edited =
            FormulaProblem::from_text_over(&text, Some(original.dim()), &parameters, None, Some(entry)).expect("a finite sum");
        let (sum, before) = (edited.finite_sum().expect("samples"), original.finite_sum().expect("samples"));
        assert_eq!(sum.samples(), before.samples());
        let x = &original.starts()[0];
        let difference = sum.batch_value(x, &[1, 3]) - before.batch_value(x, &[1, 3]);
        assert!((difference - 0.5 * x[0] * x[0]).abs() < 1e-12, "{}: {difference}", entry.id);
    }
    let none = FormulaProblem::from_text_over("x", None, &BTreeMap::new(), None, Some(landscape("rosenbrock").expect("known")));
    let message = none.map(|_| ()).expect_err("refused").to_string();
    assert!(message.starts_with("rosenbrock has no samples for mean(…) to run over; ") && message.contains("half_spaces"));
}

#[test]
fn typed_formulas_get_scales() {
    let problem =
        FormulaProblem::from_text("x^2 + a*y^2", None, &BTreeMap::from([("a".to_owned(), 50.0)]), None).expect("a formula");
    let scales = problem.scales();
    assert!((scales.step_size - 0.01).abs() < 1e-12 && (scales.radius - 0.6).abs() < 1e-12, "{scales:?}");
    assert!(problem.check_point(&problem.starts()[0]).is_ok());
    for text in ["x", "3", "log(x)", "1/0", "sqrt(-1-x^2)", "exp(exp(exp(x^9)))"] {
        let scales = FormulaProblem::from_text(text, None, &BTreeMap::new(), None).expect("a formula").scales();
        assert!(scales.step_size > 0.0 && scales.step_size.is_finite(), "{text}: {scales:?}");
    }
}
