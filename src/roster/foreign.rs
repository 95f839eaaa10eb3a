//! What a file is that is no roster: told by its first bytes, so that the refusal can name it.

use super::error::RosterError;

/// What the first bytes of a file that is neither a zip archive nor an OLE container say, if they say it is no text.
pub(super) fn binary(head: &[u8], size: u64) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 24] = [
        (b"%PDF", "a PDF"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xfd7zXZ\0", "an xz archive"),
        (b"\x28\xb5\x2f\xfd", "a zstd archive"),
        (b"\x89PNG", "a picture (PNG)"),
        (b"\xff\xd8\xff", "a picture (JPEG)"),
        (b"GIF8", "a picture (GIF)"),
        (b"II*\0", "a picture (TIFF)"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90", "a program"),
        (b"SQLite format 3\0", "a database (SQLite)"),
        (b"\0\x01\0\0Standard ", "a database (Access)"),
        (b"PAR1", "a Parquet file"),
        (b"bplist00", "a property list of macOS"),
        (b"\x09\0\x04\0", "a workbook of Excel 2"),
        (b"\x09\x02\x06\0", "a workbook of Excel 3"),
        (b"\x09\x04\x06\0", "a workbook of Excel 4"),
        (b"\x09\x08\x08\0", "a workbook of Excel 5 or 95"),
        (b"\x09\x08\x10\0", "the inside of an old workbook, without its container"),
        (b"\0\0\x02\0\x06\x04", "a spreadsheet of Lotus 1-2-3"),
        (b"\0\0\x1a\0", "a spreadsheet of Lotus 1-2-3"),
    ];
    let known = KNOWN.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, what)| *what);
    known
        .or_else(|| is_dbase(head).then_some("a dBase table (.dbf)"))
        .or_else(|| is_owner_file(head, size).then_some(LOCK_FILE))
}

/// What a spreadsheet program leaves beside a file that is open in it.
const LOCK_FILE: &str = "the small file (~$ or .~lock) that stands beside a workbook while somebody has it open";

/// The refusal of a file that is something else.
pub(super) fn refusal(file: String, what: &'static str) -> RosterError {
    match what {
        LOCK_FILE => RosterError::LockFile { file },
        what => RosterError::NotATable { file, what: what.to_owned() },
    }
}

/// What the beginning of a text says, if it is no table.
pub(super) fn text(sample: &[u8]) -> Option<&'static str> {
    let start = after_comments(sample.trim_ascii_start());
    let head = start[..start.len().min(2048)].to_ascii_lowercase();
    let holds = |words: &str| head.windows(words.len()).any(|window| window == words.as_bytes());
    let begins = |words: &str| head.starts_with(words.as_bytes());
    Some(match () {
        () if begins("<?xml") && holds("urn:schemas-microsoft-com:office:spreadsheet") => {
            "an XML spreadsheet of Excel 2003"
        }
        () if begins("<?xml") && holds("opendocument") => "an OpenDocument file in one piece (.fods)",
        () if begins("<?xml") && holds("<html") => "a web page (HTML)",
        () if begins("<?xml") => "an XML file",
        () if is_html(&head) => "a web page (HTML)",
        () if begins("mime-version:") => "a web archive or an e-mail (MIME)",
        () if begins("{\\rtf") => "a formatted text (RTF)",
        () if begins("%pdf") => "a PDF",
        () if begins("{\"") || begins("[{") || begins("{\n") || begins("{\r\n") => "JSON",
        () if begins("id;p") && ["\nc;", "\nb;", "\np;p"].iter().any(|record| holds(record)) => "a SYLK file (.slk)",
        () if begins("table\n0,1") || begins("table\r\n0,1") => "a DIF file (.dif)",
        () if begins("begin:vcard") => "an address book (vCard)",
        () if begins("begin:vcalendar") => "a calendar",
        () if begins("dn: ") || begins("version: 1\ndn: ") => "an LDIF file of a directory",
        () if begins("insert into ") || begins("create table ") => "a script for a database (SQL)",
        () if head.first() == Some(&b',') && holds(",file:///") && start.len() < 512 => LOCK_FILE,
        () => return None,
    })
}

/// The text behind the comments that it begins with.
fn after_comments(mut text: &[u8]) -> &[u8] {
    while text.starts_with(b"<!--") {
        let Some(end) = text.windows(3).position(|window| window == b"-->") else { return text };
        text = text[end + 3..].trim_ascii_start();
    }
    text
}

/// Begins with an element of a web page, in lower case. Many systems call such a page `.xls`.
fn is_html(head: &[u8]) -> bool {
    const ELEMENTS: [&str; 16] = [
        "!doctype html",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "script",
        "body",
        "table",
        "thead",
        "tr",
        "td",
        "div",
        "p",
        "font",
        "center",
    ];
    let Some(inside) = head.strip_prefix(b"<") else { return false };
    ELEMENTS.iter().any(|element| {
        let after = inside.strip_prefix(element.as_bytes());
        after.is_some_and(|after| after.first().is_some_and(|byte| !byte.is_ascii_alphanumeric()))
    })
}

/// The header of a dBase table: a version, a date, a length that holds whole fields, and a zero that no text has.
fn is_dbase(head: &[u8]) -> bool {
    const VERSIONS: [u8; 9] = [0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5];
    let [version, _, month, day, _, _, _, _, low, high, _, _, 0, 0, ..] = head else { return false };
    let length = u16::from_le_bytes([*low, *high]);
    VERSIONS.contains(version) && (1..=12).contains(month) && (1..=31).contains(day) && length > 64 && length % 32 <= 1
}

/// Excel's owner file: the name of whoever has the workbook open, filled up with spaces, and once more in UTF-16.
fn is_owner_file(head: &[u8], size: u64) -> bool {
    let Some(length) = head.first().copied().filter(|length| (1..=52).contains(length)) else { return false };
    let filled_up =
        head.get(1 + usize::from(length)..55).is_some_and(|rest| rest.iter().all(|byte| matches!(byte, b' ' | 0)));
    size == 165 && filled_up && head.get(55..57) == Some(&[length, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_begins_alike_is_a_roster() {
        // Of the size of an owner file, and beginning with what could be the length of a name in one.
        let text = format!("6,{}\n", "x".repeat(162));
        assert_eq!(binary(text.as_bytes(), text.len() as u64), None);
        let text = b"C1\t\tName\x61\x61Email\t\n";
        assert_eq!(binary(text, text.len() as u64), None);
    }

    #[test]
    fn a_roster_is_nothing_foreign() {
        for roster in [
            "Name,Email\n",
            "\u{9}Name\tEmail\n",
            "<name>,email\n",
            "ID;Prenom;Mail\n",
            "table,email\n",
            ",Name,Email\n",
        ] {
            assert_eq!(binary(roster.as_bytes(), roster.len() as u64), None, "{roster:?}");
            assert_eq!(text(roster.as_bytes()), None, "{roster:?}");
        }
    }
}
