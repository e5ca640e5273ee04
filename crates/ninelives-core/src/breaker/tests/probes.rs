//! Half-open: who tries, who decides, and how no slot is ever lost.

use super::*;

#[test]
fn b01_as_many_probes_as_allowed_and_one_transition() {
    let rig = Rig::new(1, SECOND, 3);
    rig.fail();
    rig.clock.pass(SECOND);
    let mut tickets = std::vec![];
    let mut transitions = 0;
    for _ in 0..10 {
        if let Admission::Probe { ticket, transition } = rig.admit() {
            transitions += usize::from(transition.is_some());
            tickets.push(ticket);
        }
    }
    assert_eq!((tickets.len(), transitions), (3, 1));
    assert_eq!(rig.breaker.word().epoch(), 2);
    assert_eq!(rig.view().probes_out, 3);
}

#[test]
fn b02_the_second_caller_joins_and_resets_no_count() {
    let (rig, _first) = Rig::half_open(2);
    let Admission::Probe { transition, .. } = rig.admit() else {
        panic!("no second probe");
    };
    assert_eq!(transition, None);
    assert_eq!(rig.view().probes_out, 2);
    assert_eq!(rig.refused().state, State::HalfOpen);
}

#[test]
fn b03_dropped_probe_gives_its_slot_back() {
    let (rig, ticket) = Rig::half_open(1);
    let epoch = rig.breaker.word().epoch();
    assert_eq!(rig.breaker.abandon(ticket), Report::COUNTED);
    let view = rig.view();
    assert_eq!((view.probes_out, view.won, view.probe_due), (0, 0, true));
    assert_eq!(rig.breaker.word().epoch(), epoch);
    let _next = rig.probe();
}

#[test]
fn b04_all_probes_dropped_and_the_next_call_is_a_probe() {
    let (rig, first) = Rig::half_open(2);
    let second = rig.probe();
    let _ = rig.breaker.abandon(first);
    let _ = rig.breaker.abandon(second);
    rig.clock.pass(SECOND * 1_000);
    let _probe = rig.probe();
}

#[test]
fn enough_successes_close_it() {
    let (rig, first) = Rig::half_open(2);
    assert_eq!(rig.report(first, Outcome::Success), Report::COUNTED);
    assert_eq!((rig.view().won, rig.view().probes_out), (1, 0));
    let report = rig.report(rig.probe(), Outcome::Success);
    assert_eq!(report.transition, change(State::HalfOpen, State::Closed));
    assert!(!report.late);
    assert_eq!(rig.view().failures, 0);
}

#[test]
fn won_probes_take_no_more_slots_than_there_are() {
    let (rig, first) = Rig::half_open(2);
    rig.report(first, Outcome::Success);
    let _second = rig.probe();
    assert_eq!(rig.refused().state, State::HalfOpen);
}

#[test]
fn hc83_a_failed_probe_opens_it_with_a_fresh_deadline() {
    let (rig, first) = Rig::half_open(3);
    rig.report(rig.probe(), Outcome::Success);
    rig.clock.pass(SECOND * 5);
    let report = rig.report(first, Outcome::Failure);
    assert!(!report.late);
    assert_eq!(report.transition, change(State::HalfOpen, State::Open));
    assert_eq!(rig.refused().retry_after, Some(SECOND * 10));
}

#[test]
fn the_second_failed_probe_is_late() {
    let (rig, first) = Rig::half_open(2);
    let second = rig.probe();
    rig.report(first, Outcome::Failure);
    let word = rig.breaker.word();
    rig.clock.pass(SECOND);
    assert_eq!(rig.report(second, Outcome::Failure), Report::LATE);
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn hc29_ignored_outcomes_use_up_no_probe() {
    let (rig, first) = Rig::half_open(2);
    assert_eq!(rig.report(first, Outcome::Ignored), Report::COUNTED);
    for _ in 0..10 {
        assert_eq!(rig.report(rig.probe(), Outcome::Ignored), Report::COUNTED);
    }
    assert_eq!((rig.view().won, rig.view().probes_out), (0, 0));
    let _probe = rig.probe();
}

#[test]
fn hc28_probes_wider_apart_than_any_window_still_decide() {
    let (rig, first) = Rig::half_open(3);
    rig.report(first, Outcome::Success);
    for _ in 0..2 {
        rig.clock.pass(SECOND * 86_400);
        rig.report(rig.probe(), Outcome::Success);
    }
    assert_eq!(rig.state(), State::Closed);
}

#[test]
fn probes_lowered_below_what_is_out_admit_nobody_until_it_fits() {
    let (mut rig, first) = Rig::half_open(3);
    let (second, _third) = (rig.probe(), rig.probe());
    rig.limits = Limits::new(1, SECOND * 10, 1).unwrap();
    assert_eq!(rig.report(first, Outcome::Ignored), Report::COUNTED);
    rig.refused();
    let report = rig.report(second, Outcome::Success);
    assert_eq!(report.transition, change(State::HalfOpen, State::Closed));
}

#[test]
fn probes_lowered_to_what_is_won_lets_one_more_decide() {
    let (mut rig, first) = Rig::half_open(3);
    rig.report(first, Outcome::Success);
    rig.limits = Limits::new(1, SECOND * 10, 1).unwrap();
    assert_eq!(rig.state(), State::HalfOpen);
    let report = rig.report(rig.probe(), Outcome::Success);
    assert_eq!(report.transition, change(State::HalfOpen, State::Closed));
}

#[test]
fn b13_sixty_three_probes_out_and_won_carry_into_no_neighbour() {
    let (rig, first) = Rig::half_open(63);
    let granted = rig.breaker.word().granted();
    let mut tickets = std::vec![first];
    tickets.extend((1..63).map(|_| rig.probe()));
    rig.refused();
    assert_eq!(rig.view().probes_out, 63);
    assert_eq!(rig.breaker.word().granted(), granted);
    let last = tickets.pop().unwrap();
    for ticket in tickets {
        assert_eq!(rig.report(ticket, Outcome::Success), Report::COUNTED);
    }
    assert_eq!((rig.view().won, rig.view().probes_out), (62, 1));
    let report = rig.report(last, Outcome::Success);
    assert_eq!(report.transition, change(State::HalfOpen, State::Closed));
}

#[test]
#[cfg_attr(debug_assertions, should_panic(expected = "did not give it"))]
fn b13_a_ticket_of_another_breaker_is_a_debug_panic_and_a_late_report() {
    let (rig, ticket) = Rig::half_open(1);
    let (_, foreign) = Rig::half_open(1);
    let _ = rig.breaker.abandon(ticket);
    let word = rig.breaker.word();
    assert_eq!(rig.report(foreign, Outcome::Success), Report::LATE);
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn hc50_looking_changes_nothing() {
    let (rig, _ticket) = Rig::half_open(2);
    let word = rig.breaker.word();
    for _ in 0..10 {
        assert_eq!(rig.breaker.would_admit(&rig.limits, &rig.clock), Ok(()));
        assert_eq!(rig.breaker.state(), State::HalfOpen);
        assert_eq!(rig.view().probes_out, 1);
    }
    assert_eq!(rig.breaker.word(), word);
}

#[test]
fn hc25_b22_would_admit_gives_the_refusal_of_admit_and_takes_no_probe() {
    let rig = Rig::new(1, SECOND, 1);
    assert_eq!(rig.breaker.would_admit(&rig.limits, &rig.clock), Ok(()));
    rig.fail();
    let refused = rig.breaker.would_admit(&rig.limits, &rig.clock);
    assert_eq!(refused, Err(rig.refused()));
    rig.clock.pass(SECOND);
    assert_eq!(rig.breaker.would_admit(&rig.limits, &rig.clock), Ok(()));
    assert_eq!(rig.state(), State::Open);
    let _probe = rig.probe();
    let refused = rig.breaker.would_admit(&rig.limits, &rig.clock);
    assert_eq!(refused, Err(rig.refused()));
}

#[test]
fn hc63_a_look_after_the_open_time_says_that_a_probe_is_due() {
    let rig = Rig::new(1, SECOND, 1);
    rig.fail();
    let view = rig.view();
    assert_eq!((view.state, view.probe_due), (State::Open, false));
    assert_eq!(view.retry_after, Some(SECOND));
    rig.clock.pass(SECOND);
    let view = rig.view();
    assert_eq!((view.state, view.probe_due), (State::Open, true));
    assert_eq!(view.retry_after, None);
    assert_eq!(rig.state(), State::Open);
}

#[test]
fn hc86_an_unused_ticket_can_be_seen() {
    let (rig, ticket) = Rig::half_open(1);
    drop(ticket);
    assert_eq!(rig.view().probes_out, 1);
    assert_eq!(rig.refused().retry_after, Some(SECOND * 10));
}
