//! What can be typed. What it means is decided in [`crate::settings`].

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
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
    /// Lists the rows whose outcome is not known, and settles them; never sends an invitation
    Resolve(Box<ResolveArgs>),
    /// Lists past runs; writes a run's results again; erases people's details of old runs
    Runs(RunsArgs),
    /// Takes a wrong run back: revokes its invitations that are still pending
    Revoke(Box<RevokeArgs>),
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
    /// Taken like everywhere else.
    #[command(flatten)]
    pub state: UnusedStateArgs,
}

/// `resolve`.
#[derive(Debug, Args)]
pub struct ResolveArgs {
    /// Asks AutoScribe again: whoever shows is confirmed, whoever is surely not there is sent by the next run
    #[arg(long, conflicts_with_all = ["sent", "not_sent"])]
    pub check: bool,
    /// You saw this invitation on the AutoScribe dashboard: it counts as sent (repeatable)
    #[arg(long, value_name = "ID")]
    pub sent: Vec<String>,
    /// It is surely not there: the next run sends it (repeatable)
    #[arg(long, value_name = "ID")]
    pub not_sent: Vec<String>,
    /// Where the ledger is.
    #[command(flatten)]
    pub state: StateArgs,
    /// How fast to ask.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// Whom to ask.
    #[command(flatten)]
    pub address: AddressArgs,
}

/// `runs`.
#[derive(Debug, Args)]
pub struct RunsArgs {
    /// What to do with them; without it they are listed.
    #[command(subcommand)]
    pub what: Option<RunsCommand>,
    /// At most so many, the newest first
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub last: u32,
    /// Where the ledger is.
    #[command(flatten)]
    pub state: StateArgs,
}

/// What can be done with past runs.
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// Writes a run's results file again, byte for byte
    Results(RunsResultsArgs),
    /// Erases names, addresses and values of old runs; fingerprints and user ids stay, so that nobody is invited twice
    Forget(RunsForgetArgs),
}

/// `runs results`.
#[derive(Debug, Args)]
pub struct RunsResultsArgs {
    /// The run: its id as `runs` shows it, or as much of it as is unambiguous
    pub run: String,
    /// Where to [default: in the current folder, named as the run named it, a number added if that is taken]
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// No byte-order mark, as for a run with --no-bom
    #[arg(long)]
    pub no_bom: bool,
    /// Where the ledger is.
    #[command(flatten)]
    pub state: StateArgs,
}

/// `runs forget`.
#[derive(Debug, Args)]
pub struct RunsForgetArgs {
    /// The age from which runs are forgotten, as in 90d, 12w or 1y
    #[arg(long, value_name = "AGE")]
    pub older_than: String,
    /// Does not ask before erasing (needed where there is no terminal)
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// Where the ledger is.
    #[command(flatten)]
    pub state: StateArgs,
}

/// `revoke`.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// The run: its id as `runs` shows it, or as much of it as is unambiguous
    pub run: String,
    /// Does not ask before revoking (needed where there is no terminal); not to be set once for all, as for invite
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// What became of each invitation [default: in the current folder, with the time in its name]
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// No byte-order mark at the start of the results (for scripts; Excel needs it)
    #[arg(long)]
    pub no_bom: bool,
    /// Where the ledger is.
    #[command(flatten)]
    pub state: StateArgs,
    /// How fast.
    #[command(flatten)]
    pub pace: PaceArgs,
    /// Where to.
    #[command(flatten)]
    pub address: AddressArgs,
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
    /// Where the ledger is.
    #[command(flatten)]
    pub state: StateArgs,
}

/// Where the ledger is kept.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub struct StateArgs {
    /// Where the ledger is kept [default: this platform's place for a program's state]
    #[arg(long, value_name = "DIR", env = "AVARA_ONBOARD_STATE_DIR")]
    pub state_dir: Option<PathBuf>,
}

/// `--state-dir` of a command that keeps nothing, so that a script can give the same options to all.
#[derive(Debug, Args)]
pub struct UnusedStateArgs {
    /// Not used: this command keeps nothing
    #[arg(long, value_name = "DIR", hide = true)]
    pub state_dir: Option<PathBuf>,
}

/// How fast and how patiently an account is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sending")]
pub struct PaceArgs {
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
}

/// How to send.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sending")]
pub struct SendingArgs {
    /// How fast and how patiently.
    #[command(flatten)]
    pub pace: PaceArgs,
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
    #[arg(long, short = 'y', env = "AVARA_ONBOARD_YES", value_parser = BoolishValueParser::new())]
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
    /// Sends to a private sandbox that is started for this run and gone afterwards, whatever address and key are set; needs
    /// no key, asks nothing
    #[arg(long)]
    pub sandbox: bool,
    /// An account.
    #[command(flatten)]
    pub address: AddressArgs,
}

/// An account: where it is, and its key.
#[derive(Debug, Args)]
#[command(next_help_heading = "Account")]
pub struct AddressArgs {
    /// The API's address
    #[arg(long, value_name = "URL", default_value = "https://api.avarasoftware.com", env = "AVARA_BASE_URL")]
    pub base_url: String,
    /// A file that holds the API key [default: the environment variable AVARA_API_KEY]
    #[arg(long, value_name = "FILE", env = "AVARA_ONBOARD_API_KEY_FILE")]
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
    /// Taken like everywhere else.
    #[command(flatten)]
    pub state: UnusedStateArgs,
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
