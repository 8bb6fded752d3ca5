//! Sample tables of finite sums: written out, or generated from a seed.

use crate::linalg::SplitMix;
use serde::{Deserialize, Serialize};

/// The samples of a landscape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SampleTable {
    /// The rows themselves.
    Rows {
        /// Named groups of columns.
        columns: Vec<Column>,
        /// One row a sample.
        rows: Vec<Vec<f64>>,
    },
    /// Half-spaces to be learned: Gaussian clusters, two classes (Daneshmand et al. 2018, figure 1).
    ///
    /// Cluster means are `mean_scale` N(0, I), samples mean + N(0, I), in equal parts; the first half of the
    /// clusters is the class −1. A row is the signed input z = y x. Numbers come from SplitMix64 and Box-Muller.
    HalfSpaceClusters {
        /// The name of the group of n columns.
        column: String,
        /// Number of rows.
        samples: usize,
        /// Number of clusters.
        clusters: usize,
        /// Standard deviation of the coordinates of a mean.
        mean_scale: f64,
        /// Seed of the generator.
        seed: u64,
    },
}

/// A named group of columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The name in the formula.
    pub name: String,
    /// How many columns.
    pub width: usize,
}

impl SampleTable {
    /// The named groups of columns with their widths, and the numbers row by row, for a formula in n variables.
    pub fn columns_and_rows(&self, n: usize) -> (Vec<(String, usize)>, Vec<f64>) {
        match self {
            Self::Rows { columns, rows } => (columns.iter().map(|c| (c.name.clone(), c.width)).collect(), rows.concat()),
            Self::HalfSpaceClusters { column, samples, clusters, mean_scale, seed } => {
                (vec![(column.clone(), n)], half_space_clusters(n, *samples, *clusters, *mean_scale, *seed))
            }
        }
    }
}

fn half_space_clusters(n: usize, samples: usize, clusters: usize, mean_scale: f64, seed: u64) -> Vec<f64> {
    let mut random = SplitMix::new(seed);
    let means: Vec<f64> = (0..clusters * n).map(|_| mean_scale * random.normal()).collect();
    let each = samples / clusters.max(1);
    let mut rows = Vec::with_capacity(samples * n);
    for (cluster, mean) in means.chunks_exact(n.max(1)).enumerate() {
        let class = if 2 * cluster < clusters { -1.0 } else { 1.0 };
        for _ in 0..each {
            rows.extend(mean.iter().map(|m| class * (m + random.normal())));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and last sample of experiment E7's data set.
    #[test]
    fn clusters_are_the_published_ones() {
        let rows = half_space_clusters(4, 40, 4, 2.0, 33);
        assert_eq!(rows.len(), 160);
        let first = [-1.55111764737422, -1.29404326106021, -3.09905215297146, -0.206021428590424];
        let second = [-2.07508387441556, -1.32980782991716, -3.03372942285662, 0.489095600447174];
        for (got, want) in rows.iter().zip(first.iter().chain(&second)) {
            assert!((got - want).abs() < 1e-13, "{got} {want}");
        }
    }
}
