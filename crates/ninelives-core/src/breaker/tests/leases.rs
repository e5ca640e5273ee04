//! Leases: a probe that hangs is replaced, and what it says later counts for nothing.

use super::*;

#[test]
fn hc30_hc26_a_hung_probe_is_replaced_when_its_lease_is_over() {
    let (rig, hung) = Rig::half_open(1);
    rig.clock.pass(SECOND * 10 - MILLI);
    assert_eq!(rig.refused().retry_after, Some(MILLI));
    rig.clock.pass(MILLI);
    assert!(rig.view().probe_due);
    let Admission::Probe { ticket, transition } = rig.admit() else {
        panic!("the lease is over");
    };
    assert_eq!(transition, None);
    assert_eq!(rig.report(hung, Outcome::Failure), Report::LATE);
    assert_eq!(rig.view().probes_out, 1);
    assert_eq!(
        rig.report(ticket, Outcome::Success).transition,
        change(State::HalfOpen, State::Closed)
    );
}

#[test]
fn a_new_lease_starts_with_nothing_won() {
    let (rig, first) = Rig::half_open(2);
    let _hung = rig.probe();
    rig.report(first, Outcome::Success);
    rig.clock.pass(SECOND * 10);
    let _probe = rig.probe();
    let view = rig.view();
    assert_eq!((view.won, view.probes_out), (0, 1));
}

#[test]
fn the_lease_counts_from_the_last_grant() {
    let (rig, _first) = Rig::half_open(2);
    rig.clock.pass(SECOND * 9);
    let _second = rig.probe();
    rig.clock.pass(SECOND * 9);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

#[test]
fn a_report_after_its_own_lease_gives_the_slot_and_counts_nothing() {
    for outcome in [Outcome::Success, Outcome::Failure, Outcome::Ignored] {
        let (rig, first) = Rig::half_open(2);
        rig.clock.pass(SECOND * 9);
        let _second = rig.probe();
        rig.clock.pass(SECOND);
        assert_eq!(rig.report(first, outcome), Report::LATE);
        let view = rig.view();
        assert_eq!((view.state, view.won), (State::HalfOpen, 0));
        assert_eq!(view.probes_out, 1);
    }
}

#[test]
fn a_report_within_the_last_nanosecond_of_its_lease_counts() {
    let (rig, first) = Rig::half_open(1);
    rig.clock.pass(SECOND * 10 - Duration::from_nanos(1));
    let report = rig.report(first, Outcome::Success);
    assert_eq!(report.transition, change(State::HalfOpen, State::Closed));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn hc84_never_more_probes_within_a_lease_than_allowed_while_they_hang() {
    let (rig, _first) = Rig::half_open(3);
    let mut grants = std::vec![3_610_000_u64];
    for step in 1..40_000_u64 {
        rig.clock.pass(MILLI);
        if let Admission::Probe { .. } = rig.admit() {
            grants.push(3_610_000 + step);
        }
    }
    for lease in grants.windows(4) {
        assert!(lease[3] - lease[0] >= 10_000, "four within a lease");
    }
    assert!(grants.len() >= 9, "hung probes stopped the probing");
}

#[test]
fn a_caller_with_an_older_time_does_not_shorten_a_lease() {
    let (rig, _first) = Rig::half_open(2);
    let granted = rig.breaker.word().granted();
    rig.clock.back(SECOND * 3);
    let _second = rig.probe();
    assert_eq!(rig.breaker.word().granted(), granted);
    rig.clock.pass(SECOND * 12);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

#[test]
fn hc91_a_clock_an_hour_back_holds_the_lease_and_stalls_no_longer() {
    let (rig, hung) = Rig::half_open(1);
    rig.clock.back(SECOND * 1_800);
    assert_eq!(rig.refused().retry_after, Some(SECOND * 1_810));
    rig.clock.pass(SECOND * 1_810);
    let _next = rig.probe();
    assert_eq!(rig.report(hung, Outcome::Success), Report::LATE);
}

#[test]
fn hc91_a_clock_that_steps_back_by_2_to_the_22_grants_holds_the_lease_and_by_more_does_not() {
    let most = MILLI * 10 * (1 << 22);
    let rig = Rig::new(1, SECOND * 10, 1);
    rig.clock.pass(most);
    rig.fail();
    rig.clock.pass(SECOND * 10);
    let _hung = rig.probe();
    rig.clock.back(most);
    assert_eq!(rig.refused().retry_after, Some(most + SECOND * 10));
    rig.clock.back(MILLI * 10);
    let _next = rig.probe();
}

#[test]
fn a_lease_past_its_field_is_held_until_a_command() {
    let mut rig = Rig::new(1, SECOND * 86_400, 1);
    rig.limits = rig.limits.with_lease(SECOND * 86_400 * 400).unwrap();
    rig.trip();
    rig.clock.pass(SECOND * 86_400);
    let _hung = rig.probe();
    for _ in 0..30 {
        rig.clock.pass(SECOND * 86_400 * 100);
        assert_eq!(rig.refused().retry_after, None);
    }
}
