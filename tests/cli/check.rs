//! `check`, for people and as JSON.

use serde_json::{Value, json};

use crate::office::{HEADER, Office, person};

/// The keys of an object, in its order as serde_json keeps them (sorted).
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sorted<const N: usize>(mut names: [&str; N]) -> Vec<&str> {
    names.sort_unstable();
    names.to_vec()
}

#[test]
fn the_document_is_the_one_that_scripts_rely_on() {
    let office = Office::new();
    office.sample("every-problem.csv");
    let document = office.command("check").args(["every-problem.csv", "--format", "json"]).ends(1).json();
    let wanted = ["roster", "mapping", "questions", "ignored", "roles", "counts", "notes", "warnings", "problems"];
    assert_eq!(keys(&document), sorted(wanted));
    assert_eq!(
        document["roster"],
        json!({
            "file": "every-problem.csv", "kind": "csv", "sheet": null, "encoding": "UTF-8", "delimiter": ",",
            "header_row": 1, "rows": 27,
        })
    );
    assert_eq!(document["mapping"]["email"], json!(["Email"]));
    assert_eq!(document["mapping"]["can_create_reports"], json!(["Can Create Reports"]));
    assert_eq!(document["questions"], json!([]));
    assert_eq!(document["ignored"], json!(["Note"]));
    assert_eq!(document["roles"]["Wizard"], Value::Null);
    assert_eq!(document["roles"]["Radiologist"], "Radiologist");
    assert_eq!(
        document["counts"],
        json!({"ready": 2, "invalid": 24, "duplicate": 1, "skipped": 0, "admins": 0, "report_creators": 1})
    );
    assert_eq!(document["notes"], json!([]));
    let warnings: Vec<_> = document["warnings"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    for wanted in ["1 NPI stands on 2 rows with different e-mail addresses", "1 phone number has seven digits only"] {
        assert!(warnings.iter().any(|warning| warning.starts_with(wanted)), "{warnings:?}");
    }
    let problems = document["problems"].as_array().unwrap();
    for problem in problems {
        assert_eq!(keys(problem), sorted(["row", "column", "field", "value", "code", "message"]));
    }
    let digit = problems.iter().find(|problem| problem["code"] == "npi_check_digit").unwrap();
    let place = ["row", "column", "field", "value"].map(|key| &digit[key]);
    assert_eq!(place, [&json!("9"), &json!("NPI"), &json!("npi_number"), &json!("1012129216")]);
}

#[test]
fn a_workbook_and_its_mapping_file() {
    let office = Office::new();
    office.sample("hr-export.xlsx");
    office.sample("hr-export.mapping.toml");
    let check = || office.command("check").args(["hr-export.xlsx", "--format", "json"]);
    let document = check().args(["--mapping", "hr-export.mapping.toml"]).ends(0).json();
    assert_eq!(
        document["roster"],
        json!({
            "file": "hr-export.xlsx", "kind": "xlsx", "sheet": "Staff", "encoding": null, "delimiter": null,
            "header_row": 4, "rows": 36,
        })
    );
    assert_eq!(document["roles"]["Chief of Radiology"], "Radiologist");
    assert_eq!(document["counts"]["skipped"], 3);
    let notes = document["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note.as_str().unwrap().contains("[profiles]")), "{notes:?}");

    // Without it the document is the same, the questions are asked, and the exit code says so.
    let document = check().ends(2).json();
    let asked: Vec<_> = document["questions"].as_array().unwrap().iter().map(|q| q["field"].clone()).collect();
    for field in ["level", "can_create_reports", "can_manage_studies", "has_dashboard_access"] {
        assert!(asked.contains(&json!(field)), "{field}: {asked:?}");
    }
    for question in document["questions"].as_array().unwrap() {
        assert_eq!(keys(question), sorted(["field", "headers", "why"]));
    }
}

#[test]
fn a_roster_that_cannot_be_read_gets_a_document_too() {
    let office = Office::new();
    office.write("empty.csv", "");
    office.write("roster.csv", &format!("{HEADER}\n{}\n", person(0)));
    office.write("bad.toml", "[");
    for (roster, options, code, ended) in [
        ("missing.csv", &[][..], "roster_missing", ". Check the path"),
        ("empty.csv", &[], "roster_empty", ". Export the roster again"),
        ("roster.csv", &["--mapping", "bad.toml"], "mapping_unusable", ". Mend that line."),
        ("roster.csv", &["--set", "x=y"], "mapping_unusable", ". There are "),
    ] {
        let ran = office.command("check").args([roster, "--format", "json"]).args(options).ends(2);
        let document = ran.json();
        let [problem] = document["problems"].as_array().unwrap().as_slice() else { panic!("{document}") };
        assert_eq!((&document["roster"]["file"], &problem["code"]), (&json!(roster), &json!(code)));
        let said = ran.stderr.lines().next().unwrap().strip_prefix("error: ").unwrap();
        assert!(problem["message"].as_str().unwrap().starts_with(said), "{problem}");
        assert!(problem["message"].as_str().unwrap().contains(ended), "what to do is another sentence: {problem}");
    }
}

#[test]
fn our_own_field_names_are_read_as_what_they_are() {
    let fields = "email,first_name,last_name,middle_name,suffix1,suffix2,npi_number,phone_number,clinic_role,level,\
                  can_create_reports,can_manage_studies,has_dashboard_access";
    let office = Office::new();
    let row = "zoe@example.org,Zoë,O'Neil,M,MD,FACR,1234567893,5555550123,Radiologist,admin,yes,no,yes\n";
    office.write("roster.csv", &format!("{fields}\n{row}"));
    let document = office.command("check").args(["roster.csv", "--format", "json"]).ends(0).json();
    for field in fields.split(',') {
        assert_eq!(document["mapping"][field], json!([field]));
    }
    office.invite("roster.csv").ends(0);
    let [body] = office.bodies().try_into().unwrap();
    assert_eq!((&body["suffix1"], &body["suffix2"]), (&json!("MD"), &json!("FACR")));
}

#[test]
fn people_are_told_every_problem_and_nothing_is_written() {
    let office = Office::new();
    office.sample("every-problem.csv");
    let ran = office.command("check").arg("every-problem.csv").ends(1);
    assert!(ran.stdout.contains("row 9: NPI \"1012129216\": the check digit is wrong"), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("row ")).count(), 24);
    assert_eq!(office.files(), ["every-problem.csv"]);
    assert_eq!(office.account().requests().len(), 0);
}

#[test]
fn all_of_a_rows_problems_are_told_in_one_pass() {
    let office = Office::new();
    office.write("roster.csv", &format!("{HEADER}\nnowhere,,1044,Wizard,owner,perhaps,,yes\n"));
    let document = office.command("check").args(["roster.csv", "--format", "json"]).ends(1).json();
    let mut codes: Vec<_> =
        document["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "boolean_unknown",
            "can_manage_studies_blank",
            "email_no_at",
            "first_name_blank",
            "level_owner",
            "name_no_letter",
            "role_unknown",
        ]
    );
}

#[test]
fn whatever_is_left_out_is_counted_once_and_can_be_found() {
    let office = Office::new();
    let header = format!("{HEADER},Status,End Date");
    let rows = [
        format!("{},Active,", person(0)),
        format!("{},Active,", person(0)),
        header.clone(),
        format!("{},Terminated,", person(1)),
        format!("{},Terminated,", person(2)),
        format!("{},,2020-01-31", person(3)),
        format!("{},Active,", person(4).replace("Scribe", "Wizard")),
        "Total: 5,,,,,,,,,".to_owned(),
    ];
    office.write("roster.csv", &format!("{header}\n{}\n", rows.join("\n")));
    let shown = office.command("check").arg("roster.csv").ends(1).stdout;
    let left_out = "         left out: 1 repeated header (row 4), 1 total or footer (row 9)\n";
    let notes = "
Notes
  Rows are left out by the words in \"Status\".
  Rows whose date in \"End Date\" has passed are left out.
  2 rows left out: Status is \"Terminated\" (rows 5 and 6).
  1 row left out: the date in \"End Date\" has passed (row 7).

Columns
";
    let counts = "
Ready    1 person to invite
         0 admins and 0 report creators among them
         1 row: not to be sent before it is mended
         1 row: the same as an earlier row (row 3)
         3 rows: not for inviting, as the notes above say
";
    for wanted in [left_out, notes, counts] {
        assert!(shown.contains(wanted), "{wanted} is not in\n{shown}");
    }
    assert!(!shown.contains("Warnings"), "{shown}");
}
