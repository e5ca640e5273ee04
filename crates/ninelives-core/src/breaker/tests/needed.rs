//! Some probes of some: as many successes as needed close it, and it opens as soon as they cannot be reached.

use super::*;

/// Half-open with none out, of `probes` of which `needed` must succeed.
fn trying(probes: u32, needed: u32) -> Rig {
    let mut rig = Rig::new(1, SECOND * 10, probes);
    rig.limits = rig.limits.with_needed(needed).unwrap();
    rig.fail();
    rig.clock.pass(SECOND * 10);
    assert!(!rig.breaker.abandon(rig.probe()).late);
    rig
}

#[test]
fn hc87_two_of_three_close_it_whatever_the_third_says() {
    let rig = trying(3, 2);
    assert_eq!(rig.report(rig.probe(), Outcome::Failure), Report::COUNTED);
    assert_eq!(rig.report(rig.probe(), Outcome::Success), Report::COUNTED);
    let view = rig.view();
    assert_eq!((view.won, view.lost, view.probe_due), (1, 1, true));
    let report = rig.report(rig.probe(), Outcome::Success);
    assert_eq!(report.transition, change(State::HalfOpen, State::Closed));
}

#[test]
fn hc87_it_opens_with_the_failure_after_which_too_few_are_left() {
    for (probes, needed) in [(1, 1), (3, 2), (5, 1), (5, 5), (63, 1), (63, 32), (63, 63)] {
        let rig = trying(probes, needed);
        for lost in 1..=probes - needed {
            assert_eq!(rig.report(rig.probe(), Outcome::Failure), Report::COUNTED);
            assert_eq!(rig.view().lost, lost);
        }
        let report = rig.report(rig.probe(), Outcome::Failure);
        let opened = change(State::HalfOpen, State::Open);
        assert_eq!(report.transition, opened, "{needed} of {probes}");
        assert_eq!(rig.refused().retry_after, Some(SECOND * 10));
    }
}

#[test]
fn hc87_every_order_of_five_outcomes_is_decided_as_soon_as_it_can_be() {
    for outcomes in 0..32_u32 {
        let rig = trying(5, 3);
        let (mut won, mut lost) = (0, 0);
        for place in 0..5 {
            let is_well = outcomes >> place & 1 == 1;
            won += u32::from(is_well);
            lost += u32::from(!is_well);
            let outcome = if is_well {
                Outcome::Success
            } else {
                Outcome::Failure
            };
            rig.report(rig.probe(), outcome);
            let expected = match (won, lost) {
                (3, _) => State::Closed,
                (_, 3) => State::Open,
                _ => State::HalfOpen,
            };
            assert_eq!(rig.state(), expected, "{outcomes:b} at {place}");
            if expected != State::HalfOpen {
                break;
            }
        }
    }
}

#[test]
fn decided_probes_free_no_slot_for_another() {
    let rig = trying(3, 2);
    rig.report(rig.probe(), Outcome::Failure);
    rig.report(rig.probe(), Outcome::Success);
    let _third = rig.probe();
    assert_eq!(rig.refused().state, State::HalfOpen);
}

#[test]
fn hc29_an_ignored_probe_among_some_is_tried_again() {
    let rig = trying(3, 2);
    rig.report(rig.probe(), Outcome::Failure);
    for _ in 0..9 {
        rig.report(rig.probe(), Outcome::Ignored);
    }
    assert_eq!((rig.view().won, rig.view().lost), (0, 1));
    rig.report(rig.probe(), Outcome::Success);
    rig.report(rig.probe(), Outcome::Success);
    assert_eq!(rig.state(), State::Closed);
}

#[test]
fn hc30_a_new_lease_forgets_what_was_lost() {
    let rig = trying(3, 2);
    rig.report(rig.probe(), Outcome::Failure);
    let _hung = (rig.probe(), rig.probe());
    rig.clock.pass(SECOND * 10);
    let _probe = rig.probe();
    let view = rig.view();
    assert_eq!((view.won, view.lost, view.probes_out), (0, 0, 1));
}

#[test]
fn more_needed_than_can_be_reached_is_decided_by_the_next_failure_or_by_enough() {
    for (outcome, expected) in [
        (Outcome::Failure, State::Open),
        (Outcome::Success, State::Closed),
    ] {
        let mut rig = trying(3, 1);
        rig.report(rig.probe(), Outcome::Failure);
        rig.report(rig.probe(), Outcome::Failure);
        rig.limits = rig.limits.with_needed(3).unwrap();
        for _ in 0..3 {
            assert!(rig.view().probe_due, "it never wedges");
            rig.report(rig.probe(), outcome);
            if rig.state() != State::HalfOpen {
                break;
            }
        }
        assert_eq!(rig.state(), expected);
    }
}
