//! What stands between a slip of the hand and two thousand e-mails: guards and the question before sending.

use super::failure::Failure;
use super::terminal;
use crate::settings::Allowed;
use crate::survey::Survey;

/// So many admins are never refused.
const ADMINS_ALWAYS_FINE: u64 = 5;

/// Refuses what looks like a slip: many admins, or `--set` that makes everybody an admin or a report creator.
///
/// # Errors
/// Exit 8, when nobody confirms the number.
pub fn check(survey: &Survey, set: &crate::mapping::Assignments, allowed: Allowed) -> Result<(), Failure> {
    use crate::staff::Field;
    let counts = survey.counts;
    let set_to = |field, value: &str| set.get(field).is_some_and(|given| given.trim().eq_ignore_ascii_case(value));
    let creates = set.get(Field::CanCreateReports).and_then(crate::staff::parse_boolean) == Some(true);
    let everybody_admin = set_to(Field::Level, "admin") && counts.admins == counts.ready && counts.ready > 0;
    let many_admins = counts.admins > ADMINS_ALWAYS_FINE && counts.admins * 10 > survey.rows;
    if (everybody_admin || many_admins) && !allowed.admins {
        let what =
            format!("{} of {} rows would become admins, who manage users and settings", counts.admins, survey.rows);
        confirm_number(&what, counts.admins, "admins")?;
    }
    let everybody_creates = creates && counts.report_creators == counts.ready && counts.ready > 0;
    if everybody_creates && !allowed.reports {
        let what = format!(
            "--set can_create_reports gives all {} people to be invited the right to create and sign reports",
            counts.report_creators
        );
        confirm_number(&what, counts.report_creators, "reports")?;
    }
    Ok(())
}

fn confirm_number(what: &str, number: u64, guard: &str) -> Result<(), Failure> {
    let refused = || {
        Failure::with_code(8, format!("{what}; nothing was sent"))
            .hint(format!("correct the roster or the mapping, or, if it is meant so, add --allow {guard}"))
    };
    if !terminal::can_ask() {
        return Err(refused());
    }
    let answer = terminal::ask(&format!("{what}.\nIf it is meant so, type the number {number}:"));
    if answer == number.to_string() { Ok(()) } else { Err(refused()) }
}

/// Asks before people are sent e-mails.
///
/// # Errors
/// Exit 2: nobody to ask, or the answer was no.
pub fn confirm_sending(people: u64, base: &str) -> Result<(), Failure> {
    if !terminal::can_ask() {
        return Err(Failure::usage(
            "sending needs a confirmation, and there is no terminal to ask on; nothing was sent",
        )
        .hint("look at the output of check, then add --yes"));
    }
    let noun = if people == 1 { "person" } else { "people" };
    let answer = terminal::ask(&format!(
        "Invite {people} {noun} at {base}, but for those who were invited before? Each gets a real e-mail. Type yes to send:"
    ));
    if answer.eq_ignore_ascii_case("yes") { Ok(()) } else { Err(Failure::usage("not confirmed; nothing was sent")) }
}

/// Asks before something that cannot be undone.
///
/// # Errors
/// Exit 2: nobody to ask, or the answer was no. `otherwise` says what was left as it is.
pub fn confirm(question: &str, otherwise: &str) -> Result<(), Failure> {
    if !terminal::can_ask() {
        let message = format!("this needs a confirmation, and there is no terminal to ask on; {otherwise}");
        return Err(Failure::usage(message).hint("add --yes if it is meant so"));
    }
    if terminal::ask(question).eq_ignore_ascii_case("yes") {
        Ok(())
    } else {
        Err(Failure::usage(format!("not confirmed; {otherwise}")))
    }
}
