//! The two kinds of problems behind one face: a formula, and a network on its data.

use super::{
    CriticalPoint, FiniteSum, FormulaProblem, GaussNewton, Landscape, NetworkProblem, Objective, Plane, ProblemError, Quality,
    Scales,
};
use serde::{Deserialize, Serialize};

/// A plane and the box of it that a picture shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// The plane.
    pub plane: Plane,
    /// [u₀, u₁, v₀, v₁] in its coordinates.
    pub domain: [f64; 4],
}

/// What is minimized, with all that a scene knows of it.
#[derive(Clone, Debug)]
pub enum Problem {
    /// A landscape of the catalogue or a typed formula.
    Formula(Box<FormulaProblem>),
    /// The training loss of a network.
    Network(Box<NetworkProblem>),
}

impl Problem {
    /// The formula problem, where it is one.
    pub fn formula(&self) -> Option<&FormulaProblem> {
        match self {
            Self::Formula(problem) => Some(problem),
            Self::Network(_) => None,
        }
    }

    /// The network problem, where it is one.
    pub fn network(&self) -> Option<&NetworkProblem> {
        match self {
            Self::Formula(_) => None,
            Self::Network(problem) => Some(problem),
        }
    }

    fn objective(&self) -> &dyn Objective {
        match self {
            Self::Formula(problem) => &**problem,
            Self::Network(problem) => &**problem,
        }
    }

    /// The entry of the catalogue that it is, if it is one.
    pub fn landscape(&self) -> Option<&'static Landscape> {
        self.formula()?.landscape()
    }

    /// f as it was written, or the network in a few words.
    pub fn text(&self) -> String {
        match self {
            Self::Formula(problem) => problem.text().to_owned(),
            Self::Network(problem) => problem.spec().title(),
        }
    }

    /// A step size and a length for methods.
    pub fn scales(&self) -> Scales {
        match self {
            Self::Formula(problem) => problem.scales(),
            Self::Network(problem) => problem.scales(),
        }
    }

    /// The picture that it suggests.
    pub fn cut(&self) -> Cut {
        match self {
            Self::Formula(problem) => Cut { plane: problem.plane(), domain: problem.domain() },
            Self::Network(problem) => problem.cut(),
        }
    }

    /// A box in ℝⁿ in which to look for things: that of a formula, and within 1 of the initial weights of a network.
    pub fn bounds(&self) -> Vec<[f64; 2]> {
        match self {
            Self::Formula(problem) => problem.bounds(),
            Self::Network(problem) => problem.start().iter().map(|w| [w - 1.0, w + 1.0]).collect(),
        }
    }

    /// Where to start; the first is the default.
    pub fn starts(&self) -> Vec<Vec<f64>> {
        match self {
            Self::Formula(problem) => problem.starts(),
            Self::Network(problem) => vec![problem.start().to_vec()],
        }
    }

    /// Whether the known critical points are those of this function.
    pub fn critical_points_hold(&self) -> bool {
        self.formula().is_some_and(FormulaProblem::critical_points_hold)
    }

    /// The known critical points.
    pub fn critical_points(&self) -> &'static [CriticalPoint] {
        self.formula().map_or(&[], FormulaProblem::critical_points)
    }

    /// Whether `x` can be a start.
    ///
    /// # Errors
    /// [`ProblemError`] where its length is not n or a coordinate is not finite.
    pub fn check_point(&self, x: &[f64]) -> Result<(), ProblemError> {
        if x.len() != self.dim() {
            return Err(ProblemError::BadLength { expected: self.dim(), given: x.len() });
        }
        match x.iter().position(|v| !v.is_finite()) {
            Some(i) => Err(ProblemError::NotFinite { index: i + 1, value: x[i] }),
            None => Ok(()),
        }
    }

    /// What is odd, though allowed, about a start.
    pub fn warning(&self, x: &[f64]) -> Option<String> {
        match self {
            Self::Formula(problem) => problem.warning(x),
            Self::Network(_) => {
                let value = self.value(x);
                (!value.is_finite()).then(|| format!("f is {value} at the start"))
            }
        }
    }
}

impl From<FormulaProblem> for Problem {
    fn from(problem: FormulaProblem) -> Self {
        Self::Formula(Box::new(problem))
    }
}

impl From<NetworkProblem> for Problem {
    fn from(problem: NetworkProblem) -> Self {
        Self::Network(Box::new(problem))
    }
}

impl Objective for Problem {
    fn dim(&self) -> usize {
        self.objective().dim()
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.objective().value(x)
    }

    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.objective().value_gradient(x, gradient)
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
        self.objective().hessian_vector(x, v, product);
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) {
        self.objective().hessian(x, hessian);
    }

    fn value_gradient_hessian(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        self.objective().value_gradient_hessian(x, gradient, hessian)
    }

    fn has_jets(&self) -> bool {
        self.objective().has_jets()
    }

    fn single_precision_error(&self, plane: [&[f64]; 3], at: [f64; 2], extent: [f64; 2]) -> Option<f64> {
        self.objective().single_precision_error(plane, at, extent)
    }

    fn hessian_error(&self, x: &[f64]) -> Option<f64> {
        self.objective().hessian_error(x)
    }

    fn qualities(&self, x: &[f64]) -> [Option<Quality>; 2] {
        self.objective().qualities(x)
    }

    fn gauss_newton(&self) -> Option<&dyn GaussNewton> {
        self.objective().gauss_newton()
    }

    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        self.objective().finite_sum()
    }
}
