//! Samples laid out for the kernels.

use crate::buffer::Buffer;
use crate::lanes::{LANES, width};

/// Samples that go through the layers together: the activations of a layer stay near the processor.
pub const CHUNK: usize = 128;

/// Up to [`CHUNK`] samples: inputs and targets as features × samples, filled up to whole registers with zeros.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// Inputs × samples.
    pub x: Buffer,
    /// Outputs × samples.
    pub y: Buffer,
    /// Samples with the filling.
    pub samples: usize,
    /// Samples without it.
    pub valid: usize,
}

impl Chunk {
    /// The samples `indices` of a table whose rows are inputs and targets.
    pub fn gather(&mut self, [inputs, targets]: [&Rows; 2], indices: &[usize]) {
        self.valid = indices.len();
        self.samples = self.valid.next_multiple_of(width());
        for (side, rows) in [(&mut self.x, inputs), (&mut self.y, targets)] {
            side.fit(rows.width * self.samples);
            transpose(side, rows, indices, self.samples);
        }
    }
}

/// Rows to columns, as many rows at a time as there are lanes: a column's numbers are stored together.
fn transpose(side: &mut [f64], rows: &Rows, indices: &[usize], samples: usize) {
    for (part, s) in indices.chunks(LANES).zip((0..).step_by(LANES)) {
        let columns = side.chunks_exact_mut(samples).map(|column| &mut column[s..samples.min(s + LANES)]);
        if let Ok(part) = <&[usize; LANES]>::try_from(part) {
            let rows = part.map(|index| rows.row(index));
            for (k, column) in columns.take(rows[0].len()).enumerate() {
                for l in 0..LANES {
                    column[l] = rows[l][k];
                }
            }
        } else {
            for (k, column) in columns.enumerate() {
                for (l, value) in column.iter_mut().enumerate() {
                    *value = part.get(l).map_or(0.0, |index| rows.values[index * rows.width + k]);
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
