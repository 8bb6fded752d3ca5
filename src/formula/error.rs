//! What is wrong with a formula, and where.

use std::ops::Range;

/// A formula that cannot be read. Displays as one sentence that begins with the position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: {message}")]
pub struct FormulaError {
    /// The sentence without the position.
    pub message: String,
    /// The bytes of the text that are meant; empty at the end of the text.
    pub at: Range<usize>,
    /// The first character that is meant, counted from 1.
    pub position: usize,
    /// What could have stood there, where that can be said.
    pub expected: Option<String>,
    /// What of the scope would have to change for the text to be right at this place, where that can be said.
    pub remedy: Option<Remedy>,
}

/// A change of the [`Scope`](super::Scope) under which an unknown name means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A parameter of this name.
    Parameter(String),
    /// So many variables.
    Dimension(usize),
}

/// An error on its way up; the position in characters is added at the end.
pub(super) type Fallible<T> = Result<T, Box<FormulaError>>;

pub(super) fn fail<T>(at: Range<usize>, message: impl Into<String>) -> Fallible<T> {
    Err(Box::new(FormulaError { message: message.into(), at, position: 0, expected: None, remedy: None }))
}

/// "expected {expected} {rest}".
pub(super) fn expected<T>(at: Range<usize>, expected: &str, rest: &str) -> Fallible<T> {
    let message = if rest.is_empty() { format!("expected {expected}") } else { format!("expected {expected} {rest}") };
    Err(Box::new(FormulaError { message, at, position: 0, expected: Some(expected.to_owned()), remedy: None }))
}

impl FormulaError {
    /// Counts the characters before the error; clips the range to the text.
    pub(super) fn located(mut self, text: &str) -> Self {
        let start = (0..=self.at.start.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        self.at = start..self.at.end.clamp(start, text.len());
        self.position = text[..start].chars().count() + 1;
        self
    }
}

/// The known name nearest to `name` in edits, if it is near enough to be meant; upper and lower case differ by nothing.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let allowed = if length <= 3 { 1 } else { 2 };
    // Of two that are equally near the one that the name begins with.
    let close = known.filter(|k| k.chars().count().abs_diff(length) <= allowed);
    let ranked = close.map(|k| (strsim::levenshtein(&name, &k.to_lowercase()), !name.starts_with(k), k));
    let (distance, _, near) = ranked.min()?;
    (distance <= allowed && distance < length).then_some(near)
}
