//! `template`: blank, it has nobody in it; filled in, it passes `check` as it is.

use avara_onboard::report::template::{Person, headers, write_csv, write_workbook};

use crate::desk::Desk;

fn people() -> Vec<Person> {
    [
        [
            "Ana",
            "M.",
            "Ruiz",
            "MD",
            "",
            "ana@example.org",
            "312-555-0142",
            "1234567893",
            "Radiologist",
            "admin",
            "yes",
            "yes",
            "yes",
        ],
        ["Ken", "", "Ito", "", "", "ken@example.org", "", "", "Pathologists' Assistant", "member", "no", "no", "no"],
    ]
    .map(|person| person.map(str::to_owned))
    .to_vec()
}

#[test]
fn blank_it_has_nobody_in_it() {
    let desk = Desk::new();
    for file in ["staff.xlsx", "staff.csv"] {
        desk.run(&["template", file]).exits(0);
        let ended = desk.run(&["check", file]).exits(2);
        assert!(ended.err.contains("there is no row of a person"), "{ended:?}");
        desk.run(&["template", file]).exits(2);
        desk.run(&["template", file, "--yes"]).exits(0);
    }
    desk.run(&["template", "staff.pdf"]).exits(2);
    assert!(!desk.path("staff.pdf").exists());
}

#[test]
fn filled_in_it_passes_as_it_is() {
    let desk = Desk::new();
    write_workbook(&desk.path("staff.xlsx"), &people()).unwrap();
    write_csv(&desk.path("staff.csv"), &people()).unwrap();
    for file in ["staff.xlsx", "staff.csv"] {
        let checked = desk.run(&["check", file, "--format", "json"]).exits(0).json();
        let counts = [("ready", 2), ("invalid", 0), ("admins", 1), ("report_creators", 1)];
        for (what, number) in counts {
            assert_eq!(checked["counts"][what], number, "{file}: {checked}");
        }
        let mapped = checked["mapping"].as_object().unwrap();
        assert_eq!(mapped.len(), headers().len(), "{checked}");
        assert_eq!(checked["questions"], serde_json::json!([]));
        let shown = desk.run(&["check", file]).exits(0);
        assert!(shown.out.contains("2 examples") || shown.out.contains("example"), "{}", shown.out);
    }
}
