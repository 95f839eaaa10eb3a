//! The command line: arguments, composition of stages, prompts, messages, exit codes. A file a command.
//!
//! It makes the client and hands it on; what an answer means, CSV and SQL are not its business.

mod account;
pub mod args;
mod check;
mod failure;
mod guards;
mod invite;
mod map;
mod next;
mod rejects;
mod resolve;
mod revoke;
mod runs;
mod sandbox;
mod template;
mod terminal;
mod view;
mod voice;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, FormatArg, VoiceArgs};
pub use failure::Failure;

/// Runs the command that was typed; the exit code is PRODUCT.md's.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if error.use_stderr() && asks_for_json(std::env::args_os()) {
                let text = error.to_string();
                let lines = text.lines().take_while(|line| !line.starts_with("Usage:")).map(str::trim);
                let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
                terminal::say(&Failure::usage(text.strip_prefix("error: ").unwrap_or(&text)).json());
            }
            // Help and version come this way too; a closed pipe drops them.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&cli.voice, Err(Failure::with_code(6, format!("cannot start: {error}")))),
    };
    let voice = cli.voice.clone();
    let ended = runtime.block_on(run(cli));
    // A thread that still reads a file must not hold back the end.
    runtime.shutdown_background();
    end(&voice, ended)
}

/// Whether what was typed asks for JSON, though the rest of it cannot be understood.
fn asks_for_json(args: impl Iterator<Item = std::ffi::OsString>) -> bool {
    let args: Vec<_> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    let typed =
        args.iter().any(|arg| arg == "--format=json") || args.windows(2).any(|pair| pair == ["--format", "json"]);
    typed || std::env::var("AVARA_ONBOARD_FORMAT").is_ok_and(|format| format == "json")
}

async fn run(cli: Cli) -> Result<u8, Failure> {
    crate::shutdown::survive_file_limits();
    match cli.command {
        Command::Invite(args) => invite::run(&args, &cli.voice).await,
        Command::Check(args) => check::run(&args, &cli.voice),
        Command::Resolve(args) => resolve::run(&args, &cli.voice).await,
        Command::Runs(args) => runs::run(&args, &cli.voice).await,
        Command::Revoke(args) => revoke::run(&args, &cli.voice).await,
        Command::Sandbox(args) => sandbox::run(*args).await,
        Command::Map(args) => map::run(&args, &cli.voice),
        Command::Template(args) => template::run(&args, &cli.voice),
    }
}

fn end(voice: &VoiceArgs, ended: Result<u8, Failure>) -> ExitCode {
    let code = match ended {
        Ok(code) => code,
        Err(failure) => {
            if voice.format == FormatArg::Json {
                terminal::say(&failure.json());
            }
            terminal::tell(&failure.render());
            failure.code
        }
    };
    ExitCode::from(code)
}

fn report_failure(error: crate::report::ReportError) -> Failure {
    Failure::with_code(if error.is_usage() { 2 } else { 6 }, error)
}
