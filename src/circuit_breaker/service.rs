//! The service behind a circuit breaker.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::breaker::{Admission, Outcome};
use tower_service::Service;

use super::CircuitBreakerFuture;
use super::layer::{Shared, tell};
use super::ticket::Held;
use crate::clock::{Clock, MonotonicClock};
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Request};
use crate::error::FlatError;

/// A service with a circuit breaker around it. See the [page](super).
#[derive(Debug)]
pub struct CircuitBreakerService<S, C = MonotonicClock, M = NullSink> {
    inner: S,
    shared: Arc<Shared<C>>,
    readiness: Readiness,
    emitter: M,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readiness {
    Unknown,
    Ready,
    // The circuit rejected, so the inner service was not asked, and the call will be turned away without another look at the clock.
    Skipped { retry_after: Option<Duration> },
}

// === impl CircuitBreakerService ===

impl<S, C, M> CircuitBreakerService<S, C, M> {
    pub(super) const fn new(inner: S, shared: Arc<Shared<C>>, emitter: M) -> Self {
        Self {
            inner,
            shared,
            readiness: Readiness::Unknown,
            emitter,
        }
    }

    /// The service inside.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside, to change.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the service back.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

/// A clone shares the circuit and asks for its own readiness.
impl<S: Clone, C, M: Clone> Clone for CircuitBreakerService<S, C, M> {
    fn clone(&self) -> Self {
        Self::new(
            self.inner.clone(),
            Arc::clone(&self.shared),
            self.emitter.clone(),
        )
    }
}

impl<S, C: Clock, M: Emitter> CircuitBreakerService<S, C, M> {
    /// A readiness error is terminal for this service, but the circuit is shared with others.
    #[cold]
    fn unready(&self) {
        let Shared {
            breaker,
            limits,
            clock,
        } = &*self.shared;
        let (ticket, half_opened) = match breaker.admit(limits, clock) {
            Admission::Admitted(ticket) => (ticket, None),
            Admission::Probe { ticket, transition } => (ticket, transition),
            Admission::Rejected(_) => return,
        };
        let report = breaker.report(ticket, Outcome::Failure, limits, clock);
        for transition in [half_opened, report.transition].into_iter().flatten() {
            tell(&self.emitter, transition);
        }
    }

    fn reject<F>(&self, retry_after: Option<Duration>) -> CircuitBreakerFuture<F, C, M> {
        let request = Request::start(&self.emitter);
        request.tell(Kind::CircuitRejected, |at| PolicyEvent::CircuitRejected {
            at,
            retry_after,
        });
        request.rejected();
        CircuitBreakerFuture::rejected(retry_after)
    }
}

impl<S, C, M, Req> Service<Req> for CircuitBreakerService<S, C, M>
where
    S: Service<Req>,
    S::Error: FlatError,
    C: Clock,
    M: Emitter,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CircuitBreakerFuture<S::Future, C, M>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let Shared {
            breaker,
            limits,
            clock,
        } = &*self.shared;
        if let Err(rejected) = breaker.would_admit(limits, clock) {
            if self.readiness != Readiness::Ready {
                let retry_after = rejected.retry_after;
                self.readiness = Readiness::Skipped { retry_after };
            }
            return Poll::Ready(Ok(()));
        }
        let result = std::task::ready!(self.inner.poll_ready(cx));
        match &result {
            Ok(()) => self.readiness = Readiness::Ready,
            Err(error) if !error.as_flat().is_rejection() => self.unready(),
            Err(_) => {}
        }
        Poll::Ready(result)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        if let Readiness::Skipped { retry_after } = self.readiness {
            return self.reject(retry_after);
        }
        let Shared {
            breaker,
            limits,
            clock,
        } = &*self.shared;
        let ticket = match breaker.admit(limits, clock) {
            Admission::Admitted(ticket) => ticket,
            Admission::Probe { ticket, transition } => {
                if let Some(transition) = transition {
                    tell(&self.emitter, transition);
                }
                ticket
            }
            Admission::Rejected(rejected) => return self.reject(rejected.retry_after),
        };
        let watch = Request::start(&self.emitter);
        let mut held = Held::new(Arc::clone(&self.shared), watch, ticket);
        self.readiness = Readiness::Unknown;
        let inner = &mut self.inner;
        let future = held.inside(|| inner.call(request));
        CircuitBreakerFuture::running(future, held)
    }
}
