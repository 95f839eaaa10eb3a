//! A survey as people and scripts are shown it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::mapping::Target;
use crate::report::places::Places;
use crate::report::preview::{Preview, Question, RosterFacts, Source};
use crate::staff::{ClinicRole, Field};
use crate::survey::Survey;

/// The preview of a survey.
pub fn preview(survey: &Survey) -> Preview {
    let source = survey.opened.roster.source();
    let plan = &survey.opened.plan;
    Preview {
        roster: RosterFacts::of(source, survey.rows),
        sources: sources(survey),
        questions: questions(survey),
        ignored: plan.ignored().into_iter().map(str::to_owned).collect(),
        ignored_names: plan.ignored_by_name(),
        roles: survey.roles.iter().map(|(text, role)| (text.clone(), role.map(|role| role.as_str()))).collect(),
        undecided: !undecided(survey).is_empty(),
        counts: survey.counts,
        left_out: survey.left_out.clone(),
        duplicates: survey.duplicates.clone(),
        notes: notes(survey),
        first_problems: survey.first_problems.clone(),
        problems: survey.problems,
        warnings: [survey.warnings.lines(survey.people.shared_npis()), roles_without_profile(survey)].concat(),
    }
}

fn sources(survey: &Survey) -> Vec<Source> {
    let plan = &survey.opened.plan;
    let read = plan.sources().into_iter().zip(plan.sources_by_name());
    read.map(|((target, headers), (_, names))| Source { target: target.to_string(), headers, names }).collect()
}

fn questions(survey: &Survey) -> Vec<Question> {
    let plan = &survey.opened.plan;
    let unfed = plan.unfed();
    let asked = plan.questions().iter().map(|question| Question {
        field: question.target.to_string(),
        headers: question.headers.clone(),
        why: question.why.clone(),
        may_wait: !question.blocking && !unfed.iter().any(|field| field.name() == question.target.name()),
    });
    let unasked = unfed.iter().filter(|field| !asked_for(survey, **field)).map(|field| Question {
        field: field.name().to_owned(),
        why: way_out(*field),
        ..Question::default()
    });
    asked.chain(unasked).collect()
}

/// What has to be decided before anything can be sent.
pub fn undecided(survey: &Survey) -> Vec<Question> {
    questions(survey).into_iter().filter(|question| !question.may_wait).collect()
}

/// A role that is new since the mapping file was written gets what everybody else gets, which may be too little for its work.
fn roles_without_profile(survey: &Survey) -> Vec<String> {
    let roles = survey.opened.plan.short_of_a_profile(survey.roles.values().copied().flatten());
    let warning = |(role, more): (ClinicRole, Vec<String>)| {
        format!(
            "the mapping file has no [profiles.\"{role}\"], so [profiles.default] holds for that role; its work usually needs \
             {} too",
            more.join(", ")
        )
    };
    roles.into_iter().map(warning).collect()
}

/// A question about this field, or about the whole name that it is a part of, says already that it is undecided.
fn asked_for(survey: &Survey, field: Field) -> bool {
    let whole = matches!(field, Field::FirstName | Field::LastName).then_some(Target::FullName);
    let targets = [Some(Target::Field(field)), whole];
    survey.opened.plan.questions().iter().any(|question| targets.contains(&Some(question.target)))
}

/// How a required field that no column feeds can be fed.
pub fn way_out(field: Field) -> String {
    match field {
        Field::Email => {
            "no column of this roster holds people's own e-mail addresses; add one, or name it in the mapping \
                         file under [columns]"
                .to_owned()
        }
        Field::FirstName | Field::LastName => {
            "no column of this roster holds it; add one, or name it in the mapping file under [columns]".to_owned()
        }
        Field::ClinicRole => "no column of this roster tells what people do; name one in the mapping file under \
                              [columns], or give everybody the same with --set clinic_role=Other"
            .to_owned(),
        Field::Level => {
            "no column tells who is an admin, and nothing is assumed; --set level=member makes everybody a \
                         member, a mapping file can say it by role under [profiles]"
                .to_owned()
        }
        field => format!(
            "no column tells it, and nothing is assumed; --set {field}=false (or =true) decides it for everybody, a mapping \
             file can say it by role under [profiles]"
        ),
    }
}

fn notes(survey: &Survey) -> Vec<String> {
    let mut notes = survey.opened.roster.source().notes.clone();
    notes.extend(survey.opened.plan.origin_notes());
    let skips = most_frequent(&survey.skips, Places::rows);
    notes.extend(skips.into_iter().map(|(why, rows)| {
        let places = survey.skips.get(why).map(|places| format!(" ({})", places.shown())).unwrap_or_default();
        format!("{rows} {} left out: {why}{places}.", if rows == 1 { "row" } else { "rows" })
    }));
    notes.extend(idle_rules(survey));
    let cleanings = most_frequent(&survey.cleanings, |times| *times);
    notes.extend(cleanings.into_iter().map(|(what, times)| format!("{times} × {what}.")));
    notes
}

/// Columns of `[skip]` of which no row has a word: a slip of the pen looks like that, and so does a quiet night.
fn idle_rules(survey: &Survey) -> impl Iterator<Item = String> {
    survey.idle_skips.left().map(|(header, words)| {
        let words = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
        format!("No row has {words} in \"{header}\" ([skip] in the mapping file).")
    })
}

/// How many remarks of a kind are shown.
const SHOWN: usize = 8;

/// The remarks that were made most often, and how often; the others in one.
fn most_frequent<T>(remarks: &BTreeMap<String, T>, number: fn(&T) -> u64) -> Vec<(&str, u64)> {
    let mut remarks: Vec<_> = remarks.iter().map(|(remark, what)| (remark.as_str(), number(what))).collect();
    remarks.sort_by_key(|(_, number)| Reverse(*number));
    let hidden: u64 = remarks.iter().skip(SHOWN).map(|(_, number)| number).sum();
    remarks.truncate(SHOWN);
    remarks.extend((hidden > 0).then_some(("others like these", hidden)));
    remarks
}

/// The `--set` that gives everybody the least of a field, where there is one.
pub fn least(field: Field) -> Option<String> {
    match field {
        Field::Level => Some("--set level=member".to_owned()),
        field if field.is_permission() => Some(format!("--set {field}=false")),
        _ => None,
    }
}
