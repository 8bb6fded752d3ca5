//! The window and its shaders on a software device; the tests are in `tests/`.
