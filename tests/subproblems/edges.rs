//! Zero gradients, nearly hard cases, problems by hand and extreme scales.

use crate::{Problem, close};
use saddlescope::linalg::{Metric, Rng, Vector, symmetric_eigen};
use saddlescope::optim::subproblem::{Curvature, Solver};
use saddlescope::optim::{Exit, subproblem};

/// Nocedal and Wright's picture: g = (1, 1), H = diag(2, 10), Newton's point (−0.5, −0.1), first leg to (−1, −1)/6.
#[test]
fn dogleg_by_hand() {
    let solve = |radius: f64| subproblem::dogleg(&[1.0, 1.0], &[2.0, 0.0, 0.0, 10.0], &Metric::Sphere, radius);
    let sixth: f64 = 1.0 / 6.0;
    let inner = solve(0.2);
    assert_eq!((inner.exit, inner.path.len()), (Exit::Boundary, 1));
    assert!(inner.step.iter().all(|v| (v + 0.2 / 2.0_f64.sqrt()).abs() < 1e-15));
    let bend = solve(0.3);
    // |(−1/6 − τ/3, −1/6 + τ/15)| = 0.3.
    let (a, b, c) = (1.0 / 9.0 + 1.0 / 225.0, sixth / 3.0 - sixth / 15.0, 0.09 - 2.0 * sixth * sixth);
    let tau = (-b + (b * b + a * c).sqrt()) / a;
    assert!((bend.step[0] + sixth + tau / 3.0).abs() < 1e-15 && (bend.step[1] + sixth - tau / 15.0).abs() < 1e-15);
    assert_eq!(bend.path.len(), 2);
    let newton = solve(1.0);
    assert_eq!(newton.exit, Exit::Interior);
    assert!((newton.step[0] + 0.5).abs() < 1e-15 && (newton.step[1] + 0.1).abs() < 1e-15);
}

/// H = diag(1, −2), Δ = 1, g = (1, ε): λ = 2 + μ with s = −(1/(3 + μ), ε/μ), so μ² (1 − 1/(3 + μ)²) = ε².
#[test]
fn almost_hard_cases_keep_their_digits() {
    for tiny in [1e-3, 1e-6, 1e-9, 1e-12] {
        let h = vec![1.0, 0.0, 0.0, -2.0];
        let s = Problem { g: vec![1.0, tiny], h, metric: Metric::Sphere, radius: 1.0 }.exact();
        let mu = (0..60).fold(tiny, |mu, _| tiny / (1.0 - 1.0 / ((3.0 + mu) * (3.0 + mu))).sqrt());
        assert_eq!(s.exit, Exit::Boundary);
        assert!((s.step[0] + 1.0 / (3.0 + mu)).abs() < 1e-15 && (s.step[1] * mu / tiny + 1.0).abs() < 1e-14, "{:?}", s.step);
        assert!((s.multiplier - 2.0 - mu).abs() < 1e-15);
    }
}

#[test]
fn a_zero_gradient() {
    for (h, decrease, exit) in [
        ([3.0, 0.0, 0.0, -1.0], 0.5 * 0.49, Exit::HardCase),
        ([3.0, 0.0, 0.0, 1.0], 0.0, Exit::Interior),
        ([0.0, 0.0, 0.0, 0.0], 0.0, Exit::HardCase),
    ] {
        let problem = Problem { g: vec![0.0; 2], h: h.to_vec(), metric: Metric::Sphere, radius: 0.7 };
        let s = problem.exact();
        assert_eq!(s.exit, exit);
        close("decrease", s.model_decrease, decrease, 1e-15);
        let cg = problem.steihaug(0.0);
        assert_eq!((cg.exit, cg.products, cg.norm), (Exit::ZeroGradient, 0, 0.0));
    }
    let saddle = Problem { g: vec![0.0; 2], h: vec![3.0, 0.0, 0.0, -1.0], metric: Metric::Sphere, radius: 0.7 };
    assert_eq!(saddle.exact().step.as_slice(), [0.0, 0.7]);
}

/// Any combination of scales gives finite numbers, a step in the region and no increase of the model.
#[test]
fn extreme_scales() {
    let hessians: [[f64; 4]; 6] = [
        [1.0, 0.0, 0.0, -1.0],
        [0.0; 4],
        [1.0, 1.0, 1.0, 1.0],
        [2.0, 0.3, 0.3, 1e-14],
        [1.0, 1.0, 1.0, 1.0 - 1e-15],
        [-1.0, 0.2, 0.2, -3.0],
    ];
    let scales = [0.0, 1e-300, 1e-160, 1e-30, 1e-8, 1.0, 1e8, 1e30, 1e150];
    let metrics = [
        Metric::Sphere,
        Metric::Diagonal(Vector::from_slice(&[1e5, 1e-5])),
        Metric::Full(Vector::from_slice(&[2.0, 1.0, 1.0, 3.0])),
    ];
    for g in [[1.0, 1.0], [1.0, 0.0], [0.0, -1.0], [1.0, 1e-13]] {
        for gradient_scale in scales.iter().chain(&[1e200, 1e300]) {
            for h in hessians {
                for hessian_scale in scales {
                    for radius in [1e-12, 1e-3, 1.0, 1e12] {
                        for metric in &metrics {
                            let problem = Problem {
                                g: g.iter().map(|v| v * gradient_scale).collect(),
                                h: h.iter().map(|v| v * hessian_scale).collect(),
                                metric: metric.clone(),
                                radius,
                            };
                            let label = format!("g {:?} h {:?} {metric:?} radius {radius:e}", problem.g, problem.h);
                            for solver in Solver::ALL {
                                let s = solver.solve(&problem.g, &problem.h, metric, radius);
                                let label = format!("{} {label}", solver.name());
                                assert!(s.step.iter().all(|v| v.is_finite()), "{label}: {s:?}");
                                assert!(metric.norm(&s.step) <= radius * (1.0 + 1e-10), "{label}: {s:?}");
                                assert!(s.model_decrease >= 0.0, "{label}: {s:?}");
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn one_dimension() {
    let solve = |g: f64, h: f64, radius: f64| Problem { g: vec![g], h: vec![h], metric: Metric::Sphere, radius }.exact();
    assert_eq!(solve(1.0, 2.0, 1.0).step.as_slice(), [-0.5]);
    assert_eq!(solve(1.0, 2.0, 0.25).step.as_slice(), [-0.25]);
    assert_eq!(solve(1.0, 2.0, 0.25).multiplier, 2.0);
    assert_eq!(solve(1.0, -2.0, 3.0).step.as_slice(), [-3.0]);
    assert_eq!(solve(0.0, -2.0, 3.0).exit, Exit::HardCase);
    assert_eq!(solve(0.0, -2.0, 3.0).step.as_slice(), [3.0]);
}

/// A gradient of which a part of 10⁻¹³ points along the bottom eigenvector: the space of g shows the step inside, the probe the
/// decrease of the global solution. So for bases of many directions and in any metric.
#[test]
fn a_probed_basis_finds_the_global_solution() {
    let nearly = Problem { g: vec![1.0, 1e-13], h: vec![1.0, 0.0, 0.0, -1.0], metric: Metric::Sphere, radius: 10.0 };
    let lanczos = |p: &Problem, curvature| {
        subproblem::lanczos(&p.g, p.product(), &p.metric, p.radius, 1e-12, p.g.len(), curvature).unwrap()
    };
    let (seen, probed) = (lanczos(&nearly, Curvature::Seen), lanczos(&nearly, Curvature::Probed));
    assert!(seen.model_decrease < 0.51 && seen.products == 1, "{seen:?}");
    assert!((probed.model_decrease - 50.25).abs() < 1e-9 && probed.products == 2, "{probed:?}");
    let mut rng = Rng::new(3);
    for n in [3, 6, 12] {
        for case in 0..40 {
            let mut problem = Problem::random(&mut rng, n, 1.0);
            if case % 2 == 0 {
                // g in the space of two eigenvectors, beside the bottom one.
                problem.metric = Metric::Sphere;
                let eigen = symmetric_eigen(&problem.h, n);
                problem.g = (0..n)
                    .map(|i| eigen.vectors[n - 1][i] + 0.5 * eigen.vectors[n - 2][i] + 1e-11 * eigen.vectors[0][i])
                    .collect();
            }
            let (exact, ours) = (problem.exact(), lanczos(&problem, Curvature::Probed));
            let label = format!("n = {n}, case {case}");
            close(&label, ours.model_decrease, exact.model_decrease, 1e-9);
            close(&label, -problem.model(&ours.step), ours.model_decrease, 1e-9);
            let solved = Solver::Lanczos.solve(&problem.g, &problem.h, &problem.metric, problem.radius);
            close(&label, solved.model_decrease, exact.model_decrease, 1e-9);
        }
    }
}
