//! What a window says: it opens the breaker, and only the one that it is about.

use super::*;

#[test]
fn a_breach_opens_whatever_the_count() {
    let rig = Rig::new(100, SECOND, 1);
    let report = rig.report(rig.call(), Outcome::Breach);
    assert!(!report.late);
    assert_eq!(report.transition, change(State::Closed, State::Open));
    assert_eq!(rig.refused().retry_after, Some(SECOND));
    assert_eq!(rig.clock.reads.get(), 2);
}

#[test]
fn a_breach_for_good_latches() {
    let rig = Rig::new(100, Duration::MAX, 1);
    let report = rig.report(rig.call(), Outcome::Breach);
    assert_eq!(report.transition, change(State::Closed, State::Latched));
}

#[test]
fn a_late_breach_cannot_open_what_has_closed_since() {
    let rig = Rig::new(1, MILLI, 1);
    let early = rig.call();
    rig.fail();
    rig.clock.pass(MILLI);
    rig.report(rig.probe(), Outcome::Success);
    let word = rig.breaker.word();
    assert_eq!(rig.trip_under(&early), None);
    assert_eq!(rig.report(early, Outcome::Breach), Report::LATE);
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn hc85_a_late_breach_does_not_extend_the_open_time() {
    let rig = Rig::new(1, SECOND, 1);
    let (early, other) = (rig.call(), rig.call());
    rig.fail();
    let word = rig.breaker.word();
    rig.clock.pass(MILLI);
    assert_eq!(rig.trip_under(&other), None);
    assert_eq!(rig.report(early, Outcome::Breach), Report::LATE);
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn a_probe_that_ends_in_a_breach_has_failed() {
    let (rig, probe) = Rig::half_open(2);
    let report = rig.report(probe, Outcome::Breach);
    assert_eq!(report.transition, change(State::HalfOpen, State::Open));
}

#[test]
fn a_probe_in_hand_trips_nothing() {
    let (rig, probe) = Rig::half_open(2);
    assert_eq!(rig.trip_under(&probe), None);
    assert_eq!(rig.state(), State::HalfOpen);
}

#[test]
fn whoever_learns_of_a_breach_with_a_call_in_hand_opens_it_and_comes_late() {
    let rig = Rig::new(100, SECOND, 1);
    let ticket = rig.call();
    assert!(rig.breaker.is_current(&ticket));
    let opened = change(State::Closed, State::Open);
    assert_eq!(rig.trip_under(&ticket), opened);
    assert!(!rig.breaker.is_current(&ticket));
    assert_eq!(rig.trip_under(&ticket), None);
    assert_eq!(rig.report(ticket, Outcome::Success), Report::LATE);
}

#[test]
fn hc46_no_breach_undoes_a_forced_state() {
    let rig = Rig::new(1, SECOND, 1);
    rig.breaker.force_closed();
    let ticket = rig.call();
    assert_eq!(rig.trip_under(&ticket), None);
    assert_eq!(rig.report(ticket, Outcome::Breach), Report::COUNTED);
    assert_eq!(rig.state(), State::ForcedClosed);
}

#[test]
fn without_a_threshold_failures_are_neither_counted_nor_written() {
    let mut rig = Rig::new(1, SECOND, 1);
    rig.limits = rig.limits.without_threshold();
    assert_eq!(rig.limits.failure_threshold(), 0);
    let before = rig.breaker.word();
    for _ in 0..100 {
        assert_eq!(rig.fail(), Report::COUNTED);
    }
    assert_eq!(rig.breaker.word(), before);
}

#[test]
fn a_threshold_that_is_taken_away_leaves_the_count_to_the_next_success() {
    let mut rig = Rig::new(3, SECOND, 1);
    rig.fail();
    rig.fail();
    rig.limits = rig.limits.without_threshold();
    rig.fail();
    assert_eq!((rig.state(), rig.view().failures), (State::Closed, 2));
    rig.succeed();
    assert_eq!(rig.view().failures, 0);
}

#[test]
fn a_term_is_the_stretch_in_which_it_was_closed() {
    let rig = Rig::new(1, SECOND, 1);
    let (first, second) = (rig.call(), rig.call());
    assert_eq!(first.term(), Some(0));
    assert_eq!(first.term(), second.term());
    rig.reset();
    let third = rig.call();
    assert_eq!(third.term(), Some(1_800 << 14 | 1));
    rig.fail();
    rig.clock.pass(SECOND);
    assert_eq!(rig.probe().term(), None);
    rig.breaker.disable();
    assert_eq!(rig.call().term(), None);
}
