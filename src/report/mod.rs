//! What people and scripts get to see: files, text, progress and logs. Nothing is decided here.
//!
//! Files: [`results`] (one line for each data row), [`rejects`] (the rows to mend); where they go: [`paths`].
//! Text: [`preview`] before sending (or as JSON, for `check`), [`summary`] after it. While it runs: [`progress`] and
//! [`log`], both fed by [`crate::event`].

mod error;
pub mod log;
mod mask;
pub mod paths;
pub mod places;
pub mod preview;
pub mod progress;
pub mod rejects;
pub mod results;
pub mod summary;
pub mod template;
mod text;
mod warnings;

pub use error::ReportError;
