//! Signals, crashes, limits and withdrawn invitations.

use std::time::Duration;

use avara_onboard::delivery::engine::OnUnknown;
use avara_onboard::outcome::Status::{self, AlreadyInvited, Invited, NotSent, Withdrawn};
use avara_onboard::plan::Reinvite;
use avara_onboard::sandbox::{Call, Duplicates, InvitationStatus, Person, SandboxOptions, Trigger};
use avara_onboard::shutdown::Signal;

use crate::world::{Asked, World, email, row};

fn slow() -> SandboxOptions {
    SandboxOptions { latency: Duration::from_secs(2), ..SandboxOptions::default() }
}

async fn after(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_signal_drains_what_is_in_flight() {
    for (signal, exit) in [(Signal::Interrupt, 130), (Signal::Terminate, 143), (Signal::Hangup, 129)] {
        let mut world = World::of(12, slow()).await;
        let (ended, ()) = tokio::join!(world.run(), async {
            after(5.0).await;
            world.shutdown.signal(signal);
        });
        assert_eq!(ended.exit, exit);
        assert_eq!(ended.statuses(), [[Invited; 4], [NotSent; 4], [NotSent; 4]].concat());
        assert_eq!(ended.took, Duration::from_secs(6));
        world.restart();
        assert_eq!((world.run().await.exit, world.mails(12)), (0, vec![1; 12]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_abandons_what_is_in_flight_as_unknown() {
    let mut world = World::of(12, slow()).await;
    let (ended, ()) = tokio::join!(world.run(), async {
        after(5.0).await;
        world.shutdown.signal(Signal::Interrupt);
        world.shutdown.signal(Signal::Interrupt);
    });
    assert_eq!((ended.exit, ended.took), (3, Duration::from_secs(5)));
    assert_eq!(ended.statuses(), [[Status::Unconfirmed; 4], [NotSent; 4], [NotSent; 4]].concat());
    world.restart();
    let next = world.run().await;
    assert_eq!((next.exit, world.mails(12)), (0, vec![1; 12]));
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_every_wait() {
    // A pause of ten minutes, and a list that hangs: neither holds a person who wants to stop.
    for (call, fault) in [(Call::Invite, "429:600"), (Call::ListInvitations, "429:600"), (Call::ListUsers, "hang")] {
        let world = World::of(3, SandboxOptions::default()).await;
        world.account.script(Trigger::From(call, 1), fault.parse().unwrap());
        let (ended, ()) = tokio::join!(world.run(), async {
            after(3.0).await;
            world.shutdown.signal(Signal::Interrupt);
        });
        assert_eq!((ended.exit, ended.took), (130, Duration::from_secs(3)), "{call:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_signal_while_doubts_are_settled_holds_them() {
    let mut world = World::of(4, SandboxOptions::default()).await;
    world.account.script(Trigger::Email(email(2)), "hang-before".parse().unwrap());
    let (ended, ()) = tokio::join!(world.run(), async {
        after(29.0).await;
        world.shutdown.signal(Signal::Terminate);
        after(1.5).await;
    });
    assert_eq!((ended.exit, ended.statuses()[2]), (3, Status::Unconfirmed));
    world.restart();
    assert_eq!((world.run().await.exit, world.mails(4)), (0, vec![1; 4]));
}

#[tokio::test(start_paused = true)]
async fn a_crash_is_finished_by_the_next_run() {
    for moment in [0.5, 2.5, 4.5, 5.9, 6.5] {
        let world = World::of(12, slow()).await;
        assert!(tokio::time::timeout(Duration::from_secs_f64(moment), world.run()).await.is_err());
        let next = world.run().await;
        assert_eq!((next.exit, world.mails(12)), (0, vec![1; 12]), "killed after {moment} s: {:?}", next.statuses());
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_run_finishes_whatever_number_was_cut_off() {
    // More than a run may repeat: for the next run they are no repeats.
    let world = World::of(40, SandboxOptions { latency: Duration::from_millis(100), ..Default::default() }).await;
    for person in 1..40 {
        world.account.script(Trigger::Email(email(person)), "hang-before".parse().unwrap());
    }
    let asked = || Asked { concurrency: 40, ..Asked::default() };
    assert!(tokio::time::timeout(Duration::from_secs(2), world.run_as(asked())).await.is_err());
    assert_eq!(world.account.mails().len(), 1);
    let ended = world.run_as(asked()).await;
    assert_eq!((ended.exit, world.mails(40)), (0, vec![1; 40]), "{:?}", ended.statuses());
}

#[tokio::test(start_paused = true)]
async fn a_doubt_beyond_the_limit_is_looked_up_and_not_sent() {
    let world = World::of(4, slow()).await;
    // In doubt when the program is killed: the second was acted upon, the third was not.
    world.account.script(Trigger::Email(email(1)), "hang-after".parse().unwrap());
    world.account.script(Trigger::Email(email(2)), "hang-before".parse().unwrap());
    assert!(tokio::time::timeout(Duration::from_secs(10), world.run()).await.is_err());
    let limited = world.run_as(Asked { limit: Some(0), ..Asked::default() }).await;
    assert_eq!(limited.statuses(), [AlreadyInvited, AlreadyInvited, NotSent, AlreadyInvited]);
    assert_eq!((limited.outcomes[2].error_code.as_str(), world.mails(4)), ("limit", vec![1, 1, 0, 1]));
    assert_eq!((world.run().await.exit, world.mails(4)), (0, vec![1; 4]));
}

#[tokio::test(start_paused = true)]
async fn a_limit_sends_the_first_and_no_more() {
    let world = World::of(4, SandboxOptions::default()).await;
    let ended = world.run_as(Asked { limit: Some(2), ..Asked::default() }).await;
    assert_eq!((ended.statuses(), ended.exit), (vec![Invited, Invited, NotSent, NotSent], 1));
    assert_eq!(world.mails(4), [1, 1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_doubtful_invitation_that_was_withdrawn_is_not_sent_again() {
    for lost in ["hang-after", "stall"] {
        let world = World::of(4, SandboxOptions::default()).await;
        world.account.script(Trigger::Email(email(0)), lost.parse().unwrap());
        // The crash leaves the first row in doubt; the person has the mail and declines.
        assert!(tokio::time::timeout(Duration::from_secs(1), world.run()).await.is_err());
        world.account.reject(&email(0));
        let next = world.run().await;
        assert_eq!((next.statuses()[0], world.mails(4)), (Withdrawn, vec![1; 4]), "{lost}");
        let again = world.run().await;
        assert_eq!((again.statuses()[0], again.exit, world.mails(4)), (Withdrawn, 1, vec![1; 4]));
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_invited_anew_gets_one_mail_more() {
    for fault in ["", "reset-before", "reset-after", "500-before", "hang-after"] {
        let world = World::of(3, SandboxOptions::default()).await;
        let old = world.account.now() - Duration::from_secs(30 * 86_400);
        let person = |number: usize| Person::named(&email(number), "Ana", "Ruiz");
        world.account.add_invitation(person(0), InvitationStatus::Sent, old).unwrap();
        world.account.add_invitation(person(1), InvitationStatus::Revoked, old).unwrap();
        let plain = world.run().await;
        assert_eq!((plain.statuses(), plain.exit), (vec![Withdrawn, Withdrawn, Invited], 1));
        if !fault.is_empty() {
            world.account.script(Trigger::Email(email(0)), fault.parse().unwrap());
        }
        let reinvite = Reinvite::parse("expired").unwrap();
        let ended = world.run_as(Asked { reinvite, ..Asked::default() }).await;
        assert_eq!(
            (ended.statuses(), world.mails(3)),
            (vec![Invited, Withdrawn, AlreadyInvited], vec![1, 0, 1]),
            "{fault}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_invitation_of_somebody_invited_anew_is_no_control() {
    // The lists lag, and the revoked invitations of all three show at once: that says nothing of the new ones.
    let options = SandboxOptions {
        list_lag: Duration::from_secs(20),
        duplicates: Duplicates::SecondInvitation,
        ..SandboxOptions::default()
    };
    let world = World::of(3, options).await;
    let old = world.account.now() - Duration::from_secs(3 * 86_400);
    for number in 0..3 {
        let person = Person::named(&email(number), "Ana", "Ruiz");
        world.account.add_invitation(person, InvitationStatus::Revoked, old).unwrap();
    }
    world.account.script(Trigger::Email(email(0)), "500-after".parse().unwrap());
    let reinvite = Reinvite::parse("revoked").unwrap();
    world.run_as(Asked { reinvite, concurrency: 1, ..Asked::default() }).await;
    assert_eq!(world.mails(3), [1; 3]);
}

#[tokio::test(start_paused = true)]
async fn people_of_an_earlier_roster_are_settled_and_not_sent() {
    for (side, mails) in [("before", 0), ("after", 1)] {
        let mut world = World::of(3, SandboxOptions::default()).await;
        world.account.script(Trigger::Email(email(1)), format!("hang-{side}").parse().unwrap());
        assert!(tokio::time::timeout(Duration::from_secs(1), world.run()).await.is_err());
        world.change_roster(&[row(0), row(7)]);
        let ended = world.run().await;
        assert_eq!((ended.statuses(), ended.exit), (vec![AlreadyInvited, Invited], 0));
        assert_eq!((world.account.mails_to(&email(1)), world.in_doubt().await), (mails, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn on_request_nothing_is_ever_sent_again() {
    let world = World::of(4, SandboxOptions::default()).await;
    world.account.script(Trigger::Email(email(1)), "reset-before".parse().unwrap());
    let hold = || Asked { on_unknown: OnUnknown::Hold, ..Asked::default() };
    for _ in 0..2 {
        let ended = world.run_as(hold()).await;
        assert_eq!((ended.exit, ended.statuses()[1], world.posts()), (3, Status::Unconfirmed, 4));
    }
    assert_eq!((world.run().await.exit, world.mails(4)), (0, vec![1; 4]));
}

#[tokio::test(start_paused = true)]
async fn who_was_invited_anew_gets_no_third_mail_while_the_lists_are_behind() {
    let options = SandboxOptions {
        list_lag: Duration::from_secs(20),
        duplicates: avara_onboard::sandbox::Duplicates::SecondInvitation,
        ..SandboxOptions::default()
    };
    let world = World::of(3, options).await;
    assert_eq!(world.run().await.exit, 0);
    tokio::time::sleep(Duration::from_secs(60)).await;
    for number in 0..3 {
        world.account.revoke(&email(number));
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    let anew = || Asked { reinvite: Reinvite::parse("revoked").unwrap(), ..Asked::default() };
    assert_eq!(world.run_as(anew()).await.statuses(), vec![Invited; 3]);
    let again = world.run_as(anew()).await;
    assert_eq!((again.statuses(), world.mails(3)), (vec![AlreadyInvited; 3], vec![2; 3]));
}
