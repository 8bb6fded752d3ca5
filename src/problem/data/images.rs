//! MNIST and Fashion-MNIST at 10 by 10 pixels: 2,500 training and 1,000 test images each.

use super::{Data, Draw, Targets, read_idx_images, read_idx_labels};
use crate::problem::network::Rows;

/// Images and labels of a part, as IDX files.
type Part = [&'static [u8]; 2];

macro_rules! part {
    ($name:literal) => {
        [
            include_bytes!(concat!("../../../assets/data/", $name, "-images.idx3-ubyte")),
            include_bytes!(concat!("../../../assets/data/", $name, "-labels.idx1-ubyte")),
        ]
    };
}

const MNIST: [Part; 2] = [part!("mnist10-train"), part!("mnist10-test")];
const FASHION: [Part; 2] = [part!("fashion10-train"), part!("fashion10-test")];

/// Handwritten digits.
pub(super) fn mnist(draw: &Draw) -> Data {
    load(MNIST, draw)
}

/// Ten kinds of clothes.
pub(super) fn fashion(draw: &Draw) -> Data {
    load(FASHION, draw)
}

/// The first `samples` training images, and all test images.
fn load(parts: [Part; 2], draw: &Draw) -> Data {
    let (mut values, mut labels, mut train, mut shape) = (Vec::new(), Vec::new(), 0, [10, 10]);
    for [images, classes] in parts {
        // The files are part of the program, and a test reads them: they cannot fail here.
        let Ok((rows, sides)) = read_idx_images(images) else { continue };
        values.extend(rows.values);
        labels.extend(read_idx_labels(classes).unwrap_or_default());
        shape = sides;
        if train == 0 {
            train = labels.len();
        }
    }
    let inputs = Rows { width: shape[0] * shape[1], values };
    Data { inputs, targets: Targets::Classes { labels, count: 10 }, train, image: Some(shape) }.subset(draw.samples)
}
