//! The service behind a circuit breaker.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::breaker::{Admission, Outcome};
use tower_service::Service;

use super::config::AtCall;
use super::layer::{Shared, tell};
use super::ticket::Held;
use super::{CircuitBreakerConfig, CircuitBreakerFuture, shadow};
use crate::clock::{Clock, MonotonicClock};
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Request, Verdict};
use crate::error::FlatError;
use crate::settings::Settings;

/// A service with a circuit breaker around it. See the [page](super).
#[derive(Debug)]
pub struct CircuitBreakerService<
    S,
    C = MonotonicClock,
    M = NullSink,
    L: Settings<CircuitBreakerConfig> = CircuitBreakerConfig,
> {
    inner: S,
    shared: Arc<Shared<C, L>>,
    reader: L::Reader,
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

impl<S, C, M, L: Settings<CircuitBreakerConfig>> CircuitBreakerService<S, C, M, L> {
    pub(super) fn new(inner: S, shared: Arc<Shared<C, L>>, emitter: M) -> Self {
        Self {
            inner,
            reader: shared.settings.reader(),
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
impl<S, C, M, L> Clone for CircuitBreakerService<S, C, M, L>
where
    S: Clone,
    M: Clone,
    L: Settings<CircuitBreakerConfig>,
{
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            shared: Arc::clone(&self.shared),
            reader: self.reader.clone(),
            readiness: Readiness::Unknown,
            emitter: self.emitter.clone(),
        }
    }
}

impl<S, C, M, L> CircuitBreakerService<S, C, M, L>
where
    C: Clock,
    M: Emitter,
    L: Settings<CircuitBreakerConfig>,
{
    /// A readiness error is terminal for this service, but the circuit is shared with others.
    #[cold]
    fn unready(&mut self) {
        let Shared {
            breaker,
            settings,
            clock,
            ..
        } = &*self.shared;
        let reader = &mut self.reader;
        let limits = AtCall { settings, reader };
        let (ticket, half_opened) = match breaker.admit(limits, clock) {
            Admission::Admitted(ticket) => (ticket, None),
            Admission::Probe { ticket, transition } => (ticket, transition),
            Admission::Rejected(_) => return,
        };
        let limits = AtCall { settings, reader };
        let report = breaker.report(ticket, Outcome::Failure, limits, clock);
        for transition in [half_opened, report.transition].into_iter().flatten() {
            tell(&self.emitter, transition);
        }
    }

    fn reject<F>(&mut self, retry_after: Option<Duration>) -> CircuitBreakerFuture<F, C, M, L> {
        let (shared, reader) = (&*self.shared, &mut self.reader);
        shadow::admit(shared, reader, &self.emitter, Verdict::Rejected);
        let mut request = Request::start(&self.emitter);
        request.tell(Kind::CircuitRejected, |at| PolicyEvent::CircuitRejected {
            at,
            retry_after,
        });
        request.rejected();
        CircuitBreakerFuture::rejected(retry_after)
    }
}

impl<S, C, M, L, Req> Service<Req> for CircuitBreakerService<S, C, M, L>
where
    S: Service<Req>,
    S::Error: FlatError,
    C: Clock,
    M: Emitter,
    L: Settings<CircuitBreakerConfig>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CircuitBreakerFuture<S::Future, C, M, L>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let Shared {
            breaker,
            settings,
            clock,
            ..
        } = &*self.shared;
        let reader = &mut self.reader;
        let limits = AtCall { settings, reader };
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
            settings,
            clock,
            ..
        } = &*self.shared;
        let reader = &mut self.reader;
        let limits = AtCall { settings, reader };
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
        let tried = shadow::admit(&self.shared, reader, &self.emitter, Verdict::Admitted);
        let watch = Request::start(&self.emitter);
        let mut held = Held::new(Arc::clone(&self.shared), watch, ticket, tried);
        self.readiness = Readiness::Unknown;
        let inner = &mut self.inner;
        let future = held.inside(|| inner.call(request));
        CircuitBreakerFuture::running(future, held)
    }
}
