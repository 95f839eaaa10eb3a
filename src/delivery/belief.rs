//! When a listing that does not show somebody may be believed.
//!
//! Pure. The rule (FAILURES.md of the project's plan, "The life of a row", 6): absence is believed only with a positive
//! control, an invitation of ours that shows in the same listing. Either it was confirmed after the doubtful send began;
//! or, where nothing was sent later, it was confirmed earlier, and the listing was taken at least 15 s after the doubtful
//! send and at least twice as long after it as that control took to show. A list in which nothing of ours shows proves
//! nothing.
//!
//! One thing more, since a list may lag. A doubtful request can be acted on up to the moment when it is over, so a control
//! that was made before that moment may show while the doubtful one does not yet. Such a control is believed only when the
//! listing is as much later than that moment as the quickest control was seen to need. A control whose request was sent
//! after that moment needs no such wait: what was made before it shows before it.

use std::time::Duration;

use super::job::{Moment, Span};

/// The least time between a doubtful send and a listing that is believed on an earlier control's word.
pub const LEAST_AGE: Duration = Duration::from_secs(15);

/// A control that shows in the listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// When its request was sent: it was not made before.
    pub sent: Moment,
    /// When it was confirmed: it was made by then.
    pub confirmed: Moment,
    /// How long after its request it showed, at most.
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

/// Judges one absence by a listing that began at `listing`.
pub fn believe(doubtful: Span, listing: Moment, shown: &[Shown]) -> Belief {
    let Span { sent, sent_by, over } = doubtful;
    let quickest = |of: fn(&Shown, Moment) -> bool| {
        shown.iter().filter(|control| of(control, sent)).map(|control| control.showed_after).min()
    };
    let enough = if shown.iter().any(|control| control.sent > over) {
        over
    } else if let Some(quickest) = quickest(|control, sent| control.confirmed >= sent) {
        over.after(quickest)
    } else if let Some(quickest) = quickest(|_, _| true) {
        over.after(quickest).max(sent_by.after(LEAST_AGE.max(quickest * 2)))
    } else {
        return Belief::NoControl;
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

    /// A request that left as soon as it was noted.
    const fn at_once(sent: i64, over: i64) -> Span {
        Span { sent: s(sent), sent_by: s(sent), over: s(over) }
    }

    /// A control that was answered after a second.
    fn shown(sent: i64, after: u64) -> Shown {
        Shown { sent: s(sent), confirmed: s(sent + 1), showed_after: Duration::from_secs(after) }
    }

    #[test]
    fn a_control_sent_after_the_request_was_over_is_believed_at_once() {
        assert_eq!(believe(at_once(10, 12), s(20), &[shown(13, 7)]), Belief::Absent);
        assert_eq!(believe(at_once(10, 12), s(18), &[shown(12, 7)]), Belief::AskAgainAt(s(19)));
    }

    #[test]
    fn a_control_from_while_it_was_at_work_is_believed_as_much_later_as_it_took_to_show() {
        assert_eq!(believe(at_once(10, 40), s(20), &[shown(12, 5)]), Belief::AskAgainAt(s(45)));
        assert_eq!(believe(at_once(10, 40), s(44), &[shown(12, 5), shown(13, 9)]), Belief::AskAgainAt(s(45)));
        assert_eq!(believe(at_once(10, 40), s(45), &[shown(12, 5)]), Belief::Absent);
    }

    #[test]
    fn an_earlier_control_needs_age() {
        assert_eq!(believe(at_once(10, 10), s(24), &[shown(8, 1)]), Belief::AskAgainAt(s(25)));
        assert_eq!(believe(at_once(10, 10), s(25), &[shown(8, 1)]), Belief::Absent);
        assert_eq!(believe(at_once(10, 10), s(40), &[shown(8, 20)]), Belief::AskAgainAt(s(50)));
        assert_eq!(believe(at_once(10, 70), s(60), &[shown(8, 20)]), Belief::AskAgainAt(s(90)));
    }

    #[test]
    fn the_age_counts_from_when_the_request_had_left_at_the_latest() {
        let noted_before = Span { sent: s(10), sent_by: s(11), over: s(11) };
        assert_eq!(believe(noted_before, s(25), &[shown(8, 1)]), Belief::AskAgainAt(s(26)));
        let meanwhile = Shown { sent: s(9), confirmed: s(10), showed_after: Duration::from_secs(1) };
        assert_eq!(believe(noted_before, s(12), &[meanwhile]), Belief::Absent);
    }

    #[test]
    fn a_list_without_anything_of_ours_proves_nothing() {
        assert_eq!(believe(at_once(10, 10), s(100_000), &[]), Belief::NoControl);
    }

    proptest! {
        /// A list that shows everything after the same lag, as long as it likes: whoever was made is never taken for absent.
        #[test]
        fn whoever_was_made_is_never_believed_absent(
            sent in 0i64..60_000, work in 0i64..60_000, made in 0.0..=1.0f64, lag in 0i64..300_000, first in 0i64..400_000,
            between in 1i64..60_000, lead in 0i64..2_000,
            controls in proptest::collection::vec((-60_000i64..120_000, 0i64..30_000, 0.0..=1.0f64), 0..5),
        ) {
            let part = |from: i64, length: i64, part: f64| from + (length as f64 * part) as i64;
            let made = part(sent, work, made);
            let doubtful = Span { sent: Moment(sent), sent_by: Moment(sent + lead.min(work)), over: Moment(sent + work) };
            let mut known: Vec<_> = controls.iter()
                .map(|&(at, work, part_of)| (at, at + work, part(at, work, part_of), None))
                .collect();
            for listing in (first..first + 20 * between).step_by(between as usize) {
                let shown: Vec<_> = known.iter_mut().filter(|control| control.2 + lag <= listing).map(|control| Shown {
                    sent: Moment(control.0),
                    confirmed: Moment(control.1),
                    showed_after: *control.3.get_or_insert(Moment(control.0).until(Moment(listing))),
                }).collect();
                if believe(doubtful, Moment(listing), &shown) == Belief::Absent {
                    prop_assert!(made + lag <= listing, "made at {made}, shows at {}, listed at {listing}", made + lag);
                }
            }
        }
    }
}
