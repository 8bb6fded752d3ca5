//! Files of samples that someone brings: a CSV table, or IDX images with their labels.

use super::command::{Edit, SampleFile};
use super::panels::network::fit_to_data;
use crate::problem::NetworkSpec;
use crate::problem::data::{DataError, DataSource, DataSpec, Targets, is_gzip, is_idx, read_idx_images, read_idx_labels};
use crate::problem::network::{Activation, Loss};
use crate::scene::{MethodSpec, ProblemSpec, Scene};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Most bytes of a table.
const MOST_TEXT: usize = 8 << 20;
/// Most bytes of pixels; later images are left out, for the scene carries them.
const MOST_PIXELS: usize = 4 << 20;
/// Units of the hidden layer of the first network for samples.
const HIDDEN: usize = 8;
/// What trains it.
const METHODS: [&str; 3] = ["gd", "sgd", "adam"];

/// Whether a file of this name and content is meant as samples; compressed ones are, and are refused as such.
pub fn is_samples(name: &str, bytes: &[u8]) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".csv") || name.ends_with("ubyte") || name.ends_with(".idx") || is_idx(bytes) || is_gzip(bytes)
}

/// Half of a pair that waits for the other: images, or labels.
#[derive(Default)]
pub struct Half {
    images: Option<SampleFile>,
    labels: Option<SampleFile>,
}

impl Half {
    /// Takes a file in; returns the change of the document that it, or it with the half that waited, asks for, and what to say.
    ///
    /// # Errors
    /// One sentence where the file cannot be read, or waits for its other half; nothing is lost then.
    pub fn take_in(&mut self, file: SampleFile, problem: &ProblemSpec) -> Result<(Edit, String), String> {
        if file.name.to_lowercase().ends_with(".csv") && !is_idx(&file.bytes) {
            let name = file.name;
            if file.bytes.len() > MOST_TEXT {
                return Err(format!("{name} is larger than 8 MB, and a scene carries its samples."));
            }
            let text = String::from_utf8(file.bytes).map_err(|_| format!("{name} is no UTF-8 text."))?;
            return edit(problem, DataSource::Table { name, text: text.into(), label: None }, true);
        }
        let broken = |error: DataError| format!("{}: {error}.", file.name);
        if file.bytes.get(3) == Some(&1) {
            let count = read_idx_labels(&file.bytes).map_err(broken)?.len();
            let name = file.name.clone();
            self.labels = Some(file);
            if self.images.is_none() {
                return Err(format!("{name} holds {count} labels; now drop the file of the images."));
            }
        } else {
            let (rows, [height, width]) = read_idx_images(&file.bytes).map_err(broken)?;
            let said = format!("{} holds {} images of {height} by {width} pixels; now drop their labels.", file.name, rows.len());
            self.images = Some(file);
            if self.labels.is_none() {
                // An autoencoder needs no labels.
                return if matches!(problem, ProblemSpec::Network(spec) if spec.reconstruct) {
                    self.pair(problem)
                } else {
                    Err(said)
                };
            }
        }
        self.pair(problem)
    }

    fn pair(&mut self, problem: &ProblemSpec) -> Result<(Edit, String), String> {
        let (Some(images), labels) = (&self.images, &self.labels) else { return Err(String::new()) };
        let count = |file: &SampleFile| file.bytes.get(4..8).map_or(0, |b| b.iter().fold(0, |n, b| n << 8 | usize::from(*b)));
        let all = count(images);
        if let Some(labels) = labels.as_ref().filter(|labels| count(labels) != all) {
            let said = format!("{} has {all} images and {} has {} labels.", images.name, labels.name, count(labels));
            // The last one may be the right one of another pair: both wait.
            return Err(format!("{said} They do not belong together."));
        }
        let taken = (MOST_PIXELS / ((images.bytes.len() - 16) / all.max(1)).max(1)).clamp(1, all.max(1));
        let part = |file: &SampleFile| STANDARD.encode(first(&file.bytes, taken)).into();
        let source = DataSource::Images { name: images.name.clone(), images: part(images), labels: labels.as_ref().map(part) };
        let (edit, mut said) = edit(problem, source, false)?;
        if taken < all {
            said = format!("The first {taken} of {all} images are taken: a scene carries its samples.");
        }
        *self = Self::default();
        Ok((edit, said))
    }
}

/// The first samples of an IDX file.
fn first(bytes: &[u8], count: usize) -> Vec<u8> {
    let header = 4 + 4 * usize::from(bytes[3]);
    let all = bytes[4..8].iter().fold(0, |n, b| n << 8 | usize::from(*b)).max(1);
    let size = (bytes.len() - header) / all;
    let mut part = bytes[..header + size * count.min(all)].to_vec();
    part[4..8].copy_from_slice(&(count.min(all) as u32).to_be_bytes());
    part
}

/// The change to a network on these samples: the one that is there with its ends fitted to them, else a small one.
fn edit(problem: &ProblemSpec, source: DataSource, standardize: bool) -> Result<(Edit, String), String> {
    let spec = DataSpec { standardize, ..DataSpec::of(source) };
    let name = spec.id().to_owned();
    let data = spec.load().map_err(|error| sentence_of(&error))?;
    let said = format!("{name}: {} samples with {} features.", data.len(), data.inputs.width);
    if let ProblemSpec::Network(now) = problem {
        // An autoencoder stays one: it needs no classes.
        if data.is_of_one_class() && !now.reconstruct {
            return Err(sentence_of(&DataError::OneClass(name)));
        }
        let mut wanted = (**now).clone();
        fit_to_data(&mut wanted, spec);
        return Ok((Edit::Network(Box::new(wanted)), said));
    }
    if data.is_of_one_class() {
        return Err(sentence_of(&DataError::OneClass(name)));
    }
    let mut wanted = NetworkSpec::on_set(&[data.inputs.width, HIDDEN, 1], Activation::Tanh, Loss::Mse, "");
    fit_to_data(&mut wanted, spec);
    if wanted.layers[2] == 1 && matches!(data.targets, Targets::Classes { .. }) {
        wanted.loss = Loss::Bce;
    }
    let mut scene = Scene::bare(ProblemSpec::Network(Box::new(wanted)));
    scene.methods = METHODS.map(MethodSpec::new).to_vec();
    Ok((Edit::Scene(Box::new(scene)), said))
}

/// The file's name stays as it is.
fn sentence_of(error: &DataError) -> String {
    format!("{error}.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
mod tests {
    use super::*;

    fn idx(dimensions: &[u32], bytes: &[u8]) -> Vec<u8> {
        let sizes = dimensions.iter().flat_map(|size| size.to_be_bytes());
        [0, 0, 8, dimensions.len() as u8].into_iter().chain(sizes).chain(bytes.iter().copied()).collect()
    }

    fn file(name: &str, bytes: Vec<u8>) -> SampleFile {
        SampleFile { name: name.to_owned(), bytes }
    }

    fn landscape() -> ProblemSpec {
        ProblemSpec::landscape("rosenbrock")
    }

    fn network(edit: Edit) -> NetworkSpec {
        match edit {
            Edit::Network(spec) => *spec,
            Edit::Scene(scene) => match scene.problem {
                ProblemSpec::Network(spec) => *spec,
                other => panic!("{other:?} is no network"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_table_becomes_a_network_or_the_data_of_the_one_that_is_there() {
        let table = || file("three.csv", b"a,b,c,kind\n1,2,3,u\n2,3,4,v\n3,4,5,w\n4,5,6,u\n".to_vec());
        let spec = network(Half::default().take_in(table(), &landscape()).unwrap().0);
        assert_eq!((&spec.layers[..], spec.loss), (&[3, 8, 3][..], Loss::CrossEntropy));
        let two = file("two.csv", b"a,kind\n1,0\n2,1\n3,1\n4,0\n".to_vec());
        let spec = network(Half::default().take_in(two, &landscape()).unwrap().0);
        assert_eq!((&spec.layers[..], spec.loss), (&[1, 8, 1][..], Loss::Bce));
        let now = NetworkSpec::on_set(&[2, 5, 4, 1], Activation::Relu, Loss::Mse, "moons");
        let spec = network(Half::default().take_in(table(), &ProblemSpec::Network(Box::new(now))).unwrap().0);
        assert_eq!((&spec.layers[..], spec.loss), (&[3, 5, 4, 3][..], Loss::CrossEntropy));
    }

    #[test]
    fn images_and_labels_come_in_any_order_and_wrong_ones_wait() {
        let images = || file("x-images-idx3-ubyte", idx(&[3, 1, 2], &[0, 1, 2, 3, 4, 5]));
        let labels = || file("x-labels-idx1-ubyte", idx(&[3], &[0, 1, 1]));
        for pair in [[images(), labels()], [labels(), images()]] {
            let mut half = Half::default();
            let [one, other] = pair;
            assert!(half.take_in(one, &landscape()).unwrap_err().contains("now drop"));
            let spec = network(half.take_in(other, &landscape()).unwrap().0);
            assert_eq!(spec.layers, [2, 8, 1]);
            assert!(matches!(spec.data.source, DataSource::Images { labels: Some(_), .. }));
        }
        let mut half = Half::default();
        half.take_in(images(), &landscape()).unwrap_err();
        let wrong = half.take_in(file("y-labels-idx1-ubyte", idx(&[2], &[0, 1])), &landscape()).unwrap_err();
        assert!(wrong.contains("3 images") && wrong.contains("2 labels"), "{wrong}");
        assert!(half.take_in(labels(), &landscape()).is_ok());
        assert_eq!(first(&images().bytes, 2), idx(&[2, 1, 2], &[0, 1, 2, 3]));
    }

    #[test]
    fn wrong_files_get_a_sentence() {
        for (name, bytes, word) in [
            ("a.csv", b"a,b\n1,x\n2,y\nz,y\n".to_vec(), "a.csv: line 4"),
            ("b.csv", vec![255, 254, 0], "no UTF-8"),
            ("c.csv", vec![b'1'; MOST_TEXT + 1], "larger than"),
            ("d-ubyte", b"\x89PNG".to_vec(), "two zero bytes"),
            ("e.csv", b"a,b\n1,x\n2,x\n".to_vec(), "one class only"),
            ("d-ubyte.gz", b"\x1f\x8b\x08\0".to_vec(), "unpack it first"),
            ("f-idx3-ubyte", idx(&[3, 1, 2], &[0, 1]), "promises"),
        ] {
            let said = Half::default().take_in(file(name, bytes), &landscape()).unwrap_err();
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn one_class_is_refused_with_a_network_too_and_an_autoencoder_stays_one() {
        let one = || file("e.csv", b"a,b,k\n1,2,x\n2,3,x\n3,5,x\n4,5,x\n".to_vec());
        let mut now = NetworkSpec::on_set(&[2, 5, 1], Activation::Tanh, Loss::Bce, "moons");
        let said = Half::default().take_in(one(), &ProblemSpec::Network(Box::new(now.clone()))).unwrap_err();
        assert_eq!(said, "e.csv names one class only; there is nothing to tell apart.");
        now.reconstruct = true;
        let spec = network(Half::default().take_in(one(), &ProblemSpec::Network(Box::new(now))).unwrap().0);
        assert!(spec.reconstruct && spec.layers == [2, 5, 2] && spec.loss == Loss::Mse);
    }
}
