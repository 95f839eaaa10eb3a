//! Sending: concurrency, pace, attempts, doubt and cancellation. Clock and randomness are handed in.
//!
//! [`gate`] is the one way out. This room knows neither rosters nor printing.

pub mod api;
pub mod attempt;
pub mod belief;
pub mod breaker;
pub mod engine;
pub mod gate;
pub mod job;
mod lag;
pub mod lookup;
pub mod outcomes;
pub mod pace;
pub mod reconcile;
pub mod retry;
pub mod revoke;
pub mod stop;
