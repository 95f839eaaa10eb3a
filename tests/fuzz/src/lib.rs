//! What holds for any input whatever: the laws that the fuzz targets try, and that `tests/fuzz_regressions.rs` holds for
//! every input that once broke one.
//!
//! A law is a function of bytes that panics where it does not hold. It reads an input of any form: what is not in the
//! form that it prefers is tried as it is.

pub mod answers;
pub mod container;
pub mod mapping;
pub mod roster;
