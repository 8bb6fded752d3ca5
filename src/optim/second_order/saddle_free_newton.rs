//! Newton's method with the absolute values of the eigenvalues.

use super::spectral::{Direct, Divisor, Local, Proposal, Trial, ahead, conclude};
use crate::linalg::{Metric, Vector, copy, dot, zeros};
use crate::optim::subproblem::Krylov;
use crate::optim::trust::rounding;
use crate::optim::{Default, Family, Geometry, Method, Optimizer, Oracle, Parameter, Requirement, Span, Step, StepError};

const SOURCE: &str = "Dauphin et al. 2014, Identifying and attacking the saddle point problem";
const ALGORITHM: &str = "Dauphin et al. 2014, Algorithm 1";
/// The dampings 10ʲ that the Krylov version tries, in the units of the Hessian's largest Ritz value.
const POWERS: std::ops::RangeInclusive<i32> = -8..=2;

/// s = −|H|⁻¹g: the same rescaling as Newton's along each eigenvector, but never uphill.
pub(in crate::optim) const SADDLE_FREE_NEWTON: Method = Method {
    id: "saddle_free_newton",
    name: "Saddle-free Newton",
    family: Family::SecondOrder,
    formula: "x ← x − (|H| + λI)⁻¹g",
    summary: "Divides by |λ|: leaves a saddle at a rate that does not depend on how flat it is. At g = 0 it stays.",
    source: SOURCE,
    parameters: &[
        Parameter {
            name: "damping",
            symbol: "λ",
            default: Default::Fixed(0.0),
            span: Span::Linear { min: 0.0, max: 1e6 },
            meaning: "added to every |eigenvalue|; the Krylov solver chooses its own",
            source: SOURCE,
        },
        Parameter {
            name: "solver",
            symbol: "solver",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["dense", "krylov"] },
            meaning: "dense takes all eigenvalues; krylov takes a few Lanczos vectors and the damping at which f is lowest",
            source: ALGORITHM,
        },
        Parameter {
            name: "vectors",
            symbol: "k",
            default: Default::Fixed(20.0),
            span: Span::Integer { min: 1, max: 500 },
            meaning: "Lanczos vectors of the Krylov solver",
            source: ALGORITHM,
        },
        Parameter {
            name: "repeats",
            symbol: "m",
            default: Default::Fixed(1.0),
            span: Span::Integer { min: 1, max: 100 },
            meaning: "steps that the Krylov solver makes before it takes new Lanczos vectors",
            source: ALGORITHM,
        },
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| match values.choice("solver") {
        "krylov" => Box::new(KrylovSaddleFree {
            x: copy(start),
            vectors: values.integer("vectors"),
            repeats: values.integer("repeats"),
            subspace: None,
        }),
        _ => Direct::boxed(start, Divisor::Absolute(values.number("damping")), false),
    },
};

/// Steps s = −V(|VᵀHV| + λI)⁻¹Vᵀg in the span of the Lanczos vectors V, λ = 10ʲ the one with the smallest f(x + s).
#[derive(Clone)]
struct KrylovSaddleFree {
    x: Vector,
    vectors: usize,
    repeats: usize,
    subspace: Option<Subspace>,
}

/// VᵀHV = W diag(θ) Wᵀ by its Ritz pairs (θᵢ, Vwᵢ), and how many more steps they serve.
#[derive(Clone)]
struct Subspace {
    values: Vector,
    vectors: Vec<Vector>,
    left: usize,
}

impl Subspace {
    fn around(x: &[f64], g: &[f64], size: usize, steps: usize, oracle: &mut Oracle<'_>) -> Result<Self, StepError> {
        let n = x.len();
        // The space is that of g's direction: a square of a tiny g would underflow, and the basis begin at a random vector.
        let largest = g.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let direction: Vector = g.iter().map(|v| v / largest).collect();
        let mut basis = Krylov::new(&direction, &Metric::Sphere);
        while basis.len() < size.min(n) && !(basis.len() > 0 && basis.is_invariant()) {
            basis.grow(&mut |v: &[f64], hv: &mut [f64]| oracle.hessian_vector(x, v, hv))?;
        }
        let eigen = crate::linalg::symmetric_eigen(&basis.projected(), basis.len());
        let vectors = eigen.vectors.iter().map(|w| basis.lift(w)).collect();
        Ok(Self { values: eigen.values, vectors, left: steps })
    }
}

impl Optimizer for KrylovSaddleFree {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let mut g = zeros(self.x.len());
        let f = oracle.gradient_before_products(&self.x, &mut g)?;
        if !f.is_finite() {
            return Err(StepError::NotFinite { what: "function value", at: copy(&self.x) });
        }
        let gradient_norm = crate::linalg::norm(&g);
        if gradient_norm == 0.0 {
            let still = Trial { step: zeros(g.len()), accepted: true, predicted: 0.0, actual: 0.0, geometry: Geometry::Point };
            return Ok(conclude(&mut self.x, f, gradient_norm, still));
        }
        let mut subspace = match self.subspace.take() {
            Some(subspace) => subspace,
            None => Subspace::around(&self.x, &g, self.vectors, self.repeats, oracle)?,
        };
        // The Hessian on the span of V; the gradient outside of it is left alone.
        let along = subspace.vectors.iter().map(|v| dot(v, &g)).collect();
        let eigen = crate::linalg::SymmetricEigen { values: subspace.values.clone(), vectors: subspace.vectors.clone() };
        let here = Local { f, g, gradient_norm, eigen, along };
        let largest = subspace.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        let mut best: Option<(f64, Proposal)> = None;
        for j in POWERS {
            let damping = scale * libm::pow(10.0, f64::from(j));
            let proposal = here.divide(Divisor::Absolute(damping));
            let value = oracle.trial_value(&ahead(&self.x, 1.0, &proposal.step));
            if value.is_finite() && best.as_ref().is_none_or(|(lowest, _)| value < *lowest) {
                best = Some((value, proposal));
            }
        }
        let Some((lowest, proposal)) = best else {
            return Err(StepError::Finished("f is not finite at any damping of the step"));
        };
        let accepted = lowest <= f + rounding(f);
        subspace.left -= 1;
        let whole = subspace.vectors.len() == self.x.len();
        if subspace.left > 0 && accepted {
            self.subspace = Some(subspace);
        }
        let trial = Trial {
            predicted: here.promise(&proposal.step),
            actual: f - lowest,
            accepted,
            // In a proper subspace there is no ellipsoid of the whole space.
            geometry: if whole {
                here.geometry(&self.x, &proposal, vec![1.0])
            } else {
                Geometry::Line { direction: copy(&proposal.step), tried: vec![1.0] }
            },
            step: proposal.step,
        };
        Ok(conclude(&mut self.x, f, gradient_norm, trial))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        self.subspace = None;
    }
}
