//! Numbers for the kernels.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest register.
const LINE: usize = 64;
/// Numbers in it.
const PER_LINE: usize = LINE / size_of::<f64>();

/// Numbers that begin on a cache line, so that no register's load crosses two.
#[derive(Debug, Default)]
pub struct Buffer {
    values: Vec<f64>,
    start: usize,
    len: usize,
}

impl Buffer {
    /// Makes it `len` numbers long. What they are is open: those of before, or 0. Room is only taken where there is too little.
    #[inline(always)]
    pub fn fit(&mut self, len: usize) {
        if self.len != len {
            self.refit(len);
        }
    }

    #[cold]
    fn refit(&mut self, len: usize) {
        if self.start + len > self.values.len() {
            self.values = vec![0.0; len + PER_LINE - 1];
            self.start = self.values.as_ptr().align_offset(LINE).min(PER_LINE - 1);
        }
        self.len = len;
    }
}

impl Deref for Buffer {
    type Target = [f64];

    #[inline(always)]
    fn deref(&self) -> &[f64] {
        &self.values[self.start..][..self.len]
    }
}

impl DerefMut for Buffer {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.values[self.start..][..self.len]
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.fit(self.len);
        copy.copy_from_slice(self);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_begin_on_a_line() {
        let mut buffer = Buffer::default();
        for len in [0, 1, 8, 100, 16, 10_000] {
            buffer.fit(len);
            assert_eq!(buffer.len(), len);
            assert!(len == 0 || buffer.as_ptr().align_offset(LINE) == 0);
        }
        buffer.fill(3.0);
        assert_eq!(&*buffer.clone(), &*buffer);
    }
}
