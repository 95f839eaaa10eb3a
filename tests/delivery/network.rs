//! The rows of FAILURES.md's table "Network and API": one person has the fault, the others are well.

use std::time::Duration;

use avara_onboard::autoscribe::client::NotSent;
use avara_onboard::delivery::stop::StopCause;
use avara_onboard::outcome::Status::{
    self, AlreadyInvited, AlreadyMember, Failed, Invited, NotSent as Unsent, Rejected,
};
use avara_onboard::run::opening::WithoutLists;
use avara_onboard::sandbox::{
    Call, Duplicates, ErrorShape, Fault, Lists, PendingInUsers, Person, RateLimit, RetryAfterStyle, SandboxOptions,
    Trigger,
};

use crate::world::{Asked, Ended, World, email};

/// Five people, the second of whom has the fault.
async fn with_fault(fault: &str) -> (World, Ended) {
    with_fault_as(fault, SandboxOptions::default(), Asked::default()).await
}

async fn with_fault_as(fault: &str, options: SandboxOptions, asked: Asked) -> (World, Ended) {
    let world = World::of(5, options).await;
    world.account.script(Trigger::Email(email(1)), fault.parse().unwrap());
    let ended = world.run_as(asked).await;
    (world, ended)
}

fn all(status: Status) -> [Status; 5] {
    [status; 5]
}

/// One at a time, so that what follows a stop is known.
fn one_by_one() -> Asked {
    Asked { concurrency: 1, ..Asked::default() }
}

#[tokio::test(start_paused = true)]
async fn nothing_wrong() {
    let world = World::of(5, SandboxOptions::default()).await;
    let ended = world.run().await;
    assert_eq!((ended.statuses(), ended.exit), (all(Invited).to_vec(), 0));
    assert_eq!(world.mails(5), [1; 5]);
    let again = world.run().await;
    assert_eq!((again.statuses(), again.exit, world.posts()), (all(AlreadyInvited).to_vec(), 0, 5));
    assert_eq!(again.outcomes[3].user_id, ended.outcomes[3].user_id);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_and_lost_is_looked_up_and_settled() {
    let lost = [
        "reset",
        "hang",
        "truncated",
        "stall",
        "oversize",
        "bad-encoding",
        "invalid-json",
        "wrong-shape",
        "no-user-id",
        "bad-user-id",
        "other-email",
        "5xx",
        "500",
        "502:1",
        "503:ms:1500",
        "504",
        "408",
        "425",
        "505",
        "slow:29",
    ];
    for fault in lost {
        for side in ["-before", "-after"] {
            for duplicates in [Duplicates::SecondInvitation, Duplicates::Conflict409] {
                let (name, wait) = fault.split_once(':').map_or((fault, String::new()), |(a, b)| (a, format!(":{b}")));
                let fault = format!("{name}{side}{wait}");
                let options = SandboxOptions { duplicates, ..SandboxOptions::default() };
                let (world, ended) = with_fault_as(&fault, options, Asked::default()).await;
                assert_eq!((ended.statuses(), ended.exit), (all(Invited).to_vec(), 0), "{fault} {duplicates:?}");
                assert_eq!(world.mails(5), [1; 5], "{fault} {duplicates:?}");
                assert!(ended.took < Duration::from_secs(95), "{fault}: {:?}", ended.took);
                let ids = world.ids();
                for (person, outcome) in ended.outcomes.iter().enumerate() {
                    assert_eq!(ids[&email(person)], [outcome.user_id.clone().unwrap()], "{fault}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unanswered_request_is_not_sent_again_while_it_may_be_at_work() {
    let (world, ended) = with_fault("slow-before:29").await;
    assert_eq!(ended.exit, 0);
    assert!(ended.took >= Duration::from_secs(29));
    let world_hung = World::of(5, SandboxOptions::default()).await;
    world_hung.account.script(Trigger::Email(email(1)), "hang-before".parse().unwrap());
    let ended = world_hung.run().await;
    assert!(ended.took >= Duration::from_secs(30), "{:?}", ended.took);
    assert_eq!((world.mails(5), world_hung.mails(5)), (vec![1; 5], vec![1; 5]));
    assert_eq!(ended.outcomes[1].attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn a_reset_is_no_end_of_the_servers_work() {
    // The answer is lost at once, the work goes on for twenty seconds.
    let world = World::of(5, SandboxOptions { duplicates: Duplicates::SecondInvitation, ..Default::default() }).await;
    world.account.script(Trigger::Email(email(1)), "slow-before:20".parse().unwrap());
    let run = tokio::time::timeout(Duration::from_secs(1), world.run());
    assert!(run.await.is_err(), "a crash after a second");
    let ended = world.run().await;
    assert_eq!(ended.exit, 0);
    assert_eq!(world.mails(5), [1; 5]);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_page_stops_and_nobody_else_is_sent_there() {
    for side in ["before", "after"] {
        let (world, ended) = with_fault_as(&format!("html-{side}"), SandboxOptions::default(), one_by_one()).await;
        assert_eq!(ended.statuses(), [Invited, Status::Unconfirmed, Unsent, Unsent, Unsent]);
        assert_eq!((ended.exit, world.posts()), (5, 2));
        assert!(matches!(ended.stop, Some(StopCause::Intercepted { .. })));
        let again = world.run().await;
        assert_eq!((again.exit, world.mails(5)), (0, vec![1; 5]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_stops_and_names_its_host() {
    for status in [301, 302, 303, 307, 308] {
        let fault = format!("{status}:https://elsewhere.example.org/login");
        let (world, ended) = with_fault_as(&fault, SandboxOptions::default(), one_by_one()).await;
        assert_eq!(ended.statuses(), [Invited, Unsent, Unsent, Unsent, Unsent], "{status}");
        assert_eq!((ended.exit, world.posts()), (4, 2));
        let said = ended.stop.unwrap().to_string();
        assert!(said.contains("elsewhere.example.org") && said.contains(&status.to_string()), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_kept_and_not_repeated() {
    for status in [400, 413, 422] {
        let (world, ended) = with_fault(&format!("{status}")).await;
        assert_eq!(ended.statuses(), [Invited, Rejected, Invited, Invited, Invited]);
        assert_eq!((ended.exit, ended.outcomes[1].http_status), (1, Some(status)));
        let again = world.run().await;
        assert_eq!((again.statuses()[1], again.exit, world.posts()), (Rejected, 1, 5));
    }
}

#[tokio::test(start_paused = true)]
async fn the_account_refuses_and_the_first_such_answer_stops() {
    for status in [401, 403, 404, 405] {
        let (world, ended) = with_fault_as(&status.to_string(), SandboxOptions::default(), one_by_one()).await;
        assert_eq!(ended.statuses(), [Invited, Unsent, Unsent, Unsent, Unsent]);
        assert_eq!((ended.exit, world.posts()), (4, 2), "{status}");
        let refused = &ended.outcomes[1];
        assert_eq!((refused.attempts, refused.http_status), (1, Some(status)));
        assert!(refused.sent_at.is_some() && ended.outcomes[2].sent_at.is_none());
        let again = world.run().await;
        assert_eq!((again.exit, world.mails(5)), (0, vec![1; 5]), "the row was planned again");
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_the_lists_did_not_show_in_time_is_looked_up_after_a_refusal() {
    for duplicates in [Duplicates::Conflict409, Duplicates::BadRequest400, Duplicates::Unprocessable422] {
        for error_shape in [ErrorShape::Nested, ErrorShape::Errors, ErrorShape::Text] {
            let options =
                SandboxOptions { duplicates, error_shape, latency: Duration::from_secs(2), ..Default::default() };
            let world = World::of(5, options).await;
            // They join between the listing and the invitation.
            let run = world.run();
            let join = async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                world.account.add_member(Person::named(&email(1), "Ana", "Ruiz"));
            };
            let (ended, ()) = tokio::join!(run, join);
            assert_eq!(ended.statuses(), [Invited, AlreadyMember, Invited, Invited, Invited], "{duplicates:?}");
            assert_eq!((ended.exit, world.mails(5)[1]), (0, 0));
            assert_eq!(world.ids()[&email(1)], [ended.outcomes[1].user_id.clone().unwrap()]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_with_nobody_to_be_seen_is_unconfirmed() {
    let (world, ended) = with_fault("409").await;
    assert_eq!((ended.statuses()[1], ended.exit), (Status::Unconfirmed, 3));
    assert_eq!(ended.outcomes[1].http_status, Some(409));
    assert!(ended.took < Duration::from_secs(60));
    assert_eq!(world.mails(5)[1], 0);
}

#[tokio::test(start_paused = true)]
async fn a_429_holds_everybody_as_long_as_it_says() {
    for (wait, least, most) in [
        ("429", 0.5, 2.0),
        ("429:2", 2.0, 2.1),
        ("429:0.5", 0.5, 0.6),
        ("429:ms:700", 0.7, 0.8),
        ("429:date:5", 4.0, 6.0),
        ("429:0", 0.5, 2.0),
        ("429:-1", 0.5, 2.0),
        ("429:date:-60", 0.5, 2.0),
        ("429:NaN", 0.5, 2.0),
        ("429:900", 900.0, 901.0),
    ] {
        let (world, ended) = with_fault(wait).await;
        assert_eq!((ended.statuses(), ended.exit), (all(Invited).to_vec(), 0), "{wait}");
        let took = ended.took.as_secs_f64();
        assert!((least..most).contains(&took), "{wait}: {took}");
        assert_eq!((world.mails(5), world.posts()), (vec![1; 5], 6));
        let mut posts: Vec<_> = world.account.requests();
        posts.retain(|request| request.method == "POST");
        let quiet = posts.windows(2).map(|pair| pair[1].at - pair[0].at).max().unwrap();
        assert!(quiet.as_secs_f64() >= least, "{wait}: somebody sent during the pause");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_that_asks_for_too_long_stops() {
    for wait in ["429:901", "429:99999999999", "429:1e300", "429:date:3600", "429:inf"] {
        let (world, ended) = with_fault_as(wait, SandboxOptions::default(), one_by_one()).await;
        assert_eq!((ended.exit, ended.statuses()[1]), (5, Unsent), "{wait}");
        assert!(matches!(ended.stop, Some(StopCause::WaitTooLong { .. })), "{wait}: {:?}", ended.stop);
        assert!(ended.took < Duration::from_secs(1));
        assert_eq!(world.run().await.exit, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_429_gives_up() {
    let world = World::of(5, SandboxOptions::default()).await;
    world.account.script(Trigger::From(Call::Invite, 2), "429:20".parse().unwrap());
    let ended = world.run().await;
    assert_eq!((ended.exit, world.mails(5).iter().sum::<usize>()), (5, 1));
    assert!((900.0..1000.0).contains(&ended.took.as_secs_f64()), "{:?}", ended.took);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_that_is_lower_than_ours_is_kept() {
    let limit = RateLimit { per_second: 2, retry_after: RetryAfterStyle::Text("1".into()) };
    let world = World::of(20, SandboxOptions { rate_limit: Some(limit), ..Default::default() }).await;
    let ended = world.run().await;
    assert_eq!((ended.exit, world.mails(20)), (0, vec![1; 20]));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_down_is_probed_and_given_up() {
    let world = World::of(40, SandboxOptions::default()).await;
    world.account.script(Trigger::From(Call::Invite, 1), "503".parse().unwrap());
    let ended = world.run().await;
    assert_eq!(ended.exit, 3, "the rows that were asked for are not known");
    assert!(matches!(ended.stop, Some(StopCause::Unhealthy { .. })));
    assert!((900.0..1100.0).contains(&ended.took.as_secs_f64()), "{:?}", ended.took);
    assert!(world.posts() < 35, "{} sends to a service that is down", world.posts());
    assert_eq!(world.mails(40), [0; 40]);
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_rows_wait_for_the_next_run() {
    let world = World::of(20, SandboxOptions { latency: Duration::from_secs(1), ..Default::default() }).await;
    // The lists are read, then the network goes.
    let (ended, ()) = tokio::join!(world.run(), async {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        world.wire.cut([NotSent::Unreachable("no such host".to_owned())]);
    });
    assert_eq!(ended.exit, 5, "{:?}", ended.stop);
    assert!((900.0..1100.0).contains(&ended.took.as_secs_f64()), "{:?}", ended.took);
    assert!(ended.outcomes.iter().all(|outcome| matches!(outcome.status, Invited | Failed | Unsent)));
    world.wire.mend();
    assert_eq!((world.run().await.exit, world.mails(20)), (0, vec![1; 20]));
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_is_waited_out() {
    let world = World::of(5, SandboxOptions { latency: Duration::from_secs(1), ..Default::default() }).await;
    let (ended, ()) = tokio::join!(world.run(), async {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        world.wire.cut([NotSent::Unreachable("connection refused".to_owned())]);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        world.wire.mend();
    });
    assert_eq!((ended.exit, world.mails(5)), (0, vec![1; 5]), "{:?}", ended.statuses());
}

#[tokio::test(start_paused = true)]
async fn certificates_and_proxies_stop_at_once() {
    for (fault, exit, says) in [
        (NotSent::Certificate("it has expired".to_owned()), 4, "it has expired"),
        (NotSent::ProxyCredentials, 5, "HTTPS_PROXY"),
    ] {
        let world = World::of(5, SandboxOptions::default()).await;
        world.wire.cut([fault]);
        let ended = world.run().await;
        assert_eq!((ended.exit, ended.statuses()), (exit, all(Unsent).to_vec()));
        assert!(ended.stop.unwrap().to_string().contains(says));
        assert!(ended.took < Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn lists_that_fail_stop_before_the_first_send() {
    for options in [
        SandboxOptions { lists: Lists::Failing, ..Default::default() },
        SandboxOptions {
            faults: avara_onboard::sandbox::Faults {
                lists: vec![("html".parse::<Fault>().unwrap(), 1.0)],
                ..Default::default()
            },
            ..Default::default()
        },
    ] {
        let world = World::of(5, options).await;
        let ended = world.run().await;
        assert_eq!((ended.exit, ended.statuses(), world.posts()), (5, all(Unsent).to_vec(), 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_without_end_stops_before_the_first_send() {
    let world = World::of(5, SandboxOptions::default()).await;
    world.wire.never_end_lists();
    let ended = world.run().await;
    assert_eq!((ended.statuses(), ended.exit, world.posts()), (all(Unsent).to_vec(), 5, 0));
    assert!(ended.stop.unwrap().to_string().contains("nobody new"));
}

#[tokio::test(start_paused = true)]
async fn lists_that_fail_for_a_while_are_asked_again() {
    let world = World::of(5, SandboxOptions::default()).await;
    for fault in ["503", "429:1", "truncated", "reset", "hang", "invalid-json"] {
        world.account.script(Trigger::Next(Call::ListInvitations), fault.parse().unwrap());
        if fault == "hang" {
            world.account.script(Trigger::Next(Call::ListUsers), fault.parse().unwrap());
        }
    }
    let ended = world.run().await;
    assert_eq!((ended.exit, world.mails(5)), (0, vec![1; 5]), "{:?}", ended.stop);
}

#[tokio::test(start_paused = true)]
async fn lists_that_are_forbidden_need_a_ledger_or_leave() {
    let mut world = World::of(5, SandboxOptions { lists: Lists::Forbidden, ..Default::default() }).await;
    let ended = world.run().await;
    assert_eq!((ended.exit, ended.statuses(), world.posts()), (4, all(Unsent).to_vec(), 0));

    world.account.script(Trigger::Email(email(1)), "reset-after".parse().unwrap());
    let ended = world.run_as(Asked { without_lists: WithoutLists::GoOn, ..Asked::default() }).await;
    assert_eq!((ended.exit, ended.statuses()[1]), (3, Status::Unconfirmed));
    let known = world.run().await;
    assert_eq!((known.exit, world.posts()), (3, 5), "the ledger knows the account, and what is unknown is held");
    world.lose_ledger().await;
    assert_eq!((world.run().await.exit, world.posts()), (4, 5));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_there_is_found_on_a_new_machine() {
    for pending_in_users in [PendingInUsers::Listed, PendingInUsers::Hidden] {
        for duplicates in [Duplicates::SecondInvitation, Duplicates::BadRequest400] {
            let options = SandboxOptions { pending_in_users, duplicates, page_size: 2, ..Default::default() };
            let mut world = World::of(5, options).await;
            world.account.add_member(Person::named("PERSON3@example.org", "Ana", "Ruiz"));
            world.run().await;
            world.account.accept(&email(1));
            world.lose_ledger().await;
            let ended = world.run().await;
            let expected = [AlreadyInvited, AlreadyMember, AlreadyInvited, AlreadyMember, AlreadyInvited];
            assert_eq!((ended.statuses(), ended.exit), (expected.to_vec(), 0), "{pending_in_users:?}");
            assert_eq!(world.mails(5), [1, 1, 1, 0, 1]);
        }
    }
}
