//! The arithmetic of multilayer perceptrons: samples through the layers and back, exact in f64, in the machine's widest registers.
//!
//! A crate of its own, so that it is compiled for speed where the rest is compiled for size (in the browser) or for a short wait
//! (in tests): nothing generic leaves it. `lanes` holds elementary functions for vector registers, `products` the matrix products
//! of a layer, `finish` what is made of their sums, `pass` one chunk of samples through the network, `dense` the matrices of a
//! chunk, `work` all chunks.

mod activation;
mod architecture;
mod buffer;
mod chunk;
mod dense;
mod finish;
mod lanes;
mod loss;
mod packed;
mod pass;
mod products;
mod work;

pub use activation::Activation;
pub use architecture::{Architecture, ArchitectureError, Layer, MOST_PARAMETERS};
pub use buffer::Buffer;
pub use chunk::{CHUNK, Chunk, Rows};
pub use dense::{Room, complete};
pub use loss::Loss;
pub use pass::{Curvature, Matrix, State};
pub use work::{Question, Task};
