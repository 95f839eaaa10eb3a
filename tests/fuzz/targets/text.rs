//! Text rosters.
#![no_main]

mod hook;

libfuzzer_sys::fuzz_target!(init: hook::install(), |bytes: &[u8]| laws::roster::text(bytes));
