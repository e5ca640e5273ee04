//! Models of the breaker, L01 to L08. No actor runs on the model's main thread, every order of spawning is tried, and each model
//! asserts that it has seen every outcome it is about. Under this cfg the epoch has two bits: four turns and it is the same again.

#![cfg(ninelives_loom)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use loom::sync::Arc;
use loom_tests::{Actor, race};
use ninelives_core::breaker::{
    Admission, Breaker, Limits, Outcome, Ramp, Report, State, Ticket, Transition,
};
use ninelives_core::time::{Clock, Tick};

const SECOND: Duration = Duration::from_secs(1);

/// A clock that stands at a second.
struct At(u64);

/// Which outcomes were seen, over all executions of a model.
struct Seen(AtomicU32);

// === impl At ===

impl Clock for At {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.0 * 1_000_000_000)
    }
}

// === impl Seen ===

impl Seen {
    const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    fn mark(&self, outcome: u32) {
        self.0.fetch_or(1 << outcome, Ordering::Relaxed);
    }

    fn assert_all(&self, outcomes: u32) {
        let seen = self.0.load(Ordering::Relaxed);
        assert_eq!(seen, (1 << outcomes) - 1, "outcomes seen: {seen:b}");
    }
}

fn both_orders(scenario: fn(&[usize])) {
    every_order(2, scenario);
}

fn six_orders(scenario: fn(&[usize])) {
    every_order(3, scenario);
}

fn every_order(actors: usize, scenario: fn(&[usize])) {
    for order in loom_tests::orders(actors) {
        loom_tests::model(move || scenario(&order));
    }
}

fn limits(failure_threshold: u32, probes: u32) -> Limits {
    Limits::new(failure_threshold, SECOND, probes).unwrap()
}

fn ticket(admission: Admission) -> Ticket {
    match admission {
        Admission::Admitted(ticket) | Admission::Probe { ticket, .. } => ticket,
        Admission::Rejected(rejected) => panic!("{rejected:?}"),
    }
}

/// A breaker that is half-open since second 1, with one probe out.
fn half_open(limits: &Limits) -> (Arc<Breaker>, Ticket) {
    let breaker = Arc::new(Breaker::new());
    breaker.trip(limits, &At(0));
    let probe = ticket(breaker.admit(limits, &At(1)));
    (breaker, probe)
}

#[test]
fn l01_late_success_cannot_undo_the_opening_or_the_probe() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(1, 1);
        let breaker = Arc::new(Breaker::new());
        let late = ticket(breaker.admit(&limits, &At(0)));
        let failing = ticket(breaker.admit(&limits, &At(0)));
        let (a, b) = (breaker.clone(), breaker.clone());
        let actors: Vec<Actor<bool>> = vec![
            Box::new(move || a.report(late, Outcome::Success, &limits, &At(0)).late),
            Box::new(move || {
                let report = b.report(failing, Outcome::Failure, &limits, &At(0));
                let probe = b.admit(&limits, &At(1));
                assert!(report.transition.is_some());
                matches!(probe, Admission::Probe { .. })
            }),
        ];
        let answers = race(order, actors);
        SEEN.mark(u32::from(answers[0]));
        assert!(answers[1], "the probe was refused");
        let view = breaker.view(&limits, &At(1));
        assert_eq!((view.state, view.probes_out), (State::HalfOpen, 1));
    });
    SEEN.assert_all(2);
}

#[test]
fn l02_late_failure_cannot_reopen_what_a_probe_closes() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(1, 1);
        let breaker = Arc::new(Breaker::new());
        let early = ticket(breaker.admit(&limits, &At(0)));
        breaker.trip(&limits, &At(0));
        let probe = ticket(breaker.admit(&limits, &At(1)));
        let (a, b) = (breaker.clone(), breaker.clone());
        let actors: Vec<Actor<(State, Report)>> = vec![
            Box::new(move || {
                let state = a.state();
                (state, a.report(early, Outcome::Failure, &limits, &At(1)))
            }),
            Box::new(move || {
                let state = b.state();
                (state, b.report(probe, Outcome::Success, &limits, &At(1)))
            }),
        ];
        let answers = race(order, actors);
        assert!(answers[0].1.late);
        SEEN.mark(u32::from(answers[0].0 == State::Closed));
        assert_eq!(
            answers[1].1.transition,
            Some(Transition {
                from: State::HalfOpen,
                to: State::Closed
            })
        );
        let view = breaker.view(&limits, &At(1));
        assert_eq!((view.state, view.failures), (State::Closed, 0));
    });
    SEEN.assert_all(2);
}

#[test]
fn l03_three_callers_at_the_deadline_get_one_ticket() {
    static SEEN: Seen = Seen::new();
    six_orders(|order| {
        let limits = limits(1, 1);
        let breaker = Arc::new(Breaker::new());
        breaker.trip(&limits, &At(0));
        let actors = (0..3).map(|_| {
            let breaker = breaker.clone();
            Box::new(move || breaker.admit(&limits, &At(1))) as Actor<Admission>
        });
        let answers = race(order, actors.collect());
        let mut probes = 0;
        for (caller, answer) in (0..).zip(answers) {
            match answer {
                Admission::Probe { transition, .. } => {
                    probes += 1;
                    assert!(transition.is_some());
                    SEEN.mark(caller);
                }
                Admission::Rejected(rejected) => {
                    assert_eq!(rejected.state, State::HalfOpen);
                }
                Admission::Admitted(_) => panic!("admitted as if closed"),
            }
        }
        assert_eq!(probes, 1);
        assert_eq!(breaker.view(&limits, &At(1)).probes_out, 1);
    });
    SEEN.assert_all(3);
}

#[test]
fn l03_three_callers_at_the_deadline_share_two_slots() {
    static SEEN: Seen = Seen::new();
    six_orders(|order| {
        let limits = limits(1, 2);
        let breaker = Arc::new(Breaker::new());
        breaker.trip(&limits, &At(0));
        let actors = (0..3).map(|_| {
            let breaker = breaker.clone();
            Box::new(move || breaker.admit(&limits, &At(1))) as Actor<Admission>
        });
        let answers = race(order, actors.collect());
        let (mut probes, mut changes) = (0, 0);
        for (caller, answer) in (0..).zip(&answers) {
            match answer {
                Admission::Probe { transition, .. } => {
                    probes += 1;
                    changes += u32::from(transition.is_some());
                }
                _ => SEEN.mark(caller),
            }
        }
        assert_eq!((probes, changes), (2, 1));
        assert_eq!(breaker.view(&limits, &At(1)).probes_out, 2);
    });
    SEEN.assert_all(3);
}

#[test]
fn l04_a_dropped_probe_returns_its_slot_while_another_asks() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(1, 1);
        let (breaker, probe) = half_open(&limits);
        let (a, b) = (breaker.clone(), breaker.clone());
        let actors: Vec<Actor<Option<Ticket>>> = vec![
            Box::new(move || {
                assert!(!a.abandon(probe).late);
                None
            }),
            Box::new(move || match b.admit(&limits, &At(1)) {
                Admission::Probe { ticket, .. } => Some(ticket),
                _ => None,
            }),
        ];
        let second = race(order, actors).remove(1);
        SEEN.mark(u32::from(second.is_some()));
        if let Some(second) = second {
            assert!(!breaker.abandon(second).late);
        }
        assert_eq!(breaker.view(&limits, &At(1)).probes_out, 0);
        let next = breaker.admit(&limits, &At(1));
        assert!(matches!(next, Admission::Probe { .. }));
    });
    SEEN.assert_all(2);
}

#[test]
fn l05_failures_that_cross_the_threshold_together_open_it_once() {
    static SEEN: Seen = Seen::new();
    six_orders(|order| {
        let limits = limits(2, 1);
        let breaker = Arc::new(Breaker::new());
        let actors = (0..3).map(|caller| {
            let breaker = breaker.clone();
            let failing = ticket(breaker.admit(&limits, &At(0)));
            Box::new(move || breaker.report(failing, Outcome::Failure, &limits, &At(caller)))
                as Actor<Report>
        });
        let reports = race(order, actors.collect());
        let winners: Vec<_> = (0..3)
            .filter(|caller| reports[*caller].transition.is_some())
            .collect();
        assert_eq!(winners.len(), 1);
        let winner = u32::try_from(winners[0]).unwrap();
        assert_eq!(reports.iter().filter(|report| report.late).count(), 1);
        // The deadline is the winner's own: one opened-at time.
        let view = breaker.view(&limits, &At(u64::from(winner)));
        assert_eq!((view.state, view.retry_after), (State::Open, Some(SECOND)));
        SEEN.mark(winner);
    });
    SEEN.assert_all(3);
}

/// Mutants: `trip_under` that asks for no epoch; a report that does not.
#[test]
fn two_breaches_open_once_and_the_later_one_cannot_undo_the_recovery() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(9, 1);
        let breaker = Arc::new(Breaker::new());
        let ours = ticket(breaker.admit(&limits, &At(0)));
        let theirs = ticket(breaker.admit(&limits, &At(0)));
        let (a, b) = (breaker.clone(), breaker.clone());
        let actors: Vec<Actor<bool>> = vec![
            Box::new(move || {
                let tripped = a.trip_under(&ours, &limits, &At(0)).is_some();
                let late = a.report(ours, Outcome::Breach, &limits, &At(0)).late;
                assert!(late, "after the trip its own ticket is late too");
                tripped
            }),
            Box::new(move || {
                let report = b.report(theirs, Outcome::Breach, &limits, &At(0));
                let probe = ticket(b.admit(&limits, &At(1)));
                let closed = b.report(probe, Outcome::Success, &limits, &At(1));
                assert_eq!(closed.transition.unwrap().to, State::Closed);
                report.transition.is_some()
            }),
        ];
        let answers = race(order, actors);
        assert_eq!(answers.iter().filter(|opened| **opened).count(), 1);
        assert_eq!(breaker.state(), State::Closed);
        SEEN.mark(u32::from(answers[0]));
    });
    SEEN.assert_all(2);
}

#[test]
fn l06_a_reader_never_sees_an_opening_with_an_older_deadline() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(1, 1);
        let breaker = Arc::new(Breaker::new());
        breaker.trip(&limits, &At(0));
        breaker.reset(&At(50));
        let failing = ticket(breaker.admit(&limits, &At(100)));
        let (a, b) = (breaker.clone(), breaker.clone());
        let actors: Vec<Actor<u32>> = vec![
            Box::new(move || {
                a.report(failing, Outcome::Failure, &limits, &At(100));
                0
            }),
            Box::new(move || {
                let view = b.view(&limits, &At(100));
                match view.state {
                    State::Closed => 0,
                    State::Open => {
                        assert_eq!(view.retry_after, Some(SECOND));
                        1
                    }
                    other => panic!("{other:?}"),
                }
            }),
        ];
        SEEN.mark(race(order, actors)[1]);
    });
    SEEN.assert_all(2);
}

#[test]
fn l07_force_open_and_a_failure_have_one_order() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(1, 1);
        let breaker = Arc::new(Breaker::new());
        let failing = ticket(breaker.admit(&limits, &At(0)));
        let (a, b) = (breaker.clone(), breaker.clone());
        let actors: Vec<Actor<Option<Transition>>> = vec![
            Box::new(move || {
                let forced = a.force_open();
                let after = a.admit(&limits, &At(9));
                assert!(matches!(after, Admission::Rejected(_)));
                forced
            }),
            Box::new(move || {
                let report = b.report(failing, Outcome::Failure, &limits, &At(0));
                assert_eq!(report.late, report.transition.is_none());
                report.transition
            }),
        ];
        let answers = race(order, actors);
        let opened = answers[1].is_some();
        let from = if opened { State::Open } else { State::Closed };
        let to = State::ForcedOpen;
        assert_eq!(answers[0], Some(Transition { from, to }));
        assert_eq!(breaker.state(), State::ForcedOpen);
        SEEN.mark(u32::from(opened));
    });
    SEEN.assert_all(2);
}

#[test]
fn l07_reset_a_probe_that_wins_and_one_that_fails_have_one_order() {
    static SEEN: Seen = Seen::new();
    six_orders(|order| {
        let limits = limits(1, 2);
        let (breaker, first) = half_open(&limits);
        let second = ticket(breaker.admit(&limits, &At(1)));
        let (a, b, c) = (breaker.clone(), breaker.clone(), breaker.clone());
        let actors: Vec<Actor<(bool, Option<Transition>)>> = vec![
            Box::new(move || (false, a.reset(&At(1)))),
            Box::new(move || {
                let report = b.report(first, Outcome::Success, &limits, &At(1));
                (report.late, report.transition)
            }),
            Box::new(move || {
                let report = c.report(second, Outcome::Failure, &limits, &At(1));
                (report.late, report.transition)
            }),
        ];
        let answers = race(order, actors);
        // One success of two never closes it; the reset always does, from what the failure left.
        let opened = answers[2].1.is_some();
        assert_eq!(answers[1].1, None);
        assert_eq!(answers[2].0, !opened);
        let from = if opened { State::Open } else { State::HalfOpen };
        let to = State::Closed;
        assert_eq!(answers[0].1, Some(Transition { from, to }));
        let view = breaker.view(&limits, &At(1));
        assert_eq!((view.state, view.failures), (State::Closed, 0));
        SEEN.mark(u32::from(opened) + 2 * u32::from(answers[1].0));
    });
    SEEN.assert_all(4);
}

/// A parked ticket is reported while the epoch turns four times, back to itself, closing in second `closes` at the end.
fn wrapped(closes: u64, order: &[usize], seen: &Seen) {
    let limits = limits(2, 1);
    let breaker = Arc::new(Breaker::new());
    let parked = ticket(breaker.admit(&limits, &At(0)));
    let (a, b) = (breaker.clone(), breaker.clone());
    let actors: Vec<Actor<bool>> = vec![
        Box::new(move || {
            for second in [0, closes] {
                a.trip(&limits, &At(0));
                a.reset(&At(second));
            }
            false
        }),
        Box::new(move || b.report(parked, Outcome::Failure, &limits, &At(0)).late),
    ];
    let late = race(order, actors)[1];
    // A failure counted before the first turn is forgotten by it: one that is there now was taken wrongly.
    match (late, breaker.view(&limits, &At(0)).failures) {
        (false, 0) => seen.mark(0),
        (true, 0) => seen.mark(1),
        (false, 1) => seen.mark(2),
        other => panic!("{other:?}"),
    }
}

#[test]
fn l08_a_wrapped_epoch_takes_a_parked_ticket_and_the_model_finds_it() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| wrapped(0, order, &SEEN));
    SEEN.assert_all(3);
}

#[test]
fn l08_the_time_of_closing_refuses_a_parked_ticket_at_the_wrap() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| wrapped(2, order, &SEEN));
    SEEN.assert_all(2);
}

#[test]
fn a_hung_probe_and_its_successor_never_both_count() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(1, 1);
        let (breaker, hung) = half_open(&limits);
        let (a, b) = (breaker.clone(), breaker.clone());
        let actors: Vec<Actor<u32>> = vec![
            // Its clock was read just within the lease.
            Box::new(move || {
                let report = a.report(hung, Outcome::Success, &limits, &At(1));
                assert_eq!(report.late, report.transition.is_none());
                u32::from(report.late)
            }),
            Box::new(move || match b.admit(&limits, &At(2)) {
                Admission::Admitted(_) => 0,
                Admission::Probe { transition, .. } => {
                    assert_eq!(transition, None);
                    1
                }
                Admission::Rejected(rejected) => panic!("{rejected:?}"),
            }),
        ];
        let answers = race(order, actors);
        assert_eq!(
            answers[0], answers[1],
            "in time and closed, or late and re-granted"
        );
        let out = breaker.view(&limits, &At(2)).probes_out;
        assert_eq!(out, answers[1]);
        SEEN.mark(answers[0]);
    });
    SEEN.assert_all(2);
}

/// Mutants: failures of probes that are not counted; `needed` that is not asked.
#[test]
fn of_two_probes_of_which_one_must_win_the_second_failure_opens() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let limits = limits(1, 2).with_needed(1).unwrap();
        let (breaker, first) = half_open(&limits);
        let second = ticket(breaker.admit(&limits, &At(1)));
        let actors = [first, second].map(|probe| {
            let breaker = breaker.clone();
            Box::new(move || breaker.report(probe, Outcome::Failure, &limits, &At(1)))
                as Actor<Report>
        });
        let reports = race(order, actors.into());
        assert!(reports.iter().all(|report| !report.late));
        let opened = change(State::HalfOpen, State::Open);
        let winners: Vec<_> = (0..2)
            .filter(|n| reports[*n].transition == opened)
            .collect();
        assert_eq!(winners.len(), 1);
        assert_eq!(
            (breaker.state(), breaker.word().openings()),
            (State::Open, 2)
        );
        SEEN.mark(u32::try_from(winners[0]).unwrap());
    });
    SEEN.assert_all(2);
}

/// A breaker in the first stage of a ramp since second 1, judged by one outcome; that of its call is not known.
fn ramping() -> (Limits, Arc<Breaker>, Ticket) {
    let ramp = Ramp::new().with_minimum(1).unwrap();
    let limits = limits(1, 1).with_ramp(ramp);
    let limits = limits.with_lease(SECOND * 100).unwrap();
    let (breaker, first) = half_open(&limits);
    assert_eq!(breaker.state(), State::Ramping);
    (limits, breaker, first)
}

/// Mutant: an admission that the word does not remember.
#[test]
fn two_callers_a_second_after_the_last_share_one_admission() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let (limits, breaker, _first) = ramping();
        let actors = (0..2).map(|_| {
            let breaker = breaker.clone();
            Box::new(move || breaker.admit(&limits, &At(2))) as Actor<Admission>
        });
        let answers = race(order, actors.collect());
        let admitted: Vec<_> = (0..2)
            .filter(|n| matches!(answers[*n], Admission::Probe { .. }))
            .collect();
        assert_eq!(admitted.len(), 1);
        SEEN.mark(u32::try_from(admitted[0]).unwrap());
    });
    SEEN.assert_all(2);
}

/// Mutants: a stage in the epoch of the one before; outcomes of a ramp that are taken from any epoch.
#[test]
fn a_stage_is_passed_or_failed_and_the_other_outcome_is_late() {
    static SEEN: Seen = Seen::new();
    both_orders(|order| {
        let (limits, breaker, first) = ramping();
        let second = ticket(breaker.admit(&limits, &At(2)));
        let outcomes = [(first, Outcome::Success), (second, Outcome::Failure)];
        let actors = outcomes.map(|(ticket, outcome)| {
            let breaker = breaker.clone();
            Box::new(move || breaker.report(ticket, outcome, &limits, &At(2))) as Actor<Report>
        });
        let reports = race(order, actors.into());
        assert_ne!(reports[0].late, reports[1].late);
        let view = breaker.view(&limits, &At(2));
        if reports[0].late {
            assert_eq!(reports[1].transition, change(State::Ramping, State::Open));
            assert_eq!((view.state, view.openings), (State::Open, 2));
        } else {
            assert_eq!((view.state, view.stage), (State::Ramping, 2));
            assert_eq!((view.stage_failed, view.setbacks), (0, 0));
        }
        SEEN.mark(u32::from(reports[0].late));
    });
    SEEN.assert_all(2);
}

fn change(from: State, to: State) -> Option<Transition> {
    Some(Transition { from, to })
}
