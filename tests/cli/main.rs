//! The whole program from outside: the binary, its files, its exit codes, and what an account has seen of it.
#![cfg(unix)]

mod again;
mod check;
mod exits;
mod next;
mod office;
mod places;
mod results;
mod samples;
mod signals;
mod voice;
