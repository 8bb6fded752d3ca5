//! Newton's method.

use super::spectral::{Direct, Divisor};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

/// s = −H⁻¹g: the stationary point of the quadratic model, be it a minimum, a saddle or a maximum.
pub(in crate::optim) const NEWTON: Method = Method {
    id: "newton",
    name: "Newton",
    family: Family::SecondOrder,
    formula: "x ← x − H⁻¹g",
    summary: "Goes to the nearest stationary point of the model, whatever it is: saddles attract it.",
    source: "Nocedal, Wright 2006, §3.3; Dauphin et al. 2014, Section 3",
    parameters: &[LINE_SEARCH],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| Direct::boxed(start, Divisor::Shifted(0.0), values.choice("line_search") == "armijo"),
};

/// Whether the step is taken whole.
pub(super) const LINE_SEARCH: Parameter = Parameter {
    name: "line_search",
    symbol: "t",
    default: Default::Fixed(0.0),
    span: Span::Choice { options: &["none", "armijo"] },
    meaning: "armijo halves the step until f falls by 1e-4 of the slope; where the step does not go down it is taken whole",
    source: "Armijo 1966; Nocedal, Wright 2006, Algorithm 3.1",
};
