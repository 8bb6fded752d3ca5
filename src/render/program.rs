//! Shader texts.

use crate::formula::Formula;
use std::sync::{Arc, OnceLock};

const MAP: &str = include_str!("../../shaders/map.wgsl");
const FORMULA: &str = include_str!("../../shaders/formula.wgsl");
const FIELD: &str = include_str!("../../shaders/field.wgsl");
const PROBE: &str = include_str!("../../shaders/probe.wgsl");

/// Numbers of a parameter or a plane vector that the uniform block holds.
pub(super) const SLOTS: usize = 64;
/// Numbers of the sample table that the texture holds: 1024 × 1024.
const TABLE_NUMBERS: usize = 1 << 20;
/// Operations a pixel beyond which a formula is left to the processor: a frame would take too long.
const OPERATIONS: usize = 30_000;

/// A formula as a shader. Cheap to clone; a change of parameters needs no new one.
#[derive(Clone, Debug)]
pub struct MapProgram(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    wgsl: String,
    table: Vec<f32>,
    columns: usize,
    failure: OnceLock<String>,
}

impl MapProgram {
    /// The shader of a formula; `None` where it has more variables, parameters, samples or operations than a
    /// fragment shader should take: such a map is drawn from a field.
    pub fn new(formula: &Formula) -> Option<Self> {
        let table = formula.table();
        let numbers = table.map_or(0, |t| t.data().len());
        let cost = formula.operations().saturating_mul(formula.samples().max(1));
        if formula.dim() > SLOTS || formula.parameters().len() > SLOTS || numbers > TABLE_NUMBERS || cost > OPERATIONS {
            return None;
        }
        Some(Self(Arc::new(Inner {
            wgsl: formula.wgsl(),
            table: table.map_or_else(Vec::new, |t| t.data().iter().map(|v| *v as f32).collect()),
            columns: table.map_or(1, crate::formula::Table::width),
            failure: OnceLock::new(),
        })))
    }

    /// The program with another text for the formula's functions: for a device that reads them otherwise, and to see what is
    /// done where it refuses them.
    #[must_use]
    pub fn with_functions(self, wgsl: &str) -> Self {
        let Inner { table, columns, .. } = &*self.0;
        Self(Arc::new(Inner { wgsl: wgsl.to_owned(), table: table.clone(), columns: *columns, failure: OnceLock::new() }))
    }

    /// The shader that draws the map.
    pub fn shader(&self) -> String {
        [MAP, &self.0.wgsl, FORMULA].concat()
    }

    /// The shader that writes the numbers.
    pub fn probe_shader(&self) -> String {
        [MAP, &self.0.wgsl, PROBE].concat()
    }

    /// Why the device refused the shader, if it did; such a map is drawn from a field.
    pub fn failure(&self) -> Option<&str> {
        self.0.failure.get().map(String::as_str)
    }

    pub(super) fn fail(&self, message: String) {
        // Only the first reason is kept.
        _ = self.0.failure.set(message);
    }

    pub(super) fn key(&self) -> &str {
        &self.0.wgsl
    }

    pub(super) fn table(&self) -> &[f32] {
        &self.0.table
    }

    pub(super) fn columns(&self) -> usize {
        self.0.columns
    }

    /// Whether both are one program, not only alike.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The shader that draws fields.
pub fn field_shader() -> String {
    [MAP, FIELD].concat()
}
