//! Asks which columns hold what is not certain.

use super::Study;
use super::person::{Person, answer};
use crate::cli::failure::Failure;
use crate::mapping::{ColumnPlan, Target};
use crate::staff::{ClinicRole, Field};

/// Something to be asked about a target.
struct Inquiry {
    target: Target,
    /// Why it is asked.
    reason: String,
    /// The columns to choose from.
    columns: Vec<usize>,
    /// Enter is no answer: without one, nothing can be sent.
    blocking: bool,
}

/// Asks until every column is decided. Each answer is looked at before the next question, which it may have settled.
pub(super) fn ask(person: &mut dyn Person, study: &mut Study) -> Result<(), Failure> {
    loop {
        let plan = study.plan()?;
        let Some(inquiry) = next(&plan, study) else { return Ok(()) };
        present(person, &plan, &inquiry, study);
        answer_one(person, &plan, &inquiry, study)?;
    }
}

/// The next thing to ask: what the plan asks, then what nothing feeds.
fn next(plan: &ColumnPlan, study: &Study) -> Option<Inquiry> {
    let asked = plan.questions().first().map(|question| Inquiry {
        target: question.target,
        reason: question.reason.clone(),
        columns: question.columns.clone(),
        blocking: question.blocking,
    });
    asked.or_else(|| lost(plan)).or_else(|| {
        let unfed = plan.unfed();
        let wanting = |field: &Field| !study.file.decides(Target::Field(*field)) && !by_profile(*field);
        let nameless = unfed.contains(&Field::FirstName) && unfed.contains(&Field::LastName);
        let target = match unfed.into_iter().find(wanting)? {
            Field::FirstName | Field::LastName if nameless && !study.file.decides(Target::FullName) => Target::FullName,
            field => Target::Field(field),
        };
        let reason = match target {
            Target::FullName => "No column is known to hold people's names. Is there one that holds the whole name?",
            _ => "No column is known to hold it.",
        };
        let (reason, columns) = (reason.to_owned(), plan.unread());
        Some(Inquiry { target, reason, columns, blocking: false })
    })
}

/// What was read from a column that is gone, and is read from no other now.
fn lost(plan: &ColumnPlan) -> Option<Inquiry> {
    let (target, names) = plan.lost().next()?;
    let reason = format!("It was read from \"{}\", which is gone.", names.join("\", \""));
    Some(Inquiry { target, reason, columns: plan.unread(), blocking: false })
}

/// Level and permissions are decided by role, later.
fn by_profile(field: Field) -> bool {
    field == Field::Level || field.is_permission()
}

fn present(person: &mut dyn Person, plan: &ColumnPlan, inquiry: &Inquiry, study: &Study) {
    let columns = listed(plan, study, &inquiry.columns);
    person.tell(&format!("\n{}: {}{columns}\n   0  none: it is left unread", inquiry.target, inquiry.reason));
}

/// Columns to choose from, a numbered line each, with some of their values.
pub(super) fn listed(plan: &ColumnPlan, study: &Study, columns: &[usize]) -> String {
    let names: Vec<String> = columns.iter().map(|column| plan.name_of(*column)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
    let mut text = String::new();
    for (number, (column, name)) in columns.iter().zip(&names).enumerate() {
        let samples = study.samples(*column);
        let values = if samples.is_empty() { "(blank)".to_owned() } else { samples.join(" | ") };
        text.push_str(&format!("\n  {:>2}  {name:width$}  {values}", number + 1));
    }
    text
}

fn answer_one(person: &mut dyn Person, plan: &ColumnPlan, inquiry: &Inquiry, study: &mut Study) -> Result<(), Failure> {
    let target = inquiry.target;
    let role = target == Target::Field(Field::ClinicRole);
    let more = if role { ", or one clinic role for everybody" } else { "" };
    let default = if inquiry.blocking { "" } else { " [0]" };
    let question =
        format!("Which column is {target}? A number, several in the order to try, or a header{more}{default}:");
    loop {
        let typed = answer(person, &question)?;
        if let (true, Ok(role)) = (role, ClinicRole::parse(&typed)) {
            study.file.decide_column(target, Vec::new());
            study.file.decide_default(Field::ClinicRole, role.as_str());
            return Ok(());
        }
        match chosen(&typed, plan, &inquiry.columns, inquiry.blocking) {
            Ok(columns) => {
                let taken = columns.iter().find_map(|column| Some((*column, plan.reader_of(*column)?)));
                if let Some((column, reader)) = taken.filter(|(_, reader)| *reader != target) {
                    person.tell(&format!("\"{}\" is read for {reader} already; name another.", plan.name_of(column)));
                    continue;
                }
                study.file.decide_column(target, columns.iter().map(|column| plan.name_of(*column)).collect());
                return Ok(());
            }
            Err(why) => person.tell(&why),
        }
    }
}

/// The columns that an answer means.
pub(super) fn chosen(typed: &str, plan: &ColumnPlan, columns: &[usize], blocking: bool) -> Result<Vec<usize>, String> {
    if typed == "0" || (typed.is_empty() && !blocking) {
        return Ok(Vec::new());
    }
    let headers = plan.headers().iter().enumerate();
    let named: Vec<usize> = headers
        .filter(|(column, header)| {
            let same = |name: &str| name.trim().to_lowercase() == typed.to_lowercase();
            !typed.is_empty() && (same(header) || same(&plan.name_of(*column)))
        })
        .map(|(column, _)| column)
        .collect();
    match named.as_slice() {
        [column] => return Ok(vec![*column]),
        [] => {}
        several => {
            let names = several.iter().map(|column| format!("\"{}\"", plan.name_of(*column))).collect::<Vec<_>>();
            return Err(format!("There are several: {}. Type one of these.", names.join(", ")));
        }
    }
    let words = typed.split([',', ' ', ';']).filter(|word| !word.is_empty());
    let number = |word: &str| word.parse::<usize>().ok()?.checked_sub(1).and_then(|at| columns.get(at).copied());
    let mut picked: Vec<usize> = words.map(number).collect::<Option<_>>().ok_or_else(|| not_there(columns))?;
    let mut seen = Vec::new();
    picked.retain(|column| {
        !seen.contains(column) && {
            seen.push(*column);
            true
        }
    });
    if picked.is_empty() { Err(not_there(columns)) } else { Ok(picked) }
}

fn not_there(columns: &[usize]) -> String {
    match columns.len() {
        0 => "Type a header of the roster, or 0 for none.".to_owned(),
        1 => "Type 1, a header of the roster, or 0 for none.".to_owned(),
        most => format!("Type a number from 1 to {most}, a header of the roster, or 0 for none."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Assignments, MappingFile};

    /// What an answer means, by header: the question is about the first two of these columns.
    fn means(typed: &str, blocking: bool) -> Result<Vec<String>, String> {
        let headers = ["Contact Email", "Login", "Phone", "Phone", "3"].map(str::to_owned);
        let plan = ColumnPlan::new(&headers, &[], &MappingFile::default(), &Assignments::default()).unwrap();
        Ok(chosen(typed, &plan, &[0, 1], blocking)?.into_iter().map(|column| plan.name_of(column)).collect())
    }

    #[test]
    fn numbers_headers_and_none_are_answers() {
        assert_eq!(means("2", true).unwrap(), ["Login"]);
        assert_eq!(means("2, 1 2", true).unwrap(), ["Login", "Contact Email"]);
        assert_eq!(means("contact email", true).unwrap(), ["Contact Email"]);
        assert_eq!(means("phone #2", true).unwrap(), ["Phone #2"]);
        // A header that is a number is the header.
        assert_eq!(means("3", true).unwrap(), ["3"]);
        assert!(means("0", true).unwrap().is_empty() && means("", false).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_answer_is_met_with_what_can_be_one() {
        for typed in ["", "7", "1,9", "Mail", ",", "-1", "99999999999999999999"] {
            assert_eq!(
                means(typed, true).unwrap_err(),
                "Type a number from 1 to 2, a header of the roster, or 0 for none."
            );
        }
        assert_eq!(
            means("Phone", true).unwrap_err(),
            "There are several: \"Phone #1\", \"Phone #2\". Type one of these."
        );
    }
}
