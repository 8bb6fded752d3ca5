//! What every method of the registry keeps.

use crate::objectives::{Cloud, PLANES, Plane, ROSENBROCK, set, start};
use saddlescope::linalg::Rng;
use saddlescope::optim::{Counts, Oracle, Scales, Setting, Settings, Span, StepError, Verdict, method, methods};
use saddlescope::problem::{GaussNewton, Objective};

#[test]
fn identifiers_are_unique_and_entries_are_filled() {
    let mut ids: Vec<&str> = methods().iter().map(|m| m.id).collect();
    for m in methods() {
        assert!(m.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{}", m.id);
        let texts = [m.name, m.formula, m.summary, m.source];
        assert!(texts.iter().all(|t| !t.is_empty()), "{}", m.id);
        assert!(m.parameters.iter().all(|p| !p.meaning.is_empty() && !p.source.is_empty() && !p.symbol.is_empty()), "{}", m.id);
        let mut names: Vec<&str> = m.parameters.iter().map(|p| p.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), m.parameters.len(), "{}", m.id);
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// Around each method it can be put around, a method declares that one's parameters under a prefix, resolves them and moves it.
#[test]
fn methods_around_others_take_the_parameters_of_both() {
    let mut pairs = 0;
    for outer in methods() {
        for choice in outer.parameters {
            let Span::Method { options } = choice.span else { continue };
            for id in options {
                let mut settings = set(&[], &[(choice.name, id)]);
                let inner = method(id).unwrap();
                let declared = outer.declared(&settings);
                assert_eq!(declared.len(), outer.parameters.len() + inner.parameters.len(), "{id}");
                let mut names: Vec<&str> = declared.iter().map(|p| p.name).collect();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), declared.len(), "{id}: names are unique");
                for own in inner.parameters {
                    let name = format!("{}_{}", choice.name, own.name);
                    let found = declared.iter().find(|p| p.name == name).unwrap();
                    assert_eq!((found.default, found.span), (own.default, own.span), "{name} of {id}");
                    let standard = own.default_number(None);
                    let setting = match (own.span, own.span.options()) {
                        (Span::Matrix, _) => Setting::Name("4,1;1,2".to_owned()),
                        (_, Some(options)) => Setting::Name(options[standard as usize].to_owned()),
                        _ => Setting::Number(standard),
                    };
                    settings.insert(name, setting);
                }
                let (found, own) = outer.resolve(&settings, None).unwrap().nested(choice.name);
                assert_eq!(found.id, *id);
                for p in inner.parameters {
                    assert_eq!(own.setting(p.name), settings[&format!("{}_{}", choice.name, p.name)], "{} of {id}", p.name);
                }
                settings.insert(format!("{}_nothing", choice.name), Setting::Number(1.0));
                let error = outer.resolve(&settings, None).err().unwrap().to_string();
                assert!(error.contains("has no parameter") && error.contains(declared.last().unwrap().name), "{error}");
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, methods().len() - 1);
    let wrong = set(&[], &[("inner", "lookahead")]);
    let error = method("lookahead").unwrap().resolve(&wrong, None).err().unwrap().to_string();
    assert!(error.contains("it must be one of gd, heavy_ball"), "{error}");
}

#[test]
fn ratios_stand_in_their_order() {
    for (id, prefix) in [("tr", ""), ("first_order_tr", ""), ("arc", ""), ("lookahead", "inner_")] {
        let mut settings = set(&[], if prefix.is_empty() { &[] } else { &[("inner", "tr")] });
        let low = format!("{prefix}eta1");
        settings.insert(low.clone(), Setting::Number(0.99));
        let error = method(id).unwrap().resolve(&settings, None).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{id}: {low} = 0.99 is not allowed; it must be at most {prefix}eta2 = ")), "{error}");
        settings.insert(format!("{prefix}eta2"), Setting::Number(0.99));
        assert!(method(id).unwrap().resolve(&settings, None).is_ok());
    }
}

/// Building reads only what is declared: an undeclared name would stop a debug build here.
#[test]
fn defaults_lie_in_their_spans_at_every_scale() {
    let scales = [1e-6, 1e-3, 1.0, 1e3].map(|s| Scales { step_size: s, radius: 10.0 * s });
    for m in methods() {
        for scales in scales.iter().map(|s| Some(*s)).chain([None]) {
            for p in m.parameters {
                let (min, max) = p.span.limits();
                let value = p.default_number(scales);
                assert!((min..=max).contains(&value), "{} of {}: {value}", p.name, m.id);
                assert!(!matches!(p.span, Span::Integer { .. } | Span::Choice { .. }) || value.fract() == 0.0);
            }
            let machine = m.start(&Settings::new(), scales, &[1.0, 2.0]).unwrap();
            assert_eq!(machine.position(), [1.0, 2.0]);
        }
    }
}

#[test]
fn a_clone_continues_identically() {
    let cloud = Cloud::new(9);
    let mut objectives: Vec<(&dyn Objective, Vec<f64>)> = vec![(&cloud, vec![0.5, -1.0, 2.0])];
    objectives.extend(PLANES.iter().map(|p| (p as &dyn Objective, p.start.to_vec())));
    for (id, settings) in methods_and_pairs() {
        for (f, x) in &objectives {
            let mut first = start(id, &settings, x);
            let mut oracle = Oracle::new(*f, Rng::new(1), Counts::default());
            for _ in 0..7 {
                let _ = first.step(&mut oracle);
            }
            let mut second = first.boxed_clone();
            let (rng, counts) = oracle.into_parts();
            let mut one = Oracle::new(*f, rng.clone(), counts);
            let mut other = Oracle::new(*f, rng, counts);
            for _ in 0..20 {
                let (a, b) = (first.step(&mut one), second.step(&mut other));
                assert_eq!(format!("{a:?}"), format!("{b:?}"), "{id} {settings:?}");
            }
            assert_eq!(one.counts(), other.counts());
        }
    }
}

/// Every method, and every method around another one.
fn methods_and_pairs() -> Vec<(&'static str, Settings)> {
    let mut all: Vec<(&str, Settings)> = methods().iter().map(|m| (m.id, Settings::new())).collect();
    for outer in methods() {
        for choice in outer.parameters {
            let Span::Method { options } = choice.span else { continue };
            all.extend(options.iter().map(|id| (outer.id, set(&[], &[(choice.name, id)]))));
        }
    }
    all
}

#[test]
fn the_record_agrees_with_the_machine() {
    for (id, settings) in methods_and_pairs() {
        let m = method(id).unwrap();
        for f in &PLANES {
            let mut machine = start(id, &settings, &f.start);
            let mut oracle = Oracle::new(f, Rng::new(4), Counts::default());
            for _ in 0..25 {
                let before = machine.position().to_vec();
                let step = match machine.step(&mut oracle) {
                    Ok(step) => step,
                    // Where the function does not suit the method its first step says so.
                    Err(error) => {
                        let says_so = matches!(error, StepError::Finished(_)) && machine.position() == f.start;
                        assert!(m.check(&settings, f).is_ok() || says_so, "{id} {settings:?}: {error}");
                        break;
                    }
                };
                assert_eq!(step.from.as_slice(), before, "{}", m.id);
                assert_eq!(step.x.as_slice(), machine.position(), "{}", m.id);
                // xₖ₊₁ = xₖ + s up to rounding where s was accepted, else xₖ to the bit.
                let arrives = (0..2).all(|i| {
                    let (to, size) = (step.from[i] + step.trial[i], step.from[i].abs() + step.trial[i].abs());
                    (step.x[i] - to).abs() <= 1e-12 * size
                });
                let agrees = if step.verdict == Verdict::Accepted { arrives } else { step.x == step.from };
                assert!(agrees, "{id} {settings:?} on {}: {step:?}", f.name);
                let text = serde_json::to_string(&step.geometry).unwrap();
                assert!(text.contains("\"kind\""), "{}", m.id);
            }
        }
    }
}

#[test]
fn a_gradient_that_is_not_finite_ends_with_a_sentence() {
    let broken = Plane {
        gradient: |x, _| [if x > 0.0 { f64::NAN } else { f64::INFINITY }, 1.0],
        value: |_, _| f64::NAN,
        hessian: |_, _| [f64::NAN; 3],
        ..ROSENBROCK
    };
    for m in methods() {
        for x in [[1.0, 0.0], [-1.0, 0.0]] {
            let mut machine = start(m.id, &Settings::new(), &x);
            let mut oracle = Oracle::new(&broken, Rng::new(0), Counts::default());
            let error = machine.step(&mut oracle).unwrap_err();
            assert!(matches!(error, StepError::NotFinite { .. }), "{}: {error}", m.id);
            assert_eq!(machine.position(), x, "{}", m.id);
        }
    }
}

#[test]
fn one_dimension_and_none_are_no_trouble() {
    struct Square(usize);
    impl Objective for Square {
        fn dim(&self) -> usize {
            self.0
        }
        fn value(&self, x: &[f64]) -> f64 {
            x.iter().map(|v| 0.5 * v * v).sum()
        }
        fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
            gradient.copy_from_slice(x);
            self.value(x)
        }
        fn hessian_vector(&self, _x: &[f64], v: &[f64], product: &mut [f64]) {
            product.copy_from_slice(v);
        }
        fn gauss_newton(&self) -> Option<&dyn GaussNewton> {
            Some(self)
        }
    }
    // G = I of the residuals xᵢ.
    impl GaussNewton for Square {
        fn gauss_newton_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
            self.hessian_vector(x, v, product);
        }
        fn gauss_newton_matrix(&self, x: &[f64], matrix: &mut [f64]) {
            self.hessian(x, matrix);
        }
    }
    for m in methods() {
        for n in [0, 1, 6] {
            let mut machine = start(m.id, &Settings::new(), &vec![3.0; n]);
            let f = Square(n);
            let mut oracle = Oracle::new(&f, Rng::new(0), Counts::default());
            for _ in 0..50 {
                let outcome = machine.step(&mut oracle);
                assert!(matches!(outcome, Ok(_) | Err(StepError::Finished(_))), "{} in dimension {n}: {outcome:?}", m.id);
            }
            assert!(f.value(machine.position()) < f.value(&vec![3.0; n]) || n == 0, "{} in dimension {n}", m.id);
        }
    }
}
