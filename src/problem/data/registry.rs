//! The registry of data sets.

use super::{Data, DataError, glyphs, images, line_sets, plane_sets, teacher};
use serde::Serialize;

/// What a set is drawn with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// Number of samples (of training samples for a set with a test part of its own).
    pub samples: usize,
    /// Standard deviation of what is added to each coordinate of a point, to each pixel or to each value.
    pub noise: f64,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// One entry of the registry.
#[derive(Clone, Copy, Serialize)]
pub struct DataSet {
    /// The identifier in scenes and on the command line.
    pub id: &'static str,
    /// The name in the window.
    pub name: &'static str,
    /// One line: what there is to learn.
    pub summary: &'static str,
    /// Where it comes from, and its licence if it has one.
    pub source: &'static str,
    /// Numbers of a sample.
    pub inputs: usize,
    /// Classes; 0 where values are to be learned.
    pub classes: usize,
    /// What it takes.
    pub parameters: &'static [DataParameter],
    /// Whether it has test samples of its own.
    pub own_test: bool,
    #[serde(skip)]
    draw: fn(&Draw) -> Data,
}

/// One parameter of a set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DataParameter {
    /// `samples` or `noise`.
    pub name: &'static str,
    /// The value when nothing is set.
    pub default: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// One line.
    pub meaning: &'static str,
}

const fn samples(default: f64, max: f64) -> DataParameter {
    DataParameter { name: "samples", default, min: 10.0, max, meaning: "number of samples" }
}

const fn noise(default: f64, max: f64, meaning: &'static str) -> DataParameter {
    DataParameter { name: "noise", default, min: 0.0, max, meaning }
}

const POINTS: &[DataParameter] = &[samples(250.0, 10_000.0), noise(0.2, 3.0, "standard deviation of a point's coordinates")];
const VALUES: &[DataParameter] = &[samples(250.0, 10_000.0), noise(0.0, 1.0, "standard deviation of a value")];
const IMAGES: &[DataParameter] = &[samples(1000.0, 2500.0)];
const PLAYGROUND: &str = "after Smilkov, Carter 2016, TensorFlow Playground";

/// Every data set, in the order in which the window lists them.
pub fn data_sets() -> &'static [DataSet] {
    const SETS: &[DataSet] = &[
        DataSet {
            id: "circles",
            name: "Circles",
            summary: "A disk in a ring: one hidden layer bends the line around it.",
            source: PLAYGROUND,
            inputs: 2,
            classes: 2,
            parameters: POINTS,
            own_test: false,
            draw: plane_sets::circles,
        },
        DataSet {
            id: "xor",
            name: "Exclusive or",
            summary: "Opposite quadrants belong together: no line separates them.",
            source: PLAYGROUND,
            inputs: 2,
            classes: 2,
            parameters: POINTS,
            own_test: false,
            draw: plane_sets::xor,
        },
        DataSet {
            id: "gaussians",
            name: "Two Gaussians",
            summary: "Two clouds that a line separates.",
            source: PLAYGROUND,
            inputs: 2,
            classes: 2,
            parameters: POINTS,
            own_test: false,
            draw: plane_sets::gaussians,
        },
        DataSet {
            id: "spirals",
            name: "Spirals",
            summary: "Two arms wound into each other: the hard one.",
            source: "Lang, Witbrock 1988",
            inputs: 2,
            classes: 2,
            parameters: POINTS,
            own_test: false,
            draw: plane_sets::spirals,
        },
        DataSet {
            id: "moons",
            name: "Moons",
            summary: "Two half circles that hold each other.",
            source: "Pedregosa et al. 2011, scikit-learn",
            inputs: 2,
            classes: 2,
            parameters: POINTS,
            own_test: false,
            draw: plane_sets::moons,
        },
        DataSet {
            id: "sine",
            name: "Noisy sine",
            summary: "One period of a sine with noise: the output is a curve, and it can be bent too much.",
            source: "Bishop 2006, Pattern Recognition and Machine Learning, Section 1.1",
            inputs: 1,
            classes: 0,
            parameters: &[samples(50.0, 10_000.0), noise(0.3, 1.0, "standard deviation of a value")],
            own_test: false,
            draw: line_sets::sine,
        },
        DataSet {
            id: "plane",
            name: "Plane",
            summary: "A linear function of two variables.",
            source: PLAYGROUND,
            inputs: 2,
            classes: 0,
            parameters: VALUES,
            own_test: false,
            draw: plane_sets::plane,
        },
        DataSet {
            id: "bumps",
            name: "Bumps",
            summary: "Three bumps and three hollows over a square.",
            source: PLAYGROUND,
            inputs: 2,
            classes: 0,
            parameters: VALUES,
            own_test: false,
            draw: plane_sets::bumps,
        },
        DataSet {
            id: "teacher_student",
            name: "Teacher and student",
            summary: "The answers of a network with three tanh units: zero loss is within reach.",
            source: "Gardner, Derrida 1989",
            inputs: 4,
            classes: 0,
            parameters: VALUES,
            own_test: false,
            draw: teacher::teacher_student,
        },
        DataSet {
            id: "glyphs",
            name: "Dot-matrix digits",
            summary: "Digits of a 5 by 7 font at random places of a noisy 10 by 10 image.",
            source: "classic 5x7 dot-matrix font",
            inputs: 100,
            classes: 10,
            parameters: &[samples(1000.0, 10_000.0), noise(0.1, 1.0, "standard deviation of a pixel")],
            own_test: false,
            draw: glyphs::glyphs,
        },
        DataSet {
            id: "mnist",
            name: "MNIST 10x10",
            summary: "Handwritten digits, 2,500 for training and 1,000 for testing.",
            source: "LeCun, Cortes, Burges 1998; CC BY-SA 3.0",
            inputs: 100,
            classes: 10,
            parameters: IMAGES,
            own_test: true,
            draw: images::mnist,
        },
        DataSet {
            id: "fashion",
            name: "Fashion-MNIST 10x10",
            summary: "Ten kinds of clothes, 2,500 images for training and 1,000 for testing.",
            source: "Xiao, Rasul, Vollgraf 2017; MIT, Zalando SE",
            inputs: 100,
            classes: 10,
            parameters: IMAGES,
            own_test: true,
            draw: images::fashion,
        },
    ];
    SETS
}

/// The set of this identifier.
///
/// # Errors
/// [`DataError::UnknownSet`] names those that there are.
pub fn data_set(id: &str) -> Result<&'static DataSet, DataError> {
    data_sets().iter().find(|set| set.id == id).ok_or_else(|| DataError::UnknownSet {
        given: id.chars().take(60).collect(),
        known: data_sets().iter().map(|set| set.id).collect::<Vec<_>>().join(", "),
    })
}

impl DataSet {
    /// The samples, drawn with `samples` and `noise` or their defaults.
    ///
    /// # Errors
    /// [`DataError::BadParameter`] for a number outside its range, or a noise for a set that has none.
    pub fn draw(&self, samples: Option<usize>, noise: Option<f64>, seed: u64) -> Result<Data, DataError> {
        let samples = self.number("samples", samples.map(|count| count as f64))?;
        let noise = self.number("noise", noise)?;
        let data = (self.draw)(&Draw { samples: samples as usize, noise, seed });
        if data.is_empty() { Err(DataError::NotLoaded { set: self.id, name: self.name }) } else { Ok(data) }
    }

    /// As [`draw`](Self::draw), `samples` of them for training and in front; where the set has no test samples of its own, so many
    /// more are drawn that they are the share `test` of all.
    ///
    /// # Errors
    /// As [`draw`](Self::draw); [`DataError::BadShare`] for a share outside 0 to 0.9.
    pub fn draw_split(&self, samples: Option<usize>, noise: Option<f64>, test: f64, seed: u64) -> Result<Data, DataError> {
        if !(0.0..=0.9).contains(&test) {
            return Err(DataError::BadShare(test));
        }
        if self.own_test || test == 0.0 {
            let data = self.draw(samples, noise, seed)?;
            let train = if self.own_test { data.train } else { data.len() };
            return Ok(Data { train, ..data });
        }
        let wanted = self.number("samples", samples.map(|count| count as f64))?;
        let noise = self.number("noise", noise)?;
        let whole = (wanted / (1.0 - test)).round();
        let data = (self.draw)(&Draw { samples: whole as usize, noise, seed });
        Ok(data.split(wanted / whole, &mut crate::linalg::Rng::new(seed)))
    }

    fn number(&self, name: &str, given: Option<f64>) -> Result<f64, DataError> {
        let declared = self.parameters.iter().find(|p| p.name == name);
        let bad = |given, allowed| DataError::BadParameter { set: self.id, name: name.to_owned(), given, allowed };
        match (declared, given) {
            (Some(p), Some(v)) if (p.min..=p.max).contains(&v) => Ok(v),
            (Some(p), Some(v)) => Err(bad(v, format!("from {} to {}", p.min, p.max))),
            (Some(p), None) => Ok(p.default),
            (None, Some(v)) if v != 0.0 => Err(bad(v, "left out: the set has none".to_owned())),
            (None, _) => Ok(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::data::Targets;

    #[test]
    fn every_set_is_what_its_entry_says() {
        for set in data_sets() {
            let data = set.draw(None, None, 7).unwrap();
            assert_eq!(data.inputs.width, set.inputs, "{}", set.id);
            assert_eq!(data, set.draw(None, None, 7).unwrap(), "{}", set.id);
            assert!(data.inputs.values.iter().all(|v| v.is_finite()), "{}", set.id);
            match &data.targets {
                Targets::Classes { labels, count } => {
                    assert_eq!((*count, labels.len()), (set.classes, data.len()), "{}", set.id);
                    for class in 0..*count {
                        let share = labels.iter().filter(|l| **l == class).count() as f64 / labels.len() as f64;
                        assert!(share * *count as f64 > 0.6, "{}: class {class} has a share of {share}", set.id);
                    }
                }
                Targets::Values(rows) => assert_eq!((set.classes, rows.len()), (0, data.len()), "{}", set.id),
            }
            assert!(set.draw(Some(3), None, 0).is_err() && set.draw(None, Some(1e9), 0).is_err(), "{}", set.id);
        }
        let mnist = data_set("mnist").unwrap().draw(Some(2500), None, 0).unwrap();
        assert_eq!((mnist.train, mnist.len(), mnist.image), (2500, 3500, Some([10, 10])));
        assert!(data_set("iris").err().unwrap().to_string().contains("spirals"));
    }
}
