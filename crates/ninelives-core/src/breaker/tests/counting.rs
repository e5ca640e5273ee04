//! A breaker that only counts: it never opens by itself, and no outcome makes it do so.

use super::*;

/// Of a threshold of two.
fn counting() -> Rig {
    let mut rig = Rig::new(2, SECOND, 1);
    rig.limits = rig.limits.with_metrics_only(true);
    rig
}

#[test]
fn it_counts_and_never_opens() {
    let rig = counting();
    for failures in 1..=9 {
        assert_eq!(rig.fail(), Report::COUNTED);
        assert_eq!(rig.view().failures, failures);
    }
    let report = rig.report(rig.call(), Outcome::Breach);
    assert_eq!((report, rig.state()), (Report::COUNTED, State::Closed));
    assert_eq!(rig.trip_under(&rig.call()), None);
    rig.succeed();
    assert_eq!(rig.view().failures, 0);
}

#[test]
fn its_calls_have_a_term_to_keep_rates_under() {
    let rig = counting();
    rig.fail();
    assert!(rig.call().term().is_some());
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn b13_its_count_ends_at_the_field_and_carries_into_no_neighbour() {
    let rig = counting();
    let before = rig.call().id;
    for _ in 0..5_000 {
        rig.fail();
    }
    assert_eq!((rig.view().failures, rig.call().id), (4_095, before));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn in_use_again_the_next_failure_opens_it() {
    let mut rig = counting();
    for _ in 0..5_000 {
        rig.fail();
    }
    rig.limits = rig.limits.with_metrics_only(false);
    assert_eq!(rig.fail().transition, change(State::Closed, State::Open));
}

#[test]
fn open_it_admits_counts_nothing_and_keeps_its_state() {
    let mut rig = Rig::new(1, SECOND * 10, 1);
    rig.fail();
    rig.limits = rig.limits.with_metrics_only(true);
    let word = rig.breaker.word();
    for outcome in [Outcome::Success, Outcome::Failure, Outcome::Breach] {
        assert_eq!(rig.report(rig.call(), outcome), Report::COUNTED);
    }
    assert_eq!(rig.breaker.word(), word);
    let view = rig.view();
    assert_eq!((view.probe_due, view.retry_after), (false, None));
    rig.limits = rig.limits.with_metrics_only(false);
    assert_eq!(rig.refused().retry_after, Some(SECOND * 10));
}

#[test]
fn a_latched_one_admits_too() {
    let mut rig = Rig::new(1, Duration::MAX, 1);
    rig.fail();
    rig.limits = rig.limits.with_metrics_only(true);
    let _call = rig.call();
    assert_eq!(rig.state(), State::Latched);
}

#[test]
fn a_probe_that_is_out_decides_nothing_and_gives_its_slot_back() {
    for outcome in [Outcome::Success, Outcome::Failure] {
        let (mut rig, probe) = Rig::half_open(1);
        rig.limits = rig.limits.with_metrics_only(true);
        assert_eq!(rig.report(probe, outcome), Report::COUNTED);
        assert_eq!((rig.state(), rig.view().probes_out), (State::HalfOpen, 0));
    }
}

#[test]
fn a_ramp_is_held_where_it_is() {
    let mut rig = Rig::new(1, SECOND * 10, 1);
    rig.ramp(1);
    let probe = rig.probe();
    rig.limits = rig.limits.with_metrics_only(true);
    assert_eq!(rig.report(probe, Outcome::Failure), Report::COUNTED);
    assert_eq!((rig.state(), rig.view().stage_failed), (State::Ramping, 0));
}

#[test]
fn hc47_forced_states_stay_what_they_are() {
    let rig = counting();
    rig.breaker.force_open();
    assert_eq!(rig.refused().state, State::ForcedOpen);
    for forced in [Breaker::force_closed, Breaker::disable] {
        forced(&rig.breaker);
        let word = rig.breaker.word();
        rig.fail();
        assert_eq!(rig.breaker.word(), word);
    }
}
