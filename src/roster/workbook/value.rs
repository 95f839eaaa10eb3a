//! A workbook's value as the text that a person sees, and what kind of value it was.

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

use super::super::{Cell, CellKind};

/// Up to here every integer is exact in a spreadsheet's numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value borrowed from a workbook.
pub(super) fn of_ref(value: &DataRef<'_>, zeros: usize) -> Cell {
    match value {
        DataRef::Int(number) => padded(number.to_string(), zeros),
        DataRef::Float(number) => of_number(*number, zeros),
        DataRef::String(text) => Cell::text(text.as_str()),
        DataRef::SharedString(text) => Cell::text(*text),
        DataRef::Bool(value) => of_bool(*value),
        DataRef::DateTime(date) => of_date(date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell { text: text.clone(), kind: CellKind::Date },
        DataRef::Error(error) => of_error(error),
        DataRef::Empty => Cell::default(),
    }
}

/// A value of a sheet that was read as a whole.
pub(super) fn of_data(value: &Data) -> Cell {
    match value {
        Data::Int(number) => padded(number.to_string(), 0),
        Data::Float(number) => of_number(*number, 0),
        Data::String(text) => Cell::text(text.as_str()),
        Data::Bool(value) => of_bool(*value),
        Data::DateTime(date) => of_date(date),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Cell { text: text.clone(), kind: CellKind::Date },
        Data::Error(error) => of_error(error),
        Data::Empty => Cell::default(),
    }
}

/// How many zeros a number format like `0000000000` asks for; 0 for any other.
pub(super) fn zeros_of(format: &str) -> usize {
    let zeros = !format.is_empty() && format.len() <= 32 && format.bytes().all(|byte| byte == b'0');
    if zeros { format.len() } else { 0 }
}

fn of_number(number: f64, zeros: usize) -> Cell {
    match number {
        _ if !number.is_finite() => Cell { text: "#NUM!".to_owned(), kind: CellKind::Error },
        _ if number.fract() == 0.0 && number.abs() <= EXACT => padded(format!("{number:.0}"), zeros),
        _ => Cell { text: number.to_string(), kind: CellKind::InexactNumber },
    }
}

/// The digits as the sheet shows them: leading zeros are the number format's doing.
fn padded(digits: String, zeros: usize) -> Cell {
    let text = match digits.as_str() {
        "-0" => "0".to_owned(),
        _ if digits.starts_with('-') => digits,
        _ => format!("{digits:0>zeros$}"),
    };
    Cell { text, kind: CellKind::Number }
}

fn of_bool(value: bool) -> Cell {
    Cell { text: if value { "TRUE" } else { "FALSE" }.to_owned(), kind: CellKind::Boolean }
}

fn of_error(error: &CellErrorType) -> Cell {
    Cell { text: error.to_string(), kind: CellKind::Error }
}

fn of_date(date: &ExcelDateTime) -> Cell {
    let serial = date.as_f64();
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let text = match () {
        () if !serial.is_finite() || serial < 0.0 => serial.to_string(),
        () if date.is_duration() => format!("PT{:.0}S", serial * 86_400.0),
        () if serial < 1.0 => format!("{hour:02}:{minute:02}:{second:02}"),
        () if (hour, minute, second) == (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        () => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    };
    Cell { text, kind: CellKind::Date }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn an_npi_keeps_its_digits() {
        assert_eq!(of_number(1_234_567_893.0, 0), Cell { text: "1234567893".into(), kind: CellKind::Number });
        assert_eq!(of_number(1.234_567_893_123_456_7e16, 0).kind, CellKind::InexactNumber);
        assert_eq!(of_number(0.5, 0), Cell { text: "0.5".into(), kind: CellKind::InexactNumber });
        assert_eq!(of_number(f64::NAN, 0).kind, CellKind::Error);
        assert_eq!(of_number(-0.0, 0).text, "0");
        assert_eq!(of_number(42.0, zeros_of("00000")).text, "00042");
        assert_eq!(zeros_of("0.00") + zeros_of("General") + zeros_of(""), 0);
    }

    #[test]
    fn dates_are_iso() {
        let date = |serial| of_date(&ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false)).text;
        assert_eq!(date(45_943.0), "2025-10-13");
        assert_eq!(date(45_943.5), "2025-10-13T12:00:00");
        assert_eq!(date(0.5), "12:00:00");
    }
}
