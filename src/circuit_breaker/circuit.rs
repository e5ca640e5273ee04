//! A circuit: its word, and what it keeps of its calls.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::resume_unwind;
use std::time::Duration;

use ninelives_core::breaker::{Admission, Breaker, Luck, Outcome, Report, Ticket, Transition};
use ninelives_core::window::{Lane, Term};

use super::shadow::Panic;
use super::source::{Apart, Limited, Source};
use super::watch::{Ending, Watch};
use crate::clock::{Clock, Tick};

/// A breaker, and what is kept beside its word.
#[derive(Debug)]
pub(super) struct Circuit<W> {
    pub(super) breaker: Breaker,
    pub(super) watch: W,
}

/// A call that a circuit admitted.
#[derive(Debug)]
pub(super) struct Admitted<S> {
    pub(super) ticket: Ticket,
    pub(super) stay: S,
}

/// A call that nobody else holds yet: abandoned when it is dropped.
#[derive(Debug)]
pub(super) struct Bare<'a, W: Watch> {
    circuit: &'a Circuit<W>,
    call: Option<Admitted<W::Stay>>,
}

/// What is known of the end of a call besides its outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    /// How long the dependency asks to be left alone.
    pub(super) wait: Option<Duration>,
    /// When it was, if that was looked at.
    pub(super) now: Option<Tick>,
}

// === impl Admitted ===

impl<S> Admitted<S> {
    /// What a window knows of the stretch that it is of: the low bits, which are those of no stretch nearby if it is of none.
    #[inline]
    pub(super) const fn term(&self) -> Term {
        Term::new(self.ticket.epoch())
    }
}

// === impl Bare ===

impl<'a, W: Watch> Bare<'a, W> {
    /// Holds what `circuit` has just given.
    #[inline]
    pub(super) fn new(circuit: &'a Circuit<W>, ticket: Ticket) -> Self {
        let stay = W::Stay::default();
        let call = Some(Admitted { ticket, stay });
        Self { circuit, call }
    }

    /// The call sets out, as [`Circuit::enter`] says.
    #[inline]
    pub(super) fn set_out(
        &mut self,
        enter: impl FnOnce(&Ticket) -> (W::Stay, Option<Transition>),
    ) -> Option<Transition> {
        let call = self.call.as_mut()?;
        let (stay, opened) = enter(&call.ticket);
        call.stay = stay;
        opened
    }

    /// For somebody who holds it from now on.
    #[inline]
    pub(super) fn hand_on(mut self) -> Admitted<W::Stay> {
        match self.call.take() {
            Some(call) => call,
            None => unreachable!("it is handed on once"),
        }
    }
}

impl<W: Watch> Drop for Bare<'_, W> {
    #[inline]
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.circuit.abandon(call);
        }
    }
}

// === impl Circuit ===

impl<W: Watch> Circuit<W> {
    /// Closed, with chance of its own.
    pub(super) fn new(watch: W) -> Self {
        // The standard library seeds its hashers from the system's randomness.
        let seed = RandomState::new().build_hasher().finish();
        Self {
            breaker: Breaker::seeded(seed),
            watch,
        }
    }

    /// A call that was let through sets out; and the change of state, if its coming showed that others have been out for too long.
    #[inline]
    pub(super) fn enter<C: Clock>(
        &self,
        ticket: &Ticket,
        pin: &W::Pin,
        source: impl Source<W::Measure>,
        clock: &C,
    ) -> (W::Stay, Option<Transition>) {
        self.watch.enter(pin, &self.breaker, ticket, source, clock)
    }

    /// Where a call that succeeded is counted, if that changes nothing of the circuit and is all there is to do for it.
    #[inline]
    pub(super) fn lane<'a>(
        &'a self,
        call: &Admitted<W::Stay>,
        pin: &'a W::Pin,
    ) -> Option<Lane<'a>> {
        if self.breaker.is_untouched(&call.ticket) {
            self.watch.lane(pin)
        } else {
            None
        }
    }

    /// Counts a call that succeeded where there is no [lane](Self::lane), if that changes nothing of the circuit and is all there is to
    /// do for it.
    #[inline]
    pub(super) fn counts(&self, call: &Admitted<W::Stay>, pin: &W::Pin) -> bool {
        let ticket = &call.ticket;
        self.breaker.is_untouched(ticket) && self.watch.counts(pin, &self.breaker, ticket)
    }

    /// The call ended.
    #[inline]
    pub(super) fn report<C: Clock>(
        &self,
        call: Admitted<W::Stay>,
        outcome: Outcome,
        heard: Heard,
        source: impl Source<W::Measure>,
        clock: &C,
    ) -> Report {
        let Admitted { ticket, stay } = call;
        let Heard { wait, now } = heard;
        let call = Ending {
            breaker: &self.breaker,
            ticket,
            outcome,
            wait,
            now,
            clock,
        };
        self.watch.end(call, stay, source)
    }

    /// The readiness of a service failed: a failure, if a call with this luck would have been let through. Gives the changes of state,
    /// the first one first.
    pub(super) fn unready<C: Clock, S: Source<W::Measure>>(
        &self,
        luck: &Luck,
        heard: Heard,
        source: impl Fn() -> S,
        clock: &C,
    ) -> [Option<Transition>; 3] {
        let source = || Apart(source());
        let limits = Limited::new(source());
        let (ticket, half_opened) = match self.breaker.admit_with(limits, clock, luck) {
            Admission::Admitted(ticket) => (ticket, None),
            Admission::Probe { ticket, transition } => (ticket, transition),
            Admission::Rejected(_) => return [None; 3],
        };
        let (mut call, pin) = (Bare::new(self, ticket), self.watch.pin());
        let opened = call.set_out(|ticket| self.enter(ticket, &pin, source(), clock));
        let report = self.report(call.hand_on(), Outcome::Failure, heard, source(), clock);
        [half_opened, opened, report.transition]
    }

    /// The call ended without an outcome.
    pub(super) fn abandon(&self, call: Admitted<W::Stay>) {
        self.watch.leave(call.stay, &call.ticket);
        self.breaker.abandon(call.ticket);
    }

    /// Somebody who was told of a call panicked, before anybody held it.
    #[cold]
    pub(super) fn unwind(&self, call: Admitted<W::Stay>, panic: Panic) -> ! {
        self.abandon(call);
        resume_unwind(panic)
    }

    /// Runs an order of the breaker.
    pub(super) fn order(
        &self,
        order: impl FnOnce(&Breaker) -> Option<Transition>,
    ) -> Option<Transition> {
        let term = self.breaker.word().term();
        let transition = order(&self.breaker);
        if let Some(term) = term
            && self.breaker.word().term() != Some(term)
        {
            self.watch.forget(Term::new(term));
        }
        transition
    }
}
