//! The service behind a circuit breaker.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::breaker::{Admission, Outcome};
use tower_service::Service;

use super::CircuitBreakerFuture;
use super::layer::Shared;
use super::ticket::Held;
use crate::clock::{Clock, MonotonicClock};
use crate::error::ResilienceError;

/// A service with a circuit breaker around it. See the [page](super).
#[derive(Debug)]
pub struct CircuitBreakerService<S, C = MonotonicClock> {
    inner: S,
    shared: Arc<Shared<C>>,
    readiness: Readiness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readiness {
    Unknown,
    Ready,
    // The circuit rejected, so the inner service was not asked.
    Skipped,
}

// === impl CircuitBreakerService ===

impl<S, C> CircuitBreakerService<S, C> {
    pub(super) const fn new(inner: S, shared: Arc<Shared<C>>) -> Self {
        Self {
            inner,
            shared,
            readiness: Readiness::Unknown,
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
impl<S: Clone, C> Clone for CircuitBreakerService<S, C> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), Arc::clone(&self.shared))
    }
}

impl<S, C, Req, E> Service<Req> for CircuitBreakerService<S, C>
where
    S: Service<Req, Error = ResilienceError<E>>,
    C: Clock,
{
    type Response = S::Response;
    type Error = ResilienceError<E>;
    type Future = CircuitBreakerFuture<S::Future, C>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let Shared {
            breaker,
            limits,
            clock,
        } = &*self.shared;
        if breaker.would_admit(limits, clock).is_err() {
            if self.readiness != Readiness::Ready {
                self.readiness = Readiness::Skipped;
            }
            return Poll::Ready(Ok(()));
        }
        let result = std::task::ready!(self.inner.poll_ready(cx));
        match &result {
            Ok(()) => self.readiness = Readiness::Ready,
            Err(error) if !error.is_rejection() => {
                // A readiness error is terminal for this service, but the circuit is shared with others.
                if let Admission::Admitted(ticket) | Admission::Probe { ticket, .. } =
                    breaker.admit(limits, clock)
                {
                    breaker.report(ticket, Outcome::Failure, limits, clock);
                }
            }
            Err(_) => {}
        }
        Poll::Ready(result)
    }

    #[inline]
    fn call(&mut self, request: Req) -> Self::Future {
        let Shared {
            breaker,
            limits,
            clock,
        } = &*self.shared;
        let ticket = match breaker.admit(limits, clock) {
            Admission::Admitted(ticket) | Admission::Probe { ticket, .. } => ticket,
            Admission::Rejected(rejected) => {
                return CircuitBreakerFuture::rejected(rejected.retry_after);
            }
        };
        let mut held = Held::new(Arc::clone(&self.shared), ticket);
        if self.readiness == Readiness::Skipped {
            // The open time ended since `poll_ready`: the inner service was not readied for this call.
            return CircuitBreakerFuture::rejected(Some(Duration::ZERO));
        }
        self.readiness = Readiness::Unknown;
        let inner = &mut self.inner;
        let future = held.inside(|| inner.call(request));
        CircuitBreakerFuture::running(future, held)
    }
}
