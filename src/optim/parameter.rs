//! Parameters of methods, declared once: sliders, scenes, the command line and the manual come from here.

use crate::linalg::{Metric, Vector};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One declared parameter of a method.
#[derive(Clone, Copy, Debug, PartialEq)]
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
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// This over the landscape's `step_size`: a curvature, where 1 is about the largest one, ℓ.
    Curvature {
        /// Multiple of that curvature.
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
    /// This times `1 / (step_size · radius)`: a change of the Hessian by ℓ over the radius.
    HessianChange {
        /// Multiple of that change per length.
        times: f64,
        /// The literature's default.
        plain: f64,
    },
}

/// The values a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// One of these methods, whose own parameters then follow with the prefix `<name>_`
    /// ([`Method::declared`](super::Method::declared)).
    Method {
        /// Their identifiers.
        options: &'static [&'static str],
    },
    /// A symmetric positive definite matrix by rows, such as `4,1;1,2`; the identity where it is empty.
    Matrix,
}

impl Span {
    /// The names of a choice.
    pub fn options(&self) -> Option<&'static [&'static str]> {
        match *self {
            Self::Choice { options } | Self::Method { options } => Some(options),
            _ => None,
        }
    }
}

impl Parameter {
    /// Whether this is the matrix that the option of its name of a choice takes: it has no effect with another option. The names of
    /// both may have the prefix of a method inside another.
    pub fn is_unused_matrix(&self, choice: &Self, option: &str) -> bool {
        let belongs = |option: &&str| {
            let prefix = self.name.strip_suffix(option);
            prefix.is_some_and(|prefix| choice.name.starts_with(prefix) && (prefix.is_empty() || prefix.ends_with('_')))
        };
        let options = choice.span.options().unwrap_or_default();
        self.span == Span::Matrix && options.iter().any(belongs) && !belongs(&option)
    }

    /// Whether this number has no effect while `choice`, a parameter of the same method, is at its first option:
    /// `schedule_time` belongs to `schedule`.
    pub fn belongs_to(&self, choice: &Self) -> bool {
        let rest = self.name.strip_prefix(choice.name);
        matches!(choice.span, Span::Choice { .. }) && rest.is_some_and(|rest| rest.starts_with('_'))
    }
}

/// A value that was set: a number, or the name of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// For linear, log and integer spans.
    Number(f64),
    /// For choices, of a method too, and matrices.
    Name(String),
}

/// What differs from the defaults, by parameter name.
pub type Settings = BTreeMap<String, Setting>;

/// As the command line lists it: `name`, `symbol`, `default` (the literature's), `scale`, `min` and `max` or `options`,
/// `meaning`, `source`, and what the default is multiplied from on a landscape.
impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.name)?;
        map.serialize_entry("symbol", self.symbol)?;
        let default = self.default_number(None);
        match self.span {
            Span::Choice { options } | Span::Method { options } => {
                map.serialize_entry("default", options.get(default as usize).copied().unwrap_or_default())?;
                map.serialize_entry("scale", "choice")?;
                map.serialize_entry("options", options)?;
                if matches!(self.span, Span::Method { .. }) {
                    map.serialize_entry("prefix", &format!("{}_", self.name))?;
                }
            }
            Span::Matrix => {
                map.serialize_entry("default", "")?;
                map.serialize_entry("scale", "matrix")?;
            }
            Span::Linear { min, max } | Span::Log { min, max } => {
                map.serialize_entry("default", &default)?;
                map.serialize_entry("scale", if matches!(self.span, Span::Log { .. }) { "log" } else { "linear" })?;
                map.serialize_entry("min", &min)?;
                map.serialize_entry("max", &max)?;
            }
            Span::Integer { min, max } => {
                map.serialize_entry("default", &(default as u64))?;
                map.serialize_entry("scale", "integer")?;
                map.serialize_entry("min", &min)?;
                map.serialize_entry("max", &max)?;
            }
        }
        match self.default {
            Default::Fixed(_) => {}
            Default::GradientStep { times, .. } => map.serialize_entry("times_landscape_step_size", &times)?,
            Default::Length { times, .. } => map.serialize_entry("times_landscape_radius", &times)?,
            Default::Gradient { times, .. } => map.serialize_entry("times_landscape_radius_over_step_size", &times)?,
            Default::Curvature { times, .. } => map.serialize_entry("times_one_over_landscape_step_size", &times)?,
            Default::Decrease { times, .. } => map.serialize_entry("times_landscape_radius_squared_over_step_size", &times)?,
            Default::HessianChange { times, .. } => {
                map.serialize_entry("times_one_over_landscape_step_size_and_radius", &times)?;
            }
        }
        map.serialize_entry("meaning", self.meaning)?;
        map.serialize_entry("source", self.source)?;
        map.end()
    }
}

/// A matrix that is symmetric and positive definite, or nothing; a number is one of order 1.
pub(super) fn matrix(setting: &Setting) -> Option<(String, Vector)> {
    let text = match setting {
        Setting::Number(value) => value.to_string(),
        Setting::Name(text) => text.trim().to_owned(),
    };
    if text.is_empty() {
        return Some((text, Vector::new()));
    }
    let rows: Vec<Vector> =
        text.split(';').map(|row| row.split(',').map(|v| v.trim().parse::<f64>().ok()).collect()).collect::<Option<_>>()?;
    let n = rows.len();
    let entries: Vector = rows.iter().flatten().copied().collect();
    let square = rows.iter().all(|row| row.len() == n);
    (square && Metric::Full(entries.clone()).validate(n).is_ok()).then_some((text, entries))
}
