//! The ramp: a growing share of the calls, and at least one a second; how it begins, and how it is left.

use super::*;

mod admission;
mod outcomes;
mod setbacks;
mod stages;

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
