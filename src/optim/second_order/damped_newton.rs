//! Newton's method with a constant damping.

use super::newton::LINE_SEARCH;
use super::spectral::{Direct, Divisor};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

const SOURCE: &str = "Nocedal, Wright 2006, §3.4";

/// s = −(H + λI)⁻¹g.
pub(in crate::optim) const DAMPED_NEWTON: Method = Method {
    id: "damped_newton",
    name: "Damped Newton",
    family: Family::SecondOrder,
    formula: "x ← x − (H + λI)⁻¹g",
    summary: "Leaves saddles whose negative curvature is smaller than the damping; along more negative curvature it climbs.",
    source: SOURCE,
    parameters: &[
        Parameter {
            name: "damping",
            symbol: "λ",
            default: Default::Curvature { times: 0.1, plain: 1.0 },
            span: Span::Log { min: 1e-12, max: 1e12 },
            meaning: "added to every eigenvalue of the Hessian",
            source: SOURCE,
        },
        LINE_SEARCH,
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        Direct::boxed(start, Divisor::Shifted(values.number("damping")), values.choice("line_search") == "armijo")
    },
};
