//! The cubic subproblem: the reference, its optimality conditions, and the edges.

use crate::close;
use saddlescope::linalg::{Rng, dot, mat_vec, norm, symmetric_eigen, symmetric_eigenvalues};
use saddlescope::optim::subproblem::{Solution, cubic, cubic_lanczos};
use saddlescope::optim::{Exit, StepError};
use serde_json::Value;

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().flat_map(|e| if e.is_array() { numbers(e) } else { vec![e.as_f64().unwrap()] }).collect()
}

fn model(g: &[f64], h: &[f64], sigma: f64, s: &[f64]) -> f64 {
    let mut hs = vec![0.0; s.len()];
    mat_vec(h, s, &mut hs);
    let length = norm(s);
    dot(g, s) + 0.5 * dot(s, &hs) + sigma / 3.0 * length * length * length
}

fn by_lanczos(g: &[f64], h: &[f64], sigma: f64) -> Solution {
    let product = |v: &[f64], hv: &mut [f64]| -> Result<(), StepError> {
        mat_vec(h, v, hv);
        Ok(())
    };
    cubic_lanczos(g, product, sigma, 1e-12, g.len()).unwrap()
}

#[test]
fn solutions_of_the_reference() {
    let file: Value = serde_json::from_str(include_str!("../reference/tr_subproblems.json")).unwrap();
    let rows = file["cubic_subproblems"].as_array().unwrap();
    for row in rows {
        let (g, h, sigma) = (numbers(&row["g"]), numbers(&row["H"]), row["sigma"].as_f64().unwrap());
        let (name, number) = (row["name"].as_str().unwrap(), |key: &str| row[key].as_f64().unwrap());
        let s = cubic(&g, &h, sigma);
        for solution in [&s, &by_lanczos(&g, &h, sigma)] {
            close(name, solution.multiplier, number("lam"), 1e-10);
            close(name, solution.model_decrease, number("model_decrease"), 1e-10);
            close(name, -model(&g, &h, sigma, &solution.step), number("model_decrease"), 1e-10);
            close(name, solution.norm, norm(&numbers(&row["s"])), 1e-10);
        }
        if row["case"] == "hard" {
            assert_eq!((s.exit, s.path.len()), (Exit::HardCase, 2), "{name}");
        } else {
            assert_eq!(s.exit, Exit::Interior, "{name}");
            s.step.iter().zip(numbers(&row["s"])).for_each(|(a, b)| close(name, *a, b, 1e-10));
        }
    }
    assert_eq!(rows.len(), 5);
}

/// (H + λI)s = −g, λ = σ‖s‖, H + λI ⪰ 0 (Cartis, Gould, Toint 2011, Theorem 3.1), and no random point is lower.
#[test]
fn optimality_conditions_on_random_problems() {
    let mut rng = Rng::new(41);
    let mut hard_cases = 0;
    for trial in 0..3000 {
        let n = 1 + rng.below(6);
        let mut h = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                h[i * n + j] = [0.1, 1.0, 10.0][trial % 3] * rng.normal();
                h[j * n + i] = h[i * n + j];
            }
        }
        let mut g = vec![0.0; n];
        rng.fill_normal(&mut g);
        let eigen = symmetric_eigen(&h, n);
        let nearly_hard = trial % 5 == 0;
        if nearly_hard {
            // Orthogonal to the bottom eigenvector, and short.
            let along = dot(&g, &eigen.vectors[0]);
            g.iter_mut().zip(&eigen.vectors[0]).for_each(|(gi, v)| *gi = 0.01 * (*gi - along * v));
        }
        let sigma = libm::pow(10.0, 4.0 * rng.uniform() - 2.0);
        let s = cubic(&g, &h, sigma);
        let mut residual = vec![0.0; n];
        mat_vec(&h, &s.step, &mut residual);
        for (r, (si, gi)) in residual.iter_mut().zip(s.step.iter().zip(&g)) {
            *r += s.multiplier * si + gi;
        }
        let size = (norm(&h) + s.multiplier) * norm(&s.step) + norm(&g);
        assert!(norm(&residual) <= 1e-11 * size, "trial {trial}: residual {:e}", norm(&residual) / size);
        assert!((s.multiplier - sigma * norm(&s.step)).abs() <= 1e-11 * s.multiplier, "trial {trial}");
        let shifted: Vec<f64> = (0..n * n).map(|k| h[k] + if k / n == k % n { s.multiplier } else { 0.0 }).collect();
        assert!(symmetric_eigenvalues(&shifted, n)[0] >= -1e-11 * (norm(&h) + s.multiplier), "trial {trial}");
        close("decrease", s.model_decrease, -model(&g, &h, sigma, &s.step), 1e-10);
        hard_cases += usize::from(s.exit == Exit::HardCase);
        let lanczos = by_lanczos(&g, &h, sigma);
        // What rounding leaves of g along the bottom eigenvector is below the tolerance of the Krylov solver.
        if nearly_hard {
            assert!(lanczos.model_decrease <= s.model_decrease * (1.0 + 1e-10), "trial {trial}");
        } else {
            close("Lanczos", lanczos.model_decrease, s.model_decrease, 1e-8);
        }
        for _ in 0..10 {
            let point: Vec<f64> = s.step.iter().map(|si| si + s.norm * rng.normal()).collect();
            assert!(model(&g, &h, sigma, &point) >= -s.model_decrease * (1.0 + 1e-12), "trial {trial}");
        }
    }
    assert!(hard_cases > 200, "{hard_cases}");
}

/// g without a component along the bottom axis: the Krylov space of g is exhausted, and the random restart finds the axis.
#[test]
fn lanczos_solves_the_hard_case() {
    let mut rng = Rng::new(43);
    for trial in 0..300 {
        let n = 2 + rng.below(7);
        let mut h = vec![0.0; n * n];
        (0..n).for_each(|i| h[i * n + i] = rng.normal());
        let bottom = rng.below(n);
        h[bottom * n + bottom] = -4.0 - rng.uniform();
        let g: Vec<f64> = (0..n).map(|i| if i == bottom { 0.0 } else { 0.1 * rng.normal() }).collect();
        let (exact, lanczos) = (cubic(&g, &h, 0.5), by_lanczos(&g, &h, 0.5));
        assert_eq!(exact.exit, Exit::HardCase);
        close("multiplier", lanczos.multiplier, exact.multiplier, 1e-12);
        close("decrease", lanczos.model_decrease, exact.model_decrease, 1e-12);
        close("decrease", -model(&g, &h, 0.5, &lanczos.step), exact.model_decrease, 1e-12);
        assert!(lanczos.products <= n, "trial {trial}");
    }
}

#[test]
fn zero_gradients_and_extreme_scales() {
    let flat = cubic(&[0.0, 0.0], &[1.0, 0.0, 0.0, 2.0], 1.0);
    assert_eq!((flat.exit, flat.norm), (Exit::ZeroGradient, 0.0));
    assert_eq!(by_lanczos(&[0.0, 0.0], &[1.0, 0.0, 0.0, 2.0], 1.0).norm, 0.0);
    // λ = 1 = σ r: r = 2 along the bottom eigenvector.
    let saddle = [cubic(&[0.0, 0.0], &[3.0, 0.0, 0.0, -1.0], 0.5), by_lanczos(&[0.0, 0.0], &[3.0, 0.0, 0.0, -1.0], 0.5)];
    for s in &saddle {
        assert!((s.norm - 2.0).abs() < 1e-12 && s.step[0].abs() < 1e-6 && s.exit == Exit::HardCase, "{s:?}");
    }
    for scale_g in [0.0, 1e-200, 1e-8, 1.0, 1e100, 1e200] {
        for scale_h in [0.0, 1e-150, 1.0, 1e150] {
            for sigma in [1e-16, 1e-3, 1.0, 1e12] {
                for h in [[2.0, 0.3, 0.3, 1e-14], [1.0, 0.0, 0.0, -2.0], [0.0; 4]] {
                    let (g, h) = ([0.3 * scale_g, -scale_g], h.map(|v| v * scale_h));
                    for s in [cubic(&g, &h, sigma), by_lanczos(&g, &h, sigma)] {
                        let label = format!("{g:?} {h:?} {sigma}: {s:?}");
                        assert!(s.step.iter().all(|v| v.is_finite()) && s.model_decrease >= 0.0, "{label}");
                    }
                }
            }
        }
    }
}
