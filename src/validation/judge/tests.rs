use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::mapping::MappingProblem;
use crate::roster::CellKind;
use crate::validation::CODES;
use crate::validation::testing::{ANA, ana_with, draft};

/// Rules as they are when every field has a column of its own name.
fn all_columns() -> Rules {
    Rules { unfed: Vec::new(), columns: Field::ALL.map(|field| Some(field.name().to_owned())) }
}

fn problems(draft: &Draft) -> Vec<Problem> {
    match judge(&all_columns(), draft) {
        Judgement::Invalid(problems) => problems,
        other => panic!("no problem found: {other:?}"),
    }
}

fn codes(draft: &Draft) -> Vec<&'static str> {
    problems(draft).iter().map(|problem| problem.code).collect()
}

#[test]
fn a_good_row_is_ready_to_the_field() {
    let Judgement::Ready(ana) = judge(&all_columns(), &draft(3, &ANA)) else { panic!("not ready") };
    assert_eq!(ana.email.as_str(), "ana.ruiz@example.org");
    assert_eq!(ana.npi_number.unwrap().as_str(), "1234567893");
    assert_eq!(ana.phone_number.unwrap().as_str(), "5555550142");
    assert_eq!(ana.level, Level::Member);
    assert_eq!(
        ana.permissions,
        Permissions { can_create_reports: true, can_manage_studies: false, has_dashboard_access: true }
    );
}

#[test]
fn optional_fields_may_be_blank() {
    let row = ana_with(
        3,
        &[
            (Field::MiddleName, ""),
            (Field::Suffix1, ""),
            (Field::Suffix2, ""),
            (Field::NpiNumber, ""),
            (Field::PhoneNumber, ""),
            (Field::CanCreateReports, "no"),
        ],
    );
    assert!(matches!(judge(&all_columns(), &row), Judgement::Ready(_)));
}

#[test]
fn every_problem_of_a_row_is_found_at_once() {
    let row = ana_with(
        3,
        &[
            (Field::Email, "ana.example.org"),
            (Field::LastName, ""),
            (Field::NpiNumber, "1234567890"),
            (Field::PhoneNumber, "555-0142"),
            (Field::ClinicRole, "Radiologst"),
            (Field::Level, "owner"),
            (Field::CanManageStudies, "maybe"),
        ],
    );
    assert_eq!(
        codes(&row),
        [
            "email_no_at",
            "last_name_blank",
            "npi_check_digit",
            "phone_no_area_code",
            "role_unknown",
            "level_owner",
            "boolean_unknown"
        ]
    );
}

#[test]
fn a_problem_says_where_and_what_to_do() {
    let row = ana_with(3, &[(Field::ClinicRole, "Radiologst"), (Field::LastName, "")]);
    let texts: Vec<String> = problems(&row).iter().map(ToString::to_string).collect();
    assert_eq!(texts[0], "last_name: it is blank; write the last name");
    assert!(
        texts[1].starts_with(
            "clinic_role \"Radiologst\": it is none of AutoScribe's 61 clinic roles; the nearest are Radiologist"
        ),
        "{}",
        texts[1]
    );
    assert!(problems(&row).iter().all(|problem| problem.at.row == 3));
}

#[test]
fn a_blank_or_unknown_boolean_is_never_false() {
    for text in ["", "maybe", "2", "N/A"] {
        for field in [Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess] {
            assert!(matches!(judge(&all_columns(), &ana_with(3, &[(field, text)])), Judgement::Invalid(_)));
        }
    }
}

#[test]
fn who_creates_reports_needs_an_npi_and_is_told_once() {
    assert_eq!(codes(&ana_with(3, &[(Field::NpiNumber, "")])), ["npi_required"]);
    assert_eq!(codes(&ana_with(3, &[(Field::NpiNumber, "123")])), ["npi_length"]);
}

#[test]
fn an_admin_needs_the_dashboard() {
    let admin = [(Field::Level, "admin"), (Field::HasDashboardAccess, "no")];
    assert_eq!(codes(&ana_with(3, &admin)), ["admin_needs_dashboard"]);
    assert!(matches!(judge(&all_columns(), &ana_with(3, &admin[..1])), Judgement::Ready(_)));
}

#[test]
fn a_field_that_nobody_feeds_is_no_problem_of_the_row() {
    let rules = Rules { unfed: vec![Field::Level, Field::CanCreateReports], ..all_columns() };
    let row = ana_with(3, &[(Field::Level, ""), (Field::CanCreateReports, ""), (Field::NpiNumber, "")]);
    assert_eq!(judge(&rules, &row), Judgement::Incomplete);
    let faulty = ana_with(3, &[(Field::Level, ""), (Field::CanCreateReports, ""), (Field::Email, "x")]);
    assert!(matches!(judge(&rules, &faulty), Judgement::Invalid(problems) if problems.len() == 1));
}

#[test]
fn a_skipped_row_is_skipped_whatever_it_holds_but_for_a_ragged_one() {
    let mut row = draft(3, &[]);
    row.skip = Some("Status is \"Terminated\"".to_owned());
    assert_eq!(judge(&all_columns(), &row), Judgement::Skipped("Status is \"Terminated\"".to_owned()));
    row.ragged = true;
    assert_eq!(codes(&row), ["row_ragged"]);
}

#[test]
fn what_a_profile_would_fill_is_not_reported_beside_the_unknown_role() {
    let mut rules = all_columns();
    let fed_by_profile = [Field::Level, Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess];
    for field in fed_by_profile {
        rules.columns[field.index()] = None;
    }
    let blanks = fed_by_profile.map(|field| (field, ""));
    let known = ana_with(3, &blanks);
    assert!(matches!(judge(&rules, &known), Judgement::Invalid(problems) if problems.len() == 4
        && problems[0].to_string() == "level: nothing gives it for this row; write admin or member"));
    let unknown = ana_with(3, &[&blanks[..], &[(Field::ClinicRole, "Wizard")]].concat());
    assert!(matches!(judge(&rules, &unknown), Judgement::Invalid(problems) if problems.len() == 1));
}

#[test]
fn one_cell_that_feeds_several_fields_is_reported_once() {
    let mut row = draft(3, &ANA);
    for field in [Field::FirstName, Field::LastName] {
        let value = row.fields[field.index()].as_mut().unwrap();
        value.kind = CellKind::Error;
        value.raw = "#N/A".to_owned();
        value.origin = crate::mapping::Origin::FullName("Name".to_owned());
    }
    assert_eq!(
        problems(&row).iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Name \"#N/A\": the formula in this cell has failed; type the value itself"]
    );
}

/// A row for each code; a code without one, or one that is not listed, fails here.
#[test]
fn every_listed_code_is_given_and_every_given_code_is_listed() {
    let mut given: BTreeSet<&str> = ["email_shared", "npi_shared"].into(); // by `People`
    for (field, texts) in [
        (Field::Email, &["", "x", "a@b.test; c@b.test", "a b@c.test", "a@b"][..]),
        (Field::FirstName, &["", "a@b.test", "M\u{fffd}", "12"]),
        (Field::LastName, &[""]),
        (Field::NpiNumber, &["", "12345678x3", "1", "3234567893", "1234567890", "1.2E+09"]),
        (Field::PhoneNumber, &["5555550142 x1", "5550142", "55", "none", "5.5E+09"]),
        (Field::ClinicRole, &["", "Wizard"]),
        (Field::Level, &["", "boss", "owner"]),
        (Field::CanCreateReports, &["", "?"]),
        (Field::CanManageStudies, &[""]),
        (Field::HasDashboardAccess, &[""]),
    ] {
        for text in texts {
            given.extend(codes(&ana_with(3, &[(field, text)])));
        }
    }
    given.extend(codes(&ana_with(3, &[(Field::MiddleName, &"a".repeat(201))])));
    given.extend(codes(&ana_with(3, &[(Field::Level, "admin"), (Field::HasDashboardAccess, "no")])));
    let mut row = draft(3, &ANA);
    for kind in [CellKind::Error, CellKind::FormulaWithoutValue, CellKind::Date] {
        row.fields[Field::Email.index()].as_mut().unwrap().kind = kind;
        given.extend(codes(&row));
    }
    for (field, code) in
        [(Field::ClinicRole, "role_unknown"), (Field::ClinicRole, "role_ambiguous"), (Field::FirstName, "name_unclear")]
    {
        let mut row = draft(3, &ANA);
        row.fields[field.index()].as_mut().unwrap().problem =
            Some(MappingProblem { code, message: "mend it".to_owned() });
        given.extend(codes(&row));
    }
    let mut row = draft(3, &ANA);
    let (header, value) = ("End Date".to_owned(), "soon".to_owned());
    row.leaving = Some(crate::mapping::Leaving::Unclear { header, value, message: "mend it".to_owned() });
    let (header, word) = ("Status".to_owned(), "Away".to_owned());
    row.unknown_status = Some(UnknownStatus { header, word, may_have_left: true });
    given.extend(codes(&row));
    row.ragged = true;
    given.extend(codes(&row));
    assert_eq!(given, CODES.iter().map(|(code, _)| *code).collect());
}

proptest! {
    #[test]
    fn whatever_a_row_holds_it_is_ready_or_told_why(texts in prop::array::uniform13("|\\PC{0,12}|yes|1234567893|admin")) {
        let values: Vec<(Field, &str)> = Field::ALL.into_iter().zip(texts.iter().map(|text| text.trim())).collect();
        match judge(&all_columns(), &draft(3, &values)) {
            Judgement::Ready(person) => {
                prop_assert!(!person.permissions.can_create_reports || person.npi_number.is_some());
                prop_assert!(person.level != Level::Admin || person.permissions.has_dashboard_access);
            }
            Judgement::Invalid(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(CODES.iter().any(|(code, _)| *code == problem.code));
                    prop_assert!(!problem.message.is_empty());
                }
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn one_field_made_wrong_never_hides_another(first in 0usize..13, second in 0usize..13) {
        let wrong = |field| match field {
            Field::NpiNumber => "1234567890",
            Field::FirstName | Field::LastName | Field::MiddleName | Field::Suffix1 | Field::Suffix2 => "12",
            _ => "?",
        };
        let (first, second) = (Field::ALL[first], Field::ALL[second]);
        let row = ana_with(3, &[(first, wrong(first)), (second, wrong(second))]);
        let found: BTreeSet<_> = problems(&row).into_iter().filter_map(|problem| problem.field).collect();
        prop_assert_eq!(found, BTreeSet::from([first, second]));
    }
}
