//! IDX files: the format of the MNIST images and labels (LeCun, Cortes, Burges 1998).
//!
//! Big-endian: two zero bytes, the type (0x08: unsigned bytes), the number of dimensions, a 32-bit length for each of them, the bytes.

use super::DataError;
use crate::problem::network::Rows;

/// Most bytes of samples that are taken: 64 MB.
const MOST_BYTES: usize = 64 << 20;

/// Whether a file is compressed with gzip, as IDX files are passed on.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Whether a file begins like one of unsigned bytes.
pub fn is_idx(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 8])
}

/// The images of a file, a row each, pixels divided by 255, with their height and width.
///
/// # Errors
/// [`DataError::BadIdx`] for anything but three dimensions of unsigned bytes of the length that the header says.
pub fn read_idx_images(bytes: &[u8]) -> Result<(Rows, [usize; 2]), DataError> {
    let ([_, height, width], pixels) = read::<3>(bytes, "images")?;
    if height * width == 0 {
        return Err(DataError::BadIdx { expected: "images", message: format!("its images are {height} by {width} pixels") });
    }
    let values = pixels.iter().map(|p| f64::from(*p) / 255.0).collect();
    Ok((Rows { width: height * width, values }, [height, width]))
}

/// The labels of a file.
///
/// # Errors
/// [`DataError::BadIdx`] for anything but one dimension of unsigned bytes of the length that the header says.
pub fn read_idx_labels(bytes: &[u8]) -> Result<Vec<usize>, DataError> {
    let (_, labels) = read::<1>(bytes, "labels")?;
    Ok(labels.iter().map(|label| usize::from(*label)).collect())
}

fn read<'a, const D: usize>(bytes: &'a [u8], expected: &'static str) -> Result<([usize; D], &'a [u8]), DataError> {
    let bad = |message: String| DataError::BadIdx { expected, message };
    let header = 4 + 4 * D;
    match bytes {
        [0, 0, 8, dimensions, ..] if usize::from(*dimensions) == D && bytes.len() >= header => {}
        [0, 0, 8, dimensions, ..] if usize::from(*dimensions) != D => {
            return Err(bad(format!("it has {dimensions} dimensions, not {D}")));
        }
        [0, 0, kind, ..] if *kind != 8 => return Err(bad(format!("its numbers are of type 0x{kind:02x}, not unsigned bytes"))),
        [0, 0, ..] => return Err(bad("it ends within its header".to_owned())),
        _ if is_gzip(bytes) => return Err(bad("it is compressed with gzip; unpack it first".to_owned())),
        _ => return Err(bad("it does not begin with two zero bytes".to_owned())),
    }
    let mut sizes = [0; D];
    for (size, word) in sizes.iter_mut().zip(bytes[4..header].chunks_exact(4)) {
        *size = word.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    }
    let promised = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size)).filter(|p| *p <= MOST_BYTES);
    let body = &bytes[header..];
    match promised {
        Some(promised) if promised == body.len() && promised > 0 => Ok((sizes, body)),
        Some(0) => Err(bad("it holds no samples".to_owned())),
        Some(promised) => Err(bad(format!("its header promises {promised} bytes and {} follow", body.len()))),
        None => Err(bad("it is larger than 64 MB".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_labels_are_read() {
        let file = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..], &[0, 255, 51, 102]].concat();
        let (rows, shape) = read_idx_images(&file).unwrap();
        assert_eq!((shape, rows.row(0), rows.row(1)), ([1, 2], &[0.0, 1.0][..], &[0.2, 0.4][..]));
        assert_eq!(read_idx_labels(&[0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 2]).unwrap(), [7, 0, 2]);
    }

    #[test]
    fn broken_files_get_a_sentence() {
        let whole = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..], &[0, 255, 51, 102]].concat();
        for end in 0..whole.len() {
            assert!(read_idx_images(&whole[..end]).is_err(), "cut at {end}");
        }
        let huge = [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255];
        for (file, word) in [
            (&huge[..], "larger"),
            (b"\x89PNG", "two zero bytes"),
            (b"\x1f\x8b\x08\0", "unpack it first"),
            (&[0, 0, 13, 1, 0, 0, 0, 0], "0x0d"),
            (&[0, 0, 8, 1, 0, 0, 0, 1, 5], "1 dimensions, not 3"),
        ] {
            let message = read_idx_images(file).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}
