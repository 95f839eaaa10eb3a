//! Getting a roster ready, from outside: `map` with a person at the terminal and without one, `template`, and whatever
//! bytes somebody may hand in.
#![cfg(unix)]

mod any_input;
mod changed;
mod desk;
mod leavers;
mod session;
mod template;
