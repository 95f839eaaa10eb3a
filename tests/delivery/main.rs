//! Nobody twice, nobody lost: whole runs against a sandbox without sockets, on paused time.
//!
//! The sandbox's mail log is the judge. `AVARA_ONBOARD_LONG=1` makes 10,000 random schedules of the 250 that an ordinary
//! test run tries; `AVARA_ONBOARD_SEED=n` plays one of them again.

mod doubts;
mod laws;
mod network;
mod schedules;
mod stops;
mod wire;
mod world;
