//! Spectra from products: Lanczos from both ends and the stochastic density against all eigenvalues.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::{Job, Rng, dot, norm};
use saddlescope::measure::spectrum::{
    DensityJob, DensityOptions, Ends, EndsJob, EndsOptions, FnOperator, Goal, MatrixJob, MatrixKind, MatrixOperator, Operator,
    Spectrum, SpectrumJob,
};
use saddlescope::problem::Objective;
use saddlescope::problem::data::data_set;
use saddlescope::problem::network::{Architecture, Init, Loss, Network};
use std::sync::Arc;

/// A network on the two spirals.
fn spirals(layers: &str, samples: usize) -> (Arc<Network>, Vec<f64>) {
    let data = data_set("spirals").unwrap().draw(Some(samples), None, 3).unwrap();
    let architecture = Architecture::parse(layers, "tanh").unwrap();
    let w = Init::Xavier.draw(&architecture, &mut Rng::new(1));
    let targets = data.targets_for(Loss::Bce, 1).unwrap();
    (Arc::new(Network::new(architecture, Loss::Bce, 1e-3, data.inputs, targets).unwrap()), w)
}

fn spectrum(net: &Arc<Network>, w: &[f64], kind: MatrixKind, vectors: bool) -> Spectrum {
    SpectrumJob::new(Arc::clone(net).into(), w.to_vec(), kind, vectors).unwrap().finish().unwrap()
}

fn operator(values: &[f64]) -> impl Operator {
    let values = values.to_vec();
    FnOperator::new(values.len(), move |v: &[f64], out: &mut [f64]| {
        out.iter_mut().zip(v).zip(&values).for_each(|((o, v), l)| *o = l * v);
    })
}

#[test]
fn lanczos_finds_both_ends() {
    let (net, w) = spirals("2-16-16-1", 150);
    let exact = spectrum(&net, &w, MatrixKind::Hessian, true);
    let n = net.dim();
    let options = EndsOptions { tolerance: 1e-8, ..EndsOptions::default() };
    let hessian = |w: &[f64]| MatrixOperator::new(Arc::clone(&net).into(), w.to_vec(), MatrixKind::Hessian).unwrap();
    let ends = EndsJob::new(hessian(&w), options, &[]).finish().unwrap();
    assert!(ends.converged && ends.products < n, "{} products", ends.products);
    let mut image = vec![0.0; n];
    for (k, pair) in ends.bottom.iter().enumerate() {
        assert!((pair.value - exact.values[k]).abs() <= 1e-8 * exact.largest());
    }
    for (k, pair) in ends.top.iter().enumerate() {
        assert!((pair.value - exact.values[n - 1 - k]).abs() <= 1e-8 * exact.largest());
    }
    for pair in ends.bottom.iter().chain(&ends.top) {
        hessian(&w).multiply(&pair.vector, &mut image);
        image.iter_mut().zip(&pair.vector).for_each(|(a, v)| *a -= pair.value * v);
        assert!((norm(&image) - pair.residual).abs() <= 1e-12 * exact.largest(), "{} {}", norm(&image), pair.residual);
        assert!(norm(&image) <= pair.residual + 1e-14 * exact.largest());
        assert!((norm(&pair.vector) - 1.0).abs() < 1e-12);
    }
    // Near the last point the last vectors save products.
    let mut g = vec![0.0; n];
    net.value_gradient(&w, &mut g);
    let moved: Vec<f64> = w.iter().zip(&g).map(|(w, g)| w - 0.01 * g).collect();
    let options = EndsOptions { tolerance: 1e-3, ..options };
    let cold = EndsJob::new(hessian(&moved), options, &[]).finish().unwrap();
    let warm = EndsJob::new(hessian(&moved), options, &ends.vectors()).finish().unwrap();
    assert!(warm.converged && warm.products < cold.products, "{} and {}", warm.products, cold.products);
    println!("products: {} to 1e-8; to 1e-3 cold {}, warm {}", ends.products, cold.products, warm.products);
    // Values are exact long before their residuals are as small.
    let values = EndsJob::new(hessian(&w), EndsOptions { goal: Goal::Values, tolerance: 1e-8, ..options }, &[]).finish().unwrap();
    assert!(values.converged && values.products < ends.products, "{} and {}", values.products, ends.products);
    for (pair, right) in values.bottom.iter().zip(&ends.bottom).chain(values.top.iter().zip(&ends.top)) {
        assert!((pair.value - right.value).abs() <= 1e-8 * exact.largest());
    }
}

#[test]
fn residuals_bound_errors_at_every_tolerance() {
    let (net, w) = spirals("2-8-8-1", 150);
    let exact = spectrum(&net, &w, MatrixKind::Hessian, true);
    let right: Vec<f64> = exact.values.iter().enumerate().map(|(k, _)| exact.residuals.of(k)).collect();
    for tolerance in [1e-4, 1e-9, 1e-14, 0.0] {
        let options = EndsOptions { tolerance, ..EndsOptions::default() };
        let operator = MatrixOperator::new(Arc::clone(&net).into(), w.clone(), MatrixKind::Hessian).unwrap();
        let ends = EndsJob::new(operator, options, &[]).finish().unwrap();
        let n = net.dim();
        let pairs = ends.bottom.iter().enumerate().chain(ends.top.iter().enumerate().map(|(k, pair)| (n - 1 - k, pair)));
        for (k, pair) in pairs {
            let off = (pair.value - exact.values[k]).abs();
            assert!(off <= pair.residual + right[k], "{tolerance}: λ_{k} is {off} off, {}", pair.residual);
            assert!(pair.residual >= n as f64 * f64::EPSILON * 0.9 * exact.largest(), "{tolerance}: {}", pair.residual);
        }
    }
}

#[test]
fn lanczos_survives_every_matrix() {
    let two = EndsOptions { bottom: 2, top: 2, tolerance: 1e-10, ..EndsOptions::default() };
    let values = |ends: &Ends| -> [Vec<f64>; 2] { [&ends.bottom, &ends.top].map(|side| side.iter().map(|p| p.value).collect()) };
    let near = |values: &[f64], expected: &[f64], what: &str| {
        assert_eq!(values.len(), expected.len(), "{what}");
        assert!(values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{what}: {values:?}");
    };
    for (spectrum, bottom, top) in [
        (vec![0.0; 30], vec![0.0; 2], vec![0.0; 2]),
        (vec![1.0; 30], vec![1.0; 2], vec![1.0; 2]),
        (vec![5.0], vec![5.0], vec![5.0]),
        (vec![-1.0, 3.0, 4.0], vec![-1.0, 3.0], vec![4.0, 3.0]),
        ((0..300).map(f64::from).collect(), vec![0.0, 1.0], vec![299.0, 298.0]),
        ((0..300).map(|k| if k == 7 { -2.0 } else { f64::from(k % 3) }).collect(), vec![-2.0, 0.0], vec![2.0, 2.0]),
    ] {
        let ends = EndsJob::new(operator(&spectrum), two, &[]).finish().unwrap();
        let [low, high] = values(&ends);
        near(&low, &bottom, &format!("bottom of {} values", spectrum.len()));
        near(&high, &top, &format!("top of {} values", spectrum.len()));
        assert!(ends.converged);
        let again = EndsJob::new(operator(&spectrum), two, &[]).finish().unwrap();
        assert_eq!(ends, again);
    }
    // A warm start that is exact, and warm starts that are none.
    let spectrum: Vec<f64> = (0..200).map(|k| f64::from(k) * f64::from(k)).collect();
    let first = EndsJob::new(operator(&spectrum), two, &[]).finish().unwrap();
    for warm in [first.vectors(), vec![f64::NAN; 200], vec![f64::MAX; 400], vec![1.0; 7], vec![0.0; 200]] {
        let ends = EndsJob::new(operator(&spectrum), two, &warm).finish().unwrap();
        near(&values(&ends)[1], &[199.0 * 199.0, 198.0 * 198.0], "warm");
    }
    let nan = FnOperator::new(9, |_: &[f64], out: &mut [f64]| out.fill(f64::NAN));
    let ends = EndsJob::new(nan, two, &[]).finish().unwrap();
    assert!(!ends.converged && ends.top.len() == 2 && ends.top[0].value.is_nan());
    let spent = EndsJob::new(operator(&spectrum), EndsOptions { most_products: 20, ..two }, &[]).finish().unwrap();
    assert!(!spent.converged && spent.products == 20 && spent.top[0].vector.len() == 200);
    // Sums that overflow come to an end.
    let huge = FnOperator::new(9, |v: &[f64], out: &mut [f64]| {
        out.iter_mut().zip(v).for_each(|(o, v)| *o = f64::MAX.copysign(*v));
    });
    assert!(EndsJob::new(huge, two, &[]).finish().is_some_and(|ends| ends.products <= 2000));
}

#[test]
fn the_density_integrates_to_1_and_has_the_mean_of_the_spectrum() {
    let (net, w) = spirals("2-8-8-1", 150);
    let exact = spectrum(&net, &w, MatrixKind::Hessian, false);
    let n = net.dim() as f64;
    let options = DensityOptions { probes: 60, steps: 40, seed: 4 };
    let operator = MatrixOperator::new(Arc::clone(&net).into(), w.clone(), MatrixKind::Hessian).unwrap();
    let density = DensityJob::new(operator, options).finish().unwrap();
    assert_eq!((density.products, density.probes.len()), (2400, 60));
    for probe in &density.probes {
        assert!((probe.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // The quadrature is exact for f(λ) = λ.
        assert!((dot(&probe.nodes, &probe.weights) - probe.trace / n).abs() < 1e-12 * exact.largest());
    }
    let trace = density.trace();
    assert!(trace.error > 0.0 && (trace.value - exact.trace).abs() <= 4.0 * trace.error, "{trace:?} and {}", exact.trace);
    let [low, high] = density.range().unwrap();
    for (node, value) in [(low, exact.values[0]), (high, exact.values[net.dim() - 1])] {
        assert!((node - value).abs() <= 1e-6 * exact.largest());
    }

    let sigma = 0.02 * (high - low);
    let grid: Vec<f64> = (0..1201).map(|k| low - 6.0 * sigma + (high - low + 12.0 * sigma) * f64::from(k) / 1200.0).collect();
    let step = grid[1] - grid[0];
    let band = density.density(&grid, sigma);
    assert!((band.mean.iter().sum::<f64>() * step - 1.0).abs() < 1e-8);
    let mean: f64 = grid.iter().zip(&band.mean).map(|(t, p)| t * p * step).sum();
    assert!((mean - exact.trace / n).abs() <= 4.0 * trace.error / n, "{mean} and {}", exact.trace / n);
    // The broadened density of the exact spectrum, within four standard errors almost everywhere; weights of an isolated eigenvalue
    // are skewed like χ² with one degree of freedom.
    let scale = 1.0 / (sigma * (2.0 * std::f64::consts::PI).sqrt());
    let true_density =
        |t: f64| exact.values.iter().map(|l| scale * libm::exp(-0.5 * ((t - l) / sigma) * ((t - l) / sigma)) / n).sum::<f64>();
    let top = band.mean.iter().fold(0.0_f64, |m, v| m.max(*v));
    let off =
        (0..grid.len()).filter(|k| (band.mean[*k] - true_density(grid[*k])).abs() > 4.0 * band.error[*k] + 1e-6 * top).count();
    assert!(off * 50 <= grid.len(), "{off} of {} points", grid.len());
    // Hutchinson's estimate with many probes.
    let dense = MatrixJob::new(net.into(), w, MatrixKind::Hessian).unwrap().finish().unwrap();
    let product = |v: &[f64], out: &mut [f64]| {
        out.iter_mut().zip(dense.entries.chunks_exact(v.len())).for_each(|(o, row)| *o = dot(row, v));
    };
    let options = DensityOptions { probes: 1500, steps: 1, seed: 9 };
    let many = DensityJob::new(FnOperator::new(dense.dim, product), options).finish().unwrap().trace();
    assert!((many.value - exact.trace).abs() <= 4.0 * many.error && many.error < trace.error, "{many:?} and {}", exact.trace);
}

/// An operator that takes several vectors at once.
struct Together<A>(A, usize);

impl<A: Operator> Operator for Together<A> {
    fn dim(&self) -> usize {
        self.0.dim()
    }

    fn multiply(&mut self, v: &[f64], product: &mut [f64]) {
        self.0.multiply(v, product);
    }

    fn at_once(&self) -> usize {
        self.1
    }
}

/// 2, 2, 2, 5, 5, …: every probe ends early. With the last place apart some end later than others.
#[test]
fn probes_that_go_on_together_are_those_that_go_on_alone() {
    let few: Vec<f64> = (0..30).map(|k| if k < 10 { 2.0 } else { 5.0 }).collect();
    let many: Vec<f64> = (0..30).map(|k| 1e-9 * f64::from(k) + few[k as usize]).collect();
    for values in [few, many] {
        let options = DensityOptions { probes: 7, steps: 12, seed: 3 };
        let alone = DensityJob::new(operator(&values), options).finish().unwrap();
        for count in [2, 4, 50] {
            assert_eq!(DensityJob::new(Together(operator(&values), count), options).finish().unwrap(), alone);
        }
    }
}

#[test]
fn densities_of_odd_matrices() {
    let options = DensityOptions { probes: 3, steps: 10, seed: 1 };
    let zero = DensityJob::new(operator(&[0.0; 20]), options).finish().unwrap();
    assert_eq!((zero.probes.len(), zero.range()), (3, Some([0.0, 0.0])));
    let one = DensityJob::new(operator(&[4.0]), options).finish().unwrap();
    assert_eq!(one.range(), Some([4.0, 4.0]));
    let nan = FnOperator::new(9, |_: &[f64], out: &mut [f64]| out.fill(f64::NAN));
    assert_eq!(DensityJob::new(nan, options).finish().unwrap().range(), None);
    let mut job = DensityJob::new(operator(&[1.0, 2.0, 3.0]), options);
    let mut before = 0.0;
    while job.advance() {
        assert!(job.progress() >= before);
        before = job.progress();
    }
    assert!(job.progress() == 1.0);
}

#[test]
fn lanczos_finds_every_copy_at_symmetric_points() {
    // Where all weights are zero, or all units of a layer are alike, eigenvalues are multiple.
    for (layers, start) in [("2-8-1", 0.0), ("2-6-4-1", 0.0), ("2-9-1", 0.3)] {
        let (net, drawn) = spirals(layers, 150);
        let (net, w) = (&net, &vec![start; drawn.len()]);
        let exact = spectrum(net, w, MatrixKind::Hessian, false);
        let hessian = || MatrixOperator::new(Arc::clone(net).into(), w.to_vec(), MatrixKind::Hessian).unwrap();
        for goal in [Goal::Residuals, Goal::Values] {
            let ends = EndsJob::new(hessian(), EndsOptions { goal, ..EndsOptions::default() }, &[]).finish().unwrap();
            let n = exact.values.len();
            let pairs = ends.bottom.iter().zip(&exact.values).chain(ends.top.iter().zip(exact.values.iter().rev()));
            for (pair, right) in pairs {
                assert!((pair.value - right).abs() <= 2e-6 * exact.largest(), "{layers}: {} for {right}", pair.value);
            }
            assert!(ends.converged && ends.products < 4 * n, "{layers}: {} products", ends.products);
        }
    }
}
