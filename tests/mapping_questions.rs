//! What is asked of a person and what is not: a question that the values answer is a nuisance, a guess is a danger.

use avara_onboard::mapping::{Assignments, ColumnPlan, MappingFile, Target};
use avara_onboard::roster::{Cell, Location, Row};
use avara_onboard::staff::Field;

/// A plan of a roster written as lines of cells between `|`, the header first.
fn plan(lines: &[&str]) -> ColumnPlan {
    plan_with(lines, "", &[])
}

/// The same with a mapping file and `--set`.
fn plan_with(lines: &[&str], file: &str, set: &[&str]) -> ColumnPlan {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let headers = cells(lines[0]);
    let row = |(at, line): (usize, &&str)| Row {
        at: Location { sheet: None, row: at as u64 + 2 },
        cells: cells(line).into_iter().map(Cell::text).collect(),
        ragged: false,
    };
    let rows: Vec<Row> = lines[1..].iter().enumerate().map(row).collect();
    let file = MappingFile::parse(file, "m.toml").expect("a mapping file");
    let set: Vec<String> = set.iter().map(|text| (*text).to_owned()).collect();
    ColumnPlan::new(&headers, &rows, &file, &Assignments::parse(&set).expect("assignments")).expect("a plan")
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
fn rights_in_anybodys_words_are_asked_about_and_never_taken() {
    for (field, headers) in [
        (
            Field::CanCreateReports,
            "Signs reports? | Can Sign | Reads Studies | Dictates (Y/N) | Report Access | Report Creation | Befunde erstellen \
             | darf befunden | Peut signer | Cr\u{e9}er des comptes rendus | \u{bf}Crea informes? | Crea referti | \
             Assina laudos",
        ),
        (
            Field::CanManageStudies,
            "Manages studies | Can manage exams | Study Access | Studien verwalten | G\u{e8}re les examens | Gestiona estudios",
        ),
        (
            Field::HasDashboardAccess,
            "Dashboard? | Dashboard User | Acc\u{e8}s tableau de bord | \u{bf}Acceso al panel? | Accesso cruscotto",
        ),
        (Field::Level, "Admin? | Nivel | Niveau | Access Level"),
    ] {
        for header in headers.split('|').map(str::trim) {
            let plan =
                plan(&[&format!("Email | {header}"), "a@example.org | Admin", "b@example.org | Y", "c@x.test | N"]);
            assert_eq!(asked(&plan, field), [header]);
            assert!(read(&plan, field).is_empty(), "{header}");
        }
    }
}

#[test]
fn what_only_sounds_like_rights_is_not_asked_about() {
    let headers = "Reports To | Panel Size | Report Date | Sign-on Bonus | Field of Study | Management | Creation Date | \
                   Reading Level | Manager Reports | Case Manager | Approved By | Exam Date";
    for header in headers.split('|').map(str::trim) {
        let plan = plan(&[&format!("Email | {header}"), "a@example.org | Y", "b@example.org | N", "c@example.org | Y"]);
        let fields = [Field::Level, Field::CanCreateReports, Field::CanManageStudies, Field::HasDashboardAccess];
        assert!(fields.into_iter().all(|field| asked(&plan, field).is_empty()), "{header}: {:?}", plan.questions());
    }
}

#[test]
fn a_value_for_blanks_silences_no_question_about_a_column() {
    let lines = ["Email | Can Sign", "a@example.org | Y", "b@example.org | N"];
    let set = plan_with(&lines, "", &["can_create_reports=false"]);
    assert_eq!(asked(&set, Field::CanCreateReports), ["Can Sign"]);
    let profile = plan_with(&lines, "[profiles.default]\ncan_create_reports = false\n", &[]);
    assert_eq!(asked(&profile, Field::CanCreateReports), ["Can Sign"]);
    for decided in ["[columns]\ncan_create_reports = []\n", "ignore = [\"Can Sign\"]\n"] {
        assert!(asked(&plan_with(&lines, decided, &[]), Field::CanCreateReports).is_empty(), "{decided}");
    }
}

#[test]
fn kinds_of_account_are_no_level() {
    let lines =
        |one: &str| ["Email | userType", "a@example.org | Member", "b@example.org | Guest", one].map(str::to_owned);
    let asks = |one: &str| {
        let lines = lines(one);
        let plan = plan(&lines.each_ref().map(String::as_str));
        !asked(&plan, Field::Level).is_empty()
    };
    assert!(!asks("c@example.org | Member"));
    assert!(asks("c@example.org | Admin"));
}

#[test]
fn a_phone_that_may_be_at_work_is_asked_about_beside_a_mobile() {
    let rows = |header: &str| {
        [
            format!("Email | {header} | Cell"),
            "a@example.org | 555-201-3344 | 555-201-3345".to_owned(),
            "b@example.org | 555-201-3346 | 555-201-3347".to_owned(),
            "c@example.org | 555-201-3348 | 555-201-3349".to_owned(),
        ]
    };
    let of = |header: &str| plan(&rows(header).each_ref().map(String::as_str));
    assert_eq!(asked(&of("Tel. Zentrum"), Field::PhoneNumber), ["Tel. Zentrum", "Cell"]);
    assert_eq!(read(&of("Tel. dienstl."), Field::PhoneNumber), ["Tel. dienstl."]);
    assert_eq!(read(&of("T\u{e9}l\u{e9}phone au travail"), Field::PhoneNumber), ["T\u{e9}l\u{e9}phone au travail"]);
    assert_eq!(read(&of("Home Phone"), Field::PhoneNumber), ["Cell"]);
    assert_eq!(read(&of("Fax"), Field::PhoneNumber), ["Cell"]);
}

#[test]
fn autoscribes_own_words_come_before_titles() {
    let lines = |role: &str| {
        [
            "Email | Title | Role".to_owned(),
            "a@example.org | Physician | Radiologist".to_owned(),
            format!("b@example.org | Nurse | {role}"),
            "c@example.org | Nurse | Scribe".to_owned(),
        ]
    };
    let of = |role: &str| plan(&lines(role).each_ref().map(String::as_str));
    assert_eq!(read(&of("Registered Nurse"), Field::ClinicRole), ["Role"]);
    assert_eq!(read(&of("Power User"), Field::ClinicRole), ["Title"]);
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
