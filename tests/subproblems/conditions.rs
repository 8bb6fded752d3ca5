//! Optimality conditions and guaranteed decreases on random problems.

use crate::{Problem, close};
use saddlescope::linalg::{Metric, Rng, dot, mat_vec, norm, symmetric_eigen, symmetric_eigenvalues};
use saddlescope::optim::Exit;
use saddlescope::optim::subproblem::{Solution, Solver};

/// Cauchy ≤ dogleg ≤ exact, Cauchy ≤ Steihaug ≤ Lanczos = exact; every step is in the region and has the decrease that it claims.
#[test]
fn solvers_are_in_order() {
    let mut rng = Rng::new(31);
    let mut newton_points = 0;
    for trial in 0..2000 {
        let n = 1 + rng.below(6);
        let mut problem = Problem::random(&mut rng, n, 1.0);
        if trial % 2 == 0 {
            // Positive definite, so that the second leg exists.
            let low = symmetric_eigenvalues(&problem.h, n)[0].min(0.0);
            (0..n).for_each(|i| problem.h[i * n + i] += 0.1 - low);
        }
        let [exact, steihaug, lanczos, cauchy, dogleg] =
            Solver::ALL.map(|s| s.solve(&problem.g, &problem.h, &problem.metric, problem.radius));
        for s in [&exact, &steihaug, &lanczos, &cauchy, &dogleg] {
            close("decrease", s.model_decrease, -problem.model(&s.step), 1e-10);
            close("norm", s.norm, problem.metric.norm(&s.step), 1e-9);
            assert!(s.norm <= problem.radius * (1.0 + 1e-12));
            assert_eq!(s.path.last(), Some(&s.step));
        }
        let ordered = |low: &Solution, high: &Solution| low.model_decrease <= high.model_decrease * (1.0 + 1e-10);
        assert!(ordered(&cauchy, &dogleg) && ordered(&dogleg, &exact), "trial {trial}");
        assert!(ordered(&cauchy, &steihaug) && ordered(&steihaug, &lanczos) && ordered(&lanczos, &exact), "trial {trial}");
        close("Lanczos", lanczos.model_decrease, exact.model_decrease, 1e-9);
        if trial % 2 == 0 && exact.exit == Exit::Interior {
            newton_points += 1;
            for (a, b) in dogleg.step.iter().zip(&exact.step) {
                close("Newton's point", *a, *b, 1e-10);
            }
        }
    }
    assert!(newton_points > 100, "{newton_points}");
}

/// Moré and Sorensen's conditions, and the Cauchy and eigenpoint decreases.
#[test]
fn optimality_conditions_on_random_problems() {
    let mut rng = Rng::new(17);
    for trial in 0..3000 {
        let n = 1 + rng.below(6);
        let scale = [0.1, 1.0, 10.0][trial % 3];
        let problem = Problem::random(&mut rng, n, scale);
        let s = problem.exact();
        let m = problem.metric.to_matrix(n);
        let shifted: Vec<f64> = problem.h.iter().zip(&m).map(|(h, m)| h + s.multiplier * m).collect();
        let mut residual = vec![0.0; n];
        mat_vec(&shifted, &s.step, &mut residual);
        residual.iter_mut().zip(&problem.g).for_each(|(r, g)| *r += g);
        let size = (norm(&problem.h) + s.multiplier * norm(&m)) * norm(&s.step) + norm(&problem.g);
        assert!(norm(&residual) <= 1e-11 * size, "trial {trial}, n = {n}: residual {:e}", norm(&residual) / size);
        assert!(symmetric_eigenvalues(&shifted, n)[0] >= -1e-12 * (norm(&problem.h) + s.multiplier * norm(&m)), "trial {trial}");
        assert!(s.multiplier >= 0.0);
        let length = problem.metric.norm(&s.step);
        assert!(length <= problem.radius * (1.0 + 1e-12));
        assert!(s.multiplier == 0.0 || (length / problem.radius - 1.0).abs() <= 1e-12, "trial {trial}");
        close("decrease", s.model_decrease, -problem.model(&s.step), 1e-11);

        let factor = problem.metric.factor(n);
        let scaled = factor.congruence(&problem.h, n);
        let values = symmetric_eigenvalues(&scaled, n);
        let spectral = values.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
        let dual = problem.dual();
        let cauchy = 0.5 * dual * problem.radius.min(dual / (1.0 + spectral));
        let cg = problem.steihaug(1e-12);
        for decrease in [s.model_decrease, cg.model_decrease] {
            assert!(decrease >= cauchy * (1.0 - 1e-12), "trial {trial}: {decrease} below Cauchy's {cauchy}");
        }
        assert!(cg.model_decrease <= s.model_decrease * (1.0 + 1e-10), "trial {trial}");
        assert!(cg.norm <= problem.radius * (1.0 + 1e-12));
        close("decrease along the path", cg.model_decrease, -problem.model(&cg.step), 1e-10);
        assert!(cg.path.windows(2).all(|w| problem.metric.norm(&w[0]) <= problem.metric.norm(&w[1]) * (1.0 + 1e-9)));

        let eigen = symmetric_eigen(&problem.h, n);
        if eigen.values[0] < 0.0 {
            let along = problem.radius / problem.metric.norm(&eigen.vectors[0]);
            let eigenpoint = 0.5 * -eigen.values[0] * along * along;
            assert!(s.model_decrease >= eigenpoint * (1.0 - 1e-12), "trial {trial}: below the eigenpoint");
        }
    }
}

#[test]
fn hard_cases_in_any_rotation() {
    let mut rng = Rng::new(23);
    for trial in 0..500 {
        let n = 2 + rng.below(5);
        let base = Problem::random(&mut rng, n, 1.0);
        let frame = symmetric_eigen(&base.h, n).vectors;
        let mut values: Vec<f64> = (0..n).map(|_| rng.normal().abs()).collect();
        values[0] = -3.0 - rng.uniform();
        let mut h = vec![0.0; n * n];
        let mut g = vec![0.0; n];
        for (k, q) in frame.iter().enumerate() {
            let weight = if k == 0 { 0.0 } else { 0.3 * rng.normal() };
            for i in 0..n {
                g[i] += weight * q[i];
                for j in 0..n {
                    h[i * n + j] += values[k] * q[i] * q[j];
                }
            }
        }
        let problem = Problem { g, h, metric: Metric::Sphere, radius: 5.0 };
        let s = problem.exact();
        assert!((s.multiplier + values[0]).abs() <= 1e-12 * values[0].abs(), "trial {trial}");
        assert!((norm(&s.step) - 5.0).abs() < 1e-11);
        let z = dot(&frame[0], &s.step);
        assert!(z.abs() > 1.0, "trial {trial}: the eigenvector is in the step");
        close("decrease", s.model_decrease, -problem.model(&s.step), 1e-12);
    }
}

/// Beyond 16 variables Cholesky factors come first: the same conditions, easy, nearly hard and hard.
#[test]
fn many_variables() {
    let mut rng = Rng::new(5);
    let mut exits = std::collections::BTreeMap::new();
    for trial in 0..60 {
        let n = 17 + rng.below(24);
        let mut problem = Problem::random(&mut rng, n, 1.0);
        let eigen = symmetric_eigen(&problem.h, n);
        match trial % 4 {
            0 => (0..n).for_each(|i| problem.h[i * n + i] += 0.5 - eigen.values[0]),
            1 if problem.metric == Metric::Sphere => {
                let along = dot(&problem.g, &eigen.vectors[0]);
                problem.g.iter_mut().zip(&eigen.vectors[0]).for_each(|(g, v)| *g = 1e-3 * (*g - along * v));
                problem.radius = 10.0;
            }
            _ => {}
        }
        let s = problem.exact();
        *exits.entry(format!("{:?}", s.exit)).or_insert(0) += 1;
        let m = problem.metric.to_matrix(n);
        let shifted: Vec<f64> = problem.h.iter().zip(&m).map(|(h, m)| h + s.multiplier * m).collect();
        let mut residual = vec![0.0; n];
        mat_vec(&shifted, &s.step, &mut residual);
        residual.iter_mut().zip(&problem.g).for_each(|(r, g)| *r += g);
        let size = (norm(&problem.h) + s.multiplier * norm(&m)) * norm(&s.step) + norm(&problem.g);
        assert!(norm(&residual) <= 1e-11 * size, "trial {trial}, n = {n}: residual {:e}", norm(&residual) / size);
        assert!(symmetric_eigenvalues(&shifted, n)[0] >= -1e-11 * (norm(&problem.h) + s.multiplier * norm(&m)), "trial {trial}");
        let length = problem.metric.norm(&s.step);
        assert!(length <= problem.radius * (1.0 + 1e-12), "trial {trial}");
        assert!(s.multiplier == 0.0 || (length / problem.radius - 1.0).abs() <= 1e-11, "trial {trial}");
        close("decrease", s.model_decrease, -problem.model(&s.step), 1e-10);
        // The multiplier by a way of its own: λ = −⟨s, g + Hs⟩/Δ².
        let mut hs = vec![0.0; n];
        mat_vec(&problem.h, &s.step, &mut hs);
        let force = -dot(&problem.g, &s.step) - dot(&hs, &s.step);
        if s.multiplier > 0.0 {
            let spread = size * norm(&s.step) / (problem.radius * problem.radius);
            assert!((s.multiplier - force / (length * length)).abs() <= 1e-11 * spread, "trial {trial}");
        }
    }
    assert!(["Interior", "Boundary", "HardCase"].iter().all(|exit| exits.contains_key(*exit)), "{exits:?}");
}
