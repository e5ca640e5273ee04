//! How a policy emits events.
//!
//! A [`Sink`] is what `.with_sink(…)` takes; attached to a policy it becomes an [`Emitter`], a field of that policy's services and
//! futures. Emitting is synchronous, infallible and never waits. With [`NullSink`], the default, none of it is compiled in.
//!
//! Asynchronous sinks are tower services behind a ring and a pump: see [`telemetry`](crate::telemetry).

#[cfg_attr(ninelives_untold, allow(dead_code))] // nothing is told
mod attempt;
#[cfg_attr(ninelives_untold, allow(dead_code))] // nor when
pub(crate) mod moment;
#[cfg(not(ninelives_untold))]
mod request;
mod span;
#[cfg(ninelives_untold)]
mod untold;

pub use ninelives_core::event::{
    Arm, BulkheadRejection, FailureCause, Interest, Kind, PolicyEvent, PolicyId, Stamp, Verdict,
};

#[cfg(not(ninelives_untold))]
pub(crate) use request::Request;
pub use span::{Span, Timed};
#[cfg(ninelives_untold)]
pub(crate) use untold::Request;

use std::cell::OnceCell;
use std::mem;

use crate::clock::Tick;
use crate::name::Name;
use crate::turn;

/// Where the events of policies go.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be given to `with_sink`",
    note = "a sink that takes its time, as any `tower::Service<PolicyEvent>`, stands behind a `Pump`: `Pump::new(streaming.subscribe(), sink)`"
)]
pub trait Sink {
    /// What tells this sink about one policy.
    type Emitter: Emitter;

    /// Makes the emitter of the policy with this name.
    fn attach(&self, name: &Name) -> Self::Emitter;
}

/// What a policy that tells this sink keeps of a request: nothing, `()`, for one that is never told anything.
pub type Kept<K> = <<K as Sink>::Emitter as Emitter>::Span;

/// What tells a sink about one policy. Clones tell the same.
///
/// # Progress
/// Every method is called on request paths: none may wait for another thread.
pub trait Emitter: Clone {
    /// What is kept of a request until its outcome is told: [`Timed`], or `()` for an emitter that never tells anything.
    type Span: Span;

    /// Whether it can ever tell anything. One that cannot gives no policy and no time to a pair.
    const TELLS: bool = true;

    /// A request comes in: starts what is kept of it. `now` reads the clock whose time the request's end is told in: this emitter's, or
    /// that of the pair which it is one of.
    #[inline]
    fn start(&self, now: impl Fn() -> Tick) -> Self::Span {
        Self::Span::start(self.wants_outcomes(), now)
    }

    /// Whether anybody wants to know how requests end.
    #[inline]
    fn wants_outcomes(&self) -> bool {
        self.wants(Kind::RequestSuccess)
            || self.wants(Kind::RequestFailure)
            || self.wants(Kind::RequestCancelled)
    }

    /// Whether anybody wants events of this kind now. One that nobody wants is not made.
    fn wants(&self, kind: Kind) -> bool;

    /// The policy that it tells of.
    fn policy(&self) -> PolicyId;

    /// The time, by the sink's clock.
    fn now(&self) -> Tick;

    /// Takes the event. It may be lost, and is then counted; it is never waited for.
    fn emit(&self, event: PolicyEvent);

    /// Makes and takes an event of `kind`, if anybody wants it.
    #[inline]
    fn tell(&self, kind: Kind, event: impl FnOnce(Stamp) -> PolicyEvent) {
        if self.wants(kind) {
            let at = Stamp::new(self.policy(), self.now());
            self.emit(event(at.in_attempt(attempt::current())));
        }
    }
}

/// The sink that nobody listens to: the default. Policies with it are what they would be without events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NullSink;

/// Tells the second of a pair what the first one panicked at. It is of the whole pair, around the question too: so the compiler adds nothing to
/// an event at which nobody panics.
struct Unwinding<'a, A: Emitter, B: Emitter>(&'a (A, B), &'a PolicyEvent);

// === impl NullSink ===

impl Sink for NullSink {
    type Emitter = Self;

    #[inline]
    fn attach(&self, _name: &Name) -> Self {
        Self
    }
}

impl Emitter for NullSink {
    type Span = ();

    const TELLS: bool = false;

    #[inline]
    fn wants(&self, _kind: Kind) -> bool {
        false
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        PolicyId::default()
    }

    #[inline]
    fn now(&self) -> Tick {
        Tick::ZERO
    }

    #[inline]
    fn emit(&self, _event: PolicyEvent) {}
}

// === impl Sink ===

/// Two sinks side by side.
impl<A: Sink, B: Sink> Sink for (A, B) {
    type Emitter = (A::Emitter, B::Emitter);

    fn attach(&self, name: &Name) -> Self::Emitter {
        (self.0.attach(name), self.1.attach(name))
    }
}

// === impl Emitter ===

/// Both are told, whether the first one panics or not; the clock of the first one that tells anything stamps the events of both.
impl<A: Emitter, B: Emitter> Emitter for (A, B) {
    type Span = (A::Span, B::Span);

    const TELLS: bool = A::TELLS || B::TELLS;

    #[inline]
    fn start(&self, now: impl Fn() -> Tick) -> Self::Span {
        // Read once, if either wants it.
        let read = OnceCell::new();
        let now = || *read.get_or_init(&now);
        (self.0.start(now), self.1.start(now))
    }

    #[inline]
    fn wants(&self, kind: Kind) -> bool {
        self.0.wants(kind) || self.1.wants(kind)
    }

    #[inline]
    fn policy(&self) -> PolicyId {
        if A::TELLS {
            self.0.policy()
        } else {
            self.1.policy()
        }
    }

    #[inline]
    fn now(&self) -> Tick {
        if A::TELLS { self.0.now() } else { self.1.now() }
    }

    #[inline]
    fn emit(&self, event: PolicyEvent) {
        let unwinding = Unwinding(self, &event);
        if self.0.wants(event.kind()) {
            self.0.emit(event);
        }
        mem::forget(unwinding);
        if self.1.wants(event.kind()) {
            self.1.emit(event);
        }
    }
}

// === impl Unwinding ===

impl<A: Emitter, B: Emitter> Drop for Unwinding<'_, A, B> {
    #[inline]
    fn drop(&mut self) {
        tell_apart(&self.0.1, *self.1);
    }
}

/// The first panic goes on to the caller; another one would end the process.
#[cold]
#[inline(never)]
fn tell_apart<M: Emitter>(emitter: &M, event: PolicyEvent) {
    turn::apart(|| {
        if emitter.wants(event.kind()) {
            emitter.emit(event);
        }
    });
}
