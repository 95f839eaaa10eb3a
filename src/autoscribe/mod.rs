//! The AutoScribe API: its types, one request at a time, what an answer means, and the two lists.
//!
//! [`client`] sends exactly one request a call and reports what came back, without judging it (`fault` tells what surely
//! never left). [`verdict`] judges, as a pure function, by what [`reading`] finds in an answer, and [`revocation`] the one
//! call that takes an invitation back. [`directory`] keeps what the lists said. This room knows neither rosters nor the
//! ledger.

pub mod client;
pub mod directory;
mod fault;
pub mod reading;
pub mod revocation;
#[cfg(test)]
mod testing;
pub mod verdict;
pub mod wire;
