//! Which data a scene means.

use super::{Data, DataError, Targets, data_set, read_csv, read_idx_images, read_idx_labels};
use crate::linalg::Rng;
use crate::problem::network::Loss;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The share of test samples where nothing is said: of a set that is drawn, and of a user's table.
const TEST_SHARE: [f64; 2] = [0.5, 0.2];

/// A data set as it stands in a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// Where the samples come from.
    pub source: DataSource,
    /// Number of training samples; `None`: the set's own, or all that there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<usize>,
    /// Standard deviation of the set's noise; `None`: its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<f64>,
    /// Test samples as a share of all, from 0 to 0.9; `None`: half of a drawn set, a fifth of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<f64>,
    /// Seed of the samples and of the split.
    #[serde(default)]
    pub seed: u64,
    /// Whether features are shifted and scaled to mean 0 and variance 1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standardize: bool,
}

/// Where samples come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DataSource {
    /// A set of the registry.
    Set(String),
    /// A CSV file; the scene carries its text.
    Table {
        /// The file's name.
        name: String,
        /// Its text, shared by the copies of a scene.
        #[serde(with = "shared")]
        text: Arc<str>,
        /// The column that is to be learned; `None`: the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// IDX files of images and of their labels; the scene carries them in base64.
    Images {
        /// The file's name.
        name: String,
        /// The images.
        #[serde(with = "shared")]
        images: Arc<str>,
        /// The labels; `None`: the images are their own targets.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "shared_option")]
        labels: Option<Arc<str>>,
    },
}

impl DataSpec {
    /// A set of the registry as it is.
    pub fn set(id: &str) -> Self {
        Self::of(DataSource::Set(id.to_owned()))
    }

    /// All samples of a source.
    pub fn of(source: DataSource) -> Self {
        Self { source, samples: None, noise: None, test: None, seed: 0, standardize: false }
    }

    /// The set's identifier, or the file's name.
    pub fn id(&self) -> &str {
        match &self.source {
            DataSource::Set(id) => id,
            DataSource::Table { name, .. } | DataSource::Images { name, .. } => name,
        }
    }

    /// The set's name, or the file's.
    pub fn title(&self) -> &str {
        match &self.source {
            DataSource::Set(id) => data_set(id).map_or(id, |set| set.name),
            DataSource::Table { name, .. } | DataSource::Images { name, .. } => name,
        }
    }

    /// The share of test samples.
    pub fn test_share(&self) -> f64 {
        self.test.unwrap_or(TEST_SHARE[usize::from(!matches!(self.source, DataSource::Set(_)))])
    }

    /// The samples.
    ///
    /// # Errors
    /// [`DataError`] in one sentence for unknown sets, bad numbers and files that cannot be read.
    pub fn load(&self) -> Result<Data, DataError> {
        self.loaded(None)
    }

    /// The samples for a network with this loss and so many outputs, which decide what the numbers of a table's target are
    /// ([`read_csv`]).
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_for(&self, loss: Loss, outputs: usize) -> Result<Data, DataError> {
        self.loaded(Some((loss, outputs)))
    }

    fn loaded(&self, asked: Option<(Loss, usize)>) -> Result<Data, DataError> {
        let in_file = |error| DataError::InFile { name: self.id().to_owned(), error: Box::new(error) };
        let data = match &self.source {
            DataSource::Set(id) => data_set(id)?.draw_split(self.samples, self.noise, self.test_share(), self.seed)?,
            DataSource::Table { text, label, .. } => {
                read_csv(text, label.as_deref(), asked).and_then(|data| self.part(data)).map_err(in_file)?
            }
            DataSource::Images { images, labels, .. } => {
                read_images(images, labels.as_deref()).and_then(|data| self.part(data)).map_err(in_file)?
            }
        };
        Ok(if self.standardize { data.standardized() } else { data })
    }

    /// The samples of a file in a random order, the first ones for training.
    fn part(&self, data: Data) -> Result<Data, DataError> {
        let test = self.test_share();
        if !(0.0..=0.9).contains(&test) {
            return Err(DataError::BadShare(test));
        }
        let all = data.len();
        let data = data.split(1.0 - test, &mut Rng::new(self.seed));
        if data.train == 0 {
            return Err(DataError::NoTraining(all));
        }
        Ok(match self.samples {
            Some(count) => data.subset(count.max(1)),
            None => data,
        })
    }
}

/// Images with their labels, where there are some, from the base64 of IDX files.
fn read_images(images: &str, labels: Option<&str>) -> Result<Data, DataError> {
    let unpack = |text: &str| STANDARD.decode(text).map_err(|e| DataError::Damaged(e.to_string()));
    let (inputs, shape) = read_idx_images(&unpack(images)?)?;
    let targets = match labels {
        None => Targets::Values(inputs.clone()),
        Some(labels) => {
            let labels = read_idx_labels(&unpack(labels)?)?;
            let count = labels.iter().max().map_or(0, |top| top + 1);
            Targets::Classes { labels, count }
        }
    };
    let labelled = match &targets {
        Targets::Classes { labels, .. } => labels.len(),
        Targets::Values(rows) => rows.len(),
    };
    if labelled != inputs.len() {
        return Err(DataError::BadPair { images: inputs.len(), labels: labelled });
    }
    let train = inputs.len();
    Ok(Data { inputs, targets, train, image: Some(shape) })
}

mod shared {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::sync::Arc;

    pub fn serialize<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
        Ok(String::deserialize(deserializer)?.into())
    }
}

mod shared_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub fn serialize<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
        text.as_deref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<str>>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Into::into))
    }
}
