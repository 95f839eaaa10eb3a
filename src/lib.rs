//! Invites the staff of a clinic to AutoScribe from a roster file: nobody twice, nobody lost.
//!
//! The source reads as the data walks: a roster's row becomes a draft, the draft a member of staff or a list of problems,
//! the member of staff a plan, the plan a request whose intent is on disk before its first byte leaves, the answer a
//! verdict, the verdict an outcome, and the outcome a line of the results file.
//!
//! ```text
//! roster ─ Row ─▶ mapping ─ Draft ─▶ validation ─ Ruling ─▶ plan ─ Planned ─▶ delivery ─ Verdict ─▶ outcome ─▶ report
//!    └───────────── survey (the first look) ─────────────┘    └── ledger, autoscribe::directory
//! ```
//!
//! | room | owns | does not know |
//! | --- | --- | --- |
//! | [`cli`] (a file a command) | arguments, composition of stages, prompts, messages and hints, exit codes | what an answer means, CSV, SQL |
//! | [`settings`] | what was typed and configured, as one validated value | stages |
//! | [`staff`] | the domain: e-mail, NPI, phone, name, clinic role, level, permissions; parsing is the only way in | I/O |
//! | [`roster`] | bytes to rows, a stream; encodings, delimiters, sheets, headers, hostile files | what columns mean |
//! | [`mapping`] | headers to a column plan, a row to a draft; aliases and role words as data | validity |
//! | [`validation`] | a draft to a member of staff or all its problems; rows against each other | I/O, ledger |
//! | [`survey`] | the first look at a whole roster: everything but sending | ledger, API |
//! | [`plan`] | what is to be done with somebody, from what ledger and account know; pure | HTTP, clock |
//! | [`ledger`] | the only writer of durable facts: intents, outcomes, runs, the lock (SQLite) | HTTP, terminal |
//! | [`autoscribe`] | the API: types, one request, what an answer means (one pure function), the two lists | rosters, ledger |
//! | [`delivery`] | the gate (pace, pauses, breaker), attempts, doubt, reconciliation; clock and chance are handed in | rosters, printing |
//! | [`run`] | one run: the rows of a surveyed roster through plan and delivery, the results behind them | the terminal |
//! | [`outcome`] | the one exhaustive result of a row | presentation |
//! | [`event`] | what happened, as a stream that sinks subscribe to | the sinks |
//! | [`report`] | events and outcomes to files and text: results, rejects, preview, summary, progress, log | decisions |
//! | [`sandbox`] | the API's other side, with faults and a mail log | delivery |
//! | [`shutdown`] | signals as one stream: the first drains, the second abandons | stages |
//! | [`fault_point`](mod@fault_point) | named places where a test can end the process; nothing in a release build | everything |
//!
//! Three laws, each a property test: one outcome for every data row; no request without a durable intent before it; one
//! pure function turns an answer, or none, into a verdict.
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
