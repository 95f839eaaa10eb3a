//! Doubt and the lists: lag, controls, and what is held because it cannot be known.

use std::time::Duration;

use avara_onboard::delivery::pace::Rate;
use avara_onboard::outcome::Status::{self, Invited};
use avara_onboard::sandbox::{Call, Duplicates, PendingInUsers, SandboxOptions, Trigger};

use crate::world::{Asked, Ended, World, email, row};

fn lagging(seconds: u64) -> SandboxOptions {
    SandboxOptions {
        list_lag: Duration::from_secs(seconds),
        duplicates: Duplicates::SecondInvitation,
        ..SandboxOptions::default()
    }
}

#[tokio::test(start_paused = true)]
async fn lists_that_lag_are_waited_for() {
    for lag in [1, 5, 20, 60, 100] {
        for fault in ["reset-after", "500-after", "hang-after", "500-before", "reset-before", "slow-before:29.9"] {
            let world = World::of(6, lagging(lag)).await;
            world.account.script(Trigger::Email(email(2)), fault.parse().unwrap());
            let ended = world.run().await;
            assert_eq!((ended.exit, world.mails(6)), (0, vec![1; 6]), "{fault}, lag {lag} s: {:?}", ended.statuses());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_control_made_while_the_doubtful_request_was_at_work_is_not_believed_too_early() {
    // The answer breaks at once, the server acts 25 s later, and the lists show it 20 s after that. At the end of the
    // timeout everybody else shows, and the doubtful one does not yet.
    let world = World::of(6, lagging(20)).await;
    world.account.script(Trigger::Email(email(2)), "slow-before:25".parse().unwrap());
    let run = tokio::time::timeout(Duration::from_millis(10), world.run());
    assert!(run.await.is_err());
    let ended = world.run().await;
    assert_eq!((ended.exit, world.mails(6)), (0, vec![1; 6]));
}

#[tokio::test(start_paused = true)]
async fn without_a_control_absence_is_not_believed() {
    for side in ["before", "after"] {
        let world = World::of(1, lagging(3600)).await;
        world.account.script(Trigger::Email(email(0)), format!("500-{side}").parse().unwrap());
        let ended = world.run().await;
        assert_eq!((ended.statuses(), ended.exit), (vec![Status::Unconfirmed], 3));
        assert!(ended.took < Duration::from_secs(60), "{:?}", ended.took);
        assert_eq!((world.run().await.exit, world.posts()), (3, 1), "nor in the next run");
        tokio::time::sleep(Duration::from_secs(3600)).await;
        let late = world.run().await;
        assert_eq!((late.exit, world.posts()), if side == "after" { (0, 1) } else { (3, 1) });
    }
}

#[tokio::test(start_paused = true)]
async fn a_lag_beyond_all_patience_holds() {
    let world = World::of(6, lagging(1000)).await;
    world.account.script(Trigger::Email(email(2)), "500-after".parse().unwrap());
    let ended = world.run().await;
    assert_eq!((ended.statuses()[2], ended.exit, world.mails(6)), (Status::Unconfirmed, 3, vec![1; 6]));
    assert!(ended.took < Duration::from_secs(200), "{:?}", ended.took);
    tokio::time::sleep(Duration::from_secs(1000)).await;
    let next = world.run().await;
    assert_eq!((next.statuses()[2], next.exit), (Status::AlreadyInvited, 0));
}

#[tokio::test(start_paused = true)]
async fn an_earlier_control_needs_age() {
    // The last row is in doubt and nothing is sent after it: the rows before it are the controls.
    let world = World::of(4, SandboxOptions { latency: Duration::from_millis(200), ..Default::default() }).await;
    world.account.script(Trigger::Email(email(3)), "500-before".parse().unwrap());
    let one_by_one = Asked { concurrency: 1, rate: Rate::per_second(1), ..Asked::default() };
    let ended = world.run_as(one_by_one).await;
    assert_eq!((ended.statuses(), ended.exit), (vec![Invited; 4], 0));
    assert!((15.0..25.0).contains(&ended.took.as_secs_f64()), "{:?}", ended.took);
}

#[tokio::test(start_paused = true)]
async fn a_request_may_leave_a_while_after_its_intent() {
    // The third and the fourth are noted at once and leave when the first two are answered, 0.9 s later. The run is killed
    // when the fifth has been invited, whose intent was young: it shows at once. The server acts for the fourth at the last
    // moment of its timeout, which the time of its intent alone misses.
    let world = World::of(5, SandboxOptions { latency: Duration::from_millis(10), ..lagging(0) }).await;
    for (person, fault) in [(0, "slow-before:0.9"), (1, "slow-before:0.9"), (3, "slow-before:29.9")] {
        world.account.script(Trigger::Email(email(person)), fault.parse().unwrap());
    }
    let asked = || Asked { concurrency: 2, ..Asked::default() };
    assert!(tokio::time::timeout(Duration::from_millis(980), world.run_as(asked())).await.is_err());
    assert_eq!(world.mails(5), [1, 1, 1, 0, 1]);
    let ended = world.run_as(asked()).await;
    assert_eq!((ended.exit, world.mails(5)), (0, vec![1; 5]), "{:?}", ended.statuses());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(world.mails(5), [1; 5]);
}

#[tokio::test(start_paused = true)]
async fn an_intent_that_has_waited_too_long_for_its_place_is_noted_anew() {
    // Each row waits three seconds for the one before it; that none leaves on an old intent is judged by the wire.
    let world = World::of(4, SandboxOptions { latency: Duration::from_secs(3), ..lagging(0) }).await;
    let ended = world.run_as(Asked { concurrency: 1, ..Asked::default() }).await;
    assert_eq!((ended.statuses(), world.posts()), (vec![Invited; 4], 4));
    assert!(ended.outcomes.iter().all(|outcome| outcome.attempts == 1));
}

/// Three people are invited, and so many days later one more, whose request the server drops.
async fn nights_after(days: u64, options: SandboxOptions) -> (World, Ended) {
    let mut world = World::of(3, options).await;
    assert_eq!(world.run().await.exit, 0);
    tokio::time::sleep(Duration::from_secs(86_400 * days)).await;
    world.change_roster(&(0..4).map(row).collect::<Vec<_>>());
    world.account.script(Trigger::Email(email(3)), "500-before".parse().unwrap());
    let ended = world.run().await;
    (world, ended)
}

#[tokio::test(start_paused = true)]
async fn how_soon_the_last_invitation_showed_settles_the_next_nights_only_row() {
    // After three days the invitations since yesterday show none of ours.
    let hidden = || SandboxOptions { pending_in_users: PendingInUsers::Hidden, page_size: 1, ..lagging(0) };
    for (days, options) in [(1, lagging(0)), (3, lagging(0)), (1, hidden()), (3, hidden())] {
        let (world, ended) = nights_after(days, options).await;
        assert_eq!((ended.exit, world.mails(4)), (0, vec![1; 4]), "{:?}", ended.statuses());
        assert!(ended.took < Duration::from_secs(60), "{:?}", ended.took);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lag_that_was_never_measured_is_taken_for_as_long_as_nobody_looked() {
    // The run's last look comes too early, so all that is known is that they showed a day later.
    let (world, ended) = nights_after(1, lagging(20)).await;
    assert_eq!((ended.statuses()[3], ended.exit, world.posts()), (Status::Unconfirmed, 3, 4));
    for (days, exit) in [(1, 3), (1, 0)] {
        tokio::time::sleep(Duration::from_secs(86_400 * days)).await;
        assert_eq!(world.run().await.exit, exit);
    }
    assert_eq!(world.mails(4), [1; 4]);
}

#[tokio::test(start_paused = true)]
async fn controls_of_the_crashed_run_serve_the_next() {
    let world = World::of(4, SandboxOptions::default()).await;
    world.account.script(Trigger::Email(email(1)), "hang-before".parse().unwrap());
    assert!(tokio::time::timeout(Duration::from_secs(1), world.run()).await.is_err());
    assert_eq!(world.mails(4), [1, 0, 1, 1]);
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    let ended = world.run().await;
    assert_eq!((ended.exit, world.mails(4)), (0, vec![1; 4]), "{:?}", ended.statuses());
}

#[tokio::test(start_paused = true)]
async fn a_row_is_sent_once_more_and_not_twice() {
    let world = World::of(4, SandboxOptions::default()).await;
    for _ in 0..3 {
        world.account.script(Trigger::Email(email(1)), "500-before".parse().unwrap());
    }
    let ended = world.run().await;
    assert_eq!((ended.statuses()[1], ended.exit, ended.outcomes[1].attempts), (Status::Failed, 1, 2));
    assert_eq!((world.wire.most_sends(), world.posts()), (2, 5));
    let next = world.run().await;
    assert_eq!((next.exit, world.posts()), (0, 7), "{:?}", next.statuses());
}

#[tokio::test(start_paused = true)]
async fn lists_that_fail_while_doubts_are_settled_hold_them() {
    for (fault, most) in [("503", 120), ("403", 1), ("html", 1), ("302", 1), ("429:1000", 1)] {
        let world = World::of(4, SandboxOptions::default()).await;
        world.account.script(Trigger::Email(email(1)), "500-after".parse().unwrap());
        world.account.script(Trigger::From(Call::ListInvitations, 2), fault.parse().unwrap());
        let ended = world.run().await;
        assert_eq!((ended.statuses()[1], ended.exit), (Status::Unconfirmed, 3), "{fault}");
        assert!(ended.took <= Duration::from_secs(most), "{fault}: {:?}", ended.took);
        assert_eq!((world.posts(), world.mails(4)), (4, vec![1; 4]));
    }
}

#[tokio::test(start_paused = true)]
async fn resends_stay_within_the_budget() {
    // Twenty rows answered 500 in between: ten repeats and two for the rows are allowed.
    let world = World::of(24, SandboxOptions::default()).await;
    for person in (0..24).filter(|person| person % 6 != 5) {
        world.account.script(Trigger::Email(email(person)), "500-before".parse().unwrap());
    }
    let ended = world.run_as(Asked { concurrency: 1, ..Asked::default() }).await;
    let failed = ended.statuses().iter().filter(|status| **status == Status::Failed).count();
    assert_eq!((failed, ended.exit), (20 - 12, 1));
    assert_eq!((world.run().await.exit, world.mails(24)), (0, vec![1; 24]));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_shows_late_is_found_though_its_absence_would_not_be_believed() {
    // The only control is a day old, so nothing that does not show is believed absent; the server acts 20 s late.
    let world = World::of(2, SandboxOptions::default()).await;
    assert_eq!(world.run_as(Asked { limit: Some(1), ..Asked::default() }).await.exit, 1);
    tokio::time::sleep(Duration::from_secs(86_400)).await;
    world.account.script(Trigger::Email(email(1)), "slow-before:20".parse().unwrap());
    assert!(tokio::time::timeout(Duration::from_millis(100), world.run()).await.is_err());
    let ended = world.run().await;
    assert_eq!((ended.statuses(), ended.exit), (vec![Status::AlreadyInvited; 2], 0));
}
