use proptest::prelude::*;

use super::*;
use crate::roster::CellKind;
use crate::validation::testing::{ANA, ana_with, draft};
use crate::validation::{Judgement, Rules, Ruling, judge};

fn people(rows: &[Draft]) -> People {
    let mut people = People::new();
    for (seq, row) in rows.iter().enumerate() {
        people.observe(seq as u64, &row.at, row);
    }
    people
}

fn standings(rows: &[Draft]) -> Vec<Standing> {
    let people = people(rows);
    rows.iter().enumerate().map(|(seq, row)| people.standing(seq as u64, row)).collect()
}

fn only_message(standing: &Standing) -> String {
    match standing {
        Standing::Contradicts(problems) if problems.len() == 1 => problems[0].to_string(),
        other => panic!("not one contradiction: {other:?}"),
    }
}

#[test]
fn the_same_person_twice_is_a_duplicate_of_the_first() {
    let again = ana_with(
        9,
        &[
            (Field::Email, "Ana.Ruiz@Example.org"),
            (Field::PhoneNumber, "555-555-0142"),
            (Field::CanCreateReports, "TRUE"),
            (Field::LastName, " Ruiz "),
        ],
    );
    let duplicate = Standing::DuplicateOf { seq: 0, at: "3".to_owned() };
    assert_eq!(standings(&[draft(3, &ANA), again.clone(), again]), [Standing::Alone, duplicate.clone(), duplicate]);
}

#[test]
fn other_details_contradict_and_name_each_other() {
    let all =
        standings(&[draft(3, &ANA), ana_with(9, &[(Field::Level, "admin")]), ana_with(12, &[(Field::Level, "admin")])]);
    assert!(only_message(&all[0]).starts_with("email \"ana.ruiz@example.org\": rows 9 and 12 have the same address"));
    assert!(only_message(&all[1]).contains("rows 3 and 12 have"), "{}", only_message(&all[1]));
    assert!(only_message(&all[2]).contains("rows 3 and 9 have"));
}

#[test]
fn a_shared_npi_names_people_not_rows() {
    fn of(row: u64, email: &str) -> Draft {
        ana_with(row, &[(Field::Email, email)])
    }
    let mut rows = vec![of(2, "a@example.org"), of(3, "a@example.org"), of(4, "b@example.org")];
    let all = standings(&rows);
    assert!(only_message(&all[0]).starts_with("npi_number \"1234567893\": row 4 has the same NPI"));
    assert!(only_message(&all[2]).contains("row 2 has"));
    rows.extend((5..20).map(|row| of(row, &format!("p{row}@example.org"))));
    assert!(only_message(&standings(&rows)[0]).contains("rows 4, 5, 6, 7, 8 and 11 more have"));
    assert_eq!(people(&rows).shared_npis(), SharedNpis { npis: 1, rows: 18 });
}

#[test]
fn a_sheet_is_named() {
    let mut rows = [draft(3, &ANA), ana_with(9, &[(Field::Level, "admin")])];
    for row in &mut rows {
        row.at.sheet = Some("Staff".into());
    }
    assert!(only_message(&standings(&rows)[1]).contains("row Staff!3 has"));
}

#[test]
fn who_has_no_valid_address_takes_no_part_by_address() {
    let rows = [
        ana_with(2, &[(Field::Email, "n/a"), (Field::NpiNumber, "")]),
        ana_with(3, &[(Field::Email, "n/a"), (Field::NpiNumber, ""), (Field::LastName, "Ito")]),
        ana_with(4, &[(Field::Email, "")]),
        ana_with(5, &[]),
    ];
    assert_eq!(standings(&rows), vec![Standing::Alone; 4]);
}

#[test]
fn a_skipped_or_ragged_row_contradicts_nobody() {
    let mut skipped = ana_with(3, &[(Field::Level, "admin")]);
    skipped.skip = Some("Status is \"Terminated\"".to_owned());
    let mut ragged = ana_with(4, &[(Field::Level, "admin")]);
    ragged.ragged = true;
    assert_eq!(standings(&[skipped, ragged, draft(5, &ANA)]), vec![Standing::Alone; 3]);
}

#[test]
fn a_row_leaves_32_bytes() {
    assert_eq!(size_of::<Seen>(), 32);
}

/// Rows of a few people, with a few differences: enough to meet each other often.
fn a_row() -> impl Strategy<Value = Draft> {
    (
        prop::sample::select(vec!["a@x.test", "A@X.test", "b@x.test", "c@x.test", "oops", "c@x", ""]),
        prop::sample::select(vec!["", "1234567893", "1111155556", "1234567890", "1234567893.0"]),
        prop::sample::select(vec!["Ana", "Ana ", "Bo"]),
        prop::sample::select(vec!["no", "N", "FALSE", "perhaps"]),
        prop::sample::select(vec![CellKind::Text, CellKind::InexactNumber, CellKind::Date]),
    )
        .prop_map(|(email, npi, first, reports, kind)| {
            let mut row = ana_with(
                0,
                &[
                    (Field::Email, email),
                    (Field::NpiNumber, npi),
                    (Field::FirstName, first),
                    (Field::CanCreateReports, reports),
                ],
            );
            if let Some(npi) = &mut row.fields[Field::NpiNumber.index()] {
                npi.kind = kind;
            }
            row
        })
}

fn contradictory(rows: &[Draft]) -> Vec<bool> {
    standings(rows).iter().map(|standing| matches!(standing, Standing::Contradicts(_))).collect()
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter_to_contradiction(
        (rows, order) in prop::collection::vec(a_row(), 0..12)
            .prop_flat_map(|rows| (Just(rows.clone()), Just((0..rows.len()).collect::<Vec<_>>()).prop_shuffle()))
    ) {
        let here = contradictory(&rows);
        let there = contradictory(&order.iter().map(|index| rows[*index].clone()).collect::<Vec<_>>());
        for (new, old) in order.into_iter().enumerate() {
            prop_assert_eq!(there[new], here[old]);
        }
    }

    #[test]
    fn one_row_is_sent_for_each_address_and_repetitions_are_of_rows_that_are(rows in prop::collection::vec(a_row(), 0..12)) {
        let rulings: Vec<Ruling> = rows
            .iter()
            .zip(standings(&rows))
            .map(|(row, standing)| judge(&Rules::default(), row).with(standing))
            .collect();
        let mut sent = Vec::new();
        for (seq, ruling) in rulings.iter().enumerate() {
            match ruling {
                Ruling::Ready(person) => {
                    prop_assert!(!sent.contains(&person.email.key()));
                    sent.push(person.email.key());
                }
                Ruling::Duplicate { seq: first, .. } => {
                    prop_assert!((*first as usize) < seq);
                    prop_assert!(matches!(rulings[*first as usize], Ruling::Ready(_)));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn rows_that_would_send_the_same_never_contradict_by_address(a in a_row(), b in a_row()) {
        if let (Judgement::Ready(one), Judgement::Ready(two)) =
            (judge(&Rules::default(), &a), judge(&Rules::default(), &b))
            && one.email.key() == two.email.key()
        {
            let same = one.content_hash() == two.content_hash();
            let second = standings(&[a, b]).remove(1);
            prop_assert_eq!(same, matches!(second, Standing::DuplicateOf { .. }));
            prop_assert_eq!(!same, matches!(second, Standing::Contradicts(_)));
        }
    }
}
