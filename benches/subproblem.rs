//! One trust-region subproblem, in the plane and in many variables, beside the solvers of argmin and basin.
//!
//! argmin's come with its executor. basin keeps its solvers to itself: beside them stands one step of its trust-region method on
//! the model itself, which asks two values, two gradients and a Hessian more.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use argmin::core::{Error, Executor, IterState, Solver as ArgminSolver};
use argmin::solver::trustregion::{CauchyPoint, Dogleg, Steihaug, TrustRegionRadius};
use argmin_math::{ArgminDot, ArgminInv};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use nalgebra::{DMatrix, DVector};
use saddlescope::linalg::{Metric, Rng, dot, mat_vec, norm};
use saddlescope::optim::StepError;
use saddlescope::optim::subproblem::{self, Curvature, Solver};
use std::convert::Infallible;
use std::hint::black_box;
use std::marker::PhantomData;

/// (name, gradient, Hessian): where the minimizer lies in the ball of radius 1.
const PROBLEMS: [(&str, [f64; 2], [f64; 4]); 4] = [
    ("interior", [0.3, -0.2], [2.0, 0.5, 0.5, 1.0]),
    ("boundary", [3.0, -2.0], [2.0, 0.5, 0.5, 1.0]),
    ("negative curvature", [1.0, 0.5], [1.0, 0.2, 0.2, -2.0]),
    ("hard case", [0.5, 0.0], [1.0, 0.0, 0.0, -2.0]),
];

/// argmin's solvers ask the function nothing: gradient and Hessian come with the state.
struct Model<H>(PhantomData<H>);

impl<H> argmin::core::Gradient for Model<H> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, _: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Err(Error::msg("the gradient comes with the state"))
    }
}

impl<H> argmin::core::Hessian for Model<H> {
    type Param = Vec<f64>;
    type Hessian = H;
    fn hessian(&self, _: &Vec<f64>) -> Result<H, Error> {
        Err(Error::msg("the Hessian comes with the state"))
    }
}

/// argmin's vectors have no inverse of a matrix, which its dogleg takes: the one of nalgebra, as argmin-math has it there.
#[derive(Clone)]
struct Invertible(DMatrix<f64>);

impl ArgminInv<Self> for Invertible {
    fn inv(&self) -> Result<Self, Error> {
        self.0.clone().try_inverse().map(Self).ok_or_else(|| Error::msg("singular"))
    }
}

impl ArgminDot<Vec<f64>, Vec<f64>> for Invertible {
    fn dot(&self, v: &Vec<f64>) -> Vec<f64> {
        (&self.0 * DVector::from_column_slice(v)).as_slice().to_vec()
    }
}

type State<H> = IterState<Vec<f64>, Vec<f64>, (), H, (), f64>;

/// In the ball of radius 1.
fn by_argmin<H, S>(mut solver: S, g: &[f64], hessian: H) -> Vec<f64>
where
    S: ArgminSolver<Model<H>, State<H>> + TrustRegionRadius<f64>,
    H: Clone,
{
    solver.set_radius(1.0);
    let executor = Executor::new(Model(PhantomData), solver);
    let result =
        executor.configure(|state| state.param(vec![0.0; g.len()]).gradient(g.to_vec()).hessian(hessian)).ctrlc(false).run();
    result.unwrap().state.take_param().unwrap()
}

fn steihaug_by_argmin(g: &[f64], h: &[f64]) -> Vec<f64> {
    by_argmin(Steihaug::new().with_max_iters(50.min(2 * g.len() as u64)), g, rows(g, h))
}

fn cauchy_by_argmin(g: &[f64], h: &[f64]) -> Vec<f64> {
    by_argmin(CauchyPoint::new(), g, rows(g, h))
}

fn dogleg_by_argmin(g: &[f64], h: &[f64]) -> Vec<f64> {
    by_argmin(Dogleg::new(), g, Invertible(DMatrix::from_row_slice(g.len(), g.len(), h)))
}

fn rows(g: &[f64], h: &[f64]) -> Vec<Vec<f64>> {
    h.chunks_exact(g.len()).map(<[f64]>::to_vec).collect()
}

/// ⟨g, s⟩ + ½sᵀHs as a function of s.
struct Quadratic {
    g: DVector<f64>,
    h: DMatrix<f64>,
}

impl basin::CostFunction for Quadratic {
    type Param = DVector<f64>;
    type Output = f64;
    type Error = Infallible;
    fn cost(&self, s: &DVector<f64>) -> Result<f64, Infallible> {
        Ok(self.g.dot(s) + 0.5 * s.dot(&(&self.h * s)))
    }
}

impl basin::Gradient for Quadratic {
    type Gradient = DVector<f64>;
    fn gradient(&self, s: &DVector<f64>) -> Result<DVector<f64>, Infallible> {
        Ok(&self.g + &self.h * s)
    }
}

impl basin::Hessian for Quadratic {
    type Hessian = DMatrix<f64>;
    fn hessian(&self, _: &DVector<f64>) -> Result<DMatrix<f64>, Infallible> {
        Ok(self.h.clone())
    }
}

/// One step of basin's method with this subproblem solver, whose trait is not public, from 0 with radius 1.
macro_rules! by_basin {
    ($subproblem:expr, $g:expr, $h:expr) => {{
        let (g, h): (&[f64], &[f64]) = ($g, $h);
        let model = Quadratic { g: DVector::from_column_slice(g), h: DMatrix::from_row_slice(g.len(), g.len(), h) };
        let start = basin::FirstOrderState::new(DVector::zeros(g.len()));
        let solver = basin::TrustRegion::with_subproblem($subproblem).with_radius(1.0);
        basin::Executor::new(model, solver, start).max_iter(1).run().unwrap().param().as_slice().to_vec()
    }};
}

/// Bounds how much the two steps may differ, so that what is timed is the same work.
fn same(name: &str, ours: &[f64], theirs: &[f64]) {
    let apart = ours.iter().zip(theirs).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
    assert!(apart < 1e-6, "{name}: {ours:?} and {theirs:?}");
}

/// The peers that need no more than g and H.
fn peers(group: &mut BenchmarkGroup<'_, WallTime>, g: &[f64], h: &[f64]) {
    group.bench_function("argmin steihaug", |b| b.iter(|| steihaug_by_argmin(black_box(g), black_box(h))));
    group.bench_function("argmin cauchy", |b| b.iter(|| cauchy_by_argmin(black_box(g), black_box(h))));
    group.bench_function("basin steihaug, one step", |b| {
        b.iter(|| by_basin!(basin::Steihaug::new(), black_box(g), black_box(h)));
    });
    same("cauchy", &Solver::Cauchy.solve(g, h, &Metric::Sphere, 1.0).step, &cauchy_by_argmin(g, h));
    if g.len() <= 100 {
        group.bench_function("basin more-sorensen, one step", |b| {
            b.iter(|| by_basin!(basin::MoreSorensen::new(), black_box(g), black_box(h)));
        });
    }
}

/// The doglegs where H is positive definite, with g so long that the first leg ends at 0.95 of the radius. argmin's step is another
/// one: of the places where it takes the way to leave the region it has the farthest, and 0 where the first leg leaves it.
fn doglegs(group: &mut BenchmarkGroup<'_, WallTime>, g: &[f64], h: &[f64]) {
    let ball = Metric::Sphere;
    let mut bent = vec![0.0; g.len()];
    mat_vec(h, g, &mut bent);
    let factor = 0.95 * dot(g, &bent) / (dot(g, g) * norm(g));
    let g = &g.iter().map(|v| factor * v).collect::<Vec<_>>()[..];
    let ours = subproblem::dogleg(g, h, &ball, 1.0).step;
    same("basin dogleg", &ours, &by_basin!(basin::Dogleg, g, h));
    group.bench_function("dogleg", |b| b.iter(|| subproblem::dogleg(black_box(g), black_box(h), &ball, 1.0)));
    group.bench_function("argmin dogleg", |b| b.iter(|| dogleg_by_argmin(black_box(g), black_box(h))));
    group.bench_function("basin dogleg, one step", |b| {
        b.iter(|| by_basin!(basin::Dogleg, black_box(g), black_box(h)));
    });
}

fn subproblems(c: &mut Criterion) {
    for (name, g, h) in PROBLEMS {
        let mut group = c.benchmark_group(format!("subproblem, {name}"));
        for solver in Solver::ALL.into_iter().filter(|solver| *solver != Solver::Dogleg) {
            group.bench_function(solver.name(), |b| b.iter(|| solver.solve(black_box(&g), black_box(&h), &Metric::Sphere, 1.0)));
        }
        group.bench_function("cubic", |b| b.iter(|| subproblem::cubic(black_box(&g), black_box(&h), 1.0)));
        peers(&mut group, &g, &h);
        if h[3] > 0.0 {
            doglegs(&mut group, &g, &h);
        }
        // In the hard case there are two solutions.
        if name != "hard case" {
            let exact = subproblem::exact(&g, &h, &Metric::Sphere, 1.0).step;
            same("exact", &exact, &by_basin!(basin::MoreSorensen::new(), &g, &h));
        }
        group.finish();
    }
}

/// A random symmetric H with eigenvalues of both signs and a random g: the minimizer is on the boundary.
fn random(n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut rng = Rng::new(n as u64);
    let (mut g, mut h) = (vec![0.0; n], vec![0.0; n * n]);
    rng.fill_normal(&mut g);
    for i in 0..n {
        for j in 0..=i {
            h[i * n + j] = rng.normal() / (n as f64).sqrt();
            h[j * n + i] = h[i * n + j];
        }
    }
    (g, h)
}

/// The Krylov solvers stop at a relative residual of 10⁻⁶ or after 50 products, as methods have them. The doglegs solve with H + 3I,
/// which is positive definite.
fn dimensions(c: &mut Criterion) {
    for n in [10, 100, 1000] {
        let (g, h) = random(n);
        let mut group = c.benchmark_group(format!("subproblem, {n} variables"));
        group.sample_size(10);
        let product = |v: &[f64], hv: &mut [f64]| -> Result<(), StepError> {
            mat_vec(&h, v, hv);
            Ok(())
        };
        let tolerance = 1e-6 * norm(&g);
        let (ball, limit) = (Metric::Sphere, 50);
        group.bench_function("exact", |b| b.iter(|| subproblem::exact(black_box(&g), &h, &ball, 1.0)));
        group.bench_function("steihaug", |b| {
            b.iter(|| subproblem::steihaug(black_box(&g), product, &ball, 1.0, tolerance, limit));
        });
        group.bench_function("lanczos", |b| {
            b.iter(|| subproblem::lanczos(black_box(&g), product, &ball, 1.0, 1e-6, limit, Curvature::Seen));
        });
        group.bench_function("cauchy", |b| b.iter(|| subproblem::cauchy(black_box(&g), product, &ball, 1.0)));
        group.bench_function("cubic lanczos", |b| b.iter(|| subproblem::cubic_lanczos(black_box(&g), product, 1.0, 1e-6, limit)));
        if n < 1000 {
            group.bench_function("cubic", |b| b.iter(|| subproblem::cubic(black_box(&g), &h, 1.0)));
        }
        peers(&mut group, &g, &h);
        let mut definite = h.clone();
        definite.iter_mut().step_by(n + 1).for_each(|d| *d += 3.0);
        doglegs(&mut group, &g, &definite);
        group.finish();
    }
}

criterion_group!(benches, subproblems, dimensions);
criterion_main!(benches);
