//! The names a formula may use.

use super::error::FormulaError;
use super::lexer::is_name;
use super::op;
use std::sync::Arc;

/// Most characters of a formula.
pub const MAX_TEXT: usize = 20_000;
/// Most variables.
pub const MAX_DIM: usize = 10_000;

/// What names a formula may use besides the functions and the constants `pi`, `e` and `n`.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// n: the variables are `x1 … xn` and `x[i]`; up to dimension three also `x`, `y`, `z`.
    pub dim: usize,
    /// Names of the parameters, in the order of their values.
    pub parameters: Vec<String>,
    /// The samples that `mean` runs over.
    pub table: Option<Table>,
}

/// Samples: rows of numbers in named groups of columns. Inside `mean` a group of width 1 is `s`, a wider one `z[j]`.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<(String, usize)>,
    width: usize,
    data: Arc<[f64]>,
}

impl Table {
    /// `data` row by row; each row has the columns of the groups in order.
    ///
    /// # Errors
    /// No group, a group without a column, a bad or repeated name, or numbers that fill no whole rows.
    pub fn new(columns: Vec<(String, usize)>, data: Vec<f64>) -> Result<Self, FormulaError> {
        let refuse = |message: String| Err(FormulaError { message, at: 0..0, position: 1, expected: None, remedy: None });
        let width = columns.iter().fold(0_usize, |sum, (_, width)| sum.saturating_add(*width));
        for (i, (name, size)) in columns.iter().enumerate() {
            if !is_name(name) || op::is_function(name) || is_constant(name) {
                return refuse(format!("a sample table cannot have a column called '{name}'"));
            }
            if *size == 0 {
                return refuse(format!("the column group '{name}' of the sample table is empty"));
            }
            if columns[..i].iter().any(|(other, _)| other == name) {
                return refuse(format!("the sample table has two columns called '{name}'"));
            }
        }
        if width == 0 || data.is_empty() || !data.len().is_multiple_of(width) {
            return refuse(format!(
                "a sample table needs whole rows of {width} numbers, and at least one; it has {} numbers",
                data.len()
            ));
        }
        Ok(Self { columns, width, data: data.into() })
    }

    /// Number of samples, at least 1.
    pub fn rows(&self) -> usize {
        self.data.len() / self.width
    }

    /// Numbers in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The groups: name and number of columns.
    pub fn columns(&self) -> &[(String, usize)] {
        &self.columns
    }

    /// All numbers, row by row.
    pub fn data(&self) -> &[f64] {
        &self.data
    }

    /// First column and width of the group `name`.
    pub(super) fn group(&self, name: &str) -> Option<(usize, usize)> {
        let mut first = 0;
        for (group, width) in &self.columns {
            if group == name {
                return Some((first, *width));
            }
            first += width;
        }
        None
    }
}

/// `pi`, `e`, and the dimension `n`.
pub(super) fn is_constant(name: &str) -> bool {
    matches!(name, "pi" | "π" | "e" | "n")
}

/// The letters of the variables up to dimension three.
pub(super) fn is_letter(name: &str) -> bool {
    matches!(name, "x" | "y" | "z")
}

impl Scope {
    /// The coordinate that `name` stands for, from 0.
    pub(super) fn variable(&self, name: &str) -> Option<usize> {
        let alias = match name {
            "x" => Some(0),
            "y" => Some(1),
            "z" => Some(2),
            _ => None,
        };
        if let Some(i) = alias {
            return (self.dim <= 3 && i < self.dim).then_some(i);
        }
        let digits = name.strip_prefix('x')?;
        if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let i = digits.parse::<usize>().ok()?;
        (1..=self.dim).contains(&i).then(|| i - 1)
    }

    /// The least dimension in which `name` is a variable.
    pub(super) fn dimension_of(&self, name: &str) -> Option<usize> {
        let index = match name {
            "y" => 2,
            "z" => 3,
            _ => name.strip_prefix('x').filter(|digits| !digits.starts_with('0'))?.parse().ok()?,
        };
        Self { dim: index, ..Self::default() }.variable(name)?;
        (self.dim < index && index <= MAX_DIM).then_some(index)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p == name)
    }

    pub(super) fn column(&self, name: &str) -> Option<(usize, usize)> {
        self.table.as_ref()?.group(name)
    }

    /// Names that a definition, a parameter or a running index cannot take.
    pub(super) fn is_reserved(&self, name: &str) -> bool {
        op::is_function(name) || is_constant(name) || self.variable(name).is_some()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.dim == 0 || self.dim > MAX_DIM {
            return Err(format!("the dimension must lie between 1 and {MAX_DIM}, not at {}", self.dim));
        }
        for (i, name) in self.parameters.iter().enumerate() {
            if !is_name(name) {
                return Err(format!("'{name}' cannot be the name of a parameter: letters, digits and '_' can"));
            }
            if self.is_reserved(name) {
                return Err(format!("a parameter cannot be called '{name}': that name is taken"));
            }
            if self.parameters[..i].contains(name) {
                return Err(format!("two parameters are called '{name}'"));
            }
        }
        Ok(())
    }
}
