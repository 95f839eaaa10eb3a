//! What the ledger remembers, and how it answers.

mod ledger_support;

use std::time::Duration;

use avara_onboard::ledger::{
    Closing, Fate, FoundAs, KeyFingerprint, Known, Ledger, LedgerError, LedgerErrorKind, NewIntent, RunFilter, RunRow,
    Settlement,
};
use avara_onboard::outcome::{Outcome, Status};
use ledger_support::{ORIGIN, account, at, begin, confirmed, intent, invite, outcome, person, unknown, user_id};

const ALL_RUNS: RunFilter = RunFilter { account: None, most: 100 };

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    invite(&ledger, run, key, 1).await;
    let open = ledger.intend(intent(run, key, 2)).await.unwrap();
    ledger.record(&run, outcome(0)).await.unwrap();
    // Not flushed: dropping the last handle writes what was handed in.
    drop(ledger);

    let ledger = Ledger::open(folder.path()).unwrap();
    assert_eq!(account(&ledger, "key").await, key);
    let known = ledger.known(key, vec![person(1), person(2), person(3)]).await.unwrap();
    let invited = Known::Confirmed {
        user_id: Some(user_id(1)),
        content_hash: [1; 32],
        field_marks: Some([1; 13]),
        told_hash: None,
        at: at(2_001),
        run,
    };
    assert_eq!(known[0], Some(invited));
    let Some(Known::InDoubt(doubt)) = &known[1] else { panic!("{known:?}") };
    assert_eq!((doubt.id, doubt.run, doubt.seq, doubt.attempt), (open, run, 2, 1));
    assert_eq!((doubt.at, doubt.timeout, doubt.closed_at), (at(1_002), Duration::from_secs(30), None));
    assert_eq!(doubt.email, Some(person(2)));
    assert!(doubt.ended_without_answer());
    assert_eq!(known[2], None);
    assert_eq!(ledger.outcomes(&run, 0, 10).await.unwrap(), [outcome(0)]);
}

#[tokio::test]
async fn a_key_that_shows_a_known_clinic_joins_its_account() {
    let ledger = Ledger::in_memory().unwrap();
    let old = account(&ledger, "old key").await;
    let old = ledger.join_clinic(old, "clinic-1").await.unwrap();
    let first_run = begin(&ledger, old, at(0)).await;
    invite(&ledger, first_run, old, 1).await;

    // The new key sends before its clinic has shown.
    let new = account(&ledger, "new key").await;
    assert_ne!(new, old);
    let second_run = begin(&ledger, new, at(10)).await;
    invite(&ledger, second_run, new, 2).await;
    assert!(ledger.known(new, vec![person(1)]).await.unwrap()[0].is_none());

    let joined = ledger.join_clinic(new, "clinic-1").await.unwrap();
    assert_eq!(joined, old);
    assert_eq!(account(&ledger, "new key").await, old);
    // An id that was given out before still leads there.
    for id in [old, new] {
        let known = ledger.known(id, vec![person(1), person(2)]).await.unwrap();
        assert!(known.iter().all(|known| matches!(known, Some(Known::Confirmed { .. }))), "{known:?}");
        assert_eq!(ledger.clinic(id).await.unwrap().as_deref(), Some("clinic-1"));
    }
    let runs = ledger.runs(RunFilter { account: Some(new), most: 10 }).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [second_run, first_run]);
}

#[tokio::test]
async fn another_clinic_behind_the_same_key_is_refused_and_changes_nothing() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    ledger.join_clinic(key, "clinic-1").await.unwrap();
    let error = ledger.join_clinic(key, "clinic-2").await.unwrap_err();
    assert_eq!(error.kind(), LedgerErrorKind::Account);
    assert_eq!(
        error.to_string(),
        "this key belonged to clinic clinic-1 so far, and the account now shows clinic clinic-2"
    );
    assert_eq!(ledger.join_clinic(key, "clinic-1").await.unwrap(), key);
}

#[tokio::test]
async fn accounts_of_different_origins_or_keys_know_nothing_of_each_other() {
    let ledger = Ledger::in_memory().unwrap();
    let here = account(&ledger, "key").await;
    let there = ledger.account("https://other.example.test", &KeyFingerprint::of("key")).await.unwrap();
    let run = begin(&ledger, here, at(0)).await;
    assert!(!ledger.account_is_known(here).await.unwrap());
    invite(&ledger, run, here, 1).await;
    assert!(ledger.account_is_known(here).await.unwrap());
    assert!(!ledger.account_is_known(there).await.unwrap());
    assert_eq!(ledger.known(there, vec![person(1)]).await.unwrap(), [None]);
    // The same clinic id at another origin is another clinic.
    let here = ledger.join_clinic(here, "clinic-1").await.unwrap();
    assert_ne!(ledger.join_clinic(there, "clinic-1").await.unwrap(), here);
    assert_ne!(ORIGIN, "https://other.example.test");
}

#[tokio::test]
async fn a_refusal_is_remembered_with_what_was_refused() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    let id = ledger.intend(intent(run, key, 1)).await.unwrap();
    let rejected =
        Closing::Rejected { http_status: 422, code: "api_rejected".to_owned(), message: "no such role".to_owned() };
    ledger.close(id, rejected, at(5)).await.unwrap();
    let known = ledger.known(key, vec![person(1)]).await.unwrap();
    let expected = Known::Rejected {
        content_hash: [1; 32],
        code: "api_rejected".to_owned(),
        message: "no such role".to_owned(),
        at: at(5),
        http_status: Some(422),
    };
    assert_eq!(known, [Some(expected)]);
    assert!(!ledger.account_is_known(key).await.unwrap(), "a refusal shows nothing of ours in the account");
}

#[tokio::test]
async fn a_refused_new_attempt_does_not_settle_an_earlier_doubt() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    let first = ledger.intend(intent(run, key, 1)).await.unwrap();
    ledger.close(first, unknown(), at(5)).await.unwrap();
    let second = ledger.intend(NewIntent { attempt: 2, ..intent(run, key, 1) }).await.unwrap();
    let refused = Closing::Rejected { http_status: 400, code: "api_rejected".to_owned(), message: String::new() };
    ledger.close(second, refused, at(6)).await.unwrap();

    let known = ledger.known(key, vec![person(1)]).await.unwrap();
    let Some(Known::InDoubt(doubt)) = &known[0] else { panic!("{known:?}") };
    assert_eq!((doubt.id, doubt.why.as_str(), doubt.closed_at), (first, "connection reset", Some(at(5))));
}

#[tokio::test]
async fn whoever_was_confirmed_stays_confirmed() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    let id = ledger.intend(intent(run, key, 1)).await.unwrap();
    let found = Closing::Confirmed { user_id: None, http_status: None, found: FoundAs::Invitation };
    ledger.close(id, unknown(), at(4)).await.unwrap();
    ledger.close(id, Closing::Absent, at(5)).await.unwrap();
    ledger.close(id, found, at(6)).await.unwrap();
    ledger.close(id, Closing::Absent, at(7)).await.unwrap();
    let user_of = |known: Vec<Option<Known>>| match known.into_iter().next() {
        Some(Some(Known::Confirmed { user_id, at, .. })) => (user_id, at),
        other => panic!("{other:?}"),
    };
    assert_eq!(user_of(ledger.known(key, vec![person(1)]).await.unwrap()), (None, at(6)));
    // A later look shows the id.
    ledger.close(id, confirmed(1), at(8)).await.unwrap();
    assert_eq!(user_of(ledger.known(key, vec![person(1)]).await.unwrap()), (Some(user_id(1)), at(6)));
}

#[tokio::test]
async fn controls_are_the_newest_confirmations_that_the_api_itself_gave() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    for number in 1..=4 {
        invite(&ledger, run, key, number).await;
    }
    let doubtful = ledger.intend(intent(run, key, 5)).await.unwrap();
    let word = Closing::Confirmed { user_id: None, http_status: None, found: FoundAs::Word };
    ledger.close(doubtful, word, at(9_000)).await.unwrap();

    let controls = ledger.last_confirmed(key, 2).await.unwrap();
    assert_eq!(
        controls.iter().map(|control| control.email.clone()).collect::<Vec<_>>(),
        [4, 3].map(|n| Some(person(n)))
    );
    assert_eq!((controls[0].sent_at, controls[0].confirmed_at), (at(1_004), at(2_004)));
    assert_eq!(controls[0].user_id, Some(user_id(4)));
}

#[tokio::test]
async fn a_persons_word_settles_a_doubt_once() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    for number in [1, 2] {
        let id = ledger.intend(intent(run, key, number)).await.unwrap();
        ledger.close(id, unknown(), at(5)).await.unwrap();
    }
    let doubts = ledger.in_doubt(key).await.unwrap();
    assert_eq!(doubts.iter().map(|doubt| doubt.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(ledger.find_doubt(doubts[0].short_id.as_str()).await.unwrap(), (key, doubts[0].clone()));

    let anywhere = ledger.in_doubt_anywhere().await.unwrap();
    assert_eq!(anywhere, doubts.iter().map(|doubt| (key, doubt.clone())).collect::<Vec<_>>());

    let typed = doubts[0].short_id.as_str().to_uppercase();
    assert_eq!(ledger.resolve(&typed, Settlement::Sent, at(9)).await.unwrap(), doubts[0]);
    ledger.resolve(doubts[1].short_id.as_str(), Settlement::NotSent, at(9)).await.unwrap();
    let known = ledger.known(key, vec![person(1), person(2)]).await.unwrap();
    assert!(matches!(known[0], Some(Known::Confirmed { user_id: None, .. })));
    assert_eq!(known[1], None);

    let again = ledger.resolve(&typed, Settlement::NotSent, at(10)).await.unwrap_err();
    assert_eq!(again.kind(), LedgerErrorKind::Usage);
    for nonsense in ["", "1", "999z", "'; DROP TABLE intent"] {
        let error = ledger.resolve(nonsense, Settlement::Sent, at(10)).await.unwrap_err();
        assert!(matches!(error, LedgerError::NotInDoubt { .. }));
    }
}

#[tokio::test]
async fn outcomes_come_in_the_rosters_order_up_to_the_first_gap() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    for seq in [3, 0, 1] {
        ledger.record(&run, outcome(seq)).await.unwrap();
    }
    let seqs = |outcomes: Vec<Outcome>| outcomes.into_iter().map(|outcome| outcome.seq).collect::<Vec<_>>();
    assert_eq!(seqs(ledger.outcomes(&run, 0, 10).await.unwrap()), [0, 1]);
    assert_eq!(seqs(ledger.outcomes(&run, 2, 10).await.unwrap()), [] as [u64; 0]);
    let rows = ledger.rows(&run, 1, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.written().seq).collect::<Vec<_>>(), [1, 3]);
    ledger.record(&run, outcome(2)).await.unwrap();
    assert_eq!(seqs(ledger.outcomes(&run, 0, 3).await.unwrap()), [0, 1, 2]);
    assert_eq!(seqs(ledger.outcomes(&run, 3, 3).await.unwrap()), [3]);
}

#[tokio::test]
async fn a_noted_row_is_no_outcome_and_tells_what_became_of_its_request() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    let note = |seq| Outcome { status: Status::NotSent, user_id: None, ..outcome(seq) };
    let repeats = Outcome { status: Status::Duplicate, same_as: Some(0), ..note(3) };
    ledger.note(&run, vec![note(0), note(1), note(2), repeats.clone()]).await.unwrap();
    assert_eq!(ledger.outcomes(&run, 0, 10).await.unwrap(), []);
    assert_eq!(ledger.find_run(&run.to_string()).await.unwrap().outcomes, []);

    let sent = ledger.intend(intent(run, key, 0)).await.unwrap();
    ledger.close(sent, confirmed(0), at(2)).await.unwrap();
    let open = ledger.intend(intent(run, key, 1)).await.unwrap();
    let fates = |rows: &[RunRow]| {
        let fate = |row: &RunRow| match row {
            RunRow::Ended(_) => None,
            RunRow::CutOff { request, .. } => {
                request.as_ref().map(|request| (request.fate.clone(), request.user_id.clone()))
            }
        };
        rows.iter().map(fate).collect::<Vec<_>>()
    };
    let rows = ledger.rows(&run, 0, 10).await.unwrap();
    let not_known = Some((Fate::Unknown { why: String::new() }, None));
    assert_eq!(fates(&rows), [Some((Fate::Invited, Some(user_id(0)))), not_known, None, None]);
    assert_eq!(rows[3].written(), &Outcome { user_id: Some(user_id(0)), ..repeats });

    // A later run's confirmation of the same person settles the doubt, and an outcome takes its note's place.
    ledger.close(open, unknown(), at(3)).await.unwrap();
    let next = begin(&ledger, key, at(60)).await;
    let found = ledger.intend(intent(next, key, 1)).await.unwrap();
    ledger.close(found, confirmed(1), at(61)).await.unwrap();
    ledger.record(&run, outcome(2)).await.unwrap();
    let rows = ledger.rows(&run, 1, 2).await.unwrap();
    assert_eq!(fates(&rows), [Some((Fate::WasThere, Some(user_id(1)))), None]);
    assert_eq!(rows[1], RunRow::Ended(outcome(2)));
}

#[tokio::test]
async fn a_noted_row_of_somebody_in_doubt_is_in_doubt_too() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let killed = begin(&ledger, key, at(0)).await;
    let open = ledger.intend(intent(killed, key, 1)).await.unwrap();
    let next = begin(&ledger, key, at(60)).await;
    let note = Outcome { status: Status::NotSent, user_id: None, ..outcome(1) };
    ledger.note(&next, vec![note]).await.unwrap();
    let is_unknown = |rows: Vec<RunRow>| match rows.as_slice() {
        [RunRow::CutOff { request: Some(request), .. }] => matches!(request.fate, Fate::Unknown { .. }),
        [RunRow::CutOff { request: None, .. }] => false,
        other => panic!("{other:?}"),
    };
    assert!(is_unknown(ledger.rows(&next, 0, 10).await.unwrap()));
    ledger.close(open, Closing::Absent, at(70)).await.unwrap();
    assert!(!is_unknown(ledger.rows(&next, 0, 10).await.unwrap()));
}

#[tokio::test]
async fn a_duplicate_shows_the_id_that_its_original_got_later() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    let waiting = Outcome { status: Status::Unconfirmed, user_id: None, ..outcome(0) };
    let duplicate = Outcome { status: Status::Duplicate, same_as: Some(0), user_id: None, ..outcome(1) };
    ledger.record(&run, waiting).await.unwrap();
    ledger.record(&run, duplicate.clone()).await.unwrap();
    assert_eq!(ledger.outcomes(&run, 1, 1).await.unwrap(), std::slice::from_ref(&duplicate));
    // Settled: the outcome takes the earlier one's place.
    ledger.record(&run, outcome(0)).await.unwrap();
    let expected = Outcome { user_id: Some(user_id(0)), ..duplicate };
    assert_eq!(ledger.outcomes(&run, 0, 2).await.unwrap(), [outcome(0), expected]);
}

#[tokio::test]
async fn runs_are_listed_newest_first_and_found_by_what_is_typed_of_their_id() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let first = begin(&ledger, key, at(0)).await;
    let second = begin(&ledger, key, at(5_000_000)).await;
    ledger.record(&first, outcome(0)).await.unwrap();
    ledger.record(&first, Outcome { status: Status::Invalid, ..outcome(1) }).await.unwrap();
    ledger.end_run(&first, at(60), 1).await.unwrap();

    let runs = ledger.runs(ALL_RUNS).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!((runs[0].ended_at, runs[0].exit_code, runs[0].rows), (None, None, Some(3)));
    assert_eq!((runs[1].ended_at, runs[1].exit_code), (Some(at(60)), Some(1)));
    assert_eq!(runs[1].outcomes, [(Status::Invited, 1), (Status::Invalid, 1)]);
    assert_eq!(runs[1].origin, ORIGIN);

    assert_eq!(ledger.find_run(&first.short().to_uppercase()).await.unwrap(), runs[1]);
    assert_eq!(ledger.find_run(&second.to_string()).await.unwrap().id, second);
    let shared = &first.to_string()[..4];
    assert!(matches!(ledger.find_run(shared).await, Err(LedgerError::AmbiguousRun { count: 2, .. })));
    for nonsense in ["", "%", "zz"] {
        assert!(matches!(ledger.find_run(nonsense).await, Err(LedgerError::NoSuchRun { .. })), "{nonsense}");
    }
}

#[tokio::test]
async fn forgetting_leaves_no_address_in_any_file_and_keeps_the_protection() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap();
    let key = account(&ledger, "key").await;
    let old = begin(&ledger, key, at(0)).await;
    let new = begin(&ledger, key, at(100_000)).await;
    for number in 1..=3 {
        invite(&ledger, old, key, number).await;
        ledger.record(&old, outcome(number)).await.unwrap();
    }
    let doubtful = ledger.intend(intent(old, key, 4)).await.unwrap();
    let why = "person4@example.org timed out".to_owned();
    ledger.close(doubtful, Closing::Unknown { why, http_status: None }, at(7)).await.unwrap();
    invite(&ledger, new, key, 3).await;

    let forgotten = ledger.forget(at(50_000), at(200_000)).await.unwrap();
    assert_eq!((forgotten.runs, forgotten.rows, forgotten.addresses, forgotten.in_doubt), (1, 3, 3, 1));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { continue };
        for gone in ["person1@", "person2@", "person4@", "Ruíz"] {
            let found = bytes.windows(gone.len()).any(|window| window == gone.as_bytes());
            assert!(!found, "{gone} is still in {}", path.display());
        }
    }
    let known = ledger.known(key, vec![person(1), person(3), person(4)]).await.unwrap();
    assert!(matches!(&known[0], Some(Known::Confirmed { user_id: Some(id), .. }) if *id == user_id(1)));
    assert!(matches!(&known[1], Some(Known::Confirmed { run, .. }) if *run == new));
    assert!(matches!(&known[2], Some(Known::InDoubt(doubt)) if doubt.email.is_none() && doubt.why.is_empty()));
    let controls = ledger.last_confirmed(key, 10).await.unwrap();
    assert_eq!(controls.iter().filter(|control| control.email.is_some()).count(), 2);
    let runs = ledger.runs(ALL_RUNS).await.unwrap();
    assert_eq!((runs[0].forgotten_at, runs[1].forgotten_at), (None, Some(at(200_000))));
    assert_eq!(ledger.forget(at(50_000), at(300_000)).await.unwrap().runs, 0);
}

#[tokio::test]
async fn forgetting_works_without_files_too_and_a_new_invitation_brings_the_address_back() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    invite(&ledger, run, key, 1).await;
    assert_eq!(ledger.forget(at(1), at(2)).await.unwrap().addresses, 1);
    assert_eq!(ledger.last_confirmed(key, 1).await.unwrap()[0].email, None);
    let run = begin(&ledger, key, at(3)).await;
    invite(&ledger, run, key, 1).await;
    assert_eq!(ledger.last_confirmed(key, 1).await.unwrap()[0].email, Some(person(1)));
}

#[tokio::test]
async fn what_a_run_sent_is_one_entry_a_row_without_those_who_were_there_before() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let (run, other) = (begin(&ledger, key, at(0)).await, begin(&ledger, key, at(10)).await);
    invite(&ledger, run, key, 1).await;
    ledger.record(&run, outcome(1)).await.unwrap();
    // Told 409 and then found in the list: somebody else's invitation.
    let there = ledger.intend(intent(run, key, 2)).await.unwrap();
    let found = Closing::Confirmed { user_id: None, http_status: Some(409), found: FoundAs::Invitation };
    ledger.close(there, found, at(3_000)).await.unwrap();
    // In doubt at first, confirmed when sent again.
    let first = ledger.intend(intent(run, key, 3)).await.unwrap();
    ledger.close(first, unknown(), at(3_000)).await.unwrap();
    invite(&ledger, run, key, 3).await;
    let absent = ledger.intend(intent(run, key, 4)).await.unwrap();
    ledger.close(absent, Closing::Absent, at(3_000)).await.unwrap();
    ledger.intend(intent(run, key, 5)).await.unwrap();
    invite(&ledger, other, key, 6).await;

    let sent = ledger.sent_in(&run).await.unwrap();
    let rows: Vec<_> = sent.iter().map(|sent| (sent.seq, sent.row.as_str(), sent.user_id.clone())).collect();
    assert_eq!(rows, [(1, "Staff!3", Some(user_id(1))), (3, "", Some(user_id(3))), (5, "", None)]);
    assert_eq!(sent[0].email, Some(person(1)));
}

#[tokio::test]
async fn an_account_is_locked_by_each_of_its_keys_and_by_its_clinic() {
    use avara_onboard::ledger::lock::AccountLock;
    let ledger = Ledger::in_memory().unwrap();
    let old = account(&ledger, "old key").await;
    let key = |text| AccountLock::key_identity(ORIGIN, &KeyFingerprint::of(text));
    assert_eq!(ledger.lock_identities(old).await.unwrap(), [key("old key")]);
    ledger.join_clinic(old, "clinic-1").await.unwrap();
    let new = account(&ledger, "new key").await;
    ledger.join_clinic(new, "clinic-1").await.unwrap();
    let mut expected = [key("old key"), key("new key"), AccountLock::clinic_identity(ORIGIN, "clinic-1")];
    expected.sort();
    for id in [old, new] {
        let mut identities = ledger.lock_identities(id).await.unwrap();
        identities.sort();
        assert_eq!(identities, expected);
    }
    assert_eq!(ledger.known_account(ORIGIN, &KeyFingerprint::of("new key")).await.unwrap(), Some(old));
    assert_eq!(ledger.known_account(ORIGIN, &KeyFingerprint::of("third key")).await.unwrap(), None);
}

#[tokio::test]
async fn which_details_were_sent_and_told_outlasts_forgetting() {
    let ledger = Ledger::in_memory().unwrap();
    let key = account(&ledger, "key").await;
    let run = begin(&ledger, key, at(0)).await;
    invite(&ledger, run, key, 1).await;
    // Of somebody who is not in the ledger there is nothing to keep.
    ledger.told(key, person(2), [8; 32]).await.unwrap();
    ledger.told(key, person(1), [9; 32]).await.unwrap();
    ledger.forget(at(50_000), at(200_000)).await.unwrap();
    let known = ledger.known(key, vec![person(1), person(2)]).await.unwrap();
    let Some(Known::Confirmed { content_hash, field_marks, told_hash, .. }) = &known[0] else { panic!("{known:?}") };
    assert_eq!((*content_hash, *field_marks, *told_hash), ([1; 32], Some([1; 13]), Some([9; 32])));
    assert_eq!(known[1], None);
    // Who is invited anew is as the roster said then.
    invite(&ledger, run, key, 1).await;
    let known = ledger.known(key, vec![person(1)]).await.unwrap();
    assert!(matches!(known[0], Some(Known::Confirmed { told_hash: None, .. })), "{known:?}");
}
