//! Deadlines that travel with their requests: what is carried, over the wire, and each layer that heeds it.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "deadline/bulkhead.rs"]
mod bulkhead;
#[path = "deadline/race.rs"]
mod race;
#[path = "deadline/retry.rs"]
mod retry;
#[path = "deadline/seen.rs"]
mod seen;
#[path = "deadline/shadow.rs"]
mod shadow;
#[path = "support/shadows.rs"]
mod shadows;
#[path = "support/stage.rs"]
mod stage;
#[path = "deadline/timeout.rs"]
mod timeout;
#[path = "deadline/wire.rs"]
mod wire;

use std::time::Duration;

use ninelives::Tick;
use ninelives::deadline::{Carried, Carries, Deadline};
use ninelives::prelude::*;

/// A request, and what it carries.
type Bearer = (u32, Carried);

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn tick(millis: u64) -> Tick {
    Tick::ZERO.after(ms(millis))
}

/// A request that must be answered so many milliseconds after the clock's origin.
fn due(millis: u64) -> Bearer {
    (
        0,
        Carried::NOTHING.with_deadline(Deadline::at(tick(millis))),
    )
}

const FREE: Bearer = (0, Carried::NOTHING);

#[test]
fn a_deadline_has_passed_at_its_own_tick_and_not_before() {
    let deadline = Deadline::after(tick(10), ms(5));
    assert_eq!(deadline.tick(), tick(15));
    assert!(!deadline.has_passed(Tick::from_nanos(14_999_999)));
    assert!(deadline.has_passed(tick(15)));
    assert_eq!(deadline.remaining(tick(12)), ms(3));
    assert_eq!(deadline.remaining(tick(99)), Duration::ZERO);
}

#[test]
fn a_deadline_beyond_the_range_never_passes_and_is_none() {
    let never = Deadline::after(tick(10), Duration::MAX);
    assert!(!never.has_passed(Tick::NEVER));
    assert_eq!(Carried::NOTHING.with_deadline(never).deadline(), None);
}

#[test]
fn what_is_carried_holds_the_earlier_deadline_and_keeps_the_mark() {
    let carried = Carried::default().with_attempt(3);
    let carried = carried.no_later_than(Deadline::at(tick(9)));
    let carried = carried.no_later_than(Deadline::at(tick(11)));
    assert_eq!(carried.deadline(), Some(Deadline::at(tick(9))));
    assert_eq!(carried.attempt(), 3);
    let replaced = carried.with_deadline(Deadline::at(tick(20)));
    assert_eq!(replaced.deadline(), Some(Deadline::at(tick(20))));
}

#[test]
fn a_clone_carries_the_same_and_what_was_carried_last_counts() {
    let mut request = due(5);
    let clone = request;
    request.carry(request.carried().with_attempt(2));
    assert_eq!(request.carried().attempt(), 2);
    assert_eq!(clone.carried().attempt(), 0);
    assert_eq!(clone.carried().deadline(), request.carried().deadline());
}

#[test]
fn hc55_tokios_timer_and_the_wheel_have_one_clock() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::time::advance(ms(7)).await;
        assert_eq!(TokioTimer.now(), ninelives::WheelTimer.now());
    });
}
