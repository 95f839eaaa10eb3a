//! When a listing that does not show somebody may be believed.
//!
//! Pure. The rule (FAILURES.md of the project's plan, "The life of a row", 6): absence is believed only with a positive
//! control, an invitation of ours that shows in the same listing. Either it was confirmed after the doubtful send began;
//! or, where nothing was sent later, it was confirmed earlier, and the listing was taken at least 15 s after the doubtful
//! send and at least twice as long after it as that control took to show. A list in which nothing of ours shows proves
//! nothing.

use std::time::Duration;

use super::engine::Moment;

/// The least time between a doubtful send and a listing that is believed on an earlier control's word.
pub const LEAST_AGE: Duration = Duration::from_secs(15);

/// A control that shows in the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// When it was confirmed.
    pub confirmed: Moment,
    /// How long it took to show, at most.
    pub showed_after: Duration,
}

/// What a listing that does not show a row says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// It was not created.
    Absent,
    /// A listing taken at this time, or later, could say.
    AskAgainAt(Moment),
    /// Nothing of ours shows: it proves nothing.
    NoControl,
}

/// Judges one absence. `sent` is when the doubtful request was sent, `over` when it can no longer be at work, `listing`
/// when the listing began.
pub fn believe(sent: Moment, over: Moment, listing: Moment, shown: &[Shown]) -> Belief {
    let later = shown.iter().any(|control| control.confirmed >= sent);
    let enough = if later {
        over
    } else {
        let Some(fastest) = shown.iter().map(|control| control.showed_after).min() else { return Belief::NoControl };
        over.max(sent.after(LEAST_AGE.max(fastest * 2)))
    };
    if listing >= enough { Belief::Absent } else { Belief::AskAgainAt(enough) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn s(seconds: i64) -> Moment {
        Moment(seconds * 1000)
    }

    fn shown(confirmed: i64, after: u64) -> Shown {
        Shown { confirmed: s(confirmed), showed_after: Duration::from_secs(after) }
    }

    #[test]
    fn a_later_control_is_believed_once_the_request_is_over() {
        assert_eq!(believe(s(10), s(40), s(20), &[shown(12, 1)]), Belief::AskAgainAt(s(40)));
        assert_eq!(believe(s(10), s(40), s(40), &[shown(12, 1)]), Belief::Absent);
        assert_eq!(believe(s(10), s(10), s(10), &[shown(10, 0)]), Belief::Absent);
    }

    #[test]
    fn an_earlier_control_needs_age() {
        assert_eq!(believe(s(10), s(10), s(24), &[shown(9, 1)]), Belief::AskAgainAt(s(25)));
        assert_eq!(believe(s(10), s(10), s(25), &[shown(9, 1)]), Belief::Absent);
        assert_eq!(believe(s(10), s(10), s(40), &[shown(9, 20)]), Belief::AskAgainAt(s(50)));
        assert_eq!(believe(s(10), s(70), s(60), &[shown(9, 20)]), Belief::AskAgainAt(s(70)));
    }

    #[test]
    fn a_list_without_anything_of_ours_proves_nothing() {
        assert_eq!(believe(s(10), s(10), s(100_000), &[]), Belief::NoControl);
    }

    proptest! {
        #[test]
        fn never_believed_while_the_request_may_be_at_work_or_without_a_control(
            sent in -100_000i64..100_000, work in 0i64..60_000, listing in -100_000i64..300_000,
            controls in proptest::collection::vec((-100_000i64..100_000, 0u64..100_000), 0..4),
        ) {
            let shown: Vec<_> = controls.iter()
                .map(|(at, after)| Shown { confirmed: Moment(*at), showed_after: Duration::from_millis(*after) })
                .collect();
            let over = Moment(sent + work);
            if believe(Moment(sent), over, Moment(listing), &shown) == Belief::Absent {
                prop_assert!(listing >= over.0);
                let later = controls.iter().any(|(at, _)| *at >= sent);
                let old_enough = controls.iter().any(|(_, after)| listing - sent >= (2 * *after as i64).max(15_000));
                prop_assert!(later || old_enough);
            }
        }
    }
}
