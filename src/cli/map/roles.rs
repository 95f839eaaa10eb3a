//! Asks what the roster's own role words mean.

use std::collections::BTreeMap;

use super::person::{Person, answer, shown};
use crate::cli::failure::Failure;
use crate::mapping::{ColumnPlan, MappingFile, RoleReading};
use crate::staff::ClinicRole;

/// What an answer can be.
enum Answer {
    Role(ClinicRole),
    /// Left open: the rows are not sent, and the file says so.
    Open,
    /// This one and all that follow.
    AllOpen,
    /// Not understood; these may be meant.
    Unclear(Vec<ClinicRole>),
}

/// Asks about every role text that is unknown or could be several, the most frequent first.
pub(super) fn ask(
    person: &mut dyn Person,
    file: &mut MappingFile,
    plan: &ColumnPlan,
    texts: &BTreeMap<String, u64>,
) -> Result<(), Failure> {
    let mut open: Vec<(&String, u64)> =
        texts.iter().filter(|(text, _)| plan.role_of(text).is_none()).map(|(text, rows)| (text, *rows)).collect();
    open.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    if open.is_empty() {
        return Ok(());
    }
    let those = if open.len() == 1 { "One role text".to_owned() } else { format!("{} role texts", open.len()) };
    person.tell(&format!(
        "\n{those} of the roster could not be turned into one of AutoScribe's 61 clinic roles for certain.\n\
         Answer with a number or the name of a clinic role (? lists all 61); \"all\" leaves this one and those that follow open."
    ));
    for (text, rows) in open {
        match ask_one(person, plan, text, rows)? {
            Some(Some(role)) => file.decide_role(text, role),
            Some(None) => {}
            None => return Ok(()),
        }
    }
    Ok(())
}

/// The role; `Some(None)` where this one is left open, `None` where all are.
fn ask_one(
    person: &mut dyn Person,
    plan: &ColumnPlan,
    text: &str,
    rows: u64,
) -> Result<Option<Option<ClinicRole>>, Failure> {
    let reading = plan.reading_of(text);
    let doubt = if matches!(reading, RoleReading::Ambiguous(_)) { "could be several" } else { "is not known" };
    let mut likely = reading.roles();
    for role in ClinicRole::nearest(text, 3).into_iter().chain([ClinicRole::Other]) {
        if !likely.contains(&role) {
            likely.push(role);
        }
    }
    let noun = if rows == 1 { "row" } else { "rows" };
    person.tell(&format!("\n\"{}\" ({rows} {noun}) {doubt}:", shown(text)));
    loop {
        let menu = likely.iter().enumerate().map(|(number, role)| format!("  {:>2}  {role}", number + 1));
        person.tell(&menu.collect::<Vec<_>>().join("\n"));
        match understand(plan, &answer(person, "Which is it? [leave it open: these rows are not sent]")?, &likely) {
            Answer::Role(role) => return Ok(Some(Some(role))),
            Answer::Open => return Ok(Some(None)),
            Answer::AllOpen => return Ok(None),
            Answer::Unclear(near) if near.is_empty() => person.tell("The 61 clinic roles are:"),
            Answer::Unclear(near) => {
                person.tell("That is none of the 61 clinic roles. The nearest are:");
                likely = near;
                continue;
            }
        }
        likely = ClinicRole::ALL.to_vec();
    }
}

fn understand(plan: &ColumnPlan, typed: &str, likely: &[ClinicRole]) -> Answer {
    if typed.is_empty() {
        return Answer::Open;
    }
    if typed == "?" {
        return Answer::Unclear(Vec::new());
    }
    if typed.eq_ignore_ascii_case("all") {
        return Answer::AllOpen;
    }
    let numbered = typed.parse::<usize>().ok().and_then(|number| likely.get(number.checked_sub(1)?).copied());
    // A title is as good an answer as in a roster, and as doubtful.
    let reading = plan.reading_of(typed);
    match numbered.or_else(|| ClinicRole::parse(typed).ok()).or_else(|| reading.certain()) {
        Some(role) => Answer::Role(role),
        None => {
            let typed_in = |role: &ClinicRole| role.as_str().to_lowercase().contains(&typed.to_lowercase());
            let mut near: Vec<ClinicRole> = ClinicRole::ALL.into_iter().filter(typed_in).collect();
            for role in reading.roles().into_iter().chain(ClinicRole::nearest(typed, 3)) {
                if !near.contains(&role) {
                    near.push(role);
                }
            }
            Answer::Unclear(near)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::person::testing::Scripted;
    use super::*;
    use crate::mapping::Assignments;

    fn session(answers: &[&'static str], texts: &[(&str, u64)]) -> (MappingFile, String) {
        let headers = ["Email".to_owned(), "Job Title".to_owned()];
        let mut file = MappingFile::default();
        let plan = ColumnPlan::new(&headers, &[], &file, &Assignments::default()).unwrap();
        let texts = texts.iter().map(|(text, rows)| ((*text).to_owned(), *rows)).collect();
        let mut person = Scripted::new(answers);
        ask(&mut person, &mut file, &plan, &texts).unwrap();
        assert!(person.answers.is_empty(), "not asked: {:?}", person.answers);
        (file, person.heard)
    }

    fn decided(file: &MappingFile) -> Vec<(&str, ClinicRole)> {
        file.role_words.iter().map(|(word, role)| (word.as_str(), *role)).collect()
    }

    #[test]
    fn only_what_is_not_certain_is_asked_the_most_frequent_first() {
        let (file, heard) = session(&["1", "it support"], &[("Tech", 9), ("Radiologist", 4), ("Wizard", 2)]);
        assert_eq!(decided(&file), [("Tech", ClinicRole::ImagingTechnologist), ("Wizard", ClinicRole::ITSupport)]);
        assert!(heard.contains("\"Tech\" (9 rows) could be several"), "{heard}");
    }

    #[test]
    fn a_slip_of_the_pen_is_met_with_the_nearest_roles() {
        let (file, heard) = session(&["Raadiologst", "1", "rad tech"], &[("Witch", 1), ("Wizard", 2)]);
        let roles = [("Wizard", ClinicRole::Radiologist), ("Witch", ClinicRole::ImagingTechnologist)];
        assert_eq!(decided(&file), roles);
        let (_, all) = session(&["?", "technologist", "1"], &[("Wizard", 1)]);
        assert!(
            all.contains("61 clinic roles are:") && all.contains("The nearest are:\n   1  Imaging Technologist"),
            "{all}"
        );
        assert!(heard.contains("The nearest are:\n   1  Radiologist"), "{heard}");
    }

    #[test]
    fn what_is_left_open_stays_open() {
        let (file, _) = session(&["", "all"], &[("Wizard", 3), ("Witch", 2), ("Warlock", 1)]);
        assert!(decided(&file).is_empty());
    }
}
