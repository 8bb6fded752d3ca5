//! The binary of saddlescope.

fn main() {}
