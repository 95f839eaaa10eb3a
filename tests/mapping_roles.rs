//! Role texts: every entry of the vocabulary, and texts that are in no table.

use avara_onboard::mapping::{Assignments, ColumnPlan, MappingFile};
use avara_onboard::staff::ClinicRole;

fn plan() -> ColumnPlan {
    let headers = ["Role".to_owned()];
    ColumnPlan::new(&headers, &[], &MappingFile::default(), &Assignments::default()).expect("no file, no error")
}

fn records(text: &str) -> Vec<Vec<String>> {
    csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(|record| record.expect("a record").iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn every_entry_of_the_vocabulary_is_right() {
    let plan = plan();
    let mut wrong = Vec::new();
    for record in records(include_str!("data/role_vocabulary.csv")) {
        let names_itself = ClinicRole::parse(&record[0]).ok();
        let wanted = names_itself.or_else(|| ClinicRole::parse(&record[2]).ok().filter(|_| record[3] == "exact"));
        if plan.role_of(&record[0]) != wanted {
            wrong.push(format!("{}: {:?}, not {wanted:?}", record[0], plan.role_of(&record[0])));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unseen_texts_are_mostly_right_and_hardly_ever_wrong() {
    let plan = plan();
    let texts = records(include_str!("data/unseen_roles.csv"));
    let (mut right, mut wrong) = (0, 0);
    for record in &texts {
        let wanted = ClinicRole::parse(&record[1]).ok();
        let got = plan.role_of(&record[0]);
        right += usize::from(got == wanted);
        wrong += usize::from(got.is_some() && got != wanted);
        if got != wanted {
            println!("  {} should be {wanted:?}, is {got:?}", record[0]);
        }
    }
    let percent = |count: usize| count as f64 * 100.0 / texts.len() as f64;
    println!("unseen_roles.csv: {} texts, {:.1} % right, {:.1} % wrong", texts.len(), percent(right), percent(wrong));
    assert!(percent(right) >= 85.0 && percent(wrong) <= 3.0);
}
