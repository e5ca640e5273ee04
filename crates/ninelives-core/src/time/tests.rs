use core::time::Duration;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Clock, ManualClock, Tick, saturating_nanos};

#[test]
fn a_far_deadline_saturates_to_never() {
    assert_eq!(Tick::from_nanos(7).after(Duration::MAX), Tick::NEVER);
    assert_eq!(Tick::NEVER.after(Duration::from_nanos(1)), Tick::NEVER);
}

#[test]
fn time_that_steps_back_is_an_elapsed_time_of_zero() {
    let clock = ManualClock::new();
    clock.advance(Duration::from_secs(5));
    let late = clock.now();
    clock.set(Tick::from_nanos(1));
    assert_eq!(clock.now().since(late), Duration::ZERO);
}

#[test]
fn manual_clock_saturates_at_never() {
    let clock = ManualClock::new();
    clock.advance(Duration::MAX);
    clock.advance(Duration::from_secs(1));
    assert_eq!(clock.now(), Tick::NEVER);
}

#[test]
fn a_tick_gives_back_the_nanoseconds_it_was_made_of() {
    for nanos in [0, 1, 7, u64::MAX] {
        assert_eq!(Tick::from_nanos(nanos).as_nanos(), nanos);
    }
}

#[test]
fn a_clock_that_is_set_reads_what_it_was_set_to() {
    let clock = ManualClock::new();
    clock.set(Tick::from_nanos(41));
    assert_eq!(clock.now(), Tick::from_nanos(41));
    clock.advance(Duration::from_nanos(1));
    assert_eq!(clock.now(), Tick::from_nanos(42));
}

#[test]
fn a_clock_reads_the_same_through_what_it_is_shared_by() {
    let clock = Arc::new(ManualClock::new());
    clock.set(Tick::from_nanos(9));
    let read = |clock: &dyn Clock| clock.now().as_nanos();
    assert_eq!((read(&clock), read(&&*clock), read(&*clock)), (9, 9, 9));
}

/// The same by the book.
fn by_the_book(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[test]
fn nanoseconds_saturate_at_the_last_one() {
    let last = Duration::from_nanos(u64::MAX);
    let around = [
        last - Duration::from_nanos(1),
        last,
        last + Duration::from_nanos(1),
        Duration::from_secs(last.as_secs()),
        Duration::from_secs(last.as_secs() + 1),
        Duration::new(last.as_secs(), 999_999_999),
        Duration::MAX,
        Duration::ZERO,
    ];
    for duration in around {
        assert_eq!(
            saturating_nanos(duration),
            by_the_book(duration),
            "{duration:?}"
        );
    }
    assert_eq!(saturating_nanos(last), u64::MAX);
    assert_eq!(
        saturating_nanos(last - Duration::from_nanos(1)),
        u64::MAX - 1
    );
}

#[cfg(not(miri))] // one thread, many steps
proptest! {
    #[test]
    fn nanoseconds_agree_with_the_book(secs: u64, shift in 0..64_u32, nanos in 0..1_000_000_000_u32) {
        let duration = Duration::new(secs >> shift, nanos);
        prop_assert_eq!(saturating_nanos(duration), by_the_book(duration));
    }
}
