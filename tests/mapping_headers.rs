//! How many of the columns of real header rows are mapped as a person would, and that none of the dangerous ones is wrong.

use std::collections::HashMap;

use avara_onboard::mapping::{Assignments, ColumnPlan, MappingFile};
use serde::Deserialize;

#[derive(Deserialize)]
struct HeaderRow {
    source: String,
    headers: Vec<String>,
    mapping: HashMap<String, Option<String>>,
}

/// One column that is not as the data says.
struct Miss {
    source: String,
    header: String,
    wanted: Option<String>,
    got: Option<String>,
}

#[derive(Default)]
struct Score {
    columns: usize,
    right: usize,
    wrong: usize,
    misses: Vec<Miss>,
}

impl Score {
    fn of(rows: &[HeaderRow]) -> Score {
        let mut score = Score::default();
        for row in rows {
            score.add(row);
        }
        score
    }

    fn add(&mut self, row: &HeaderRow) {
        let plan = ColumnPlan::new(&row.headers, &[], &MappingFile::default(), &Assignments::default())
            .expect("no file, no error");
        let read: HashMap<String, String> = plan
            .sources()
            .into_iter()
            .flat_map(|(target, headers)| headers.into_iter().map(move |header| (header, target.to_string())))
            .collect();
        for header in &row.headers {
            let wanted = row.mapping.get(header).cloned().flatten();
            let got = read.get(header).cloned();
            self.columns += 1;
            if wanted == got {
                self.right += 1;
                continue;
            }
            self.wrong += usize::from(got.is_some());
            self.misses.push(Miss { source: row.source.clone(), header: header.clone(), wanted, got });
        }
    }

    fn print(&self, what: &str) {
        let percent = |count: usize| count as f64 * 100.0 / self.columns.max(1) as f64;
        println!(
            "{what}: {} columns, {:.1} % right, {:.1} % wrong",
            self.columns,
            percent(self.right),
            percent(self.wrong)
        );
        for miss in &self.misses {
            println!("  {:?} should be {:?}, is {:?}  ({})", miss.header, miss.wanted, miss.got, miss.source);
        }
    }
}

fn rows(text: &str) -> Vec<HeaderRow> {
    text.lines().map(|line| serde_json::from_str(line).expect("a header row")).collect()
}

#[test]
fn real_header_rows_are_mapped_as_a_person_would() {
    let score = Score::of(&rows(include_str!("data/roster_headers.jsonl")));
    score.print("roster_headers.jsonl");
    assert!(score.right * 100 >= score.columns * 97, "under 97 % right");
    assert!(score.wrong * 100 <= score.columns * 2, "over 2 % wrong");
    let dangerous = |miss: &&Miss| {
        let target = miss.got.as_deref().unwrap_or_default();
        matches!(target, "email" | "npi_number" | "level") || target.starts_with("can_") || target.starts_with("has_")
    };
    assert_eq!(score.misses.iter().filter(dangerous).count(), 0, "a dangerous column is wrong");
}

/// Header rows written after the tables, of the same families of systems; some of them have been learnt from since.
#[test]
fn other_header_rows_of_the_same_families_are_mapped_too() {
    let score = Score::of(&rows(include_str!("data/unseen_headers.jsonl")));
    score.print("unseen_headers.jsonl");
    assert!(score.right * 100 >= score.columns * 97, "under 97 % right");
    assert!(score.wrong * 100 <= score.columns, "over 1 % wrong");
}
