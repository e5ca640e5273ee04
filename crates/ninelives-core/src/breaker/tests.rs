//! The scenarios of the breaker, each by its name.

use core::cell::Cell;
use core::time::Duration;

use super::*;
use crate::time::{Clock, Tick};

#[cfg(not(miri))] // one thread, many steps
mod against;
mod breach;
mod calls;
mod chance;
mod commands;
mod counting;
#[cfg(not(miri))] // one thread, many steps
mod epochs;
mod growth;
mod leases;
mod naive;
mod needed;
mod opening;
mod pair;
mod probes;
mod ramp;
mod refusals;
mod sources;
mod table;
mod threads;

const SECOND: Duration = Duration::from_secs(1);
const MILLI: Duration = Duration::from_millis(1);
const MICRO: Duration = Duration::from_micros(1);
/// Seeds whose first number is below 2^64 / 1000, and in the upper half.
const LUCKY: u64 = 7_326;
const UNLUCKY: u64 = 0;

/// A breaker with a clock that counts how often it is read.
struct Rig {
    breaker: Breaker,
    limits: Limits,
    clock: Hand,
    /// Each call and report draws what follows from this.
    seed: Cell<u64>,
}

struct Hand {
    now: Cell<u64>,
    reads: Cell<u32>,
}

// === impl Rig ===

impl Rig {
    /// Closed, at an hour past the clock's origin.
    fn new(failure_threshold: u32, open_for: Duration, probes: u32) -> Self {
        Self {
            breaker: Breaker::new(),
            limits: Limits::new(failure_threshold, open_for, probes).unwrap(),
            clock: Hand {
                now: Cell::new(3_600_000_000_000),
                reads: Cell::new(0),
            },
            seed: Cell::new(UNLUCKY),
        }
    }

    /// The breaker, about to draw what the seed says.
    fn lot(&self) -> &Breaker {
        self.breaker.reseed(self.seed.get());
        &self.breaker
    }

    /// Half-open after one failure and ten seconds, with one of `probes` out.
    fn half_open(probes: u32) -> (Self, Ticket) {
        let rig = Self::new(1, SECOND * 10, probes);
        rig.fail();
        rig.clock.pass(SECOND * 10);
        let ticket = rig.probe();
        (rig, ticket)
    }

    /// Recovers by a ramp from now on, whose stages are judged from `minimum` outcomes on, and is open with its time over.
    fn ramp(&mut self, minimum: u32) {
        let ramp = Ramp::new().with_minimum(minimum).unwrap();
        self.limits = self.limits.with_ramp(ramp);
        self.trip();
        self.clock.pass(self.limits.open_for());
    }

    /// In the first stage, with nothing heard.
    fn begin(&mut self, minimum: u32) {
        self.ramp(minimum);
        assert!(!self.breaker.abandon(self.probe()).late);
    }

    /// Past this stage by one success at its end.
    fn climb(&self) {
        self.clock.pass(self.limits.open_for());
        self.report(self.lucky_probe(), Outcome::Success);
    }

    /// A call that every stage of a ramp lets through.
    fn lucky_probe(&self) -> Ticket {
        self.seed.set(LUCKY);
        let ticket = self.probe();
        self.seed.set(UNLUCKY);
        ticket
    }

    fn admit(&self) -> Admission {
        self.lot().admit(&self.limits, &self.clock)
    }

    /// The ticket of a call that must pass, and not as a probe.
    fn call(&self) -> Ticket {
        match self.admit() {
            Admission::Admitted(ticket) => ticket,
            other => panic!("not admitted: {other:?}"),
        }
    }

    /// The ticket of a call that must pass as a probe.
    fn probe(&self) -> Ticket {
        match self.admit() {
            Admission::Probe { ticket, .. } => ticket,
            other => panic!("not a probe: {other:?}"),
        }
    }

    /// The refusal of a call that must not pass.
    fn refused(&self) -> Rejected {
        match self.admit() {
            Admission::Rejected(rejected) => rejected,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn report(&self, ticket: Ticket, outcome: Outcome) -> Report {
        self.lot()
            .report(ticket, outcome, &self.limits, &self.clock)
    }

    fn succeed(&self) -> Report {
        self.report(self.call(), Outcome::Success)
    }

    fn fail(&self) -> Report {
        self.report(self.call(), Outcome::Failure)
    }

    fn trip(&self) -> Option<Transition> {
        self.breaker.trip(&self.limits, &self.clock)
    }

    fn trip_under(&self, ticket: &Ticket) -> Option<Transition> {
        self.lot().trip_under(ticket, &self.limits, &self.clock)
    }

    fn reset(&self) -> Option<Transition> {
        self.breaker.reset(&self.clock)
    }

    fn view(&self) -> View {
        self.breaker.view(&self.limits, &self.clock)
    }

    fn state(&self) -> State {
        self.breaker.state()
    }
}

// === impl Hand ===

impl Hand {
    fn pass(&self, by: Duration) {
        self.now.set(self.now().after(by).as_nanos());
    }

    fn back(&self, by: Duration) {
        self.now
            .set(self.now.get() - u64::try_from(by.as_nanos()).unwrap());
    }
}

impl Clock for Hand {
    fn now(&self) -> Tick {
        self.reads.set(self.reads.get() + 1);
        Tick::from_nanos(self.now.get())
    }
}

/// A change of state, as a report or a command gives it.
fn change(from: State, to: State) -> Option<Transition> {
    Some(Transition { from, to })
}
