//! Days as rosters write them. Where a text can be two days, both are given: nobody is to guess which.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::fold::fold;

/// What a text says of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// No day: blank, or a word or date that stands for none.
    None,
    /// One day.
    On(Date),
    /// One of two days, the earlier first: month and day can be read either way.
    Either(Date, Date),
    /// Something else.
    Unreadable,
}

/// What stands where there is no day, in lower case. Origin: HR exports; the last ones are a spreadsheet's and SQL's zero.
const NO_DAY: [&str; 28] = [
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "-",
    "--",
    "tbd",
    "present",
    "current",
    "active",
    "open",
    "ongoing",
    "permanent",
    "indefinite",
    "unbefristet",
    "indefini",
    "indefinido",
    "current employee",
    "currently employed",
    "99/99/9999",
    "99999999",
    "0",
    "00/00/0000",
    "0000-00-00",
    "00.00.0000",
    "1/0/1900",
    "01/00/1900",
];

/// Months by the beginnings of their names in the six languages, folded. A longer beginning stands before a shorter one.
const MONTHS: [(&str, i8); 31] = [
    ("jan", 1),
    ("janv", 1),
    ("ene", 1),
    ("gen", 1),
    ("feb", 2),
    ("fev", 2),
    ("mar", 3),
    ("maer", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("mag", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("aug", 8),
    ("aou", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("out", 10),
    ("ott", 10),
    ("nov", 11),
    ("d", 12),
];

/// Reads a text.
pub(crate) fn read_day(text: &str) -> Day {
    let folded = fold(text.trim());
    if folded.is_empty() || NO_DAY.contains(&folded.as_str()) {
        return Day::None;
    }
    let mut days: Vec<Date> = readings(&folded);
    days.sort_unstable();
    days.dedup();
    // A system that has no blank writes the beginning of time.
    match days.as_slice() {
        [day, ..] if day.year() <= 1901 => Day::None,
        [day] => Day::On(*day),
        [one, other] => Day::Either(*one, *other),
        _ => Day::Unreadable,
    }
}

/// A piece of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Number(&'a str),
    Month(i8),
    Word(&'a str),
}

/// Every day that a folded text can be.
fn readings(text: &str) -> Vec<Date> {
    let pieces: Vec<Piece> = pieces(text);
    let dotted = text.contains('.') && !text.contains(['/', '-', ':']);
    match pieces.as_slice() {
        [Piece::Number(digits)] => in_one_number(digits),
        [Piece::Number(year), month] | [month, Piece::Number(year)] if year.len() == 4 => of_month(year, *month),
        [one, two, three, rest @ ..] if rest.iter().all(|piece| is_time(*piece)) => {
            in_three(*one, *two, *three, dotted)
        }
        _ => Vec::new(),
    }
}

/// Digits and words, a word of no meaning (`de`, `th`, a weekday before the date) left off.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    const FILL: [&str; 8] = ["de", "of", "th", "st", "nd", "rd", "den", "del"];
    let mut rest = text;
    let mut pieces = Vec::new();
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        match kind(first) {
            (true, _) => pieces.push(Piece::Number(piece)),
            (_, true) if FILL.contains(&piece) => {}
            (_, true) => match month(piece) {
                Some(month) if pieces.len() < 3 => pieces.push(Piece::Month(month)),
                _ if pieces.is_empty() && piece.len() > 1 => {}
                _ => pieces.push(Piece::Word(piece)),
            },
            _ => {}
        }
    }
    pieces
}

/// The month of a name or its beginning; December begins in all six languages with a D that no other month has.
fn month(word: &str) -> Option<i8> {
    let long_enough = word.chars().count() >= 3;
    MONTHS.iter().find(|(begins, _)| long_enough && word.starts_with(begins)).map(|(_, month)| *month)
}

/// What may follow a date: hours, minutes, and the letters around them.
fn is_time(piece: Piece) -> bool {
    match piece {
        Piece::Number(digits) => digits.len() <= 9,
        Piece::Word(word) => ["t", "z", "am", "pm", "a", "p", "m", "utc", "gmt", "uhr", "h"].contains(&word),
        Piece::Month(_) => false,
    }
}

/// `20190315`, `03152019`, or a spreadsheet's count of days.
fn in_one_number(digits: &str) -> Vec<Date> {
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i16>().ok());
    let day = |year: Option<i16>, month: Option<i16>, day: Option<i16>| day_of(year?, month?, day?);
    match digits.len() {
        8 => {
            let year_first = day(number(0..4), number(4..6), number(6..8)).filter(|day| day.year() >= 1900);
            let year_last = || {
                let one = day(number(4..8), number(0..2), number(2..4));
                let other = day(number(4..8), number(2..4), number(0..2));
                one.into_iter().chain(other).collect()
            };
            year_first.map_or_else(year_last, |day| vec![day])
        }
        5 => {
            let count = digits.parse::<i64>().unwrap_or_default();
            let day = date(1899, 12, 30).checked_add(count.days()).ok();
            day.filter(|_| (20_000..80_000).contains(&count)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// `March 2020`, `2020-03`: the month's last day.
fn of_month(year: &str, month: Piece) -> Vec<Date> {
    let month = match month {
        Piece::Month(month) => Some(i16::from(month)),
        Piece::Number(digits) if digits.len() <= 2 => digits.parse().ok(),
        _ => None,
    };
    let first = month.zip(year.parse().ok()).and_then(|(month, year)| day_of(year, month, 1));
    first.map(Date::last_of_month).into_iter().collect()
}

fn in_three(one: Piece, two: Piece, three: Piece, dotted: bool) -> Vec<Date> {
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() <= 4);
    let days = match (one, two, three) {
        (Piece::Number(year), Piece::Number(month), Piece::Number(day)) if year.len() == 4 => {
            vec![(number(year), number(month), number(day))]
        }
        (Piece::Number(day), Piece::Number(month), Piece::Number(year)) if dotted => {
            vec![(whole_year(year), number(month), number(day))]
        }
        (Piece::Number(a), Piece::Number(b), Piece::Number(year)) => {
            vec![(whole_year(year), number(a), number(b)), (whole_year(year), number(b), number(a))]
        }
        (Piece::Number(year), Piece::Month(month), Piece::Number(day)) if year.len() == 4 => {
            vec![(number(year), Some(month.into()), number(day))]
        }
        (Piece::Number(day), Piece::Month(month), Piece::Number(year))
        | (Piece::Month(month), Piece::Number(day), Piece::Number(year)) => {
            vec![(whole_year(year), Some(month.into()), number(day))]
        }
        _ => Vec::new(),
    };
    days.into_iter().filter_map(|(year, month, day)| day_of(year?, month?, day?)).collect()
}

/// A year of two digits is one of this century up to 69.
fn whole_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn day_of(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_day() {
        for text in [
            "2019-03-15",
            "03/15/2019",
            "3/15/19",
            "15-Mar-2019",
            "15-MAR-19",
            "03/15/2019 12:00:00 AM",
            "2019-03-15T00:00:00.000Z",
            "2019-03-15T00:00:00",
            "Mar 15, 2019",
            "Friday, March 15th, 2019",
            "2019/03/15",
            "15.03.2019",
            "15.3.19",
            "20190315",
            "03152019",
            "15. März 2019",
            "15 mars 2019",
            "15 de marzo de 2019",
            "43539",
            "2019-Mar-15",
        ] {
            assert_eq!(read_day(text), Day::On(date(2019, 3, 15)), "{text}");
        }
        for text in ["March 2020", "2020-03", "3/2020", "Mär. 2020"] {
            assert_eq!(read_day(text), Day::On(date(2020, 3, 31)), "{text}");
        }
        for (text, month) in [("1 dic 2019", 12), ("1 Dez 2019", 12), ("1 décembre 2019", 12), ("1 août 2019", 8)] {
            assert_eq!(read_day(text), Day::On(date(2019, month, 1)), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_day_is_read_back(days in 0..60_000_i64, other in "\\PC{0,12}") {
            let day = date(1950, 1, 1).checked_add(days.days()).unwrap();
            for text in [day.strftime("%Y-%m-%d"), day.strftime("%d.%m.%Y"), day.strftime("%b %d, %Y"), day.strftime("%Y%m%d")] {
                proptest::prop_assert_eq!(read_day(&text.to_string()), Day::On(day));
            }
            let _ = read_day(&other);
        }
    }

    #[test]
    fn a_day_that_could_be_two_is_both() {
        assert_eq!(read_day("05/03/2021"), Day::Either(date(2021, 3, 5), date(2021, 5, 3)));
        assert_eq!(read_day("05/05/2021"), Day::On(date(2021, 5, 5)));
        assert_eq!(read_day("05.03.2021"), Day::On(date(2021, 3, 5)));
    }

    #[test]
    fn no_day_and_no_date() {
        for text in ["", "  ", "N/A", "present", "0000-00-00", "1/0/1900", "1900-01-01", "0001-01-01T00:00:00"] {
            assert_eq!(read_day(text), Day::None, "{text}");
        }
        for text in [
            "soon",
            "2019-13-45",
            "March",
            "15 of it",
            "123",
            "2020",
            "13-2019",
            "2019-W05",
            "Room 4",
            "1-2-3-x",
            "99999",
        ] {
            assert_eq!(read_day(text), Day::Unreadable, "{text}");
        }
        assert_eq!(read_day("31.12.9999"), Day::On(date(9999, 12, 31)));
    }
}
