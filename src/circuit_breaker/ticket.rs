//! A ticket that cannot be lost.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::breaker::{Outcome, Report};
use tower_service::Service;

use super::circuit::{Admitted, Heard};
use super::layer::{Shared, tell};
use super::shadow::{self, Tried};
use super::source::AtEnd;
use super::watch::Watch;
use super::{CircuitSettings, Class, Classify};
use crate::clock::{Clock, Tick};
use crate::emit::{Emitter, Request};
use crate::error::{FlatError, ResilienceError};
use crate::share::Loan;
use crate::turn;

/// A ticket with the circuit that gave it: reported once, or abandoned when it is dropped.
#[derive(Debug)]
pub(super) struct Held<C: Clock, M: Emitter, L: CircuitSettings, J> {
    shared: Loan<Shared<C, L, J>, <L::Watch as Watch>::Pin>,
    request: Request<M>,
    call: Option<Admitted<<L::Watch as Watch>::Stay>>,
    tried: L::Beside<Tried<L>>,
    // 1 while the inner service runs: a drop that finds it so is a panic of the inner service. A whole word, so that the whole is moved
    // by words: with one byte apart it was moved in seven pieces.
    inside: usize,
}

// === impl Held ===

impl<C: Clock, M: Emitter, L: CircuitSettings, J> Held<C, M, L, J> {
    #[inline]
    pub(super) fn new(
        shared: Loan<Shared<C, L, J>, <L::Watch as Watch>::Pin>,
        request: Request<M>,
        call: Admitted<<L::Watch as Watch>::Stay>,
        tried: L::Beside<Tried<L>>,
    ) -> Self {
        Self {
            shared,
            request,
            call: Some(call),
            tried,
            inside: 0,
        }
    }

    /// Code of the inner service begins to run. When it panics, the ticket is reported as a failure.
    #[inline]
    pub(super) fn enter(&mut self) {
        self.inside = 1;
        self.request.set_inside(true);
    }

    /// Polls it. A panic is told to the span in this very poll.
    #[inline(always)] // as the `poll` of its future
    pub(super) fn poll_on<F: Future>(
        &mut self,
        inner: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        self.request.poll_on(inner, cx)
    }

    /// Runs a drop of its code, as [`poll_on`](Self::poll_on).
    #[inline(always)]
    pub(super) fn run_on<T>(&mut self, drop: impl FnOnce() -> T) -> T {
        self.request.run_on(drop)
    }

    /// It returned.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.inside = 0;
        self.request.set_inside(false);
    }

    /// Calls the inner service. When it panics, the ticket is reported as a failure.
    #[inline(always)]
    pub(super) fn call<S: Service<R>, R>(&mut self, inner: &mut S, request: R) -> S::Future {
        self.enter();
        let future = Request::<M>::pass_on(inner, request);
        self.leave();
        future
    }

    /// Runs a last drop of the inner service's code: a panic before it still counts, and so does one in it.
    #[inline]
    pub(super) fn dropping(&mut self, drop: impl FnOnce()) {
        let panicked = std::mem::replace(&mut self.inside, 1);
        drop();
        self.inside = panicked;
    }

    /// The call is over: with a response.
    #[inline(always)] // as the `poll` of its future
    pub(super) fn answered<T, X: FlatError>(&mut self, response: &T)
    where
        J: Classify<T, X::Inner>,
    {
        self.judge(Ok::<_, &ResilienceError<X::Inner>>(response));
        self.request.over(None);
    }

    /// The call is over: with an error.
    #[inline]
    pub(super) fn failed<T, X: FlatError>(&mut self, error: &X)
    where
        J: Classify<T, X::Inner>,
    {
        let error = error.as_flat();
        self.judge(Err::<&T, _>(error));
        self.request.over(Some(error.cause()));
    }

    #[inline(always)]
    fn judge<T, E>(&mut self, result: Result<&T, &ResilienceError<E>>)
    where
        J: Classify<T, E>,
    {
        let judge = &self.shared.judge;
        let outcome = match judge.classify(result) {
            Class::Success => Outcome::Success,
            Class::Ignored => Outcome::Ignored,
            Class::Failure => Outcome::Failure,
        };
        let wait = match outcome {
            Outcome::Failure => judge.retry_after(result),
            _ => None,
        };
        self.report(outcome, wait);
    }

    /// The call ends without an outcome of its own.
    #[cold]
    fn lose(&mut self) {
        if self.inside != 0 {
            turn::at_a_drop(|| self.report(Outcome::Failure, None));
            turn::at_a_drop(|| self.request.panicked());
        } else if let Some(call) = self.call.take() {
            self.shared.circuit.abandon(call);
            shadow::abandon(&self.shared, &mut self.tried);
        }
    }

    #[inline(always)] // of what has an outcome, little is left
    fn report(&mut self, outcome: Outcome, wait: Option<Duration>) {
        let Shared { circuit, clock, .. } = &*self.shared;
        if !L::Watch::COUNTS {
            return self.conclude(outcome, Heard { wait, now: None });
        }
        let late = match &self.call {
            Some(call) if outcome == Outcome::Success => {
                match circuit.lane(call, self.shared.beside()) {
                    Some(lane) => {
                        let now = clock.now();
                        if lane.note(call.term(), now) {
                            return self.counted();
                        }
                        now
                    }
                    None => return self.report_apart(outcome, wait),
                }
            }
            _ => return self.report_apart(outcome, wait),
        };
        self.report_at(late);
    }

    #[cold] // once for each slot, or where two threads meet
    fn report_at(&mut self, now: Tick) {
        let now = Some(now);
        self.conclude(Outcome::Success, Heard { wait: None, now });
    }

    /// The outcome was a success, and there is nothing more to do for it.
    #[inline]
    fn counted(&mut self) {
        self.call = None;
        let heard = Heard::default();
        shadow::report(&self.shared, &mut self.tried, Outcome::Success, heard);
    }

    #[cold] // apart, so that the way of a success in time is short
    fn report_apart(&mut self, outcome: Outcome, wait: Option<Duration>) {
        if let Some(call) = &self.call
            && outcome == Outcome::Success
            && self.shared.circuit.counts(call, self.shared.beside())
        {
            return self.counted();
        }
        self.conclude(outcome, Heard { wait, now: None });
    }

    #[inline]
    fn conclude(&mut self, outcome: Outcome, heard: Heard) {
        if let Some(call) = self.call.take() {
            let Shared {
                circuit,
                settings,
                clock,
                ..
            } = &*self.shared;
            let report = circuit.report(call, outcome, heard, AtEnd(settings), clock);
            self.tell(report);
            shadow::report(&self.shared, &mut self.tried, outcome, heard);
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
