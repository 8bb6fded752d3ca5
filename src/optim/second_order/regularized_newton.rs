//! Newton's method with a damping that goes with the gradient.

use super::spectral::{Direct, Divisor};
use crate::optim::{Default, Family, Method, Parameter, Requirement, Span};

pub(super) const SOURCE: &str = "Mishchenko 2023, Regularized Newton method with global O(1/k²) convergence";

/// s = −(H + √(H_c‖g‖) I)⁻¹g, H_c half the Lipschitz constant of the Hessian. For convex f: f(xₖ) − f* = O(1/k²).
pub(in crate::optim) const REGULARIZED_NEWTON: Method = Method {
    id: "regularized_newton",
    name: "Regularized Newton",
    family: Family::SecondOrder,
    formula: "x ← x − (H + √(Hc‖g‖) I)⁻¹g",
    summary: "Globally convergent where f is convex; elsewhere it may climb or rest at a saddle, unless it is guarded.",
    source: SOURCE,
    parameters: &[
        change(10.0),
        Parameter {
            name: "guard",
            symbol: "guard",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["off", "on"] },
            meaning: "on adds −λ_min where the Hessian is indefinite, so that every step goes down",
            source: "Nesterov, Polyak 2006, Section 5",
        },
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let (change, guard) = (values.number("hessian_change"), values.choice("guard") == "on");
        Direct::boxed(start, Divisor::Regularized { change, guard }, false)
    },
};

/// H_c.
pub(super) const fn change(plain: f64) -> Parameter {
    Parameter {
        name: "hessian_change",
        symbol: "Hc",
        default: Default::HessianChange { times: 1.0, plain },
        span: Span::Log { min: 1e-12, max: 1e12 },
        meaning: "half the Lipschitz constant of the Hessian",
        source: SOURCE,
    }
}
