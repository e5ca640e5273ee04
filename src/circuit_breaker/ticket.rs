//! A ticket that cannot be lost.

use std::sync::Arc;

use ninelives_core::breaker::{Outcome, Ticket};

use super::layer::Shared;
use crate::clock::Clock;

/// A ticket with the circuit that gave it: reported once, or abandoned when it is dropped.
#[derive(Debug)]
pub(super) struct Held<C: Clock> {
    shared: Arc<Shared<C>>,
    ticket: Option<Ticket>,
    // Set while the inner service runs: a drop that finds it set is a panic of the inner service.
    inside: bool,
}

// === impl Held ===

impl<C: Clock> Held<C> {
    #[inline]
    pub(super) fn new(shared: Arc<Shared<C>>, ticket: Ticket) -> Self {
        Self {
            shared,
            ticket: Some(ticket),
            inside: false,
        }
    }

    /// Runs code of the inner service. When it panics, the ticket is reported as a failure.
    #[inline]
    pub(super) fn inside<T>(&mut self, run: impl FnOnce() -> T) -> T {
        self.inside = true;
        let value = run();
        self.inside = false;
        value
    }

    /// Runs a last drop of the inner service's code: a panic before it still counts, and so does one in it.
    #[inline]
    pub(super) fn dropping(&mut self, drop: impl FnOnce()) {
        let panicked = std::mem::replace(&mut self.inside, true);
        drop();
        self.inside = panicked;
    }

    #[inline]
    pub(super) fn report(&mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            let Shared {
                breaker,
                limits,
                clock,
            } = &*self.shared;
            breaker.report(ticket, outcome, limits, clock);
        }
    }
}

impl<C: Clock> Drop for Held<C> {
    #[inline]
    fn drop(&mut self) {
        if self.inside {
            self.report(Outcome::Failure);
        } else if let Some(ticket) = self.ticket.take() {
            self.shared.breaker.abandon(ticket);
        }
    }
}
