//! Parameters as papers compute them from what they assume of f.

use super::{Method, Setting, Settings, Span};

/// A paper's choice of a method's parameters.
#[derive(Clone, Copy)]
pub struct Preset {
    /// Author, year, theorem or table.
    pub source: &'static str,
    /// The parameters; those that are not named keep their defaults.
    pub settings: fn(&Assumptions) -> Settings,
}

/// What convergence theorems assume of f and ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assumptions {
    /// ℓ, the Lipschitz constant of ∇f.
    pub smoothness: f64,
    /// ρ, the Lipschitz constant of ∇²f.
    pub hessian_lipschitz: f64,
    /// ε, the gradient norm that is asked for.
    pub epsilon: f64,
    /// γ, the least second moment of the stochastic gradient along the most negative curvature (CNC).
    pub gamma: f64,
    /// δ, the probability of failure that is allowed.
    pub failure: f64,
    /// Δ_f ≥ f(x₀) − f*.
    pub decrease: f64,
    /// V ≥ E ‖∇f_z − ∇f‖².
    pub variance: f64,
    /// l ≥ ‖∇f_z‖.
    pub gradient_bound: f64,
    /// n.
    pub dim: usize,
    /// m of a finite sum; 1 for a plain function.
    pub samples: usize,
}

/// One number of [`Assumptions`] that can be set by its name.
pub struct Assumption {
    /// The name on the command line.
    pub name: &'static str,
    /// The mathematical sign.
    pub symbol: &'static str,
    /// One line.
    pub meaning: &'static str,
    /// Reads it.
    pub get: fn(&Assumptions) -> f64,
    /// Writes it.
    pub set: fn(&mut Assumptions, f64),
}

/// The numbers that can be set: first what is asked for, then what is assumed of f.
pub const ASSUMPTIONS: [Assumption; 8] = [
    Assumption {
        name: "epsilon",
        symbol: "ε",
        meaning: "gradient norm that is asked for",
        get: |a| a.epsilon,
        set: |a, v| a.epsilon = v,
    },
    Assumption {
        name: "failure",
        symbol: "δ",
        meaning: "probability of failure that is allowed",
        get: |a| a.failure,
        set: |a, v| a.failure = v,
    },
    Assumption {
        name: "gamma",
        symbol: "γ",
        meaning: "least second moment of the stochastic gradient along the most negative curvature",
        get: |a| a.gamma,
        set: |a, v| a.gamma = v,
    },
    Assumption {
        name: "smoothness",
        symbol: "ℓ",
        meaning: "largest curvature: the Lipschitz constant of the gradient",
        get: |a| a.smoothness,
        set: |a, v| a.smoothness = v,
    },
    Assumption {
        name: "hessian_lipschitz",
        symbol: "ρ",
        meaning: "largest change of curvature with distance: the Lipschitz constant of the Hessian",
        get: |a| a.hessian_lipschitz,
        set: |a, v| a.hessian_lipschitz = v,
    },
    Assumption {
        name: "decrease",
        symbol: "Δf",
        meaning: "height of the start above the lowest value",
        get: |a| a.decrease,
        set: |a, v| a.decrease = v,
    },
    Assumption {
        name: "variance",
        symbol: "V",
        meaning: "largest variance of the stochastic gradient",
        get: |a| a.variance,
        set: |a, v| a.variance = v,
    },
    Assumption {
        name: "gradient_bound",
        symbol: "l",
        meaning: "largest norm of the stochastic gradient",
        get: |a| a.gradient_bound,
        set: |a, v| a.gradient_bound = v,
    },
];

impl Assumption {
    /// The assumption of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ASSUMPTIONS.iter().find(|a| a.name == name)
    }

    /// Whether `value` can be meant: a positive number, for a probability below 1.
    pub fn accepts(&self, value: f64) -> bool {
        value > 0.0 && value.is_finite() && (self.name != "failure" || value < 1.0)
    }
}

impl Assumptions {
    /// √(ρε), the curvature that goes with ε: an (ε, √(ρε))-second-order stationary point is sought (Nesterov, Polyak 2006).
    pub fn curvature(&self) -> f64 {
        (self.hessian_lipschitz * self.epsilon).sqrt()
    }

    /// log x, at least 1: factors that stand for "up to logarithms" must not vanish.
    pub(super) fn log(x: f64) -> f64 {
        libm::log(x).max(1.0)
    }
}

/// Settings from pairs.
pub(super) fn numbers<const N: usize>(pairs: [(&str, f64); N]) -> Settings {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), Setting::Number(value))).collect()
}

impl Method {
    /// The paper's parameters under these assumptions, whole numbers rounded up, each brought into its span; a number that
    /// is not finite is left out, so that the default stays. Those of the method that it is put around under `settings` where it
    /// has no such choice itself; `None` where that one has none.
    pub fn preset_settings(&self, settings: &Settings, assumptions: &Assumptions) -> Option<Settings> {
        let Some(preset) = self.preset else {
            let (choice, inner) = self.around(settings)?;
            let inner = inner.preset_settings(&Settings::new(), assumptions)?;
            return Some(inner.into_iter().map(|(name, setting)| (format!("{}_{name}", choice.name), setting)).collect());
        };
        let mut settings = (preset.settings)(assumptions);
        settings.retain(|name, setting| {
            let (Some(parameter), Setting::Number(value)) = (self.parameters.iter().find(|p| p.name == name), setting) else {
                return true;
            };
            let (min, max) = parameter.span.limits();
            let whole = matches!(parameter.span, Span::Integer { .. });
            let finite = value.is_finite();
            *value = (if whole { value.ceil() } else { *value }).clamp(min, max);
            finite
        });
        Some(settings)
    }
}
