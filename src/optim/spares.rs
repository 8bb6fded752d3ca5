//! Vectors of records that were read and are no longer needed: the next record is written into them.

use super::{Geometry, Oracle, Sample, Step};
use crate::linalg::{Vector, copy, zeros};
use smallvec::SmallVec;

/// Numbers that a [`Vector`] holds without an allocation.
const INLINE: usize = 4;

/// Vectors and a batch of records that nobody reads any more, for the next ones.
#[derive(Default)]
pub(super) struct Spares {
    vectors: Vec<Vector>,
    batch: SmallVec<[usize; 16]>,
}

/// Vectors of a record: more are not kept.
const MOST_SPARES: usize = 8;

impl Oracle<'_> {
    /// A copy of `a` for a record: in a vector of an earlier one where there is one.
    #[inline]
    pub fn copy(&mut self, a: &[f64]) -> Vector {
        if a.len() <= INLINE || self.spares.vectors.is_empty() {
            return copy(a);
        }
        let mut v = self.spares.vectors.pop().unwrap_or_default();
        v.clear();
        v.extend_from_slice(a);
        v
    }

    /// As [`copy`](Self::copy), of a vector of zeros.
    #[inline]
    pub fn zeros(&mut self, n: usize) -> Vector {
        if n <= INLINE || self.spares.vectors.is_empty() {
            return zeros(n);
        }
        let mut v = self.spares.vectors.pop().unwrap_or_default();
        v.clear();
        v.resize(n, 0.0);
        v
    }

    /// Takes a record apart that nobody reads any more: its vectors serve the next one.
    #[inline]
    pub fn recycle(&mut self, record: &mut Step) {
        if record.x.len() > INLINE {
            self.take_apart(record);
        }
    }

    fn take_apart(&mut self, record: &mut Step) {
        let Step { from, trial, x, geometry, .. } = record;
        let spares = &mut self.spares.vectors;
        spares.extend([from, trial, x].map(std::mem::take));
        if let Geometry::TrustRegion(region) = geometry {
            spares.extend([&mut region.center, &mut region.linear, &mut region.step].map(std::mem::take));
            spares.extend(region.path.first_mut().map(std::mem::take));
        }
        spares.truncate(MOST_SPARES);
    }

    /// The components with these indices.
    pub fn batch(&mut self, indices: impl Iterator<Item = usize>) -> Sample {
        let mut batch = self.spare_batch();
        batch.extend(indices);
        Sample::Batch(batch)
    }

    /// Room for the indices of a batch.
    pub(super) fn spare_batch(&mut self) -> SmallVec<[usize; 16]> {
        let mut batch = std::mem::take(&mut self.spares.batch);
        batch.clear();
        batch
    }

    /// Takes a sample back that is not asked any more: its room serves the next one.
    pub fn give_back(&mut self, sample: Sample) {
        match sample {
            Sample::Batch(batch) => self.spares.batch = batch,
            Sample::Noisy { standard, .. } if standard.len() > INLINE => {
                self.spares.vectors.push(standard);
                self.spares.vectors.truncate(MOST_SPARES);
            }
            Sample::Noisy { .. } => {}
        }
    }
}
