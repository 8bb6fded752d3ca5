//! What every trust-region step promises at least, and edges that it survives.

use crate::objectives::{PLANES, Plane, ROSENBROCK, SADDLE_BOUNDED, run, set};
use proptest::prelude::*;
use saddlescope::linalg::{Metric, Vector, dot, mat_vec, norm, symmetric_eigen, symmetric_eigenvalues};
use saddlescope::optim::subproblem::{Solver, cubic};
use saddlescope::optim::{Geometry, Region};

const METRICS: [&str; 8] = ["sphere", "adagrad", "adagrad_full", "rmsprop", "rmsprop_full", "adam", "adam_full", "matrix"];

fn hessian(f: &Plane, x: &[f64]) -> [f64; 4] {
    let [a, b, c] = (f.hessian)(x[0], x[1]);
    [a, b, b, c]
}

/// ½‖g‖_{M⁻¹} min{Δ, ‖g‖_{M⁻¹}/(1 + ‖M^{−½}HM^{−½}‖)}.
fn cauchy(region: &Region, h: &[f64]) -> f64 {
    let n = region.linear.len();
    let factor = region.metric.factor(n);
    let mut dual = region.linear.clone();
    factor.forward(&mut dual);
    let spread = symmetric_eigenvalues(&factor.congruence(h, n), n).iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    0.5 * norm(&dual) * region.radius.min(norm(&dual) / (1.0 + spread))
}

/// ½|λ_min| (Δ‖u‖/‖u‖_M)² for the bottom eigenvector u; 0 where H ⪰ 0.
fn eigenpoint(region: &Region, h: &[f64]) -> f64 {
    let eigen = symmetric_eigen(h, region.linear.len());
    let along = region.radius / region.metric.norm(&eigen.vectors[0]);
    0.5 * (-eigen.values[0]).max(0.0) * along * along
}

/// ½|θ| Δ² for the curvature θ along M⁻¹g; 0 where it is positive.
fn along_gradient(region: &Region, h: &[f64]) -> f64 {
    let mut direction = region.linear.clone();
    region.metric.factor(direction.len()).solve(&mut direction);
    let mut bent = [0.0; 2];
    mat_vec(h, &direction, &mut bent);
    let along = region.radius / region.metric.norm(&direction);
    0.5 * (-dot(&direction, &bent)).max(0.0) * along * along
}

#[test]
fn every_step_has_cauchys_decrease_and_second_order_solvers_the_eigenpoints() {
    let (mut checked, mut saddles, mut lanczos) = (0, 0, 0);
    for metric in METRICS {
        for (solver, curvature) in [
            ("exact", "seen"),
            ("steihaug", "seen"),
            ("gltr", "seen"),
            ("gltr", "probed"),
            ("dogleg", "seen"),
            ("cauchy", "seen"),
        ] {
            for f in &PLANES {
                for start in [f.start, [0.3, -0.7], [-2.0, 2.0]] {
                    let names = [("metric", metric), ("solver", solver), ("curvature", curvature), ("matrix", "4,1;1,2")];
                    let settings = set(&[], &names);
                    let (records, _) = run("tr", &settings, f, &start, 25, 0);
                    for record in &records {
                        let Geometry::TrustRegion(region) = &record.geometry else { panic!("no region") };
                        // Beyond, products of these numbers underflow.
                        if norm(&region.linear) < 1e-100 {
                            continue;
                        }
                        let h = hessian(f, &record.from);
                        let label = format!("{metric} {solver} on {} at {:?}", f.name, record.from);
                        let least = cauchy(region, &h);
                        assert!(record.predicted >= least * (1.0 - 1e-10), "{label}: {} below {least}", record.predicted);
                        let mut bent = [0.0; 2];
                        mat_vec(&h, &region.step, &mut bent);
                        let model = -dot(&region.linear, &region.step) - 0.5 * dot(&region.step, &bent);
                        let size = norm(&region.linear) * norm(&region.step) + norm(&h) * dot(&region.step, &region.step);
                        let (axes, _) = region.metric.axes(2);
                        // A Krylov basis is M-orthogonal as far as the condition of M allows.
                        let digits = 1e-10_f64.max(1e-14 * axes[1] / axes[0]);
                        assert!(
                            (record.predicted - model).abs() <= digits * size,
                            "{label}: {} is not {model}",
                            record.predicted
                        );
                        // A Lanczos basis of one direction has seen the curvature along M⁻¹g only, unless it is probed.
                        let all = solver == "exact" || curvature == "probed" || solver == "gltr" && region.path.len() == 2;
                        if solver == "gltr" && !all {
                            let least = along_gradient(region, &h);
                            assert!(record.predicted >= least * (1.0 - digits), "{label}: below the Ritz point {least}");
                        }
                        if all {
                            let least = eigenpoint(region, &h);
                            let digits = if solver == "exact" { 1e-10 } else { digits };
                            assert!(record.predicted >= least * (1.0 - digits), "{label}: below the eigenpoint {least}");
                            lanczos += usize::from(least > 0.0 && solver == "gltr");
                            saddles += usize::from(least > 0.0);
                        }
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 5000 && saddles > 50, "{checked} steps, {saddles} with negative curvature");
    assert!(lanczos > 25, "{lanczos} of gltr");
}

/// At (1, 0.05) the space of g holds a step to the inside at once: what lies beyond is found by the probe, for one product more.
#[test]
fn a_probed_basis_finds_the_curvature_that_the_gradient_hides() {
    let step = |solver: &str, curvature: &str| {
        let settings = set(&[("radius", 5.0)], &[("solver", solver), ("curvature", curvature)]);
        let (records, counts) = run("tr", &settings, &SADDLE_BOUNDED, &[1.0, 0.05], 1, 0);
        (records[0].predicted, counts.hessian_vector)
    };
    let (exact, seen, probed) = (step("exact", "seen"), step("gltr", "seen"), step("gltr", "probed"));
    assert!(exact.0 > 12.0 && seen.0 < 1.0 && seen.1 == 1, "{exact:?} {seen:?}");
    assert!((probed.0 - exact.0).abs() <= 1e-12 * exact.0 && probed.1 == 2, "{probed:?} against {exact:?}");
}

/// However small the part of the gradient along the way out: once the rest of it is gone, Lanczos' basis begins there.
#[test]
fn lanczos_leaves_the_saddle_at_every_distance_from_its_stable_manifold() {
    for digits in 0..=20 {
        for sign in [1.0, -1.0] {
            let start = [1.0, sign * libm::pow(10.0, -f64::from(digits))];
            let (records, _) = run("tr", &set(&[], &[("solver", "gltr")]), &SADDLE_BOUNDED, &start, 60, 0);
            let end = &records.last().unwrap().x;
            assert!(end[0].abs() < 1e-6 && (end[1].abs() - 1.0).abs() < 1e-6, "from {start:?} to {end:?}");
        }
    }
}

/// What is asked of a solver is products or a dense Hessian, as its paper has it.
#[test]
fn krylov_solvers_never_ask_a_dense_hessian() {
    for (id, solver) in
        [("tr", "steihaug"), ("tr", "gltr"), ("tr", "cauchy"), ("arc", "lanczos"), ("saddle_free_newton", "krylov")]
    {
        let (_, counts) = run(id, &set(&[], &[("solver", solver)]), &ROSENBROCK, &[-1.2, 1.0], 20, 0);
        assert!(counts.hessian == 0 && counts.hessian_vector > 0, "{id} {solver}: {counts:?}");
    }
    for (id, solver) in [("tr", "exact"), ("tr", "dogleg"), ("arc", "exact"), ("saddle_free_newton", "dense")] {
        let (_, counts) = run(id, &set(&[], &[("solver", solver)]), &ROSENBROCK, &[-1.2, 1.0], 20, 0);
        assert!(counts.hessian > 0 && counts.hessian_vector == 0, "{id} {solver}: {counts:?}");
    }
}

fn entry() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), Just(-1.0), Just(1e-12), Just(1e12), -10.0..10.0]
}

proptest! {
    /// Zero gradients, singular and indefinite Hessians, radii from 10⁻¹² to 10¹².
    #[test]
    fn edges_are_survived(g in [entry(), entry(), entry()], d in [entry(), entry(), entry()], o in [entry(), entry(), entry()],
        radius in prop_oneof![Just(1e-12), Just(1e12), Just(1.0), 1e-3..1e3], kind in 0..3) {
        let h = [d[0], o[0], o[1], o[0], d[1], o[2], o[1], o[2], d[2]];
        let metric = match kind {
            0 => Metric::Sphere,
            1 => Metric::Diagonal(Vector::from_slice(&[1e-4, 1.0, 1e4])),
            _ => Metric::Full(Vector::from_slice(&[4.0, 1.0, 0.0, 1.0, 2.0, 0.5, 0.0, 0.5, 1.0])),
        };
        for solver in Solver::ALL {
            let s = solver.solve(&g, &h, &metric, radius);
            prop_assert!(s.step.iter().all(|v| v.is_finite()), "{}: {s:?}", solver.name());
            prop_assert!(metric.norm(&s.step) <= radius * (1.0 + 1e-9), "{}: {s:?}", solver.name());
            prop_assert!(s.model_decrease >= 0.0, "{}: {s:?}", solver.name());
        }
        let s = cubic(&g, &h, 1.0 / radius);
        prop_assert!(s.step.iter().all(|v| v.is_finite()) && s.model_decrease >= 0.0, "{s:?}");
    }
}
