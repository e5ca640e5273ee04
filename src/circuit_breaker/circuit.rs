//! A circuit: its word, and what it keeps of its calls.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use ninelives_core::breaker::{Breaker, Outcome, Report, Ticket, Transition};
use ninelives_core::window::Term;

use super::source::{Limited, Source};
use super::watch::{Ending, Watch};
use crate::clock::Clock;

/// A breaker, and what is kept beside its word.
#[derive(Debug)]
pub(super) struct Circuit<W> {
    pub(super) breaker: Breaker,
    pub(super) watch: W,
}

/// A call that a circuit admitted.
#[derive(Debug)]
pub(super) struct Admitted<S> {
    ticket: Ticket,
    stay: S,
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

    /// A call was let through; and the change of state that its coming led to.
    #[inline]
    pub(super) fn admitted<C: Clock>(
        &self,
        ticket: Ticket,
        source: impl Source<W::Measure>,
        clock: &C,
    ) -> (Admitted<W::Stay>, Option<Transition>) {
        let mut stay = W::Stay::default();
        let transition = self
            .watch
            .enter(&self.breaker, &ticket, &mut stay, source, clock);
        (Admitted { ticket, stay }, transition)
    }

    /// Counts a call that succeeded, if that is all there is to do but to tell the breaker.
    #[inline]
    pub(super) fn takes<C: Clock>(&self, call: &Admitted<W::Stay>, clock: &C) -> bool {
        self.watch.takes(&self.breaker, &call.ticket, clock)
    }

    /// Tells the breaker of a call that [was taken](Self::takes).
    #[inline]
    pub(super) fn taken<C: Clock>(
        &self,
        call: Admitted<W::Stay>,
        source: impl Source<W::Measure>,
        clock: &C,
    ) -> Report {
        let limits = Limited::new(source);
        self.breaker
            .report(call.ticket, Outcome::Success, limits, clock)
    }

    /// The call ended.
    #[inline]
    pub(super) fn report<C: Clock>(
        &self,
        call: Admitted<W::Stay>,
        outcome: Outcome,
        wait: Option<Duration>,
        source: impl Source<W::Measure>,
        clock: &C,
    ) -> Report {
        let Admitted { ticket, stay } = call;
        let call = Ending {
            breaker: &self.breaker,
            ticket,
            outcome,
            wait,
            clock,
        };
        self.watch.end(call, stay, source)
    }

    /// The call ended without an outcome.
    pub(super) fn abandon(&self, call: Admitted<W::Stay>) {
        self.watch.leave(call.stay);
        self.breaker.abandon(call.ticket);
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
