//! Laws that hold whatever happens to an account, over random histories.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Account, Duplicates, ManualClock, SandboxOptions};

/// Something that happens to one of a few people, or to time.
#[derive(Clone, Copy, Debug)]
enum Event {
    Invited(u8),
    Accepts(u8),
    Rejects(u8),
    Revoked(u8),
    Deactivated(u8),
    Days(u8),
}

fn history() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (0..4u8).prop_map(Event::Invited),
        1 => (0..4u8).prop_map(Event::Accepts),
        1 => (0..4u8).prop_map(Event::Rejects),
        1 => (0..4u8).prop_map(Event::Revoked),
        1 => (0..4u8).prop_map(Event::Deactivated),
        1 => (1..9u8).prop_map(Event::Days),
    ];
    prop::collection::vec(event, 0..60)
}

fn email(who: u8) -> String {
    format!("p{who}@example.org")
}

fn invite(account: &Account, who: u8) -> Option<String> {
    let body = json!({
        "canCreateReports": false, "canManageStudies": false, "clinicRole": "Other", "email": email(who),
        "firstName": "Pat", "hasDashboardAccess": false, "lastName": "Lee", "level": "member",
    });
    let answer = account.invite(&body).ok()?;
    answer["userId"].as_str().map(str::to_owned)
}

/// Lives through a history. Returns the account and the ids that invitations were answered with.
fn live(history: &[Event], duplicates: Duplicates) -> (Account, Vec<String>) {
    let clock = Arc::new(ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap()));
    let options = SandboxOptions { duplicates, clock: clock.clone(), ..SandboxOptions::default() };
    let account = Account::open(options).unwrap();
    let mut ids = Vec::new();
    for event in history {
        match *event {
            Event::Invited(who) => ids.extend(invite(&account, who)),
            Event::Accepts(who) => drop(account.accept(&email(who))),
            Event::Rejects(who) => drop(account.reject(&email(who))),
            Event::Revoked(who) => drop(account.revoke(&email(who))),
            Event::Deactivated(who) => {
                let found = account.list_users(&format!("email={}", email(who))).unwrap();
                let _ = account.revoke_access(&json!({ "userId": found["users"][0]["userId"] }));
            }
            Event::Days(days) => clock.advance(Duration::from_secs(u64::from(days) * 24 * 3600)),
        }
    }
    (account, ids)
}

fn entries(page: &Value, list: &str) -> Vec<Value> {
    page[list].as_array().cloned().unwrap_or_default()
}

/// A list, read page by page.
fn read_all(read: impl Fn(&str) -> Value, list: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut query) = (Vec::new(), format!("limit={limit}"));
    loop {
        let page = read(&query);
        assert!(entries(&page, list).len() <= limit);
        all.extend(entries(&page, list));
        match page["cursor"].as_str() {
            Some(cursor) => query = format!("limit={limit}&cursor={cursor}"),
            None => return all,
        }
    }
}

proptest! {
    #[test]
    fn an_account_that_refuses_duplicates_has_none(history in history()) {
        let (account, _) = live(&history, Duplicates::Conflict409);
        for who in 0..4 {
            let found = account.list_users(&format!("email={}", email(who))).unwrap();
            prop_assert!(entries(&found, "users").len() <= 1);
        }
    }

    #[test]
    fn one_mail_one_invitation_one_id(history in history()) {
        for duplicates in [Duplicates::Conflict409, Duplicates::SecondInvitation] {
            let (account, ids) = live(&history, duplicates);
            let mailed: Vec<String> = account.mails().into_iter().map(|mail| mail.user_id).collect();
            prop_assert_eq!(&mailed, &ids);
            let invited: Vec<String> = account.invitations().into_iter().map(|one| one.user_id).collect();
            prop_assert_eq!(&invited, &ids);
            prop_assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        }
    }

    #[test]
    fn pages_hold_everything_once(history in history(), limit in 1..8usize) {
        let (account, _) = live(&history, Duplicates::SecondInvitation);
        let users = |query: &str| account.list_users(query).unwrap();
        prop_assert_eq!(read_all(users, "users", limit), entries(&users("limit=100"), "users"));
        let invitations = |query: &str| account.list_invitations(query).unwrap();
        let paged = read_all(invitations, "invitations", limit);
        prop_assert_eq!(paged, entries(&invitations("limit=100"), "invitations"));
    }

    #[test]
    fn no_body_is_too_strange(text in "\\PC*") {
        let (account, _) = live(&[], Duplicates::Conflict409);
        for body in [json!(text), json!({ text.clone(): 1 }), json!({ "userId": text }), json!([text])] {
            prop_assert!(account.invite(&body).is_err());
            prop_assert!(account.revoke_access(&body).is_err());
            prop_assert!(account.revoke_invitation(&body).is_err());
        }
    }
}
