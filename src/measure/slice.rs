//! Planes through the weights of a network: along what its loss is worth seeing.

use super::spectrum::{Ends, EndsJob, EndsOptions, MatrixKind, MatrixOperator};
use crate::linalg::{Job, Rng, Vector, dot, norm};
use crate::problem::network::Network;
use crate::problem::{Cut, NetworkProblem, Plane};
use crate::run::Run;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Along what a plane through a point is spanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceKind {
    /// Two random directions, each filter as long as that of the weights (Li, Xu, Taylor, Studer, Goldstein 2018).
    #[default]
    Random,
    /// The first two principal components of the path (Li et al. 2018; Lorch 2016).
    Path,
    /// The line from the start to the end of the path (Goodfellow, Vinyals, Saxe 2015), and the path's widest departure from it.
    Line,
    /// The eigenvectors of the two largest eigenvalues of the Hessian.
    Top,
    /// The eigenvectors of the smallest and of the largest eigenvalue: where curvature is most negative.
    Negative,
}

impl SliceKind {
    /// Every kind, with its label and what it shows.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Random, "Random", "Two random directions, each filter as long as that of the weights (Li et al. 2018)"),
        (Self::Path, "Path", "The two principal components of the path: most of what it did is in this plane"),
        (
            Self::Line,
            "Start to end",
            "The straight line from the initial weights to the last ones, and the path's departure from it",
        ),
        (Self::Top, "Sharpest", "The eigenvectors of the two largest eigenvalues at the chosen step"),
        (
            Self::Negative,
            "Negative curvature",
            "The eigenvectors of the smallest and the largest eigenvalue: the way down from a saddle",
        ),
    ];

    /// Its identifier.
    pub fn id(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Path => "path",
            Self::Line => "line",
            Self::Top => "top",
            Self::Negative => "negative",
        }
    }

    /// Whether it is along eigenvectors, which take their time.
    pub fn needs_eigenvectors(self) -> bool {
        matches!(self, Self::Top | Self::Negative)
    }

    /// Whether it needs the whole path; else a point.
    pub fn is_of_path(self) -> bool {
        matches!(self, Self::Path | Self::Line)
    }
}

/// A plane through the weights of a network, and along what it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSlice {
    /// The plane with its box.
    pub cut: Cut,
    /// Along what.
    pub along: Along,
}

/// Along what a plane goes, in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Along {
    /// Random directions of this seed.
    Random(u64),
    /// Components of the path, and how much of it each has ([`captured`]).
    Path([f64; 2]),
    /// The line from the start of the path to its end, and the departure from it.
    Line,
    /// Eigenvectors of the Hessian.
    Eigenvectors {
        /// Their eigenvalues, of the first and of the second direction.
        values: [f64; 2],
        /// ‖H v − λ v‖.
        residuals: [f64; 2],
        /// Whether these are as small as they were meant to be.
        converged: bool,
    },
}

impl NetworkSlice {
    /// Two random directions through `at`, filters as long as those of the weights; `seed` instead of the network's own.
    pub fn random(problem: &NetworkProblem, at: &[f64], seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or(problem.spec().seed);
        Self { cut: problem.network().random_cut(at, seed), along: Along::Random(seed) }
    }

    /// The plane of a path, by its [components](SliceKind::Path) or else by its [line](SliceKind::Line). `None` where the path is a point.
    pub fn of_path(run: &Run, kind: SliceKind) -> Option<Self> {
        let points = path_points(run);
        if kind == SliceKind::Line {
            return Some(Self { cut: line_cut(&points)?, along: Along::Line });
        }
        let cut = path_cut(&points)?;
        let along = Along::Path(captured(&cut.plane, &points));
        Some(Self { cut, along })
    }

    /// The plane through `at` along eigenvectors that the job of [`directions`] found. `None` where there are none.
    pub fn of_eigenvectors(network: &Network, at: &[f64], kind: SliceKind, ends: &Ends) -> Option<Self> {
        let second = if kind == SliceKind::Top { ends.top.get(1)? } else { ends.bottom.first()? };
        let pairs = [ends.top.first()?, second];
        // As far as the random planes reach: a common measure of how long the weights are.
        let reach = 0.5 * network.random_cut(at, 0).domain[1];
        let cut = cut_along(at, &pairs[0].vector, &pairs[1].vector, &[], reach)?;
        let [values, residuals] = [pairs.map(|pair| pair.value), pairs.map(|pair| pair.residual)];
        Some(Self { cut, along: Along::Eigenvectors { values, residuals, converged: ends.converged } })
    }

    /// The plane of a kind through `at`, or that of the path of `run`. `None` where it needs a path and there is none, and where its
    /// directions span no plane.
    pub fn new(problem: &NetworkProblem, at: &[f64], kind: SliceKind, seed: Option<u64>, run: Option<&Run>) -> Option<Self> {
        match kind {
            SliceKind::Random => Some(Self::random(problem, at, seed)),
            SliceKind::Path | SliceKind::Line => Self::of_path(run?, kind),
            SliceKind::Top | SliceKind::Negative => {
                let ends = directions(problem.network(), at, kind)?.finish()?;
                Self::of_eigenvectors(problem.network(), at, kind, &ends)
            }
        }
    }
}

/// Points of a path from which a plane is made, at most.
const MOST_POINTS: usize = 64;
/// How exact the eigenvectors of a plane are, relative to the largest eigenvalue: with less, the smallest of a sharp loss has the wrong sign.
const TOLERANCE: f64 = 1e-6;
/// Products after which they have to do.
const MOST_PRODUCTS: usize = 1000;

/// Iterates spread over the whole run, the first and the last among them.
fn path_points(run: &Run) -> Vec<&[f64]> {
    let trace = run.trace();
    let last = trace.rows().len().saturating_sub(1);
    let count = (last + 1).min(MOST_POINTS);
    let mut points: Vec<&[f64]> =
        (0..count).map(|k| trace.position(if count > 1 { k * last / (count - 1) } else { 0 })).collect();
    // The last step has no row where only every n-th has one.
    if trace.step_of(last) != run.len() {
        points.push(run.position());
    }
    points
}

/// What finds the eigenvectors that a plane of this kind through `at` is spanned by; `None` for weights that are not finite.
pub fn directions(network: &Arc<Network>, at: &[f64], kind: SliceKind) -> Option<EndsJob<MatrixOperator>> {
    let (bottom, top) = if kind == SliceKind::Top { (0, 2) } else { (1, 1) };
    let limits = EndsOptions { tolerance: TOLERANCE, most_products: MOST_PRODUCTS, ..EndsOptions::default() };
    let options = EndsOptions { bottom, top, ..limits };
    let operator = MatrixOperator::new(Arc::clone(network).into(), at.to_vec(), MatrixKind::Hessian).ok()?;
    Some(EndsJob::new(operator, options, &[]))
}

/// How much wider than the path its picture is.
const MARGIN: f64 = 1.25;

/// The plane of `first` and `second` through `origin` with a box that holds `points` and reaches at least `reach` to each side.
/// `None` where the directions span no plane.
pub fn cut_along(origin: &[f64], first: &[f64], second: &[f64], points: &[&[f64]], reach: f64) -> Option<Cut> {
    let plane = Plane::spanned(origin, first, second)?;
    let mut low = [-reach; 2];
    let mut high = [reach; 2];
    for point in points {
        let (at, _) = plane.project(point);
        for k in 0..2 {
            (low[k], high[k]) = (low[k].min(at[k]), high[k].max(at[k]));
        }
    }
    // One scale for both axes, about the middle of what is to be seen.
    let half = MARGIN * 0.5 * (high[0] - low[0]).max(high[1] - low[1]).max(1e-6);
    let middle = [0, 1].map(|k| 0.5 * (low[k] + high[k]));
    Some(Cut { plane, domain: [middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half] })
}

/// The plane through the last point that leaves least of the others: the first two principal components of their offsets from
/// it (Li et al. 2018, §7), by the eigenvectors of their Gram matrix; of a straight path, its line and a random direction.
/// `None` where the path is a point.
pub fn path_cut(points: &[&[f64]]) -> Option<Cut> {
    let last = *points.last()?;
    let centred: Vec<Vector> = points.iter().map(|p| p.iter().zip(last).map(|(x, m)| x - m).collect()).collect();
    let count = centred.len();
    let mut gram = vec![0.0; count * count];
    for i in 0..count {
        for j in 0..=i {
            let product = dot(&centred[i], &centred[j]);
            (gram[i * count + j], gram[j * count + i]) = (product, product);
        }
    }
    let eigen = crate::linalg::symmetric_eigen(&gram, count);
    let component = |k: usize| -> Option<Vector> {
        let weights = eigen.vectors.get(count.checked_sub(k + 1)?)?;
        let mut direction = Vector::from_elem(0.0, last.len());
        centred.iter().zip(weights).for_each(|(c, w)| crate::linalg::axpy(*w, c, &mut direction));
        Some(direction)
    };
    let first = component(0)?;
    component(1)
        .and_then(|second| cut_along(last, &first, &second, points, 0.0))
        .or_else(|| cut_along(last, &first, &any_direction(last.len()), points, 0.0))
}

/// How much of the squared distances of `points` from the plane's origin lies along each of its axes: Σ u²/Σ ‖p − o‖² and Σ v²/Σ ‖p − o‖².
/// NaN where all are the origin.
pub fn captured(plane: &Plane, points: &[&[f64]]) -> [f64; 2] {
    let (mut along, mut whole) = ([0.0; 2], 0.0);
    for point in points {
        let ([u, v], away) = plane.project(point);
        along = [along[0] + u * u, along[1] + v * v];
        whole += u * u + v * v + away * away;
    }
    along.map(|square| square / whole)
}

/// A direction for where nothing distinguishes one.
fn any_direction(n: usize) -> Vector {
    let mut direction = Vector::from_elem(0.0, n);
    Rng::new(0).fill_normal(&mut direction);
    direction
}

/// The line from the first to the last point, and the direction in which the path departs from it most; a random one where the path
/// is straight. `None` where it ends at its start.
pub fn line_cut(points: &[&[f64]]) -> Option<Cut> {
    let (first, last) = (*points.first()?, *points.last()?);
    let along: Vector = last.iter().zip(first).map(|(b, a)| b - a).collect();
    let square = dot(&along, &along);
    let departure = |p: &[f64]| -> Vector {
        let from: Vector = p.iter().zip(first).map(|(x, a)| x - a).collect();
        let t = dot(&from, &along) / square;
        from.iter().zip(&along).map(|(f, a)| f - t * a).collect()
    };
    let widest = points.iter().map(|p| departure(p)).max_by(|a, b| norm(a).total_cmp(&norm(b)))?;
    cut_along(first, &along, &widest, points, 0.0).or_else(|| cut_along(first, &along, &any_direction(first.len()), points, 0.0))
}
