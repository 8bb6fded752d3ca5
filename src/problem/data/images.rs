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

/// What the page has fetched, by sets.
#[cfg(target_arch = "wasm32")]
static FETCHED: [std::sync::OnceLock<Vec<Vec<u8>>>; 2] = [const { std::sync::OnceLock::new() }; 2];

/// The files of `assets/data` of which a set is made: a page fetches them beside the program when a scene asks for the set.
pub fn files_of(set: &str) -> &'static [&'static str] {
    match set {
        "mnist" => &MNIST,
        "fashion" => &FASHION,
        _ => &[],
    }
}

/// Takes over the files of a set, in the order of [`files_of`]; the first call counts.
#[cfg(target_arch = "wasm32")]
pub fn provide(set: &str, files: Vec<Vec<u8>>) {
    if let Some(place) = ["mnist", "fashion"].iter().position(|known| *known == set) {
        drop(FETCHED[place].set(files));
    }
}

/// The bytes of a file that the page has fetched.
#[cfg(target_arch = "wasm32")]
fn file(name: &str) -> Option<&'static [u8]> {
    let within = |files: &[&str]| files.iter().position(|known| *known == name);
    let (set, place) = [MNIST, FASHION].iter().enumerate().find_map(|(set, files)| Some((set, within(files)?)))?;
    FETCHED[set].get()?.get(place).map(Vec::as_slice)
}

/// Handwritten digits.
pub(super) fn mnist(draw: &Draw) -> Data {
    load(MNIST, draw)
}

/// Ten kinds of clothes.
pub(super) fn fashion(draw: &Draw) -> Data {
    load(FASHION, draw)
}

/// The first `samples` training images, and all test images; nothing where a page has not fetched them.
fn load(names: [&str; 4], draw: &Draw) -> Data {
    let (mut values, mut labels, mut train, mut shape) = (Vec::new(), Vec::new(), 0, [10, 10]);
    for [images, classes] in [[names[0], names[1]], [names[2], names[3]]] {
        #[cfg(not(target_arch = "wasm32"))]
        if held_back::get() {
            continue;
        }
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

/// Tests hold files back from their thread: so it is on a page that has not fetched them yet.
#[cfg(not(target_arch = "wasm32"))]
#[doc(hidden)]
pub mod held_back {
    std::thread_local! {
        static HELD: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }

    /// Whether the images are not there for this thread.
    pub fn get() -> bool {
        HELD.get()
    }

    /// Takes them away from this thread, or gives them back.
    pub fn set(held: bool) {
        HELD.set(held);
    }
}
