//! Small pieces of prose.

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
}
