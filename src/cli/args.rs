//! What can be typed. What it means is decided in [`crate::settings`].

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Invites the staff of a clinic to AutoScribe from a roster file: nobody twice, nobody lost.
///
/// Try it without a key and without sending anything: avara-onboard invite samples/staff.csv --sandbox
#[derive(Debug, Parser)]
#[command(name = "avara-onboard", version, max_term_width = 110, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to speak.
    #[command(flatten)]
    pub voice: VoiceArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads a roster, shows what would happen, asks, and sends the invitations
    Invite(Box<InviteArgs>),
    /// Shows how a roster would be read and every problem of every row; sends nothing, needs no key
    Check(CheckArgs),
    /// Runs a made-up AutoScribe account on this machine: to try, to train, to test
    Sandbox(Box<crate::sandbox::args::SandboxArgs>),
    /// Proposes a mapping file for a roster; asks (on a terminal) only what it cannot know
    Map(Box<MapArgs>),
    /// Writes a blank roster to be filled in: a workbook with drop-downs and notes, or a CSV file
    Template(TemplateArgs),
}

/// `invite`.
#[derive(Debug, Args)]
pub struct InviteArgs {
    /// The roster and how to read it.
    #[command(flatten)]
    pub roster: RosterArgs,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArgs,
    /// How to send.
    #[command(flatten)]
    pub sending: SendingArgs,
    /// Where to.
    #[command(flatten)]
    pub account: AccountArgs,
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The roster and how to read it.
    #[command(flatten)]
    pub roster: RosterArgs,
}

/// The roster and how to read it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading the roster")]
pub struct RosterArgs {
    /// The roster: CSV (also with ; tab or |) or a workbook
    pub roster: PathBuf,
    /// Mapping file (TOML): columns, defaults, roster words for roles, profiles by role, rows to leave out
    #[arg(long, value_name = "FILE", env = "AVARA_ONBOARD_MAPPING")]
    pub mapping: Option<PathBuf>,
    /// Fills a field where it is blank or absent, as in --set level=member (repeatable)
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    /// The sheet of a workbook: its name, or its number from 1
    #[arg(long, value_name = "NAME|N")]
    pub sheet: Option<String>,
    /// The encoding of a text file, as in utf-8 or windows-1252
    #[arg(long)]
    pub encoding: Option<String>,
    /// The delimiter of a text file: , ; | or tab
    #[arg(long)]
    pub delimiter: Option<String>,
    /// The line or sheet row of the header, from 1
    #[arg(long, value_name = "N")]
    pub header_row: Option<u64>,
}

/// What is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub struct OutputArgs {
    /// Results, one line for each row of the roster [default: beside the roster, with the time in its name]
    #[arg(long, value_name = "FILE", env = "AVARA_ONBOARD_RESULTS")]
    pub results: Option<PathBuf>,
    /// The rows that need attention, ready to be mended [default: beside the roster, only when there are any]
    #[arg(long, value_name = "FILE", env = "AVARA_ONBOARD_REJECTS")]
    pub rejects: Option<PathBuf>,
    /// No byte-order mark at the start of written CSV files (for scripts; Excel needs it)
    #[arg(long)]
    pub no_bom: bool,
    /// Where the ledger is kept [default: this platform's place for a program's state]
    #[arg(long, value_name = "DIR", env = "AVARA_ONBOARD_STATE_DIR")]
    pub state_dir: Option<PathBuf>,
}

/// How to send.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sending")]
pub struct SendingArgs {
    /// Requests a second or a minute, look-ups included: N/s, N/m or unlimited
    #[arg(long, value_name = "N/s|N/m", default_value = "10/s", env = "AVARA_ONBOARD_RATE")]
    pub rate: String,
    /// Requests under way at the same time [default: 8, more where --rate needs it]
    #[arg(long, value_name = "N", env = "AVARA_ONBOARD_CONCURRENCY")]
    pub concurrency: Option<u16>,
    /// How long an answer is waited for
    #[arg(long, value_name = "TIME", default_value = "30s", env = "AVARA_ONBOARD_TIMEOUT")]
    pub timeout: String,
    /// How often a row is tried that could not be sent
    #[arg(long, value_name = "N", default_value_t = 5, env = "AVARA_ONBOARD_MAX_ATTEMPTS")]
    pub max_attempts: u16,
    /// How long a service that does not get well is tried before the run stops
    #[arg(long, value_name = "TIME", default_value = "15m", env = "AVARA_ONBOARD_GIVE_UP_AFTER")]
    pub give_up_after: String,
    /// What happens to a row whose outcome is unknown and that is surely not in the account: sent once more, or held
    #[arg(long, value_enum, default_value_t = OnUnknownArg::Resend, env = "AVARA_ONBOARD_ON_UNKNOWN")]
    pub on_unknown: OnUnknownArg,
    /// Sends only the first N rows that can be sent: a trial
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Everything but the sending; needs no key
    #[arg(long)]
    pub dry_run: bool,
    /// If any row is invalid, sends nothing
    #[arg(long)]
    pub strict: bool,
    /// Does not ask before sending (needed where there is no terminal)
    #[arg(long, short = 'y', env = "AVARA_ONBOARD_YES")]
    pub yes: bool,
    /// Goes on where a guard would refuse: admins, reports, no-lists (repeatable)
    #[arg(long, value_name = "GUARD", value_enum)]
    pub allow: Vec<GuardArg>,
    /// Invites people anew whose earlier invitation is expired, revoked or rejected (several with commas)
    #[arg(long, value_name = "STATES")]
    pub reinvite: Option<String>,
}

/// Where to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Account")]
pub struct AccountArgs {
    /// Sends to a private sandbox that is started for this run and gone afterwards; needs no key, asks nothing
    #[arg(long)]
    pub sandbox: bool,
    /// The API's address
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://api.avarasoftware.com",
        env = "AVARA_BASE_URL",
        conflicts_with = "sandbox"
    )]
    pub base_url: String,
    /// A file that holds the API key [default: the environment variable AVARA_API_KEY]
    #[arg(long, value_name = "FILE", env = "AVARA_ONBOARD_API_KEY_FILE", conflicts_with = "sandbox")]
    pub api_key_file: Option<PathBuf>,
}

/// How to speak.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct VoiceArgs {
    /// What stdout gets: text for people, or one JSON document
    #[arg(long, global = true, value_enum, default_value_t = FormatArg::Human, env = "AVARA_ONBOARD_FORMAT")]
    pub format: FormatArg,
    /// The form of log lines
    #[arg(long, global = true, value_enum, default_value_t = LogFormatArg::Text, env = "AVARA_ONBOARD_LOG_FORMAT")]
    pub log_format: LogFormatArg,
    /// Writes the log to a file too
    #[arg(long, global = true, value_name = "FILE", env = "AVARA_ONBOARD_LOG_FILE")]
    pub log_file: Option<PathBuf>,
    /// Says more (-vv: still more)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Says nothing when all is well
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "each is its word")]
pub enum FormatArg {
    Human,
    Json,
}

/// `--log-format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "each is its word")]
pub enum LogFormatArg {
    Text,
    Json,
}

/// `--on-unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "each is its word")]
pub enum OnUnknownArg {
    Resend,
    Hold,
}

/// `--allow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GuardArg {
    /// More than 5 admins that are more than 10 % of the rows
    Admins,
    /// `--set` makes everybody a report creator
    Reports,
    /// The key may not list users and invitations
    NoLists,
}

/// `map`.
#[derive(Debug, Args)]
pub struct MapArgs {
    /// The roster and how to read it.
    #[command(flatten)]
    pub roster: RosterArgs,
    /// Saves the mapping file instead of printing it
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Asks nothing: takes what is proposed, notes what is left to decide, and replaces FILE if it is there
    #[arg(long, short = 'y')]
    pub yes: bool,
}

/// `template`.
#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// The file to write, .xlsx or .csv
    #[arg(default_value = "staff.xlsx")]
    pub file: PathBuf,
    /// Replaces FILE if it is there
    #[arg(long, short = 'y')]
    pub yes: bool,
}
