//! What is asked of a person and what is not: a question that the values answer is a nuisance, a guess is a danger.

use avara_onboard::mapping::{Assignments, ColumnPlan, MappingFile, Target};
use avara_onboard::roster::{Cell, Location, Row};
use avara_onboard::staff::Field;

/// A plan of a roster written as lines of cells between `|`, the header first.
fn plan(lines: &[&str]) -> ColumnPlan {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let headers = cells(lines[0]);
    let row = |(at, line): (usize, &&str)| Row {
        at: Location { sheet: None, row: at as u64 + 2 },
        cells: cells(line).into_iter().map(Cell::text).collect(),
        ragged: false,
    };
    let rows: Vec<Row> = lines[1..].iter().enumerate().map(row).collect();
    ColumnPlan::new(&headers, &rows, &MappingFile::default(), &Assignments::default()).expect("no file, no error")
}

fn read(plan: &ColumnPlan, field: Field) -> Vec<String> {
    let of_field = |(target, headers)| (target == Target::Field(field)).then_some(headers);
    plan.sources().into_iter().find_map(of_field).unwrap_or_default()
}

fn asked(plan: &ColumnPlan, field: Field) -> Vec<&str> {
    let about = plan.questions().iter().filter(|question| question.target == Target::Field(field));
    about.flat_map(|question| question.headers.iter().map(String::as_str)).collect()
}

#[test]
fn what_the_values_settle_is_not_asked() {
    let logins = plan(&[
        "Login | First | Last | Office",
        "aruiz | Ana | Ruiz | R1",
        "kito | Ken | Ito | R2",
        "cdiaz | Cal | Diaz | B3",
    ]);
    assert!(asked(&logins, Field::Email).is_empty(), "a login without addresses");
    assert!(asked(&logins, Field::PhoneNumber).is_empty(), "an office that is a room");
    let addresses = plan(&["Login | First", "ana@example.org | Ana", "ken@example.org | Ken", "cal@example.org | Cal"]);
    assert_eq!(asked(&addresses, Field::Email), ["Login"]);
    let empty = plan(&["Home Email | First", " | Ana", " | Ken", " | Cal"]);
    assert!(asked(&empty, Field::Email).is_empty(), "a column without values");
    let short = plan(&["Home Email | First", " | Ana"]);
    assert_eq!(asked(&short, Field::Email), ["Home Email"], "two rows tell nothing");
}

#[test]
fn another_systems_words_are_asked_about_when_they_may_be_rights() {
    let rights = plan(&["Access Level | First", "Admin | Ana", "User | Ken", "User | Cal"]);
    assert_eq!(asked(&rights, Field::Level), ["Access Level"]);
    let grades = plan(&["Position Level | First", "L3 | Ana", "L4 | Ken", "L3 | Cal"]);
    assert!(asked(&grades, Field::Level).is_empty());
    let school = plan(&["Management Level | Education Level", "Director | BSc"]);
    assert!(asked(&school, Field::Level).is_empty());
}

#[test]
fn access_roles_are_no_jobs() {
    let site = plan(&[
        "Email | Role",
        "a@example.org | subscriber",
        "b@example.org | author",
        "c@example.org | Global Administrator",
    ]);
    assert!(read(&site, Field::ClinicRole).is_empty());
    let kinds = plan(&["Email | Type", "a@example.org | private", "b@example.org | firm", "c@example.org | private"]);
    assert!(asked(&kinds, Field::ClinicRole).is_empty(), "no value is a job");
    let jobs =
        plan(&["Email | Type", "a@example.org | Radiologist", "b@example.org | Scribe", "c@example.org | Scribe"]);
    assert_eq!(asked(&jobs, Field::ClinicRole), ["Type"]);
}

#[test]
fn values_name_a_column_whose_header_does_not() {
    let roster = plan(&[
        "Person | Contact | ID | Category | Manager Contact",
        "Ana Ruiz | ana@example.org | 1234567893 | Radiologist | pat@example.org",
        "Ken Ito | ken@example.org | 1003000126 | Scribe | kim@example.org",
        "Cal Diaz | cal@example.org | 1245319599 | Radiologist | lou@example.org",
    ]);
    for (field, header) in [(Field::Email, "Contact"), (Field::NpiNumber, "ID"), (Field::ClinicRole, "Category")] {
        assert!(read(&roster, field).is_empty(), "{field} is asked about, not guessed");
        assert_eq!(asked(&roster, field), [header], "{field}");
    }
    let flags = plan(&["Email | Login", "yes | a@example.org", "no | b@example.org", "yes | c@example.org"]);
    assert_eq!(asked(&flags, Field::Email), ["Email", "Login"]);
}

#[test]
fn titles_and_suffixes_are_what_they_hold() {
    let degrees = plan(&["Title | Job Title", "MD | Radiologist", "DO | Radiologist", "PA-C | Physician Assistant"]);
    assert_eq!(read(&degrees, Field::Suffix1), ["Title"]);
    let forms =
        plan(&["Title | Job Title | Suffix", "Dr. | Radiologist | Dr.", "Ms. | Scribe | Ms.", "Mr. | Scribe | Mr."]);
    assert!(read(&forms, Field::Suffix1).is_empty() && asked(&forms, Field::Suffix1).is_empty());
    let unknown = plan(&["Title | Job Title", " | Radiologist"]);
    assert!(read(&unknown, Field::Suffix1).is_empty(), "nothing shows that it is a degree");
}

#[test]
fn an_empty_column_is_read_for_want_of_another_only() {
    let mobiles = plan(&["Work Phone | Mobile", " | 555-555-0101", " | 555-555-0102", " | 555-555-0103"]);
    assert_eq!(read(&mobiles, Field::PhoneNumber), ["Mobile"]);
    let alone = plan(&["Work Phone | First", " | Ana", " | Ken", " | Cal"]);
    assert_eq!(read(&alone, Field::PhoneNumber), ["Work Phone"]);
}

#[test]
fn words_for_none_are_no_numbers() {
    let front_desk = plan(&[
        "Name | NPI",
        "Ana Ruiz | 1234567893",
        "Ken Ito | N/A",
        "Cal Diaz | N/A",
        "Mia Stone | N/A",
        "Leo Marsh | 0000000000",
    ]);
    assert_eq!(read(&front_desk, Field::NpiNumber), ["NPI"]);
}

#[test]
fn where_there_is_no_specialty_the_job_title_tells() {
    let everybody =
        ["Specialty | Job Title", "Diagnostic Radiology | Physician", "N/A | Scribe", " | Front Desk Operator"];
    let plan_of_all = plan(&everybody);
    assert_eq!(read(&plan_of_all, Field::ClinicRole), ["Specialty", "Job Title"]);
    let physicians =
        plan(&["Specialty | Job Title", "Diagnostic Radiology | Physician", "Nuclear Medicine | Physician"]);
    assert_eq!(read(&physicians, Field::ClinicRole), ["Specialty"]);
}
