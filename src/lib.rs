//! Invites the staff of a clinic to AutoScribe from a roster file: nobody twice, nobody lost.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod autoscribe;
pub mod event;
pub mod mapping;
pub mod outcome;
pub mod report;
pub mod roster;
pub mod staff;
pub mod validation;
