//! When a stage is over, and which one comes then.

use super::*;

#[test]
fn hc91_a_clock_that_steps_back_by_2048_s_does_not_end_a_stage_and_by_more_does() {
    let most = SECOND * 2_048;
    let back = |by| {
        let rig = at_stage(2);
        rig.clock.back(by);
        hear(&rig, Outcome::Success);
        rig
    };
    let rig = back(most);
    assert_eq!((rig.view().stage, rig.view().stage_well), (2, 1));
    rig.clock.pass(most + SECOND * 10);
    hear(&rig, Outcome::Success);
    assert_eq!(rig.view().stage, 3);
    assert_eq!(back(most + MILLI * 250).view().stage, 3);
}

#[test]
fn a_healthy_stage_is_passed_when_its_time_is_over() {
    let (rig, first) = ramping();
    rig.report(first, Outcome::Success);
    for _ in 0..20 {
        assert_eq!(hear(&rig, Outcome::Success), Report::COUNTED);
    }
    rig.clock.pass(SECOND * 10 - Duration::from_nanos(1));
    hear(&rig, Outcome::Success);
    assert_eq!((rig.view().stage, rig.view().stage_well), (1, 22));
    rig.clock.pass(Duration::from_nanos(1));
    assert_eq!(hear(&rig, Outcome::Success), Report::COUNTED);
    assert_eq!((rig.view().stage, rig.view().stage_well), (2, 0));
}

#[test]
fn a_stage_over_with_too_little_heard_goes_on() {
    let (rig, first) = ramping();
    rig.report(first, Outcome::Success);
    rig.clock.pass(SECOND * 10);
    for heard in 2..5 {
        hear(&rig, Outcome::Success);
        assert_eq!((rig.view().stage, rig.view().stage_well), (1, heard));
    }
    hear(&rig, Outcome::Success);
    assert_eq!(rig.view().stage, 2);
}

#[test]
fn after_the_last_stage_it_is_closed() {
    let rig = at_stage(6);
    rig.clock.pass(SECOND * 10);
    let report = hear(&rig, Outcome::Success);
    assert_eq!(report.transition, change(State::Ramping, State::Closed));
    assert_eq!(rig.view().openings, 1);
}

#[test]
fn an_unhealthy_first_stage_opens_it_at_once() {
    let (rig, first) = ramping();
    rig.report(first, Outcome::Success);
    for _ in 0..2 {
        hear(&rig, Outcome::Success);
    }
    for _ in 0..2 {
        assert_eq!(hear(&rig, Outcome::Failure), Report::COUNTED);
    }
    let report = hear(&rig, Outcome::Failure);
    assert_eq!(report.transition, change(State::Ramping, State::Open));
    assert_eq!(rig.refused().retry_after, Some(SECOND * 10));
    assert_eq!(rig.view().openings, 2);
}

#[test]
fn b18_the_share_of_failures_at_the_ratio_is_too_much() {
    for (well, failed, expected) in [(9, 1, 1), (8, 2, 0), (4, 1, 0), (49, 12, 1), (48, 12, 0)] {
        let mut rig = Rig::new(1, SECOND * 10, 1);
        let ramp = Ramp::new().with_failure_ratio(0.2).unwrap();
        rig.limits = rig.limits.with_ramp(ramp.with_minimum(5).unwrap());
        rig.trip();
        rig.clock.pass(SECOND * 10);
        let _first = rig.probe();
        (0..well).for_each(|_| told(&rig, Outcome::Success));
        (0..failed).for_each(|_| told(&rig, Outcome::Failure));
        assert_eq!(rig.view().stage, expected, "{failed} of {}", well + failed);
    }
}

#[test]
fn an_unhealthy_later_stage_falls_to_the_one_before() {
    let rig = at_stage(4);
    assert_eq!(hear(&rig, Outcome::Failure), Report::COUNTED);
    let view = rig.view();
    assert_eq!((view.state, view.stage), (State::Ramping, 3));
    assert_eq!((view.setbacks, view.stage_failed), (1, 0));
}

#[test]
fn a_stage_lasts_as_long_as_the_open_time_within_a_second_and_an_hour() {
    for (open_for, stage) in [
        (MILLI * 250, SECOND),
        (SECOND * 7, SECOND * 7),
        (SECOND * 9_000, SECOND * 3_600),
    ] {
        let mut rig = Rig::new(1, open_for, 1);
        rig.begin(1);
        rig.clock.pass(stage - Duration::from_nanos(1));
        hear(&rig, Outcome::Success);
        assert_eq!(rig.view().stage, 1);
        rig.clock.pass(Duration::from_nanos(1));
        hear(&rig, Outcome::Success);
        assert_eq!(rig.view().stage, 2);
    }
}

#[test]
fn a_stage_lasts_a_second_at_least_and_an_hour_at_most() {
    let ends = [SECOND, SECOND * 3_600];
    for end in ends {
        assert_eq!(Ramp::new().with_stage(end).unwrap().stage(), Some(end));
    }
    let nano = Duration::from_nanos(1);
    for outside in [ends[0] - nano, ends[1] + nano] {
        assert!(Ramp::new().with_stage(outside).is_err());
    }
}
