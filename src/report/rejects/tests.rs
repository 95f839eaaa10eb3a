use std::io::Cursor;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use proptest::prelude::*;

use super::*;
use crate::roster::{Cell, CellKind, Location};
use crate::staff::Field;

fn row(cells: &[&str]) -> Row {
    Row {
        at: Location { sheet: None, row: 3 },
        cells: cells.iter().map(|text| Cell::text(*text)).collect(),
        ragged: false,
    }
}

fn problem(column: &str, value: &str) -> Problem {
    Problem {
        at: Location { sheet: None, row: 3 },
        column: Some(column.to_owned()),
        field: Some(Field::NpiNumber),
        value: value.to_owned(),
        code: "npi_length",
        message: "an NPI has ten digits".to_owned(),
    }
}

fn headers(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn without_a_row_there_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.csv", "a.xlsx"] {
        let path = folder.path().join(name);
        assert_eq!(Rejects::create(&path, &headers(&["NPI"])).unwrap().finish().unwrap(), None);
        assert!(!path.exists());
    }
}

#[test]
fn text_keeps_every_column_and_disarms_formulas() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let mut rejects =
        Rejects::create(&path, &headers(&["Name", "NPI", "Pay grade"])).unwrap().delimiter(';').bom(Bom::Without);
    rejects.row(&row(&["=1+1", "123", "a;b"]), &[problem("NPI", "123")], "").unwrap();
    rejects.row(&row(&["Bo Li"]), &[], "AutoScribe refused it").unwrap();
    assert_eq!(rejects.finish().unwrap(), Some(path.clone()));
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "avara_problems;Name;NPI;Pay grade\n\
         \"NPI \"\"123\"\": an NPI has ten digits\";'=1+1;123;\"a;b\"\n\
         AutoScribe refused it;Bo Li\n"
    );
}

#[test]
fn the_problems_of_the_last_time_give_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let mut rejects = Rejects::create(&path, &headers(&["avara_problems", "NPI"])).unwrap().bom(Bom::Without);
    rejects.row(&row(&["old", "123"]), &[problem("NPI", "123")], "").unwrap();
    rejects.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, "avara_problems,NPI\n\"NPI \"\"123\"\": an NPI has ten digits\",123\n");
}

#[test]
fn a_workbook_has_every_cell_as_text_and_a_note_on_the_faulty_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.xlsx");
    let mut rejects = Rejects::create(&path, &headers(&["Name", "NPI", "NPI"])).unwrap().sheet("Staff 2026");
    let mut first = row(&["=1+1", "1234567893", "123"]);
    first.cells[1].kind = CellKind::Number;
    rejects.row(&first, &[problem("NPI", "123")], "").unwrap();
    rejects.row(&row(&["Bo Li"]), &[problem("NPI", "")], "").unwrap();
    assert_eq!(rejects.finish().unwrap(), Some(path.clone()));
    let bytes = std::fs::read(&path).unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes.clone())).unwrap();
    assert_eq!(book.sheet_names(), ["Staff 2026"]);
    let cells = book.worksheet_range("Staff 2026").unwrap();
    assert_eq!(cells.get_value((0, 0)), Some(&Data::String("avara_problems".to_owned())));
    assert_eq!(cells.get_value((1, 1)), Some(&Data::String("=1+1".to_owned())));
    assert_eq!(cells.get_value((1, 2)), Some(&Data::String("1234567893".to_owned())));
    assert_eq!(cells.get_value((2, 1)), Some(&Data::String("Bo Li".to_owned())));
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let comments = std::io::read_to_string(parts.by_name("xl/comments1.xml").unwrap()).unwrap();
    assert_eq!(comments.matches("an NPI has ten digits").count(), 2);
    assert!(comments.contains("ref=\"D2\"") && comments.contains("ref=\"C3\""), "the value tells which NPI is meant");
}

#[test]
fn a_row_is_as_high_as_its_problems() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.xlsx");
    let mut rejects = Rejects::create(&path, &headers(&["NPI"])).unwrap();
    rejects.row(&row(&["1"]), &[], "no").unwrap();
    rejects.row(&row(&["1"]), &[], &"too long for one line ".repeat(7)).unwrap();
    rejects.row(&row(&["1"]), &[], &"without an end ".repeat(2000)).unwrap();
    rejects.finish().unwrap();
    let mut parts = zip::ZipArchive::new(Cursor::new(std::fs::read(&path).unwrap())).unwrap();
    let sheet = std::io::read_to_string(parts.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
    let height = |number: u32| {
        let (_, row) = sheet.split_once(&format!("<row r=\"{number}\"")).unwrap();
        let (row, _) = row.split_once('>').unwrap();
        row.split_once("ht=\"").map(|(_, height)| height.split_once('"').unwrap().0.parse::<f64>().unwrap())
    };
    assert!(height(2).is_none_or(|height| height < 16.0), "{sheet:.900}");
    assert_eq!((height(3), height(4)), (Some(45.0), Some(405.0)));
}

#[test]
fn a_cell_too_long_for_a_workbook_is_cut_and_a_bad_sheet_name_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.xlsx");
    let mut rejects = Rejects::create(&path, &headers(&["Notes"])).unwrap().sheet("a/b");
    rejects.row(&row(&[&"é".repeat(40_000)]), &[], "AutoScribe refused it").unwrap();
    rejects.finish().unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(std::fs::read(&path).unwrap())).unwrap();
    let cells = book.worksheet_range("Staff").unwrap();
    assert!(matches!(cells.get_value((1, 1)), Some(Data::String(text)) if text.chars().count() == 32_767));
}

#[cfg(unix)]
#[test]
fn rejects_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.csv", "a.xlsx"] {
        let path = folder.path().join(name);
        let mut rejects = Rejects::create(&path, &headers(&["NPI"])).unwrap();
        rejects.row(&row(&["1"]), &[], "no").unwrap();
        rejects.finish().unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// What a reader of a rejects file does with a cell: takes off the one sign that was put before it.
fn restored(cell: &str) -> String {
    crate::roster::neutral::restore(cell).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_workbook_gives_back_what_it_was_given(cells in prop::collection::vec("['=+@-]{0,3}[a-z]{1,5}", 2)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.xlsx");
        let mut rejects = Rejects::create(&path, &headers(&["First Name", "Last Name"])).unwrap();
        let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
        rejects.row(&row(&texts), &[], "mend it").unwrap();
        rejects.finish().unwrap();
        let known = crate::mapping::KnownHeaders;
        let roster = crate::roster::open(&path, &crate::roster::RosterOptions::default(), &known).unwrap();
        let back = roster.sample(1).unwrap();
        prop_assert_eq!(back[0].cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>(), cells);
    }
}

proptest! {
    #[test]
    fn whatever_a_row_holds_it_is_harmless_and_comes_back(
        cells in prop::collection::vec("['=+@\t\r\n,;\"a-]{0,6}|\\PC{0,12}", 1..6),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|'])
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.csv");
        let mut rejects = Rejects::create(&path, &headers(&["A", "B"])).unwrap().delimiter(delimiter).bom(Bom::Without);
        let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
        rejects.row(&row(&texts), &[], "mend it").unwrap();
        rejects.finish().unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter as u8).flexible(true).from_path(&path).unwrap();
        let record = reader.records().next().unwrap().unwrap();
        prop_assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])));
        let back: Vec<String> = record.iter().skip(1).map(restored).collect();
        prop_assert_eq!(back, cells);
    }
}
