//! The catalogue: every built-in landscape is one entry of `assets/landscapes.json`, data and not code.

use super::{Kind, ProblemError, SampleTable, Scales};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landscape {
    /// The identifier in scenes and on the command line.
    pub id: String,
    /// The name in the window.
    pub name: String,
    /// The heading under which the window lists it.
    pub group: String,
    /// f as text.
    pub formula: String,
    /// n: fixed, or a range.
    #[serde(default)]
    pub dim: Dimension,
    /// The declared parameters.
    #[serde(default)]
    pub parameters: Vec<LandscapeParameter>,
    /// The samples that `mean` runs over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<SampleTable>,
    /// [x₀, x₁, y₀, y₁], the picture: of (x₁, x₂) in ℝ², else of the plane coordinates (u, v).
    pub domain: [f64; 4],
    /// Where to start, in the default dimension; the first is the default.
    pub starts: Vec<Vec<f64>>,
    /// [x₀, x₁, y₀, y₁], the box in which critical points were looked for.
    pub search: [f64; 4],
    /// Whether `critical_points` are all those in `search`.
    #[serde(default)]
    pub complete: bool,
    /// Isolated critical points at the default parameters and dimension.
    #[serde(default)]
    pub critical_points: Vec<CriticalPoint>,
    /// The critical points that are not isolated, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Whether f has no lower bound: descent goes to infinity.
    #[serde(default)]
    pub unbounded: bool,
    /// How values become colours.
    #[serde(default)]
    pub color: ColorScale,
    /// Author and year.
    pub source: String,
    /// One line: why it is worth seeing.
    pub why: String,
    /// η that suits gradient descent from the starts.
    pub step_size: f64,
    /// A length in x that is neither tiny nor across the picture.
    pub radius: f64,
    /// What else is to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

/// The dimension of a landscape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Dimension {
    /// Only this one.
    Fixed(usize),
    /// A slider.
    Range {
        /// Smallest.
        min: usize,
        /// Largest.
        max: usize,
        /// At first.
        default: usize,
    },
}

impl Default for Dimension {
    fn default() -> Self {
        Self::Fixed(2)
    }
}

/// One declared parameter of a landscape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandscapeParameter {
    /// The name in the formula.
    pub name: String,
    /// The mathematical sign, such as κ.
    pub symbol: String,
    /// The value when nothing is set.
    pub default: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// How the slider runs.
    pub scale: ParameterScale,
    /// One line.
    pub meaning: String,
}

/// How a slider runs from the smallest to the largest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterScale {
    /// Real, evenly.
    Linear,
    /// Real and positive, by equal factors.
    Log,
    /// Whole numbers.
    Integer,
}

/// An isolated critical point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriticalPoint {
    /// Where.
    pub x: Vec<f64>,
    /// What.
    pub kind: Kind,
    /// f(x).
    pub f: f64,
    /// Eigenvalues of ∇²f(x), ascending; none where f is not differentiable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eigenvalues: Option<Vec<f64>>,
}

/// How values become colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorScale {
    /// Evenly in f.
    #[default]
    Linear,
    /// Evenly in log(1 + f − min f).
    Log,
    /// Evenly in f up to this value.
    Clip(f64),
}

impl Dimension {
    /// The dimension at first.
    pub fn default_dim(self) -> usize {
        match self {
            Self::Fixed(n) | Self::Range { default: n, .. } => n,
        }
    }

    /// Whether n is allowed.
    pub fn contains(self, n: usize) -> bool {
        match self {
            Self::Fixed(fixed) => n == fixed,
            Self::Range { min, max, .. } => (min..=max).contains(&n),
        }
    }

    /// "2", "from 2 to 20".
    pub fn describe(self) -> String {
        match self {
            Self::Fixed(n) => n.to_string(),
            Self::Range { min, max, .. } => format!("from {min} to {max}"),
        }
    }
}

impl LandscapeParameter {
    /// Whether `value` may be set.
    pub fn accepts(&self, value: f64) -> bool {
        (self.min..=self.max).contains(&value) && (self.scale != ParameterScale::Integer || value == value.floor())
    }

    /// "a number from 1 to 1000".
    pub fn describe(&self) -> String {
        let what = if self.scale == ParameterScale::Integer { "a whole number" } else { "a number" };
        format!("{what} from {} to {}", self.min, self.max)
    }
}

impl Landscape {
    /// The scales at the default parameters.
    pub fn scales(&self) -> Scales {
        Scales { step_size: self.step_size, radius: self.radius }
    }

    /// The starts in dimension n: coordinates are dropped, or repeated from the first on, as in the extended
    /// forms of the classical test functions (−1.2, 1, −1.2, 1, …).
    pub fn starts_in(&self, n: usize) -> Vec<Vec<f64>> {
        self.starts.iter().map(|start| start.iter().copied().cycle().take(n).collect()).collect()
    }
}

static CATALOGUE: LazyLock<Result<Vec<Landscape>, ProblemError>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/landscapes.json")).map_err(|e| ProblemError::Catalogue(e.to_string()))
});

/// Every landscape, in the order in which the window lists them.
pub fn landscapes() -> &'static [Landscape] {
    CATALOGUE.as_deref().unwrap_or(&[])
}

/// The landscape of this identifier.
///
/// # Errors
/// [`ProblemError::UnknownLandscape`] names near ones; [`ProblemError::Catalogue`] if the data file is broken.
pub fn landscape(id: &str) -> Result<&'static Landscape, ProblemError> {
    let all = CATALOGUE.as_deref().map_err(Clone::clone)?;
    all.iter()
        .find(|entry| entry.id == id)
        .ok_or_else(|| ProblemError::UnknownLandscape { id: id.chars().take(60).collect(), hint: suggestion(id, all) })
}

/// "did you mean a, b?", or where to look.
fn suggestion(id: &str, all: &[Landscape]) -> String {
    let wanted: String = id.chars().take(60).collect::<String>().to_lowercase();
    let mut scored: Vec<(usize, &str)> = all
        .iter()
        .filter_map(|entry| {
            let distance = strsim::levenshtein(&wanted, &entry.id);
            let contained = wanted.len() >= 3 && (entry.id.contains(&wanted) || entry.name.to_lowercase().contains(&wanted));
            let near = distance <= 2.max(entry.id.len() / 3);
            (near || contained).then_some((if contained { 0 } else { distance }, entry.id.as_str()))
        })
        .collect();
    scored.sort();
    let near: Vec<&str> = scored.iter().take(3).map(|(_, id)| *id).collect();
    if near.is_empty() {
        "\"saddlescope list landscapes\" names them all".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_readable() {
        assert!(CATALOGUE.is_ok(), "{:?}", CATALOGUE.as_ref().err());
        assert_eq!(landscapes().len(), 44);
    }

    #[test]
    fn unknown_names_get_a_hint() {
        let message = |id: &str| landscape(id).expect_err("unknown").to_string();
        assert_eq!(message("rosenbrok"), "there is no landscape \"rosenbrok\"; did you mean rosenbrock?");
        assert!(message("octopus").ends_with("did you mean octopus2?"));
        assert!(message("").contains("names them all") && message(&"é".repeat(9999)).len() < 250);
    }
}
