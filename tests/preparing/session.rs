//! `map` with a person at a terminal.

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use crate::desk::Desk;

/// How long something is waited for that is bound to come, in milliseconds.
const PATIENCE: u64 = 30_000;

/// Two addresses, a role word that is ambiguous, one that is unknown, no permissions.
const ROSTER: &str = "Employee,Contact Email,Login Email,Job Title,NPI,Status\n\
    \"Ruiz, Ana\",ana@example.org,aruiz@example.test,Radiologist,1234567893,Active\n\
    \"Ito, Ken\",ken@example.org,kito@example.test,Tech,,Active\n\
    \"Okafor, Chidi\",chidi@example.org,cokafor@example.test,Tech,,Active\n\
    \"Berg, Liv\",liv@example.org,lberg@example.test,Magician,,Active\n\
    \"Gone, Max\",max@example.org,mgone@example.test,Sorcerer,,Terminated\n";

pub struct Session {
    terminal: PtySession,
}

impl Session {
    pub fn start(desk: &Desk, args: &[&str]) -> Self {
        Session { terminal: spawn_command(desk.command(args), Some(PATIENCE)).unwrap() }
    }

    /// Waits for a text; gives back what came before it.
    pub fn until(&mut self, text: &str) -> String {
        self.terminal.exp_string(text).unwrap()
    }

    pub fn answer(&mut self, asked: &str, answer: &str) {
        self.until(asked);
        self.terminal.send_line(answer).unwrap();
    }

    /// What was said last, and the exit code.
    pub fn end(mut self) -> (String, Option<i32>) {
        let rest = self.terminal.exp_eof().unwrap();
        let status = self.terminal.process().wait().unwrap();
        let code = match status {
            WaitStatus::Exited(_, code) => Some(code),
            _ => None,
        };
        (rest, code)
    }
}

#[test]
fn a_person_answers_and_the_file_passes_check() {
    let desk = Desk::new();
    desk.write("staff.csv", ROSTER);
    let mut session = Session::start(&desk, &["map", "staff.csv", "--write", "m.toml"]);
    session.until("email:");
    // Up to three values of each column in question.
    session.until("ana@example.org | ken@example.org | chidi@example.org");
    session.answer("Which column is email?", "contact email");
    session.answer("\"Tech\" (2 rows)", "imaging technologist");
    session.answer("\"Magician\" (1 row) is not known", "it suport");
    session.answer("The nearest are:", "1");
    session.answer("Take it so?", "IT Support");
    session.answer("what is to be otherwise?", "has_dashboard_access=yes");
    session.answer("Take it so?", "");
    let (rest, code) = session.end();
    assert!(rest.contains("Written to m.toml. Nothing is left to decide."), "{rest}");
    assert_eq!(code, Some(0));

    let file = desk.read("m.toml");
    for line in ["email = \"Contact Email\"", "\"Magician\" = \"IT Support\"", "[profiles.\"IT Support\"]"] {
        assert!(file.contains(line), "{line} is not in\n{file}");
    }
    // Whoever is left out has nothing to be asked about.
    assert!(!file.contains("Sorcerer"), "{file}");
    let checked = desk.run(&["check", "staff.csv", "--mapping", "m.toml", "--format", "json"]).exits(0).json();
    assert_eq!(checked["counts"]["ready"], 4);
    assert_eq!(checked["counts"]["report_creators"], 1);
    // Written again from itself, it is the same.
    let again = desk.run(&["map", "staff.csv", "--mapping", "m.toml"]).exits(0);
    assert_eq!(again.out, file);
}

#[test]
fn columns_of_rights_are_asked_about_with_the_words_in_them() {
    let desk = Desk::new();
    let roster = "Name,Email,Title,Signs reports?,Access Level,NPI\n\
        Ana Ruiz,ana@example.org,Radiologist,Y,Power User,1234567893\n\
        Ken Ito,ken@example.org,Scribe,prelim only,User,\n\
        Bo Lee,bo@example.org,Scribe,N,User,\n";
    desk.write("staff.csv", roster);
    let mut session = Session::start(&desk, &["map", "staff.csv", "--write", "m.toml"]);
    session.answer("Which column is level?", "1");
    session.answer("Which column is can_create_reports?", "1");
    session.answer("\"User\" (2 rows): admin or member?", "staff");
    session.answer("Type admin or member;", "member");
    session.answer("\"Power User\" (1 row): admin or member?", "admin");
    session.answer("\"prelim only\" (1 row): yes or no?", "no");
    let asked = session.until("Take it so?");
    assert!(asked.contains("can_manage_studies and has_dashboard_access"), "{asked}");
    session.terminal.send_line("radiologist").unwrap();
    session.answer("what is to be otherwise?", "has_dashboard_access=yes");
    session.answer("Take it so?", "");
    let (rest, code) = session.end();
    assert!(rest.contains("Nothing is left to decide.") && code == Some(0), "{rest}");
    assert!(desk.read("m.toml").contains("[values.level]\n\"Power User\" = \"admin\"\n\"User\" = \"member\"\n"));
    let checked = desk.run(&["check", "staff.csv", "--mapping", "m.toml", "--format", "json"]).exits(0).json();
    let counts = &checked["counts"];
    assert_eq!((&counts["ready"], &counts["admins"], &counts["report_creators"]), (&3.into(), &1.into(), &1.into()));
}

#[test]
fn a_file_that_stands_there_is_replaced_only_on_a_yes() {
    let desk = Desk::new();
    desk.write("staff.csv", ROSTER);
    desk.write("m.toml", "# mine");
    let mut session = Session::start(&desk, &["map", "staff.csv", "--write", "m.toml"]);
    session.answer("Type yes to replace it:", "no");
    let (rest, code) = session.end();
    assert!(rest.contains("it was not touched"), "{rest}");
    assert_eq!((code, desk.read("m.toml").as_str()), (Some(2), "# mine"));
}

#[test]
fn the_end_of_input_ends_it_and_nothing_is_written() {
    let desk = Desk::new();
    desk.write("staff.csv", ROSTER);
    let mut session = Session::start(&desk, &["map", "staff.csv", "--write", "m.toml"]);
    session.until("Which column is email?");
    session.terminal.send_control('d').unwrap();
    let (rest, code) = session.end();
    assert!(rest.contains("the input ended"), "{rest}");
    assert_eq!(code, Some(2));
    assert!(!desk.path("m.toml").exists());
}

#[test]
fn without_a_terminal_the_questions_are_comments() {
    let desk = Desk::new();
    desk.write("staff.csv", ROSTER);
    let ended = desk.run(&["map", "staff.csv"]).exits(0);
    for line in ["# To decide: ", "\n# \"Tech\" = ", "\n# \"Magician\" = ", "[profiles.default]"] {
        assert!(ended.out.contains(line), "{line} is not in\n{}", ended.out);
    }
    let document = desk.run(&["map", "staff.csv", "--write", "m.toml", "--format", "json"]).exits(0).json();
    assert_eq!(document["mapping"], ended.out);
    assert_eq!(desk.read("m.toml"), ended.out);
    assert_eq!(document["to_decide"].as_array().unwrap().len(), 3, "{document}");
    // A file is not replaced by the way.
    desk.run(&["map", "staff.csv", "--write", "m.toml"]).exits(2);
    desk.run(&["map", "staff.csv", "--write", "m.toml", "--yes"]).exits(0);
    desk.run(&["map", "staff.csv", "--write", "staff.csv", "--yes"]).exits(2);
    assert_eq!(desk.read("staff.csv"), ROSTER);
}

#[test]
fn what_was_set_becomes_a_default() {
    let desk = Desk::new();
    desk.write("staff.csv", ROSTER);
    let ended = desk.run(&["map", "staff.csv", "--set", "level=member"]).exits(0);
    assert!(ended.out.contains("[defaults]\nlevel = \"member\""), "{}", ended.out);
}

/// The code blocks of the README that show a terminal, without the line that was typed first.
fn shown_in_the_readme(command: &str) -> String {
    let readme = include_str!("../../README.md");
    let (_, block) = readme.split_once(&format!("```console\n$ {command}\n")).unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_session_in_the_readme_goes_as_it_is_shown() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("samples")).unwrap();
    desk.write("samples/directory-export.csv", include_str!("../../samples/directory-export.csv"));
    let mut session = Session::start(&desk, &["map", "samples/directory-export.csv", "--write", "directory.toml"]);
    let mut screen = String::new();
    for (asked, answer) in [
        ("or a header: ", "2"),
        ("are not sent] ", "1"),
        ("to change it: ", "IT Administrator"),
        ("(Enter: nothing): ", "level=admin has_dashboard_access=yes"),
        ("to change it: ", ""),
    ] {
        // This terminal does not show what is typed.
        screen += &(session.until(asked) + asked + answer + "\n");
        session.terminal.send_line(answer).unwrap();
    }
    screen += &session.end().0;
    let screen: String = screen.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    assert_eq!(screen, shown_in_the_readme("avara-onboard map samples/directory-export.csv --write directory.toml"));
    assert_eq!(desk.read("directory.toml"), shown_in_the_readme("cat directory.toml"));
    let checked = desk.run(&["check", "samples/directory-export.csv", "--mapping", "directory.toml"]).exits(0);
    assert!(checked.out.contains("5 people to invite"), "{}", checked.out);
}

#[test]
fn which_of_several_sheets_is_asked() {
    let desk = Desk::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    for (sheet, name) in [("New Providers", "Ana"), ("Term Providers", "Max")] {
        let sheet = book.add_worksheet().set_name(sheet).unwrap();
        for (row, cells) in
            [["First Name", "Last Name", "Work Email"], [name, "Ruiz", "ana@example.org"]].iter().enumerate()
        {
            for (column, text) in cells.iter().enumerate() {
                sheet.write_string(row as u32, column as u16, *text).unwrap();
            }
        }
    }
    book.save(desk.path("two.xlsx")).unwrap();
    let mut session = Session::start(&desk, &["check", "two.xlsx"]);
    session.until("1  New Providers");
    session.answer("Which one is it?", "2");
    session.until("sheet \"Term Providers\"");
    assert_eq!(session.end().1, Some(2));
}
