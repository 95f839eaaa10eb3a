//! How fast a CSV roster is read: rows a second, from an open roster to the last row.

use std::io::Write;
use std::path::Path;

use avara_onboard::roster::{HeaderJudge, Roster, RosterOptions, open};
use divan::counter::ItemsCount;

const ROWS: usize = 20_000;

struct Words;

impl HeaderJudge for Words {
    fn recognised(&self, cells: &[&str]) -> usize {
        cells.iter().filter(|cell| ["Name", "Email", "Phone", "NPI", "Role"].contains(cell)).count()
    }
}

fn main() {
    divan::main();
}

/// A roster of made-up people, half of whose cells are quoted.
fn write_roster(path: &Path) {
    let mut text = String::from("Name,Email,Phone,NPI,Role,Site,Notes\n");
    for number in 0..ROWS {
        text += &format!(
            "\"Ruiz, Ana {number}\",ana{number}@example.org,555-0100,1234567893,\"Nurse\",\"Zürich\",\"a \"\"b\"\" c\"\n"
        );
    }
    std::fs::File::create(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("a file in a folder of our own");
}

fn opened(path: &Path) -> Roster {
    open(path, &RosterOptions::default(), &Words).expect("a good roster")
}

#[divan::bench]
fn open_a_csv(bencher: divan::Bencher) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("staff.csv");
    write_roster(&path);
    bencher.counter(ItemsCount::new(ROWS)).bench(|| opened(&path));
}

#[divan::bench]
fn read_a_csv(bencher: divan::Bencher) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("staff.csv");
    write_roster(&path);
    let roster = opened(&path);
    bencher.counter(ItemsCount::new(ROWS)).bench(|| roster.rows().map(|rows| rows.filter(Result::is_ok).count()));
}
