//! Commands: trip, reset, and the states that no outcome can undo.

use super::*;

const OUTCOMES: [Outcome; 3] = [Outcome::Success, Outcome::Failure, Outcome::Ignored];

#[test]
fn trip_opens_a_healthy_breaker() {
    let rig = Rig::new(5, SECOND, 1);
    assert_eq!(rig.trip(), change(State::Closed, State::Open));
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

#[test]
fn hc32_trip_while_open_renews_the_deadline_and_is_no_transition() {
    let rig = Rig::new(1, SECOND, 1);
    rig.fail();
    let epoch = rig.breaker.word().epoch();
    rig.clock.pass(SECOND / 2);
    assert_eq!(rig.trip(), None);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
    assert_eq!(rig.breaker.word().epoch(), epoch);
}

#[test]
fn trip_ends_a_half_open_breaker_and_its_probes() {
    let (rig, probe) = Rig::half_open(1);
    assert_eq!(rig.trip(), change(State::HalfOpen, State::Open));
    assert_eq!(rig.report(probe, Outcome::Success), Report::LATE);
    assert_eq!(rig.state(), State::Open);
}

#[test]
fn trip_with_the_longest_time_latches_and_with_a_shorter_one_opens() {
    let mut rig = Rig::new(1, Duration::MAX, 1);
    assert_eq!(rig.trip(), change(State::Closed, State::Latched));
    let word = rig.breaker.word();
    assert_eq!(rig.trip(), None);
    assert_eq!(rig.breaker.word(), word);
    rig.limits = Limits::new(1, SECOND, 1).unwrap();
    assert_eq!(rig.trip(), change(State::Latched, State::Open));
    rig.limits = Limits::new(1, Duration::MAX, 1).unwrap();
    assert_eq!(rig.trip(), change(State::Open, State::Latched));
}

#[test]
fn reset_closes_from_every_state() {
    let rig = Rig::new(1, SECOND, 1);
    rig.trip();
    assert_eq!(rig.reset(), change(State::Open, State::Closed));
    rig.breaker.force_open();
    assert_eq!(rig.reset(), change(State::ForcedOpen, State::Closed));
    rig.breaker.force_closed();
    assert_eq!(rig.reset(), change(State::ForcedClosed, State::Closed));
    rig.breaker.disable();
    assert_eq!(rig.reset(), change(State::Disabled, State::Closed));
    let _call = rig.call();
}

#[test]
fn reset_while_closed_forgets_and_makes_every_ticket_late() {
    let rig = Rig::new(2, SECOND, 1);
    let early = rig.call();
    rig.fail();
    assert_eq!(rig.reset(), None);
    assert_eq!(rig.view().failures, 0);
    assert_eq!(rig.report(early, Outcome::Failure), Report::LATE);
    assert_eq!(rig.view().failures, 0);
}

#[test]
fn b20_reset_with_probes_out_ignores_them_and_the_next_round_has_all_slots() {
    let (rig, first) = Rig::half_open(2);
    let second = rig.probe();
    assert_eq!(rig.reset(), change(State::HalfOpen, State::Closed));
    assert_eq!(rig.report(first, Outcome::Failure), Report::LATE);
    assert_eq!(rig.state(), State::Closed);
    rig.fail();
    rig.clock.pass(SECOND * 10);
    let _probes = (rig.probe(), rig.probe());
    assert_eq!(rig.breaker.abandon(second), Report::LATE);
    rig.refused();
}

#[test]
fn b19_hc47_force_open_beats_every_call_in_flight() {
    for outcome in OUTCOMES {
        let rig = Rig::new(1, SECOND, 1);
        let early = rig.call();
        assert_eq!(
            rig.breaker.force_open(),
            change(State::Closed, State::ForcedOpen)
        );
        assert_eq!(rig.report(early, outcome), Report::LATE);
        let rejected = rig.refused();
        assert_eq!(rejected.state, State::ForcedOpen);
        assert_eq!(rejected.retry_after, None);
    }
}

#[test]
fn hc46_forced_open_outlasts_time() {
    let rig = Rig::new(1, SECOND, 1);
    rig.fail();
    rig.breaker.force_open();
    rig.clock.pass(SECOND * 1_000_000);
    assert_eq!(rig.refused().state, State::ForcedOpen);
}

#[test]
fn hc46_forced_closed_and_disabled_admit_whatever_comes_back() {
    for forced in [Breaker::force_closed, Breaker::disable] {
        let rig = Rig::new(1, SECOND, 1);
        let (probe, early) = (rig.call(), rig.call());
        assert!(forced(&rig.breaker).is_some());
        let word = rig.breaker.word();
        assert_eq!(rig.report(early, Outcome::Failure), Report::LATE);
        assert_eq!(rig.breaker.abandon(probe), Report::LATE);
        for outcome in OUTCOMES {
            assert_eq!(rig.report(rig.call(), outcome), Report::COUNTED);
            assert_eq!(rig.breaker.abandon(rig.call()), Report::COUNTED);
        }
        assert_eq!(rig.breaker.word(), word);
    }
}

#[test]
fn a_ticket_of_a_disabled_breaker_changes_nothing_after_the_reset() {
    for forced in [Breaker::force_closed, Breaker::disable] {
        let rig = Rig::new(1, SECOND, 1);
        forced(&rig.breaker);
        let (reported, abandoned) = (rig.call(), rig.call());
        rig.reset();
        let word = rig.breaker.word();
        assert_eq!(rig.report(reported, Outcome::Failure), Report::COUNTED);
        assert_eq!(rig.breaker.abandon(abandoned), Report::COUNTED);
        assert_eq!(rig.breaker.word(), word);
    }
}

#[test]
fn a_forced_state_ordered_again_writes_nothing() {
    for forced in [Breaker::force_open, Breaker::force_closed, Breaker::disable] {
        let rig = Rig::new(1, SECOND, 1);
        assert!(forced(&rig.breaker).is_some());
        let word = rig.breaker.word();
        assert_eq!(forced(&rig.breaker), None);
        assert_eq!(rig.breaker.word(), word);
    }
}

#[test]
fn one_command_ends_the_state_of_another() {
    let rig = Rig::new(1, SECOND, 1);
    rig.breaker.disable();
    let forced = rig.breaker.force_closed();
    assert_eq!(forced, change(State::Disabled, State::ForcedClosed));
    let forced = rig.breaker.force_open();
    assert_eq!(forced, change(State::ForcedClosed, State::ForcedOpen));
    let disabled = rig.breaker.disable();
    assert_eq!(disabled, change(State::ForcedOpen, State::Disabled));
    assert_eq!(rig.trip(), change(State::Disabled, State::Open));
}

#[test]
fn a_disabled_breaker_reads_no_clock() {
    let rig = Rig {
        breaker: Breaker::disabled(),
        ..Rig::new(1, SECOND, 1)
    };
    assert_eq!(rig.state(), State::Disabled);
    for outcome in OUTCOMES {
        rig.report(rig.call(), outcome);
    }
    assert_eq!(rig.breaker.would_admit(&rig.limits, &rig.clock), Ok(()));
    assert_eq!(rig.clock.reads.get(), 0);
}
