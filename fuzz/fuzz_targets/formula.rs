//! Any text is either a formula whose every evaluation returns, or an error that points into the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use saddlescope::formula::{Formula, Grid, Scope, Table};

fuzz_target!(|text: &str| {
    let table = Table::new(vec![("z".into(), 2), ("s".into(), 1)], vec![0.5, -1.0, 2.0, 0.0, 3.0, -0.25]).ok();
    for (dim, table) in [(1, None), (2, table.clone()), (3, None), (5, table)] {
        let scope = Scope { dim, parameters: vec!["a".into(), "b".into()], table };
        match Formula::parse(text, &scope) {
            Ok(formula) => evaluate(&formula, &scope),
            Err(error) => {
                assert!(error.at.start <= error.at.end && error.at.end <= text.len(), "{error:?}");
                assert!(error.to_string().starts_with("position "));
            }
        }
    }
});

fn evaluate(formula: &Formula, scope: &Scope) {
    let n = scope.dim;
    let (p, x) = ([0.7, -2.0], vec![0.3; n]);
    let (mut g, mut h) = (vec![0.0; n], vec![0.0; n * n]);
    let value = formula.value(&p, &x);
    let again = formula.value_gradient_hessian(&p, &x, &mut g, &mut h);
    assert!(value == again || (value.is_nan() && again.is_nan()));
    formula.hessian_vector(&p, &x, &vec![1.0; n], &mut g);
    formula.batch_value_gradient(&p, &x, &[1, 0, 7], &mut g);
    let grid = Grid { origin: vec![-1.0; n], du: vec![0.1; n], dv: vec![0.2; n], width: 3, height: 2 };
    formula.grid(&p, &grid, &mut [0.0; 6]);
    formula.is_smooth_at(&p, &x, 1e-3);
    formula.kinks();
    formula.wgsl();
    let printed = formula.to_string();
    match Formula::parse(&printed, scope) {
        Ok(same) => assert_eq!(same.to_string(), printed),
        Err(error) => assert!(printed.len() > saddlescope::formula::MAX_TEXT, "{printed}: {error}"),
    }
}
