//! The command `avara-onboard`.

fn main() {}
