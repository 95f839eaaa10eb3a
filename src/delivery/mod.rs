//! Sending: concurrency, pace, attempts, doubt and cancellation. Clock and randomness are handed in.
//!
//! [`gate`] is the one way out. This room knows neither rosters nor printing.

pub mod breaker;
pub mod gate;
pub mod pace;
pub mod retry;
pub mod stop;
