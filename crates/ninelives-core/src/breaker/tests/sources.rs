//! Where the limits come from, and when they are asked for.

use super::*;

/// Limits that count how often they are asked for; none while out of use.
struct Asked<'a> {
    limits: Option<&'a Limits>,
    times: &'a Cell<u32>,
}

impl LimitsSource for Asked<'_> {
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        self.times.set(self.times.get() + 1);
        decide(self.limits)
    }
}

impl Rig {
    fn asked<'a>(&'a self, times: &'a Cell<u32>) -> Asked<'a> {
        let limits = Some(&self.limits);
        Asked { limits, times }
    }

    fn admitted_out_of_use(&self) -> Ticket {
        match self.breaker.admit(NOTHING, &self.clock) {
            Admission::Admitted(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }
}

struct OutOfUse;
const NOTHING: OutOfUse = OutOfUse;

impl LimitsSource for OutOfUse {
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        decide(None)
    }
}

#[test]
fn happy_path_asks_for_no_limits() {
    let (rig, times) = (Rig::new(1, SECOND, 1), Cell::new(0));
    assert_eq!(
        rig.breaker.would_admit(rig.asked(&times), &rig.clock),
        Ok(())
    );
    let Admission::Admitted(ticket) = rig.breaker.admit(rig.asked(&times), &rig.clock) else {
        panic!("closed")
    };
    rig.breaker
        .report(ticket, Outcome::Success, rig.asked(&times), &rig.clock);
    assert_eq!(times.get(), 0);
}

#[test]
fn a_decision_asks_once() {
    let (rig, times) = (Rig::new(1, SECOND, 1), Cell::new(0));
    rig.breaker
        .report(rig.call(), Outcome::Failure, rig.asked(&times), &rig.clock);
    assert_eq!((rig.state(), times.take()), (State::Open, 1));
    assert!(
        rig.breaker
            .would_admit(rig.asked(&times), &rig.clock)
            .is_err()
    );
    assert_eq!(times.take(), 1);
    let _ = rig.breaker.admit(rig.asked(&times), &rig.clock);
    assert_eq!(times.take(), 1);
}

#[test]
fn out_of_use_an_open_breaker_admits_and_its_word_stays() {
    let rig = Rig::new(1, SECOND, 1);
    rig.fail();
    let word = rig.breaker.word();
    assert_eq!(rig.breaker.would_admit(NOTHING, &rig.clock), Ok(()));
    for outcome in [Outcome::Success, Outcome::Failure, Outcome::Ignored] {
        let ticket = rig.admitted_out_of_use();
        let report = rig.breaker.report(ticket, outcome, NOTHING, &rig.clock);
        assert_eq!(report, Report::COUNTED);
    }
    assert_eq!(rig.breaker.word(), word);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

#[test]
fn a_ticket_from_out_of_use_counts_for_nothing_afterwards() {
    let rig = Rig::new(1, SECOND, 1);
    rig.trip();
    let ticket = rig.admitted_out_of_use();
    rig.reset();
    assert_eq!(rig.report(ticket, Outcome::Failure), Report::COUNTED);
    assert_eq!((rig.state(), rig.view().failures), (State::Closed, 0));
}

#[test]
fn out_of_use_counts_nothing_that_a_call_from_before_says() {
    let rig = Rig::new(2, SECOND, 1);
    rig.fail();
    for outcome in [Outcome::Success, Outcome::Failure] {
        let ticket = rig.call();
        let report = rig.breaker.report(ticket, outcome, NOTHING, &rig.clock);
        assert_eq!(report, Report::COUNTED);
        assert_eq!(rig.view().failures, 1);
    }
}

#[test]
fn out_of_use_gives_the_slot_of_a_probe_back() {
    let (rig, probe) = Rig::half_open(1);
    let report = rig
        .breaker
        .report(probe, Outcome::Failure, NOTHING, &rig.clock);
    assert_eq!(report, Report::COUNTED);
    assert_eq!((rig.state(), rig.view().probes_out), (State::HalfOpen, 0));
}

#[test]
fn hc47_force_open_rejects_out_of_use_too() {
    let rig = Rig::new(1, SECOND, 1);
    rig.breaker.force_open();
    assert!(rig.breaker.would_admit(NOTHING, &rig.clock).is_err());
    let Admission::Rejected(rejected) = rig.breaker.admit(NOTHING, &rig.clock) else {
        panic!("forced open")
    };
    assert_eq!(
        (rejected.state, rejected.retry_after),
        (State::ForcedOpen, None)
    );
}

#[test]
fn out_of_use_no_breach_opens_it() {
    let rig = Rig::new(9, SECOND, 1);
    let (first, second) = (rig.call(), rig.call());
    assert_eq!(rig.breaker.trip_under(&first, NOTHING, &rig.clock), None);
    let report = rig
        .breaker
        .report(second, Outcome::Breach, NOTHING, &rig.clock);
    assert_eq!(report, Report::COUNTED);
    assert_eq!((rig.state(), rig.clock.reads.get()), (State::Closed, 0));
}
