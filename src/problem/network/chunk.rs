//! Samples laid out for the kernels.

use super::lanes::LANES;

/// Samples that go through the layers together: the activations of a layer stay near the processor.
pub(super) const CHUNK: usize = 128;

/// Up to [`CHUNK`] samples: inputs and targets as features × samples, filled up to a multiple of the lanes with zeros.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    /// Inputs × samples.
    pub x: Vec<f64>,
    /// Outputs × samples.
    pub y: Vec<f64>,
    /// Samples with the filling.
    pub samples: usize,
    /// Samples without it.
    pub valid: usize,
}

impl Chunk {
    /// The samples `indices` of a table whose rows are inputs and targets.
    pub fn gather(&mut self, [inputs, targets]: [&Rows; 2], indices: impl ExactSizeIterator<Item = usize> + Clone) {
        self.valid = indices.len();
        self.samples = self.valid.next_multiple_of(LANES);
        for (side, rows) in [(&mut self.x, inputs), (&mut self.y, targets)] {
            side.clear();
            side.resize(rows.width * self.samples, 0.0);
            for (s, index) in indices.clone().enumerate() {
                for (k, value) in rows.row(index).iter().enumerate() {
                    side[k * self.samples + s] = *value;
                }
            }
        }
    }
}

/// A table of numbers by rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Numbers in a row, at least one.
    pub width: usize,
    /// Row after row.
    pub values: Vec<f64>,
}

impl Rows {
    /// Row `i`.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.width..][..self.width]
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}
