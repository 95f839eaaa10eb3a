//! Invites the staff of a clinic to AutoScribe from a roster file: nobody twice, nobody lost.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod autoscribe;
pub mod event;
pub mod mapping;
pub mod outcome;
pub mod roster;
pub mod sandbox;
pub mod staff;
