//! The service behind a circuit breaker.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ninelives_core::breaker::{Admission, Luck, Ticket, Transition};
use tower_service::Service;

use super::circuit::{Admitted, Bare, Circuit, Heard};
use super::layer::{Shared, tell};
use super::readiness::Readiness;
use super::source::{AtCall, AtEnd, Limited};
use super::ticket::Held;
use super::watch::Watch;
use super::{
    ByError, CircuitBreakerConfig, CircuitBreakerFuture, CircuitSettings, Class, Classify, shadow,
};
use crate::clock::{Clock, MonotonicClock};
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Request, Verdict};
use crate::error::FlatError;
use crate::share::Share;

/// A service with a circuit breaker around it. See the [page](super).
#[derive(Debug)]
pub struct CircuitBreakerService<
    S,
    C = MonotonicClock,
    M = NullSink,
    L: CircuitSettings = CircuitBreakerConfig,
    J = ByError,
> {
    inner: S,
    shared: Share<Shared<C, L, J>, <L::Watch as Watch>::Pin>,
    reader: L::Reader,
    readiness: Readiness,
    emitter: M,
}

// === impl CircuitBreakerService ===

impl<S, C, M, L: CircuitSettings, J> CircuitBreakerService<S, C, M, L, J> {
    pub(super) fn new(inner: S, shared: &Arc<Shared<C, L, J>>, emitter: M) -> Self {
        Self {
            inner,
            reader: shared.settings.reader(),
            shared: Share::with(shared, shared.circuit.watch.pin()),
            readiness: Readiness::UNKNOWN,
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
impl<S, C, M, L, J> Clone for CircuitBreakerService<S, C, M, L, J>
where
    S: Clone,
    M: Clone,
    L: CircuitSettings,
{
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            shared: self.shared.clone(),
            reader: self.reader.clone(),
            readiness: Readiness::UNKNOWN,
            emitter: self.emitter.clone(),
        }
    }
}

impl<S, C, M, L, J> CircuitBreakerService<S, C, M, L, J>
where
    C: Clock,
    M: Emitter,
    L: CircuitSettings,
{
    /// A readiness error is terminal for this service, but the circuit is shared with others.
    #[cold]
    fn unready(&mut self, wait: Option<Duration>) {
        let Shared {
            circuit,
            settings,
            clock,
            ..
        } = &*self.shared;
        let (luck, heard) = (self.readiness.luck(), Heard { wait, now: None });
        let transitions = circuit.unready(luck, heard, || AtEnd(settings), clock);
        self.readiness.keep(Luck::UNDRAWN);
        shadow::unready(&self.shared, heard);
        for transition in transitions.into_iter().flatten() {
            tell(&self.emitter, transition);
        }
    }

    /// Tells of a rejection. It does not make the future: a function apart would make it in memory, and the call's with it.
    fn reject(&mut self, retry_after: Option<Duration>) {
        self.readiness.keep(Luck::UNDRAWN);
        let (shared, reader) = (&*self.shared, &mut self.reader);
        if let Err(panic) = shadow::admit(shared, reader, &self.emitter, Verdict::Rejected) {
            resume_unwind(panic);
        }
        let mut request = Request::start(&self.emitter);
        request.tell(Kind::CircuitRejected, |at| PolicyEvent::CircuitRejected {
            at,
            retry_after,
        });
        request.rejected();
    }
}

impl<S, C, M, L, J, Req> Service<Req> for CircuitBreakerService<S, C, M, L, J>
where
    S: Service<Req>,
    S::Error: FlatError,
    J: Classify<S::Response, <S::Error as FlatError>::Inner>,
    C: Clock,
    M: Emitter,
    L: CircuitSettings,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = CircuitBreakerFuture<S::Future, C, M, L, J>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let Shared {
            circuit,
            settings,
            clock,
            ..
        } = &*self.shared;
        let reader = &mut self.reader;
        let limits = Limited::new(AtCall { settings, reader });
        if let Some(asked) = circuit.breaker.ask(limits, clock, self.readiness.luck()) {
            self.readiness.keep(asked.luck);
            if let Some(rejected) = asked.refusal {
                self.readiness.skip(rejected.retry_after);
                return Poll::Ready(Ok(()));
            }
        }
        let Poll::Ready(result) = self.inner.poll_ready(cx) else {
            self.readiness.lose();
            return Poll::Pending;
        };
        match &result {
            Ok(()) => self.readiness.ready(),
            Err(error) => {
                self.readiness.lose();
                let (error, judge) = (Err(error.as_flat()), &self.shared.judge);
                if judge.classify(error) == Class::Failure {
                    let wait = judge.retry_after(error);
                    self.unready(wait);
                }
            }
        }
        Poll::Ready(result)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        if let Some(retry_after) = self.readiness.skipped() {
            self.reject(retry_after);
            return CircuitBreakerFuture::rejected(retry_after);
        }
        let watch = &self.shared.circuit.watch;
        if !watch.is_current(self.shared.beside()) {
            self.shared.hold(watch.pin());
        }
        let Shared {
            circuit,
            settings,
            clock,
            ..
        } = &*self.shared;
        let reader = &mut self.reader;
        let limits = Limited::new(AtCall { settings, reader });
        let ticket = match circuit
            .breaker
            .admit_with(limits, clock, self.readiness.luck())
        {
            Admission::Admitted(ticket) => ticket,
            Admission::Probe { ticket, transition } => {
                self.readiness.keep(Luck::UNDRAWN);
                match transition {
                    Some(transition) => told(circuit, ticket, &self.emitter, transition),
                    None => ticket,
                }
            }
            Admission::Rejected(rejected) => {
                self.reject(rejected.retry_after);
                return CircuitBreakerFuture::rejected(rejected.retry_after);
            }
        };
        let stay = if circuit.watch.looks(self.shared.beside()) {
            let (stay, opened) = depart(&self.shared, &ticket, reader);
            if let Some(transition) = opened {
                tell(&self.emitter, transition);
            }
            stay
        } else {
            Default::default()
        };
        let call = Admitted { ticket, stay };
        let tried = shadow::admit(&self.shared, reader, &self.emitter, Verdict::Admitted);
        let tried = match tried {
            Ok(tried) => tried,
            Err(panic) => circuit.unwind(call, panic),
        };
        let watch = Request::start(&self.emitter);
        let mut held = Held::new(self.shared.lend(), watch, call, tried);
        self.readiness.spent();
        let future = held.call(&mut self.inner, request);
        CircuitBreakerFuture::running(future, held)
    }
}

/// Tells of the change of state that a probe made. A panic of who is told gives the ticket back.
#[cold]
fn told<W: Watch, M: Emitter>(
    circuit: &Circuit<W>,
    ticket: Ticket,
    emitter: &M,
    transition: Transition,
) -> Ticket {
    let call = Bare::new(circuit, ticket);
    tell(emitter, transition);
    call.hand_on().ticket
}

/// A call that is looked at before it ends sets out.
#[cold] // apart, and from few pointers, so that the way of other calls is short
fn depart<C: Clock, L: CircuitSettings, J>(
    shared: &Share<Shared<C, L, J>, <L::Watch as Watch>::Pin>,
    ticket: &Ticket,
    reader: &mut L::Reader,
) -> (<L::Watch as Watch>::Stay, Option<Transition>) {
    let Shared {
        circuit,
        settings,
        clock,
        ..
    } = &**shared;
    let source = AtCall { settings, reader };
    circuit.enter(ticket, shared.beside(), source, clock)
}
