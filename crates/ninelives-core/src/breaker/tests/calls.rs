//! Closed: what counts, what does not, and what comes late.

use super::*;

#[test]
fn happy_path_writes_nothing_and_reads_no_clock() {
    let rig = Rig::new(3, SECOND, 1);
    let before = rig.breaker.word();
    for _ in 0..100 {
        assert_eq!(rig.succeed(), Report::COUNTED);
    }
    assert_eq!(rig.breaker.word(), before);
    assert_eq!(rig.clock.reads.get(), 0);
}

#[test]
fn failures_in_a_row_open_it_at_the_threshold() {
    let rig = Rig::new(3, SECOND, 1);
    assert_eq!(rig.fail(), Report::COUNTED);
    assert_eq!(rig.fail(), Report::COUNTED);
    assert_eq!(rig.view().failures, 2);
    let report = rig.fail();
    assert!(!report.late);
    assert_eq!(report.transition, change(State::Closed, State::Open));
    assert_eq!(rig.state(), State::Open);
}

#[test]
fn a_success_forgets_the_failures_before_it() {
    let rig = Rig::new(2, SECOND, 1);
    rig.fail();
    assert_eq!(rig.succeed(), Report::COUNTED);
    assert_eq!(rig.view().failures, 0);
    rig.fail();
    assert_eq!(rig.state(), State::Closed);
}

#[test]
fn an_ignored_outcome_leaves_the_count_as_it_is() {
    let rig = Rig::new(2, SECOND, 1);
    rig.fail();
    assert_eq!(rig.report(rig.call(), Outcome::Ignored), Report::COUNTED);
    assert_eq!(rig.breaker.abandon(rig.call()), Report::COUNTED);
    assert_eq!(rig.view().failures, 1);
}

#[test]
fn b06_hc61_success_of_a_call_admitted_before_the_trip_cannot_close() {
    let rig = Rig::new(1, SECOND, 1);
    let early = rig.call();
    rig.fail();
    let word = rig.breaker.word();
    assert_eq!(rig.report(early, Outcome::Success), Report::LATE);
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn b07_failure_of_an_old_epoch_neither_reopens_nor_moves_a_probe_slot() {
    let rig = Rig::new(1, SECOND, 2);
    let (first, second) = (rig.call(), rig.call());
    rig.fail();
    rig.clock.pass(SECOND);
    let _probe = rig.probe();
    let word = rig.breaker.word();
    assert_eq!(rig.report(first, Outcome::Failure), Report::LATE);
    assert_eq!(rig.breaker.abandon(second), Report::LATE);
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn b08_result_that_survives_a_whole_cycle_is_not_counted() {
    let rig = Rig::new(1, MILLI, 1);
    let early = rig.call();
    rig.fail();
    rig.clock.pass(MILLI);
    rig.report(rig.probe(), Outcome::Success);
    assert_eq!(rig.state(), State::Closed);
    assert_eq!(rig.report(early, Outcome::Failure), Report::LATE);
    assert_eq!(rig.state(), State::Closed);
    assert_eq!(rig.view().failures, 0);
}

#[test]
fn b09_two_failures_at_the_threshold_make_one_transition() {
    let rig = Rig::new(1, SECOND, 1);
    let (first, second) = (rig.call(), rig.call());
    let won = rig.report(first, Outcome::Failure);
    let lost = rig.report(second, Outcome::Failure);
    assert_eq!(won.transition, change(State::Closed, State::Open));
    assert_eq!(lost, Report::LATE);
    assert_eq!(rig.breaker.word().epoch(), 1);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn b13_the_largest_count_opens_and_carries_into_no_neighbour() {
    let rig = Rig::new(4_095, SECOND, 1);
    rig.reset();
    let before = rig.call().id;
    for _ in 1..4_095 {
        assert_eq!(rig.fail(), Report::COUNTED);
    }
    assert_eq!(rig.view().failures, 4_094);
    assert_eq!(rig.call().id, before);
    assert_eq!(rig.fail().transition, change(State::Closed, State::Open));
    assert_eq!(rig.breaker.word().epoch(), 2);
}

#[test]
fn b21_threshold_lowered_below_the_count_waits_for_the_next_failure() {
    let mut rig = Rig::new(10, SECOND, 1);
    for _ in 0..5 {
        rig.fail();
    }
    rig.limits = Limits::new(2, SECOND, 1).unwrap();
    assert_eq!(rig.view().failures, 5);
    assert_eq!(rig.report(rig.call(), Outcome::Ignored), Report::COUNTED);
    assert_eq!(rig.state(), State::Closed);
    assert_eq!(rig.fail().transition, change(State::Closed, State::Open));
}

#[test]
fn b21_threshold_lowered_below_the_count_and_a_success_stays_closed() {
    let mut rig = Rig::new(10, SECOND, 1);
    for _ in 0..5 {
        rig.fail();
    }
    rig.limits = Limits::new(2, SECOND, 1).unwrap();
    assert_eq!(rig.succeed(), Report::COUNTED);
    assert_eq!(rig.view().failures, 0);
}

#[test]
fn hc34_no_count_survives_a_change_of_state() {
    let rig = Rig::new(3, MILLI, 1);
    for _ in 0..3 {
        rig.fail();
    }
    assert_eq!(rig.view().failures, 0);
    rig.clock.pass(MILLI);
    rig.report(rig.probe(), Outcome::Success);
    rig.fail();
    rig.fail();
    assert_eq!((rig.state(), rig.view().failures), (State::Closed, 2));
}

#[test]
fn only_a_failure_reads_the_clock_while_closed() {
    let rig = Rig::new(3, SECOND, 1);
    rig.fail();
    assert_eq!(rig.clock.reads.get(), 1);
    rig.succeed();
    rig.report(rig.call(), Outcome::Ignored);
    let _ = rig.breaker.abandon(rig.call());
    assert_eq!(rig.clock.reads.get(), 1);
}

#[test]
fn a_ticket_is_untouched_until_somebody_fails() {
    let rig = Rig::new(3, SECOND, 1);
    let ticket = rig.call();
    assert!(rig.breaker.is_untouched(&ticket));
    rig.fail();
    assert!(!rig.breaker.is_untouched(&ticket));
    assert!(
        rig.breaker.is_current(&ticket),
        "its success would be heard"
    );
    rig.succeed();
    assert!(rig.breaker.is_untouched(&ticket));
    rig.trip();
    assert!(!rig.breaker.is_untouched(&ticket));
}

#[test]
fn a_ticket_bears_the_low_bits_of_its_stretch_as_its_epoch() {
    let rig = Rig::new(1, SECOND, 1);
    let epochs = [0; 3].map(|_| {
        rig.trip();
        rig.reset();
        let ticket = rig.call();
        assert_eq!(
            Some(ticket.epoch()),
            ticket.term().map(|term| term & 0x3FFF)
        );
        ticket.epoch()
    });
    assert!(epochs.is_sorted_by(|a, b| a < b), "{epochs:?}");
}
