//! What is valid: a [`Draft`](crate::mapping::Draft) becomes a [`StaffMember`](crate::staff::StaffMember) or a list of
//! [`Problem`]s, and rows are held against each other.
//!
//! Two questions, two entrances: [`judge`] looks at one row by itself and finds all that is wrong with it in one pass;
//! [`People`] has seen every row and says whether this one contradicts, or repeats, another. [`Judgement::with`] puts
//! the two answers together to a [`Ruling`].
//!
//! Nothing here guesses: an unknown boolean is a problem and never `false`, lost digits are a problem and never filled
//! in. No I/O, no ledger.

mod codes;
mod fields;
mod judge;
mod people;
mod problem;
mod ruling;
#[cfg(test)]
pub(crate) mod testing;

pub use codes::CODES;
pub use fields::{read_npi, read_phone};
pub use judge::{Judgement, Rules, judge};
pub use people::{People, SharedNpis, Standing};
pub use problem::Problem;
pub use ruling::Ruling;
