//! A saved mapping file, used on a roster that has changed since.

use crate::desk::Desk;
use crate::session::Session;

const FIRST: &str = "Last Name,First Name,Work Email,Job Title,Site\n\
    Ruiz,Ana,ana@example.org,Radiologist,North\nIto,Ken,ken@example.org,Scribe,South\n";

fn desk_with_mapping() -> Desk {
    let desk = Desk::new();
    desk.write("first.csv", FIRST);
    desk.run(&["map", "first.csv", "--write", "m.toml"]).exits(0);
    desk.run(&["check", "first.csv", "--mapping", "m.toml"]).exits(0);
    desk
}

#[test]
fn new_columns_are_told_and_nothing_stops() {
    let desk = desk_with_mapping();
    desk.write("second.csv", FIRST.replace("Site", "Shoe Size"));
    let ended = desk.run(&["check", "second.csv", "--mapping", "m.toml"]).exits(0);
    assert!(ended.out.contains("Since m.toml was written: gone: \"Site\"."), "{}", ended.out);
    assert!(ended.out.contains("Since m.toml was written: new: \"Shoe Size\"."), "{}", ended.out);
}

#[test]
fn a_renamed_column_stops_with_its_new_name_and_map_brings_the_file_up_to_date() {
    let desk = desk_with_mapping();
    desk.write("second.csv", FIRST.replace("Work Email", "E-Mail Address").replace("Site", "Shoe Size"));
    let ended = desk.run(&["check", "second.csv", "--mapping", "m.toml"]).exits(2);
    for text in [
        "the roster has changed since m.toml was written",
        "\"Work Email\" is gone, and \"E-Mail Address\" is probably its new name",
        "gone: \"Site\"",
        "new: \"Shoe Size\"",
        "avara-onboard map second.csv --mapping m.toml --write m.toml",
    ] {
        assert!(ended.err.replace("ROSTER", "second.csv").contains(text), "{text} is not in {}", ended.err);
    }
    let ended = desk.run(&["map", "second.csv", "--mapping", "m.toml", "--write", "m.toml", "--yes"]).exits(0);
    assert!(ended.err.contains("is probably its new name"), "{ended:?}");
    desk.run(&["check", "second.csv", "--mapping", "m.toml"]).exits(0);
    assert!(desk.read("m.toml").contains("email = \"E-Mail Address\""));
}

#[test]
fn a_role_that_is_new_and_needs_more_than_everybody_else_is_pointed_out() {
    let desk = Desk::new();
    desk.write("first.csv", FIRST.replace("Radiologist", "Scribe"));
    desk.run(&["map", "first.csv", "--write", "m.toml"]).exits(0);
    let before = desk.run(&["check", "first.csv", "--mapping", "m.toml"]).exits(0);
    assert!(!before.out.contains("[profiles.\"Scribe\"]"), "{}", before.out);
    desk.write("second.csv", FIRST);
    let ended = desk.run(&["check", "second.csv", "--mapping", "m.toml"]).exits(0);
    let warning = "no [profiles.\"Radiologist\"], so [profiles.default] holds for that role; its work usually needs \
                   can_create_reports = \"with-npi\"";
    assert!(ended.out.contains(warning), "{}", ended.out);
    // Somebody has decided it.
    let decided = desk.read("m.toml") + "\n[profiles.\"Radiologist\"]\ncan_create_reports = false\n";
    desk.write("m.toml", decided);
    let ended = desk.run(&["check", "second.csv", "--mapping", "m.toml"]).exits(0);
    assert!(!ended.out.contains("so [profiles.default] holds"), "{}", ended.out);
}

#[test]
fn a_column_that_said_who_has_left_is_not_missed_in_silence() {
    let desk = Desk::new();
    let roster = |status: &str| {
        format!(
            "First Name,Last Name,Email,Title,{status}\nAna,Ruiz,ana@example.org,Scribe,Active\nBo,Lee,bo@example.org,Scribe,Terminated\n"
        )
    };
    desk.write("first.csv", roster("Worker Status"));
    desk.run(&["map", "first.csv", "--write", "m.toml"]).exits(0);
    desk.run(&["check", "first.csv", "--mapping", "m.toml"]).exits(0);
    desk.write("second.csv", roster("Worker Standing"));
    let ended = desk.run(&["check", "second.csv", "--mapping", "m.toml"]).exits(2);
    assert!(ended.err.contains("Worker Status"), "{}", ended.err);
}

const WITH_STATUS: &str = "Last Name,First Name,Work Email,Job Title,Status\n\
    Ruiz,Ana,ana@example.org,Radiologist,Active\nIto,Ken,ken@example.org,Scribe,Terminated\n\
    Lee,Bo,bo@example.org,Volunteer,Active\n";

fn desk_with_leavers() -> Desk {
    let desk = Desk::new();
    desk.write("first.csv", WITH_STATUS);
    desk.run(&["map", "first.csv", "--write", "m.toml"]).exits(0);
    let rules = "\n[skip]\n\"Job Title\" = [\"Volunteer\"]\n";
    desk.write("m.toml", desk.read("m.toml") + rules);
    let checked = desk.run(&["check", "first.csv", "--mapping", "m.toml", "--format", "json"]).exits(0).json();
    assert_eq!((&checked["counts"]["ready"], &checked["counts"]["skipped"]), (&1.into(), &2.into()));
    desk
}

#[test]
fn who_was_left_out_stays_left_out_under_a_new_name() {
    let desk = desk_with_leavers();
    desk.write("second.csv", WITH_STATUS.replace("Job Title", "Position").replace("Status", "Employment Status"));
    let ended = desk.run(&["map", "second.csv", "--mapping", "m.toml", "--write", "n.toml"]).exits(0);
    assert!(desk.read("n.toml").contains("\"Position\" = [\"Volunteer\"]"), "{ended:?}");
    let checked = desk.run(&["check", "second.csv", "--mapping", "n.toml", "--format", "json"]).exits(0).json();
    assert_eq!((&checked["counts"]["ready"], &checked["counts"]["skipped"]), (&1.into(), &2.into()));
}

#[test]
fn a_column_that_told_who_has_left_is_not_lost_without_a_word() {
    let desk = desk_with_leavers();
    desk.write("second.csv", WITH_STATUS.replace("Status", "Group"));
    let ended = desk.run(&["check", "second.csv", "--mapping", "m.toml"]).exits(2);
    assert!(ended.err.contains("\"Status\", which told who has left, is gone"), "{ended:?}");
    let ended = desk.run(&["map", "second.csv", "--mapping", "m.toml", "--write", "n.toml"]).exits(2);
    assert!(ended.err.contains("\"Status\" told who is left out"), "{ended:?}");
    let mut session = Session::start(&desk, &["map", "second.csv", "--mapping", "m.toml", "--write", "n.toml"]);
    session.answer("Which column tells it now?", "group");
    session.until("Active  (2)");
    session.answer("Numbers, with spaces between:", "2");
    let (rest, code) = session.end();
    assert_eq!(code, Some(0), "{rest}");
    let checked = desk.run(&["check", "second.csv", "--mapping", "n.toml", "--format", "json"]).exits(0).json();
    assert_eq!((&checked["counts"]["ready"], &checked["counts"]["skipped"]), (&1.into(), &2.into()));
}

#[test]
fn a_level_that_was_read_is_not_given_up_without_a_word() {
    let desk = Desk::new();
    let roster =
        "Name,Email,Title,Level\nAna Ruiz,ana@example.org,Scribe,admin\nKen Ito,ken@example.org,Scribe,member\n";
    desk.write("first.csv", roster);
    desk.run(&["map", "first.csv", "--write", "m.toml"]).exits(0);
    desk.write("second.csv", roster.replace("Level", "Rank"));
    let ended = desk.run(&["map", "second.csv", "--mapping", "m.toml", "--write", "n.toml"]).exits(0);
    assert!(ended.out.contains("One thing is left to decide"), "{ended:?}");
    let line = "# To decide: level was read from [\"Level\"], which is gone";
    assert!(desk.read("n.toml").contains(line), "{}", desk.read("n.toml"));
    let mut session = Session::start(&desk, &["map", "second.csv", "--mapping", "m.toml", "--write", "o.toml"]);
    session.answer("Which column is level?", "rank");
    assert_eq!(session.end().1, Some(0));
    assert!(desk.read("o.toml").contains("level = \"Rank\""), "{}", desk.read("o.toml"));
}

#[test]
fn rights_that_a_role_or_a_level_brings_are_not_lost_without_a_word() {
    let desk = Desk::new();
    let roster = "Name,Email,Title,Level,NPI\nAna Ruiz,ana@example.org,Radiologist,member,1982736450\n\
        Ken Ito,ken@example.org,Radiologist,member,\nBo Lee,bo@example.org,Scribe,admin,\n";
    desk.write("staff.csv", roster);
    desk.run(&["map", "staff.csv", "--write", "m.toml"]).exits(0);
    assert!(desk.read("m.toml").contains("has_dashboard_access = \"for-admins\""), "{}", desk.read("m.toml"));
    let ended = desk.run(&["check", "staff.csv", "--mapping", "m.toml"]).exits(0);
    assert!(ended.out.contains("Ready    3 people"), "{}", ended.out);
    assert!(ended.out.contains("1 person has no NPI, so the role's profile"), "{}", ended.out);
    let without = desk.read("m.toml").replace("\"for-admins\"", "false");
    desk.write("m.toml", without);
    let ended = desk.run(&["check", "staff.csv", "--mapping", "m.toml"]).exits(1);
    assert!(ended.out.contains("has_dashboard_access = \"for-admins\""), "{}", ended.out);
}
