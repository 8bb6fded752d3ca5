//! What of a long curve a small plot can show.

/// Buckets of a sketch at most; beyond, neighbours merge.
const BUCKETS: usize = 384;

/// The extremes of a curve in a bounded number of buckets of equally many rows, kept while the curve grows.
#[derive(Default)]
pub(super) struct Sketch {
    rows_per_bucket: usize,
    buckets: Vec<Bucket>,
}

/// Rows and values of the extremes of a bucket.
#[derive(Clone, Copy)]
struct Bucket {
    low: (usize, f64),
    high: (usize, f64),
}

impl Bucket {
    const EMPTY: Self = Self { low: (usize::MAX, f64::INFINITY), high: (usize::MAX, f64::NEG_INFINITY) };

    fn add(&mut self, low: (usize, f64), high: (usize, f64)) {
        if low.1 < self.low.1 {
            self.low = low;
        }
        if high.1 > self.high.1 {
            self.high = high;
        }
    }
}

impl Sketch {
    /// Takes the value of the next row.
    pub fn push(&mut self, row: usize, v: f64) {
        self.rows_per_bucket = self.rows_per_bucket.max(1);
        if row / self.rows_per_bucket >= BUCKETS {
            self.rows_per_bucket *= 2;
            let merged = self.buckets.len().div_ceil(2);
            for i in 0..merged {
                let mut bucket = self.buckets[2 * i];
                if let Some(next) = self.buckets.get(2 * i + 1) {
                    bucket.add(next.low, next.high);
                }
                self.buckets[i] = bucket;
            }
            self.buckets.truncate(merged);
        }
        let index = row / self.rows_per_bucket;
        if self.buckets.len() <= index {
            self.buckets.resize(index + 1, Bucket::EMPTY);
        }
        if v.is_finite() {
            self.buckets[index].add((row, v), (row, v));
        }
    }

    /// The rows of the extremes in order.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.buckets.iter().flat_map(|b| {
            let (first, second) = (b.low.0.min(b.high.0), b.low.0.max(b.high.0));
            let first = (first != usize::MAX).then_some(first);
            let second = (second != usize::MAX && Some(second) != first).then_some(second);
            first.into_iter().chain(second)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_is_bounded_and_keeps_the_extremes() {
        let mut sketch = Sketch::default();
        let n = 100_000;
        let value = |row: usize| if row == 77_777 { 9.0 } else { libm::sin(row as f64 * 0.01) };
        for row in 0..n {
            sketch.push(row, value(row));
        }
        let rows: Vec<usize> = sketch.rows().collect();
        assert!(rows.len() <= 2 * BUCKETS && rows.is_sorted());
        assert!(rows.contains(&77_777));
        assert!(rows.iter().any(|&r| value(r) < -0.999_99));
    }

    #[test]
    fn a_short_sketch_is_the_curve_and_gaps_stay_gaps() {
        let mut sketch = Sketch::default();
        for (row, v) in [1.0, f64::NAN, 3.0, f64::INFINITY, 2.0].into_iter().enumerate() {
            sketch.push(row, v);
        }
        assert_eq!(sketch.rows().collect::<Vec<_>>(), [0, 2, 4]);
    }
}
