//! The registry of methods.

use super::lookahead::LOOKAHEAD;
use super::parameter::matrix;
use super::{Default, Optimizer, Parameter, Preset, Scales, Setting, Settings, Span, first_order, second_order, stochastic};
use crate::linalg::Vector;
use crate::problem::Objective;
use serde::Serialize;
use std::sync::LazyLock;

/// Where a method belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Full gradients only.
    FirstOrder,
    /// Sampled gradients or random kicks.
    Stochastic,
    /// Curvature.
    SecondOrder,
}

/// One entry of the registry: everything the window, the command line and the manual say about a method.
#[derive(Clone, Serialize)]
pub struct Method {
    /// The identifier in scenes and on the command line.
    pub id: &'static str,
    /// The name in the window.
    pub name: &'static str,
    /// Where it belongs.
    pub family: Family,
    /// The update formula, in one line of text.
    pub formula: &'static str,
    /// One line: what it does that others do not.
    pub summary: &'static str,
    /// Author, year, title or equation.
    pub source: &'static str,
    /// The declared parameters.
    pub parameters: &'static [Parameter],
    /// Whether it draws random numbers (a seed changes its run).
    pub random: bool,
    /// Whether it is proven, with its default parameters, to leave strict saddles.
    pub escapes: bool,
    /// What it asks of a function beside two derivatives.
    pub requires: Requirement,
    /// The paper's choice of the parameters; listed by its source.
    #[serde(serialize_with = "preset_source", skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Builds the step machine at a start point.
    #[serde(skip)]
    pub build: fn(&Values<'_>, &[f64]) -> Box<dyn Optimizer>,
}

/// What a method asks of a function beside two derivatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// Nothing.
    Nothing,
    /// A Gauss-Newton matrix: f is a convex loss of residuals.
    GaussNewton,
}

/// Resolved parameter values of a method: every declared name has a value in its span.
pub struct Values<'a> {
    pub(super) parameters: &'a [Parameter],
    pub(super) numbers: Vec<f64>,
    /// Of the parameters that are matrices: the name, the text and the `n * n` numbers of those that were set.
    pub(super) matrices: Vec<(&'static str, String, Vector)>,
}

/// Most variables of a method that keeps matrices: 200 MB each.
const MOST_DENSE: usize = 5000;

/// What methods call the samples of a gradient.
const BATCHES: [&str; 4] = ["batch_size", "inner_batch_size", "gradient_batch", "inner_gradient_batch"];

/// Why settings do not fit a method. Each message is one sentence for the user.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// No such method.
    #[error("there is no method \"{0}\"; the methods are {list}", list = methods().iter().map(|m| m.id).collect::<Vec<_>>().join(", "))]
    UnknownMethod(String),
    /// No such parameter.
    #[error("{method} has no parameter \"{name}\"; it takes {known}")]
    UnknownParameter {
        /// Method id.
        method: &'static str,
        /// What was given.
        name: String,
        /// What there is.
        known: String,
    },
    /// The function lacks what the method needs.
    #[error("{method} needs {what}; this function is none")]
    NotApplicable {
        /// Method name.
        method: &'static str,
        /// What it needs.
        what: &'static str,
    },
    /// Too many variables for the method's matrices.
    #[error(
        "{method} keeps matrices of n rows and columns here, for up to {MOST_DENSE} variables; this problem has {n}{}",
        if .instead.is_empty() { String::new() } else { format!(": take {}", .instead.join(" and ")) }
    )]
    TooManyVariables {
        /// Method name.
        method: &'static str,
        /// n.
        n: usize,
        /// The settings with which it keeps none, if there are some.
        instead: Vec<String>,
    },
    /// A value outside the span.
    #[error("{method}: {name} = {given} is not allowed; it must be {allowed}")]
    BadValue {
        /// Method id.
        method: &'static str,
        /// Parameter name.
        name: &'static str,
        /// What was given.
        given: String,
        /// What is allowed.
        allowed: String,
    },
}

impl Values<'_> {
    /// The number under `name`; the index for a choice. NaN for a name that is not declared: a slip that the
    /// registry's tests catch.
    pub fn number(&self, name: &str) -> f64 {
        let position = self.parameters.iter().position(|p| p.name == name);
        debug_assert!(position.is_some(), "parameter {name} is not declared");
        position.map_or(f64::NAN, |i| self.numbers[i])
    }

    /// The whole number under `name`.
    pub fn integer(&self, name: &str) -> usize {
        self.number(name) as usize
    }

    /// The value under `name` as it would be set.
    pub fn setting(&self, name: &str) -> Setting {
        if self.parameters.iter().any(|p| p.name == name && p.span == Span::Matrix) {
            let text = self.matrices.iter().find(|(known, ..)| *known == name).map_or("", |(_, text, _)| text);
            return Setting::Name(text.to_owned());
        }
        match self.choice(name) {
            "" => Setting::Number(self.number(name)),
            choice => Setting::Name(choice.to_owned()),
        }
    }

    /// The matrix under `name`; none where it is left empty.
    pub fn matrix(&self, name: &str) -> Option<&Vector> {
        self.matrices.iter().find(|(known, ..)| *known == name).map(|(.., matrix)| matrix)
    }

    /// The name of the choice under `name`; empty for a parameter that is none.
    pub fn choice(&self, name: &str) -> &'static str {
        let position = self.parameters.iter().position(|p| p.name == name);
        debug_assert!(position.is_some(), "parameter {name} is not declared");
        let chosen = |i: usize| self.parameters[i].span.options()?.get(self.numbers[i] as usize).copied();
        position.and_then(chosen).unwrap_or("")
    }
}

impl Parameter {
    /// The default on a landscape with these scales, or the literature's without one.
    pub fn default_number(&self, scales: Option<Scales>) -> f64 {
        let (min, max) = self.span.limits();
        match (self.default, scales) {
            (Default::Fixed(value), _) => value,
            (Default::GradientStep { times, .. }, Some(s)) => (times * s.step_size).clamp(min, max),
            (Default::Length { times, .. }, Some(s)) => (times * s.radius).clamp(min, max),
            (Default::Gradient { times, .. }, Some(s)) => (times * s.radius / s.step_size).clamp(min, max),
            (Default::Decrease { times, .. }, Some(s)) => (times * s.radius * s.radius / s.step_size).clamp(min, max),
            (Default::Curvature { times, .. }, Some(s)) => (times / s.step_size).clamp(min, max),
            (Default::HessianChange { times, .. }, Some(s)) => (times / (s.step_size * s.radius)).clamp(min, max),
            (
                Default::GradientStep { plain, .. }
                | Default::Length { plain, .. }
                | Default::Gradient { plain, .. }
                | Default::Decrease { plain, .. }
                | Default::Curvature { plain, .. }
                | Default::HessianChange { plain, .. },
                None,
            ) => plain,
        }
    }
}

impl Span {
    /// Smallest and largest number (indices for a choice).
    pub fn limits(&self) -> (f64, f64) {
        match *self {
            Span::Linear { min, max } | Span::Log { min, max } => (min, max),
            Span::Integer { min, max } => (f64::from(min), f64::from(max)),
            Span::Choice { options } | Span::Method { options } => (0.0, options.len().saturating_sub(1) as f64),
            Span::Matrix => (0.0, 0.0),
        }
    }

    fn describe(&self) -> String {
        match self {
            Span::Linear { min, max } | Span::Log { min, max } => format!("a number from {min} to {max}"),
            Span::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Span::Choice { options } | Span::Method { options } => format!("one of {}", options.join(", ")),
            Span::Matrix => "a symmetric positive definite matrix by rows, such as 4,1;1,2".to_owned(),
        }
    }

    pub(super) fn accept(&self, setting: &Setting) -> Option<f64> {
        let (min, max) = self.limits();
        if let Some(options) = self.options() {
            let Setting::Name(name) = setting else { return None };
            return options.iter().position(|o| o == name).map(|i| i as f64);
        }
        match (self, setting) {
            (Span::Matrix, setting) => matrix(setting).map(|_| 0.0),
            (_, Setting::Name(_)) => None,
            (Span::Integer { .. }, Setting::Number(v)) => (v.fract() == 0.0 && (min..=max).contains(v)).then_some(*v),
            (_, Setting::Number(v)) => (min..=max).contains(v).then_some(*v),
        }
    }
}

impl Requirement {
    /// Whether `objective` has it.
    ///
    /// # Errors
    /// One clause that says what is missing.
    pub fn check(self, objective: &dyn Objective) -> Result<(), &'static str> {
        match self {
            Self::GaussNewton if objective.gauss_newton().is_none() => {
                Err("a function that is a sum of squares, such as (1 - x)^2 + 100 (y - x^2)^2")
            }
            _ => Ok(()),
        }
    }
}

impl Method {
    /// The values under `settings`, the rest from the defaults on a landscape of these scales.
    ///
    /// # Errors
    /// [`SettingsError`] for a name that is not declared or a value outside its span.
    pub fn resolve(&self, settings: &Settings, scales: Option<Scales>) -> Result<Values<'static>, SettingsError> {
        let parameters = self.declared(settings);
        let mut numbers: Vec<f64> = parameters.iter().map(|p| p.default_number(scales)).collect();
        let mut matrices = Vec::new();
        let mut refused: Option<(usize, &Setting)> = None;
        for (name, setting) in settings {
            let Some(index) = parameters.iter().position(|p| p.name == name) else {
                let names: Vec<_> = parameters.iter().map(|p| p.name).collect();
                let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                return Err(SettingsError::UnknownParameter { method: self.id, name: name.clone(), known });
            };
            let p = &parameters[index];
            match p.span.accept(setting) {
                Some(number) => numbers[index] = number,
                None if refused.is_none_or(|(first, _)| index < first) => refused = Some((index, setting)),
                None => {}
            }
            if p.span == Span::Matrix
                && let Some((text, entries)) = matrix(setting)
                && !text.is_empty()
            {
                matrices.push((p.name, text, entries));
            }
        }
        if let Some((index, setting)) = refused {
            return Err(SettingsError::BadValue {
                method: self.id,
                name: parameters[index].name,
                given: match setting {
                    Setting::Number(v) => v.to_string(),
                    Setting::Name(v) => format!("\"{v}\""),
                },
                allowed: parameters[index].span.describe(),
            });
        }
        self.check_ratios(parameters, &numbers)?;
        Ok(Values { parameters, numbers, matrices })
    }

    /// η₁ ≤ η₂ where there are both, as ratios (Conn, Gould, Toint 2000, (6.1.1)).
    fn check_ratios(&self, parameters: &[Parameter], numbers: &[f64]) -> Result<(), SettingsError> {
        for (low, given) in parameters.iter().zip(numbers) {
            let Some(prefix) = low.name.strip_suffix("eta1") else { continue };
            let above = |p: &Parameter| p.span == low.span && p.name.strip_suffix("eta2") == Some(prefix);
            if let Some((high, most)) = parameters.iter().zip(numbers).find(|(p, most)| above(p) && given > *most) {
                let (given, allowed) = (given.to_string(), format!("at most {} = {most}", high.name));
                return Err(SettingsError::BadValue { method: self.id, name: low.name, given, allowed });
            }
        }
        Ok(())
    }

    /// As [`resolve`](Self::resolve), for a problem in n variables: matrices must be of that order.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn resolve_in(&self, n: usize, settings: &Settings, scales: Option<Scales>) -> Result<Values<'static>, SettingsError> {
        let values = self.resolve(settings, scales)?;
        match values.matrices.iter().find(|(.., entries)| entries.len() != n * n) {
            None => Ok(values),
            Some((name, text, _)) => Err(SettingsError::BadValue {
                method: self.id,
                name,
                given: format!("\"{text}\""),
                allowed: format!("a matrix of {n} rows, as the problem has {n} variables"),
            }),
        }
    }

    /// The settings with which the method does with vectors and products, where it keeps matrices of n rows and columns with these
    /// values: none where it always keeps some. `None`: it keeps no matrix.
    fn instead_of_matrices(&self, values: &Values<'_>) -> Option<Vec<String>> {
        const ALWAYS: [&str; 8] =
            ["adagrad_full", "rmsprop_full", "bfgs", "newton", "damped_newton", "regularized_newton", "adan", "storm"];
        // By the choice that makes a method do with products.
        let solver = |products: &[&str]| {
            (!products.contains(&values.choice("solver"))).then(|| format!("solver={}", products.first().unwrap_or(&"")))
        };
        let metric = || values.choice("metric").strip_suffix("_full").map(|diagonal| format!("metric={diagonal}"));
        let settings = match self.id {
            "tr" => [solver(&["steihaug", "gltr", "cauchy"]), metric()],
            "first_order_tr" => [None, metric()],
            "arc" | "subsampled_arc" => [solver(&["lanczos"]), None],
            "saddle_free_newton" => [solver(&["krylov"]), None],
            "gauss_newton" | "levenberg_marquardt" => [solver(&["cg"]), None],
            "lookahead" => {
                let (method, own) = values.nested("inner");
                let inner = method.instead_of_matrices(&own)?;
                return Some(inner.into_iter().map(|setting| format!("inner_{setting}")).collect());
            }
            id => return ALWAYS.contains(&id).then(Vec::new),
        };
        let settings: Vec<String> = settings.into_iter().flatten().collect();
        (!settings.is_empty()).then_some(settings)
    }

    /// The name under which the method, or the one that it is put around, has the samples of a gradient; `None` where it always takes all,
    /// or has sizes of its own.
    pub fn batch_name(&self, settings: &Settings) -> Option<&'static str> {
        let declared = self.declared(settings);
        BATCHES.into_iter().find(|name| declared.iter().any(|p| p.name == *name))
    }

    /// The samples of a gradient under `settings`; `None` where it takes all.
    pub fn batch(&self, settings: &Settings) -> Option<usize> {
        let values = self.resolve(settings, None).ok()?;
        Some(values.integer(self.batch_name(settings)?)).filter(|batch| *batch > 0)
    }

    /// Whether the method may draw random numbers under `settings`: by its nature or that of the method
    /// that it is put around, or because its gradients are those of batches.
    pub fn draws(&self, settings: &Settings) -> bool {
        let batches = |(name, setting): (&String, &Setting)| {
            name.ends_with("batch_size") && matches!(setting, Setting::Number(size) if *size > 0.0)
        };
        self.random || settings.iter().any(batches) || self.around(settings).is_some_and(|(_, inner)| inner.random)
    }

    /// The step machine at `start`.
    ///
    /// # Errors
    /// As [`resolve_in`](Self::resolve_in).
    pub fn start(&self, settings: &Settings, scales: Option<Scales>, start: &[f64]) -> Result<Box<dyn Optimizer>, SettingsError> {
        let values = self.resolve_in(start.len(), settings, scales)?;
        if start.len() > MOST_DENSE
            && let Some(instead) = self.instead_of_matrices(&values)
        {
            return Err(SettingsError::TooManyVariables { method: self.name, n: start.len(), instead });
        }
        Ok((self.build)(&values, start))
    }
}

#[allow(clippy::ref_option, reason = "serde's serialize_with takes a reference")]
fn preset_source<S: serde::Serializer>(preset: &Option<Preset>, serializer: S) -> Result<S::Ok, S::Error> {
    preset.as_ref().map(|preset| preset.source).serialize(serializer)
}

/// Every method, family by family, in the order in which the window lists them. Adding one is one file and one line in
/// its family's list.
pub fn methods() -> &'static [Method] {
    static METHODS: LazyLock<Vec<Method>> =
        LazyLock::new(|| [first_order::METHODS, &[LOOKAHEAD], stochastic::METHODS, second_order::METHODS].concat());
    &METHODS
}

/// The method of this identifier.
///
/// # Errors
/// [`SettingsError::UnknownMethod`] names those that there are.
pub fn method(id: &str) -> Result<&'static Method, SettingsError> {
    methods().iter().find(|m| m.id == id).ok_or_else(|| SettingsError::UnknownMethod(id.to_owned()))
}
