//! Invites the staff of a clinic to AutoScribe from a roster file: nobody twice, nobody lost.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod autoscribe;
pub mod cli;
pub mod delivery;
pub mod event;
pub mod fault_point;
pub mod ledger;
pub mod mapping;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod roster;
pub mod run;
pub mod sandbox;
pub mod settings;
pub mod shutdown;
pub mod staff;
pub mod survey;
pub mod validation;
