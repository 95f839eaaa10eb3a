//! Whatever happens to intents, in whatever order: the ledger answers as a list in memory would.

mod ledger_support;

use avara_onboard::ledger::{Closing, FoundAs, IntentId, Known, Ledger, NewIntent};
use ledger_support::{account, at, begin, intent, person};
use proptest::prelude::*;

const PEOPLE: u64 = 3;

/// One step.
#[derive(Clone, Debug)]
enum Step {
    Intend {
        person: u64,
        by_second_key: bool,
    },
    /// The intent is the one at this index, of those there are.
    Close {
        intent: prop::sample::Index,
        closing: Closing,
    },
    /// The second key's account turns out to be the first one's.
    Join,
}

fn closing() -> impl Strategy<Value = Closing> {
    let user_id = prop::option::of("usr_[0-9a-f]{4}");
    prop_oneof![
        (user_id, any::<bool>()).prop_map(|(user_id, listed)| Closing::Confirmed {
            user_id,
            http_status: None,
            found: if listed { FoundAs::Invitation } else { FoundAs::Answer },
        }),
        Just(Closing::Rejected { http_status: 422, code: "api_rejected".into(), message: "no".into() }),
        Just(Closing::NotSent { why: "connection refused".into() }),
        prop::option::of(500..600u16).prop_map(|http_status| Closing::Unknown { why: "no answer".into(), http_status }),
        Just(Closing::Absent),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..PEOPLE, any::<bool>()).prop_map(|(person, by_second_key)| Step::Intend { person, by_second_key }),
        6 => (any::<prop::sample::Index>(), closing()).prop_map(|(intent, closing)| Step::Close { intent, closing }),
        1 => Just(Step::Join),
    ]
}

/// An intent as the model keeps it.
#[derive(Clone, Debug)]
struct Entry {
    id: IntentId,
    person: u64,
    by_second_key: bool,
    hash: [u8; 32],
    /// `None`: open.
    end: Option<Closing>,
}

impl Entry {
    fn is_in_doubt(&self) -> bool {
        matches!(self.end, None | Some(Closing::Unknown { .. }))
    }

    fn is_confirmed(&self) -> bool {
        matches!(self.end, Some(Closing::Confirmed { .. }))
    }

    /// What is confirmed stays; a confirmation beats all; other ends are only for what is still in doubt.
    fn close(&mut self, closing: Closing) {
        match (&mut self.end, closing) {
            (Some(Closing::Confirmed { user_id, .. }), Closing::Confirmed { user_id: later, .. }) => {
                *user_id = user_id.take().or(later);
            }
            (Some(Closing::Confirmed { .. }), _) => {}
            (end, closing @ Closing::Confirmed { .. }) => *end = Some(closing),
            (end @ (None | Some(Closing::Unknown { .. })), closing) => *end = Some(closing),
            (Some(_), _) => {}
        }
    }
}

/// What should be known of a person by one of the two keys, in words.
fn expected(entries: &[Entry], person: u64, visible: impl Fn(&Entry) -> bool) -> String {
    let theirs: Vec<_> = entries.iter().filter(|entry| entry.person == person && visible(entry)).collect();
    let confirmed = theirs.iter().rposition(|entry| entry.is_confirmed());
    let since = &theirs[confirmed.map_or(0, |index| index + 1)..];
    if let Some(doubt) = since.iter().find(|entry| entry.is_in_doubt()) {
        return format!("in doubt {:?}", doubt.id);
    }
    if let Some(Entry { hash, end: Some(Closing::Confirmed { user_id, .. }), .. }) = confirmed.map(|at| theirs[at]) {
        return format!("confirmed {user_id:?} {hash:?}");
    }
    match theirs.iter().rev().find(|entry| matches!(entry.end, Some(Closing::Rejected { .. }))) {
        Some(entry) => format!("rejected {:?}", entry.hash),
        None => "nothing".to_owned(),
    }
}

fn told(known: &Option<Known>) -> String {
    match known {
        None => "nothing".to_owned(),
        Some(Known::InDoubt(doubt)) => format!("in doubt {:?}", doubt.id),
        Some(Known::Confirmed { user_id, content_hash, .. }) => format!("confirmed {user_id:?} {content_hash:?}"),
        Some(Known::Rejected { content_hash, .. }) => format!("rejected {content_hash:?}"),
    }
}

async fn follow(steps: Vec<Step>) {
    let ledger = Ledger::in_memory().unwrap();
    let (first, second) = (account(&ledger, "first").await, account(&ledger, "second").await);
    ledger.join_clinic(first, "clinic-1").await.unwrap();
    let runs = [begin(&ledger, first, at(0)).await, begin(&ledger, second, at(0)).await];
    let (mut entries, mut joined) = (Vec::<Entry>::new(), false);
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Intend { person, by_second_key } => {
                let (run, account) = if by_second_key { (runs[1], second) } else { (runs[0], first) };
                let hash = [number as u8; 32];
                let new = NewIntent { content_hash: hash, ..intent(run, account, person) };
                let id = ledger.intend(new).await.unwrap();
                entries.push(Entry { id, person, by_second_key, hash, end: None });
            }
            Step::Close { .. } if entries.is_empty() => {}
            Step::Close { intent, closing } => {
                let entry = intent.get_mut(&mut entries);
                ledger.close(entry.id, closing.clone(), at(number as i64)).await.unwrap();
                entry.close(closing);
            }
            Step::Join => {
                ledger.join_clinic(second, "clinic-1").await.unwrap();
                joined = true;
            }
        }
        for (account, by_second_key) in [(first, false), (second, true)] {
            let visible = |entry: &Entry| joined || entry.by_second_key == by_second_key;
            let known = ledger.known(account, (0..PEOPLE).map(person).collect()).await.unwrap();
            let expected: Vec<_> = (0..PEOPLE).map(|person| expected(&entries, person, visible)).collect();
            assert_eq!(known.iter().map(told).collect::<Vec<_>>(), expected);

            let settled = |doubt: &Entry| {
                entries.iter().any(|e| e.person == doubt.person && visible(e) && e.is_confirmed() && e.id > doubt.id)
            };
            let doubts = entries.iter().filter(|entry| visible(entry) && entry.is_in_doubt() && !settled(entry));
            let listed = ledger.in_doubt(account).await.unwrap();
            assert_eq!(
                listed.iter().map(|doubt| doubt.id).collect::<Vec<_>>(),
                doubts.map(|entry| entry.id).collect::<Vec<_>>()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_answers_as_a_list_in_memory_would(steps in prop::collection::vec(step(), 1..24)) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(follow(steps));
    }
}
