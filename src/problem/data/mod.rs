//! Data sets: samples of features with classes or values, in a training and a test part.
//!
//! May import `linalg` and the contract of `problem`. One set a file or an entry in [`data_sets`]; readers of users' files are
//! `csv` and `idx`.

mod csv;
mod glyphs;
mod idx;
mod images;
mod line_sets;
mod plane_sets;
mod registry;
mod spec;
mod teacher;

pub use csv::{csv_columns, read_csv};
pub use idx::{is_gzip, is_idx, read_idx_images, read_idx_labels};
pub use images::files_of;
#[cfg(not(target_arch = "wasm32"))]
#[doc(hidden)]
pub use images::held_back;
#[cfg(target_arch = "wasm32")]
pub use images::provide;
pub use registry::{DataParameter, DataSet, Draw, data_set, data_sets};
pub use spec::{DataSource, DataSpec};

use super::network::{Loss, Rows};
use crate::linalg::Rng;

/// Samples with what is to be learned of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// Training samples come first.
    pub inputs: Rows,
    /// One for each sample.
    pub targets: Targets,
    /// How many samples, from the first on, are for training; the rest is for testing.
    pub train: usize,
    /// Height and width where the features of a sample are the pixels of an image.
    pub image: Option<[usize; 2]>,
}

/// What is to be learned.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// A class for each sample.
    Classes {
        /// Below `count`.
        labels: Vec<usize>,
        /// Number of classes.
        count: usize,
    },
    /// Numbers.
    Values(Rows),
}

/// Why there is no data. Each message is one sentence for the user.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DataError {
    /// No such set.
    #[error("there is no data set \"{given}\"; the sets are {known}")]
    UnknownSet {
        /// What was given.
        given: String,
        /// What there is.
        known: String,
    },
    /// A parameter that the set does not have, or a value outside its range.
    #[error("{set}: {name} = {given} is not allowed; it must be {allowed}")]
    BadParameter {
        /// The set.
        set: &'static str,
        /// The parameter.
        name: String,
        /// What was given.
        given: f64,
        /// What is allowed.
        allowed: String,
    },
    /// A table that cannot be read.
    #[error("line {line}: {message}")]
    BadTable {
        /// From 1 on.
        line: u64,
        /// What is wrong there.
        message: String,
    },
    /// A file that is no IDX file.
    #[error("this is no IDX file of {expected}: {message}")]
    BadIdx {
        /// "images" or "labels".
        expected: &'static str,
        /// What is wrong.
        message: String,
    },
    /// Labels and images do not belong together.
    #[error("there are {images} images and {labels} labels")]
    BadPair {
        /// Images.
        images: usize,
        /// Labels.
        labels: usize,
    },
    /// What is wrong with a file of that name.
    #[error("{name}: {error}")]
    InFile {
        /// The file's name.
        name: String,
        /// What is wrong.
        error: Box<DataError>,
    },
    /// All samples are for testing.
    #[error("none of the {0} samples is left for training: take a smaller share for testing")]
    NoTraining(usize),
    /// The page has not fetched the files of a set yet.
    #[error("the images of {name} are not loaded yet")]
    NotLoaded {
        /// The set's identifier.
        set: &'static str,
        /// Its name.
        name: &'static str,
    },
    /// Nothing to tell apart.
    #[error("{0} names one class only; there is nothing to tell apart")]
    OneClass(String),
    /// A share that is none.
    #[error("the share of test samples is {0}; it must be from 0 to 0.9")]
    BadShare(f64),
    /// A file that a scene carries is damaged.
    #[error("the data in this scene is damaged: {0}")]
    Damaged(String),
    /// A loss that does not fit the targets.
    #[error("the loss {loss} needs {needs}")]
    BadLoss {
        /// The loss.
        loss: &'static str,
        /// What it needs.
        needs: String,
    },
}

impl Data {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// The same samples in a random order, the first `share` of them for training.
    #[must_use]
    pub fn split(mut self, share: f64, rng: &mut Rng) -> Self {
        let mut order: Vec<usize> = (0..self.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, rng.below(i + 1));
        }
        self.train = (self.len() as f64 * share.clamp(0.0, 1.0)).round() as usize;
        self.pick(&order)
    }

    /// At most `count` training samples, the first ones; all test samples stay.
    #[must_use]
    pub fn subset(mut self, count: usize) -> Self {
        let kept = self.train.min(count);
        let order: Vec<usize> = (0..kept).chain(self.train..self.len()).collect();
        self.train = kept;
        self.pick(&order)
    }

    /// Every feature shifted and scaled to mean 0 and variance 1 over the training samples; a constant feature only shifted.
    #[must_use]
    pub fn standardized(mut self) -> Self {
        let (width, train) = (self.inputs.width, self.train.max(1) as f64);
        for k in 0..width {
            let column = || self.inputs.values.iter().skip(k).step_by(width).take(self.train);
            let mean = column().sum::<f64>() / train;
            let deviation = (column().map(|v| (v - mean) * (v - mean)).sum::<f64>() / train).sqrt();
            let scale = if deviation > 0.0 { 1.0 / deviation } else { 1.0 };
            for v in self.inputs.values.iter_mut().skip(k).step_by(width) {
                *v = (*v - mean) * scale;
            }
        }
        self
    }

    fn pick(self, order: &[usize]) -> Self {
        let rows = |rows: &Rows| Rows { width: rows.width, values: order.iter().flat_map(|i| rows.row(*i)).copied().collect() };
        let targets = match &self.targets {
            Targets::Classes { labels, count } => {
                Targets::Classes { labels: order.iter().map(|i| labels[*i]).collect(), count: *count }
            }
            Targets::Values(values) => Targets::Values(rows(values)),
        };
        Self { inputs: rows(&self.inputs), targets, ..self }
    }

    /// Targets for a network with this loss and `outputs` outputs. Classes become one-hot rows for the cross entropy and for
    /// the squared error with an output a class; with one output, two classes become 0 and 1 (`bce`) or −1 and 1 (`mse`).
    ///
    /// # Errors
    /// [`DataError::BadLoss`] where the loss asks for classes, or for another number of outputs.
    pub fn targets_for(&self, loss: Loss, outputs: usize) -> Result<Rows, DataError> {
        let wrong = |needs: &str| Err(DataError::BadLoss { loss: loss.name(), needs: needs.to_owned() });
        let each = |count: usize, what: &str| {
            let outputs = if count == 1 { "output" } else { "outputs" };
            wrong(&format!("{count} {outputs}, one for each {what}: end the layers with {count}"))
        };
        match (&self.targets, loss) {
            (Targets::Classes { labels, count: 2 }, Loss::Bce | Loss::Mse) if outputs == 1 => {
                let low = if loss == Loss::Bce { 0.0 } else { -1.0 };
                let values = labels.iter().map(|label| if *label == 1 { 1.0 } else { low }).collect();
                Ok(Rows { width: 1, values })
            }
            (Targets::Classes { labels, count }, _) if outputs == *count => {
                let row = |label: &usize| (0..*count).map(|k| f64::from(u8::from(k == *label))).collect::<Vec<_>>();
                Ok(Rows { width: *count, values: labels.iter().flat_map(row).collect() })
            }
            (Targets::Classes { count: 2, .. }, Loss::Bce | Loss::Mse) => {
                wrong("1 output for the two classes, or 2: end the layers with 1 or 2")
            }
            (Targets::Classes { count: 2, .. }, Loss::CrossEntropy) if outputs == 1 => {
                wrong("2 outputs, one for each class: end the layers with 2, or take bce")
            }
            (Targets::Classes { count, .. }, _) => each(*count, "class"),
            (Targets::Values(_), Loss::CrossEntropy) => {
                wrong("classes, which in a file are words or up to 100 different whole numbers; these targets are other numbers")
            }
            (Targets::Values(rows), Loss::Bce) if rows.values.iter().any(|v| !(0.0..=1.0).contains(v)) => {
                wrong("targets from 0 to 1, or two different ones")
            }
            (Targets::Values(rows), _) if rows.width == outputs => Ok(rows.clone()),
            (Targets::Values(rows), _) => each(rows.width, "target number"),
        }
    }

    /// Whether every sample is of the same class.
    pub fn is_of_one_class(&self) -> bool {
        matches!(&self.targets, Targets::Classes { labels, .. } if labels.windows(2).all(|pair| pair[0] == pair[1]))
    }

    /// The training and the test part of rows that stand in the order of the samples.
    pub fn parts(&self, rows: &Rows) -> [Rows; 2] {
        let (train, test) = rows.values.split_at(self.train * rows.width);
        [train, test].map(|values| Rows { width: rows.width, values: values.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Data {
        Data {
            inputs: Rows { width: 2, values: vec![1.0, 5.0, 2.0, 5.0, 3.0, 5.0, 4.0, 5.0] },
            targets: Targets::Classes { labels: vec![0, 1, 0, 1], count: 2 },
            train: 4,
            image: None,
        }
    }

    #[test]
    fn standardized_features_have_mean_0_and_variance_1() {
        let data = small().standardized();
        let first: Vec<f64> = data.inputs.values.iter().step_by(2).copied().collect();
        assert!((first.iter().sum::<f64>()).abs() < 1e-15);
        assert!((first.iter().map(|v| v * v).sum::<f64>() / 4.0 - 1.0).abs() < 1e-15);
        assert!(data.inputs.values.iter().skip(1).step_by(2).all(|v| *v == 0.0));
    }

    #[test]
    fn a_split_keeps_inputs_and_labels_together() {
        let data = small().split(0.5, &mut Rng::new(3));
        assert_eq!(data.train, 2);
        let Targets::Classes { labels, .. } = &data.targets else { panic!("classes") };
        for (i, label) in labels.iter().enumerate() {
            assert_eq!(data.inputs.row(i)[0] as usize % 2, 1 - label);
        }
        assert_eq!(data.clone().subset(1).len(), 3);
    }

    #[test]
    fn targets_fit_the_loss_or_say_why_not() {
        let data = small();
        assert_eq!(data.targets_for(Loss::Mse, 1).unwrap().values, [-1.0, 1.0, -1.0, 1.0]);
        assert_eq!(data.targets_for(Loss::Bce, 1).unwrap().values, [0.0, 1.0, 0.0, 1.0]);
        assert_eq!(data.targets_for(Loss::CrossEntropy, 2).unwrap().row(1), [0.0, 1.0]);
        let refused = |loss, outputs| data.targets_for(loss, outputs).unwrap_err().to_string();
        assert!(refused(Loss::CrossEntropy, 3).contains("2 outputs, one for each class"));
        assert!(refused(Loss::CrossEntropy, 1).contains("or take bce"));
        assert!(refused(Loss::Mse, 3).contains("1 output for the two classes, or 2"));
        let three = Data { targets: Targets::Classes { labels: vec![0, 1, 2, 0], count: 3 }, ..small() };
        assert!(three.targets_for(Loss::Mse, 1).unwrap_err().to_string().contains("needs 3 outputs, one for each class"));
        let numbers = Data { targets: Targets::Values(Rows { width: 1, values: vec![0.5; 4] }), ..small() };
        assert!(
            numbers.targets_for(Loss::Mse, 2).unwrap_err().to_string().contains("needs 1 output, one for each target number")
        );
    }
}
