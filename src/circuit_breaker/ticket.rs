//! A ticket that cannot be lost.

use std::sync::Arc;

use ninelives_core::breaker::{Outcome, Report, Ticket};

use super::CircuitBreakerConfig;
use super::config::AtEnd;
use super::layer::{Shared, tell};
use super::shadow;
use crate::clock::Clock;
use crate::emit::{Emitter, Request};
use crate::error::FlatError;
use crate::settings::Settings;

/// A ticket with the circuit that gave it: reported once, or abandoned when it is dropped.
#[derive(Debug)]
pub(super) struct Held<C: Clock, M: Emitter, L: Settings<CircuitBreakerConfig>> {
    shared: Arc<Shared<C, L>>,
    request: Request<M>,
    ticket: Option<Ticket>,
    tried: L::Beside<Ticket>,
    // Set while the inner service runs: a drop that finds it set is a panic of the inner service.
    inside: bool,
}

// === impl Held ===

impl<C: Clock, M: Emitter, L: Settings<CircuitBreakerConfig>> Held<C, M, L> {
    #[inline]
    pub(super) fn new(
        shared: Arc<Shared<C, L>>,
        request: Request<M>,
        ticket: Ticket,
        tried: L::Beside<Ticket>,
    ) -> Self {
        Self {
            shared,
            request,
            ticket: Some(ticket),
            tried,
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

    /// The call is over.
    #[inline]
    pub(super) fn end<T, X: FlatError>(&mut self, result: &Result<T, X>) {
        self.report(match result {
            Ok(_) => Outcome::Success,
            Err(error) if error.as_flat().is_rejection() => Outcome::Ignored,
            Err(_) => Outcome::Failure,
        });
        self.request.end(result);
    }

    /// The call ends without an outcome of its own.
    #[cold]
    fn lose(&mut self) {
        if self.inside {
            self.report(Outcome::Failure);
            self.request.panicked();
        } else if let Some(ticket) = self.ticket.take() {
            self.shared.breaker.abandon(ticket);
            shadow::abandon(&self.shared, &mut self.tried);
        }
    }

    #[inline]
    fn report(&mut self, outcome: Outcome) {
        if let Some(ticket) = self.ticket.take() {
            let Shared {
                breaker,
                settings,
                clock,
                ..
            } = &*self.shared;
            let limits = AtEnd(settings);
            let Report { transition, .. } = breaker.report(ticket, outcome, limits, clock);
            if let Some(transition) = transition {
                self.request.told(|emitter| tell(emitter, transition));
            }
            shadow::report(&self.shared, &mut self.tried, outcome);
        }
    }
}

impl<C: Clock, M: Emitter, L: Settings<CircuitBreakerConfig>> Drop for Held<C, M, L> {
    #[inline]
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.lose();
        }
    }
}
