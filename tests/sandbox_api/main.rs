//! The sandbox, seen from the network: every call, every filter, every fault.

mod calls;
mod client;
mod faults;
mod limits;
mod lists;
