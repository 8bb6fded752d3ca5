//! MNIST and Fashion-MNIST at 10 by 10 pixels: 2,500 training and 1,000 test images each.

use super::{Data, Draw, Targets, read_idx_images, read_idx_labels};
use crate::problem::network::Rows;

/// Images and labels of the training part, then of the test part.
const MNIST: [&str; 4] = [
    "mnist10-train-images.idx3-ubyte",
    "mnist10-train-labels.idx1-ubyte",
    "mnist10-test-images.idx3-ubyte",
    "mnist10-test-labels.idx1-ubyte",
];
const FASHION: [&str; 4] = [
    "fashion10-train-images.idx3-ubyte",
    "fashion10-train-labels.idx1-ubyte",
    "fashion10-test-images.idx3-ubyte",
    "fashion10-test-labels.idx1-ubyte",
];

/// The bytes of a file of `assets/data`, which are part of the program.
#[cfg(not(target_arch = "wasm32"))]
fn file(name: &str) -> Option<&'static [u8]> {
    macro_rules! embedded {
        ($($name:literal),*) => { match name { $($name => Some(include_bytes!(concat!("../../../assets/data/", $name))),)* _ => None } };
    }
    embedded!(
        "mnist10-train-images.idx3-ubyte",
        "mnist10-train-labels.idx1-ubyte",
        "mnist10-test-images.idx3-ubyte",
        "mnist10-test-labels.idx1-ubyte",
        "fashion10-train-images.idx3-ubyte",
        "fashion10-train-labels.idx1-ubyte",
        "fashion10-test-images.idx3-ubyte",
        "fashion10-test-labels.idx1-ubyte"
    )
}

/// What the page has fetched.
#[cfg(target_arch = "wasm32")]
static FETCHED: std::sync::OnceLock<Vec<(&'static str, Vec<u8>)>> = std::sync::OnceLock::new();

/// The files of `assets/data` that a page fetches beside the program, to keep it small.
#[cfg(target_arch = "wasm32")]
pub fn page_files() -> impl Iterator<Item = &'static str> {
    MNIST.into_iter().chain(FASHION)
}

/// Takes over what the page has fetched; the first call counts.
#[cfg(target_arch = "wasm32")]
pub fn provide(files: Vec<(&'static str, Vec<u8>)>) {
    drop(FETCHED.set(files));
}

/// The bytes of a file that the page has fetched.
#[cfg(target_arch = "wasm32")]
fn file(name: &str) -> Option<&'static [u8]> {
    FETCHED.get()?.iter().find(|(known, _)| *known == name).map(|(_, bytes)| bytes.as_slice())
}

/// Handwritten digits.
pub(super) fn mnist(draw: &Draw) -> Data {
    load(MNIST, draw)
}

/// Ten kinds of clothes.
pub(super) fn fashion(draw: &Draw) -> Data {
    load(FASHION, draw)
}

/// The first `samples` training images, and all test images; nothing where a page could not fetch them.
fn load(names: [&str; 4], draw: &Draw) -> Data {
    let (mut values, mut labels, mut train, mut shape) = (Vec::new(), Vec::new(), 0, [10, 10]);
    for [images, classes] in [[names[0], names[1]], [names[2], names[3]]] {
        let (Some(images), Some(classes)) = (file(images), file(classes)) else { continue };
        let (Ok((rows, sides)), Ok(named)) = (read_idx_images(images), read_idx_labels(classes)) else { continue };
        values.extend(rows.values);
        labels.extend(named);
        shape = sides;
        if train == 0 {
            train = labels.len();
        }
    }
    let inputs = Rows { width: shape[0] * shape[1], values };
    Data { inputs, targets: Targets::Classes { labels, count: 10 }, train, image: Some(shape) }.subset(draw.samples)
}
