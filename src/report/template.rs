//! A blank roster to be filled in: a workbook with drop-downs and notes, or a CSV file.
//!
//! Its headers are ones that are recognised without a mapping file, and its example rows are left out by themselves, so
//! that a filled template passes `check` as it is.

use std::path::Path;

use rust_xlsxwriter::{Color, DataValidation, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

use super::ReportError;
use super::paths::write_private;
use crate::staff::{ClinicRole, Field};

/// So many rows have drop-downs.
const ROWS: u32 = 5_000;
/// The sheet that is filled in.
const SHEET: &str = "Staff";
/// The hidden sheet with the clinic roles: a list of more than 255 characters must stand in cells.
const LIST: &str = "Clinic roles";

/// A column of the template.
struct Column {
    field: Field,
    header: &'static str,
    width: f64,
    note: &'static str,
    examples: [&'static str; 2],
}

/// The columns, in the order in which people think of them. An example is known by its first cell.
const COLUMNS: [Column; 13] = [
    Column {
        field: Field::FirstName,
        header: "First Name",
        width: 20.0,
        note: "Required. The legal first name.\n\nRows whose first cell begins with EXAMPLE are left out; you need not delete \
               them.",
        examples: ["EXAMPLE: Ana", "EXAMPLE: Ken"],
    },
    Column {
        field: Field::MiddleName,
        header: "Middle Name",
        width: 14.0,
        note: "Optional. The middle name or its initial.",
        examples: ["M.", ""],
    },
    Column {
        field: Field::LastName,
        header: "Last Name",
        width: 20.0,
        note: "Required. The legal last name.",
        examples: ["Ruiz", "Ito"],
    },
    Column {
        field: Field::Suffix1,
        header: "Suffix 1",
        width: 10.0,
        note: "Optional. A suffix to the name, such as Jr., III or MD.",
        examples: ["MD", ""],
    },
    Column {
        field: Field::Suffix2,
        header: "Suffix 2",
        width: 10.0,
        note: "Optional. A second suffix, such as PhD.",
        examples: ["", ""],
    },
    Column {
        field: Field::Email,
        header: "Email",
        width: 30.0,
        note: "Required. The person's own work address. The invitation goes there, so every row needs a different one.",
        examples: ["ana.ruiz@example.org", "ken.ito@example.org"],
    },
    Column {
        field: Field::PhoneNumber,
        header: "Phone Number",
        width: 18.0,
        note: "Optional. 10 to 15 digits with the area code, and a + before a country code. The column is text, so that no \
               digit is lost.",
        examples: ["312-555-0142", ""],
    },
    Column {
        field: Field::NpiNumber,
        header: "NPI Number",
        width: 14.0,
        note: "Required for those who create reports. The person's own 10-digit NPI, not the group's. The column is text, so \
               that no digit is lost.",
        examples: ["1234567893", ""],
    },
    Column {
        field: Field::ClinicRole,
        header: "Clinic Role",
        width: 30.0,
        note: "Required. Choose one of AutoScribe's 61 roles from the list; \"Other\" is one of them.",
        examples: ["Radiologist", "Imaging Technologist"],
    },
    Column {
        field: Field::Level,
        header: "Level",
        width: 12.0,
        note: "Required. member, or admin for the few who manage users and settings. An admin needs access to the dashboard.",
        examples: ["member", "member"],
    },
    Column {
        field: Field::CanCreateReports,
        header: "Can Create Reports",
        width: 20.0,
        note: "Required. yes for those who create and sign reports; they need an NPI.",
        examples: ["yes", "no"],
    },
    Column {
        field: Field::CanManageStudies,
        header: "Can Manage Studies",
        width: 20.0,
        note: "Required. yes for those who upload, assign or edit studies.",
        examples: ["yes", "yes"],
    },
    Column {
        field: Field::HasDashboardAccess,
        header: "Has Dashboard Access",
        width: 22.0,
        note: "Required. yes for those who may sign in to the dashboard; an admin must.",
        examples: ["yes", "yes"],
    },
];

/// Somebody's cells, in the order of [`headers`].
pub type Person = [String; COLUMNS.len()];

/// The template's headers.
pub fn headers() -> [&'static str; COLUMNS.len()] {
    COLUMNS.map(|column| column.header)
}

/// Writes the template as a workbook; `people`, if there are any, below the examples.
///
/// # Errors
/// When the file cannot be written.
pub fn write_workbook(path: &Path, people: &[Person]) -> Result<(), ReportError> {
    let content = workbook(people).and_then(|mut workbook| workbook.save_to_buffer());
    let content = content.map_err(|error| ReportError::Workbook { path: path.to_owned(), why: error.to_string() })?;
    write_private(path, &content)
}

/// Writes the template as a CSV file, with the byte-order mark that Excel needs for names with accents.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv(path: &Path, people: &[Person]) -> Result<(), ReportError> {
    let mut csv =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let written = csv.write_record(headers()).and_then(|()| {
        examples().iter().try_for_each(|example| csv.write_record(example))?;
        people.iter().try_for_each(|person| csv.write_record(person))
    });
    let whole = written.map_err(std::io::Error::from);
    let content = whole.and_then(|()| csv.into_inner().map_err(|error| error.into_error()));
    write_private(path, &content.map_err(|error| ReportError::write(path, error))?)
}

fn examples() -> [[&'static str; COLUMNS.len()]; 2] {
    [0, 1].map(|example| std::array::from_fn(|column| COLUMNS[column].examples[example]))
}

fn workbook(people: &[Person]) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let staff = workbook.add_worksheet();
    staff.set_name(SHEET)?;
    write_headers(staff)?;
    let text = Format::new().set_num_format("@");
    let example = text.clone().set_italic().set_font_color(Color::Gray);
    for (row, cells) in (1..).zip(examples()) {
        write_row(staff, row, &cells, &example)?;
    }
    for (row, cells) in (3..).zip(people) {
        write_row(staff, row, cells, &text)?;
    }
    staff.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    staff.set_active(true);
    write_list(workbook.add_worksheet())?;
    Ok(workbook)
}

fn write_headers(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@");
    let header = |required: bool| {
        let shade = if required { Color::RGB(0x00BD_D7EE) } else { Color::RGB(0x00E7_E6E6) };
        Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_background_color(shade)
    };
    for (at, column) in (0u16..).zip(&COLUMNS) {
        // All of it is text: a number would lose a leading zero, a plus or, beyond 15, its digits.
        sheet.set_column_format(at, &text)?;
        sheet.set_column_width(at, column.width)?;
        sheet.write_string_with_format(0, at, column.header, &header(column.field.is_required()))?;
        sheet.insert_note(0, at, &Note::new(column.note).set_author("avara-onboard").set_width(260).set_height(110))?;
        if let Some(choice) = choice(column)? {
            sheet.add_data_validation(1, at, ROWS, at, &choice)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// The drop-down of a column.
fn choice(column: &Column) -> Result<Option<DataValidation>, XlsxError> {
    let choice = DataValidation::new().set_error_title(column.header)?;
    Ok(Some(match column.field {
        Field::ClinicRole => choice
            .allow_list_formula(format!("='{LIST}'!$A$1:$A${}", ClinicRole::ALL.len()).as_str().into())
            .set_error_message("Choose one of the 61 clinic roles from the list.")?,
        Field::Level => {
            choice.allow_list_strings(&["member", "admin"])?.set_error_message("Choose member or admin.")?
        }
        field if field.is_permission() => {
            choice.allow_list_strings(&["yes", "no"])?.set_error_message("Choose yes or no.")?
        }
        _ => return Ok(None),
    }))
}

fn write_row<T: AsRef<str>>(sheet: &mut Worksheet, row: u32, cells: &[T], format: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.as_ref().is_empty()) {
        sheet.write_string_with_format(row, column, cell.as_ref(), format)?;
    }
    Ok(())
}

fn write_list(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(LIST)?;
    for (row, role) in (0u32..).zip(ClinicRole::ALL) {
        sheet.write_string(row, 0, role.as_str())?;
    }
    sheet.set_hidden(true);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_column_and_every_example_its_mark() {
        for field in Field::ALL {
            assert_eq!(COLUMNS.iter().filter(|column| column.field == field).count(), 1, "{field}");
        }
        assert!(examples().iter().all(|example| example[0].starts_with("EXAMPLE")));
        assert!(COLUMNS.iter().all(|column| !column.note.is_empty()));
    }
}
