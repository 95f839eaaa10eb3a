//! Roster files, good and bad, as they are found on desks: each is made on the spot and opened as a user would.

mod bad;
mod good;
mod hidden;
mod support;
