//! What of a stage counts, and how it is kept.

use std::vec::Vec;

use super::*;

#[test]
fn b07_what_was_admitted_in_another_stage_counts_in_none() {
    let rig = at_stage(3);
    let parked: Vec<_> = (0..50).map(|_| rig.lucky_probe()).collect();
    hear(&rig, Outcome::Failure);
    let word = rig.breaker.word();
    for ticket in parked {
        assert_eq!(rig.report(ticket, Outcome::Failure), Report::LATE);
    }
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn hc29_hc88_ignored_and_dropped_calls_say_nothing() {
    let (rig, first) = ramping();
    let word = rig.breaker.word();
    assert_eq!(rig.breaker.abandon(first), Report::COUNTED);
    assert_eq!(hear(&rig, Outcome::Ignored), Report::COUNTED);
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn counts_that_do_not_fit_keep_their_share() {
    let (rig, first) = ramping();
    rig.report(first, Outcome::Failure);
    for _ in 0..100 {
        (0..3).for_each(|_| told(&rig, Outcome::Success));
        hear(&rig, Outcome::Failure);
    }
    let view = rig.view();
    let share = f64::from(view.stage_failed) / f64::from(view.stage_well + view.stage_failed);
    assert!((share - 0.25).abs() < 0.05, "{view:?}");
    assert!(view.stage_well > 31 && view.stage_well < 64);
    assert_eq!(view.stage, 1);
}

#[test]
fn an_outcome_after_its_lease_or_a_quarter_of_an_hour_is_late() {
    for (lease, out) in [(SECOND * 10, SECOND * 10), (SECOND * 10_000, SECOND * 900)] {
        for (early, late) in [(Duration::from_nanos(1), false), (Duration::ZERO, true)] {
            let mut rig = Rig::new(1, SECOND * 10, 1);
            rig.limits = rig.limits.with_lease(lease).unwrap();
            rig.ramp(5);
            let first = rig.probe();
            rig.clock.pass(out - early);
            assert_eq!(rig.report(first, Outcome::Success).late, late);
            assert_eq!(rig.view().stage_well, u32::from(!late));
        }
    }
}

#[test]
fn counts_that_fit_are_kept_and_one_that_does_not_halves_both() {
    let heard = |well, failed| Word::CLOSED.with_heard(well, failed).heard();
    assert_eq!(
        [heard(63, 63), heard(64, 10), heard(10, 64)],
        [(63, 63), (32, 5), (5, 32)]
    );
}
