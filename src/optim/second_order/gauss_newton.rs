//! The Gauss-Newton method.

use super::newton::LINE_SEARCH;
use super::spectral::{Direct, Divisor};
use crate::linalg::copy;
use crate::optim::{Family, Method, Requirement};

/// s = −G⁻¹g, of least norm where G is singular: the residuals are taken as linear.
pub(in crate::optim) const GAUSS_NEWTON: Method = Method {
    id: "gauss_newton",
    name: "Gauss-Newton",
    family: Family::SecondOrder,
    formula: "x ← x − G⁻¹g with G = Jᵀ∇²L J",
    summary: "Leaves the curvature of the residuals out: its matrix is never indefinite, and saddles are not seen as such.",
    source: "Nocedal, Wright 2006, §10.3; Schraudolph 2002",
    parameters: &[LINE_SEARCH],
    random: false,
    escapes: false,
    requires: Requirement::GaussNewton,
    preset: None,
    build: |values, start| {
        let search = values.choice("line_search") == "armijo";
        Box::new(Direct { x: copy(start), divisor: Divisor::Shifted(0.0), search, residuals: true })
    },
};
