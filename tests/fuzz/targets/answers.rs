//! Answers of the API.
#![no_main]

mod hook;

libfuzzer_sys::fuzz_target!(init: hook::install(), |bytes: &[u8]| laws::answers::answers(bytes));
