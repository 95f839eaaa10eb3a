//! What became of all rows: counts, groups of equal problems, the closing sum and the exit code.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde::Serialize;

use super::text::{count, listed};
use crate::outcome::{DETAILS_CHANGED, Outcome, Standing, Status};
use crate::validation::{CODES, Problem};

/// How many places a group of equal problems names.
const PLACES: usize = 5;

/// How many groups people are shown; the JSON has all.
const GROUPS: usize = 20;

/// What became of the rows so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    statuses: BTreeMap<Status, u64>,
    groups: BTreeMap<Kind, Group>,
}

/// What makes problems equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    code: String,
    column: Option<String>,
    /// Which details have changed is worth a line of its own.
    change: Option<String>,
}

/// Equal problems.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    rows: u64,
    places: Vec<String>,
    /// What the first of them was told.
    message: String,
    /// Others were told something else: how many digits there are, which rows it is.
    differ: bool,
}

/// The tally as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Data rows.
    pub rows: u64,
    /// How many rows ended with which status; only those that occur.
    pub statuses: BTreeMap<&'static str, u64>,
    /// Equal problems, the most frequent first.
    pub problems: Vec<ProblemGroup>,
    /// The closing sum, as text.
    pub sum: String,
}

/// Equal problems of several rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemGroup {
    /// The problem's code.
    pub code: String,
    /// The header, or the field's name, that it is about; none for the whole row.
    pub column: Option<String>,
    /// How many rows have it.
    pub count: u64,
    /// The first of them.
    pub first_rows: Vec<String>,
    /// What is wrong and what to do, as far as it holds for all of them.
    pub message: String,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Tally::default()
    }

    /// Counts a row; `problems` are those of an invalid one.
    pub fn add(&mut self, outcome: &Outcome, problems: &[Problem]) {
        *self.statuses.entry(outcome.status).or_default() += 1;
        self.add_problems(&outcome.row, problems);
        // Somebody who was invited with other details is done, but a person should know.
        let changed = outcome.error_code == DETAILS_CHANGED;
        if problems.is_empty() && (changed || outcome.status.standing() != Standing::Done) {
            let code = if outcome.error_code.is_empty() { outcome.status.as_str() } else { &outcome.error_code };
            let kind = Kind { code: code.to_owned(), column: None, change: changed.then(|| outcome.error.clone()) };
            self.add_to_group(kind, &outcome.row, &outcome.error);
        }
    }

    /// Adds a row's problems to their groups; the row itself is not counted.
    pub fn add_problems(&mut self, row: &str, problems: &[Problem]) {
        for problem in problems {
            let column = problem.label().map(str::to_owned);
            let kind = Kind { code: problem.code.to_owned(), column, change: None };
            self.add_to_group(kind, row, &problem.message);
        }
    }

    /// Counts a row whose problems are grouped elsewhere; see [`adopt_problems`](Self::adopt_problems).
    pub fn count_row(&mut self, status: Status) {
        *self.statuses.entry(status).or_default() += 1;
    }

    /// Takes over the groups of another tally.
    pub fn adopt_problems(&mut self, other: &Tally) {
        self.groups.extend(other.groups.iter().map(|(key, group)| (key.clone(), group.clone())));
    }

    fn add_to_group(&mut self, kind: Kind, row: &str, message: &str) {
        let group = self.groups.entry(kind).or_insert_with(|| Group {
            rows: 0,
            places: Vec::new(),
            message: message.to_owned(),
            differ: false,
        });
        group.rows += 1;
        group.differ |= group.message != message;
        if group.places.len() < PLACES {
            group.places.push(row.to_owned());
        }
    }

    /// There is something to tell, also if all is done.
    pub fn tells(&self) -> bool {
        !self.groups.is_empty()
    }

    /// Rows counted.
    pub fn rows(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Rows with this status.
    pub fn count(&self, status: Status) -> u64 {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// Rows whose status counts so.
    pub fn standing(&self, standing: Standing) -> u64 {
        self.statuses.iter().filter(|(status, _)| status.standing() == standing).map(|(_, rows)| rows).sum()
    }

    /// Whether every one of the roster's data rows has been counted. If not, that is a bug, and the run has failed.
    pub fn balanced(&self, data_rows: u64) -> bool {
        self.rows() == data_rows
    }

    /// 0 when all rows are done, 1 when some need attention, 3 when it is not known whether some were sent.
    pub fn exit_code(&self) -> u8 {
        match (self.standing(Standing::Unresolved), self.standing(Standing::Attention)) {
            (0, 0) => 0,
            (0, _) => 1,
            (_, _) => 3,
        }
    }

    /// `300 rows = 280 invited + 8 duplicate + 12 invalid`: the last line of a run.
    pub fn sum_line(&self) -> String {
        let parts: Vec<String> = Status::ALL
            .into_iter()
            .filter(|status| self.count(*status) > 0)
            .map(|status| format!("{} {status}", self.count(status)))
            .collect();
        let sum = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
        format!("{} = {sum}", count(self.rows(), "row", "rows"))
    }

    /// Groups of equal problems, the most frequent first.
    fn sorted_groups(&self) -> Vec<ProblemGroup> {
        let mut groups: Vec<ProblemGroup> = self
            .groups
            .iter()
            .map(|(Kind { code, column, .. }, group)| ProblemGroup {
                code: code.clone(),
                column: column.clone(),
                count: group.rows,
                first_rows: group.places.clone(),
                message: group.common_message(code),
            })
            .collect();
        groups.sort_by_key(|group| Reverse(group.count)); // stable: by code where counts are equal
        groups
    }

    /// The tally as JSON.
    pub fn summary(&self) -> Summary {
        Summary {
            rows: self.rows(),
            statuses: self.statuses.iter().map(|(status, rows)| (status.as_str(), *rows)).collect(),
            problems: self.sorted_groups(),
            sum: self.sum_line(),
        }
    }

    /// The tally for people: what needs attention, then the closing sum.
    pub fn render(&self) -> String {
        self.render_with(None, None)
    }

    /// [`render`](Self::render), with where the files are.
    pub fn render_with(&self, results: Option<&Path>, rejects: Option<&Path>) -> String {
        let mut text = String::new();
        let (changes, problems): (Vec<_>, Vec<_>) =
            self.sorted_groups().into_iter().partition(|group| group.code == DETAILS_CHANGED);
        render_groups(&mut text, "What needs attention", &problems);
        render_groups(&mut text, "What has changed since it was sent", &changes);
        let faulty = self.count(Status::Invalid) + self.count(Status::Rejected) > 0;
        let again = if faulty { "To mend and pass in again" } else { "To pass in again" };
        for (what, path) in [("Results", results), (again, rejects)] {
            if let Some(path) = path {
                let _ = writeln!(text, "{what}: {}", path.display());
            }
        }
        text.push_str(&self.sum_line());
        text.push('\n');
        text
    }
}

/// A heading and a line for each group, if there are any.
fn render_groups(text: &mut String, heading: &str, groups: &[ProblemGroup]) {
    if !groups.is_empty() {
        let _ = writeln!(text, "{heading}:");
    }
    for group in groups.iter().take(GROUPS) {
        let _ = writeln!(text, "  {}", group.render());
    }
    match groups.len().saturating_sub(GROUPS) {
        0 => {}
        1 => text.push_str("  and one rarer kind; the results file has it\n"),
        kinds => {
            let _ = writeln!(text, "  and {kinds} rarer kinds; the results file has them all");
        }
    }
}

impl Group {
    /// What holds for all of them: where the messages differ, the meaning of their code.
    fn common_message(&self, code: &str) -> String {
        let meaning = CODES.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning);
        meaning.filter(|_| self.differ).unwrap_or(&self.message).to_owned()
    }
}

impl ProblemGroup {
    /// `12 × NPI: the check digit is wrong … [npi_check_digit] rows 3, 9 and 10 more`.
    fn render(&self) -> String {
        let label = self.column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default();
        let message = if self.message.is_empty() { String::new() } else { format!("{} ", self.message) };
        let rows = if self.count == 1 { "row" } else { "rows" };
        let places = listed(&self.first_rows, self.count);
        format!("{} × {label}{message}[{}], {rows} {places}", self.count, self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::Location;
    use proptest::prelude::*;

    fn outcome(row: u64, status: Status, code: &str, error: &str) -> Outcome {
        Outcome {
            seq: row,
            row: row.to_string(),
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            status,
            same_as: None,
            user_id: None,
            error_code: code.to_owned(),
            error: error.to_owned(),
            attempts: 0,
            http_status: None,
            sent_at: None,
        }
    }

    fn npi_problem(row: u64) -> Problem {
        Problem {
            at: Location { sheet: None, row },
            column: Some("NPI".to_owned()),
            field: None,
            value: "1".to_owned(),
            code: "npi_length",
            message: "an NPI has ten digits".to_owned(),
        }
    }

    #[test]
    fn equal_problems_are_one_line_with_a_count_and_places() {
        let mut tally = Tally::new();
        tally.add(&outcome(2, Status::Invited, "", ""), &[]);
        for row in 3..11 {
            tally.add(&outcome(row, Status::Invalid, "npi_length", "…"), &[npi_problem(row)]);
        }
        tally.add(&outcome(11, Status::Rejected, "bad_request", "AutoScribe refused it"), &[]);
        assert_eq!(
            tally.render_with(Some(Path::new("staff.results.csv")), None),
            "What needs attention:\n  \
             8 × NPI: an NPI has ten digits [npi_length], rows 3, 4, 5, 6, 7 and 3 more\n  \
             1 × AutoScribe refused it [bad_request], row 11\n\
             Results: staff.results.csv\n\
             10 rows = 1 invited + 8 invalid + 1 rejected\n"
        );
        let json = serde_json::to_value(tally.summary()).unwrap();
        assert_eq!(json["statuses"]["invalid"], 8);
        assert_eq!(json["problems"][0]["first_rows"][4], "7");
    }

    #[test]
    fn where_rows_were_told_different_things_the_group_says_what_they_share() {
        let mut tally = Tally::new();
        for row in 2..4 {
            let problem =
                Problem { message: format!("row {row} has the same"), code: "npi_shared", ..npi_problem(row) };
            tally.add(&outcome(row, Status::Invalid, "npi_shared", ""), &[problem]);
        }
        let line = "2 × NPI: other rows have the same NPI with another e-mail address; none of them is sent";
        assert!(tally.render().contains(line), "{}", tally.render());
    }

    #[test]
    fn changes_stand_apart_from_what_needs_attention() {
        let mut tally = Tally::new();
        for (row, what) in [(2, "last_name"), (3, "level"), (4, "last_name")] {
            let error = format!("invited with another {what}");
            tally.add(&outcome(row, Status::AlreadyInvited, DETAILS_CHANGED, &error), &[]);
        }
        tally.add(&outcome(5, Status::AlreadyMember, crate::outcome::DETAILS_DIFFER, "told before"), &[]);
        assert_eq!(
            tally.render(),
            "What has changed since it was sent:\n  \
             2 × invited with another last_name [details_changed], rows 2 and 4\n  \
             1 × invited with another level [details_changed], row 3\n\
             4 rows = 3 already_invited + 1 already_member\n"
        );
        assert_eq!(tally.exit_code(), 0);
    }

    #[test]
    fn only_what_is_wrong_is_to_be_mended() {
        let again = |status| {
            let mut tally = Tally::new();
            tally.add(&outcome(2, status, "", ""), &[]);
            tally.render_with(None, Some(Path::new("r.csv")))
        };
        for status in [Status::Invalid, Status::Rejected] {
            assert!(again(status).contains("\nTo mend and pass in again: r.csv\n"), "{status}");
        }
        for status in [Status::NotSent, Status::Failed, Status::Withdrawn] {
            assert!(again(status).contains("\nTo pass in again: r.csv\n"), "{status}");
        }
    }

    #[test]
    fn the_sum_names_only_what_occurs() {
        let mut tally = Tally::new();
        assert_eq!(tally.sum_line(), "0 rows = 0");
        tally.add(&outcome(2, Status::WouldInvite, "", ""), &[]);
        assert_eq!(tally.sum_line(), "1 row = 1 would_invite");
    }

    proptest! {
        #[test]
        fn the_sum_adds_up_and_the_worst_decides_the_exit(statuses in prop::collection::vec(0usize..12, 0..40)) {
            let statuses: Vec<Status> = statuses.into_iter().map(|index| Status::ALL[index]).collect();
            let mut tally = Tally::new();
            for (row, status) in (2..).zip(&statuses) {
                tally.add(&outcome(row, *status, "", ""), &[]);
            }
            prop_assert!(tally.balanced(statuses.len() as u64));
            let line = tally.sum_line();
            let (rows, parts) = line.split_once(" = ").unwrap();
            let sum: u64 = parts.split(" + ").map(|part| part.split(' ').next().unwrap().parse::<u64>().unwrap()).sum();
            prop_assert_eq!(rows.split(' ').next().unwrap().parse::<u64>().unwrap(), sum);
            let has = |standing| statuses.iter().any(|status| status.standing() == standing);
            let expected = if has(Standing::Unresolved) { 3 } else if has(Standing::Attention) { 1 } else { 0 };
            prop_assert_eq!(tally.exit_code(), expected);
        }
    }
}
