//! A ticket that cannot be lost.

use std::time::Duration;

use ninelives_core::breaker::{Outcome, Report};

use super::circuit::Admitted;
use super::layer::{Shared, tell};
use super::shadow::{self, Tried};
use super::source::AtEnd;
use super::watch::Watch;
use super::{CircuitSettings, Class, Classify};
use crate::clock::Clock;
use crate::emit::{Emitter, Request};
use crate::error::FlatError;
use crate::share::Loan;

/// A ticket with the circuit that gave it: reported once, or abandoned when it is dropped.
#[derive(Debug)]
pub(super) struct Held<C: Clock, M: Emitter, L: CircuitSettings, J> {
    shared: Loan<Shared<C, L, J>>,
    request: Request<M>,
    call: Option<Admitted<<L::Watch as Watch>::Stay>>,
    tried: L::Beside<Tried<L>>,
    // Set while the inner service runs: a drop that finds it set is a panic of the inner service.
    inside: bool,
}

// === impl Held ===

impl<C: Clock, M: Emitter, L: CircuitSettings, J> Held<C, M, L, J> {
    #[inline]
    pub(super) fn new(
        shared: Loan<Shared<C, L, J>>,
        request: Request<M>,
        call: Admitted<<L::Watch as Watch>::Stay>,
        tried: L::Beside<Tried<L>>,
    ) -> Self {
        Self {
            shared,
            request,
            call: Some(call),
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
    pub(super) fn end<T, X: FlatError>(&mut self, result: &Result<T, X>)
    where
        J: Classify<T, X::Inner>,
    {
        let flat = result.as_ref().map_err(FlatError::as_flat);
        let judge = &self.shared.judge;
        let outcome = match judge.classify(flat) {
            Class::Success => Outcome::Success,
            Class::Ignored => Outcome::Ignored,
            Class::Failure => Outcome::Failure,
        };
        let wait = match outcome {
            Outcome::Failure => judge.retry_after(flat),
            _ => None,
        };
        self.report(outcome, wait);
        self.request.end(result);
    }

    /// The call ends without an outcome of its own.
    #[cold]
    fn lose(&mut self) {
        if self.inside {
            self.report(Outcome::Failure, None);
            self.request.panicked();
        } else if let Some(call) = self.call.take() {
            self.shared.circuit.abandon(call);
            shadow::abandon(&self.shared, &mut self.tried);
        }
    }

    #[inline]
    fn report(&mut self, outcome: Outcome, wait: Option<Duration>) {
        let Shared {
            circuit,
            settings,
            clock,
            ..
        } = &*self.shared;
        if !L::Watch::COUNTS {
            return self.conclude(outcome, wait);
        }
        let taken = |call: &Admitted<_>| circuit.takes(call, clock);
        if let Outcome::Success = outcome
            && self.call.as_ref().is_some_and(taken)
            && let Some(call) = self.call.take()
        {
            let report = circuit.taken(call, AtEnd(settings), clock);
            self.tell(report);
            shadow::report(&self.shared, &mut self.tried, outcome, wait);
        } else {
            self.report_apart(outcome, wait);
        }
    }

    #[inline(never)] // apart, so that the way of a success is short
    fn report_apart(&mut self, outcome: Outcome, wait: Option<Duration>) {
        self.conclude(outcome, wait);
    }

    #[inline]
    fn conclude(&mut self, outcome: Outcome, wait: Option<Duration>) {
        if let Some(call) = self.call.take() {
            let Shared {
                circuit,
                settings,
                clock,
                ..
            } = &*self.shared;
            let report = circuit.report(call, outcome, wait, AtEnd(settings), clock);
            self.tell(report);
            shadow::report(&self.shared, &mut self.tried, outcome, wait);
        }
    }

    #[inline]
    fn tell(&self, report: Report) {
        if let Some(transition) = report.transition {
            self.request.told(|emitter| tell(emitter, transition));
        }
    }
}

impl<C: Clock, M: Emitter, L: CircuitSettings, J> Drop for Held<C, M, L, J> {
    #[inline]
    fn drop(&mut self) {
        if self.call.is_some() {
            self.lose();
        }
    }
}
