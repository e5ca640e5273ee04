use core::time::Duration;

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
fn nanoseconds_of_a_huge_duration_saturate() {
    assert_eq!(saturating_nanos(Duration::MAX), u64::MAX);
    assert_eq!(saturating_nanos(Duration::from_micros(900)), 900_000);
}

#[test]
fn manual_clock_saturates_at_never() {
    let clock = ManualClock::new();
    clock.advance(Duration::MAX);
    clock.advance(Duration::from_secs(1));
    assert_eq!(clock.now(), Tick::NEVER);
}
