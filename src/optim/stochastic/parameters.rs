//! Parameters that several methods of this family declare.

use crate::optim::{Default, Parameter, Span};

/// A whole number from 1 on.
pub(super) const fn count(
    name: &'static str,
    symbol: &'static str,
    value: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    let span = Span::Integer { min: 1, max: 1_000_000_000 };
    Parameter { name, symbol, default: Default::Fixed(value), span, meaning, source }
}

/// m, the steps of an inner loop; 0, the default, leaves them to the number of samples.
pub(super) const fn inner_length(meaning: &'static str, source: &'static str) -> Parameter {
    let span = Span::Integer { min: 0, max: 1_000_000_000 };
    Parameter { name: "inner_length", symbol: "m", default: Default::Fixed(0.0), span, meaning, source }
}

/// b, or B.
pub(super) const fn batch_size(symbol: &'static str, value: f64, meaning: &'static str, source: &'static str) -> Parameter {
    let span = Span::Integer { min: 1, max: 1_000_000 };
    Parameter { name: "batch_size", symbol, default: Default::Fixed(value), span, meaning, source }
}

/// A length in x that may be as small as rounding allows.
pub(super) const fn length(
    name: &'static str,
    symbol: &'static str,
    times: f64,
    plain: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    let span = Span::Log { min: 1e-30, max: 1e9 };
    Parameter { name, symbol, default: Default::Length { times, plain }, span, meaning, source }
}

/// A step per unit of gradient beside the method's own η.
pub(super) const fn second_step(
    name: &'static str,
    symbol: &'static str,
    times: f64,
    plain: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    let span = Span::Log { min: 1e-30, max: 1e6 };
    Parameter { name, symbol, default: Default::GradientStep { times, plain }, span, meaning, source }
}

/// A curvature.
pub(super) const fn curvature(
    name: &'static str,
    symbol: &'static str,
    times: f64,
    plain: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    let span = Span::Log { min: 1e-15, max: 1e9 };
    Parameter { name, symbol, default: Default::Curvature { times, plain }, span, meaning, source }
}

/// A decrease of f.
pub(super) const fn decrease(
    name: &'static str,
    symbol: &'static str,
    times: f64,
    plain: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    let span = Span::Log { min: 1e-30, max: 1e9 };
    Parameter { name, symbol, default: Default::Decrease { times, plain }, span, meaning, source }
}

/// The size of a gradient.
pub(super) const fn gradient(
    name: &'static str,
    symbol: &'static str,
    times: f64,
    plain: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    let span = Span::Log { min: 1e-30, max: 1e9 };
    Parameter { name, symbol, default: Default::Gradient { times, plain }, span, meaning, source }
}

/// g_thres: where ‖∇f‖ is at most this, a point counts as critical.
pub(super) const fn gradient_threshold(symbol: &'static str, times: f64, source: &'static str) -> Parameter {
    gradient("gradient_threshold", symbol, times, 1e-3, "gradient norm at which a point counts as critical", source)
}

/// δ/L₂: how far a direction of negative curvature is followed.
pub(super) const fn curvature_step(times: f64, source: &'static str) -> Parameter {
    length("curvature_step", "δ/L₂", times, 0.1, "length of the step along a direction of negative curvature", source)
}
