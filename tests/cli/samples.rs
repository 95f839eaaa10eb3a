//! The three samples, to the field: what is sent, what comes back, what is said.

use std::collections::BTreeMap;

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::{Value, json};

use crate::office::{Line, Office, count};

/// The bodies that the account got, by e-mail; each exactly once.
fn bodies(office: &Office) -> BTreeMap<String, Value> {
    let all = office.bodies();
    let count = all.len();
    let by_email: BTreeMap<_, _> =
        all.into_iter().map(|body| (body["email"].as_str().unwrap().to_owned(), body)).collect();
    assert_eq!(by_email.len(), count, "somebody was sent twice");
    by_email
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A body of these fields, the blank ones left out.
fn body(texts: &[(&str, &str)], permissions: [bool; 3]) -> Value {
    let mut body = json!({
        "canCreateReports": permissions[0], "canManageStudies": permissions[1], "hasDashboardAccess": permissions[2],
    });
    for (name, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
        body[*name] = json!(text);
    }
    body
}

#[test]
fn the_clean_sample_is_sent_as_it_stands() {
    let office = Office::new();
    office.sample("staff.csv");
    let ran = office.invite("staff.csv").ends(0);
    assert!(ran.stdout.ends_with("40 rows = 40 invited\n"), "{}", ran.stdout);

    let text = office.read("staff.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut expected = BTreeMap::new();
    for row in reader.records().map(Result::unwrap) {
        let phone = digits(&row[7]);
        let texts = [
            ("firstName", &row[0]),
            ("middleName", &row[1]),
            ("lastName", &row[2]),
            ("suffix1", &row[3]),
            ("email", &row[4]),
            ("clinicRole", &row[5]),
            ("npiNumber", &row[6]),
            ("phoneNumber", &phone),
            ("level", &row[8]),
        ];
        expected.insert(row[4].to_owned(), body(&texts, [&row[9] == "yes", &row[10] == "yes", &row[11] == "yes"]));
    }
    assert_eq!(bodies(&office), expected);

    let lines = office.results();
    let emails: Vec<_> = lines.iter().map(|line| line.email.clone()).collect();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(emails, reader.records().map(|row| row.unwrap()[4].to_owned()).collect::<Vec<_>>());
    assert!(lines.iter().all(|line| line.status == "invited" && !line.user_id.is_empty()));
    office.judge_ids();
}

/// What the sample's titles mean by its mapping file and by their words.
fn role(title: &str) -> &str {
    match title {
        "Staff Radiologist" | "Chief of Radiology" => "Radiologist",
        "MRI Technologist" | "CT Technologist" | "Radiologic Technologist" | "Sonographer" => "Imaging Technologist",
        "RN" => "Registered Nurse",
        "Front Desk Representative" => "Front Desk Operator",
        "Systems Administrator" => "IT Administrator",
        "Practice Administrator" => "Administrative Director",
        "Medical Scribe" => "Scribe",
        own => own,
    }
}

/// A cell as a person reads it.
fn cell(row: &[Data], at: usize) -> String {
    match row.get(at) {
        None | Some(Data::Empty) => String::new(),
        Some(Data::Float(number)) => format!("{number:.0}"),
        Some(other) => other.to_string(),
    }
}

#[test]
fn the_hr_workbook_is_sent_by_its_mapping_file() {
    let office = Office::new();
    office.sample("hr-export.xlsx");
    office.sample("hr-export.mapping.toml");
    let ran = office.invite("hr-export.xlsx").args(["--mapping", "hr-export.mapping.toml"]).ends(0);
    assert!(ran.stdout.ends_with("36 rows = 33 invited + 3 skipped\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 admin and 10 report creators among them"), "{}", ran.stdout);

    let mut book: Xlsx<_> = open_workbook(office.path("hr-export.xlsx")).unwrap();
    let range = book.worksheet_range("Staff").unwrap();
    let (mut expected, mut places) = (BTreeMap::new(), Vec::new());
    for (index, row) in range.rows().enumerate().skip(4) {
        let (last, first, title, email) = (cell(row, 1), cell(row, 2), cell(row, 3), cell(row, 5));
        if email.is_empty() {
            continue;
        }
        let active = cell(row, 8) == "Active";
        let at = format!("Staff!{}", index + 1 + range.start().unwrap().0 as usize);
        places.push((at, email.clone(), if active { "invited" } else { "skipped" }.to_owned()));
        if !active {
            continue;
        }
        let (phone, npi, role) = (digits(&cell(row, 6)), cell(row, 7), role(&title));
        let creates = matches!(role, "Radiologist" | "Nuclear Medicine Physician") && !npi.is_empty();
        let manages = matches!(role, "Radiologist" | "Nuclear Medicine Physician" | "Imaging Technologist");
        let texts = [
            ("firstName", first.as_str()),
            ("lastName", &last),
            ("email", &email),
            ("clinicRole", role),
            ("npiNumber", &npi),
            ("phoneNumber", &phone),
            ("level", if role == "IT Administrator" { "admin" } else { "member" }),
        ];
        expected.insert(email.clone(), body(&texts, [creates, manages, true]));
    }
    assert_eq!(bodies(&office), expected);

    let told = office.results().into_iter().map(|line| (line.row, line.email, line.status));
    assert_eq!(told.collect::<Vec<_>>(), places);
    office.judge_ids();
}

#[test]
fn without_its_mapping_file_the_hr_workbook_is_refused_and_the_ways_out_are_named() {
    let office = Office::new();
    office.sample("hr-export.xlsx");
    let ran = office.invite("hr-export.xlsx").ends(2);
    for wanted in ["level", "can_create_reports", "--set can_create_reports=false", "mapping file"] {
        assert!(ran.stderr.contains(wanted), "{wanted}: {}", ran.stderr);
    }
    assert_eq!((office.posts(), office.path("results.csv").exists()), (0, false));
}

/// Row, status, error code of every line of the sample with every problem.
const EVERY_PROBLEM: [(&str, &str, &str); 27] = [
    ("2", "invited", ""),
    ("3", "invalid", "first_name_blank"),
    ("4", "invalid", "name_no_letter"),
    ("5", "invalid", "email_blank"),
    ("6", "invalid", "email_no_at"),
    ("7", "invalid", "email_malformed"),
    ("8", "invalid", "email_several"),
    ("9", "invalid", "npi_check_digit"),
    ("10", "invalid", "npi_length"),
    ("11", "invalid", "npi_digits_lost"),
    ("12", "invalid", "npi_required"),
    ("13", "invalid", "phone_no_area_code"),
    ("14", "invalid", "phone_extension"),
    ("15", "invalid", "phone_not_a_number"),
    ("16", "invalid", "role_unknown"),
    ("17", "invalid", "level_owner"),
    ("18", "invalid", "level_unknown"),
    ("19", "invalid", "admin_needs_dashboard"),
    ("20", "invalid", "boolean_unknown"),
    ("21", "invalid", "can_create_reports_blank"),
    ("22", "invalid", "email_shared"),
    ("23", "invalid", "email_shared"),
    ("24", "invalid", "npi_shared"),
    ("25", "invalid", "npi_shared"),
    ("26", "duplicate", "same_as_earlier_row"),
    ("27", "invited", ""),
    ("28", "invalid", "row_ragged"),
];

#[test]
fn every_problem_ends_as_it_should() {
    let office = Office::new();
    office.sample("every-problem.csv");
    let ran = office.invite("every-problem.csv").ends(1);
    assert!(ran.stdout.ends_with("27 rows = 2 invited + 1 duplicate + 24 invalid\n"), "{}", ran.stdout);
    let lines = office.results();
    let told: Vec<_> = lines.iter().map(|line| (&*line.row, &*line.status, &*line.error_code)).collect();
    assert_eq!(told, EVERY_PROBLEM);
    assert_eq!(bodies(&office).len(), 2);
    office.judge_ids();

    // Whatever is invalid names its column, and where there is one its value; nothing of it was sent.
    for line in lines.iter().filter(|line| line.status == "invalid") {
        assert!(!line.error.is_empty() && line.user_id.is_empty(), "{line:?}");
        assert_eq!((line.attempts, line.http_status, &*line.sent_at), (0, None, ""), "{line:?}");
    }
    let at = |row: &str| -> &Line { lines.iter().find(|line| line.row == row).unwrap() };
    assert!(at("9").error.starts_with("NPI \"1012129216\": "), "{}", at("9").error);
    assert!(at("22").error.contains("row 23") && at("23").error.contains("row 22"));
    assert_eq!(at("26").user_id, at("2").user_id, "a duplicate has the earlier row's id");
    assert_eq!(count(&lines, "invited"), 2);

    // The file to mend has these rows, all of their columns, and the problems in front.
    let rejects = office.read("rejects.csv");
    assert!(rejects.starts_with("\u{feff}avara_problems,First Name,Last Name,Email,"), "{rejects}");
    assert!(rejects.contains("an unknown role"), "columns that are not used come along");
    assert!(!rejects.contains("amara.abara"), "what is done does not");
}
