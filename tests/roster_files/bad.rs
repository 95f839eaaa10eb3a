//! Files that cannot be a roster, each with the code and the words it is refused with, and how the program ends.

mod bombs;
mod encodings;
mod sheets;
mod text;
mod workbooks;

use std::process::{Command, Stdio};

use avara_onboard::roster::RosterOptions;

use crate::support::Desk;

/// A bad file: what it is, its bytes, and how it is refused.
struct Bad {
    what: &'static str,
    bytes: Vec<u8>,
    options: RosterOptions,
    code: &'static str,
    says: &'static str,
}

fn bad(what: &'static str, bytes: impl Into<Vec<u8>>, code: &'static str, says: &'static str) -> Bad {
    Bad { what, bytes: bytes.into(), options: RosterOptions::default(), code, says }
}

impl Bad {
    fn with(mut self, change: impl FnOnce(&mut RosterOptions)) -> Self {
        change(&mut self.options);
        self
    }
}

/// Opens and reads each; all must be refused as they say, with the file's name and something to do.
fn all_refused(cases: Vec<Bad>) {
    for case in cases {
        let desk = Desk::new("staff.dat", &case.bytes);
        let read = desk.open_with(&case.options).and_then(|roster| roster.rows()?.collect::<Result<Vec<_>, _>>());
        let error = match read {
            Ok(items) => panic!("{}: read as {} items", case.what, items.len()),
            Err(error) => error,
        };
        let text = error.to_string();
        assert_eq!(error.code(), case.code, "{}: {text}", case.what);
        assert!(text.contains(case.says), "{}: {text}", case.what);
        assert!(text.contains("staff.dat") || text.starts_with("--"), "{}: {text}", case.what);
        assert!(error.hint().is_some_and(|hint| hint.ends_with('.')), "{}: no hint", case.what);
        the_program_ends_with_2(&desk, &case);
    }
}

/// What is refused here is refused by the program, in the same words.
fn the_program_ends_with_2(desk: &Desk, case: &Bad) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_avara-onboard"));
    command.env_clear().stdin(Stdio::null()).arg("check").arg(desk.path());
    let RosterOptions { sheet, encoding, delimiter, header_row } = &case.options;
    for (option, value) in [("--sheet", sheet), ("--encoding", encoding), ("--delimiter", delimiter)] {
        command.args(value.iter().flat_map(|value| [option, value.as_str()]));
    }
    command.args(header_row.iter().flat_map(|row| ["--header-row".to_owned(), row.to_string()]));
    let ended = command.output().expect("the program");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(2), "{}: {said}", case.what);
    assert!(said.contains(case.says) && said.contains("\nhint: "), "{}: {said}", case.what);
}
