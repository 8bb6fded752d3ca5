//! First-order methods against their formulas and against published experiments.

use crate::objectives::{Plane, QUAD_ILL, ROSENBROCK, SADDLE_BOUNDED, run, set};
use saddlescope::optim::{Exit, Geometry, Step, Verdict};
use serde_json::Value;

fn radius(step: &Step) -> f64 {
    match &step.geometry {
        Geometry::TrustRegion(region) => region.radius,
        other => panic!("{other:?} is no region"),
    }
}

/// x²/2 + y², diag(1, 25)/2·2 and its rotation by 45°: f = xᵀHx/2.
fn quadratic(name: &str) -> Plane {
    match name {
        "quad_well" => Plane {
            name: "quad_well",
            value: |x, y| 0.5 * x * x + y * y,
            gradient: |x, y| [x, 2.0 * y],
            hessian: |_, _| [1.0, 0.0, 2.0],
            start: [3.0, 0.0],
        },
        "quad_ill" => QUAD_ILL,
        _ => Plane {
            name: "quad_rot",
            value: |x, y| 0.5 * (13.0 * x * x - 24.0 * x * y + 13.0 * y * y),
            gradient: |x, y| [13.0 * x - 12.0 * y, 13.0 * y - 12.0 * x],
            hessian: |_, _| [13.0, -12.0, 13.0],
            start: [3.0, 0.0],
        },
    }
}

/// Starts on the circle of radius 3 at the angles 2π(k + ½)/30.
fn circle() -> impl Iterator<Item = [f64; 2]> {
    (0..30).map(|k| {
        let angle = std::f64::consts::TAU * (f64::from(k) + 0.5) / 30.0;
        [3.0 * angle.cos(), 3.0 * angle.sin()]
    })
}

/// Experiment E1 (Kohler, Adolphs, Lucchi 2020, Figure 1): mean log₁₀ f over the circle after 10, 20, 50 and 100 steps.
#[test]
fn ill_conditioned_quadratics_cost_what_was_published() {
    let reference: Value = serde_json::from_str(include_str!("../reference/experiments.json")).unwrap();
    let table = reference["E1_quadratics"].as_object().unwrap();
    assert_eq!(table.len(), 9);
    for (case, expected) in table {
        let (name, method) = case.split_once('/').unwrap();
        let (id, names): (_, &[_]) = match method {
            "adagrad_diag_inside" => ("adagrad", &[("epsilon_place", "inside")]),
            other => (other, &[]),
        };
        let numbers: &[_] = if id == "gd" { &[] } else { &[("epsilon", 1e-8)] };
        let step_size = ("step_size", expected["lr"].as_f64().unwrap());
        let (f, settings) = (quadratic(name), set(&[&[step_size], numbers].concat(), names));
        for (steps, mean) in expected["mean_log10_f"].as_object().unwrap() {
            let steps: usize = steps.parse().unwrap();
            let last = |x: [f64; 2]| run(id, &settings, &f, &x, steps, 0).0[steps - 1].x.clone();
            let sum: f64 = circle().map(last).map(|x| (f.value)(x[0], x[1]).log10()).sum();
            let (ours, theirs) = (sum / 30.0, mean.as_f64().unwrap());
            assert!((ours - theirs).abs() <= 1e-6, "{case} after {steps}: {ours} against {theirs}");
        }
    }
}

/// E1, exactly: full-matrix Adagrad does not see the axes. Two starts of the circle are eigenvectors: from there S keeps rank
/// one, rounding across it is divided by √ε at each step, and no two runs stay together; they are left out.
#[test]
fn full_matrix_adagrad_turns_with_the_problem() {
    let settings = set(&[("step_size", 1.0), ("epsilon", 1e-8)], &[]);
    let turn = |[x, y]: [f64; 2]| {
        let c = 0.5_f64.sqrt();
        [c * (x - y), c * (x + y)]
    };
    for start in circle().filter(|start| start.iter().all(|v| v.abs() > 1e-9)) {
        let aligned = run("adagrad_full", &settings, &QUAD_ILL, &start, 40, 0).0;
        let rotated = run("adagrad_full", &settings, &quadratic("quad_rot"), &turn(start), 40, 0).0;
        for (k, (a, b)) in aligned.iter().zip(&rotated).enumerate() {
            let expected = turn([a.x[0], a.x[1]]);
            assert!((0..2).all(|i| (b.x[i] - expected[i]).abs() < 1e-10), "step {k} from {start:?}: {:?} {expected:?}", b.x);
        }
    }
}

/// E2: with the radius grown and shrunk by trust, f after so many steps.
#[test]
fn first_order_trust_region_descends_as_published() {
    let reference: Value = serde_json::from_str(include_str!("../reference/experiments.json")).unwrap();
    let numbers = [("radius", 0.5), ("radius_max", 10.0), ("eta1", 1e-4), ("grow", 1.1), ("shrink", 1.5), ("epsilon", 1e-8)];
    for (row, metric) in [("1st_TR_uniform", "sphere"), ("1st_TR_adagrad", "adagrad")] {
        for (steps, expected) in reference["E2_first_order_tr"][row].as_object().unwrap() {
            let steps: usize = steps.parse().unwrap();
            let x = run("first_order_tr", &set(&numbers, &[("metric", metric)]), &QUAD_ILL, &QUAD_ILL.start, steps, 0).0
                [steps - 1]
                .x
                .clone();
            let (ours, theirs) = ((QUAD_ILL.value)(x[0], x[1]), expected.as_f64().unwrap());
            assert!((ours / theirs - 1.0).abs() < 1e-6, "{row} after {steps}: {ours} against {theirs}");
        }
    }
}

/// E2(a): with Δ = η‖g‖_{M⁻¹} set by hand the first trial is the step of gradient descent and of Adagrad.
#[test]
fn a_radius_of_the_lemma_gives_the_step_of_the_fixed_method() {
    for (metric, id, names) in [("sphere", "gd", &[][..]), ("adagrad", "adagrad", &[("epsilon_place", "inside")][..])] {
        for start in circle() {
            let fixed = run(id, &set(&[("step_size", 0.01)], names), &QUAD_ILL, &start, 1, 0).0;
            let settings = set(&[("radius", radius(&fixed[0]))], &[("metric", metric)]);
            let trusted = run("first_order_tr", &settings, &QUAD_ILL, &start, 1, 0).0;
            assert!((0..2).all(|i| (fixed[0].trial[i] - trusted[0].trial[i]).abs() < 1e-12), "{metric} from {start:?}");
        }
    }
}

#[test]
fn first_order_trust_region_asks_a_gradient_an_iterate_and_a_value_a_trial() {
    let (records, counts) = run("first_order_tr", &set(&[("radius", 3.0)], &[]), &ROSENBROCK, &ROSENBROCK.start, 60, 0);
    let looked = 1 + records[..59].iter().filter(|r| r.verdict == Verdict::Accepted).count() as u64;
    assert_eq!((counts.gradient, counts.value, counts.backpropagations), (looked, 60, looked));
    assert!(looked < 60, "the run has rejected trials");
    for size in [1e-12, 1e12] {
        let (records, _) =
            run("first_order_tr", &set(&[("radius", size), ("radius_max", size)], &[]), &ROSENBROCK, &[-1.2, 1.0], 200, 0);
        assert!(
            records.iter().all(|r| (r.from.as_slice() == r.x.as_slice()) == (r.verdict == Verdict::Rejected)),
            "radius {size}"
        );
    }
}

/// η of each step, read off the region of plain descent: Δ = ηₜ‖g‖.
#[test]
fn schedules_follow_their_formulas() {
    let (time, factor, warmup) = (7.0_f64, 0.3_f64, 4);
    let cosine = |t: f64| factor + (1.0 - factor) * (1.0 + (std::f64::consts::PI * (t / time).min(1.0)).cos()) / 2.0;
    let formulas: [(&str, &dyn Fn(f64) -> f64); 6] = [
        ("constant", &|_| 1.0),
        ("inverse", &|t| 1.0 / (1.0 + t / time)),
        ("inverse_sqrt", &|t| 1.0 / (1.0 + t / time).sqrt()),
        ("exponential", &|t| factor.powf(t / time)),
        ("step", &|t| factor.powi((t / time).floor() as i32)),
        ("cosine", &cosine),
    ];
    for (name, formula) in formulas {
        for (id, ramp) in [("gd", 0), ("gd", warmup), ("sgd", warmup), ("noisy_sgd", warmup)] {
            let numbers =
                [("step_size", 0.01), ("schedule_time", time), ("schedule_factor", factor), ("warmup", f64::from(ramp))];
            let settings = set(&numbers, &[("schedule", name)]);
            let (records, _) = run(id, &settings, &QUAD_ILL, &QUAD_ILL.start, 30, 0);
            assert_eq!(records.len(), 30);
            for (t, record) in records.iter().enumerate() {
                let t = f64::from(u32::try_from(t).unwrap());
                let ramp = f64::from(ramp);
                let share = if t < ramp { (t + 1.0) / ramp } else { formula(t - ramp) };
                let eta = radius(record) / record.gradient_norm;
                assert!(
                    (eta - 0.01 * share).abs() < 1e-15,
                    "{id}: {name} with warm-up {ramp} at {t}: {eta} against {}",
                    0.01 * share
                );
            }
        }
    }
}

#[test]
fn normalized_steps_have_one_length_and_none_at_a_critical_point() {
    let (records, _) = run("ngd", &set(&[("step_size", 0.05)], &[]), &ROSENBROCK, &ROSENBROCK.start, 50, 0);
    assert!(records.iter().all(|r| (radius(r) - 0.05).abs() < 1e-15));
    let (records, _) = run("ngd", &set(&[], &[]), &SADDLE_BOUNDED, &[0.0, 0.0], 5, 0);
    assert_eq!(records.len(), 5);
    for record in &records {
        let Geometry::TrustRegion(region) = &record.geometry else { panic!("no region") };
        assert_eq!((record.x.as_slice(), region.exit), (&[0.0, 0.0][..], Exit::ZeroGradient));
    }
    let (records, _) = run("ngd", &set(&[], &[]), &SADDLE_BOUNDED, &[1e-310, 0.0], 3, 0);
    assert_eq!(records.len(), 3);
}

/// Centered RMSProp and RMSProp with momentum, step by step from their formulas.
#[test]
fn rmsprop_variants_follow_their_formulas() {
    let (eta, alpha, epsilon, mu) = (0.02, 0.9, 1e-6, 0.8);
    for centered in [false, true] {
        for mu in [0.0, mu] {
            let numbers = [("step_size", eta), ("alpha", alpha), ("epsilon", epsilon), ("momentum", mu)];
            let settings = set(&numbers, &[("centered", if centered { "yes" } else { "no" })]);
            let (records, _) = run("rmsprop", &settings, &ROSENBROCK, &ROSENBROCK.start, 25, 0);
            let (mut x, mut v, mut a, mut b) = (ROSENBROCK.start, [0.0; 2], [0.0; 2], [0.0; 2]);
            for (k, record) in records.iter().enumerate() {
                let g = (ROSENBROCK.gradient)(x[0], x[1]);
                for i in 0..2 {
                    v[i] = alpha * v[i] + (1.0 - alpha) * g[i] * g[i];
                    a[i] = alpha * a[i] + (1.0 - alpha) * g[i];
                    let second: f64 = if centered { v[i] - a[i] * a[i] } else { v[i] };
                    b[i] = mu * b[i] + g[i] / (second.sqrt() + epsilon);
                    x[i] -= eta * b[i];
                }
                assert!((0..2).all(|i| (record.x[i] - x[i]).abs() < 1e-12), "centered {centered}, mu {mu}, step {k}");
            }
            assert_eq!(records.iter().all(|r| r.predicted > 0.0), mu == 0.0, "a step along the momentum is no model of f");
        }
    }
}

/// On a convex function with η = 1/L: f(xₜ) − f* ≤ 2L‖x₀ − x*‖²/(t + 1)² (Beck, Teboulle 2009, Theorem 4.4), and the
/// library's iterate is the look-ahead point of the velocity form.
#[test]
fn the_convex_schedule_of_nesterov_keeps_its_bound() {
    let flat = Plane {
        name: "flat",
        value: |x, y| 0.5 * (1e-4 * x * x + y * y),
        gradient: |x, y| [1e-4 * x, y],
        hessian: |_, _| [1e-4, 0.0, 1.0],
        start: [50.0, 1.0],
    };
    let named = |form| set(&[("step_size", 1.0)], &[("momentum_schedule", "convex"), ("form", form)]);
    let velocity = run("nesterov", &named("velocity"), &flat, &flat.start, 400, 0).0;
    let library = run("nesterov", &named("library"), &flat, &flat.start, 400, 0).0;
    let mut a = 1.0_f64;
    for (k, pair) in velocity.windows(2).enumerate() {
        let t = f64::from(u32::try_from(k).unwrap()) + 1.0;
        let value = (flat.value)(pair[0].x[0], pair[0].x[1]);
        assert!(value <= 2.0 * 2501.0 / ((t + 1.0) * (t + 1.0)), "step {t}: {value}");
        let next = (1.0 + (1.0 + 4.0 * a * a).sqrt()) / 2.0;
        let after = (1.0 + (1.0 + 4.0 * next * next).sqrt()) / 2.0;
        let mu = (next - 1.0) / after;
        for i in 0..2 {
            let ahead = pair[0].x[i] + mu * (pair[0].x[i] - pair[0].from[i]);
            assert!((library[k].x[i] - ahead).abs() < 1e-11, "step {t}: {} against {ahead}", library[k].x[i]);
        }
        a = next;
    }
    let constant = run("nesterov", &set(&[("step_size", 1.0), ("momentum", 0.0)], &[]), &flat, &flat.start, 400, 0).0;
    let value = |records: &[Step]| (flat.value)(records[399].x[0], records[399].x[1]);
    assert!(value(&velocity) < 0.1 * value(&constant), "momentum pays on a flat valley");
}
