//! Against nalgebra, and against what eigenvectors are.

use super::*;
use crate::linalg::{Rng, dot};

fn random(n: usize, rng: &mut Rng) -> Vec<f64> {
    let mut a = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            a[i * n + j] = rng.normal();
            a[j * n + i] = a[i * n + j];
        }
    }
    a
}

/// Q diag(values) Qᵀ with the Q of a random matrix.
fn with_values(values: &[f64], rng: &mut Rng) -> Vec<f64> {
    let n = values.len();
    let q = EigenSolver::new(random(n, rng), n, true).finish().unwrap();
    let mut a = vec![0.0; n * n];
    for (k, value) in values.iter().enumerate() {
        let v = q.vector(k).unwrap();
        for i in 0..n {
            for j in 0..n {
                a[i * n + j] += value * (v[i] * v[j]);
            }
        }
    }
    a
}

fn check(a: &[f64], n: usize, what: &str) {
    let values = EigenSolver::new(a.to_vec(), n, false).finish().unwrap().values;
    let pairs = EigenSolver::new(a.to_vec(), n, true).finish().unwrap();
    assert_eq!(values, pairs.values, "{what}: values with and without vectors");
    assert!(values.windows(2).all(|w| w[0] <= w[1]), "{what}");
    // nalgebra works on a matrix of a size near 1.
    let scale = a.iter().fold(f64::MIN_POSITIVE, |m, v| m.max(v.abs()));
    let peer =
        nalgebra::DMatrix::from_fn(n, n, |i, j| 0.5 * (a[i * n + j] / scale + a[j * n + i] / scale)).symmetric_eigenvalues();
    let mut peer: Vec<f64> = peer.iter().copied().collect();
    peer.sort_by(f64::total_cmp);
    let largest = values.iter().fold(0.0_f64, |m, v| m.max((v / scale).abs())).max(f64::MIN_POSITIVE);
    assert!(values.iter().all(|v| v.is_finite()), "{what}");
    // Where sizes differ widely it finds none; vectors with small residuals are enough.
    let finite = peer.iter().all(|v| v.is_finite());
    for (ours, theirs) in values.iter().zip(&peer).filter(|_| finite) {
        assert!((ours / scale - theirs).abs() <= 1e-12 * largest, "{what}: {ours} against {}", theirs * scale);
    }
    for (k, value) in values.iter().enumerate() {
        let v = pairs.vector(k).unwrap();
        let residual: f64 = (0..n).map(|i| (dot(&a[i * n..][..n], v) / scale - value / scale * v[i]).abs()).sum();
        assert!(residual <= 1e-12 * largest * n as f64, "{what}: residual {residual} of vector {k}");
        for other in 0..=k {
            let along = dot(v, pairs.vector(other).unwrap()) - f64::from(u8::from(other == k));
            assert!(along.abs() < 1e-12, "{what}: vectors {k} and {other} have {along}");
        }
    }
}

#[test]
fn values_and_vectors_of_many_matrices() {
    let mut rng = Rng::new(2);
    for n in 1..=34 {
        check(&random(n, &mut rng), n, &format!("random, n = {n}"));
        check(&vec![0.0; n * n], n, &format!("zero, n = {n}"));
    }
    check(&random(131, &mut rng), 131, "random, n = 131");
    let clustered: Vec<f64> = (0..60).map(|k| [-1.0, 1e-9, 1.0, 1.0 + 1e-13][k % 4]).collect();
    check(&with_values(&clustered, &mut rng), 60, "clustered");
    let graded: Vec<f64> = (0..60).map(|k| libm::exp(-0.7 * f64::from(k)) * if k % 3 == 0 { -1.0 } else { 1.0 }).collect();
    check(&with_values(&graded, &mut rng), 60, "graded");
    let low_rank: Vec<f64> = (0..60).map(|k| if k < 6 { f64::from(k) + 1.0 } else { 0.0 }).collect();
    check(&with_values(&low_rank, &mut rng), 60, "rank 6");
    let diagonal: Vec<f64> = (0..400).map(|k| if k % 21 == 0 { f64::from(k % 7) - 3.0 } else { 0.0 }).collect();
    check(&diagonal, 20, "diagonal");
    for turned in [false, true] {
        let grade = |i: usize| libm::exp(-1.5 * (if turned { 29 - i } else { i }) as f64);
        let a: Vec<f64> = (0..900).map(|k| grade(k / 30) * grade(k % 30) * (1.0 + ((k / 30) * (k % 30)) as f64).sqrt()).collect();
        check(&a, 30, "graded along the diagonal");
    }
    // Rows that are next to nothing: a saturated network has them.
    for trial in 0..60 {
        let n = 3 + trial % 23;
        let sizes: Vec<f64> = (0..n).map(|_| libm::pow(10.0, -300.0 * rng.uniform() * rng.uniform())).collect();
        let mut a = random(n, &mut rng);
        for (k, v) in a.iter_mut().enumerate() {
            *v *= sizes[k / n] * sizes[k % n];
        }
        check(&a, n, &format!("of sizes {sizes:?}"));
    }
    let mut glued = random(24, &mut rng);
    glued.iter_mut().enumerate().for_each(|(k, v)| *v *= if (k / 24 < 12) == (k % 24 < 12) { 1.0 } else { 1e-160 });
    check(&glued, 24, "two blocks");
    for scale in [1e-300, 1e-160, 1e150, 1e300] {
        let a: Vec<f64> = random(17, &mut rng).iter().map(|v| v * scale).collect();
        check(&a, 17, &format!("size {scale}"));
    }
}

#[test]
fn what_is_not_finite_gives_nan() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut a = random(9, &mut Rng::new(1));
        a[13] = bad;
        let pairs = EigenSolver::new(a, 9, true).finish().unwrap();
        assert!(pairs.values.iter().all(|v| v.is_nan()) && pairs.values.len() == 9 && pairs.vectors.is_empty());
    }
    assert!(EigenSolver::new(vec![], 0, true).finish().unwrap().values.is_empty());
}

#[test]
fn progress_rises_to_1() {
    for vectors in [false, true] {
        let mut job = EigenSolver::new(random(150, &mut Rng::new(7)), 150, vectors);
        let mut before = job.progress();
        assert!(job.output().is_none());
        while job.advance() {
            assert!((before..=1.0).contains(&job.progress()));
            before = job.progress();
        }
        assert!(job.progress() == 1.0 && job.output().is_some() && !job.advance());
    }
}

/// `cargo test --release -- --ignored --nocapture solver_times`.
#[test]
#[ignore = "a measurement"]
fn solver_times() {
    for n in [105, 600, 1185] {
        let a = random(n, &mut Rng::new(1));
        for vectors in [false, true] {
            let (mut job, start) = (EigenSolver::new(a.clone(), n, vectors), std::time::Instant::now());
            let mut longest = std::time::Duration::ZERO;
            loop {
                let slice = std::time::Instant::now();
                let stage = job.stage;
                let more = job.advance();
                if slice.elapsed() > longest {
                    longest = slice.elapsed();
                    println!("  {stage:?} {longest:?}");
                }
                if job.stage != stage
                    && matches!(job.stage, Stage::Reflect(0, _) | Stage::Apply([0, 0, 0], _) | Stage::Collect(0))
                {
                    println!("  at {:?} before {:?}", start.elapsed(), job.stage);
                }
                if !more {
                    break;
                }
            }
            println!("n = {n}, vectors {vectors}: {:?}, longest slice {longest:?}", start.elapsed());
        }
    }
}
