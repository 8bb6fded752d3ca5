//! The map in a window of its own: gestures, geometry on screen, odd sizes and numbers, pictures.

mod bench;
mod gestures;
mod pictures;
