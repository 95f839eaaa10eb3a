//! What to do about a roster that cannot be read.

use super::error::RosterError;

impl RosterError {
    /// What to do about it, in a sentence.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            RosterError::DoubtfulAccents { word, readings, .. } => return Some(which_encoding(word, readings)),
            RosterError::Missing { .. } => "Check the path; a name with spaces needs quotation marks.",
            RosterError::NotAFile { .. } => "Name the roster file itself.",
            RosterError::Io { .. } => return None,
            RosterError::NoRows { hidden: 1.., .. } => {
                "Rows that the sheet hides or filters away are left out: show those that are to be read, and save it."
            }
            RosterError::Empty { .. } | RosterError::NoRows { .. } => {
                "Export the roster again, as the export may have failed or still be running; a blank template is to be filled \
                 in first."
            }
            RosterError::AnotherHeader { .. } => {
                "Put each table into a sheet or file of its own, or bring its columns into the order of the first: below this row \
                 cells would be read for something else."
            }
            RosterError::NotATable { .. } => {
                "Open it in a spreadsheet program and save it as .xlsx or as CSV (UTF-8), or export the roster as one of these."
            }
            RosterError::LockFile { .. } => "Name the workbook itself; its name has no ~$ or .~lock before it.",
            RosterError::NoHeader { sheet: None, .. } => {
                "A roster without a header needs a first row that names the columns. If it has one, give its row with --header-row N, \
                 and with --delimiter what stands between the columns if that is not , ; tab or |."
            }
            RosterError::NoHeader { .. } => {
                "Give the row of the header with --header-row N; a roster without one needs a first row that names the columns."
            }
            RosterError::HeaderRowMissing { .. } => {
                "--header-row counts from 1 as an editor or the spreadsheet shows it; leave it out to have the header looked for."
            }
            RosterError::Changed { .. } => "Wait until the file is complete and nobody is saving it, then run again.",
            RosterError::Nul { .. } => {
                "Export it again as CSV (UTF-8) or .xlsx; if it is UTF-16, say so with --encoding utf-16le or utf-16be."
            }
            RosterError::Undecodable { .. } => {
                "Save it as CSV (UTF-8), or name its encoding with --encoding (windows-1252, macintosh, utf-16le, ...)."
            }
            RosterError::MixedEncoding { .. } => {
                "Mend that line and save the file as CSV (UTF-8); if all of it is from an old Windows program, --encoding windows-1252 reads it as that."
            }
            RosterError::UnknownEncoding { .. } => "Common ones are utf-8, windows-1252, utf-16le and macintosh.",
            RosterError::BadDelimiter { .. } => "For example --delimiter ';' or --delimiter tab.",
            RosterError::UnclosedQuote { .. } => {
                "Remove the quotation mark or add the missing one; inside a quoted cell a quotation mark is written twice."
            }
            RosterError::CellTooLarge { .. } | RosterError::TooManyColumns { .. } => {
                "Look at that row: a quotation mark or line end may be missing, or the file may not be a roster."
            }
            RosterError::PasswordProtected { .. } => {
                "Open it with its password and save it as .xlsx without a password (File, Info, Protect Workbook)."
            }
            RosterError::DamagedWorkbook { .. } => {
                "It may have been cut off on its way: fetch it again, or open it in a spreadsheet program and save it as .xlsx."
            }
            RosterError::NotAWorkbook { .. } => "Give the roster as .xlsx or CSV; unpack an archive first.",
            RosterError::WorkbookTooLarge { .. } => {
                "Copy the roster's cells to a new workbook, or save the sheet as CSV (UTF-8)."
            }
            RosterError::NoSuchSheet { .. } | RosterError::SheetUnclear { .. } => {
                "Choose one with --sheet, by name or by number from 1."
            }
            RosterError::SheetOfLeavers { .. } => {
                "If these people are to be invited all the same, name the sheet with --sheet."
            }
            RosterError::HeadingOfLeavers { .. } => {
                "Take out the heading and whoever below it is not to be invited; a column that says it of each row does as well."
            }
            RosterError::NoSheet { .. } => {
                "Choose one with --sheet, and give the row of its header with --header-row if that is not found."
            }
        };
        Some(hint.to_owned())
    }
}

/// How to say which encoding it is.
fn which_encoding(word: &str, readings: &[(&'static str, String)]) -> String {
    let mut hint = String::from("Save it as CSV (UTF-8), or say which it is: ");
    for (encoding, reading) in readings {
        hint.push_str(&format!("--encoding {encoding} reads {reading:?}, "));
    }
    if readings.is_empty() {
        hint.push_str("--encoding macintosh for a file of an old Mac, ");
    }
    hint + &format!("--encoding windows-1252 takes {word:?} as it is.")
}
