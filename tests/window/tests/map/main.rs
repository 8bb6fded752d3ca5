//! The map in a window of its own: gestures, geometry on screen, odd sizes and numbers, pictures.

#![allow(clippy::expect_used, clippy::panic, reason = "a window that cannot be set up fails its test")]

mod bench;
mod gestures;
mod pictures;
