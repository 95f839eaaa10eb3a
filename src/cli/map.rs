//! `map`: proposes a mapping file for a roster, and asks a person at the terminal only what it cannot know.

mod columns;
mod leavers;
mod person;
mod profiles;
mod roles;
mod values;

use std::path::Path;

use jiff::civil::Date;

use super::args::{FormatArg, MapArgs, VoiceArgs};
use super::check::asking_for_sheet;
use super::failure::Failure;
use super::{report_failure, terminal};
use crate::mapping::{
    Assignments, ColumnPlan, KnownHeaders, MappingFile, PROFILE_FIELDS, RosterTexts, propose, reads_back,
};
use crate::report::paths::{refuse_roster, refuse_special, write_private};
use crate::roster::{self, Roster, RosterItem, RosterOptions, Row};
use crate::survey::{SAMPLE, SurveyError};
use person::{AtTerminal, Person};

/// Proposes a mapping file, and writes or prints it.
pub fn run(args: &MapArgs, voice: &VoiceArgs) -> Result<u8, Failure> {
    let asks = terminal::can_ask() && !args.yes && voice.format == FormatArg::Human;
    if let Some(path) = &args.write {
        may_write(path, args, asks)?;
    }
    let mut study = Study::open(args)?;
    let changes = study.fit(asks)?;
    if voice.format == FormatArg::Human {
        changes.iter().for_each(|line| terminal::tell(&format!("Since the mapping file was written: {line}.")));
    }
    if asks {
        study.interview(&mut AtTerminal)?;
    }
    let plan = study.plan()?;
    let texts = study.texts(&plan)?;
    let text = propose(&plan, &texts);
    let name = args.write.as_deref().map_or("the proposal".to_owned(), |path| path.display().to_string());
    let read = reads_back(&text, &name, &plan, &study.sample).map_err(|why| {
        let message = format!("the proposed mapping file would not mean what it should ({why}); nothing was written");
        Failure::with_code(6, message)
            .hint("this is a fault of this program; please report it with the roster's headers")
    })?;
    if let Some(path) = &args.write {
        write_private(path, text.as_bytes()).map_err(report_failure)?;
    }
    let mut open = open_questions(&read, &texts);
    open.extend(
        plan.lost()
            .map(|(target, names)| format!("{target}: it was read from \"{}\", which is gone", names.join("\", \""))),
    );
    match voice.format {
        FormatArg::Json => {
            let document = serde_json::json!({
                "mapping": text, "written": args.write, "changes": changes, "to_decide": open, "exit_code": 0,
            });
            terminal::say(&format!("{document}\n"));
        }
        FormatArg::Human => conclude(args, voice, &study.roster, &text, &open),
    }
    Ok(0)
}

/// Refuses a path before anything is asked, so that no answer is in vain.
fn may_write(path: &Path, args: &MapArgs, asks: bool) -> Result<(), Failure> {
    refuse_special(path).and_then(|()| refuse_roster(path, &args.roster.roster)).map_err(report_failure)?;
    if args.yes || path.symlink_metadata().is_err() {
        return Ok(());
    }
    let there = format!("{} is there already", path.display());
    if asks && terminal::ask(&format!("{there}. Type yes to replace it:")).eq_ignore_ascii_case("yes") {
        return Ok(());
    }
    Err(Failure::usage(format!("{there}; it was not touched")).hint("name another file, or replace it with --yes"))
}

/// A roster under study: what has been decided of it so far.
struct Study {
    roster: Roster,
    sample: Vec<Row>,
    file: MappingFile,
    /// Columns that told who is left out, and that are gone, with the words that said so.
    tellers_gone: Vec<(String, Option<Vec<String>>)>,
    today: Date,
}

impl Study {
    fn open(args: &MapArgs) -> Result<Self, Failure> {
        let args = &args.roster;
        let mut file = match &args.mapping {
            Some(path) => MappingFile::read(path).map_err(SurveyError::from)?,
            None => MappingFile::default(),
        };
        file.adopt(&Assignments::parse(&args.set).map_err(SurveyError::from)?);
        let open = |options: &RosterOptions| Ok(roster::open(&args.roster, options, &KnownHeaders)?);
        let roster = asking_for_sheet(args, open)?;
        let sample = roster.sample(SAMPLE)?;
        Ok(Study { roster, sample, file, tellers_gone: Vec::new(), today: jiff::ZonedDateTime::now().date() })
    }

    /// Fits an earlier mapping file to the roster as it is now; gives back what has changed.
    ///
    /// A new name of a column that is read is taken over only where a person says so; without one, the columns are recognised
    /// anew. Who was left out stays left out: a probable new name is taken for that, and where there is none, a person has to
    /// say what tells it now.
    fn fit(&mut self, asks: bool) -> Result<Vec<String>, Failure> {
        let headers = self.roster.source().headers.clone();
        let changes = self.file.changes(&headers);
        let mut renamed = Vec::new();
        for name in &changes.renamed {
            let question = || format!("\"{}\" is gone. Is \"{}\" its new name? [Y/n]", name.from, name.to);
            let told_who_left = self.file.skip.iter().any(|(header, _)| *header == name.from);
            if asks && person::yes(&mut AtTerminal, &question())? || !asks && told_who_left {
                renamed.push(name.clone());
            }
        }
        self.tellers_gone = self.file.tellers_gone(&headers, &renamed);
        if let (false, Some((gone, _))) = (asks, self.tellers_gone.first()) {
            let name = &self.file.name;
            return Err(Failure::usage(format!(
                "\"{gone}\" told who is left out, and the roster does not have it any more; nothing was written"
            ))
            .hint(format!(
                "run map at a terminal, where it asks which column tells it now; or write into {name}, [skip], the new header \
                 with the words that leave a row out, and take \"{gone}\" out of [skip] and [roster]"
            )));
        }
        self.file.fit(&headers, &renamed);
        Ok(changes.lines())
    }

    fn interview(&mut self, person: &mut dyn Person) -> Result<(), Failure> {
        person.tell(
            "Only what cannot be known is asked. Enter takes what stands in square brackets; Ctrl-C ends, and nothing is \
             written.",
        );
        leavers::ask(person, self)?;
        columns::ask(person, self)?;
        let plan = self.plan()?;
        let texts = self.texts(&plan)?;
        values::ask(person, &mut self.file, &texts.values)?;
        roles::ask(person, &mut self.file, &plan, &texts.roles)?;
        let plan = self.plan()?;
        profiles::ask(person, &mut self.file, &plan, &texts.roles)
    }

    fn plan(&self) -> Result<ColumnPlan, Failure> {
        let headers = &self.roster.source().headers;
        let plan = ColumnPlan::new(headers, &self.sample, &self.file, &Assignments::default());
        Ok(plan.map_err(SurveyError::from)?.as_of(self.today))
    }

    /// The words of the whole roster that may have to be explained.
    fn texts(&self, plan: &ColumnPlan) -> Result<RosterTexts, Failure> {
        let mut texts = RosterTexts::default();
        for item in self.roster.rows()? {
            if let RosterItem::Row(row) = item? {
                texts.add(plan, &row);
            }
        }
        Ok(texts)
    }

    /// Up to three different values of a column.
    fn samples(&self, column: usize) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for text in self.sample.iter().map(|row| person::shown(row.cell_text(column))) {
            if values.len() < 3 && !text.is_empty() && !values.contains(&text) {
                values.push(text);
            }
        }
        values
    }
}

/// What is left to decide in the file as it is written, a line each.
fn open_questions(plan: &ColumnPlan, texts: &RosterTexts) -> Vec<String> {
    let mut open: Vec<String> =
        plan.questions().iter().map(|question| format!("{}: {}", question.target, question.why)).collect();
    let asked = |name: &str| plan.questions().iter().any(|question| question.target.name() == name);
    for field in plan.unfed().into_iter().filter(|field| !PROFILE_FIELDS.contains(field) && !asked(field.name())) {
        open.push(format!("{field}: {}", super::view::way_out(field)));
    }
    let words = texts.values.iter().flat_map(|(field, words)| words.keys().map(move |word| (field, word)));
    open.extend(words.map(|(field, word)| format!("{field}: \"{}\" is no word known for it", person::shown(word))));
    let unknown = texts.roles.keys().filter(|text| plan.role_of(text).is_none());
    open.extend(
        unknown.map(|text| format!("clinic_role: \"{}\" is none that is known for certain", person::shown(text))),
    );
    open
}

fn conclude(args: &MapArgs, voice: &VoiceArgs, roster: &Roster, text: &str, open: &[String]) {
    let Some(path) = &args.write else {
        terminal::say(text);
        return;
    };
    if voice.quiet && open.is_empty() {
        return;
    }
    let check = super::next::check(&roster.source().path, roster.options(), Some(path));
    let left = match open.len() {
        0 => "Nothing is left to decide.".to_owned(),
        1 => "One thing is left to decide; it stands in it after \"# To decide\".".to_owned(),
        number => format!("{number} things are left to decide; they stand in it after \"# To decide\"."),
    };
    terminal::say(&format!("Written to {}. {left}\nRead it through, then: {check}\n", path.display()));
}
