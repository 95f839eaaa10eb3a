//! Small pieces of prose.

use std::time::Duration;

/// `1 row`, `300 rows`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// `3`, `3 and 9`, `3, 9, 12 and 4 more`: the first of `total` things.
pub(super) fn listed(first: &[String], total: u64) -> String {
    match (first, total.saturating_sub(first.len() as u64)) {
        ([], _) => total.to_string(),
        ([one], 0) => one.clone(),
        ([rest @ .., last], 0) => format!("{} and {last}", rest.join(", ")),
        (first, more) => format!("{} and {more} more", first.join(", ")),
    }
}

/// `45 s`, `3 min 20 s`, `2 h 5 min`; what is shorter than a second is not worth a word.
pub(super) fn duration(time: Duration) -> String {
    // Rounded up: a wait that is said to be over should be over.
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_a_person_writes_them() {
        let rows = ["3".to_owned(), "9".to_owned(), "12".to_owned()];
        assert_eq!(listed(&rows[..1], 1), "3");
        assert_eq!(listed(&rows, 3), "3, 9 and 12");
        assert_eq!(listed(&rows, 7), "3, 9, 12 and 4 more");
        assert_eq!(count(1, "row", "rows"), "1 row");
    }

    #[test]
    fn times_are_said_in_two_units_at_most() {
        for (millis, text) in [
            (0, "0 s"),
            (1, "1 s"),
            (45_000, "45 s"),
            (60_000, "1 min"),
            (200_000, "3 min 20 s"),
            (7_500_000, "2 h 5 min"),
            (7_200_000, "2 h"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }
}
