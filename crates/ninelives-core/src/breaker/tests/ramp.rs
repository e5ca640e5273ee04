//! The ramp: a growing share of the calls, and at least one a second.

use std::vec::Vec;

use super::*;
use crate::breaker::ramp::Way;

const EIGHTH: Duration = Duration::from_millis(125);

/// Ramping in its first stage of ten seconds, judged from five outcomes on; the first call is out.
fn ramping() -> (Rig, Ticket) {
    let mut rig = Rig::new(1, SECOND * 10, 1);
    rig.ramp(5);
    let Admission::Probe { ticket, transition } = rig.admit() else {
        panic!("the open time is over")
    };
    assert_eq!(transition, change(State::Open, State::Ramping));
    (rig, ticket)
}

/// In stage `number` of ten seconds, judged from one outcome on.
fn at_stage(number: u32) -> Rig {
    let mut rig = Rig::new(1, SECOND * 10, 1);
    rig.begin(1);
    (1..number).for_each(|_| rig.climb());
    assert!(!rig.breaker.abandon(rig.lucky_probe()).late);
    assert_eq!(rig.view().stage, number);
    rig
}

fn hear(rig: &Rig, outcome: Outcome) -> Report {
    rig.report(rig.lucky_probe(), outcome)
}

fn told(rig: &Rig, outcome: Outcome) {
    hear(rig, outcome);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn each_stage_admits_its_share_by_chance() {
    // Seeded, and spread over 2^64: 20,000 draws, and the share of a stage to within three standard deviations.
    for (number, share) in [
        (1, 0.001),
        (2, 0.01),
        (3, 0.05),
        (4, 0.1),
        (5, 0.25),
        (6, 0.5),
    ] {
        let rig = at_stage(number);
        let draws = 20_000;
        let mut admitted = 0;
        for seed in 0..draws {
            rig.seed.set(seed * 7_919);
            if let Admission::Probe { ticket, .. } = rig.admit() {
                admitted += 1;
                let _ = rig.breaker.abandon(ticket);
            }
        }
        let (mean, draws) = (draws as f64 * share, draws as f64);
        let spread = 3.0 * (draws * share * (1.0 - share)).sqrt();
        let off = f64::from(admitted) - mean;
        assert!(off.abs() < spread, "stage {number}: {admitted} for {mean}");
    }
}

#[test]
fn the_share_of_a_stage_ends_before_the_number_that_it_is() {
    for (stage, thousandths) in [(0, 1), (2, 50), (5, 500)] {
        let end = u64::MAX / 1_000 * thousandths;
        assert!(Ramp::admits(stage, 0) && Ramp::admits(stage, end - 1));
        assert!(!Ramp::admits(stage, end) && !Ramp::admits(stage, u64::MAX));
    }
}

#[test]
fn whoever_comes_a_second_after_the_last_is_admitted_by_no_chance() {
    let (rig, _first) = ramping();
    rig.clock.pass(EIGHTH * 7 - Duration::from_nanos(1));
    assert_eq!(rig.refused().retry_after, Some(Duration::from_nanos(1)));
    rig.clock.pass(Duration::from_nanos(1));
    assert!(rig.view().probe_due);
    let _second = rig.probe();
    assert!(!rig.view().probe_due);
    assert_eq!(rig.refused().retry_after, Some(EIGHTH * 7));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn no_second_with_calls_in_it_passes_without_an_admission() {
    // Callers at odd times, who have no luck, after idle times of every length around the wrap of four seconds.
    for idle in 0..200 {
        let (rig, _first) = ramping();
        rig.clock.pass(Duration::from_millis(3_000 + 10 * idle));
        let (mut since, mut longest) = (0, 0);
        for _ in 0..4_000 {
            match rig.admit() {
                Admission::Rejected(_) => since += 1,
                _ => since = 0,
            }
            longest = longest.max(since);
            rig.clock.pass(MILLI);
        }
        assert!(longest <= 1_000, "{longest} ms without, after {idle}");
    }
}

#[test]
fn hc30_hung_calls_never_wedge_it() {
    let (rig, _first) = ramping();
    let mut admitted = 0;
    for _ in 0..600 {
        rig.clock.pass(SECOND);
        let Admission::Probe { transition, .. } = rig.admit() else {
            panic!("nobody was admitted for a second")
        };
        assert_eq!(transition, None);
        admitted += 1;
    }
    assert_eq!((admitted, rig.view().stage), (600, 1));
}

#[test]
fn a_caller_with_a_slightly_older_time_is_not_taken_for_an_idle_one() {
    let (rig, _first) = ramping();
    rig.clock.back(EIGHTH);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

#[test]
fn a_lucky_call_with_a_slightly_older_time_does_not_bring_the_next_one_forward() {
    let (rig, _first) = ramping();
    rig.clock.back(EIGHTH);
    let _lucky = rig.lucky_probe();
    rig.clock.pass(EIGHTH);
    assert_eq!(rig.refused().retry_after, Some(EIGHTH * 7));
}

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
fn hc50_whether_it_would_admit_draws_no_lot() {
    let (rig, _first) = ramping();
    assert_eq!(rig.breaker.would_admit(&rig.limits, &rig.clock), Ok(()));
    rig.refused();
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn the_luck_that_a_call_is_told_is_that_with_which_it_is_admitted() {
    let rig = at_stage(6);
    let (mut admitted, asks) = (0, 1_000);
    for _ in 0..asks {
        let ask = |luck| rig.breaker.ask(&rig.limits, &rig.clock, &luck).unwrap();
        let told = ask(Luck::UNDRAWN);
        assert_ne!(told.luck, Luck::UNDRAWN);
        assert_eq!(ask(told.luck), told, "asked again, nothing is drawn");
        let admission = rig.breaker.admit_with(&rig.limits, &rig.clock, &told.luck);
        match (told.refusal, admission) {
            (Some(told), Admission::Rejected(rejected)) => assert_eq!(told, rejected),
            (None, Admission::Probe { ticket, .. }) => {
                let _ = rig.breaker.abandon(ticket);
                admitted += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!((400..600).contains(&admitted), "half of {asks}: {admitted}");
}

#[test]
fn nobody_draws_who_meets_no_ramp() {
    let rig = Rig::new(1, SECOND, 1);
    let ask = || rig.breaker.ask(&rig.limits, &rig.clock, &Luck::UNDRAWN);
    assert_eq!(ask(), None, "closed");
    rig.fail();
    let open = ask().unwrap();
    assert_eq!(
        (open.luck, open.refusal),
        (Luck::UNDRAWN, Some(rig.refused()))
    );
    rig.clock.pass(SECOND);
    let due = ask().unwrap();
    assert_eq!((due.luck, due.refusal), (Luck::UNDRAWN, None));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn a_last_stage_without_luck_admits_one_a_second() {
    let rig = at_stage(6);
    let mut admitted = 0;
    for _ in 0..10_000 {
        rig.clock.pass(MILLI);
        admitted += u32::from(matches!(rig.admit(), Admission::Probe { .. }));
    }
    assert!((10..=12).contains(&admitted), "{admitted} in 10 s");
}

#[test]
fn a_ramp_taken_away_goes_on_as_half_open_and_one_given_waits_for_the_next_opening() {
    let (mut rig, first) = ramping();
    let ramp = rig.limits.ramp().unwrap();
    rig.limits = Limits::new(1, SECOND * 10, 1).unwrap();
    assert_eq!(rig.report(first, Outcome::Failure), Report::COUNTED);
    let Admission::Probe { ticket, transition } = rig.admit() else {
        panic!("no probe")
    };
    assert_eq!(transition, change(State::Ramping, State::HalfOpen));
    rig.limits = rig.limits.with_ramp(ramp);
    let report = rig.report(ticket, Outcome::Failure);
    assert_eq!(report.transition, change(State::HalfOpen, State::Open));
    rig.clock.pass(SECOND * 10);
    let _first = rig.probe();
    assert_eq!(rig.state(), State::Ramping);
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

#[cfg(not(miri))] // one thread, many steps
#[test]
fn b15_a_year_without_calls_leaves_a_ramp_that_goes_on() {
    let (rig, first) = ramping();
    rig.clock.pass(SECOND * 86_400 * 365);
    assert_eq!(rig.report(first, Outcome::Success), Report::LATE);
    for _ in 0..4_000 {
        rig.clock.pass(SECOND);
        if let Admission::Probe { ticket, .. } = rig.admit() {
            rig.report(ticket, Outcome::Success);
        }
    }
    assert_eq!(rig.state(), State::Closed);
}

#[test]
fn b16_a_latched_breaker_ramps_only_after_a_command() {
    let mut rig = Rig::new(1, Duration::MAX, 1);
    rig.limits = rig.limits.with_ramp(Ramp::new());
    rig.fail();
    rig.clock.pass(SECOND * 1_000_000);
    assert_eq!(rig.refused().state, State::Latched);
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

#[test]
fn counts_that_fit_are_kept_and_one_that_does_not_halves_both() {
    let heard = |well, failed| Word::CLOSED.with_heard(well, failed).heard();
    assert_eq!(
        [heard(63, 63), heard(64, 10), heard(10, 64)],
        [(63, 63), (32, 5), (5, 32)]
    );
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
