//! The README says what is so: its commands run, its mapping file parses, its tables are whole.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use avara_onboard::autoscribe::verdict::Stop;
use avara_onboard::cli::args::{Cli, Command as Typed};
use avara_onboard::delivery::revoke::RevokeStatus;
use avara_onboard::delivery::stop::StopCause;
use avara_onboard::mapping::MappingFile;
use avara_onboard::outcome::{self, Standing, Status};
use avara_onboard::shutdown::Signal;
use avara_onboard::staff::{ClinicRole, Field};
use avara_onboard::validation;
use clap::{CommandFactory, Parser};

const README: &str = include_str!("../README.md");

/// The lines of all code blocks in a language.
fn blocks(language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = README;
    let fence = format!("```{language}\n");
    while let Some((_, block)) = rest.split_once(fence.as_str()) {
        let (block, after) = block.split_once("```").expect("a block ends");
        found.push(block.to_owned());
        rest = after;
    }
    found
}

/// The program's arguments in a line of a block, its own name first; none for another program's line.
fn arguments(line: &str) -> Option<Vec<String>> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let cargo = words.iter().take(2).eq(["cargo", "run"]).then(|| words.iter().position(|word| word == "--"));
    let at = cargo.flatten().or_else(|| words.iter().position(|word| word == "avara-onboard"))?;
    let mut arguments = words[at..].to_vec();
    arguments[0] = "avara-onboard".to_owned();
    Some(arguments)
}

fn commands() -> Vec<Vec<String>> {
    let lines = [blocks("sh"), blocks("crontab")].concat().join("\n");
    lines.lines().filter_map(arguments).collect()
}

/// The first cells, without their backticks, of the table below a header line.
fn table(header: &str) -> Vec<String> {
    let (_, below) = README.split_once(&format!("\n{header}\n")).unwrap_or_else(|| panic!("no table {header}"));
    cells(below)
}

fn cells(below: &str) -> Vec<String> {
    let rows = below.lines().skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('|').nth(1).expect("a row has cells").trim().replace('`', "")).collect()
}

/// The codes of the README: two tables with the same header.
fn codes() -> [Vec<String>; 2] {
    let mut tables = README.split("\n| code | meaning |\n").skip(1).map(cells);
    let mut next = || tables.next().expect("a table of codes");
    [next(), next()]
}

fn words(list: &[(&str, &str)]) -> Vec<String> {
    list.iter().map(|(code, _)| (*code).to_owned()).collect()
}

#[test]
fn every_command_is_one() {
    let commands = commands();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands {
        Cli::try_parse_from(&command).unwrap_or_else(|error| panic!("{}: {error}", command.join(" ")));
    }
}

#[test]
fn what_needs_no_account_runs_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("samples")).unwrap();
    for sample in Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").read_dir().unwrap() {
        let sample = sample.unwrap().path();
        std::fs::copy(&sample, folder.path().join("samples").join(sample.file_name().unwrap())).unwrap();
    }
    // What the session of `map` has written by then.
    let written =
        blocks("console").into_iter().find_map(|block| Some(block.strip_prefix("$ cat directory.toml\n")?.to_owned()));
    std::fs::write(folder.path().join("directory.toml"), written.expect("the file is shown")).unwrap();
    let mut ran = 0;
    for command in commands() {
        let offline = match Cli::try_parse_from(&command).unwrap().command {
            Typed::Check(_) => true,
            Typed::Invite(args) => args.account.sandbox || args.sending.dry_run,
            _ => false,
        };
        if !offline {
            continue;
        }
        let output = Command::new(env!("CARGO_BIN_EXE_avara-onboard"))
            .args(&command[1..])
            .env_clear()
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        // The one has every problem, the other titles that only the mapping file explains.
        let expected = i32::from(command.iter().any(|word| word.contains("every-problem") || word == "--set"));
        assert_eq!(output.status.code(), Some(expected), "{}: {stdout}", command.join(" "));
        ran += 1;
        if command[1..] == ["invite", "samples/staff.csv", "--sandbox"] {
            let [shown] = blocks("text").try_into().unwrap();
            assert_eq!(shown.lines().last(), stdout.lines().last(), "the end that the first screen shows");
        }
    }
    assert!(ran >= 5, "only {ran} ran");
}

#[test]
fn the_keys_of_the_document_of_check_are_those_that_it_has() {
    let output = Command::new(env!("CARGO_BIN_EXE_avara-onboard"))
        .args(["check", "samples/every-problem.csv", "--format", "json"])
        .env_clear()
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut keys = table("| key | what it holds |");
    keys.sort();
    assert_eq!(keys, document.as_object().unwrap().keys().cloned().collect::<Vec<_>>());
}

#[test]
fn the_first_command_is_the_first() {
    let first = blocks("sh").remove(0);
    assert_eq!(first, "cargo run --release -- invite samples/staff.csv --sandbox\ncargo test\n");
    let line = README.lines().position(|line| line == "cargo test").unwrap();
    assert!(line < 20, "on the first screen");
}

#[test]
fn the_mapping_file_parses_and_every_key_is_explained() {
    let [example] = blocks("toml").try_into().unwrap();
    MappingFile::parse(&example, "README.md").unwrap();
    let explained = table("| key | what it says |");
    for key in example.parse::<toml::Table>().unwrap().keys() {
        assert!(explained.iter().any(|cell| cell.trim_start_matches('[').starts_with(key.as_str())), "{key}");
    }
}

#[test]
fn fields_and_roles_are_all_there() {
    let told: Vec<String> =
        table("| field | needed | what is taken |").join(", ").split(", ").map(str::to_owned).collect();
    assert_eq!(told, Field::ALL.map(|field| field.name().to_owned()).to_vec().sorted_as(&told));
    for role in ClinicRole::ALL {
        assert!(README.contains(role.as_str()), "{role}");
    }
}

/// Puts a list into another's order, so that only what differs shows.
trait SortedAs {
    fn sorted_as(self, other: &[String]) -> Self;
}

impl SortedAs for Vec<String> {
    fn sorted_as(mut self, other: &[String]) -> Self {
        self.sort_by_key(|word| other.iter().position(|known| known == word));
        self
    }
}

#[test]
fn error_codes_are_those_that_the_program_gives() {
    let [of_data, of_sending] = codes();
    assert_eq!(of_data, words(validation::CODES));
    assert_eq!(of_sending, words(outcome::CODES));
}

#[test]
fn the_statuses_and_codes_of_revoke_are_those_that_it_gives() {
    let rows = README.split_once("| status | meaning | counts as | `error_code` |\n").expect("the table of revoke").1;
    let rows = rows.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cell = |row: &str, number| row.split('|').nth(number).expect("a row has cells").trim().replace('`', "");
    let listed: Vec<_> = rows.map(|row| (cell(row, 1), cell(row, 4))).collect();
    let given = RevokeStatus::ALL.map(|status| {
        let code = if status == RevokeStatus::NotSent { Some("why it stopped, as above") } else { status.error_code() };
        (status.as_str().to_owned(), code.unwrap_or_default().to_owned())
    });
    assert_eq!(listed, given);
}

/// Every literal that the sources give as an error code stands in one of the two lists, and what stands there is given.
#[test]
fn the_lists_of_codes_are_whole() {
    let listed: BTreeSet<String> = [words(validation::CODES), words(outcome::CODES)].concat().into_iter().collect();
    assert_eq!(listed.len(), validation::CODES.len() + outcome::CODES.len(), "no code in both lists");
    let mut given = BTreeSet::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/run"))
        .into_iter()
        .chain(sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/delivery")))
    {
        let text = std::fs::read_to_string(&path).unwrap();
        for before in ["error_code = \"", "error_code: \"", "code: \""] {
            given.extend(text.split(before).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
    given.extend([outcome::DETAILS_CHANGED, outcome::DETAILS_DIFFER].map(str::to_owned));
    given.extend(causes().iter().map(|cause| cause.code().to_owned()));
    given.extend(["expired", "revoked", "rejected"].map(|state| format!("invitation_{state}")));
    let of_sending: BTreeSet<String> = words(outcome::CODES).into_iter().collect();
    assert_eq!(given, of_sending);
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_source =
        |path: &std::path::PathBuf| !path.ends_with("tests.rs") && path.extension().is_some_and(|e| e == "rs");
    files.into_iter().filter(is_source).chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// One of every cause to stop.
fn causes() -> Vec<StopCause> {
    let signals = [Signal::Interrupt, Signal::Terminate, Signal::Hangup].map(StopCause::Signal);
    let why = String::new;
    let others = [
        StopCause::Account(Stop::Refused { status: 401, message: why() }),
        StopCause::Account(Stop::ProxyCredentials),
        StopCause::ListsForbidden { message: why() },
        StopCause::Intercepted { why: why() },
        StopCause::Unhealthy { why: why() },
        StopCause::WaitTooLong { wait: std::time::Duration::MAX },
        StopCause::CannotRecord { why: why() },
        StopCause::Roster { why: why() },
        StopCause::Strict,
    ];
    signals.into_iter().chain(others).collect()
}

#[test]
fn statuses_and_what_they_count_as() {
    let below = README.split_once("\n| status | meaning | counts as |\n").unwrap().1;
    let told: BTreeSet<(String, String)> = below
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            (cells[1].replace('`', ""), cells[3].to_owned())
        })
        .collect();
    let standing = |status: Status| match status.standing() {
        Standing::Done => "done",
        Standing::Attention => "attention",
        Standing::Unresolved => "unresolved",
    };
    let ours = Status::ALL.map(|status| (status.as_str().to_owned(), standing(status).to_owned()));
    assert_eq!(told, ours.into_iter().collect());
}

#[test]
fn exit_codes() {
    let (_, below) = README.split_once("### Exit codes\n\n| code | meaning |\n").unwrap();
    let told: BTreeSet<u8> = cells(below).join(", ").split(", ").map(|code| code.parse().unwrap()).collect();
    // 0, 3, 7 and 8 are not for stopping a run: all done, a row unresolved, a lock held, a guard.
    let ours = causes().iter().map(StopCause::exit_code).chain([0, 3, 7, 8]).collect();
    assert_eq!(told, ours);
}

#[test]
fn variables_are_those_that_are_read() {
    let mut read = BTreeSet::new();
    for command in Cli::command().get_subcommands().chain([&Cli::command()]) {
        let variables = command.get_arguments().filter_map(|argument| argument.get_env());
        read.extend(variables.map(|name| name.to_string_lossy().into_owned()));
    }
    let (_, told) = README.split_once("`AVARA_BASE_URL`, `AVARA_API_KEY`, and `AVARA_ONBOARD_` with\n").unwrap();
    let (told, _) = told.split_once(". `--format").unwrap();
    let told = told.split([',', '\n']).map(|name| name.trim().trim_matches('`')).filter(|name| !name.is_empty());
    let told: BTreeSet<String> =
        told.map(|name| format!("AVARA_ONBOARD_{name}")).chain(["AVARA_BASE_URL".into()]).collect();
    assert_eq!(read, told);
}
