//! `check`: everything up to sending, offline.

use std::io::{BufWriter, Write};

use super::args::{CheckArgs, FormatArg, RosterArgs, VoiceArgs};
use super::failure::Failure;
use super::voice::Shown;
use super::{next, terminal, view};
use crate::mapping::{Assignments, MappingError, MappingFile};
use crate::report::preview::{CheckJson, Preview, RosterFacts};
use crate::roster::{RosterError, RosterOptions};
use crate::settings::roster_options;
use crate::survey::{self, Survey, SurveyError};
use crate::validation::Ruling;

/// Shows how a roster would be read and every problem of every row.
pub fn run(args: &CheckArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let survey = match survey(&args.roster) {
        Ok(survey) => survey,
        Err(failure) if voice.format == FormatArg::Json => {
            terminal::tell(&failure.render());
            let roster = RosterFacts::unread(&args.roster.roster);
            let preview = Preview { roster, ..Preview::default() };
            let why = failure.hint.iter().fold(failure.message.clone(), |why, hint| format!("{why}. {hint}"));
            let document = CheckJson::begin(Vec::new(), &preview).and_then(|mut document| {
                document.refusal(failure.word.unwrap_or("roster_unreadable"), &why)?;
                document.finish()
            });
            terminal::say(&String::from_utf8_lossy(&document.map_err(Failure::output)?));
            return Ok(failure.code);
        }
        Err(failure) => return Err(failure),
    };
    let preview = view::preview(&survey);
    let undecided = undecided(&survey, &args.roster, shown(voice));
    match voice.format {
        FormatArg::Json => json(&survey, &preview)?,
        FormatArg::Human => human(&survey, &preview, voice)?,
    }
    if let Some(failure) = undecided {
        terminal::tell(&failure.render());
        return Ok(failure.code);
    }
    Ok(u8::from(survey.counts.invalid > 0))
}

/// People have seen the questions in the preview, unless there was none.
fn shown(voice: &VoiceArgs) -> Shown {
    if voice.quiet || voice.format == FormatArg::Json { Shown::NotYet } else { Shown::Already }
}

/// Reads and judges a whole roster.
pub fn survey(args: &RosterArgs) -> Result<Survey, Failure> {
    let file = match &args.mapping {
        Some(path) => MappingFile::read(path).map_err(SurveyError::from)?,
        None => MappingFile::default(),
    };
    let set = Assignments::parse(&args.set).map_err(SurveyError::from)?;
    let today = jiff::ZonedDateTime::now().date();
    let opened = asking_for_sheet(args, |options| survey::open(&args.roster, options, &file, &set, today))?;
    Ok(Survey::take(opened)?)
}

/// Opens a roster; which of several sheets it is, is asked on a terminal and refused without one.
pub fn asking_for_sheet<T>(
    args: &RosterArgs,
    open: impl Fn(&RosterOptions) -> Result<T, SurveyError>,
) -> Result<T, Failure> {
    let options = roster_options(args);
    match open(&options) {
        Err(SurveyError::Roster(RosterError::SheetUnclear { file, sheets })) if terminal::can_ask() => {
            let sheet = which_sheet(&file, &sheets)?;
            let options = RosterOptions { sheet: Some(sheet), ..options };
            open(&options).map_err(|error| unreadable(error, args, &options))
        }
        opened => opened.map_err(|error| unreadable(error, args, &options)),
    }
}

/// What is told of a roster that was not opened; a mapping file that no longer fits it can be brought up to date.
fn unreadable(error: SurveyError, args: &RosterArgs, options: &RosterOptions) -> Failure {
    let outdated = matches!(error, SurveyError::Mapping(MappingError::RosterChanged { .. }));
    let failure = Failure::from(error);
    match (outdated, &failure.hint) {
        (true, Some(hint)) => {
            let hint = format!("{hint} That is: {}", next::map(args, options));
            failure.hint(hint)
        }
        _ => failure,
    }
}

fn which_sheet(file: &str, sheets: &[String]) -> Result<String, Failure> {
    terminal::tell(&format!("{file} has several sheets that could be the roster:"));
    for (number, sheet) in (1..).zip(sheets) {
        terminal::tell(&format!("  {number}  {sheet}"));
    }
    let answer = terminal::ask("Which one is it? A number or a name:");
    let by_number = answer.parse::<usize>().ok().and_then(|number| sheets.get(number.checked_sub(1)?));
    match sheets.iter().find(|sheet| **sheet == answer).or(by_number) {
        Some(sheet) => Ok(sheet.clone()),
        None => Err(Failure::usage("no sheet was chosen; nothing was read").hint("name one with --sheet")),
    }
}

/// Why this roster cannot be sent as it is mapped, if it cannot: a person has to decide something first. What has been
/// shown in a preview is only named.
pub fn undecided(survey: &Survey, args: &RosterArgs, shown: Shown) -> Option<Failure> {
    let open = view::undecided(survey);
    if open.is_empty() {
        return None;
    }
    let mut fields: Vec<_> = open.iter().map(|question| question.field.as_str()).collect();
    // One field can be in question twice.
    fields.dedup();
    let failure = Failure::usage(match shown {
        Shown::Already => {
            format!(
                "this roster cannot be sent before somebody decides about {} (\"To decide\", above); nothing was sent",
                fields.join(", ")
            )
        }
        Shown::NotYet => {
            let lines: String =
                open.iter().map(|question| format!("\n  {}: {}", question.field, question.why)).collect();
            format!("this roster cannot be sent before somebody decides, and nothing was sent:{lines}")
        }
    });
    let file = if args.mapping.is_some() { "the mapping file" } else { "a mapping file" };
    let map = format!("answer it once, in {file}: {}", next::map(args, survey.opened.roster.options()));
    // Another way only if it leads to the end: beside it nothing may stay open that no option can answer.
    let set: Option<Vec<_>> = fields.iter().map(|field| view::least(field.parse().ok()?)).collect();
    Some(match set {
        None => failure.hint(map),
        Some(set) => failure.hint(format!("{map}\n      or give everybody the least there is: {}", set.join(" "))),
    })
}

fn json(survey: &Survey, preview: &Preview) -> Result<(), Failure> {
    let out = BufWriter::new(std::io::stdout().lock());
    let written = CheckJson::begin(out, preview).and_then(|mut document| {
        // Another pass over the roster, but for nothing where every row is well.
        let rows = if survey.counts.invalid > 0 { Some(survey.rows().map_err(std::io::Error::other)?) } else { None };
        for row in rows.into_iter().flatten() {
            if let Ruling::Invalid(problems) = row.map_err(std::io::Error::other)?.1.ruling {
                problems.iter().try_for_each(|problem| document.problem(problem))?;
            }
        }
        document.finish()?.flush()
    });
    terminal::unless_closed(written).map_err(Failure::output)
}

fn human(survey: &Survey, preview: &Preview, voice: &VoiceArgs) -> Result<(), Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    // Every problem follows, so the preview need not show the first.
    let preview = Preview { first_problems: Vec::new(), problems: 0, ..preview.clone() };
    let quiet = voice.quiet && survey.counts.invalid == 0;
    let written = (|| {
        if quiet {
            return Ok(());
        }
        writeln!(out, "{}", preview.render())?;
        if survey.counts.invalid == 0 {
            return out.flush();
        }
        for row in survey.rows().map_err(std::io::Error::other)? {
            if let Ruling::Invalid(problems) = row.map_err(std::io::Error::other)?.1.ruling {
                problems.iter().try_for_each(|problem| writeln!(out, "row {}: {problem}", problem.at))?;
            }
        }
        out.flush()
    })();
    terminal::unless_closed(written).map_err(Failure::output)
}
