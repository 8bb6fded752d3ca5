//! Methods around another one: whose parameters they take, with what prefix, and what they ask with it.

use super::{Method, Parameter, Preset, Settings, SettingsError, Span, Values, method, methods};
use crate::problem::Objective;
use std::sync::LazyLock;

/// The name of a parameter of the method that the parameter `name` chooses.
fn prefixed(name: &str, inner: &Parameter) -> String {
    format!("{name}_{}", inner.name)
}

/// The parameters of every method around another one, by both identifiers: its own and the prefixed ones.
static NESTED: LazyLock<Vec<(&str, &str, Vec<Parameter>)>> = LazyLock::new(|| {
    let mut nested = Vec::new();
    for outer in methods() {
        for choice in outer.parameters {
            let Span::Method { options } = choice.span else { continue };
            for inner in options.iter().filter_map(|id| method(id).ok()) {
                let rename = |p: &Parameter| Parameter { name: prefixed(choice.name, p).leak(), ..*p };
                let parameters = outer.parameters.iter().copied().chain(inner.parameters.iter().map(rename));
                nested.push((outer.id, inner.id, parameters.collect()));
            }
        }
    }
    nested
});

impl Values<'_> {
    /// The method that the parameter `name` chooses, with the values of its own parameters. The first of all for a name that
    /// is not declared: a slip that the registry's tests catch.
    pub fn nested(&self, name: &str) -> (&'static Method, Values<'static>) {
        let method = method(self.choice(name)).unwrap_or(&methods()[0]);
        let numbers = method.parameters.iter().map(|p| self.number(&prefixed(name, p))).collect();
        let set = |p: &Parameter| {
            let (_, text, entries) = self.matrices.iter().find(|(known, ..)| *known == prefixed(name, p))?;
            Some((p.name, text.clone(), entries.clone()))
        };
        let matrices = method.parameters.iter().filter_map(set).collect();
        (method, Values { parameters: method.parameters, numbers, matrices })
    }
}

impl Method {
    /// The method that this one is put around under `settings`, and the parameter that chooses it.
    pub(super) fn around(&self, settings: &Settings) -> Option<(&'static Parameter, &'static Self)> {
        let choice = self.parameters.iter().find(|p| matches!(p.span, Span::Method { .. }))?;
        let index = settings.get(choice.name).and_then(|setting| choice.span.accept(setting));
        let index = index.unwrap_or_else(|| choice.default_number(None)) as usize;
        Some((choice, method(choice.span.options()?.get(index)?).ok()?))
    }

    /// The declared parameters under `settings`: its own, and those of the method that it is put around, each with the
    /// prefix of the choice and `_`.
    pub fn declared(&self, settings: &Settings) -> &'static [Parameter] {
        let Some((_, inner)) = self.around(settings) else { return self.parameters };
        let found = NESTED.iter().find(|(outer, id, _)| *outer == self.id && *id == inner.id);
        found.map_or(self.parameters, |(_, _, parameters)| parameters)
    }

    /// Whether `objective` has what the method asks of it under `settings`, itself or the one that it is put around.
    ///
    /// # Errors
    /// [`SettingsError::NotApplicable`] names the one that asks.
    pub fn check(&self, settings: &Settings, objective: &dyn Objective) -> Result<(), SettingsError> {
        let inner = self.around(settings).map(|(_, inner)| inner);
        [Some(self), inner]
            .into_iter()
            .flatten()
            .try_for_each(|m| m.requires.check(objective).map_err(|what| SettingsError::NotApplicable { method: m.name, what }))
    }

    /// The paper's choice of the method's parameters, or of those of the method that it is put around under `settings`.
    pub fn preset_in(&self, settings: &Settings) -> Option<Preset> {
        self.preset.or_else(|| self.around(settings)?.1.preset)
    }
}
