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

/// Texts that are in no table, from lists of hospital titles, credentials, the taxonomy and six languages. A round was
/// labelled before the program was asked, and its misses mended by rules before the next was written. Asked for the first
/// time, rounds 1 to 6 were 90, 95, 94, 92, 91 and 95 % right and 3.8, 3.8, 2.8, 5.2, 7.0 and 3.7 % wrong, and the names of the
/// taxonomy 93 % right and 1.3 % wrong. Rounds 7 and 8 are each by somebody who knew the vocabulary and not this program, and
/// keep to its kinds in its proportions: 98.7 and 98.3 % right, 0.3 and 0.0 % wrong. More than half of what was wrong in rounds 4 to 6 were labels with a question where
/// the vocabulary decides the like, set right since. A wrong role is worse than a question.
const HOLD_OUTS: [(&str, &str); 10] = [
    ("unseen_roles.csv", include_str!("data/unseen_roles.csv")),
    ("unseen_roles_1.csv", include_str!("data/unseen_roles_1.csv")),
    ("unseen_roles_2.csv", include_str!("data/unseen_roles_2.csv")),
    ("unseen_roles_3.csv", include_str!("data/unseen_roles_3.csv")),
    ("unseen_roles_4.csv", include_str!("data/unseen_roles_4.csv")),
    ("unseen_roles_5.csv", include_str!("data/unseen_roles_5.csv")),
    ("unseen_roles_6.csv", include_str!("data/unseen_roles_6.csv")),
    ("unseen_roles_7.csv", include_str!("data/unseen_roles_7.csv")),
    ("unseen_roles_8.csv", include_str!("data/unseen_roles_8.csv")),
    ("unseen_taxonomy.csv", include_str!("data/unseen_taxonomy.csv")),
];

#[test]
fn unseen_texts_are_mostly_right_and_hardly_ever_wrong() {
    let plan = plan();
    for (file, text) in HOLD_OUTS {
        let texts = records(text);
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
        println!("{file}: {} texts, {:.1} % right, {:.1} % wrong", texts.len(), percent(right), percent(wrong));
        assert!(percent(right) >= 95.0 && percent(wrong) <= 1.0, "{file}");
    }
}
