//! Shows the proposed level and permissions by role, and lets a person change them.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::person::{Person, answer};
use crate::cli::failure::Failure;
use crate::mapping::{ColumnPlan, FOR_ADMINS, MappingFile, PROFILE_FIELDS, ProfileValue, Profiles, WITH_NPI};
use crate::staff::{ClinicRole, Field};

/// Proposes what no column tells, until it is accepted.
pub(super) fn ask(
    person: &mut dyn Person,
    file: &mut MappingFile,
    plan: &ColumnPlan,
    texts: &BTreeMap<String, u64>,
) -> Result<(), Failure> {
    let unfed: Vec<Field> = plan.unfed().into_iter().filter(|field| PROFILE_FIELDS.contains(field)).collect();
    if unfed.is_empty() {
        return Ok(());
    }
    let mut people: BTreeMap<ClinicRole, u64> = BTreeMap::new();
    for (text, rows) in texts {
        if let Some(role) = plan.role_of(text) {
            *people.entry(role).or_default() += rows;
        }
    }
    let mut profiles = Profiles::least(&unfed, people.keys().copied());
    person.tell(&introduction(&unfed));
    loop {
        person.tell(&table(&profiles, &unfed, &people));
        let typed = answer(person, "Take it so? Enter, or the number of a line, or a clinic role, to change it:")?;
        if typed.is_empty() || matches!(typed.to_lowercase().as_str(), "y" | "yes") {
            match profiles.admins_without_dashboard().as_slice() {
                [] => break,
                [role, ..] => person.tell(&format!(
                    "An admin must have access to the dashboard. For {}, write has_dashboard_access=yes, or level=member.",
                    name(*role)
                )),
            }
            continue;
        }
        match line(&typed, &profiles) {
            Some(role) => change(person, &mut profiles, role, &unfed)?,
            None => person.tell("That is neither the number of a line nor a clinic role."),
        }
    }
    file.add_profiles(&profiles);
    Ok(())
}

/// `a`, `a and b`, `a, b and c`.
fn listed(fields: &[Field]) -> String {
    let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(""),
    }
}

/// What is not told, and what the proposal is.
fn introduction(unfed: &[Field]) -> String {
    let what = match unfed.len() {
        all if all == PROFILE_FIELDS.len() => "level and permissions".to_owned(),
        _ => listed(unfed),
    };
    let mut text = format!(
        "\nThe roster does not tell everybody's {what}. Proposed is the least that each role needs\nfor its work"
    );
    text.push_str(if unfed.contains(&Field::Level) { "; nobody is proposed as an admin." } else { "." });
    if unfed.contains(&Field::CanCreateReports) {
        text.push_str(" \"with-npi\" means: those who have an NPI.");
    }
    text
}

/// The role of a line; the last line is everybody else's. A role without a line gets one when it is changed.
fn line(typed: &str, profiles: &Profiles) -> Option<Option<ClinicRole>> {
    if let Ok(number) = typed.parse::<usize>() {
        let at = number.checked_sub(1)?;
        let lines = profiles.by_role.keys().copied().map(Some).chain([None]);
        return lines.into_iter().nth(at);
    }
    if typed.eq_ignore_ascii_case("everybody else") {
        return Some(None);
    }
    ClinicRole::parse(typed).ok().map(Some)
}

fn change(
    person: &mut dyn Person,
    profiles: &mut Profiles,
    role: Option<ClinicRole>,
    unfed: &[Field],
) -> Result<(), Failure> {
    let example = match unfed {
        [Field::Level, ..] => "level=admin has_dashboard_access=yes".to_owned(),
        [field, ..] => format!("{field}=yes"),
        [] => return Ok(()),
    };
    let question = format!("{}: what is to be otherwise? As in {example} (Enter: nothing):", name(role));
    loop {
        let typed = answer(person, &question)?;
        // All of it or nothing of it: half a change is nobody's intention.
        let mut changed = profiles.clone();
        let mut words = typed.split([' ', ',', ';']).filter(|word| !word.is_empty());
        match words.try_for_each(|word| changed.assign(role, word)) {
            Ok(()) => {
                *profiles = changed;
                return Ok(());
            }
            Err(why) => person.tell(&why),
        }
    }
}

fn name(role: Option<ClinicRole>) -> &'static str {
    role.map_or("everybody else", ClinicRole::as_str)
}

fn table(profiles: &Profiles, fields: &[Field], people: &BTreeMap<ClinicRole, u64>) -> String {
    let lines: Vec<Option<ClinicRole>> = profiles.by_role.keys().copied().map(Some).chain([None]).collect();
    let width = lines.iter().map(|role| name(*role).len()).max().unwrap_or(0);
    let mut text = format!("\n      {:width$}  people", "");
    for field in fields {
        let _ = write!(text, "  {:width$}", field.name(), width = column_width(*field));
    }
    for (number, role) in lines.iter().enumerate() {
        let count: u64 = match role {
            Some(role) => people.get(role).copied().unwrap_or(0),
            None => people.iter().filter(|(role, _)| !profiles.by_role.contains_key(role)).map(|(_, rows)| rows).sum(),
        };
        let _ = write!(text, "\n  {:>2}  {:width$}  {count:>6}", number + 1, name(*role));
        for field in fields {
            let _ = write!(text, "  {:width$}", word(profiles.of(*role).get(*field)), width = column_width(*field));
        }
        text.truncate(text.trim_end().len());
    }
    text
}

/// Room for the name and for the longest word below it.
fn column_width(field: Field) -> usize {
    field.name().len().max(WITH_NPI.len())
}

fn word(value: Option<&ProfileValue>) -> &str {
    match value {
        Some(ProfileValue::WithNpi) => WITH_NPI,
        Some(ProfileValue::ForAdmins) => FOR_ADMINS,
        Some(ProfileValue::Always(text)) if text == "true" => "yes",
        Some(ProfileValue::Always(text)) if text == "false" => "no",
        Some(ProfileValue::Always(text)) => text,
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::person::testing::Scripted;
    use super::*;
    use crate::mapping::Assignments;

    fn session(answers: &[&'static str]) -> (MappingFile, String) {
        let headers = ["Email".to_owned(), "Job Title".to_owned()];
        let mut file = MappingFile::default();
        let plan = ColumnPlan::new(&headers, &[], &file, &Assignments::default()).unwrap();
        let texts = [("Radiologist", 3), ("IT Administrator", 1), ("Scribe", 9)];
        let texts = texts.map(|(text, rows)| (text.to_owned(), rows)).into();
        let mut person = Scripted::new(answers);
        ask(&mut person, &mut file, &plan, &texts).unwrap();
        assert!(person.answers.is_empty(), "not asked: {:?}", person.answers);
        (file, person.heard)
    }

    #[test]
    fn only_what_is_not_told_is_introduced() {
        assert!(introduction(&PROFILE_FIELDS).contains("level and permissions. Proposed"));
        let some = introduction(&[Field::CanManageStudies, Field::HasDashboardAccess]);
        assert!(some.contains("everybody's can_manage_studies and has_dashboard_access. Proposed"), "{some}");
        assert!(!some.contains("admin") && !some.contains("with-npi"), "{some}");
    }

    #[test]
    fn the_proposal_is_taken_with_enter() {
        let (file, heard) = session(&[""]);
        assert!(heard.contains("1  Radiologist          3  member    with-npi            yes"), "{heard}");
        assert!(heard.contains("2  everybody else      10  member    no"), "{heard}");
        assert_eq!(file.profiles.len(), 1);
    }

    #[test]
    fn lines_are_changed_and_added() {
        let admin = ["IT Administrator", "level=admin", "", "2", "has_dashboard_access=yes"];
        // What cannot be is asked again, until Enter.
        let everybody_else = ["3", "level=owner", "", ""];
        let (file, heard) = session(&[admin.as_slice(), &everybody_else].concat());
        assert!(heard.contains("An admin must have access"), "{heard}");
        assert!(heard.contains("Write admin or member."), "{heard}");
        let own = &file.profiles[&ClinicRole::ITAdministrator];
        assert_eq!(own.get(Field::Level), Some(&ProfileValue::Always("admin".to_owned())));
        assert_eq!(file.default_profile.get(Field::Level), Some(&ProfileValue::Always("member".to_owned())));
    }
}
