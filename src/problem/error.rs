//! What can be wrong with a problem, one sentence each.

use crate::formula::FormulaError;

/// Why a problem cannot be made, or a point not be used with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProblemError {
    /// No such landscape.
    #[error("there is no landscape \"{id}\"; {hint}")]
    UnknownLandscape {
        /// What was given.
        id: String,
        /// The near ones.
        hint: String,
    },
    /// The formula cannot be read.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// No such parameter.
    #[error("{problem} has no parameter \"{name}\"; it takes {known}")]
    UnknownParameter {
        /// Landscape id, or "the formula".
        problem: String,
        /// What was given.
        name: String,
        /// What there is.
        known: String,
    },
    /// A parameter value outside its range.
    #[error("{problem}: {name} = {given} is not allowed; it must be {allowed}")]
    BadParameter {
        /// Landscape id, or "the formula".
        problem: String,
        /// Parameter name.
        name: String,
        /// What was given.
        given: f64,
        /// What is allowed.
        allowed: String,
    },
    /// A dimension that the landscape has not.
    #[error("{problem} cannot have the dimension {given}; it must be {allowed}")]
    BadDimension {
        /// Landscape id, or "the formula".
        problem: String,
        /// What was given.
        given: usize,
        /// What is allowed.
        allowed: String,
    },
    /// A landscape without samples was named for them.
    #[error("{id} has no samples for mean(…) to run over; {known} do")]
    NoSamples {
        /// Landscape id.
        id: String,
        /// Which have some.
        known: String,
    },
    /// A point with too few or too many coordinates.
    #[error("a point of this problem has {expected} coordinates, not {given}")]
    BadLength {
        /// n.
        expected: usize,
        /// What was given.
        given: usize,
    },
    /// A coordinate that is NaN or infinite.
    #[error("coordinate {index} of the point is {value}; every coordinate must be a finite number")]
    NotFinite {
        /// Which coordinate, from 1.
        index: usize,
        /// What was given.
        value: f64,
    },
    /// A box without width, or not finite.
    #[error("the domain {low}:{high} of coordinate {index} is empty; it must be two finite numbers, the smaller one first")]
    BadDomain {
        /// Which coordinate, from 1.
        index: usize,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// The catalogue itself cannot be read: a slip that a test catches.
    #[error("the catalogue of landscapes cannot be read: {0}")]
    Catalogue(String),
}
