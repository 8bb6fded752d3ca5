//! Trust-region subproblems, every solver.

#![allow(clippy::unwrap_used, reason = "a test states what must be there")]

mod conditions;
mod cubic;
mod edges;
mod reference;

use saddlescope::linalg::{Metric, Rng, dot, mat_vec, norm};
use saddlescope::optim::StepError;
use saddlescope::optim::subproblem::{self, Solution};

/// A subproblem min ⟨g, s⟩ + ½sᵀHs over ‖s‖_M ≤ Δ.
struct Problem {
    g: Vec<f64>,
    h: Vec<f64>,
    metric: Metric,
    radius: f64,
}

impl Problem {
    fn model(&self, s: &[f64]) -> f64 {
        let mut hs = vec![0.0; s.len()];
        mat_vec(&self.h, s, &mut hs);
        dot(&self.g, s) + 0.5 * dot(s, &hs)
    }

    fn exact(&self) -> Solution {
        subproblem::exact(&self.g, &self.h, &self.metric, self.radius)
    }

    fn product(&self) -> impl FnMut(&[f64], &mut [f64]) -> Result<(), StepError> {
        |v, hv| {
            mat_vec(&self.h, v, hv);
            Ok(())
        }
    }

    fn steihaug(&self, tolerance: f64) -> Solution {
        subproblem::steihaug(&self.g, self.product(), &self.metric, self.radius, tolerance, 2 * self.g.len()).unwrap()
    }

    /// ‖g‖_{M⁻¹}.
    fn dual(&self) -> f64 {
        let mut v = self.g.clone();
        self.metric.factor(v.len()).forward(&mut v);
        norm(&v)
    }

    /// Random with entries of H about `scale`; the metric is a ball, diagonal or full in turn.
    fn random(rng: &mut Rng, n: usize, scale: f64) -> Self {
        let mut h = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                h[i * n + j] = scale * rng.normal();
                h[j * n + i] = h[i * n + j];
            }
        }
        let mut g = vec![0.0; n];
        rng.fill_normal(&mut g);
        let metric = match rng.below(3) {
            0 => Metric::Sphere,
            1 => Metric::Diagonal((0..n).map(|_| libm::pow(10.0, 2.0 * rng.uniform() - 1.0)).collect()),
            _ => {
                let mut root = vec![0.0; n * n];
                rng.fill_normal(&mut root);
                let entry = |i: usize, j: usize| dot(&root[i * n..][..n], &root[j * n..][..n]) + if i == j { 0.3 } else { 0.0 };
                Metric::Full((0..n * n).map(|k| entry(k / n, k % n)).collect())
            }
        };
        Self { g, h, metric, radius: libm::pow(10.0, 4.0 * rng.uniform() - 2.0) }
    }
}

/// |ours − theirs| ≤ tolerance · |theirs|.
fn close(label: &str, ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance * theirs.abs(), "{label}: {ours} against {theirs}");
}

/// ‖ours − theirs‖ ≤ tolerance · ‖theirs‖.
fn close_vectors(label: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    let apart: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a - b).collect();
    assert!(ours.len() == theirs.len() && norm(&apart) <= tolerance * norm(theirs), "{label}: {ours:?} against {theirs:?}");
}
