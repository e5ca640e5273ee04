//! Stages that fail: how long the one below is held, and when that is forgotten.

use std::vec::Vec;

use super::*;
use crate::breaker::ramp::Way;

#[test]
fn hc33_a_stage_below_one_that_fails_is_held_twice_as_long_each_time() {
    let rig = at_stage(3);
    let mut holds = Vec::new();
    for _ in 0..9 {
        hear(&rig, Outcome::Failure);
        assert_eq!(rig.view().stage, 2);
        let mut held = 0;
        while rig.view().stage == 2 {
            rig.clock.pass(SECOND);
            held += 1;
            hear(&rig, Outcome::Success);
        }
        holds.push(held);
    }
    assert_eq!(holds, [20, 40, 80, 160, 320, 640, 1_280, 1_280, 1_280]);
    assert_eq!(rig.view().setbacks, 7);
}

#[test]
fn no_stage_is_held_for_more_than_an_hour() {
    let mut rig = at_stage(2);
    let ramp = rig.limits.ramp().unwrap().with_stage(SECOND * 3_000);
    rig.limits = rig.limits.with_ramp(ramp.unwrap());
    hear(&rig, Outcome::Failure);
    rig.clock.pass(SECOND * 3_599);
    hear(&rig, Outcome::Success);
    assert_eq!(rig.view().stage, 1);
    rig.clock.pass(SECOND);
    hear(&rig, Outcome::Success);
    assert_eq!(rig.view().stage, 2);
}

#[test]
fn a_passed_stage_that_had_failed_forgets_the_setbacks() {
    let rig = at_stage(3);
    hear(&rig, Outcome::Failure);
    rig.clock.pass(SECOND * 20);
    hear(&rig, Outcome::Success);
    assert_eq!((rig.view().stage, rig.view().setbacks), (3, 1));
    rig.clock.pass(SECOND * 10);
    hear(&rig, Outcome::Success);
    assert_eq!((rig.view().stage, rig.view().setbacks), (4, 0));
}

/// Seconds until the next stage, all outcomes well.
fn seconds_to_pass(rig: &Rig) -> u32 {
    let stage = rig.view().stage;
    let mut seconds = 0;
    while rig.view().stage == stage {
        rig.clock.pass(SECOND);
        seconds += 1;
        hear(rig, Outcome::Success);
    }
    seconds
}

#[test]
fn a_fall_through_two_stages_holds_the_one_below_that_which_failed_first() {
    let rig = at_stage(4);
    hear(&rig, Outcome::Failure);
    hear(&rig, Outcome::Failure);
    assert_eq!((rig.view().stage, rig.view().setbacks), (2, 2));
    assert_eq!((seconds_to_pass(&rig), rig.view().stage), (10, 3));
    assert_eq!((seconds_to_pass(&rig), rig.view().setbacks), (40, 2));
    assert_eq!((seconds_to_pass(&rig), rig.view().setbacks), (10, 0));
}

#[test]
fn a_stage_that_fails_again_after_a_climb_is_the_new_ceiling() {
    let rig = at_stage(4);
    hear(&rig, Outcome::Failure);
    hear(&rig, Outcome::Failure);
    assert_eq!((seconds_to_pass(&rig), rig.view().stage), (10, 3));
    hear(&rig, Outcome::Failure);
    assert_eq!((rig.view().stage, rig.view().setbacks), (2, 3));
    assert_eq!(seconds_to_pass(&rig), 80);
}

#[test]
fn what_had_failed_and_is_passed_is_no_ceiling_any_more() {
    let fell = Way {
        stage: 2,
        ceiling: 2,
        fell: true,
        setbacks: 3,
    };
    let up = fell.up().unwrap();
    assert_eq!(
        (up.stage, up.ceiling, up.fell, up.setbacks),
        (3, 0, false, 0)
    );
    let below = Way { stage: 1, ..fell }.up().unwrap();
    assert_eq!((below.stage, below.ceiling, below.setbacks), (2, 2, 3));
}
