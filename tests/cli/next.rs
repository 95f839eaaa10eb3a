//! The commands that a person is told to type next, typed as they stand.

use std::process::Command;

use crate::office::{Office, Ran};

/// The words of the command that is told after this, as a shell takes them.
fn told(text: &str, before: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| Some(line.split_once(before)?.1)).unwrap_or_else(|| panic!("{text}"));
    let script = format!("set -- {line}\nprintf '%s\\n' \"$@\"");
    let split = Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
    let words = String::from_utf8(split.stdout).unwrap();
    assert!(words.starts_with("avara-onboard\n"), "{line}");
    words.lines().skip(1).map(str::to_owned).collect()
}

fn type_in(office: &Office, words: &[String], code: i32) -> Ran {
    office.command(&words[0]).args(&words[1..]).ends(code)
}

/// A roster that is read as it should be only with all options, and that does not say what may be decided.
fn roster(office: &Office) -> Vec<&'static str> {
    let table = "Staff of the clinic;;;\nWho is who;;;\nWork Email;First Name;Last Name;Job Title\n\
                 zoe@example.org;Zo\u{eb};Perl;Scribe\nbo@example.org;Bo;Ito;Scribe\n";
    let latin: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    std::fs::write(office.path("HR's staff.csv"), latin).unwrap();
    vec!["HR's staff.csv", "--encoding", "windows-1252", "--delimiter", ";", "--header-row", "3"]
}

#[test]
fn from_the_first_check_to_a_roster_that_is_ready() {
    let office = Office::new();
    let first = office.command("check").args(roster(&office)).args(["--set", "level=member"]).ends(2);
    let map = told(&first.stderr, "mapping file: ");
    assert_eq!(map[1..8], roster(&office));
    let mapped = type_in(&office, &map, 0);
    assert!(mapped.stdout.contains("Nothing is left to decide."), "{}", mapped.stdout);
    let check = told(&mapped.stdout, "then: ");
    assert_eq!(check[1..8], roster(&office));
    let ready = type_in(&office, &check, 0);
    assert!(ready.stdout.contains("Ready    2 people to invite\n"), "{}", ready.stdout);
    assert!(ready.stdout.contains("windows-1252, semicolons, header in row 3"), "{}", ready.stdout);
}

#[test]
fn a_mapping_file_that_no_longer_fits_is_brought_up_to_date() {
    let office = Office::new();
    let options = roster(&office);
    office.command("map").args(&options).args(["--write", "the map.toml"]).ends(0);
    let table = std::fs::read(office.path(options[0])).unwrap();
    let renamed = String::from_utf8_lossy(&table).replace("Job Title", "Role Description").replace('\u{fffd}', "e");
    office.write(options[0], &renamed);
    let checked = office.command("check").args(&options).args(["--mapping", "the map.toml"]).ends(2);
    let map = told(&checked.stderr, "That is: ");
    assert_eq!(map[1..], [&options[..], &["--mapping", "the map.toml", "--write", "the map.toml"]].concat());
    // Nobody is there to be asked whether the file may be replaced.
    let refused = type_in(&office, &map, 2);
    assert!(refused.stderr.contains("the map.toml is there already"), "{}", refused.stderr);
}

#[test]
fn a_sheet_that_was_named_is_named_again() {
    let office = Office::new();
    office.sample("hr-export.xlsx");
    let checked = office.command("check").args(["hr-export.xlsx", "--sheet", "Staff"]).ends(2);
    let map = told(&checked.stderr, "mapping file: ");
    assert_eq!(map, ["map", "hr-export.xlsx", "--sheet", "Staff", "--write", "mapping.toml"]);
    // The preview has chosen it by itself, and will again.
    let checked = office.command("check").arg("hr-export.xlsx").ends(2);
    assert_eq!(told(&checked.stderr, "mapping file: "), ["map", "hr-export.xlsx", "--write", "mapping.toml"]);
}

#[test]
fn a_template_with_a_space_in_its_name() {
    let office = Office::new();
    let written = office.command("template").arg("new staff.csv").ends(0);
    assert_eq!(told(&written.stdout, "filled in: "), ["check", "new staff.csv"]);
}

#[test]
fn an_option_is_told_as_the_way_out_only_where_it_leads_out() {
    let office = Office::new();
    let check = |header: &str| {
        office.write("roster.csv", &format!("{header}\nana@one.test,ana@two.test,Ana,Ruiz,Scribe,yes\n"));
        let ran = office.command("check").args(["roster.csv", "-q"]).ends(2);
        assert!(ran.stderr.contains("hint: answer it once, in a mapping file: "), "{}", ran.stderr);
        ran.stderr
    };
    let least = "or give everybody the least there is: --set level=member --set can_create_reports=false \
                 --set can_manage_studies=false --set has_dashboard_access=false\n";
    let told = check("Work Email,Manager Email,First Name,Last Name,Job Title,Is Admin");
    assert!(told.contains(least), "{told}");
    assert!(told.contains("level: \"Is Admin\" may hold level"), "what is in question is said: {told}");
    // Whose address it is, no option can say.
    let told = check("Contact Email,Login,First Name,Last Name,Job Title,Is Admin");
    assert!(told.contains("\n  email: ") && !told.contains("give everybody"), "{told}");
}
