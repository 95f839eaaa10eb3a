//! The two lists: filters, pages, lag, and when they are closed.

use std::sync::Arc;
use std::time::Duration;

use avara_onboard::autoscribe::wire::{INVITATIONS, InvitationsPage, USERS, UsersPage};
use avara_onboard::sandbox::{Duplicates, InvitationStatus, Lists, ManualClock, Person, SandboxOptions};

use crate::client::Client;

/// A clinic with somebody of every kind, at ten o'clock.
async fn clinic() -> (Client, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap()));
    let client = Client::new(SandboxOptions { clock: clock.clone(), ..SandboxOptions::default() }).await;
    let account = client.account();
    let mut reader = Person::named("mara@example.org", "Mara", "Özdemir");
    (reader.can_create_reports, reader.npi_number) = (true, Some("1234567893".to_owned()));
    (reader.level, reader.has_dashboard_access) = ("admin".to_owned(), true);
    account.add_member(reader);
    for (email, status, day) in [
        ("sent@example.org", InvitationStatus::Sent, 20),
        ("accepted@example.org", InvitationStatus::Accepted, 21),
        ("rejected@example.org", InvitationStatus::Rejected, 22),
        ("revoked@example.org", InvitationStatus::Revoked, 22),
        ("expired@example.org", InvitationStatus::Sent, 1),
    ] {
        let created = format!("2026-11-{day:02}T23:59:59Z").parse().unwrap();
        account.add_invitation(Person::named(email, "Sam", "O'Hara"), status, created).unwrap();
    }
    (client, clock)
}

#[tokio::test]
async fn users_are_filtered() {
    let (client, _) = clinic().await;
    assert_eq!(client.emails("email=MARA@example.org").await, ["mara@example.org"]);
    assert!(client.emails("email=mara").await.is_empty(), "exact, not part of it");
    assert_eq!(client.emails("lastName=%C3%B6zde").await, ["mara@example.org"]);
    assert_eq!(client.emails("firstName=ar").await, ["mara@example.org"]);
    assert_eq!(client.emails("level=owner").await, ["owner@clinic.test"]);
    assert_eq!(client.emails("canCreateReports=true").await, ["mara@example.org"]);
    assert_eq!(client.emails("canCreateReports=false&invitedSource=dashboard").await, ["owner@clinic.test"]);
    let invited = ["expired@example.org", "accepted@example.org", "sent@example.org"];
    assert_eq!(client.emails("invitedSource=api").await, invited, "neither the rejected nor the revoked");
}

#[tokio::test]
async fn invitations_are_filtered() {
    let (client, _) = clinic().await;
    assert_eq!(client.invited("status=sent").await, ["expired@example.org", "sent@example.org"]);
    assert_eq!(client.invited("status=sent&expired=not-expired").await, ["sent@example.org"]);
    assert_eq!(client.invited("expired=expired").await, ["expired@example.org"]);
    assert_eq!(client.invited("expired=all").await.len(), 5);
    assert_eq!(client.invited("status=rejected,revoked").await, ["revoked@example.org", "rejected@example.org"]);
    assert_eq!(client.invited("startDate=2026-11-21&endDate=2026-11-21").await, ["accepted@example.org"]);
    let id = client.account().invitations()[0].user_id.clone();
    assert_eq!(client.invited(&format!("userId={id}")).await, ["sent@example.org"]);
}

#[tokio::test]
async fn unknown_parameters_are_refused() {
    let (client, _) = clinic().await;
    for query in ["phone=1", "limit=0", "limit=101", "level=boss", "cursor=1"] {
        assert_eq!(client.get(&format!("{USERS}?{query}")).await.0, 400, "{query}");
    }
    for query in ["email=sent@example.org", "status=lost", "status=sent&status=revoked", "startDate=yesterday"] {
        assert_eq!(client.get(&format!("{INVITATIONS}?{query}")).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn pages_hold_everybody_once_while_people_are_added() {
    let client = Client::new(SandboxOptions { page_size: 7, ..SandboxOptions::default() }).await;
    for n in 0..20 {
        client.invite(&format!("p{n:02}@example.org")).await;
    }
    let (mut emails, mut sizes) = (Vec::new(), Vec::new());
    let mut path = format!("{INVITATIONS}?limit=100");
    loop {
        let page: InvitationsPage = serde_json::from_value(client.get(&path).await.1).unwrap();
        sizes.push(page.invitations.len());
        emails.extend(page.invitations.into_iter().map(|invitation| invitation.email));
        assert_eq!(page.cursor.is_some(), page.has_more);
        let Some(cursor) = page.cursor else { break };
        path = format!("{INVITATIONS}?limit=100&cursor={cursor}");
        client.invite(&format!("late{}@example.org", sizes.len())).await;
    }
    assert_eq!(sizes, [7, 7, 6]);
    emails.sort();
    emails.dedup();
    assert_eq!(emails.len(), 20);

    let page: UsersPage =
        serde_json::from_value(client.get(&format!("{USERS}?limit=3&firstName=ana")).await.1).unwrap();
    assert_eq!((page.users.len(), page.has_more), (3, true));
    let page: UsersPage =
        serde_json::from_value(client.get(&format!("{USERS}?email=p01@example.org&limit=1")).await.1).unwrap();
    assert_eq!((page.users.len(), page.has_more), (1, false), "a full page is not always followed by another");
}

#[tokio::test]
async fn a_new_invitation_shows_after_the_lag() {
    let (client, clock) = clinic().await;
    client.account().reconfigure(|options| options.list_lag = Duration::from_secs(5));
    let (_, user) = client.invite("new@example.org").await;
    clock.advance(Duration::from_millis(4_999));
    assert!(client.emails("email=new@example.org").await.is_empty());
    assert!(!client.invited("").await.contains(&"new@example.org".to_owned()));
    let path = format!("{USERS}/{}", user["userId"].as_str().unwrap());
    assert_eq!(client.get(&path).await.0, 200, "only the lists lag");
    assert_eq!(client.invite("new@example.org").await.0, 409);
    clock.advance(Duration::from_millis(1));
    assert_eq!(client.emails("email=new@example.org").await.len(), 1);
    assert_eq!(client.invited("").await[0], "new@example.org");
}

#[tokio::test]
async fn the_lists_can_be_closed_while_invitations_go_on() {
    let (client, _) = clinic().await;
    for (lists, status) in [(Lists::Forbidden, 403), (Lists::Failing, 503), (Lists::Open, 200)] {
        client.account().reconfigure(|options| options.lists = lists);
        assert_eq!(client.get(USERS).await.0, status);
        assert_eq!(client.get(INVITATIONS).await.0, status);
    }
    client.account().reconfigure(|options| options.lists = Lists::Forbidden);
    assert_eq!(client.invite("new@example.org").await.0, 200);
}

#[tokio::test]
async fn members_are_duplicates_too() {
    let (client, _) = clinic().await;
    assert_eq!(client.invite("mara@example.org").await.0, 409);
    assert_eq!(client.invite("accepted@example.org").await.0, 409);
    for email in ["rejected@example.org", "revoked@example.org", "expired@example.org"] {
        assert_eq!(client.invite(email).await.0, 200, "{email}");
    }
    client.account().reconfigure(|options| options.duplicates = Duplicates::SecondInvitation);
    assert_eq!(client.invite("mara@example.org").await.0, 200);
    assert_eq!(client.emails("email=mara@example.org").await.len(), 2);
}
