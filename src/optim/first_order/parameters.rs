//! Parameters that several methods declare.

use crate::optim::{Default, Parameter, Span};

/// b.
pub(in crate::optim) const BATCH_SIZE: Parameter = Parameter {
    name: "batch_size",
    symbol: "b",
    default: Default::Fixed(0.0),
    span: Span::Integer { min: 0, max: 1_000_000 },
    meaning: "samples whose mean gradient stands for the whole one, drawn anew with replacement for each step; 0: all; without a line search; on a function without samples a gradient with its noise, of variance 1/b",
    source: "Robbins, Monro 1951",
};

/// η of a method whose step scales with the gradient.
pub(in crate::optim) const fn gradient_step(times: f64, plain: f64, source: &'static str) -> Parameter {
    Parameter {
        name: "step_size",
        symbol: "η",
        default: Default::GradientStep { times, plain },
        span: Span::Log { min: 1e-10, max: 1e4 },
        meaning: "step per unit of gradient; about 1/ℓ with ℓ the largest curvature",
        source,
    }
}

/// η of a method that normalizes its gradients: a length in x.
pub(in crate::optim) const fn step_length(times: f64, plain: f64, source: &'static str) -> Parameter {
    Parameter {
        name: "step_size",
        symbol: "η",
        default: Default::Length { times, plain },
        span: Span::Log { min: 1e-10, max: 1e4 },
        meaning: "length of a step in each coordinate while the gradient keeps its size",
        source,
    }
}

/// A weight in [0, 1) of what has been.
pub(in crate::optim) const fn decay(
    name: &'static str,
    symbol: &'static str,
    value: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    Parameter { name, symbol, default: Default::Fixed(value), span: Span::Linear { min: 0.0, max: 0.999_999 }, meaning, source }
}

/// μ.
pub(in crate::optim) const fn momentum(source: &'static str) -> Parameter {
    Parameter {
        name: "momentum",
        symbol: "μ",
        default: Default::Fixed(0.9),
        span: Span::Linear { min: 0.0, max: 1.0 },
        meaning: "share of the last step's momentum that is kept",
        source,
    }
}

/// Whether ε is added to the root of the second moment or below it.
pub(in crate::optim) const fn epsilon_place(source: &'static str) -> Parameter {
    Parameter {
        name: "epsilon_place",
        symbol: "ε in",
        default: Default::Fixed(0.0),
        span: Span::Choice { options: &["outside", "inside"] },
        meaning: "outside the root, √v + ε, or inside it, √(v + ε)",
        source,
    }
}

/// ε beside the root of a second moment.
pub(in crate::optim) const fn epsilon(value: f64, source: &'static str) -> Parameter {
    Parameter {
        name: "epsilon",
        symbol: "ε",
        default: Default::Fixed(value),
        span: Span::Log { min: 1e-30, max: 1e2 },
        meaning: "keeps the ellipsoid bounded where gradients vanish",
        source,
    }
}
