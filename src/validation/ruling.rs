//! The last word on a row: what it is by itself and how it stands to the others, put together.

use super::judge::Judgement;
use super::people::Standing;
use super::problem::Problem;
use crate::staff::StaffMember;

/// What is to happen with a row, as far as the roster decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// To be sent, unless the ledger or the account knows better.
    Ready(StaffMember),
    /// Nothing is wrong with the row, but a field that nobody feeds is wanting.
    Incomplete,
    /// Not to be sent; everything that is wrong with it, contradictions last.
    Invalid(Vec<Problem>),
    /// The same as an earlier row that can be sent.
    Duplicate {
        /// That row's place among the data rows.
        seq: u64,
        /// Where a person finds it.
        at: String,
    },
    /// Not for inviting; in words, why.
    Skipped(String),
}

impl Judgement {
    /// Puts the two together. A row with problems of its own stays invalid even where it repeats another: each row is
    /// told all that is wrong with it, and the row that it repeats cannot be sent either.
    pub fn with(self, standing: Standing) -> Ruling {
        match (self, standing) {
            (Judgement::Skipped(why), _) => Ruling::Skipped(why),
            (Judgement::Invalid(mut problems), Standing::Contradicts(more)) => {
                problems.extend(more);
                Ruling::Invalid(problems)
            }
            (Judgement::Invalid(problems), _) | (_, Standing::Contradicts(problems)) => Ruling::Invalid(problems),
            (_, Standing::DuplicateOf { seq, at }) => Ruling::Duplicate { seq, at },
            (Judgement::Ready(person), Standing::Alone) => Ruling::Ready(person),
            (Judgement::Incomplete, Standing::Alone) => Ruling::Incomplete,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::Field;
    use crate::validation::testing::{ANA, ana_with, draft};
    use crate::validation::{People, Rules, judge};

    fn rulings(rows: &[crate::mapping::Draft]) -> Vec<Ruling> {
        let mut people = People::new();
        for (seq, row) in (0..).zip(rows) {
            people.observe(seq, &row.at, row);
        }
        (0..).zip(rows).map(|(seq, row)| judge(&Rules::default(), row).with(people.standing(seq, row))).collect()
    }

    #[test]
    fn problems_of_both_kinds_are_listed_together() {
        let rows = [draft(2, &ANA), ana_with(3, &[(Field::PhoneNumber, "555-0142")])];
        let rulings = rulings(&rows);
        assert!(matches!(&rulings[0], Ruling::Invalid(problems) if problems[0].code == "email_shared"));
        let codes = |ruling: &Ruling| match ruling {
            Ruling::Invalid(problems) => problems.iter().map(|problem| problem.code).collect(),
            _ => Vec::new(),
        };
        assert_eq!(codes(&rulings[1]), ["phone_no_area_code", "email_shared"]);
    }

    #[test]
    fn a_repetition_of_an_invalid_row_is_invalid_too() {
        let row = |at| ana_with(at, &[(Field::Level, "boss")]);
        assert!(rulings(&[row(2), row(3)]).iter().all(|ruling| matches!(ruling, Ruling::Invalid(_))));
        let good = rulings(&[draft(2, &ANA), draft(3, &ANA)]);
        assert!(matches!(good[0], Ruling::Ready(_)));
        assert_eq!(good[1], Ruling::Duplicate { seq: 0, at: "2".to_owned() });
    }

    #[test]
    fn a_row_that_can_be_sent_is_no_repetition_of_one_that_cannot() {
        let mut shortened = draft(2, &ANA);
        if let Some(npi) = &mut shortened.fields[Field::NpiNumber.index()] {
            npi.kind = crate::roster::CellKind::InexactNumber; // the same digits, but nobody can trust them
        }
        assert!(rulings(&[shortened, draft(3, &ANA)]).iter().all(|ruling| matches!(ruling, Ruling::Invalid(_))));
    }
}
