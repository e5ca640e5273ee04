//! Open: never early, late by less than 20 microseconds, whatever the clock does.

use super::*;

const YEAR: Duration = Duration::from_secs(365 * 86_400);

#[test]
fn it_opens_for_the_whole_time_and_at_most_twenty_microseconds_more() {
    let rig = Rig::new(1, SECOND, 1);
    rig.clock.pass(Duration::from_nanos(1));
    rig.fail();
    rig.clock.pass(SECOND - Duration::from_nanos(1));
    let rest = rig.refused().retry_after.unwrap();
    assert_eq!(rest, MICRO * 20);
    rig.clock.pass(rest - Duration::from_nanos(1));
    rig.refused();
    rig.clock.pass(Duration::from_nanos(1));
    let _probe = rig.probe();
}

#[test]
fn hc15_waiting_for_retry_after_is_exactly_enough() {
    for odd in [0, 1, 499, 999, 1_000, 123_456_789] {
        let rig = Rig::new(1, Duration::from_nanos(1_234_567_891), 1);
        rig.clock.pass(Duration::from_nanos(odd));
        rig.fail();
        rig.clock.pass(Duration::from_nanos(odd / 2));
        let rejected = rig.refused();
        assert_eq!(rejected.state, State::Open);
        let rest = rejected.retry_after.unwrap();
        rig.clock.pass(rest - Duration::from_nanos(1));
        assert_eq!(rig.refused().retry_after, Some(Duration::from_nanos(1)));
        rig.clock.pass(Duration::from_nanos(1));
        let _probe = rig.probe();
    }
}

#[test]
fn b14_a_clock_that_steps_back_keeps_it_open_until_its_deadline() {
    let rig = Rig::new(1, SECOND * 10, 1);
    rig.fail();
    rig.clock.back(SECOND * 3_600);
    assert_eq!(rig.refused().retry_after, Some(SECOND * 3_610));
    rig.clock.pass(SECOND * 3_609);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
    rig.clock.pass(SECOND);
    let _probe = rig.probe();
}

#[test]
fn b14_a_year_back_is_still_open() {
    let rig = Rig::new(1, SECOND, 1);
    rig.clock.pass(YEAR);
    rig.fail();
    rig.clock.back(YEAR);
    assert_eq!(rig.refused().retry_after, Some(YEAR + SECOND));
}

#[test]
fn b14_a_clock_that_steps_back_by_2_to_the_45_us_keeps_it_open_and_by_more_does_not() {
    // In whole units of a deadline, of 20 us.
    let most = Duration::from_micros((1_u64 << 45) / 20 * 20);
    let rig = Rig::new(1, SECOND, 1);
    rig.clock.pass(most);
    rig.fail();
    rig.clock.back(most);
    assert_eq!(rig.refused().retry_after, Some(most + SECOND));
    rig.clock.back(MICRO * 20);
    let _probe = rig.probe();
}

#[test]
fn b15_a_clock_that_jumps_a_year_ahead_half_opens_once() {
    let rig = Rig::new(1, SECOND, 1);
    rig.fail();
    rig.clock.pass(YEAR);
    let Admission::Probe { ticket, transition } = rig.admit() else {
        panic!("no probe after a year");
    };
    assert_eq!(transition, change(State::Open, State::HalfOpen));
    rig.refused();
    let report = rig.report(ticket, Outcome::Success);
    assert_eq!(report.transition, change(State::HalfOpen, State::Closed));
}

#[test]
fn b15_any_idle_time_up_to_four_years_is_over() {
    for months in 1..53_u32 {
        let rig = Rig::new(1, SECOND, 1);
        rig.fail();
        rig.clock.pass(Duration::from_secs(30 * 86_400) * months);
        let _probe = rig.probe();
    }
}

#[test]
fn the_one_wrong_open_after_four_years_of_idleness_ends_by_itself() {
    let rig = Rig::new(1, SECOND, 1);
    rig.fail();
    rig.clock.pass(YEAR * 5);
    assert_eq!(rig.refused().state, State::Open);
    rig.clock.pass(YEAR * 3 / 5);
    let _probe = rig.probe();
}

#[test]
fn b16_the_longest_time_never_ends_by_itself() {
    let far = Duration::from_secs(u64::MAX / 10);
    for open_for in [Duration::MAX, far, MICRO * 2_u32.pow(23) * 2_u32.pow(22)] {
        let rig = Rig::new(1, open_for, 1);
        assert_eq!(rig.fail().transition, change(State::Closed, State::Latched));
        for _ in 0..20 {
            rig.clock.pass(YEAR);
            let rejected = rig.refused();
            assert_eq!(rejected.state, State::Latched);
            assert_eq!(rejected.retry_after, None);
        }
        assert_eq!(rig.reset(), change(State::Latched, State::Closed));
    }
}

#[test]
fn b16_a_microsecond_below_never_ends() {
    let open_for = MICRO * 2_u32.pow(23) * 2_u32.pow(22) - MICRO;
    let rig = Rig::new(1, open_for, 1);
    assert_eq!(rig.fail().transition, change(State::Closed, State::Open));
    let rest = rig.refused().retry_after.unwrap();
    assert!(rest >= open_for && rest < open_for + MICRO * 20);
    rig.clock.pass(rest - MICRO);
    assert_eq!(rig.refused().retry_after, Some(MICRO));
    rig.clock.pass(MICRO);
    let _probe = rig.probe();
}

#[test]
fn a_clock_at_its_end_neither_panics_nor_half_opens() {
    let rig = Rig::new(1, SECOND, 1);
    rig.clock.now.set(u64::MAX);
    rig.fail();
    assert_eq!(rig.refused().state, State::Open);
    assert_eq!(rig.reset(), change(State::Open, State::Closed));
}

#[test]
fn hc85_failures_while_open_never_extend_it() {
    let rig = Rig::new(1, SECOND, 1);
    let stragglers = [rig.call(), rig.call(), rig.call()];
    rig.fail();
    for ticket in stragglers {
        rig.clock.pass(SECOND / 4);
        assert_eq!(rig.report(ticket, Outcome::Failure), Report::LATE);
    }
    rig.clock.pass(SECOND / 4);
    let _probe = rig.probe();
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn hc56_b27_a_clock_frozen_at_the_boundary_takes_bounded_steps() {
    let rig = Rig::new(1, MILLI, 1);
    rig.fail();
    rig.clock.pass(MILLI);
    for _ in 0..1_000 {
        assert_eq!(rig.report(rig.probe(), Outcome::Ignored), Report::COUNTED);
    }
    assert_eq!(rig.state(), State::HalfOpen);
}

#[test]
fn a_rejection_reads_the_clock_once() {
    let rig = Rig::new(1, SECOND, 1);
    rig.fail();
    let before = rig.clock.reads.get();
    rig.refused();
    assert_eq!(rig.clock.reads.get(), before + 1);
}

#[test]
fn an_open_time_set_later_counts_from_the_next_opening() {
    let mut rig = Rig::new(1, SECOND * 10, 1);
    rig.fail();
    rig.limits = Limits::new(1, SECOND, 1).unwrap();
    assert_eq!(rig.refused().retry_after, Some(SECOND * 10));
    rig.clock.pass(SECOND * 10);
    rig.report(rig.probe(), Outcome::Failure);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

const HOUR: Duration = Duration::from_secs(3_600);

/// Opens by a failure that brings its own time.
fn open_for(rig: &Rig, wait: Duration, most: Duration) -> Option<Duration> {
    let limits = rig.limits.lengthened(wait, most);
    let ticket = rig.call();
    let report = rig
        .breaker
        .report(ticket, Outcome::Failure, &limits, &rig.clock);
    assert_eq!(report.transition, change(State::Closed, State::Open));
    rig.refused().retry_after
}

#[test]
fn a_wait_that_the_dependency_asks_for_is_kept_whatever_the_limits_of_those_who_come() {
    let rig = Rig::new(1, SECOND, 1);
    assert_eq!(open_for(&rig, SECOND * 60, HOUR), Some(SECOND * 60));
    rig.clock.pass(SECOND * 60 - MICRO);
    assert_eq!(rig.refused().retry_after, Some(MICRO));
    rig.clock.pass(MICRO);
    let _probe = rig.probe();
}

#[test]
fn hc110_a_wait_is_clamped_to_the_longest_and_never_shortens() {
    for (wait, expected) in [
        (Duration::ZERO, SECOND),
        (MILLI, SECOND),
        (SECOND * 1_000_000, HOUR),
        (Duration::MAX, HOUR),
    ] {
        let rig = Rig::new(1, SECOND, 1);
        assert_eq!(open_for(&rig, wait, HOUR), Some(expected), "{wait:?}");
    }
    // The longest is not the limit's own: that one stands.
    let rig = Rig::new(1, SECOND, 1);
    assert_eq!(open_for(&rig, SECOND * 9, MILLI), Some(SECOND));
}

#[test]
fn hc110_no_wait_however_long_opens_it_for_good() {
    let rig = Rig::new(1, SECOND, 1);
    let rest = open_for(&rig, Duration::MAX, Duration::MAX).unwrap();
    assert!(rest > HOUR * 24 * 365 && rest < HOUR * 24 * 500, "{rest:?}");
    let limits = Limits::new(1, Duration::MAX, 1).unwrap();
    assert_eq!(limits.lengthened(SECOND, HOUR), limits);
}

#[test]
fn hc110_of_two_waits_the_longer_one_stands_whichever_came_first() {
    let limits = Limits::new(1, SECOND * 30, 1).unwrap();
    let long = limits.lengthened(SECOND * 60, HOUR);
    assert_eq!(limits.lengthened(SECOND * 30, HOUR), limits);
    for wait in [1, 30, 40, 60] {
        let both = long.lengthened(SECOND * wait, HOUR);
        assert_eq!(both.open_for(), SECOND * 60, "{wait}");
    }
    let longer = limits
        .lengthened(SECOND * 40, HOUR)
        .lengthened(SECOND * 60, HOUR);
    assert_eq!(longer.open_for(), SECOND * 60);
}

#[test]
fn a_failed_probe_may_lengthen_the_next_open_time() {
    let (rig, probe) = Rig::half_open(1);
    let limits = rig.limits.lengthened(SECOND * 20, HOUR);
    let report = rig
        .breaker
        .report(probe, Outcome::Failure, &limits, &rig.clock);
    assert_eq!(report.transition, change(State::HalfOpen, State::Open));
    assert_eq!(rig.refused().retry_after, Some(SECOND * 20));
}
