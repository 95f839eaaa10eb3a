//! The AutoScribe API: its types, one request at a time, what an answer means, and the two lists.
//!
//! This room knows neither rosters nor the ledger.

pub mod wire;
