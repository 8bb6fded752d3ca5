//! Parameters of methods, declared once: sliders, scenes, the command line and the manual come from here.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One declared parameter of a method.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// The name in scenes and on the command line, such as `step_size`.
    pub name: &'static str,
    /// The mathematical sign, such as η.
    pub symbol: &'static str,
    /// The value when nothing is set.
    pub default: Default,
    /// What may be set.
    pub span: Span,
    /// One line.
    pub meaning: &'static str,
    /// Author, year, equation or algorithm.
    pub source: &'static str,
}

/// The default of a parameter, possibly in units of the landscape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Default {
    /// The same everywhere (for a choice: its index; for a switch: 0 or 1).
    Fixed(f64),
    /// This times the landscape's `step_size` (a gradient step, about 1/ℓ); the field's default without a landscape.
    GradientStep {
        /// Multiple of the landscape's step size.
        times: f64,
        /// The literature's default.
        plain: f64,
    },
    /// This times the landscape's `radius` (a length in x).
    Length {
        /// Multiple of the landscape's radius.
        times: f64,
        /// The literature's default.
        plain: f64,
    },
    /// This times `radius / step_size`: the size of a gradient whose plain step is as long as the radius.
    Gradient {
        /// Multiple of that gradient.
        times: f64,
        /// The literature's default.
        plain: f64,
    },
    /// This times `radius² / step_size`: the decrease of f that goes with such a step.
    Decrease {
        /// Multiple of that decrease.
        times: f64,
        /// The literature's default.
        plain: f64,
    },
}

/// The values a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "scale")]
pub enum Span {
    /// Real, slider linear.
    Linear {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// Real and positive, slider logarithmic.
    Log {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// Whole numbers.
    Integer {
        /// Smallest value.
        min: u32,
        /// Largest value.
        max: u32,
    },
    /// One of these names.
    Choice {
        /// The names.
        options: &'static [&'static str],
    },
}

/// A value that was set: a number, or the name of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// For linear, log and integer spans.
    Number(f64),
    /// For choices.
    Name(String),
}

/// What differs from the defaults, by parameter name.
pub type Settings = BTreeMap<String, Setting>;
