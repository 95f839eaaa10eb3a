//! The laws, as properties of any faults on any rows: one outcome for every data row and no request without a durable
//! intent before it (both judged at the end of every run), and at most one new send for a row in a run after doubt.

use std::time::Duration;

use avara_onboard::sandbox::{Duplicates, SandboxOptions, Trigger};
use proptest::prelude::*;

use crate::world::{Asked, World, email};

const FAULTS: [&str; 14] = [
    "reset-before",
    "reset-after",
    "hang-before",
    "hang-after",
    "500-before",
    "500-after",
    "503-after:3",
    "429:1",
    "409",
    "truncated",
    "no-user-id",
    "html-after",
    "401",
    "slow-before:10",
];

#[derive(Clone, Debug)]
struct Story {
    people: usize,
    concurrency: usize,
    duplicates: Duplicates,
    lag: u64,
    /// Whom a fault hits, and which; the same person may be hit several times.
    faults: Vec<(usize, usize)>,
    /// When the first run is killed, in milliseconds.
    killed: Option<u64>,
}

fn story() -> impl Strategy<Value = Story> {
    let duplicates = prop_oneof![Just(Duplicates::SecondInvitation), Just(Duplicates::Conflict409)];
    let faults = proptest::collection::vec((0..12usize, 0..FAULTS.len()), 0..12);
    let killed = proptest::option::of(0..40_000u64);
    let lag = prop_oneof![Just(0u64), Just(5_000), Just(30_000)];
    (1..12usize, 1..8usize, duplicates, lag, faults, killed).prop_map(
        |(people, concurrency, duplicates, lag, faults, killed)| Story {
            people,
            concurrency,
            duplicates,
            lag,
            faults,
            killed,
        },
    )
}

async fn play(story: Story) {
    let options = SandboxOptions {
        duplicates: story.duplicates,
        list_lag: Duration::from_millis(story.lag),
        latency: Duration::from_millis(50),
        ..SandboxOptions::default()
    };
    let mut world = World::of(story.people, options).await;
    for (person, fault) in story.faults {
        world.account.script(Trigger::Email(email(person)), FAULTS[fault].parse().unwrap());
    }
    let asked = || Asked { concurrency: story.concurrency, ..Asked::default() };
    if let Some(killed) = story.killed {
        let _ = tokio::time::timeout(Duration::from_millis(killed), world.run_as(asked())).await;
    }
    for _ in 0..3 {
        world.watch_anew();
        world.run_as(asked()).await;
        assert!(world.wire.most_sends() <= 2, "sent more than once after doubt");
        assert!(world.mails(story.people).iter().all(|mails| *mails <= 1), "{:?}", world.mails(story.people));
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_whatever_happens_to_whom(story in story()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(play(story));
    }
}
