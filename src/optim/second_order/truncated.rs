//! Gauss-Newton steps by products alone.

use super::spectral::Local;
use crate::linalg::{SymmetricEigen, Vector, axpy, copy, dot, norm, zeros};
use crate::optim::{Default, Geometry, Oracle, Parameter, Span, StepError};

const SOURCE: &str = "Martens 2010, Section 4";
/// Relative progress a product below which conjugate gradients stop (Martens 2010, Section 4.4).
const PROGRESS: f64 = 5e-4;
/// A residual this small, relative to g, is rounding: the system is solved.
const SOLVED: f64 = 1e-12;
/// A curvature this small, relative to the largest seen, is rounding: its direction is left alone.
const SINGULAR: f64 = 1e-14;

/// How G s = −g is solved.
pub(super) const SOLVER: Parameter = Parameter {
    name: "solver",
    symbol: "solver",
    default: Default::Fixed(0.0),
    span: Span::Choice { options: &["dense", "cg"] },
    meaning: "dense takes the eigenvalues of G; cg conjugate gradients with its products: for many variables",
    source: SOURCE,
};

/// The most products of one step.
pub(super) const PRODUCTS: Parameter = Parameter {
    name: "products",
    symbol: "k",
    default: Default::Fixed(250.0),
    span: Span::Integer { min: 1, max: 100_000 },
    meaning: "most products of a step of cg; it stops before where they hardly lower the model",
    source: SOURCE,
};

/// Asks value and gradient at x, for a step by products.
pub(super) fn look(x: &[f64], oracle: &mut Oracle<'_>) -> Result<Local, StepError> {
    let mut g = zeros(x.len());
    let f = oracle.gradient(x, &mut g)?;
    if !f.is_finite() {
        return Err(StepError::NotFinite { what: "function value", at: copy(x) });
    }
    let eigen = SymmetricEigen { values: Vector::new(), vectors: Vec::new() };
    Ok(Local { f, gradient_norm: norm(&g), g, eigen, along: Vector::new() })
}

/// A step, and the decrease −⟨g, s⟩ − ½sᵀGs that it promises.
pub(super) struct Truncated {
    pub step: Vector,
    pub predicted: f64,
}

/// (G + λI)s = −g by conjugate gradients from s = 0, at most `limit` products. With φ(s) = ½sᵀ(G + λI)s + ⟨g, s⟩ they stop at the i-th
/// where φᵢ < 0 and (φᵢ − φᵢ₋ₖ)/φᵢ < kε, k = max(10, i/10), ε = 5·10⁻⁴ (Martens 2010, Section 4.4). Where G is singular s stays in
/// the space of g.
pub(super) fn solve(
    x: &[f64],
    here: &Local,
    damping: f64,
    limit: usize,
    oracle: &mut Oracle<'_>,
) -> Result<Truncated, StepError> {
    let (n, unit) = (x.len(), here.gradient_norm);
    let (mut s, mut product) = (zeros(n), zeros(n));
    if unit == 0.0 {
        return Ok(Truncated { step: s, predicted: 0.0 });
    }
    // All in units of ‖g‖, so that no square underflows; r = −g − (G + λI)s.
    let g: Vector = here.g.iter().map(|g| g / unit).collect();
    let mut r: Vector = g.iter().map(|g| -g).collect();
    let (mut p, mut rr) = (r.clone(), dot(&r, &r));
    let (mut history, mut largest) = (vec![0.0], 0.0_f64);
    for i in 1..=limit {
        if norm(&r) <= SOLVED {
            break;
        }
        oracle.gauss_newton_vector(x, &p, &mut product)?;
        axpy(damping, &p, &mut product);
        let (curvature, square) = (dot(&p, &product), dot(&p, &p));
        largest = largest.max(curvature / square);
        if curvature.is_nan() || curvature <= SINGULAR * largest * square {
            break;
        }
        let alpha = rr / curvature;
        axpy(alpha, &p, &mut s);
        axpy(-alpha, &product, &mut r);
        // φ = ½⟨s, g − r⟩, as (G + λI)s = −g − r.
        let phi = 0.5 * s.iter().zip(g.iter().zip(&r)).fold(0.0, |sum, (si, (gi, ri))| sum + si * (gi - ri));
        history.push(phi);
        let back = (i / 10).max(10);
        if back < i && phi < 0.0 && (phi - history[i - back]) / phi < back as f64 * PROGRESS {
            break;
        }
        let previous = std::mem::replace(&mut rr, dot(&r, &r));
        let beta = rr / previous;
        p.iter_mut().zip(&r).for_each(|(pi, ri)| *pi = ri + beta * *pi);
    }
    // sᵀGs = −⟨s, g + r⟩ − λ‖s‖².
    let decrease = -0.5 * (dot(&g, &s) - dot(&r, &s) - damping * dot(&s, &s)) * unit * unit;
    s.iter_mut().for_each(|si| *si *= unit);
    Ok(Truncated { step: s, predicted: if decrease >= 0.0 { decrease } else { f64::NAN } })
}

/// There is no ellipsoid to draw without the matrix: the step as a line.
pub(super) fn geometry(step: &[f64], tried: Vec<f64>) -> Geometry {
    let still = step.iter().all(|s| *s == 0.0);
    if still { Geometry::Point } else { Geometry::Line { direction: copy(step), tried } }
}
